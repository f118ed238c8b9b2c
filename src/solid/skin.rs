//! The mesh round solid cells: faces in one plane merged, corners only where the solid has one, closed and two-manifold by its indices.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::geom::{Vec2, Vec3};
use crate::mesh::Surface;
use crate::region::Region;
use crate::solid::cells::Cells;
use crate::solid::draft::Draft;
use crate::solid::umbrella::{is_straight, umbrella};
use crate::solid::{Control, Fault};

/// The skin of some cells, in their colour. O(cells + triangles).
pub(super) fn of(cells: &Cells, control: &Control) -> Result<Draft, Fault> {
    let grid = Padded::of(cells);
    let planes: Vec<(usize, usize, bool)> = (0..3)
        .flat_map(|axis| (0..cells.planes[axis].len()).flat_map(move |plane| [false, true].map(|up| (axis, plane, up))))
        .collect();
    let trace = |&(axis, plane, up): &(usize, usize, bool)| {
        control.budget().check()?;
        Ok(Side { grid: &grid, axis, plane, up }.contours())
    };
    let sides = planes.par_iter().map(trace).collect::<Result<Vec<_>, Fault>>()?;
    let corner_count: usize = sides.iter().flatten().map(Vec::len).sum();
    control.plan(2 * corner_count as u64)?;
    let tile = |(&(axis, _, up), contours): (&(usize, usize, bool), &Vec<Vec<Corner>>)| {
        control.budget().check()?;
        tiles(contours, axis, up, control)
    };
    let tiled = planes.par_iter().zip(&sides).map(tile).collect::<Result<Vec<_>, Fault>>()?;
    let mut draft = Draft::default();
    let mut known: FxHashMap<u64, u32> = FxHashMap::default();
    for (contours, triangles) in sides.iter().zip(tiled).filter(|(contours, _)| !contours.is_empty()) {
        let vertices: Vec<u32> = contours
            .iter()
            .flatten()
            .map(|corner| {
                *known.entry(corner.key).or_insert_with(|| {
                    draft.positions.push(corner.position);
                    draft.positions.len() as u32 - 1
                })
            })
            .collect();
        let surface = draft.surfaces.len() as u32;
        draft.surfaces.push(Surface::Plane);
        draft.surface_of.extend(std::iter::repeat_n(surface, triangles.len()));
        draft.triangles.extend(triangles.into_iter().map(|corners| corners.map(|corner| vertices[corner as usize])));
    }
    draft.colors = cells.color.map_or_else(Vec::new, |color| vec![Some(color); draft.surfaces.len()]);
    Ok(draft)
}

/// Triangles of one side of one plane, turned outwards.
fn tiles(contours: &[Vec<Corner>], axis: usize, up: bool, control: &Control) -> Result<Vec<[u32; 3]>, Fault> {
    if contours.is_empty() {
        return Ok(Vec::new());
    }
    let flat = |corner: &Corner| Vec2::new(corner.position[(axis + 1) % 3], corner.position[(axis + 2) % 3]);
    let region = Region::trusted(contours.iter().map(|contour| contour.iter().map(flat).collect()).collect());
    let mut triangles = region.triangulate(control.budget())?;
    if !up {
        triangles.iter_mut().for_each(|corners| corners.reverse());
    }
    Ok(triangles)
}

/// A corner of a contour.
struct Corner {
    /// The same for all corners that are one vertex.
    key: u64,
    position: Vec3,
}

/// The cells with empty ones all round.
struct Padded<'a> {
    cells: &'a Cells,
    solid: Vec<bool>,
    strides: [usize; 3],
}

impl<'a> Padded<'a> {
    fn of(cells: &'a Cells) -> Self {
        let [columns, rows, depth] = cells.counts();
        let strides = [(rows + 2) * (depth + 2), depth + 2, 1];
        let mut solid = vec![false; (columns + 2) * strides[0]];
        for x in 0..columns {
            for y in 0..rows {
                let from = (x * rows + y) * depth;
                let to = (x + 1) * strides[0] + (y + 1) * strides[1] + 1;
                solid[to..to + depth].copy_from_slice(&cells.solid[from..from + depth]);
            }
        }
        Self { cells, solid, strides }
    }

    /// The solid octants round a grid point, as bits. `index` is that of the cell before it along all axes.
    fn pattern(&self, index: usize) -> u8 {
        (0..8).fold(0, |pattern, octant| {
            let step = (0..3).map(|axis| (octant >> axis & 1) * self.strides[axis]).sum::<usize>();
            pattern | u8::from(self.solid[index + step]) << octant
        })
    }
}

/// The faces of one plane that look one way.
struct Side<'a> {
    grid: &'a Padded<'a>,
    axis: usize,
    plane: usize,
    up: bool,
}

/// A unit edge of a contour: its cell on the left, and its direction, counter-clockwise from +u.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Edge {
    u: usize,
    v: usize,
    direction: usize,
}

/// Steps along u and v in each direction.
const STEPS: [(isize, isize); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];

impl Side<'_> {
    fn axes(&self) -> [usize; 2] {
        [(self.axis + 1) % 3, (self.axis + 2) % 3]
    }

    /// Whether the solid has a face here, at a cell counted from one.
    fn has(&self, u: usize, v: usize) -> bool {
        let [along_u, along_v] = self.axes().map(|axis| self.grid.strides[axis]);
        let below = self.plane * self.grid.strides[self.axis] + u * along_u + v * along_v;
        let [below, above] = [below, below + self.grid.strides[self.axis]].map(|index| self.grid.solid[index]);
        if self.up { below && !above } else { above && !below }
    }

    fn contours(&self) -> Vec<Vec<Corner>> {
        let counts = self.grid.cells.counts();
        let [columns, rows] = self.axes().map(|axis| counts[axis]);
        let mut seen = vec![false; columns * rows];
        let mut contours = Vec::new();
        for u in 1..=columns {
            for v in 1..=rows {
                if !self.has(u, v) || self.has(u, v - 1) || seen[(u - 1) * rows + v - 1] {
                    continue;
                }
                contours.push(self.contour(Edge { u, v, direction: 0 }, rows, &mut seen));
            }
        }
        contours
    }

    /// The contour through an edge that goes along +u; marks all such edges of it.
    fn contour(&self, first: Edge, rows: usize, seen: &mut [bool]) -> Vec<Corner> {
        let mut corners = Vec::new();
        let mut turns = Vec::new();
        let mut edge = first;
        loop {
            if edge.direction == 0 {
                seen[(edge.u - 1) * rows + edge.v - 1] = true;
            }
            let (next, turned) = self.after(edge);
            if turned || !is_straight(self.grid.pattern(self.point(next))) {
                turns.push(next);
            }
            edge = next;
            if edge == first {
                break;
            }
        }
        for (at, edge) in turns.iter().enumerate() {
            corners.push(self.corner(*edge));
            corners.extend(self.middle(*edge, turns[(at + 1) % turns.len()]));
        }
        corners
    }

    /// The edge that goes on where one ends, and whether the way turns there. Cells that touch in a corner are not crossed over to.
    fn after(&self, edge: Edge) -> (Edge, bool) {
        let step = |u: usize, v: usize, direction: usize| {
            let (along_u, along_v) = STEPS[direction % 4];
            (u.wrapping_add_signed(along_u), v.wrapping_add_signed(along_v))
        };
        let ahead = step(edge.u, edge.v, edge.direction);
        if !self.has(ahead.0, ahead.1) {
            return (Edge { direction: (edge.direction + 1) % 4, ..edge }, true);
        }
        let aside = step(ahead.0, ahead.1, edge.direction + 3);
        if !self.has(aside.0, aside.1) {
            return (Edge { u: ahead.0, v: ahead.1, direction: edge.direction }, false);
        }
        (Edge { u: aside.0, v: aside.1, direction: (edge.direction + 3) % 4 }, true)
    }

    /// The grid coordinates of an edge's start, along u and v.
    fn start(edge: Edge) -> (usize, usize) {
        match edge.direction {
            0 => (edge.u - 1, edge.v - 1),
            1 => (edge.u, edge.v - 1),
            2 => (edge.u, edge.v),
            _ => (edge.u - 1, edge.v),
        }
    }

    /// The number of an edge's start among all grid points: the padded cell before it.
    fn point(&self, edge: Edge) -> usize {
        let (u, v) = Self::start(edge);
        let [along_u, along_v] = self.axes().map(|axis| self.grid.strides[axis]);
        self.plane * self.grid.strides[self.axis] + u * along_u + v * along_v
    }

    /// The octant, seen from an edge's start, of the solid cell under the face on the edge's left.
    fn octant(&self, edge: Edge) -> usize {
        let (u, v) = Self::start(edge);
        let [axis_u, axis_v] = self.axes();
        usize::from(!self.up) << self.axis | usize::from(edge.u > u) << axis_u | usize::from(edge.v > v) << axis_v
    }

    fn position(&self, edge: Edge) -> Vec3 {
        let (u, v) = Self::start(edge);
        let planes = &self.grid.cells.planes;
        let [axis_u, axis_v] = self.axes();
        let mut position = Vec3::ZERO;
        position[self.axis] = planes[self.axis][self.plane];
        position[axis_u] = planes[axis_u][u];
        position[axis_v] = planes[axis_v][v];
        position
    }

    fn corner(&self, edge: Edge) -> Corner {
        let point = self.point(edge);
        let number = umbrella(self.grid.pattern(point), self.octant(edge), self.axis);
        Corner { key: ((point as u64) << 5) | u64::from(number), position: self.position(edge) }
    }

    /// Where two sheets of the skin touch along an edge and meet at both its ends, one of them gets a corner in between, lest
    /// both have the same edge.
    fn middle(&self, from: Edge, to: Edge) -> Option<Corner> {
        let along = self.axes()[from.direction % 2];
        let across = self.axes()[1 - from.direction % 2];
        let octant = self.octant(from);
        let diagonal = octant ^ 1 << self.axis ^ 1 << across;
        let pattern = self.grid.pattern(self.point(from));
        let solid = |octant: usize| pattern >> octant & 1 == 1;
        if octant > diagonal || !solid(diagonal) || solid(octant ^ 1 << across) {
            return None;
        }
        let backwards = 1 << along;
        let far = self.grid.pattern(self.point(to));
        let meets = |pattern: u8, flip: usize| {
            umbrella(pattern, octant ^ flip, self.axis) == umbrella(pattern, diagonal ^ flip, self.axis)
        };
        if !meets(pattern, 0) || !meets(far, backwards) {
            return None;
        }
        let point = self.point(from).min(self.point(to));
        let position = (self.position(from) + self.position(to)) * 0.5;
        Some(Corner { key: ((point as u64) << 5) | (24 + along as u64), position })
    }
}
