//! Which way a mesh faces: normals of its triangles, its flat faces, and normals at its vertices, which decide ties in booleans.

use manifold_rust::impl_mesh::ManifoldImpl;
use manifold_rust::linalg::{Vec3, cross, dot, length2};
use manifold_rust::math::acos;
use rayon::prelude::*;

use crate::budget::{Budget, Exceeded};

/// Sets the normals of triangles and vertices; triangles that lie in one plane and hang together get one number and one normal, the
/// largest one's.
///
/// # Errors
/// The job was stopped.
pub(super) fn set_facing(mesh: &mut ManifoldImpl, budget: &Budget) -> Result<(), Exceeded> {
    let shapes = in_chunks(mesh.num_tri(), budget, |triangle| shape(mesh, triangle))?;
    mesh.face_normal = shapes.iter().map(|shape| shape.normal).collect();
    let mut stack = Vec::new();
    for (count, triangle) in largest_first(&shapes).into_iter().enumerate() {
        if count.is_multiple_of(CHUNK) {
            budget.check()?;
        }
        if mesh.mesh_relation.tri_ref[triangle as usize].coplanar_id < 0 {
            spread(mesh, triangle as usize, &mut stack);
        }
    }
    set_vertex_normals(mesh, &shapes, budget)
}

/// What is needed of a triangle.
struct Shape {
    normal: Vec3,
    /// Four times the square of its area.
    square: f64,
    /// The angles at its corners; zero where it has none.
    angles: [f64; 3],
}

fn shape(mesh: &ManifoldImpl, triangle: usize) -> Shape {
    let [a, b, c] = [0, 1, 2].map(|corner| mesh.vert_pos[mesh.halfedge[3 * triangle + corner].start_vert as usize]);
    let (u, v, w) = (b - a, c - b, a - c);
    let perpendicular = cross(u, c - a);
    let square = length2(perpendicular);
    if square <= 0.0 || !square.is_finite() {
        return Shape { normal: Vec3::new(0.0, 0.0, 1.0), square: 0.0, angles: [0.0; 3] };
    }
    let [uu, vv, ww] = [u, v, w].map(length2);
    let angle = |along: Vec3, back: Vec3, squares: f64| acos((-dot(along, back) / squares.sqrt()).clamp(-1.0, 1.0));
    let (first, second) = (angle(u, w, uu * ww), angle(v, u, vv * uu));
    let third = (std::f64::consts::PI - first - second).max(0.0);
    Shape { normal: perpendicular / square.sqrt(), square, angles: [first, second, third] }
}

/// The triangles by size, to within a sixteenth; equal ones as they come.
fn largest_first(shapes: &[Shape]) -> Vec<u32> {
    let class = |shape: &Shape| u16::MAX - (shape.square.to_bits() >> 48) as u16;
    let mut order: Vec<(u16, u32)> = shapes.iter().map(class).zip(0..).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, triangle)| triangle).collect()
}

/// Gives all triangles around `seed` that lie in its plane its number and its normal.
fn spread(mesh: &mut ManifoldImpl, seed: usize, stack: &mut Vec<usize>) {
    let normal = mesh.face_normal[seed];
    let base = mesh.vert_pos[mesh.halfedge[3 * seed].start_vert as usize];
    mesh.mesh_relation.tri_ref[seed].coplanar_id = seed as i32;
    stack.extend([3 * seed, 3 * seed + 1, 3 * seed + 2]);
    while let Some(edge) = stack.pop() {
        let twin = mesh.halfedge[edge].paired_halfedge as usize;
        let triangle = twin / 3;
        let reference = &mut mesh.mesh_relation.tri_ref[triangle];
        if reference.coplanar_id >= 0 {
            continue;
        }
        let (next, last) = (3 * triangle + (twin + 1) % 3, 3 * triangle + (twin + 2) % 3);
        let opposite = mesh.vert_pos[mesh.halfedge[last].start_vert as usize];
        if dot(opposite - base, normal).abs() < mesh.tolerance {
            reference.coplanar_id = seed as i32;
            mesh.face_normal[triangle] = normal;
            stack.extend([next, last]);
        }
    }
}

fn set_vertex_normals(mesh: &mut ManifoldImpl, shapes: &[Shape], budget: &Budget) -> Result<(), Exceeded> {
    let mut normals = vec![Vec3::splat(0.0); mesh.num_vert()];
    for (triangle, shape) in shapes.iter().enumerate() {
        if triangle.is_multiple_of(CHUNK) {
            budget.check()?;
        }
        for (corner, angle) in shape.angles.into_iter().enumerate() {
            let sum = &mut normals[mesh.halfedge[3 * triangle + corner].start_vert as usize];
            *sum += mesh.face_normal[triangle] * angle;
        }
    }
    for normal in &mut normals {
        let length = length2(*normal).sqrt();
        if length > 0.0 {
            *normal /= length;
        }
    }
    mesh.vert_normal = normals;
    Ok(())
}

/// `make` of each number below `count`, in order, on all threads.
fn in_chunks<T: Send>(count: usize, budget: &Budget, make: impl Fn(usize) -> T + Sync) -> Result<Vec<T>, Exceeded> {
    let checked = |at: usize| {
        if at.is_multiple_of(CHUNK) {
            budget.check()?;
        }
        Ok(make(at))
    };
    (0..count).into_par_iter().map(checked).collect()
}

/// Triangles between two looks at the budget.
const CHUNK: usize = 4096;
