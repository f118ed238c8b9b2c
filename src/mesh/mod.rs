//! `TriMesh`: indexed triangles with face provenance; what the kernel hands out and every mesh writer and the drawing take in.
//!
//! **Invariants**: none but those of the types: a `TriMesh` promises nothing; `solid::Solid` does. Indices are in range.
//! **Frame**: millimetres, right-handed, Z up; triangles are counter-clockwise seen from outside.

mod component;
mod crease;
mod measure;
mod polygon;
mod quad;

pub use component::Components;
pub use crease::{Twins, corner_normals, feature_edges};
pub use measure::{Measures, measure};
pub use polygon::{area_vector, flatten};
pub use quad::cut_quad;

use crate::geom::{Aabb3, Rgba, Vec3};

/// A surface that a face of a solid was born on. Normals, axes and directions are unit vectors.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Surface {
    /// Nothing is known: a foreign mesh, or a surface with no name here.
    #[default]
    Unknown,
    /// A plane; its equation is that of any of its triangles.
    Plane,
    /// A right circular cylinder, tessellated with its vertices on the surface.
    Cylinder {
        /// A point on the axis.
        origin: Vec3,
        /// Direction of the axis.
        axis: Vec3,
        /// Radius in mm.
        radius: f64,
    },
    /// A right circular cone, tessellated with its vertices on the surface.
    Cone {
        /// The tip.
        apex: Vec3,
        /// From the tip into the cone.
        axis: Vec3,
        /// Tangent of the angle between axis and surface.
        slope: f64,
    },
    /// A sphere, tessellated with its vertices on or inside the surface as OpenSCAD's rings are.
    Sphere {
        /// Centre.
        center: Vec3,
        /// Radius in mm.
        radius: f64,
    },
    /// A smooth surface with no simpler name (a torus, a twisted wall, a scaled cylinder): its own facet edges are not edges.
    Smooth,
}

impl Surface {
    /// The same surface elsewhere.
    pub fn shifted(self, by: Vec3) -> Self {
        match self {
            Self::Cylinder { origin, axis, radius } => Self::Cylinder { origin: origin + by, axis, radius },
            Self::Cone { apex, axis, slope } => Self::Cone { apex: apex + by, axis, slope },
            Self::Sphere { center, radius } => Self::Sphere { center: center + by, radius },
            Self::Unknown | Self::Plane | Self::Smooth => self,
        }
    }
}

/// One face of the model: triangles that were born together on one surface with one colour.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Face {
    /// The surface.
    pub surface: Surface,
    /// The colour that `color()` gave, or none.
    pub color: Option<Rgba>,
}

/// Indexed triangles with face provenance.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TriMesh {
    /// Vertex positions in mm.
    pub positions: Vec<Vec3>,
    /// Vertex indices, counter-clockwise from outside.
    pub triangles: Vec<[u32; 3]>,
    /// For each triangle the index of its face in `faces`.
    pub face_of: Vec<u32>,
    /// The faces. Two triangles of one face are on one smooth surface; of two faces, on different ones.
    pub faces: Vec<Face>,
}

impl TriMesh {
    /// The three corners of a triangle.
    pub fn corners(&self, triangle: usize) -> [Vec3; 3] {
        self.triangles[triangle].map(|vertex| self.positions[vertex as usize])
    }

    /// The face of a triangle; an unknown, uncoloured one where none is recorded.
    pub fn face(&self, triangle: usize) -> Face {
        self.face_of.get(triangle).and_then(|face| self.faces.get(*face as usize)).copied().unwrap_or_default()
    }

    /// The box of all vertices.
    pub fn bounding_box(&self) -> Aabb3 {
        Aabb3::of(self.positions.iter().copied())
    }

    /// Whether there is no triangle.
    pub fn is_empty(&self) -> bool {
        self.triangles.is_empty()
    }
}
