//! Drafts taken into the kernel: put in order along a space-filling curve first, then linked by integers alone.
//!
//! The kernel's own way in sorts edges, cleans up, walks round every vertex several times and sorts again at the end. What we make is
//! closed by its indices and clean but for rare cases; those are recognised here and left to the kernel.

use manifold_rust::collider::Collider;
use manifold_rust::impl_mesh::{ManifoldImpl, next_halfedge};
use manifold_rust::sort::morton_code;
use manifold_rust::types::{Halfedge, Relation, TriRef};
use rayon::prelude::*;

use crate::budget::{Budget, Exceeded};
use crate::solid::draft::Draft;
use crate::solid::facing::set_facing;
use crate::solid::kernel::to_kernel;
use crate::solid::order::{boxes, order_of, places_of};

/// The kernel's mesh of a draft, its faces from source 0; `None` where the draft is not a clean two-manifold by its indices.
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
    let (triangles, codes) = sorted(draft, &mut mesh);
    budget.check()?;
    let Some(halfedges) = linked(&triangles, mesh.vert_pos.len()) else { return Ok(None) };
    mesh.halfedge = halfedges;
    budget.check()?;
    if !is_clean(&mesh) || !has_one_fan_each(&mesh) {
        return Ok(None);
    }
    budget.check()?;
    relate(draft, &triangles, &mut mesh);
    set_facing(&mut mesh, budget)?;
    mesh.collider = Collider::new(boxes(&mesh), codes);
    Ok(Some(mesh))
}

/// Three half-edges of a triangle must be numbered in 31 bits.
const INDEX_MAX: usize = i32::MAX as usize / 3;

/// A triangle of the mesh and its number in the draft.
struct Triangle {
    corners: [u32; 3],
    born: u32,
}

/// Puts the vertices in order, and returns the triangles in theirs, with their codes.
fn sorted(draft: &Draft, mesh: &mut ManifoldImpl) -> (Vec<Triangle>, Vec<u32>) {
    let bounds = mesh.bbox;
    let codes: Vec<u32> = mesh.vert_pos.iter().map(|point| morton_code(*point, &bounds)).collect();
    let order = order_of(&codes);
    let place = places_of(&order);
    let born = std::mem::take(&mut mesh.vert_pos);
    mesh.vert_pos = order.iter().map(|vertex| born[*vertex as usize]).collect();
    let center = |corners: &[u32; 3]| {
        let [a, b, c] = corners.map(|corner| born[corner as usize]);
        // as the kernel does it, so that the order is the same to the bit
        morton_code((a + b + c) / 3.0, &bounds)
    };
    let codes: Vec<u32> = draft.triangles.par_iter().map(center).collect();
    let triangle = |born: u32| {
        let corners = draft.triangles[born as usize].map(|corner| place[corner as usize]);
        Triangle { corners, born }
    };
    let order = order_of(&codes);
    let codes = order.iter().map(|born| codes[*born as usize]).collect();
    (order.into_iter().map(triangle).collect(), codes)
}

/// The half-edges, each with its twin; `None` where one has no twin or more than one.
fn linked(triangles: &[Triangle], vertex_count: usize) -> Option<Vec<Halfedge>> {
    let mut halfedges = Vec::with_capacity(3 * triangles.len());
    let mut first = vec![0_u32; vertex_count + 1];
    for triangle in triangles {
        let [a, b, c] = triangle.corners;
        for (from, to) in [(a, b), (b, c), (c, a)] {
            if from == to {
                return None;
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
    for at in 0..vertex_count {
        let bucket = &mut around[first[at] as usize..first[at + 1] as usize];
        bucket.sort_unstable();
        for pair in bucket.chunks(2) {
            let [(far, one), (other_far, other)] = *pair else { return None };
            let (one, other) = (one as usize, other as usize);
            if far != other_far || halfedges[one].start_vert != halfedges[other].end_vert {
                return None;
            }
            halfedges[one].paired_halfedge = other as i32;
            halfedges[other].paired_halfedge = one as i32;
        }
        if bucket.windows(3).step_by(2).any(|three| three[0].0 == three[2].0) {
            return None;
        }
    }
    Some(halfedges)
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

fn relate(draft: &Draft, triangles: &[Triangle], mesh: &mut ManifoldImpl) {
    let reference = |triangle: &Triangle| TriRef {
        mesh_id: INSTANCE,
        original_id: 0,
        face_id: draft.surface_of.get(triangle.born as usize).map_or(-1, |surface| *surface as i32),
        coplanar_id: -1,
    };
    mesh.mesh_relation.tri_ref = triangles.iter().map(reference).collect();
    mesh.mesh_relation.mesh_id_transform.insert(INSTANCE, Relation::default());
    mesh.mesh_relation.original_id = -1;
}

/// The number of the only instance of a mesh.
const INSTANCE: i32 = 1;
