//! Diameters, radii and notes with a leader: where each goes so that it covers nothing.

use crate::drawing::dimension::{Callout, CalloutKind, Spot};
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

/// Draws a callout where it disturbs least.
pub fn callout_mark(
    callout: &Callout,
    scale: f64,
    onto: &impl Fn(Vec2) -> Vec2,
    style: &Style,
    obstacles: &mut Obstacles,
) -> Mark {
    let lines: Vec<&str> = callout.text.split('\n').collect();
    let pitch = style.text * LINE_PITCH;
    let width = lines.iter().map(|line| text_width(line, style.text)).fold(0.0, f64::max) + 1.0;
    let words = Words { width, height: style.text + pitch * (lines.len() as f64 - 1.0) };
    let radius = callout.radius * scale;
    let place = best_place(callout, radius, onto, words, obstacles);
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
    let box_of_words = text_box(&place, words);
    let tight = Aabb2 { min: box_of_words.min + 0.8, max: box_of_words.max - 0.8 };
    obstacles.crowded += usize::from(obstacles.count_in(tight) > 0);
    obstacles.add_box(text_box(&place, words));
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
            return Mark { ink, view: None, shape: Shape::Leader(Box::new(leader)) };
        }
    };
    let dimension = Dimension { kind, value, text: callout.text.clone(), text_at, drawn };
    Mark { ink, view: None, shape: Shape::Dimension(Box::new(dimension)) }
}

/// From the landing line to the text's baseline, mm.
const TEXT_GAP: f64 = 0.8;
/// From line to line, in heights of capitals (ISO 3098-1).
const LINE_PITCH: f64 = 1.5;
/// A leader whose end is this near a line ends on it, mm.
const ON_LINE: f64 = 0.3;

/// What a leader that misses its circle costs.
const OFF_LINE: f64 = 60.0;

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
            for length in LENGTHS {
                let mut cost = length * 0.25 + spot_index as f64 * 2.0 + angle_index as f64 * 0.2 + off_line;
                if best.as_ref().is_some_and(|(least, _)| cost >= *least) {
                    break;
                }
                let place = Place { center, tip, elbow: tip + outward * length, side };
                cost += obstacles.count_in(text_box(&place, words)) as f64 * 100.0;
                cost += obstacles.count_across(place.tip + outward * 0.3, place.elbow) as f64 * 6.0;
                if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                    best = Some((cost, place));
                }
            }
        }
    }
    best.map_or(Place { center: Vec2::ZERO, tip: Vec2::ZERO, elbow: Vec2::splat(10.0), side: 1.0 }, |(_, place)| place)
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
