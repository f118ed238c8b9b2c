//! Roofs of holes that are printed upright: flat beside the round wall, but part of the hole, not faces that anyone measures.

use std::ops::RangeInclusive;

use crate::drawing::edge::Model;
use crate::drawing::ring::{Ring, Rings};
use crate::drawing::slot::{is_hollow, sweep_deg};
use crate::geom::Vec3;

/// An arc at a rim of such a hole goes at least this far round, degrees; a rounded corner less.
const LEAST_DEG: f64 = 110.0;
/// A pointed roof ends at 1.41 of the radius; what reaches farther is a slot.
const REACH: f64 = 1.45;
/// A roof is a tangent of the circle, give or take; a flat nearer to the axis holds something from turning, one farther off is a
/// keyway's.
const TANGENT: RangeInclusive<f64> = 0.95..=1.1;
/// Among more arcs none is looked for.
const MANY: usize = 64;

/// The round part of a hole.
struct Round {
    foot: Vec3,
    axis: Vec3,
    radius: f64,
    low: f64,
    high: f64,
}

/// Marks the triangles of roofs: O(n) in the triangles for each arc.
pub fn mark_roofs(model: &Model, rings: &Rings, curved: &mut [bool]) {
    let arc = |ring: &&Ring| !ring.whole && sweep_deg(model, ring) >= LEAST_DEG && is_hollow(model, ring);
    let arcs: Vec<&Ring> = rings.rings.iter().filter(arc).take(MANY + 1).collect();
    if arcs.len() > MANY {
        return;
    }
    for round in rounds(&arcs, model.diagonal() * 1.0e-4) {
        for (triangle, curved) in curved.iter_mut().enumerate().filter(|(_, curved)| !**curved) {
            *curved = round.has_roof(model, triangle);
        }
    }
}

/// The walls between arcs of one size about one axis.
fn rounds(arcs: &[&Ring], slack: f64) -> Vec<Round> {
    let mut rounds: Vec<Round> = Vec::new();
    for ring in arcs {
        let height = ring.center.dot(ring.axis);
        let is_same = |round: &&mut Round| {
            ring.axis.dot(round.axis).abs() > 1.0 - 1.0e-8
                && (ring.radius - round.radius).abs() <= slack
                && (ring.center - round.foot).reject_from_normalized(round.axis).length() <= slack
        };
        match rounds.iter_mut().find(is_same) {
            Some(round) => {
                let height = ring.center.dot(round.axis);
                (round.low, round.high) = (round.low.min(height), round.high.max(height));
            }
            None => rounds.push(Round {
                foot: ring.center,
                axis: ring.axis,
                radius: ring.radius,
                low: height,
                high: height,
            }),
        }
    }
    rounds
}

impl Round {
    fn has_roof(&self, model: &Model, triangle: usize) -> bool {
        let normal = model.normals[triangle];
        let corners = model.triangles[triangle].map(|vertex| model.positions[vertex as usize]);
        let is_within = |corner: &Vec3| {
            let height = corner.dot(self.axis);
            let slack = self.radius * 1.0e-3;
            (*corner - self.foot).reject_from_normalized(self.axis).length() <= self.radius * REACH
                && (self.low - slack..=self.high + slack).contains(&height)
        };
        normal.dot(self.axis).abs() < 1.0e-6
            && TANGENT.contains(&((corners[0] - self.foot).dot(normal).abs() / self.radius))
            && corners.iter().all(is_within)
    }
}
