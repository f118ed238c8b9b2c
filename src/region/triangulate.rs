//! Region to triangles over its own vertices.

use manifold_rust::linalg::Vec2 as KernelVec2;
use manifold_rust::polygon::triangulate;
use manifold_rust::types::Polygons;

use crate::geom::Vec2;
use crate::region::Region;

impl Region {
    /// Counter-clockwise triangles that tile the region, as indices into its points counted contour by contour. Every point
    /// is used and none is added, so that walls built on the contours meet the triangles edge to edge.
    pub fn triangulate(&self) -> Vec<[u32; 3]> {
        tile(&self.contours.iter().map(|contour| contour.iter().map(to_kernel).collect()).collect())
    }
}

/// Triangles of one contour, which need not be simple: the flattened faces of foreign meshes.
pub fn triangulate_contour(contour: &[Vec2]) -> Vec<[u32; 3]> {
    match contour.len() {
        0..3 => Vec::new(),
        3 => vec![[0, 1, 2]],
        _ => tile(&vec![contour.iter().map(to_kernel).collect()]),
    }
}

fn tile(polygons: &Polygons) -> Vec<[u32; 3]> {
    let triangles = triangulate(polygons, -1.0, true);
    triangles.iter().map(|corners| [corners[0], corners[1], corners[2]].map(|index| index as u32)).collect()
}

fn to_kernel(point: &Vec2) -> KernelVec2 {
    KernelVec2::new(point.x, point.y)
}
