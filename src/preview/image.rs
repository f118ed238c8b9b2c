//! `Image`: pixels with straight alpha, and their PNG.

use std::io::Cursor;

use crate::budget::{Budget, Exceeded};
use crate::geom::Rgba;

/// A picture: sRGB with straight alpha, four bytes a pixel, rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Red, green, blue, alpha of each pixel.
    pub pixels: Vec<u8>,
}

impl Image {
    /// One colour all over; none for transparent.
    pub fn filled(width: u32, height: u32, color: Option<Rgba>) -> Self {
        let pixel = color.map_or([0; 4], Rgba::to_bytes);
        Self { width, height, pixels: pixel.repeat(width as usize * height as usize) }
    }

    /// The picture as PNG: without an alpha channel where every pixel is opaque, with no date or name inside.
    ///
    /// # Errors
    /// The file would be larger than the job's limit, or the job is over.
    pub fn to_png(&self, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
        budget.check()?;
        let opaque = self.pixels.chunks_exact(4).all(|pixel| pixel[3] == 255);
        let mut bytes = Cursor::new(Vec::new());
        let written = if opaque {
            let rgb: Vec<u8> = self.pixels.chunks_exact(4).flat_map(|pixel| &pixel[..3]).copied().collect();
            self.encode(&mut bytes, png::ColorType::Rgb, &rgb)
        } else {
            self.encode(&mut bytes, png::ColorType::Rgba, &self.pixels)
        };
        let bytes = bytes.into_inner();
        // writing to memory can fail for the picture's size alone
        if written.is_err() || bytes.len() as u64 > budget.limits().output_bytes {
            return Err(Exceeded::Output);
        }
        Ok(bytes)
    }

    fn encode(&self, out: &mut Cursor<Vec<u8>>, color: png::ColorType, data: &[u8]) -> Result<(), png::EncodingError> {
        let mut encoder = png::Encoder::new(out, self.width, self.height);
        encoder.set_color(color);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
        encoder.set_compression(png::Compression::Balanced);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(data)?;
        writer.finish()
    }
}

/// Shares of light to sRGB bytes, by table.
#[derive(Debug, Clone)]
pub struct Encoder(Vec<u8>);

impl Encoder {
    /// Fills the table.
    pub fn new() -> Self {
        let encode = |step: usize| {
            let light = step as f64 / STEPS as f64;
            let value = if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * libm::pow(light, 1.0 / 2.4) - 0.055 };
            (value * 255.0).round() as u8
        };
        Self((0..=STEPS).map(encode).collect())
    }

    /// The byte of a share of light; below 0 and above 1 is cut off.
    pub fn byte(&self, light: f64) -> u8 {
        self.0[(light.clamp(0.0, 1.0) * STEPS as f64).round() as usize]
    }
}

/// Fine enough that every one of the darkest bytes has an entry.
const STEPS: usize = 8192;
