//! What surface and colour each face was born with, carried through transforms and booleans.
//!
//! The kernel keeps for every triangle the mesh instance it is from and the number of its face there, and for every instance the
//! transform since its birth. A source tells what those numbers meant.

use std::sync::Arc;

use manifold_rust::types::MeshRelationD;
use rustc_hash::FxHashMap;

use crate::geom::{Affine3, Rgba, Vec3};
use crate::mesh::{Face, Surface};
use crate::solid::kernel::from_matrix;

/// The faces of one mesh as it was made.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// By face number, in the frame it was made in.
    pub surfaces: Arc<[Surface]>,
    /// The colours they were made with; none where there are fewer.
    pub colors: Arc<[Option<Rgba>]>,
    /// The colour that all of them were given since; `Some(None)`: it was taken away.
    pub color: Option<Option<Rgba>>,
}

impl Source {
    pub(super) fn painted(&self, color: Option<Rgba>) -> Self {
        Self { color: Some(color), ..self.clone() }
    }

    fn color_of(&self, face: usize) -> Option<Rgba> {
        self.color.unwrap_or_else(|| self.colors.get(face).copied().flatten())
    }
}

/// Sources by the number that the kernel's faces give them: each body counts its own from zero.
pub(super) type Sources = Arc<[Source]>;

/// The sources of all operands, those of one body once; and for each operand where its own begin.
pub(super) fn merge<'a>(all: impl Iterator<Item = &'a Sources>) -> (Sources, Vec<i32>) {
    let mut known: FxHashMap<*const Source, i32> = FxHashMap::default();
    let mut merged: Vec<Source> = Vec::new();
    let starts = all
        .map(|sources| {
            *known.entry(sources.as_ptr()).or_insert_with(|| {
                merged.extend_from_slice(sources);
                (merged.len() - sources.len()) as i32
            })
        })
        .collect();
    (merged.into(), starts)
}

/// For each triangle its face under a map, and the faces in the order in which triangles show them.
pub(super) fn faces(relation: &MeshRelationD, sources: &[Source], map: &Affine3) -> (Vec<u32>, Vec<Face>) {
    let mut faces = Vec::new();
    let mut known: FxHashMap<(i32, i32), u32> = FxHashMap::default();
    let face_of = relation
        .tri_ref
        .iter()
        .map(|reference| {
            let key = (reference.mesh_id, reference.face_id);
            *known.entry(key).or_insert_with(|| {
                let instance = relation.mesh_id_transform.get(&reference.mesh_id);
                let since_birth = instance.map_or(*map, |instance| *map * from_matrix(&instance.transform));
                let source = sources.get(reference.original_id.max(0) as usize);
                let face = reference.face_id.max(0) as usize;
                let born = source.and_then(|source| source.surfaces.get(face));
                let surface = born.map_or(Surface::Unknown, |born| moved(*born, &since_birth));
                faces.push(Face { surface, color: source.and_then(|source| source.color_of(face)) });
                faces.len() as u32 - 1
            })
        })
        .collect();
    (face_of, faces)
}

/// A surface under an affine map; smooth without a name where the map bends its kind.
pub(super) fn moved(surface: Surface, map: &Affine3) -> Surface {
    if *map == Affine3::IDENTITY {
        return surface;
    }
    let scale = uniform_scale(map);
    let point = |at: Vec3| map.transform_point3(at);
    let direction = |along: Vec3| map.transform_vector3(along).normalize_or_zero();
    match surface {
        Surface::Unknown | Surface::Plane | Surface::Smooth => surface,
        Surface::Sphere { center, radius } => match scale {
            Some(factor) => Surface::Sphere { center: point(center), radius: radius * factor },
            None => Surface::Smooth,
        },
        Surface::Cone { apex, axis, slope } => match scale_about(map, axis) {
            Some((along, across)) => {
                Surface::Cone { apex: point(apex), axis: direction(axis), slope: slope * across / along }
            }
            None => Surface::Smooth,
        },
        Surface::Cylinder { origin, axis, radius } => match scale_about(map, axis) {
            Some((_, across)) => {
                Surface::Cylinder { origin: point(origin), axis: direction(axis), radius: radius * across }
            }
            None => Surface::Smooth,
        },
    }
}

/// The factor of a map that keeps angles.
fn uniform_scale(map: &Affine3) -> Option<f64> {
    let (along, across) = scale_about(map, Vec3::Z)?;
    ((along - across).abs() <= SCALE_TOLERANCE * along).then_some(along)
}

/// The factors along and across an axis, of a map that keeps what turns about the axis turning about an axis.
fn scale_about(map: &Affine3, axis: Vec3) -> Option<(f64, f64)> {
    let (u, v) = axis.any_orthonormal_pair();
    let [a, b, c] = [axis, u, v].map(|vector| map.transform_vector3(vector));
    let (along, across) = (a.length(), b.length());
    let equal = (across - c.length()).abs() <= SCALE_TOLERANCE * across;
    let square = b.dot(c).abs() <= SCALE_TOLERANCE * across * across;
    let upright = a.dot(b).abs().max(a.dot(c).abs()) <= SCALE_TOLERANCE * along * across;
    (equal && square && upright).then_some((along, across))
}

/// Rounding of composed rotations, with room for a few dozen of them.
const SCALE_TOLERANCE: f64 = 1.0e-9;
