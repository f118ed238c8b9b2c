//! `Aabb2` and `Aabb3`: axis-aligned boxes.

use crate::geom::{Vec2, Vec3};

macro_rules! aabb {
    ($name:ident, $vec:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct $name {
            /// Smallest corner.
            pub min: $vec,
            /// Largest corner.
            pub max: $vec,
        }

        impl $name {
            /// The box of nothing: grows to whatever is added.
            pub const EMPTY: Self = Self { min: $vec::INFINITY, max: $vec::NEG_INFINITY };

            /// The box of some points.
            pub fn of(points: impl IntoIterator<Item = $vec>) -> Self {
                points.into_iter().fold(Self::EMPTY, Self::with)
            }

            /// Grown to hold a point.
            pub fn with(self, point: $vec) -> Self {
                Self { min: self.min.min(point), max: self.max.max(point) }
            }

            /// Grown to hold another box.
            pub fn union(self, other: Self) -> Self {
                Self { min: self.min.min(other.min), max: self.max.max(other.max) }
            }

            /// Whether it holds no point.
            pub fn is_empty(self) -> bool {
                !self.min.cmple(self.max).all()
            }

            /// Whether the two share a point, touching included.
            pub fn touches(self, other: Self) -> bool {
                self.min.cmple(other.max).all() && other.min.cmple(self.max).all()
            }

            /// Edge lengths.
            pub fn size(self) -> $vec {
                self.max - self.min
            }

            /// Middle.
            pub fn center(self) -> $vec {
                (self.min + self.max) * 0.5
            }
        }
    };
}

aabb!(Aabb2, Vec2, "An axis-aligned box in the plane.");
aabb!(Aabb3, Vec3, "An axis-aligned box in space.");
