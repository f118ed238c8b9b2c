//! Diagnostics on the console, in OpenSCAD's wording with the place below.

use crate::diag::{Diagnostic, Severity, SourceMap, render, snippet};

/// How much is told.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    quiet: bool,
}

impl Console {
    /// A console; a quiet one tells errors alone.
    pub fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// Tells on standard error, with the program's line and a caret below warnings and errors.
    pub fn tell(self, diagnostics: &[Diagnostic], sources: &SourceMap) {
        for diagnostic in diagnostics {
            if self.quiet && diagnostic.severity != Severity::Error {
                continue;
            }
            eprintln!("{}", render(diagnostic, sources));
            if diagnostic.severity >= Severity::Warning {
                eprint!("{}", snippet(diagnostic, sources));
            }
        }
    }

    /// The same as one text, without carets: what OpenSCAD writes to an `.echo` file.
    pub fn text(self, diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
        let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        if self.quiet {
            return errors
                .map(|error| render(&Diagnostic { trace: Vec::new(), ..error.clone() }, sources) + "\n")
                .collect();
        }
        diagnostics.iter().map(|diagnostic| render(diagnostic, sources) + "\n").collect()
    }
}
