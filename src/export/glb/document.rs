//! The JSON chunk of a GLB: a node and a mesh for each part, a primitive for each of its colours, a material for each colour.

use serde_json::{Value, json};

use crate::export::glb::GlbOptions;
use crate::export::glb::buffers::{Buffers, Layout, Primitive};
use crate::export::glb::groups::Groups;
use crate::export::inertia::Mass;
use crate::export::palette::{Palette, shown};
use crate::geom::Rgba;

/// What the document is written from.
pub struct Document<'a> {
    /// The materials' colours.
    pub palette: &'a Palette,
    /// The streams.
    pub buffers: &'a Buffers,
    /// How they lie.
    pub layout: &'a Layout,
    /// What was asked for.
    pub options: &'a GlbOptions,
}

impl Document<'_> {
    /// The document; `packed` are the streams as they stand in the file where they are compressed.
    pub fn of(&self, groups: &Groups, packed: Option<&[Vec<u8>; 3]>) -> Value {
        let asset = json!({
            "version": "2.0", "generator": "maquette", "extras": { "sourceUnits": "mm", "sourceUpAxis": "Z" },
        });
        if self.buffers.indices.is_empty() {
            return json!({ "asset": asset, "scene": 0, "scenes": [{ "name": self.options.name }] });
        }
        let mut document = json!({
            "asset": asset,
            "scene": 0,
            "scenes": [{ "nodes": [0] }],
            "nodes": self.nodes(groups),
            "meshes": self.meshes(groups.parts.len()),
            "materials": self.palette.colors.iter().map(|color| material(*color, self.options)).collect::<Vec<_>>(),
            "accessors": accessors(self.buffers, self.layout),
            "bufferViews": self.views(packed),
            "buffers": buffers(self.layout, packed),
        });
        let mut extensions = Vec::new();
        extensions.extend(packed.map(|_| PACKED));
        extensions.extend(self.layout.grid.as_ref().map(|_| "KHR_mesh_quantization"));
        if !extensions.is_empty() {
            document["extensionsUsed"] = json!(extensions);
            document["extensionsRequired"] = json!(extensions);
        }
        document
    }

    /// One node for the model, which holds the mesh or a node for each part.
    fn nodes(&self, groups: &Groups) -> Vec<Value> {
        let mut root = json!({ "name": self.options.name });
        if let Some(grid) = &self.layout.grid {
            root["translation"] = json!(grid.corner.map(f64::from));
            root["scale"] = json!([grid.step; 3].map(f64::from));
        }
        if groups.parts.len() == 1 {
            root["mesh"] = json!(0);
            root["extras"] = extras(&groups.parts[0]);
            return vec![root];
        }
        root["children"] = (1..=groups.parts.len()).collect();
        let part = |(index, part): (usize, &Mass)| json!({ "name": self.part_name(index, groups.parts.len()), "mesh": index, "extras": extras(part) });
        std::iter::once(root).chain(groups.parts.iter().enumerate().map(part)).collect()
    }

    fn part_name(&self, part: usize, count: usize) -> String {
        if count == 1 { self.options.name.clone() } else { format!("{} {}", self.options.name, part + 1) }
    }

    fn meshes(&self, parts: usize) -> Vec<Value> {
        let with_normals = !self.buffers.normals.is_empty();
        let accessors_each = if with_normals { 3 } else { 2 };
        let mut meshes: Vec<Value> =
            (0..parts).map(|part| json!({ "name": self.part_name(part, parts), "primitives": [] })).collect();
        for (index, primitive) in self.buffers.primitives.iter().enumerate() {
            let first = index * accessors_each;
            let mut attributes = json!({ "POSITION": first + 1 });
            if with_normals {
                attributes["NORMAL"] = json!(first + 2);
            }
            let value =
                json!({ "attributes": attributes, "indices": first, "material": primitive.color, "mode": TRIANGLES });
            if let Some(primitives) = meshes[primitive.part]["primitives"].as_array_mut() {
                primitives.push(value);
            }
        }
        meshes
    }

    fn views(&self, packed: Option<&[Vec<u8>; 3]>) -> Vec<Value> {
        let (buffers, layout) = (self.buffers, self.layout);
        let mut views = vec![
            View { start: 0, count: buffers.indices.len(), bytes: layout.index_bytes, mode: "TRIANGLES" },
            View {
                start: layout.position_start,
                count: buffers.positions.len(),
                bytes: layout.position_bytes,
                mode: "ATTRIBUTES",
            },
        ];
        if !buffers.normals.is_empty() {
            let (start, count, bytes) = (layout.normal_start, buffers.normals.len(), layout.normal_bytes);
            views.push(View { start, count, bytes, mode: "ATTRIBUTES" });
        }
        let mut start = 0;
        let streams = packed.map(|streams| streams.each_ref().map(Vec::len));
        let value = |(index, view): (usize, View)| {
            let length = streams.map(|lengths| lengths[index]);
            let value = view.value(length.map(|length| (start, length)));
            start += length.map_or(0, crate::export::glb::padded);
            value
        };
        views.into_iter().enumerate().map(value).collect()
    }
}

/// The extension that packs streams.
const PACKED: &str = "EXT_meshopt_compression";

const TRIANGLES: u32 = 4;

/// Figures of a part, in mm as the program has them.
fn extras(part: &Mass) -> Value {
    let thousandth = |value: f64| (value * 1000.0).round() / 1000.0 + 0.0;
    json!({ "volumeMm3": thousandth(part.volume), "areaMm2": thousandth(part.area) })
}

/// The buffer in the file, and where streams are packed one that stands for them unpacked.
fn buffers(layout: &Layout, packed: Option<&[Vec<u8>; 3]>) -> Value {
    let Some(streams) = packed else { return json!([{ "byteLength": layout.length }]) };
    let length: usize = streams.iter().map(|stream| crate::export::glb::padded(stream.len())).sum();
    json!([
        { "byteLength": length },
        { "byteLength": layout.length, "extensions": { PACKED: { "fallback": true } } },
    ])
}

/// One stream.
struct View {
    start: usize,
    count: usize,
    bytes: usize,
    mode: &'static str,
}

impl View {
    /// The stream as a buffer view; `packed` says where it begins in the file and how long it is.
    fn value(&self, packed: Option<(usize, usize)>) -> Value {
        let indices = self.mode == "TRIANGLES";
        let mut value = json!({
            "buffer": 0, "byteOffset": self.start, "byteLength": self.bytes * self.count,
            "target": if indices { ELEMENT_ARRAY_BUFFER } else { ARRAY_BUFFER },
        });
        if !indices {
            value["byteStride"] = json!(self.bytes);
        }
        if let Some((start, length)) = packed {
            value["buffer"] = json!(1);
            value["extensions"] = json!({ PACKED: {
                "buffer": 0, "byteOffset": start, "byteLength": length,
                "byteStride": self.bytes, "count": self.count, "mode": self.mode,
            } });
        }
        value
    }
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

const BYTE: u32 = 5120;
const UNSIGNED_SHORT: u32 = 5123;
const UNSIGNED_INT: u32 = 5125;
const FLOAT: u32 = 5126;

fn accessors(buffers: &Buffers, layout: &Layout) -> Vec<Value> {
    let mut accessors = Vec::new();
    for primitive in &buffers.primitives {
        accessors.push(json!({
            "bufferView": 0, "byteOffset": primitive.first_index * layout.index_bytes,
            "componentType": if layout.index_bytes == 2 { UNSIGNED_SHORT } else { UNSIGNED_INT },
            "count": primitive.index_count, "type": "SCALAR",
        }));
        accessors.push(positions(primitive, layout));
        if !buffers.normals.is_empty() {
            accessors.push(normals(primitive, layout));
        }
    }
    accessors
}

fn positions(primitive: &Primitive, layout: &Layout) -> Value {
    let mut accessor = json!({
        "bufferView": 1, "byteOffset": layout.position_bytes * primitive.first_vertex, "componentType": FLOAT,
        "count": primitive.vertex_count, "type": "VEC3",
        "min": primitive.min.map(f64::from), "max": primitive.max.map(f64::from),
    });
    if let Some(grid) = &layout.grid {
        accessor["componentType"] = json!(UNSIGNED_SHORT);
        accessor["min"] = json!(grid.cell(primitive.min));
        accessor["max"] = json!(grid.cell(primitive.max));
    }
    accessor
}

fn normals(primitive: &Primitive, layout: &Layout) -> Value {
    let mut accessor = json!({
        "bufferView": 2, "byteOffset": layout.normal_bytes * primitive.first_vertex, "componentType": FLOAT,
        "count": primitive.vertex_count, "type": "VEC3",
    });
    if layout.grid.is_some() {
        accessor["componentType"] = json!(BYTE);
        accessor["normalized"] = json!(true);
    }
    accessor
}

const ARRAY_BUFFER: u32 = 34962;
const ELEMENT_ARRAY_BUFFER: u32 = 34963;
