//! Solid to region: the cut with the plane z = 0, and the shadow on it.

use manifold_rust::types::Polygons;

use crate::geom::Vec2;
use crate::region::Region;
use crate::solid::{Control, Fault, Solid};

impl Solid {
    /// Where the plane z = 0 cuts it; nothing of one that is not closed.
    ///
    /// # Errors
    /// The job was stopped.
    pub fn cut(&self, control: &Control) -> Result<Region, Fault> {
        if self.body.is_empty() {
            return Ok(Region::default());
        }
        let outline = contours(&self.body.to_manifold().as_impl().slice(0.0));
        Ok(Region::resolve_positive(&outline, control.budget())?)
    }

    /// Its shadow along z.
    ///
    /// # Errors
    /// The job was stopped.
    pub fn shadow(&self, control: &Control) -> Result<Region, Fault> {
        if let Some(shell) = &self.shell {
            return shell.shadow(control);
        }
        if self.is_empty() {
            return Ok(Region::default());
        }
        let outline = contours(&self.body.to_manifold().as_impl().project());
        Ok(Region::resolve_positive(&outline, control.budget())?)
    }
}

fn contours(polygons: &Polygons) -> Vec<Vec<Vec2>> {
    polygons.iter().map(|polygon| polygon.iter().map(|point| Vec2::new(point.x, point.y)).collect()).collect()
}
