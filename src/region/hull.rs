//! Convex hull of points.

use crate::geom::Vec2;
use crate::region::Region;

impl Region {
    /// The convex hull of some points; empty where they lie on one line. O(n log n), Andrew's monotone chain.
    pub fn hull(points: impl IntoIterator<Item = Vec2>) -> Self {
        let mut sorted: Vec<Vec2> = points.into_iter().filter(|point| point.is_finite()).collect();
        sorted.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
        sorted.dedup();
        let mut contour = chain(sorted.iter().copied());
        let upper = chain(sorted.iter().rev().copied());
        contour.pop();
        contour.extend_from_slice(&upper[..upper.len().saturating_sub(1)]);
        if contour.len() < 3 { Self::default() } else { Self::trusted(vec![contour]) }
    }
}

/// The chain that turns left all the way, both ends included.
fn chain(points: impl Iterator<Item = Vec2>) -> Vec<Vec2> {
    let mut chain: Vec<Vec2> = Vec::new();
    for point in points {
        while let [.., a, b] = chain[..] {
            if (b - a).perp_dot(point - a) > 0.0 {
                break;
            }
            chain.pop();
        }
        chain.push(point);
    }
    chain
}
