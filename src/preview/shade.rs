//! Samples to pixels: materials, light, lines and what lies behind, put together.

use rayon::prelude::*;

use crate::budget::{Budget, Exceeded};
use crate::geom::{Rgba, Vec3, cos_deg, sin_deg};
use crate::mesh::TriMesh;
use crate::preview::PreviewOptions;
use crate::preview::camera::{Camera, SUBSAMPLES};
use crate::preview::image::{Encoder, Image};
use crate::preview::light::Light;
use crate::preview::lines::Lines;
use crate::preview::raster::{BAND_ROWS, Fragment, NOTHING, Raster};

/// The model with its colours, seen by a camera.
pub struct Scene<'a> {
    mesh: &'a TriMesh,
    normals: &'a [[Vec3; 3]],
    /// The view.
    pub camera: &'a Camera,
    /// What was asked for.
    pub options: &'a PreviewOptions,
    /// Unit vector towards the key light.
    pub key_light: Vec3,
    fill_light: Vec3,
    /// Light colour and opacity for each face; the last is for triangles without one.
    materials: Vec<(Vec3, f64)>,
    clear: Vec<bool>,
}

/// Light that comes from above, from below, and from the two lamps.
const SKY: Vec3 = Vec3::new(0.60, 0.63, 0.68);
const FLOOR: Vec3 = Vec3::new(0.34, 0.33, 0.32);
const KEY: Vec3 = Vec3::new(0.66, 0.64, 0.60);
const FILL: Vec3 = Vec3::new(0.13, 0.14, 0.16);
const SHINE: f64 = 0.10;

/// Share of its own light that an edge keeps.
const EDGE_LIGHT: f64 = 0.22;
const EDGE_STRENGTH: f64 = 0.8;

/// How dark the ground's shadow is where no sky and no key light is seen.
const GROUND_SKY: f64 = 0.55;
const GROUND_KEY: f64 = 0.16;

/// Share of the picture's shorter side over which the ground's shadow fades towards the border.
const FADE: f64 = 0.1;

impl<'a> Scene<'a> {
    /// Sets the lamps beside the camera, and looks up the colours.
    pub fn new(mesh: &'a TriMesh, normals: &'a [[Vec3; 3]], camera: &'a Camera, options: &'a PreviewOptions) -> Self {
        let front = Vec3::new(sin_deg(options.azimuth_deg), -cos_deg(options.azimuth_deg), 0.0);
        let colors = mesh.faces.iter().map(|face| face.color.unwrap_or(options.color)).chain([options.color]);
        let materials: Vec<_> = colors.map(|color| (Vec3::from_array(color.to_linear()), f64::from(color.a))).collect();
        let is_clear = |triangle: usize| material(mesh, &materials, triangle).1 < 1.0;
        let any_clear = materials[..mesh.faces.len()].iter().any(|material| material.1 < 1.0);
        let clear = if any_clear { (0..mesh.triangles.len()).map(is_clear).collect() } else { Vec::new() };
        Self {
            mesh,
            normals,
            camera,
            options,
            key_light: (front * 0.45 - camera.right * 0.5 + Vec3::Z * 0.9).normalize(),
            fill_light: (front * 0.6 + camera.right * 0.8 + Vec3::Z * 0.25).normalize(),
            materials,
            clear,
        }
    }

    /// For each triangle whether light goes through; empty where none does.
    pub fn clear_triangles(&self) -> &[bool] {
        &self.clear
    }

    /// A triangle's normal on the side that is seen.
    pub fn facet_normal(&self, triangle: u32) -> Vec3 {
        let [a, b, c] = self.mesh.corners(triangle as usize);
        let normal = (b - a).cross(c - a).normalize_or_zero();
        if normal.dot(self.camera.sight_line(a)) > 0.0 { -normal } else { normal }
    }

    /// The light that a triangle sends to the eye from a place in samples.
    fn light_from(&self, raster: &Raster, triangle: u32, x: f64, y: f64, sky: f64, key: f64) -> Vec3 {
        let corners = self.mesh.triangles[triangle as usize];
        let shares = shares(corners.map(|vertex| raster.spots[vertex as usize]), x, y, self.camera);
        let normals = self.normals[triangle as usize];
        let points = self.mesh.corners(triangle as usize);
        let mix = |values: [Vec3; 3]| values[0] * shares[0] + values[1] * shares[1] + values[2] * shares[2];
        let view = -self.camera.sight_line(mix(points)).normalize_or_zero();
        let facet = self.facet_normal(triangle);
        let smooth = mix(normals).normalize_or_zero();
        // the inside of an open mesh is lit like the outside
        let smooth = if smooth.dot(facet) < 0.0 { -smooth } else { smooth };
        let (albedo, _) = material(self.mesh, &self.materials, triangle as usize);
        let light = albedo * self.diffuse(smooth, sky, key) + Vec3::splat(self.shine(smooth, view) * key);
        Vec3::from_array(light.to_array().map(softened))
    }

    fn diffuse(&self, normal: Vec3, sky: f64, key: f64) -> Vec3 {
        let above = 0.5 + 0.5 * normal.z;
        let around = SKY * above + FLOOR * (1.0 - above);
        around * sky
            + KEY * (normal.dot(self.key_light).max(0.0) * key)
            + FILL * (normal.dot(self.fill_light).max(0.0) * (0.4 + 0.6 * sky))
    }

    fn shine(&self, normal: Vec3, view: Vec3) -> f64 {
        let half = (view + self.key_light).normalize_or_zero();
        let mut power = normal.dot(half).max(0.0);
        for _ in 0..5 {
            power *= power;
        }
        SHINE * power
    }
}

/// Bright light bends off towards white instead of being cut: white things keep their shape.
fn softened(light: f64) -> f64 {
    let over = light - SHOULDER;
    if over <= 0.0 { light } else { SHOULDER + over / (1.0 + over / (1.0 - SHOULDER)) }
}

const SHOULDER: f64 = 0.7;

fn material(mesh: &TriMesh, materials: &[(Vec3, f64)], triangle: usize) -> (Vec3, f64) {
    let last = materials.len() - 1;
    materials[mesh.face_of.get(triangle).map_or(last, |face| (*face as usize).min(last))]
}

/// How much each corner counts at a place in samples, with the perspective taken out.
fn shares(corners: [crate::preview::camera::Spot; 3], x: f64, y: f64, camera: &Camera) -> [f64; 3] {
    let [a, b, c] = corners.map(|spot| (f64::from(spot.x) / SUBSAMPLES - x, f64::from(spot.y) / SUBSAMPLES - y));
    let cross = |one: (f64, f64), other: (f64, f64)| one.0 * other.1 - one.1 * other.0;
    let parts = [cross(b, c), cross(c, a), cross(a, b)];
    let sign = if parts[0] + parts[1] + parts[2] < 0.0 { -1.0 } else { 1.0 };
    let mut shares = [0.0; 3];
    for corner in 0..3 {
        // beside a sliver's border a little below zero
        shares[corner] = (parts[corner] * sign).max(0.0) * camera.weight(corners[corner].z);
    }
    let sum = shares[0] + shares[1] + shares[2];
    if sum > 0.0 { shares.map(|share| share / sum) } else { [1.0 / 3.0; 3] }
}

/// Shades every pixel.
pub fn picture(
    scene: &Scene<'_>,
    raster: &Raster,
    light: &Light,
    lines: &Lines,
    budget: &Budget,
) -> Result<Image, Exceeded> {
    let (width, height) = (scene.options.width, scene.options.height);
    let painter =
        Painter { scene, raster, light, lines, encoder: Encoder::new(), background: background(scene.options) };
    let mut image = Image::filled(width, height, None);
    image.pixels.par_chunks_mut(4 * width as usize).enumerate().try_for_each(|(row, pixels)| {
        budget.check()?;
        for (column, pixel) in pixels.chunks_exact_mut(4).enumerate() {
            pixel.copy_from_slice(&painter.pixel(column as u32, row as u32));
        }
        Ok(())
    })?;
    Ok(image)
}

fn background(options: &PreviewOptions) -> (Vec3, f64) {
    let color = options.background.unwrap_or(Rgba { r: 0.0, g: 0.0, b: 0.0, a: 0.0 });
    (Vec3::from_array(color.to_linear()), f64::from(color.a))
}

/// All that a pixel is made from.
struct Painter<'a> {
    scene: &'a Scene<'a>,
    raster: &'a Raster,
    light: &'a Light,
    lines: &'a Lines,
    encoder: Encoder,
    background: (Vec3, f64),
}

/// Light times opacity, and opacity.
type Layer = (Vec3, f64);

impl Painter<'_> {
    fn pixel(&self, column: u32, row: u32) -> [u8; 4] {
        let samples = self.scene.options.samples;
        let at = row as usize * self.scene.options.width as usize + column as usize;
        if let Some(triangle) = self.alone(column, row) {
            let middle = |index: u32| f64::from(index * samples) + 0.5;
            return self.encoded(self.opaque(at, triangle, middle(column), middle(row)), 1.0);
        }
        let mut sum: Layer = (Vec3::ZERO, 0.0);
        let mut shaded: Option<(u32, Layer)> = None;
        for y in row * samples..(row + 1) * samples {
            for x in column * samples..(column + 1) * samples {
                let sample = y as usize * self.raster.width as usize + x as usize;
                let triangle = self.raster.triangle[sample];
                // a triangle is shaded once a pixel, at the first of its samples
                let layer = match shaded {
                    Some((known, layer)) if known == triangle => layer,
                    _ => self.opaque(at, triangle, f64::from(x) + 0.5, f64::from(y) + 0.5),
                };
                shaded = Some((triangle, layer));
                let layer = if self.lines.covers(sample) { edge(layer) } else { layer };
                let layer = self.through_glass(layer, sample, at, x, y);
                sum = (sum.0 + layer.0, sum.1 + layer.1);
            }
        }
        self.encoded(sum, f64::from(samples * samples))
    }

    /// The triangle that all of a pixel's samples see, where there is nothing else in it.
    fn alone(&self, column: u32, row: u32) -> Option<u32> {
        let (samples, width) = (self.scene.options.samples as usize, self.raster.width as usize);
        if !self.raster.clear[row as usize * samples / BAND_ROWS as usize].is_empty() {
            return None;
        }
        let first = row as usize * samples * width + column as usize * samples;
        let triangle = self.raster.triangle[first];
        let same = (0..samples).all(|down| {
            let start = first + down * width;
            self.raster.triangle[start..start + samples].iter().all(|other| *other == triangle)
                && !self.lines.covers_any(start..start + samples)
        });
        same.then_some(triangle)
    }

    fn opaque(&self, at: usize, triangle: u32, x: f64, y: f64) -> Layer {
        let (sky, key) = (f64::from(self.light.sky[at]), f64::from(self.light.key[at]));
        if triangle == NOTHING {
            return self.ground(sky, key, self.fade(at));
        }
        (self.scene.light_from(self.raster, triangle, x, y, sky, key), 1.0)
    }

    /// 1 inside the picture, falling to 0 at its border: a shadow that is cut off there would look like an edge.
    fn fade(&self, at: usize) -> f64 {
        let (width, height) = (self.scene.options.width as usize, self.scene.options.height as usize);
        let (column, row) = (at % width, at / width);
        let inside = column.min(width - 1 - column).min(row).min(height - 1 - row);
        let share = (inside as f64 / (FADE * width.min(height) as f64)).min(1.0);
        share * share * (3.0 - 2.0 * share)
    }

    /// The background with the ground's shadow on it.
    fn ground(&self, sky: f64, key: f64, fade: f64) -> Layer {
        let open = (1.0 - GROUND_SKY * (1.0 - sky)) * (1.0 - GROUND_KEY * (1.0 - key));
        let shade = fade * (1.0 - open);
        let (light, alpha) = self.background;
        (light * (alpha * (1.0 - shade)), alpha + (1.0 - alpha) * shade)
    }

    /// What of a layer is seen through the transparent triangles before it.
    fn through_glass(&self, mut layer: Layer, sample: usize, at: usize, x: u32, y: u32) -> Layer {
        let band = &self.raster.clear[(y / BAND_ROWS) as usize];
        if band.is_empty() {
            return layer;
        }
        let first = band.partition_point(|fragment| (fragment.sample as usize) < sample);
        for Fragment { triangle, .. } in band[first..].iter().take_while(|fragment| fragment.sample as usize == sample)
        {
            let (_, alpha) = material(self.scene.mesh, &self.scene.materials, *triangle as usize);
            let key = f64::from(self.light.key[at]).max(0.6);
            let light = self.scene.light_from(self.raster, *triangle, f64::from(x) + 0.5, f64::from(y) + 0.5, 1.0, key);
            layer = (layer.0 * (1.0 - alpha) + light * alpha, layer.1 * (1.0 - alpha) + alpha);
        }
        layer
    }

    fn encoded(&self, (light, alpha): Layer, samples: f64) -> [u8; 4] {
        let color = if alpha > 0.0 { light / alpha } else { Vec3::ZERO };
        let [r, g, b] = color.to_array().map(|channel| self.encoder.byte(channel));
        [r, g, b, (alpha / samples * 255.0).round() as u8]
    }
}

fn edge((light, alpha): Layer) -> Layer {
    (light * (1.0 - EDGE_STRENGTH * (1.0 - EDGE_LIGHT)), alpha)
}
