//! Volume, centroid and inertia of what a mesh encloses, summed triangle by triangle.

use crate::geom::{Aabb3, Vec3};

/// Sums over the tetrahedra that triangles make with an origin near them.
#[derive(Debug, Clone, Copy)]
pub struct Mass {
    origin: Vec3,
    /// Enclosed volume in mm³; negative where the surface is inside out.
    pub volume: f64,
    /// Surface in mm².
    pub area: f64,
    /// Triangles added.
    pub triangles: usize,
    /// Box of the triangles.
    pub bounding_box: Aabb3,
    moment: Vec3,
    /// Integrals of xx, yy, zz and of yz, zx, xy.
    squares: Vec3,
    products: Vec3,
}

impl Mass {
    /// Nothing yet. An origin near the triangles keeps digits.
    pub fn new(origin: Vec3) -> Self {
        Self {
            origin,
            volume: 0.0,
            area: 0.0,
            triangles: 0,
            bounding_box: Aabb3::EMPTY,
            moment: Vec3::ZERO,
            squares: Vec3::ZERO,
            products: Vec3::ZERO,
        }
    }

    /// Adds a triangle.
    pub fn add(&mut self, corners: [Vec3; 3]) {
        let [a, b, c] = corners.map(|corner| corner - self.origin);
        let cross = (b - a).cross(c - a);
        let six_volumes = a.dot(b.cross(c));
        let sum = a + b + c;
        self.area += cross.length() / 2.0;
        self.volume += six_volumes / 6.0;
        self.moment += sum * (six_volumes / 24.0);
        let all = [a, b, c, sum];
        self.squares += all.iter().map(|v| *v * *v).sum::<Vec3>() * (six_volumes / 120.0);
        self.products +=
            all.iter().map(|v| Vec3::new(v.y * v.z, v.z * v.x, v.x * v.y)).sum::<Vec3>() * (six_volumes / 120.0);
        self.bounding_box = corners.into_iter().fold(self.bounding_box, Aabb3::with);
        self.triangles += 1;
    }

    /// Both together; the other's origin must be the same.
    pub fn with(self, other: &Self) -> Self {
        Self {
            origin: self.origin,
            volume: self.volume + other.volume,
            area: self.area + other.area,
            triangles: self.triangles + other.triangles,
            bounding_box: self.bounding_box.union(other.bounding_box),
            moment: self.moment + other.moment,
            squares: self.squares + other.squares,
            products: self.products + other.products,
        }
    }

    /// Centre of the enclosed volume; the origin where that is zero.
    pub fn centroid(&self) -> Vec3 {
        self.origin + self.lever()
    }

    fn lever(&self) -> Vec3 {
        if self.volume.abs() > 0.0 { self.moment / self.volume } else { Vec3::ZERO }
    }

    /// The inertia tensor about the centroid for a density of 1, in mm⁵.
    pub fn inertia(&self) -> [[f64; 3]; 3] {
        let lever = self.lever();
        let squares = self.squares - lever * lever * self.volume;
        let products = self.products - Vec3::new(lever.y * lever.z, lever.z * lever.x, lever.x * lever.y) * self.volume;
        let [yz, zx, xy] = products.to_array();
        [[squares.y + squares.z, -xy, -zx], [-xy, squares.z + squares.x, -yz], [-zx, -yz, squares.x + squares.y]]
    }
}

/// Principal moments, smallest first, with their axes (unit vectors whose largest part is positive), by Jacobi's turns.
pub fn principal(mut tensor: [[f64; 3]; 3]) -> [(f64, Vec3); 3] {
    let mut axes = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    // each sweep squares what is left off the diagonal: eight are more than double precision needs
    for _ in 0..8 {
        for (p, q) in [(0, 1), (0, 2), (1, 2)] {
            turn(&mut tensor, &mut axes, p, q);
        }
    }
    let mut found = [0, 1, 2].map(|i| (tensor[i][i], upright(Vec3::new(axes[0][i], axes[1][i], axes[2][i]))));
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found
}

/// Turns in the plane of two axes so that their product vanishes.
fn turn(tensor: &mut [[f64; 3]; 3], axes: &mut [[f64; 3]; 3], p: usize, q: usize) {
    let size = tensor[p][p].abs() + tensor[q][q].abs();
    if tensor[p][q].abs() <= 1.0e-18 * size {
        return;
    }
    let half = (tensor[q][q] - tensor[p][p]) / (2.0 * tensor[p][q]);
    let tangent = half.signum() / (half.abs() + (half * half + 1.0).sqrt());
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let sine = tangent * cosine;
    let mix = |one: f64, other: f64| (cosine * one - sine * other, sine * one + cosine * other);
    for row in tensor.iter_mut() {
        (row[p], row[q]) = mix(row[p], row[q]);
    }
    let rows = tensor[p].into_iter().zip(tensor[q]);
    for (column, (one, other)) in rows.enumerate() {
        (tensor[p][column], tensor[q][column]) = mix(one, other);
    }
    for row in axes.iter_mut() {
        (row[p], row[q]) = mix(row[p], row[q]);
    }
}

fn upright(axis: Vec3) -> Vec3 {
    let largest =
        axis.to_array().into_iter().fold(0.0, |most: f64, part| if part.abs() > most.abs() { part } else { most });
    if largest < 0.0 { -axis } else { axis }
}

#[cfg(test)]
mod tests {
    use crate::export::inertia::principal;

    #[test]
    fn principal_moments_of_a_turned_diagonal() {
        // diag(1, 2, 4) turned by 45 degrees about z
        let found = principal([[1.5, 0.5, 0.0], [0.5, 1.5, 0.0], [0.0, 0.0, 4.0]]);
        for ((moment, _), expected) in found.iter().zip([1.0, 2.0, 4.0]) {
            assert!((moment - expected).abs() < 1.0e-12);
        }
        assert!((found[1].1.x - found[1].1.y).abs() < 1.0e-12);
    }
}
