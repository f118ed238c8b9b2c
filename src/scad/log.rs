//! `Log`: what a program said and what was said about it, in order; the same warning only five times in a row, as OpenSCAD.

use std::collections::VecDeque;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diag::{Code, Diagnostic, Diagnostics, FileId, Severity, SourceMap, Span, Tracepoint};

/// Equal messages in a row before OpenSCAD falls silent.
const EQUAL_MAX: usize = 5;
/// Equal messages in all that one job is told.
const SAME_MAX: u32 = 50;
/// Different messages that one job is told.
const MESSAGES_MAX: usize = 5_000;
/// Calls that a trace shows at either end.
const TRACE_DEPTH: usize = 12;
/// Bytes of messages that one job may collect.
const BYTES_MAX: usize = 64 << 20;

/// Messages in order.
#[derive(Debug, Default)]
pub struct Log {
    diagnostics: Diagnostics,
    last: VecDeque<Line>,
    deprecations: FxHashSet<Line>,
    /// How often each message was given.
    times: FxHashMap<Line, u32>,
    bytes: usize,
    /// How many messages were given, the suppressed ones included.
    count: u64,
}

/// A message as it would look: OpenSCAD compares these.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Line {
    text: String,
    file: FileId,
    line: u32,
}

/// An evaluation that cannot go on: which error, and the calls that led there.
#[derive(Debug)]
pub struct Stop {
    index: Option<usize>,
    /// The calls nearest to the error.
    head: Vec<Tracepoint>,
    /// The calls nearest to the top level.
    tail: VecDeque<Tracepoint>,
    points: usize,
}

impl Stop {
    /// Leaves the calls out: there may be as many as the thing is deep.
    pub fn hide_trace(&mut self) {
        self.index = None;
    }

    /// Whether the next call is among those shown first.
    pub fn is_near(&self) -> bool {
        self.head.len() < TRACE_DEPTH
    }

    /// Adds a call that led there.
    pub fn trace(&mut self, span: Span, what: impl FnOnce() -> String) {
        self.points += 1;
        let full = self.head.len() >= TRACE_DEPTH;
        let point = Tracepoint { span, what: what() };
        if !full {
            return self.head.push(point);
        }
        if self.tail.len() == TRACE_DEPTH {
            self.tail.pop_front();
        }
        self.tail.push_back(point);
    }
}

/// What is wrong with a call, and what would be right.
#[derive(Debug, Clone)]
pub struct Remark {
    /// OpenSCAD's words.
    pub message: String,
    /// A whole sentence.
    pub hint: Option<String>,
}

/// The result of something that can end the evaluation.
pub type Run<T> = Result<T, Box<Stop>>;

impl Log {
    /// Messages so far, the suppressed ones included.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Whether the messages have grown larger than a job may make them.
    pub fn is_full(&self) -> bool {
        self.bytes > BYTES_MAX
    }

    /// What an `echo()` printed.
    pub fn echo(&mut self, span: Span, text: String) {
        self.push(Diagnostic::echo(span, text));
    }

    /// Adds a message, unless it is the sixth of its kind in a row.
    pub fn add(&mut self, diagnostic: Diagnostic, sources: &SourceMap) {
        self.count += 1;
        let line = line_of(&diagnostic.message, diagnostic.span, sources);
        let said = match diagnostic.severity {
            Severity::Deprecated => !self.deprecations.insert(line),
            Severity::Echo => false,
            Severity::Error => self.is_repeated(line),
            // what has no place follows another message, which has one
            _ if diagnostic.span.is_detached() => self.is_repeated(line),
            _ => self.is_repeated(line.clone()) || self.is_worn_out(line),
        };
        if !said {
            self.push(diagnostic);
        }
    }

    /// Adds an error that ends the evaluation.
    pub fn stop(&mut self, diagnostic: Diagnostic, sources: &SourceMap) -> Box<Stop> {
        let before = self.diagnostics.len();
        self.add(diagnostic, sources);
        let index = (self.diagnostics.len() > before).then_some(before);
        Box::new(Stop { index, head: Vec::new(), tail: VecDeque::new(), points: 0 })
    }

    /// Puts the calls that led to the error below it.
    pub fn finish(&mut self, stop: Stop, sources: &SourceMap) {
        let left_out = stop.points - stop.head.len() - stop.tail.len();
        let mut trace = Vec::new();
        let gap = Tracepoint { span: Span::DETACHED, what: format!("  *** Excluding {left_out} frames ***") };
        let gap = (left_out > 0).then_some(gap);
        for point in stop.head.into_iter().chain(gap).chain(stop.tail) {
            if !self.is_repeated(line_of(&point.what, point.span, sources)) {
                trace.push(point);
            }
        }
        if let Some(diagnostic) = stop.index.and_then(|index| self.diagnostics.get_mut(index)) {
            diagnostic.trace = trace;
        }
    }

    /// All messages.
    pub fn into_diagnostics(self) -> Diagnostics {
        self.diagnostics
    }

    /// Whether one of the messages is an error.
    pub fn has_error(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        self.bytes += diagnostic.message.len() + size_of::<Diagnostic>();
        self.diagnostics.push(diagnostic);
    }

    /// OpenSCAD would go on for ever: two warnings in turn are never equal in a row.
    fn is_worn_out(&mut self, line: Line) -> bool {
        if self.times.len() >= MESSAGES_MAX && !self.times.contains_key(&line) {
            return true;
        }
        let times = self.times.entry(line).or_insert(0);
        *times += 1;
        *times > SAME_MAX
    }

    fn is_repeated(&mut self, line: Line) -> bool {
        if self.last.len() == EQUAL_MAX && self.last.iter().all(|last| *last == line) {
            return true;
        }
        if self.last.len() == EQUAL_MAX {
            self.last.pop_front();
        }
        self.last.push_back(line);
        false
    }
}

fn line_of(text: &str, span: Span, sources: &SourceMap) -> Line {
    let line = sources.line_number(span).unwrap_or(0);
    Line { text: text.to_owned(), file: span.file, line }
}

/// An error of a file that cannot be had.
pub fn not_found(span: Span, message: String) -> Diagnostic {
    Diagnostic { code: Code::SourceNotFound, ..Diagnostic::warning(span, message) }
}

/// A path as shared text.
pub type Path = Arc<str>;
