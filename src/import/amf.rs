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
        read_object(mesh, &mut polygons);
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

fn read_object(mesh: Node<'_, '_>, polygons: &mut Polygons) {
    let coordinates = mesh.descendants().filter(|node| node.has_tag_name("coordinates"));
    let indices: Vec<u32> = coordinates
        .map(|place| {
            let [x, y, z] = ["x", "y", "z"].map(|axis| number(place, axis));
            polygons.vertex(Vec3::new(x, y, z))
        })
        .collect();
    for triangle in mesh.descendants().filter(|node| node.has_tag_name("triangle")) {
        let corners = ["v1", "v2", "v3"].map(|name| indices.get(number(triangle, name) as usize).copied());
        if let [Some(a), Some(b), Some(c)] = corners {
            polygons.polygon(&[a, b, c], None);
        }
    }
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    let child = node.children().find(|child| child.has_tag_name(name));
    child.and_then(|child| child.text()?.trim().parse().ok()).unwrap_or(0.0)
}
