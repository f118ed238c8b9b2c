//! Angles between two legs: an arc with arrowheads, its radius where the words are free.

use crate::drawing::dimension::Worth;
use crate::drawing::obstacle::Obstacles;
use crate::drawing::style::{EXTENSION_GAP, EXTENSION_PAST, Style, arrowhead, line, text};
use crate::geom::{Aabb2, Vec2, atan2_deg, cos_deg, sin_deg};
use crate::page::{Anchor, Dimension, DimensionKind, Layer, Mark, Shape, text_width};

/// An angle below 180 degrees, in a view's picture plane at full size.
#[derive(Debug, Clone, PartialEq)]
pub struct Corner {
    /// The corner.
    pub corner: Vec2,
    /// End of one leg.
    pub from: Vec2,
    /// End of the other leg.
    pub to: Vec2,
    /// The value in the model, degrees.
    pub value: f64,
    /// What is written.
    pub text: String,
    /// How much it is needed.
    pub worth: Worth,
}

/// Draws one around the origin of its figure; none where it may be left out and its arc or words would run through something.
pub fn angular_mark(
    wanted: &Corner,
    onto: &impl Fn(Vec2) -> Vec2,
    style: &Style,
    obstacles: &mut Obstacles,
) -> Option<Mark> {
    let (corner, from, to) = (onto(wanted.corner), onto(wanted.from), onto(wanted.to));
    let (from, to) = if (from - corner).perp_dot(to - corner) < 0.0 { (to, from) } else { (from, to) };
    let heading = |end: Vec2| atan2_deg((end - corner).y, (end - corner).x);
    let start_deg = heading(from);
    let sweep_deg = (heading(to) - start_deg).rem_euclid(360.0);
    let at = |degrees: f64, radius: f64| corner + Vec2::new(cos_deg(degrees), sin_deg(degrees)) * radius;
    let size = Vec2::new(text_width(&wanted.text, style.text), style.text);
    let middle = start_deg + sweep_deg * 0.5;
    let words_at = |radius: f64| {
        // clear of the arc whatever its direction
        let outward = Vec2::new(cos_deg(middle), sin_deg(middle));
        let reach = (outward.abs() * size * 0.5).element_sum() + TEXT_GAP;
        at(middle, radius + reach)
    };
    let area = |radius: f64| {
        let center = words_at(radius);
        Aabb2 { min: center - size * 0.5 - 0.4, max: center + size * 0.5 + 0.4 }
    };
    // an arc shorter than its arrowheads says nothing
    let least = style.arrow * 2.5 / (sweep_deg * 0.017_453_292_519_943_295).max(0.05);
    // a leg that is too short is drawn on
    let drawn_on = |end: Vec2, radius: f64| {
        let leg = (end - corner).normalize_or_zero();
        let length = (end - corner).length();
        (length < radius).then(|| [end + leg * EXTENSION_GAP, corner + leg * (radius + EXTENSION_PAST)])
    };
    let crossed = |radius: f64| {
        // the legs themselves lie on lines
        let chord = |step: u32| at(start_deg + sweep_deg * (0.02 + 0.96 * f64::from(step) / 6.0), radius);
        let arc = (0..6).map(|step| obstacles.count_across(chord(step), chord(step + 1))).sum::<usize>();
        let legs = [from, to].into_iter().filter_map(|end| drawn_on(end, radius));
        arc + legs.map(|[from, to]| obstacles.count_across(from, to)).sum::<usize>()
    };
    let cost =
        |radius: f64| obstacles.count_in(area(radius)) as f64 * 40.0 + crossed(radius) as f64 * 3.0 + radius * 0.2;
    let radius =
        RADII.into_iter().map(|radius| radius.max(least)).min_by(|a, b| cost(*a).total_cmp(&cost(*b))).unwrap_or(least);
    let longest = [from, to].into_iter().filter_map(|end| drawn_on(end, radius));
    let longest = longest.map(|[from, to]| from.distance(to)).fold(0.0, f64::max);
    let is_clean =
        obstacles.count_in(area(radius)) == 0 && crossed(radius) <= MAX_CROSSED && longest <= LONGEST_EXTENSION;
    if wanted.worth.is_optional() && !is_clean {
        return None;
    }
    let ink = style.ink(Layer::Dimension);
    let mut drawn = vec![Mark { ink, view: None, shape: Shape::Arc { center: corner, radius, start_deg, sweep_deg } }];
    drawn.extend([from, to].into_iter().filter_map(|end| drawn_on(end, radius)).map(|[from, to]| line(ink, from, to)));
    // arrowheads follow the chord of their own length, not the tangent
    let lean = (style.arrow / radius * 28.647_889_756_541_16).min(45.0);
    let tangent = |degrees: f64| Vec2::new(-sin_deg(degrees), cos_deg(degrees));
    drawn.push(arrowhead(ink, at(start_deg, radius), -tangent(start_deg + lean), style.arrow));
    drawn.push(arrowhead(ink, at(start_deg + sweep_deg, radius), tangent(start_deg + sweep_deg - lean), style.arrow));
    let text_at = words_at(radius) - Vec2::Y * (style.text * 0.5);
    drawn.push(text(ink, text_at, style.text, Anchor::Middle, &wanted.text));
    drawn.iter().for_each(|mark| obstacles.add(mark));
    let kind = DimensionKind::Angular { center: corner, from, to, line_at: at(middle, radius) };
    let dimension = Dimension { kind, value: wanted.value, text: wanted.text.clone(), text_at, drawn };
    Some(Mark { ink, view: None, shape: Shape::Dimension(Box::new(dimension)) })
}

/// An angle that may be left out is, where it crosses more lines …
const MAX_CROSSED: usize = 1;
/// … or needs a leg drawn on farther, mm.
const LONGEST_EXTENSION: f64 = 16.0;
/// Radii of the arc that are tried, mm.
const RADII: [f64; 7] = [10.0, 14.0, 18.0, 24.0, 31.0, 40.0, 52.0];
/// From the arc to the words, mm.
const TEXT_GAP: f64 = 1.2;
