//! Affine maps and resizing, with orientation kept under mirrors.

use crate::geom::{Affine2, Vec2};
use crate::region::Region;

impl Region {
    /// The region under an affine map; empty where the map flattens the plane.
    pub fn transformed(&self, map: &Affine2) -> Self {
        let determinant = map.matrix2.determinant();
        if determinant == 0.0 || !map.is_finite() {
            return Self::default();
        }
        let mut contours = self.contours.clone();
        for contour in &mut contours {
            for point in contour.iter_mut() {
                *point = map.transform_point2(*point);
            }
            if determinant < 0.0 {
                contour.reverse();
            }
        }
        Self::trusted(contours)
    }

    /// Each point moved by no more than rounding, so that the invariants hold as before; points that fall together become one.
    pub fn mapped(&self, map: impl Fn(Vec2) -> Vec2) -> Self {
        let moved = |contour: &Vec<Vec2>| {
            let mut points: Vec<Vec2> = contour.iter().map(|point| map(*point)).collect();
            points.dedup();
            if points.len() > 1 && points.first() == points.last() {
                points.pop();
            }
            points
        };
        Self::trusted(self.contours.iter().map(moved).filter(|contour| contour.len() >= 3).collect())
    }

    /// Scaled about the origin to `size`; zero means leave, or scale along with the largest size wanted where `auto` says so.
    pub fn resized(&self, size: Vec2, auto: [bool; 2]) -> Self {
        if self.is_empty() {
            return Self::default();
        }
        let extent = self.bounding_box().size();
        let leading = if size.y > 0.0 && size.y > size.x { 1 } else { 0 };
        let along = if size[leading] > 0.0 { size[leading] / extent[leading] } else { 1.0 };
        let factor = |axis: usize| match (size[axis] > 0.0, auto[axis]) {
            (true, _) => size[axis] / extent[axis],
            (false, true) => along,
            (false, false) => 1.0,
        };
        self.transformed(&Affine2::from_scale(Vec2::new(factor(0), factor(1))))
    }

    /// The same region with each edge cut into as many equal pieces as `pieces` says for its contour, edge by edge.
    pub fn with_split_edges(&self, pieces: impl Fn(&[Vec2]) -> Vec<u32>) -> Self {
        let split = |contour: &Vec<Vec2>| {
            let counts = pieces(contour);
            let edges = (0..contour.len()).map(|at| (contour[at], contour[(at + 1) % contour.len()]));
            edges
                .zip(counts)
                .flat_map(|((from, to), count)| {
                    (0..count.max(1)).map(move |piece| {
                        let part = f64::from(piece) / f64::from(count.max(1));
                        from * (1.0 - part) + to * part
                    })
                })
                .collect()
        };
        Self::trusted(self.contours.iter().map(split).collect())
    }
}
