//! Glyph outlines, hinted at the size that OpenSCAD hints at, flattened to contours.

use skrifa::outline::{DrawSettings, HintingInstance, HintingOptions, OutlineGlyphCollection, OutlinePen};
use skrifa::prelude::{GlyphId, LocationRef, Size};
use skrifa::raw::TableProvider as _;
use skrifa::{FontRef, MetadataProvider as _};

use crate::geom::Vec2;
use crate::text::font::Face;

/// The size in pixels that glyphs are scaled and hinted at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    /// Units of 1/64 pixel per em of an outline: whole pixels where the font asks for it, as hinted outlines have them.
    outline_units: i32,
    /// Ascent less descent, in the same units.
    column_advance: i32,
}

impl Scale {
    /// Units of 1/64 pixel that one unit of the text's size has.
    pub(super) const UNITS: f64 = 100_000.0;

    /// Units of 1/64 pixel per em: 100000/64 points at 100 dots per inch, 100000 · 100 / 72. Advances and the font's own figures are not
    /// hinted, so no font has its way with them.
    pub(super) const EM_UNITS: i32 = 138_889;

    /// The scale of a font.
    pub(super) fn of(font: &FontRef<'_>) -> Self {
        const WHOLE_PIXELS: u16 = 1 << 3;
        let flags = font.head().map_or(0, |head| head.flags().bits());
        let whole = font.glyf().is_ok() && flags & WHOLE_PIXELS != 0;
        let outline_units = if whole { (Self::EM_UNITS + 32) / 64 * 64 } else { Self::EM_UNITS };
        let height = match (font.os2(), font.hhea()) {
            (Ok(os2), _) => i32::from(os2.s_typo_ascender()) - i32::from(os2.s_typo_descender()),
            (_, Ok(hhea)) => i32::from(hhea.ascender().to_i16()) - i32::from(hhea.descender().to_i16()),
            _ => 0,
        };
        let per_em = font.head().map_or(1000, |head| head.units_per_em());
        let column_advance = (f64::from(height) * f64::from(Self::EM_UNITS) / f64::from(per_em)).round() as i32;
        Self { outline_units, column_advance }
    }

    pub(super) fn column_advance(&self) -> i32 {
        self.column_advance
    }

    fn pixels(&self) -> f32 {
        self.outline_units as f32 / 64.0
    }
}

/// The outlines of one face at one scale.
pub(super) struct Outlines<'a> {
    glyphs: OutlineGlyphCollection<'a>,
    hinting: Option<HintingInstance>,
    scale: Scale,
}

/// The contours of a glyph and the box of its control points, in 1/64 pixel.
#[derive(Debug, Clone, Default)]
pub(super) struct Outline {
    pub contours: Vec<Vec<Vec2>>,
    /// Left, bottom, right, top, rounded out to whole pixels; `None` without ink.
    pub ink: Option<[f64; 4]>,
}

/// The face as its tables.
pub(super) fn open(face: &Face) -> Option<FontRef<'_>> {
    FontRef::from_index(&face.bytes, face.index).ok()
}

impl<'a> Outlines<'a> {
    pub(super) fn new(font: &FontRef<'a>, scale: Scale) -> Self {
        let glyphs = font.outline_glyphs();
        let size = Size::new(scale.pixels());
        let hinting = HintingInstance::new(&glyphs, size, LocationRef::default(), HintingOptions::default()).ok();
        Self { glyphs, hinting, scale }
    }

    /// The outline of a glyph, each curve cut into `segments` pieces.
    pub(super) fn draw(&self, glyph: u32, segments: u32) -> Outline {
        let Some(outline) = self.glyphs.get(GlyphId::new(glyph)) else { return Outline::default() };
        let mut pen = Pen { segments: segments.max(1), ..Pen::default() };
        let hinted = self
            .hinting
            .as_ref()
            .is_some_and(|hinting| outline.draw(DrawSettings::hinted(hinting, false), &mut pen).is_ok());
        if !hinted {
            pen = Pen { segments: segments.max(1), ..Pen::default() };
            let plain = DrawSettings::unhinted(Size::new(self.scale.pixels()), LocationRef::default());
            if outline.draw(plain, &mut pen).is_err() {
                return Outline::default();
            }
        }
        pen.finish()
    }
}

#[derive(Default)]
struct Pen {
    segments: u32,
    contours: Vec<Vec<Vec2>>,
    contour: Vec<Vec2>,
    at: Vec2,
    bounds: Option<(Vec2, Vec2)>,
}

impl Pen {
    fn finish(mut self) -> Outline {
        self.close();
        let ink = self.bounds.map(|(min, max)| {
            let (min, max) = ((min / 64.0).floor() * 64.0, (max / 64.0).ceil() * 64.0);
            [min.x, min.y, max.x, max.y]
        });
        Outline { contours: self.contours, ink: ink.filter(|[left, bottom, right, top]| left < right && bottom < top) }
    }

    /// Pixels to 1/64 pixel; the box takes control points too.
    fn see(&mut self, x: f32, y: f32) -> Vec2 {
        let point = Vec2::new(f64::from(x), f64::from(y)) * 64.0;
        let (min, max) = self.bounds.unwrap_or((point, point));
        self.bounds = Some((min.min(point), max.max(point)));
        point
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.close();
        self.at = self.see(x, y);
        self.contour.push(self.at);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.at = self.see(x, y);
        self.contour.push(self.at);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let (from, control, to) = (self.at, self.see(cx, cy), self.see(x, y));
        for step in 1..=self.segments {
            let t = f64::from(step) / f64::from(self.segments);
            let s = 1.0 - t;
            self.contour.push(from * (s * s) + control * (2.0 * s * t) + to * (t * t));
        }
        self.at = to;
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let (from, a, b, to) = (self.at, self.see(ax, ay), self.see(bx, by), self.see(x, y));
        for step in 1..=self.segments {
            let t = f64::from(step) / f64::from(self.segments);
            let s = 1.0 - t;
            self.contour.push(from * (s * s * s) + a * (3.0 * s * s * t) + b * (3.0 * s * t * t) + to * (t * t * t));
        }
        self.at = to;
    }

    fn close(&mut self) {
        if !self.contour.is_empty() {
            self.contours.push(std::mem::take(&mut self.contour));
        }
    }
}
