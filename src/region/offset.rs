//! Offset by r, delta and chamfer.

use clipper2_rust::core::Paths64;
use clipper2_rust::offset::{ClipperOffset, EndType, JoinType};

use crate::geom::{Aabb2, Vec2, cos_deg};
use crate::region::clip::Grid;
use crate::region::{Contour, Region};

/// What happens at corners that an offset opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// An arc of a circle of so many segments.
    Round {
        /// Segments of the whole circle.
        segments: u32,
    },
    /// The edges meet.
    Miter,
    /// Cut off square to the bisector, at the offset's distance.
    Square,
}

impl Region {
    /// Every point nearer than `distance` mm, or, where that is negative, every point deeper inside than its amount.
    pub fn offset(&self, distance: f64, join: Join) -> Self {
        if self.is_empty() || !distance.is_finite() {
            return Self::default();
        }
        let reach = Vec2::splat(distance.abs());
        let bounds = self.bounding_box();
        let grid = Grid::for_box(Aabb2 { min: bounds.min - reach, max: bounds.max + reach });
        let (kind, miter_limit, arc_tolerance) = match join {
            Join::Round { segments } => {
                let sagitta = distance.abs() * (1.0 - cos_deg(180.0 / f64::from(segments.max(3))));
                (JoinType::Round, 2.0, sagitta * grid.scale)
            }
            Join::Miter => (JoinType::Miter, MITER_LIMIT, 1.0),
            Join::Square => (JoinType::Square, 2.0, 1.0),
        };
        let mut clipper = ClipperOffset::new(miter_limit, arc_tolerance, false, false);
        clipper.add_paths(&grid.to_paths(self), kind, EndType::Polygon);
        let mut paths = Paths64::new();
        clipper.execute(distance * grid.scale, &mut paths);
        grid.to_region(&paths)
    }
}

/// So large that no corner is ever cut.
const MITER_LIMIT: f64 = 1.0e6;

/// How the ends of a stroked line look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cap {
    /// Cut off at the end.
    Butt,
    /// Half a circle more.
    Round,
    /// Half a width more.
    Square,
}

/// How the corners of a stroked line look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corner {
    /// The sides meet, up to twice the width.
    Miter,
    /// An arc.
    Round,
    /// Cut off.
    Square,
}

/// The outline of a line of some width, contours not yet resolved against others.
pub fn stroke(points: &[Vec2], width: f64, cap: Cap, corner: Corner) -> Vec<Contour> {
    if points.len() < 2 || points.iter().any(|point| !point.is_finite()) {
        return Vec::new();
    }
    let bounds = Aabb2::of(points.iter().copied());
    let reach = Vec2::splat(width * 2.0);
    let grid = Grid::for_box(Aabb2 { min: bounds.min - reach, max: bounds.max + reach });
    let kind = match corner {
        Corner::Miter => JoinType::Miter,
        Corner::Round => JoinType::Round,
        Corner::Square => JoinType::Square,
    };
    let end = match cap {
        Cap::Butt => EndType::Butt,
        Cap::Round => EndType::Round,
        Cap::Square => EndType::Square,
    };
    let mut clipper = ClipperOffset::new(2.0, 0.0, false, false);
    clipper.add_paths(&vec![grid.to_path(points)], kind, end);
    let mut paths = Paths64::new();
    clipper.execute(width * grid.scale / 2.0, &mut paths);
    grid.to_region(&paths).contours
}
