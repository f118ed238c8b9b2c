//! Booleans and repair on a common integer grid.

use clipper2_rust::core::{FillRule, Path64, Paths64, Point64, is_positive};
use clipper2_rust::engine::ClipType;
use clipper2_rust::simplify_path;
use rustc_hash::FxHashMap;

use crate::budget::{Budget, Exceeded};
use crate::geom::{Aabb2, Vec2};
use crate::region::strips::{Sweep, clip};
use crate::region::{Contour, Region, edges};

/// All of these fail where the job was stopped, and then within milliseconds.
impl Region {
    /// What any of the operands covers.
    ///
    /// # Errors
    /// The job was stopped.
    pub fn union(operands: &[&Self], budget: &Budget) -> Result<Self, Exceeded> {
        combine(operands, ClipType::Union, budget)
    }

    /// What the first operand covers and none of the others.
    ///
    /// # Errors
    /// The job was stopped.
    pub fn difference(operands: &[&Self], budget: &Budget) -> Result<Self, Exceeded> {
        combine(operands, ClipType::Difference, budget)
    }

    /// What all operands cover.
    ///
    /// # Errors
    /// The job was stopped.
    pub fn intersection(operands: &[&Self], budget: &Budget) -> Result<Self, Exceeded> {
        let grid = Grid::for_regions(operands);
        let Some((first, rest)) = operands.split_first() else { return Ok(Self::default()) };
        let mut subjects = grid.to_paths(first);
        for operand in rest {
            let clips = grid.to_paths(operand);
            subjects = clip(Sweep { subjects, clips, kind: ClipType::Intersection, rule: FillRule::NonZero }, budget)?;
        }
        grid.to_exact_region(&subjects, operands, budget)
    }

    /// The region without its holes.
    ///
    /// # Errors
    /// The job was stopped.
    pub fn fill(&self, budget: &Budget) -> Result<Self, Exceeded> {
        let grid = Grid::for_regions(&[self]);
        let paths = united(grid.to_paths(self), FillRule::NonZero, budget)?;
        let outer = paths.into_iter().filter(is_positive).collect();
        grid.to_exact_region(&united(outer, FillRule::NonZero, budget)?, &[self], budget)
    }

    /// What lies inside an odd number of contours.
    pub(crate) fn resolve_even_odd(contours: &[Contour], budget: &Budget) -> Result<Self, Exceeded> {
        Self::resolve(contours, FillRule::EvenOdd, budget)
    }

    /// What the contours wind round at least once, in either direction.
    ///
    /// # Errors
    /// The job was stopped.
    pub fn resolve_non_zero(contours: &[Contour], budget: &Budget) -> Result<Self, Exceeded> {
        Self::resolve(contours, FillRule::NonZero, budget)
    }

    /// What the contours wind round more often counter-clockwise than clockwise.
    ///
    /// # Errors
    /// The job was stopped.
    pub fn resolve_positive(contours: &[Contour], budget: &Budget) -> Result<Self, Exceeded> {
        Self::resolve(contours, FillRule::Positive, budget)
    }

    fn resolve(contours: &[Contour], rule: FillRule, budget: &Budget) -> Result<Self, Exceeded> {
        let grid = Grid::for_box(Aabb2::of(contours.iter().flatten().copied()));
        let paths = contours.iter().map(|contour| grid.to_path(contour)).collect();
        grid.to_region(&united(paths, rule, budget)?, budget)
    }
}

fn combine(operands: &[&Region], kind: ClipType, budget: &Budget) -> Result<Region, Exceeded> {
    let grid = Grid::for_regions(operands);
    let Some((first, rest)) = operands.split_first() else { return Ok(Region::default()) };
    let clips = rest.iter().flat_map(|operand| grid.to_paths(operand)).collect();
    let sweep = Sweep { subjects: grid.to_paths(first), clips, kind, rule: FillRule::NonZero };
    grid.to_exact_region(&clip(sweep, budget)?, operands, budget)
}

/// The paths around what some paths cover by a rule.
pub(super) fn united(subjects: Paths64, rule: FillRule, budget: &Budget) -> Result<Paths64, Exceeded> {
    clip(Sweep { subjects, clips: Paths64::new(), kind: ClipType::Union, rule }, budget)
}

/// The grid that points are rounded to: a power of two per mm.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    pub(crate) scale: f64,
}

impl Grid {
    /// Steps per mm as a power of two: finer than 10⁻⁸ mm, as OpenSCAD's.
    const BITS: i32 = 27;
    /// Coordinates stay below this power of two, so that the clipper's products do not overflow its 128 bits.
    const BITS_MAX: i32 = 60;

    pub(crate) fn for_regions(regions: &[&Region]) -> Self {
        Self::for_box(regions.iter().fold(Aabb2::EMPTY, |all, region| all.union(region.bounding_box())))
    }

    /// The usual grid, or a coarser one where coordinates are astronomic.
    pub(crate) fn for_box(bounds: Aabb2) -> Self {
        let reach = if bounds.is_empty() { 1.0 } else { bounds.min.abs().max(bounds.max.abs()).max_element() };
        let mut bits = Self::BITS;
        while bits > -900 && reach * exp2(bits) > exp2(Self::BITS_MAX) {
            bits -= 1;
        }
        Self { scale: exp2(bits) }
    }

    pub(crate) fn to_path(self, contour: &[Vec2]) -> Path64 {
        contour
            .iter()
            .map(|point| Point64::new((point.x * self.scale).round() as i64, (point.y * self.scale).round() as i64))
            .collect()
    }

    pub(crate) fn to_paths(self, region: &Region) -> Paths64 {
        region.contours().iter().map(|contour| self.to_path(contour)).collect()
    }

    /// Back to mm, without points that stand out of their neighbours' line by about a step.
    pub(crate) fn to_region(self, paths: &Paths64, budget: &Budget) -> Result<Region, Exceeded> {
        let mut contours = Vec::with_capacity(paths.len());
        for path in paths {
            budget.check()?;
            let path = simplify_path(path, SIMPLIFY_STEPS, true);
            let contour = self.to_contour(&path);
            if path.len() >= 3 && edges(&contour).any(|(from, to)| from != to) {
                contours.push(contour);
            }
        }
        Ok(Region::trusted(contours))
    }

    /// Back to mm, coordinates that the operands had as exactly as they had them.
    fn to_exact_region(self, paths: &Paths64, operands: &[&Region], budget: &Budget) -> Result<Region, Exceeded> {
        let (mut known_x, mut known_y) = (FxHashMap::default(), FxHashMap::default());
        for contour in operands.iter().flat_map(|operand| operand.contours()) {
            budget.check()?;
            for point in contour {
                for (known, value) in [(&mut known_x, point.x), (&mut known_y, point.y)] {
                    let step = (value * self.scale).round();
                    if step / self.scale != value {
                        known.entry((step / self.scale).to_bits()).or_insert(value);
                    }
                }
            }
        }
        let region = self.to_region(paths, budget)?;
        if known_x.is_empty() && known_y.is_empty() {
            return Ok(region);
        }
        let exact = |known: &FxHashMap<u64, f64>, value: f64| known.get(&value.to_bits()).copied().unwrap_or(value);
        Ok(region.mapped(|point| Vec2::new(exact(&known_x, point.x), exact(&known_y, point.y))))
    }

    fn to_contour(self, path: &Path64) -> Contour {
        path.iter().map(|point| Vec2::new(point.x as f64, point.y as f64) / self.scale).collect()
    }
}

/// Steps by which a point may be off the line of its neighbours and go; the clipper family's usual clean-up distance.
const SIMPLIFY_STEPS: f64 = 1.1415;

fn exp2(bits: i32) -> f64 {
    2.0_f64.powi(bits)
}
