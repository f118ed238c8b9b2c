//! A region as a picture: filled, with its outline.

use tiny_skia::{Color, FillRule, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};

use crate::budget::{Budget, Exceeded};
use crate::geom::{Aabb2, Rgba};
use crate::preview::{Image, PreviewOptions, SIDE_MAX};
use crate::region::Region;

/// Share of the picture left free on each side.
const MARGIN: f64 = 0.06;

/// Width of the outline in pixels at 800 pixels' width.
const OUTLINE: f32 = 1.4;

/// Draws a region with Y up, as large as it fits; the camera's angles do not matter. Cost: O(points + pixels).
///
/// # Errors
/// The picture would need more memory than the job has, or the job is over.
pub fn render_region(region: &Region, options: &PreviewOptions, budget: &Budget) -> Result<Image, Exceeded> {
    let (width, height) = (options.width.clamp(1, SIDE_MAX), options.height.clamp(1, SIDE_MAX));
    let bytes = 8 * u64::from(width) * u64::from(height);
    budget.reserve(bytes)?;
    let image = draw(region, options, width, height);
    budget.release(bytes);
    budget.check()?;
    Ok(image)
}

fn draw(region: &Region, options: &PreviewOptions, width: u32, height: u32) -> Image {
    let blank = Image::filled(width, height, options.background);
    let bounds = region.bounding_box();
    let Some(path) = path(region, bounds, width, height) else { return blank };
    let Some(mut pixmap) = Pixmap::new(width, height) else { return blank };
    if let Some(background) = options.background {
        pixmap.fill(color(background));
    }
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(color(options.color));
    pixmap.fill_path(&path, &paint, FillRule::EvenOdd, Transform::identity(), None);
    if options.edges {
        paint.set_color(color(darker(options.color)));
        let width = OUTLINE * (width.max(height) as f32 / 800.0).max(0.5);
        pixmap.stroke_path(&path, &paint, &Stroke { width, ..Stroke::default() }, Transform::identity(), None);
    }
    let pixels = pixmap.pixels().iter().flat_map(|pixel| {
        let pixel = pixel.demultiply();
        [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]
    });
    Image { width, height, pixels: pixels.collect() }
}

fn path(region: &Region, bounds: Aabb2, width: u32, height: u32) -> Option<Path> {
    let (room, size) = (1.0 - 2.0 * MARGIN, bounds.size());
    let scale = (f64::from(width) * room / size.x).min(f64::from(height) * room / size.y);
    let middle = bounds.center();
    let mut builder = PathBuilder::new();
    for contour in region.contours() {
        for (index, point) in contour.iter().enumerate() {
            let x = (f64::from(width) / 2.0 + (point.x - middle.x) * scale) as f32;
            let y = (f64::from(height) / 2.0 - (point.y - middle.y) * scale) as f32;
            if index == 0 { builder.move_to(x, y) } else { builder.line_to(x, y) }
        }
        builder.close();
    }
    builder.finish()
}

fn color(rgba: Rgba) -> Color {
    let [r, g, b, a] = rgba.to_bytes();
    Color::from_rgba8(r, g, b, a)
}

fn darker(rgba: Rgba) -> Rgba {
    Rgba { r: rgba.r * 0.42, g: rgba.g * 0.42, b: rgba.b * 0.42, a: rgba.a }
}
