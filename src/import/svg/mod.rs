//! SVG outlines: what shapes cover, and the strokes of open paths.

mod length;
mod look;
mod path;
pub mod picture;
mod shape;
mod transform;

use roxmltree::{Document, Node};

use crate::budget::{Budget, Exceeded};
use crate::geom::{Aabb2, Affine2, Vec2};
use crate::import::meter::Meter;
use crate::import::svg::length::{Alignment, Length, ViewBox};
use crate::import::svg::shape::Style;
use crate::import::{Division, ImportError, malformed};
use crate::region::{Contour, Region};

/// What is wanted of a drawing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Selection<'a> {
    /// Only the element of this id and what is in it.
    pub id: Option<&'a str>,
    /// Only the layer of this label.
    pub layer: Option<&'a str>,
    /// Dots per inch of lengths without a unit.
    pub dpi: f64,
    /// Centred on the origin.
    pub center: bool,
}

/// Reads a drawing; `None` where the selection matches nothing.
///
/// # Errors
/// Where the bytes are not XML, or references in it unfold to more than the budget has.
pub fn read(
    bytes: &[u8],
    selection: &Selection<'_>,
    division: &Division<'_>,
    budget: &Budget,
) -> Result<Option<Region>, ImportError> {
    let text = String::from_utf8_lossy(bytes);
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = Document::parse_with_options(&text, options)
        .map_err(|error| malformed("SVG", error.pos().row as usize, error.to_string()))?;
    let mut walk = Walk {
        document: &document,
        selection,
        division,
        budget,
        meter: Meter::new(budget),
        found: false,
        shapes: Vec::new(),
    };
    let root = document.root_element();
    let whole = selection.id.is_none() && selection.layer.is_none();
    for child in root.children().filter(Node::is_element) {
        walk.enter(child, Affine2::IDENTITY, &State { selected: whole, layer: false, depth: 0 })?;
    }
    let Walk { found, shapes, .. } = walk;
    if !whole && !found {
        return Ok(None);
    }
    let frame = Frame::of(root, selection, &shapes);
    let regions = shapes.iter().map(|contours| frame.region(contours, budget)).collect::<Result<Vec<_>, _>>()?;
    Ok(Some(Region::union(&regions.iter().collect::<Vec<_>>(), budget)?))
}

/// Elements in elements, and `use` of `use`.
const DEPTH_MAX: u32 = 256;
/// What looking at an element counts: references to references visit it again and again.
const VISIT_BYTES: usize = 256;

struct Walk<'a> {
    document: &'a Document<'a>,
    selection: &'a Selection<'a>,
    division: &'a Division<'a>,
    budget: &'a Budget,
    meter: Meter<'a>,
    found: bool,
    shapes: Vec<Vec<Contour>>,
}

#[derive(Clone)]
struct State {
    selected: bool,
    layer: bool,
    depth: u32,
}

impl<'a> Walk<'a> {
    fn enter(&mut self, node: Node<'a, 'a>, map: Affine2, outer: &State) -> Result<(), Exceeded> {
        let name = node.tag_name().name();
        if name == "defs" || outer.depth > DEPTH_MAX {
            return Ok(());
        }
        self.meter.take(VISIT_BYTES)?;
        let style = Style::of(node);
        let (state, chosen) = self.select(node, outer);
        // a hidden element hides what is in it, unless that is asked for by name
        let state = if style.is_hidden() && !chosen { State { selected: false, ..state } } else { state };
        let map = map * transform::parse(node.attribute("transform").unwrap_or_default());
        if state.selected {
            let contours = shape::contours(node, &style, self.division, self.budget)?;
            if !contours.is_empty() {
                self.meter.take(contours.iter().map(|contour| size_of_val(&**contour)).sum())?;
                let place = |contour: Contour| contour.into_iter().map(|point| map.transform_point2(point)).collect();
                self.shapes.push(contours.into_iter().map(place).collect());
            }
        }
        if name == "use" {
            self.enter_reference(node, map, &state)?;
        }
        for child in node.children().filter(Node::is_element) {
            self.enter(child, map, &state)?;
        }
        Ok(())
    }

    fn select(&mut self, node: Node<'_, '_>, outer: &State) -> (State, bool) {
        let is_layer = node.attribute((INKSCAPE, "groupmode")) == Some("layer")
            && self.selection.layer.is_some()
            && node.attribute((INKSCAPE, "label")) == self.selection.layer;
        let layer = outer.layer || is_layer;
        let chosen = match (self.selection.id, self.selection.layer) {
            (Some(id), None) => node.attribute("id") == Some(id),
            (Some(id), Some(_)) => layer && node.attribute("id") == Some(id),
            (None, Some(_)) => is_layer,
            (None, None) => false,
        };
        self.found |= chosen;
        (State { selected: outer.selected || chosen, layer, depth: outer.depth + 1 }, chosen)
    }

    fn enter_reference(&mut self, node: Node<'a, 'a>, map: Affine2, state: &State) -> Result<(), Exceeded> {
        let href = node.attribute("href").or(node.attribute((XLINK, "href"))).unwrap_or_default();
        let Some(id) = href.strip_prefix('#') else { return Ok(()) };
        let target = self.document.descendants().find(|other| other.attribute("id") == Some(id));
        if let Some(target) = target.filter(|target| !node.ancestors().any(|outer| outer == *target)) {
            let at = ["x", "y"].map(|axis| shape::number(node, axis));
            self.enter(target, map * Affine2::from_translation(Vec2::from_array(at)), state)?;
        }
        Ok(())
    }
}

const INKSCAPE: &str = "http://www.inkscape.org/namespaces/inkscape";
const XLINK: &str = "http://www.w3.org/1999/xlink";

/// User units, y down, to mm, y up.
struct Frame {
    scale: Vec2,
    view: Vec2,
    shift: Vec2,
}

impl Frame {
    fn of(root: Node<'_, '_>, selection: &Selection<'_>, shapes: &[Vec<Contour>]) -> Self {
        let [width, height] = ["width", "height"].map(|name| Length::parse(root.attribute(name).unwrap_or_default()));
        let view = ViewBox::parse(root.attribute("viewBox").unwrap_or_default());
        let page = Vec2::new(
            width.to_mm(view.as_ref().map(|view| view.size.x), selection.dpi),
            height.to_mm(view.as_ref().map(|view| view.size.y), selection.dpi),
        );
        let (mut scale, mut align, mut corner) = (Vec2::ONE, Vec2::ZERO, Vec2::ZERO);
        if let Some(view) = &view {
            corner = Vec2::new(width.percent_factor(), height.percent_factor()) * view.corner;
            scale = page / view.size;
            let alignment = Alignment::parse(root.attribute("preserveAspectRatio").unwrap_or_default());
            (scale, align) = alignment.fit(scale, page, view.size);
        }
        let points = shapes.iter().flatten().flatten();
        let bounds = Aabb2::of(points.map(|point| *point * scale));
        let shift = match (selection.center, bounds.is_empty()) {
            (true, false) => bounds.center() * Vec2::new(-1.0, 1.0),
            (true, true) => Vec2::ZERO,
            (false, _) => Vec2::new(align.x, page.y - align.y),
        };
        Self { scale, view: corner, shift }
    }

    fn region(&self, contours: &[Contour], budget: &Budget) -> Result<Region, Exceeded> {
        let flip = Vec2::new(1.0, -1.0);
        // y turns over before the view's corner is taken off, as OpenSCAD does it
        let place = |point: &Vec2| self.scale * (*point * flip - self.view) + self.shift;
        let placed: Vec<Contour> = contours.iter().map(|contour| contour.iter().map(place).collect()).collect();
        Region::polygon(&placed, budget)
    }
}
