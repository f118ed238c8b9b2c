//! The JSON chunk of a GLB: one node, one mesh, a primitive and a material for each colour.

use serde_json::{Value, json};

use crate::export::glb::GlbOptions;
use crate::export::glb::buffers::{Buffers, Layout, Primitive};
use crate::export::palette::{Palette, shown};
use crate::geom::Rgba;

/// The document of a mesh whose streams are laid out so.
pub fn of(palette: &Palette, buffers: &Buffers, layout: &Layout, options: &GlbOptions) -> Value {
    let with_normals = !buffers.normals.is_empty();
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
    let mut node = json!({ "name": options.name, "mesh": 0 });
    if let Some(grid) = &layout.grid {
        node["translation"] = json!(grid.corner.map(f64::from));
        node["scale"] = json!([grid.step; 3].map(f64::from));
    }
    let mut document = json!({
        "asset": asset,
        "scene": 0,
        "scenes": [{ "nodes": [0] }],
        "nodes": [node],
        "meshes": [{ "name": options.name, "primitives": primitives }],
        "materials": palette.colors.iter().map(|color| material(*color, options)).collect::<Vec<_>>(),
        "accessors": accessors(buffers, layout),
        "bufferViews": views(buffers, layout),
        "buffers": [{ "byteLength": layout.length }],
    });
    if layout.grid.is_some() {
        document["extensionsUsed"] = json!(["KHR_mesh_quantization"]);
        document["extensionsRequired"] = json!(["KHR_mesh_quantization"]);
    }
    document
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

fn views(buffers: &Buffers, layout: &Layout) -> Vec<Value> {
    let vertex_view = |start: usize, count: usize, bytes: usize| {
        json!({
            "buffer": 0, "byteOffset": start, "byteLength": bytes * count, "byteStride": bytes, "target": ARRAY_BUFFER,
        })
    };
    let index_length = buffers.indices.len() * layout.index_bytes;
    let mut views = vec![
        json!({ "buffer": 0, "byteOffset": 0, "byteLength": index_length, "target": ELEMENT_ARRAY_BUFFER }),
        vertex_view(layout.position_start, buffers.positions.len(), layout.position_bytes),
    ];
    if !buffers.normals.is_empty() {
        views.push(vertex_view(layout.normal_start, buffers.normals.len(), layout.normal_bytes));
    }
    views
}
