//! Shapes to contours in user units.

use roxmltree::Node;

use crate::budget::{Budget, Exceeded};
use crate::geom::{Vec2, cos_deg, sin_deg};
use crate::import::Division;
use crate::import::svg::path;
use crate::region::{Cap, Contour, Corner, stroke};

/// What of an element's style matters to its outline.
pub(super) struct Style {
    display: String,
    width: f64,
    cap: Cap,
    corner: Corner,
}

impl Style {
    pub(super) fn of(node: Node<'_, '_>) -> Self {
        let in_style = |name: &str| {
            let entries = node.attribute("style").unwrap_or_default().split(';');
            let pair = entries.filter_map(|entry| entry.split_once(':')).find(|(key, _)| key.trim() == name);
            pair.map(|(_, value)| value.trim().to_owned())
        };
        let first = |name: &str| node.attribute(name).map(str::to_owned).or_else(|| in_style(name)).unwrap_or_default();
        let width = first("stroke-width").parse().unwrap_or(0.0);
        Self {
            display: in_style("display").unwrap_or_else(|| node.attribute("display").unwrap_or_default().to_owned()),
            width: if width < 0.01 { 1.0 } else { width },
            cap: match first("stroke-linecap").as_str() {
                "round" => Cap::Round,
                "square" => Cap::Square,
                _ => Cap::Butt,
            },
            corner: match first("stroke-linejoin").as_str() {
                "bevel" => Corner::Square,
                "round" => Corner::Round,
                _ => Corner::Miter,
            },
        }
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.display == "none"
    }

    /// The outline of an open line.
    pub(super) fn stroke(&self, points: &[Vec2], budget: &Budget) -> Result<Vec<Contour>, Exceeded> {
        stroke(points, self.width, self.cap, self.corner, budget)
    }
}

/// The contours of an element; none for one that is no shape.
pub(super) fn contours(
    node: Node<'_, '_>,
    style: &Style,
    division: &Division<'_>,
    budget: &Budget,
) -> Result<Vec<Contour>, Exceeded> {
    Ok(match node.tag_name().name() {
        "path" => path::contours(node.attribute("d").unwrap_or_default(), style, division, budget)?,
        "rect" => rect(node, style, division, budget)?,
        "circle" => vec![ellipse(node, [number(node, "r"); 2], division)],
        "ellipse" => vec![ellipse(node, [number(node, "rx"), number(node, "ry")], division)],
        "polygon" => vec![points(node)],
        "polyline" => style.stroke(&points(node), budget)?,
        "line" => {
            let [x1, y1, x2, y2] = ["x1", "y1", "x2", "y2"].map(|name| number(node, name));
            style.stroke(&[Vec2::new(x1, y1), Vec2::new(x2, y2)], budget)?
        }
        _ => Vec::new(),
    })
}

/// An attribute that is a number; 0 where it is not.
pub(super) fn number(node: Node<'_, '_>, name: &str) -> f64 {
    let text = node.attribute(name).unwrap_or_default().trim();
    text.strip_suffix("px").unwrap_or(text).parse().unwrap_or(0.0)
}

pub(super) fn points(node: Node<'_, '_>) -> Contour {
    let text = node.attribute("points").unwrap_or_default();
    let words = text.split(|letter: char| letter == ',' || letter.is_ascii_whitespace());
    let numbers: Vec<f64> = words.filter(|word| !word.is_empty()).map(|word| word.parse().unwrap_or(0.0)).collect();
    numbers.chunks_exact(2).map(|pair| Vec2::new(pair[0], pair[1])).collect()
}

fn ellipse(node: Node<'_, '_>, [rx, ry]: [f64; 2], division: &Division<'_>) -> Contour {
    /// An ellipse of a drawing is never coarser than this.
    const SEGMENTS_MIN: u32 = 40;
    let center = Vec2::new(number(node, "cx"), number(node, "cy"));
    let segments = (division.arc)(rx.max(ry), 360.0).unwrap_or(3).max(SEGMENTS_MIN);
    let point = |index: u32| {
        let angle = f64::from(index) * 360.0 / f64::from(segments);
        center + Vec2::new(rx * sin_deg(angle), ry * cos_deg(angle))
    };
    (1..=segments).map(point).collect()
}

fn rect(node: Node<'_, '_>, style: &Style, division: &Division<'_>, budget: &Budget) -> Result<Vec<Contour>, Exceeded> {
    let [x, y, width, height, rx, ry] = ["x", "y", "width", "height", "rx", "ry"].map(|name| number(node, name));
    let given = |radius: f64| radius.abs() >= 1.0e-8;
    if !given(rx) && !given(ry) {
        let corner = Vec2::new(x, y);
        let offsets = [Vec2::ZERO, Vec2::new(width, 0.0), Vec2::new(width, height), Vec2::new(0.0, height)];
        return Ok(vec![offsets.iter().map(|offset| corner + *offset).collect()]);
    }
    let rx_given = if given(rx) { rx } else { ry };
    let ry = (if given(ry) { ry } else { rx }).min(height / 2.0);
    let rx = rx_given.min(width / 2.0);
    let (left, right, top, bottom) = (x + rx, x + width - rx, y + ry, y + height - ry);
    let (far, low) = (x + width, y + height);
    let outline = format!(
        "M {left},{y} H {right} A {rx},{ry} 0 0,1 {far},{top} V {bottom} A {rx},{ry} 0 0,1 {right},{low} \
         H {left} A {rx},{ry} 0 0,1 {x},{bottom} V {top} A {rx},{ry} 0 0,1 {left},{y} z"
    );
    path::contours(&outline, style, division, budget)
}
