//! Diagnostics as text: OpenSCAD's console wording, and a caret snippet below.

use std::fmt::Write as _;

use crate::diag::{Diagnostic, Severity, SourceMap};

/// One diagnostic in OpenSCAD's console wording, without a final line break: `ECHO: …`, `WARNING: … in file x.scad, line 3`.
pub fn render(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let head = match diagnostic.severity {
        Severity::Echo => return format!("ECHO: {}", diagnostic.message),
        Severity::Trace => "TRACE",
        Severity::Deprecated => "DEPRECATED",
        Severity::Warning => "WARNING",
        Severity::Error => "ERROR",
    };
    let mut text = format!("{head}: {}", diagnostic.message);
    if let Some(place) = sources.locate(diagnostic.span) {
        let _ = write!(text, " in file {}, line {}", place.path, place.line);
    }
    for point in &diagnostic.trace {
        let _ = write!(text, "\nTRACE: {}", point.what);
        if let Some(place) = sources.locate(point.span) {
            let _ = write!(text, " in file {}, line {}", place.path, place.line);
        }
    }
    text
}

/// The program's line with a caret below, and the hints; empty when the place is unknown.
pub fn snippet(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let mut text = String::new();
    if let Some(place) = sources.locate(diagnostic.span)
        && let Some(line) = sources.line(diagnostic.span.file, place.line)
    {
        let number = place.line.to_string();
        let before = place.column as usize - 1;
        let room = line.chars().count().saturating_sub(before).max(1);
        let carets = "^".repeat((diagnostic.span.len as usize).clamp(1, room));
        let _ = writeln!(text, "{:>4} | {}", number, line.replace('\t', " "));
        let _ = writeln!(text, "     | {}{}", " ".repeat(before), carets);
    }
    for hint in &diagnostic.hints {
        let _ = writeln!(text, "     = hint: {hint}");
    }
    text
}
