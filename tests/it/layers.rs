//! The building plan: which room may open a door to which. Names file and line of a wrong door.

use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms that it may use. A row lists only rows above it, so no cycle is possible.
const PLAN: &[(&str, &[&str])] = &[
    ("diag", &[]),
    ("budget", &[]),
    ("lru", &[]),
    ("deflate", &["budget"]),
    ("geom", &[]),
    ("mesh", &["budget", "geom"]),
    ("page", &["geom"]),
    ("csg", &["diag", "geom"]),
    ("scad", &["diag", "budget", "geom", "csg"]),
    ("region", &["budget", "geom"]),
    ("remesh", &["budget", "geom", "mesh", "region"]),
    ("text", &["budget", "geom", "csg", "region"]),
    ("solid", &["budget", "geom", "mesh", "region"]),
    ("import", &["budget", "geom", "mesh", "region"]),
    ("realize", &["diag", "budget", "lru", "geom", "mesh", "csg", "region", "text", "solid", "import"]),
    ("drawing", &["diag", "budget", "lru", "geom", "mesh", "page", "csg", "region", "text", "solid", "import"]),
    ("preview", &["budget", "deflate", "geom", "mesh", "region"]),
    ("export", &["budget", "deflate", "geom", "mesh", "page", "preview", "region"]),
    (
        "job",
        &[
            "diag", "budget", "geom", "mesh", "page", "csg", "scad", "region", "remesh", "text", "solid", "realize",
            "drawing", "preview", "export",
        ],
    ),
    ("config", &["budget"]),
    ("daemon", &["diag", "budget", "deflate", "export", "text", "job", "config"]),
    ("standin", &[]),
    (
        "cli",
        &["diag", "budget", "geom", "csg", "scad", "export", "text", "realize", "job", "config", "daemon", "standin"],
    ),
];

/// Crates that only some places may name.
const FENCES: &[(&str, &[&str])] = &[
    ("tokio", &["daemon/", "standin/", "cli/", "main.rs"]),
    ("aws_sdk_sqs", &["daemon/"]),
    ("aws_sdk_s3", &["daemon/"]),
    ("aws_config", &["daemon/"]),
    ("aws_sigv4", &["daemon/ec2/"]),
    ("axum", &["daemon/", "standin/"]),
    ("futures_util", &["daemon/http/"]),
    ("aws_smithy_http_client", &["daemon/"]),
    ("hmac", &["daemon/webhook/"]),
    ("redb", &["standin/"]),
    ("redis", &["daemon/mirror.rs", "daemon/mod.rs"]),
    ("postcard", &["daemon/worker/"]),
    ("landlock", &["daemon/worker/"]),
    ("seccompiler", &["daemon/worker/"]),
    ("libc", &["daemon/worker/"]),
    ("rustix", &["daemon/worker/"]),
    ("manifold_rust", &["solid/"]),
    ("clipper2_rust", &["region/"]),
    ("pdf_writer", &["export/"]),
];

#[test]
fn rooms_open_only_the_doors_of_the_plan() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Some(room) = room_of(&path) else { continue };
        let Some((_, allowed)) = PLAN.iter().find(|(name, _)| *name == room) else {
            wrong.push(format!("{}: room {room:?} is not in the plan", path.display()));
            continue;
        };
        for (number, line) in production_lines(&text) {
            for door in doors(line) {
                let known = PLAN.iter().any(|(name, _)| *name == door);
                if known && door != room && !allowed.contains(&door) {
                    wrong.push(format!("{}:{number}: {room} may not use {door}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "wrong doors:\n{}", wrong.join("\n"));
}

#[test]
fn outside_names_stay_behind_their_fences() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let name = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
        for (number, line) in production_lines(&text) {
            for (fenced, places) in FENCES {
                let named = line.contains(&format!("{fenced}::")) && !line.trim_start().starts_with("//");
                if named && !places.iter().any(|place| name.starts_with(place)) {
                    wrong.push(format!("{name}:{number}: {fenced} is fenced"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "fences broken:\n{}", wrong.join("\n"));
}

#[test]
fn the_plan_has_no_cycle() {
    for (index, (room, allowed)) in PLAN.iter().enumerate() {
        for door in *allowed {
            let at = PLAN.iter().position(|(name, _)| name == door);
            assert!(at.is_some_and(|at| at < index), "{room} lists {door}, which is not above it");
        }
    }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every source file with its text, in path order.
pub fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("src is readable").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).expect("sources are text");
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

/// The numbered lines before the unit tests.
pub fn production_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line)).take_while(|(_, line)| *line != "#[cfg(test)]")
}

fn room_of(path: &Path) -> Option<String> {
    let inside = path.strip_prefix(root()).ok()?;
    let first = inside.components().next()?.as_os_str().to_str()?;
    let room = first.strip_suffix(".rs").unwrap_or(first);
    (!matches!(room, "lib" | "main" | "bin")).then(|| room.to_owned())
}

fn doors(line: &str) -> Vec<&str> {
    let code = line.split("//").next().unwrap_or("");
    let mut found: Vec<&str> = code.split("crate::").skip(1).map(name_at_start).collect();
    if let Some((_, list)) = code.split_once("crate::{") {
        found.extend(list.split(['{', '}', ',']).map(|part| name_at_start(part.trim())));
    }
    found
}

fn name_at_start(text: &str) -> &str {
    let end = text.find(|character: char| !character.is_alphanumeric() && character != '_').unwrap_or(text.len());
    &text[..end]
}
