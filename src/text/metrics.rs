//! Advance, ascent, descent and bounds, for `textmetrics()`, `fontmetrics()` and dimension text.

use skrifa::MetadataProvider as _;
use skrifa::raw::TableProvider as _;
use skrifa::string::StringId;

use crate::budget::Budget;
use crate::geom::Vec2;
use crate::text::outline::{Scale, open};
use crate::text::{Fonts, Spec};

/// Figures of a string, mm.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TextMetrics {
    /// Lower left corner of the ink.
    pub position: Vec2,
    /// Size of the ink.
    pub size: Vec2,
    /// Highest ink above the baseline.
    pub ascent: f64,
    /// Lowest ink above the baseline; negative below.
    pub descent: f64,
    /// What alignment moved the string by.
    pub offset: Vec2,
    /// From the string's start to where the next would start.
    pub advance: Vec2,
}

/// Figures of a font at a size, mm.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FontMetrics {
    /// Ascent that the font names for itself.
    pub nominal_ascent: f64,
    /// Descent that the font names for itself; negative.
    pub nominal_descent: f64,
    /// Highest point of any glyph.
    pub max_ascent: f64,
    /// Lowest point of any glyph; negative.
    pub max_descent: f64,
    /// Distance of baselines.
    pub interline: f64,
    /// Family name.
    pub family: String,
    /// Style name.
    pub style: String,
}

impl Fonts {
    /// Figures of a string; `None` without a font.
    pub fn text_metrics(&self, spec: &Spec<'_>) -> Option<TextMetrics> {
        let line = self.line(spec, &Budget::default()).ok()??;
        Some(TextMetrics {
            position: (line.offset + line.min) * spec.size,
            size: (line.max - line.min) * spec.size,
            ascent: line.ascent * spec.size,
            descent: line.descent * spec.size,
            offset: line.offset * spec.size,
            advance: line.advance * spec.size,
        })
    }

    /// Figures of a font; `None` where there is none.
    pub fn font_metrics(&self, font: &str, size: f64) -> Option<FontMetrics> {
        let face = self.find(font)?;
        let tables = open(&face)?;
        let head = tables.head().ok()?;
        let hhea = tables.hhea().ok()?;
        let units_per_em = f64::from(head.units_per_em());
        // FreeType rounds to 1/64 pixel
        let to_mm = |units: f64| (units * f64::from(Scale::EM_UNITS) / units_per_em).round() / Scale::UNITS * size;
        let (ascender, descender) = (f64::from(hhea.ascender().to_i16()), f64::from(hhea.descender().to_i16()));
        let name = |id: StringId| tables.localized_strings(id).english_or_first().map(|text| text.to_string());
        Some(FontMetrics {
            nominal_ascent: to_mm(ascender),
            nominal_descent: to_mm(descender),
            max_ascent: to_mm(f64::from(head.y_max())),
            max_descent: to_mm(f64::from(head.y_min())),
            interline: to_mm(ascender - descender + f64::from(hhea.line_gap().to_i16())),
            family: name(StringId::FAMILY_NAME).unwrap_or_default(),
            style: name(StringId::SUBFAMILY_NAME).unwrap_or_default(),
        })
    }
}
