//! `Region`: a set of disjoint polygons with holes in the plane, and the 2D operations on it.

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
}
