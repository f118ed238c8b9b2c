//! AMF, plain or zipped.

use std::io::Read as _;

use roxmltree::{Document, Node};

use crate::geom::Vec3;
use crate::import::polygons::Polygons;
use crate::import::{ImportError, malformed};
use crate::mesh::TriMesh;

/// More than this a zipped document may not unfold to.
const UNPACKED_MAX: u64 = 512 << 20;

/// Reads all objects of an AMF into one mesh.
pub(super) fn read(bytes: &[u8]) -> Result<TriMesh, ImportError> {
    let unpacked;
    let document = if bytes.starts_with(b"PK") {
        unpacked = unzip_first(bytes)?;
        &unpacked
    } else {
        bytes
    };
    let text = String::from_utf8_lossy(document);
    let document =
        Document::parse(&text).map_err(|error| malformed("AMF", error.pos().row as usize, error.to_string()))?;
    let mut polygons = Polygons::default();
    for mesh in document.descendants().filter(|node| node.has_tag_name("mesh")) {
        read_object(mesh, &mut polygons).ok_or_else(|| malformed("AMF", 0, "a coordinate or an index is no number"))?;
    }
    Ok(polygons.finish())
}

fn unzip_first(bytes: &[u8]) -> Result<Vec<u8>, ImportError> {
    let fail = |what: String| malformed("AMF", 0, what);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).map_err(|error| fail(error.to_string()))?;
    let entry = archive.by_index(0).map_err(|error| fail(error.to_string()))?;
    let mut text = Vec::new();
    entry.take(UNPACKED_MAX).read_to_end(&mut text).map_err(|error| fail(error.to_string()))?;
    Ok(text)
}

/// Adds the mesh of an object; `None` where a number cannot be read.
fn read_object(mesh: Node<'_, '_>, polygons: &mut Polygons) -> Option<()> {
    let mut indices = Vec::new();
    for place in mesh.descendants().filter(|node| node.has_tag_name("coordinates")) {
        let point = Vec3::new(number(place, "x")?, number(place, "y")?, number(place, "z")?);
        indices.push(polygons.vertex(point));
    }
    for triangle in mesh.descendants().filter(|node| node.has_tag_name("triangle")) {
        let corner = |name: &str| number(triangle, name).map(|value| indices.get(value as usize).copied());
        if let [Some(a), Some(b), Some(c)] = [corner("v1")?, corner("v2")?, corner("v3")?] {
            polygons.polygon(&[a, b, c], None);
        }
    }
    Some(())
}

/// A child element's number; 0 where there is none.
fn number(node: Node<'_, '_>, name: &str) -> Option<f64> {
    match node.children().find(|child| child.has_tag_name(name)) {
        Some(child) => child.text().unwrap_or_default().trim().parse().ok(),
        None => Some(0.0),
    }
}
