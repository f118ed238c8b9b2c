//! STL, ASCII and binary.

use crate::budget::{Budget, Exceeded};
use crate::geom::Vec3;
use crate::import::polygons::Polygons;
use crate::import::{ImportError, malformed};
use crate::mesh::TriMesh;

const HEADER: usize = 84;
const FACET: usize = 50;

/// Reads an STL: binary where the length says so, whatever the file begins with.
pub(super) fn read(bytes: &[u8], budget: &Budget) -> Result<TriMesh, ImportError> {
    match facet_count(bytes) {
        Some(count) if bytes.len() as u64 == HEADER as u64 + FACET as u64 * u64::from(count) => {
            Ok(read_binary(bytes, budget)?)
        }
        _ if bytes.starts_with(b"solid") => read_ascii(&String::from_utf8_lossy(bytes), budget),
        _ => Err(malformed("STL", 0, "format not recognized")),
    }
}

fn facet_count(bytes: &[u8]) -> Option<u32> {
    let count = bytes.get(80..HEADER)?;
    Some(u32::from_le_bytes([count[0], count[1], count[2], count[3]]))
}

fn read_binary(bytes: &[u8], budget: &Budget) -> Result<TriMesh, Exceeded> {
    let mut polygons = Polygons::new(budget);
    for facet in bytes[HEADER..].chunks_exact(FACET) {
        let number =
            |at: usize| f64::from(f32::from_le_bytes([facet[at], facet[at + 1], facet[at + 2], facet[at + 3]]));
        let corner = |at: usize| Vec3::new(number(at), number(at + 4), number(at + 8));
        let mut corners = [0; 3];
        for (vertex, at) in corners.iter_mut().zip([12, 24, 36]) {
            *vertex = polygons.vertex(corner(at))?;
        }
        polygons.polygon(&corners, None)?;
    }
    Ok(polygons.finish())
}

fn read_ascii(text: &str, budget: &Budget) -> Result<TriMesh, ImportError> {
    let mut polygons = Polygons::new(budget);
    let mut corners = Vec::new();
    for (index, line) in text.lines().enumerate().skip(1) {
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            Some("outer") => corners.clear(),
            Some("vertex") => {
                if corners.len() >= 3 {
                    return Err(malformed("STL", index + 1, "extra vertex"));
                }
                let mut number = || words.next().and_then(|word| word.parse::<f64>().ok());
                let (Some(x), Some(y), Some(z)) = (number(), number(), number()) else {
                    return Err(malformed("STL", index + 1, "can't parse vertex"));
                };
                corners.push(polygons.vertex(Vec3::new(x, y, z))?);
                if corners.len() == 3 {
                    polygons.polygon(&corners, None)?;
                }
            }
            Some("endsolid") => break,
            _ => {}
        }
    }
    Ok(polygons.finish())
}
