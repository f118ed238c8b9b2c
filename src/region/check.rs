//! The invariants of a region, for debug assertions and tests.

use crate::region::{Region, edges};

/// What is wrong with a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Defect {
    /// A contour of fewer than three points.
    #[error("contour {0} has fewer than three points")]
    Short(usize),
    /// A coordinate is not finite.
    #[error("contour {0} has a coordinate that is not finite")]
    NotFinite(usize),
    /// Two neighbouring points are one.
    #[error("contour {0} has an edge of length zero")]
    ZeroEdge(usize),
}

impl Region {
    /// The first contour that breaks an invariant that can be tested in O(n).
    pub fn check(&self) -> Result<(), Defect> {
        for (index, contour) in self.contours.iter().enumerate() {
            if contour.len() < 3 {
                return Err(Defect::Short(index));
            }
            if contour.iter().any(|point| !point.is_finite()) {
                return Err(Defect::NotFinite(index));
            }
            if edges(contour).any(|(from, to)| from == to) {
                return Err(Defect::ZeroEdge(index));
            }
        }
        Ok(())
    }
}
