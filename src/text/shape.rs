//! Shaping: script, direction, language; glyphs and their places in units of 1/100000 of the text's size.

use std::str::FromStr as _;

use harfrust::{Buffer, Direction, Feature, Font, FontFuncs, GlyphId, Language, Script, ShapeOptions, ShaperFont};

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

/// Bytes of the longest string that is shaped: the shaper cannot be stopped.
pub(super) const LETTERS_MAX: usize = 1 << 16;

/// Shapes a string; `None` where the font cannot be read or the string is too long.
pub(super) fn shape(face: &Face, scale: &Scale, spec: &Spec<'_>) -> Option<Shaped> {
    if spec.text.len() > LETTERS_MAX {
        return None;
    }
    let bytes: std::sync::Arc<[u8]> = face.bytes.clone();
    let font = Font::new(bytes.to_vec(), face.index)?;
    let columns = Columns { advance: scale.column_advance() };
    let shaper = ShaperFont::new(&font).with_scale(Scale::EM_UNITS).with_font_funcs(Some(&columns));
    let features: Vec<Feature> = features(spec.font).filter_map(|name| Feature::from_str(name).ok()).collect();
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
    harfrust::shape(&shaper, &mut buffer, ShapeOptions::new().features(&features)).ok()?;
    let place = |(info, position): (&harfrust::GlyphInfo, &harfrust::GlyphPosition)| Glyph {
        id: info.glyph_id,
        advance: [position.x_advance, position.y_advance].map(f64::from),
        offset: [position.x_offset, position.y_offset].map(f64::from),
    };
    let glyphs = buffer.glyph_infos().iter().zip(buffer.glyph_positions()).map(place).collect();
    Some(Shaped { glyphs, is_horizontal })
}

/// The OpenType features that a font description switches on and off: `:fontfeatures=+liga;-kern`.
fn features(description: &str) -> impl Iterator<Item = &str> {
    let lists =
        description.split(':').filter_map(|part| part.split_once('=')).filter(|(key, _)| key.trim() == "fontfeatures");
    lists.flat_map(|(_, list)| list.split([';', ',', ' '])).filter(|name| !name.is_empty())
}

/// Figures of vertical setting for fonts that bring none, as FreeType makes them up: letters are centred on the column and in an
/// advance of the typographic height.
struct Columns {
    advance: i32,
}

impl FontFuncs for Columns {
    fn glyph_v_advance(&self, _font: &ShaperFont<'_, '_>, _glyph: GlyphId) -> i32 {
        -self.advance
    }

    fn glyph_v_origin(&self, font: &ShaperFont<'_, '_>, glyph: GlyphId) -> (i32, i32) {
        let (top, height) = font.glyph_extents(glyph).map_or((0, 0), |extents| (extents.y_bearing, -extents.height));
        (font.glyph_h_advance(glyph) / 2, top + (self.advance - height) / 2)
    }
}
