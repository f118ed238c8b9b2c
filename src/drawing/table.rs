//! Tables on a sheet: parts list, revisions, holes.

use crate::drawing::style::{Style, fit_text, rectangle, text};
use crate::geom::Vec2;
use crate::page::{Anchor, Ink, Layer, LineType, Mark};

/// A table with a head.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Names of its columns and their widths in mm.
    pub columns: Vec<(&'static str, f64)>,
    /// Its rows, nearest to the head first; each as long as `columns`.
    pub rows: Vec<Vec<String>>,
}

/// Height of a row, mm.
pub const ROW: f64 = 6.0;
/// Lettering of a head and of a row, mm.
const LETTERING: (f64, f64) = (1.8, 2.5);

impl Table {
    /// Width in mm.
    pub fn width(&self) -> f64 {
        self.columns.iter().map(|column| column.1).sum()
    }

    /// Height in mm; 0 where there is no row.
    pub fn height(&self) -> f64 {
        if self.rows.is_empty() { 0.0 } else { ROW * (self.rows.len() + 1) as f64 }
    }

    /// Its lines and words, growing from a corner: upwards from the lower left one, the head at the bottom, or downwards from the upper
    /// left one.
    pub fn marks(&self, corner: Vec2, upwards: bool, style: &Style) -> Vec<Mark> {
        let mut marks = Vec::new();
        if self.rows.is_empty() {
            return marks;
        }
        let thick = Ink { layer: Layer::Title, width: style.wide, line: LineType::Continuous };
        let thin = Ink { width: style.wide * 0.5, ..thick };
        let heads: Vec<String> = self.columns.iter().map(|column| column.0.to_owned()).collect();
        for (index, row) in std::iter::once(&heads).chain(&self.rows).enumerate() {
            let height = if index == 0 { LETTERING.0 } else { LETTERING.1 };
            let step = if upwards { index as f64 } else { -1.0 - index as f64 };
            let mut low = corner + Vec2::Y * (ROW * step);
            for ((_, width), words) in self.columns.iter().zip(row) {
                marks.push(rectangle(thin, low, low + Vec2::new(*width, ROW)));
                let (lines, height) = fit_text(words, width - 2.0, height, 1);
                let at = low + Vec2::new(1.0, (ROW - height) * 0.5);
                marks.extend(lines.iter().map(|line| text(thin, at, height, Anchor::Start, line)));
                low.x += width;
            }
        }
        let far = corner + Vec2::new(self.width(), if upwards { self.height() } else { -self.height() });
        marks.push(rectangle(thick, corner.min(far), corner.max(far)));
        marks
    }
}
