//! Convex hull in space.

use crate::geom::Vec3;
use crate::mesh::Surface;
use crate::solid::draft::Draft;
use crate::solid::quickhull;
use crate::solid::{Control, Fault, Solid};

impl Solid {
    /// The convex hull of some points; empty where they lie in one plane. O(n log n).
    ///
    /// # Errors
    /// The job's limits.
    pub fn hull(points: &[Vec3], control: &Control) -> Result<Self, Fault> {
        control.plan(points.len() as u64 / 2)?;
        let cloud: Vec<Vec3> = points.iter().copied().filter(|point| point.is_finite()).collect();
        let mut triangles = quickhull::hull(&cloud, control.budget())?;
        let mut place = vec![UNUSED; cloud.len()];
        let mut positions = Vec::new();
        for corner in triangles.iter_mut().flatten() {
            let place = &mut place[*corner as usize];
            if *place == UNUSED {
                *place = positions.len() as u32;
                positions.push(cloud[*corner as usize]);
            }
            *corner = *place;
        }
        if triangles.is_empty() {
            return Ok(Self::default());
        }
        let draft = Draft { positions, triangles, surfaces: vec![Surface::Unknown], ..Draft::default() };
        Ok(Self::of_body(draft.seal()?))
    }
}

const UNUSED: u32 = u32::MAX;
