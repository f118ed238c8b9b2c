//! What a program says for its drawings: the same shape with it and without, and each thing where the program puts it.

use std::sync::Arc;

use maquette::budget::Budget;
use maquette::csg::{self, Annotation, Subject, TextSpec};
use maquette::drawing::{Part, SheetSpec, draw};
use maquette::geom::Vec3;
use maquette::mesh::TriMesh;
use maquette::page::{Page, Shape};
use maquette::scad::{self, Evaluation, FontMetrics, Host, HostError, Options, Purpose, TextMetrics};

use crate::overlap::overlaps;

/// One program and no other file.
struct Alone(String);

impl Host for Alone {
    fn resolve(&self, _: &str, _: &str, _: Purpose) -> Result<String, HostError> {
        Err(HostError::NotFound)
    }

    fn read(&self, path: &str) -> Result<Arc<[u8]>, HostError> {
        if path == "main.scad" { Ok(Arc::from(self.0.as_bytes())) } else { Err(HostError::NotFound) }
    }

    fn text_metrics(&self, _: &TextSpec) -> Option<TextMetrics> {
        None
    }

    fn font_metrics(&self, _: &TextSpec) -> Option<FontMetrics> {
        None
    }
}

fn evaluate(program: &str) -> Evaluation {
    let host = Alone(format!("use <maquette.scad>\n{program}"));
    scad::evaluate("main.scad", &host, &Options::default(), &Budget::default())
}

fn annotations(program: &str) -> Vec<Annotation> {
    let evaluation = evaluate(program);
    assert!(evaluation.diagnostics.is_empty(), "{program}: {:?}", evaluation.diagnostics);
    evaluation.annotations
}

fn points(annotation: &Annotation) -> (Vec3, Vec3) {
    let Subject::Dimension { from, to, .. } = annotation.subject else { panic!("{annotation:?} is no dimension") };
    (from, to)
}

#[test]
fn the_tree_is_dumped_as_openscad_would_make_it() {
    let dump = |program: &str| csg::dump(&evaluate(program).tree.expect("it has a tree"));
    assert_eq!(
        dump("dimension([0, 0, 0], [4, 0, 0]) cube(4);"),
        dump("module dimension() { children(); } dimension() cube(4);")
    );
    let said = "difference() { cube(4); note([0, 0, 0], \"here\") cube(1); translate([1, 1, 1]) datum([0, 0, 0], [0, 0, 1], \"A\"); }";
    let silent = "module note() { children(); } module datum() { children(); } difference() { cube(4); note() cube(1); translate([1, 1, 1]) datum(); }";
    assert_eq!(dump(said), dump(silent));
}

#[test]
fn places_follow_the_transformations_around_them() {
    let said = annotations(
        "translate([10, 0, 0]) rotate([0, 0, 90]) dimension([0, 0, 0], [5, 0, 0]);
         mirror([1, 0, 0]) scale(2) difference() { cube(9); dimension([1, 0, 0], [2, 0, 0]); }
         for (x = [0, 1]) translate([x, 0, 0]) dimension([0, 0, 0], [0, 0, 3]);
         module deep() { translate([0, 0, 7]) dimension([0, 0, 0], [0, 1, 0]) children(); }
         deep() cube(1);
         %dimension([0, 0, 0], [1, 1, 1]);",
    );
    let is_near = |at: usize, from: [f64; 3], to: [f64; 3]| {
        let (one, two) = points(&said[at]);
        assert!(one.distance(Vec3::from(from)) < 1e-9 && two.distance(Vec3::from(to)) < 1e-9, "{at}: {one} {two}");
    };
    assert_eq!(said.len(), 5);
    is_near(0, [10.0, 0.0, 0.0], [10.0, 5.0, 0.0]);
    is_near(1, [-2.0, 0.0, 0.0], [-4.0, 0.0, 0.0]);
    is_near(3, [1.0, 0.0, 0.0], [1.0, 0.0, 3.0]);
    is_near(4, [0.0, 0.0, 7.0], [0.0, 1.0, 7.0]);
}

#[test]
fn what_is_wrong_is_told_where_the_program_says_it() {
    let evaluation =
        evaluate("cube(1);\n\nnote([0, 0, 0]);\ndimension([1, 2, 3], [1, 2, 3]);\ndiameter([0, 0, 0], -3);");
    let told: Vec<(Option<usize>, &str)> = evaluation
        .diagnostics
        .iter()
        .map(|told| (evaluation.sources.line_number(told.span).map(|line| line as usize), told.message.as_str()))
        .collect();
    let lines: Vec<Option<usize>> = told.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [Some(4), Some(5), Some(6)], "{told:?}");
    assert!(told[0].1.starts_with("note(): it needs a text"), "{told:?}");
    assert!(evaluation.annotations.is_empty());
}

/// A block of 40 x 20 x 10.
fn block() -> TriMesh {
    let corner = |index: u32| {
        Vec3::new(f64::from(index & 1) * 40.0, f64::from(index >> 1 & 1) * 20.0, f64::from(index >> 2) * 10.0)
    };
    let quads = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
    let mut mesh = TriMesh { positions: (0..8).map(corner).collect(), ..TriMesh::default() };
    for (face, [a, b, c, d]) in quads.into_iter().enumerate() {
        mesh.triangles.extend([[a, b, c], [a, c, d]]);
        mesh.face_of.extend([face as u32; 2]);
        mesh.faces.push(maquette::mesh::Face { surface: maquette::mesh::Surface::Plane, color: None });
    }
    mesh
}

fn sheet(program: &str) -> Page {
    let spec = SheetSpec { annotations: annotations(program), ..SheetSpec::default() };
    let pages = draw(&[Part::new("block", &block())], &spec, &Budget::default());
    pages.expect("it can be drawn").remove(0)
}

fn words(page: &Page) -> Vec<&str> {
    let text = page.flat_marks().filter_map(|mark| if let Shape::Text(text) = &mark.shape { Some(text) } else { None });
    text.map(|text| text.content.as_str()).collect()
}

#[test]
fn the_sheet_says_what_the_program_asks_and_nothing_twice() {
    let page = sheet(
        "dimension([0, 0, 0], [40, 0, 0], tolerance = 0.1);
         dimension([0, 0, 0], [40, 20, 0]);
         angle([0, 0, 0], [40, 0, 0], [40, 20, 0]);
         note([20, 10, 10], \"grind\");
         datum([20, 0, 0], [0, 0, -1], \"K\");
         finish([10, 0, 10], [0, 0, 1], \"Ra 1,6\");
         section(\"B\", [20, 10, 5], [0, -1, 0]);
         title_block([[\"title\", \"Asked\"], [\"material\", \"C45\"]]);",
    );
    let words = words(&page);
    let count = |wanted: &str| words.iter().filter(|word| **word == wanted).count();
    assert_eq!((count("40 ±0,1"), count("40")), (1, 0), "{words:?}");
    for once in ["44,72", "26,57°", "grind", "K", "Ra 1,6", "B-B", "Asked", "C45", "20", "10"] {
        assert_eq!(count(once), 1, "{once}: {words:?}");
    }
    // so much around so small a block: an extension line may pass through the words of one dimension
    let covered = overlaps(&page);
    assert!(covered.len() <= 1, "{covered:?}");
}

#[test]
fn a_section_that_misses_is_an_error() {
    let spec = SheetSpec { annotations: annotations("section(\"A\", [0, 99, 0], [0, 1, 0]);"), ..SheetSpec::default() };
    let mesh = block();
    let drawn = draw(&[Part::new("block", &mesh)], &spec, &Budget::default());
    assert!(drawn.is_err_and(|error| error.to_string().contains("section A")));
}
