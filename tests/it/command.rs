//! The command line as a person uses it: the real binary, its files, its words and its exit status.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

const BOX: &str = "\
/* [Size] */
// How wide
width = 20; // [10:5:100]
lid = true;
difference() { cube([width, 10, 5]); if (lid) translate([5, 5, -1]) cylinder(d = 3, h = 7, $fn = 32); }
";

/// A folder with programs, in which commands are given.
struct Desk(PathBuf);

/// What a command left on the terminal.
struct Said {
    status: Option<i32>,
    out: Vec<u8>,
    err: String,
}

impl Desk {
    fn with(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("maquette-command-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("the folder is made");
        for (file, text) in files {
            fs::write(folder.join(file), text).expect("the file is written");
        }
        Self(folder)
    }

    fn say(&self, arguments: &[&str]) -> Said {
        self.say_with(arguments, "", &[])
    }

    fn say_with(&self, arguments: &[&str], input: &str, environment: &[(&str, &str)]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_maquette"));
        command.args(arguments).current_dir(&self.0).envs(environment.iter().copied());
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().expect("the binary starts");
        child.stdin.take().expect("it is piped").write_all(input.as_bytes()).expect("the input is read");
        let output = child.wait_with_output().expect("it ends");
        let err = String::from_utf8(output.stderr).expect("messages are UTF-8");
        Said { status: output.status.code(), out: output.stdout, err }
    }

    fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&self.file(name)).expect("it is JSON")
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Said {
    #[track_caller]
    fn done(&self) -> &Self {
        assert_eq!(self.status, Some(0), "{}", self.err);
        self
    }

    #[track_caller]
    fn failed(&self, status: i32) -> &Self {
        assert_eq!(self.status, Some(status), "{}", self.err);
        self
    }

    #[track_caller]
    fn tells(&self, words: &str) -> &Self {
        assert!(self.err.contains(words), "{words:?} is not in {:?}", self.err);
        self
    }

    #[track_caller]
    fn is_silent(&self) {
        assert_eq!(self.err, "");
    }
}

#[test]
fn one_command_writes_every_kind_of_file() {
    let desk = Desk::with("all", &[("box.scad", BOX)]);
    let begins: [(&str, &[u8]); 15] = [
        ("b.stl", b""),
        ("b.3mf", b"PK"),
        ("b.glb", b"glTF"),
        ("b.obj", b"# maquette"),
        ("b.mtl", b"# maquette"),
        ("b.off", b"OFF"),
        ("b.ply", b"ply"),
        ("b.amf", b"<?xml"),
        ("b.svg", b"<"),
        ("b.dxf", b"  0"),
        ("b.pdf", b"%PDF-"),
        ("b.png", b"\x89PNG"),
        ("b.json", b"{"),
        ("b.csg", b"difference()"),
        ("b.param", b"{"),
    ];
    let outputs = begins.iter().filter(|(name, _)| *name != "b.mtl").flat_map(|(name, _)| ["-o", *name]);
    let arguments: Vec<&str> = ["render", "box.scad"].into_iter().chain(outputs).collect();
    desk.say(&arguments).done().is_silent();
    for (name, begin) in begins {
        let bytes = desk.file(name);
        assert!(bytes.trim_ascii_start().starts_with(begin.trim_ascii_start()) && bytes.len() > 20, "{name}");
    }
    let triangles = u32::from_le_bytes(desk.file("b.stl")[80..84].try_into().expect("four bytes"));
    assert_eq!(desk.file("b.stl").len(), 84 + 50 * triangles as usize);
}

#[test]
fn the_same_bytes_at_any_number_of_threads() {
    let outputs = ["box.stl", "box.3mf", "box.glb", "box.pdf", "box.dxf", "box.png"];
    let arguments = outputs.iter().flat_map(|name| ["-o", *name]);
    let arguments: Vec<&str> = ["render", "box.scad"].into_iter().chain(arguments).collect();
    let made = |threads: &str| {
        let desk = Desk::with(&format!("threads-{threads}"), &[("box.scad", BOX)]);
        desk.say_with(&arguments, "", &[("RAYON_NUM_THREADS", threads)]).done();
        outputs.map(|name| desk.file(name))
    };
    for ((one, eight), name) in made("1").iter().zip(&made("8")).zip(outputs) {
        assert!(one == eight, "{name} differs");
    }
}

#[test]
fn a_program_comes_from_standard_input_and_goes_to_standard_output() {
    let desk = Desk::with("pipe", &[]);
    let said = desk.say_with(&["render", "-", "-o", "-", "--export-format", "off"], "cube(2);", &[]);
    said.done().is_silent();
    assert!(said.out.starts_with(b"OFF 8 12 0"), "{:?}", String::from_utf8_lossy(&said.out));
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_a_way_out() {
    let files = [("bad.scad", "a = 1;\ncube([a, b 2]);\n"), ("near.scad", "cubee(3);\ncube(1);\n")];
    let desk = Desk::with("wrong", &files);
    let said = desk.say(&["render", "bad.scad", "-o", "b.stl"]);
    said.failed(1).tells("bad.scad, line 2").tells("   2 | cube([a, b 2]);\n     |            ^").tells("hint: ");
    assert!(!desk.0.join("b.stl").exists());
    desk.say(&["render", "near.scad", "-o", "b.stl"]).done().tells("Did you mean 'cube'?");
    desk.say(&["render", "near.scad", "-o", "b.stl", "--hardwarnings"]).failed(1);
    desk.say(&["render", "near.scad", "-o", "b.stl", "-q"]).done().is_silent();
    desk.say(&["render", "none.scad", "-o", "b.stl"]).failed(1).tells("none.scad");
    desk.say(&["render", "near.scad", "-o", "b.step"]).failed(1).tells("is none of 3mf, stl");
    desk.say(&["render", "near.scad", "-o", "no/folder/b.stl"]).failed(1).tells("no/folder/b.stl");
    desk.say(&["render", "near.scad", "-o", "b.svg", "-O", "drawing/paper=A9"]).failed(1).tells("none of auto, A4");
    desk.say(&["render", "near.scad"]).failed(2).tells("-o <FILE>");
    desk.say(&["check", "bad.scad"]).failed(1).tells("line 2");
    desk.say(&["check", "near.scad"]).done().tells("Did you mean 'cube'?");
}

#[test]
fn a_program_without_an_end_is_ended() {
    let files = [("loop.scad", "function f(n) = n < 0 ? 0 : f(n + 1) + 1;\nx = [for (i = [1:1e5]) f(i - 1000)];\n")];
    let desk = Desk::with("loop", &files);
    desk.say(&["render", "loop.scad", "-o", "b.stl", "--timeout", "1"]).failed(1).tells("loop.scad, line");
}

#[test]
fn parameters_are_set_and_those_that_nobody_takes_are_told() {
    let sets = r#"{"parameterSets": {"big": {"width": "60", "nope": "3"}}, "fileFormatVersion": "1"}"#;
    let desk = Desk::with("parameters", &[("box.scad", BOX), ("box.json", sets)]);
    let width = |arguments: &[&str]| {
        let all: Vec<&str> = ["render", "box.scad", "-o", "b.json"].iter().chain(arguments).copied().collect();
        let said = desk.say(&all);
        said.done();
        (desk.json("b.json")["boundingBox"]["max"][0].as_f64(), said)
    };
    assert_eq!(width(&[]).0, Some(20.0));
    let (set, said) = width(&["-D", "width=40"]);
    assert_eq!(set, Some(40.0));
    said.is_silent();
    let (unknown, said) = width(&["-D", "wdith=40"]);
    assert_eq!(unknown, Some(20.0));
    said.tells("-D wdith=…: no file of the program has the name 'wdith'");
    let (set, said) = width(&["-p", "box.json", "-P", "big"]);
    assert_eq!(set, Some(60.0));
    said.tells("the program offers no parameter 'nope': it offers width, lid");
    let (absent, said) = width(&["-p", "box.json", "-P", "huge"]);
    assert_eq!(absent, Some(20.0));
    said.tells("box.json has no parameter set \"huge\"");
    let (half, said) = width(&["-p", "box.json"]);
    assert_eq!(half, Some(20.0));
    said.tells("-p FILE and -P NAME go together");
    desk.say(&["render", "box.scad", "-o", "b.stl", "-D", "width"]).failed(1).tells("it takes NAME=VALUE");
}

#[test]
fn the_parameters_of_a_program_are_described() {
    let desk = Desk::with("params", &[("box.scad", BOX)]);
    let said = desk.say(&["params", "box.scad"]);
    said.done().is_silent();
    let described: Value = serde_json::from_slice(&said.out).expect("it is JSON");
    let width = &described["parameters"][0];
    assert_eq!((width["name"].as_str(), width["caption"].as_str()), (Some("width"), Some("How wide")));
    assert_eq!(
        (width["min"].as_f64(), width["step"].as_f64(), width["max"].as_f64()),
        (Some(10.0), Some(5.0), Some(100.0))
    );
    let said = desk.say(&["params", "box.scad", "--schema"]);
    let schema: Value = serde_json::from_slice(&said.out).expect("it is JSON");
    assert_eq!(schema["properties"]["width"]["maximum"].as_f64(), Some(100.0));
    assert_eq!(schema["properties"]["lid"]["type"].as_str(), Some("boolean"));
}

/// Functions, modules, variables with the customizer's comments, then what is made; included files as if they stood there.
#[test]
fn a_program_is_written_back_as_openscad_does() {
    let program = "\
// How wide, in mm
width = 20; // [10:5:100]
/* [ Look ] */
style = \"flat\"; // [flat:Flat, round]
area = width * 2;
depth = 3;
include <part.scad>
module lid(h = 1, name) { inner = [for (i = [0:2]) if (i != 1) i]; if (h > 0) cube(h); else { sphere(h); #echo(name); } }
function half(x) = x / 2;
translate([0, -width, 0]) lid(2, \"a\\tb\");
*cube(1);
union() {}
";
    let written = "\
function part(x) = (x ^ 2);
function half(x) = (x / 2);
module lid(h = 1, name) {
\tinner = [for(i = [0 : 2]) (if((i != 1)) (i))];
\tif((h > 0)) cube(h);
\telse {
\t\tsphere(h);
\t\techo(name);
\t}
}
//Description(\"How wide, in mm\")
//Parameter([10 : 5 : 100])
width = 50;
//Group(\" Look \")
//Parameter([[\"flat\", \"Flat\"], \"round\"])
style = \"flat\";
area = (width * 2);
depth = 4;
translate([0, -width, 0]) lid(2, \"a\\tb\");
union();
";
    let part = "depth = 4;\nfunction part(x) = x ^ 2;\n";
    let desk = Desk::with("ast", &[("box.scad", program), ("part.scad", part)]);
    let said = desk.say(&["render", "box.scad", "-o", "box.ast", "-D", "width=50", "-q"]);
    said.done();
    assert_eq!(String::from_utf8(desk.file("box.ast")).expect("it is text"), written);
}
