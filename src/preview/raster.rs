//! Which triangle each sample of the picture sees, and how deep it lies.

use rayon::prelude::*;

use crate::budget::{Budget, Exceeded};
use crate::mesh::TriMesh;
use crate::preview::camera::{Camera, SUBSAMPLES, Spot};

/// No triangle: the sample sees the background.
pub const NOTHING: u32 = u32::MAX;

/// Rows of samples that are computed together.
pub const BAND_ROWS: u32 = 48;

/// Transparent triangles kept for one band, for each of its samples on average; what comes after is left out.
const LAYERS_MAX: usize = 12;

/// What each sample sees.
#[derive(Debug, Clone)]
pub struct Raster {
    /// Samples in a row.
    pub width: u32,
    /// Rows of samples.
    pub height: u32,
    /// Depth of the nearest opaque triangle; infinite where there is none.
    pub depth: Vec<f32>,
    /// That triangle, or [`NOTHING`].
    pub triangle: Vec<u32>,
    /// Transparent triangles before it: for each band in order of sample, then from far to near.
    pub clear: Vec<Vec<Fragment>>,
    /// The vertices in the picture.
    pub spots: Vec<Spot>,
}

/// One transparent triangle at one sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fragment {
    /// Index of the sample in the whole picture.
    pub sample: u32,
    /// Its depth.
    pub depth: f32,
    /// The triangle.
    pub triangle: u32,
}

impl Raster {
    /// Draws a mesh; `clear` says which triangles let light through, and is empty where none does.
    pub fn of(mesh: &TriMesh, camera: &Camera, clear: &[bool], budget: &Budget) -> Result<Self, Exceeded> {
        budget.check()?;
        let spots: Vec<Spot> = mesh.positions.par_iter().map(|position| camera.spot(*position)).collect();
        let bins = bins(mesh, &spots, camera.height);
        let (width, height) = (camera.width, camera.height);
        let samples = width as usize * height as usize;
        let (mut depth, mut triangle) = (vec![f32::INFINITY; samples], vec![NOTHING; samples]);
        let band_samples = width as usize * BAND_ROWS as usize;
        let bands = depth.par_chunks_mut(band_samples).zip(triangle.par_chunks_mut(band_samples)).zip(&bins);
        let clear = bands
            .enumerate()
            .map(|(index, ((depth, triangle), bin))| {
                budget.check()?;
                let mut band = Band { first_row: index as u32 * BAND_ROWS, width, depth, triangle };
                let see_through = |triangle: u32| clear.get(triangle as usize).copied().unwrap_or(false);
                for (count, triangle) in bin.iter().filter(|triangle| !see_through(**triangle)).enumerate() {
                    if count % 16_384 == 0 {
                        budget.check()?;
                    }
                    band.draw(mesh, &spots, *triangle);
                }
                Ok(band.fragments(mesh, &spots, bin.iter().copied().filter(|triangle| see_through(*triangle))))
            })
            .collect::<Result<Vec<_>, Exceeded>>()?;
        Ok(Self { width, height, depth, triangle, clear, spots })
    }
}

/// The triangles that touch each band, in mesh order.
fn bins(mesh: &TriMesh, spots: &[Spot], height: u32) -> Vec<Vec<u32>> {
    let mut bins = vec![Vec::new(); height.div_ceil(BAND_ROWS) as usize];
    let band = (BAND_ROWS as i32) * SUBSAMPLES as i32;
    for (triangle, corners) in mesh.triangles.iter().enumerate() {
        let rows = corners.map(|vertex| spots[vertex as usize].y);
        let (low, high) = (rows[0].min(rows[1]).min(rows[2]), rows[0].max(rows[1]).max(rows[2]));
        let last = ((high / band).max(0) as usize).min(bins.len() - 1);
        for bin in &mut bins[(low / band).clamp(0, last as i32) as usize..=last] {
            bin.push(triangle as u32);
        }
    }
    bins
}

/// Some rows of the picture.
struct Band<'a> {
    first_row: u32,
    width: u32,
    depth: &'a mut [f32],
    triangle: &'a mut [u32],
}

impl Band<'_> {
    fn draw(&mut self, mesh: &TriMesh, spots: &[Spot], triangle: u32) {
        let corners = mesh.triangles[triangle as usize].map(|vertex| spots[vertex as usize]);
        let Some(cover) = Cover::of(corners, self.first_row, self.rows(), self.width) else { return };
        for row in cover.rows.0..cover.rows.1 {
            let start = (row - self.first_row) as usize * self.width as usize;
            let (from, to) = cover.span(row);
            for column in from..to {
                let depth = cover.depth(column, row);
                let sample = start + column as usize;
                if depth < self.depth[sample] {
                    self.depth[sample] = depth;
                    self.triangle[sample] = triangle;
                }
            }
        }
    }

    fn rows(&self) -> u32 {
        (self.depth.len() / self.width as usize) as u32
    }

    /// The transparent triangles before the opaque ones.
    fn fragments(&self, mesh: &TriMesh, spots: &[Spot], triangles: impl Iterator<Item = u32>) -> Vec<Fragment> {
        let mut fragments = Vec::new();
        let first_sample = self.first_row * self.width;
        for triangle in triangles {
            let corners = mesh.triangles[triangle as usize].map(|vertex| spots[vertex as usize]);
            let Some(cover) = Cover::of(corners, self.first_row, self.rows(), self.width) else { continue };
            for row in cover.rows.0..cover.rows.1 {
                let start = (row - self.first_row) * self.width;
                let (from, to) = cover.span(row);
                for column in from..to {
                    let depth = cover.depth(column, row);
                    if depth < self.depth[(start + column) as usize] {
                        fragments.push(Fragment { sample: first_sample + start + column, depth, triangle });
                    }
                }
            }
            if fragments.len() > LAYERS_MAX * self.depth.len() {
                break;
            }
        }
        fragments.sort_unstable_by(|a, b| {
            a.sample.cmp(&b.sample).then(b.depth.total_cmp(&a.depth)).then(a.triangle.cmp(&b.triangle))
        });
        fragments
    }
}

/// The samples of a band that lie in a triangle: its three edges as whole numbers, its depth as a plane.
struct Cover {
    rows: (u32, u32),
    columns: (i64, i64),
    /// For each edge: change for a sample to the right, change for a row, value at the picture's first sample (inside where >= 0).
    edges: [[i64; 3]; 3],
    plane: [f64; 3],
    depths: (f64, f64),
}

impl Cover {
    fn of(mut corners: [Spot; 3], first_row: u32, rows: u32, width: u32) -> Option<Self> {
        let unit = SUBSAMPLES as i64;
        let twice_area = cross(corners[0], corners[1], corners[2]);
        if twice_area == 0 || corners.iter().any(|corner| corner.z.is_nan()) {
            return None;
        }
        if twice_area < 0 {
            corners.swap(1, 2);
        }
        let [xs, ys] = [corners.map(|corner| i64::from(corner.x)), corners.map(|corner| i64::from(corner.y))];
        let first = |values: [i64; 3]| (values[0].min(values[1]).min(values[2]) - unit / 2).div_euclid(unit);
        let last = |values: [i64; 3]| (values[0].max(values[1]).max(values[2]) - unit / 2).div_euclid(unit) + 1;
        let band = (i64::from(first_row), i64::from(first_row + rows));
        let rows = (first(ys).clamp(band.0, band.1) as u32, last(ys).clamp(band.0, band.1) as u32);
        let columns = (first(xs).clamp(0, i64::from(width)), last(xs).clamp(0, i64::from(width)));
        if rows.0 >= rows.1 || columns.0 >= columns.1 {
            return None;
        }
        let edges = [edge(corners[0], corners[1]), edge(corners[1], corners[2]), edge(corners[2], corners[0])];
        let depths = corners.map(|corner| f64::from(corner.z));
        Some(Self {
            rows,
            columns,
            edges,
            plane: depth_plane(corners, twice_area.abs()),
            depths: (depths[0].min(depths[1]).min(depths[2]), depths[0].max(depths[1]).max(depths[2])),
        })
    }

    /// The columns of a row that lie inside: each edge cuts the row once, so no sample is tested.
    fn span(&self, row: u32) -> (u32, u32) {
        let (mut from, mut to) = self.columns;
        for [right, down, start] in self.edges {
            let value = start + down * i64::from(row);
            if right > 0 {
                // first column with value + right * column >= 0
                from = from.max((-value + right - 1).div_euclid(right));
            } else if right < 0 {
                to = to.min(value.div_euclid(-right) + 1);
            } else if value < 0 {
                return (0, 0);
            }
        }
        if from < to { (from as u32, to as u32) } else { (0, 0) }
    }

    /// Depth at a sample's middle; slivers have steep planes, so never beyond that of the corners.
    fn depth(&self, column: u32, row: u32) -> f32 {
        let [right, down, start] = self.plane;
        (start + right * f64::from(column) + down * f64::from(row)).clamp(self.depths.0, self.depths.1) as f32
    }
}

fn cross(a: Spot, b: Spot, c: Spot) -> i64 {
    (i64::from(b.x) - i64::from(a.x)) * (i64::from(c.y) - i64::from(a.y))
        - (i64::from(b.y) - i64::from(a.y)) * (i64::from(c.x) - i64::from(a.x))
}

/// An edge's function over the samples; a sample exactly on an edge belongs to the triangle on one side alone.
fn edge(a: Spot, b: Spot) -> [i64; 3] {
    let unit = SUBSAMPLES as i64;
    let (dx, dy) = (i64::from(b.x) - i64::from(a.x), i64::from(b.y) - i64::from(a.y));
    let (px, py) = (unit / 2 - i64::from(a.x), unit / 2 - i64::from(a.y));
    let owns_border = dy < 0 || (dy == 0 && dx > 0);
    [-dy * unit, dx * unit, dx * py - dy * px - if owns_border { 0 } else { 1 }]
}

fn depth_plane([a, b, c]: [Spot; 3], twice_area: i64) -> [f64; 3] {
    let (ab, ac) = (f64::from(b.z) - f64::from(a.z), f64::from(c.z) - f64::from(a.z));
    let offset = |spot: Spot| (f64::from(spot.x) - f64::from(a.x), f64::from(spot.y) - f64::from(a.y));
    let ((bx, by), (cx, cy)) = (offset(b), offset(c));
    let area = twice_area as f64 / SUBSAMPLES;
    let right = (ab * cy - ac * by) / area;
    let down = (ac * bx - ab * cx) / area;
    let middle = |value: i32| 0.5 - f64::from(value) / SUBSAMPLES;
    [right, down, f64::from(a.z) + right * middle(a.x) + down * middle(a.y)]
}
