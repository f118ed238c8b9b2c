//! Polyhedra and foreign meshes: polygons of any kind to a solid, repaired where that is well defined.

use crate::geom::{Rgba, Vec3};
use crate::mesh::{Surface, TriMesh, flatten};
use crate::region::triangulate_contour;
use crate::solid::kernel::{Body, Draft};
use crate::solid::{Control, Fault, Solid};

/// What had to be done to make a mesh a solid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    /// Nothing, or vertices at one place merged.
    None,
    /// Faces were turned, or the solid was rebuilt from what the faces enclose.
    Rebuilt,
}

impl Solid {
    /// A solid of a mesh of foreign origin; `colors` per triangle are those of the mesh's faces.
    ///
    /// # Errors
    /// [`Fault::NotClosed`] where no repair is known; the job's limits.
    pub fn from_mesh(mesh: &TriMesh, control: &Control) -> Result<(Self, Repair), Fault> {
        control.plan(mesh.triangles.len() as u64)?;
        if mesh.is_empty() {
            return Ok((Self::default(), Repair::None));
        }
        if mesh.positions.iter().any(|point| !point.is_finite()) {
            return Err(Fault::NotFinite);
        }
        let surfaces = if mesh.faces.is_empty() {
            vec![Surface::Unknown]
        } else {
            mesh.faces.iter().map(|face| face.surface).collect()
        };
        let color = single_color(mesh);
        let draft = Draft {
            positions: mesh.positions.clone(),
            triangles: mesh.triangles.clone(),
            surface_of: mesh.face_of.clone(),
            surfaces,
        };
        let (body, repair) = Body::repaired(draft, color, control)?;
        Ok((Self { body }, repair))
    }
}

/// The colour that all faces have.
fn single_color(mesh: &TriMesh) -> Option<Rgba> {
    let first = mesh.faces.first()?.color;
    if mesh.faces.iter().all(|face| face.color == first) { first } else { None }
}

impl Solid {
    /// A solid of polygons counter-clockwise from outside.
    ///
    /// # Errors
    /// [`Fault::NotClosed`] where no repair is known; the job's limits.
    pub fn polyhedron(positions: &[Vec3], faces: &[Vec<u32>], control: &Control) -> Result<(Self, Repair), Fault> {
        control.plan(faces.iter().map(|face| face.len() as u64).sum())?;
        let mut mesh = TriMesh { positions: positions.to_vec(), ..TriMesh::default() };
        for face in faces.iter().filter(|face| face.len() >= 3) {
            let triangles = triangulate_contour(&flatten(positions, face));
            mesh.triangles.extend(triangles.iter().map(|corners| corners.map(|corner| face[corner as usize])));
        }
        Self::from_mesh(&mesh, control)
    }
}
