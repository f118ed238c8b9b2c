//! Mesh to AMF 1.1 (ISO/ASTM 52915): millimetres, one object, one volume for each colour.

use crate::budget::{Budget, Exceeded};
use crate::export::number;
use crate::export::palette::{Palette, shown};
use crate::export::sink::Sink;
use crate::mesh::TriMesh;

/// Writes a mesh in O(n), not compressed: what most readers take.
///
/// # Errors
/// The artefact would be larger than the job's limit, or the job is over.
pub fn write(mesh: &TriMesh, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    let palette = Palette::of(mesh);
    let mut sink = Sink::new(64, budget)?;
    sink.put(START);
    if palette.is_colored() {
        materials(&mut sink, &palette);
    }
    sink.put(b" <object id=\"0\">\n  <mesh>\n   <vertices>\n");
    for position in &mesh.positions {
        sink.element()?;
        sink.put(b"    <vertex><coordinates>");
        for (axis, value) in [b'x', b'y', b'z'].into_iter().zip(position.to_array()) {
            sink.put(&[b'<', axis, b'>']);
            number::rounded(&mut sink.bytes, value, 6);
            sink.put(&[b'<', b'/', axis, b'>']);
        }
        sink.put(b"</coordinates></vertex>\n");
    }
    sink.put(b"   </vertices>\n");
    for (color, triangles) in palette.groups(mesh).into_iter().enumerate() {
        volume(&mut sink, mesh, palette.is_colored().then_some(color + 1), &triangles)?;
    }
    sink.put(b"  </mesh>\n </object>\n</amf>\n");
    sink.finish()
}

const START: &[u8] = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<amf unit=\"millimeter\" version=\"1.1\">\n \
<metadata type=\"producer\">maquette</metadata>\n";

/// One material for each colour, numbered from 1: 0 is the format's word for nothing.
fn materials(sink: &mut Sink<'_>, palette: &Palette) {
    for (index, color) in palette.colors.iter().enumerate() {
        let channels = shown(*color).map(|channel| f64::from(channel) / 255.0);
        sink.put(format!(" <material id=\"{}\"><color>", index + 1).as_bytes());
        for (name, value) in ["r", "g", "b", "a"].into_iter().zip(channels) {
            sink.put(format!("<{name}>").as_bytes());
            number::rounded(&mut sink.bytes, value, 6);
            sink.put(format!("</{name}>").as_bytes());
        }
        sink.put(b"</color></material>\n");
    }
}

fn volume(sink: &mut Sink<'_>, mesh: &TriMesh, material: Option<usize>, triangles: &[u32]) -> Result<(), Exceeded> {
    match material {
        Some(number) => sink.put(format!("   <volume materialid=\"{number}\">\n").as_bytes()),
        None => sink.put(b"   <volume>\n"),
    }
    for triangle in triangles {
        sink.element()?;
        sink.put(b"    <triangle>");
        for (index, vertex) in mesh.triangles[*triangle as usize].into_iter().enumerate() {
            let digit = b'1' + index as u8;
            sink.put(&[b'<', b'v', digit, b'>']);
            number::whole_number(&mut sink.bytes, u64::from(vertex));
            sink.put(&[b'<', b'/', b'v', digit, b'>']);
        }
        sink.put(b"</triangle>\n");
    }
    sink.put(b"   </volume>\n");
    Ok(())
}
