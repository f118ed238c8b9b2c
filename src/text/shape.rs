//! Shaping: script, direction, language; glyphs and their places in units of 1/100000 of the text's size.

use std::str::FromStr as _;

use harfrust::{Buffer, Direction, Font, Language, Script, ShapeOptions, ShaperFont};

use crate::text::Spec;
use crate::text::font::Face;
use crate::text::outline::Scale;

/// A glyph and its place, in [`Scale::UNITS`] of the text's size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph {
    pub id: u32,
    pub advance: [f64; 2],
    pub offset: [f64; 2],
}

/// A shaped string.
#[derive(Debug)]
pub(super) struct Shaped {
    pub glyphs: Vec<Glyph>,
    pub is_horizontal: bool,
}

/// Shapes a string; `None` where the font cannot be read.
pub(super) fn shape(face: &Face, scale: &Scale, spec: &Spec<'_>) -> Option<Shaped> {
    let bytes: std::sync::Arc<[u8]> = face.bytes.clone();
    let font = Font::new(bytes.to_vec(), face.index)?;
    let shaper = ShaperFont::new(&font).with_scale(scale.em_units());
    let mut buffer = Buffer::new();
    buffer.push_str(spec.text);
    if let Ok(script) = Script::from_str(spec.script) {
        buffer.set_script(Some(script));
    }
    if let Ok(direction) = Direction::from_str(spec.direction) {
        buffer.set_direction(direction);
    }
    buffer.set_language(Language::from_str(spec.language).ok());
    buffer.guess_segment_properties();
    let is_horizontal = matches!(buffer.direction(), Direction::LeftToRight | Direction::RightToLeft);
    harfrust::shape(&shaper, &mut buffer, ShapeOptions::new()).ok()?;
    let place = |(info, position): (&harfrust::GlyphInfo, &harfrust::GlyphPosition)| Glyph {
        id: info.glyph_id,
        advance: [position.x_advance, position.y_advance].map(f64::from),
        offset: [position.x_offset, position.y_offset].map(f64::from),
    };
    let glyphs = buffer.glyph_infos().iter().zip(buffer.glyph_positions()).map(place).collect();
    Some(Shaped { glyphs, is_horizontal })
}
