//! Programs that mean harm: each ends as it should within its limits, and ordinary jobs beside it are done; on threads and in processes.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use base64::Engine as _;
use serde_json::{Value, json};

use crate::road::{Road, job};

/// A program, files beside it, and the codes that it may end with; `succeeded` among them where it may be done after all.
struct Attack {
    name: &'static str,
    program: String,
    files: Vec<(&'static str, Vec<u8>)>,
    ends: &'static [&'static str],
}

const LIMIT: &[&str] = &["limit_exceeded"];
const LIMIT_OR_NOTHING: &[&str] = &["limit_exceeded", "empty_geometry"];
const NOTHING: &[&str] = &["empty_geometry"];
const REFUSED: &[&str] = &["parse_error", "eval_error", "limit_exceeded"];
const WRONG_FILE: &[&str] = &["empty_geometry", "eval_error", "invalid_geometry", "limit_exceeded"];
const ANY: &[&str] =
    &["succeeded", "limit_exceeded", "eval_error", "parse_error", "empty_geometry", "invalid_geometry"];

fn plain(name: &'static str, program: impl Into<String>, ends: &'static [&'static str]) -> Attack {
    Attack { name, program: program.into(), files: Vec::new(), ends }
}

fn with(
    name: &'static str,
    program: &str,
    file: &'static str,
    bytes: Vec<u8>,
    ends: &'static [&'static str],
) -> Attack {
    Attack { name, program: program.into(), files: vec![(file, bytes)], ends }
}

/// Without end, or longer than anybody waits.
fn loops() -> Vec<Attack> {
    vec![
        plain("recursion", "function f(x) = 1 + f(x + 1); cube(f(0));", LIMIT),
        plain("mutual", "function f(x) = 1 + g(x); function g(x) = 1 + f(x); cube(f(0));", LIMIT),
        plain("twice", "function f(n) = n == 0 ? 1 : f(n - 1) + f(n - 1); cube(f(80));", LIMIT),
        plain("tail", "function f(n) = f(n + 1); cube(f(0));", LIMIT),
        plain("omega", "w = function(x) x(x); cube(w(w));", LIMIT),
        plain("module", "module m() { m(); } m();", LIMIT),
        plain("modules", "module m(n) { if (n > 0) { m(n - 1); m(n - 1); } else cube(1); } m(60);", LIMIT),
        plain(
            "children",
            "module m(n) { if (n > 0) m(n - 1) { children(); children(); } else children(); } m(50) cube(1);",
            LIMIT,
        ),
        plain("range", "for (i = [0 : 1e12]) cube(i);", LIMIT_OR_NOTHING),
        plain("ranges", "for (i = [0 : 9999], j = [0 : 9999], k = [0 : 9999]) cube(i + j + k);", LIMIT),
        plain("endless", "x = [for (i = 0; i >= 0; i = i + 1) i]; cube(len(x));", LIMIT),
        plain("comprehension", "x = [for (i = [0 : 9999], j = [0 : 9999]) [i, j]]; cube(len(x));", LIMIT),
        plain("echoes", "for (i = [0 : 999999]) for (j = [0 : 999]) echo(i, j);", LIMIT_OR_NOTHING),
    ]
}

/// More than there is room for.
fn sizes() -> Vec<Attack> {
    vec![
        plain("string", "function d(s, n) = n == 0 ? s : d(str(s, s), n - 1); cube(len(d(\"x\", 60)));", LIMIT),
        plain("list", "function d(s, n) = n == 0 ? s : d(concat(s, s), n - 1); cube(len(d([1], 60)));", LIMIT),
        plain("random", "cube(len(rands(0, 1, 1e12)));", REFUSED),
        plain("product", "m = [for (i = [0 : 1999]) [for (j = [0 : 1999]) i]]; cube(len(m * m));", LIMIT),
        plain("search", "v = [for (i = [0 : 99999]) i]; cube(len(search(v, v)));", LIMIT),
        plain(
            "printed",
            "v = [for (i = [0 : 999]) i]; w = [for (i = [0 : 999]) v]; x = [for (i = [0 : 999]) w]; cube(len(str(x)));",
            LIMIT,
        ),
        plain("sphere", "sphere(10, $fn = 1e9);", LIMIT),
        plain("cylinder", "cylinder(10, 10, $fn = 1e9);", LIMIT),
        plain("circle", "circle(10, $fn = 1e9);", LIMIT),
        plain("slices", "linear_extrude(10, twist = 360, slices = 1e9) square(2);", LIMIT),
        plain("revolved", "rotate_extrude($fn = 1e9) translate([5, 0]) square(2);", LIMIT),
        plain("cubes", "for (i = [0 : 999], j = [0 : 999]) translate([i * 2, j * 2, 0]) sphere(1, $fn = 32);", LIMIT),
        plain("polygon", "polygon([for (i = [0 : 9e6]) [sin(i), cos(i) * i]]);", LIMIT_OR_NOTHING),
        plain("letters", "s = chr([for (i = [0 : 200000]) 65 + i % 26]); linear_extrude(1) text(s);", ANY),
        plain("offsets", "offset(r = 1e6, $fn = 1e8) square(1);", LIMIT),
        plain(
            "sums",
            "minkowski() { sphere(9, $fn = 200); difference() { sphere(9, $fn = 200); sphere(8, $fn = 200); } }",
            LIMIT,
        ),
        plain(
            "summed",
            "minkowski() { minkowski() { s(); s(); } minkowski() { s(); s(); } } module s() difference() { sphere(9, $fn = 60); cube(5); }",
            LIMIT,
        ),
        plain("far", "translate([1e300, 0, 0]) scale(1e300) cube(1e300);", ANY),
        plain(
            "nan",
            "polyhedron([[0/0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], [[0, 1, 2], [0, 1, 9], [-1, 2, 3]]);",
            ANY,
        ),
    ]
}

/// Deeper than a stack.
fn depths() -> Vec<Attack> {
    let nested =
        |open: &str, inside: &str, close: &str| format!("{}{inside}{}", open.repeat(200_000), close.repeat(200_000));
    let mut chain = String::from("x = 1");
    for _ in 0..200_000 {
        chain.push_str(" + 1");
    }
    let mut tree = String::new();
    for _ in 0..10_000 {
        let _ = write!(tree, "difference() {{ translate([0, 0, 0.001]) ");
    }
    tree.push_str("cube(1);");
    tree.push_str(&" cube(0.1); }".repeat(10_000));
    vec![
        plain("parentheses", format!("cube({});", nested("(", "1", ")")), ANY),
        plain("brackets", format!("cube(len({}));", nested("[", "1", "]")), ANY),
        plain("blocks", nested("{", "cube(1);", "}"), ANY),
        plain("modifiers", format!("{}cube(1);", "!".repeat(200_000)), ANY),
        plain("negations", format!("x = {}1; cube(x);", "-".repeat(200_000)), ANY),
        plain("branches", format!("{}cube(1);", "if (true) ".repeat(80_000)), ANY),
        plain("chain", format!("{chain}; cube(1);"), ANY),
        plain("tree", tree, ANY),
        plain(
            "nest",
            "function n(k, a = []) = k == 0 ? a : n(k - 1, [a]); x = n(3000000); cube(len(x)); echo(x == n(3000000));",
            ANY,
        ),
    ]
}

/// Out of the job's own folder.
fn escapes() -> Vec<Attack> {
    vec![
        plain("absolute", "import(\"/etc/passwd.stl\");", NOTHING),
        plain("above", "import(\"../../../../../../etc/passwd\");", NOTHING),
        plain("process", "surface(\"/proc/self/maps\");", NOTHING),
        plain("device", "import(\"/dev/zero\");", NOTHING),
        plain("address", "import(\"http://169.254.169.254/latest/meta-data.stl\");", NOTHING),
        plain(
            "included",
            "include </etc/passwd>\ncube(1);",
            &["succeeded", "source_not_found", "eval_error", "parse_error"],
        ),
        with("cycle", "include <a.scad>\ncube(1);", "a.scad", b"include <a.scad>\n".to_vec(), ANY),
        with("uses", "use <a.scad>\na();", "a.scad", b"use <a.scad>\nmodule a() { a(); }".to_vec(), LIMIT),
    ]
}

/// Files that lie about themselves.
fn files() -> Vec<Attack> {
    let mut counted = vec![b' '; 80];
    counted.extend(u32::MAX.to_le_bytes());
    counted.extend([0; 100]);
    let bomb = {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file("3D/3dmodel.model", options).expect("in memory");
        for _ in 0..512 {
            zip.write_all(&[b' '; 1 << 20]).expect("in memory");
        }
        zip.finish().expect("in memory").into_inner()
    };
    let mut picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    picture.extend([0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0, 8, 0, 0, 0, 0, 0, 0, 0, 0]);
    let laughs = "<!DOCTYPE svg [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><svg><text>&c;</text></svg>";
    let parts = format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{}</svg>", "<g>".repeat(100_000));
    vec![
        with("counted", "import(\"a.stl\");", "a.stl", counted, WRONG_FILE),
        with("bomb", "import(\"a.3mf\");", "a.3mf", bomb, WRONG_FILE),
        with("picture", "surface(\"a.png\");", "a.png", picture, WRONG_FILE),
        with("laughs", "linear_extrude(1) import(\"a.svg\");", "a.svg", laughs.into(), WRONG_FILE),
        with("groups", "linear_extrude(1) import(\"a.svg\");", "a.svg", parts.into(), WRONG_FILE),
        with("faces", "import(\"a.off\");", "a.off", b"OFF\n4000000000 4000000000 0\n0 0 0\n".to_vec(), WRONG_FILE),
        with("heights", "surface(\"a.dat\");", "a.dat", "1e300 -1e300 nan\n".repeat(2000).into(), ANY),
        with("json", "x = import(\"a.json\"); cube(len(x));", "a.json", "[".repeat(500_000).into(), ANY),
    ]
}

fn message(attack: &Attack) -> String {
    let blob = |bytes: &[u8]| json!({ "base64": base64::engine::general_purpose::STANDARD.encode(bytes) });
    let mut files = serde_json::Map::new();
    files.insert("main.scad".into(), json!(attack.program));
    for (name, bytes) in &attack.files {
        files.insert((*name).into(), blob(bytes));
    }
    json!({
        "version": 1, "id": attack.name, "source": { "files": files, "entry": "main.scad" },
        "outputs": [{ "format": "stl" }], "limits": { "wallSeconds": 5, "memoryMiB": 256, "triangles": 200_000 },
    })
    .to_string()
}

fn ended(manifest: &Value) -> &str {
    match manifest["status"].as_str() {
        Some("succeeded") => "succeeded",
        _ => manifest["error"]["code"].as_str().unwrap_or("no code"),
    }
}

async fn attacks_end_and_others_go_on(isolation: &str) {
    let mut road = Road::start(&format!("hostile-{isolation}")).await;
    road.flags.extend([format!("worker.isolation={isolation}"), "limits.evaluation_steps=50000000".into()]);
    let attacks: Vec<Attack> = [loops(), sizes(), depths(), escapes(), files()].into_iter().flatten().collect();
    assert!(attacks.len() >= 50, "{}", attacks.len());
    let mut neighbours = Vec::new();
    for (index, attack) in attacks.iter().enumerate() {
        road.producer.send(&message(attack)).await.expect("it is sent");
        if index % 5 == 0 {
            let id = format!("neighbour-{index}");
            let body = job(&id, "difference() { cube(9); cylinder(20, 2, 2); }");
            road.producer.send(&body).await.expect("it is sent");
            neighbours.push(id);
        }
    }
    let mut daemon = road.daemon();
    let names: Vec<String> = attacks.iter().map(|attack| attack.name.to_owned()).collect();
    let ends = road.manifests(&names, Duration::from_secs(600)).await;
    let wrong: Vec<String> = attacks
        .iter()
        .filter(|attack| !attack.ends.contains(&ended(&ends[attack.name])))
        .map(|attack| {
            format!("{}: {} {}", attack.name, ended(&ends[attack.name]), ends[attack.name]["error"]["detail"])
        })
        .collect();
    assert!(wrong.is_empty(), "{isolation}:\n{}", wrong.join("\n"));
    for (id, manifest) in road.manifests(&neighbours, Duration::from_secs(60)).await {
        assert_eq!(manifest["status"], "succeeded", "{id}: {manifest}");
    }
    assert!(daemon.is_running(), "the daemon lives");
    assert!(road.is_empty().await, "nothing is left");
    assert_eq!(daemon.terminate(), Some(0), "SIGTERM drains");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_threads_hostile_programs_end_within_their_limits() {
    attacks_end_and_others_go_on("threads").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_processes_hostile_programs_end_within_their_limits() {
    attacks_end_and_others_go_on("processes").await;
}
