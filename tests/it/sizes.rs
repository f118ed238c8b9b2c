//! Which sizes a sheet gives for what a program makes, and that words and leaders are where they can be read.

use std::path::Path;
use std::sync::Arc;

use maquette::budget::Budget;
use maquette::csg::TextSpec;
use maquette::drawing::{Part, SheetSpec, draw};
use maquette::geom::Vec2;
use maquette::mesh::TriMesh;
use maquette::page::{DimensionKind, Layer, Page, Shape};
use maquette::realize::{Memo, Shape as Form, realize};
use maquette::scad::{self, FontMetrics, Host, HostError, Options, Purpose, TextMetrics};
use maquette::text::Fonts;

use crate::overlap::overlaps;

/// One program and no other file.
struct Alone(Vec<u8>);

impl Host for Alone {
    fn resolve(&self, _: &str, _: &str, _: Purpose) -> Result<String, HostError> {
        Err(HostError::NotFound)
    }

    fn read(&self, path: &str) -> Result<Arc<[u8]>, HostError> {
        if path == "main.scad" { Ok(Arc::from(self.0.as_slice())) } else { Err(HostError::NotFound) }
    }

    fn text_metrics(&self, _: &TextSpec) -> Option<TextMetrics> {
        None
    }

    fn font_metrics(&self, _: &TextSpec) -> Option<FontMetrics> {
        None
    }
}

pub fn mesh_of(program: &str) -> TriMesh {
    let host = Alone(program.as_bytes().to_vec());
    let tree = scad::evaluate("main.scad", &host, &Options::default(), &Budget::default()).tree.expect("a tree");
    match realize(&tree, &Fonts::default(), &Memo::default(), &Budget::default()).shape {
        Some(Form::Solid(solid)) => solid.to_mesh(),
        other => panic!("no solid but {other:?}"),
    }
}

pub fn sheet_of(program: &str) -> Page {
    let mesh = mesh_of(program);
    draw(&[Part::new("part", &mesh)], &SheetSpec::default(), &Budget::default()).expect("it can be drawn").remove(0)
}

/// What is written in the views, in order of the alphabet.
pub fn words(page: &Page) -> Vec<&str> {
    let views = page.flat_marks().filter(|mark| mark.view.is_some());
    let texts =
        views.filter_map(|mark| if let Shape::Text(text) = &mark.shape { Some(text.content.as_str()) } else { None });
    let mut words: Vec<&str> = texts.collect();
    words.sort_unstable();
    words
}

#[test]
fn an_even_part_has_widths_about_its_middle() {
    let page = sheet_of(
        "difference() { union() { cube([60, 40, 8]); translate([20, 10, 0]) cube([20, 20, 18]); }
         for (x = [10, 50], y = [8, 32]) translate([x, y, -1]) cylinder(d = 5, h = 20, $fn = 48); }",
    );
    assert_eq!(words(&page), ["18", "20", "20", "24", "40", "40", "4× Ø5 THRU", "60", "8"]);
}

#[test]
fn what_lies_unevenly_is_placed_from_an_edge() {
    let page = sheet_of(
        "difference() { cube([60, 40, 8]);
         for (x = [10, 45]) translate([x, 20, -1]) cylinder(d = 5, h = 20, $fn = 48); }",
    );
    assert_eq!(words(&page), ["10", "2× Ø5 THRU", "35", "40", "60", "8"]);
}

#[test]
fn levels_that_nobody_tells_apart_are_one() {
    let page = sheet_of("cube([100, 40, 10]); cube([99.6, 40, 20]); cube([60, 40, 30]); cube([59.8, 40, 40]);");
    assert_eq!(words(&page), ["100", "20", "40", "40", "59,8"]);
}

#[test]
fn one_drilling_through_two_walls_is_one_hole() {
    let page = sheet_of(
        "difference() { union() { cube([40, 30, 6]); for (x = [0, 32]) translate([x, 0, 0]) cube([8, 30, 30]); }
         translate([-1, 15, 20]) rotate([0, 90, 0]) cylinder(d = 8, h = 60, $fn = 48); }",
    );
    let words = words(&page);
    assert!(words.contains(&"Ø8 THRU"), "{words:?}");
}

#[test]
fn pins_on_a_circle_have_their_count_and_their_circle() {
    let page = sheet_of(
        "cylinder(d = 60, h = 4, $fn = 96); for (a = [0 : 60 : 300]) rotate(a) translate([22, 0, 4]) cylinder(d = 6, h = 10, $fn = 48);",
    );
    let words = words(&page);
    assert!(words.contains(&"6× Ø6 EQ SP ON Ø44"), "{words:?}");
}

#[test]
fn balls_have_a_spherical_size() {
    let knob = sheet_of("$fn = 64; translate([0, 0, 24]) sphere(d = 30); cylinder(d = 12, h = 20);");
    assert!(words(&knob).contains(&"SØ30"), "{:?}", words(&knob));
    let dome = sheet_of(
        "$fn = 64; cube([60, 60, 10], center = true); intersection() { translate([0, 0, 5]) sphere(20); translate([0, 0, 55]) cube(100, center = true); }",
    );
    assert!(words(&dome).contains(&"SR20"), "{:?}", words(&dome));
}

#[test]
fn cones_have_both_diameters_their_length_and_their_taper() {
    let page =
        sheet_of("$fn = 96; cylinder(d1 = 40, d2 = 30, h = 50); translate([0, 0, 50]) cylinder(d = 22, h = 25);");
    assert_eq!(words(&page), ["50", "75", "TAPER 1:5", "Ø22", "Ø30", "Ø40"]);
}

/// The ends of leaders to circles with what is written there.
fn tips(page: &Page) -> Vec<(&str, Vec2)> {
    let mut tips = Vec::new();
    for mark in &page.marks {
        if let Shape::Dimension(dimension) = &mark.shape
            && let DimensionKind::Diameter { to, .. } | DimensionKind::Radius { to, .. } = dimension.kind
        {
            tips.push((dimension.text.as_str(), to));
        }
    }
    tips
}

/// Whether a line of a view ends or passes at a point.
fn is_drawn_at(page: &Page, point: Vec2) -> bool {
    let views = page.marks.iter().filter(|mark| matches!(mark.ink.layer, Layer::Visible | Layer::Hidden));
    views.into_iter().any(|mark| match &mark.shape {
        Shape::Circle { center, radius } => (center.distance(point) - radius).abs() < 0.05,
        Shape::Arc { center, radius, start_deg, sweep_deg } => {
            let out = point - *center;
            let angle = (out.y.atan2(out.x).to_degrees() - start_deg).rem_euclid(360.0);
            (out.length() - radius).abs() < 0.05 && angle <= *sweep_deg
        }
        _ => false,
    })
}

#[test]
fn leaders_of_radii_end_on_their_arcs() {
    // arcs of 40 to 90 degrees, upwards, sideways, and half hidden ones
    for turn in [0, 20, 45, 70, 90] {
        let page = sheet_of(&format!(
            "$fn = 96; rotate({turn}) linear_extrude(10) difference() {{ offset(5) square([40, 24], center = true);
             translate([0, 45]) circle(30); translate([45, 0]) circle(22); }}"
        ));
        let tips = tips(&page);
        assert!(tips.len() >= 2, "{turn}: {tips:?}");
        for (text, tip) in tips {
            assert!(is_drawn_at(&page, tip), "{text} of {turn} points at nothing");
        }
    }
}

#[test]
fn no_words_of_a_sample_are_crossed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let samples = [
        "examples/box",
        "examples/bracket",
        "examples/fixture",
        "examples/gears",
        "examples/housing",
        "docs/drawings/enclosure",
        "docs/drawings/gearbox",
    ];
    for sample in samples {
        let program = std::fs::read_to_string(root.join(sample).with_extension("scad")).expect("a sample");
        let page = sheet_of(&program);
        assert!(overlaps(&page).is_empty(), "{sample}: {:?}", overlaps(&page));
    }
}
