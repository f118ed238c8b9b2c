//! Every mesh writer read back by a reader written here from the format's own description: what comes out is what went in.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use maquette::budget::{Budget, Exceeded, Limits};
use maquette::export::{amf, glb, obj, off, ply, report, stl, threemf};
use maquette::geom::{Rgba, Vec3};
use maquette::mesh::{Face, Surface, TriMesh};
use serde_json::Value;

/// A triangle with its corners and the colour read with it.
type Facet = ([Vec3; 3], Option<[u8; 4]>);

const RED: [u8; 4] = [255, 0, 0, 255];
const GLASS: [u8; 4] = [0, 128, 255, 102];

/// A red box with one face left uncoloured, and a glass tetrahedron beside it.
pub fn model() -> TriMesh {
    let mut mesh = TriMesh::default();
    for corner in 0..8_u32 {
        let axis = |bit: u32, size: f64| if corner >> bit & 1 == 1 { size } else { 0.0 };
        mesh.positions.push(Vec3::new(axis(0, 10.0) - 0.1, axis(1, 20.0), axis(2, 1.0 / 3.0)));
    }
    let quads = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
    for (face, [a, b, c, d]) in quads.into_iter().enumerate() {
        mesh.faces.push(Face { surface: Surface::Plane, color: (face > 0).then(|| rgba(RED)) });
        for triangle in [[a, b, c], [a, c, d]] {
            mesh.triangles.push(triangle);
            mesh.face_of.push(face as u32);
        }
    }
    let first = mesh.positions.len() as u32;
    let tip = Vec3::new(30.0, 1.0, 12.345_678_9);
    mesh.positions.extend([Vec3::new(30.0, 0.0, 0.0), Vec3::new(35.0, 0.0, 0.0), Vec3::new(30.0, 5.0, -2.0e-7), tip]);
    for [a, b, c] in [[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]] {
        mesh.triangles.push([first + a, first + b, first + c]);
        mesh.face_of.push(mesh.faces.len() as u32);
        mesh.faces.push(Face { surface: Surface::Plane, color: Some(rgba(GLASS)) });
    }
    mesh
}

fn rgba(bytes: [u8; 4]) -> Rgba {
    let [r, g, b, a] = bytes.map(|byte| f32::from(byte) / 255.0);
    Rgba { r, g, b, a }
}

/// The facets of a mesh, uncoloured ones in the colour that formats without "no colour" give them.
fn facets(mesh: &TriMesh) -> Vec<Facet> {
    let color = |triangle| Some(mesh.face(triangle).color.unwrap_or(Rgba::DEFAULT).to_bytes());
    (0..mesh.triangles.len()).map(|triangle| (mesh.corners(triangle), color(triangle))).collect()
}

/// Facets in an order of their own: formats group triangles by colour, and may begin a triangle at any corner.
fn sorted(facets: Vec<Facet>) -> Vec<Facet> {
    let key = |facet: &Facet| facet.0.map(|corner| corner.to_array().map(|value| (value * 1.0e4).round() as i64));
    let mut facets: Vec<Facet> = facets
        .into_iter()
        .map(|(mut corners, color)| {
            let first = (0..3).min_by_key(|corner| key(&(corners, color))[*corner]).unwrap_or(0);
            corners.rotate_left(first);
            (corners, color)
        })
        .collect();
    facets.sort_by_key(key);
    facets
}

fn assert_same(read: Vec<Facet>, with_colors: bool, tolerance: f64) {
    let (read, expected) = (sorted(read), sorted(facets(&model())));
    assert_eq!(read.len(), expected.len());
    for ((corners, color), (expected_corners, expected_color)) in read.iter().zip(&expected) {
        for (corner, expected) in corners.iter().zip(expected_corners) {
            assert!(corner.distance(*expected) <= tolerance, "{corner} is not {expected}");
        }
        if with_colors {
            assert_eq!(color, expected_color);
        }
    }
}

/// A cursor over little-endian bytes.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (head, rest) = self.0.split_first_chunk::<N>().expect("the file is long enough");
        self.0 = rest;
        *head
    }

    fn float(&mut self) -> f64 {
        f64::from(f32::from_le_bytes(self.take()))
    }

    fn vector(&mut self) -> Vec3 {
        Vec3::new(self.float(), self.float(), self.float())
    }
}

fn floats(text: &str) -> Vec<f64> {
    text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("text formats are UTF-8")
}

pub fn plenty() -> Budget {
    Budget::default()
}

#[test]
fn binary_stl_reads_back() {
    let bytes = stl::write(&model(), &stl::StlOptions::default(), &plenty()).expect("within limits");
    assert_eq!(bytes.len(), 84 + 50 * model().triangles.len());
    assert!(!bytes.starts_with(b"solid"));
    let mut input = Bytes(&bytes[80..]);
    let count = u32::from_le_bytes(input.take());
    let mut read = Vec::new();
    for _ in 0..count {
        let normal = input.vector();
        let corners = [input.vector(), input.vector(), input.vector()];
        assert_eq!(input.take::<2>(), [0, 0]);
        let cross = (corners[1] - corners[0]).cross(corners[2] - corners[0]).normalize();
        assert!(normal.distance(cross) < 1.0e-5);
        read.push((corners, None));
    }
    assert!(input.0.is_empty());
    assert_same(read, false, 2.0e-6);
}

#[test]
fn ascii_stl_reads_back_and_has_openscads_form() {
    let options = stl::StlOptions { encoding: stl::Encoding::Ascii };
    let text = text(stl::write(&model(), &options, &plenty()).expect("within limits"));
    assert!(text.starts_with("solid OpenSCAD_Model\n  facet normal 0 0 -1\n    outer loop\n      vertex -0.1 0 0\n"));
    assert!(text.ends_with("    endloop\n  endfacet\nendsolid OpenSCAD_Model\n"));
    let corners: Vec<Vec3> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("vertex "))
        .map(|line| Vec3::from_slice(&floats(line)))
        .collect();
    let read = corners.chunks_exact(3).map(|corners| ([corners[0], corners[1], corners[2]], None)).collect();
    assert_same(read, false, 5.0e-5);
}

#[test]
fn off_reads_back_bit_by_bit_with_colors() {
    let text = text(off::write(&model(), &off::OffOptions::default(), &plenty()).expect("within limits"));
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("OFF 12 16 0"));
    let positions: Vec<Vec3> = lines.by_ref().take(12).map(|line| Vec3::from_slice(&floats(line))).collect();
    assert_eq!(positions, model().positions);
    let read = lines.map(|line| {
        let numbers: Vec<usize> = line.split_whitespace().map(|word| word.parse().expect("whole numbers")).collect();
        let channel = |index: usize| numbers.get(4 + index).map_or(255, |channel| *channel as u8);
        ([positions[numbers[1]], positions[numbers[2]], positions[numbers[3]]], Some([0, 1, 2, 3].map(channel)))
    });
    assert_same(read.collect(), true, 0.0);
}

#[test]
fn obj_reads_back_with_its_materials() {
    let options = obj::ObjOptions { library: Some("model.mtl".to_owned()) };
    let file = text(obj::write(&model(), &options, &plenty()).expect("within limits"));
    let library = text(obj::write_library(&model(), &plenty()).expect("within limits"));
    let mut materials = BTreeMap::new();
    let mut name = String::new();
    for line in library.lines() {
        match line.split_once(' ') {
            Some(("newmtl", new)) => name = new.to_owned(),
            Some(("Kd", channels)) => {
                let kd: Vec<u8> = floats(channels).iter().map(|channel| (channel * 255.0).round() as u8).collect();
                materials.insert(name.clone(), [kd[0], kd[1], kd[2], 255]);
            }
            Some(("d", alpha)) => {
                let material = materials.get_mut(&name).expect("Kd stands before d");
                material[3] = (floats(alpha)[0] * 255.0).round() as u8;
            }
            _ => {}
        }
    }
    let (mut positions, mut color, mut read) = (Vec::new(), None, Vec::new());
    for line in file.lines() {
        match line.split_once(' ') {
            Some(("mtllib", library)) => assert_eq!(library, "model.mtl"),
            Some(("usemtl", name)) => color = Some(materials[name]),
            Some(("v", values)) => positions.push(Vec3::from_slice(&floats(values))),
            Some(("f", corners)) => {
                let corners: Vec<Vec3> = floats(corners).iter().map(|index| positions[*index as usize - 1]).collect();
                read.push(([corners[0], corners[1], corners[2]], color));
            }
            _ => {}
        }
    }
    assert_same(read, true, 1.0e-6);
}

#[test]
fn amf_reads_back_with_its_materials() {
    let file = text(amf::write(&model(), &plenty()).expect("within limits"));
    let document = roxmltree::Document::parse(&file).expect("well-formed");
    let named = |name: &'static str| document.descendants().filter(move |node| node.has_tag_name(name));
    let numbers = |node: roxmltree::Node<'_, '_>| -> Vec<f64> {
        node.children().filter_map(|child| child.text()).filter_map(|text| text.trim().parse().ok()).collect()
    };
    let positions: Vec<Vec3> = named("coordinates").map(|node| Vec3::from_slice(&numbers(node))).collect();
    let color = |id: &str| {
        let material = named("material").find(|material| material.attribute("id") == Some(id)).expect("a material");
        let channels = numbers(material.first_element_child().expect("a colour"));
        [0, 1, 2, 3].map(|channel| (channels[channel] * 255.0).round() as u8)
    };
    let mut read = Vec::new();
    for volume in named("volume") {
        let color = color(volume.attribute("materialid").expect("a material"));
        for triangle in volume.children().filter(roxmltree::Node::is_element) {
            let corners: Vec<usize> = numbers(triangle).into_iter().map(|index| index as usize).collect();
            read.push(([0, 1, 2].map(|corner| positions[corners[corner]]), Some(color)));
        }
    }
    assert_same(read, true, 1.0e-6);
}

#[test]
fn ply_reads_back_with_colors() {
    let bytes = ply::write(&model(), &ply::PlyOptions::default(), &plenty()).expect("within limits");
    let end = bytes.windows(11).position(|window| window == b"end_header\n").expect("a header") + 11;
    let header = text(bytes[..end].to_vec());
    assert!(header.starts_with("ply\nformat binary_little_endian 1.0\n"));
    assert!(header.contains("element vertex 12\n") && header.contains("element face 16\n"));
    let mut input = Bytes(&bytes[end..]);
    let positions: Vec<Vec3> = (0..12).map(|_| input.vector()).collect();
    let mut read = Vec::new();
    for _ in 0..16 {
        assert_eq!(input.take(), [3]);
        let corners = [(); 3].map(|()| positions[u32::from_le_bytes(input.take()) as usize]);
        read.push((corners, Some(input.take())));
    }
    assert!(input.0.is_empty());
    assert_same(read, true, 2.0e-6);
}

/// A GLB's document and binary chunk.
fn glb_chunks(bytes: &[u8]) -> (Value, Vec<u8>) {
    let mut input = Bytes(bytes);
    assert_eq!(&input.take::<4>(), b"glTF");
    assert_eq!(u32::from_le_bytes(input.take()), 2);
    assert_eq!(u32::from_le_bytes(input.take()) as usize, bytes.len());
    let length = u32::from_le_bytes(input.take()) as usize;
    assert_eq!(&input.take::<4>(), b"JSON");
    let document = serde_json::from_slice(&input.0[..length]).expect("valid JSON");
    let mut input = Bytes(&input.0[length..]);
    let length = u32::from_le_bytes(input.take()) as usize;
    assert_eq!(&input.take::<4>(), b"BIN\0");
    assert_eq!((length % 4, input.0.len()), (0, length));
    (document, input.0.to_vec())
}

fn number(value: &Value) -> usize {
    value.as_u64().expect("a whole number") as usize
}

/// Where an accessor's elements begin in the binary chunk.
fn start(document: &Value, accessor: usize) -> usize {
    let accessor = &document["accessors"][accessor];
    number(&document["bufferViews"][number(&accessor["bufferView"])]["byteOffset"]) + number(&accessor["byteOffset"])
}

fn glb_facets(bytes: &[u8]) -> Vec<Facet> {
    let (document, binary) = glb_chunks(bytes);
    let mut read = Vec::new();
    let meshes = document["meshes"].as_array().expect("meshes");
    for primitive in meshes.iter().flat_map(|mesh| mesh["primitives"].as_array().expect("primitives")) {
        let (positions, normals) = (&primitive["attributes"]["POSITION"], &primitive["attributes"]["NORMAL"]);
        let indices = number(&primitive["indices"]);
        assert_eq!(document["accessors"][indices]["componentType"], 5123);
        let vertex = |accessor: &Value, index: u16| {
            Bytes(&binary[start(&document, number(accessor)) + 12 * usize::from(index)..]).vector()
        };
        // metres, Y up, back to millimetres, Z up
        let place = |metres: Vec3| Vec3::new(metres.x, -metres.z, metres.y) * 1000.0;
        let material = &document["materials"][number(&primitive["material"])];
        let name = material["name"].as_str().expect("a name").trim_start_matches('#');
        let color = u32::from_str_radix(name, 16).expect("hex digits").to_be_bytes();
        let alpha = material["pbrMetallicRoughness"]["baseColorFactor"][3].as_f64().expect("alpha");
        assert_eq!(material["alphaMode"] == "BLEND", alpha < 1.0);
        let color = Some([color[1], color[2], color[3], (alpha * 255.0).round() as u8]);
        let mut input = Bytes(&binary[start(&document, indices)..]);
        for _ in 0..number(&document["accessors"][indices]["count"]) / 3 {
            let corners = [(); 3].map(|()| u16::from_le_bytes(input.take()));
            let points = corners.map(|index| place(vertex(positions, index)));
            let facet = (points[1] - points[0]).cross(points[2] - points[0]).normalize();
            for corner in corners {
                let normal = place(vertex(normals, corner)) / 1000.0;
                assert!((normal.length() - 1.0).abs() < 1.0e-5);
                assert!(normal.dot(facet) > 0.999, "plane faces have plane normals");
            }
            read.push((points, color));
        }
    }
    read
}

#[test]
fn glb_reads_back_in_metres_with_materials() {
    let bytes = glb::write(&model(), &glb::GlbOptions::default(), &plenty()).expect("within limits");
    assert_same(glb_facets(&bytes), true, 4.0e-6);
}

#[test]
fn glb_has_a_node_for_each_part() {
    let (document, _) =
        glb_chunks(&glb::write(&model(), &glb::GlbOptions::default(), &plenty()).expect("within limits"));
    assert_eq!(document["nodes"][0]["children"], serde_json::json!([1, 2]));
    assert_eq!(document["nodes"][1]["name"], "model 1");
    assert_eq!(document["nodes"][1]["extras"]["volumeMm3"], 66.667);
    assert_eq!(document["meshes"][1]["primitives"].as_array().map(Vec::len), Some(1));
    let whole = glb::GlbOptions { parts: false, ..Default::default() };
    let bytes = glb::write(&model(), &whole, &plenty()).expect("within limits");
    assert_eq!(glb_chunks(&bytes).0["nodes"].as_array().map(Vec::len), Some(1));
    assert_same(glb_facets(&bytes), true, 4.0e-6);
}

#[test]
fn glb_bounds_are_those_of_its_vertices() {
    let bytes = glb::write(&model(), &glb::GlbOptions::default(), &plenty()).expect("within limits");
    let (document, binary) = glb_chunks(&bytes);
    for accessor in 0..document["accessors"].as_array().map_or(0, Vec::len) {
        let facts = &document["accessors"][accessor];
        if facts["min"].is_null() {
            continue;
        }
        let mut input = Bytes(&binary[start(&document, accessor)..]);
        let points: Vec<Vec3> = (0..number(&facts["count"])).map(|_| input.vector()).collect();
        let low = points.iter().copied().fold(Vec3::INFINITY, Vec3::min);
        let high = points.iter().copied().fold(Vec3::NEG_INFINITY, Vec3::max);
        assert_eq!(facts["min"], serde_json::json!(low.to_array()));
        assert_eq!(facts["max"], serde_json::json!(high.to_array()));
    }
}

#[test]
fn glb_normals_follow_the_surface_of_a_cylinder() {
    let mesh = drum(24);
    let bytes = glb::write(&mesh, &glb::GlbOptions::default(), &plenty()).expect("within limits");
    let (document, _) = glb_chunks(&bytes);
    // one vertex a corner of the wall, and one for each of the two lids: smooth around, sharp at the rims
    assert_eq!(document["accessors"][1]["count"], 24 * 4 + 2);
    let flat = glb::GlbOptions { normals: glb::Normals::Flat, ..Default::default() };
    let (document, _) = glb_chunks(&glb::write(&mesh, &flat, &plenty()).expect("within limits"));
    assert_eq!(document["accessors"][1]["count"], 24 * 2 + 2);
}

/// A closed cylinder with middle points in its lids.
fn drum(sides: u32) -> TriMesh {
    let mut mesh = TriMesh::default();
    for side in 0..sides {
        let angle = 360.0 * f64::from(side) / f64::from(sides);
        let (x, y) = (maquette::geom::cos_deg(angle) * 5.0, maquette::geom::sin_deg(angle) * 5.0);
        mesh.positions.extend([Vec3::new(x, y, 0.0), Vec3::new(x, y, 8.0)]);
    }
    mesh.positions.extend([Vec3::ZERO, Vec3::Z * 8.0]);
    let wall = Surface::Cylinder { origin: Vec3::ZERO, axis: Vec3::Z, radius: 5.0 };
    mesh.faces = [wall, Surface::Plane, Surface::Plane].map(|surface| Face { surface, color: None }).to_vec();
    for side in 0..sides {
        let (low, next) = (2 * side, 2 * ((side + 1) % sides));
        let around = [
            [low, next, next + 1],
            [low, next + 1, low + 1],
            [next, low, 2 * sides],
            [low + 1, next + 1, 2 * sides + 1],
        ];
        mesh.triangles.extend(around);
        mesh.face_of.extend([0, 0, 1, 2]);
    }
    mesh
}

/// One entry of a 3MF package.
pub fn entry(package: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(package)).expect("a zip");
    let mut text = String::new();
    archive.by_name(name).expect("the entry").read_to_string(&mut text).expect("UTF-8");
    text
}

fn threemf_facets(package: &[u8]) -> Vec<Facet> {
    let model = entry(package, "3D/3dmodel.model");
    let document = roxmltree::Document::parse(&model).expect("well-formed XML");
    let root = document.root_element();
    assert_eq!(root.attribute("unit"), Some("millimeter"));
    let colors: Vec<[u8; 4]> = root
        .descendants()
        .filter(|node| node.has_tag_name((root.tag_name().namespace().unwrap_or(""), "base")))
        .map(|node| {
            let hex = node.attribute("displaycolor").and_then(|color| color.strip_prefix('#')).expect("a colour");
            u32::from_str_radix(hex, 16).expect("eight hex digits").to_be_bytes()
        })
        .collect();
    let mut read = Vec::new();
    for object in root.descendants().filter(|node| node.tag_name().name() == "object") {
        let value = |node: &roxmltree::Node<'_, '_>, name: &str| -> f64 {
            node.attribute(name).and_then(|text| text.parse().ok()).expect("a number")
        };
        let vertices: Vec<Vec3> = object
            .descendants()
            .filter(|node| node.tag_name().name() == "vertex")
            .map(|node| Vec3::new(value(&node, "x"), value(&node, "y"), value(&node, "z")))
            .collect();
        for node in object.descendants().filter(|node| node.tag_name().name() == "triangle") {
            let corners = ["v1", "v2", "v3"].map(|name| vertices[value(&node, name) as usize]);
            let index =
                node.attribute("p1").or(object.attribute("pindex")).and_then(|index| index.parse::<usize>().ok());
            read.push((corners, index.map(|index| colors[index])));
        }
    }
    read
}

#[test]
fn threemf_reads_back_with_a_part_for_each_color() {
    let options = threemf::ThreeMfOptions { title: Some("a <b> & \"c\"".to_owned()), ..Default::default() };
    let package = threemf::write(&model(), &options, &plenty()).expect("within limits");
    assert_same(threemf_facets(&package), true, 1.0e-6);
    let model = entry(&package, "3D/3dmodel.model");
    let document = roxmltree::Document::parse(&model).expect("well-formed XML");
    let named = |name: &'static str| document.descendants().filter(move |node| node.tag_name().name() == name);
    // the glass part has one colour, the box two; the assembly holds both and is the one thing to build
    assert_eq!(named("object").count(), 3);
    assert_eq!(named("component").count(), 2);
    assert_eq!(named("item").count(), 1);
    assert!(named("metadata").any(|node| node.text() == Some("a <b> & \"c\"")));
    assert!(entry(&package, "[Content_Types].xml").contains("3dmanufacturing-3dmodel+xml"));
    assert!(entry(&package, "_rels/.rels").contains("/3D/3dmodel.model"));
}

#[test]
fn threemf_paints_triangles_for_slicers_when_asked() {
    let plain = threemf::write(&model(), &threemf::ThreeMfOptions::default(), &plenty()).expect("within limits");
    assert!(!entry(&plain, "3D/3dmodel.model").contains("paint_color"));
    let options = threemf::ThreeMfOptions { paint: true, ..Default::default() };
    let painted = entry(&threemf::write(&model(), &options, &plenty()).expect("within limits"), "3D/3dmodel.model");
    // three colours in the order of their first triangles: two uncoloured, ten red, four of glass
    for (code, count) in [("4", 2), ("8", 10), ("0C", 4)] {
        assert_eq!(painted.matches(&format!("paint_color=\"{code}\"")).count(), count);
    }
}

#[test]
fn ascii_stl_leaves_out_what_six_digits_cannot_tell_apart() {
    let mut mesh = model();
    let first = mesh.positions.len() as u32;
    mesh.positions.extend([Vec3::splat(100.0), Vec3::splat(100.000_000_1), Vec3::new(100.0, 0.0, 0.0)]);
    mesh.triangles.push([first, first + 1, first + 2]);
    mesh.face_of.push(0);
    let options = stl::StlOptions { encoding: stl::Encoding::Ascii };
    let text = text(stl::write(&mesh, &options, &plenty()).expect("within limits"));
    assert_eq!(text.matches("endfacet").count(), model().triangles.len());
}

#[test]
fn threemf_carries_a_thumbnail() {
    let options = threemf::ThreeMfOptions { thumbnail: Some(b"PNG".to_vec()), ..Default::default() };
    let package = threemf::write(&model(), &options, &plenty()).expect("within limits");
    assert_eq!(entry(&package, "Metadata/thumbnail.png"), "PNG");
    assert!(entry(&package, "_rels/.rels").contains("/Metadata/thumbnail.png"));
}

#[test]
fn every_writer_gives_the_same_bytes_twice() {
    let (mesh, budget) = (model(), plenty());
    for write in writers() {
        assert_eq!(write(&mesh, &budget), write(&mesh, &budget));
    }
}

#[test]
fn every_writer_keeps_to_the_output_limit() {
    let budget = Budget::new(Limits { output_bytes: 100, ..Limits::default() });
    for write in writers() {
        assert_eq!(write(&model(), &budget), Err(Exceeded::Output));
    }
}

#[test]
fn every_writer_stops_when_the_job_is_cancelled() {
    let budget = plenty();
    budget.cancel();
    for write in writers() {
        assert_eq!(write(&model(), &budget), Err(Exceeded::Cancelled));
    }
}

#[test]
fn every_writer_takes_an_empty_mesh() {
    for write in writers() {
        assert!(write(&TriMesh::default(), &plenty()).is_ok());
    }
}

type Writer = fn(&TriMesh, &Budget) -> Result<Vec<u8>, Exceeded>;

fn writers() -> Vec<Writer> {
    vec![
        |mesh, budget| stl::write(mesh, &stl::StlOptions::default(), budget),
        |mesh, budget| stl::write(mesh, &stl::StlOptions { encoding: stl::Encoding::Ascii }, budget),
        |mesh, budget| off::write(mesh, &off::OffOptions::default(), budget),
        |mesh, budget| obj::write(mesh, &obj::ObjOptions::default(), budget),
        |mesh, budget| ply::write(mesh, &ply::PlyOptions::default(), budget),
        |mesh, budget| glb::write(mesh, &glb::GlbOptions::default(), budget),
        |mesh, budget| threemf::write(mesh, &threemf::ThreeMfOptions::default(), budget),
        |mesh, budget| glb::write(mesh, &glb::GlbOptions { compress: true, ..Default::default() }, budget),
        amf::write,
        |mesh, budget| report::write(mesh, &report::ReportOptions::default(), budget),
    ]
}

#[test]
fn a_quantized_glb_is_smaller_and_as_good() {
    let exact = glb::write(&drum(96), &glb::GlbOptions::default(), &plenty()).expect("within limits");
    let options = glb::GlbOptions { quantize: true, ..Default::default() };
    let bytes = glb::write(&drum(96), &options, &plenty()).expect("within limits");
    let (document, binary) = glb_chunks(&bytes);
    assert!(binary.len() * 10 < glb_chunks(&exact).1.len() * 7, "{} bytes", binary.len());
    assert_eq!(document["extensionsRequired"][0], "KHR_mesh_quantization");
    let part = |value: &Value| value.as_f64().expect("a number");
    let node = &document["nodes"][0];
    let mut input = Bytes(&binary[start(&document, 1)..]);
    let mut far = 0.0_f64;
    for _ in 0..number(&document["accessors"][1]["count"]) {
        let cell = [(); 3].map(|()| f64::from(u16::from_le_bytes(input.take())));
        assert_eq!(input.take::<2>(), [0, 0]);
        let [x, y, z] =
            [0, 1, 2].map(|axis| cell[axis] * part(&node["scale"][axis]) + part(&node["translation"][axis]));
        let radius = 1000.0 * x.hypot(z);
        assert!((radius - 5.0).abs() < 2.0e-4 || radius < 2.0e-4, "radius {radius}");
        far = far.max(1000.0 * y);
    }
    assert!((far - 8.0).abs() < 2.0e-4);
}
