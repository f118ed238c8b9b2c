//! `Region`: a set of disjoint polygons with holes in the plane, and the 2D operations on it.
//!
//! **In** points in mm; **Out** [`Region`] and its triangles.
//! **Stages** [`primitive`] what programs draw · [`clip`] booleans and repair on a common integer grid · [`offset`] ·
//! [`minkowski`] · [`hull`] · [`transform`] · [`triangulate`]; what is long in [`strips`], so that it can be stopped.
//! **Invariants** Outer contours are counter-clockwise, holes clockwise, no two edges cross, every contour has three points or
//! more; contours may touch in points. [`Region::check`] tests it.
//! **Knows nothing of** the language, fonts, files and the third dimension.
//! **Sources** Vatti's sweep as Clipper2 does it, on the grid of 2⁻²⁷ mm that OpenSCAD uses, so that figures agree with it.

mod check;
mod clip;
mod corner;
mod delaunay;
mod ears;
mod flip;
mod hull;
mod minkowski;
mod offset;
mod predicate;
mod primitive;
mod strips;
mod transform;
mod triangulate;

pub use check::Defect;
pub use offset::{Cap, Corner, Join, stroke};
pub use triangulate::{triangulate_contour, triangulate_face};

use crate::geom::{Aabb2, Vec2};

/// A closed, ordered run of points without repetition of the first.
pub type Contour = Vec<Vec2>;

/// A set of disjoint polygons with holes: outer contours counter-clockwise, holes clockwise, none crossing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Region {
    contours: Vec<Contour>,
}

impl Region {
    /// The contours: outer ones counter-clockwise, holes clockwise.
    pub fn contours(&self) -> &[Contour] {
        &self.contours
    }

    /// Whether it covers nothing.
    pub fn is_empty(&self) -> bool {
        self.contours.is_empty()
    }

    /// The box of all points.
    pub fn bounding_box(&self) -> Aabb2 {
        Aabb2::of(self.contours.iter().flatten().copied())
    }

    /// Number of points of all contours.
    pub fn point_count(&self) -> usize {
        self.contours.iter().map(Vec::len).sum()
    }

    /// Area in mm²: outer contours less holes.
    pub fn area(&self) -> f64 {
        self.contours.iter().map(|contour| signed_area(contour)).sum()
    }

    /// Length of all contours in mm.
    pub fn perimeter(&self) -> f64 {
        self.contours.iter().flat_map(|contour| edges(contour)).map(|(from, to)| from.distance(to)).sum()
    }

    /// Whether it is one convex contour.
    pub fn is_convex(&self) -> bool {
        let [contour] = self.contours.as_slice() else { return self.contours.is_empty() };
        let count = contour.len();
        (0..count).all(|at| {
            let [a, b, c] = [0, 1, 2].map(|step| contour[(at + step) % count]);
            (b - a).perp_dot(c - b) >= 0.0
        })
    }

    /// Contours that are known to satisfy the invariants.
    pub(crate) fn trusted(contours: Vec<Contour>) -> Self {
        Self { contours }
    }
}

/// Whether a contour of a region bounds a hole.
pub fn is_hole(contour: &[Vec2]) -> bool {
    signed_area(contour) < 0.0
}

/// Area of a contour: positive when counter-clockwise.
fn signed_area(contour: &[Vec2]) -> f64 {
    // relative to the first point: less cancellation far from the origin
    let Some(origin) = contour.first() else { return 0.0 };
    edges(contour).map(|(from, to)| (from - origin).perp_dot(to - origin)).sum::<f64>() * 0.5
}

/// The edges of a contour, the closing one last.
fn edges(contour: &[Vec2]) -> impl Iterator<Item = (Vec2, Vec2)> {
    let next = contour.iter().skip(1).chain(contour.first());
    contour.iter().copied().zip(next.copied())
}
