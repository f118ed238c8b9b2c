//! Page to PNG at a resolution: dark lines on white, grey levels.

use tiny_skia::{FillRule, LineCap, LineJoin, Paint, PathBuilder, Pixmap, Stroke, StrokeDash, Transform};

use crate::geom::{Vec2, cos_deg, sin_deg};
use crate::page::{Ink, LineType, Mark, Page, Path, Shape, Step, Text, em, glyph_outline, glyph_run};

/// Why a page has no picture.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RasterError {
    /// The picture would be larger than any viewer takes.
    #[error("a page of {width_mm:.0} x {height_mm:.0} mm at {dpi:.0} dpi has more pixels than allowed")]
    TooLarge {
        /// Page width.
        width_mm: f64,
        /// Page height.
        height_mm: f64,
        /// Resolution wanted.
        dpi: f64,
    },
}

/// At most this many pixels: an A0 sheet at 200 dpi.
const MAX_PIXELS: f64 = 64.0e6;

/// Draws a page; `dpi` is pixels per 25.4 mm.
///
/// # Errors
/// [`RasterError::TooLarge`] past 64 million pixels.
pub fn png(page: &Page, dpi: f64) -> Result<Vec<u8>, RasterError> {
    let scale = dpi / 25.4;
    let (width, height) = ((page.width * scale).round().max(1.0), (page.height * scale).round().max(1.0));
    let too_large = RasterError::TooLarge { width_mm: page.width, height_mm: page.height, dpi };
    if !(width * height).is_finite() || width * height > MAX_PIXELS {
        return Err(too_large);
    }
    let mut canvas = Pixmap::new(width as u32, height as u32).ok_or(too_large.clone())?;
    canvas.fill(tiny_skia::Color::WHITE);
    let frame = Transform::from_row(scale as f32, 0.0, 0.0, -scale as f32, 0.0, height as f32);
    let mut artist = Artist { canvas, frame };
    for mark in page.flat_marks() {
        artist.mark(mark);
    }
    encode(&artist.canvas, dpi).ok_or(too_large)
}

struct Artist {
    canvas: Pixmap,
    frame: Transform,
}

impl Artist {
    fn mark(&mut self, mark: &Mark) {
        if let Shape::Text(text) = &mark.shape {
            self.text(text);
        }
        if let Some(path) = mark.fill() {
            self.fill(&path, mark.ink.layer.darkness());
        }
        for path in mark.strokes() {
            self.stroke(&path, mark.ink, mark.dash_phase());
        }
    }

    fn fill(&mut self, path: &Path, darkness: f64) {
        if let Some(path) = skia_path(path, Vec2::ZERO, Vec2::X) {
            let mut paint = black();
            let grey = ((1.0 - darkness) * 255.0).round() as u8;
            paint.set_color_rgba8(grey, grey, grey, 255);
            self.canvas.fill_path(&path, &paint, FillRule::EvenOdd, self.frame, None);
        }
    }

    fn stroke(&mut self, path: &Path, ink: Ink, phase: f64) {
        let Some(path) = skia_path(path, Vec2::ZERO, Vec2::X) else { return };
        let pattern: Vec<f32> = ink.line.pattern(ink.width).iter().map(|length| *length as f32).collect();
        let cap = if ink.line == LineType::Continuous { LineCap::Round } else { LineCap::Butt };
        let stroke = Stroke {
            width: ink.width as f32,
            line_cap: cap,
            line_join: LineJoin::Round,
            dash: StrokeDash::new(pattern, phase as f32),
            ..Stroke::default()
        };
        self.canvas.stroke_path(&path, &black(), &stroke, self.frame, None);
    }

    fn text(&mut self, text: &Text) {
        let run = glyph_run(&text.content, text.height);
        let along = Vec2::new(cos_deg(text.angle_deg), sin_deg(text.angle_deg));
        let start = text.start();
        for glyph in &run.glyphs {
            let place = start + along * (glyph.offset * text.stretch);
            let outline = glyph_outline(glyph.face, glyph.glyph);
            let em = em(glyph.face, text.height);
            let sized = scaled(&outline, Vec2::new(em * text.stretch, em));
            if let Some(path) = skia_path(&sized, place, along) {
                self.canvas.fill_path(&path, &black(), FillRule::Winding, self.frame, None);
            }
        }
    }
}

fn black() -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(tiny_skia::Color::BLACK);
    paint
}

fn scaled(path: &Path, by: Vec2) -> Path {
    let steps = path
        .steps
        .iter()
        .map(|step| match step {
            Step::Move(to) => Step::Move(*to * by),
            Step::Line(to) => Step::Line(*to * by),
            Step::Cubic(first, second, to) => Step::Cubic(*first * by, *second * by, *to * by),
            Step::Close => Step::Close,
        })
        .collect();
    Path { steps }
}

/// A path turned to a direction and moved.
fn skia_path(path: &Path, origin: Vec2, along: Vec2) -> Option<tiny_skia::Path> {
    let put = |point: Vec2| {
        let place = origin + along * point.x + along.perp() * point.y;
        (place.x as f32, place.y as f32)
    };
    let mut builder = PathBuilder::new();
    for step in &path.steps {
        match step {
            Step::Move(to) => builder.move_to(put(*to).0, put(*to).1),
            Step::Line(to) => builder.line_to(put(*to).0, put(*to).1),
            Step::Cubic(first, second, to) => {
                let (a, b, c) = (put(*first), put(*second), put(*to));
                builder.cubic_to(a.0, a.1, b.0, b.1, c.0, c.1);
            }
            Step::Close => builder.close(),
        }
    }
    builder.finish()
}

fn encode(canvas: &Pixmap, dpi: f64) -> Option<Vec<u8>> {
    // every paint is black on white: one channel says all
    let grey: Vec<u8> = canvas.data().chunks_exact(4).map(|pixel| pixel[0]).collect();
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, canvas.width(), canvas.height());
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let per_metre = (dpi / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit: png::Unit::Meter }));
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&grey).ok()?;
    writer.finish().ok()?;
    Some(out)
}
