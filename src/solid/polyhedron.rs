//! Polyhedra and foreign meshes: polygons of any kind to a solid, or to a shell that booleans repair or refuse.

use std::sync::Arc;

use crate::budget::{Budget, Exceeded};
use crate::geom::Vec3;
use crate::mesh::{TriMesh, cut_quad, flatten};
use crate::region::triangulate_contour;
use crate::solid::draft::Draft;
use crate::solid::kernel::Body;
use crate::solid::shell::{Origin, Shell};
use crate::solid::{Control, Fault, Solid};

impl Solid {
    /// A solid of a mesh of foreign origin; not closed where the mesh is not, vertices at one place taken as one.
    ///
    /// # Errors
    /// [`Fault::NotFinite`]; the job's limits.
    pub fn from_mesh(mesh: &TriMesh, control: &Control) -> Result<Self, Fault> {
        Self::of_faces(mesh, Origin::File, control)
    }

    fn of_faces(mesh: &TriMesh, origin: Origin, control: &Control) -> Result<Self, Fault> {
        control.plan(mesh.triangles.len() as u64)?;
        if mesh.is_empty() {
            return Ok(Self::default());
        }
        if mesh.positions.iter().any(|point| !point.is_finite()) {
            return Err(Fault::NotFinite);
        }
        match Body::merged(&Draft::of_mesh(mesh.clone()), control)? {
            Some(body) => Ok(Self::of_body(body)),
            None => Ok(Self { shell: Some(Arc::new(Shell::new(mesh.clone(), origin))), ..Self::default() }),
        }
    }

    /// A solid of polygons counter-clockwise from outside; not closed where they do not close.
    ///
    /// # Errors
    /// [`Fault::NotFinite`]; the job's limits.
    pub fn polyhedron(positions: &[Vec3], faces: &[Vec<u32>], control: &Control) -> Result<Self, Fault> {
        control.plan(faces.iter().map(|face| face.len() as u64).sum())?;
        let mut mesh = TriMesh { positions: positions.to_vec(), ..TriMesh::default() };
        for face in faces.iter().filter(|face| face.len() >= 3) {
            let triangles = cut(positions, face, control.budget())?;
            mesh.triangles.extend(triangles.map(|corners| corners.map(|corner| face[corner as usize])));
        }
        Self::of_faces(&mesh, Origin::Program, control)
    }
}

/// The triangles of a face, as indices into its corners.
fn cut(positions: &[Vec3], face: &[u32], budget: &Budget) -> Result<impl Iterator<Item = [u32; 3]>, Exceeded> {
    budget.check()?;
    let quad = match *face {
        [a, b, c, d] => cut_quad([a, b, c, d].map(|corner| positions[corner as usize])),
        _ => None,
    };
    let rest = if quad.is_some() { Vec::new() } else { triangulate_contour(&flatten(positions, face), budget)? };
    Ok(quad.into_iter().flatten().chain(rest))
}
