//! Square cells over a part of the picture plane, and the way of a line through them.

use crate::geom::Vec2;

/// Rows of square cells.
#[derive(Debug, Clone, Copy)]
pub struct Raster {
    origin: Vec2,
    /// Width of a cell.
    pub step: f64,
    columns: usize,
    rows: usize,
}

impl Raster {
    /// Cells of a width over what reaches so far from a corner.
    pub fn new(origin: Vec2, size: Vec2, step: f64) -> Self {
        Self { origin, step, columns: (size.x / step) as usize + 1, rows: (size.y / step) as usize + 1 }
    }

    /// How many cells there are.
    pub fn cell_count(&self) -> usize {
        self.columns * self.rows
    }

    /// The number of a cell.
    pub fn cell(&self, column: usize, row: usize) -> usize {
        row * self.columns + column
    }

    /// The middle of a cell.
    pub fn middle(&self, column: usize, row: usize) -> Vec2 {
        self.origin + Vec2::new(column as f64 + 0.5, row as f64 + 0.5) * self.step
    }

    /// Column and row of the cell that a point lies in, of the nearest one where it lies in none.
    pub fn column_and_row(&self, point: Vec2) -> [usize; 2] {
        let at = ((point - self.origin) / self.step).max(Vec2::ZERO);
        [(at.x as usize).min(self.columns - 1), (at.y as usize).min(self.rows - 1)]
    }

    /// Visits the cells along a line, each with the shares of the line at which it enters and leaves.
    #[inline]
    pub fn walk(&self, from: Vec2, to: Vec2, mut visit: impl FnMut(usize, f64, f64)) {
        let along = (to - from) / self.step;
        let start = (from - self.origin) / self.step;
        let ([mut column, mut row], [last_column, last_row]) = (self.column_and_row(from), self.column_and_row(to));
        let mut share = 0.0;
        loop {
            let next_x = exit_share(column, start.x, along.x, column == last_column);
            let next_y = exit_share(row, start.y, along.y, row == last_row);
            let leave = next_x.min(next_y).clamp(share, 1.0);
            visit(self.cell(column, row), share, leave);
            if next_x.is_infinite() && next_y.is_infinite() {
                return;
            }
            if next_x <= next_y {
                column = if last_column > column { column + 1 } else { column - 1 };
            } else {
                row = if last_row > row { row + 1 } else { row - 1 };
            }
            share = leave;
        }
    }
}

/// The share at which a line leaves its column or row; infinite in the last one.
#[inline]
fn exit_share(index: usize, start: f64, along: f64, is_last: bool) -> f64 {
    if is_last {
        return f64::INFINITY;
    }
    let border = if along > 0.0 { index as f64 + 1.0 } else { index as f64 };
    (border - start) / along
}
