//! A view's extent as it is meant: a round end reaches to its circle, not to the corners of the polygon that stands for it.

use crate::drawing::edge::Model;
use crate::drawing::ring::{Ring, Rings};
use crate::drawing::view::Picture;
use crate::geom::{Aabb2, Vec2, Vec3};

/// Vertices this share of the extent off the outermost place lie on it.
const TOUCH_SHARE: f64 = 1.0e-7;

/// Room for rounding where a chord ends at the outermost place itself.
const CHORD_SLACK: f64 = 1.0 + 1.0e-6;

/// The box of a model in a picture. Where its outermost vertices on a side are those of a circle, the box reaches to the circle, which is at most the
/// rise of one chord: 149.99 mm between two round ends of 96 corners were meant as 150.
pub fn extent(model: &Model, rings: &Rings, picture: &Picture) -> Aabb2 {
    let flat = |vertex: u32| picture.flat(model.positions[vertex as usize]);
    let corners = Aabb2::of(model.triangles.iter().flatten().map(|vertex| flat(*vertex)));
    let touch = corners.size().max_element() * TOUCH_SHARE;
    let mut meant = corners;
    for ring in &rings.rings {
        let rise = rise(model, ring);
        let own = Aabb2::of(ring.edges.iter().flat_map(|edge| model.edges[*edge as usize].ends).map(flat));
        let center = picture.flat(ring.center);
        let reach = Vec2::new(reach(ring, picture.right), reach(ring, picture.up));
        let outermost = |own: f64, corners: f64, circle: f64| {
            let beyond = (circle - corners).abs();
            (own - corners).abs() <= touch && beyond > 0.0 && beyond <= rise * CHORD_SLACK
        };
        for axis in 0..2 {
            let (low, high) = (center[axis] - reach[axis], center[axis] + reach[axis]);
            if low < corners.min[axis] && outermost(own.min[axis], corners.min[axis], low) {
                meant.min[axis] = meant.min[axis].min(low);
            }
            if high > corners.max[axis] && outermost(own.max[axis], corners.max[axis], high) {
                meant.max[axis] = meant.max[axis].max(high);
            }
        }
    }
    meant
}

/// How far a circle reaches from its centre along a unit vector.
fn reach(ring: &Ring, along: Vec3) -> f64 {
    let across = along.dot(ring.axis);
    ring.radius * (1.0 - across * across).max(0.0).sqrt()
}

/// How high the arc stands over its longest chord.
fn rise(model: &Model, ring: &Ring) -> f64 {
    let chord = |edge: &u32| {
        let [a, b] = model.edges[*edge as usize].ends.map(|end| model.positions[end as usize]);
        a.distance(b)
    };
    let half = ring.edges.iter().map(chord).fold(0.0, f64::max) * 0.5;
    ring.radius - (ring.radius * ring.radius - half * half).max(0.0).sqrt()
}
