//! Edges of a triangulation turned until no triangle is upside down and none is thinner than it need be (Lawson 1977).

use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::budget::{Budget, Exceeded};
use crate::geom::Vec2;
use crate::region::predicate::side;

/// Improves triangles in place; edges that only one triangle has stay.
///
/// # Errors
/// The job was stopped.
pub(super) fn improve(points: &[Vec2], triangles: &mut [[u32; 3]], budget: &Budget) -> Result<(), Exceeded> {
    let owner = FxHashMap::with_capacity_and_hasher(3 * triangles.len(), FxBuildHasher);
    let mut mesh = Flips { points, triangles, owner };
    let mut queue: Vec<(u32, u32)> = Vec::new();
    for index in 0..mesh.triangles.len() {
        for edge in edges(mesh.triangles[index]) {
            mesh.owner.insert(key(edge.0, edge.1), index as u32);
            if edge.0 < edge.1 {
                queue.push(edge);
            }
        }
    }
    let mut left = FLIPS_PER_TRIANGLE * mesh.triangles.len();
    while let Some(edge) = queue.pop() {
        if left == 0 {
            break;
        }
        budget.check()?;
        if let Some(around) = mesh.flip(edge) {
            left -= 1;
            queue.extend(around);
        }
    }
    Ok(())
}

/// Lawson's flips end by themselves; rounding could make them go round.
const FLIPS_PER_TRIANGLE: usize = 16;
/// How much further inside a circle a point must lie than rounding could put it.
const MARGIN: f64 = 1.0e-9;

struct Flips<'a> {
    points: &'a [Vec2],
    triangles: &'a mut [[u32; 3]],
    owner: FxHashMap<u64, u32>,
}

impl Flips<'_> {
    /// Exchanges the diagonal of the two triangles at an edge where that is better; returns the edges around them.
    fn flip(&mut self, (a, b): (u32, u32)) -> Option<[(u32, u32); 4]> {
        let (first, second) = (*self.owner.get(&key(a, b))?, *self.owner.get(&key(b, a))?);
        let c = apex(self.triangles[first as usize], a, b)?;
        let d = apex(self.triangles[second as usize], b, a)?;
        // the other diagonal may be an edge elsewhere, where contours touch
        if first == second || c == d || !self.gains(a, b, c, d) || self.has_edge(c, d) {
            return None;
        }
        self.triangles[first as usize] = [c, a, d];
        self.triangles[second as usize] = [d, b, c];
        self.owner.remove(&key(a, b));
        self.owner.remove(&key(b, a));
        for index in [first, second] {
            for edge in edges(self.triangles[index as usize]) {
                self.owner.insert(key(edge.0, edge.1), index);
            }
        }
        Some([(a, d), (d, b), (b, c), (c, a)])
    }

    fn has_edge(&self, a: u32, b: u32) -> bool {
        self.owner.contains_key(&key(a, b)) || self.owner.contains_key(&key(b, a))
    }

    fn gains(&self, a: u32, b: u32, c: u32, d: u32) -> bool {
        let [p, q, r, s] = [a, b, c, d].map(|index| self.points[index as usize]);
        let before = side(p, q, r).min(side(q, p, s));
        let after = side(r, p, s).min(side(s, q, r));
        if before <= 0.0 || after <= 0.0 {
            return after > before;
        }
        let sharp = |at: Vec2| (p - at).dot(q - at) / ((p - at).length() * (q - at).length());
        // opposite angles of more than 180 degrees together: cosines that sum to less than nothing, and equal where on one circle
        let (x, y) = (sharp(r), sharp(s));
        x + y < -MARGIN
    }
}

/// A directed edge as one number.
fn key(from: u32, to: u32) -> u64 {
    u64::from(from) << 32 | u64::from(to)
}

fn edges([a, b, c]: [u32; 3]) -> [(u32, u32); 3] {
    [(a, b), (b, c), (c, a)]
}

/// The third corner of a triangle that has the directed edge.
fn apex(triangle: [u32; 3], from: u32, to: u32) -> Option<u32> {
    (0..3).find(|at| triangle[*at] == from && triangle[(at + 1) % 3] == to).map(|at| triangle[(at + 2) % 3])
}
