//! Horizontal and vertical dimensions in lanes outside a view.

use crate::drawing::dimension::{Measure, Side, length_text};
use crate::drawing::style::{EXTENSION_GAP, EXTENSION_PAST, Style, arrowhead, line, turned_text};
use crate::geom::{Aabb2, Vec2};
use crate::page::{Anchor, Dimension, DimensionKind, Ink, Layer, Mark, Shape, text_width};

/// A dimension over the whole extent of a view on one side.
pub fn overall(bounds: Aabb2, side: Side) -> Measure {
    let (low, high) = (bounds.min, bounds.max);
    let (from, to) = match side {
        Side::Bottom => (low, Vec2::new(high.x, low.y)),
        Side::Top => (Vec2::new(low.x, high.y), high),
        Side::Left => (low, Vec2::new(low.x, high.y)),
        Side::Right => (Vec2::new(high.x, low.y), high),
    };
    Measure::new(side, from, to, length_text((to - from).length()))
}

/// Where the words of a dimension stand.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Words {
    /// How far from the middle of the line, or along it from where they would stand beside it, mm.
    pub shift: f64,
    /// Whether they stand before the line's beginning, where they do not fit over it.
    pub before: bool,
    /// Whether they stand beside the line though they fit over it.
    pub outside: bool,
}

/// Draws a dimension whose line lies at `level` (paper y of a horizontal one, paper x of a vertical one); `from` and `to` are
/// paper points.
pub fn linear_mark(
    measure: &Measure,
    (from, to): (Vec2, Vec2),
    level: f64,
    words: Words,
    value: f64,
    style: &Style,
) -> Mark {
    let horizontal = measure.side.is_horizontal();
    let onto = |point: Vec2| if horizontal { Vec2::new(point.x, level) } else { Vec2::new(level, point.y) };
    let (start, end) = (onto(from), onto(to));
    let (start, end) = if (end - start).dot(Vec2::ONE) < 0.0 { (end, start) } else { (start, end) };
    let (from, to) = if start == onto(from) { (from, to) } else { (to, from) };
    let ink = style.ink(Layer::Dimension);
    let thick = style.ink(Layer::Visible).width;
    let thick = Ink { width: thick, ..ink };
    let along = (end - start).normalize_or_zero();
    let length = (end - start).length();
    let mut drawn = Vec::new();
    for (point, foot) in [(from, start), (to, end)] {
        let away = (foot - point).normalize_or_zero();
        if (foot - point).length() > EXTENSION_GAP {
            // chains lie under each other: short extension lines keep them apart
            let start = if measure.lane.is_some() { foot - away * LINK_REACH } else { point + away * EXTENSION_GAP };
            drawn.push(line(ink, start, foot + away * EXTENSION_PAST));
        }
    }
    let width = text_width(&measure.text, style.text);
    let is_link = measure.lane.is_some();
    let fits_arrows = is_link || length >= style.arrow * 2.5;
    let fits_text = is_link || fits_arrows && !words.outside && length >= width + style.arrow * 2.0 + 1.0;
    let aside = if fits_text { 0.0 } else { words.shift };
    let beyond = along * (style.arrow + 1.5 + aside + width * 0.5);
    let text_middle = match (fits_text, words.before) {
        (true, _) => start.midpoint(end) + along * words.shift,
        (false, false) => end + beyond,
        (false, true) => start - beyond,
    };
    let (head, foot) = if words.before { (end, start) } else { (start, end) };
    let onward = if words.before { -along } else { along };
    let tail = if fits_text { style.arrow * 2.0 } else { style.arrow + 2.0 + aside + width };
    if is_link {
        drawn.push(line(ink, start - along * STROKE, end + along * STROKE));
        let stroke = (along + along.perp()) * STROKE;
        drawn.extend([start, end].map(|point| line(thick, point - stroke, point + stroke)));
    } else if fits_arrows {
        drawn.push(if fits_text { line(ink, start, end) } else { line(ink, head, foot + onward * tail) });
        drawn.push(arrowhead(ink, start, -along, style.arrow));
        drawn.push(arrowhead(ink, end, along, style.arrow));
    } else {
        drawn.push(line(ink, head - onward * style.arrow * 2.0, foot + onward * tail));
        drawn.push(arrowhead(ink, start, along, style.arrow));
        drawn.push(arrowhead(ink, end, -along, style.arrow));
    }
    let angle_deg = if horizontal { 0.0 } else { 90.0 };
    // above a horizontal line, left of a vertical one: read from below or from the right
    let above = if horizontal { Vec2::Y } else { Vec2::NEG_X };
    // over a link shorter than its words they stand a line higher, clear of the neighbours'
    let raised = if is_link && width > length { style.text + TEXT_GAP } else { 0.0 };
    let text_at = text_middle + above * (TEXT_GAP + raised);
    drawn.push(turned_text(ink, text_at, style.text, Anchor::Middle, &measure.text, angle_deg));
    let kind = DimensionKind::Linear { from, to, line_at: end, angle_deg };
    let dimension = Dimension { kind, value, text: measure.text.clone(), text_at, drawn };
    Mark { ink, view: None, shape: Shape::Dimension(Box::new(dimension)) }
}

/// Length of a chain's extension lines towards the plan, mm.
const LINK_REACH: f64 = 3.0;

/// Half of an oblique stroke's width, mm.
const STROKE: f64 = 1.0;

/// From the dimension line to the text's baseline, mm.
pub const TEXT_GAP: f64 = 0.8;
