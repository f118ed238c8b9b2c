//! Hostile programs: each ends soon and in little memory, with an error that names the limit and the place, or comes to nothing much.

use std::collections::BTreeMap;
use std::sync::Arc;

use maquette::budget::{Budget, Limits};
use maquette::csg::{self, TextSpec};
use maquette::diag::{Code, Diagnostic, Severity};
use maquette::scad::{self, Evaluation, FontMetrics, Host, HostError, Options, Purpose, TextMetrics};

/// How a program is to end.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    /// At a limit, with a place.
    Limit,
    /// At a limit that has no place: a file as a whole, a value that is printed.
    Somewhere,
    /// It is no program.
    Broken,
    /// With a tree.
    Fine,
}
use End::{Broken, Fine, Limit, Somewhere};

const DOUBLE: &str = "function double(v, n) = n == 0 ? v : double(str(v, v), n - 1); ";
const SHARE: &str =
    "function share(v, n) = n == 0 ? v : share([v, v], n - 1); a = share([1], 60); b = share([1], 60); ";
const NEST: &str = "function nest(v, n) = n == 0 ? v : nest([v], n - 1); a = nest(1, 100000); b = nest(1, 100000); ";
const OBJECTS: &str =
    "function pack(o, n) = n == 0 ? o : pack(object(a = o, b = o), n - 1); a = pack(1, 60); b = pack(1, 60); ";

/// Growing without end, one step at a time.
const GROWING: &[(&str, End)] = &[
    ("function f(s, n) = n == 0 ? s : f(str(s, s), n - 1); echo(len(f(\"a\", 60)));", Limit),
    ("function f(l, n) = n == 0 ? l : f(concat(l, l), n - 1); echo(len(f([1], 60)));", Limit),
    ("function f(l, n) = n == 0 ? l : f([each l, each l], n - 1); echo(len(f([1], 60)));", Limit),
    ("function f(l, n) = n == 0 ? l : f(concat(l, [1]), n - 1); echo(len(f([], 900000)));", Limit),
    (
        "function f(o, n) = n == 0 ? o : f(object(o, [[str(\"k\", n), n]]), n - 1); echo(len(f(object(), 900000)));",
        Limit,
    ),
    ("echo([for (a = [0:99999]) for (b = [0:99999]) a * b]);", Limit),
    ("for (a = [0:99999], b = [0:99999]) cube(a);", Limit),
    ("echo([for (i = 0; true; i = i + 1) i]);", Limit),
    ("echo([for (i = 0; true; i = i) if (false) 1]);", Limit),
    ("echo(len(rands(0, 1, 1e12)));", Limit),
    ("for (i = [0:1e12]) cube(i);", Fine),
    ("echo([for (i = [0:1e12]) i], [each [0:1e12]], chr([0:1e12]));", Fine),
    ("for (i = [0:1e-300:1]) cube(i); for (i = [0:1/0]) cube(i); for (i = [0:0/0:1]) cube(i);", Fine),
    ("module m() children([0:1e12]); m() cube();", Fine),
    ("l = [for (i = [0:99999]) 65]; echo([for (i = [0:99999]) len(chr(l))]);", Limit),
    ("l = [for (i = [0:99999]) i]; echo([for (i = [0:99999]) len(str(l))]);", Limit),
    ("l = [for (i = [0:99999]) i]; echo(search(l, l, 0));", Limit),
    ("l = [for (i = [0:99999]) [i, i]]; echo([for (i = [0:99999]) lookup(i, l)]);", Limit),
    ("l = [for (i = [0:99999]) i]; m = [for (i = [0:99999]) i]; echo([for (i = [0:99999]) l == m]);", Limit),
    ("l = [for (i = [0:999]) [for (j = [0:999]) i]]; echo(len(l * l * l));", Limit),
    ("l = [for (i = [0:99999]) [i, i % 7]]; for (i = [0:99999]) polygon(l);", Limit),
    ("function f(n) = echo(\"a line that is printed again and again\") f(n + 1); echo(f(0));", Limit),
    ("for (i = [0:900000]) echo(undef + i);", Limit),
];

/// Calls without end.
const CALLING: &[(&str, End)] = &[
    ("function f(n) = n < 2 ? n : f(n - 1) + f(n - 2); echo(f(60));", Limit),
    ("function f(x) = 1 + g(x); function g(x) = 1 + f(x); echo(f(1));", Limit),
    ("function f(x) = g(x); function g(x) = f(x); echo(f(1));", Limit),
    ("function f(a = f()) = a; echo(f());", Limit),
    ("f = function(f) f(f); echo(f(f));", Limit),
    ("f = function(f) 1 + f(f); echo(f(f));", Limit),
    ("f = function(f) [f(f), f(f)]; echo(f(f));", Limit),
    ("module m() { m(); m(); } m();", Limit),
    ("module m() { n(); } module n() { m(); } m();", Limit),
    ("module m(n) { if (n > 0) for (i = [0:9]) m(n - 1); } m(20);", Limit),
    (
        "module d() { children(); children(); } d() d() d() d() d() d() d() d() d() d() d() d() d() d() d() d() d() d() d() d() cube();",
        Limit,
    ),
    ("module c(n) { if (n > 0) c(n - 1) children(); else children(); } c(1000000) cube();", Limit),
    ("module m(n) { if (n > 0) translate([1, 0]) m(n - 1); else cube(); } m(5000);", Fine),
    ("module m(n) let($a = n) { if (n > 0) m(n - 1); } m(5000);", Fine),
    ("a = b(); function b() = a; echo(a);", Fine),
];

/// Little text, much work: what lists share is walked over as often as it is named.
const WALKING: &[(&str, &str, End)] = &[
    (SHARE, "echo(a == b);", Limit),
    (SHARE, "echo(a < b);", Limit),
    (SHARE, "echo(a);", Limit),
    (SHARE, "echo(len(str(a)));", Limit),
    (SHARE, "echo(len(a * 2));", Limit),
    (SHARE, "echo(len(a + b));", Limit),
    (SHARE, "echo(len(-a));", Limit),
    (SHARE, "echo(search([a], [[b]]));", Limit),
    (SHARE, "cube(a); translate(a) cube(); color(a) cube(); polygon(a); x = sin(a); y = a[a];", Fine),
    (OBJECTS, "echo(a == b);", Limit),
    (OBJECTS, "echo(a);", Limit),
    (NEST, "echo(a == b);", Limit),
    (NEST, "echo(a < b);", Limit),
    (NEST, "echo(len(-a), len(a + b), len(a * 2));", Limit),
    (NEST, "echo(a);", Somewhere),
    (NEST, "echo(len(a));", Fine),
    ("function f(o, n) = n == 0 ? o : f(object(a = o), n - 1); ", "x = f(1, 50000); echo(len(x));", Fine),
    ("function f(g, n) = n == 0 ? g : f(function() g, n - 1); ", "x = f(1, 50000); echo(is_function(x));", Fine),
    ("function f(g, n) = n == 0 ? g : f([object(a = function() g)], n - 1); ", "x = f(1, 30000); echo(len(x));", Fine),
    (DOUBLE, "s = double(\"a\", 18); t = double(\"a\", 18); echo([for (i = [0:900000]) s == t]);", Limit),
    (DOUBLE, "s = double(\"a\", 18); echo([for (i = [0:900000]) len(str(s, i))]);", Limit),
    (DOUBLE, "s = double(\"a\", 18); for (i = [0:900000]) text(s);", Limit),
    (DOUBLE, "s = double(\"a\", 18); for (i = [0:90]) color(s) cube();", Fine),
    (DOUBLE, "assert(false, double(\"a\", 18));", Broken),
];

/// Text that is long or deep: what stands before, what is repeated, what stands behind.
const DEEP: &[(&str, &str, &str, End)] = &[
    ("x = ", "(", ";", Broken),
    ("x = ", "[", ";", Broken),
    ("x = ", "f(", ";", Broken),
    ("x = ", "-", "1;", Broken),
    ("x = ", "a ? a : ", "1;", Broken),
    ("x = ", "function(x) ", "1;", Broken),
    ("x = ", "let(a = 1) ", "1;", Broken),
    ("x = a", ".x", ";", Broken),
    ("x = a", "[0]", ";", Broken),
    ("x = 1", "+1", ";", Broken),
    ("x = [", "for (i = [0:1]) ", "i];", Broken),
    ("x = [", "each ", "[1]];", Broken),
    ("", "{", "", Broken),
    ("", "module m() {", "", Broken),
    ("", "translate([1, 0]) ", "cube();", Broken),
    ("", "if (true) ", "cube();", Broken),
    ("if (false) cube();", " else if (false) cube();", "", Broken),
    ("", "!#%*", "cube();", Fine),
    ("", "/*", "", Broken),
    ("", "\"", "x", Broken),
    ("", "@", "", Broken),
    ("", "}", "", Broken),
    ("x = \"", "\\q", "\";", Fine),
    ("x = ", "1", ";", Fine),
    ("x = 0x", "f", ";", Fine),
    ("", "a", " = 1;", Fine),
    ("", "a = 1;\n", "", Fine),
    ("", "use <", "", Broken),
];

#[test]
fn what_grows_ends() {
    GROWING.iter().for_each(|(program, end)| check(program, *end));
}

#[test]
fn what_calls_itself_ends() {
    CALLING.iter().for_each(|(program, end)| check(program, *end));
}

#[test]
fn what_walks_over_shared_lists_ends() {
    WALKING.iter().for_each(|(given, program, end)| check(&format!("{given}{program}"), *end));
}

#[test]
fn what_is_long_or_deep_ends() {
    DEEP.iter()
        .for_each(|(before, middle, after, end)| check(&format!("{before}{}{after}", middle.repeat(30_000)), *end));
}

/// Expressions without a call or a loop in them, evaluated again and again.
#[test]
fn what_is_wide_ends() {
    let sum = format!("({})", "n + ".repeat(15_000) + "n");
    let list = format!("[{}]", "n, ".repeat(15_000));
    let tests = format!("({})", "n < 0 || ".repeat(15_000) + "n > 0");
    let chosen = format!("[{}]", "n < 0 ? n * n + n * n : n, ".repeat(3_000));
    for wide in [&sum, &list, &tests, &chosen] {
        check(&format!("function f(n) = len(str({wide})); echo([for (n = [1:2000]) f(n)]);"), Limit);
        check(&format!("for (n = [1:2000]) let(m = {wide}) echo(n);"), Limit);
        check(&format!("function f(n) = {wide}; x = f(1);"), Fine);
    }
    let bound = format!("let({} z = n) z", "a = n, ".repeat(15_000));
    check(&format!("echo(len([for (n = [1:2000]) {bound}]));"), Limit);
}

#[test]
fn names_by_the_thousand_end() {
    let many = |each: &dyn Fn(usize) -> String| (0..20_000).map(each).collect::<String>();
    check(&many(&|at| format!("a{at} = b{at};\n")), Fine);
    check(&many(&|at| format!("cubx{at}();\n")), Limit);
    check(&format!("function f(a) = a; x = f({});", many(&|at| format!("b{at} = 1, "))), Fine);
    check(&format!("function f({}) = a1; x = f();", many(&|at| format!("a{at} = {at}, "))), Fine);
    check(&format!("module m() {{ {} }} m();", many(&|at| format!("a{} = a{at};\n", at + 1))), Fine);
}

#[test]
fn files_end() {
    let twice = |name: usize| format!("include <f{name}.scad>\ninclude <f{name}.scad>\n");
    let bomb: Vec<(String, String)> = (0..40).map(|at| (format!("f{at}.scad"), twice(at + 1))).collect();
    check_files(&bomb, "include <f0.scad>", Somewhere);
    let chain: Vec<(String, String)> =
        (0..200).map(|at| (format!("f{at}.scad"), format!("include <f{}.scad>", at + 1))).collect();
    check_files(&chain, "include <f0.scad>", Limit);
    let uses: Vec<(String, String)> =
        (0..200).map(|at| (format!("f{at}.scad"), format!("use <f{}.scad>", (at + 1) % 200))).collect();
    check_files(&uses, "use <f0.scad>\ncube();", Fine);
    let cycle = [("a.scad", "include <b.scad>\nx = 1;"), ("b.scad", "include <a.scad>\ny = 2;")];
    let cycle = cycle.map(|(path, text)| (path.to_owned(), text.to_owned()));
    check_files(&cycle, "include <a.scad>\necho(x, y); cube();", Fine);
    check_files(&[], "include <main.scad>\nuse <main.scad>\ncube();", Fine);
    check_files(&[], &format!("x = \"{}\";", "a".repeat(5 << 20)), Somewhere);
}

fn check(program: &str, end: End) {
    check_files(&[], program, end);
}

fn check_files(files: &[(String, String)], program: &str, end: End) {
    let start: String = program.chars().take(100).collect();
    let evaluation = evaluate(files, program);
    let errors: Vec<&Diagnostic> =
        evaluation.diagnostics.iter().filter(|told| told.severity == Severity::Error).collect();
    let Some(error) = errors.first() else {
        assert_eq!(end, Fine, "{start}");
        return;
    };
    assert!(evaluation.tree.is_none(), "{start}");
    let at_limit = error.code == Code::LimitExceeded;
    let found = if !at_limit {
        Broken
    } else if error.span.is_detached() {
        Somewhere
    } else {
        Limit
    };
    // what is nested too deeply to be read is a limit, too
    let fits = found == end || (end == Broken && found == Limit);
    assert!(fits, "{start}\nwas to end {end:?} and says: {}", error.message);
}

const MAIN: &str = "main.scad";
const STACK: usize = 16 << 20;

fn evaluate(files: &[(String, String)], program: &str) -> Evaluation {
    let mut files: BTreeMap<String, Arc<[u8]>> =
        files.iter().map(|(path, text)| (path.clone(), Arc::from(text.as_bytes()))).collect();
    files.insert(MAIN.to_owned(), Arc::from(program.as_bytes()));
    let limits = Limits {
        fuel: 300_000,
        memory_bytes: 128 << 20,
        source_bytes: 4 << 20,
        list_len: 4 << 20,
        ..Limits::default()
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK + (1 << 20));
        let work = || {
            let options = Options { stack_bytes: STACK, ..Options::default() };
            let evaluation = scad::evaluate(MAIN, &Memory { files }, &options, &Budget::new(limits));
            evaluation.tree.as_ref().map(|tree| csg::dump(tree));
            evaluation
        };
        let handle = thread.spawn_scoped(scope, work).expect("a thread can be started");
        handle.join().expect("an evaluation does not panic")
    })
}

/// The files of a program.
struct Memory {
    files: BTreeMap<String, Arc<[u8]>>,
}

impl Host for Memory {
    fn resolve(&self, _: &str, name: &str, _: Purpose) -> Result<String, HostError> {
        self.files.get_key_value(name).map(|(path, _)| path.clone()).ok_or(HostError::NotFound)
    }

    fn read(&self, path: &str) -> Result<Arc<[u8]>, HostError> {
        self.files.get(path).cloned().ok_or(HostError::NotFound)
    }

    fn text_metrics(&self, _: &TextSpec) -> Option<TextMetrics> {
        None
    }

    fn font_metrics(&self, _: &TextSpec) -> Option<FontMetrics> {
        None
    }
}
