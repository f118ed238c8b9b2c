//! Meshes that are no solid: kept as they are for whoever wants only their points, made one when a boolean asks.

use crate::geom::{Affine3, Vec2, Vec3};
use crate::mesh::TriMesh;
use crate::region::Region;
use crate::solid::draft::Draft;
use crate::solid::kernel::Body;
use crate::solid::repair::{Repair, orient, repair};
use crate::solid::{Control, Fault, Solid};

/// Where a mesh came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The faces of a program: taken as they are written, as OpenSCAD does.
    Program,
    /// A file: what it lost on its way is repaired.
    File,
}

/// An open mesh and the map it stands under.
#[derive(Debug, Clone)]
pub(super) struct Shell {
    mesh: TriMesh,
    origin: Origin,
    map: Affine3,
}

impl Shell {
    pub(super) fn new(mesh: TriMesh, origin: Origin) -> Self {
        Self { mesh, origin, map: Affine3::IDENTITY }
    }

    pub(super) fn transformed(&self, map: &Affine3) -> Self {
        Self { map: *map * self.map, ..self.clone() }
    }

    pub(super) fn colored(&self, color: Option<crate::geom::Rgba>) -> Self {
        let mut shell = self.clone();
        if shell.mesh.faces.is_empty() {
            shell.mesh.faces.push(crate::mesh::Face::default());
            shell.mesh.face_of = vec![0; shell.mesh.triangles.len()];
        }
        for face in &mut shell.mesh.faces {
            face.color = color;
        }
        shell
    }

    pub(super) fn triangle_count(&self) -> usize {
        self.mesh.triangles.len()
    }

    pub(super) fn positions(&self) -> Vec<Vec3> {
        self.mesh.positions.iter().map(|point| self.map.transform_point3(*point)).collect()
    }

    pub(super) fn to_mesh(&self) -> TriMesh {
        let mut mesh = self.mesh.clone();
        mesh.positions = self.positions();
        if self.map.matrix3.determinant() < 0.0 {
            for corners in &mut mesh.triangles {
                corners.reverse();
            }
        }
        mesh
    }

    /// What the triangles cover seen along z.
    pub(super) fn shadow(&self, control: &Control) -> Result<Region, Fault> {
        let mesh = self.to_mesh();
        let flat = |triangle: usize| {
            let mut corners = mesh.corners(triangle).map(|corner| Vec2::new(corner.x, corner.y)).to_vec();
            if (corners[1] - corners[0]).perp_dot(corners[2] - corners[0]) < 0.0 {
                corners.reverse();
            }
            corners
        };
        let triangles: Vec<_> = (0..mesh.triangles.len()).map(flat).collect();
        Ok(Region::resolve_non_zero(&triangles, control.budget())?)
    }

    /// A solid: repaired, or rebuilt from what its faces enclose; and what was done.
    pub(super) fn solidify(&self, control: &Control) -> Result<(Solid, Repair), Fault> {
        let mut mesh = self.to_mesh();
        let done = match self.origin {
            Origin::Program => Repair { turned: orient(&mut mesh, control.budget())?, ..Repair::default() },
            Origin::File => repair(&mut mesh, control.budget())?,
        };
        let draft = Draft::of_mesh(mesh);
        Ok((Solid::of_body(Body::rebuilt(&draft, control)?), done))
    }
}
