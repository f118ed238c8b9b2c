//! Title block (ISO 7200): 180 mm wide, at the lower right corner of the frame.

use crate::drawing::sheet::Sheet;
use crate::drawing::spec::{Projection, TitleFields};
use crate::drawing::style::{Style, fit_text, line, rectangle, text};
use crate::geom::{Aabb2, Vec2};
use crate::page::{Anchor, Ink, Layer, LineType, Mark, Shape};

/// Width and height of the block, mm.
const SIZE: Vec2 = Vec2::new(180.0, 42.0);

/// The words that the drawing itself knows.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetFacts {
    /// As `1:2`.
    pub scale: String,
    /// How the views are arranged.
    pub projection: Projection,
    /// Number of this sheet, from 1.
    pub sheet: usize,
    /// Number of sheets.
    pub sheet_count: usize,
    /// What is shown weighs so much; empty where nobody knows.
    pub weight: String,
}

/// Where the job names no general tolerances.
pub const TOLERANCE: &str = "ISO 2768-m";

/// The place that the block takes on a sheet with tables of some height above it.
pub fn title_frame(sheet: &Sheet, tables: f64) -> Aabb2 {
    let corner = Vec2::new(sheet.space().max.x, sheet.space().min.y);
    // a template has its own block, outside the drawing space
    let block = if sheet.template.is_some() { 0.0 } else { SIZE.y };
    Aabb2 { min: Vec2::new(corner.x - SIZE.x, corner.y), max: Vec2::new(corner.x, corner.y + block + tables) }
}

/// Draws the block.
pub fn title_block(sheet: &Sheet, style: &Style, fields: &TitleFields, facts: &SheetFacts) -> Vec<Mark> {
    let frame = title_frame(sheet, 0.0);
    let thick = Ink { layer: Layer::Title, width: style.wide, line: LineType::Continuous };
    let thin = Ink { width: style.wide * 0.5, ..thick };
    let mut marks = vec![rectangle(thick, frame.min, frame.max)];
    for cell in cells(fields, facts, sheet) {
        cell.draw(frame.min, thin, &mut marks);
    }
    let middle = Vec2::new(131.0 + if facts.projection == Projection::FirstAngle { 15.1 } else { 12.15 }, 35.6);
    marks.extend(symbol(frame.min + middle, 1.0, facts.projection, style.wide));
    marks
}

/// A field: its box within the block, its name, its words and their height.
struct Cell {
    low: Vec2,
    size: Vec2,
    name: &'static str,
    words: String,
    height: f64,
    lines: usize,
}

fn cell(low: (f64, f64), size: (f64, f64), name: &'static str, words: &str, height: f64) -> Cell {
    let lines = if size.1 > 15.0 { 3 } else { 1 };
    Cell { low: low.into(), size: size.into(), name, words: words.to_owned(), height, lines }
}

fn cells(fields: &TitleFields, facts: &SheetFacts, sheet: &Sheet) -> Vec<Cell> {
    let tolerance = if fields.tolerance.is_empty() { TOLERANCE } else { &fields.tolerance };
    let count = format!("{} / {}", facts.sheet, facts.sheet_count);
    let kind = if fields.document_type.is_empty() { "Part drawing" } else { &fields.document_type };
    let title = match (fields.title.trim(), fields.subtitle.trim()) {
        (title, "") => title.to_owned(),
        (title, subtitle) => format!("{title} — {subtitle}"),
    };
    // a weight takes its room from the material
    let material = if facts.weight.is_empty() { 55.0 } else { 35.0 };
    let mut cells = vec![
        cell((0.0, 32.0), (material, 10.0), "Material", &fields.material, 3.5),
        cell((55.0, 32.0), (45.0, 10.0), "General tolerances", tolerance, 3.5),
        cell((100.0, 32.0), (30.0, 10.0), "Scale", &facts.scale, 3.5),
        cell((130.0, 32.0), (32.0, 10.0), "Projection", "", 3.5),
        cell((162.0, 32.0), (9.0, 10.0), "Size", sheet.size.name(), 2.5),
        cell((171.0, 32.0), (9.0, 10.0), "Unit", "mm", 2.5),
        cell((0.0, 22.0), (40.0, 10.0), "Responsible dept.", &fields.department, 2.5),
        cell((40.0, 22.0), (40.0, 10.0), "Created by", &fields.creator, 2.5),
        cell((80.0, 22.0), (40.0, 10.0), "Approved by", &fields.approver, 2.5),
        cell((120.0, 22.0), (32.0, 10.0), "Document type", kind, 2.5),
        cell((152.0, 22.0), (28.0, 10.0), "Status", &fields.status, 2.5),
        cell((0.0, 0.0), (55.0, 22.0), "Legal owner", &fields.owner, 3.5),
        cell((55.0, 0.0), (75.0, 22.0), "Title", &title, 5.0),
        cell((130.0, 11.0), (50.0, 11.0), "Document number", &fields.number, 3.5),
        cell((130.0, 0.0), (12.0, 11.0), "Rev.", &fields.revision, 3.5),
        cell((142.0, 0.0), (24.0, 11.0), "Date of issue", &fields.date, 2.5),
        cell((166.0, 0.0), (14.0, 11.0), "Sheet", &count, 2.5),
    ];
    if !facts.weight.is_empty() {
        cells.push(cell((material, 32.0), (55.0 - material, 10.0), "Weight", &facts.weight, 2.5));
    }
    cells
}

/// Lettering of field names, mm.
const NAME_LETTERING: f64 = 1.8;

impl Cell {
    fn draw(&self, origin: Vec2, thin: Ink, marks: &mut Vec<Mark>) {
        let low = origin + self.low;
        let high = low + self.size;
        marks.push(rectangle(thin, low, high));
        let name_at = Vec2::new(low.x + 1.0, high.y - 1.0 - NAME_LETTERING);
        marks.push(text(thin, name_at, NAME_LETTERING, Anchor::Start, self.name));
        if self.words.trim().is_empty() {
            return;
        }
        let (lines, height) = fit_text(&self.words, self.size.x - 3.0, self.height, self.lines);
        let pitch = height * 1.5;
        let room = self.size.y - NAME_LETTERING - 2.0;
        let block = pitch * (lines.len() as f64 - 1.0) + height;
        let mut baseline = low.y + (room + block) * 0.5 - height;
        for words in lines {
            marks.push(text(thin, Vec2::new(low.x + 2.0, baseline), height, Anchor::Start, &words));
            baseline -= pitch;
        }
    }
}

/// Width and height of the symbol of the projection method, mm.
pub const SYMBOL: Vec2 = Vec2::new(22.8, 6.8);

/// The symbol of the projection method (ISO 5456-2): a cut cone and its view from the left.
pub fn symbol(center: Vec2, scale: f64, projection: Projection, wide: f64) -> Vec<Mark> {
    let thick = Ink { layer: Layer::Title, width: wide, line: LineType::Continuous };
    let axis = Ink { line: LineType::Chain, width: 0.13, ..thick };
    let (cone, circle) = match projection {
        Projection::FirstAngle => (-7.1, 7.9),
        Projection::ThirdAngle => (4.35, -5.15),
    };
    let at = |x: f64, y: f64| center + Vec2::new(x, y) * scale;
    let (small, large, half) = (1.2, 2.4, 3.2);
    let points = vec![at(cone - half, -small), at(cone + half, -large), at(cone + half, large), at(cone - half, small)];
    let mut marks = vec![Mark { ink: thick, view: None, shape: Shape::Polyline { points, closed: true } }];
    for radius in [small, large] {
        let shape = Shape::Circle { center: at(circle, 0.0), radius: radius * scale };
        marks.push(Mark { ink: thick, view: None, shape });
    }
    let reach = large + 1.0;
    marks.push(line(axis, at(cone - half - 1.0, 0.0), at(cone + half + 1.0, 0.0)));
    marks.push(line(axis, at(circle - reach, 0.0), at(circle + reach, 0.0)));
    marks.push(line(axis, at(circle, -reach), at(circle, reach)));
    marks
}
