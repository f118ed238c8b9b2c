//! The kernel's booleans of many meshes: what does not touch is put side by side, the rest is combined two by two, small ones first.

use std::sync::Arc;

use manifold_rust::boolean3::boolean_with_token;
use manifold_rust::cancel::CancelToken;
use manifold_rust::impl_mesh::ManifoldImpl;
use manifold_rust::types::{Error, OpType};
use rayon::prelude::*;

use crate::solid::Operator;

/// One boolean of several meshes; its status tells whether it was cancelled.
pub(super) fn combine(operator: Operator, meshes: Vec<Arc<ManifoldImpl>>, token: &CancelToken) -> Arc<ManifoldImpl> {
    match operator {
        Operator::Union => union(meshes, token),
        Operator::Intersection => reduce(OpType::Intersect, meshes, token),
        Operator::Difference => {
            let mut tools = meshes;
            let first = tools.remove(0);
            // what the first does not reach takes nothing away
            tools.retain(|tool| first.bbox.does_overlap_box(&tool.bbox));
            if tools.is_empty() {
                return first;
            }
            Arc::new(boolean_with_token(&first, &union(tools, token), OpType::Subtract, Some(token)))
        }
    }
}

fn union(meshes: Vec<Arc<ManifoldImpl>>, token: &CancelToken) -> Arc<ManifoldImpl> {
    let groups = scattered(&meshes);
    let composed: Vec<Arc<ManifoldImpl>> = groups
        .par_iter()
        .map(|group| match group.as_slice() {
            [only] => meshes[*only].clone(),
            several => {
                let parts: Vec<&ManifoldImpl> = several.iter().map(|at| &*meshes[*at]).collect();
                Arc::new(compose(&parts))
            }
        })
        .collect();
    drop(meshes);
    reduce(OpType::Add, composed, token)
}

/// Groups of meshes whose boxes do not touch.
fn scattered(meshes: &[Arc<ManifoldImpl>]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (at, mesh) in meshes.iter().enumerate() {
        let free = groups.iter().take(GROUPS_LOOKED_AT).position(|group| {
            group.len() < GROUP_MAX && group.iter().all(|other| !mesh.bbox.does_overlap_box(&meshes[*other].bbox))
        });
        match free {
            Some(group) => groups[group].push(at),
            None => groups.push(vec![at]),
        }
    }
    groups
}

/// Keeps the search for a group from growing with the square of the number of meshes.
const GROUPS_LOOKED_AT: usize = 64;
const GROUP_MAX: usize = 2048;

/// Two by two until one is left, the smallest first; the order does not depend on threads.
fn reduce(operation: OpType, meshes: Vec<Arc<ManifoldImpl>>, token: &CancelToken) -> Arc<ManifoldImpl> {
    let mut left = meshes;
    while left.len() > 1 {
        if token.is_cancelled() {
            return Arc::new(cancelled());
        }
        left.sort_by_key(|mesh| mesh.num_tri());
        let odd = if left.len() % 2 == 1 { left.pop() } else { None };
        left = left
            .par_chunks(2)
            .map(|pair| Arc::new(boolean_with_token(&pair[0], &pair[1], operation, Some(token))))
            .collect();
        left.extend(odd);
    }
    left.pop().unwrap_or_else(|| Arc::new(ManifoldImpl::new()))
}

fn cancelled() -> ManifoldImpl {
    let mut mesh = ManifoldImpl::new();
    mesh.make_empty(Error::Cancelled);
    mesh
}

/// Meshes that do not touch as one: nothing is computed but the order of its vertices and triangles.
fn compose(parts: &[&ManifoldImpl]) -> ManifoldImpl {
    let mut whole = ManifoldImpl::new();
    let mut next_id = 1;
    for part in parts {
        append(&mut whole, part, &mut next_id);
    }
    whole.mesh_relation.original_id = -1;
    let (epsilon, tolerance) = (whole.epsilon, whole.tolerance);
    whole.calculate_bbox();
    whole.set_epsilon(epsilon, false);
    whole.tolerance = whole.tolerance.max(tolerance);
    whole.sort_geometry();
    whole.increment_mesh_ids();
    whole
}

fn append(whole: &mut ManifoldImpl, part: &ManifoldImpl, next_id: &mut i32) {
    let (vertices, edges) = (whole.vert_pos.len() as i32, whole.halfedge.len() as i32);
    whole.vert_pos.extend_from_slice(&part.vert_pos);
    whole.vert_normal.extend_from_slice(&part.vert_normal);
    whole.face_normal.extend_from_slice(&part.face_normal);
    whole.halfedge.extend(part.halfedge.iter().map(|edge| {
        let mut edge = *edge;
        edge.start_vert += vertices;
        edge.end_vert += vertices;
        edge.prop_vert = edge.start_vert;
        edge.paired_halfedge += edges;
        edge
    }));
    // numbers of instances in the order of the parts, whatever they were
    let first = *next_id;
    let ids: Vec<i32> = part.mesh_relation.mesh_id_transform.keys().copied().collect();
    *next_id += ids.len() as i32;
    for (relation, id) in part.mesh_relation.mesh_id_transform.values().zip(first..) {
        whole.mesh_relation.mesh_id_transform.insert(id, relation.clone());
    }
    whole.mesh_relation.tri_ref.extend(part.mesh_relation.tri_ref.iter().map(|reference| {
        let mut reference = *reference;
        reference.mesh_id = ids.binary_search(&reference.mesh_id).map_or(first, |at| first + at as i32);
        reference.coplanar_id += edges / 3;
        reference
    }));
    whole.epsilon = whole.epsilon.max(part.epsilon);
    whole.tolerance = whole.tolerance.max(part.tolerance);
}
