//! Hatch lines: parallel lines clipped to an area under the even-odd rule.

use crate::geom::{Vec2, cos_deg, sin_deg};

/// Lines through an area at an angle and a spacing; the pattern is anchored at the sheet's origin, so that neighbouring areas
/// of one part line up.
pub fn hatch_lines(contours: &[Vec<Vec2>], angle_deg: f64, spacing: f64) -> Vec<[Vec2; 2]> {
    let along = Vec2::new(cos_deg(angle_deg), sin_deg(angle_deg));
    let across = along.perp();
    let mut crossings: Vec<(i64, f64)> = Vec::new();
    for contour in contours {
        for (index, from) in contour.iter().enumerate() {
            let to = contour[(index + 1) % contour.len()];
            cross_edge(*from, to, along, across, spacing, &mut crossings);
        }
    }
    crossings.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut lines = Vec::new();
    let mut index = 0;
    while index + 1 < crossings.len() {
        let ((row, from), (next_row, to)) = (crossings[index], crossings[index + 1]);
        if row != next_row {
            index += 1;
            continue;
        }
        if to - from > 1.0e-6 {
            let foot = across * (row as f64 * spacing);
            lines.push([foot + along * from, foot + along * to]);
        }
        index += 2;
    }
    lines
}

/// Where the hatch rows cross an edge; half-open, so that a vertex on a row counts once.
fn cross_edge(from: Vec2, to: Vec2, along: Vec2, across: Vec2, spacing: f64, crossings: &mut Vec<(i64, f64)>) {
    let (height_from, height_to) = (from.dot(across) / spacing, to.dot(across) / spacing);
    let (low, high) = (height_from.min(height_to), height_from.max(height_to));
    let (first, last) = (low.ceil() as i64, high.ceil() as i64);
    for row in first..last {
        let share = (row as f64 - height_from) / (height_to - height_from);
        crossings.push((row, (from + (to - from) * share).dot(along)));
    }
}
