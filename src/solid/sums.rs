//! The corners of the sum of two convex figures without all sums of their corners: of those only some can stick out.
//!
//! A sum of two corners sticks out where some direction has both farthest along it. The directions of a corner are a cone; those of a solid's corners
//! tile the sphere, and an edge's are the arc between the normals of its faces. For each corner of one figure the tiles of the other that its cone touches
//! are found by walking from tile to tile over such arcs.
//!
//! **Sources** Fogel & Halperin, "Exact and efficient construction of Minkowski sums of convex polyhedra with applications" (2007): Gaussian maps.

use rustc_hash::FxHashMap;

use crate::budget::{Budget, Exceeded};
use crate::geom::Vec3;
use crate::solid::quickhull;

/// A convex solid by its corners, and what lies between neighbours.
#[derive(Debug)]
pub(super) struct Fan {
    corners: Vec<Vec3>,
    /// By corner.
    arcs: Vec<Vec<Arc>>,
}

/// An edge: the corner at its other end, and the normals of its two faces.
#[derive(Debug, Clone, Copy)]
struct Arc {
    to: u32,
    normals: [Vec3; 2],
}

impl Fan {
    /// The fan of the points' hull; `None` where that is flat, or has faces too narrow to have a normal.
    pub(super) fn of(points: &[Vec3], budget: &Budget) -> Result<Option<Self>, Exceeded> {
        let triangles = quickhull::hull(points, budget)?;
        let mut place: FxHashMap<u32, u32> = FxHashMap::default();
        let mut corners = Vec::new();
        let mut normal_at: FxHashMap<[u32; 2], Vec3> = FxHashMap::default();
        for triangle in &triangles {
            let [a, b, c] = triangle.map(|corner| points[corner as usize]);
            let (area, longest) = ((b - a).cross(c - a), a.distance(b).max(b.distance(c)).max(c.distance(a)));
            if area.length() < NARROW * longest * longest {
                return Ok(None);
            }
            let numbers = triangle.map(|corner| {
                *place.entry(corner).or_insert_with(|| {
                    corners.push(points[corner as usize]);
                    corners.len() as u32 - 1
                })
            });
            for side in 0..3 {
                normal_at.insert([numbers[side], numbers[(side + 1) % 3]], area.normalize());
            }
        }
        let mut sides: Vec<[u32; 2]> = normal_at.keys().copied().collect();
        sides.sort_unstable();
        let mut arcs = vec![Vec::new(); corners.len()];
        for [from, to] in sides {
            let Some(beyond) = normal_at.get(&[to, from]) else { return Ok(None) };
            arcs[from as usize].push(Arc { to, normals: [normal_at[&[from, to]], *beyond] });
        }
        Ok((!corners.is_empty()).then_some(Self { corners, arcs }))
    }

    /// The sums of corners that can stick out of the sum of the two.
    pub(super) fn sums(&self, other: &Self, budget: &Budget) -> Result<Vec<Vec3>, Exceeded> {
        let mut walk = Walk { fan: other, seen_for: vec![NOTHING; other.corners.len()], near: 0 };
        let mut sums = Vec::new();
        for (number, corner) in self.corners.iter().enumerate() {
            let arcs = &self.arcs[number];
            let slopes: Vec<Vec3> = arcs.iter().map(|arc| *corner - self.corners[arc.to as usize]).collect();
            walk.add_sums(*corner, &slopes, arcs[0].normals[0], number as u32, &mut sums, budget)?;
        }
        Ok(sums)
    }

    /// The same for a flat convex polygon, its corners in turn, with its normal.
    pub(super) fn sums_with_flat(
        &self,
        polygon: &[Vec3],
        normal: Vec3,
        budget: &Budget,
    ) -> Result<Vec<Vec3>, Exceeded> {
        let mut walk = Walk { fan: self, seen_for: vec![NOTHING; self.corners.len()], near: 0 };
        let mut sums = Vec::new();
        let count = polygon.len();
        for (number, corner) in polygon.iter().enumerate() {
            let slopes = [count - 1, 1].map(|step| *corner - polygon[(number + step) % count]);
            walk.add_sums(*corner, &slopes, normal, number as u32, &mut sums, budget)?;
        }
        Ok(sums)
    }
}

/// Walks over the tiles of a fan.
struct Walk<'a> {
    fan: &'a Fan,
    /// By tile, the number of the last cone that reached it.
    seen_for: Vec<u32>,
    /// A tile near the last cone.
    near: u32,
}

impl Walk<'_> {
    /// Adds the sums of a corner with those whose tiles its cone touches: all directions that go up each of `slopes`, among them `within`.
    fn add_sums(
        &mut self,
        corner: Vec3,
        slopes: &[Vec3],
        within: Vec3,
        number: u32,
        sums: &mut Vec<Vec3>,
        budget: &Budget,
    ) -> Result<(), Exceeded> {
        budget.check()?;
        self.near = self.farthest_along(within);
        self.seen_for[self.near as usize] = number;
        let mut waiting = vec![self.near];
        while let Some(tile) = waiting.pop() {
            sums.push(corner + self.fan.corners[tile as usize]);
            for arc in &self.fan.arcs[tile as usize] {
                if self.seen_for[arc.to as usize] != number && touches(arc.normals, slopes) {
                    self.seen_for[arc.to as usize] = number;
                    waiting.push(arc.to);
                }
            }
        }
        Ok(())
    }

    /// The corner farthest along a direction, from the nearest known on uphill.
    fn farthest_along(&self, direction: Vec3) -> u32 {
        let height = |corner: u32| direction.dot(self.fan.corners[corner as usize]);
        let mut best = self.near;
        loop {
            let higher =
                self.fan.arcs[best as usize].iter().map(|arc| arc.to).max_by(|a, b| height(*a).total_cmp(&height(*b)));
            match higher {
                Some(next) if height(next) > height(best) => best = next,
                _ => return best,
            }
        }
    }
}

/// Whether an arc has a direction that goes up all slopes, or nearly.
fn touches([from, to]: [Vec3; 2], slopes: &[Vec3]) -> bool {
    let (mut first, mut last) = (0.0_f64, 1.0_f64);
    for slope in slopes {
        let lenient = LENIENT * slope.length();
        let (start, end) = (from.dot(*slope) + lenient, to.dot(*slope) + lenient);
        match (start < 0.0, end < 0.0) {
            (true, true) => return false,
            (true, false) => first = first.max(start / (start - end)),
            (false, true) => last = last.min(start / (start - end)),
            (false, false) => {}
        }
    }
    first <= last + LENIENT
}

const NOTHING: u32 = u32::MAX;

/// Faces lower than this part of their longest side have no normal to rely on.
const NARROW: f64 = 1.0e-7;

/// Part of a slope that a direction may fall short of it: one sum too many does no harm.
const LENIENT: f64 = 1.0e-8;
