//! Minkowski sum of two solids.

use manifold_rust::types::Error;

use crate::geom::Vec3;
use crate::mesh::Surface;
use crate::solid::kernel::Body;
use crate::solid::{Control, Fault, Solid};

impl Solid {
    /// Every sum of a point of one and a point of the other. The hull of the vertex sums where both are convex; else the union of
    /// such hulls over the faces of the one that is not.
    ///
    /// # Errors
    /// The job's limits, and [`Fault::Kernel`] where the kernel gives up.
    pub fn minkowski(&self, other: &Self, control: &Control) -> Result<Self, Fault> {
        if self.is_empty() || other.is_empty() {
            return Ok(if self.is_empty() { other.clone() } else { self.clone() });
        }
        let (a, b) = (self.body.to_manifold(), other.body.to_manifold());
        if a.as_impl().is_convex() && b.as_impl().is_convex() {
            return self.sum_of_convex(other, control);
        }
        control.plan(self.triangle_count() as u64 * other.triangle_count() as u64 / PAIRS_PER_TRIANGLE)?;
        let sum = a.minkowski_sum_with_progress(&b, Some(control.token()), None);
        control.budget().check()?;
        if sum.status() != Error::NoError {
            return Err(Fault::Kernel);
        }
        control.plan(sum.num_tri() as u64)?;
        Ok(Self { body: Body::unnamed(sum, Surface::Unknown)? })
    }

    fn sum_of_convex(&self, other: &Self, control: &Control) -> Result<Self, Fault> {
        let (p, q) = (self.positions(), other.positions());
        let sums = p.len() as u64 * q.len() as u64;
        let bytes = sums * POINT_BYTES;
        control.budget().reserve(bytes)?;
        let cloud: Vec<Vec3> = p.iter().flat_map(|a| q.iter().map(move |b| *a + *b)).collect();
        let hull = Self::hull(&cloud, control);
        control.budget().release(bytes);
        hull
    }
}

/// A vertex of a sum, twice (ours and the hull's copy) with the hull's bookkeeping.
const POINT_BYTES: u64 = 96;
/// Pairs of faces that come to one triangle of the result at the least.
const PAIRS_PER_TRIANGLE: u64 = 8;
