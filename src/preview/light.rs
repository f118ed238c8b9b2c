//! Where light reaches: what of the sky each pixel's place sees, whether the key light does, and the shadow on the ground.

use rayon::prelude::*;

use crate::budget::{Budget, Exceeded};
use crate::geom::{Aabb3, Vec3, cos_deg, sin_deg};
use crate::mesh::TriMesh;
use crate::preview::camera::Camera;
use crate::preview::raster::{NOTHING, Raster};
use crate::preview::shade::Scene;

/// Samples along each side of the key light's picture of the model.
const SHADOW_SIDE: u32 = 1024;

/// Directions in which each pixel looks for what hides the sky.
const SKY_RAYS: usize = 16;

/// Share of the model's size within which the sky is hidden.
const SKY_REACH: f64 = 0.14;

/// Pixels along each side of the pattern in which neighbouring pixels look in different directions; the blur is as wide.
const PATTERN: usize = 4;

/// Light at each pixel.
#[derive(Debug, Clone)]
pub struct Light {
    /// Share of the sky that is seen, 0 to 1.
    pub sky: Vec<f32>,
    /// Share of the key light that arrives, 0 to 1.
    pub key: Vec<f32>,
}

impl Light {
    /// Looks around from the place that the middle of each pixel sees: on the model, or on the ground below it.
    pub fn of(mesh: &TriMesh, raster: &Raster, scene: &Scene<'_>, budget: &Budget) -> Result<Self, Exceeded> {
        let shadow_camera = Camera::along(mesh, -scene.key_light, SHADOW_SIDE);
        let shadow = Raster::of(mesh, &shadow_camera, scene.clear_triangles(), budget)?;
        let bounds = mesh.bounding_box();
        let ground = if scene.options.ground { Ground::of(mesh, bounds, budget)? } else { Ground::default() };
        let surroundings = Surroundings {
            raster,
            scene,
            shadow_camera,
            shadow,
            ground,
            bounds,
            size: bounds.size().length(),
            rays: sky_rays(),
        };
        let (width, height) = (scene.options.width as usize, scene.options.height as usize);
        let mut probes = vec![Probe::default(); width * height];
        probes.par_chunks_mut(width).enumerate().try_for_each(|(row, probes)| {
            budget.check()?;
            for (column, probe) in probes.iter_mut().enumerate() {
                *probe = surroundings.probe(column, row);
            }
            Ok(())
        })?;
        let smooth = |row: usize| (0..width).map(|column| blurred(&probes, width, column, row)).collect::<Vec<_>>();
        let rows: Vec<Vec<(f32, f32)>> = (0..height).into_par_iter().map(smooth).collect();
        budget.check()?;
        Ok(Self {
            sky: rows.iter().flatten().map(|light| light.0).collect(),
            key: rows.iter().flatten().map(|light| light.1).collect(),
        })
    }
}

/// What one pixel's middle found.
#[derive(Debug, Clone, Copy, Default)]
struct Probe {
    distance: f32,
    normal: [f32; 3],
    sky: f32,
    key: f32,
}

/// All that a probe looks at.
struct Surroundings<'a> {
    raster: &'a Raster,
    scene: &'a Scene<'a>,
    shadow_camera: Camera,
    shadow: Raster,
    ground: Ground,
    bounds: Aabb3,
    size: f64,
    rays: Vec<[Vec3; SKY_RAYS]>,
}

impl Surroundings<'_> {
    fn probe(&self, column: usize, row: usize) -> Probe {
        let camera = &self.scene.camera;
        let samples = self.scene.options.samples as usize;
        let (x, y) = (column * samples + samples / 2, row * samples + samples / 2);
        let sample = y * self.raster.width as usize + x;
        let (x, y) = (x as f64 + 0.5, y as f64 + 0.5);
        let triangle = self.raster.triangle[sample];
        let pattern = (row % PATTERN) * PATTERN + column % PATTERN;
        if triangle == NOTHING {
            return self.ground_probe(x, y, pattern);
        }
        let z = f64::from(self.raster.depth[sample]);
        let point = camera.unplace(x, y, z);
        let normal = self.scene.facet_normal(triangle);
        Probe {
            distance: camera.distance(z) as f32,
            normal: normal.to_array().map(|value| value as f32),
            sky: self.sky_seen(point, normal, pattern),
            key: self.key_seen(point, normal, pattern, 2.5),
        }
    }

    fn ground_probe(&self, x: f64, y: f64, pattern: usize) -> Probe {
        let open = Probe { distance: f32::INFINITY, normal: [0.0, 0.0, 1.0], sky: 1.0, key: 1.0 };
        if !self.scene.options.ground {
            return open;
        }
        let Some(point) = self.scene.camera.ground_point(x, y, self.bounds.min.z) else { return open };
        let sky = 1.0 - self.ground.hidden(point);
        Probe { distance: 0.0, sky, key: self.key_seen(point, Vec3::Z, pattern, 7.0), ..open }
    }

    /// Share of the rays above a surface that meet nothing near.
    fn sky_seen(&self, point: Vec3, normal: Vec3, pattern: usize) -> f32 {
        let camera = &self.scene.camera;
        let reach = SKY_REACH * self.size;
        let start = point + normal * (0.004 * self.size);
        let mut hidden = 0.0;
        for ray in &self.rays[pattern] {
            let ray = if ray.dot(normal) < 0.0 { -*ray } else { *ray };
            let place = start + ray * reach;
            if self.scene.options.ground && place.z < self.bounds.min.z {
                hidden += 0.6;
                continue;
            }
            let (x, y, z) = camera.place(place);
            if x < 0.0 || y < 0.0 || x >= f64::from(self.raster.width) || y >= f64::from(self.raster.height) {
                continue;
            }
            let seen = self.raster.depth[y as usize * self.raster.width as usize + x as usize];
            if !seen.is_finite() {
                continue;
            }
            let before = camera.distance(z) - camera.distance(f64::from(seen));
            if before > 0.0 {
                // what is far before the place does not touch it: fades out
                hidden += 1.0 - (before / (2.0 * reach) - 0.5).clamp(0.0, 1.0);
            }
        }
        (1.0 - hidden / SKY_RAYS as f64) as f32
    }

    /// Share of the places around a point's place in the key light's picture that are as far from the light as the point.
    fn key_seen(&self, point: Vec3, normal: Vec3, pattern: usize, spread: f64) -> f32 {
        let texel = self.size / f64::from(SHADOW_SIDE);
        let (x, y, z) = self.shadow_camera.place(point + normal * (2.5 * texel));
        let turned = &self.rays[pattern];
        let mut lit = 0.0;
        for ray in turned {
            let (column, row) = ((x + ray.x * spread).floor(), (y + ray.y * spread).floor());
            let side = f64::from(SHADOW_SIDE);
            if column < 0.0 || row < 0.0 || column >= side || row >= side {
                lit += 1.0;
                continue;
            }
            let seen = f64::from(self.shadow.depth[row as usize * SHADOW_SIDE as usize + column as usize]);
            if z <= seen + 1.5 * texel * spread {
                lit += 1.0;
            }
        }
        (lit / SKY_RAYS as f64) as f32
    }
}

/// For each place in the pattern some offsets within the unit ball, spread by the golden angle and turned from place to place.
fn sky_rays() -> Vec<[Vec3; SKY_RAYS]> {
    let golden_deg = 137.507_764_050_037_85;
    let places = PATTERN * PATTERN;
    let ray = |place: usize, index: usize| {
        let height = 1.0 - 2.0 * (index as f64 + (place as f64 + 0.5) / places as f64) / SKY_RAYS as f64;
        // an order that mixes neighbours: 7 has no divisor in common with 16
        let angle = golden_deg * index as f64 + 360.0 * ((place * 7) % places) as f64 / places as f64;
        let ring = (1.0 - height * height).max(0.0).sqrt();
        let length = (((index * 5 + place * 3) % SKY_RAYS) as f64 + 0.5) / SKY_RAYS as f64;
        Vec3::new(ring * cos_deg(angle), ring * sin_deg(angle), height) * (0.08 + 0.92 * length * length)
    };
    (0..places).map(|place| std::array::from_fn(|index| ray(place, index))).collect()
}

/// The mean over the pattern's width, of pixels on the same surface.
fn blurred(probes: &[Probe], width: usize, column: usize, row: usize) -> (f32, f32) {
    let here = probes[row * width + column];
    let height = probes.len() / width;
    let (mut sky, mut key, mut count) = (0.0, 0.0, 0.0_f32);
    let (first_row, first_column) = ((row + 1).saturating_sub(PATTERN / 2), (column + 1).saturating_sub(PATTERN / 2));
    for y in first_row..(row + 1 + PATTERN / 2).min(height) {
        for x in first_column..(column + 1 + PATTERN / 2).min(width) {
            let other = &probes[y * width + x];
            let alike: f32 = here.normal.iter().zip(other.normal).map(|(one, other)| one * other).sum();
            let near = (here.distance - other.distance).abs() <= 0.01 * here.distance.abs();
            if (near || here.distance == other.distance) && alike > 0.8 {
                (sky, key, count) = (sky + other.sky, key + other.key, count + 1.0);
            }
        }
    }
    (sky / count.max(1.0), key / count.max(1.0))
}

/// How much of the sky the model hides from the ground: a blurred picture of it from below.
#[derive(Debug, Clone, Default)]
struct Ground {
    hidden: Vec<f32>,
    corner: Vec3,
    cell: f64,
    side: usize,
}

/// Cells along each side of the ground.
const GROUND_SIDE: usize = 192;

impl Ground {
    fn of(mesh: &TriMesh, bounds: Aabb3, budget: &Budget) -> Result<Self, Exceeded> {
        let camera = Camera::along(mesh, Vec3::Z, 256);
        let below = Raster::of(mesh, &camera, &[], budget)?;
        let size = bounds.size();
        let extent = size.x.max(size.y);
        let reach = 0.35 * extent.min(4.0 * size.z).max(0.1 * extent);
        let cell = (extent + 2.0 * reach) / GROUND_SIDE as f64;
        let corner = bounds.center() - Vec3::splat(cell * GROUND_SIDE as f64 / 2.0);
        let fade = reach.max(1.0e-9);
        let mut hidden: Vec<f32> = (0..GROUND_SIDE * GROUND_SIDE)
            .map(|index| {
                let at = Vec3::new((index % GROUND_SIDE) as f64 + 0.5, (index / GROUND_SIDE) as f64 + 0.5, 0.0);
                let (x, y, _) = camera.place(corner + at * cell);
                let side = f64::from(below.width);
                if x < 0.0 || y < 0.0 || x >= side || y >= side {
                    return 0.0;
                }
                let low = f64::from(below.depth[y as usize * below.width as usize + x as usize]);
                if low.is_finite() { libm::exp(-(low - bounds.min.z) / fade) as f32 } else { 0.0 }
            })
            .collect();
        let radius = ((0.22 * reach / cell).round() as usize).max(1);
        for _ in 0..3 {
            hidden = box_blur(&hidden, radius);
            hidden = box_blur(&hidden, radius);
        }
        budget.check()?;
        Ok(Self { hidden, corner, cell, side: GROUND_SIDE })
    }

    fn hidden(&self, point: Vec3) -> f32 {
        let at = (point - self.corner) / self.cell.max(1.0e-12) - Vec3::splat(0.5);
        let (column, row) = (at.x.floor(), at.y.floor());
        let (fx, fy) = ((at.x - column) as f32, (at.y - row) as f32);
        let value = |dx: f64, dy: f64| {
            let (x, y) = (column + dx, row + dy);
            let inside = x >= 0.0 && y >= 0.0 && x < self.side as f64 && y < self.side as f64;
            if inside { self.hidden[y as usize * self.side + x as usize] } else { 0.0 }
        };
        let (low, high) =
            (value(0.0, 0.0) * (1.0 - fx) + value(1.0, 0.0) * fx, value(0.0, 1.0) * (1.0 - fx) + value(1.0, 1.0) * fx);
        low * (1.0 - fy) + high * fy
    }
}

/// A running mean along the rows, written as columns: twice gives both ways.
fn box_blur(values: &[f32], radius: usize) -> Vec<f32> {
    let side = GROUND_SIDE;
    let mut out = vec![0.0; values.len()];
    for row in 0..side {
        for column in 0..side {
            let (from, to) = (column.saturating_sub(radius), (column + radius).min(side - 1));
            let sum: f32 = values[row * side + from..=row * side + to].iter().sum();
            out[column * side + row] = sum / (2 * radius + 1) as f32;
        }
    }
    out
}
