//! Dimensions in any direction of the picture: their lines lie beside what they measure, where least is in the way.

use crate::drawing::dimension::linear::TEXT_GAP;
use crate::drawing::obstacle::{Obstacles, boxes_along};
use crate::drawing::style::{EXTENSION_GAP, EXTENSION_PAST, Style, arrowhead, line, turned_text};
use crate::geom::{Vec2, atan2_deg};
use crate::page::{Anchor, Dimension, DimensionKind, Layer, Mark, Shape, text_width};

/// A distance of two points along a direction, in a view's picture plane at full size.
#[derive(Debug, Clone, PartialEq)]
pub struct Aligned {
    /// First point.
    pub from: Vec2,
    /// Second point.
    pub to: Vec2,
    /// Direction of the dimension line, of length 1.
    pub along: Vec2,
    /// The value in the model.
    pub value: f64,
    /// What is written.
    pub text: String,
}

/// Draws one around the origin of its figure.
pub fn aligned_mark(wanted: &Aligned, onto: &impl Fn(Vec2) -> Vec2, style: &Style, obstacles: &mut Obstacles) -> Mark {
    let (from, to) = (onto(wanted.from), onto(wanted.to));
    let along = if (to - from).dot(wanted.along) < 0.0 { -wanted.along } else { wanted.along };
    let normal = along.perp();
    let width = text_width(&wanted.text, style.text);
    let base = from.midpoint(to);
    let outward = if base.dot(normal) < 0.0 { -1.0 } else { 1.0 };
    let mut best: Option<(f64, f64)> = None;
    for (index, away) in OFFSETS.into_iter().flat_map(|away| [away * outward, -away * outward]).enumerate() {
        let level = base.dot(normal) + away;
        let foot = |point: Vec2| point + normal * (level - point.dot(normal));
        let middle = foot(from).midpoint(foot(to));
        let words = text_place(middle, along).0;
        let covered: usize = boxes_along(words - along * (width * 0.5), along, width, style.text)
            .map(|area| obstacles.count_in(area))
            .sum();
        let crossed = obstacles.count_across(foot(from), foot(to));
        let cost = index as f64 + covered as f64 * 40.0 + crossed as f64 * 6.0;
        if best.is_none_or(|(least, _)| cost < least) {
            best = Some((cost, level));
        }
    }
    let level = best.map_or(0.0, |(_, level)| level);
    let foot = |point: Vec2| point + normal * (level - point.dot(normal));
    let (start, end) = (foot(from), foot(to));
    let ink = style.ink(Layer::Dimension);
    let mut drawn = Vec::new();
    for (point, foot) in [(from, start), (to, end)] {
        let away = (foot - point).normalize_or_zero();
        if (foot - point).length() > EXTENSION_GAP {
            drawn.push(line(ink, point + away * EXTENSION_GAP, foot + away * EXTENSION_PAST));
        }
    }
    let inside = (end - start).length() >= style.arrow * 2.5;
    let tail = if inside { Vec2::ZERO } else { along * style.arrow * 2.0 };
    let sense = if inside { 1.0 } else { -1.0 };
    drawn.push(line(ink, start - tail, end + tail));
    drawn.push(arrowhead(ink, start, along * -sense, style.arrow));
    drawn.push(arrowhead(ink, end, along * sense, style.arrow));
    let (text_at, angle_deg) = text_place(start.midpoint(end), along);
    drawn.push(turned_text(ink, text_at, style.text, Anchor::Middle, &wanted.text, angle_deg));
    drawn.iter().for_each(|mark| obstacles.add(mark));
    let kind = DimensionKind::Linear { from, to, line_at: end, angle_deg };
    let dimension = Dimension { kind, value: wanted.value, text: wanted.text.clone(), text_at, drawn };
    Mark { ink, view: None, shape: Shape::Dimension(Box::new(dimension)) }
}

/// Distances of the dimension line from what it measures, mm.
const OFFSETS: [f64; 6] = [8.0, 13.0, 18.0, 25.0, 34.0, 45.0];

/// Where the middle of the words' baseline goes, and their direction: read from below or from the right.
fn text_place(middle: Vec2, along: Vec2) -> (Vec2, f64) {
    let turned = along.x < -1.0e-9 || (along.x.abs() <= 1.0e-9 && along.y < 0.0);
    let reading = if turned { -along } else { along };
    (middle + reading.perp() * TEXT_GAP, atan2_deg(reading.y, reading.x))
}
