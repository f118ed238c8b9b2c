//! A grid over the picture plane: which triangles lie over a place, nearest first.

use rayon::prelude::*;

use crate::drawing::edge::Model;
use crate::drawing::raster::Raster;
use crate::geom::{Aabb2, Vec2, Vec3};

/// A triangle that can hide, in picture coordinates.
#[derive(Debug, Clone, Copy)]
pub struct Occluder {
    /// Corners, counter-clockwise in the picture.
    pub corners: [Vec2; 3],
    /// Unit directions of the sides from each corner to the next.
    pub along: [Vec2; 3],
    /// Height of the plane over the first corner.
    pub height: f64,
    /// How the height grows in the plane.
    pub gradient: Vec2,
    /// Largest height of the corners.
    pub highest: f64,
    /// Index of the model's triangle.
    pub index: u32,
}

/// The grid.
#[derive(Debug)]
pub struct Grid {
    occluders: Vec<Occluder>,
    raster: Raster,
    starts: Vec<u32>,
    items: Vec<u32>,
}

/// Cells of a triangle on average, at most.
const CELLS_EACH: f64 = 48.0;
/// Entries that are never too many.
const ROOM_LEAST: f64 = 2.0e6;

/// How many entries a grid of a step has at most.
fn entries(occluders: &[Occluder], step: f64) -> f64 {
    let cells = |occluder: &Occluder| {
        let size = Aabb2::of(occluder.corners).size() / step;
        (size.x + 2.0) * (size.y + 2.0)
    };
    occluders.iter().map(cells).sum()
}

impl Grid {
    /// Sorts the triangles that can hide by height and into cells: O(n log n).
    pub fn build(model: &Model, points: &[Vec3], facing: &[i8], tolerance: f64) -> Self {
        let height = |triangle: usize| {
            let [a, b, c] = model.triangles[triangle].map(|vertex| points[vertex as usize].z);
            (a.max(b).max(c), triangle)
        };
        let mut order: Vec<(f64, usize)> = (0..model.triangles.len())
            .into_par_iter()
            // of a closed solid the back faces never hide what front faces leave
            .filter(|triangle| facing[*triangle] > 0 || (!model.closed && facing[*triangle] < 0))
            .map(height)
            .collect();
        order.par_sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let occluders: Vec<Occluder> = order
            .into_par_iter()
            .filter_map(|(_, triangle)| Occluder::new(model, points, triangle, tolerance))
            .collect();
        let area = Aabb2::of(points.iter().map(|point| point.truncate()));
        let size = area.size() + Vec2::splat(tolerance * 8.0);
        let wanted = (occluders.len() as f64).clamp(16.0, 1.0e6);
        let mut step = (size.x * size.y / wanted).sqrt().max(size.max_element() / 2000.0);
        // many large triangles in many cells would take all memory: coarser cells then
        let room = (occluders.len() as f64 * CELLS_EACH).max(ROOM_LEAST);
        while step < size.max_element() && entries(&occluders, step) > room {
            step *= 2.0;
        }
        let raster = Raster::new(area.min - Vec2::splat(tolerance * 4.0), size, step);
        let mut grid = Self { occluders, raster, starts: Vec::new(), items: Vec::new() };
        grid.fill(tolerance);
        grid
    }

    /// How many triangles can hide.
    pub fn occluder_count(&self) -> usize {
        self.occluders.len()
    }

    /// A triangle by the number that cells hold.
    pub fn occluder(&self, number: u32) -> &Occluder {
        &self.occluders[number as usize]
    }

    /// The triangles over a cell, highest first.
    pub fn cell(&self, cell: usize) -> &[u32] {
        &self.items[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }

    /// Visits the cells along a line, as [`Raster::walk`] does.
    #[inline]
    pub fn walk(&self, from: Vec2, to: Vec2, visit: impl FnMut(usize, f64, f64)) {
        self.raster.walk(from, to, visit);
    }

    fn fill(&mut self, tolerance: f64) {
        let mut counts = vec![0_u32; self.raster.cell_count() + 1];
        for occluder in &self.occluders {
            self.for_cells(occluder, tolerance, |cell| counts[cell + 1] += 1);
        }
        for cell in 1..counts.len() {
            counts[cell] += counts[cell - 1];
        }
        self.starts = counts.clone();
        let mut items = vec![0_u32; counts[counts.len() - 1] as usize];
        for (number, occluder) in self.occluders.iter().enumerate() {
            self.for_cells(occluder, tolerance, |cell| {
                items[counts[cell] as usize] = number as u32;
                counts[cell] += 1;
            });
        }
        self.items = items;
    }

    /// The cells that a triangle touches.
    fn for_cells(&self, occluder: &Occluder, tolerance: f64, mut visit: impl FnMut(usize)) {
        let area = Aabb2::of(occluder.corners);
        let raster = &self.raster;
        let ([first_column, first_row], [last_column, last_row]) =
            (raster.column_and_row(area.min - tolerance), raster.column_and_row(area.max + tolerance));
        let is_large = last_column - first_column > 1 && last_row - first_row > 1;
        for row in first_row..=last_row {
            for column in first_column..=last_column {
                let middle = raster.middle(column, row);
                if !is_large || occluder.touches_square(middle, raster.step * 0.5 + tolerance) {
                    visit(raster.cell(column, row));
                }
            }
        }
    }
}

impl Occluder {
    fn new(model: &Model, points: &[Vec3], triangle: usize, tolerance: f64) -> Option<Self> {
        let mut corners = model.triangles[triangle].map(|vertex| points[vertex as usize]);
        let mut twice_area = cross(corners);
        if twice_area < 0.0 {
            corners.swap(1, 2);
            twice_area = -twice_area;
        }
        let flat = corners.map(Vec3::truncate);
        let sides = [flat[1] - flat[0], flat[2] - flat[1], flat[0] - flat[2]];
        let longest = sides.iter().map(|side| side.length()).fold(0.0, f64::max);
        // thinner than the tolerance: as good as edge-on
        if twice_area <= tolerance * longest {
            return None;
        }
        let rise = [corners[1].z - corners[0].z, corners[2].z - corners[0].z];
        let (one, two) = (sides[0], -sides[2]);
        let gradient =
            Vec2::new(rise[0] * two.y - rise[1] * one.y, rise[1] * one.x - rise[0] * two.x) / one.perp_dot(two);
        Some(Self {
            corners: flat,
            along: sides.map(|side| side.normalize_or_zero()),
            height: corners[0].z,
            gradient,
            highest: corners[0].z.max(corners[1].z).max(corners[2].z),
            index: triangle as u32,
        })
    }

    /// Whether a square may share a point with the triangle; never wrongly no.
    fn touches_square(&self, middle: Vec2, half: f64) -> bool {
        (0..3).all(|corner| {
            let along = self.along[corner];
            let reach = half * (along.x.abs() + along.y.abs());
            along.perp_dot(middle - self.corners[corner]) >= -reach
        })
    }
}

fn cross([a, b, c]: [Vec3; 3]) -> f64 {
    (b - a).truncate().perp_dot((c - a).truncate())
}
