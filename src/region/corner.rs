//! Where the sides of a path go when it is pushed outwards, before what overlaps is resolved.
//!
//! Sources: Chen & McMains, "Polygon offsetting by computing winding numbers" (2005); joins and their number of steps as OpenSCAD's clipper has them.

use std::f64::consts::PI;

use clipper2_rust::core::{Path64, Point64};

use crate::budget::{Budget, Exceeded};
use crate::geom::Vec2;

/// What fills a corner that opens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Filling {
    /// An arc, of so many steps to the full circle.
    Arc { steps: f64 },
    /// The sides meet, where that is no further away than so many times the distance; else cut off square.
    Miter { limit: f64 },
    /// Cut off square to the bisector, at the distance.
    Square,
    /// Cut off from side to side.
    Bevel,
}

/// A closed path pushed to its right by a distance in steps of the grid, corner by corner; its loops wind the other way than what it covers.
///
/// # Errors
/// The job was stopped.
pub(super) fn pushed(
    path: &Path64,
    distance: f64,
    filling: impl Fn(usize) -> Filling,
    budget: &Budget,
) -> Result<Path64, Exceeded> {
    let count = path.len();
    let mut out = Path64::with_capacity(count);
    let mut before = normal(&path[(count + count - 1) % count], &path[0]);
    for (at, point) in path.iter().enumerate() {
        if at % CORNERS_PER_CHECK == 0 {
            budget.check()?;
        }
        let after = normal(point, &path[(at + 1) % count]);
        Corner { at: place(point), before, after, distance, out: &mut out }.turn(filling(at));
        before = after;
    }
    Ok(out)
}

const CORNERS_PER_CHECK: usize = 1024;

/// A corner between sides with these normals, which point to the right of the path.
struct Corner<'a> {
    at: Vec2,
    before: Vec2,
    after: Vec2,
    distance: f64,
    out: &'a mut Path64,
}

impl Corner<'_> {
    fn turn(mut self, filling: Filling) {
        let sin = self.before.perp_dot(self.after).clamp(-1.0, 1.0);
        let cos = self.before.dot(self.after);
        if cos > FOLDED && sin * self.distance < 0.0 {
            // closing: by way of the corner, so that the loop winds backwards
            self.push(self.before * self.distance);
            self.push(Vec2::ZERO);
            self.push(self.after * self.distance);
            return;
        }
        match filling {
            Filling::Arc { steps } => self.arc(steps, libm::atan2(sin, cos)),
            _ if cos > STRAIGHT => self.miter(cos),
            Filling::Miter { limit } if cos > 2.0 / (limit * limit) - 1.0 => self.miter(cos),
            Filling::Bevel => {
                self.push(self.before * self.distance);
                self.push(self.after * self.distance);
            }
            Filling::Miter { .. } | Filling::Square => self.square(cos),
        }
    }

    fn push(&mut self, away: Vec2) {
        let place = (self.at + away).round();
        self.out.push(Point64::new(place.x as i64, place.y as i64));
    }

    fn miter(&mut self, cos: f64) {
        self.push((self.before + self.after) * (self.distance / (cos + 1.0)));
    }

    fn arc(&mut self, steps: f64, angle: f64) {
        let turn = Vec2::new(libm::cos(2.0 * PI / steps), libm::sin(2.0 * PI / steps) * self.distance.signum());
        let mut away = self.before * self.distance;
        self.push(away);
        for _ in 1..(steps / (2.0 * PI) * angle.abs()).ceil() as u32 {
            away = turn.rotate(away);
            self.push(away);
        }
        self.push(self.after * self.distance);
    }

    fn square(&mut self, cos: f64) {
        let half = ((1.0 + cos.max(-1.0)) / 2.0).sqrt();
        let quarter_tan = ((1.0 - half) / (1.0 + half)).max(0.0).sqrt();
        let outwards = (self.before.perp() - self.after.perp()).normalize_or_zero();
        let middle = outwards * self.distance.abs();
        let along = outwards.perp() * (self.distance * quarter_tan);
        self.push(middle - along);
        self.push(middle + along);
    }
}

/// Cosine of a turn so small that the sides just meet.
const STRAIGHT: f64 = 0.999;
/// Cosine of a turn back so sharp that either side is outside.
const FOLDED: f64 = -0.999;

fn place(point: &Point64) -> Vec2 {
    Vec2::new(point.x as f64, point.y as f64)
}

/// The direction to the right of an edge.
fn normal(from: &Point64, to: &Point64) -> Vec2 {
    let along = Vec2::new((to.x - from.x) as f64, (to.y - from.y) as f64);
    let scale = 1.0 / along.length();
    if scale.is_finite() { Vec2::new(along.y * scale, -along.x * scale) } else { Vec2::ZERO }
}
