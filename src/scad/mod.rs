//! Program text to tree: the OpenSCAD language, as of its development snapshot of July 2026.
//!
//! **In** the path of the main program, a [`Host`] for everything else, [`Options`], a [`Budget`]; **Out** an [`Evaluation`]: the tree, what
//! was said, and the sources.
//! **Stages** `token` `lexer` `ast` `parser` text to syntax tree, cached by content in a [`ParseCache`]; `deferred` what
//! is read only when it is called · `load` the file graph, `bundled` what every program finds · `lower` syntax
//! tree to `ir` · `eval` running form to values and nodes · `builtin` · `value` · `customizer`.
//! **Invariants** Parsing never fails; a warning is a value; an error ends the evaluation and leaves no tree. Same inputs, same outputs.
//! **Knows nothing of** geometry, fonts, a disk or the console.
//! **Sources** The OpenSCAD User Manual; the expected outputs of its tests; `docs/language.md` tells what is supported and what differs.

mod ast;
mod builtin;
mod bundled;
mod customizer;
mod deferred;
mod eval;
mod host;
mod ir;
mod lexer;
mod load;
mod log;
mod lower;
mod nearest;
mod options;
mod parser;
mod print;
mod reprint;
mod token;
mod unit;
mod value;

use std::sync::Arc;

use crate::budget::Budget;
use crate::csg::{Annotation, Kind, Node, NodeRef, annotations};
use crate::diag::{Diagnostics, Severity, SourceMap, Span};
use crate::scad::eval::Interpreter;
use crate::scad::log::Run;

pub use builtin::color_name;
pub use customizer::{Bounds, Control, Parameter, parameters};
pub use eval::Plate;
pub use host::{FontMetrics, Host, HostError, Purpose, TextMetrics};
pub use load::DEFINES;
pub use nearest::nearest_name;
pub use options::{AskedView, Feature, Features, Literal, Options, Plates, View};
pub use unit::ParseCache;

/// What a program came to.
#[derive(Debug)]
pub struct Evaluation {
    /// The geometry that it asks for; `None` after an error.
    pub tree: Option<NodeRef>,
    /// What the modules `mw_plate_1()`, `mw_plate_2()` … make, in the order of their numbers; none unless [`Plates`] says so.
    pub plates: Vec<Plate>,
    /// The view that it sets for itself.
    pub view: AskedView,
    /// What it wants its drawings to say.
    pub annotations: Vec<Annotation>,
    /// Echoes, warnings and errors in program order.
    pub diagnostics: Diagnostics,
    /// The files that it consists of, the main program first.
    pub sources: SourceMap,
}

impl Evaluation {
    /// Whether it ended with an error.
    pub fn has_error(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Evaluates the program at the path `main`, as the host names it.
///
/// Runs on the caller's stack: [`Options::stack_bytes`] says how much of it there is.
pub fn evaluate(main: &str, host: &dyn Host, options: &Options, budget: &Budget) -> Evaluation {
    value::reset_alive();
    value::begin_effort(budget, options.stack_bytes);
    let mut interpreter = Interpreter::new(host, options, budget);
    let (tree, plates) = match run(&mut interpreter, main) {
        Ok((tree, plates)) => (tree, plates),
        Err(stop) => {
            interpreter.finish_stop(*stop);
            (None, Vec::new())
        }
    };
    let view = interpreter.asked_view;
    let annotations = tree.as_ref().filter(|_| interpreter.is_annotated).map(annotations).unwrap_or_default();
    let (diagnostics, sources) = interpreter.take_messages();
    value::end_effort();
    Evaluation { tree, plates, view, annotations, diagnostics, sources }
}

/// Whether a text can be read as a program.
pub fn is_program(source: &str) -> bool {
    !unit::Unit::parse(&Arc::from(source.as_bytes())).is_broken()
}

/// Reads the program at the path `main` and all that it includes and uses, and evaluates nothing: what is wrong with its text.
pub fn check(main: &str, host: &dyn Host, options: &Options, budget: &Budget) -> Evaluation {
    read(main, host, options, budget, |_| ()).1
}

/// Reads the program likewise; with it the program as OpenSCAD writes it back, where it can be read.
pub fn reprint(main: &str, host: &dyn Host, options: &Options, budget: &Budget) -> (Option<String>, Evaluation) {
    read(main, host, options, budget, reprint::program_text)
}

/// Reads the program, and makes something of it where it can be read.
fn read<T>(
    main: &str,
    host: &dyn Host,
    options: &Options,
    budget: &Budget,
    make: impl FnOnce(&Interpreter<'_>) -> T,
) -> (Option<T>, Evaluation) {
    let mut interpreter = Interpreter::new(host, options, budget);
    interpreter.prepare();
    let mut made = None;
    match interpreter.load_main(main) {
        Ok(()) if interpreter.log.has_error() => {}
        Ok(()) => made = Some(make(&interpreter)),
        Err(stop) => interpreter.finish_stop(*stop),
    }
    let (diagnostics, sources) = interpreter.take_messages();
    let (plates, annotations) = (Vec::new(), Vec::new());
    (made, Evaluation { tree: None, plates, view: AskedView::default(), annotations, diagnostics, sources })
}

fn run(interpreter: &mut Interpreter<'_>, main: &str) -> Run<(Option<NodeRef>, Vec<Plate>)> {
    interpreter.prepare();
    interpreter.load_main(main)?;
    if interpreter.log.has_error() {
        return Ok((None, Vec::new()));
    }
    let nodes = interpreter.run_main()?;
    let children = interpreter.marked_root(&nodes).unwrap_or(nodes);
    let (substitute, plates) = interpreter.run_plates(&children)?;
    let tree = substitute.unwrap_or_else(|| Arc::new(Node::new(Kind::Group, children, Span::DETACHED)));
    Ok((Some(tree), plates))
}
