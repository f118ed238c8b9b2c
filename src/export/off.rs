//! Mesh to OFF with face colours, as OpenSCAD writes it.

use crate::budget::{Budget, Exceeded};
use crate::export::number;
use crate::export::palette::{Palette, shown};
use crate::export::sink::Sink;
use crate::mesh::TriMesh;

/// How an OFF file is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OffOptions {
    /// Write each face's colour after its vertices, where the mesh has any.
    pub colors: bool,
}

impl Default for OffOptions {
    fn default() -> Self {
        Self { colors: true }
    }
}

/// Writes a mesh in O(n): counts and keyword on the first line, coordinates with the digits that read back as they were, colours as bytes.
///
/// # Errors
/// The artefact would be larger than the job's limit, or the job is over.
pub fn write(mesh: &TriMesh, options: &OffOptions, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    let mut sink = Sink::new(64, budget)?;
    sink.put(b"OFF ");
    number::whole_number(&mut sink.bytes, mesh.positions.len() as u64);
    sink.put(b" ");
    number::whole_number(&mut sink.bytes, mesh.triangles.len() as u64);
    sink.put(b" 0\n");
    for position in &mesh.positions {
        sink.element()?;
        for (index, value) in position.to_array().into_iter().enumerate() {
            sink.put(if index == 0 { b"" } else { b" " });
            number::shortest(&mut sink.bytes, value);
        }
        sink.put(b"\n");
    }
    let palette = Palette::of(mesh);
    let colored = options.colors && palette.is_colored();
    for (triangle, corners) in mesh.triangles.iter().enumerate() {
        sink.element()?;
        sink.put(b"3");
        for vertex in corners {
            integer(&mut sink, u64::from(*vertex));
        }
        if colored {
            let color = shown(palette.colors[palette.color_of(mesh, triangle)]);
            // an opaque colour is written as three numbers
            for channel in &color[..if color[3] == 255 { 3 } else { 4 }] {
                integer(&mut sink, u64::from(*channel));
            }
        }
        sink.put(b"\n");
    }
    sink.finish()
}

fn integer(sink: &mut Sink<'_>, value: u64) {
    sink.put(b" ");
    number::whole_number(&mut sink.bytes, value);
}
