//! A mesh with fewer triangles: flat faces cut anew, and edges collapsed down to a tolerance or a count.
//!
//! **In** a [`TriMesh`] and [`RemeshOptions`]; **Out** a mesh over some of the same vertices: none is moved and none is added.
//! **Stages** `merge` cuts each flat face into as few triangles as its outline allows · `collapse` (over `fans` and `quadric`) takes
//! vertices away, cheapest first · `crossing` looks whether the outcome meets itself, and what did is done again with those places kept.
//! **Invariants** What was closed stays closed and oriented; borders between colours stay where they are; what did not cross itself does
//! not afterwards.
//! **Sources** Garland and Heckbert, "Surface simplification using quadric error metrics" (1997); the bound on the distance as in Klein,
//! Liebich and Straßer, "Mesh reduction with error control" (1996).

mod collapse;
mod crossing;
mod fans;
mod merge;
mod outline;
mod quadric;

use crate::budget::{Budget, Exceeded};
use crate::mesh::TriMesh;

/// What of a mesh may go.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RemeshOptions {
    /// Cut flat faces anew with as few triangles as their outlines allow.
    pub merge_coplanar: bool,
    /// Take vertices away as long as each stays within so many millimetres of the new surface.
    pub tolerance: Option<f64>,
    /// Take vertices away until so many triangles are left, or the tolerance is reached: without one, a fiftieth of the model's size.
    pub triangles: Option<usize>,
}

impl RemeshOptions {
    /// Whether anything is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Does what is asked for. Cost: O(n log n), some 4 µs a triangle for merging and 20 µs for collapsing.
///
/// # Errors
/// The work needs more memory than the job has, or the job is over.
pub fn remesh(mesh: &TriMesh, options: &RemeshOptions, budget: &Budget) -> Result<TriMesh, Exceeded> {
    let bytes = BYTES_PER_TRIANGLE * mesh.triangles.len() as u64;
    budget.reserve(bytes)?;
    let outcome = stages(mesh, options, budget);
    budget.release(bytes);
    outcome
}

/// Share of its size within which a mesh stays what it was where only a count is asked for.
const FARTHEST: f64 = 0.02;

/// Held at the height of the work: twins, fans, quadrics, queue, and the boxes of the last look.
const BYTES_PER_TRIANGLE: u64 = 420;

fn stages(mesh: &TriMesh, options: &RemeshOptions, budget: &Budget) -> Result<TriMesh, Exceeded> {
    // fewer triangles to collapse, and the same outcome where nothing else is asked for
    let mut outcome = merge::merged(mesh, budget)?;
    let size = mesh.bounding_box().size().length();
    let goal = collapse::Goal {
        tolerance: options.tolerance.unwrap_or(FARTHEST * size),
        triangles: options.triangles.unwrap_or(0),
        edges_give_way: options.tolerance.is_none(),
    };
    if options.tolerance.is_some() || options.triangles.is_some_and(|most| most < outcome.triangles.len()) {
        outcome = collapse::collapsed(&outcome, &goal, budget)?;
        outcome = merge::merged(&outcome, budget)?;
    }
    Ok(compact(&outcome))
}

/// Without the vertices that no triangle uses; the others keep their order.
fn compact(mesh: &TriMesh) -> TriMesh {
    let mut numbers = vec![u32::MAX; mesh.positions.len()];
    for vertex in mesh.triangles.iter().flatten() {
        numbers[*vertex as usize] = 0;
    }
    let mut positions = Vec::new();
    for (vertex, number) in numbers.iter_mut().enumerate().filter(|(_, number)| **number == 0) {
        *number = positions.len() as u32;
        positions.push(mesh.positions[vertex]);
    }
    TriMesh {
        positions,
        triangles: mesh.triangles.iter().map(|corners| corners.map(|vertex| numbers[vertex as usize])).collect(),
        face_of: mesh.face_of.clone(),
        faces: mesh.faces.clone(),
    }
}
