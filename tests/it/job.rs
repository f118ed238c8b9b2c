//! Messages that are jobs, messages that are not, and what each failure asks of the queue.

use std::sync::Arc;

use maquette::budget::Exceeded;
use maquette::diag::{Code, Diagnostic, Span};
use maquette::job::{Blob, Failure, Fate, Inputs, JobSpec, Library, Product, Source, keys, message, parameters};
use maquette::scad::{Host as _, Purpose};
use maquette::text::Fonts;

const SMALLEST: &str =
    r#"{ "version": 1, "id": "a1", "source": { "text": "cube(10);" }, "outputs": [ { "format": "stl" } ] }"#;

#[test]
fn the_smallest_job_is_a_job() {
    let spec = message::parse(SMALLEST.as_bytes()).expect("the smallest job parses");
    assert_eq!(spec.id, "a1");
    assert_eq!(spec.outputs[0].file_name(), "a1.stl");
    assert!(matches!(&spec.source, Source::Files { entry, .. } if entry == "main.scad"));
}

#[test]
fn the_kind_follows_from_the_format() {
    for (format, kind) in [
        ("stl", "model"),
        ("glb", "model"),
        ("3mf", "model"),
        ("pdf", "drawing"),
        ("dxf", "drawing"),
        ("png", "preview"),
        ("json", "report"),
    ] {
        let text = SMALLEST.replace("stl", format);
        let spec = message::parse(text.as_bytes()).expect("it parses");
        assert_eq!(spec.outputs[0].product.kind(), kind, "{format}");
    }
}

#[test]
fn drawing_options_are_read() {
    let text = SMALLEST.replace(
        r#"{ "format": "stl" }"#,
        r#"{ "format": "pdf", "options": { "paper": "A3", "projection": "third-angle", "views": ["front", "top", "isometric"],
             "scale": "1:2", "sections": [ { "label": "A", "point": [0,0,0], "normal": [1,0,0] } ], "dimensions": "none", "title": { "title": "Box" } } }"#,
    );
    let spec = message::parse(text.as_bytes()).expect("it parses");
    assert!(matches!(&spec.outputs[0].product, Product::Drawing(_, drawing) if drawing.sheets[0].title.title == "Box"));
}

/// What is wrong with a message, and a word that the answer must hold.
#[test]
fn what_is_not_a_job_is_refused_by_name() {
    let table = [
        ("nonsense", "not JSON"),
        (r#"{"version":1}"#, "id"),
        (&SMALLEST.replace("\"version\": 1", "\"version\": 2"), "version is 2"),
        (&SMALLEST.replace("\"a1\"", "\"-a\""), "id"),
        (&SMALLEST.replace("\"format\": \"stl\"", "\"format\": \"step\""), "step"),
        (&SMALLEST.replace("\"outputs\": [ { \"format\": \"stl\" } ]", "\"outputs\": []"), "1 to 32"),
        (&SMALLEST.replace("\"id\"", "\"colour\": 1, \"id\""), "colour"),
        (&SMALLEST.replace("{ \"text\": \"cube(10);\" }", "{ }"), "exactly one"),
        (
            &SMALLEST
                .replace("{ \"text\": \"cube(10);\" }", r#"{ "files": { "../x.scad": "" }, "entry": "../x.scad" }"#),
            "..",
        ),
        (
            &SMALLEST.replace("{ \"text\": \"cube(10);\" }", r#"{ "files": { "a.scad": "" }, "entry": "b.scad" }"#),
            "b.scad",
        ),
        (&SMALLEST.replace("\"id\"", "\"parameters\": {\"a;b\": 1}, \"id\""), "a;b"),
        (&SMALLEST.replace("\"id\"", "\"expires\": \"tomorrow\", \"id\""), "RFC 3339"),
        (&SMALLEST.replace("\"id\"", "\"limits\": {\"wallSeconds\": 0}, \"id\""), "wallSeconds"),
        (&SMALLEST.replace("\"format\": \"stl\"", "\"format\": \"pdf\", \"options\": {\"paper\": \"B7\"}"), "B7"),
        (&SMALLEST.replace("\"format\": \"stl\"", "\"format\": \"pdf\", \"options\": {\"papr\": \"A3\"}"), "papr"),
        (&SMALLEST.replace("\"format\": \"stl\"", "\"format\": \"stl\", \"options\": {\"zip\": 1}"), "zip"),
    ];
    for (text, word) in table {
        let rejection = message::parse(text.as_bytes()).expect_err(text);
        assert!(rejection.detail.contains(word), "{text}\nsays {:?} and not {word:?}", rejection.detail);
    }
}

#[test]
fn a_rejection_keeps_what_could_be_read() {
    let text = SMALLEST.replace("\"id\"", "\"destination\": {\"prefix\": \"out/\"}, \"colour\": 1, \"id\"");
    let rejection = message::parse(text.as_bytes()).expect_err("an unknown field");
    assert_eq!(rejection.id.as_deref(), Some("a1"));
    assert_eq!(rejection.destination.and_then(|destination| destination.prefix).as_deref(), Some("out/"));
}

#[test]
fn every_failure_has_its_fate() {
    let program = Diagnostic::error(Code::Parse, Span::DETACHED, "syntax error");
    let table = [
        (Failure::Invalid(String::new()), Fate::Acknowledge, "invalid_job"),
        (Failure::Rejected(vec![program]), Fate::Acknowledge, "parse_error"),
        (Failure::Exceeded(Exceeded::Time), Fate::Acknowledge, "limit_exceeded"),
        (Failure::Exceeded(Exceeded::Cancelled), Fate::Release, "canceled"),
        (Failure::SourceNotFound(String::new()), Fate::Acknowledge, "source_not_found"),
        (Failure::Unavailable(String::new()), Fate::Retry, "storage_error"),
        (Failure::Internal(String::new()), Fate::Leave, "internal"),
        (Failure::Cancelled, Fate::Release, "canceled"),
        (Failure::Expired, Fate::Acknowledge, "expired"),
    ];
    for (failure, fate, code) in table {
        assert_eq!(failure.fate(), fate, "{failure:?}");
        assert_eq!(failure.code(), code, "{failure:?}");
    }
}

#[test]
fn keys_follow_from_the_job_alone() {
    let spec = message::parse(SMALLEST.as_bytes()).expect("it parses");
    let prefix = keys::prefix(&spec.destination, "results/", &spec.id);
    assert_eq!(prefix, "results/a1/");
    assert_eq!(keys::artefact(&prefix, &spec.outputs[0].file_name()), "results/a1/a1.stl");
    assert_eq!(keys::manifest(&prefix), "results/a1/manifest.json");
}

/// What the options of an output are refused for.
#[test]
fn options_of_models_are_read_and_strange_ones_refused() {
    let with = |format: &str, options: &str| {
        let output = format!(r#""format": "{format}", "options": {options}"#);
        message::parse(SMALLEST.replace(r#""format": "stl""#, &output).as_bytes())
    };
    let spec = with("glb", r#"{"tolerance": 0.05, "triangles": 1000, "compress": true, "crease": 40}"#).expect("a job");
    let Product::Model(_, options) = &spec.outputs[0].product else { panic!("a model") };
    assert_eq!((options.remesh.tolerance, options.remesh.triangles), (Some(0.05), Some(1000)));
    assert!(options.glb.compress && options.glb.quantize);
    assert_eq!(with("stl", r#"{"encoding": "ascii"}"#).expect("a job").outputs[0].file_name(), "a1.stl");
    for (format, options, word) in [
        ("stl", r#"{"compress": true}"#, "is for glb"),
        ("stl", r#"{"tolerance": -1}"#, "tolerance -1"),
        ("stl", r#"{"encoding": "utf8"}"#, "utf8"),
        ("3mf", r#"{"bed": [0, 10]}"#, "bed"),
        ("glb", r#"{"normals": "round"}"#, "round"),
        ("png", r#"{"camera": "behind"}"#, "behind"),
        ("json", r#"{"minWall": -1}"#, "minWall"),
    ] {
        let detail = with(format, options).expect_err(options).detail;
        assert!(detail.contains(word), "{options} says {detail:?}");
    }
}

#[test]
fn an_obj_takes_the_name_of_its_colors() {
    let outputs =
        r#""outputs": [{ "format": "obj" }, { "format": "obj", "name": "b", "options": { "colors": false } }]"#;
    let text = SMALLEST.replace(r#""outputs": [ { "format": "stl" } ]"#, outputs);
    let spec = message::parse(text.as_bytes()).expect("it parses");
    assert_eq!(spec.outputs[0].companion_name().as_deref(), Some("a1.mtl"));
    assert_eq!(spec.outputs[1].companion_name(), None);
}

const OFFERS: &str = r##"
/* [Size] */
// Outer width
width = 40; // [10:5:80]
label = "box"; // 8
lid = "flat"; // [flat, round:Domed]
size = [1, 2]; // [0:9]
open = false;
accent = "#ff0000"; // color
/* [Hidden] */
wall = 2;
cube(width);
"##;

/// Parameters, and words that the refusal must hold; none where they are fine.
#[test]
fn parameters_are_checked_when_asked() {
    let table: [(&str, &[&str]); 12] = [
        (
            r##"{"width": 50, "label": "short", "lid": "round", "size": [3, 4], "open": true, "accent": "#00ff00"}"##,
            &[],
        ),
        ("{}", &[]),
        (r#"{"width": 81}"#, &["width", "from 10 to 80"]),
        (r#"{"width": "50"}"#, &["width", "number"]),
        (r#"{"label": "much too long"}"#, &["label", "8 bytes"]),
        (r#"{"lid": "Domed"}"#, &["lid", "flat, round"]),
        (r#"{"size": [1, 2, 3]}"#, &["size", "2 numbers"]),
        (r#"{"size": [1, 10]}"#, &["size", "from 0 to 9"]),
        (r#"{"open": 1}"#, &["open", "true or false"]),
        (r#"{"accent": "red"}"#, &["accent", "#RRGGBB"]),
        (r#"{"widht": 50}"#, &["widht", "did you mean 'width'?"]),
        (r#"{"wall": 3, "width": 0}"#, &["wall", "it offers width, label", "width", "from 10 to 80"]),
    ];
    for (given, words) in table {
        let spec = checked_job(OFFERS, given);
        let refused = checked(&spec).err().map(|failure| format!("{failure:?}"));
        let as_expected = match &refused {
            None => words.is_empty(),
            Some(text) => !words.is_empty() && words.iter().all(|word| text.contains(word)),
        };
        assert!(as_expected, "{given} gives {refused:?}");
    }
}

#[test]
fn a_broken_program_is_told_of_first() {
    assert!(checked(&checked_job("width = ; cube(width);", r#"{"width": 5}"#)).is_ok());
}

fn checked_job(program: &str, parameters: &str) -> JobSpec {
    let text = SMALLEST
        .replace("\"cube(10);\"", &serde_json::Value::from(program).to_string())
        .replace("\"id\"", &format!("\"checkParameters\": true, \"parameters\": {parameters}, \"id\""));
    let spec = message::parse(text.as_bytes()).expect("it parses");
    assert!(spec.check_parameters);
    spec
}

fn checked(spec: &JobSpec) -> Result<(), Failure> {
    let Source::Files { files, entry } = &spec.source else { panic!("the job has files") };
    let inline = |blob: &Blob| match blob {
        Blob::Inline(bytes) => bytes.clone(),
        Blob::Object(_) => panic!("the job's files are in it"),
    };
    let files = files.iter().map(|(path, blob)| (path.clone(), inline(blob))).collect();
    let inputs = Inputs::new(files, entry.clone(), Library::default(), Fonts::bundled()).expect("the entry is there");
    parameters::check(&inputs, &spec.parameters)
}

/// A program reads its own tree and the libraries, however it spells a path.
#[test]
fn paths_stay_in_the_job() {
    let file = |text: &str| Arc::<[u8]>::from(text.as_bytes());
    let files = [("main.scad", "cube();"), ("parts/a.scad", "x = 1;"), ("parts/b.stl", "solid")];
    let files = files.map(|(path, text)| (path.to_owned(), file(text))).into_iter().collect();
    let inputs = Inputs::new(files, "main.scad", Library::default(), Fonts::bundled()).expect("the entry is there");
    let purposes = [Purpose::Include, Purpose::Use, Purpose::Import, Purpose::Font];
    let outside = [
        "/etc/passwd",
        "//etc/passwd",
        "/proc/self/environ",
        "../main.scad",
        "../../etc/passwd",
        "parts/../../main.scad",
        "..",
        ".",
        "",
        "./..",
        "c:\\windows\\win.ini",
        "..\\main.scad",
        "main.scad\0.stl",
        "http://host/main.scad",
        "file:///etc/passwd",
        "lib://main.scad",
        "s3://bucket/key",
        "~/main.scad",
        "MAIN.SCAD",
        "/main.scad",
    ];
    for name in outside {
        for purpose in purposes {
            assert!(inputs.resolve("main.scad", name, purpose).is_err(), "{name:?} {purpose:?}");
        }
    }
    assert!(inputs.resolve("main.scad", &"a/".repeat(100_000), Purpose::Include).is_err());
    let found = |from: &str, name: &str, purpose| inputs.resolve(from, name, purpose).ok();
    assert_eq!(found("main.scad", "parts/../parts/./a.scad", Purpose::Include).as_deref(), Some("parts/a.scad"));
    assert_eq!(found("parts/a.scad", "../main.scad", Purpose::Use).as_deref(), Some("main.scad"));
    assert_eq!(found("parts/a.scad", "b.stl", Purpose::Import).as_deref(), Some("parts/b.stl"));
    assert_eq!(found("main.scad", "b.stl", Purpose::Import), None);
}
