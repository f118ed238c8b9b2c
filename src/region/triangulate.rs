//! Region to triangles over its own vertices.

use crate::budget::{Budget, Exceeded};
use crate::geom::Vec2;
use crate::region::{Region, delaunay, ears};

impl Region {
    /// Counter-clockwise triangles that tile the region, as indices into its points counted contour by contour. Every point
    /// is used and none is added, so that walls built on the contours meet the triangles edge to edge.
    ///
    /// # Errors
    /// The job was stopped.
    pub fn triangulate(&self, budget: &Budget) -> Result<Vec<[u32; 3]>, Exceeded> {
        let contours: Vec<&[Vec2]> = self.contours.iter().map(Vec::as_slice).collect();
        triangulate_face(&contours, budget)
    }
}

/// Triangles of one contour, which need not be simple: the flattened faces of foreign meshes.
///
/// # Errors
/// The job was stopped.
pub fn triangulate_contour(contour: &[Vec2], budget: &Budget) -> Result<Vec<[u32; 3]>, Exceeded> {
    match contour.len() {
        0..3 => Ok(Vec::new()),
        3 => Ok(vec![[0, 1, 2]]),
        _ => triangulate_face(&[contour], budget),
    }
}

/// Triangles between contours that bound one flat face: outer ones counter-clockwise, holes clockwise. Indices count contour by contour.
///
/// # Errors
/// The job was stopped.
pub fn triangulate_face(contours: &[&[Vec2]], budget: &Budget) -> Result<Vec<[u32; 3]>, Exceeded> {
    match delaunay::triangulate(contours, budget)? {
        Some(triangles) => Ok(triangles),
        None => ears::triangulate(contours, budget),
    }
}
