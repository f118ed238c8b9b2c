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

/// Letters of a line that a snippet shows, and of these before the place where the line does not fit.
const WIDTH: usize = 160;
const CONTEXT: usize = 40;

/// The program's line, as much of it as fits, with a caret below, and the hints; empty when the place is unknown.
pub fn snippet(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let mut text = String::new();
    if let Some(place) = sources.locate(diagnostic.span)
        && let Some(line) = sources.line(diagnostic.span.file, place.line)
    {
        let before = place.column as usize - 1;
        let first = if before + CONTEXT < WIDTH { 0 } else { before - CONTEXT };
        let shown: String =
            line.chars().skip(first).take(WIDTH).map(|letter| if letter == '\t' { ' ' } else { letter }).collect();
        let room = shown.chars().count().saturating_sub(before - first).max(1);
        let carets = "^".repeat((diagnostic.span.len as usize).clamp(1, room));
        let left = if first > 0 { "…" } else { " " };
        let right = if line.chars().count() > first + WIDTH { "…" } else { "" };
        let _ = writeln!(text, "{:>4} |{left}{shown}{right}", place.line);
        let _ = writeln!(text, "     | {}{carets}", " ".repeat(before - first));
    }
    for hint in &diagnostic.hints {
        let _ = writeln!(text, "     = hint: {hint}");
    }
    text
}

#[cfg(test)]
mod tests {
    use crate::diag::{Diagnostic, SourceMap, Span, snippet};

    fn shown(line: &str, at: usize, len: usize) -> String {
        let mut sources = SourceMap::new();
        let file = sources.add("x.scad", line);
        snippet(&Diagnostic::warning(Span::new(file, at, at + len), "w"), &sources)
    }

    #[test]
    fn a_short_line_is_shown_whole() {
        assert_eq!(shown("\tcube(a);", 6, 1), "   1 |  cube(a);\n     |       ^\n");
    }

    #[test]
    fn of_a_long_line_the_part_around_the_place_is_shown() {
        let line = format!("{}cube(b);{}", "1+".repeat(1000), "+2".repeat(1000));
        let text = shown(&line, 2000, 7);
        let mut rows = text.lines();
        let (program, carets) = (rows.next().unwrap(), rows.next().unwrap());
        assert!(text.len() < 400, "{text}");
        assert!(program.starts_with("   1 |…1+") && program.ends_with('…'), "{text}");
        let at = carets.find('^').unwrap();
        assert_eq!(program.chars().skip(at).take(7).collect::<String>(), "cube(b)");
    }
}
