//! Offset by r, delta and chamfer; lines with a width.

use std::f64::consts::PI;

use clipper2_rust::core::{FillRule, Path64};
use clipper2_rust::engine::ClipType;

use crate::budget::{Budget, Exceeded};
use crate::geom::{Aabb2, Vec2, cos_deg};
use crate::region::clip::Grid;
use crate::region::corner::{Filling, pushed};
use crate::region::strips::{Sweep, clip};
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
    ///
    /// # Errors
    /// The job was stopped.
    pub fn offset(&self, distance: f64, join: Join, budget: &Budget) -> Result<Self, Exceeded> {
        if self.is_empty() || !distance.is_finite() {
            return Ok(Self::default());
        }
        let reach = Vec2::splat(distance.abs());
        let bounds = self.bounding_box();
        let grid = Grid::for_box(Aabb2 { min: bounds.min - reach, max: bounds.max + reach });
        let steps = distance * grid.scale;
        let filling = match join {
            Join::Round { segments } => arc(1.0 - cos_deg(180.0 / f64::from(segments.max(3))), steps),
            Join::Miter => Filling::Miter { limit: MITER_LIMIT },
            Join::Square => Filling::Square,
        };
        let paths = grid.to_paths(self).into_iter().filter_map(without_repetition);
        let subjects = if steps.abs() < 0.5 {
            paths.collect()
        } else {
            paths.map(|path| pushed(&path, steps, |_| filling, budget)).collect::<Result<_, _>>()?
        };
        covered(subjects, grid, budget)
    }
}

/// So large that no corner is ever cut.
const MITER_LIMIT: f64 = 1.0e6;

/// What paths wind round counter-clockwise.
fn covered(subjects: Vec<Path64>, grid: Grid, budget: &Budget) -> Result<Region, Exceeded> {
    let sweep = Sweep { subjects, clips: Vec::new(), kind: ClipType::Union, rule: FillRule::Positive };
    grid.to_region(&clip(sweep, budget)?, budget)
}

/// The path without points equal to the one before; nothing where one point or none is left.
fn without_repetition(mut path: Path64) -> Option<Path64> {
    path.dedup();
    while path.len() > 1 && path.first() == path.last() {
        path.pop();
    }
    Some(path).filter(|path| path.len() > 1)
}

/// An arc that leaves its circle by no more than a part of its radius, given in steps of the grid.
fn arc(sagitta: f64, radius: f64) -> Filling {
    Filling::Arc { steps: (PI / libm::acos(1.0 - sagitta.min(1.0))).min(radius.abs() * PI) }
}

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
///
/// # Errors
/// The job was stopped.
pub fn stroke(
    points: &[Vec2],
    width: f64,
    cap: Cap,
    corner: Corner,
    budget: &Budget,
) -> Result<Vec<Contour>, Exceeded> {
    if points.len() < 2 || points.iter().any(|point| !point.is_finite()) {
        return Ok(Vec::new());
    }
    let bounds = Aabb2::of(points.iter().copied());
    let reach = Vec2::splat(width * 2.0);
    let grid = Grid::for_box(Aabb2 { min: bounds.min - reach, max: bounds.max + reach });
    let mut there = grid.to_path(points);
    there.dedup();
    let [.., _, _] = there[..] else { return Ok(Vec::new()) };
    let last = there.len() - 1;
    // there and back again
    let path: Path64 = there.iter().chain(there[1..last].iter().rev()).copied().collect();
    let steps = (width * grid.scale / 2.0).abs();
    let along = match corner {
        Corner::Miter => Filling::Miter { limit: STROKE_MITER_LIMIT },
        Corner::Round => arc(STROKE_SAGITTA, steps),
        Corner::Square => Filling::Square,
    };
    let at_end = match cap {
        Cap::Butt => Filling::Bevel,
        Cap::Round => arc(STROKE_SAGITTA, steps),
        Cap::Square => Filling::Square,
    };
    let filling = |at: usize| if at == 0 || at == last { at_end } else { along };
    Ok(covered(vec![pushed(&path, steps, filling, budget)?], grid, budget)?.contours)
}

/// Miters of strokes are cut off where they would be longer than so many half widths.
const STROKE_MITER_LIMIT: f64 = 2.0;
/// Arcs of strokes leave their circle by no more than this part of its radius.
const STROKE_SAGITTA: f64 = 0.002;
