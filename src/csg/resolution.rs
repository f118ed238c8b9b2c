//! `$fn`, `$fa`, `$fs` to a segment count.

/// The special variables that say how finely round things are divided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resolution {
    /// `$fn`: segments of a full circle; 0 leaves it to the other two.
    pub segments: f64,
    /// `$fa`: smallest angle of a segment, degrees.
    pub angle: f64,
    /// `$fs`: smallest length of a segment, mm.
    pub size: f64,
}

impl Default for Resolution {
    /// OpenSCAD's defaults: 0, 12, 2.
    fn default() -> Self {
        Self { segments: 0.0, angle: 12.0, size: 2.0 }
    }
}

/// Below this radius OpenSCAD makes a triangle (its `GRID_FINE`).
const RADIUS_MIN: f64 = 0.000_000_95;

impl Resolution {
    /// Segments of a full circle of `radius`, as OpenSCAD counts them: at least 3, or 5 where `$fn` is 0.
    pub fn segment_count(&self, radius: f64) -> u32 {
        if radius < RADIUS_MIN || !self.segments.is_finite() {
            return 3;
        }
        if self.segments > 0.0 {
            return self.segments.max(3.0).min(f64::from(u32::MAX)) as u32;
        }
        let by_angle = 360.0 / self.angle;
        let by_size = radius * std::f64::consts::TAU / self.size;
        by_angle.min(by_size).max(5.0).ceil().min(f64::from(u32::MAX)) as u32
    }
}
