//! `Image`: pixels with straight alpha, and their PNG.

use crate::budget::{Budget, Exceeded};
use crate::deflate::{Wrapping, compress};
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
        let channels = if opaque { 3 } else { 4 };
        let filtered = filter_rows(&self.pixels, self.width as usize, channels, budget)?;
        let data = compress(&filtered, Wrapping::Zlib, 6, budget)?;
        let color = if opaque { png::ColorType::Rgb } else { png::ColorType::Rgba };
        let mut bytes = Vec::with_capacity(data.len() + 128);
        let written = self.write_chunks(&mut bytes, color, &data);
        // writing to memory can fail for the picture's size alone
        if written.is_err() || bytes.len() as u64 > budget.limits().output_bytes {
            return Err(Exceeded::Output);
        }
        Ok(bytes)
    }

    fn write_chunks(&self, out: &mut Vec<u8>, color: png::ColorType, data: &[u8]) -> Result<(), png::EncodingError> {
        let mut encoder = png::Encoder::new(out, self.width, self.height);
        encoder.set_color(color);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
        let mut writer = encoder.write_header()?;
        writer.write_chunk(png::chunk::IDAT, data)?;
        writer.finish()
    }
}

/// Each row after the number of the filter that leaves the smallest differences: up or Paeth's for pictures that were drawn.
fn filter_rows(pixels: &[u8], width: usize, channels: usize, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    let bytes = width * channels;
    let mut above = vec![0; bytes];
    let mut candidates = [vec![0; bytes], vec![0; bytes], vec![0; bytes]];
    let mut out = Vec::with_capacity((bytes + 1) * (pixels.len() / 4 / width.max(1)));
    for row in pixels.chunks_exact(4 * width) {
        budget.check()?;
        let row: Vec<u8> = row.chunks_exact(4).flat_map(|pixel| &pixel[..channels]).copied().collect();
        for index in 0..bytes {
            let left = if index < channels { 0 } else { row[index - channels] };
            let corner = if index < channels { 0 } else { above[index - channels] };
            candidates[0][index] = row[index].wrapping_sub(left);
            candidates[1][index] = row[index].wrapping_sub(above[index]);
            candidates[2][index] = row[index].wrapping_sub(paeth(left, above[index], corner));
        }
        let cost = |bytes: &[u8]| bytes.iter().map(|byte| u64::from((*byte as i8).unsigned_abs())).sum::<u64>();
        let best = (0..3).min_by_key(|index| cost(&candidates[*index])).unwrap_or(0);
        out.push(FILTERS[best]);
        out.extend_from_slice(&candidates[best]);
        above = row;
    }
    Ok(out)
}

/// PNG's numbers for left, up and Paeth.
const FILTERS: [u8; 3] = [1, 2, 4];

/// Of the three neighbours the one nearest to left + above - corner.
fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(above) - i16::from(corner);
    let off = |byte: u8| (guess - i16::from(byte)).abs();
    if off(left) <= off(above) && off(left) <= off(corner) {
        left
    } else if off(above) <= off(corner) {
        above
    } else {
        corner
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
