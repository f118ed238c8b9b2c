//! Diameters and radii with a leader: where each goes so that it covers nothing.

use crate::drawing::dimension::{Callout, CalloutKind};
use crate::drawing::obstacle::Obstacles;
use crate::drawing::style::{Style, arrowhead, line, text};
use crate::geom::{Aabb2, Vec2, cos_deg, sin_deg};
use crate::page::{Anchor, Dimension, DimensionKind, Layer, Mark, Shape, text_width};

/// A place for a callout.
struct Place {
    tip: Vec2,
    elbow: Vec2,
    /// 1 when the words go to the right of the elbow, -1 to the left.
    side: f64,
    cost: f64,
}

/// Draws a callout where it disturbs least; `center` and `radius` are on paper.
pub fn callout_mark(callout: &Callout, center: Vec2, radius: f64, style: &Style, obstacles: &mut Obstacles) -> Mark {
    let width = text_width(&callout.text, style.text) + 1.0;
    let place = best_place(callout, center, radius, width, style, obstacles);
    let ink = style.ink(Layer::Dimension);
    let landing_end = place.elbow + Vec2::X * (width * place.side);
    let text_at = place.elbow.midpoint(landing_end) + Vec2::Y * TEXT_GAP;
    let along = (place.tip - place.elbow).normalize_or_zero();
    let drawn = vec![
        line(ink, place.tip, place.elbow),
        line(ink, place.elbow, landing_end),
        arrowhead(ink, place.tip, along, style.arrow),
        text(ink, text_at, style.text, Anchor::Middle, &callout.text),
    ];
    obstacles.add_box(text_box(&place, width, style));
    obstacles.add_line(place.tip, place.elbow);
    obstacles.add_line(place.elbow, landing_end);
    let outward = (place.tip - center).normalize_or_zero();
    let kind = match callout.kind {
        CalloutKind::Diameter => DimensionKind::Diameter { from: center - outward * radius, to: place.tip },
        CalloutKind::Radius { .. } => DimensionKind::Radius { center, to: place.tip },
    };
    let value = match callout.kind {
        CalloutKind::Diameter => callout.radius * 2.0,
        CalloutKind::Radius { .. } => callout.radius,
    };
    let dimension = Dimension { kind, value, text: callout.text.clone(), text_at, drawn };
    Mark { ink, view: None, shape: Shape::Dimension(Box::new(dimension)) }
}

/// From the landing line to the text's baseline, mm.
const TEXT_GAP: f64 = 0.8;

fn text_box(place: &Place, width: f64, style: &Style) -> Aabb2 {
    let end = place.elbow + Vec2::new(width * place.side, style.text + TEXT_GAP * 2.0);
    // some air around the words
    Aabb2 { min: place.elbow.min(end) - 0.6, max: place.elbow.max(end) + 0.6 }
}

/// Tries directions and lengths; least crossings first, then short leaders near 45 degrees.
fn best_place(callout: &Callout, center: Vec2, radius: f64, width: f64, style: &Style, obstacles: &Obstacles) -> Place {
    let mut best: Option<Place> = None;
    for angle in DIRECTIONS {
        let outward = Vec2::new(cos_deg(angle), sin_deg(angle));
        let tip = match callout.kind {
            CalloutKind::Diameter => center + outward * radius,
            CalloutKind::Radius { toward } => {
                if toward.dot(outward) < 0.8 {
                    continue;
                }
                center + outward * radius
            }
        };
        let side = if outward.x >= 0.0 { 1.0 } else { -1.0 };
        for length in LENGTHS {
            let mut place = Place { tip, elbow: tip + outward * length, side, cost: 0.0 };
            let covered = obstacles.count_in(text_box(&place, width, style));
            let crossed = obstacles.count_across(place.tip + outward * 0.3, place.elbow);
            place.cost = covered as f64 * 100.0 + crossed as f64 * 6.0 + length * 0.25;
            if best.as_ref().is_none_or(|best| place.cost < best.cost) {
                best = Some(place);
            }
        }
    }
    best.unwrap_or(Place {
        tip: center + Vec2::X * radius,
        elbow: center + Vec2::X * (radius + 10.0),
        side: 1.0,
        cost: 0.0,
    })
}

/// Directions of leaders in order of liking, degrees; none level or upright, as edges are.
const DIRECTIONS: [f64; 12] = [45.0, 60.0, 30.0, 135.0, 120.0, 150.0, -45.0, -60.0, -30.0, -135.0, -120.0, -150.0];

/// Lengths of leaders, mm.
const LENGTHS: [f64; 10] = [6.0, 9.0, 12.0, 16.0, 20.0, 26.0, 34.0, 44.0, 58.0, 76.0];
