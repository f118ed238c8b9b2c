//! Runs of short pieces that lie on a smooth curve become Bézier curves (Schneider's fit), each checked against every point of its run.

use crate::drawing::chain::Chain;
use crate::geom::Vec2;
use crate::page::Shape;

/// A curve lies within so many of a picture's own tolerances of the points that it stands for: a four-thousandth of the
/// model's diagonal, above the scallops that facets leave where two curved surfaces meet.
const FIT: f64 = 1000.0;
/// Sine of 20 degrees: where a run turns by more it has a corner, as two faces have an edge.
const CORNER_SIN: f64 = 0.342_020_143_325_668_7;
/// A piece so many times as long as its neighbour is a straight line beside a curve.
const UNEVEN: f64 = 5.0;
/// Fewer pieces than this are what they are.
const PIECES_MIN: usize = 6;
/// A run of more points is drawn as it is: the work could grow with their square.
const POINTS_MAX: usize = 10_000;

/// The shapes of a run: polylines, and splines where it is smooth.
pub fn smoothed(run: Chain, tolerance: f64) -> Vec<Shape> {
    let whole = |run: Chain| vec![Shape::Polyline { points: run.points, closed: run.closed }];
    if run.points.len() <= PIECES_MIN || run.points.len() > POINTS_MAX {
        return whole(run);
    }
    let fit = tolerance * FIT;
    let mut points = run.points.clone();
    if run.closed {
        points.push(points[0]);
    }
    let mut plain = simplified(&points, fit * 0.5);
    let corner = (1..plain.len() - 1).find(|index| {
        let [before, here, after] = [index - 1, *index, index + 1].map(|at| points[plain[at]]);
        !is_smooth(before, here, after)
    });
    if let Some(corner) = corner.filter(|_| run.closed) {
        // a closed run begins at a corner, if it has one
        points.pop();
        points.rotate_left(plain[corner]);
        points.push(points[0]);
        plain = simplified(&points, fit * 0.5);
    }
    let stretches = stretches(&points, &plain, run.closed);
    if stretches.iter().all(|stretch| !stretch.curved) {
        return whole(run);
    }
    let mut shapes = Vec::new();
    for stretch in &stretches {
        let part = &points[stretch.from..=stretch.to];
        let curve = stretch.curved.then(|| Fit { points: part, fit }.curve(stretch.ring)).flatten();
        shapes.push(match curve {
            Some(points) => Shape::Spline { points },
            None => Shape::Polyline { points: part.to_vec(), closed: false },
        });
    }
    shapes
}

/// A part of a run, by its first and last point.
struct Stretch {
    from: usize,
    to: usize,
    curved: bool,
    /// Whether it is the whole of a closed run without a corner.
    ring: bool,
}

/// Whether a run goes on without a corner, and without a straight line beside a curve.
fn is_smooth(before: Vec2, here: Vec2, after: Vec2) -> bool {
    let (one, two) = (here - before, after - here);
    let (a, b) = (one.length(), two.length());
    let (turn, next) = (one.normalize_or_zero(), two.normalize_or_zero());
    turn.dot(next) > 0.0 && turn.perp_dot(next).abs() <= CORNER_SIN && a <= b * UNEVEN && b <= a * UNEVEN
}

/// Parts a run at its corners and where straight lines begin.
fn stretches(points: &[Vec2], plain: &[usize], closed: bool) -> Vec<Stretch> {
    let last = plain.len() - 1;
    let at = |index: usize| points[plain[index]];
    let is_between = |index: usize| index > 0 && index < last;
    let smooth: Vec<bool> =
        (0..=last).map(|index| is_between(index) && is_smooth(at(index - 1), at(index), at(index + 1))).collect();
    if closed && last > 2 && is_smooth(at(last - 1), at(0), at(1)) && smooth[1..last].iter().all(|smooth| *smooth) {
        return vec![Stretch { from: 0, to: points.len() - 1, curved: points.len() > PIECES_MIN, ring: true }];
    }
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut from = 0;
    for index in 1..=last {
        if index < last && smooth[index] {
            continue;
        }
        let (first, end) = (plain[from], plain[index]);
        let curved = end - first >= PIECES_MIN && index - from > 1;
        match stretches.last_mut() {
            // straight parts stay one polyline
            Some(before) if !before.curved && !curved => before.to = end,
            _ => stretches.push(Stretch { from: first, to: end, curved, ring: false }),
        }
        from = index;
    }
    stretches
}

/// Indices of the points that are left when no other lies farther than `off` from the lines between them (Douglas and Peucker).
fn simplified(points: &[Vec2], off: f64) -> Vec<usize> {
    let mut keep = vec![false; points.len()];
    let last = points.len() - 1;
    keep[0] = true;
    keep[last] = true;
    // a closed run has no line between its ends: its farthest point is the first to stay
    let mut todo = vec![(0, last)];
    while let Some((from, to)) = todo.pop() {
        let (a, b) = (points[from], points[to]);
        let along = b - a;
        let distance = |point: Vec2| {
            let share = (point - a).dot(along) / along.length_squared().max(1.0e-300);
            point.distance(a + along * share.clamp(0.0, 1.0))
        };
        let inner = (from + 1..to).map(|index| (distance(points[index]), index));
        let farthest = inner.fold((0.0, from), |best, next| if next.0 > best.0 { next } else { best });
        if farthest.0 > off {
            keep[farthest.1] = true;
            todo.extend([(from, farthest.1), (farthest.1, to)]);
        }
    }
    (0..points.len()).filter(|index| keep[*index]).collect()
}

/// The points that a curve is to pass.
struct Fit<'a> {
    points: &'a [Vec2],
    fit: f64,
}

/// Steps of moving parameters towards the curve's nearest points.
const ROUNDS: u32 = 24;
/// Fewer of them where a step takes less than this share away.
const STALE: f64 = 0.97;
/// A curve off by more than so many times what it may be is parted at once.
const HOPELESS: f64 = 400.0;

impl Fit<'_> {
    /// The Bézier chain: a point, then two controls and a point for each piece; none where it would not be shorter than the run.
    fn curve(&self, ring: bool) -> Option<Vec<Vec2>> {
        let last = self.points.len() - 1;
        let (start, end) = if ring {
            let through = (self.points[1] - self.points[last - 1]).normalize_or_zero();
            (through, -through)
        } else {
            (self.tangent(0, 1), self.tangent(last, -1))
        };
        let mut chain = vec![self.points[0]];
        let mut todo = vec![(0, last, start, end)];
        // the first half is always on top, so that pieces come in order
        while let Some((from, to, leaving, arriving)) = todo.pop() {
            match self.piece(from, to, leaving, arriving) {
                Ok(piece) => chain.extend(&piece[1..]),
                Err(at) => {
                    let through = self.center_tangent(at);
                    todo.push((at, to, -through, arriving));
                    todo.push((from, at, leaving, through));
                }
            }
            if chain.len() * 5 > self.points.len() * 4 + 8 {
                return None;
            }
        }
        (chain.len() < self.points.len()).then_some(chain)
    }

    /// The direction in which a curve leaves an end: of the parabola over the first points that are far enough apart.
    fn tangent(&self, end: usize, step: isize) -> Vec2 {
        let at =
            |index: isize| self.points[(end as isize + index * step).clamp(0, self.points.len() as isize - 1) as usize];
        let (zero, one, two) = (at(0), at(1), at(2));
        let (a, b) = (zero.distance(one), one.distance(two));
        if a <= self.fit || b <= self.fit {
            // too near to say: the first point that is not
            let mut far = (1..self.points.len() as isize).map(at).filter(|point| point.distance(zero) > self.fit * 4.0);
            return (far.next().unwrap_or(two) - zero).normalize_or_zero();
        }
        let slope = (one - zero) / a * (2.0 * a + b) / (a + b) - (two - one) / b * a / (a + b);
        slope.normalize_or_zero()
    }

    /// Back along the curve at a point within it.
    fn center_tangent(&self, at: usize) -> Vec2 {
        let reach = |step: isize| {
            let mut index = at as isize;
            loop {
                let next = index + step;
                if next < 0 || next >= self.points.len() as isize {
                    return self.points[index as usize];
                }
                index = next;
                if self.points[index as usize].distance(self.points[at]) > self.fit {
                    return self.points[index as usize];
                }
            }
        };
        (reach(-1) - reach(1)).normalize_or_zero()
    }

    /// One Bézier over some points, or the point at which it is farthest off.
    fn piece(&self, from: usize, to: usize, leaving: Vec2, arriving: Vec2) -> Result<[Vec2; 4], usize> {
        let points = &self.points[from..=to];
        let third = points[0].distance(points[points.len() - 1]) / 3.0;
        if points.len() == 2 {
            let (a, b) = (points[0], points[1]);
            return Ok([a, a + leaving * third, b + arriving * third, b]);
        }
        let mut shares = chord_shares(points);
        let mut last = f64::INFINITY;
        for round in 0..=ROUNDS {
            let curve = best_curve(points, &shares, leaving, arriving);
            let (off, at) = farthest(&curve, points, &shares);
            if off <= self.fit {
                return Ok(curve);
            }
            if off > self.fit * HOPELESS || off > last * STALE || round == ROUNDS {
                return Err(from + at.clamp(1, points.len() - 2));
            }
            last = off;
            for (share, point) in shares.iter_mut().zip(points) {
                *share = nearer(&curve, *point, *share);
            }
        }
        Err(from + points.len() / 2)
    }
}

/// Lengths along the points, as shares of the whole.
fn chord_shares(points: &[Vec2]) -> Vec<f64> {
    let mut length = 0.0;
    let mut shares = vec![0.0];
    for pair in points.windows(2) {
        length += pair[0].distance(pair[1]);
        shares.push(length);
    }
    shares.iter_mut().for_each(|share| *share /= length.max(1.0e-300));
    shares
}

fn weights(t: f64) -> [f64; 4] {
    let s = 1.0 - t;
    [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t]
}

fn point_at(curve: &[Vec2; 4], t: f64) -> Vec2 {
    let weights = weights(t);
    (0..4).map(|index| curve[index] * weights[index]).sum()
}

/// The least squares over the lengths of both handles.
fn best_curve(points: &[Vec2], shares: &[f64], leaving: Vec2, arriving: Vec2) -> [Vec2; 4] {
    let (first, last) = (points[0], points[points.len() - 1]);
    let (mut c00, mut c01, mut c11, mut x0, mut x1) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (point, share) in points.iter().zip(shares) {
        let weights = weights(*share);
        let (a, b) = (leaving * weights[1], arriving * weights[2]);
        let rest = *point - first * (weights[0] + weights[1]) - last * (weights[2] + weights[3]);
        c00 += a.dot(a);
        c01 += a.dot(b);
        c11 += b.dot(b);
        x0 += a.dot(rest);
        x1 += b.dot(rest);
    }
    let determinant = c00 * c11 - c01 * c01;
    let span = first.distance(last);
    let length: f64 = points.windows(2).map(|pair| pair[0].distance(pair[1])).sum();
    let (mut one, mut two) = ((x0 * c11 - x1 * c01) / determinant, (c00 * x1 - c01 * x0) / determinant);
    let is_sound = |handle: f64| handle.is_finite() && handle > span * 1.0e-6 && handle <= length;
    if !is_sound(one) || !is_sound(two) {
        one = length / 3.0;
        two = one;
    }
    [first, first + leaving * one, last + arriving * two, last]
}

/// The largest distance of a curve from its points, and from the lines between them beyond their own sag; and at which point.
fn farthest(curve: &[Vec2; 4], points: &[Vec2], shares: &[f64]) -> (f64, usize) {
    let mut worst = (0.0, points.len() / 2);
    let mut note = |off: f64, at: usize| {
        if off > worst.0 {
            worst = (off, at);
        }
    };
    for (index, (point, share)) in points.iter().zip(shares).enumerate() {
        note(point_at(curve, *share).distance(*point), index);
        let Some(next) = points.get(index + 1) else { continue };
        let along = *next - *point;
        let middle = point_at(curve, (share + shares[index + 1]) * 0.5);
        let across = (middle - *point).perp_dot(along.normalize_or_zero()).abs();
        // a curve that turns by the corner's angle bows out of a chord by a twentieth of it
        note(across - along.length() * 0.05, index.max(1));
    }
    worst
}

/// A step of Newton's towards the parameter of the curve's point nearest to another.
fn nearer(curve: &[Vec2; 4], point: Vec2, t: f64) -> f64 {
    let s = 1.0 - t;
    let [a, b, c] = [curve[1] - curve[0], curve[2] - curve[1], curve[3] - curve[2]];
    let slope = (a * (s * s) + b * (2.0 * s * t) + c * (t * t)) * 3.0;
    let bend = ((b - a) * s + (c - b) * t) * 6.0;
    let off = point_at(curve, t) - point;
    let under = slope.length_squared() + off.dot(bend);
    if under.abs() < 1.0e-300 { t } else { (t - off.dot(slope) / under).clamp(0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::{cos_deg, sin_deg};

    const TOLERANCE: f64 = 1.0e-5;

    fn along(count: u32, point: impl Fn(f64) -> Vec2) -> Vec<Vec2> {
        (0..=count).map(|index| point(f64::from(index) / f64::from(count))).collect()
    }

    /// How far the points lie from a Bézier chain, at most.
    fn off(points: &[Vec2], chain: &[Vec2]) -> f64 {
        let pieces: Vec<[Vec2; 4]> =
            chain.windows(4).step_by(3).map(|piece| [piece[0], piece[1], piece[2], piece[3]]).collect();
        let samples: Vec<Vec2> =
            pieces.iter().flat_map(|piece| (0..=4000).map(|step| point_at(piece, f64::from(step) / 4000.0))).collect();
        points
            .iter()
            .map(|point| samples.iter().map(|sample| sample.distance(*point)).fold(f64::INFINITY, f64::min))
            .fold(0.0, f64::max)
    }

    #[test]
    fn a_wave_becomes_a_few_curves_near_every_point() {
        let points = along(400, |t| Vec2::new(100.0 * t, 20.0 * sin_deg(720.0 * t)));
        let shapes = smoothed(Chain { points: points.clone(), closed: false }, TOLERANCE);
        let [Shape::Spline { points: chain }] = shapes.as_slice() else { panic!("one spline: {shapes:?}") };
        assert!(chain.len() <= 61, "{}", chain.len());
        assert_eq!((chain[0], chain[chain.len() - 1]), (points[0], points[400]));
        assert!(off(&points, chain) < TOLERANCE * FIT * 1.5, "{}", off(&points, chain));
    }

    #[test]
    fn a_closed_oval_has_no_corner_where_it_begins() {
        let points =
            along(240, |t| Vec2::new(50.0 * cos_deg(360.0 * t), 20.0 * sin_deg(360.0 * t) + 5.0 * cos_deg(720.0 * t)));
        let shapes = smoothed(Chain { points: points[..240].to_vec(), closed: true }, TOLERANCE);
        let [Shape::Spline { points: chain }] = shapes.as_slice() else { panic!("one spline: {shapes:?}") };
        let last = chain.len() - 1;
        assert_eq!(chain[0], chain[last]);
        let (leaving, arriving) = ((chain[1] - chain[0]).normalize(), (chain[last] - chain[last - 1]).normalize());
        assert!(leaving.dot(arriving) > 0.9999, "{leaving} {arriving}");
        assert!(off(&points, chain) < TOLERANCE * FIT * 1.5);
    }

    #[test]
    fn corners_and_straight_lines_stay() {
        let square = vec![Vec2::ZERO, Vec2::new(10.0, 0.0), Vec2::new(10.0, 10.0), Vec2::new(0.0, 10.0)];
        let steps: Vec<Vec2> =
            (0..20).map(|index| Vec2::new(f64::from(index / 2), f64::from((index + 1) / 2))).collect();
        for (points, closed) in [(square, true), (steps, false)] {
            let shapes = smoothed(Chain { points: points.clone(), closed }, TOLERANCE);
            assert_eq!(shapes, vec![Shape::Polyline { points, closed }]);
        }
        // a line, a quarter of an oval, a line
        let mut points = vec![Vec2::new(-40.0, 20.0)];
        points.extend(along(40, |t| Vec2::new(30.0 * sin_deg(90.0 * t), 20.0 * cos_deg(90.0 * t))));
        points.push(Vec2::new(30.0, -40.0));
        let shapes = smoothed(Chain { points, closed: false }, TOLERANCE);
        let kinds: Vec<bool> = shapes.iter().map(|shape| matches!(shape, Shape::Spline { .. })).collect();
        assert_eq!(kinds, [false, true, false], "{shapes:?}");
        let Shape::Polyline { points: line, .. } = &shapes[0] else { panic!("a line") };
        assert_eq!(line.as_slice(), [Vec2::new(-40.0, 20.0), Vec2::new(0.0, 20.0)]);
    }

    #[test]
    fn a_zigzag_below_the_tolerance_is_no_row_of_corners() {
        let noise = |index: u32| if index.is_multiple_of(2) { 2.0e-3 } else { -2.0e-3 };
        let points: Vec<Vec2> = (0..=300)
            .map(|index| {
                let angle = f64::from(index) * 0.6;
                let radius = 50.0 + noise(index);
                Vec2::new(radius * cos_deg(angle), 0.6 * radius * sin_deg(angle))
            })
            .collect();
        let shapes = smoothed(Chain { points: points.clone(), closed: false }, TOLERANCE);
        let [Shape::Spline { points: chain }] = shapes.as_slice() else { panic!("one spline: {}", shapes.len()) };
        assert!(chain.len() < 40 && off(&points, chain) < TOLERANCE * FIT * 1.5, "{}", chain.len());
    }
}
