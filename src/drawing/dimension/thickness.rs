//! Wall and floor of a shell, where a section shows them.

use crate::drawing::dimension::once::is_said;
use crate::drawing::dimension::walls::crossings;
use crate::drawing::dimension::{Measure, Side, Worth, length_text};
use crate::drawing::figure::Figure;
use crate::geom::Vec2;
use crate::page::{Layer, Shape};

/// A wall is thinner than this share of the section's width.
const WALL_SHARE: f64 = 0.12;
/// A floor is thinner than this share of the section's height.
const FLOOR_SHARE: f64 = 0.3;
/// Where a section is looked at, as a share of its height and of its width: away from the middle, where ribs and bosses stand.
const LOOKED_AT: (f64, f64) = (0.8, 0.63);

/// Adds the thickness of the wall and of the floor to each section of a shell.
pub fn shell_thickness(figures: &mut [Figure], slack: f64) {
    for index in 0..figures.len() {
        if !figures[index].is_section || !figures[index].walls.is_empty() {
            continue;
        }
        for measure in thicknesses(&figures[index]) {
            if !is_said(figures, index, &measure, slack) {
                figures[index].measures.push(measure);
            }
        }
    }
}

fn thicknesses(figure: &Figure) -> Vec<Measure> {
    let cut: Vec<Vec<Vec2>> = figure
        .strokes
        .iter()
        .filter(|stroke| stroke.layer == Layer::Hatch)
        .filter_map(|stroke| if let Shape::Hatch { contours, .. } = &stroke.shape { Some(contours) } else { None })
        .flatten()
        .cloned()
        .collect();
    let (low, size) = (figure.bounds.min, figure.bounds.size());
    let mut found = Vec::new();
    // two equal walls and nothing between them
    let [left, inside, far_inside, right] = crossings(&cut, Side::Top, low.y + size.y * LOOKED_AT.0)[..] else {
        return found;
    };
    let wall = inside - left;
    let is_even = (right - far_inside - wall).abs() <= wall * 0.01 && wall <= size.x * WALL_SHARE;
    // the outermost of all: no hub, no roof
    let is_outer = (left - low.x).max(figure.bounds.max.x - right) <= size.x * 0.01;
    if !is_even || !is_outer {
        return found;
    }
    let rim = figure.bounds.max.y;
    found.push(Measure::new(
        Side::Top,
        Vec2::new(left, rim),
        Vec2::new(inside, rim),
        length_text(wall),
        Worth::FUNCTION,
    ));
    if let [bottom, floor, ..] = crossings(&cut, Side::Left, low.x + size.x * LOOKED_AT.1)[..]
        && floor - bottom < size.y * FLOOR_SHARE
    {
        let edge = figure.bounds.max.x;
        let (from, to) = (Vec2::new(edge, bottom), Vec2::new(edge, floor));
        found.push(Measure::new(Side::Right, from, to, length_text(floor - bottom), Worth::FUNCTION));
    }
    found
}
