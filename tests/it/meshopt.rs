//! Packed GLB streams, unpacked by a reader written here from the extension's own description.

use maquette::budget::Budget;
use maquette::export::glb::{self, GlbOptions};
use maquette::mesh::TriMesh;
use maquette::solid::{Control, Operator, Roundness, Solid};
use serde_json::Value;

fn model() -> TriMesh {
    let control = Control::new(&Budget::default());
    let cube = Solid::cube(maquette::geom::Vec3::splat(16.0), true, &control).expect("no limit");
    let ball = Solid::sphere(10.0, Roundness { segments: 60, smooth: true }, &control).expect("no limit");
    Solid::boolean(Operator::Difference, &[cube, ball], &control).expect("no limit").to_mesh()
}

/// Document and binary chunk.
fn chunks(bytes: &[u8]) -> (Value, &[u8]) {
    let length = u32::from_le_bytes(bytes[12..16].try_into().expect("four bytes")) as usize;
    (serde_json::from_slice(&bytes[20..20 + length]).expect("valid JSON"), &bytes[28 + length..])
}

fn number(value: &Value) -> usize {
    value.as_u64().expect("a whole number") as usize
}

/// A buffer view's bytes, unpacked where they are packed.
fn stream(document: &Value, binary: &[u8], view: usize) -> Vec<u8> {
    let view = &document["bufferViews"][view];
    let packed = &view["extensions"]["EXT_meshopt_compression"];
    let place = if packed.is_null() { view } else { packed };
    let start = place["byteOffset"].as_u64().unwrap_or(0) as usize;
    let bytes = &binary[start..start + number(&place["byteLength"])];
    if packed.is_null() {
        return bytes.to_vec();
    }
    let (count, stride) = (number(&packed["count"]), number(&packed["byteStride"]));
    let unpacked = match packed["mode"].as_str() {
        Some("ATTRIBUTES") => attributes(bytes, count, stride),
        Some("TRIANGLES") => triangles(bytes, count, stride),
        other => panic!("mode {other:?}"),
    };
    assert_eq!(unpacked.len(), number(&view["byteLength"]));
    unpacked
}

fn attributes(bytes: &[u8], count: usize, stride: usize) -> Vec<u8> {
    assert_eq!(bytes[0], 0xA0);
    let mut last = bytes[bytes.len() - stride..].to_vec();
    let mut at = 1;
    let mut take = |length: usize| {
        at += length;
        &bytes[at - length..at]
    };
    let mut out = vec![0; count * stride];
    let block = (8192 / stride / 16 * 16).min(256);
    for first in (0..count).step_by(block) {
        let elements = block.min(count - first);
        let groups = elements.div_ceil(16);
        for (byte, last) in last.iter_mut().enumerate() {
            let header = take(groups.div_ceil(4)).to_vec();
            for group in 0..groups {
                let deltas: Vec<u8> = match header[group / 4] >> (2 * (group % 4)) & 3 {
                    0 => vec![0; 16],
                    3 => take(16).to_vec(),
                    width => {
                        let bits = 2 * u32::from(width);
                        let codes: Vec<u8> = take(2 * bits as usize)
                            .iter()
                            .flat_map(|byte| {
                                (0..8 / bits).rev().map(move |slot| byte >> (slot * bits) & ((1 << bits) - 1))
                            })
                            .collect();
                        let sentinel = (1 << bits) - 1;
                        codes.into_iter().map(|code| if code == sentinel { take(1)[0] } else { code }).collect()
                    }
                };
                for (index, delta) in deltas.iter().enumerate().take(elements - group * 16) {
                    let difference = (delta >> 1) ^ (delta & 1).wrapping_neg();
                    *last = last.wrapping_add(difference);
                    out[(first + group * 16 + index) * stride + byte] = *last;
                }
            }
        }
    }
    assert_eq!(at, bytes.len() - stride.max(32));
    out
}

fn triangles(bytes: &[u8], count: usize, stride: usize) -> Vec<u8> {
    assert_eq!(bytes[0], 0xE1);
    let (codes, rest) = bytes[1..].split_at(count / 3);
    let (data, table) = rest.split_at(rest.len() - 16);
    let mut reader = Reader { data, edges: Vec::new(), vertices: Vec::new(), next: 0, last: 0 };
    let out: Vec<u32> = codes.iter().flat_map(|code| reader.triangle(*code, table)).collect();
    assert!(reader.data.is_empty());
    out.into_iter().flat_map(|index| index.to_le_bytes()[..stride].to_vec()).collect()
}

struct Reader<'a> {
    data: &'a [u8],
    edges: Vec<[u32; 2]>,
    vertices: Vec<u32>,
    next: u32,
    last: u32,
}

impl Reader<'_> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.data.split_first().expect("more data");
        self.data = rest;
        *first
    }

    fn far(&mut self) -> u32 {
        let (mut value, mut shift) = (0_u32, 0);
        loop {
            let byte = self.byte();
            value |= u32::from(byte & 127) << shift;
            shift += 7;
            if byte < 128 {
                break;
            }
        }
        self.last = self.last.wrapping_add((value >> 1) ^ (value & 1).wrapping_neg());
        self.last
    }

    fn fresh(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    fn latest(&self, age: usize) -> u32 {
        self.vertices[self.vertices.len() - 1 - age]
    }

    fn triangle(&mut self, code: u8, table: &[u8]) -> [u32; 3] {
        let (high, low) = (code >> 4, code & 15);
        if high < 15 {
            let [a, b] = self.edges[self.edges.len() - 1 - usize::from(high)];
            let c = match low {
                0 => self.fresh(),
                13 => self.last.wrapping_sub(1),
                14 => self.last.wrapping_add(1),
                15 => self.far(),
                near => self.latest(usize::from(near)),
            };
            if low == 13 || low == 14 {
                self.last = c;
            }
            if low == 0 || low >= 13 {
                self.vertices.push(c);
            }
            self.edges.extend([[c, b], [a, c]]);
            return [a, b, c];
        }
        let pair = if low < 14 { table[usize::from(low)] } else { self.byte() };
        if low >= 14 && pair == 0 {
            self.next = 0;
        }
        let codes = [if low == 15 { 15 } else { 0 }, pair >> 4, pair & 15];
        let corners = self.corners(codes);
        for (corner, code) in corners.into_iter().zip(codes) {
            if code == 0 || code == 15 {
                self.vertices.push(corner);
            }
        }
        let [a, b, c] = corners;
        self.edges.extend([[b, a], [c, b], [a, c]]);
        corners
    }

    fn corners(&mut self, codes: [u8; 3]) -> [u32; 3] {
        let before = self.vertices.clone();
        let mut corners = [0; 3];
        for (corner, code) in corners.iter_mut().zip(codes).filter(|(_, code)| *code == 0) {
            *corner = self.fresh();
            let _ = code;
        }
        for (corner, code) in corners.iter_mut().zip(codes) {
            match code {
                0 => {}
                15 => *corner = self.far(),
                near => *corner = before[before.len() - usize::from(near)],
            }
        }
        corners
    }
}

/// Each triangle as bytes of its corners' places and normals, turned to begin with the smallest.
fn facets(bytes: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let (document, binary) = chunks(bytes);
    let views: Vec<Vec<u8>> = (0..3).map(|view| stream(&document, binary, view)).collect();
    let mut facets = Vec::new();
    for primitive in document["meshes"][0]["primitives"].as_array().expect("primitives") {
        let accessor = |value: &Value| document["accessors"][number(value)].clone();
        let indices = accessor(&primitive["indices"]);
        let attributes = ["POSITION", "NORMAL"].map(|name| accessor(&primitive["attributes"][name]));
        let corner = |index: usize| -> Vec<u8> {
            let width = if indices["componentType"] == 5123 { 2 } else { 4 };
            let start = number(&indices["byteOffset"]) + index * width;
            let vertex = views[0][start..start + width].iter().rev().fold(0, |all, byte| all << 8 | usize::from(*byte));
            let part = |accessor: &Value| {
                let view = number(&accessor["bufferView"]);
                let stride = number(&document["bufferViews"][view]["byteStride"]);
                let start = number(&accessor["byteOffset"]) + vertex * stride;
                views[view][start..start + stride].to_vec()
            };
            attributes.iter().flat_map(part).collect()
        };
        for triangle in 0..number(&indices["count"]) / 3 {
            let mut corners = [0, 1, 2].map(|at| corner(3 * triangle + at)).to_vec();
            let first = (0..3).min_by_key(|at| corners[*at].clone()).unwrap_or(0);
            corners.rotate_left(first);
            facets.push(corners);
        }
    }
    facets.sort();
    facets
}

#[test]
fn packed_streams_unpack_to_the_same_triangles() {
    let budget = Budget::default();
    for quantize in [false, true] {
        let plain = GlbOptions { quantize, ..GlbOptions::default() };
        let packed = GlbOptions { compress: true, ..plain.clone() };
        let [plain, packed] =
            [plain, packed].map(|options| glb::write(&model(), &options, &budget).expect("within limits"));
        let most = if quantize { plain.len() / 2 } else { plain.len() * 2 / 3 };
        assert!(packed.len() < most, "{} of {} bytes", packed.len(), plain.len());
        assert_eq!(facets(&packed), facets(&plain));
    }
}
