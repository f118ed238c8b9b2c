//! OFF, with colours of faces.

use crate::budget::Budget;
use crate::geom::{Rgba, Vec3};
use crate::import::polygons::Polygons;
use crate::import::{ImportError, malformed};
use crate::mesh::TriMesh;

/// Reads an OFF of three dimensions, as text.
pub(super) fn read(bytes: &[u8], budget: &Budget) -> Result<TriMesh, ImportError> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = Lines { rest: text.lines().enumerate() };
    let (number, first) = lines.next("bad header: end of file")?;
    let head = first.split_ascii_whitespace().next().unwrap_or_default();
    let rest = check_magic(head, number)?.map_or(first, |magic| first[magic..].trim());
    if rest.starts_with("BINARY") {
        return Err(ImportError::Unsupported("binary OFF"));
    }
    let (number, counts) = if rest.is_empty() { lines.next("bad header: end of file")? } else { (number, rest) };
    let mut counts = counts.split_ascii_whitespace().map(|word| word.parse::<usize>().ok());
    let (Some(Some(vertices)), Some(Some(faces))) = (counts.next(), counts.next()) else {
        return Err(malformed("OFF", number, "bad header: bad data"));
    };
    read_body(&mut lines, [vertices, faces], budget)
}

/// Length of the magic word in front; `None` where the file begins with its counts.
fn check_magic(word: &str, line: usize) -> Result<Option<usize>, ImportError> {
    match word.strip_suffix("OFF") {
        None => Ok(None),
        Some(flags) if flags.contains('4') || flags.contains('n') => {
            Err(malformed("OFF", line, "unhandled vertex dimensions"))
        }
        Some(_) => Ok(Some(word.len())),
    }
}

fn read_body(lines: &mut Lines<'_>, [vertices, faces]: [usize; 2], budget: &Budget) -> Result<TriMesh, ImportError> {
    let mut polygons = Polygons::new(budget);
    let mut indices = Vec::new();
    for _ in 0..vertices {
        let (number, line) = lines.next("reading vertices: end of file")?;
        let mut values = line.split_ascii_whitespace().map(|word| word.parse::<f64>().ok());
        let (Some(Some(x)), Some(Some(y)), Some(Some(z))) = (values.next(), values.next(), values.next()) else {
            return Err(malformed("OFF", number, "can't parse vertex: bad data"));
        };
        indices.push(polygons.vertex(Vec3::new(x, y, z))?);
    }
    for _ in 0..faces {
        let (number, line) = lines.next("reading faces: end of file")?;
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let size = words[0].parse::<usize>().map_err(|_| malformed("OFF", number, "can't parse face: bad data"))?;
        let Some(corners) = words.get(1..=size) else {
            return Err(malformed("OFF", number, "can't parse face: missing indices"));
        };
        let known = corners.iter().filter_map(|word| indices.get(word.parse::<usize>().ok()?).copied());
        let ring: Vec<u32> = known.collect();
        polygons.polygon(&ring, color(&words[size + 1..]))?;
    }
    Ok(polygons.finish())
}

fn color(words: &[&str]) -> Option<Rgba> {
    let channel = |word: &str| {
        let value = word.parse::<f32>().ok()?;
        Some(if word.contains('.') { value } else { value / 255.0 }.clamp(0.0, 1.0))
    };
    let [r, g, b, rest @ ..] = words else { return None };
    let a = rest.first().map_or(Some(1.0), |word| channel(word))?;
    Some(Rgba { r: channel(r)?, g: channel(g)?, b: channel(b)?, a })
}

/// Lines that say something, with their numbers.
struct Lines<'a> {
    rest: std::iter::Enumerate<std::str::Lines<'a>>,
}

impl<'a> Lines<'a> {
    fn next(&mut self, missing: &str) -> Result<(usize, &'a str), ImportError> {
        for (index, line) in self.rest.by_ref() {
            let said = line.split('#').next().unwrap_or_default().trim();
            if !said.is_empty() {
                return Ok((index + 1, said));
            }
        }
        Err(malformed("OFF", 0, missing))
    }
}
