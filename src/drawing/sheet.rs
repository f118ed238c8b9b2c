//! Paper sizes, border, zones and centring marks (ISO 5457), or the template that stands for them.

use std::sync::Arc;

use crate::drawing::spec::PaperSize;
use crate::drawing::style::{Style, line, rectangle, text};
use crate::drawing::template::Template;
use crate::geom::{Aabb2, Vec2};
use crate::page::{Anchor, Ink, Layer, LineType, Mark};

/// A blank sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Its size; of a template's, the nearest.
    pub size: PaperSize,
    /// Width in mm.
    pub width: f64,
    /// Height in mm.
    pub height: f64,
    /// What is drawn for border and title block.
    pub template: Option<Arc<Template>>,
}

/// Filing margin on the left, mm (ISO 5457, 4.2).
const LEFT_MARGIN: f64 = 20.0;
/// The other margins.
const MARGIN: f64 = 10.0;
/// Width of the grid reference border outside the frame, mm.
const ZONE_BORDER: f64 = 5.0;
/// Length of a grid field, mm.
const FIELD: f64 = 50.0;
/// Centring marks reach this far into the drawing space, mm.
const CENTERING_REACH: f64 = 5.0;

impl Sheet {
    /// A sheet of a size.
    pub fn new(size: PaperSize, portrait: bool) -> Self {
        let (short, long) = size.sides();
        let (width, height) = if portrait { (short, long) } else { (long, short) };
        Self { size, width, height, template: None }
    }

    /// A sheet of one's own.
    pub fn of_template(template: &Arc<Template>) -> Self {
        let Vec2 { x: width, y: height } = template.size;
        let off = |size: &PaperSize| (size.sides().0 * size.sides().1 - width * height).abs();
        let size = PaperSize::ALL.into_iter().min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(PaperSize::A4);
        Self { size, width, height, template: Some(template.clone()) }
    }

    /// Its size by name, else in mm.
    pub fn size_name(&self) -> String {
        let (short, long) = self.size.sides();
        let is_iso =
            (self.width.min(self.height) - short).abs() < 1.0 && (self.width.max(self.height) - long).abs() < 1.0;
        if is_iso { self.size.name().to_owned() } else { format!("{:.0}×{:.0}", self.width, self.height) }
    }

    /// The drawing space inside the frame.
    pub fn space(&self) -> Aabb2 {
        if let Some(template) = &self.template {
            return template.area;
        }
        Aabb2 { min: Vec2::new(LEFT_MARGIN, MARGIN), max: Vec2::new(self.width - MARGIN, self.height - MARGIN) }
    }

    /// Frame, centring marks and grid references.
    pub fn border(&self, style: &Style) -> Vec<Mark> {
        let space = self.space();
        let thick = Ink { layer: Layer::Frame, width: 0.7, line: LineType::Continuous };
        let thin = Ink { width: 0.35, ..thick };
        let mut marks = vec![rectangle(thick, space.min, space.max)];
        marks.push(rectangle(thin, space.min - ZONE_BORDER, space.max + ZONE_BORDER));
        self.centering(thick, &mut marks);
        self.zones(style, thin, &mut marks);
        marks
    }

    fn centering(&self, ink: Ink, marks: &mut Vec<Mark>) {
        let space = self.space();
        let middle = Vec2::new(self.width * 0.5, self.height * 0.5);
        let (low, high) = (space.min - ZONE_BORDER, space.max + ZONE_BORDER);
        let reach = CENTERING_REACH + ZONE_BORDER;
        marks.push(line(ink, Vec2::new(middle.x, low.y), Vec2::new(middle.x, low.y + reach)));
        marks.push(line(ink, Vec2::new(middle.x, high.y), Vec2::new(middle.x, high.y - reach)));
        marks.push(line(ink, Vec2::new(low.x, middle.y), Vec2::new(low.x + reach, middle.y)));
        marks.push(line(ink, Vec2::new(high.x, middle.y), Vec2::new(high.x - reach, middle.y)));
    }

    /// Fields of 50 mm counted from the centring marks: figures from the left, letters from the top (no I, no O).
    fn zones(&self, style: &Style, thin: Ink, marks: &mut Vec<Mark>) {
        let space = self.space();
        let lettering = Ink { width: style.wide * 0.5, ..thin };
        let columns = fields(space.min.x, space.max.x, self.width * 0.5);
        for (index, (from, to)) in columns.iter().enumerate() {
            let name = (index + 1).to_string();
            for (edge, outside) in [(space.min.y, -ZONE_BORDER), (space.max.y, ZONE_BORDER)] {
                if index > 0 {
                    marks.push(line(thin, Vec2::new(*from, edge), Vec2::new(*from, edge + outside)));
                }
                let at = Vec2::new((from + to) * 0.5, edge + outside * 0.5 - ZONE_LETTERING * 0.5);
                marks.push(text(lettering, at, ZONE_LETTERING, Anchor::Middle, &name));
            }
        }
        let rows = fields(space.min.y, space.max.y, self.height * 0.5);
        for (index, (from, to)) in rows.iter().rev().enumerate() {
            let name = zone_letter(index).to_string();
            for (edge, outside) in [(space.min.x, -ZONE_BORDER), (space.max.x, ZONE_BORDER)] {
                if index > 0 {
                    marks.push(line(thin, Vec2::new(edge, *to), Vec2::new(edge + outside, *to)));
                }
                let at = Vec2::new(edge + outside * 0.5, (from + to) * 0.5 - ZONE_LETTERING * 0.5);
                marks.push(text(lettering, at, ZONE_LETTERING, Anchor::Middle, &name));
            }
        }
    }
}

/// Lettering of grid references, mm.
const ZONE_LETTERING: f64 = 2.5;

/// Fields between two margins, whole ones of 50 mm from the middle, the outermost up to one and a half as long.
fn fields(low: f64, high: f64, middle: f64) -> Vec<(f64, f64)> {
    let mut borders = vec![low];
    let count_below = ((middle - low) / FIELD - 0.5).floor().max(0.0) as i32;
    let count_above = ((high - middle) / FIELD - 0.5).floor().max(0.0) as i32;
    for step in -count_below..=count_above {
        borders.push(middle + f64::from(step) * FIELD);
    }
    borders.push(high);
    borders.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

fn zone_letter(index: usize) -> char {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
    char::from(LETTERS[index % LETTERS.len()])
}
