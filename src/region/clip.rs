//! Booleans and repair on a common integer grid.

use clipper2_rust::core::{FillRule, Path64, Paths64, Point64, is_positive};
use clipper2_rust::engine::ClipType;
use clipper2_rust::engine_public::Clipper64;
use clipper2_rust::simplify_path;
use rustc_hash::FxHashMap;

use crate::geom::{Aabb2, Vec2};
use crate::region::{Contour, Region, edges};

impl Region {
    /// What any of the operands covers.
    pub fn union(operands: &[&Self]) -> Self {
        combine(operands, ClipType::Union)
    }

    /// What the first operand covers and none of the others.
    pub fn difference(operands: &[&Self]) -> Self {
        combine(operands, ClipType::Difference)
    }

    /// What all operands cover.
    pub fn intersection(operands: &[&Self]) -> Self {
        let grid = Grid::for_regions(operands);
        let Some((first, rest)) = operands.split_first() else { return Self::default() };
        let mut paths = grid.to_paths(first);
        for operand in rest {
            paths = clip(&paths, &grid.to_paths(operand), ClipType::Intersection, FillRule::NonZero);
        }
        grid.to_exact_region(&paths, operands)
    }

    /// The region without its holes.
    pub fn fill(&self) -> Self {
        let grid = Grid::for_regions(&[self]);
        let paths = clip(&grid.to_paths(self), &Paths64::new(), ClipType::Union, FillRule::NonZero);
        let outer: Paths64 = paths.into_iter().filter(is_positive).collect();
        grid.to_exact_region(&clip(&outer, &Paths64::new(), ClipType::Union, FillRule::NonZero), &[self])
    }

    /// What lies inside an odd number of contours.
    pub(crate) fn resolve_even_odd(contours: &[Contour]) -> Self {
        Self::resolve(contours, FillRule::EvenOdd)
    }

    /// What the contours wind round at least once, in either direction.
    pub fn resolve_non_zero(contours: &[Contour]) -> Self {
        Self::resolve(contours, FillRule::NonZero)
    }

    /// What the contours wind round more often counter-clockwise than clockwise.
    pub fn resolve_positive(contours: &[Contour]) -> Self {
        Self::resolve(contours, FillRule::Positive)
    }

    fn resolve(contours: &[Contour], rule: FillRule) -> Self {
        let grid = Grid::for_box(Aabb2::of(contours.iter().flatten().copied()));
        let paths: Paths64 = contours.iter().map(|contour| grid.to_path(contour)).collect();
        grid.to_region(&clip(&paths, &Paths64::new(), ClipType::Union, rule))
    }
}

fn combine(operands: &[&Region], clip_type: ClipType) -> Region {
    let grid = Grid::for_regions(operands);
    let Some((first, rest)) = operands.split_first() else { return Region::default() };
    let others: Paths64 = rest.iter().flat_map(|operand| grid.to_paths(operand)).collect();
    grid.to_exact_region(&clip(&grid.to_paths(first), &others, clip_type, FillRule::NonZero), operands)
}

/// One sweep of the clipper.
pub(crate) fn clip(subjects: &Paths64, clips: &Paths64, clip_type: ClipType, rule: FillRule) -> Paths64 {
    let mut clipper = Clipper64::new();
    clipper.set_preserve_collinear(false);
    clipper.add_subject(subjects);
    clipper.add_clip(clips);
    let mut paths = Paths64::new();
    clipper.execute(clip_type, rule, &mut paths, None);
    paths
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
    pub(crate) fn to_region(self, paths: &Paths64) -> Region {
        let contours = paths
            .iter()
            .map(|path| simplify_path(path, SIMPLIFY_STEPS, true))
            .filter(|path| path.len() >= 3)
            .map(|path| self.to_contour(&path))
            .filter(|contour| edges(contour).any(|(from, to)| from != to))
            .collect();
        Region::trusted(contours)
    }

    /// Back to mm, coordinates that the operands had as exactly as they had them.
    fn to_exact_region(self, paths: &Paths64, operands: &[&Region]) -> Region {
        let (mut known_x, mut known_y) = (FxHashMap::default(), FxHashMap::default());
        for point in operands.iter().flat_map(|operand| operand.contours().iter().flatten()) {
            for (known, value) in [(&mut known_x, point.x), (&mut known_y, point.y)] {
                let step = (value * self.scale).round();
                if step / self.scale != value {
                    known.entry((step / self.scale).to_bits()).or_insert(value);
                }
            }
        }
        let region = self.to_region(paths);
        if known_x.is_empty() && known_y.is_empty() {
            return region;
        }
        let exact = |known: &FxHashMap<u64, f64>, value: f64| known.get(&value.to_bits()).copied().unwrap_or(value);
        region.mapped(|point| Vec2::new(exact(&known_x, point.x), exact(&known_y, point.y)))
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
