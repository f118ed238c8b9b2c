//! Numbers with positions: the vocabulary every shape is written in (millimetres, degrees, right-handed, Z up).
//!
//! The vector and matrix types are glam's `f64` types under their field's names.

mod aabb;
mod angle;
mod bvh;

pub use aabb::{Aabb2, Aabb3};
pub use angle::{acos_deg, asin_deg, atan_deg, atan2_deg, cos_deg, sin_deg, tan_deg};
pub use bvh::Bvh;
pub use glam::{DAffine2 as Affine2, DAffine3 as Affine3, DMat3 as Mat3, DMat4 as Mat4, DVec2 as Vec2, DVec3 as Vec3};

/// Linear colour with straight alpha, each 0 to 1, as OpenSCAD's `color()` gives it (sRGB values).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rgba {
    /// Red.
    pub r: f32,
    /// Green.
    pub g: f32,
    /// Blue.
    pub b: f32,
    /// Opacity.
    pub a: f32,
}

impl Rgba {
    /// OpenSCAD's default model colour in its Cornfield scheme: f9d72c.
    pub const DEFAULT: Self = Self { r: 249.0 / 255.0, g: 215.0 / 255.0, b: 44.0 / 255.0, a: 1.0 };

    /// As four bytes, rounded.
    pub fn to_bytes(self) -> [u8; 4] {
        [self.r, self.g, self.b, self.a].map(|channel| (channel.clamp(0.0, 1.0) * 255.0).round() as u8)
    }

    /// The three colour channels as shares of light: what shading and glTF materials count in.
    pub fn to_linear(self) -> [f64; 3] {
        [self.r, self.g, self.b].map(|channel| {
            let value = f64::from(channel.clamp(0.0, 1.0));
            if value <= 0.040_45 { value / 12.92 } else { libm::pow((value + 0.055) / 1.055, 2.4) }
        })
    }
}
