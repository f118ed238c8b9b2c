//! Height maps for `surface()`: `.dat` tables and PNG pictures.

use crate::budget::Budget;
use crate::geom::Vec3;
use crate::import::meter::Meter;
use crate::import::{ImportError, malformed};

/// A table of heights, the first row at y = 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Heights {
    /// Number of columns.
    pub columns: usize,
    /// Row by row.
    pub values: Vec<f64>,
    /// The least height; where the solid's bottom goes is one below.
    pub lowest: f64,
}

/// Reads heights; a PNG by its first bytes, else a table.
///
/// # Errors
/// Where the bytes are neither, or hold more heights than the budget has memory for.
pub fn read(bytes: &[u8], invert: bool, budget: &Budget) -> Result<Heights, ImportError> {
    let mut meter = Meter::new(budget);
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        read_png(bytes, invert, &mut meter)
    } else {
        read_table(bytes, &mut meter)
    }
}

impl Heights {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.values.len().checked_div(self.columns).unwrap_or(0)
    }

    /// The solid between the heights and the bottom, as polygons counter-clockwise from outside; each cell is four triangles
    /// about its middle.
    pub fn polygons(&self, center: bool) -> (Vec<Vec3>, Vec<Vec<u32>>) {
        let (columns, rows) = (self.columns, self.rows());
        if columns < 2 || rows < 2 {
            return (Vec::new(), Vec::new());
        }
        let half = |count: usize| if center { -((count - 1) as f64) / 2.0 } else { 0.0 };
        let (left, front) = (half(columns), half(rows));
        let place = |column: f64, row: f64, z: f64| Vec3::new(left + column, front + row, z);
        let mut points: Vec<Vec3> = Vec::with_capacity(2 * columns * rows);
        for (index, height) in self.values.iter().enumerate() {
            points.push(place((index % columns) as f64, (index / columns) as f64, *height));
        }
        let mut faces = Vec::new();
        for row in 1..rows {
            for column in 1..columns {
                let ring = self.cell(column, row);
                let middle = ring.iter().map(|index| points[*index as usize].z).sum::<f64>() / 4.0;
                points.push(place(column as f64 - 0.5, row as f64 - 0.5, middle));
                let tip = points.len() as u32 - 1;
                faces.extend((0..4).map(|side| vec![ring[side], ring[(side + 1) % 4], tip]));
            }
        }
        self.add_sides(&mut points, &mut faces);
        (points, faces)
    }

    /// The corners of a cell, counter-clockwise from above.
    fn cell(&self, column: usize, row: usize) -> [u32; 4] {
        let at = |column: usize, row: usize| (row * self.columns + column) as u32;
        [at(column - 1, row - 1), at(column, row - 1), at(column, row), at(column - 1, row)]
    }

    /// Walls down to the bottom, and the bottom.
    fn add_sides(&self, points: &mut Vec<Vec3>, faces: &mut Vec<Vec<u32>>) {
        let (columns, rows) = (self.columns, self.rows());
        let at = |column: usize, row: usize| (row * columns + column) as u32;
        let mut rim: Vec<u32> = (0..columns).map(|column| at(column, 0)).collect();
        rim.extend((1..rows).map(|row| at(columns - 1, row)));
        rim.extend((0..columns - 1).rev().map(|column| at(column, rows - 1)));
        rim.extend((1..rows - 1).rev().map(|row| at(0, row)));
        let first = points.len() as u32;
        points.extend(rim.iter().map(|index| points[*index as usize].with_z(self.lowest - 1.0)).collect::<Vec<_>>());
        let count = rim.len() as u32;
        for side in 0..count {
            let next = (side + 1) % count;
            faces.push(vec![first + side, first + next, rim[next as usize], rim[side as usize]]);
        }
        faces.push((first..first + count).rev().collect());
    }
}

fn read_table(bytes: &[u8], meter: &mut Meter<'_>) -> Result<Heights, ImportError> {
    let text = String::from_utf8_lossy(bytes);
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let row = line.split_ascii_whitespace().map(str::parse::<f64>).collect::<Result<Vec<_>, _>>();
        rows.push(row.map_err(|_| malformed("DAT", index + 1, "illegal value"))?);
    }
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    // one long row makes every other as long
    meter.take(columns.saturating_mul(rows.len()).saturating_mul(size_of::<f64>()))?;
    // a row that ends early goes on with zeros, which do not count for the bottom
    let lowest = rows.iter().flatten().copied().fold(1.0, f64::min);
    let values = rows.into_iter().flat_map(|row| {
        let missing = columns - row.len();
        row.into_iter().chain(std::iter::repeat_n(0.0, missing))
    });
    Ok(Heights { columns, values: values.collect(), lowest })
}

/// A pixel's samples and its height.
const PIXEL_BYTES: usize = 12;

fn read_png(bytes: &[u8], invert: bool, meter: &mut Meter<'_>) -> Result<Heights, ImportError> {
    let fail = |error: png::DecodingError| malformed("PNG", 0, error.to_string());
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(fail)?;
    let size = reader.output_buffer_size().ok_or_else(|| malformed("PNG", 0, "the picture is too large"))?;
    meter.take(size.saturating_mul(PIXEL_BYTES))?;
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels).map_err(fail)?;
    let samples = frame.color_type.samples();
    let (columns, rows) = (frame.width as usize, frame.height as usize);
    let mut values = vec![0.0; columns * rows];
    for (index, pixel) in pixels.chunks_exact(samples).take(columns * rows).enumerate() {
        let [r, g, b] = if samples < 3 { [pixel[0]; 3] } else { [pixel[0], pixel[1], pixel[2]] }.map(f64::from);
        let gray = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        // what OpenSCAD does, though the scale is 255
        let height = 100.0 / 255.0 * if invert { 1.0 - gray } else { gray };
        values[(rows - 1 - index / columns) * columns + index % columns] = height;
    }
    let lowest = values.iter().copied().fold(200.0, f64::min);
    Ok(Heights { columns, values, lowest })
}
