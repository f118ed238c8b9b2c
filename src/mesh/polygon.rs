//! Polygons in space, flattened to be cut into triangles.

use crate::geom::{Vec2, Vec3};

/// The corners of a polygon seen along its normal's largest component, counter-clockwise where the polygon is.
pub fn flatten(positions: &[Vec3], corners: &[u32]) -> Vec<Vec2> {
    let normal = area_vector(positions, corners).to_array();
    let axis = if normal[0].abs() >= normal[1].abs() && normal[0].abs() >= normal[2].abs() {
        0
    } else if normal[1].abs() >= normal[2].abs() {
        1
    } else {
        2
    };
    let sign = if normal[axis] < 0.0 { -1.0 } else { 1.0 };
    let place = |corner: &u32| {
        let point = positions[*corner as usize];
        Vec2::new(sign * point[(axis + 1) % 3], point[(axis + 2) % 3])
    };
    corners.iter().map(place).collect()
}

/// Twice the area along the normal of a polygon, planar or not (Newell).
pub fn area_vector(positions: &[Vec3], corners: &[u32]) -> Vec3 {
    let Some(first) = corners.first() else { return Vec3::ZERO };
    let origin = positions[*first as usize];
    let edges = corners.iter().zip(corners.iter().cycle().skip(1));
    edges.map(|(a, b)| (positions[*a as usize] - origin).cross(positions[*b as usize] - origin)).sum()
}
