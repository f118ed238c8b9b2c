//! Where light reaches: what of the sky each pixel's place sees, and whether the key light does.
//!
//! All in the picture's own axes (right, up, away from the eye) and single precision: this is the picture's costliest stage.

use rayon::prelude::*;

use crate::budget::{Budget, Exceeded};
use crate::geom::{Aabb3, Vec3, cos_deg, sin_deg};
use crate::mesh::TriMesh;
use crate::preview::camera::{Camera, Lens};
use crate::preview::ground::Ground;
use crate::preview::raster::{NOTHING, Raster};
use crate::preview::shade::Scene;

/// Samples along each side of the key light's picture of the model.
const SHADOW_SIDE: u32 = 1024;

/// Directions in which each pixel looks for what hides the sky.
const RAYS: usize = 8;

/// Share of the model's size within which the sky is hidden.
const SKY_REACH: f64 = 0.14;

/// Share of the light that the ground keeps from a ray that would go through it.
const GROUND_HIDES: f32 = 0.6;

/// Of so many pixels along each side one looks around, the others ask it.
const STRIDE: usize = 2;

/// Pixels that look around, along each side of the pattern in which neighbours look in different directions; the blur is as wide.
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
        let bounds = mesh.bounding_box();
        let lamp = Camera::along(mesh, -scene.key_light, SHADOW_SIDE);
        let surroundings = Surroundings {
            places: places(raster, scene, budget)?,
            scene,
            lens: scene.camera.lens(),
            shadow: Raster::of(mesh, &lamp, scene.clear_triangles(), budget)?.depth,
            lamp,
            ground: if scene.options.ground { Ground::of(mesh, bounds, budget)? } else { Ground::default() },
            bounds,
            size: bounds.size().length(),
            rays: rays(scene.camera),
        };
        let (width, height) = (scene.options.width as usize, scene.options.height as usize);
        let across = width.div_ceil(STRIDE);
        let mut probes = vec![Probe::default(); across * height.div_ceil(STRIDE)];
        probes.par_chunks_mut(across).enumerate().try_for_each(|(row, probes)| {
            budget.check()?;
            for (column, probe) in probes.iter_mut().enumerate() {
                *probe = surroundings.probe(column * STRIDE, row * STRIDE);
            }
            Ok(())
        })?;
        let mut light = Self { sky: vec![0.0; width * height], key: vec![0.0; width * height] };
        light.sky.par_chunks_mut(width).zip(light.key.par_chunks_mut(width)).enumerate().try_for_each(
            |(row, (sky, key))| {
                budget.check()?;
                for column in 0..width {
                    let found = blurred(&surroundings.places, &probes, width, column, row)
                        .unwrap_or_else(|| surroundings.probe(column, row));
                    (sky[column], key[column]) = (found.sky, found.key);
                }
                Ok(())
            },
        )?;
        Ok(light)
    }
}

/// What the middle of each pixel sees.
struct Places {
    /// Distance from the eye's plane; infinite where nothing is seen.
    distances: Vec<f32>,
    /// Normal in the picture's axes.
    normals: Vec<[f32; 3]>,
}

fn places(raster: &Raster, scene: &Scene<'_>, budget: &Budget) -> Result<Places, Exceeded> {
    let (width, height) = (scene.options.width as usize, scene.options.height as usize);
    let samples = scene.options.samples as usize;
    let mut distances = vec![f32::INFINITY; width * height];
    let mut normals = vec![[0.0; 3]; width * height];
    let rows = distances.par_chunks_mut(width).zip(normals.par_chunks_mut(width)).enumerate();
    rows.try_for_each(|(row, (distances, normals))| {
        budget.check()?;
        let first = (row * samples + samples / 2) * raster.width as usize + samples / 2;
        let mut known = (NOTHING, [0.0; 3]);
        for column in 0..width {
            let sample = first + column * samples;
            let triangle = raster.triangle[sample];
            if triangle == NOTHING {
                continue;
            }
            if known.0 != triangle {
                let normal = scene.camera.turned(scene.facet_normal(triangle));
                known = (triangle, normal.to_array().map(|value| value as f32));
            }
            distances[column] = scene.camera.distance(f64::from(raster.depth[sample])) as f32;
            normals[column] = known.1;
        }
        Ok(())
    })?;
    Ok(Places { distances, normals })
}

/// The light that one pixel's middle found.
#[derive(Debug, Clone, Copy, Default)]
struct Probe {
    sky: f32,
    key: f32,
}

const OPEN: Probe = Probe { sky: 1.0, key: 1.0 };

/// A direction to look in, in the picture's axes, and how much it rises in the model's.
#[derive(Debug, Clone, Copy)]
struct Ray {
    along: [f32; 3],
    rise: f32,
}

/// All that a probe looks at.
struct Surroundings<'a> {
    places: Places,
    scene: &'a Scene<'a>,
    lens: Lens,
    lamp: Camera,
    shadow: Vec<f32>,
    ground: Ground,
    bounds: Aabb3,
    size: f64,
    rays: Vec<[Ray; RAYS]>,
}

impl Surroundings<'_> {
    fn probe(&self, column: usize, row: usize) -> Probe {
        let camera = self.scene.camera;
        let samples = f64::from(self.scene.options.samples);
        let middle = |index: usize| index as f64 * samples + (samples / 2.0).floor() + 0.5;
        let (x, y) = (middle(column), middle(row));
        let pixel = row * self.scene.options.width as usize + column;
        let (distance, facing) = (self.places.distances[pixel], self.places.normals[pixel]);
        let rays = &self.rays[(row / STRIDE % PATTERN) * PATTERN + column / STRIDE % PATTERN];
        if distance == f32::INFINITY {
            let on_ground = self.scene.options.ground.then(|| camera.ground_point(x, y, self.bounds.min.z)).flatten();
            let Some(point) = on_ground else { return OPEN };
            return Probe { sky: 1.0 - self.ground.hidden(point), key: self.key_seen(point, Vec3::Z, rays, 7.0) };
        }
        let seen = camera.seen_at(x, y, f64::from(distance));
        let point = camera.unturned(seen);
        let normal = Vec3::from_array(facing.map(f64::from));
        let normal = camera.right * normal.x + camera.up * normal.y + camera.forward * normal.z;
        Probe { sky: self.sky_seen(seen, facing, point.z, rays), key: self.key_seen(point, normal, rays, 2.5) }
    }

    /// Share of the rays above a surface that meet nothing near.
    fn sky_seen(&self, seen: Vec3, [nx, ny, nz]: [f32; 3], height: f64, rays: &[Ray; RAYS]) -> f32 {
        let reach = (SKY_REACH * self.size) as f32;
        let lift = (0.004 * self.size) as f32;
        let start = [seen.x as f32 + nx * lift, seen.y as f32 + ny * lift, seen.z as f32 + nz * lift];
        let height = if self.scene.options.ground { (height - self.bounds.min.z) as f32 } else { f32::INFINITY };
        let (width, rows) = (self.scene.options.width as i32, self.scene.options.height as i32);
        let mut hidden = 0.0;
        for Ray { along: [rx, ry, rz], rise } in rays {
            // into the half of space that the surface looks at
            let length = if rx * nx + ry * ny + rz * nz < 0.0 { -reach } else { reach };
            if height + rise * length < 0.0 {
                hidden += GROUND_HIDES;
                continue;
            }
            let distance = start[2] + rz * length;
            let (x, y) = self.lens.pixel(start[0] + rx * length, start[1] + ry * length, distance);
            // a cast rounds towards zero, and is no call
            let (column, row) = (x as i32, y as i32);
            if column < 0 || row < 0 || column >= width || row >= rows {
                continue;
            }
            let before = distance - self.places.distances[(row * width + column) as usize];
            if before > 0.0 {
                // what is far before the place does not touch it: fades out
                hidden += 1.0 - (before / (2.0 * reach) - 0.5).clamp(0.0, 1.0);
            }
        }
        1.0 - hidden / RAYS as f32
    }

    /// Share of the places around a point's place in the lamp's picture that are as far from the lamp as the point.
    fn key_seen(&self, point: Vec3, normal: Vec3, rays: &[Ray; RAYS], spread: f32) -> f32 {
        if normal.dot(self.scene.key_light) < -0.3 {
            return 0.0;
        }
        let texel = self.size / f64::from(SHADOW_SIDE);
        let (x, y, z) = self.lamp.place(point + normal * (2.5 * texel));
        let (x, y, z) = (x as f32, y as f32, (z - 1.5 * texel * f64::from(spread)) as f32);
        let side = SHADOW_SIDE as i32;
        let beside = |at: f32| at < -spread || at > side as f32 + spread;
        if beside(x) || beside(y) {
            return 1.0;
        }
        let mut lit = 0.0;
        for ray in rays {
            let (column, row) = ((x + ray.along[0] * spread) as i32, (y + ray.along[1] * spread) as i32);
            let outside = column < 0 || row < 0 || column >= side || row >= side;
            if outside || z <= self.shadow[(row * side + column) as usize] {
                lit += 1.0;
            }
        }
        lit / RAYS as f32
    }
}

/// For each place in the pattern some offsets within the unit ball, spread by the golden angle and turned from place to place.
fn rays(camera: &Camera) -> Vec<[Ray; RAYS]> {
    let golden_deg = 137.507_764_050_037_85;
    let places = PATTERN * PATTERN;
    let ray = |place: usize, index: usize| {
        let height = 1.0 - 2.0 * (index as f64 + (place as f64 + 0.5) / places as f64) / RAYS as f64;
        // an order that mixes neighbours: neither factor has a divisor in common with its modulus
        let angle = golden_deg * index as f64 + 360.0 * ((place * 7) % places) as f64 / places as f64;
        let ring = (1.0 - height * height).max(0.0).sqrt();
        let length = (((index * 3 + place * 5) % RAYS) as f64 + 0.5) / RAYS as f64;
        let along = Vec3::new(ring * cos_deg(angle), ring * sin_deg(angle), height) * (0.08 + 0.92 * length * length);
        let rise = along.x * camera.right.z + along.y * camera.up.z + along.z * camera.forward.z;
        Ray { along: along.to_array().map(|value| value as f32), rise: rise as f32 }
    };
    (0..places).map(|place| std::array::from_fn(|index| ray(place, index))).collect()
}

/// The mean over the pattern's width, of those that look around from the same surface; none where there is no such.
fn blurred(places: &Places, probes: &[Probe], width: usize, column: usize, row: usize) -> Option<Probe> {
    let (distance, normal) = (places.distances[row * width + column], places.normals[row * width + column]);
    let across = width.div_ceil(STRIDE);
    let down = probes.len() / across;
    let (mut sky, mut key, mut count) = (0.0, 0.0, 0.0_f32);
    let first = |at: usize| (at.div_ceil(STRIDE) + 1).saturating_sub(PATTERN / 2);
    let (first_row, first_column) = (first(row), first(column));
    for y in first_row..(first_row + PATTERN).min(down) {
        for x in first_column..(first_column + PATTERN).min(across) {
            let other = y * STRIDE * width + x * STRIDE;
            let [a, b, c] = places.normals[other];
            let alike = normal[0] * a + normal[1] * b + normal[2] * c > 0.8;
            let near = (distance - places.distances[other]).abs() <= 0.01 * distance;
            // two places on the ground are as far away as each other: infinitely
            if (near && alike) || distance == places.distances[other] {
                let probe = &probes[y * across + x];
                (sky, key, count) = (sky + probe.sky, key + probe.key, count + 1.0);
            }
        }
    }
    (count > 0.0).then(|| Probe { sky: sky / count, key: key / count })
}
