//! House rules that a compiler does not check: room signs, file length, words that have no place here.

use crate::layers::{production_lines, root, sources};

/// Longest file before its unit tests, in lines.
const LINES_MAX: usize = 600;

#[test]
fn every_file_begins_with_its_room_sign() {
    let bare: Vec<_> =
        sources().into_iter().filter(|(_, text)| !text.starts_with("//! ")).map(|(path, _)| path).collect();
    assert!(bare.is_empty(), "no room sign: {bare:?}");
}

#[test]
fn no_file_is_crowded() {
    let crowded: Vec<_> = sources()
        .into_iter()
        .map(|(path, text)| (path, production_lines(&text).count()))
        .filter(|(_, lines)| *lines > LINES_MAX)
        .collect();
    assert!(crowded.is_empty(), "more than {LINES_MAX} lines: {crowded:?}");
}

#[test]
fn forbidden_words_stay_out() {
    let forbidden = ["todo!(", "unimplemented!(", "dbg!(", ".unwrap()", "TODO", "FIXME", "super::super", "use super::"];
    let mut found = Vec::new();
    for (path, text) in sources() {
        for (number, line) in production_lines(&text) {
            for word in forbidden.iter().filter(|word| line.contains(**word)) {
                found.push(format!("{}:{number}: {word}", path.display()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn only_the_command_line_prints() {
    let mut found = Vec::new();
    for (path, text) in sources() {
        let inside = path.strip_prefix(root()).unwrap_or(&path);
        if inside.starts_with("cli") || inside.starts_with("main.rs") || inside.starts_with("bin") {
            continue;
        }
        for (number, line) in production_lines(&text) {
            if line.contains("println!(") || line.contains("eprintln!(") || line.contains("print!(") {
                found.push(format!("{}:{number}", path.display()));
            }
        }
    }
    assert!(found.is_empty(), "prints: {found:?}");
}
