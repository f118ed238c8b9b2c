//! A 2D model as OpenSCAD exports it: its outline at full size, in its own coordinates.

use crate::drawing::round::rounded;
use crate::geom::Vec2;
use crate::page::{Ink, Layer, LineType, Mark, Page, Shape, View};
use crate::region::Region;

/// Width of the outline, mm.
const LINE_WIDTH: f64 = 0.25;

/// Free margin around the outline, mm.
const MARGIN: f64 = 5.0;

/// The outline of a region on a page that just holds it, at 1:1, vertex by vertex as OpenSCAD exports it.
pub fn outline(region: &Region) -> Page {
    page(region, |points| vec![Shape::Polyline { points: points.to_vec(), closed: true }])
}

/// The same with circles and arcs where its vertices lie on some.
pub fn true_outline(region: &Region) -> Page {
    page(region, rounded)
}

fn page(region: &Region, shapes: impl Fn(&[Vec2]) -> Vec<Shape>) -> Page {
    let bounds = region.bounding_box();
    let (low, size) = if bounds.is_empty() { (Vec2::ZERO, Vec2::ZERO) } else { (bounds.min, bounds.size()) };
    let origin = Vec2::splat(MARGIN) - low;
    let ink = Ink { layer: Layer::Visible, width: LINE_WIDTH, line: LineType::Continuous };
    let marks = region
        .contours()
        .iter()
        .flat_map(|contour| {
            let points: Vec<Vec2> = contour.iter().map(|point| *point + origin).collect();
            shapes(&points)
        })
        .map(|shape| Mark { ink, view: Some(0), shape })
        .collect();
    let page_size = size + Vec2::splat(MARGIN * 2.0);
    let frame = crate::geom::Aabb2 { min: Vec2::ZERO, max: page_size };
    Page {
        name: "outline".to_owned(),
        width: page_size.x,
        height: page_size.y,
        views: vec![View { name: "outline".to_owned(), scale: 1.0, frame, origin: Some(origin) }],
        marks,
        ..Page::default()
    }
}
