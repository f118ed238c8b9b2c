//! Marks as DXF entities.

use crate::export::dxf::Placement;
use crate::export::dxf::table::{dimension_style, line_type_name, weight};
use crate::export::dxf::tags::{Handle, Tags, plain};
use crate::geom::{Vec2, cos_deg, sin_deg};
use crate::page::{Anchor, Dimension, DimensionKind, Ink, Leader, Mark, Shape, Text};

/// Where entities are written to.
pub struct Place {
    /// The block record of model space, paper space or a block.
    pub owner: Handle,
    /// Whether that is paper space.
    pub paper: bool,
    /// How coordinates are put there.
    pub placement: Placement,
}

/// Writes a mark that is no dimension and no leader.
pub fn write(tags: &mut Tags, mark: &Mark, place: &Place) {
    let put = |point: Vec2| place.placement.put(point);
    let scale = place.placement.scale;
    match &mark.shape {
        Shape::Polyline { points, closed: false } if points.len() == 2 => {
            begin(tags, "LINE", mark.ink, place);
            tags.text(100, "AcDbLine");
            tags.point(10, put(points[0]));
            tags.point(11, put(points[1]));
        }
        Shape::Polyline { points, closed } => polyline(tags, points, *closed, mark.ink, place),
        Shape::Circle { center, radius } => {
            begin(tags, "CIRCLE", mark.ink, place);
            tags.text(100, "AcDbCircle");
            tags.point(10, put(*center));
            tags.number(40, radius / scale);
        }
        Shape::Arc { center, radius, start_deg, sweep_deg } => {
            begin(tags, "ARC", mark.ink, place);
            tags.text(100, "AcDbCircle");
            tags.point(10, put(*center));
            tags.number(40, radius / scale);
            tags.text(100, "AcDbArc");
            tags.number(50, start_deg.rem_euclid(360.0));
            tags.number(51, (start_deg + sweep_deg).rem_euclid(360.0));
        }
        Shape::Ellipse { center, major, ratio, start_deg, sweep_deg } => {
            begin(tags, "ELLIPSE", mark.ink, place);
            tags.text(100, "AcDbEllipse");
            tags.point(10, put(*center));
            tags.point(11, *major / scale);
            tags.number(40, ratio.clamp(1.0e-6, 1.0));
            let whole = *sweep_deg >= 360.0;
            let start = if whole { 0.0 } else { start_deg.rem_euclid(360.0) };
            tags.number(41, start.to_radians());
            tags.number(42, (start + sweep_deg.min(360.0)).to_radians());
        }
        Shape::Spline { points } => spline(tags, points, mark.ink, place),
        Shape::Area { contours } => area(tags, contours, mark.ink, place),
        Shape::Hatch { contours, angle_deg, spacing } => {
            hatch(tags, contours, Some((*angle_deg, spacing / scale)), mark.ink, place);
        }
        Shape::Text(text) => lettering(tags, text, mark.ink, place),
        Shape::Dimension(_) | Shape::Leader(_) => {}
    }
}

/// Type, handle, owner, layer, and whatever differs from the layer's own pen.
fn begin(tags: &mut Tags, kind: &str, ink: Ink, place: &Place) {
    tags.start(kind, place.owner);
    tags.text(100, "AcDbEntity");
    if place.paper {
        tags.int(67, 1);
    }
    tags.text(8, ink.layer.name());
    if ink.line != ink.layer.line() {
        tags.text(6, line_type_name(ink.line));
    }
    tags.int(370, weight(ink.width));
}

fn polyline(tags: &mut Tags, points: &[Vec2], closed: bool, ink: Ink, place: &Place) {
    begin(tags, "LWPOLYLINE", ink, place);
    tags.text(100, "AcDbPolyline");
    tags.int(90, points.len() as i64);
    // 128: dashes run on through the corners
    tags.int(70, i64::from(closed) + 128);
    for point in points {
        tags.flat_point(10, place.placement.put(*point));
    }
}

/// A cubic B-spline whose every third control point it passes: knots three times each, at the ends four times.
fn spline(tags: &mut Tags, points: &[Vec2], ink: Ink, place: &Place) {
    begin(tags, "SPLINE", ink, place);
    tags.text(100, "AcDbSpline");
    tags.numbers(&[(210, 0.0), (220, 0.0), (230, 1.0)]);
    let pieces = points.len() / 3;
    // 8: planar
    tags.ints(&[(70, 8), (71, 3), (72, points.len() as i64 + 4), (73, points.len() as i64), (74, 0)]);
    tags.numbers(&[(42, 1.0e-7), (43, 1.0e-7)]);
    for knot in 0..=pieces {
        let times = if knot == 0 || knot == pieces { 4 } else { 3 };
        (0..times).for_each(|_| tags.number(40, knot as f64));
    }
    points.iter().for_each(|point| tags.point(10, place.placement.put(*point)));
}

/// A triangle is a SOLID, anything else a solid hatch.
fn area(tags: &mut Tags, contours: &[Vec<Vec2>], ink: Ink, place: &Place) {
    let [corners] = contours else { return hatch(tags, contours, None, ink, place) };
    if corners.len() != 3 {
        return hatch(tags, contours, None, ink, place);
    }
    begin(tags, "SOLID", ink, place);
    tags.text(100, "AcDbTrace");
    for (index, corner) in [0, 1, 2, 2].into_iter().enumerate() {
        tags.point(10 + index as u16, place.placement.put(corners[corner]));
    }
}

fn hatch(tags: &mut Tags, contours: &[Vec<Vec2>], pattern: Option<(f64, f64)>, ink: Ink, place: &Place) {
    begin(tags, "HATCH", ink, place);
    tags.text(100, "AcDbHatch");
    tags.point(10, Vec2::ZERO);
    tags.numbers(&[(210, 0.0), (220, 0.0), (230, 1.0)]);
    tags.text(2, if pattern.is_some() { "ANSI31" } else { "SOLID" });
    tags.ints(&[(70, i64::from(pattern.is_none())), (71, 0), (91, contours.len() as i64)]);
    for contour in contours {
        // 1 external, 2 polyline
        tags.ints(&[(92, 3), (72, 0), (73, 1), (93, contour.len() as i64)]);
        contour.iter().for_each(|point| tags.flat_point(10, place.placement.put(*point)));
        tags.int(97, 0);
    }
    tags.ints(&[(75, 0), (76, 1)]);
    if let Some((angle_deg, spacing)) = pattern {
        // ANSI31 is one family of lines at 45 degrees, 3.175 apart
        tags.numbers(&[(52, angle_deg - 45.0), (41, spacing / 3.175)]);
        tags.ints(&[(77, 0), (78, 1)]);
        let across = Vec2::new(-sin_deg(angle_deg), cos_deg(angle_deg)) * spacing;
        tags.numbers(&[(53, angle_deg), (43, 0.0), (44, 0.0), (45, across.x), (46, across.y)]);
        tags.int(79, 0);
    }
    tags.int(98, 0);
}

fn lettering(tags: &mut Tags, text: &Text, ink: Ink, place: &Place) {
    begin(tags, "TEXT", ink, place);
    tags.text(100, "AcDbText");
    tags.point(10, place.placement.put(text.start()));
    tags.number(40, text.height / place.placement.scale);
    tags.text(1, &plain(&text.content));
    tags.number(50, text.angle_deg);
    tags.number(41, text.stretch);
    tags.text(7, "LETTERING");
    let align = match text.anchor {
        Anchor::Start => 0,
        Anchor::Middle => 1,
        Anchor::End => 2,
    };
    if align != 0 {
        tags.int(72, align);
        tags.point(11, place.placement.put(text.at));
    }
    tags.text(100, "AcDbText");
}

/// The line of a leader, with its arrowhead; words and dots are entities of their own.
pub fn leader(tags: &mut Tags, leader: &Leader, place: &Place) {
    begin(tags, "LEADER", crate::page::Layer::Dimension.ink(0.5), place);
    tags.text(100, "AcDbLeader");
    tags.text(3, &dimension_style(place.placement.scale));
    // arrowhead, straight, without an annotation object, no hook
    tags.ints(&[(71, i64::from(!leader.dotted)), (72, 0), (73, 3), (74, 1), (75, 0)]);
    tags.numbers(&[(40, 0.0), (41, 0.0)]);
    tags.int(76, leader.points.len() as i64);
    leader.points.iter().for_each(|point| tags.point(10, place.placement.put(*point)));
}

/// A dimension shown by the block `*D` and its number.
pub fn dimension(tags: &mut Tags, dimension: &Dimension, place: &Place, number: usize) {
    let put = |point: Vec2| place.placement.put(point);
    let ink = crate::page::Layer::Dimension.ink(0.5);
    begin(tags, "DIMENSION", ink, place);
    tags.text(100, "AcDbDimension");
    tags.text(2, &format!("*D{number}"));
    let (kind, defined) = match dimension.kind {
        DimensionKind::Linear { line_at, .. } | DimensionKind::Angular { line_at, .. } => {
            (if matches!(dimension.kind, DimensionKind::Linear { .. }) { 0 } else { 5 }, line_at)
        }
        DimensionKind::Diameter { from, .. } => (3, from),
        DimensionKind::Radius { center, .. } => (4, center),
    };
    tags.point(10, put(defined));
    tags.point(11, put(dimension.text_at));
    // 32: the block is this dimension's alone; 128: the text stands where it was put
    tags.ints(&[(70, 32 + 128 + kind), (71, 8)]);
    tags.number(42, dimension.value);
    tags.text(1, &plain(&dimension.text));
    tags.text(3, &dimension_style(place.placement.scale));
    match dimension.kind {
        DimensionKind::Linear { from, to, angle_deg, .. } => {
            tags.text(100, "AcDbAlignedDimension");
            tags.point(13, put(from));
            tags.point(14, put(to));
            tags.number(50, angle_deg);
            tags.text(100, "AcDbRotatedDimension");
        }
        DimensionKind::Diameter { to, .. } => {
            tags.text(100, "AcDbDiametricDimension");
            tags.point(15, put(to));
            tags.number(40, 0.0);
        }
        DimensionKind::Radius { to, .. } => {
            tags.text(100, "AcDbRadialDimension");
            tags.point(15, put(to));
            tags.number(40, 0.0);
        }
        DimensionKind::Angular { center, from, to, .. } => {
            tags.text(100, "AcDb3PointAngularDimension");
            tags.point(13, put(from));
            tags.point(14, put(to));
            tags.point(15, put(center));
        }
    }
}
