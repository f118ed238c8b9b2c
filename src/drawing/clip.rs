//! Cuts what a view shows down to a strip or a circle of it: stepped sections and details.

use crate::drawing::figure::Stroke;
use crate::drawing::hidden::Seen;
use crate::geom::{Vec2, atan2_deg, cos_deg, sin_deg};
use crate::page::Shape;

/// A strip of a picture between two lines across a direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Strip {
    /// Across the strip.
    pub along: Vec2,
    /// Where it begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
}

impl Strip {
    /// Whether it is the whole picture.
    pub fn is_whole(&self) -> bool {
        self.low == f64::NEG_INFINITY && self.high == f64::INFINITY
    }

    /// Whether a point lies in it.
    pub fn holds(&self, point: Vec2) -> bool {
        (self.low..=self.high).contains(&point.dot(self.along))
    }

    /// Takes away what is seen outside.
    pub fn clip(&self, seen: &mut Seen) {
        if self.is_whole() {
            return;
        }
        for edge in &mut seen.edges {
            let (from, to) = (edge.from.dot(self.along), edge.to.dot(self.along));
            let Some((enter, leave)) = self.share(from, to, seen.tolerance) else {
                edge.visible.clear();
                continue;
            };
            edge.visible.retain_mut(|run| {
                *run = (run.0.max(enter), run.1.min(leave));
                run.1 > run.0
            });
        }
    }

    /// The share of a way between two heights that lies in the strip.
    fn share(&self, from: f64, to: f64, slack: f64) -> Option<(f64, f64)> {
        if (to - from).abs() <= slack {
            let middle = (from + to) * 0.5;
            return (self.low..=self.high).contains(&middle).then_some((0.0, 1.0));
        }
        let at = |level: f64| (level - from) / (to - from);
        let (one, two) = (at(self.low), at(self.high));
        let (enter, leave) = (one.min(two).max(0.0), one.max(two).min(1.0));
        (leave > enter).then_some((enter, leave))
    }

    /// An outline cut down to the strip.
    pub fn contour(&self, points: &[Vec2]) -> Vec<Vec2> {
        let above = if self.low.is_finite() { below(points, -self.along, -self.low) } else { points.to_vec() };
        if self.high.is_finite() { below(&above, self.along, self.high) } else { above }
    }
}

/// The part of an outline on one side of a line; parts that fall apart stay joined along the line, where they cover nothing.
fn below(points: &[Vec2], normal: Vec2, level: f64) -> Vec<Vec2> {
    let mut kept = Vec::with_capacity(points.len() + 2);
    for (index, from) in points.iter().enumerate() {
        let to = points[(index + 1) % points.len()];
        let (start, end) = (from.dot(normal) - level, to.dot(normal) - level);
        if start <= 0.0 {
            kept.push(*from);
        }
        if start * end < 0.0 {
            kept.push(from.lerp(to, start / (start - end)));
        }
    }
    if kept.len() < 3 { Vec::new() } else { kept }
}

/// A circle of a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lens {
    /// Its middle.
    pub center: Vec2,
    /// Its radius.
    pub radius: f64,
}

/// Corners of the polygon that areas are cut down to.
const LENS_SIDES: u32 = 180;
/// Pieces in which an ellipse is tried for where it enters and leaves.
const ELLIPSE_PIECES: u32 = 720;
/// The same of a Bézier.
const BEZIER_PIECES: u32 = 32;

impl Lens {
    /// What of a line lies inside.
    pub fn clip(&self, stroke: &Stroke) -> Vec<Stroke> {
        let shapes = match &stroke.shape {
            Shape::Polyline { points, closed } => self.polyline(points, *closed),
            Shape::Circle { center, radius } => self.arc(*center, *radius, 0.0, 360.0),
            Shape::Arc { center, radius, start_deg, sweep_deg } => self.arc(*center, *radius, *start_deg, *sweep_deg),
            Shape::Ellipse { start_deg, sweep_deg, .. } => self.ellipse(&stroke.shape, *start_deg, *sweep_deg),
            Shape::Spline { points } => self.spline(points),
            Shape::Area { contours } => {
                self.area(contours).map(|contours| Shape::Area { contours }).into_iter().collect()
            }
            Shape::Hatch { contours, angle_deg, spacing } => self
                .area(contours)
                .map(|contours| Shape::Hatch { contours, angle_deg: *angle_deg, spacing: *spacing })
                .into_iter()
                .collect(),
            Shape::Text(_) | Shape::Dimension(_) | Shape::Leader(_) => Vec::new(),
        };
        shapes.into_iter().map(|shape| Stroke { layer: stroke.layer, shape }).collect()
    }

    fn holds(&self, point: Vec2) -> bool {
        point.distance(self.center) <= self.radius
    }

    fn polyline(&self, points: &[Vec2], closed: bool) -> Vec<Shape> {
        let mut runs: Vec<Vec<Vec2>> = Vec::new();
        let count = if closed { points.len() } else { points.len().saturating_sub(1) };
        for index in 0..count {
            let (from, to) = (points[index], points[(index + 1) % points.len()]);
            let Some((enter, leave)) = self.share(from, to) else { continue };
            let (one, two) = (from.lerp(to, enter), from.lerp(to, leave));
            match runs.last_mut() {
                Some(run) if run.last() == Some(&one) => run.push(two),
                _ => runs.push(vec![one, two]),
            }
        }
        runs.into_iter().map(|points| Shape::Polyline { points, closed: false }).collect()
    }

    /// The share of a line inside.
    fn share(&self, from: Vec2, to: Vec2) -> Option<(f64, f64)> {
        let (along, off) = (to - from, from - self.center);
        let (a, b, c) = (along.length_squared(), off.dot(along), off.length_squared() - self.radius * self.radius);
        let root = b * b - a * c;
        if root <= 0.0 || a == 0.0 {
            return None;
        }
        let root = root.sqrt();
        let (enter, leave) = (((-b - root) / a).max(0.0), ((-b + root) / a).min(1.0));
        (leave > enter).then_some((enter, leave))
    }

    fn arc(&self, center: Vec2, radius: f64, start_deg: f64, sweep_deg: f64) -> Vec<Shape> {
        let away = self.center - center;
        let distance = away.length();
        if distance + radius <= self.radius {
            return vec![round(center, radius, start_deg, sweep_deg)];
        }
        if distance >= radius + self.radius || distance + self.radius <= radius {
            return Vec::new();
        }
        // the angles at which the two circles cross lie evenly about the direction to the other centre
        let cosine = (distance * distance + radius * radius - self.radius * self.radius) / (2.0 * distance * radius);
        let half = crate::geom::acos_deg(cosine.clamp(-1.0, 1.0));
        let middle = atan2_deg(away.y, away.x);
        if sweep_deg >= 360.0 {
            return vec![round(center, radius, middle - half, 2.0 * half)];
        }
        overlaps(start_deg, sweep_deg, middle - half, 2.0 * half)
            .into_iter()
            .map(|(start, sweep)| round(center, radius, start, sweep))
            .collect()
    }

    fn ellipse(&self, shape: &Shape, start_deg: f64, sweep_deg: f64) -> Vec<Shape> {
        let Shape::Ellipse { center, major, ratio, .. } = shape else { return Vec::new() };
        let point = |angle: f64| *center + *major * cos_deg(angle) + major.perp() * (*ratio * sin_deg(angle));
        self.spans(point, start_deg, start_deg + sweep_deg, ELLIPSE_PIECES)
            .into_iter()
            .map(|(from, to)| {
                let (center, major, ratio) = (*center, *major, *ratio);
                Shape::Ellipse { center, major, ratio, start_deg: from, sweep_deg: to - from }
            })
            .collect()
    }

    /// The parts of a curve over a parameter that lie inside, tried in so many pieces.
    fn spans(&self, point: impl Fn(f64) -> Vec2, low: f64, high: f64, pieces: u32) -> Vec<(f64, f64)> {
        let at = |index: u32| low + (high - low) * f64::from(index) / f64::from(pieces);
        let crossing = |mut inside: f64, mut outside: f64| {
            for _ in 0..40 {
                let middle = (inside + outside) * 0.5;
                if self.holds(point(middle)) { inside = middle } else { outside = middle }
            }
            inside
        };
        let mut spans: Vec<(f64, f64)> = Vec::new();
        let mut open = self.holds(point(low)).then_some(low);
        for index in 1..=pieces {
            let (before, here) = (at(index - 1), at(index));
            match (open, self.holds(point(here))) {
                (None, true) => open = Some(crossing(here, before)),
                (Some(start), false) => {
                    spans.push((start, crossing(before, here)));
                    open = None;
                }
                _ => {}
            }
        }
        spans.extend(open.map(|start| (start, high)));
        spans.retain(|(from, to)| to > from);
        spans
    }

    fn spline(&self, points: &[Vec2]) -> Vec<Shape> {
        let mut runs: Vec<Vec<Vec2>> = Vec::new();
        for piece in points.windows(4).step_by(3) {
            let curve = [piece[0], piece[1], piece[2], piece[3]];
            for (from, to) in self.spans(|t| split(curve, t).0[3], 0.0, 1.0, BEZIER_PIECES) {
                let part = split(split(curve, to).0, from / to).1;
                match runs.last_mut() {
                    Some(run) if from == 0.0 && run.last() == Some(&curve[0]) => run.extend(&part[1..]),
                    _ => runs.push(part.to_vec()),
                }
            }
        }
        runs.into_iter().map(|points| Shape::Spline { points }).collect()
    }

    fn area(&self, contours: &[Vec<Vec2>]) -> Option<Vec<Vec<Vec2>>> {
        let normals: Vec<Vec2> = (0..LENS_SIDES)
            .map(|index| f64::from(index) * 360.0 / f64::from(LENS_SIDES))
            .map(|angle| Vec2::new(cos_deg(angle), sin_deg(angle)))
            .collect();
        let inside = |contour: &Vec<Vec2>| {
            normals
                .iter()
                .fold(contour.clone(), |kept, normal| below(&kept, *normal, normal.dot(self.center) + self.radius))
        };
        let kept: Vec<Vec<Vec2>> = contours.iter().map(inside).filter(|contour| contour.len() > 2).collect();
        (!kept.is_empty()).then_some(kept)
    }
}

/// Both parts of a Bézier at a parameter (de Casteljau).
fn split(curve: [Vec2; 4], t: f64) -> ([Vec2; 4], [Vec2; 4]) {
    if t >= 1.0 {
        return (curve, [curve[3]; 4]);
    }
    let [a, b, c, d] = curve;
    let (ab, bc, cd) = (a.lerp(b, t), b.lerp(c, t), c.lerp(d, t));
    let (abc, bcd) = (ab.lerp(bc, t), bc.lerp(cd, t));
    let middle = abc.lerp(bcd, t);
    ([a, ab, abc, middle], [middle, bcd, cd, d])
}

fn round(center: Vec2, radius: f64, start_deg: f64, sweep_deg: f64) -> Shape {
    if sweep_deg >= 360.0 {
        Shape::Circle { center, radius }
    } else {
        Shape::Arc { center, radius, start_deg: start_deg.rem_euclid(360.0), sweep_deg }
    }
}

/// What two runs of angles share, each as start and sweep.
fn overlaps(start: f64, sweep: f64, other: f64, other_sweep: f64) -> Vec<(f64, f64)> {
    let shifted = start + (other - start).rem_euclid(360.0);
    [shifted - 360.0, shifted]
        .into_iter()
        .filter_map(|begin| {
            let (from, to) = (begin.max(start), (begin + other_sweep).min(start + sweep));
            (to - from > 1.0e-9).then_some((from, to - from))
        })
        .collect()
}
