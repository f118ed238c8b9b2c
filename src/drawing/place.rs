//! Puts a figure on paper around the origin: its strokes scaled, centre lines, dimensions in lanes, callouts in free places.

use crate::drawing::dimension::{
    Callout, Choice, Measure, Side, aligned_mark, angular_mark, callout_mark, choose, label_marks, symbol_marks,
    table_marks,
};
use crate::drawing::figure::Figure;
use crate::drawing::indication::indicate;
use crate::drawing::lane::lane_marks;
use crate::drawing::merge::{Lines, Piece, merge};
use crate::drawing::obstacle::{Obstacles, mark_box};
use crate::drawing::rooms::room_marks;
use crate::drawing::spec::HiddenLines;
use crate::drawing::style::{Style, arrowhead, line, text};
use crate::drawing::thicket::is_thicket;
use crate::geom::{Aabb2, Vec2};
use crate::page::{Anchor, Layer, Mark, Shape};

/// A figure on paper, the middle of its bounds at the origin.
#[derive(Debug, Clone)]
pub struct Arranged {
    /// Its marks.
    pub marks: Vec<Mark>,
    /// What they cover.
    pub extent: Aabb2,
    /// How many words found no free place.
    pub crowded: usize,
}

/// Cutting planes go about this far past a view, mm.
const CUTTING_REACH: f64 = 12.0;
/// Centre lines go this far past what they belong to, mm.
const CENTER_PAST: f64 = 2.5;

/// Lays a figure out on a sheet of some scale.
pub fn arrange(figure: &Figure, sheet: (f64, f64), style: &Style) -> Arranged {
    let (paper, model) = figure.ratio_on(sheet);
    let scale = paper / model;
    let middle = figure.bounds.center();
    let onto = |point: Vec2| (point - middle) * scale;
    let mut marks: Vec<Mark> = figure
        .strokes
        .iter()
        .map(|stroke| Mark { ink: style.ink(stroke.layer), view: None, shape: scaled(&stroke.shape, scale, &onto) })
        .collect();
    let half = figure.bounds.size() * (scale * 0.5);
    let bounds = Aabb2 { min: -half, max: half };
    let choice = &mut choose(figure, scale, style);
    if figure.hidden_lines == HiddenLines::Auto && is_thicket(&marks) {
        marks.retain(|mark| mark.ink.layer != Layer::Hidden || is_called_out(&mark.shape, &choice.callouts, scale));
        keep_seen(choice, &marks, bounds, &onto);
    }
    space_hatches(&mut marks);
    center_marks(figure, scale, style, &onto, &mut marks);
    marks.extend(lane_marks(figure, &choice.measures, scale, style, &onto));
    let mut obstacles = Obstacles::default();
    if figure.has_free_words() {
        marks.iter().for_each(|mark| obstacles.add(mark));
        // cutting planes are drawn when all else is, so that their letters stand outside
        for cutting in &figure.cutting_lines {
            let reach = cutting.along * (figure.bounds.size().length() * scale * 0.5 + CUTTING_REACH);
            obstacles.add_line(onto(cutting.at) - reach, onto(cutting.at) + reach);
        }
    }
    marks.extend(label_marks(figure, scale, &onto, style, &mut obstacles));
    marks.extend(room_marks(figure, &onto, style, &mut obstacles));
    for angle in &choice.angles {
        marks.extend(angular_mark(angle, &onto, style, &mut obstacles));
    }
    for aligned in &figure.aligned {
        marks.push(aligned_mark(aligned, &onto, style, &mut obstacles));
    }
    for symbol in &figure.symbols {
        marks.extend(symbol_marks(symbol, &onto, style, &mut obstacles));
    }
    for callout in &choice.callouts {
        marks.extend(callout_mark(callout, bounds, &onto, style, &mut obstacles));
    }
    balloon_marks(figure, style, &onto, &mut marks);
    marks.extend(table_marks(figure, style));
    let mut extent = marks.iter().map(mark_box).fold(bounds, Aabb2::union);
    indicate(figure, scale, style, &onto, bounds, &mut marks);
    extent = marks.iter().map(mark_box).fold(extent, Aabb2::union);
    if !figure.caption.is_empty() {
        let height = style.text * 1.4;
        let at = Vec2::new(0.0, extent.max.y + height);
        marks.push(text(style.ink(Layer::Text), at, height, Anchor::Middle, &figure.caption_on(sheet)));
        extent.max.y = at.y + height * 1.5;
    }
    Arranged { marks, extent, crowded: obstacles.crowded }
}

/// Whether a circle or an arc is of a size that a callout must tell.
fn is_called_out(shape: &Shape, callouts: &[&Callout], scale: f64) -> bool {
    let (Shape::Circle { radius, .. } | Shape::Arc { radius, .. }) = shape else { return false };
    let tells = |callout: &&Callout| !callout.worth.is_optional() && (callout.radius * scale - radius).abs() <= SEEN;
    callouts.iter().any(tells)
}

/// Leaves out the sizes of what a view within some bounds does not show, if they may be.
fn keep_seen(choice: &mut Choice<'_>, marks: &[Mark], bounds: Aabb2, onto: &impl Fn(Vec2) -> Vec2) {
    let mut drawn = Obstacles::default();
    marks.iter().for_each(|mark| drawn.add(mark));
    // a step is a face seen edge-on: a line across the dimension, if not the end of all
    let is_step = |point: Vec2, side: Side| {
        let along = |point: Vec2| if side.is_horizontal() { point.x } else { point.y };
        let at = along(onto(point));
        let is_at = |other: Vec2| (along(other) - at).abs() <= SEEN;
        let is_end = is_at(bounds.min) || is_at(bounds.max);
        is_end || drawn.lines().iter().any(|[from, to]| is_at(*from) && is_at(*to) && from.distance(*to) > SEEN * 2.0)
    };
    let is_seen = |measure: &&Measure| is_step(measure.from, measure.side) && is_step(measure.to, measure.side);
    choice.measures.retain(|measure| !measure.worth.is_optional() || is_seen(measure));
    let is_marked = |callout: &&Callout| callout.spots.iter().any(|spot| drawn.is_near(onto(spot.center), SEEN));
    choice.callouts.retain(|callout| !callout.worth.is_optional() || callout.radius > 0.0 || is_marked(callout));
}

/// What is measured is seen where a line is this near, mm.
const SEEN: f64 = 0.3;

/// Item references in two columns beside the figure, in the order of what they point at.
fn balloon_marks(figure: &Figure, style: &Style, onto: &impl Fn(Vec2) -> Vec2, marks: &mut Vec<Mark>) {
    let covered = marks.iter().map(mark_box).fold(Aabb2::EMPTY, Aabb2::union);
    let ink = style.ink(Layer::Dimension);
    let (mut left, mut right): (Vec<_>, Vec<_>) =
        figure.balloons.iter().map(|balloon| (onto(balloon.point), &balloon.item)).partition(|(at, _)| at.x < 0.0);
    let columns = [(&mut left, covered.min.x - BALLOON_GAP), (&mut right, covered.max.x + BALLOON_GAP)];
    for (column, x) in columns {
        column.sort_by(|a, b| a.0.y.total_cmp(&b.0.y));
        let mut floor = f64::NEG_INFINITY;
        for (target, item) in column.iter() {
            // never level: a leader along an edge would look like one
            let center = Vec2::new(x, (target.y + BALLOON_RADIUS * 2.0).max(floor));
            floor = center.y + BALLOON_RADIUS * 2.5;
            let toward = (*target - center).normalize_or_zero();
            marks.push(line(ink, center + toward * BALLOON_RADIUS, *target));
            marks.push(arrowhead(ink, *target, toward, style.arrow));
            marks.push(Mark { ink, view: None, shape: Shape::Circle { center, radius: BALLOON_RADIUS } });
            let height = style.text * 1.4;
            let at = center - Vec2::Y * (height * 0.5);
            marks.push(text(style.ink(Layer::Text), at, height, Anchor::Middle, item));
        }
    }
}

/// Radius of a balloon, mm.
const BALLOON_RADIUS: f64 = 4.0;
/// From the figure to its balloons' centres, mm.
const BALLOON_GAP: f64 = 12.0;

/// Hatch lines lie closer in small areas: 1 to 3 mm (ISO 128-3 leaves it to the size of the area); areas of one direction are one
/// part and look alike.
fn space_hatches(marks: &mut [Mark]) {
    let mut known: Vec<(f64, f64)> = Vec::new();
    for mark in marks.iter() {
        let Shape::Hatch { angle_deg, .. } = &mark.shape else { continue };
        let wanted = (mark_box(mark).size().min_element() / 12.0).clamp(1.0, 3.0);
        match known.iter_mut().find(|(angle, _)| angle == angle_deg) {
            Some((_, spacing)) => *spacing = spacing.max(wanted),
            None => known.push((*angle_deg, wanted)),
        }
    }
    for mark in marks {
        if let Shape::Hatch { spacing, angle_deg, .. } = &mut mark.shape {
            *spacing = known.iter().find(|(angle, _)| angle == angle_deg).map_or(1.0, |(_, spacing)| *spacing);
        }
    }
}

/// Moves marks on the sheet.
pub fn moved(marks: &[Mark], by: Vec2) -> Vec<Mark> {
    let onto = |point: Vec2| point + by;
    marks.iter().map(|mark| Mark { shape: scaled(&mark.shape, 1.0, &onto), ..mark.clone() }).collect()
}

/// Centre lines, coincident ones once, and pitch circles.
fn center_marks(figure: &Figure, scale: f64, style: &Style, onto: &impl Fn(Vec2) -> Vec2, marks: &mut Vec<Mark>) {
    let ink = style.ink(Layer::Center);
    let pieces = figure.center_lines.iter().map(|center| {
        let (from, to) = (onto(center.from), onto(center.to));
        let past = (to - from).normalize_or_zero() * CENTER_PAST;
        Piece { from: from - past, to: to + past, visible: true }
    });
    for [from, to] in merge(pieces.collect(), &Lines::default(), 1.0e-3).visible {
        marks.push(line(ink, from, to));
    }
    for (center, radius) in &figure.pitch_circles {
        let shape = Shape::Circle { center: onto(*center), radius: radius * scale };
        marks.push(Mark { ink, view: None, shape });
    }
}

/// A shape at another place and scale.
fn scaled(shape: &Shape, scale: f64, onto: &impl Fn(Vec2) -> Vec2) -> Shape {
    let all = |contours: &Vec<Vec<Vec2>>| {
        contours.iter().map(|contour| contour.iter().map(|point| onto(*point)).collect()).collect()
    };
    let mut placed = shape.clone();
    match &mut placed {
        Shape::Polyline { points, .. } | Shape::Spline { points } => {
            points.iter_mut().for_each(|point| *point = onto(*point))
        }
        Shape::Circle { center, radius } | Shape::Arc { center, radius, .. } => {
            *center = onto(*center);
            *radius *= scale;
        }
        Shape::Ellipse { center, major, .. } => {
            *center = onto(*center);
            *major *= scale;
        }
        Shape::Area { contours } | Shape::Hatch { contours, .. } => *contours = all(contours),
        Shape::Text(text) => text.at = onto(text.at),
        Shape::Dimension(dimension) => {
            dimension.kind = dimension.kind.moved(onto);
            dimension.text_at = onto(dimension.text_at);
            dimension.drawn.iter_mut().for_each(|part| part.shape = scaled(&part.shape, scale, onto));
        }
        Shape::Leader(leader) => {
            leader.points.iter_mut().for_each(|point| *point = onto(*point));
            leader.drawn.iter_mut().for_each(|part| part.shape = scaled(&part.shape, scale, onto));
        }
    }
    placed
}
