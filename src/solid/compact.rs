//! Meshes without what was taken out of them.

use manifold_rust::impl_mesh::ManifoldImpl;
use manifold_rust::types::{Box as KernelBox, Halfedge};

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
