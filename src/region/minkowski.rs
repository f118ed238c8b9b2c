//! Minkowski sum of two regions.

use clipper2_rust::core::{FillRule, Path64, Paths64, Point64, is_positive};

use crate::budget::{Budget, Exceeded};
use crate::geom::Aabb2;
use crate::region::Region;
use crate::region::clip::{Grid, united};

impl Region {
    /// Every sum of a point of one and a point of the other. O(n·m) before the union.
    pub fn minkowski(&self, other: &Self, budget: &Budget) -> Result<Self, Exceeded> {
        if self.is_empty() || other.is_empty() {
            return Ok(Self::default());
        }
        let quads = self.point_count() as u64 * other.point_count() as u64;
        budget.check_triangles(quads)?;
        budget.reserve(quads * QUAD_BYTES)?;
        let (a, b) = (self.bounding_box(), other.bounding_box());
        let grid = Grid::for_box(Aabb2 { min: a.min + b.min, max: a.max + b.max }.union(a).union(b));
        let (p, q) = (grid.to_paths(self), grid.to_paths(other));
        let mut terms = Paths64::new();
        for outline in &q {
            for figure in &p {
                sweep_edges(figure, outline, &mut terms, budget)?;
            }
        }
        fill_insides(&p, &q, &mut terms);
        fill_insides(&q, &p, &mut terms);
        let sum = united(terms, FillRule::NonZero, budget)?;
        budget.release(quads * QUAD_BYTES);
        grid.to_region(&sum, budget)
    }
}

/// Four points, a path's header, and the sweep's own vertices, edges and sorting.
const QUAD_BYTES: u64 = 600;

/// The parallelograms that each edge of `figure` sweeps along each edge of `outline`.
fn sweep_edges(figure: &Path64, outline: &Path64, terms: &mut Paths64, budget: &Budget) -> Result<(), Exceeded> {
    for (at, from) in outline.iter().enumerate() {
        budget.check()?;
        let to = &outline[(at + 1) % outline.len()];
        for (edge, start) in figure.iter().enumerate() {
            let end = &figure[(edge + 1) % figure.len()];
            let mut quad = vec![add(from, start), add(to, start), add(to, end), add(from, end)];
            if !is_positive(&quad) {
                quad.reverse();
            }
            terms.push(quad);
        }
    }
    Ok(())
}

/// `figure` moved to one point of each outer contour of `places`: the middles that the swept edges leave open.
fn fill_insides(figure: &Paths64, places: &Paths64, terms: &mut Paths64) {
    for place in places.iter().filter(|path| is_positive(path)) {
        if let Some(to) = place.first() {
            terms.extend(figure.iter().map(|path| path.iter().map(|point| add(point, to)).collect::<Path64>()));
        }
    }
}

fn add(a: &Point64, b: &Point64) -> Point64 {
    Point64::new(a.x + b.x, a.y + b.y)
}
