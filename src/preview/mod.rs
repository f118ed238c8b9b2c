//! A shaded picture of a mesh, or of a region, for people to look at: what a job's `preview` output shows.
//!
//! **In** [`TriMesh`] or [`Region`](crate::region::Region) and [`PreviewOptions`]; **Out** an [`Image`]. Millimetres, Z up; pixels from the top left.
//! **Stages**: `camera` finds where to stand, `raster` which triangle each sample sees, `light` where light reaches (`ground`: on what the model stands on), `lines` which
//! samples lie on an edge, `shade` puts them together; `plane` is the whole road of a region.
//! **Invariants**: the same picture on every machine with any number of threads: bands of rows are computed apart and put together in
//! order, sums are never shared between threads, and no function is used whose last digit is the machine's own.
//! **Knows nothing of** files and formats but PNG; a GPU is not used.

mod camera;
mod ground;
mod image;
mod light;
mod lines;
mod plane;
mod raster;
mod shade;

pub use image::Image;
pub use plane::render_region;

use crate::budget::{Budget, Exceeded};
use crate::geom::{Rgba, Vec3};
use crate::mesh::{self, TriMesh};
use crate::preview::camera::Camera;
use crate::preview::raster::Raster;

/// How the eye sees depth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Projection {
    /// Parallel lines stay parallel.
    Orthographic,
    /// Near things are larger; the angle is that of the picture's shorter side, in degrees.
    Perspective(f64),
}

/// Where the eye stands on its line of sight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Framing {
    /// As near as it sees every vertex, and this many times larger around the picture's middle.
    Fit {
        /// 1 for the whole model.
        zoom: f64,
    },
    /// So far from the point that it looks at, mm; parallel lines are scaled as they look there.
    At {
        /// In the picture's middle.
        target: Vec3,
        /// From the eye to it.
        distance: f64,
    },
}

/// What a picture looks like and from where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PreviewOptions {
    /// Width in pixels, 1 to 8192.
    pub width: u32,
    /// Height in pixels, 1 to 8192.
    pub height: u32,
    /// Degrees that the eye has gone around the model, from the front (-Y) towards the right (+X).
    pub azimuth_deg: f64,
    /// Degrees that the eye stands above the horizon.
    pub elevation_deg: f64,
    /// Degrees that the eye is tilted to its side: OpenSCAD's second angle of `$vpr`.
    pub tilt_deg: f64,
    /// Where the eye stands.
    pub framing: Framing,
    /// How the eye sees depth.
    pub projection: Projection,
    /// Colour behind the model; none for a transparent picture.
    pub background: Option<Rgba>,
    /// Colour of faces that have none.
    pub color: Rgba,
    /// Draw the model's edges.
    pub edges: bool,
    /// Let the model cast a shadow on the ground that it stands on.
    pub ground: bool,
    /// Samples along each side of a pixel, 1 to 4.
    pub samples: u32,
    /// Where a face's surface is unknown, facets that meet at less than this look smooth; degrees.
    pub crease_deg: f64,
}

impl Default for PreviewOptions {
    fn default() -> Self {
        Self {
            width: 800,
            height: 600,
            azimuth_deg: 30.0,
            elevation_deg: 28.0,
            tilt_deg: 0.0,
            framing: Framing::Fit { zoom: 1.0 },
            projection: Projection::Perspective(20.0),
            background: Some(Rgba { r: 0.972, g: 0.976, b: 0.98, a: 1.0 }),
            color: Rgba { r: 0.52, g: 0.63, b: 0.74, a: 1.0 },
            edges: true,
            ground: true,
            samples: 3,
            crease_deg: 30.0,
        }
    }
}

/// Largest side of a picture in pixels.
pub const SIDE_MAX: u32 = 8192;

/// Draws a mesh. Cost: O(triangles + pixels); some 0.2 s of one core for 100,000 triangles at 800 by 600.
///
/// # Errors
/// The picture would need more memory than the job has, or the job is over.
pub fn render(mesh: &TriMesh, options: &PreviewOptions, budget: &Budget) -> Result<Image, Exceeded> {
    let options = clamped(options);
    let bytes = memory_needed(mesh, &options);
    budget.reserve(bytes)?;
    let image = draw(mesh, &options, budget);
    budget.release(bytes);
    image
}

fn draw(mesh: &TriMesh, options: &PreviewOptions, budget: &Budget) -> Result<Image, Exceeded> {
    if mesh.is_empty() {
        return Ok(Image::filled(options.width, options.height, options.background));
    }
    let twins = mesh::Twins::of(mesh, budget)?;
    let normals = mesh::corner_normals(mesh, &twins, options.crease_deg, budget)?;
    let camera = Camera::fitted(mesh, options);
    let scene = shade::Scene::new(mesh, &normals, &camera, options);
    let raster = Raster::of(mesh, &camera, scene.clear_triangles(), budget)?;
    let light = light::Light::of(mesh, &raster, &scene, budget)?;
    let lines = if options.edges {
        let edges = mesh::feature_edges(mesh, &twins, &normals, EDGE_DEG);
        lines::Lines::of(mesh, &edges, &raster, &camera, budget)?
    } else {
        lines::Lines::default()
    };
    shade::picture(&scene, &raster, &light, &lines, budget)
}

/// Normals that part by more than this make an edge.
const EDGE_DEG: f64 = 14.0;

fn clamped(options: &PreviewOptions) -> PreviewOptions {
    let (width, height) = (options.width.clamp(1, SIDE_MAX), options.height.clamp(1, SIDE_MAX));
    let pixels = u64::from(width) * u64::from(height);
    let mut samples = options.samples.clamp(1, 4);
    while samples > 1 && pixels * u64::from(samples * samples) > SAMPLES_MAX {
        samples -= 1;
    }
    PreviewOptions { width, height, samples, ..*options }
}

/// Pictures of more samples are sampled more coarsely: this many take some 600 MB.
const SAMPLES_MAX: u64 = 64 << 20;

/// Bytes held at the height of the work: 9 a sample, 40 a pixel, 260 a triangle, 32 a vertex, and the shadow map.
fn memory_needed(mesh: &TriMesh, options: &PreviewOptions) -> u64 {
    let pixels = u64::from(options.width) * u64::from(options.height);
    let samples = pixels * u64::from(options.samples * options.samples);
    9 * samples + 40 * pixels + 260 * mesh.triangles.len() as u64 + 32 * mesh.positions.len() as u64 + (16 << 20)
}
