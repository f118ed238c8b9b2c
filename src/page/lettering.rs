//! The bundled typefaces on a sheet: widths of text and outlines of glyphs.

use std::sync::OnceLock;

use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};

use crate::geom::Vec2;
use crate::page::{Path, Step};

/// A bundled typeface.
#[derive(Debug, Clone, Copy)]
pub struct Typeface {
    /// Its `PostScript` name.
    pub name: &'static str,
    /// The font file.
    pub bytes: &'static [u8],
}

/// The typefaces: the first that has a character writes it. The first is lettering as it was engraved and routed, after ISO 3098's
/// model; the second has the scripts that the first lacks.
pub const TYPEFACES: [Typeface; 2] = [
    Typeface { name: "RoutedGothic", bytes: include_bytes!("../../assets/lettering/RoutedGothic.ttf") },
    Typeface { name: "LiberationSans", bytes: include_bytes!("../../assets/fonts/LiberationSans-Regular.ttf") },
];

/// Index of the typeface that stands in for others.
const LAST: u8 = TYPEFACES.len() as u8 - 1;

/// The names of fonts for a viewer, with those that look alike where they are not installed.
pub const FONT_FAMILY: &str = "Routed Gothic, osifont, ISOCPEUR, Liberation Sans, Arial, Helvetica, sans-serif";

/// One glyph of a line of text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacedGlyph {
    /// Index of its typeface.
    pub face: u8,
    /// Its number in the typeface; 0 where no typeface has the character.
    pub glyph: u16,
    /// The character it stands for.
    pub character: char,
    /// Its left edge in mm from the start of the text.
    pub offset: f64,
}

/// A line of text as glyphs.
#[derive(Debug, Clone, PartialEq)]
pub struct GlyphRun {
    /// The glyphs.
    pub glyphs: Vec<PlacedGlyph>,
    /// Total advance in mm.
    pub width: f64,
}

/// A typeface read, with its measures as shares of the em.
struct Face {
    font: FontRef<'static>,
    charmap: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
    units: f64,
    cap_height: f64,
}

fn face(index: u8) -> &'static Face {
    static FACES: OnceLock<Vec<Face>> = OnceLock::new();
    let faces = FACES.get_or_init(|| TYPEFACES.iter().map(|typeface| Face::read(typeface.bytes)).collect());
    &faces[usize::from(index.min(LAST))]
}

impl Face {
    fn read(bytes: &'static [u8]) -> Self {
        let font = FontRef::new(bytes).expect("the bundled fonts are valid font files");
        let (charmap, metrics) = (font.charmap(), font.glyph_metrics(Size::unscaled(), LocationRef::default()));
        let whole = font.metrics(Size::unscaled(), LocationRef::default());
        let units = f64::from(whole.units_per_em);
        // a file that does not tell has a letter that does
        let measured = || charmap.map('H').and_then(|glyph| metrics.bounds(glyph)).map(|bounds| bounds.y_max);
        let told = whole.cap_height.filter(|height| *height > 0.0);
        let cap_height = told.or_else(measured).map_or(0.7, |height| f64::from(height) / units);
        Self { font, charmap, metrics, units, cap_height }
    }

    fn advance(&self, glyph: GlyphId) -> f64 {
        f64::from(self.metrics.advance_width(glyph).unwrap_or(0.0)) / self.units
    }
}

/// Height of capitals of the first typeface as a share of the em.
pub fn cap_height() -> f64 {
    face(0).cap_height
}

/// Millimetres of one em of a typeface whose capitals are `height` mm high.
pub fn em(of: u8, height: f64) -> f64 {
    height / face(of).cap_height
}

/// Lays out a line whose capitals are `height` mm high.
pub fn glyph_run(content: &str, height: f64) -> GlyphRun {
    let mut glyphs = Vec::new();
    let mut offset = 0.0;
    for character in content.chars().filter(|character| !character.is_control()) {
        let found = (0..=LAST).find_map(|index| Some((index, face(index).charmap.map(character)?)));
        let (index, glyph) = found.unwrap_or((LAST, GlyphId::NOTDEF));
        glyphs.push(PlacedGlyph { face: index, glyph: glyph.to_u32() as u16, character, offset });
        offset += face(index).advance(glyph) * em(index, height);
    }
    GlyphRun { glyphs, width: offset }
}

/// Whether a typeface has the character.
pub fn has_glyph(character: char) -> bool {
    (0..=LAST).any(|index| face(index).charmap.map(character).is_some())
}

/// Width in mm of a line whose capitals are `height` mm high.
pub fn text_width(content: &str, height: f64) -> f64 {
    glyph_run(content, height).width
}

/// Advances of a typeface's glyphs in ems.
pub fn glyph_widths(of: u8, glyphs: impl Iterator<Item = u16>) -> Vec<f64> {
    glyphs.map(|glyph| face(of).advance(GlyphId::new(u32::from(glyph)))).collect()
}

/// Outline of a typeface's glyph in ems, Y up.
pub fn glyph_outline(of: u8, glyph: u16) -> Path {
    let mut pen = PathPen { path: Path::default(), last: Vec2::ZERO, scale: 1.0 / face(of).units };
    if let Some(outline) = face(of).font.outline_glyphs().get(GlyphId::new(u32::from(glyph))) {
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
