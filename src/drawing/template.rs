//! Sheets of one's own: an SVG with a drawing area and named fields stands for border and title block.

use std::ops::Range;

use crate::budget::{Budget, Exceeded};
use crate::csg::TITLE_FIELDS;
use crate::drawing::sheet::Sheet;
use crate::drawing::spec::{Projection, TitleFields};
use crate::drawing::style::{Style, fit_text};
use crate::drawing::title::{SYMBOL, SheetFacts, TOLERANCE, symbol};
use crate::geom::{Aabb2, Vec2, atan2_deg};
use crate::import::picture::{self, Content, Element, PictureError};
use crate::page::{Anchor, Ink, Layer, LineType, Mark, Shape, Text, cap_height, text_width};

/// A template that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// Width and height of the sheet, mm.
    pub size: Vec2,
    /// Where views may lie.
    pub area: Aabb2,
    /// What is the same on every sheet.
    marks: Vec<Mark>,
    /// Where words are filled in.
    fields: Vec<Field>,
    /// Where the symbol of the projection is drawn.
    symbols: Vec<Aabb2>,
}

/// A place for words.
#[derive(Debug, Clone, PartialEq)]
struct Field {
    name: String,
    /// Where it stands in the template's text, bytes.
    range: Range<usize>,
    /// Where the words go, with the template's own words.
    text: Text,
    /// Width that they may take, mm.
    room: f64,
    lines: usize,
}

/// Why a template cannot be used.
#[derive(Debug, Clone, PartialEq)]
pub enum TemplateError {
    /// Something of it cannot be.
    Wrong {
        /// Bytes of its text.
        range: Range<usize>,
        /// What is wrong.
        what: String,
        /// What to do; may be empty.
        hint: &'static str,
    },
    /// A limit of the job.
    Exceeded(Exceeded),
}

impl From<PictureError> for TemplateError {
    fn from(error: PictureError) -> Self {
        match error {
            PictureError::Wrong { range, what } => Self::Wrong { range, what, hint: DRAWN },
            PictureError::Exceeded(exceeded) => Self::Exceeded(exceeded),
        }
    }
}

const DRAWN: &str = "A template may hold paths, rects, lines, circles, polygons, texts, groups and uses in plain colours; turn anything else into paths.";
const AREA: &str = "drawing-area";
const PROJECTION: &str = "projection";
/// Sides of a sheet, mm.
const SIDES: std::ops::RangeInclusive<f64> = 50.0..=3000.0;
/// Between words and what stands beside them, mm.
const GAP: f64 = 1.0;
/// Fields and shapes of a template at most, before every field looks at every shape.
const FIELDS_MAX: usize = 200;

impl Template {
    /// The names of fields that every job fills: those of the title block, and what the sheet knows of itself.
    pub fn fields() -> impl Iterator<Item = &'static str> {
        TITLE_FIELDS.into_iter().chain(["document-type", "scale", "sheet", "sheets", "size", "units", PROJECTION])
    }
}

/// A field's name without what people write differently.
fn plain_name(name: &str) -> String {
    let plain = name.trim().to_lowercase().replace(['_', ' '], "-");
    match plain.as_str() {
        "author" => "creator".to_owned(),
        "type" | "documenttype" => "document-type".to_owned(),
        "paper" => "size".to_owned(),
        "mass" => "weight".to_owned(),
        "drawingarea" => AREA.to_owned(),
        _ => plain,
    }
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// Where the text is no SVG, has no drawing area, or holds what is not drawn.
    pub fn read(text: &str, budget: &Budget) -> Result<Self, TemplateError> {
        let picture = picture::read(text, budget)?;
        let size = Vec2::new(picture.width, picture.height);
        let root = text.find("<svg").map_or(0..0, |at| at..at + text[at..].find('>').unwrap_or(0) + 1);
        let wrong = |range: Range<usize>, what: String, hint| Err(TemplateError::Wrong { range, what, hint });
        if !SIDES.contains(&size.x) || !SIDES.contains(&size.y) {
            let what = format!("a sheet of {:.1} × {:.1} mm is not between 50 and 3000 mm", size.x, size.y);
            return wrong(root, what, "Give the SVG a width and a height with a unit, as width=\"420mm\".");
        }
        let mut template =
            Self { size, area: Aabb2::EMPTY, marks: Vec::new(), fields: Vec::new(), symbols: Vec::new() };
        for element in &picture.elements {
            template.take(element)?;
        }
        if template.area.is_empty() {
            let hint = "Draw a rect where views may lie, and give it id=\"drawing-area\"; it is not drawn itself.";
            return wrong(root, "the template has no drawing area".to_owned(), hint);
        }
        if template.fields.len() > FIELDS_MAX {
            return wrong(root, format!("a template has at most {FIELDS_MAX} fields"), "");
        }
        let obstacles = template.obstacles();
        for field in &mut template.fields {
            budget.check().map_err(TemplateError::Exceeded)?;
            if !field.room.is_finite() {
                field.room = room(&field.text, &obstacles);
            }
        }
        Ok(template)
    }

    /// A field that neither every job nor this one fills: where it stands, and its name.
    pub fn unknown_field(&self, own: &TitleFields) -> Option<(Range<usize>, &str)> {
        let is_known =
            |field: &&Field| Self::fields().all(|known| known != field.name) && own.own_field(&field.name).is_none();
        self.fields.iter().find(is_known).map(|field| (field.range.clone(), field.name.as_str()))
    }

    fn take(&mut self, element: &Element) -> Result<(), TemplateError> {
        let named = element.field.as_deref().or(element.id.as_deref()).map(plain_name);
        let name = named.unwrap_or_default();
        match &element.content {
            Content::Outline { runs, stroke, filled, is_box } => {
                if name == AREA || name == PROJECTION {
                    let frame = Aabb2::of(runs.iter().flat_map(|run| run.0.iter().copied()));
                    if !is_box || frame.is_empty() || frame.size().min_element() <= 0.0 {
                        return Err(TemplateError::Wrong {
                            range: element.range.clone(),
                            what: format!("{name:?} is no upright rect"),
                            hint: "",
                        });
                    }
                    if name == AREA { self.area = frame } else { self.symbols.push(frame) }
                } else if let Some(field) = &element.field {
                    return Err(TemplateError::Wrong {
                        range: element.range.clone(),
                        what: format!("the field {field:?} is no text"),
                        hint: "Rects are named \"drawing-area\" and \"projection\"; all other fields are texts.",
                    });
                } else if element.shown {
                    self.draw(runs, *stroke, *filled);
                }
            }
            Content::Words { at, along, size, anchor, text } => {
                let angle_deg = atan2_deg(along.y, along.x);
                let anchor = [Anchor::Start, Anchor::Middle, Anchor::End][(anchor * 2.0) as usize];
                let height = size * cap_height();
                let text = Text { at: *at, height, angle_deg, anchor, content: text.clone(), stretch: 1.0 };
                let is_field = element.field.is_some() || Self::fields().any(|known| known == name);
                if is_field {
                    let (room, lines) =
                        (element.width.unwrap_or(f64::INFINITY), element.lines.unwrap_or(1).clamp(1, 50));
                    self.fields.push(Field { name, range: element.range.clone(), text, room, lines });
                } else if element.shown && !text.content.is_empty() {
                    self.marks.push(lettering(text));
                }
            }
        }
        Ok(())
    }

    fn draw(&mut self, runs: &[(Vec<Vec2>, bool)], stroke: Option<(f64, bool)>, filled: bool) {
        let drawn = |points: &[Vec2]| thinned(points);
        if filled {
            let contours: Vec<Vec<Vec2>> =
                runs.iter().map(|(points, _)| drawn(points)).filter(|points| points.len() > 2).collect();
            if !contours.is_empty() {
                let ink = Ink { layer: Layer::Frame, width: 0.25, line: LineType::Continuous };
                self.marks.push(Mark { ink, view: None, shape: Shape::Area { contours } });
            }
        }
        let Some((width, dashed)) = stroke else { return };
        let line = if dashed { LineType::Dashed } else { LineType::Continuous };
        let ink = Ink { layer: Layer::Frame, width: width.max(FINEST), line };
        for (points, closed) in runs {
            let points = drawn(points);
            if points.len() > 1 {
                self.marks.push(Mark { ink, view: None, shape: Shape::Polyline { points, closed: *closed } });
            }
        }
    }

    /// What words may not run over: lines, other words, the sheet's edge.
    fn obstacles(&self) -> Vec<[Vec2; 2]> {
        let corners = [Vec2::ZERO, Vec2::new(self.size.x, 0.0), self.size, Vec2::new(0.0, self.size.y)];
        let mut segments: Vec<[Vec2; 2]> = (0..4).map(|side| [corners[side], corners[(side + 1) % 4]]).collect();
        for mark in &self.marks {
            match &mark.shape {
                Shape::Polyline { points, closed } => {
                    segments.extend(points.windows(2).map(|pair| [pair[0], pair[1]]));
                    segments.extend(points.last().zip(points.first()).filter(|_| *closed).map(|(a, b)| [*a, *b]));
                }
                Shape::Text(text) => {
                    let (along, up) = axes(text.angle_deg);
                    let from = text.start() + up * (text.height * 0.5);
                    segments.push([from, from + along * text.width()]);
                }
                _ => {}
            }
        }
        segments
    }

    /// The sheet with its fields filled.
    pub fn filled(&self, sheet: &Sheet, style: &Style, fields: &TitleFields, facts: &SheetFacts) -> Vec<Mark> {
        let mut marks = self.marks.clone();
        for field in &self.fields {
            let words = words_of(&field.name, sheet, fields, facts);
            if words.trim().is_empty() {
                continue;
            }
            let (text, (_, up)) = (&field.text, axes(field.text.angle_deg));
            let fits = text_width(&words, text.height) <= field.room;
            let (lines, height) = if fits && field.lines == 1 {
                (vec![words], text.height)
            } else {
                fit_text(&words, field.room, text.height, field.lines)
            };
            for (index, content) in lines.into_iter().enumerate() {
                let at = text.at - up * (height * 1.5 * index as f64);
                marks.push(lettering(Text { at, height, content, ..text.clone() }));
            }
        }
        for frame in &self.symbols {
            let scale = (frame.size() / SYMBOL).min_element().min(1.5);
            marks.extend(symbol(frame.center(), scale, facts.projection, style.wide.min(0.5)));
        }
        marks
    }
}

/// The narrowest line, mm.
const FINEST: f64 = 0.13;
/// Points nearer to the line between their neighbours than this are left out, mm.
const FLAT: f64 = 0.005;

/// A run without the points that do not show.
fn thinned(points: &[Vec2]) -> Vec<Vec2> {
    let mut kept: Vec<Vec2> = Vec::with_capacity(points.len());
    let mut skipped: Vec<Vec2> = Vec::new();
    for (index, point) in points.iter().enumerate() {
        let (Some(last), Some(next)) = (kept.last().copied(), points.get(index + 1)) else {
            kept.push(*point);
            continue;
        };
        let along = (*next - last).normalize_or_zero();
        let off = |point: &Vec2| (*point - last).perp_dot(along).abs();
        let ahead = (*point - last).dot(along) >= 0.0 && along != Vec2::ZERO;
        if ahead && skipped.len() < 64 && off(point) < FLAT && skipped.iter().all(|other| off(other) < FLAT) {
            skipped.push(*point);
        } else {
            kept.push(*point);
            skipped.clear();
        }
    }
    kept
}

fn lettering(text: Text) -> Mark {
    let ink = Ink { layer: Layer::Title, width: (text.height * 0.1).max(FINEST), line: LineType::Continuous };
    Mark { ink, view: None, shape: Shape::Text(text) }
}

/// Along and across the words.
fn axes(angle_deg: f64) -> (Vec2, Vec2) {
    let along = Vec2::new(crate::geom::cos_deg(angle_deg), crate::geom::sin_deg(angle_deg));
    (along, along.perp())
}

/// How far words at some place may reach before they meet something.
fn room(text: &Text, obstacles: &[[Vec2; 2]]) -> f64 {
    let (along, up) = axes(text.angle_deg);
    let (low, high) = (text.height * 0.1, text.height * 0.9);
    let (mut left, mut right) = (f64::NEG_INFINITY, f64::INFINITY);
    for ends in obstacles {
        let [a, b] = ends.map(|end| Vec2::new((end - text.at).dot(along), (end - text.at).dot(up)));
        if a.y.max(b.y) < low || a.y.min(b.y) > high {
            continue;
        }
        let at = |level: f64| {
            if a.y == b.y { a.x } else { a.x + (b.x - a.x) * ((level - a.y) / (b.y - a.y)).clamp(0.0, 1.0) }
        };
        let (one, two) = if a.y == b.y { (a.x, b.x) } else { (at(low), at(high)) };
        let (near, far) = (one.min(two), one.max(two));
        if near > 0.0 {
            right = right.min(near);
        } else if far < 0.0 {
            left = left.max(far);
        }
    }
    let room = match text.anchor {
        Anchor::Start => right - GAP,
        Anchor::End => -left - GAP,
        Anchor::Middle => (right.min(-left) - GAP) * 2.0,
    };
    room.max(text.height)
}

/// What a field says.
fn words_of(name: &str, sheet: &Sheet, fields: &TitleFields, facts: &SheetFacts) -> String {
    if let Some(own) = fields.own_field(name) {
        return own.to_owned();
    }
    match name {
        "owner" => &fields.owner,
        "title" => &fields.title,
        "subtitle" => &fields.subtitle,
        "number" => &fields.number,
        "revision" => &fields.revision,
        "date" => &fields.date,
        "creator" => &fields.creator,
        "approver" => &fields.approver,
        "department" => &fields.department,
        "material" => &fields.material,
        "tolerance" if fields.tolerance.is_empty() => TOLERANCE,
        "tolerance" => &fields.tolerance,
        "document-type" if fields.document_type.is_empty() => "Part drawing",
        "document-type" => &fields.document_type,
        "status" => &fields.status,
        "weight" => &facts.weight,
        "scale" => &facts.scale,
        "sheet" => return facts.sheet.to_string(),
        "sheets" => return facts.sheet_count.to_string(),
        "size" => return sheet.size_name(),
        "units" => "mm",
        PROJECTION if facts.projection == Projection::FirstAngle => "First angle",
        PROJECTION => "Third angle",
        _ => "",
    }
    .to_owned()
}

impl TitleFields {
    /// The words that the job gives for a field of this name.
    fn own_field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(own, _)| plain_name(own) == name).map(|(_, words)| words.as_str())
    }
}
