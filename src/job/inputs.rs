//! `Inputs`: a job's files in memory; all that its program can read beside the operator's libraries.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::csg::TextSpec;
use crate::export;
use crate::scad::{FontMetrics, Host, HostError, Purpose, TextMetrics};
use crate::text::Fonts;

/// Files by their relative path, `/` between folders.
pub type Files = BTreeMap<String, Arc<[u8]>>;

/// The libraries that the operator installed, read once per daemon.
#[derive(Debug, Clone, Default)]
pub struct Library {
    files: Arc<Files>,
    digest: Arc<OnceLock<String>>,
}

impl Library {
    /// A library of these files.
    pub fn new(files: Files) -> Self {
        Self { files: Arc::new(files), digest: Arc::default() }
    }

    /// Stands for all of the files; computed when it is first asked for.
    pub fn digest(&self) -> &str {
        self.digest.get_or_init(|| {
            let files = self.files.iter().map(|(path, bytes)| format!("{path:?} {}\n", export::digest(bytes)));
            export::digest(files.collect::<String>().as_bytes())
        })
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// The files of one job, and the libraries and fonts of the daemon.
#[derive(Debug, Clone)]
pub struct Inputs {
    files: Files,
    entry: String,
    library: Library,
    fonts: Fonts,
}

/// What a library's files are called in messages and in the source map.
const LIBRARY: &str = "lib://";

impl Inputs {
    /// A job's files; `entry` must be one of them.
    pub fn new(files: Files, entry: impl Into<String>, library: Library, fonts: Fonts) -> Option<Self> {
        let entry = entry.into();
        files.contains_key(&entry).then_some(Self { files, entry, library, fonts })
    }

    /// The path of the program.
    pub fn entry(&self) -> &str {
        &self.entry
    }

    /// The files by path.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// The libraries.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// The fonts.
    pub fn fonts(&self) -> &Fonts {
        &self.fonts
    }

    fn find(&self, from: &str, name: &str, purpose: Purpose) -> Option<String> {
        let scheme = if from.starts_with(LIBRARY) { LIBRARY } else { "" };
        let beside = normalize(folder_of(from), name).map(|path| format!("{scheme}{path}"));
        if purpose == Purpose::Import {
            return beside.filter(|path| self.bytes(path).is_some());
        }
        let beside_entry = normalize(folder_of(&self.entry), name);
        let installed = normalize("", name).map(|path| format!("{LIBRARY}{path}"));
        [beside, beside_entry, installed].into_iter().flatten().find(|path| self.bytes(path).is_some())
    }

    fn bytes(&self, path: &str) -> Option<&Arc<[u8]>> {
        match path.strip_prefix(LIBRARY) {
            Some(inside) => self.library.files.get(inside),
            None => self.files.get(path),
        }
    }
}

impl Host for Inputs {
    fn resolve(&self, from_file: &str, name: &str, purpose: Purpose) -> Result<String, HostError> {
        if name.starts_with('/') || name.contains(['\\', '\0']) || name.contains("://") {
            return Err(HostError::Refused);
        }
        let leaves = normalize("", name).is_none() && normalize(folder_of(from_file), name).is_none();
        let missing = if leaves { HostError::Refused } else { HostError::NotFound };
        self.find(from_file, name, purpose).ok_or(missing)
    }

    fn read(&self, path: &str) -> Result<Arc<[u8]>, HostError> {
        self.bytes(path).cloned().ok_or(HostError::NotFound)
    }

    fn text_metrics(&self, spec: &TextSpec) -> Option<TextMetrics> {
        crate::job::metrics::text_metrics(&self.fonts, spec)
    }

    fn font_metrics(&self, spec: &TextSpec) -> Option<FontMetrics> {
        crate::job::metrics::font_metrics(&self.fonts, spec)
    }
}

/// The folder of a path, without the library's mark.
fn folder_of(path: &str) -> &str {
    let inside = path.strip_prefix(LIBRARY).unwrap_or(path);
    inside.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// `folder/name` without `.` and `..`; none where it would leave the tree.
fn normalize(folder: &str, name: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(name.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use crate::job::inputs::normalize;

    #[test]
    fn a_path_cannot_leave_its_tree() {
        assert_eq!(normalize("a/b", "../c.scad").as_deref(), Some("a/c.scad"));
        assert_eq!(normalize("a", "../../c.scad"), None);
        assert_eq!(normalize("", "../etc/passwd"), None);
        assert_eq!(normalize("", "./x//y.scad").as_deref(), Some("x/y.scad"));
    }
}
