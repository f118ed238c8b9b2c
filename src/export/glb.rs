//! Mesh to GLB: glTF 2.0 in one binary file, in metres and Y-up as glTF wants, one material for each colour.
//!
//! Units and axes are turned in the vertices, not by a node, so that readers that look at vertices alone are right too.

use serde_json::{Value, json};

use crate::budget::{Budget, Exceeded};
use crate::export::palette::{Palette, shown};
use crate::export::sink::{Sink, check_size};
use crate::geom::{Rgba, Vec3};
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
}

impl Default for GlbOptions {
    fn default() -> Self {
        Self { name: "model".to_owned(), normals: Normals::Smooth, crease_deg: 30.0, metallic: 0.0, roughness: 0.55 }
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
    let mut buffers = Buffers { heads: vec![NONE; mesh.positions.len()], ..Buffers::default() };
    for triangles in palette.groups(mesh) {
        buffers.add(mesh, &triangles, normals.as_deref(), budget)?;
    }
    let document = document(&palette, &buffers, normals.is_some(), options);
    assemble(&document, &buffers, budget)
}

/// Metres to a millimetre.
const SCALE: f64 = 0.001;

/// The three streams of the binary chunk, and how each primitive lies in them.
#[derive(Default)]
struct Buffers {
    positions: Vec<[f32; 3]>,
    normals: Vec<[f32; 3]>,
    indices: Vec<u32>,
    primitives: Vec<Primitive>,
    /// For each vertex of the mesh the latest vertex made from it for the colour at hand.
    heads: Vec<u32>,
}

/// One colour's share of the streams.
struct Primitive {
    first_vertex: usize,
    vertex_count: usize,
    first_index: usize,
    index_count: usize,
    min: [f32; 3],
    max: [f32; 3],
}

impl Buffers {
    /// Appends one colour's triangles; corners with the same vertex and normal become one vertex.
    fn add(
        &mut self,
        mesh: &TriMesh,
        triangles: &[u32],
        normals: Option<&[[Vec3; 3]]>,
        budget: &Budget,
    ) -> Result<(), Exceeded> {
        let (first_vertex, first_index) = (self.positions.len(), self.indices.len());
        let mut links: Vec<u32> = Vec::new();
        for (count, triangle) in triangles.iter().enumerate() {
            if count % 4096 == 0 {
                budget.check()?;
            }
            for corner in 0..3 {
                let vertex = mesh.triangles[*triangle as usize][corner];
                let normal = normals.map(|normals| unit(normals[*triangle as usize][corner]));
                let known = self.lookup(&links, first_vertex, vertex, normal);
                let index = known.unwrap_or_else(|| {
                    links.push(self.heads[vertex as usize]);
                    self.heads[vertex as usize] = links.len() as u32 - 1;
                    self.positions.push(to_gltf(mesh.positions[vertex as usize] * SCALE));
                    self.normals.extend(normal);
                    links.len() as u32 - 1
                });
                self.indices.push(index);
            }
        }
        for vertex in triangles.iter().flat_map(|triangle| mesh.triangles[*triangle as usize]) {
            self.heads[vertex as usize] = NONE;
        }
        let (min, max) = bounds(&self.positions[first_vertex..]);
        self.primitives.push(Primitive {
            first_vertex,
            vertex_count: self.positions.len() - first_vertex,
            first_index,
            index_count: self.indices.len() - first_index,
            min,
            max,
        });
        Ok(())
    }

    /// The vertex made earlier for the same corner; gives up after a few so that a fan of many sharp facets stays cheap.
    fn lookup(&self, links: &[u32], first: usize, vertex: u32, normal: Option<[f32; 3]>) -> Option<u32> {
        let mut entry = self.heads[vertex as usize];
        for _ in 0..16 {
            if entry == NONE {
                return None;
            }
            if normal.is_none_or(|normal| self.normals[first + entry as usize] == normal) {
                return Some(entry);
            }
            entry = links[entry as usize];
        }
        None
    }

    /// Two bytes an index where every primitive allows it; 65,535 itself is reserved.
    fn index_bytes(&self) -> usize {
        if self.primitives.iter().all(|primitive| primitive.vertex_count <= 65_535) { 2 } else { 4 }
    }

    fn index_length(&self) -> usize {
        self.indices.len() * self.index_bytes()
    }

    fn position_start(&self) -> usize {
        self.index_length().next_multiple_of(4)
    }

    fn normal_start(&self) -> usize {
        self.position_start() + 12 * self.positions.len()
    }

    fn length(&self) -> usize {
        self.normal_start() + 12 * self.normals.len()
    }
}

const NONE: u32 = u32::MAX;

fn to_gltf(vector: Vec3) -> [f32; 3] {
    // Z up to Y up; adding zero turns -0 into 0
    [vector.x, vector.z, -vector.y].map(|value| value as f32 + 0.0)
}

/// A triangle without area still needs a unit normal.
fn unit(normal: Vec3) -> [f32; 3] {
    to_gltf(if normal == Vec3::ZERO { Vec3::Z } else { normal })
}

fn bounds(positions: &[[f32; 3]]) -> ([f32; 3], [f32; 3]) {
    let start = ([f32::INFINITY; 3], [f32::NEG_INFINITY; 3]);
    positions.iter().fold(start, |(mut min, mut max), position| {
        for axis in 0..3 {
            min[axis] = min[axis].min(position[axis]);
            max[axis] = max[axis].max(position[axis]);
        }
        (min, max)
    })
}

fn document(palette: &Palette, buffers: &Buffers, with_normals: bool, options: &GlbOptions) -> Value {
    let asset = json!({ "version": "2.0", "generator": "maquette" });
    if buffers.indices.is_empty() {
        return json!({ "asset": asset, "scene": 0, "scenes": [{ "name": options.name }] });
    }
    let attributes_each = if with_normals { 2 } else { 1 };
    let primitives: Vec<Value> = (0..buffers.primitives.len())
        .map(|index| {
            let first = index * (attributes_each + 1);
            let mut attributes = json!({ "POSITION": first + 1 });
            if with_normals {
                attributes["NORMAL"] = json!(first + 2);
            }
            json!({ "attributes": attributes, "indices": first, "material": index, "mode": 4 })
        })
        .collect();
    json!({
        "asset": asset,
        "scene": 0,
        "scenes": [{ "nodes": [0] }],
        "nodes": [{ "name": options.name, "mesh": 0 }],
        "meshes": [{ "name": options.name, "primitives": primitives }],
        "materials": palette.colors.iter().map(|color| material(*color, options)).collect::<Vec<_>>(),
        "accessors": accessors(buffers, with_normals),
        "bufferViews": views(buffers, with_normals),
        "buffers": [{ "byteLength": buffers.length() }],
    })
}

fn material(color: Option<[u8; 4]>, options: &GlbOptions) -> Value {
    let [red, green, blue, alpha] = shown(color);
    let [r, g, b, a] = [red, green, blue, alpha].map(|channel| f32::from(channel) / 255.0);
    let linear = Rgba { r, g, b, a }.to_linear();
    let factor: Vec<f64> = linear.into_iter().chain([f64::from(alpha) / 255.0]).map(six_places).collect();
    let mut material = json!({
        "name": format!("#{red:02x}{green:02x}{blue:02x}"),
        "pbrMetallicRoughness": {
            "baseColorFactor": factor, "metallicFactor": options.metallic, "roughnessFactor": options.roughness,
        },
    });
    if alpha < 255 {
        material["alphaMode"] = json!("BLEND");
    }
    material
}

fn six_places(value: f64) -> f64 {
    (value * 1.0e6).round() / 1.0e6
}

const UNSIGNED_SHORT: u32 = 5123;
const UNSIGNED_INT: u32 = 5125;
const FLOAT: u32 = 5126;

fn accessors(buffers: &Buffers, with_normals: bool) -> Vec<Value> {
    let index_type = if buffers.index_bytes() == 2 { UNSIGNED_SHORT } else { UNSIGNED_INT };
    let mut accessors = Vec::new();
    for primitive in &buffers.primitives {
        accessors.push(json!({
            "bufferView": 0, "byteOffset": primitive.first_index * buffers.index_bytes(), "componentType": index_type,
            "count": primitive.index_count, "type": "SCALAR",
        }));
        let vertices = |view: usize| {
            json!({
                "bufferView": view, "byteOffset": 12 * primitive.first_vertex, "componentType": FLOAT,
                "count": primitive.vertex_count, "type": "VEC3",
            })
        };
        let mut positions = vertices(1);
        positions["min"] = json!(primitive.min.map(f64::from));
        positions["max"] = json!(primitive.max.map(f64::from));
        accessors.push(positions);
        if with_normals {
            accessors.push(vertices(2));
        }
    }
    accessors
}

const ARRAY_BUFFER: u32 = 34962;
const ELEMENT_ARRAY_BUFFER: u32 = 34963;

fn views(buffers: &Buffers, with_normals: bool) -> Vec<Value> {
    let vertex_view = |start: usize, count: usize| json!({ "buffer": 0, "byteOffset": start, "byteLength": 12 * count, "byteStride": 12, "target": ARRAY_BUFFER });
    let mut views = vec![
        json!({ "buffer": 0, "byteOffset": 0, "byteLength": buffers.index_length(), "target": ELEMENT_ARRAY_BUFFER }),
        vertex_view(buffers.position_start(), buffers.positions.len()),
    ];
    if with_normals {
        views.push(vertex_view(buffers.normal_start(), buffers.normals.len()));
    }
    views
}

/// Header, JSON chunk padded with spaces, binary chunk padded with zeros.
fn assemble(document: &Value, buffers: &Buffers, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    let mut json = document.to_string().into_bytes();
    json.resize(json.len().next_multiple_of(4), b' ');
    let binary_length = buffers.length().next_multiple_of(4);
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
        put_binary(&mut sink, buffers)?;
        sink.bytes.resize(total, 0);
    }
    sink.finish()
}

fn put_binary(sink: &mut Sink<'_>, buffers: &Buffers) -> Result<(), Exceeded> {
    let start = sink.bytes.len();
    let short = buffers.index_bytes() == 2;
    for index in &buffers.indices {
        sink.element()?;
        if short {
            sink.put(&(*index as u16).to_le_bytes());
        } else {
            sink.put(&index.to_le_bytes());
        }
    }
    sink.bytes.resize(start + buffers.position_start(), 0);
    for vector in buffers.positions.iter().chain(&buffers.normals) {
        sink.element()?;
        for value in vector {
            sink.put(&value.to_le_bytes());
        }
    }
    Ok(())
}
