//! `Host`: what a program may ask of the world; the only door out of the language.

use std::sync::Arc;

use crate::csg::TextSpec;

/// Why a program names a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// `include <…>`: beside the file that says so, beside the main program, then among the libraries.
    Include,
    /// `use <…>`: the same.
    Use,
    /// `import()`, `surface()`, `dxf_dim()` and their kin: beside the file that says so. The evaluator asks again for the main program,
    /// and says that it did.
    Import,
    /// `use <….ttf>`
    Font,
}

/// Why the host does not give a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// There is no such file in the job or the libraries.
    #[error("there is no such file in the job")]
    NotFound,
    /// The path leads out of the job: absolute, through `..`, a link or a URL.
    #[error("the path leads out of the job's files")]
    Refused,
    /// The file is there and cannot be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
}

/// Measures of a text, as `textmetrics()` tells them, mm.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TextMetrics {
    /// Lower left corner of the box around the ink.
    pub position: [f64; 2],
    /// Size of that box.
    pub size: [f64; 2],
    /// Highest ink above the base line.
    pub ascent: f64,
    /// Lowest ink, negative below the base line.
    pub descent: f64,
    /// How far alignment moved the text.
    pub offset: [f64; 2],
    /// Where the next text would begin.
    pub advance: [f64; 2],
}

/// Measures of a font, as `fontmetrics()` tells them, mm.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FontMetrics {
    /// Ascent that the font gives.
    pub nominal_ascent: f64,
    /// Descent that the font gives, negative.
    pub nominal_descent: f64,
    /// Highest of all glyphs.
    pub max_ascent: f64,
    /// Lowest of all glyphs, negative.
    pub max_descent: f64,
    /// From base line to base line.
    pub interline: f64,
    /// Family name.
    pub family: String,
    /// Style name.
    pub style: String,
}

/// What a program may ask of the world.
pub trait Host {
    /// The path, as the job names it, of the file that `name` means in `from_file`.
    ///
    /// # Errors
    /// There is none, or it may not be read.
    fn resolve(&self, from_file: &str, name: &str, purpose: Purpose) -> Result<String, HostError>;

    /// The bytes of a file by its resolved path.
    ///
    /// # Errors
    /// It cannot be read.
    fn read(&self, path: &str) -> Result<Arc<[u8]>, HostError>;

    /// Measures of a text; `None` where no font can be had.
    fn text_metrics(&self, spec: &TextSpec) -> Option<TextMetrics>;

    /// Measures of the font of a text; `None` where no font can be had.
    fn font_metrics(&self, spec: &TextSpec) -> Option<FontMetrics>;
}
