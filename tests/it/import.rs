//! Foreign files: what each reader makes of good and of bad bytes.

use std::io::Write as _;

use maquette::budget::{Budget, Exceeded, Limits};
use maquette::geom::Vec2;
use maquette::import::{Division, ImportError, MeshFormat, Selection, read_dxf, read_heights, read_mesh, read_svg};
use maquette::mesh::measure;

const TETRAHEDRON_OFF: &str =
    "OFF\n4 4 0\n0 0 0\n1 0 0\n0 1 0\n0 0 1 # tip\n3 0 2 1 255 0 0\n3 0 1 3\n3 1 2 3\n3 2 0 3\n";

fn division() -> Division<'static> {
    Division { arc: &|_, angle| Some((angle.abs() / 6.0).ceil() as u32), curve: 20 }
}

#[test]
fn off_has_its_colours() {
    let mesh = read_mesh(TETRAHEDRON_OFF.as_bytes(), MeshFormat::Off, &Budget::default()).expect("an OFF");
    assert!((measure(&mesh).volume - 1.0 / 6.0).abs() < 1.0e-12);
    assert_eq!(mesh.faces.len(), 2);
    assert_eq!(mesh.face(0).color.map(|color| color.to_bytes()), Some([255, 0, 0, 255]));
}

#[test]
fn stl_is_read_in_both_kinds() {
    let corner = |x: i32, y: i32, z: i32| format!("vertex {x} {y} {z}\n");
    let facet = |corners: [(i32, i32, i32); 3]| {
        let vertices: String = corners.iter().map(|(x, y, z)| corner(*x, *y, *z)).collect();
        format!("facet normal 0 0 0\nouter loop\n{vertices}endloop\nendfacet\n")
    };
    let (o, x, y, z) = ((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1));
    let faces = [[o, y, x], [o, x, z], [x, y, z], [y, o, z]];
    let ascii = format!("solid t\n{}endsolid t\n", faces.map(facet).concat());
    let mut binary = vec![b's'; 80];
    binary.extend(4_u32.to_le_bytes());
    for face in faces {
        binary.extend([0; 12]);
        binary.extend(face.iter().flat_map(|(x, y, z)| [x, y, z]).flat_map(|value| (*value as f32).to_le_bytes()));
        binary.extend([0; 2]);
    }
    for bytes in [ascii.into_bytes(), binary] {
        let measures = measure(&read_mesh(&bytes, MeshFormat::Stl, &Budget::default()).expect("an STL"));
        assert!(measures.closed && (measures.volume - 1.0 / 6.0).abs() < 1.0e-12, "{measures:?}");
    }
}

/// A package of some parts.
fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a file");
        writer.write_all(text.as_bytes()).expect("memory");
    }
    writer.finish().expect("a package").into_inner()
}

#[test]
fn objects_in_other_parts_of_a_3mf_are_found() {
    let mesh = r#"<model unit="millimeter"><resources><object id="1"><mesh><vertices><vertex x="0" y="0" z="0"/><vertex x="1" y="0" z="0"/>
        <vertex x="0" y="1" z="0"/><vertex x="0" y="0" z="1"/></vertices><triangles><triangle v1="0" v2="2" v3="1"/><triangle v1="0" v2="1" v3="3"/>
        <triangle v1="1" v2="2" v3="3"/><triangle v1="2" v2="0" v3="3"/></triangles></mesh></object></resources></model>"#;
    let root = r#"<model unit="millimeter" xmlns:p="http://schemas.microsoft.com/3dmanufacturing/production/2015/06"><resources><object id="1"><components>
        <component p:path="/3D/Objects/a.model" objectid="1" transform="2 0 0 0 2 0 0 0 2 5 0 0"/></components></object></resources>
        <build><item objectid="1"/></build></model>"#;
    let bytes = package(&[("3D/3dmodel.model", root), ("3D/Objects/a.model", mesh)]);
    let measures = measure(&read_mesh(&bytes, MeshFormat::ThreeMf, &Budget::default()).expect("a 3MF"));
    assert!(measures.closed && (measures.volume - 8.0 / 6.0).abs() < 1.0e-12, "{measures:?}");
    assert_eq!(measures.bounding_box.min.x, 5.0);
}

#[test]
fn faces_that_run_back_over_themselves_come_to_an_end() {
    // found by fuzzing: the first went round for ever, the second had corners without a point
    for place in ["0 0 1", "5 0 1"] {
        let bytes =
            format!("v 0 0 0\nv 1 8 0\nv 0 1 0\nv {place}\nf 1 2 4 2 3 4\nf 1 2 4 3 4\nf 2 4 2 3 4 1\nf 1 2 3 4 3 2\n");
        let mut mangled = format!("v 0 0 0\nv 1 8 0\nv 0 1 0\nv {place}\nf 1 2 4\u{b}f").into_bytes();
        mangled.extend(b"\xa02 3 4f e 1 4\n");
        for bytes in [bytes.as_bytes(), &mangled] {
            if let Ok(mesh) = read_mesh(bytes, MeshFormat::Obj, &Budget::default()) {
                assert!(mesh.triangles.iter().flatten().all(|corner| (*corner as usize) < mesh.positions.len()));
            }
        }
    }
}

#[test]
fn a_3mf_that_unfolds_without_end_is_refused() {
    let object = |id: usize| {
        let inner = format!("<component objectid=\"{}\"/>", id + 1).repeat(2);
        format!("<object id=\"{id}\"><components>{inner}</components></object>")
    };
    let objects: String = (1..32).map(object).collect();
    let root = format!("<model><resources>{objects}</resources><build><item objectid=\"1\"/></build></model>");
    let budget = Budget::new(Limits { memory_bytes: 64 << 20, ..Limits::default() });
    let read = read_mesh(&package(&[("3D/3dmodel.model", &root)]), MeshFormat::ThreeMf, &budget);
    assert_eq!(read.err(), Some(Exceeded::Memory.into()));
}

#[test]
fn bad_bytes_are_refused_without_harm() {
    for format in [MeshFormat::Stl, MeshFormat::Off, MeshFormat::Amf, MeshFormat::ThreeMf] {
        assert!(read_mesh(b"no such thing", format, &Budget::default()).is_err(), "{format:?}");
        assert!(read_mesh(&[0xff; 100], format, &Budget::default()).is_err(), "{format:?}");
    }
    assert!(read_mesh(b"OFF\n999999999 1 0\n", MeshFormat::Off, &Budget::default()).is_err());
    assert!(
        read_mesh(b"OFF\n1 1 0\n0 0 0\n3 0 1 7\n", MeshFormat::Off, &Budget::default())
            .expect("an OFF of nothing")
            .is_empty()
    );
    assert!(read_heights(b"1 2\n3 x\n", false, &Budget::default()).is_err());
}

#[test]
fn svg_shapes_have_their_sizes() {
    let drawing = r#"<svg xmlns="http://www.w3.org/2000/svg" width="100mm" height="100mm" viewBox="0 0 100 100">
        <g id="kept" transform="translate(10 20) scale(2)"><rect width="10" height="5"/></g>
        <path d="M50 50h10v10h-10z M52 52v6h6v-6z"/><circle cx="80" cy="80" r="5" style="display:none"/></svg>"#;
    let read = |id: Option<&str>| {
        let selection = Selection { id, layer: None, dpi: 72.0, center: false };
        read_svg(drawing.as_bytes(), &selection, &division(), &Budget::default()).expect("an SVG")
    };
    let all = read(None).expect("shapes");
    assert!((all.area() - 200.0 - 64.0).abs() < 1.0e-6, "{}", all.area());
    let kept = read(Some("kept")).expect("shapes");
    assert_eq!((kept.bounding_box().min, kept.bounding_box().max), (Vec2::new(10.0, 70.0), Vec2::new(30.0, 80.0)));
    assert!(read(Some("missing")).is_none());
}

#[test]
fn dxf_lines_are_joined() {
    let line =
        |a: (i32, i32), b: (i32, i32)| format!("0\nLINE\n8\n0\n10\n{}\n20\n{}\n11\n{}\n21\n{}\n", a.0, a.1, b.0, b.1);
    let body = [line((0, 0), (4, 0)), line((4, 3), (4, 0)), line((4, 3), (0, 3)), line((0, 0), (0, 3))].concat();
    let text = format!(
        "0\nSECTION\n2\nENTITIES\n{body}0\nCIRCLE\n8\nother\n10\n2\n20\n1.5\n40\n1\n0\nHATCH\n8\n0\n0\nENDSEC\n0\nEOF\n"
    );
    let drawing = read_dxf(text.as_bytes(), None, Vec2::ZERO, 1.0, &division(), &Budget::default()).expect("a DXF");
    assert_eq!(drawing.region.contours().len(), 2);
    assert_eq!(drawing.unsupported.get("HATCH"), Some(&1));
    let layer = read_dxf(text.as_bytes(), Some("0"), Vec2::ZERO, 2.0, &division(), &Budget::default()).expect("a DXF");
    assert!((layer.region.area() - 48.0).abs() < 1.0e-6, "{}", layer.region.area());
}

#[test]
fn heights_make_a_closed_solid() {
    let heights = read_heights(b"# a table\n0 0 0\n0 5 0\n\n0 0\n", false, &Budget::default()).expect("heights");
    assert_eq!((heights.columns, heights.rows()), (3, 3));
    let (points, faces) = heights.polygons(true);
    let control = maquette::solid::Control::new(&maquette::budget::Budget::default());
    let solid = maquette::solid::Solid::polyhedron(&points, &faces, &control).expect("finite");
    assert!(solid.is_closed());
    assert!(measure(&solid.to_mesh()).volume > 4.0);
}

/// A few lines that unfold to more than any machine has end at the job's memory.
#[test]
fn files_that_unfold_end() {
    let budget = Budget::new(Limits { memory_bytes: 64 << 20, ..Limits::default() });
    let selection = Selection { dpi: 96.0, ..Selection::default() };
    let twice = |at: usize| format!(r##"<g id="g{}"><use href="#g{at}"/><use href="#g{at}"/></g>"##, at + 1);
    let svg: String = (0..200).map(twice).collect();
    let svg = format!(r##"<svg xmlns="http://www.w3.org/2000/svg"><rect id="g0" width="1" height="1"/>{svg}</svg>"##);
    assert_eq!(read_svg(svg.as_bytes(), &selection, &division(), &budget).err(), Some(Exceeded::Memory.into()));
    let insert = "0\nINSERT\n2\nB\n10\n1\n20\n1\n".repeat(60);
    let line = "0\nLINE\n10\n0\n20\n0\n11\n1\n21\n1\n";
    let blocks = format!("0\nSECTION\n2\nBLOCKS\n0\nBLOCK\n2\nB\n{line}{insert}0\nENDBLK\n0\nENDSEC\n0\nEOF\n");
    let dxf = |text: &str| read_dxf(text.as_bytes(), None, Vec2::ZERO, 1.0, &division(), &budget).map(|_| ());
    assert_eq!(dxf(&blocks), Err(ImportError::Exceeded(Exceeded::Memory)));
    let turns = "0\nSECTION\n2\nENTITIES\n0\nARC\n10\n0\n20\n0\n40\n5\n50\n0\n51\n1e15\n0\nENDSEC\n0\nEOF\n";
    assert_eq!(dxf(turns), Ok(()));
    let table = format!("{}\n{}", "1 ".repeat(20_000), "1\n".repeat(20_000));
    assert_eq!(read_heights(table.as_bytes(), false, &budget).err(), Some(Exceeded::Memory.into()));
    budget.reserve(60 << 20).expect("what readers took is given back");
}
