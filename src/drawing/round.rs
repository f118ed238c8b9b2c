//! An outline's tessellated circles and arcs as what they were: checked against every vertex, never guessed.

use crate::geom::{Vec2, atan2_deg};
use crate::page::Shape;

/// An arc has at least this many edges, or it could as well be a polygon.
const MIN_EDGES: usize = 4;
/// A whole circle has at least this many; fewer are a polygon.
const MIN_CIRCLE: usize = 12;
/// The largest turn from edge to edge: cosine of 31 degrees (a 12-gon turns 30).
const MAX_TURN_COS: f64 = 0.857_167_3;
/// Vertices may be this share of the radius off the circle…
const RADIUS_SHARE: f64 = 2.0e-5;
/// … or this share of the outline's size, the noise of rounded coordinates.
const NOISE_SHARE: f64 = 4.0e-7;
/// The chords of one arc differ by at most this share.
const CHORD_SHARE: f64 = 0.02;

/// A closed outline as circles, arcs, and polylines for the rest: O(n log n).
pub fn rounded(contour: &[Vec2]) -> Vec<Shape> {
    let count = contour.len();
    let size = crate::geom::Aabb2::of(contour.iter().copied()).size().length();
    let edge = |index: usize| contour[index].distance_squared(contour[(index + 1) % count]);
    let longest = (0..count).max_by(|a, b| edge(*a).total_cmp(&edge(*b))).unwrap_or(0);
    // from the longest edge on: an arc does not begin in the middle of itself
    let path: Vec<Vec2> = (0..=count).map(|step| contour[(longest + step) % count]).collect();
    let walk = Walk { path: &path, noise: size * NOISE_SHARE };
    if let Some(circle) = walk.circle() {
        return vec![circle];
    }
    let mut shapes = Vec::new();
    let mut straight: Vec<Vec2> = vec![path[0]];
    let mut from = 0;
    while from < count {
        match walk.longest_arc(from) {
            Some((to, arc)) => {
                flush(&mut straight, &mut shapes);
                shapes.push(walk.shape(from, to, arc));
                straight = vec![path[to]];
                from = to;
            }
            None => {
                from += 1;
                straight.push(path[from]);
            }
        }
    }
    if shapes.is_empty() {
        return vec![Shape::Polyline { points: contour.to_vec(), closed: true }];
    }
    flush(&mut straight, &mut shapes);
    shapes
}

fn flush(straight: &mut Vec<Vec2>, shapes: &mut Vec<Shape>) {
    let points = std::mem::take(straight);
    if points.len() > 1 {
        shapes.push(Shape::Polyline { points, closed: false });
    }
}

/// Centre and radius.
type Circle = (Vec2, f64);

/// A closed way with its first point again at the end.
struct Walk<'a> {
    path: &'a [Vec2],
    noise: f64,
}

impl Walk<'_> {
    fn circle(&self) -> Option<Shape> {
        let count = self.path.len() - 1;
        if count < MIN_CIRCLE {
            return None;
        }
        let (center, radius) = self.fit(0, count)?;
        Some(Shape::Circle { center, radius })
    }

    /// The longest arc from a point on: grown by doubling, then by halving, since each fit looks at every vertex.
    fn longest_arc(&self, from: usize) -> Option<(usize, Circle)> {
        let count = self.path.len() - 1;
        let mut to = from + MIN_EDGES;
        let mut best = (to <= count).then(|| self.fit(from, to)).flatten()?;
        let mut step = MIN_EDGES;
        while step > 0 {
            match (to + step <= count).then(|| self.fit(from, to + step)).flatten() {
                Some(arc) => {
                    best = arc;
                    to += step;
                    step *= 2;
                }
                None => step /= 2,
            }
        }
        Some((to, best))
    }

    /// The circle through some points of the way, if all are on it and its chords are alike.
    fn fit(&self, from: usize, to: usize) -> Option<Circle> {
        let third = (to - from) / 3;
        let circle =
            circle_through(self.path[from], self.path[from + third.max(1)], self.path[from + (2 * third).max(2)])?;
        let (center, radius) = circle;
        let allowed = (radius * RADIUS_SHARE).max(self.noise);
        let chord = self.path[from + 2].distance(self.path[from + 1]);
        let closed = to - from == self.path.len() - 1;
        // an arc nearly straight is a line: its chords must stand out
        if chord * chord < allowed * radius * 8.0 && chord < allowed * 4.0 {
            return None;
        }
        let on_circle = |point: &Vec2| (point.distance(center) - radius).abs() <= allowed;
        if !self.path[from..=to].iter().all(on_circle) {
            return None;
        }
        let turns_gently = (from + 1..to).all(|index| {
            let before = (self.path[index] - self.path[index - 1]).normalize_or_zero();
            (self.path[index + 1] - self.path[index]).normalize_or_zero().dot(before) >= MAX_TURN_COS
        });
        let alike = (from..to).all(|index| {
            let length = self.path[index + 1].distance(self.path[index]);
            let is_end = !closed && (index == from || index + 1 == to);
            if is_end { length <= chord * (1.0 + CHORD_SHARE) } else { (length - chord).abs() <= chord * CHORD_SHARE }
        });
        (turns_gently && alike).then_some(circle)
    }

    fn shape(&self, from: usize, to: usize, (center, radius): Circle) -> Shape {
        let angle = |index: usize| {
            let out = self.path[index] - center;
            atan2_deg(out.y, out.x)
        };
        let turns_left =
            (self.path[from + 1] - self.path[from]).perp_dot(self.path[from + 2] - self.path[from + 1]) > 0.0;
        let (first, last) = if turns_left { (angle(from), angle(to)) } else { (angle(to), angle(from)) };
        let start_deg = first.rem_euclid(360.0);
        Shape::Arc { center, radius, start_deg, sweep_deg: (last - first).rem_euclid(360.0) }
    }
}

fn circle_through(a: Vec2, b: Vec2, c: Vec2) -> Option<Circle> {
    let (ab, ac) = (b - a, c - a);
    let across = 2.0 * ab.perp_dot(ac);
    if across.abs() <= 1.0e-9 * ab.length() * ac.length() {
        return None;
    }
    let (one, two) = (ab.length_squared(), ac.length_squared());
    let offset = Vec2::new(ac.y * one - ab.y * two, ab.x * two - ac.x * one) / across;
    Some((a + offset, offset.length()))
}
