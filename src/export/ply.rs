//! Mesh to binary PLY with face colours.

use crate::budget::{Budget, Exceeded};
use crate::export::palette::{Palette, shown};
use crate::export::sink::Sink;
use crate::mesh::TriMesh;

/// How a PLY file is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlyOptions {
    /// Write each face's colour, where the mesh has any.
    pub colors: bool,
}

impl Default for PlyOptions {
    fn default() -> Self {
        Self { colors: true }
    }
}

/// Writes a mesh in O(n): little-endian, single precision, millimetres, Z up.
///
/// # Errors
/// The artefact would be larger than the job's limit, or the job is over.
pub fn write(mesh: &TriMesh, options: &PlyOptions, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    let palette = Palette::of(mesh);
    let colored = options.colors && palette.is_colored();
    let header = header(mesh, colored);
    let face_bytes = if colored { 17 } else { 13 };
    let size = header.len() + 12 * mesh.positions.len() + face_bytes * mesh.triangles.len();
    let mut sink = Sink::new(size as u64, budget)?;
    sink.put(header.as_bytes());
    for position in &mesh.positions {
        sink.element()?;
        for value in position.to_array() {
            sink.put(&(value as f32 + 0.0).to_le_bytes());
        }
    }
    for (triangle, corners) in mesh.triangles.iter().enumerate() {
        sink.element()?;
        sink.put(&[3]);
        for vertex in corners {
            sink.put(&vertex.to_le_bytes());
        }
        if colored {
            sink.put(&shown(palette.colors[palette.color_of(mesh, triangle)]));
        }
    }
    sink.finish()
}

fn header(mesh: &TriMesh, colored: bool) -> String {
    let colors = ["red", "green", "blue", "alpha"].map(|channel| format!("property uchar {channel}\n")).concat();
    format!(
        "ply\nformat binary_little_endian 1.0\ncomment maquette, units mm\nelement vertex {}\nproperty float x\nproperty float y\n\
         property float z\nelement face {}\nproperty list uchar uint vertex_indices\n{}end_header\n",
        mesh.positions.len(),
        mesh.triangles.len(),
        if colored { &colors } else { "" }
    )
}
