//! Coincident lines of a view become one: visible beats hidden (ISO 128-2), nothing is drawn twice.

use rustc_hash::FxHashMap;

use crate::drawing::beside::without_doubles;
use crate::drawing::cover::Cover;
use crate::geom::{Vec2, atan2_deg};

/// A straight piece of a view's edge, visible or not, before merging.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// One end.
    pub from: Vec2,
    /// The other end.
    pub to: Vec2,
    /// Whether it is seen.
    pub visible: bool,
}

/// The pieces of a view without overlaps.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lines {
    /// Visible pieces.
    pub visible: Vec<[Vec2; 2]>,
    /// Hidden pieces, none of them under a visible one.
    pub hidden: Vec<[Vec2; 2]>,
}

/// The pieces on one infinite line.
struct Carrier {
    base: Vec2,
    along: Vec2,
    visible: Cover,
    hidden: Cover,
}

/// Merges pieces that lie on one line, without those that lie beside chords of curves, which are drawn already: O(n log n).
pub fn merge(mut pieces: Vec<Piece>, curves: &Lines, tolerance: f64) -> Lines {
    // the longest piece defines a line best
    let squared = |piece: &Piece| piece.from.distance_squared(piece.to);
    pieces.sort_by(|a, b| squared(b).total_cmp(&squared(a)).then_with(|| order(a, b)));
    let mut carriers: Vec<Carrier> = Vec::new();
    let mut index = CarrierIndex { at: FxHashMap::default(), tolerance };
    for piece in &pieces {
        let carrier = index.find(&mut carriers, piece);
        let line = &mut carriers[carrier];
        let (from, to) = ((piece.from - line.base).dot(line.along), (piece.to - line.base).dot(line.along));
        let cover = if piece.visible { &mut line.visible } else { &mut line.hidden };
        cover.add(from.min(to), from.max(to), tolerance);
    }
    let mut lines = Lines::default();
    for carrier in &carriers {
        carrier.hand_out(&mut lines, tolerance);
    }
    without_doubles(&lines, curves, tolerance)
}

fn order(a: &Piece, b: &Piece) -> std::cmp::Ordering {
    let key = |piece: &Piece| [piece.from.x, piece.from.y, piece.to.x, piece.to.y];
    key(a)
        .iter()
        .zip(key(b))
        .map(|(one, two)| one.total_cmp(&two))
        .find(|o| o.is_ne())
        .unwrap_or(a.visible.cmp(&b.visible))
}

impl Carrier {
    fn hand_out(&self, lines: &mut Lines, tolerance: f64) {
        let point = |at: f64| self.base + self.along * at;
        for (from, to) in self.visible.spans() {
            lines.visible.push([point(*from), point(*to)]);
        }
        for (from, to) in self.hidden.spans() {
            for (from, to) in self.visible.gaps(*from, *to, tolerance) {
                lines.hidden.push([point(from), point(to)]);
            }
        }
    }
}

/// Finds lines by direction and distance from the origin.
struct CarrierIndex {
    at: FxHashMap<(i64, i64), Vec<u32>>,
    tolerance: f64,
}

/// Width of a bucket of directions, degrees.
const DIRECTION_STEP: f64 = 0.002;

impl CarrierIndex {
    fn find(&mut self, carriers: &mut Vec<Carrier>, piece: &Piece) -> usize {
        let mut along = (piece.to - piece.from).normalize_or_zero();
        if along.x < -1.0e-12 || (along.x.abs() <= 1.0e-12 && along.y < 0.0) {
            along = -along;
        }
        let degrees = atan2_deg(along.y, along.x);
        let distance = along.perp_dot(piece.from);
        let (direction, place) = (degrees / DIRECTION_STEP, distance / (self.tolerance * 8.0));
        for near_direction in neighbours(direction) {
            for near_place in neighbours(place) {
                for carrier in self.at.get(&(near_direction, near_place)).into_iter().flatten() {
                    let line = &carriers[*carrier as usize];
                    let off = |point: Vec2| line.along.perp_dot(point - line.base).abs();
                    if off(piece.from) <= self.tolerance && off(piece.to) <= self.tolerance {
                        return *carrier as usize;
                    }
                }
            }
        }
        let key = (direction.round() as i64, place.round() as i64);
        self.at.entry(key).or_default().push(carriers.len() as u32);
        carriers.push(Carrier { base: piece.from, along, visible: Cover::default(), hidden: Cover::default() });
        carriers.len() - 1
    }
}

/// The bucket of a value, and the next one where the value is near the border.
pub fn neighbours(value: f64) -> impl Iterator<Item = i64> {
    let nearest = value.round();
    let rest = value - nearest;
    let other = if rest > 0.3 {
        Some(nearest as i64 + 1)
    } else if rest < -0.3 {
        Some(nearest as i64 - 1)
    } else {
        None
    };
    std::iter::once(nearest as i64).chain(other)
}
