//! The colours of a mesh, numbered: what materials, parts and face colours are made from.

use rustc_hash::FxHashMap;

use crate::geom::Rgba;
use crate::mesh::TriMesh;

/// The colours that a mesh's triangles have, in the order in which they first appear.
#[derive(Debug, Clone, Default)]
pub struct Palette {
    /// Each colour once; none stands for faces without a colour of their own.
    pub colors: Vec<Option<[u8; 4]>>,
    of_face: Vec<u32>,
}

impl Palette {
    /// Collects the colours in O(n).
    pub fn of(mesh: &TriMesh) -> Self {
        let mut known = FxHashMap::default();
        let mut palette = Self { colors: Vec::new(), of_face: vec![u32::MAX; mesh.faces.len() + 1] };
        for triangle in 0..mesh.triangles.len() {
            let slot = palette.slot(mesh, triangle);
            if palette.of_face[slot] == u32::MAX {
                let color = mesh.face(triangle).color.map(Rgba::to_bytes);
                palette.of_face[slot] = *known.entry(color).or_insert_with(|| {
                    palette.colors.push(color);
                    palette.colors.len() as u32 - 1
                });
            }
        }
        palette
    }

    /// The number of a triangle's colour.
    pub fn color_of(&self, mesh: &TriMesh, triangle: usize) -> usize {
        self.of_face[self.slot(mesh, triangle)] as usize
    }

    /// Whether any triangle has a colour of its own.
    pub fn is_colored(&self) -> bool {
        self.colors.iter().any(Option::is_some)
    }

    /// The triangles of each colour, in mesh order.
    pub fn groups(&self, mesh: &TriMesh) -> Vec<Vec<u32>> {
        let mut groups = vec![Vec::new(); self.colors.len()];
        for triangle in 0..mesh.triangles.len() {
            groups[self.color_of(mesh, triangle)].push(triangle as u32);
        }
        groups
    }

    /// Faces by their index; the last slot stands for triangles without a face.
    fn slot(&self, mesh: &TriMesh, triangle: usize) -> usize {
        let last = self.of_face.len() - 1;
        mesh.face_of.get(triangle).map_or(last, |face| (*face as usize).min(last))
    }
}

/// The colour of faces that have none: OpenSCAD's own.
pub fn shown(color: Option<[u8; 4]>) -> [u8; 4] {
    color.unwrap_or_else(|| Rgba::DEFAULT.to_bytes())
}
