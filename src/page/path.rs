//! Lines, arcs and Beziers as one outline.

use crate::geom::{Vec2, cos_deg, sin_deg, tan_deg};

/// One step of an outline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// Lift the pen and put it down here.
    Move(Vec2),
    /// A straight line to here.
    Line(Vec2),
    /// A cubic Bezier over two control points to the third.
    Cubic(Vec2, Vec2, Vec2),
    /// A straight line to where the pen was last put down.
    Close,
}

/// An outline of any number of runs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Path {
    /// Its steps.
    pub steps: Vec<Step>,
}

impl Path {
    /// The run through some points.
    pub fn polyline(points: &[Vec2], closed: bool) -> Self {
        let mut steps: Vec<Step> = Vec::with_capacity(points.len() + 1);
        for (index, point) in points.iter().enumerate() {
            steps.push(if index == 0 { Step::Move(*point) } else { Step::Line(*point) });
        }
        if closed && !steps.is_empty() {
            steps.push(Step::Close);
        }
        Self { steps }
    }

    /// The run of cubic Béziers over a point and then two controls and a point for each.
    pub fn spline(points: &[Vec2]) -> Self {
        let mut steps: Vec<Step> = points.first().map(|point| Step::Move(*point)).into_iter().collect();
        let pieces = points.get(1..).unwrap_or_default().chunks_exact(3);
        steps.extend(pieces.map(|piece| Step::Cubic(piece[0], piece[1], piece[2])));
        Self { steps }
    }

    /// Its points, each curve in so many straight pieces.
    pub fn flattened(&self, pieces: u32) -> Vec<Vec2> {
        let (mut points, mut start): (Vec<Vec2>, Vec2) = (Vec::new(), Vec2::ZERO);
        for step in &self.steps {
            match step {
                Step::Move(to) => {
                    start = *to;
                    points.push(*to);
                }
                Step::Line(to) => points.push(*to),
                Step::Cubic(first, second, to) => {
                    let from = points.last().copied().unwrap_or(start);
                    points.extend((1..=pieces).map(|piece| {
                        let t = f64::from(piece) / f64::from(pieces);
                        let s = 1.0 - t;
                        from * (s * s * s)
                            + *first * (3.0 * s * s * t)
                            + *second * (3.0 * s * t * t)
                            + *to * (t * t * t)
                    }));
                }
                Step::Close => points.push(start),
            }
        }
        points
    }

    /// Adds another outline's runs.
    pub fn append(&mut self, other: &Self) {
        self.steps.extend_from_slice(&other.steps);
    }
}

/// A part of a circle as Beziers; closed when it is the whole.
pub fn arc_path(center: Vec2, radius: f64, start_deg: f64, sweep_deg: f64) -> Path {
    ellipse_path(center, Vec2::new(radius, 0.0), 1.0, start_deg, sweep_deg)
}

/// A part of an ellipse as Beziers (error below 3e-4 of the radius); closed when it is the whole.
pub fn ellipse_path(center: Vec2, major: Vec2, ratio: f64, start_deg: f64, sweep_deg: f64) -> Path {
    let minor = Vec2::new(-major.y, major.x) * ratio;
    let at = |degrees: f64| center + major * cos_deg(degrees) + minor * sin_deg(degrees);
    let slope = |degrees: f64| minor * cos_deg(degrees) - major * sin_deg(degrees);
    let pieces = (sweep_deg / 60.0).ceil().max(1.0);
    let step = sweep_deg / pieces;
    // the length of the handles that makes a Bezier touch the arc's middle
    let handle = 4.0 / 3.0 * tan_deg(step / 4.0);
    let mut steps = vec![Step::Move(at(start_deg))];
    for piece in 0..pieces as u32 {
        let (from, to) = (start_deg + step * f64::from(piece), start_deg + step * f64::from(piece + 1));
        steps.push(Step::Cubic(at(from) + slope(from) * handle, at(to) - slope(to) * handle, at(to)));
    }
    if sweep_deg >= 360.0 {
        steps.push(Step::Close);
    }
    Path { steps }
}
