//! Mesh to STL, binary and ASCII (as OpenSCAD writes it). STL knows neither units nor colours: numbers are millimetres.

use crate::budget::{Budget, Exceeded};
use crate::export::number;
use crate::export::sink::Sink;
use crate::geom::Vec3;
use crate::mesh::TriMesh;

/// Which of the two forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// Fifty bytes a triangle.
    #[default]
    Binary,
    /// Text, about 250 bytes a triangle.
    Ascii,
}

/// How an STL file is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StlOptions {
    /// Binary or text.
    pub encoding: Encoding,
}

/// Writes a mesh in O(n). Triangles without area keep a zero normal.
///
/// # Errors
/// The artefact would be larger than the job's limit, or the job is over.
pub fn write(mesh: &TriMesh, options: &StlOptions, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    match options.encoding {
        Encoding::Binary => write_binary(mesh, budget),
        Encoding::Ascii => write_ascii(mesh, budget),
    }
}

/// Eighty bytes that must not begin with `solid`: readers would take the file for text.
const HEADER: &[u8; 80] = b"maquette binary STL, units mm                                                   ";

fn write_binary(mesh: &TriMesh, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    let count = mesh.triangles.len();
    let mut sink = Sink::new(84 + 50 * count as u64, budget)?;
    sink.put(HEADER);
    sink.put(&(count as u32).to_le_bytes());
    for triangle in 0..count {
        sink.element()?;
        let corners = mesh.corners(triangle);
        for vector in [normal(corners), corners[0], corners[1], corners[2]] {
            for value in vector.to_array() {
                // adding zero turns -0 into 0
                sink.put(&(value as f32 + 0.0).to_le_bytes());
            }
        }
        sink.put(&[0, 0]);
    }
    sink.finish()
}

fn write_ascii(mesh: &TriMesh, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    let mut sink = Sink::new(64, budget)?;
    sink.put(b"solid OpenSCAD_Model\n");
    for triangle in 0..mesh.triangles.len() {
        sink.element()?;
        let start = sink.bytes.len();
        let corners = mesh.corners(triangle);
        line(&mut sink, b"  facet normal", normal(corners));
        sink.put(b"    outer loop\n");
        let lines = corners.map(|corner| {
            let start = sink.bytes.len();
            line(&mut sink, b"      vertex", corner);
            start..sink.bytes.len()
        });
        let [a, b, c] = lines.map(|line| &sink.bytes[line]);
        if a == b || b == c || c == a {
            // six digits made two corners one: the triangle is gone, and its neighbours close up
            sink.bytes.truncate(start);
            continue;
        }
        sink.put(b"    endloop\n  endfacet\n");
    }
    sink.put(b"endsolid OpenSCAD_Model\n");
    sink.finish()
}

fn line(sink: &mut Sink<'_>, keyword: &[u8], vector: Vec3) {
    sink.put(keyword);
    for value in vector.to_array() {
        sink.put(b" ");
        number::significant(&mut sink.bytes, value, 6);
    }
    sink.put(b"\n");
}

fn normal([a, b, c]: [Vec3; 3]) -> Vec3 {
    (b - a).cross(c - a).normalize_or_zero()
}
