//! Dimensions: what is measured, and the line figure that says so.

mod linear;

pub use linear::{linear_mark, overall};

use crate::geom::Vec2;

/// A dimension wanted in a view, in the view's picture plane at full size.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// On which side of the view its line lies.
    pub side: Side,
    /// First point measured.
    pub from: Vec2,
    /// Second point measured.
    pub to: Vec2,
    /// What is written.
    pub text: String,
}

/// A side of a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// Under it.
    Bottom,
    /// Above it.
    Top,
    /// To its left.
    Left,
    /// To its right.
    Right,
}

impl Side {
    /// All sides.
    pub const ALL: [Self; 4] = [Self::Bottom, Self::Top, Self::Left, Self::Right];

    /// Away from the view.
    pub fn outward(self) -> Vec2 {
        match self {
            Self::Bottom => Vec2::NEG_Y,
            Self::Top => Vec2::Y,
            Self::Left => Vec2::NEG_X,
            Self::Right => Vec2::X,
        }
    }

    /// Whether its dimension lines run left to right.
    pub fn is_horizontal(self) -> bool {
        matches!(self, Self::Bottom | Self::Top)
    }
}

/// A length as it is written: at most two decimals, a decimal comma (ISO 129-1, ISO 80000-1).
pub fn length_text(value: f64) -> String {
    let written = format!("{value:.2}");
    let trimmed = written.trim_end_matches('0').trim_end_matches('.');
    let trimmed = if trimmed == "-0" || trimmed.is_empty() { "0" } else { trimmed };
    trimmed.replace('.', ",")
}
