//! Drawings of programs that fall into parts: what the parts are, what they are called, and one file a sheet.

use std::sync::Arc;

use maquette::budget::Budget;
use maquette::job::{Engine, Inputs, Library, Outcome, message, pipeline};
use maquette::text::Fonts;

/// Draws a program's model as SVG under some options.
fn drawn(program: &str, options: &str) -> Outcome {
    let job = serde_json::json!({
        "version": 1, "id": "a1", "source": { "text": program },
        "outputs": [ { "format": "svg", "options": serde_json::from_str::<serde_json::Value>(options).expect("JSON") } ],
    });
    let spec = message::parse(job.to_string().as_bytes()).expect("a job");
    let files = [("main.scad".to_owned(), Arc::from(program.as_bytes()))].into();
    let inputs = Inputs::new(files, "main.scad", Library::default(), Fonts::default()).expect("its program");
    pipeline::run(&spec, &inputs, &Engine::new(64 << 20, 64 << 20), &Budget::default(), &|_| {})
}

/// What is written on each sheet.
fn words(outcome: &Outcome) -> Vec<Vec<String>> {
    let text_of = |artefact: &maquette::export::Artefact| {
        let text = String::from_utf8(artefact.bytes.clone()).expect("UTF-8");
        let document = roxmltree::Document::parse(&text).expect("well-formed");
        let texts = document.descendants().filter(|node| node.has_tag_name("text"));
        texts.filter_map(|node| node.text().map(str::to_owned)).collect()
    };
    outcome.artefacts().map(text_of).collect()
}

const CASE: &str = r#"
    module lid() { translate([0, 0, 20]) cube([60, 40, 3]); }
    module screw() { cylinder(d = 4, h = 10, $fn = 24); }
    module assembly() {
        color("steelblue") difference() { cube([60, 40, 20]); translate([2, 2, 2]) cube([56, 36, 20]); }
        color("orange") lid();
        for (x = [10, 50], y = [10, 30]) translate([x, y, 23]) screw();
    }
    assembly();
"#;

#[test]
fn objects_are_parts_named_after_their_modules() {
    let outcome = drawn(CASE, r#"{ "parts": "objects" }"#);
    let sheets = words(&outcome);
    assert_eq!(sheets.len(), 4, "the assembly, the case, the lid and one of four screws: {:?}", outcome.failure);
    let list = |word: &str| sheets[0].iter().any(|written| written == word);
    assert!(list("lid") && list("Part 1") && list("4") && list("orange"), "{:?}", sheets[0]);
    let names: Vec<String> = outcome.artefacts().map(|artefact| artefact.name.clone()).collect();
    assert_eq!(names, ["a1.svg", "a1-sheet-2.svg", "a1-sheet-3.svg", "a1-sheet-4.svg"]);
    assert_eq!(outcome.outputs[0].sheet.as_ref().map(|sheet| sheet.count), Some(4));
}

#[test]
fn one_colour_is_one_part_unless_its_pieces_lie_apart() {
    let program = r#"color("red") cube(10); color("red") translate([5, 0, 0]) cube([10, 10, 9]); color("blue") translate([0, 0, 10]) cube(8);"#;
    assert_eq!(words(&drawn(program, r#"{ "parts": "colors", "partSheets": false }"#)).len(), 1);
    assert_eq!(words(&drawn(program, r#"{ "parts": "colors" }"#)).len(), 3);
    assert_eq!(words(&drawn(program, r#"{ "parts": "objects" }"#)).len(), 4);
    assert_eq!(words(&drawn(program, "{}")).len(), 1);
}

const NAMED: &str = r#"use <maquette.scad>
    module plate() { cube([60, 40, 3]); }
    part("Housing", material = "PA12") difference() { cube([60, 40, 20]); translate([2, 2, 2]) cube([56, 36, 20]); }
    color("orange") translate([0, 0, 20]) part("Lid") plate();
    for (x = [10, 50]) translate([x, 20, 23]) part("Screw M4×10", number = "ISO 4762") cylinder(d = 4, h = 10, $fn = 24);
    part("Pads") for (x = [0, 50]) translate([x, 0, -3]) cube([10, 10, 3]);
"#;

#[test]
fn a_program_names_its_parts_and_says_what_they_are_made_of() {
    let sheets = words(&drawn(NAMED, r#"{ "parts": "objects" }"#));
    assert_eq!(sheets.len(), 5, "the assembly and four kinds, the pads in two pieces one of them");
    for word in ["Housing", "PA12", "Lid", "orange", "Screw M4×10", "ISO 4762", "Pads", "2"] {
        assert!(sheets[0].iter().any(|written| written == word), "{word}: {:?}", sheets[0]);
    }
}

#[test]
fn a_job_names_parts_by_what_the_program_calls_them_or_by_their_colour() {
    let options = r##"{ "parts": "objects", "title": { "number": "7" }, "partNames": { "lid": "Cover", "steelblue": { "name": "Case", "material": "ABS", "number": "C-1" } } }"##;
    let sheets = words(&drawn(CASE, options));
    for word in ["Cover", "Case", "ABS", "C-1", "7-02", "orange", "screw"] {
        assert!(sheets[0].iter().any(|written| written == word), "{word}: {:?}", sheets[0]);
    }
    assert!(!sheets[0].iter().any(|written| written == "lid"));
}

#[test]
fn each_sheet_says_what_is_different() {
    let options = r#"{ "title": { "title": "Cube", "number": "7" }, "sheets": [ {}, { "views": ["isometric"], "title": { "title": "Picture" } } ] }"#;
    let sheets = words(&drawn("cube(10);", options));
    assert_eq!(sheets.len(), 2);
    let holds = |sheet: usize, word: &str| sheets[sheet].iter().any(|written| written == word);
    assert!(holds(0, "Cube") && holds(1, "Picture") && holds(0, "7") && holds(1, "7") && holds(1, "2 / 2"));
}

/// Options of a drawing that cannot be, and a word that the answer must hold.
#[test]
fn options_that_cannot_be_are_refused_by_name() {
    let table = [
        (r#"{ "parts": "bodies" }"#, "bodies"),
        (r#"{ "sheets": [] }"#, "sheets"),
        (r#"{ "sheets": [ { "papr": "A3" } ] }"#, "papr"),
        (r#"{ "views": ["sideways"] }"#, "sideways"),
        (r#"{ "views": [ { "exploded": [0, 0, 0] } ] }"#, "exploded"),
        (r#"{ "views": [ { "direction": [0, 0, 0], "label": "C" } ] }"#, "direction"),
        (r#"{ "views": [ { "direction": [0, 0, 1], "label": "long" } ] }"#, "long"),
        (r#"{ "sections": [ { "label": "A", "point": [0,0,0], "normal": [1,0,0], "half": "most" } ] }"#, "most"),
        (
            r#"{ "sections": [ { "label": "A", "point": [0,0,0], "normal": [1,0,0], "half": "left", "through": [[1,0,0]] } ] }"#,
            "either",
        ),
        (r#"{ "details": [ { "label": "B", "view": "top", "center": [0,0,0], "radius": -1 } ] }"#, "radius"),
        (r#"{ "details": [ { "label": "B", "view": "top", "center": [0,0,0], "radius": 1, "scale": "2" } ] }"#, "1:2"),
    ];
    for (options, word) in table {
        let job = format!(
            r#"{{ "version": 1, "id": "a1", "source": {{ "text": "cube(1);" }}, "outputs": [ {{ "format": "pdf", "options": {options} }} ] }}"#
        );
        let rejection = message::parse(job.as_bytes()).expect_err(options);
        assert!(rejection.detail.contains(word), "{options}\nsays {:?} and not {word:?}", rejection.detail);
    }
}

#[test]
fn more_views_or_sheets_than_anyone_reads_are_refused() {
    let views: Vec<serde_json::Value> = (0..10_000).map(|at| serde_json::json!({ "plan": at })).collect();
    let parse = |options: serde_json::Value| {
        let job = serde_json::json!({
            "version": 1, "id": "a1", "source": { "text": "cube(1);" }, "outputs": [ { "format": "pdf", "options": options } ],
        });
        message::parse(job.to_string().as_bytes())
    };
    assert!(parse(serde_json::json!({ "views": views })).is_err());
    assert!(parse(serde_json::json!({ "sheets": vec![serde_json::json!({}); 101] })).is_err());
    assert!(parse(serde_json::json!({ "sheets": vec![serde_json::json!({}); 3] })).is_ok());
}

#[test]
fn a_flat_model_has_true_arcs_or_every_vertex() {
    let outline = |options: &str| {
        let outcome = drawn("$fn = 48; difference() { circle(20); translate([5, 0]) circle(6); }", options);
        let artefact = outcome.artefacts().next().expect("an outline").bytes.clone();
        String::from_utf8(artefact).expect("UTF-8")
    };
    let (round, cornered) = (outline("{}"), outline(r#"{ "curves": false }"#));
    assert!(round.len() * 2 < cornered.len(), "two circles take less than 96 corners: {round}");
    assert!(cornered.matches("14.142").count() >= 4, "a vertex at 45 degrees: {cornered}");
}
