//! Coordinates rounded before they meet, so that what is flush by design is flush in numbers.
//!
//! A turn by 120 degrees, or 0.1 + 0.2, leaves the last bits of a coordinate to chance; faces that lie together then miss each other by
//! 10⁻¹⁵, and a boolean leaves slivers and bridges between them. Rounding to a decimal far below any tolerance brings them together,
//! and leaves the coordinates that people write as they are.

use manifold_rust::impl_mesh::ManifoldImpl;
use manifold_rust::sort::get_face_box_morton;
use manifold_rust::types::Halfedge;

use crate::geom::{Aabb3, Affine3, Mat3, Vec3};
use crate::solid::Solid;

/// Significant decimal digits of the largest coordinate that stay; the kernel's own tolerance is its twelfth.
const DIGITS: i32 = 13;

/// Decimal places to round to for operands in these boxes.
pub(super) fn digits(boxes: impl Iterator<Item = Aabb3>) -> i32 {
    let reach = boxes
        .filter(|bounds| !bounds.is_empty())
        .fold(0.0_f64, |reach, bounds| reach.max(bounds.min.abs().max_element()).max(bounds.max.abs().max_element()));
    let mut places = DIGITS;
    let mut power = 1.0;
    while power < reach && places > -300 {
        power *= 10.0;
        places -= 1;
    }
    places
}

/// Rounds all positions, and brings along what the kernel derives from them.
pub(super) fn round_positions(mesh: &mut ManifoldImpl, places: i32) {
    let scale = 10.0_f64.powi(places);
    if !(1.0..1.0e300).contains(&scale) {
        return;
    }
    let mut changed = false;
    for point in &mut mesh.vert_pos {
        for value in [&mut point.x, &mut point.y, &mut point.z] {
            let rounded = (*value * scale).round() / scale;
            changed |= rounded != *value;
            *value = rounded;
        }
    }
    if changed {
        mesh.calculate_bbox();
        let (boxes, _) = get_face_box_morton(mesh);
        mesh.collider.update_boxes(boxes);
        mesh.invalidate_self_intersects();
    }
}

/// A coordinate rounded as [`round_positions`] rounds it.
pub(super) fn rounded(value: f64, places: i32) -> f64 {
    let scale = 10.0_f64.powi(places);
    if (1.0..1.0e300).contains(&scale) { (value * scale).round() / scale } else { value }
}

/// Takes out closed parts without thickness: what is left between faces that are flush but for rounding.
pub(super) fn drop_flakes(mesh: &mut ManifoldImpl) {
    let parts = Parts::of(mesh);
    let flake = |root: u32| {
        let (volume, area) = parts.figures[root as usize];
        volume.abs() <= FLAKE * area
    };
    let mut dropped = false;
    for triangle in 0..mesh.num_tri() {
        if flake(parts.root[mesh.halfedge[3 * triangle].start_vert as usize]) {
            dropped = true;
            for edge in 3 * triangle..3 * triangle + 3 {
                mesh.halfedge[edge] = Halfedge { start_vert: -1, end_vert: -1, paired_halfedge: -1, prop_vert: -1 };
            }
        }
    }
    if dropped {
        mesh.remove_unreferenced_verts();
        mesh.sort_geometry();
    }
}

/// Mean thickness below which a part is no part, mm.
const FLAKE: f64 = 1.0e-9;

/// The parts of a mesh that hang together, by their first vertex.
struct Parts {
    root: Vec<u32>,
    /// Volume and area, at the root.
    figures: Vec<(f64, f64)>,
}

impl Parts {
    fn of(mesh: &ManifoldImpl) -> Self {
        let mut root: Vec<u32> = (0..mesh.num_vert() as u32).collect();
        let corner = |edge: usize| mesh.halfedge[edge].start_vert as u32;
        for triangle in 0..mesh.num_tri() {
            let first = find(&mut root, corner(3 * triangle));
            for step in 1..3 {
                let other = find(&mut root, corner(3 * triangle + step));
                let first = find(&mut root, first);
                root[first.max(other) as usize] = first.min(other);
            }
        }
        for vertex in 0..root.len() as u32 {
            root[vertex as usize] = find(&mut root, vertex);
        }
        let mut figures = vec![(0.0, 0.0); root.len()];
        for triangle in 0..mesh.num_tri() {
            let [a, b, c] = [0, 1, 2].map(|step| {
                let point = mesh.vert_pos[corner(3 * triangle + step) as usize];
                Vec3::new(point.x, point.y, point.z)
            });
            let part = root[corner(3 * triangle) as usize] as usize;
            let origin = mesh.vert_pos[part];
            let origin = Vec3::new(origin.x, origin.y, origin.z);
            let cross = (b - a).cross(c - a);
            figures[part].0 += (a - origin).dot(cross) / 6.0;
            figures[part].1 += cross.length() / 2.0;
        }
        Self { root, figures }
    }
}

fn find(root: &mut [u32], mut vertex: u32) -> u32 {
    while root[vertex as usize] != vertex {
        root[vertex as usize] = root[root[vertex as usize] as usize];
        vertex = root[vertex as usize];
    }
    vertex
}

impl Solid {
    /// The turn that all solids have in common but for quarter turns and mirrors, if it is more than those: in its frame what is
    /// flush has round coordinates.
    pub(super) fn common_turn(solids: &[&Self]) -> Option<Affine3> {
        let turn = solids.first()?.body.placement().matrix3;
        let upright = turn.transpose() * turn;
        if is_along_axes(&turn) || !near(&upright, &Mat3::IDENTITY) || turn.determinant() < 0.0 {
            return None;
        }
        let back = turn.transpose();
        let all = solids.iter().all(|solid| is_along_axes(&(back * solid.body.placement().matrix3)));
        all.then(|| Affine3::from_mat3(turn))
    }
}

/// Rounding of a product of a few dozen turns.
pub(super) const NOISE: f64 = 1.0e-12;

fn near(a: &Mat3, b: &Mat3) -> bool {
    let difference = *a - *b;
    [difference.x_axis, difference.y_axis, difference.z_axis].iter().all(|column| column.abs().max_element() <= NOISE)
}

/// Whether each axis is mapped to an axis.
pub(super) fn is_along_axes(map: &Mat3) -> bool {
    [map.x_axis, map.y_axis, map.z_axis].iter().all(|column: &Vec3| {
        let sizes = column.abs();
        let largest = sizes.max_element();
        sizes.to_array().iter().filter(|size| **size > NOISE * largest).count() == 1
    })
}
