//! View directions, first- and third-angle placement, scale.

use crate::geom::{Vec2, Vec3};

/// The picture plane of a parallel projection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Picture {
    /// To the right in the picture.
    pub right: Vec3,
    /// Upwards in the picture.
    pub up: Vec3,
    /// Towards the viewer.
    pub toward: Vec3,
}

impl Picture {
    /// The picture seen from a direction, with `right` made perpendicular to it.
    pub fn new(toward: Vec3, right: Vec3) -> Option<Self> {
        let toward = toward.try_normalize()?;
        let right = right.reject_from_normalized(toward).try_normalize()?;
        Some(Self { right, up: toward.cross(right), toward })
    }

    /// The picture seen from a direction with Z upright, or Y where one looks along Z.
    pub fn from_direction(toward: Vec3) -> Option<Self> {
        let toward = toward.try_normalize()?;
        let right = Vec3::Z.cross(toward);
        let right = if right.length() < 1.0e-9 { Vec3::X } else { right };
        Self::new(toward, right)
    }

    /// A model point in the picture: right, up, and towards the viewer.
    pub fn project(&self, point: Vec3) -> Vec3 {
        Vec3::new(point.dot(self.right), point.dot(self.up), point.dot(self.toward))
    }

    /// A model point's place in the picture.
    pub fn flat(&self, point: Vec3) -> Vec2 {
        Vec2::new(point.dot(self.right), point.dot(self.up))
    }
}
