//! `SourceMap`: file id to path and text, and byte offset to line and column.

use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use crate::diag::{FileId, Span};

/// The source files of one job, in the order in which they were opened.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Vec<(String, String)>", into = "Vec<(String, String)>")]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

#[derive(Debug, Clone)]
struct SourceFile {
    path: Arc<str>,
    text: Arc<str>,
    lines: Lines,
}

/// The byte offset of each line of a text, found when they are first asked for: most texts have nothing to be told about. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Lines(Arc<OnceLock<Box<[u32]>>>);

impl Lines {
    fn starts(&self, text: &str) -> &[u32] {
        self.0.get_or_init(|| {
            let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1);
            std::iter::once(0).chain(breaks).collect()
        })
    }
}

impl SourceFile {
    fn line_starts(&self) -> &[u32] {
        self.lines.starts(&self.text)
    }
}

/// A place as people name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The file's path as the job names it.
    pub path: Arc<str>,
    /// 1-based.
    pub line: u32,
    /// 1-based, in characters.
    pub column: u32,
}

impl SourceMap {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file and returns its id. Adding more than 65534 files returns [`FileId::NONE`].
    pub fn add(&mut self, path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> FileId {
        self.add_shared(path, text.into(), Lines::default())
    }

    /// The same for a text whose lines somebody else may have found, or may want.
    pub fn add_shared(&mut self, path: impl Into<Arc<str>>, text: Arc<str>, lines: Lines) -> FileId {
        let id = u16::try_from(self.files.len()).map_or(FileId::NONE, FileId);
        if id != FileId::NONE {
            self.files.push(SourceFile { path: path.into(), text, lines });
        }
        id
    }

    /// The path of a file as the job names it.
    pub fn path(&self, file: FileId) -> Option<&Arc<str>> {
        self.files.get(file.0 as usize).map(|file| &file.path)
    }

    /// The text of a file.
    pub fn text(&self, file: FileId) -> Option<&Arc<str>> {
        self.files.get(file.0 as usize).map(|file| &file.text)
    }

    /// Path and text of all files.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|file| (&*file.path, &*file.text))
    }

    /// The file of that path, if it was opened.
    pub fn find(&self, path: &str) -> Option<FileId> {
        self.files.iter().position(|file| &*file.path == path).map(|index| FileId(index as u16))
    }

    /// Where a span begins, as people name it; `None` when detached.
    pub fn locate(&self, span: Span) -> Option<Location> {
        let file = self.files.get(span.file.0 as usize)?;
        let start = (span.start as usize).min(file.text.len());
        let line_starts = file.line_starts();
        let line = line_starts.partition_point(|at| *at as usize <= start);
        let line_start = line_starts[line - 1] as usize;
        let column = file.text.get(line_start..start).map_or(0, |text| text.chars().count()) + 1;
        Some(Location { path: file.path.clone(), line: line as u32, column: column as u32 })
    }

    /// The 1-based line in which a span begins; `None` when detached. Costs nothing in proportion to the line, as [`Self::locate`] does.
    pub fn line_number(&self, span: Span) -> Option<u32> {
        let file = self.files.get(span.file.0 as usize)?;
        Some(file.line_starts().partition_point(|at| *at <= span.start) as u32)
    }

    /// The text of a 1-based line, without its line break.
    pub fn line(&self, file: FileId, line: u32) -> Option<&str> {
        let file = self.files.get(file.0 as usize)?;
        let start = *file.line_starts().get(line as usize - 1)? as usize;
        file.text[start..].lines().next()
    }
}

impl From<Vec<(String, String)>> for SourceMap {
    fn from(files: Vec<(String, String)>) -> Self {
        let mut map = Self::new();
        for (path, text) in files {
            map.add(path, text);
        }
        map
    }
}

impl From<SourceMap> for Vec<(String, String)> {
    fn from(map: SourceMap) -> Self {
        map.files.iter().map(|file| (file.path.to_string(), file.text.to_string())).collect()
    }
}
