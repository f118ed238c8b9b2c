//! Dimensions: what is measured, and the line figure that says so.

mod aligned;
mod angular;
mod callout;
mod choice;
mod cone;
mod form;
mod hole_table;
mod holes;
mod linear;
mod once;
mod plan;
mod round;
mod sphere;
mod steps;
mod symbol;
mod thickness;
mod walls;

pub use aligned::{Aligned, aligned_mark};
pub use angular::{Corner, angular_mark};
pub use callout::callout_mark;
pub use choice::{Choice, Rank, Worth, choose};
pub use hole_table::{hole_tables, label_marks, table_marks};
pub use linear::{Linear, Words, overall};
pub use plan::dimension;
pub use symbol::{Symbol, SymbolKind, symbol_marks};
pub use walls::wall_chains;

use crate::drawing::spec::Running;
use crate::geom::{Vec2, cos_deg};

/// How sizes are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// Which of them.
    pub sizes: Sizes,
    /// Whether holes have a table in place of callouts and distances.
    pub hole_table: bool,
    /// How distances that follow each other are given.
    pub running: Running,
}

/// Which sizes are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sizes {
    /// None.
    None,
    /// What the whole takes up.
    Overall,
    /// All that are recognised.
    All,
}

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
    /// The lane it must lie in, as a link of a chain with oblique strokes; any free one, with arrows, where none.
    pub lane: Option<usize>,
    /// How much it is needed.
    pub worth: Worth,
}

impl Measure {
    /// A dimension with arrows in any lane.
    pub fn new(side: Side, from: Vec2, to: Vec2, text: String, worth: Worth) -> Self {
        Self { side, from, to, text, lane: None, worth }
    }

    /// Its length in the picture.
    pub fn length(&self) -> f64 {
        let (low, high) = self.ends(1.0);
        high - low
    }

    /// Where it begins and ends along its line at a scale.
    pub fn ends(&self, scale: f64) -> (f64, f64) {
        let pick = |point: Vec2| scale * if self.side.is_horizontal() { point.x } else { point.y };
        let (one, two) = (pick(self.from), pick(self.to));
        (one.min(two), one.max(two))
    }

    /// Whether another dimension says the same.
    pub fn same_span(&self, other: &Self, slack: f64) -> bool {
        let ((low, high), (other_low, other_high)) = (self.ends(1.0), other.ends(1.0));
        self.side.is_horizontal() == other.side.is_horizontal()
            && (low - other_low).abs() <= slack
            && (high - other_high).abs() <= slack
    }
}

/// Words with a leader wanted in a view, in the view's picture plane at full size.
#[derive(Debug, Clone, PartialEq)]
pub struct Callout {
    /// The equal circles, arcs or points that it may point at, best first.
    pub spots: Vec<Spot>,
    /// Their radius; 0 for points.
    pub radius: f64,
    /// What is written, line by line.
    pub text: String,
    /// What it says of them.
    pub kind: CalloutKind,
    /// How much it is needed.
    pub worth: Worth,
}

/// What a callout says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalloutKind {
    /// A diameter.
    Diameter,
    /// A radius.
    Radius,
    /// Anything: a leader with words, no dimension.
    Note,
}

/// A circle, or an arc, that a callout may point at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    /// Centre.
    pub center: Vec2,
    /// Where the leader comes from; none where it may come from anywhere.
    pub toward: Option<Toward>,
}

/// A sector that a leader comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Toward {
    /// From the centre to an arc's middle, or out of an outline, of length 1.
    pub middle: Vec2,
    /// Cosine of half the sector.
    pub cosine: f64,
}

impl Toward {
    /// Out of an outline, give or take what looks well.
    pub fn out(middle: Vec2) -> Self {
        Self { middle, cosine: 0.2 }
    }

    /// At an arc that goes some degrees round; none where it goes nearly all round.
    pub fn arc(middle: Vec2, sweep_deg: f64) -> Option<Self> {
        let cosine = cos_deg((sweep_deg * 0.5 - 2.0).clamp(0.0, 60.0));
        (sweep_deg < 300.0 && middle != Vec2::ZERO).then_some(Self { middle, cosine })
    }
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

/// A length as it is written: at most two decimals, a decimal comma (ISO 129-1, ISO 80000-1). What tessellation takes off a size is
/// no size: a value all but a tenth is that tenth.
pub fn length_text(value: f64) -> String {
    let tenth = (value * 10.0).round() / 10.0;
    let off = (value - tenth).abs();
    let meant = if off < TENTH_SLACK && off < value.abs() * TENTH_SHARE { tenth } else { value };
    let written = format!("{meant:.2}");
    let trimmed = written.trim_end_matches('0').trim_end_matches('.');
    let trimmed = if trimmed == "-0" || trimmed.is_empty() { "0" } else { trimmed };
    trimmed.replace('.', ",")
}

/// A length this near to a tenth of a millimetre is written as that, mm …
const TENTH_SLACK: f64 = 0.0099;
/// … where it is this share of it, too.
const TENTH_SHARE: f64 = 2.0e-3;

/// An angle that is read off facets, as it is written: what tessellation takes off it is no angle.
pub fn facet_angle_text(degrees: f64) -> String {
    let whole = degrees.round();
    angle_text(if (degrees - whole).abs() < DEGREE_SLACK { whole } else { degrees })
}

/// An angle between facets this near to a whole degree is written as that, degrees.
const DEGREE_SLACK: f64 = 0.2;

/// An angle as it is written: degrees, at most two decimals.
pub fn angle_text(degrees: f64) -> String {
    format!("{}°", length_text(degrees))
}
