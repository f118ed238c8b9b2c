//! Contours to triangles where edges cross: holes are bridged to what lies left of them, then ears are cut.
//!
//! What comes out closes with what is built on the contours, whatever they are: each of their edges has one triangle more on its left than on its right.
//!
//! Sources: D. Eberly, "Triangulation by Ear Clipping" (2002), with exact signs and a grid of points in place of a search of all.

use crate::budget::{Budget, Exceeded};
use crate::geom::{Aabb2, Vec2};
use crate::region::flip::improve;
use crate::region::predicate::side;

/// Triangles over the points counted contour by contour, counter-clockwise as far as that can be.
///
/// # Errors
/// The job was stopped.
pub(super) fn triangulate(contours: &[&[Vec2]], budget: &Budget) -> Result<Vec<[u32; 3]>, Exceeded> {
    Rings::of(contours, budget)?.cut(budget)
}

/// Rings of corners, linked both ways; bridges add corners at the places of others.
struct Rings {
    points: Vec<Vec2>,
    /// The region's point that a corner stands for.
    origin: Vec<u32>,
    next: Vec<u32>,
    previous: Vec<u32>,
    /// Whether a corner still has to be cut off.
    alive: Vec<bool>,
    /// Whether a corner is on an outer ring or on a hole that is bridged.
    joined: Vec<bool>,
    starts: Vec<u32>,
    grid: Grid,
    triangles: Vec<[u32; 3]>,
}

impl Rings {
    fn of(contours: &[&[Vec2]], budget: &Budget) -> Result<Self, Exceeded> {
        let points: Vec<Vec2> = contours.iter().flat_map(|contour| contour.iter().copied()).collect();
        let count = points.len();
        let mut rings = Self {
            origin: (0..count as u32).collect(),
            next: vec![0; count],
            previous: vec![0; count],
            alive: vec![true; count],
            joined: vec![true; count],
            starts: Vec::new(),
            grid: Grid::of(&points),
            triangles: Vec::with_capacity(count + 2 * contours.len()),
            points,
        };
        let mut first = 0;
        let mut holes = Vec::new();
        for contour in contours {
            rings.link(first, contour.len() as u32);
            // a lone contour is what it is, even when it winds the other way or crosses itself
            if contours.len() > 1 && crate::region::is_hole(contour) {
                rings.joined[first as usize..first as usize + contour.len()].fill(false);
                holes.push(rings.leftmost(first, contour.len() as u32));
            } else {
                rings.starts.push(first);
            }
            first += contour.len() as u32;
        }
        rings.bridge_all(holes, budget)?;
        Ok(rings)
    }

    fn link(&mut self, first: u32, count: u32) {
        for at in 0..count {
            self.next[(first + at) as usize] = first + (at + 1) % count;
            self.previous[(first + at) as usize] = first + (at + count - 1) % count;
        }
    }

    fn leftmost(&self, first: u32, count: u32) -> u32 {
        let key = |corner: &u32| {
            let point = self.points[*corner as usize];
            (point.x, point.y)
        };
        (first..first + count)
            .min_by(|a, b| key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal))
            .unwrap_or(first)
    }

    fn point(&self, corner: u32) -> Vec2 {
        self.points[corner as usize]
    }

    /// Joins each hole to the ring that lies left of it, from left to right, so that those further left are joined already.
    fn bridge_all(&mut self, mut holes: Vec<u32>, budget: &Budget) -> Result<(), Exceeded> {
        holes.sort_by(|a, b| {
            let (a, b) = (self.point(*a), self.point(*b));
            a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y))
        });
        let mut rows = Rows::of(self);
        for hole in holes {
            budget.check()?;
            match self.visible_from(hole, &rows) {
                Some(corner) => self.bridge(corner, hole, &mut rows),
                // not inside anything: cut by itself
                None => self.starts.push(hole),
            }
        }
        Ok(())
    }

    /// A corner that a hole's leftmost corner can see.
    fn visible_from(&self, hole: u32, rows: &Rows) -> Option<u32> {
        let from = self.point(hole);
        let mut best: Option<(f64, u32)> = None;
        for &edge in rows.at(from.y) {
            let (a, b) = (self.point(edge), self.point(self.next[edge as usize]));
            // edges that go down have the region on their right hand side in x
            if !self.joined[edge as usize] || a.y < from.y || b.y > from.y || a.y == b.y || side(a, b, from) < 0.0 {
                continue;
            }
            let x = a.x + (from.y - a.y) * (b.x - a.x) / (b.y - a.y);
            if best.is_none_or(|(nearest, _)| x > nearest) {
                best = Some((x, edge));
            }
        }
        let (x, edge) = best?;
        let (low, high) = (self.next[edge as usize], edge);
        for end in [low, high] {
            if self.point(end) == from {
                return Some(self.same_place_facing(end, hole));
            }
        }
        let target = if self.point(low).x > self.point(high).x { high } else { low };
        Some(self.nearest_reflex(from, Vec2::new(x.min(from.x), from.y), target))
    }

    /// Of corners at a hole's leftmost corner, the one whose angle holds the hole.
    fn same_place_facing(&self, corner: u32, hole: u32) -> u32 {
        let place = self.point(hole);
        let inside = self.point(self.next[hole as usize]);
        let mut others =
            self.grid.near(place, place).filter(|other| self.joined[*other as usize] && self.point(*other) == place);
        others.find(|other| self.sees(*other, inside)).unwrap_or(corner)
    }

    /// The corner in the triangle of the hole's corner, what it sees and the edge's end that hides the end least.
    fn nearest_reflex(&self, from: Vec2, hit: Vec2, target: u32) -> u32 {
        let end = self.point(target);
        let (b, c) = if end.y < from.y { (end, hit) } else { (hit, end) };
        let triangle = [from, c, b];
        let triangle = if side(triangle[0], triangle[1], triangle[2]) < 0.0 { [from, b, c] } else { triangle };
        let bounds = Aabb2::of(triangle);
        let slope = |point: Vec2| (point.y - from.y).abs() / (from.x - point.x);
        let mut best = (slope(end), -end.x, target);
        for corner in self.grid.near(bounds.min, bounds.max) {
            let point = self.point(corner);
            if corner == target
                || point.x > from.x
                || point == from
                || !holds(&triangle, point, 0.0)
                || !self.sees(corner, from)
            {
                continue;
            }
            let candidate = (slope(point), -point.x, corner);
            if candidate < best {
                best = candidate;
            }
        }
        best.2
    }

    /// Whether the direction from a corner to a point goes into the region.
    fn sees(&self, corner: u32, to: Vec2) -> bool {
        let at = self.point(corner);
        let before = self.point(self.previous[corner as usize]);
        let after = self.point(self.next[corner as usize]);
        if side(before, at, after) > 0.0 {
            side(at, after, to) >= 0.0 && side(before, at, to) >= 0.0
        } else {
            side(at, after, to) >= 0.0 || side(before, at, to) >= 0.0
        }
    }

    /// Goes from `corner` round the hole and back.
    fn bridge(&mut self, corner: u32, hole: u32, rows: &mut Rows) {
        let mut on_hole = hole;
        while !std::mem::replace(&mut self.joined[on_hole as usize], true) {
            on_hole = self.next[on_hole as usize];
        }
        let twin = self.double(corner);
        let hole_twin = self.double(hole);
        let (after, before) = (self.next[corner as usize], self.previous[hole as usize]);
        self.join(corner, hole);
        self.join(before, hole_twin);
        self.join(hole_twin, twin);
        self.join(twin, after);
        for edge in [hole_twin, twin, corner] {
            rows.add(self, edge);
        }
    }

    fn double(&mut self, corner: u32) -> u32 {
        let twin = self.points.len() as u32;
        self.points.push(self.point(corner));
        self.origin.push(self.origin[corner as usize]);
        self.next.push(twin);
        self.previous.push(twin);
        self.alive.push(true);
        self.joined.push(true);
        self.grid.add(self.points[twin as usize], twin);
        twin
    }

    fn join(&mut self, from: u32, to: u32) {
        self.next[from as usize] = to;
        self.previous[to as usize] = from;
    }

    /// Cuts all rings into triangles.
    fn cut(mut self, budget: &Budget) -> Result<Vec<[u32; 3]>, Exceeded> {
        for start in std::mem::take(&mut self.starts) {
            self.cut_ring(start, budget)?;
        }
        improve(&self.points, &mut self.triangles, budget)?;
        Ok(self.triangles)
    }

    fn cut_ring(&mut self, start: u32, budget: &Budget) -> Result<(), Exceeded> {
        let mut corner = start;
        let mut left = self.ring_len(start);
        let mut missed = 0;
        while left > 3 {
            budget.check()?;
            // first as if points on an edge were inside, since rounding may have put them outside; then to the letter; then by force
            let slack = if missed <= left { ROUNDING } else { 0.0 };
            if missed > 2 * left + 1 {
                corner = self.least_bad(corner);
            } else if !self.is_ear(corner, slack) {
                missed += 1;
                corner = self.next[corner as usize];
                continue;
            }
            missed = 0;
            // not the next corner after this: fans make slivers
            let after = self.cut_corner(corner, &mut left);
            corner = self.next[after as usize];
        }
        if left == 3 {
            self.cut_corner(corner, &mut left);
        }
        Ok(())
    }

    fn ring_len(&self, start: u32) -> usize {
        let mut count = 1;
        let mut corner = self.next[start as usize];
        while corner != start {
            count += 1;
            corner = self.next[corner as usize];
        }
        count
    }

    /// Cuts a corner off, and then what stands out between two corners at one place; returns a corner behind it.
    fn cut_corner(&mut self, corner: u32, left: &mut usize) -> u32 {
        let mut corner = corner;
        loop {
            let (before, after) = (self.previous[corner as usize], self.next[corner as usize]);
            self.triangles.push([before, corner, after].map(|of| self.origin[of as usize]));
            self.alive[corner as usize] = false;
            self.join(before, after);
            *left -= 1;
            match [before, after].into_iter().find(|at| *left > 3 && self.is_spike(*at)) {
                Some(spike) => corner = spike,
                None => return after,
            }
        }
    }

    fn is_spike(&self, corner: u32) -> bool {
        self.point(self.previous[corner as usize]) == self.point(self.next[corner as usize])
    }

    fn turn(&self, corner: u32) -> f64 {
        let [before, after] = [self.previous[corner as usize], self.next[corner as usize]];
        side(self.point(before), self.point(corner), self.point(after))
    }

    /// Whether a corner turns left and nothing else lies in its triangle.
    fn is_ear(&self, corner: u32, slack: f64) -> bool {
        if self.turn(corner) <= 0.0 {
            return false;
        }
        let (before, after) = (self.previous[corner as usize], self.next[corner as usize]);
        let triangle = [self.point(before), self.point(corner), self.point(after)];
        let bounds = Aabb2::of(triangle);
        let mut inside = self.grid.near(bounds.min - slack, bounds.max + slack);
        !inside.any(|other| {
            let point = self.point(other);
            self.alive[other as usize]
                && other != before
                && other != corner
                && other != after
                && holds(&triangle, point, slack)
                && self.blocks(other, &triangle)
        })
    }

    /// A point at a corner of the triangle blocks it only where its ring goes into that angle; else one that turns left never is
    /// the first to.
    fn blocks(&self, other: u32, triangle: &[Vec2; 3]) -> bool {
        let point = self.point(other);
        let Some(at) = triangle.iter().position(|corner| *corner == point) else { return self.turn(other) <= 0.0 };
        let [here, ahead, behind] = [0, 1, 2].map(|step| triangle[(at + step) % 3]);
        [self.previous[other as usize], self.next[other as usize]].iter().any(|neighbour| {
            let to = self.point(*neighbour);
            side(here, ahead, to) > 0.0 && side(behind, here, to) > 0.0
        })
    }

    /// Where no ear is left for rounding or crossing, the corner that does the least harm.
    fn least_bad(&self, start: u32) -> u32 {
        let mut best = (self.turn(start), start);
        let mut corner = self.next[start as usize];
        let mut seen = 0;
        while corner != start && seen < FORCED_SEARCH {
            let turn = self.turn(corner);
            if (turn >= 0.0 && (best.0 < 0.0 || turn < best.0)) || (turn < 0.0 && best.0 < 0.0 && turn > best.0) {
                best = (turn, corner);
            }
            corner = self.next[corner as usize];
            seen += 1;
        }
        best.1
    }
}

/// Corners looked at for a forced cut.
const FORCED_SEARCH: usize = 64;

/// Two steps of the grid that regions are rounded to, mm.
const ROUNDING: f64 = 1.5e-8;

/// Whether a point lies in a counter-clockwise triangle or outside its edges by no more than `slack`.
fn holds([a, b, c]: &[Vec2; 3], point: Vec2, slack: f64) -> bool {
    [(*a, *b), (*b, *c), (*c, *a)].into_iter().all(|(from, to)| {
        let side = side(from, to, point);
        side >= 0.0 || (slack > 0.0 && side >= -slack * from.distance(to))
    })
}

/// Corners by the cell that they lie in.
struct Grid {
    min: Vec2,
    step: Vec2,
    columns: usize,
    rows: usize,
    cells: Vec<Vec<u32>>,
}

impl Grid {
    fn of(points: &[Vec2]) -> Self {
        let bounds = Aabb2::of(points.iter().copied());
        let side = ((points.len() as f64 / 2.0).sqrt() as usize).clamp(1, 1024);
        let size = if bounds.is_empty() { Vec2::ONE } else { bounds.size() };
        let step = (size / side as f64).max(Vec2::splat(f64::MIN_POSITIVE));
        let mut grid = Self { min: bounds.min, step, columns: side, rows: side, cells: vec![Vec::new(); side * side] };
        for (corner, point) in points.iter().enumerate() {
            grid.add(*point, corner as u32);
        }
        grid
    }

    fn cell(&self, point: Vec2) -> [usize; 2] {
        let cell = (point - self.min) / self.step;
        [(cell.x as usize).min(self.columns - 1), (cell.y as usize).min(self.rows - 1)]
    }

    fn add(&mut self, point: Vec2, corner: u32) {
        let [column, row] = self.cell(point);
        self.cells[row * self.columns + column].push(corner);
    }

    /// The corners in the cells that a box touches.
    fn near(&self, min: Vec2, max: Vec2) -> impl Iterator<Item = u32> + '_ {
        let [left, bottom] = self.cell(min);
        let [right, top] = self.cell(max);
        (bottom..=top).flat_map(move |row| {
            self.cells[row * self.columns + left..=row * self.columns + right].iter().flatten().copied()
        })
    }
}

/// Edges that go down, by the rows of y that they cross.
struct Rows {
    min: f64,
    step: f64,
    rows: Vec<Vec<u32>>,
}

impl Rows {
    fn of(rings: &Rings) -> Self {
        let bounds = Aabb2::of(rings.points.iter().copied());
        let count = ((rings.points.len() as f64).sqrt() as usize).clamp(1, 1024);
        let height = if bounds.is_empty() { 1.0 } else { bounds.size().y };
        let step = (height / count as f64).max(f64::MIN_POSITIVE);
        let mut rows = Self { min: bounds.min.y, step, rows: vec![Vec::new(); count] };
        for edge in 0..rings.points.len() as u32 {
            rows.add(rings, edge);
        }
        rows
    }

    fn index(&self, y: f64) -> usize {
        (((y - self.min) / self.step) as usize).min(self.rows.len() - 1)
    }

    /// An edge that was cut by a bridge stays: its corner's next edge lies on the same side.
    fn add(&mut self, rings: &Rings, edge: u32) {
        let (high, low) = (rings.point(edge).y, rings.point(rings.next[edge as usize]).y);
        if high > low {
            for row in self.index(low)..=self.index(high) {
                self.rows[row].push(edge);
            }
        }
    }

    fn at(&self, y: f64) -> &[u32] {
        &self.rows[self.index(y)]
    }
}
