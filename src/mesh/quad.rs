//! Faces of four corners that need not be plane: the diagonal that OpenSCAD cuts them along, so that warped faces enclose the same volume.
//!
//! **Sources** OpenSCAD hands such faces to libtess2, in single precision: seen along the longest component of the normal of a large
//! triangle of theirs, swept from the lesser to the greater first coordinate, and the diagonal then changed where the other one is nearer to
//! Delaunay's by more than a hundredth of a radian.

use std::cmp::Ordering;

use crate::geom::{Vec2, Vec3, acos_deg};

/// The two triangles of a face of four corners, as indices into them; `None` where it is not convex as seen, so that only one diagonal is inside.
pub fn cut_quad(corners: [Vec3; 4]) -> Option<[[u32; 3]; 2]> {
    let places = seen(corners.map(|corner| corner.as_vec3().to_array()))?;
    let first = swept(&places);
    let opposite = angle(&places, first, 1) + angle(&places, first, 3);
    let from = if opposite < 180.0 + FLIP_SLACK_DEG { first } else { first + 1 };
    let at = |step: usize| ((from + step) % 4) as u32;
    Some([[at(0), at(1), at(2)], [at(0), at(2), at(3)]])
}

/// The corners as seen, counter-clockwise.
fn seen(corners: [[f32; 3]; 4]) -> Option<[[f32; 2]; 4]> {
    let axis = longest(normal(&corners));
    let mut places = corners.map(|corner| [corner[(axis + 1) % 3], corner[(axis + 2) % 3]]);
    let from_first = |at: usize| [places[at][0] - places[0][0], places[at][1] - places[0][1]];
    if cross(from_first(1), from_first(2)) + cross(from_first(2), from_first(3)) < 0.0 {
        places = places.map(|[s, t]| [s, -t]);
    }
    let turn = |at: usize| {
        let [a, b, c] = [0, 1, 2].map(|step| places[(at + step) % 4]);
        cross([b[0] - a[0], b[1] - a[1]], [c[0] - b[0], c[1] - b[1]])
    };
    (0..4).all(|at| turn(at) > 0.0).then_some(places)
}

/// The normal of the largest triangle over the two corners that are farthest apart along one axis.
fn normal(corners: &[[f32; 3]; 4]) -> [f32; 3] {
    let least =
        |axis: usize| (1..4).fold(0, |best, at| if corners[at][axis] < corners[best][axis] { at } else { best });
    let greatest =
        |axis: usize| (1..4).fold(0, |best, at| if corners[at][axis] > corners[best][axis] { at } else { best });
    let extent = [0, 1, 2].map(|axis| corners[greatest(axis)][axis] - corners[least(axis)][axis]);
    let axis = longest(extent);
    let (low, high) = (corners[least(axis)], corners[greatest(axis)]);
    let along = [0, 1, 2].map(|part| low[part] - high[part]);
    let mut best = ([0.0; 3], 0.0);
    for corner in corners {
        let to = [0, 1, 2].map(|part| corner[part] - high[part]);
        let normal = [1, 2, 0].map(|next| along[next] * to[(next + 1) % 3] - along[(next + 1) % 3] * to[next]);
        let square = normal.iter().map(|part| part * part).sum::<f32>();
        if square > best.1 {
            best = (normal, square);
        }
    }
    best.0
}

fn longest(vector: [f32; 3]) -> usize {
    (1..3).fold(0, |best, at| if vector[at].abs() > vector[best].abs() { at } else { best })
}

/// The corner that the sweep's diagonal begins at, 0 or 1: it joins the two that are neither first nor last where those are opposite, and
/// ends at the last where they are not.
fn swept(places: &[[f32; 2]; 4]) -> usize {
    let order = |a: &usize, b: &usize| {
        let [a, b] = [places[*a], places[*b]];
        a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1]))
    };
    let pick = |wanted: Ordering| (1..4).fold(0, |best, at| if order(&at, &best) == wanted { at } else { best });
    let (first, last) = (pick(Ordering::Less), pick(Ordering::Greater));
    if first.abs_diff(last) == 2 { (last + 1) % 2 } else { last % 2 }
}

/// The angle at the corner `step` behind `from`, which a diagonal from there does not touch; degrees.
fn angle(places: &[[f32; 2]; 4], from: usize, step: usize) -> f64 {
    let place = |by: usize| Vec2::from_array(places[(from + step + by) % 4].map(f64::from));
    let (to, back) = (place(1) - place(0), place(3) - place(0));
    acos_deg((to.dot(back) / (to.length() * back.length())).clamp(-1.0, 1.0))
}

fn cross(a: [f32; 2], b: [f32; 2]) -> f32 {
    a[0] * b[1] - a[1] * b[0]
}

/// A hundredth of a radian.
const FLIP_SLACK_DEG: f64 = 0.572_957_795_130_823_2;
