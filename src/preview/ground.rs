//! How much of the sky the model hides from the ground that it stands on.

use crate::budget::{Budget, Exceeded};
use crate::geom::{Aabb3, Vec3};
use crate::mesh::TriMesh;
use crate::preview::camera::Camera;
use crate::preview::raster::Raster;

/// A blurred picture of the model from below; the default one hides nothing.
#[derive(Debug, Clone, Default)]
pub struct Ground {
    hidden: Vec<f32>,
    corner: Vec3,
    cell: f64,
    side: usize,
}

/// Cells along each side of the ground.
const GROUND_SIDE: usize = 192;

impl Ground {
    /// Looks at the model from below.
    pub fn of(mesh: &TriMesh, bounds: Aabb3, budget: &Budget) -> Result<Self, Exceeded> {
        let camera = Camera::along(mesh, Vec3::Z, 256);
        let below = Raster::of(mesh, &camera, &[], budget)?;
        let size = bounds.size();
        let extent = size.x.max(size.y);
        let reach = 0.35 * extent.min(4.0 * size.z).max(0.1 * extent);
        let cell = (extent + 2.0 * reach) / GROUND_SIDE as f64;
        let corner = bounds.center() - Vec3::splat(cell * GROUND_SIDE as f64 / 2.0);
        let fade = reach.max(1.0e-9);
        let mut hidden: Vec<f32> = (0..GROUND_SIDE * GROUND_SIDE)
            .map(|index| {
                let at = Vec3::new((index % GROUND_SIDE) as f64 + 0.5, (index / GROUND_SIDE) as f64 + 0.5, 0.0);
                let (x, y, _) = camera.place(corner + at * cell);
                let side = f64::from(below.width);
                if x < 0.0 || y < 0.0 || x >= side || y >= side {
                    return 0.0;
                }
                let low = f64::from(below.depth[y as usize * below.width as usize + x as usize]);
                if low.is_finite() { libm::exp(-(low - bounds.min.z) / fade) as f32 } else { 0.0 }
            })
            .collect();
        let radius = ((0.22 * reach / cell).round() as usize).max(1);
        for _ in 0..3 {
            hidden = box_blur(&hidden, radius);
            hidden = box_blur(&hidden, radius);
        }
        budget.check()?;
        Ok(Self { hidden, corner, cell, side: GROUND_SIDE })
    }

    /// Share of the sky hidden from a point on the ground, 0 to 1.
    pub fn hidden(&self, point: Vec3) -> f32 {
        let at = (point - self.corner) / self.cell.max(1.0e-12) - Vec3::splat(0.5);
        let (column, row) = (at.x.floor(), at.y.floor());
        let (fx, fy) = ((at.x - column) as f32, (at.y - row) as f32);
        let value = |dx: f64, dy: f64| {
            let (x, y) = (column + dx, row + dy);
            let inside = x >= 0.0 && y >= 0.0 && x < self.side as f64 && y < self.side as f64;
            if inside { self.hidden[y as usize * self.side + x as usize] } else { 0.0 }
        };
        let (low, high) =
            (value(0.0, 0.0) * (1.0 - fx) + value(1.0, 0.0) * fx, value(0.0, 1.0) * (1.0 - fx) + value(1.0, 1.0) * fx);
        low * (1.0 - fy) + high * fy
    }
}

/// A running mean along the rows, written as columns: twice gives both ways.
fn box_blur(values: &[f32], radius: usize) -> Vec<f32> {
    let side = GROUND_SIDE;
    let mut out = vec![0.0; values.len()];
    for row in 0..side {
        for column in 0..side {
            let (from, to) = (column.saturating_sub(radius), (column + radius).min(side - 1));
            let sum: f32 = values[row * side + from..=row * side + to].iter().sum();
            out[column * side + row] = sum / (2 * radius + 1) as f32;
        }
    }
    out
}
