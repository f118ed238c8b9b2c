//! What stands on a sheet beside its views: revisions, holes, rooms; and how distances and edges are drawn where a job says so.

use std::sync::Arc;

use maquette::budget::Budget;
use maquette::job::{Engine, Inputs, Library, Outcome, message, pipeline};
use maquette::text::Fonts;

/// Draws a program's model in a format under some options.
fn drawn(program: &str, format: &str, options: &str) -> Outcome {
    let job = serde_json::json!({
        "version": 1, "id": "a1", "source": { "text": program },
        "outputs": [ { "kind": "drawing", "format": format, "options": serde_json::from_str::<serde_json::Value>(options).expect("JSON") } ],
    });
    let spec = message::parse(job.to_string().as_bytes()).expect("a job");
    let files = [("main.scad".to_owned(), Arc::from(program.as_bytes()))].into();
    let inputs = Inputs::new(files, "main.scad", Library::default(), Fonts::default()).expect("its program");
    pipeline::run(&spec, &inputs, &Engine::new(64 << 20, 64 << 20), &Budget::default(), &|_| {})
}

fn text_of(outcome: &Outcome) -> String {
    let first = outcome.artefacts().next().unwrap_or_else(|| panic!("{:?} {:?}", outcome.failure, outcome.diagnostics));
    String::from_utf8_lossy(&first.bytes).into_owned()
}

/// What is written on the first sheet, with its place.
fn words(outcome: &Outcome) -> Vec<(String, f64, f64)> {
    let text = text_of(outcome);
    let document = roxmltree::Document::parse(&text).expect("well-formed");
    let number =
        |node: &roxmltree::Node<'_, '_>, name: &str| node.attribute(name).and_then(|it| it.parse().ok()).unwrap_or(0.0);
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts.map(|node| (node.text().unwrap_or_default().to_owned(), number(&node, "x"), number(&node, "y"))).collect()
}

fn has(words: &[(String, f64, f64)], word: &str) -> bool {
    words.iter().any(|(text, ..)| text == word)
}

/// A plate of 100 by 60 with a hole of 20 and three of 5, none in a row.
const PLATE: &str = "difference() { cube([100, 60, 8]);
    translate([30, 25, -1]) cylinder(d = 20, h = 10, $fn = 96);
    for (at = [[10, 50], [82, 12], [64.5, 41]]) translate([at.x, at.y, -1]) cylinder(d = 5, h = 10, $fn = 48); }";

#[test]
fn revisions_stand_in_a_table_and_the_newest_in_the_title_block() {
    let options = r#"{ "revisions": [ { "revision": "A", "description": "First issue", "date": "2026-01-05", "approved": "N. N." },
                                      { "revision": "B", "description": "Holes moved", "date": "2026-03-09", "approved": "M. M." } ] }"#;
    let words = words(&drawn(PLATE, "svg", options));
    for word in ["First issue", "Holes moved", "2026-01-05", "N. N.", "M. M.", "Approved by"] {
        assert!(has(&words, word), "{word}: {words:?}");
    }
    let count = |word: &str| words.iter().filter(|(text, ..)| text == word).count();
    assert_eq!(count("B") - count("C"), 2, "in the table and in the block, beside the letters of the border");
    assert_eq!(count("2026-03-09"), 2);
    let y = |word: &str| words.iter().find(|(text, ..)| text == word).map_or(0.0, |found| found.2);
    assert!(y("Holes moved") < y("First issue"), "the newest is at the top");
}

#[test]
fn a_hole_table_replaces_callouts_and_distances() {
    let plain = words(&drawn(PLATE, "svg", "{}"));
    assert!(has(&plain, "3× Ø5 THRU") && !has(&plain, "B1"));
    let table = words(&drawn(PLATE, "svg", r#"{ "holeTable": true }"#));
    assert!(!table.iter().any(|(text, ..)| text.contains("3×")), "{table:?}");
    let count = |word: &str| table.iter().filter(|(text, ..)| text == word).count();
    // each label at its hole and in its row
    for label in ["B1", "B2", "B3"] {
        assert_eq!(count(label), 2, "{label}");
    }
    assert_eq!((count("Ø20 THRU"), count("Ø5 THRU")), (1, 3));
    // from the lower left corner, the upper left hole first
    for coordinate in ["10", "50", "82", "12", "64,5", "41", "30", "25"] {
        assert!(has(&table, coordinate), "{coordinate}: {table:?}");
    }
    // the row of the upper left hole of its size
    let (first, at) =
        (&table.iter().filter(|word| word.0 == "B1").max_by(|a, b| a.1.total_cmp(&b.1)).expect("a row").2, 0.01);
    let row: Vec<&str> = table.iter().filter(|word| (word.2 - first).abs() < at).map(|word| word.0.as_str()).collect();
    assert!(row.contains(&"10") && row.contains(&"50"), "{row:?}");
    let dxf = text_of(&drawn(PLATE, "dxf", r#"{ "holeTable": true }"#));
    assert!(dxf.contains("\nØ20 THRU\n") && dxf.contains("\nHoles\n"));
}

/// Two rooms of 4 × 3 and 3 × 3 m with a door between them, a door and a window to the outside, and a column of 0,3 m in the larger.
const FLAT: &str = "use <maquette.scad>
    difference() {
        cube([7600, 3600, 2500]);
        translate([250, 300, -1]) cube([4000, 3000, 3000]);
        translate([4350, 300, -1]) cube([3000, 3000, 3000]);
        translate([4200, 1000, -1]) cube([200, 900, 2100]);
        translate([1000, -1, -1]) cube([1000, 400, 2100]);
        translate([5000, 3200, 900]) cube([2000, 500, 1200]);
    }
    translate([2000, 1500, 0]) cube([300, 300, 2500]);
    room(\"Kitchen\", [1000, 1000, 0]);";

#[test]
fn rooms_have_their_area_between_the_walls_and_their_name() {
    let options = r#"{ "views": [ { "plan": 1100 } ], "rooms": [ { "name": "Study", "at": [5000, 1000] } ] }"#;
    let words = words(&drawn(FLAT, "svg", options));
    // 12 m² less the column, and 9 m²
    for word in ["Kitchen", "11,91 m²", "Study", "9 m²"] {
        assert!(has(&words, word), "{word}: {words:?}");
    }
    assert_eq!(words.iter().filter(|(text, ..)| text.ends_with("m²")).count(), 2);
}

#[test]
fn a_plan_of_no_building_has_no_rooms() {
    let cup = "difference() { cube([80, 60, 40]); translate([3, 3, 3]) cube([74, 54, 40]); }";
    let words = words(&drawn(cup, "svg", r#"{ "views": [ { "plan": 20 } ] }"#));
    assert!(!words.iter().any(|(text, ..)| text.contains("m²")), "{words:?}");
}

#[test]
fn tangent_edges_are_drawn_narrow_where_they_are_wanted() {
    // a bar with two round ends: its flat sides go over into them at x = 0 and x = 40
    let bar = "cube([40, 20, 10]); for (x = [0, 40]) translate([x, 10, 0]) cylinder(r = 10, h = 10, $fn = 96);";
    let options = |on: bool| {
        format!(
            r#"{{ "views": ["front"], "dimensions": "none", "scale": "1:1", "paper": "A4", "tangentEdges": {on} }}"#
        )
    };
    let (without, with) = (text_of(&drawn(bar, "svg", &options(false))), text_of(&drawn(bar, "svg", &options(true))));
    assert!(!without.contains("id=\"tangent\""));
    let document = roxmltree::Document::parse(&with).expect("well-formed");
    let layer = document.descendants().find(|node| node.attribute("id") == Some("tangent")).expect("a layer of them");
    let paths: Vec<_> = layer.descendants().filter(|node| node.has_tag_name("path")).collect();
    assert_eq!(paths.len(), 2, "both on the visible side, each once");
    for path in paths {
        assert_eq!(path.attribute("stroke-width"), Some("0.25"));
    }
}

#[test]
fn distances_run_on_or_start_at_the_datum_edge() {
    let plate = "difference() { cube([100, 30, 8]); for (x = [10, 25, 55]) translate([x, 20, -1]) cylinder(d = 6, h = 10, $fn = 48); }";
    let of =
        |style: &str| words(&drawn(plate, "svg", &format!(r#"{{ "views": ["top"], "dimensionStyle": "{style}" }}"#)));
    let (chain, baseline) = (of("chain"), of("baseline"));
    for word in ["10", "15", "30"] {
        assert!(has(&chain, word), "{word}: {chain:?}");
    }
    for word in ["10", "25", "55"] {
        assert!(has(&baseline, word), "{word}: {baseline:?}");
    }
    assert!(!has(&baseline, "15") && !has(&chain, "55"));
}

#[test]
fn the_unit_of_dimensions_and_the_tolerance_stand_in_the_title_block() {
    let words = words(&drawn("cube(10);", "svg", "{}"));
    assert!(has(&words, "Unit") && has(&words, "mm") && has(&words, "ISO 2768-m"));
}

#[test]
fn a_script_without_glyphs_is_said_and_drawn_all_the_same() {
    let outcome = drawn("cube(10);", "pdf", r#"{ "title": { "title": "図面 رسم" } }"#);
    assert!(outcome.failure.is_none() && !text_of(&outcome).is_empty());
    let said: Vec<&str> = outcome.diagnostics.iter().map(|told| told.message.as_str()).collect();
    assert!(said.iter().any(|message| message.contains('図') && message.contains('ر')), "{said:?}");
    let greek = drawn("cube(10);", "pdf", r#"{ "title": { "title": "Σχέδιο чертёж Ø" } }"#);
    assert!(greek.diagnostics.is_empty(), "{:?}", greek.diagnostics);
}

#[test]
fn a_broken_view_is_short_and_its_sizes_are_true() {
    let bar = "difference() { cube([1000, 20, 20]); for (x = [15, 500, 985]) translate([x, 10, -1]) cylinder(d = 8, h = 30, $fn = 48); }";
    let options = r#"{ "views": ["front", "top"], "scale": "1:1", "paper": "A4-landscape", "breaks": [ { "axis": "x", "from": 60, "to": 940 } ] }"#;
    let outcome = drawn(bar, "svg", options);
    let words = words(&outcome);
    assert!(has(&words, "1000") && has(&words, "1 : 1"), "{words:?}");
    let dxf = text_of(&drawn(bar, "dxf", options));
    // 42: the measured value of a dimension
    assert!(dxf.contains("\n 42\n1000.0\n"), "the dimension's own value is the model's");
    let text = text_of(&outcome);
    let document = roxmltree::Document::parse(&text).expect("well-formed");
    let visible =
        document.descendants().find(|node| node.attribute("id") == Some("visible-top")).expect("the top view");
    assert_eq!(
        visible.descendants().filter(|node| node.has_tag_name("circle")).count(),
        2,
        "the middle hole is left out"
    );
    let bent = r#"{ "breaks": [ { "axis": "w", "from": 1, "to": 2 } ] }"#;
    let job = serde_json::json!({ "version": 1, "id": "a1", "source": { "text": bar },
        "outputs": [ { "format": "pdf", "options": serde_json::from_str::<serde_json::Value>(bent).expect("JSON") } ] });
    assert!(message::parse(job.to_string().as_bytes()).expect_err("no such axis").detail.contains("\"w\""));
}
