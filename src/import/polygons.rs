//! Polygons of a foreign mesh on their way to triangles: vertices at one place are one, colours become faces.

use rustc_hash::FxHashMap;

use crate::budget::{Budget, Exceeded};
use crate::geom::{Rgba, Vec3};
use crate::mesh::{Face, Surface, TriMesh, cut_quad, flatten};
use crate::region::triangulate_contour;

/// A mesh under construction, for as long as its job may go on.
#[derive(Debug)]
pub(super) struct Polygons<'a> {
    budget: &'a Budget,
    mesh: TriMesh,
    welded: FxHashMap<[u64; 3], u32>,
    colors: FxHashMap<Option<[u8; 4]>, u32>,
}

impl<'a> Polygons<'a> {
    pub(super) fn new(budget: &'a Budget) -> Self {
        Self { budget, mesh: TriMesh::default(), welded: FxHashMap::default(), colors: FxHashMap::default() }
    }

    /// The index of the vertex at a place.
    pub(super) fn vertex(&mut self, point: Vec3) -> Result<u32, Exceeded> {
        self.budget.check()?;
        // adding zero makes -0 and 0 one place
        let key = point.to_array().map(|value| (value + 0.0).to_bits());
        let positions = &mut self.mesh.positions;
        Ok(*self.welded.entry(key).or_insert_with(|| {
            positions.push(point);
            positions.len() as u32 - 1
        }))
    }

    /// A polygon of known vertices; one that collapses is left out.
    pub(super) fn polygon(&mut self, corners: &[u32], color: Option<Rgba>) -> Result<(), Exceeded> {
        self.budget.check()?;
        let mut ring = corners.to_vec();
        ring.dedup();
        while ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        if ring.len() < 3 {
            return Ok(());
        }
        let face = self.face(color);
        let positions = &self.mesh.positions;
        let quad = match ring[..] {
            [a, b, c, d] => cut_quad([a, b, c, d].map(|corner| positions[corner as usize])),
            _ => None,
        };
        let triangles = match quad {
            Some(two) => two.to_vec(),
            None => triangulate_contour(&flatten(positions, &ring), self.budget)?,
        };
        for triangle in triangles {
            self.mesh.triangles.push(triangle.map(|corner| ring[corner as usize]));
            self.mesh.face_of.push(face);
        }
        Ok(())
    }

    pub(super) fn finish(self) -> TriMesh {
        self.mesh
    }

    fn face(&mut self, color: Option<Rgba>) -> u32 {
        let faces = &mut self.mesh.faces;
        *self.colors.entry(color.map(Rgba::to_bytes)).or_insert_with(|| {
            faces.push(Face { surface: Surface::Unknown, color });
            faces.len() as u32 - 1
        })
    }
}
