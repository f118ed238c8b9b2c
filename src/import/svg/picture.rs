//! An SVG as it is drawn, not as what it covers: lines, areas and words in millimetres, each with its name.

use std::ops::Range;

use roxmltree::{Document, Node};

use crate::budget::{Budget, Exceeded};
use crate::geom::{Affine2, Vec2};
use crate::import::Division;
use crate::import::meter::Meter;
use crate::import::svg::length::{Alignment, Length, ViewBox};
use crate::import::svg::look::Look;
use crate::import::svg::path::{self, Run};
use crate::import::svg::{DEPTH_MAX, INKSCAPE, VISIT_BYTES, XLINK, shape, transform};

/// A picture: paper millimetres, origin at the lower left corner, Y up.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Picture {
    /// Width of the page.
    pub width: f64,
    /// Height of the page.
    pub height: f64,
    /// What is on it, in drawing order.
    pub elements: Vec<Element>,
}

/// One thing on a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    /// Its `data-field`.
    pub field: Option<String>,
    /// Its `id`.
    pub id: Option<String>,
    /// Its `data-width`, mm.
    pub width: Option<f64>,
    /// Its `data-lines`.
    pub lines: Option<usize>,
    /// Where in the text it stands, bytes.
    pub range: Range<usize>,
    /// Whether it is to be seen.
    pub shown: bool,
    /// What it is.
    pub content: Content,
}

/// What an element is.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Lines, and whether what they go round is filled under the even-odd rule.
    Outline {
        /// Runs of points, and whether each is closed.
        runs: Vec<(Vec<Vec2>, bool)>,
        /// Width of the line in mm, and whether it is dashed; none where there is no line.
        stroke: Option<(f64, bool)>,
        /// Whether it is filled.
        filled: bool,
        /// Whether it is a `rect` with level edges.
        is_box: bool,
    },
    /// A line of words.
    Words {
        /// Its anchor on the base line.
        at: Vec2,
        /// Direction of the base line, of length 1.
        along: Vec2,
        /// Size of the font, mm.
        size: f64,
        /// How much of it lies before the anchor: 0, ½ or 1.
        anchor: f64,
        /// The words.
        text: String,
    },
}

/// Why a picture cannot be drawn, and where in its text.
#[derive(Debug, Clone, PartialEq)]
pub enum PictureError {
    /// Something of it cannot be.
    Wrong {
        /// Bytes of the text.
        range: Range<usize>,
        /// What is wrong.
        what: String,
    },
    /// A limit of the job.
    Exceeded(Exceeded),
}

impl From<Exceeded> for PictureError {
    fn from(exceeded: Exceeded) -> Self {
        Self::Exceeded(exceeded)
    }
}

/// Reads a picture. Curves become runs of straight pieces, 3° or a 48th of a Bézier each.
///
/// # Errors
/// Where the text is no SVG with a size, holds what is not drawn, or unfolds to more than the budget has.
pub fn read(text: &str, budget: &Budget) -> Result<Picture, PictureError> {
    let document = Document::parse(text).map_err(|error| {
        let row = error.pos().row as usize;
        let start: usize = text.split_inclusive('\n').take(row.saturating_sub(1)).map(str::len).sum();
        let end = start + text[start..].find('\n').unwrap_or(text.len() - start);
        PictureError::Wrong { range: start..end, what: format!("no XML: {error}") }
    })?;
    let root = document.root_element();
    let (width, height, map) = page(root).ok_or_else(|| wrong(root, "an SVG needs a width and a height".to_owned()))?;
    let mut walk = Walk { document: &document, meter: Meter::new(budget), elements: Vec::new() };
    let look = Look::default().inside(root).map_err(|what| wrong(root, refusal(&what)))?;
    for child in root.children().filter(Node::is_element) {
        walk.enter(child, map, &look, 0)?;
    }
    Ok(Picture { width, height, elements: walk.elements })
}

fn wrong(node: Node<'_, '_>, what: String) -> PictureError {
    let range = node.range();
    // the opening tag says enough
    let text = &node.document().input_text()[range.clone()];
    let end = text.find('>').map_or(range.end, |at| range.start + at + 1);
    PictureError::Wrong { range: range.start..end, what }
}

fn refusal(what: &str) -> String {
    format!("{what} cannot be drawn")
}

/// The page's size in mm, and how user units get onto it.
fn page(root: Node<'_, '_>) -> Option<(f64, f64, Affine2)> {
    let [width, height] = ["width", "height"].map(|name| Length::parse(root.attribute(name).unwrap_or_default()));
    let view = ViewBox::parse(root.attribute("viewBox").unwrap_or_default());
    let size = Vec2::new(
        width.to_mm(view.as_ref().map(|view| view.size.x), 96.0),
        height.to_mm(view.as_ref().map(|view| view.size.y), 96.0),
    );
    let is_sheet = |side: f64| side.is_finite() && side > 0.0;
    if !is_sheet(size.x) || !is_sheet(size.y) {
        return None;
    }
    let map = match view.filter(|view| view.size.min_element() > 0.0) {
        Some(view) => {
            let alignment = Alignment::parse(root.attribute("preserveAspectRatio").unwrap_or_default());
            let (scale, shift) = alignment.fit(size / view.size, size, view.size);
            Affine2::from_scale_angle_translation(scale, 0.0, shift - view.corner * scale)
        }
        None => Affine2::from_scale(Vec2::splat(25.4 / 96.0)),
    };
    let upright = Affine2::from_cols_array(&[1.0, 0.0, 0.0, -1.0, 0.0, size.y]);
    Some((size.x, size.y, upright * map))
}

struct Walk<'a> {
    document: &'a Document<'a>,
    meter: Meter<'a>,
    elements: Vec<Element>,
}

/// Elements that hold others and are nothing themselves.
const GROUPS: [&str; 3] = ["g", "a", "svg"];
/// What shapes are measured by.
const LENGTHS: [&str; 13] = ["x", "y", "width", "height", "cx", "cy", "r", "rx", "ry", "x1", "y1", "x2", "y2"];

fn has_unit(text: &str) -> bool {
    let text = text.trim();
    text.strip_suffix("px").unwrap_or(text).ends_with(|letter: char| letter.is_ascii_alphabetic() || letter == '%')
}

/// Elements that say nothing about the picture.
const SILENT: [&str; 4] = ["defs", "title", "desc", "metadata"];
const SVG: &str = "http://www.w3.org/2000/svg";

impl<'a> Walk<'a> {
    fn enter(&mut self, node: Node<'a, 'a>, map: Affine2, outer: &Look, depth: u32) -> Result<(), PictureError> {
        let name = node.tag_name().name();
        let foreign = node.tag_name().namespace().is_some_and(|space| space != SVG);
        if foreign || SILENT.contains(&name) {
            return Ok(());
        }
        if depth > DEPTH_MAX {
            return Err(wrong(node, "elements are nested too deep".to_owned()));
        }
        self.meter.take(VISIT_BYTES)?;
        let look = outer.inside(node).map_err(|what| wrong(node, refusal(&what)))?;
        let map = map * transform::parse(node.attribute("transform").unwrap_or_default());
        match name {
            "text" => return self.words(node, map, &look),
            "use" => return self.reference(node, map, &look, depth),
            _ if GROUPS.contains(&name) => {
                if let Some(field) = node.attribute("data-field") {
                    return Err(wrong(node, format!("the field {field:?} is neither a text nor a rect")));
                }
                for child in node.children().filter(Node::is_element) {
                    self.enter(child, map, &look, depth + 1)?;
                }
                return Ok(());
            }
            _ => {}
        }
        if let Some(length) = LENGTHS.iter().filter_map(|name| node.attribute(*name)).find(|text| has_unit(text)) {
            return Err(wrong(node, format!("the length {length:?} has a unit: lengths within an SVG are user units")));
        }
        let runs = runs(node, self.meter.budget())?.ok_or_else(|| wrong(node, refusal(&format!("<{name}>"))))?;
        let bytes = runs.iter().map(|run| size_of_val(run.points.as_slice())).sum();
        self.meter.take(bytes)?;
        let put = |run: Run| (run.points.into_iter().map(|point| map.transform_point2(point)).collect(), run.closed);
        let scale = map.matrix2.determinant().abs().sqrt();
        let content = Content::Outline {
            runs: runs.into_iter().map(put).collect(),
            stroke: look.stroke.map(|width| (width * scale, look.dashed)),
            filled: look.filled,
            is_box: name == "rect" && map.matrix2.x_axis.y.abs() <= 1.0e-9 * scale,
        };
        self.push(node, map, &look, content);
        Ok(())
    }

    fn push(&mut self, node: Node<'_, '_>, map: Affine2, look: &Look, content: Content) {
        let say = |name: &str| node.attribute(name).map(str::to_owned);
        let scale = map.matrix2.x_axis.length();
        self.elements.push(Element {
            field: say("data-field"),
            id: say("id").or_else(|| node.attribute((INKSCAPE, "label")).map(str::to_owned)),
            width: say("data-width").and_then(|text| text.trim().parse().ok()).map(|width: f64| width * scale),
            lines: say("data-lines").and_then(|text| text.trim().parse().ok()),
            range: node.range(),
            shown: look.shown,
            content,
        });
    }

    /// The lines of a text: a part with a place of its own begins a new one.
    fn words(&mut self, node: Node<'a, 'a>, map: Affine2, look: &Look) -> Result<(), PictureError> {
        let start = Vec2::new(place(node, "x").unwrap_or(0.0), place(node, "y").unwrap_or(0.0));
        let mut lines = vec![Line { at: start, look: look.clone(), text: String::new() }];
        gather(node, look, &mut lines)?;
        lines.retain(|line| !line.text.trim().is_empty());
        // a field keeps its place without a word in it
        if lines.is_empty() {
            lines.push(Line { at: start, look: look.clone(), text: String::new() });
        }
        if node.attribute("data-field").is_some() {
            lines.truncate(1);
        }
        for line in lines {
            let axis = map.transform_vector2(Vec2::X);
            let rise = map.transform_vector2(Vec2::NEG_Y).length();
            let content = Content::Words {
                at: map.transform_point2(line.at),
                along: axis.normalize_or(Vec2::X),
                size: line.look.font_size * rise,
                anchor: match line.look.anchor.as_str() {
                    "middle" => 0.5,
                    "end" => 1.0,
                    _ => 0.0,
                },
                text: line.text.split_whitespace().collect::<Vec<_>>().join(" "),
            };
            self.push(node, map, &line.look, content);
        }
        Ok(())
    }

    fn reference(&mut self, node: Node<'a, 'a>, map: Affine2, look: &Look, depth: u32) -> Result<(), PictureError> {
        let href = node.attribute("href").or(node.attribute((XLINK, "href"))).unwrap_or_default();
        let found = href.strip_prefix('#').and_then(|id| {
            self.document.descendants().find(|other| other.attribute("id") == Some(id) && !id.is_empty())
        });
        let Some(target) = found else { return Err(wrong(node, format!("there is no element {href:?}"))) };
        if node.ancestors().any(|outer| outer == target) {
            return Err(wrong(node, format!("{href:?} is within itself")));
        }
        let at = ["x", "y"].map(|axis| shape::number(node, axis));
        self.enter(target, map * Affine2::from_translation(Vec2::from_array(at)), look, depth + 1)
    }
}

/// A line of a text while it is gathered.
struct Line {
    at: Vec2,
    look: Look,
    text: String,
}

fn gather(node: Node<'_, '_>, look: &Look, lines: &mut Vec<Line>) -> Result<(), PictureError> {
    for child in node.children() {
        if child.is_text() {
            if let Some(line) = lines.last_mut() {
                line.text.push_str(child.text().unwrap_or_default());
            }
            continue;
        }
        match child.tag_name().name() {
            "tspan" if child.is_element() => {
                if let Some(field) = child.attribute("data-field") {
                    return Err(wrong(child, format!("the field {field:?} is neither a text nor a rect")));
                }
                let own = look.inside(child).map_err(|what| wrong(child, refusal(&what)))?;
                let last = lines.last().map_or(Vec2::ZERO, |line| line.at);
                let drop = child.attribute("dy").map_or(0.0, crate::import::svg::look::user_units);
                if ["x", "y", "dy"].iter().any(|name| child.attribute(*name).is_some()) {
                    let at = Vec2::new(place(child, "x").unwrap_or(last.x), place(child, "y").unwrap_or(last.y) + drop);
                    lines.push(Line { at, look: own.clone(), text: String::new() });
                } else if let Some(line) = lines.last_mut()
                    && line.text.trim().is_empty()
                {
                    line.look = own.clone();
                }
                gather(child, &own, lines)?;
            }
            "title" | "desc" | "" => {}
            name => return Err(wrong(child, refusal(&format!("<{name}> within text")))),
        }
    }
    Ok(())
}

/// A coordinate that is given.
fn place(node: Node<'_, '_>, name: &str) -> Option<f64> {
    node.attribute(name).map(|text| crate::import::svg::look::user_units(text.split([' ', ',']).next().unwrap_or(text)))
}

/// A full circle has 120 pieces.
const PIECE_DEG: f64 = 3.0;
/// A Bézier curve has so many.
const CURVE_PIECES: u32 = 48;

/// The outline of a shape in user units; none for what is no shape.
fn runs(node: Node<'_, '_>, budget: &Budget) -> Result<Option<Vec<Run>>, Exceeded> {
    let arc = |_: f64, angle: f64| Some((angle.abs() / PIECE_DEG).ceil().max(2.0) as u32);
    let division = Division { arc: &arc, curve: CURVE_PIECES };
    Ok(Some(match node.tag_name().name() {
        "path" => path::runs(node.attribute("d").unwrap_or_default(), &division),
        "line" => {
            let [x1, y1, x2, y2] = ["x1", "y1", "x2", "y2"].map(|name| place(node, name).unwrap_or(0.0));
            vec![Run { points: vec![Vec2::new(x1, y1), Vec2::new(x2, y2)], closed: false }]
        }
        "polyline" => vec![Run { points: shape::points(node), closed: false }],
        "rect" | "circle" | "ellipse" | "polygon" => {
            let style = shape::Style::of(node);
            let closed = shape::contours(node, &style, &division, budget)?;
            closed.into_iter().map(|points| Run { points, closed: true }).collect()
        }
        _ => return Ok(None),
    }))
}
