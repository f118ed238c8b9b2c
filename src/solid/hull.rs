//! Convex hull in space.

use manifold_rust::manifold::Manifold;

use crate::geom::Vec3;
use crate::solid::kernel::{Body, to_kernel};
use crate::solid::{Control, Fault, Solid};

impl Solid {
    /// The convex hull of some points; empty where they lie in one plane. O(n log n).
    ///
    /// # Errors
    /// The job's limits.
    pub fn hull(points: &[Vec3], control: &Control) -> Result<Self, Fault> {
        control.plan(points.len() as u64 / 2)?;
        let cloud: Vec<_> = points.iter().filter(|point| point.is_finite()).map(|point| to_kernel(*point)).collect();
        if cloud.len() < 4 {
            return Ok(Self::default());
        }
        let hull = Manifold::hull(&cloud);
        if hull.is_empty() {
            return Ok(Self::default());
        }
        Ok(Self::of_body(Body::unnamed(hull)?))
    }
}
