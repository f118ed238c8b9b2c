//! Coordinates rounded before they meet, so that what is flush by design is flush in numbers.
//!
//! A turn by 120 degrees, or 0.1 + 0.2, leaves the last bits of a coordinate to chance; faces that lie together then miss each other by
//! 10⁻¹⁵, and a boolean leaves slivers and bridges between them. Rounding to a decimal far below any tolerance brings them together,
//! and leaves the coordinates that people write as they are.

use std::sync::Arc;

use manifold_rust::impl_mesh::ManifoldImpl;
use manifold_rust::linalg::{Mat3 as KernelMat3, Mat3x4, Vec3 as KernelVec3, Vec4, normalize};
use manifold_rust::svd::spectral_norm;
use manifold_rust::types::Halfedge;

use crate::geom::{Aabb3, Affine3, Mat3, Vec3};
use crate::solid::Solid;
use crate::solid::compact::compacted;
use crate::solid::kernel::{from_matrix, to_matrix};

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

/// A mesh under a map, its positions rounded, with all that the kernel derives from them.
pub(super) fn placed(mesh: &Arc<ManifoldImpl>, map: &Affine3, places: i32) -> Arc<ManifoldImpl> {
    let round = Rounding::to(places);
    if *map == Affine3::IDENTITY {
        let is_round = |point: &KernelVec3| {
            round.apply(point.x) == point.x && round.apply(point.y) == point.y && round.apply(point.z) == point.z
        };
        if mesh.vert_pos.iter().all(is_round) {
            return mesh.clone();
        }
    }
    let matrix = to_matrix(map);
    let mut moved = if map.matrix3.determinant() < 0.0 { mesh.transform(&matrix) } else { carried(mesh, &matrix) };
    for point in &mut moved.vert_pos {
        *point = KernelVec3::new(round.apply(point.x), round.apply(point.y), round.apply(point.z));
    }
    moved.calculate_bbox();
    moved.set_epsilon(moved.epsilon, false);
    if !moved.is_empty() {
        moved.invalidate_self_intersects();
    }
    Arc::new(moved)
}

/// A mesh under a map that mirrors nothing.
fn carried(mesh: &ManifoldImpl, matrix: &Mat3x4) -> ManifoldImpl {
    let linear = KernelMat3::from_cols(matrix.x, matrix.y, matrix.z);
    let normals = linear.inverse().transpose();
    let turned = |normal: &KernelVec3| {
        let turned = normalize(normals * *normal);
        if turned.x.is_finite() { turned } else { KernelVec3::splat(0.0) }
    };
    let mut moved = ManifoldImpl::new();
    moved.mesh_relation = mesh.mesh_relation.clone();
    moved.mesh_relation.original_id = -1;
    for relation in moved.mesh_relation.mesh_id_transform.values_mut() {
        relation.transform = to_matrix(&(from_matrix(matrix) * from_matrix(&relation.transform)));
    }
    moved.epsilon = mesh.epsilon * spectral_norm(linear);
    moved.tolerance = mesh.tolerance;
    moved.halfedge = mesh.halfedge.clone();
    moved.vert_pos = mesh.vert_pos.iter().map(|point| *matrix * Vec4::new(point.x, point.y, point.z, 1.0)).collect();
    moved.face_normal = mesh.face_normal.iter().map(turned).collect();
    moved.vert_normal = mesh.vert_normal.iter().map(turned).collect();
    moved
}

/// Rounding to decimal places, or none where numbers are too large or too small for it.
#[derive(Clone, Copy)]
struct Rounding {
    scale: Option<f64>,
}

impl Rounding {
    fn to(places: i32) -> Self {
        let scale = 10.0_f64.powi(places);
        Self { scale: (1.0..1.0e300).contains(&scale).then_some(scale) }
    }

    fn apply(self, value: f64) -> f64 {
        self.scale.map_or(value, |scale| (value * scale).round() / scale)
    }
}

/// A coordinate rounded as [`placed`] rounds it.
pub(super) fn rounded(value: f64, places: i32) -> f64 {
    Rounding::to(places).apply(value)
}

/// The mesh without closed parts that have no thickness, where it has some: what is left between faces that are flush but for rounding.
pub(super) fn without_flakes(mesh: &Arc<ManifoldImpl>) -> Option<ManifoldImpl> {
    let parts = Parts::of(mesh);
    let flake = |root: u32| {
        let (volume, area) = parts.figures[root as usize];
        volume.abs() <= FLAKE * area
    };
    if !parts.root.iter().enumerate().any(|(vertex, root)| vertex == *root as usize && flake(*root)) {
        return None;
    }
    let mut mesh = (**mesh).clone();
    for triangle in 0..mesh.num_tri() {
        if flake(parts.root[mesh.halfedge[3 * triangle].start_vert as usize]) {
            for edge in 3 * triangle..3 * triangle + 3 {
                mesh.halfedge[edge] = Halfedge { start_vert: -1, end_vert: -1, paired_halfedge: -1, prop_vert: -1 };
            }
        }
    }
    Some(compacted(mesh))
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
