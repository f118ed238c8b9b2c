//! The language corpus: runs `tests/scad/<area>/<subject>.scad`, many cases a file, expectations in comments.
//!
//! `// --- name` begins a case; its program is what follows, lines counted from 1 behind that heading. `// file PATH | TEXT` adds a line to another
//! file of the case. Expectations, checked both ways: `// echo: TEXT`, `// warning LINE:COLUMN TEXT`, `// deprecated …`, `// error …`,
//! `// hint TEXT`, `// trace LINE:COLUMN TEXT` (a place in another file has its path in front), `// csg: LINE` for the whole tree, and
//! `// plate NUMBER LINE` for the trees of the plates.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use maquette::budget::{Budget, Limits};
use maquette::csg::{self, TextSpec};
use maquette::diag::{Severity, SourceMap, Span};
use maquette::scad::{self, Evaluation, FontMetrics, Host, HostError, Options, Plates, Purpose, TextMetrics};

const MAIN: &str = "main.scad";
/// Stack of the thread that a case runs on; the depth of endless recursion follows from it.
const STACK: usize = 64 << 20;

#[test]
fn corpus() {
    let mut files = Vec::new();
    collect(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scad")), &mut files);
    assert!(files.len() >= 20, "the corpus is missing");
    let mut problems = String::new();
    let mut count = 0;
    for file in &files {
        let text = std::fs::read_to_string(file).expect("a file just listed can be read");
        for case in cases(&text) {
            count += 1;
            if let Some(problem) = run(&case) {
                let _ = writeln!(problems, "{} --- {}\n{problem}", file.display(), case.name);
            }
        }
    }
    assert!(count >= 150, "only {count} cases");
    assert!(problems.is_empty(), "{problems}");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the corpus is there").flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            collect(&entry, files);
        } else if entry.extension().is_some_and(|ending| ending == "scad") {
            files.push(entry);
        }
    }
}

struct Case {
    name: String,
    program: String,
    files: BTreeMap<String, String>,
    expected: Vec<String>,
}

const EXPECTATIONS: [&str; 8] = ["echo: ", "warning ", "deprecated ", "error ", "hint ", "trace ", "csg: ", "plate "];

fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("// --- ") {
            let (program, files, expected) = (String::new(), BTreeMap::new(), Vec::new());
            cases.push(Case { name: name.to_owned(), program, files, expected });
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        let remark = line.strip_prefix("// ").unwrap_or_default();
        if EXPECTATIONS.iter().any(|kind| remark.starts_with(kind)) || remark == "echo:" {
            case.expected.push(remark.to_owned());
            continue;
        }
        if let Some((path, text)) = remark.strip_prefix("file ").and_then(|rest| rest.split_once(" | ")) {
            let _ = writeln!(case.files.entry(path.to_owned()).or_default(), "{text}");
        }
        let _ = writeln!(case.program, "{line}");
    }
    cases
}

/// What differs; nothing where all is as expected.
fn run(case: &Case) -> Option<String> {
    let found = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK + (1 << 20));
        let handle = thread.spawn_scoped(scope, || observe(case)).expect("a thread can be started");
        handle.join().expect("an evaluation does not panic")
    });
    let trimmed = |lines: &[String]| lines.iter().map(|line| without_depth(line)).collect::<Vec<_>>();
    let (expected, found) = (trimmed(&case.expected), trimmed(&found));
    let tells_tree = expected.iter().any(|line| line.starts_with("csg: "));
    let found: Vec<String> = found.into_iter().filter(|line| tells_tree || !line.starts_with("csg: ")).collect();
    (expected != found).then(|| format!("expected:\n  {}\nfound:\n  {}", expected.join("\n  "), found.join("\n  ")))
}

/// A line without what depends on how much stack a call takes in this build.
fn without_depth(line: &str) -> String {
    match line.split_once("*** Excluding") {
        Some((before, _)) => format!("{before}*** Excluding"),
        None => line.trim_end().to_owned(),
    }
}

fn observe(case: &Case) -> Vec<String> {
    let mut files = case.files.clone();
    files.insert(MAIN.to_owned(), case.program.trim_end().to_owned() + "\n");
    let host = Memory { files };
    let limits = Limits { fuel: 3_000_000, memory_bytes: 1 << 30, ..Limits::default() };
    let options = Options { stack_bytes: STACK, plates: Plates::All, ..Options::default() };
    let evaluation = scad::evaluate(MAIN, &host, &options, &Budget::new(limits));
    lines_of(&evaluation)
}

fn lines_of(evaluation: &Evaluation) -> Vec<String> {
    let mut lines = Vec::new();
    for diagnostic in &evaluation.diagnostics {
        let kind = match diagnostic.severity {
            Severity::Echo => "echo:",
            Severity::Warning => "warning",
            Severity::Deprecated => "deprecated",
            Severity::Error | Severity::Trace => "error",
        };
        let place = if diagnostic.severity == Severity::Echo {
            String::new()
        } else {
            place(&evaluation.sources, diagnostic.span, true)
        };
        lines.push(format!("{kind} {place}{}", diagnostic.message.replace('\n', "\\n")));
        lines.extend(diagnostic.hints.iter().map(|hint| format!("hint {hint}")));
        for point in &diagnostic.trace {
            lines.push(format!("trace {}{}", place_of_trace(&evaluation.sources, point.span), point.what));
        }
    }
    let tree = evaluation.tree.as_ref().map_or_else(String::new, |tree| csg::dump(tree));
    lines.extend(tree.lines().map(|line| format!("csg: {line}")));
    for plate in &evaluation.plates {
        lines.extend(csg::dump(&plate.tree).lines().map(|line| format!("plate {} {line}", plate.number)));
    }
    lines
}

fn place_of_trace(sources: &SourceMap, span: Span) -> String {
    place(sources, span, false)
}

fn place(sources: &SourceMap, span: Span, with_path: bool) -> String {
    match sources.locate(span) {
        None => String::new(),
        Some(place) if &*place.path == MAIN || !with_path => format!("{}:{} ", place.line, place.column),
        Some(place) => format!("{}:{}:{} ", place.path, place.line, place.column),
    }
}

/// The files of a case.
struct Memory {
    files: BTreeMap<String, String>,
}

impl Host for Memory {
    fn resolve(&self, from_file: &str, name: &str, _: Purpose) -> Result<String, HostError> {
        if name.starts_with('/') || name.split('/').any(|part| part == "..") {
            return Err(HostError::Refused);
        }
        let beside =
            from_file.rsplit_once('/').map_or_else(|| name.to_owned(), |(folder, _)| format!("{folder}/{name}"));
        [beside, name.to_owned()].into_iter().find(|path| self.files.contains_key(path)).ok_or(HostError::NotFound)
    }

    fn read(&self, path: &str) -> Result<Arc<[u8]>, HostError> {
        self.files.get(path).map(|text| Arc::from(text.as_bytes())).ok_or(HostError::NotFound)
    }

    fn text_metrics(&self, _: &TextSpec) -> Option<TextMetrics> {
        None
    }

    fn font_metrics(&self, _: &TextSpec) -> Option<FontMetrics> {
        None
    }
}
