//! Drafts taken into the kernel: linked by integers alone.
//!
//! The kernel's own way in sorts edges, cleans up, walks round every vertex several times and sorts again at the end, and cannot be stopped.
//! What we make is closed by its indices and clean but for rare cases; those, and foreign meshes, are recognised here and cleaned up.

use manifold_rust::impl_mesh::{ManifoldImpl, next_halfedge};
use manifold_rust::types::{Halfedge, Relation, TriRef};
use rayon::prelude::*;

use crate::budget::{Budget, Exceeded};
use crate::solid::compact::compacted;
use crate::solid::draft::Draft;
use crate::solid::facing::set_facing;
use crate::solid::kernel::to_kernel;
use crate::solid::mend;

/// The kernel's mesh of a draft, its faces from source 0; `None` where the draft is not closed by its indices.
///
/// # Errors
/// The job was stopped.
pub(super) fn take_in(draft: &Draft, budget: &Budget) -> Result<Option<ManifoldImpl>, Exceeded> {
    let sound = draft.positions.iter().all(|point| point.is_finite())
        && draft.triangles.len() < INDEX_MAX
        && draft.triangles.iter().flatten().all(|corner| (*corner as usize) < draft.positions.len());
    if !sound {
        return Ok(None);
    }
    let mut mesh = ManifoldImpl::new();
    mesh.vert_pos = draft.positions.iter().map(|point| to_kernel(*point)).collect();
    mesh.calculate_bbox();
    mesh.set_epsilon(0.0, false);
    budget.check()?;
    let Some(links) = linked(&draft.triangles, mesh.vert_pos.len(), budget)? else { return Ok(None) };
    mesh.halfedge = links.halfedges;
    budget.check()?;
    relate(draft, &mut mesh);
    if links.are_crowded || !is_clean(&mesh) || !has_one_fan_each(&mesh) {
        return Ok(Some(cleaned_up(mesh, budget)?));
    }
    budget.check()?;
    set_facing(&mut mesh, budget)?;
    Ok(Some(mesh))
}

fn cleaned_up(mut mesh: ManifoldImpl, budget: &Budget) -> Result<ManifoldImpl, Exceeded> {
    let is_stopped = || budget.check().is_err();
    mend::part(&mut mesh, &is_stopped);
    budget.check()?;
    set_facing(&mut mesh, budget)?;
    mend::smooth_out(&mut mesh, &is_stopped);
    budget.check()?;
    Ok(compacted(mesh))
}

/// Three half-edges of a triangle must be numbered in 31 bits.
const INDEX_MAX: usize = i32::MAX as usize / 3;

/// The half-edges, each with its twin.
struct Links {
    halfedges: Vec<Halfedge>,
    /// Whether some edge has more than two triangles.
    are_crowded: bool,
}

/// Links triangles by their edges; `None` where one has no twin, or a triangle a corner twice.
fn linked(triangles: &[[u32; 3]], vertex_count: usize, budget: &Budget) -> Result<Option<Links>, Exceeded> {
    let mut halfedges = Vec::with_capacity(3 * triangles.len());
    let mut first = vec![0_u32; vertex_count + 1];
    for [a, b, c] in triangles.iter().copied() {
        for (from, to) in [(a, b), (b, c), (c, a)] {
            if from == to {
                return Ok(None);
            }
            first[from.min(to) as usize + 1] += 1;
            halfedges.push(Halfedge {
                start_vert: from as i32,
                end_vert: to as i32,
                paired_halfedge: -1,
                prop_vert: from as i32,
            });
        }
    }
    for at in 1..first.len() {
        first[at] += first[at - 1];
    }
    // the half-edges of each vertex to later ones and back
    let mut around = vec![(0_u32, 0_u32); halfedges.len()];
    let mut next = first.clone();
    for (index, edge) in halfedges.iter().enumerate() {
        let low = edge.start_vert.min(edge.end_vert) as usize;
        around[next[low] as usize] = (edge.start_vert.max(edge.end_vert) as u32, index as u32);
        next[low] += 1;
    }
    let mut are_crowded = false;
    for at in 0..vertex_count {
        if at % VERTICES_PER_CHECK == 0 {
            budget.check()?;
        }
        let bucket = &mut around[first[at] as usize..first[at + 1] as usize];
        bucket.sort_unstable();
        for edges in bucket.chunk_by(|one, other| one.0 == other.0) {
            are_crowded |= edges.len() > 2;
            if !pair_up(edges, at as i32, &mut halfedges) {
                return Ok(None);
            }
        }
    }
    Ok(Some(Links { halfedges, are_crowded }))
}

const VERTICES_PER_CHECK: usize = 4096;

/// Pairs the half-edges from a vertex to another with those back, in order; whether there are as many of each.
fn pair_up(edges: &[(u32, u32)], low: i32, halfedges: &mut [Halfedge]) -> bool {
    let goes_up = |edge: &&(u32, u32)| halfedges[edge.1 as usize].start_vert == low;
    if let [one, other] = edges {
        return goes_up(&one) != goes_up(&other) && link(one.1, other.1, halfedges);
    }
    let (up, down) = edges.iter().partition::<Vec<&(u32, u32)>, _>(goes_up);
    up.len() == down.len() && up.iter().zip(down).all(|(one, other)| link(one.1, other.1, halfedges))
}

fn link(one: u32, other: u32, halfedges: &mut [Halfedge]) -> bool {
    halfedges[one as usize].paired_halfedge = other as i32;
    halfedges[other as usize].paired_halfedge = one as i32;
    true
}

/// Whether every triangle is well above the kernel's tolerance.
fn is_clean(mesh: &ManifoldImpl) -> bool {
    let least = CLEAN * mesh.tolerance;
    mesh.halfedge.par_chunks(3).all(|edges| {
        let point = |at: usize| {
            let point = mesh.vert_pos[edges[at].start_vert as usize];
            crate::geom::Vec3::new(point.x, point.y, point.z)
        };
        let [a, b, c] = [point(0), point(1), point(2)];
        let longest = a.distance_squared(b).max(b.distance_squared(c)).max(c.distance_squared(a)).sqrt();
        (b - a).cross(c - a).length() > least * longest
    })
}

/// Height of a triangle in tolerances; the kernel looks along an axis, which shortens it at most by the root of three.
const CLEAN: f64 = 4.0;

/// Whether the triangles at each vertex make one fan, and every vertex has one.
fn has_one_fan_each(mesh: &ManifoldImpl) -> bool {
    let mut seen = vec![false; mesh.halfedge.len()];
    let mut fans = 0;
    for start in 0..seen.len() {
        if seen[start] {
            continue;
        }
        fans += 1;
        let mut edge = start;
        while !std::mem::replace(&mut seen[edge], true) {
            edge = next_halfedge(mesh.halfedge[edge].paired_halfedge) as usize;
        }
    }
    // fans are of different vertices or there are more than vertices; a vertex without one makes up for no second fan
    fans == mesh.vert_pos.len() && {
        let mut used = vec![false; mesh.vert_pos.len()];
        mesh.halfedge.iter().for_each(|edge| used[edge.start_vert as usize] = true);
        used.into_iter().all(|used| used)
    }
}

fn relate(draft: &Draft, mesh: &mut ManifoldImpl) {
    let reference = |triangle: usize| TriRef {
        mesh_id: INSTANCE,
        original_id: 0,
        face_id: draft.surface_of.get(triangle).map_or(-1, |surface| *surface as i32),
        coplanar_id: -1,
    };
    mesh.mesh_relation.tri_ref = (0..draft.triangles.len()).map(reference).collect();
    mesh.mesh_relation.mesh_id_transform.insert(INSTANCE, Relation::default());
    mesh.mesh_relation.original_id = -1;
}

/// The number of the only instance of a mesh.
const INSTANCE: i32 = 1;
