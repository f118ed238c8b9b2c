//! Mesh to Wavefront OBJ, and its colours to an MTL library.

use crate::budget::{Budget, Exceeded};
use crate::export::number;
use crate::export::palette::{Palette, shown};
use crate::export::sink::Sink;
use crate::mesh::TriMesh;

/// How an OBJ file is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObjOptions {
    /// File name of the material library beside it; without one no materials are named.
    pub library: Option<String>,
}

/// Writes a mesh in O(n): millimetres, Z up, triangles grouped by colour.
///
/// # Errors
/// The artefact would be larger than the job's limit, or the job is over.
pub fn write(mesh: &TriMesh, options: &ObjOptions, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    let mut sink = Sink::new(64, budget)?;
    sink.put(b"# maquette, units mm\n");
    if let Some(library) = &options.library {
        sink.put(b"mtllib ");
        sink.put(library.as_bytes());
        sink.put(b"\n");
    }
    for position in &mesh.positions {
        sink.element()?;
        sink.put(b"v");
        for value in position.to_array() {
            sink.put(b" ");
            number::rounded(&mut sink.bytes, value, 6);
        }
        sink.put(b"\n");
    }
    let palette = Palette::of(mesh);
    for (color, triangles) in palette.groups(mesh).into_iter().enumerate() {
        if options.library.is_some() {
            sink.put(b"usemtl ");
            sink.put(material_name(palette.colors[color]).as_bytes());
            sink.put(b"\n");
        }
        for triangle in triangles {
            sink.element()?;
            sink.put(b"f");
            for vertex in mesh.triangles[triangle as usize] {
                sink.put(b" ");
                number::whole_number(&mut sink.bytes, u64::from(vertex) + 1);
            }
            sink.put(b"\n");
        }
    }
    sink.finish()
}

/// The material library that goes with [`write()`]: one material a colour.
///
/// # Errors
/// The job is over.
pub fn write_library(mesh: &TriMesh, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    let mut sink = Sink::new(64, budget)?;
    sink.put(b"# maquette\n");
    for color in Palette::of(mesh).colors {
        sink.element()?;
        let [red, green, blue, alpha] = shown(color).map(|channel| f64::from(channel) / 255.0);
        sink.put(b"newmtl ");
        sink.put(material_name(color).as_bytes());
        for (keyword, channels) in [("\nKd", &[red, green, blue][..]), ("\nd", &[alpha][..])] {
            sink.put(keyword.as_bytes());
            for channel in channels {
                sink.put(b" ");
                number::rounded(&mut sink.bytes, *channel, 6);
            }
        }
        sink.put(b"\nillum 1\n");
    }
    sink.finish()
}

/// `default`, or the colour's hex digits.
fn material_name(color: Option<[u8; 4]>) -> String {
    match color {
        None => "default".to_owned(),
        Some([red, green, blue, 255]) => format!("color-{red:02x}{green:02x}{blue:02x}"),
        Some([red, green, blue, alpha]) => format!("color-{red:02x}{green:02x}{blue:02x}{alpha:02x}"),
    }
}
