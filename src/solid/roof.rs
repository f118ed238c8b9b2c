//! Roof over a region: every point as high as its distance from the outline, or as the time at which a shrinking outline reaches it.
//!
//! The space above the roof is a union of convex pieces, one for each edge: all points higher than their distance from it. A prism over
//! the region less all of them is the roof; no skeleton has to be found. Round where the outline turns in (the Voronoi roof), or with the
//! planes of both sides drawn on as far as the corner between them runs (the straight skeleton's).
//!
//! Sources: the straight skeleton's roof is the lower envelope of slabs bounded by the motorcycle graph (Eppstein & Erickson 1999; Huber & Held 2012).

use rayon::prelude::*;

use crate::geom::{Vec2, Vec3, atan2_deg, cos_deg, sin_deg};
use crate::region::Region;
use crate::solid::{Control, Extrusion, Fault, Operator, Solid};

/// What a roof does where the outline turns in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Roof {
    /// Round, in steps of at most so many degrees.
    Voronoi {
        /// Degrees.
        step: f64,
    },
    /// Both sides go on to a valley between them.
    Straight,
}

impl Solid {
    /// The roof of slope 1.
    ///
    /// # Errors
    /// The job's limits, and [`Fault::Kernel`] where the kernel gives up.
    pub fn roof(region: &Region, roof: Roof, control: &Control) -> Result<Self, Fault> {
        if region.is_empty() {
            return Ok(Self::default());
        }
        // nothing inside is further from the outline, and no shrinking outline takes longer than that
        let height = region.bounding_box().size().min_element() * 0.51;
        let reach = height * 1.25;
        let tools = match roof {
            Roof::Voronoi { step } => round_tools(region, reach, step),
            Roof::Straight => straight_tools(region, reach, control)?,
        };
        control.plan(tools.iter().map(|points| 2 * points.len() as u64).sum())?;
        let extrusion = Extrusion {
            direction: Vec3::new(0.0, 0.0, height),
            center: false,
            twist: 0.0,
            scale: Vec2::ONE,
            slices: 1,
        };
        let mut operands = vec![Self::extrude(region, &extrusion, control)?];
        operands.extend(tools.par_iter().map(|points| Self::hull(points, control)).collect::<Result<Vec<_>, _>>()?);
        Self::boolean(Operator::Difference, &operands, control)
    }
}

/// A side of the outline, and the sides before and after it.
struct Side {
    from: Vec2,
    to: Vec2,
    /// Into the region, of length 1.
    normal: Vec2,
    /// Of the next side.
    next_normal: Vec2,
    /// Places of the sides before and after in the list of all.
    before: usize,
    after: usize,
}

fn sides(region: &Region) -> Vec<Side> {
    let mut sides = Vec::with_capacity(region.point_count());
    for contour in region.contours() {
        let mut points = contour.clone();
        points.dedup();
        let (first, count) = (sides.len(), points.len());
        let corner = |at: usize| points[at % count];
        let normal = |at: usize| (corner(at + 1) - corner(at)).perp().normalize_or_zero();
        sides.extend((0..count).map(|at| Side {
            from: corner(at),
            to: corner(at + 1),
            normal: normal(at),
            next_normal: normal(at + 1),
            before: first + (at + count - 1) % count,
            after: first + (at + 1) % count,
        }));
    }
    sides
}

impl Side {
    fn turns_in(&self) -> bool {
        self.normal.perp_dot(self.next_normal) < 0.0
    }

    /// What lies above it between its ends, both outside and inside.
    fn wedge(&self, reach: f64) -> Vec<Vec3> {
        let mut points = vec![self.from.extend(0.0), self.to.extend(0.0)];
        for end in [self.from, self.to] {
            points.extend([end + self.normal * reach, end - self.normal * reach].map(|point| point.extend(reach)));
        }
        points
    }
}

/// The corners of what lies above each side, and round the corner at its end.
fn round_tools(region: &Region, reach: f64, step: f64) -> Vec<Vec<Vec3>> {
    let tool = |side: &Side| {
        let mut points = side.wedge(reach);
        if side.turns_in() {
            let fan = fan(side.normal, side.next_normal, step);
            points.extend(fan.into_iter().map(|direction| (side.to + direction * reach).extend(reach)));
        }
        points
    };
    sides(region).iter().map(tool).collect()
}

/// The corners of what lies above each side and above what it goes on to beyond corners that turn in.
fn straight_tools(region: &Region, reach: f64, control: &Control) -> Result<Vec<Vec<Vec3>>, Fault> {
    let sides = sides(region);
    let ends = valley_ends(&sides, reach, control)?;
    let tool = |side: &Side| {
        let mut points = side.wedge(reach);
        // of the corners at both ends the points where their valleys end
        for end in [ends[side.before], ends[side.index_in(&sides)]].into_iter().flatten() {
            let height = (end - side.from).dot(side.normal);
            let far = end + side.normal * (reach - height);
            points.extend([end.extend(height), end.extend(reach), far.extend(reach)]);
        }
        points
    };
    Ok(sides.iter().map(tool).collect())
}

impl Side {
    fn index_in(&self, sides: &[Self]) -> usize {
        sides[self.after].before
    }
}

/// A corner that turns in, on its way as the outline shrinks.
struct Valley {
    side: usize,
    start: Vec2,
    velocity: Vec2,
    /// When it runs into the outline or another's track.
    end: f64,
}

/// For each side the point at which the valley from the corner at its end runs into another or the outline; `None` where it turns out.
fn valley_ends(sides: &[Side], reach: f64, control: &Control) -> Result<Vec<Option<Vec2>>, Fault> {
    let mut valleys: Vec<Valley> = sides
        .iter()
        .enumerate()
        .filter(|(_, side)| side.turns_in())
        .map(|(index, side)| {
            // a unit towards both sides' inside
            let sum = side.normal + side.next_normal;
            let velocity = sum * (2.0 / sum.length_squared().max(SHARPEST));
            Valley { side: index, start: side.to, velocity, end: reach }
        })
        .collect();
    let mut meetings = Vec::new();
    for (at, valley) in valleys.iter().enumerate() {
        control.budget().check()?;
        let wall = sides.iter().filter_map(|side| valley.hits(side)).fold(f64::INFINITY, f64::min);
        meetings.push((wall, at, None));
        for (other, track) in valleys.iter().enumerate().filter(|(other, _)| *other != at) {
            meetings.extend(valley.crosses(track).map(|(time, passed)| (time, at, Some((other, passed)))));
        }
    }
    meetings.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    for (time, at, track) in meetings {
        let there = track.is_none_or(|(other, passed): (usize, f64)| passed <= valleys[other].end);
        if there && time < valleys[at].end {
            valleys[at].end = time;
        }
    }
    let mut ends = vec![None; sides.len()];
    for valley in valleys {
        ends[valley.side] = Some(valley.start + valley.velocity * valley.end);
    }
    Ok(ends)
}

/// Sharper corners than this do not run faster.
const SHARPEST: f64 = 1.0e-6;

impl Valley {
    /// When it is at a side that is not its own.
    fn hits(&self, side: &Side) -> Option<f64> {
        if side.from == self.start || side.to == self.start {
            return None;
        }
        let approach = self.velocity.dot(side.normal);
        let time = (side.from - self.start).dot(side.normal) / approach;
        let along = self.start + self.velocity * time - side.from;
        let edge = side.to - side.from;
        let on = (0.0..=edge.length_squared()).contains(&along.dot(edge));
        (approach != 0.0 && time > 0.0 && on).then_some(time)
    }

    /// When it is where another was not later, and when that was.
    fn crosses(&self, other: &Self) -> Option<(f64, f64)> {
        let (apart, cross) = (other.start - self.start, self.velocity.perp_dot(other.velocity));
        if cross == 0.0 {
            // head on they meet half way
            let towards = self.velocity - other.velocity;
            let time = apart.dot(towards) / towards.length_squared();
            let line = apart.perp_dot(self.velocity).abs() <= f64::EPSILON * apart.length() * self.velocity.length();
            return (line && time > 0.0).then_some((time, time));
        }
        let (time, passed) = (apart.perp_dot(other.velocity) / cross, apart.perp_dot(self.velocity) / cross);
        (time > 0.0 && passed >= 0.0 && passed <= time).then_some((time, passed))
    }
}

/// Directions from one to another, the second included.
fn fan(from: Vec2, to: Vec2, step: f64) -> Vec<Vec2> {
    let start = atan2_deg(from.y, from.x);
    let turn = atan2_deg(from.perp_dot(to), from.dot(to));
    let count = (turn.abs() / step.max(0.1)).ceil().max(1.0) as u32;
    (1..=count)
        .map(|at| {
            let angle = start + turn * f64::from(at) / f64::from(count);
            if at == count { to } else { Vec2::new(cos_deg(angle), sin_deg(angle)) }
        })
        .collect()
}
