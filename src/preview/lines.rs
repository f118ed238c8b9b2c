//! Which samples lie on a visible edge of the model or on its outline.

use std::ops::Range;

use rayon::prelude::*;

use crate::budget::{Budget, Exceeded};
use crate::mesh::TriMesh;
use crate::preview::camera::{Camera, SUBSAMPLES};
use crate::preview::raster::{BAND_ROWS, NOTHING, Raster};

/// Width of an edge in pixels.
const WIDTH: f64 = 0.85;

/// An edge may lie this share of the model's size behind the surface that it bounds and is still seen: half a line's width of a steep face.
const DEPTH_SLACK: f64 = 0.003;

/// What lies this share of the model's size further back has an outline before it.
const OUTLINE_STEP: f64 = 0.03;

/// The samples that lie on a line: one byte each, 1 on a line; empty where no lines are wanted.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    mask: Vec<u8>,
}

impl Lines {
    /// Draws edges, given as vertex indices, and the outline.
    pub fn of(
        mesh: &TriMesh,
        edges: &[[u32; 2]],
        raster: &Raster,
        camera: &Camera,
        budget: &Budget,
    ) -> Result<Self, Exceeded> {
        budget.check()?;
        let size = mesh.bounding_box().size().length();
        let samples_a_pixel = camera.samples_a_pixel;
        let half = WIDTH * f64::from(samples_a_pixel) / 2.0;
        let bins = bins(edges, raster, half);
        let mut mask = vec![0; raster.depth.len()];
        let band_samples = raster.width as usize * BAND_ROWS as usize;
        mask.par_chunks_mut(band_samples).zip(&bins).enumerate().try_for_each(|(index, (mask, bin))| {
            let mut band = Band { first_row: index as u32 * BAND_ROWS, mask, raster, camera };
            for (count, edge) in bin.iter().enumerate() {
                if count % 4096 == 0 {
                    budget.check()?;
                }
                band.line(edges[*edge as usize], half, DEPTH_SLACK * size);
            }
            band.outline(OUTLINE_STEP * size, samples_a_pixel.div_ceil(2));
            Ok(())
        })?;
        Ok(Self { mask })
    }

    /// Whether any of some samples lies on a line.
    pub fn covers_any(&self, samples: Range<usize>) -> bool {
        self.mask.get(samples).is_some_and(|masks| masks.iter().any(|mask| *mask != 0))
    }

    /// Whether a sample lies on a line.
    pub fn covers(&self, sample: usize) -> bool {
        self.mask.get(sample).is_some_and(|mask| *mask != 0)
    }
}

/// The edges that touch each band.
fn bins(edges: &[[u32; 2]], raster: &Raster, half: f64) -> Vec<Vec<u32>> {
    let mut bins = vec![Vec::new(); raster.height.div_ceil(BAND_ROWS) as usize];
    let last_bin = bins.len() as i64 - 1;
    let band = |row: f64| ((row / f64::from(BAND_ROWS)).floor() as i64).clamp(0, last_bin) as usize;
    for (index, edge) in edges.iter().enumerate() {
        let rows = edge.map(|vertex| f64::from(raster.spots[vertex as usize].y) / SUBSAMPLES);
        let reach = 2.0 * half + 1.0;
        for bin in &mut bins[band(rows[0].min(rows[1]) - reach)..=band(rows[0].max(rows[1]) + reach)] {
            bin.push(index as u32);
        }
    }
    bins
}

/// Some rows of the picture.
struct Band<'a> {
    first_row: u32,
    mask: &'a mut [u8],
    raster: &'a Raster,
    camera: &'a Camera,
}

impl Band<'_> {
    /// Walks along the axis on which the line is longer, and marks the samples across.
    fn line(&mut self, edge: [u32; 2], half: f64, slack: f64) {
        let [a, b] = edge.map(|vertex| {
            let spot = self.raster.spots[vertex as usize];
            (f64::from(spot.x) / SUBSAMPLES, f64::from(spot.y) / SUBSAMPLES, f64::from(spot.z))
        });
        let (dx, dy, dz) = (b.0 - a.0, b.1 - a.1, b.2 - a.2);
        let flat = dx.abs() >= dy.abs();
        let (along, across, start, side) = if flat { (dx, dy, a.0, a.1) } else { (dy, dx, a.1, a.0) };
        if along == 0.0 || dz.is_nan() {
            return;
        }
        let slope = across / along;
        let reach = half * (1.0 + slope * slope).sqrt();
        let (low, high) = if along > 0.0 { (start, start + along) } else { (start + along, start) };
        let (low, high) = self.walk(flat, low - half * 0.5, high + half * 0.5, (start, side, slope, reach));
        for step in low..high {
            let offset = f64::from(step) + 0.5 - start;
            let middle = side + slope * offset;
            let depth = a.2 + dz * (offset / along).clamp(0.0, 1.0);
            let depth = depth - slack * self.camera.depth_step(depth);
            let (from, to) = ((middle - reach).round() as i32, (middle + reach).round() as i32);
            for other in from..to {
                let (column, row) = if flat { (step, other) } else { (other, step) };
                self.mark(column, row, depth as f32);
            }
        }
    }

    /// The steps of a line that can touch this band.
    fn walk(&self, flat: bool, low: f64, high: f64, (start, side, slope, reach): (f64, f64, f64, f64)) -> (i32, i32) {
        let (first, end) = (f64::from(self.first_row), f64::from(self.first_row) + self.rows() as f64);
        let (mut low, mut high) = (low, high);
        if !flat {
            (low, high) = (low.max(first - 1.0), high.min(end + 1.0));
        } else if slope.abs() > 1.0e-9 {
            let ends = [first - reach - 1.0, end + reach + 1.0].map(|row| start + (row - side) / slope);
            (low, high) = (low.max(ends[0].min(ends[1])), high.min(ends[0].max(ends[1])));
        }
        let limit = if flat { self.raster.width } else { self.raster.height };
        (low.floor().max(0.0) as i32, high.ceil().min(f64::from(limit)) as i32)
    }

    fn mark(&mut self, column: i32, row: i32, depth: f32) {
        let row = row - self.first_row as i32;
        if column < 0 || row < 0 || column >= self.raster.width as i32 || row >= self.rows() as i32 {
            return;
        }
        let sample = row as usize * self.raster.width as usize + column as usize;
        let seen = self.raster.depth[sample + self.first_sample()];
        if seen.is_finite() && depth <= seen {
            self.mask[sample] = 1;
        }
    }

    /// Marks the samples beside which something much further back, or nothing, is seen.
    fn outline(&mut self, step: f64, reach: u32) {
        let width = self.raster.width as usize;
        let total = self.raster.depth.len();
        let away = reach as usize * width;
        for sample in 0..self.mask.len() {
            let here = sample + self.first_sample();
            let triangle = self.raster.triangle[here];
            if triangle == NOTHING || self.is_inside(triangle, here, reach as usize, away) {
                continue;
            }
            let depth = self.raster.depth[here];
            let limit = depth + (step * self.camera.depth_step(f64::from(depth))) as f32;
            let column = here % width;
            let behind = |index: usize| self.raster.depth[index] > limit;
            let found = (1..=reach as usize).any(|away| {
                (column >= away && behind(here - away))
                    || (column + away < width && behind(here + away))
                    || (here >= away * width && behind(here - away * width))
                    || (here + away * width < total && behind(here + away * width))
            });
            if found {
                self.mask[sample] = 1;
            }
        }
    }

    /// Whether the samples so far to each side see the same triangle, and so do all between: triangles have no dents.
    fn is_inside(&self, triangle: u32, here: usize, across: usize, down: usize) -> bool {
        let triangles = &self.raster.triangle;
        let same = |index: usize| triangles.get(index) == Some(&triangle);
        here >= down && same(here + across) && same(here - across) && same(here + down) && same(here - down)
    }

    fn rows(&self) -> usize {
        self.mask.len() / self.raster.width as usize
    }

    fn first_sample(&self) -> usize {
        self.first_row as usize * self.raster.width as usize
    }
}
