//! Mesh to GLB: glTF 2.0 in one binary file, in metres and Y-up as glTF wants, one material for each colour.
//!
//! Units and axes are turned in the vertices, not by a node, so that readers that look at vertices alone are right too.

mod buffers;
mod document;
mod groups;
mod meshopt;

use serde_json::Value;

use crate::budget::{Budget, Exceeded};
use crate::export::glb::buffers::{Buffers, Layout};
use crate::export::glb::groups::{Groups, neighbourly};
use crate::export::palette::Palette;
use crate::export::sink::{Sink, check_size};
use crate::mesh::{self, TriMesh};

/// What the normals of a GLB say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Normals {
    /// Smooth over each face's surface, sharp between faces.
    #[default]
    Smooth,
    /// None: viewers shade each triangle flat. The smallest file.
    Flat,
}

/// How a GLB is written.
#[derive(Debug, Clone, PartialEq)]
pub struct GlbOptions {
    /// Name of the node and mesh.
    pub name: String,
    /// Smooth or flat.
    pub normals: Normals,
    /// Where a face's surface is unknown, facets that meet at less than this look smooth; degrees.
    pub crease_deg: f64,
    /// How metallic every material is, 0 to 1.
    pub metallic: f64,
    /// How rough every material is, 0 to 1.
    pub roughness: f64,
    /// Half the size: places rounded to a 65,535th of the model's length and normals to a degree, by `KHR_mesh_quantization`.
    pub quantize: bool,
    /// A third of the size and less: streams packed by `EXT_meshopt_compression`, which viewers must know.
    pub compress: bool,
    /// A node for each part of the model, where there are a few.
    pub parts: bool,
}

impl Default for GlbOptions {
    fn default() -> Self {
        Self {
            name: "model".to_owned(),
            normals: Normals::Smooth,
            crease_deg: 30.0,
            metallic: 0.0,
            roughness: 0.55,
            quantize: false,
            compress: false,
            parts: true,
        }
    }
}

/// Writes a mesh in O(n).
///
/// # Errors
/// The artefact would be larger than the job's limit, or the job is over.
pub fn write(mesh: &TriMesh, options: &GlbOptions, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    check_size(12 * mesh.triangles.len() as u64, budget)?;
    let bytes = WORK_PER_TRIANGLE * mesh.triangles.len() as u64 + WORK_PER_VERTEX * mesh.positions.len() as u64;
    budget.reserve(bytes)?;
    let written = build(mesh, options, budget);
    budget.release(bytes);
    written
}

/// Bytes held while writing: twins, normals and their sums, indices and vertices.
const WORK_PER_TRIANGLE: u64 = 260;
const WORK_PER_VERTEX: u64 = 32;

fn build(mesh: &TriMesh, options: &GlbOptions, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    let normals = match options.normals {
        Normals::Flat => None,
        Normals::Smooth => {
            let twins = mesh::Twins::of(mesh, budget)?;
            Some(mesh::corner_normals(mesh, &twins, options.crease_deg, budget)?)
        }
    };
    let palette = Palette::of(mesh);
    let mut groups = Groups::of(mesh, &palette, options.parts);
    let mut buffers = Buffers::new(mesh);
    for group in &mut groups.groups {
        if options.compress {
            neighbourly(mesh, &mut group.triangles, budget)?;
        }
        buffers.add(mesh, group, normals.as_deref(), budget)?;
    }
    let layout = Layout::of(&buffers, options.quantize);
    let packed = if options.compress { Some(buffers.packed(&layout, budget)?) } else { None };
    let document = document::Document { palette: &palette, buffers: &buffers, layout: &layout, options };
    let json = document.of(&groups, packed.as_ref());
    assemble(&json, &buffers, &layout, packed.as_ref(), budget)
}

/// Header, JSON chunk padded with spaces, binary chunk padded with zeros.
fn assemble(
    document: &Value,
    buffers: &Buffers,
    layout: &Layout,
    packed: Option<&[Vec<u8>; 3]>,
    budget: &Budget,
) -> Result<Vec<u8>, Exceeded> {
    let mut json = document.to_string().into_bytes();
    json.resize(json.len().next_multiple_of(4), b' ');
    let length = packed.map_or(layout.length, |streams| streams.iter().map(|stream| padded(stream.len())).sum());
    let binary_length = padded(length);
    let binary_chunk = if buffers.indices.is_empty() { 0 } else { 8 + binary_length };
    let total = 12 + 8 + json.len() + binary_chunk;
    let mut sink = Sink::new(total as u64, budget)?;
    for word in [0x4654_6C67, 2, total as u32, json.len() as u32, 0x4E4F_534A] {
        sink.put(&u32::to_le_bytes(word));
    }
    sink.put(&json);
    if binary_chunk > 0 {
        sink.put(&(binary_length as u32).to_le_bytes());
        sink.put(&0x004E_4942_u32.to_le_bytes());
        match packed {
            None => buffers.put(layout, &mut sink)?,
            Some(streams) => streams.iter().for_each(|stream| {
                sink.put(stream);
                sink.put(&[0; 3][..padded(stream.len()) - stream.len()]);
            }),
        }
        sink.bytes.resize(total, 0);
    }
    sink.finish()
}

/// Streams begin at multiples of four.
fn padded(length: usize) -> usize {
    length.next_multiple_of(4)
}
