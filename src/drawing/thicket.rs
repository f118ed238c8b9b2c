//! Hidden edges that lie so thick on paper that nobody tells them apart say nothing: a view is clearer without them.

use rustc_hash::FxHashSet;

use crate::drawing::obstacle::Obstacles;
use crate::drawing::raster::Raster;
use crate::geom::{Aabb2, Vec2};
use crate::page::{Layer, Mark};

/// Dashed lines nearer to each other than this run into one another, mm: two dashes and gaps of a narrow line.
const APART: f64 = 1.5;
/// So many lines side by side, on average wherever there are any, are a thicket.
const THICK: f64 = 1.8;

/// Whether the hidden edges among the marks of a view are a thicket.
pub fn is_thicket(marks: &[Mark]) -> bool {
    let mut hidden = Obstacles::default();
    marks.iter().filter(|mark| mark.ink.layer == Layer::Hidden).for_each(|mark| hidden.add(mark));
    thickness(hidden.lines()) > THICK
}

/// How many lines lie side by side, on average over the places that have any.
fn thickness(lines: &[[Vec2; 2]]) -> f64 {
    let area = Aabb2::of(lines.iter().flatten().copied());
    let raster = Raster::new(area.min, area.size().max(Vec2::ZERO), APART);
    let mut places = FxHashSet::default();
    let mut length = 0.0;
    for [from, to] in lines {
        length += from.distance(*to);
        raster.walk(*from, *to, |cell, _, _| {
            places.insert(cell);
        });
    }
    length / (places.len().max(1) as f64 * APART)
}
