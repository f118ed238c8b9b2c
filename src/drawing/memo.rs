//! Lines once drawn, kept between sheets and jobs: a changed title or dimension does not redo hidden lines.
//!
//! What is kept is found by a digest of the meshes and of the view; it never changes a sheet, only its cost.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::budget::Budget;
use crate::drawing::edge::Model;
use crate::drawing::figure::Figure;
use crate::drawing::ring::Rings;
use crate::drawing::{DrawError, Part};
use crate::lru::Lru;
use crate::page::Shape;

/// Models with their edges, and views with their lines, under a byte budget, the least recently used first out.
#[derive(Debug)]
pub struct LineMemo(Lru<Key, Kept>);

/// A model with its edges and circles.
#[derive(Debug)]
pub struct Scene {
    /// The parts as one.
    pub model: Model,
    /// Its circles.
    pub rings: Rings,
    /// What it was made of; none where nothing is kept.
    key: Option<Key>,
}

type Key = [u8; 32];

#[derive(Debug, Clone)]
enum Kept {
    Scene(Arc<Scene>),
    Figure(Arc<Figure>),
}

impl Default for LineMemo {
    /// Keeps nothing.
    fn default() -> Self {
        Self::new(0)
    }
}

impl LineMemo {
    /// An empty memo that holds at most so many bytes; with 0 it keeps nothing.
    pub fn new(bytes_max: u64) -> Self {
        Self(Lru::new(bytes_max, bytes_max / 2))
    }

    /// How often something was found instead of drawn.
    pub fn found(&self) -> u64 {
        self.0.found()
    }

    /// Bytes held now.
    pub fn bytes(&self) -> u64 {
        self.0.bytes()
    }

    /// The model of some parts.
    ///
    /// # Errors
    /// As [`Model::build`].
    pub(super) fn scene(&self, parts: &[Part<'_>], budget: &Budget) -> Result<Arc<Scene>, DrawError> {
        let key = self.0.is_on().then(|| digest(parts));
        if let Some(Kept::Scene(scene)) = key.and_then(|key| self.0.find(&key)) {
            return Ok(scene);
        }
        let model = Model::build(parts, budget)?;
        let rings = Rings::find(&model);
        let scene = Arc::new(Scene { model, rings, key });
        if let Some(key) = key {
            self.0.keep(key, Kept::Scene(scene.clone()), scene_bytes(&scene));
        }
        Ok(scene)
    }

    /// A view of a model: what is kept of it, else what `draw` makes. `view` says all that its lines depend on beside the model.
    ///
    /// # Errors
    /// Those of `draw`.
    pub(super) fn figure(
        &self,
        scene: &Scene,
        view: &str,
        draw: impl FnOnce() -> Result<Figure, DrawError>,
    ) -> Result<Figure, DrawError> {
        let Some(model) = scene.key else { return draw() };
        let key: Key = Sha256::new().chain_update(model).chain_update(view).finalize().into();
        if let Some(Kept::Figure(figure)) = self.0.find(&key) {
            return Ok(Figure::clone(&figure));
        }
        let figure = draw()?;
        self.0.keep(key, Kept::Figure(Arc::new(figure.clone())), figure_bytes(&figure));
        Ok(figure)
    }
}

/// All that edges and lines of parts depend on.
fn digest(parts: &[Part<'_>]) -> Key {
    let mut hasher = Sha256::new();
    let mut block: Vec<u8> = Vec::with_capacity(BLOCK + 64);
    let mut feed = |bytes: &[u8], hasher: &mut Sha256| {
        block.extend_from_slice(bytes);
        if block.len() >= BLOCK || bytes.is_empty() {
            hasher.update(&block);
            block.clear();
        }
    };
    for part in parts {
        let mesh = part.mesh;
        for count in [mesh.positions.len(), mesh.triangles.len(), mesh.face_of.len(), mesh.faces.len()] {
            feed(&(count as u64).to_le_bytes(), &mut hasher);
        }
        for coordinate in mesh.positions.iter().flat_map(|point| point.to_array()) {
            feed(&coordinate.to_le_bytes(), &mut hasher);
        }
        for index in mesh.triangles.iter().flatten().chain(&mesh.face_of) {
            feed(&index.to_le_bytes(), &mut hasher);
        }
        for face in &mesh.faces {
            feed(format!("{:?}", face.surface).as_bytes(), &mut hasher);
        }
    }
    feed(&[], &mut hasher);
    hasher.finalize().into()
}

/// Bytes that are hashed at once.
const BLOCK: usize = 1 << 16;

fn scene_bytes(scene: &Scene) -> u64 {
    let model = &scene.model;
    let triangle = size_of::<[u32; 3]>() + size_of::<crate::geom::Vec3>() + 2 * size_of::<u32>();
    let edge = size_of::<crate::drawing::edge::Edge>() + 2 * size_of::<u32>();
    let vertex = size_of::<crate::geom::Vec3>();
    let face = size_of::<crate::mesh::Face>();
    let bytes = model.triangles.len() * triangle
        + model.edges.len() * edge
        + model.positions.len() * vertex
        + model.faces.len() * face;
    bytes as u64 + ENTRY_BYTES
}

fn figure_bytes(figure: &Figure) -> u64 {
    let point = size_of::<crate::geom::Vec2>();
    let of_shape = |shape: &Shape| match shape {
        Shape::Polyline { points, .. } | Shape::Spline { points } => points.len() * point,
        Shape::Area { contours } | Shape::Hatch { contours, .. } => {
            contours.iter().map(|contour| contour.len() * point + size_of::<Vec<u8>>()).sum()
        }
        _ => 0,
    };
    let strokes: usize = figure.strokes.iter().map(|stroke| size_of_val(stroke) + of_shape(&stroke.shape)).sum();
    let walls: usize = figure.walls.iter().map(|wall| wall.len() * point).sum();
    (strokes + walls + figure.visible_rings.len() + figure.part_points.len() * 2 * point) as u64 + ENTRY_BYTES
}

/// The entry itself, in both maps.
const ENTRY_BYTES: u64 = 512;
