//! Diameters, radii and notes with a leader: where each goes so that it covers nothing.

use crate::drawing::dimension::{Callout, CalloutKind, Rank, Spot};
use crate::drawing::obstacle::Obstacles;
use crate::drawing::style::{Style, arrowhead, line, text};
use crate::geom::{Aabb2, Vec2, cos_deg, sin_deg};
use crate::page::{Anchor, Dimension, DimensionKind, Layer, Leader, Mark, Shape, text_width};

/// A place for a callout.
#[derive(Clone, Copy)]
struct Place {
    center: Vec2,
    tip: Vec2,
    elbow: Vec2,
    /// 1 when the words go to the right of the elbow, -1 to the left.
    side: f64,
}

/// The room that the words take, mm.
#[derive(Clone, Copy)]
struct Words {
    width: f64,
    height: f64,
}

/// Draws a callout of a view with these bounds where it disturbs least; none where it may be left out and there is no good place.
pub fn callout_mark(
    callout: &Callout,
    bounds: Aabb2,
    onto: &impl Fn(Vec2) -> Vec2,
    style: &Style,
    obstacles: &mut Obstacles,
) -> Option<Mark> {
    let lines: Vec<&str> = callout.text.split('\n').collect();
    let pitch = style.text * LINE_PITCH;
    let width = lines.iter().map(|line| text_width(line, style.text)).fold(0.0, f64::max) + 1.0;
    let words = Words { width, height: style.text + pitch * (lines.len() as f64 - 1.0) };
    // the distance of two points on paper is their distance in the model times the scale
    let radius = onto(Vec2::X * callout.radius).distance(onto(Vec2::ZERO));
    let place = best_place(callout, radius, bounds, onto, words, obstacles);
    let box_of_words = text_box(&place, words);
    let tight = Aabb2 { min: box_of_words.min + 0.8, max: box_of_words.max - 0.8 };
    let is_covered = obstacles.count_in(tight) > 0;
    let misses = radius > 0.0 && !obstacles.is_near(place.tip, ON_LINE);
    let is_clean = !is_covered
        && !misses
        && !obstacles.crosses_words(place.tip, place.elbow)
        && place.tip.distance(place.elbow) <= LONGEST_OPTIONAL;
    if (callout.worth.rank == Rank::Finish && !is_clean) || (callout.worth.rank == Rank::Form && misses) {
        return None;
    }
    let ink = style.ink(Layer::Dimension);
    let landing_end = place.elbow + Vec2::X * (width * place.side);
    let text_at = place.elbow.midpoint(landing_end) + Vec2::Y * TEXT_GAP;
    let along = (place.tip - place.elbow).normalize_or_zero();
    let mut drawn = vec![line(ink, place.tip, place.elbow), line(ink, place.elbow, landing_end)];
    let free = callout.kind == CalloutKind::Note && !obstacles.is_near(place.tip, ON_LINE);
    if free {
        // inside an outline a leader ends in a dot (ISO 128-22)
        let dot = Shape::Area { contours: vec![circle(place.tip, style.text * 0.2)] };
        drawn.push(Mark { ink, view: None, shape: dot });
    } else {
        drawn.push(arrowhead(ink, place.tip, along, style.arrow));
    }
    for (index, words) in lines.iter().rev().enumerate() {
        let at = text_at + Vec2::Y * (pitch * index as f64);
        drawn.push(text(ink, at, style.text, Anchor::Middle, words));
    }
    obstacles.crowded += usize::from(is_covered);
    obstacles.add_box(box_of_words);
    obstacles.add_leader(place.tip, place.elbow);
    obstacles.add_leader(place.elbow, landing_end);
    let outward = (place.tip - place.center).normalize_or_zero();
    let (kind, value) = match callout.kind {
        CalloutKind::Diameter => {
            let from = place.center - outward * radius;
            (DimensionKind::Diameter { from, to: place.tip }, callout.radius * 2.0)
        }
        CalloutKind::Radius => (DimensionKind::Radius { center: place.center, to: place.tip }, callout.radius),
        CalloutKind::Note => {
            let leader = Leader { points: vec![place.tip, place.elbow, landing_end], dotted: free, drawn };
            return Some(Mark { ink, view: None, shape: Shape::Leader(Box::new(leader)) });
        }
    };
    let dimension = Dimension { kind, value, text: callout.text.clone(), text_at, drawn };
    Some(Mark { ink, view: None, shape: Shape::Dimension(Box::new(dimension)) })
}

/// From the landing line to the text's baseline, mm.
const TEXT_GAP: f64 = 0.8;
/// From line to line, in heights of capitals (ISO 3098-1).
const LINE_PITCH: f64 = 1.5;
/// A leader whose end is this near a line ends on it, mm.
const ON_LINE: f64 = 0.3;

/// What a leader that misses its circle costs.
const OFF_LINE: f64 = 60.0;
/// What words cost that the ones beside them would read on with.
const READ_ON: f64 = 20.0;
/// What a millimetre of leader costs that runs along a line.
const ALONG_LINE: f64 = 4.0;
/// What a millimetre of leader costs, and one that runs across the view more.
const LENGTH_COST: (f64, f64) = (0.25, 0.35);
/// What a leader cannot do without a longer leader, a reader can do without, mm.
const LONGEST_OPTIONAL: f64 = 30.0;

/// A circle as a fine polygon.
fn circle(center: Vec2, radius: f64) -> Vec<Vec2> {
    (0..12)
        .map(|step| center + Vec2::new(cos_deg(30.0 * f64::from(step)), sin_deg(30.0 * f64::from(step))) * radius)
        .collect()
}

fn text_box(place: &Place, words: Words) -> Aabb2 {
    let end = place.elbow + Vec2::new(words.width * place.side, words.height + TEXT_GAP * 2.0);
    // some air around the words
    Aabb2 { min: place.elbow.min(end) - 0.6, max: place.elbow.max(end) + 0.6 }
}

/// Tries spots, directions and lengths: least covered and crossed first, then short leaders near 45 degrees at the first spot.
fn best_place(
    callout: &Callout,
    radius: f64,
    bounds: Aabb2,
    onto: &impl Fn(Vec2) -> Vec2,
    words: Words,
    obstacles: &Obstacles,
) -> Place {
    let mut best: Option<(f64, Place)> = None;
    for (spot_index, spot) in callout.spots.iter().enumerate() {
        let center = onto(spot.center);
        for (angle_index, outward) in directions(spot).enumerate() {
            let tip = center + outward * radius;
            // a leader that ends on no line says nothing of the circle
            let misses = radius > 0.0 && !obstacles.is_near(tip, ON_LINE);
            let off_line = if misses { OFF_LINE } else { 0.0 };
            let side = if outward.x >= 0.0 { 1.0 } else { -1.0 };
            let way_out = way_out(tip, outward, bounds);
            for length in LENGTHS {
                let across = length.min(way_out) * LENGTH_COST.1;
                let liking = spot_index as f64 * 2.0 + angle_index as f64 * 0.2;
                let mut cost = length * LENGTH_COST.0 + across + liking + off_line;
                if best.as_ref().is_some_and(|(least, _)| cost >= *least) {
                    break;
                }
                let place = Place { center, tip, elbow: tip + outward * length, side };
                cost += obstacles.count_in(text_box(&place, words)) as f64 * 100.0;
                cost += obstacles.count_read_on(text_box(&place, words)) as f64 * READ_ON;
                cost += obstacles.run_beside(place.tip, place.elbow) * ALONG_LINE;
                cost += obstacles.count_across(place.tip + outward * 0.3, place.elbow) as f64 * 6.0;
                if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                    best = Some((cost, place));
                }
            }
        }
    }
    best.map_or(Place { center: Vec2::ZERO, tip: Vec2::ZERO, elbow: Vec2::splat(10.0), side: 1.0 }, |(_, place)| place)
}

/// How far it is from a point out of a view in a direction.
fn way_out(from: Vec2, along: Vec2, bounds: Aabb2) -> f64 {
    let to_edge = |at: f64, step: f64, low: f64, high: f64| match step {
        step if step > 1.0e-9 => (high - at) / step,
        step if step < -1.0e-9 => (low - at) / step,
        _ => f64::INFINITY,
    };
    let x = to_edge(from.x, along.x, bounds.min.x, bounds.max.x);
    let y = to_edge(from.y, along.y, bounds.min.y, bounds.max.y);
    x.min(y).max(0.0)
}

/// Where a leader may come from, the best first; from the middle of a narrow sector where nothing else is in it.
fn directions(spot: &Spot) -> impl Iterator<Item = Vec2> {
    let toward = spot.toward;
    let usual = DIRECTIONS.into_iter().map(|angle| Vec2::new(cos_deg(angle), sin_deg(angle)));
    let inside = move |outward: &Vec2| toward.is_none_or(|toward| toward.middle.dot(*outward) >= toward.cosine);
    usual.filter(inside).chain(toward.map(|toward| toward.middle))
}

/// Directions of leaders in order of liking, degrees; none level or upright, as edges are.
const DIRECTIONS: [f64; 12] = [45.0, 60.0, 30.0, 135.0, 120.0, 150.0, -45.0, -60.0, -30.0, -135.0, -120.0, -150.0];

/// Lengths of leaders, mm.
const LENGTHS: [f64; 13] = [6.0, 9.0, 12.0, 16.0, 20.0, 26.0, 34.0, 44.0, 58.0, 76.0, 96.0, 120.0, 150.0];
