//! How thick walls are, estimated: rays go inwards from places spread over the surface until they meet the other side.

use rayon::prelude::*;

use crate::budget::{Budget, Exceeded};
use crate::geom::{Aabb3, Bvh, Vec3};
use crate::mesh::TriMesh;

/// One wall measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wall {
    /// From one side to the other, mm.
    pub thickness: f64,
    /// Where on the surface.
    pub place: Vec3,
}

/// Places that are measured, spread evenly over the area.
const SAMPLES: usize = 4096;

/// What a ray meets counts as the other side where it looks at least this much the other way: an edge is no wall.
const FACING: f64 = 0.5;

/// Measures walls, thinnest first; a place that sees no other side has none. Cost: O(n log n) for the tree, then some microseconds a
/// place.
pub fn walls(mesh: &TriMesh, budget: &Budget) -> Result<Vec<Wall>, Exceeded> {
    let bytes = 160 * mesh.triangles.len() as u64;
    budget.reserve(bytes)?;
    let found = measured(mesh, budget);
    budget.release(bytes);
    found
}

fn measured(mesh: &TriMesh, budget: &Budget) -> Result<Vec<Wall>, Exceeded> {
    let boxes: Vec<Aabb3> = (0..mesh.triangles.len()).map(|triangle| Aabb3::of(mesh.corners(triangle))).collect();
    let tree = Bvh::of(&boxes);
    budget.check()?;
    let places = places(mesh);
    let found: Vec<Option<Wall>> = places
        .par_iter()
        .map(|(triangle, place)| {
            budget.check()?;
            let normal = normal(mesh, *triangle);
            let ray = Ray { mesh, tree: &tree, start: *place, direction: -normal, from: *triangle };
            Ok(ray.other_side().map(|thickness| Wall { thickness, place: *place }))
        })
        .collect::<Result<_, Exceeded>>()?;
    let mut walls: Vec<Wall> = found.into_iter().flatten().collect();
    walls.sort_by(|a, b| a.thickness.total_cmp(&b.thickness));
    Ok(walls)
}

/// Places at equal steps of area, in each triangle by the R2 sequence (Roberts 2018).
fn places(mesh: &TriMesh) -> Vec<(usize, Vec3)> {
    let areas: Vec<f64> = (0..mesh.triangles.len()).map(|triangle| twice_area(mesh, triangle).length()).collect();
    let step = areas.iter().sum::<f64>() / SAMPLES as f64;
    let mut places = Vec::with_capacity(SAMPLES);
    let mut passed = step / 2.0;
    for (triangle, area) in areas.into_iter().enumerate() {
        passed += area;
        while passed >= step && step > 0.0 {
            passed -= step;
            let count = places.len() as f64;
            let (mut u, mut v) =
                ((0.5 + count * 0.754_877_666_246_692_8) % 1.0, (0.5 + count * 0.569_840_290_998_053_2) % 1.0);
            if u + v > 1.0 {
                (u, v) = (1.0 - u, 1.0 - v);
            }
            let [a, b, c] = mesh.corners(triangle);
            places.push((triangle, a + (b - a) * u + (c - a) * v));
        }
    }
    places
}

fn twice_area(mesh: &TriMesh, triangle: usize) -> Vec3 {
    let [a, b, c] = mesh.corners(triangle);
    (b - a).cross(c - a)
}

fn normal(mesh: &TriMesh, triangle: usize) -> Vec3 {
    twice_area(mesh, triangle).normalize_or_zero()
}

/// A ray into the body.
struct Ray<'a> {
    mesh: &'a TriMesh,
    tree: &'a Bvh,
    start: Vec3,
    direction: Vec3,
    from: usize,
}

impl Ray<'_> {
    /// How far it goes to the next surface; none where that does not look the other way.
    fn other_side(&self) -> Option<f64> {
        let inverse = self.direction.recip();
        let nearest = std::cell::Cell::new((f64::INFINITY, usize::MAX));
        self.tree.visit(
            |bounds| self.meets_box(bounds, inverse, nearest.get().0),
            |triangle| {
                let hit = (triangle as usize != self.from).then(|| self.meets(triangle as usize)).flatten();
                if let Some(hit) = hit.filter(|hit| *hit < nearest.get().0) {
                    nearest.set((hit, triangle as usize));
                }
            },
        );
        let (thickness, triangle) = nearest.get();
        let faces = thickness.is_finite() && normal(self.mesh, triangle).dot(self.direction) > FACING;
        faces.then_some(thickness)
    }

    fn meets_box(&self, bounds: &Aabb3, inverse: Vec3, limit: f64) -> bool {
        let (low, high) = ((bounds.min - self.start) * inverse, (bounds.max - self.start) * inverse);
        let (enter, leave) = (low.min(high).max_element(), low.max(high).min_element());
        enter <= leave && leave >= 0.0 && enter <= limit
    }

    /// Möller and Trumbore's test, without a difference between the two sides.
    fn meets(&self, triangle: usize) -> Option<f64> {
        let [a, b, c] = self.mesh.corners(triangle);
        let (ab, ac) = (b - a, c - a);
        let across = self.direction.cross(ac);
        let determinant = ab.dot(across);
        if determinant == 0.0 {
            return None;
        }
        let offset = self.start - a;
        let u = offset.dot(across) / determinant;
        let up = offset.cross(ab);
        let v = self.direction.dot(up) / determinant;
        let along = ac.dot(up) / determinant;
        // a little outside counts: rays go through edges too
        (u >= -EDGE && v >= -EDGE && u + v <= 1.0 + EDGE && along > 0.0).then_some(along)
    }
}

const EDGE: f64 = 1.0e-9;
