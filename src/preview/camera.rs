//! Where the eye stands so that it sees the whole model, and where a point of the model lies in the picture.

use crate::geom::{Vec3, cos_deg, sin_deg, tan_deg};
use crate::mesh::TriMesh;
use crate::preview::{Framing, PreviewOptions, Projection};

/// Parts of a sample that positions are rounded to: whole numbers make neighbouring triangles meet without gap or overlap.
pub const SUBSAMPLES: f64 = 256.0;

/// Share of the picture left free on each side.
const MARGIN: f64 = 0.055;

/// Field of view that parallel lines are scaled by when the eye's distance is given: OpenSCAD's, degrees.
const FIELD_DEG: f64 = 22.5;

/// Places further from the picture than this, in samples, do not fit its whole numbers.
const FARTHEST: f64 = 4.0e6;

/// A view of the model on a grid of samples.
#[derive(Debug, Clone)]
pub struct Camera {
    /// Samples in a row.
    pub width: u32,
    /// Rows of samples.
    pub height: u32,
    /// Samples along each side of a pixel.
    pub samples_a_pixel: u32,
    /// Unit vector to the right of the picture.
    pub right: Vec3,
    /// Unit vector to its top.
    pub up: Vec3,
    /// Unit vector away from the eye.
    pub forward: Vec3,
    /// Where the eye is, along `right`, `up` and `forward`. Orthographic: the last is 0.
    eye: Vec3,
    /// Samples a millimetre (orthographic), or samples at one millimetre's distance (perspective).
    focal: f64,
    perspective: bool,
}

/// A camera's projection alone, to pixels and in single precision.
#[derive(Debug, Clone, Copy)]
pub struct Lens {
    middle: [f32; 2],
    focal: f32,
    perspective: bool,
}

impl Lens {
    /// Pixels from the top left.
    pub fn pixel(&self, x: f32, y: f32, distance: f32) -> (f32, f32) {
        let scale = if self.perspective { self.focal / distance } else { self.focal };
        (self.middle[0] + x * scale, self.middle[1] - y * scale)
    }
}

/// A vertex in the picture.
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    /// Right, in parts of a sample.
    pub x: i32,
    /// Down, in parts of a sample.
    pub y: i32,
    /// Grows with the distance and is linear over the picture: what depth is compared by. Not a number for what lies behind the eye or
    /// far beside the picture: triangles with such a corner are not drawn.
    pub z: f32,
}

impl Camera {
    /// The view that the options ask for, as near as it shows every vertex.
    pub fn fitted(mesh: &TriMesh, options: &PreviewOptions) -> Self {
        let turned =
            |axis: Vec3| turned_by([90.0 - options.elevation_deg, options.tilt_deg, options.azimuth_deg], axis);
        let (right, up, forward) = (turned(Vec3::X), turned(Vec3::Y), turned(Vec3::NEG_Z));
        let (width, height) = (options.width * options.samples, options.height * options.samples);
        let frame = Self {
            width,
            height,
            samples_a_pixel: options.samples,
            right,
            up,
            forward,
            eye: Vec3::ZERO,
            focal: 1.0,
            perspective: false,
        };
        let (zoom, placed) = match options.framing {
            Framing::Fit { zoom } => (zoom, None),
            Framing::At { target, distance } => (1.0, Some((target, distance))),
        };
        let mut frame = match (options.projection, placed) {
            (Projection::Orthographic, None) => frame.fit_orthographic(mesh),
            (Projection::Perspective(angle), None) => frame.fit_perspective(mesh, angle.clamp(1.0, 120.0)),
            (projection, Some((target, distance))) => frame.stand_at(projection, target, distance),
        };
        frame.focal *= zoom;
        frame
    }

    /// A view along a direction that shows every vertex on a square of samples: the light's own.
    pub fn along(mesh: &TriMesh, forward: Vec3, side: u32) -> Self {
        let right = forward.cross(Vec3::Z).try_normalize().unwrap_or(Vec3::X);
        let up = right.cross(forward);
        let frame = Self {
            width: side,
            height: side,
            samples_a_pixel: 1,
            right,
            up,
            forward,
            eye: Vec3::ZERO,
            focal: 1.0,
            perspective: false,
        };
        frame.fit_orthographic(mesh)
    }

    fn fit_orthographic(mut self, mesh: &TriMesh) -> Self {
        let (mut min, mut max) = (Vec3::INFINITY, Vec3::NEG_INFINITY);
        for position in &mesh.positions {
            let seen = self.turned(*position);
            (min, max) = (min.min(seen), max.max(seen));
        }
        let room = 1.0 - 2.0 * MARGIN;
        let size = (max - min).max(Vec3::splat(1.0e-9));
        self.focal = (f64::from(self.width) * room / size.x).min(f64::from(self.height) * room / size.y);
        self.eye = ((min + max) * 0.5).with_z(0.0);
        self
    }

    /// Four planes through the eye touch the model: two give its place sideways and how far back it must be, two the other way.
    fn fit_perspective(mut self, mesh: &TriMesh, angle: f64) -> Self {
        let shorter = f64::from(self.width.min(self.height));
        let half = tan_deg(angle / 2.0);
        let slope = |side: u32| half * f64::from(side) / shorter * (1.0 - 2.0 * MARGIN);
        let (across, upright) = (slope(self.width), slope(self.height));
        let mut reach = [f64::NEG_INFINITY; 4];
        let mut nearest = f64::INFINITY;
        let mut farthest = f64::NEG_INFINITY;
        for position in &mesh.positions {
            let seen = self.turned(*position);
            let planes = [
                seen.x - across * seen.z,
                -seen.x - across * seen.z,
                seen.y - upright * seen.z,
                -seen.y - upright * seen.z,
            ];
            for (reach, plane) in reach.iter_mut().zip(planes) {
                *reach = reach.max(plane);
            }
            (nearest, farthest) = (nearest.min(seen.z), farthest.max(seen.z));
        }
        let far_enough = -((reach[0] + reach[1]) / across).max((reach[2] + reach[3]) / upright) / 2.0;
        // a flat model seen from its edge has no width: stay off it
        let back = far_enough.min(nearest - 0.01 * (farthest - nearest) - 1.0e-6);
        self.eye = Vec3::new((reach[0] - reach[1]) / 2.0, (reach[2] - reach[3]) / 2.0, back);
        self.focal = shorter / 2.0 / half;
        self.perspective = true;
        self
    }

    /// The angle of a perspective is that of the picture's height, as OpenSCAD's is.
    fn stand_at(mut self, projection: Projection, target: Vec3, distance: f64) -> Self {
        let distance = distance.max(1.0e-6);
        let (angle, perspective) = match projection {
            Projection::Perspective(angle) => (angle.clamp(1.0, 170.0), true),
            Projection::Orthographic => (FIELD_DEG, false),
        };
        let half_height = tan_deg(angle / 2.0) * if perspective { 1.0 } else { distance };
        self.eye = self.turned(target) - Vec3::Z * if perspective { distance } else { 0.0 };
        self.focal = f64::from(self.height) / 2.0 / half_height;
        self.perspective = perspective;
        self
    }

    /// A point along the picture's own axes.
    pub fn turned(&self, point: Vec3) -> Vec3 {
        Vec3::new(point.dot(self.right), point.dot(self.up), point.dot(self.forward))
    }

    /// Where a point lies in samples from the top left, and its depth.
    pub fn place(&self, point: Vec3) -> (f64, f64, f64) {
        let seen = self.turned(point) - self.eye;
        let (scale, z) = if self.perspective { (self.focal / seen.z, -1.0 / seen.z) } else { (self.focal, seen.z) };
        (f64::from(self.width) / 2.0 + seen.x * scale, f64::from(self.height) / 2.0 - seen.y * scale, z)
    }

    /// The same, rounded.
    pub fn spot(&self, point: Vec3) -> Spot {
        let (x, y, z) = self.place(point);
        // a depth of minus infinity is the eye itself
        let behind = self.perspective && !(z < 0.0 && z.is_finite());
        if behind || x.abs().max(y.abs()) > FARTHEST {
            return Spot { x: 0, y: 0, z: f32::NAN };
        }
        Spot { x: (x * SUBSAMPLES).round() as i32, y: (y * SUBSAMPLES).round() as i32, z: z as f32 }
    }

    /// Where a place in samples at a distance from the eye's plane lies, along the picture's axes from the eye.
    pub fn seen_at(&self, x: f64, y: f64, distance: f64) -> Vec3 {
        let scale = if self.perspective { distance / self.focal } else { 1.0 / self.focal };
        Vec3::new((x - f64::from(self.width) / 2.0) * scale, (f64::from(self.height) / 2.0 - y) * scale, distance)
    }

    /// The point of the model's space that lies so from the eye.
    pub fn unturned(&self, seen: Vec3) -> Vec3 {
        let seen = seen + self.eye;
        self.right * seen.x + self.up * seen.y + self.forward * seen.z
    }

    /// What turns positions along the picture's axes from the eye into pixels.
    pub fn lens(&self) -> Lens {
        let samples = f64::from(self.samples_a_pixel);
        Lens {
            middle: [f64::from(self.width) / 2.0 / samples, f64::from(self.height) / 2.0 / samples]
                .map(|half| half as f32),
            focal: (self.focal / samples) as f32,
            perspective: self.perspective,
        }
    }

    /// The direction from the eye to a point; any length.
    pub fn sight_line(&self, point: Vec3) -> Vec3 {
        if !self.perspective {
            return self.forward;
        }
        point - (self.right * self.eye.x + self.up * self.eye.y + self.forward * self.eye.z)
    }

    /// Millimetres from the eye's plane at a depth.
    pub fn distance(&self, z: f64) -> f64 {
        if self.perspective { -1.0 / z } else { z }
    }

    /// How much the depth grows for a millimetre further away.
    pub fn depth_step(&self, z: f64) -> f64 {
        if self.perspective { z * z } else { 1.0 }
    }

    /// How much a corner's own values count at a place between corners: its distance falls out of the average.
    pub fn weight(&self, z: f32) -> f64 {
        if self.perspective { f64::from(-z) } else { 1.0 }
    }

    /// Where the ray through a place in samples meets the horizontal plane at a height; none where it does not in front of the eye.
    pub fn ground_point(&self, x: f64, y: f64, height: f64) -> Option<Vec3> {
        let (start, end) = (self.unturned(self.seen_at(x, y, 1.0)), self.unturned(self.seen_at(x, y, 2.0)));
        let direction = end - start;
        if direction.z >= -1.0e-12 * direction.length() {
            return None;
        }
        Some(start + direction * ((height - start.z) / direction.z))
    }
}

/// A vector turned about X, then Y, then Z, in degrees.
fn turned_by([x, y, z]: [f64; 3], vector: Vec3) -> Vec3 {
    let turn = |angle: f64, (a, b): (f64, f64)| {
        (a * cos_deg(angle) - b * sin_deg(angle), a * sin_deg(angle) + b * cos_deg(angle))
    };
    let (ry, rz) = turn(x, (vector.y, vector.z));
    let (rz, rx) = turn(y, (rz, vector.x));
    let (rx, ry) = turn(z, (rx, ry));
    Vec3::new(rx, ry, rz)
}
