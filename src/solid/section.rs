//! Solid to region: the cut with the plane z = 0, and the shadow on it.

use manifold_rust::types::Polygons;

use crate::geom::Vec2;
use crate::region::Region;
use crate::solid::Solid;

impl Solid {
    /// Where the plane z = 0 cuts it; nothing of one that is not closed.
    pub fn cut(&self) -> Region {
        if self.body.is_empty() {
            return Region::default();
        }
        Region::resolve_positive(&contours(&self.body.to_manifold().as_impl().slice(0.0)))
    }

    /// Its shadow along z.
    pub fn shadow(&self) -> Region {
        if let Some(shell) = &self.shell {
            return shell.shadow();
        }
        if self.is_empty() {
            return Region::default();
        }
        Region::resolve_positive(&contours(&self.body.to_manifold().as_impl().project()))
    }
}

fn contours(polygons: &Polygons) -> Vec<Vec<Vec2>> {
    polygons.iter().map(|polygon| polygon.iter().map(|point| Vec2::new(point.x, point.y)).collect()).collect()
}
