//! Hidden line removal: each edge cut into visible and hidden runs.
//!
//! Exact for parallel projection: the triangles that a 2D grid finds over an edge each cover an interval of it where they are
//! nearer; an edge is hidden where both of its sides are covered. See `docs/algorithms/hidden.md`.

use rayon::prelude::*;

use crate::budget::Budget;
use crate::drawing::DrawError;
use crate::drawing::cover::Cover;
use crate::drawing::cull::needed;
use crate::drawing::edge::{Edge, EdgeKind, Model};
use crate::drawing::grid::Grid;
use crate::drawing::view::Picture;
use crate::geom::{Vec2, Vec3};

/// An edge in a picture, with the parts of it that are visible.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenEdge {
    /// Index into the model's edges.
    pub edge: u32,
    /// Where it starts in the picture.
    pub from: Vec2,
    /// Where it ends.
    pub to: Vec2,
    /// The visible shares of its length, 0 to 1, in order.
    pub visible: Vec<(f64, f64)>,
}

/// What one view shows, and the length below which it does not distinguish.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The edges that the view draws, in the model's order.
    pub edges: Vec<SeenEdge>,
    /// Lengths below this are nothing, mm.
    pub tolerance: f64,
}

/// Two lines closer than this share of the diagonal are one line: above the noise of 32-bit STL coordinates (6e-8).
const TOLERANCE_SHARE: f64 = 2.5e-7;

/// A triangle turned to the viewer by less than this counts as edge-on.
const EDGE_ON: f64 = 1.0e-7;

/// Cuts every drawable edge of a view; edges and triangles are shared out over the pool.
///
/// # Errors
/// [`DrawError::Exceeded`] when the budget ends.
pub fn see(model: &Model, picture: &Picture, budget: &Budget) -> Result<Seen, DrawError> {
    let tolerance = model.diagonal() * TOLERANCE_SHARE;
    let center = model.bounding_box.center();
    let points: Vec<Vec3> = model.positions.par_iter().map(|point| picture.project(*point - center)).collect();
    let facing: Vec<i8> = model.normals.par_iter().map(|normal| facing(normal.dot(picture.toward))).collect();
    let drawn: Vec<u32> =
        (0..model.edges.len() as u32).filter(|edge| is_drawn(&model.edges[*edge as usize], &facing)).collect();
    let drawn = needed(drawn, &model.edges, &points, tolerance);
    let grid = Grid::build(model, &points, &facing, tolerance);
    budget.check()?;
    let offset = picture.flat(center);
    let chunks: Result<Vec<Vec<SeenEdge>>, DrawError> = drawn
        .par_chunks(CHUNK)
        // the memory of a task serves the next one too
        .map_init(
            || Scratch::new(grid.occluder_count()),
            |scratch, chunk| {
                let view = Projected { model, points: &points, facing: &facing, grid: &grid, tolerance, offset };
                let mut seen = Vec::with_capacity(chunk.len());
                for edge in chunk {
                    budget.check()?;
                    seen.extend(view.cut(*edge, scratch));
                }
                Ok(seen)
            },
        )
        .collect();
    Ok(Seen { edges: chunks?.into_iter().flatten().collect(), tolerance })
}

/// Edges that one task cuts: enough to repay its scratch memory.
const CHUNK: usize = 2048;

fn facing(cosine: f64) -> i8 {
    if cosine > EDGE_ON {
        1
    } else if cosine < -EDGE_ON {
        -1
    } else {
        0
    }
}

fn is_drawn(edge: &Edge, facing: &[i8]) -> bool {
    let [one, two] = edge.sides.map(|side| facing[side as usize] > 0);
    edge.kind != EdgeKind::Smooth || one != two
}

struct Projected<'a> {
    model: &'a Model,
    points: &'a [Vec3],
    facing: &'a [i8],
    grid: &'a Grid,
    tolerance: f64,
    offset: Vec2,
}

/// Reused memory of one task.
struct Scratch {
    stamps: Vec<u32>,
    stamp: u32,
    both: Cover,
    left: Cover,
    right: Cover,
}

impl Scratch {
    fn new(count: usize) -> Self {
        Self {
            stamps: vec![0; count],
            stamp: 0,
            both: Cover::default(),
            left: Cover::default(),
            right: Cover::default(),
        }
    }

    fn start(&mut self) {
        self.stamp += 1;
        self.both.clear();
        self.left.clear();
        self.right.clear();
    }
}

/// A directed edge in the picture with lengths instead of shares.
struct Ray {
    from: Vec3,
    to: Vec3,
    along: Vec2,
    length: f64,
    sides: [u32; 2],
}

impl Projected<'_> {
    fn cut(&self, index: u32, scratch: &mut Scratch) -> Option<SeenEdge> {
        let edge = &self.model.edges[index as usize];
        let [from, to] = edge.ends.map(|vertex| self.points[vertex as usize]);
        let length = (to - from).truncate().length();
        if length <= self.tolerance {
            return None;
        }
        let (start, end) = (from.truncate() + self.offset, to.truncate() + self.offset);
        let mut seen = SeenEdge { edge: index, from: start, to: end, visible: Vec::new() };
        if self.is_behind_itself(edge) {
            return Some(seen);
        }
        let ray = Ray { from, to, along: (to - from).truncate() / length, length, sides: edge.sides };
        scratch.start();
        self.cover(&ray, scratch);
        let Scratch { both, left, right, .. } = scratch;
        if !left.spans().is_empty() && !right.spans().is_empty() {
            for (from, to) in both.spans().to_vec() {
                left.add(from, to, self.tolerance);
                right.add(from, to, self.tolerance);
            }
            both.add_common(left, right, self.tolerance);
        }
        seen.visible =
            both.gaps(0.0, length, self.tolerance).into_iter().map(|(a, b)| (a / length, b / length)).collect();
        Some(seen)
    }

    /// Whether the ray to the viewer enters the solid at the edge itself.
    fn is_behind_itself(&self, edge: &Edge) -> bool {
        let [one, two] = edge.sides.map(|side| self.facing[side as usize] < 0);
        edge.kind != EdgeKind::Border && if edge.convex { one && two } else { one || two }
    }

    /// Collects the intervals of the edge that triangles cover.
    fn cover(&self, ray: &Ray, scratch: &mut Scratch) {
        let lowest = ray.from.z.min(ray.to.z);
        self.grid.walk(ray.from.truncate(), ray.to.truncate(), |cell, enter, leave| {
            let (enter, leave) = (enter * ray.length, leave * ray.length);
            if scratch.both.holds(enter, leave, self.tolerance) {
                return;
            }
            for occluder in self.grid.cell(cell) {
                let triangle = self.grid.occluder(*occluder);
                if triangle.highest <= lowest {
                    // a cell's triangles come highest first
                    break;
                }
                if std::mem::replace(&mut scratch.stamps[*occluder as usize], scratch.stamp) == scratch.stamp
                    || ray.sides.contains(&triangle.index)
                {
                    continue;
                }
                if triangle.cover(ray, self.tolerance, scratch) && scratch.both.holds(enter, leave, self.tolerance) {
                    break;
                }
            }
        });
    }
}

impl crate::drawing::grid::Occluder {
    /// Adds the interval of the edge that this triangle covers; says whether it covers both sides of some of it.
    #[inline]
    fn cover(&self, ray: &Ray, tolerance: f64, scratch: &mut Scratch) -> bool {
        let (from, to) = (ray.from.truncate(), ray.to.truncate());
        let (mut enter, mut leave) = (0.0_f64, ray.length);
        let mut side_only = 0_i8;
        for corner in 0..3 {
            let (point, along) = (self.corners[corner], self.along[corner]);
            // distances of the edge's ends from this side's line, positive inside
            let (start, end) = (along.perp_dot(from - point), along.perp_dot(to - point));
            if start.abs() <= tolerance && end.abs() <= tolerance {
                side_only = if along.dot(ray.along) > 0.0 { 1 } else { -1 };
                continue;
            }
            if start <= tolerance && end <= tolerance {
                return false;
            }
            if start < 0.0 {
                enter = enter.max(ray.length * (start / (start - end)));
            } else if end < 0.0 {
                leave = leave.min(ray.length * (start / (start - end)));
            }
        }
        if leave - enter <= tolerance * 0.25 {
            return false;
        }
        let Some((enter, leave)) = self.nearer(ray, enter, leave, tolerance) else { return false };
        match side_only {
            0 => scratch.both.add(enter, leave, tolerance),
            1 => scratch.left.add(enter, leave, tolerance),
            _ => scratch.right.add(enter, leave, tolerance),
        }
        side_only == 0
    }

    /// The part of an interval on which the triangle is nearer than the edge.
    fn nearer(&self, ray: &Ray, enter: f64, leave: f64, tolerance: f64) -> Option<(f64, f64)> {
        let depth = |at: f64| {
            let point = ray.from.lerp(ray.to, at / ray.length);
            self.height + self.gradient.dot(point.truncate() - self.corners[0]) - point.z
        };
        let slack = tolerance * 4.0;
        let (first, last) = (depth(enter), depth(leave));
        if first <= slack && last <= slack {
            return None;
        }
        let crossing = || enter + (leave - enter) * (first / (first - last));
        if first < -slack {
            Some((crossing(), leave))
        } else if last < -slack {
            Some((enter, crossing()))
        } else {
            Some((enter, leave))
        }
    }
}
