//! Meshes that are no solid: kept as they are for whoever wants only their points, made one when a boolean asks.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use crate::geom::{Affine3, Vec2, Vec3};
use crate::mesh::TriMesh;
use crate::region::Region;
use crate::solid::draft::Draft;
use crate::solid::kernel::Body;
use crate::solid::{Control, Fault, Solid};

/// An open mesh and the map it stands under.
#[derive(Debug, Clone)]
pub(super) struct Shell {
    mesh: TriMesh,
    map: Affine3,
}

impl Shell {
    pub(super) fn new(mesh: TriMesh) -> Self {
        Self { mesh, map: Affine3::IDENTITY }
    }

    pub(super) fn transformed(&self, map: &Affine3) -> Self {
        Self { mesh: self.mesh.clone(), map: *map * self.map }
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
    pub(super) fn shadow(&self) -> Region {
        let mesh = self.to_mesh();
        let flat = |triangle: usize| {
            let mut corners = mesh.corners(triangle).map(|corner| Vec2::new(corner.x, corner.y)).to_vec();
            if (corners[1] - corners[0]).perp_dot(corners[2] - corners[0]) < 0.0 {
                corners.reverse();
            }
            corners
        };
        Region::resolve_non_zero(&(0..mesh.triangles.len()).map(flat).collect::<Vec<_>>())
    }

    /// A solid: faces turned to agree, or rebuilt from what they enclose.
    pub(super) fn solidify(&self, control: &Control) -> Result<Solid, Fault> {
        let mut mesh = self.to_mesh();
        orient(&mut mesh);
        let draft = Draft::of_mesh(mesh);
        Ok(Solid::of_body(Body::rebuilt(&draft, control)?))
    }
}

/// Turns triangles until neighbours agree, part by part, and each part so that it encloses a positive volume.
fn orient(mesh: &mut TriMesh) {
    let mut by_edge: FxHashMap<(u32, u32), Vec<usize>> = FxHashMap::default();
    for (index, corners) in mesh.triangles.iter().enumerate() {
        for edge in edges(corners) {
            by_edge.entry((edge.0.min(edge.1), edge.0.max(edge.1))).or_default().push(index);
        }
    }
    let mut seen = vec![false; mesh.triangles.len()];
    for start in 0..mesh.triangles.len() {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let mut part = vec![start];
        let mut queue = VecDeque::from([start]);
        while let Some(index) = queue.pop_front() {
            for edge in edges(&mesh.triangles[index]) {
                let around = &by_edge[&(edge.0.min(edge.1), edge.0.max(edge.1))];
                let [a, b] = around[..] else { continue };
                let other = if a == index { b } else { a };
                if std::mem::replace(&mut seen[other], true) {
                    continue;
                }
                if edges(&mesh.triangles[other]).contains(&edge) {
                    mesh.triangles[other].reverse();
                }
                part.push(other);
                queue.push_back(other);
            }
        }
        turn_outwards(mesh, &part);
    }
}

fn turn_outwards(mesh: &mut TriMesh, part: &[usize]) {
    let six_volumes: f64 = part
        .iter()
        .map(|index| {
            let [a, b, c] = mesh.corners(*index);
            a.dot(b.cross(c))
        })
        .sum();
    if six_volumes < 0.0 {
        for index in part {
            mesh.triangles[*index].reverse();
        }
    }
}

fn edges([a, b, c]: &[u32; 3]) -> [(u32, u32); 3] {
    [(*a, *b), (*b, *c), (*c, *a)]
}
