//! Where a mesh crosses itself.

use rayon::prelude::*;

use crate::budget::{Budget, Exceeded};
use crate::geom::{Aabb3, Bvh, Vec3};
use crate::mesh::TriMesh;

/// Where triangles cross, in order; of pairs only those with one that `changed` says yes to are looked at. Cost: O(n log n) where few are
/// near each other.
pub fn crossings(mesh: &TriMesh, changed: &[bool], budget: &Budget) -> Result<Vec<Vec3>, Exceeded> {
    let boxes: Vec<Aabb3> = (0..mesh.triangles.len()).map(|triangle| Aabb3::of(mesh.corners(triangle))).collect();
    let tree = Bvh::of(&boxes);
    budget.check()?;
    let look = |(triangle, bounds): (usize, &Aabb3)| {
        let mut found = Vec::new();
        if !changed[triangle] {
            return Ok(found);
        }
        if triangle % 256 == 0 {
            budget.check()?;
        }
        tree.visit(
            |other| other.touches(*bounds),
            |other| {
                let other = other as usize;
                if other != triangle && boxes[other].touches(*bounds) {
                    found.extend(pierced(mesh, triangle, other).or_else(|| pierced(mesh, other, triangle)));
                }
            },
        );
        Ok(found)
    };
    let found: Vec<Vec<Vec3>> = boxes.par_iter().enumerate().map(look).collect::<Result<_, Exceeded>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// Where an edge of one goes through the inside of the other. Triangles that only touch do not cross.
fn pierced(mesh: &TriMesh, edges_of: usize, through: usize) -> Option<Vec3> {
    let face = mesh.corners(through);
    let corners = mesh.triangles[edges_of];
    (0..3).find_map(|at| {
        let edge = [corners[at], corners[(at + 1) % 3]];
        // an edge that hangs at the face touches it there and cannot go through
        let hangs = edge.iter().any(|vertex| mesh.triangles[through].contains(vertex));
        let ends = edge.map(|vertex| mesh.positions[vertex as usize]);
        (!hangs && goes_through(ends, face)).then(|| meeting(ends, face))
    })
}

/// Where a line meets a plane that it goes through.
fn meeting([from, to]: [Vec3; 2], [a, b, c]: [Vec3; 3]) -> Vec3 {
    let normal = (b - a).cross(c - a);
    let (before, after) = (normal.dot(from - a), normal.dot(to - a));
    from + (to - from) * (before / (before - after)).clamp(0.0, 1.0)
}

fn goes_through([from, to]: [Vec3; 2], [a, b, c]: [Vec3; 3]) -> bool {
    let sides = [side(a, b, c, from), side(a, b, c, to)];
    if sides[0] * sides[1] >= 0.0 {
        return false;
    }
    let turns = [side(from, to, a, b), side(from, to, b, c), side(from, to, c, a)];
    turns.iter().all(|turn| *turn > 0.0) || turns.iter().all(|turn| *turn < 0.0)
}

/// On which side of a plane a point lies: 1, -1, or 0 where rounding leaves that open.
fn side(a: Vec3, b: Vec3, c: Vec3, point: Vec3) -> f64 {
    let (u, v, w) = (a - point, b - point, c - point);
    let volume = u.dot(v.cross(w));
    let size = u.abs().dot(cross_sum(v.abs(), w.abs()));
    if volume.abs() <= 1.0e-14 * size { 0.0 } else { volume.signum() }
}

/// The sums of what a cross product takes differences of: how large its rounding errors can be.
fn cross_sum(one: Vec3, other: Vec3) -> Vec3 {
    Vec3::new(one.y * other.z + one.z * other.y, one.z * other.x + one.x * other.z, one.x * other.y + one.y * other.x)
}
