//! Fonts as the language asks for them: `textmetrics()` and `fontmetrics()` through the text room.

use crate::csg::TextSpec;
use crate::scad::{FontMetrics, TextMetrics};
use crate::text::{Fonts, Spec};

/// Measures of a text, mm; `None` without a font.
pub fn text_metrics(fonts: &Fonts, spec: &TextSpec) -> Option<TextMetrics> {
    let fonts = fonts.with_files(spec.fonts.iter().map(|font| &*font.bytes));
    let measured = fonts.text_metrics(&Spec::of(spec, 1))?;
    Some(TextMetrics {
        position: measured.position.to_array(),
        size: measured.size.to_array(),
        ascent: measured.ascent,
        descent: measured.descent,
        offset: measured.offset.to_array(),
        advance: measured.advance.to_array(),
    })
}

/// Measures of a text's font, mm; `None` without a font.
pub fn font_metrics(fonts: &Fonts, spec: &TextSpec) -> Option<FontMetrics> {
    let fonts = fonts.with_files(spec.fonts.iter().map(|font| &*font.bytes));
    let measured = fonts.font_metrics(&spec.font, spec.size)?;
    Some(FontMetrics {
        nominal_ascent: measured.nominal_ascent,
        nominal_descent: measured.nominal_descent,
        max_ascent: measured.max_ascent,
        max_descent: measured.max_descent,
        interline: measured.interline,
        family: measured.family,
        style: measured.style,
    })
}
