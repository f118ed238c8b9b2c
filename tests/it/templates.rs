//! Sheets of one's own: what a template must have, what is filled in and how, what is refused and where.

use std::sync::Arc;

use maquette::budget::{Budget, Exceeded, Limits};
use maquette::diag::Diagnostic;
use maquette::drawing::{Template, TemplateError};
use maquette::job::{Engine, Failure, Inputs, Library, Outcome, message, pipeline};
use maquette::text::Fonts;

/// Draws a box on a template.
fn drawn(template: &str, format: &str, options: &str) -> Outcome {
    let mut options: serde_json::Value = serde_json::from_str(options).expect("JSON");
    options["template"] = "frame.svg".into();
    let job = serde_json::json!({
        "version": 1, "id": "a1",
        "source": { "entry": "main.scad", "files": { "main.scad": "cube([40, 30, 20]);", "frame.svg": template } },
        "outputs": [ { "kind": "drawing", "format": format, "options": options } ],
    });
    let spec = message::parse(job.to_string().as_bytes()).expect("a job");
    let files = [("main.scad", "cube([40, 30, 20]);"), ("frame.svg", template)];
    let files = files.map(|(name, text)| (name.to_owned(), Arc::from(text.as_bytes()))).into();
    let inputs = Inputs::new(files, "main.scad", Library::default(), Fonts::default()).expect("its program");
    pipeline::run(&spec, &inputs, &Engine::new(64 << 20, 64 << 20), &Budget::default(), &|_| {})
}

fn bytes(outcome: &Outcome) -> &[u8] {
    let artefact = outcome.artefacts().next();
    &artefact.unwrap_or_else(|| panic!("{:?}", outcome.failure)).bytes
}

/// A template of 200 by 150 mm around some elements.
fn sheet(elements: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"200mm\" height=\"150mm\" viewBox=\"0 0 400 300\">\n{AREA}\n{elements}\n</svg>"
    )
}

const AREA: &str = r#"<rect id="drawing-area" x="20" y="20" width="360" height="220"/>"#;

/// Words, their place and their width on the first sheet.
fn words(outcome: &Outcome) -> Vec<(String, [f64; 2], f64, f64)> {
    let text = std::str::from_utf8(bytes(outcome)).expect("UTF-8");
    let document = roxmltree::Document::parse(text).expect("well-formed");
    let number = |node: &roxmltree::Node<'_, '_>, name: &str| {
        node.attribute(name).map_or(0.0, |it| it.parse().expect("a number"))
    };
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts
        .map(|node| {
            let at = [number(&node, "x"), number(&node, "y")];
            (node.text().unwrap_or_default().to_owned(), at, number(&node, "textLength"), number(&node, "font-size"))
        })
        .collect()
}

fn error(outcome: &Outcome) -> Diagnostic {
    match &outcome.failure {
        Some(Failure::Rejected(errors)) => errors[0].clone(),
        other => panic!("it should be rejected: {other:?}"),
    }
}

#[test]
fn the_page_is_the_templates_and_views_keep_to_its_drawing_area() {
    let outcome = drawn(&sheet(""), "svg", r#"{ "dimensions": "none" }"#);
    let text = std::str::from_utf8(bytes(&outcome)).expect("UTF-8");
    assert!(text.contains("width=\"200mm\" height=\"150mm\" viewBox=\"0 0 200 150\""), "{}", &text[..400]);
    assert!(!text.contains("Legal owner") && !text.contains("id=\"frame\""), "neither block nor border");
    let document = roxmltree::Document::parse(text).expect("well-formed");
    let visible = document.descendants().find(|node| node.attribute("id") == Some("visible")).expect("its views");
    let mut numbers = Vec::new();
    for path in visible.descendants().filter_map(|node| node.attribute("d")) {
        let plain: String =
            path.chars().map(|letter| if letter.is_ascii_alphabetic() { ' ' } else { letter }).collect();
        numbers.extend(plain.split_whitespace().map(|word| word.parse::<f64>().expect("a number")));
    }
    assert!(numbers.len() > 20);
    for pair in numbers.chunks_exact(2) {
        assert!((10.0..=190.0).contains(&pair[0]) && (10.0..=120.0).contains(&pair[1]), "{pair:?}");
    }
}

#[test]
fn fields_are_filled_where_they_stand_and_in_their_size() {
    let elements = r#"
        <text id="title" x="40" y="280" font-size="10">…</text>
        <g transform="translate(200 0)"><text data-field="Drawing_Number" x="0" y="280" style="font-size:8px;text-anchor:end">…</text></g>
        <text data-field="scale" x="220" y="280" font-size="8">…</text>
        <text data-field="sheets" x="300" y="280" font-size="8"/>
        <text x="320" y="280" font-size="8">of all</text>
        <text data-field="customer" x="340" y="290" font-size="8"/>"#;
    let options = r#"{ "scale": "1:2", "title": { "title": "Box", "number": "77", "fields": { "customer": "ACME", "drawing number": "D-1" } } }"#;
    let outcome = drawn(&sheet(elements), "svg", options);
    let words = words(&outcome);
    let find = |word: &str| words.iter().find(|(text, ..)| text == word).unwrap_or_else(|| panic!("{word}: {words:?}"));
    assert_eq!(find("Box").1, [20.0, 140.0]);
    assert!((find("Box").3 - 5.0).abs() < 1e-3, "half a millimetre each user unit: {:?}", find("Box"));
    let number = find("D-1");
    assert!((number.1[0] + number.2 - 100.0).abs() < 1e-3, "it ends at its anchor: {number:?}");
    find("1 : 2");
    find("1");
    find("of all");
    find("ACME");
    assert!(words.iter().all(|(text, ..)| text != "…"), "the template's own words are gone");
}

#[test]
fn words_keep_to_the_room_between_the_lines_around_them() {
    let elements = r#"
        <path d="M40 260H160V290H40Z" fill="none" stroke="black"/>
        <text data-field="title" x="44" y="280" font-size="12"/>
        <text data-field="number" x="250" y="280" font-size="12" data-width="60"/>"#;
    let long =
        "A title that is by far too long for the little room that it has, whatever its size is going to be".to_owned();
    let options = serde_json::json!({ "title": { "title": long, "number": "0123456789-0123456789-0123456789" } });
    let words = words(&drawn(&sheet(elements), "svg", &options.to_string()));
    let title = words.iter().find(|(text, ..)| text.starts_with("A title")).expect("the title");
    assert!(title.1[0] + title.2 < 80.0, "it ends before the line at 80: {title:?}");
    assert!(title.2 > 40.0 && title.0.ends_with('…'), "it takes what room there is: {title:?}");
    let number = words.iter().find(|(text, ..)| text.starts_with("0123")).expect("the number");
    assert!(number.2 <= 30.0, "data-width is 30 mm: {number:?}");
}

#[test]
fn a_template_is_drawn_in_every_format() {
    let elements = r##"<g fill="none" stroke="#123456" stroke-width="2"><circle cx="60" cy="270" r="10"/><line x1="20" y1="250" x2="380" y2="250"/></g>
        <path d="M100 255h20v20z"/><text id="title" x="200" y="280" font-size="10"/><rect id="projection" x="300" y="260" width="60" height="24"/>"##;
    let options = r#"{ "title": { "title": "Box" } }"#;
    for (format, sign) in [("svg", &b"<?xml"[..]), ("pdf", b"%PDF"), ("dxf", b"  0\nSECTION"), ("png", b"\x89PNG")] {
        let outcome = drawn(&sheet(elements), format, options);
        assert!(bytes(&outcome).starts_with(sign), "{format}");
        assert_eq!(bytes(&outcome), bytes(&drawn(&sheet(elements), format, options)), "{format}: same bytes");
    }
    let dxf = drawn(&sheet(elements), "dxf", options);
    let text = String::from_utf8_lossy(bytes(&dxf)).into_owned();
    assert!(text.contains("\nBox\n") && text.contains("LWPOLYLINE") && text.contains("SOLID"));
}

/// A template that cannot be used; what is said of it, and in which line.
#[test]
fn what_cannot_be_drawn_is_refused_with_its_place() {
    let table = [
        (sheet("<image href=\"x.png\"/>"), "<image> cannot be drawn", 3),
        (sheet("\n<style>.a { fill: red }</style>"), "<style> cannot be drawn", 4),
        (sheet("<rect width=\"9\" height=\"9\" fill=\"url(#shade)\"/>"), "url(#shade)", 3),
        (sheet("<g clip-path=\"url(#c)\"/>"), "clip-path", 3),
        (sheet("<text data-field=\"titel\" x=\"1\" y=\"1\"/>"), "titel", 3),
        (sheet("<rect data-field=\"title\" width=\"9\" height=\"9\"/>"), "title", 3),
        (sheet("<use href=\"#gone\"/>"), "#gone", 3),
        (sheet("<rect x=\"1mm\" width=\"9\" height=\"9\"/>"), "1mm", 3),
        (sheet("").replace(AREA, ""), "no drawing area", 1),
        (sheet("").replace("width=\"200mm\"", "width=\"2mm\""), "2.0 × 150.0", 1),
        (sheet("<g>"), "no XML", 4),
        ("hello".to_owned(), "no XML", 1),
    ];
    for (template, word, line) in table {
        let outcome = drawn(&template, "svg", "{}");
        let error = error(&outcome);
        let place = outcome.sources.locate(error.span).unwrap_or_else(|| panic!("{template}: no place: {error:?}"));
        assert!(error.message.contains(word), "{template}\nsays {:?} and not {word:?}", error.message);
        assert_eq!((&*place.path, place.line), ("frame.svg", line), "{template}: {:?}", error.message);
    }
}

#[test]
fn a_template_that_is_not_there_and_one_of_another_size_are_said() {
    let outcome = drawn(&sheet(""), "svg", r#"{ "paper": "A3" }"#);
    assert!(error(&outcome).message.contains("A3"), "{:?}", outcome.failure);
    let job = r#"{ "version": 1, "id": "a1", "source": { "text": "cube(1);" }, "outputs": [ { "format": "pdf", "options": { "template": "no.svg" } } ] }"#;
    let spec = message::parse(job.as_bytes()).expect("a job");
    let files = [("main.scad".to_owned(), Arc::from(&b"cube(1);"[..]))].into();
    let inputs = Inputs::new(files, "main.scad", Library::default(), Fonts::default()).expect("its program");
    let outcome = pipeline::run(&spec, &inputs, &Engine::new(64 << 20, 64 << 20), &Budget::default(), &|_| {});
    assert!(error(&outcome).message.contains("no.svg"), "{:?}", outcome.failure);
}

#[test]
fn references_to_references_end_at_the_budget() {
    let mut elements = String::from("<defs><g id=\"a0\"><path d=\"M0 0h1v1z\"/></g>");
    for level in 1..40 {
        let below = level - 1;
        elements += &format!("<g id=\"a{level}\"><use href=\"#a{below}\"/><use href=\"#a{below}\"/></g>");
    }
    elements += "</defs><use href=\"#a39\"/>";
    let budget = Budget::new(Limits { memory_bytes: 8 << 20, ..Limits::default() });
    let read = Template::read(&sheet(&elements), &budget);
    assert_eq!(read.unwrap_err(), TemplateError::Exceeded(Exceeded::Memory));
}

#[test]
fn a_density_gives_the_weight() {
    let elements = r#"<text data-field="weight" x="40" y="280" font-size="8"/>"#;
    let outcome = drawn(&sheet(elements), "svg", r#"{ "title": { "density": 7.85 } }"#);
    // 24 cm³ of steel
    assert!(words(&outcome).iter().any(|(text, ..)| text == "188 g"), "{:?}", words(&outcome));
}
