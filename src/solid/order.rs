//! Meshes put in order: without what was taken out, and along a space-filling curve with the tree of boxes that searches need.

use manifold_rust::collider::Collider;
use manifold_rust::impl_mesh::ManifoldImpl;
use manifold_rust::linalg::Vec3;
use manifold_rust::sort::morton_code;
use manifold_rust::types::{Box as KernelBox, Halfedge};
use rayon::prelude::*;

/// A mesh without the triangles that were taken out of it and the vertices that no triangle has any more; the rest in the order it was in.
pub(super) fn compacted(mut mesh: ManifoldImpl) -> ManifoldImpl {
    const UNUSED: i32 = -1;
    let mut place = vec![UNUSED; mesh.vert_pos.len()];
    for edge in mesh.halfedge.iter().filter(|edge| edge.paired_halfedge >= 0) {
        place[edge.start_vert as usize] = 0;
    }
    let mut kept = 0;
    let mut bounds = KernelBox::default();
    for (vertex, place) in place.iter_mut().enumerate().filter(|(_, place)| **place != UNUSED) {
        *place = kept as i32;
        mesh.vert_pos[kept] = mesh.vert_pos[vertex];
        mesh.vert_normal[kept] = mesh.vert_normal[vertex];
        bounds.union_point(mesh.vert_pos[kept]);
        kept += 1;
    }
    mesh.vert_pos.truncate(kept);
    mesh.vert_normal.truncate(kept);
    let mut triangle_place = vec![0_i32; mesh.num_tri()];
    let mut left = 0;
    for (triangle, place) in triangle_place.iter_mut().enumerate() {
        if mesh.halfedge[3 * triangle].paired_halfedge < 0 {
            continue;
        }
        *place = left as i32;
        mesh.halfedge.copy_within(3 * triangle..3 * triangle + 3, 3 * left);
        mesh.face_normal[left] = mesh.face_normal[triangle];
        mesh.mesh_relation.tri_ref[left] = mesh.mesh_relation.tri_ref[triangle];
        left += 1;
    }
    mesh.halfedge.truncate(3 * left);
    mesh.face_normal.truncate(left);
    mesh.mesh_relation.tri_ref.truncate(left);
    for edge in &mut mesh.halfedge {
        *edge = Halfedge {
            start_vert: place[edge.start_vert as usize],
            end_vert: place[edge.end_vert as usize],
            paired_halfedge: 3 * triangle_place[edge.paired_halfedge as usize / 3] + edge.paired_halfedge % 3,
            prop_vert: place[edge.start_vert as usize],
        };
    }
    mesh.bbox = bounds;
    mesh
}

/// A compact mesh in order along the curve.
pub(super) fn ordered(mesh: &ManifoldImpl) -> ManifoldImpl {
    let mut sorted = ManifoldImpl::new();
    sorted.bbox = mesh.bbox;
    sorted.epsilon = mesh.epsilon;
    sorted.tolerance = mesh.tolerance;
    sorted.mesh_relation.mesh_id_transform = mesh.mesh_relation.mesh_id_transform.clone();
    let codes: Vec<u32> = mesh.vert_pos.iter().map(|point| morton_code(*point, &mesh.bbox)).collect();
    let vertices = order_of(&codes);
    let places = places_of(&vertices);
    sorted.vert_pos = vertices.iter().map(|at| mesh.vert_pos[*at as usize]).collect();
    sorted.vert_normal = vertices.iter().map(|at| mesh.vert_normal[*at as usize]).collect();
    let corners = |triangle: usize| {
        [0, 1, 2].map(|corner| mesh.vert_pos[mesh.halfedge[3 * triangle + corner].start_vert as usize])
    };
    let middle = |triangle: usize| {
        let [a, b, c] = corners(triangle);
        morton_code((a + b + c) / 3.0, &mesh.bbox)
    };
    let codes: Vec<u32> = (0..mesh.num_tri()).into_par_iter().map(middle).collect();
    let triangles = order_of(&codes);
    let triangle_places = places_of(&triangles);
    let moved = |edge: &Halfedge| {
        let start = places[edge.start_vert as usize] as i32;
        let twin = edge.paired_halfedge;
        Halfedge {
            start_vert: start,
            end_vert: places[edge.end_vert as usize] as i32,
            paired_halfedge: 3 * triangle_places[twin as usize / 3] as i32 + twin % 3,
            prop_vert: start,
        }
    };
    let edges_of = |triangle: &u32| mesh.halfedge[3 * *triangle as usize..][..3].iter().map(moved);
    sorted.halfedge = triangles.iter().flat_map(edges_of).collect();
    sorted.face_normal = triangles.iter().map(|at| mesh.face_normal[*at as usize]).collect();
    sorted.mesh_relation.tri_ref = triangles.iter().map(|at| mesh.mesh_relation.tri_ref[*at as usize]).collect();
    let boxes = triangles.iter().map(|at| box_of(corners(*at as usize))).collect();
    sorted.collider = Collider::new(boxes, triangles.iter().map(|at| codes[*at as usize]).collect());
    sorted
}

/// The boxes of all triangles.
pub(super) fn boxes(mesh: &ManifoldImpl) -> Vec<KernelBox> {
    let corner = |edge: &Halfedge| mesh.vert_pos[edge.start_vert as usize];
    mesh.halfedge.par_chunks(3).map(|edges| box_of([corner(&edges[0]), corner(&edges[1]), corner(&edges[2])])).collect()
}

fn box_of(corners: [Vec3; 3]) -> KernelBox {
    let mut bounds = KernelBox::default();
    corners.into_iter().for_each(|corner| bounds.union_point(corner));
    bounds
}

/// The places of codes of 30 bits in rising order, equal ones as they come.
pub(super) fn order_of(codes: &[u32]) -> Vec<u32> {
    let mut keys: Vec<(u32, u32)> = codes.iter().copied().zip(0..).collect();
    let mut sorted = keys.clone();
    for shift in [0, DIGIT_BITS, 2 * DIGIT_BITS] {
        let digit = |key: &(u32, u32)| (key.0 >> shift) as usize % DIGITS;
        let mut first = [0_u32; DIGITS + 1];
        for key in &keys {
            first[digit(key) + 1] += 1;
        }
        for at in 1..first.len() {
            first[at] += first[at - 1];
        }
        for key in &keys {
            let next = &mut first[digit(key)];
            sorted[*next as usize] = *key;
            *next += 1;
        }
        std::mem::swap(&mut keys, &mut sorted);
    }
    keys.into_iter().map(|key| key.1).collect()
}

/// A radix sort's digit: three of them make a code.
const DIGIT_BITS: u32 = 10;
const DIGITS: usize = 1 << DIGIT_BITS;

/// Where each element of an order went.
pub(super) fn places_of(order: &[u32]) -> Vec<u32> {
    let mut places = vec![0; order.len()];
    for (at, from) in order.iter().enumerate() {
        places[*from as usize] = at as u32;
    }
    places
}
