//! Wavefront OBJ: vertices and faces.

use crate::budget::Budget;
use crate::geom::Vec3;
use crate::import::polygons::Polygons;
use crate::import::{ImportError, malformed};
use crate::mesh::TriMesh;

/// Reads an OBJ; everything but vertices and faces is passed over.
pub(super) fn read(bytes: &[u8], budget: &Budget) -> Result<TriMesh, ImportError> {
    let text = String::from_utf8_lossy(bytes);
    let mut polygons = Polygons::new(budget);
    let mut indices = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            Some("v") => {
                let mut number = || words.next().and_then(|word| word.parse::<f64>().ok());
                let (Some(x), Some(y), Some(z)) = (number(), number(), number()) else {
                    return Err(malformed("OBJ", index + 1, "can't parse vertex"));
                };
                indices.push(polygons.vertex(Vec3::new(x, y, z))?);
            }
            Some("f") => {
                let ring: Vec<u32> = words.filter_map(|word| corner(word, &indices)).collect();
                polygons.polygon(&ring, None)?;
            }
            _ => {}
        }
    }
    Ok(polygons.finish())
}

/// `vertex/texture/normal`; negative counts from the end.
fn corner(word: &str, indices: &[u32]) -> Option<u32> {
    let number = word.split('/').next()?.parse::<i64>().ok()?;
    let index = if number < 0 { indices.len() as i64 + number } else { number - 1 };
    indices.get(usize::try_from(index).ok()?).copied()
}
