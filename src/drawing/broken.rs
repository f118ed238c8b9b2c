//! Broken views (ISO 128-3): a stretch of a long part is left out, and what is left moves together; sizes stay true.

use crate::drawing::figure::{CenterLine, Figure, Stroke};
use crate::drawing::spec::BreakSpec;
use crate::geom::{Aabb2, Vec2};
use crate::page::{Layer, Mark, Shape};

/// A stretch that a figure leaves out, in its picture plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Break {
    /// Along the stretch.
    pub along: Vec2,
    /// Where it begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
    /// What is left between both ends for the break lines.
    pub gap: f64,
}

/// The gap as a share of the view's extent across the break.
const GAP_SHARE: f64 = 0.12;
/// Break lines go past the outline by this share of it.
const PAST_SHARE: f64 = 0.12;
/// Straight pieces that stand for a curve which a break meets.
const PIECES: u32 = 96;

/// Breaks every view that has a place around the front view and shows the axis of a break true.
pub fn break_views(figures: &mut [Figure], breaks: &[BreakSpec]) {
    for figure in figures.iter_mut().filter(|figure| figure.cell.is_some() && !figure.is_section) {
        let mut found: Vec<Break> = breaks.iter().filter_map(|wanted| of_figure(wanted, figure)).collect();
        // the farthest first: what lies before it keeps its place
        found.sort_by(|a, b| b.low.total_cmp(&a.low));
        for cut in found {
            shorten(figure, &cut);
        }
    }
}

/// The break in a figure; none where it shows the axis shortened, or has nothing beyond an end of the stretch.
fn of_figure(wanted: &BreakSpec, figure: &Figure) -> Option<Break> {
    let flat = figure.picture.flat(wanted.axis);
    let along = flat.abs().round();
    if (flat.abs() - along).length() > 1.0e-6 || along.length() < 0.5 {
        return None;
    }
    let sign = flat.dot(along).signum();
    let ends = [wanted.from * sign, wanted.to * sign];
    let (low, high) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
    let across = figure.bounds.size().dot(Vec2::ONE - along);
    let gap = (across * GAP_SHARE).min((high - low) * 0.5);
    let is_within = figure.bounds.min.dot(along) < low && figure.bounds.max.dot(along) > high;
    is_within.then_some(Break { along, low, high, gap })
}

impl Break {
    /// Where a point comes to lie; none in the stretch.
    fn put(&self, point: Vec2) -> Option<Vec2> {
        let at = point.dot(self.along);
        if at <= self.low {
            Some(point)
        } else if at >= self.high {
            Some(point - self.along * (self.high - self.low - self.gap))
        } else {
            None
        }
    }

    /// The same; what lies in the stretch comes into the gap.
    fn put_anyhow(&self, point: Vec2) -> Vec2 {
        let at = point.dot(self.along);
        let middle = || point + self.along * (self.low + self.gap * 0.5 - at);
        self.put(point).unwrap_or_else(middle)
    }

    /// What a length between two points that have moved is in the model.
    pub fn true_length(&self, from: Vec2, to: Vec2) -> f64 {
        let (one, two) = (from.dot(self.along), to.dot(self.along));
        let spans = one.min(two) <= self.low + self.gap * 0.5 && one.max(two) >= self.low + self.gap * 0.5;
        if spans { self.high - self.low - self.gap } else { 0.0 }
    }

    /// What is left of a line: before the stretch and behind it.
    fn line(&self, stroke: &Stroke) -> Vec<Stroke> {
        let (points, closed) = match &stroke.shape {
            Shape::Polyline { points, closed } => (points.clone(), *closed),
            Shape::Hatch { .. } | Shape::Area { .. } => return self.area(stroke),
            Shape::Text(_) | Shape::Dimension(_) | Shape::Leader(_) => return Vec::new(),
            curve => match self.whole(curve) {
                Some(moved) => return moved.into_iter().map(|shape| Stroke { layer: stroke.layer, shape }).collect(),
                None => (polyline_of(stroke), false),
            },
        };
        let runs = self.runs(&points, closed);
        let shape = |(points, closed)| Stroke { layer: stroke.layer, shape: Shape::Polyline { points, closed } };
        runs.into_iter().map(shape).collect()
    }

    /// A curve that lies on one side as it is, one in the stretch not at all; none where it must be cut.
    fn whole(&self, curve: &Shape) -> Option<Option<Shape>> {
        let points = curve_points(curve);
        let at = |point: &Vec2| point.dot(self.along);
        let (least, most) =
            points.iter().map(at).fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
        if most <= self.low {
            return Some(Some(curve.clone()));
        }
        if least >= self.high {
            let by = self.along * -(self.high - self.low - self.gap);
            let mut moved = curve.clone();
            match &mut moved {
                Shape::Circle { center, .. } | Shape::Arc { center, .. } | Shape::Ellipse { center, .. } => {
                    *center += by
                }
                Shape::Spline { points } => points.iter_mut().for_each(|point| *point += by),
                _ => {}
            }
            return Some(Some(moved));
        }
        (least > self.low && most < self.high).then_some(None)
    }

    fn runs(&self, points: &[Vec2], closed: bool) -> Vec<(Vec<Vec2>, bool)> {
        let put: Vec<Option<Vec2>> = points.iter().map(|point| self.put(*point)).collect();
        let side = |point: Vec2| point.dot(self.along) <= self.low;
        let one_sided = points.iter().all(|point| side(*point) == side(points[0]));
        if put.iter().all(Option::is_some) && one_sided {
            return vec![(put.into_iter().flatten().collect(), closed)];
        }
        let mut runs: Vec<Vec<Vec2>> = Vec::new();
        let count = if closed { points.len() } else { points.len().saturating_sub(1) };
        for index in 0..count {
            let (from, to) = (points[index], points[(index + 1) % points.len()]);
            for (one, two) in self.pieces(from, to) {
                match runs.last_mut() {
                    Some(run) if run.last() == Some(&one) => run.push(two),
                    _ => runs.push(vec![one, two]),
                }
            }
        }
        runs.into_iter().map(|run| (run, false)).collect()
    }

    /// What is left of a straight piece, moved.
    fn pieces(&self, from: Vec2, to: Vec2) -> Vec<(Vec2, Vec2)> {
        let (one, two) = (from.dot(self.along), to.dot(self.along));
        let at = |level: f64| from.lerp(to, (level - one) / (two - one));
        let by = self.along * -(self.high - self.low - self.gap);
        let mut left = Vec::new();
        // a piece that runs back is left in its own direction
        if one.min(two) < self.low || (one == two && one <= self.low) {
            let (a, b) =
                (if one > self.low { at(self.low) } else { from }, if two > self.low { at(self.low) } else { to });
            left.push((a, b));
        }
        if one.max(two) > self.high || (one == two && one >= self.high) {
            let (a, b) =
                (if one < self.high { at(self.high) } else { from }, if two < self.high { at(self.high) } else { to });
            left.push((a + by, b + by));
        }
        if one > two {
            left.reverse();
        }
        left
    }

    fn area(&self, stroke: &Stroke) -> Vec<Stroke> {
        use crate::drawing::clip::Strip;
        let before = Strip { along: self.along, low: f64::NEG_INFINITY, high: self.low };
        let behind = Strip { along: self.along, low: self.high, high: f64::INFINITY };
        let halves = |contours: &[Vec<Vec2>]| -> Vec<Vec<Vec2>> {
            let both = contours.iter().flat_map(|contour| [before.contour(contour), behind.contour(contour)]);
            both.filter(|contour| contour.len() > 2)
                .map(|contour| contour.into_iter().map(|point| self.put_anyhow(point)).collect())
                .collect()
        };
        let mut shape = stroke.shape.clone();
        if let Shape::Area { contours } | Shape::Hatch { contours, .. } = &mut shape {
            *contours = halves(contours);
            if contours.is_empty() {
                return Vec::new();
            }
        }
        vec![Stroke { layer: stroke.layer, shape }]
    }

    /// The two break lines: straight with a zigzag, narrow (ISO 128-2, 01.1).
    fn lines(&self, bounds: Aabb2) -> Vec<Stroke> {
        let across = self.along.perp().abs();
        let (foot, top) = (bounds.min.dot(across), bounds.max.dot(across));
        let height = top - foot;
        let past = height * PAST_SHARE;
        let tooth = Vec2::new(self.gap * 0.35, height * 0.06);
        let line = |at: f64| {
            let place = |off: f64, level: f64| self.along * (at + off) + across * level;
            let middle = (foot + top) * 0.5;
            let points = vec![
                place(0.0, foot - past),
                place(0.0, middle - tooth.y),
                place(-tooth.x, middle - tooth.y * 0.4),
                place(tooth.x, middle + tooth.y * 0.4),
                place(0.0, middle + tooth.y),
                place(0.0, top + past),
            ];
            Stroke { layer: Layer::Dimension, shape: Shape::Polyline { points, closed: false } }
        };
        vec![line(self.low), line(self.low + self.gap)]
    }
}

/// Points of a curve, dense enough to cut it.
fn curve_points(curve: &Shape) -> Vec<Vec2> {
    let ink = Layer::Visible.ink(0.5);
    let strokes = Mark { ink, view: None, shape: curve.clone() }.strokes();
    strokes.iter().flat_map(|path| path.flattened(PIECES / 12)).collect()
}

fn polyline_of(stroke: &Stroke) -> Vec<Vec2> {
    curve_points(&stroke.shape)
}

fn shorten(figure: &mut Figure, cut: &Break) {
    figure.strokes = figure.strokes.iter().flat_map(|stroke| cut.line(stroke)).collect();
    figure.strokes.extend(cut.lines(figure.bounds));
    figure.bounds = Aabb2 { min: figure.bounds.min, max: cut.put_anyhow(figure.bounds.max) };
    figure.measures.retain_mut(|measure| match (cut.put(measure.from), cut.put(measure.to)) {
        (Some(from), Some(to)) => {
            (measure.from, measure.to) = (from, to);
            true
        }
        _ => false,
    });
    figure.callouts.retain_mut(|callout| {
        callout.spots.retain_mut(|spot| cut.put(spot.center).map(|center| spot.center = center).is_some());
        !callout.spots.is_empty()
    });
    figure.labels.retain_mut(|label| cut.put(label.at).map(|at| label.at = at).is_some());
    figure.symbols.retain_mut(|symbol| cut.put(symbol.at).map(|at| symbol.at = at).is_some());
    figure.balloons.iter_mut().for_each(|balloon| balloon.point = cut.put_anyhow(balloon.point));
    figure.pitch_circles.retain_mut(|(center, _)| cut.put(*center).map(|at| *center = at).is_some());
    figure.detail_rings.retain_mut(|ring| cut.put(ring.center).map(|at| ring.center = at).is_some());
    for aligned in &mut figure.aligned {
        (aligned.from, aligned.to) = (cut.put_anyhow(aligned.from), cut.put_anyhow(aligned.to));
    }
    for corner in &mut figure.angles {
        for point in [&mut corner.corner, &mut corner.from, &mut corner.to] {
            *point = cut.put_anyhow(*point);
        }
    }
    for line in &mut figure.cutting_lines {
        line.at = cut.put_anyhow(line.at);
        line.corners.iter_mut().for_each(|corner| *corner = cut.put_anyhow(*corner));
    }
    let inside = |line: &CenterLine| cut.put(line.from).is_none() && cut.put(line.to).is_none();
    figure.center_lines.retain(|line| !inside(line));
    for line in &mut figure.center_lines {
        (line.from, line.to) = (cut.put_anyhow(line.from), cut.put_anyhow(line.to));
    }
    figure.breaks.push(*cut);
}
