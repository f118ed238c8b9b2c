//! Horizontal and vertical dimensions in lanes outside a view.

use crate::drawing::dimension::{Measure, Side, Worth, length_text};
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
    Measure::new(side, from, to, length_text((to - from).length()), Worth::WHOLE)
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

/// A dimension on paper: between two points, its line at `level` (paper y of a horizontal one, paper x of a vertical one).
#[derive(Clone, Copy)]
pub struct Linear<'a> {
    /// What it says.
    pub measure: &'a Measure,
    /// The points that are measured.
    pub ends: (Vec2, Vec2),
    /// Where its line lies.
    pub level: f64,
}

/// The line of a dimension with what stands at it.
struct Placed {
    /// The points that are measured, the lower one first.
    points: [Vec2; 2],
    /// The ends of the line under them.
    feet: [Vec2; 2],
    along: Vec2,
    /// Whether arrowheads have room between the ends.
    fits_arrows: bool,
    /// Whether the words stand over the line.
    fits_text: bool,
    /// How far the line goes on beyond an end, under words or arrows.
    tail: f64,
    /// Middle of the words' baseline.
    text_at: Vec2,
}

impl Linear<'_> {
    fn place(&self, words: Words, style: &Style) -> Placed {
        let horizontal = self.measure.side.is_horizontal();
        let onto =
            |point: Vec2| if horizontal { Vec2::new(point.x, self.level) } else { Vec2::new(self.level, point.y) };
        let (from, to) = self.ends;
        let points = if (onto(to) - onto(from)).dot(Vec2::ONE) < 0.0 { [to, from] } else { [from, to] };
        let feet @ [start, end] = points.map(onto);
        let along = (end - start).normalize_or_zero();
        let length = (end - start).length();
        let width = text_width(&self.measure.text, style.text);
        let is_link = self.measure.lane.is_some();
        let fits_arrows = is_link || length >= style.arrow * 2.5;
        let fits_text = is_link || fits_arrows && !words.outside && length >= width + style.arrow * 2.0 + 1.0;
        let aside = if fits_text { 0.0 } else { words.shift };
        let beyond = along * (style.arrow + 1.5 + aside + width * 0.5);
        let middle = match (fits_text, words.before) {
            (true, _) => start.midpoint(end) + along * words.shift,
            (false, false) => end + beyond,
            (false, true) => start - beyond,
        };
        // above a horizontal line, left of a vertical one: read from below or from the right
        let above = if horizontal { Vec2::Y } else { Vec2::NEG_X };
        // over a link shorter than its words they stand a line higher, clear of the neighbours'
        let raised = if is_link && width > length { style.text + TEXT_GAP } else { 0.0 };
        let tail = if fits_text { style.arrow * 2.0 } else { style.arrow + 2.0 + aside + width };
        Placed { points, feet, along, fits_arrows, fits_text, tail, text_at: middle + above * (TEXT_GAP + raised) }
    }

    /// What its words cover.
    pub fn words_box(&self, words: Words, style: &Style) -> Aabb2 {
        let at = self.place(words, style).text_at;
        let half = text_width(&self.measure.text, style.text) * 0.5;
        let corners = if self.measure.side.is_horizontal() {
            [at - Vec2::X * half, at + Vec2::new(half, style.text)]
        } else {
            [at - Vec2::Y * half, at + Vec2::new(-style.text, half)]
        };
        Aabb2::of(corners)
    }

    /// Draws it.
    pub fn mark(&self, words: Words, value: f64, style: &Style) -> Mark {
        let placed = self.place(words, style);
        let ink = style.ink(Layer::Dimension);
        let is_link = self.measure.lane.is_some();
        let mut drawn = Vec::new();
        for (point, foot) in placed.points.into_iter().zip(placed.feet) {
            let away = (foot - point).normalize_or_zero();
            if (foot - point).length() > EXTENSION_GAP {
                // chains lie under each other: short extension lines keep them apart
                let start = if is_link { foot - away * LINK_REACH } else { point + away * EXTENSION_GAP };
                drawn.push(line(ink, start, foot + away * EXTENSION_PAST));
            }
        }
        drawn.extend(if is_link { strokes(&placed, style) } else { arrows(&placed, words, style) });
        let angle_deg = if self.measure.side.is_horizontal() { 0.0 } else { 90.0 };
        let (text, text_at) = (self.measure.text.clone(), placed.text_at);
        drawn.push(turned_text(ink, text_at, style.text, Anchor::Middle, &text, angle_deg));
        let ([from, to], [_, line_at]) = (placed.points, placed.feet);
        let kind = DimensionKind::Linear { from, to, line_at, angle_deg };
        let dimension = Dimension { kind, value, text, text_at, drawn };
        Mark { ink, view: None, shape: Shape::Dimension(Box::new(dimension)) }
    }
}

/// The line of a chain's link, with oblique strokes.
fn strokes(placed: &Placed, style: &Style) -> Vec<Mark> {
    let ink = style.ink(Layer::Dimension);
    let thick = Ink { width: style.ink(Layer::Visible).width, ..ink };
    let [start, end] = placed.feet;
    let stroke = (placed.along + placed.along.perp()) * STROKE;
    let mut drawn = vec![line(ink, start - placed.along * STROKE, end + placed.along * STROKE)];
    drawn.extend(placed.feet.map(|point| line(thick, point - stroke, point + stroke)));
    drawn
}

/// The line with arrowheads, from outside where there is no room between.
fn arrows(placed: &Placed, words: Words, style: &Style) -> Vec<Mark> {
    let ink = style.ink(Layer::Dimension);
    let [start, end] = placed.feet;
    let (head, foot) = if words.before { (end, start) } else { (start, end) };
    let onward = if words.before { -placed.along } else { placed.along };
    let last = foot + onward * placed.tail;
    let stroke = match (placed.fits_arrows, placed.fits_text) {
        (true, true) => line(ink, start, end),
        (true, false) => line(ink, head, last),
        (false, _) => line(ink, head - onward * style.arrow * 2.0, last),
    };
    let pointing = if placed.fits_arrows { placed.along } else { -placed.along };
    vec![stroke, arrowhead(ink, start, -pointing, style.arrow), arrowhead(ink, end, pointing, style.arrow)]
}

/// Length of a chain's extension lines towards the plan, mm.
const LINK_REACH: f64 = 3.0;

/// Half of an oblique stroke's width, mm.
const STROKE: f64 = 1.0;

/// From the dimension line to the text's baseline, mm.
pub const TEXT_GAP: f64 = 0.8;
