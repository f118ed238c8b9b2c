//! Exact signs of the plane (Shewchuk 1997): on which side of a line a point lies.

use crate::geom::Vec2;

/// Positive where `c` lies left of the line from `a` to `b`, negative right of it, zero exactly on it.
pub(super) fn side(a: Vec2, b: Vec2, c: Vec2) -> f64 {
    let left = (a.x - c.x) * (b.y - c.y);
    let right = (a.y - c.y) * (b.x - c.x);
    let determinant = left - right;
    if determinant.abs() > FILTER * (left.abs() + right.abs()) { determinant } else { exact_side(a, b, c) }
}

/// Relative error of the determinant computed in floating point: (3 + 16ε)ε.
const FILTER: f64 = 3.330_669_073_875_471_6e-16;

/// The sum of the six products of the expanded determinant, without rounding until its sign is known.
fn exact_side(a: Vec2, b: Vec2, c: Vec2) -> f64 {
    let products = [(a.x, b.y), (-a.x, c.y), (-c.x, b.y), (-a.y, b.x), (a.y, c.x), (c.y, b.x)];
    let mut expansion = Expansion { parts: [0.0; 12], len: 0 };
    for (x, y) in products {
        let high = x * y;
        expansion.add(libm::fma(x, y, -high));
        expansion.add(high);
    }
    expansion.largest()
}

/// A sum of numbers that do not overlap, the smallest first.
struct Expansion {
    parts: [f64; 12],
    len: usize,
}

impl Expansion {
    fn add(&mut self, value: f64) {
        let mut sum = value;
        let mut kept = 0;
        for at in 0..self.len {
            let part = self.parts[at];
            let total = sum + part;
            let virtual_part = total - sum;
            let error = (sum - (total - virtual_part)) + (part - virtual_part);
            sum = total;
            if error != 0.0 {
                self.parts[kept] = error;
                kept += 1;
            }
        }
        self.parts[kept] = sum;
        self.len = kept + 1;
    }

    /// The last part has the sign of the whole.
    fn largest(&self) -> f64 {
        self.parts[self.len - 1]
    }
}

#[cfg(test)]
mod tests {
    use crate::geom::Vec2;
    use crate::region::predicate::side;

    #[test]
    fn points_a_bit_off_a_diagonal_are_told_apart() {
        let (a, b) = (Vec2::new(0.5, 0.5), Vec2::new(12.0, 12.0));
        let step = f64::EPSILON / 2.0;
        for (x, y) in [(0, 0), (3, 3), (7, 7)] {
            let on = Vec2::new(0.5 + step * 2.0 * f64::from(x), 0.5 + step * 2.0 * f64::from(y));
            assert_eq!(side(a, b, on), 0.0);
            assert!(side(a, b, on + Vec2::new(0.0, step * 2.0)) > 0.0);
            assert!(side(a, b, on + Vec2::new(step * 2.0, 0.0)) < 0.0);
        }
    }
}
