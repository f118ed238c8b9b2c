//! A view's extent as it is meant: a round end reaches to its circle, not to the corners of the polygon that stands for it.

use std::collections::BTreeMap;

use crate::drawing::edge::Model;
use crate::drawing::ring::{Ring, Rings};
use crate::drawing::view::Picture;
use crate::geom::{Aabb2, Vec2, Vec3};
use crate::mesh::Surface;

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
    let circles = rings.rings.iter().map(|ring| Round {
        own: Aabb2::of(ring.edges.iter().flat_map(|edge| model.edges[*edge as usize].ends).map(flat)),
        center: picture.flat(ring.center),
        reach: Vec2::new(reach(ring, picture.right), reach(ring, picture.up)),
        rise: rise(model, ring),
    });
    for Round { own, center, reach, rise } in circles.chain(balls(model, picture)) {
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

/// Something round in a picture.
struct Round {
    /// What its vertices cover.
    own: Aabb2,
    center: Vec2,
    /// How far it is meant to reach from there.
    reach: Vec2,
    /// How far its facets may stay behind that.
    rise: f64,
}

/// The spheres that the kernel knows: OpenSCAD's have no vertex at a pole.
fn balls(model: &Model, picture: &Picture) -> Vec<Round> {
    let mut boxes: BTreeMap<u32, Aabb2> = BTreeMap::new();
    for (triangle, corners) in model.triangles.iter().enumerate() {
        if let Surface::Sphere { .. } = model.surface(triangle as u32) {
            let own = Aabb2::of(corners.map(|vertex| picture.flat(model.positions[vertex as usize])));
            let known = boxes.entry(model.face_of[triangle]).or_insert(Aabb2::EMPTY);
            *known = known.union(own);
        }
    }
    let round = |(face, own): (u32, Aabb2)| match model.faces[face as usize].surface {
        Surface::Sphere { center, radius } => {
            Some(Round { own, center: picture.flat(center), reach: Vec2::splat(radius), rise: radius * BALL_RISE })
        }
        _ => None,
    };
    boxes.into_iter().filter_map(round).collect()
}

/// A ball's facets stay at most this share of its radius behind it: one of 16 segments.
const BALL_RISE: f64 = 0.02;

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
