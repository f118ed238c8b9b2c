//! The one error type of the model side: what the author of a program did, where, and what to do about it.
//!
//! **In** nothing but values; **Out** [`Diagnostic`], [`Diagnostics`], [`Span`], [`SourceMap`], [`Warned`].
//! **Knows nothing of** the language, geometry or the console: rendering is a function over values ([`render`]).

mod console;
mod sources;
mod span;

pub use console::{render, snippet};
pub use sources::{Lines, Location, SourceMap};
pub use span::{FileId, Span};

use serde::{Deserialize, Serialize};

/// How bad a diagnostic is. `Echo` is what a program said on purpose; it rides in the same stream so that order is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Output of `echo()`.
    Echo,
    /// A trace line that OpenSCAD prints below a warning or an error.
    Trace,
    /// The program is used in a way that OpenSCAD calls deprecated.
    Deprecated,
    /// Something is probably wrong; evaluation went on.
    Warning,
    /// Evaluation or realisation stopped.
    Error,
}

/// What kind of thing went wrong: the `error.code` of the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Code {
    /// The text is not a program.
    Parse,
    /// The program failed while it ran.
    Eval,
    /// An `assert()` did not hold.
    Assertion,
    /// A file that the program names is not in the job.
    SourceNotFound,
    /// OpenSCAD can do this and maquette cannot.
    Unsupported,
    /// Nothing was made.
    EmptyGeometry,
    /// What was made is not a solid or region.
    InvalidGeometry,
    /// A budget of the job ran out.
    LimitExceeded,
}

/// One call, include or `children()` hop between the top level and a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracepoint {
    /// Where the call stands.
    pub span: Span,
    /// What was called, as OpenSCAD words it: `call of 'foo(3)'`, `'if'`, …
    pub what: String,
}

/// One thing to tell the author of a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What kind of thing went wrong.
    pub code: Code,
    /// Where in the program; detached when nowhere.
    pub span: Span,
    /// Lower case, no full stop; names the thing and the value.
    pub message: String,
    /// Calls from the failure to the top level, innermost first.
    pub trace: Vec<Tracepoint>,
    /// Whole sentences that say what to do.
    pub hints: Vec<String>,
}

impl Diagnostic {
    /// An error of kind `code` at `span`.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code, span, message: message.into(), trace: Vec::new(), hints: Vec::new() }
    }

    /// A warning at `span`.
    pub fn warning(span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(Code::Eval, span, message) }
    }

    /// What an `echo()` at `span` printed, without the `ECHO: ` in front.
    pub fn echo(span: Span, text: impl Into<String>) -> Self {
        Self { severity: Severity::Echo, ..Self::error(Code::Eval, span, text) }
    }

    /// The same with a hint added: a whole sentence.
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// Diagnostics in the order in which they arose.
pub type Diagnostics = Vec<Diagnostic>;

/// The result of a stage that can fail for what the program's author did; never empty on the error side.
pub type SourceResult<T> = Result<T, Diagnostics>;

/// A value and what was said on the way to it.
#[derive(Debug, Clone)]
pub struct Warned<T> {
    /// The value.
    pub output: T,
    /// Echoes and warnings in order.
    pub warnings: Diagnostics,
}
