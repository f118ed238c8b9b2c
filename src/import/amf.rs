//! AMF, plain or zipped.

use std::borrow::Cow;

use roxmltree::{Document, Node};

use crate::budget::Exceeded;
use crate::geom::Vec3;
use crate::import::meter::Meter;
use crate::import::polygons::Polygons;
use crate::import::zipped::Archive;
use crate::import::{ImportError, malformed};
use crate::mesh::TriMesh;

/// Reads all objects of an AMF into one mesh.
pub(super) fn read(bytes: &[u8], meter: &mut Meter<'_>) -> Result<TriMesh, ImportError> {
    let text = if bytes.starts_with(b"PK") {
        Cow::Owned(Archive::open(bytes, "AMF")?.text(None, meter)?)
    } else {
        String::from_utf8_lossy(bytes)
    };
    let document =
        Document::parse(&text).map_err(|error| malformed("AMF", error.pos().row as usize, error.to_string()))?;
    let mut polygons = Polygons::new(meter.budget());
    for mesh in document.descendants().filter(|node| node.has_tag_name("mesh")) {
        read_object(mesh, &mut polygons)?
            .ok_or_else(|| malformed("AMF", 0, "a coordinate or an index is no number"))?;
    }
    Ok(polygons.finish())
}

/// Adds the mesh of an object; `None` where a number cannot be read.
fn read_object(mesh: Node<'_, '_>, polygons: &mut Polygons<'_>) -> Result<Option<()>, Exceeded> {
    let mut indices = Vec::new();
    for place in mesh.descendants().filter(|node| node.has_tag_name("coordinates")) {
        let [Some(x), Some(y), Some(z)] = ["x", "y", "z"].map(|axis| number(place, axis)) else { return Ok(None) };
        indices.push(polygons.vertex(Vec3::new(x, y, z))?);
    }
    for triangle in mesh.descendants().filter(|node| node.has_tag_name("triangle")) {
        let corner = |name: &str| number(triangle, name).map(|value| indices.get(value as usize).copied());
        let [Some(a), Some(b), Some(c)] = ["v1", "v2", "v3"].map(corner) else { return Ok(None) };
        if let [Some(a), Some(b), Some(c)] = [a, b, c] {
            polygons.polygon(&[a, b, c], None)?;
        }
    }
    Ok(Some(()))
}

/// A child element's number; 0 where there is none.
fn number(node: Node<'_, '_>, name: &str) -> Option<f64> {
    match node.children().find(|child| child.has_tag_name(name)) {
        Some(child) => child.text().unwrap_or_default().trim().parse().ok(),
        None => Some(0.0),
    }
}
