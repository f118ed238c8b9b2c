//! The kernel's booleans of many meshes: what does not touch is put side by side, the rest is combined two by two, small ones first.

use manifold_rust::cancel::CancelToken;
use manifold_rust::impl_mesh::ManifoldImpl;
use manifold_rust::types::{Error, OpType};
use rayon::prelude::*;

use crate::solid::Operator;
use crate::solid::splice::{self, Part};

/// One boolean of several meshes; its status tells whether it was cancelled.
pub(super) fn combine(operator: Operator, parts: Vec<Part>, token: &CancelToken) -> Part {
    match operator {
        Operator::Union => union(parts, token),
        Operator::Intersection => reduce(OpType::Intersect, parts, token),
        Operator::Difference => {
            let mut tools = parts;
            let first = tools.remove(0);
            // what the first does not reach takes nothing away
            tools.retain(|tool| first.mesh.bbox.does_overlap_box(&tool.mesh.bbox));
            if tools.is_empty() {
                return first;
            }
            pair(&first, &union(tools, token), OpType::Subtract, token)
        }
    }
}

fn union(parts: Vec<Part>, token: &CancelToken) -> Part {
    let groups = scattered(&parts);
    let composed: Vec<Part> = groups
        .par_iter()
        .map(|group| match group.as_slice() {
            [only] => parts[*only].clone(),
            several => splice::compose(&several.iter().map(|at| &parts[*at]).collect::<Vec<_>>()),
        })
        .collect();
    drop(parts);
    reduce(OpType::Add, composed, token)
}

/// Groups of meshes whose boxes do not touch.
fn scattered(parts: &[Part]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let free = groups.iter().take(GROUPS_LOOKED_AT).position(|group| {
            group.len() < GROUP_MAX
                && group.iter().all(|other| !part.mesh.bbox.does_overlap_box(&parts[*other].mesh.bbox))
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
fn reduce(operation: OpType, parts: Vec<Part>, token: &CancelToken) -> Part {
    let mut left = parts;
    while left.len() > 1 {
        if token.is_cancelled() {
            return Part::failed(Error::Cancelled);
        }
        left.sort_by_key(|part| part.mesh.num_tri());
        let odd = if left.len() % 2 == 1 { left.pop() } else { None };
        left = left.par_chunks(2).map(|two| pair(&two[0], &two[1], operation, token)).collect();
        left.extend(odd);
    }
    left.pop().unwrap_or_else(|| Part::of(ManifoldImpl::new()))
}

fn pair(first: &Part, second: &Part, operation: OpType, token: &CancelToken) -> Part {
    if let Some(failed) = [first, second].into_iter().find(|part| part.mesh.status != Error::NoError) {
        return failed.clone();
    }
    let touching =
        !first.mesh.is_empty() && !second.mesh.is_empty() && first.mesh.bbox.does_overlap_box(&second.mesh.bbox);
    match operation {
        _ if touching => splice::combine(first, second, operation, token),
        OpType::Add => {
            let parts: Vec<&Part> = [first, second].into_iter().filter(|part| !part.mesh.is_empty()).collect();
            if let [only] = parts[..] { only.clone() } else { splice::compose(&parts) }
        }
        OpType::Subtract => first.clone(),
        OpType::Intersect => Part::of(ManifoldImpl::new()),
    }
}
