//! `$fn`, `$fa`, `$fs` and `$fe` to a segment count.

/// The special variables that say how finely round things are divided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resolution {
    /// `$fn`: segments of a full circle; 0 leaves it to the others.
    pub segments: f64,
    /// `$fa`: smallest angle of a segment, degrees.
    pub angle: f64,
    /// `$fs`: smallest length of a segment, mm.
    pub size: f64,
    /// `$fe`: largest distance of a segment from its arc, mm; `None` unless the program may use it.
    pub error: Option<f64>,
}

impl Default for Resolution {
    /// OpenSCAD's defaults: 0, 12, 2.
    fn default() -> Self {
        Self { segments: 0.0, angle: 12.0, size: 2.0, error: None }
    }
}

/// Below this radius OpenSCAD makes a triangle, and below this `$fe` it looks at the other two (its `GRID_FINE`).
const FINE: f64 = 0.000_000_95;
/// From this part of the radius on an error leaves five segments.
const COARSE_ERROR: f64 = 0.190_983_005_6;
/// The finest that `$fa` and `$fs` can ask for.
const FINENESS_MIN: f64 = 0.01;

impl Resolution {
    /// Segments of a full circle of `radius`, as OpenSCAD counts them: at least 3, or 5 where `$fn` is 0.
    pub fn segment_count(&self, radius: f64) -> u32 {
        self.arc_segment_count(radius, 360.0).unwrap_or(3)
    }

    /// Segments of an arc of `radius` over `degrees`, at least 1; `None` where the radius is too small or something is not finite.
    pub fn arc_segment_count(&self, radius: f64, degrees: f64) -> Option<u32> {
        if radius.is_nan() || radius < FINE || !self.segments.is_finite() || !degrees.is_finite() {
            return None;
        }
        let part = degrees.abs() / 360.0;
        let circle = if self.segments > 0.0 { self.segments.max(3.0).ceil() } else { self.by_fineness(radius)? };
        Some((circle * part).ceil().clamp(1.0, f64::from(i32::MAX)) as u32)
    }

    fn by_fineness(&self, radius: f64) -> Option<f64> {
        let count = |angle: f64, size: f64| (360.0 / angle).min(radius * std::f64::consts::TAU / size).max(5.0);
        let Some(error) = self.error.filter(|error| *error >= FINE || !error.is_finite()) else {
            return Some(count(self.angle, self.size).ceil());
        };
        if !error.is_finite() {
            return None;
        }
        let ratio = error / radius;
        if ratio >= COARSE_ERROR {
            return Some(5.0);
        }
        let by_error = std::f64::consts::PI / libm::acos(1.0 - ratio);
        Some(by_error.min(count(FINENESS_MIN, FINENESS_MIN)))
    }
}
