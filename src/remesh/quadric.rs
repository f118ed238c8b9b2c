//! The sum of squared distances to planes, as one symmetric matrix (Garland and Heckbert).

use crate::geom::Vec3;

/// Squared distance to a sum of weighted planes, relative to an origin near them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quadric {
    squares: Vec3,
    products: Vec3,
    linear: Vec3,
    constant: f64,
}

impl Quadric {
    /// The plane through a point; the normal is a unit vector.
    pub fn plane(normal: Vec3, point: Vec3, weight: f64) -> Self {
        let offset = -normal.dot(point);
        Self {
            squares: normal * normal * weight,
            products: Vec3::new(normal.y * normal.z, normal.z * normal.x, normal.x * normal.y) * weight,
            linear: normal * (offset * weight),
            constant: offset * offset * weight,
        }
    }

    /// Both sums.
    pub fn with(self, other: Self) -> Self {
        Self {
            squares: self.squares + other.squares,
            products: self.products + other.products,
            linear: self.linear + other.linear,
            constant: self.constant + other.constant,
        }
    }

    /// The weighted squared distance of a point; never below zero.
    pub fn at(&self, point: Vec3) -> f64 {
        let mixed = Vec3::new(point.y * point.z, point.z * point.x, point.x * point.y);
        let quadratic = self.squares.dot(point * point) + 2.0 * self.products.dot(mixed);
        (quadratic + 2.0 * self.linear.dot(point) + self.constant).max(0.0)
    }
}
