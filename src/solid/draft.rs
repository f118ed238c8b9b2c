//! A mesh as it was made: what the kernel takes in when an operation asks for it.

use manifold_rust::types::MeshGLP;

use crate::geom::{Affine3, Rgba, Vec3};
use crate::mesh::{Face, Surface, TriMesh};
use crate::solid::provenance::moved;

/// A mesh with its surfaces.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    /// Vertices.
    pub positions: Vec<Vec3>,
    /// Triangles, counter-clockwise from outside.
    pub triangles: Vec<[u32; 3]>,
    /// For each triangle the index of its surface; empty: all on one.
    pub surface_of: Vec<u32>,
    /// The surfaces.
    pub surfaces: Vec<Surface>,
    /// Their colours; none where there are fewer.
    pub colors: Vec<Option<Rgba>>,
}

impl Draft {
    pub(super) fn of_mesh(mesh: TriMesh) -> Self {
        let surfaces: Vec<Surface> = mesh.faces.iter().map(|face| face.surface).collect();
        Self {
            positions: mesh.positions,
            triangles: mesh.triangles,
            surface_of: mesh.face_of,
            surfaces: if surfaces.is_empty() { vec![Surface::Unknown] } else { surfaces },
            colors: mesh.faces.iter().map(|face| face.color).collect(),
        }
    }

    /// The mesh under a map.
    pub(super) fn to_mesh(&self, map: &Affine3) -> TriMesh {
        let color = |face: usize| self.colors.get(face).copied().flatten();
        let face = |(index, surface): (usize, &Surface)| Face { surface: moved(*surface, map), color: color(index) };
        let mut triangles = self.triangles.clone();
        if map.matrix3.determinant() < 0.0 {
            triangles.iter_mut().for_each(|corners| corners.reverse());
        }
        let face_of = if self.surface_of.is_empty() { vec![0; triangles.len()] } else { self.surface_of.clone() };
        TriMesh {
            positions: self.positions.iter().map(|point| map.transform_point3(*point)).collect(),
            triangles,
            face_of,
            faces: self.surfaces.iter().enumerate().map(face).collect(),
        }
    }

    /// Whether some triangle has no area to speak of, so that the kernel has to clean the mesh before anyone sees it.
    pub(super) fn has_flat_triangles(&self) -> bool {
        self.triangles.iter().any(|corners| {
            let [a, b, c] = corners.map(|corner| self.positions[corner as usize]);
            let longest = a.distance_squared(b).max(b.distance_squared(c)).max(c.distance_squared(a));
            (b - a).cross(c - a).length() <= FLAT * longest
        })
    }

    pub(super) fn to_kernel(&self) -> MeshGLP<f64, u32> {
        MeshGLP {
            num_prop: 3,
            vert_properties: self.positions.iter().flat_map(|point| point.to_array()).collect(),
            tri_verts: self.triangles.iter().flatten().copied().collect(),
            run_original_id: vec![0],
            face_id: self.surface_of.clone(),
            ..MeshGLP::default()
        }
    }
}

/// Height of a triangle over its longest side below which it is flat.
const FLAT: f64 = 1.0e-10;
