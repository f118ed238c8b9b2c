//! Solids of axis-parallel faces as cells of a grid: their booleans are exact and cost one pass over the cells.
//!
//! Boxes, and straight extrusions of outlines whose sides run along two axes, stand on the grid of all their coordinates; so do their
//! unions, differences and intersections, which remember it. A Menger sponge is a bitmap.

use std::sync::Arc;

use crate::geom::{Affine3, Rgba};
use crate::solid::clean;
use crate::solid::prism::Prism;
use crate::solid::{Control, Fault, Operator, Solid, skin};

/// Which cells of a grid are solid.
#[derive(Debug, Clone)]
pub(super) struct Cells {
    /// Coordinates of the grid's planes across x, y and z, rising.
    pub planes: [Vec<f64>; 3],
    /// Cell by cell, x outermost.
    pub solid: Arc<Vec<bool>>,
    /// The one colour of all its faces.
    pub color: Option<Rgba>,
}

/// Cells that a boolean may look at for each triangle of its operands: below, it is cheaper than the kernel.
const CELLS_PER_TRIANGLE: usize = 400;
/// Cells that are never too many.
const CELLS_FREE: usize = 1 << 16;
/// Cells that are always too many: a byte each, and again for the skin.
const CELLS_MAX: usize = 1 << 26;
/// Part of the largest coordinate below which two planes are too near to tell what was meant; the kernel merges those.
const GAP: f64 = 1.0e-10;

/// The boolean on the grid of all operands; `None` where one has none, or it has too many cells.
pub(super) fn combine(operator: Operator, operands: &[&Solid], control: &Control) -> Result<Option<Solid>, Fault> {
    if operands.iter().any(|operand| operand.prism.is_none() && operand.cells.is_none()) {
        return Ok(None);
    }
    let places = clean::digits(operands.iter().map(|operand| operand.outer_box()));
    let Some(parts) = operands.iter().map(|operand| Cells::of(operand, places)).collect::<Option<Vec<_>>>() else {
        return Ok(None);
    };
    let color = parts[0].color;
    if parts.iter().any(|part| part.color != color) {
        return Ok(None);
    }
    let Some(planes) = common_planes(&parts) else { return Ok(None) };
    let triangles: usize = operands.iter().map(|operand| operand.triangle_count()).sum();
    let most = (triangles * CELLS_PER_TRIANGLE).clamp(CELLS_FREE, CELLS_MAX);
    let mut whole = Cells::empty(planes, color);
    let passes = if operator == Operator::Intersection { parts.len() } else { 1 };
    let placed: Vec<Placed> = parts.iter().map(|part| Placed::new(part, &whole)).collect();
    let work: usize = placed.iter().map(Placed::cell_count).sum();
    if whole.cell_count().saturating_mul(passes) > most || work > 8 * most {
        return Ok(None);
    }
    let bytes = 2 * whole.cell_count() as u64;
    control.budget().reserve(bytes)?;
    let solid = whole.paint_all(operator, &placed, control).and_then(|()| whole.trimmed().into_solid(control));
    control.budget().release(bytes);
    solid.map(Some)
}

/// The planes of all grids; `None` where two are nearly one.
fn common_planes(parts: &[Cells]) -> Option<[Vec<f64>; 3]> {
    let mut common = [Vec::new(), Vec::new(), Vec::new()];
    for (axis, planes) in common.iter_mut().enumerate() {
        planes.extend(parts.iter().flat_map(|part| part.planes[axis].iter().copied()));
        planes.sort_by(f64::total_cmp);
        planes.dedup();
        let reach = planes.iter().fold(0.0_f64, |reach, plane| reach.max(plane.abs()));
        if planes.windows(2).any(|pair| pair[1] - pair[0] <= GAP * reach) {
            return None;
        }
    }
    Some(common)
}

impl Cells {
    fn empty(planes: [Vec<f64>; 3], color: Option<Rgba>) -> Self {
        Self { planes, solid: Arc::default(), color }
    }

    /// Cells along each axis.
    pub(super) fn counts(&self) -> [usize; 3] {
        [0, 1, 2].map(|axis| self.planes[axis].len().saturating_sub(1))
    }

    fn cell_count(&self) -> usize {
        self.counts().iter().fold(1, |product, count| product.saturating_mul(*count))
    }

    /// Bytes that it holds.
    pub(super) fn byte_count(&self) -> u64 {
        self.solid.len() as u64 + self.planes.iter().map(|planes| 8 * planes.len() as u64).sum::<u64>()
    }

    /// The cells of a solid where it stands, if its faces are axis-parallel there.
    fn of(solid: &Solid, places: i32) -> Option<Self> {
        let map = solid.body.placement();
        if !clean::is_along_axes(&map.matrix3) {
            return None;
        }
        match (&solid.cells, &solid.prism) {
            (Some(cells), _) => cells.placed(&map, places),
            (None, Some(prism)) => Self::of_prism(prism)?.placed(&map, places),
            (None, None) => None,
        }
    }

    fn of_prism(prism: &Prism) -> Option<Self> {
        let edges = || {
            prism.region.contours().iter().flat_map(|contour| {
                let next = contour.iter().skip(1).chain(contour.first());
                contour.iter().copied().zip(next.copied())
            })
        };
        if edges().any(|(from, to)| from.x != to.x && from.y != to.y) || prism.low >= prism.high {
            return None;
        }
        let sorted = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values.dedup();
            values
        };
        let points = || prism.region.contours().iter().flatten();
        let planes = [
            sorted(points().map(|point| point.x).collect()),
            sorted(points().map(|point| point.y).collect()),
            vec![prism.low, prism.high],
        ];
        let mut cells = Self::empty(planes, prism.color);
        if cells.cell_count() == 0 || cells.cell_count() > CELLS_MAX {
            return None;
        }
        let rows = cells.counts()[1];
        let mut solid = vec![false; cells.cell_count()];
        for (from, to) in edges().filter(|(from, to)| from.y != to.y) {
            let column = index_of(&cells.planes[0], from.x);
            let (a, b) = (index_of(&cells.planes[1], from.y), index_of(&cells.planes[1], to.y));
            // the last column's far side bounds nothing on the grid
            for row in (a.min(b)..a.max(b)).filter(|_| column < cells.counts()[0]) {
                solid[column * rows + row] ^= true;
            }
        }
        for at in rows..solid.len() {
            solid[at] ^= solid[at - rows];
        }
        cells.solid = Arc::new(solid);
        Some(cells)
    }

    /// The cells under a map that exchanges and scales axes; `None` where rounding flattens one.
    fn placed(&self, map: &Affine3, places: i32) -> Option<Self> {
        let matrix = map.matrix3;
        let source = [0, 1, 2].map(|target| {
            let size = |axis: usize| matrix.col(axis)[target].abs();
            (0..3).fold(0, |best, axis| if size(axis) > size(best) { axis } else { best })
        });
        let factor = [0, 1, 2].map(|target| matrix.col(source[target])[target]);
        let planes = [0, 1, 2].map(|target| {
            let place = |plane: &f64| clean::rounded(factor[target] * plane + map.translation[target], places);
            let mut planes: Vec<f64> = self.planes[source[target]].iter().map(place).collect();
            if factor[target] < 0.0 {
                planes.reverse();
            }
            planes
        });
        if planes.iter().any(|planes| planes.windows(2).any(|pair| pair[1] <= pair[0])) {
            return None;
        }
        let mut placed = Self::empty(planes, self.color);
        placed.solid = if source == [0, 1, 2] && factor.iter().all(|factor| *factor > 0.0) {
            self.solid.clone()
        } else {
            Arc::new(self.permuted(source, factor.map(|factor| factor < 0.0)))
        };
        Some(placed)
    }

    /// The cells with axis `source[t]` along axis t, backwards where `mirrored[t]` says so.
    fn permuted(&self, source: [usize; 3], mirrored: [bool; 3]) -> Vec<bool> {
        let counts = self.counts();
        let strides = [counts[1] * counts[2], counts[2], 1];
        let turned = source.map(|axis| counts[axis]);
        let offset = |target: usize, at: usize| {
            let at = if mirrored[target] { turned[target] - 1 - at } else { at };
            at * strides[source[target]]
        };
        let mut solid = Vec::with_capacity(self.solid.len());
        for x in 0..turned[0] {
            for y in 0..turned[1] {
                let row = offset(0, x) + offset(1, y);
                solid.extend((0..turned[2]).map(|z| self.solid[row + offset(2, z)]));
            }
        }
        solid
    }

    fn paint_all(&mut self, operator: Operator, parts: &[Placed<'_>], control: &Control) -> Result<(), Fault> {
        let mut solid = vec![false; self.cell_count()];
        let counts = self.counts();
        for (at, part) in parts.iter().enumerate() {
            control.budget().check()?;
            match operator {
                Operator::Union => part.paint(&mut solid, counts, true),
                Operator::Difference => part.paint(&mut solid, counts, at == 0),
                Operator::Intersection if at == 0 => part.paint(&mut solid, counts, true),
                Operator::Intersection => {
                    let mut other = vec![false; solid.len()];
                    part.paint(&mut other, counts, true);
                    solid.iter_mut().zip(other).for_each(|(cell, kept)| *cell &= kept);
                }
            }
        }
        self.solid = Arc::new(solid);
        Ok(())
    }

    /// The same without planes that bound nothing.
    fn trimmed(self) -> Self {
        let counts = self.counts();
        let strides = [counts[1] * counts[2], counts[2], 1];
        let kept = [0, 1, 2].map(|axis| {
            let [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
            let differs = |plane: usize| {
                (0..counts[u]).any(|at| {
                    let row = at * strides[u] + plane * strides[axis];
                    (0..counts[v]).any(|step| {
                        let above = plane < counts[axis] && self.solid[row + step * strides[v]];
                        let below = plane > 0 && self.solid[row + step * strides[v] - strides[axis]];
                        above != below
                    })
                })
            };
            (0..=counts[axis]).filter(|plane| differs(*plane)).collect::<Vec<usize>>()
        });
        let pick = |axis: usize| kept[axis].iter().map(|plane| self.planes[axis][*plane]).collect();
        let mut trimmed = Self::empty([pick(0), pick(1), pick(2)], self.color);
        let cells = |axis: usize| &kept[axis][..kept[axis].len().saturating_sub(1)];
        let mut solid = Vec::with_capacity(trimmed.cell_count());
        for x in cells(0) {
            for y in cells(1) {
                let row = x * strides[0] + y * strides[1];
                solid.extend(cells(2).iter().map(|z| self.solid[row + z]));
            }
        }
        trimmed.solid = Arc::new(solid);
        trimmed
    }

    fn into_solid(self, control: &Control) -> Result<Solid, Fault> {
        if self.cell_count() == 0 {
            return Ok(Solid::default());
        }
        let body = skin::of(&self, control)?.seal()?;
        Ok(Solid { cells: Some(Arc::new(self)), ..Solid::of_body(body) })
    }
}

fn index_of(planes: &[f64], plane: f64) -> usize {
    planes.partition_point(|other| *other < plane)
}

/// A part's cells and where its planes are on the common grid.
struct Placed<'a> {
    cells: &'a Cells,
    at: [Vec<usize>; 3],
}

impl<'a> Placed<'a> {
    fn new(cells: &'a Cells, whole: &Cells) -> Self {
        let find = |axis: usize| cells.planes[axis].iter().map(|plane| index_of(&whole.planes[axis], *plane)).collect();
        Self { cells, at: [find(0), find(1), find(2)] }
    }

    /// Cells of the common grid in its box.
    fn cell_count(&self) -> usize {
        let extent = |planes: &Vec<usize>| planes.last().unwrap_or(&0) - planes.first().unwrap_or(&0);
        self.at.iter().map(extent).fold(1, usize::saturating_mul)
    }

    fn paint(&self, solid: &mut [bool], [_, rows, depth]: [usize; 3], value: bool) {
        let counts = self.cells.counts();
        for x in 0..counts[0] {
            for y in 0..counts[1] {
                let row = (x * counts[1] + y) * counts[2];
                let runs = Runs { cells: &self.cells.solid[row..row + counts[2]], at: 0 };
                for (low, high) in runs {
                    for column in self.at[0][x]..self.at[0][x + 1] {
                        for line in self.at[1][y]..self.at[1][y + 1] {
                            let start = (column * rows + line) * depth;
                            solid[start + self.at[2][low]..start + self.at[2][high]].fill(value);
                        }
                    }
                }
            }
        }
    }
}

/// Runs of solid cells, from and to.
struct Runs<'a> {
    cells: &'a [bool],
    at: usize,
}

impl Iterator for Runs<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let low = self.at + self.cells[self.at..].iter().position(|cell| *cell)?;
        let high = self.cells[low..].iter().position(|cell| !cell).map_or(self.cells.len(), |end| low + end);
        self.at = high;
        Some((low, high))
    }
}
