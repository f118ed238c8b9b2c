//! A string in a font to a region.
//!
//! **In** a [`Spec`]; **Out** a [`Region`](crate::region::Region), or the figures for `textmetrics()` and `fontmetrics()`.
//! **Stages** [`font`] by family and style from what is bundled, the operator's directories and the job · [`shape`] glyphs and their
//! places · [`outline`] glyphs to contours · [`layout`] alignment · [`metrics`].
//! **Invariants** The same fonts and text give the same region on every machine; an unknown family falls back to Liberation Sans.
//! **Knows nothing of** the language. Only [`Fonts::with_dirs`] reads files.
//! **Sources** OpenSCAD sets type at 100/72 of its `size` and hints it at that scale with FreeType; both are kept, so that figures agree.

mod font;
mod layout;
mod metrics;
mod outline;
mod shape;

pub use font::Fonts;
pub use metrics::{FontMetrics, TextMetrics};

use crate::csg::TextSpec;

/// What is to be set, and how.
#[derive(Debug, Clone, Copy)]
pub struct Spec<'a> {
    /// What is written.
    pub text: &'a str,
    /// About the height of a capital letter, mm.
    pub size: f64,
    /// `Family:style=Bold`; empty for Liberation Sans.
    pub font: &'a str,
    /// Factor on advances.
    pub spacing: f64,
    /// `ltr`, `rtl`, `ttb`, `btt`; empty: from the script.
    pub direction: &'a str,
    /// BCP 47 language.
    pub language: &'a str,
    /// ISO 15924 script; empty: from the text.
    pub script: &'a str,
    /// `left`, `center`, `right`, `default`.
    pub halign: &'a str,
    /// `top`, `center`, `baseline`, `bottom`, `default`.
    pub valign: &'a str,
    /// Pieces that each curve of an outline is cut into.
    pub segments: u32,
}

impl<'a> Spec<'a> {
    /// A program's text with its curves cut into so many pieces.
    pub fn of(text: &'a TextSpec, segments: u32) -> Self {
        Self {
            text: &text.text,
            size: text.size,
            font: &text.font,
            spacing: text.spacing,
            direction: &text.direction,
            language: &text.language,
            script: &text.script,
            halign: &text.halign,
            valign: &text.valign,
            segments,
        }
    }
}
