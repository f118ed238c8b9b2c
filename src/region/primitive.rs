//! Circle, square, polygon: OpenSCAD's vertices exactly.

use crate::budget::{Budget, Exceeded};
use crate::geom::{Vec2, cos_deg, sin_deg};
use crate::region::Region;

impl Region {
    /// A regular polygon on a circle round the origin, its first point on +x; empty unless the radius is positive and finite.
    pub fn circle(radius: f64, segments: u32) -> Self {
        if radius.is_nan() || radius <= 0.0 || radius.is_infinite() || segments < 3 {
            return Self::default();
        }
        let point = |index: u32| {
            let angle = 360.0 * f64::from(index) / f64::from(segments);
            Vec2::new(radius * cos_deg(angle), radius * sin_deg(angle))
        };
        Self::trusted(vec![(0..segments).map(point).collect()])
    }

    /// A rectangle from the origin, or round it; empty unless both sizes are positive and finite.
    pub fn square(size: Vec2, center: bool) -> Self {
        if !size.is_finite() || size.x <= 0.0 || size.y <= 0.0 {
            return Self::default();
        }
        let min = if center { -size * 0.5 } else { Vec2::ZERO };
        // the far side as OpenSCAD rounds it: size less half, not half
        let max = if center { size - size * 0.5 } else { size };
        Self::trusted(vec![vec![min, Vec2::new(max.x, min.y), max, Vec2::new(min.x, max.y)]])
    }

    /// What lies inside an odd number of the contours, whatever their direction; repaired where they cross.
    ///
    /// # Errors
    /// The job was stopped.
    pub fn polygon(contours: &[Vec<Vec2>], budget: &Budget) -> Result<Self, Exceeded> {
        let finite = contours
            .iter()
            .map(|contour| contour.iter().copied().filter(|point| point.is_finite()).collect::<Vec<_>>())
            .filter(|contour| contour.len() >= 3)
            .collect::<Vec<_>>();
        Self::resolve_even_odd(&finite, budget)
    }
}
