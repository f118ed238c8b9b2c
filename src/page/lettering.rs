//! The bundled font on a sheet: widths of text and outlines of glyphs.

use std::sync::OnceLock;

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};

use crate::geom::Vec2;
use crate::page::{Path, Step};

/// The bundled font file.
pub const FONT_BYTES: &[u8] = include_bytes!("../../assets/fonts/LiberationSans-Regular.ttf");

/// The font's name, with those that look alike where it is not installed.
pub const FONT_FAMILY: &str = "Liberation Sans, Arimo, Arial, Helvetica, sans-serif";

/// One glyph of a line of text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacedGlyph {
    /// Its number in the font; 0 where the font lacks the character.
    pub glyph: u16,
    /// The character it stands for.
    pub character: char,
    /// Its left edge in mm from the start of the text.
    pub offset: f64,
    /// Its advance in font units.
    pub advance_units: f64,
}

/// A line of text as glyphs.
#[derive(Debug, Clone, PartialEq)]
pub struct GlyphRun {
    /// The glyphs.
    pub glyphs: Vec<PlacedGlyph>,
    /// Millimetres of one em at this size.
    pub em: f64,
    /// Total advance in mm.
    pub width: f64,
}

fn font() -> &'static FontRef<'static> {
    static FONT: OnceLock<FontRef<'static>> = OnceLock::new();
    FONT.get_or_init(|| FontRef::new(FONT_BYTES).expect("the bundled font is a valid font file"))
}

/// Height of capitals as a share of the em.
pub fn cap_height() -> f64 {
    static HEIGHT: OnceLock<f64> = OnceLock::new();
    *HEIGHT.get_or_init(|| {
        let metrics = font().metrics(Size::unscaled(), LocationRef::default());
        f64::from(metrics.cap_height.unwrap_or(1409.0)) / f64::from(metrics.units_per_em)
    })
}

/// Lays out a line whose capitals are `height` mm high.
pub fn glyph_run(content: &str, height: f64) -> GlyphRun {
    let metrics = font().glyph_metrics(Size::unscaled(), LocationRef::default());
    let units = f64::from(font().metrics(Size::unscaled(), LocationRef::default()).units_per_em);
    let charmap = font().charmap();
    let em = height / cap_height();
    let mut glyphs = Vec::new();
    let mut offset = 0.0;
    for character in content.chars().filter(|character| !character.is_control()) {
        let glyph = charmap.map(character).unwrap_or(GlyphId::NOTDEF);
        let advance_units = f64::from(metrics.advance_width(glyph).unwrap_or(0.0));
        glyphs.push(PlacedGlyph { glyph: glyph.to_u32() as u16, character, offset, advance_units });
        offset += advance_units / units * em;
    }
    GlyphRun { glyphs, em, width: offset }
}

/// Width in mm of a line whose capitals are `height` mm high.
pub fn text_width(content: &str, height: f64) -> f64 {
    glyph_run(content, height).width
}

/// Advances of glyphs in ems.
pub fn glyph_widths(glyphs: impl Iterator<Item = u16>) -> Vec<f64> {
    let metrics = font().glyph_metrics(Size::unscaled(), LocationRef::default());
    let units = f64::from(font().metrics(Size::unscaled(), LocationRef::default()).units_per_em);
    glyphs
        .map(|glyph| f64::from(metrics.advance_width(GlyphId::new(u32::from(glyph))).unwrap_or(0.0)) / units)
        .collect()
}

/// Outline of a glyph in ems, Y up.
pub fn glyph_outline(glyph: u16) -> Path {
    let units = f64::from(font().metrics(Size::unscaled(), LocationRef::default()).units_per_em);
    let mut pen = PathPen { path: Path::default(), last: Vec2::ZERO, scale: 1.0 / units };
    if let Some(outline) = font().outline_glyphs().get(GlyphId::new(u32::from(glyph))) {
        let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
        if outline.draw(settings, &mut pen).is_err() {
            return Path::default();
        }
    }
    pen.path
}

struct PathPen {
    path: Path,
    last: Vec2,
    scale: f64,
}

impl PathPen {
    fn point(&self, x: f32, y: f32) -> Vec2 {
        Vec2::new(f64::from(x), f64::from(y)) * self.scale
    }
}

impl OutlinePen for PathPen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.last = self.point(x, y);
        self.path.steps.push(Step::Move(self.last));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.last = self.point(x, y);
        self.path.steps.push(Step::Line(self.last));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let (control, to) = (self.point(cx, cy), self.point(x, y));
        let (first, second) = (self.last.lerp(control, 2.0 / 3.0), to.lerp(control, 2.0 / 3.0));
        self.path.steps.push(Step::Cubic(first, second, to));
        self.last = to;
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let (first, second, to) = (self.point(ax, ay), self.point(bx, by), self.point(x, y));
        self.path.steps.push(Step::Cubic(first, second, to));
        self.last = to;
    }

    fn close(&mut self) {
        self.path.steps.push(Step::Close);
    }
}
