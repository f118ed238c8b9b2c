//! Dimensions of a floor plan: openings and walls in chains outside the outline, rooms through the middle (ISO 129-1, building
//! style: oblique strokes).

use crate::drawing::dimension::{Measure, Side, Worth, length_text};
use crate::drawing::figure::Figure;
use crate::geom::{Aabb2, Vec2};

/// Adds the chains of a plan: on each side the openings of the outer wall, below and left the rooms, outermost the whole.
pub fn wall_chains(figure: &mut Figure) {
    let bounds = Aabb2::of(figure.walls.iter().flatten().copied());
    if bounds.is_empty() {
        return;
    }
    let mut measures: Vec<Measure> = Vec::new();
    for side in Side::ALL {
        let size = across(side, bounds.size());
        let edge =
            if side.outward().dot(Vec2::ONE) > 0.0 { across(side, bounds.max) } else { across(side, bounds.min) };
        let inward = if side.outward().dot(Vec2::ONE) > 0.0 { -1.0 } else { 1.0 };
        let outer = crossings(&figure.walls, side, edge + inward * size * JUST_INSIDE);
        chain(side, edge, &outer, &mut measures);
    }
    for side in [Side::Bottom, Side::Left] {
        let edge = across(side, bounds.min);
        let rooms = richest(&figure.walls, side, edge, across(side, bounds.size()));
        chain(side, edge, &rooms, &mut measures);
        let ends = [along(side, bounds.min), along(side, bounds.max)];
        chain(side, edge, &ends, &mut measures);
    }
    figure.measures.extend(measures);
}

/// The outer wall is looked at this share of the plan's size inside its face.
const JUST_INSIDE: f64 = 1.0e-3;
/// Lines tried for the richest cut through the rooms.
const TRIES: u32 = 41;

fn along(side: Side, point: Vec2) -> f64 {
    if side.is_horizontal() { point.x } else { point.y }
}

fn across(side: Side, point: Vec2) -> f64 {
    if side.is_horizontal() { point.y } else { point.x }
}

/// Where a line through the walls enters and leaves them.
pub fn crossings(walls: &[Vec<Vec2>], side: Side, level: f64) -> Vec<f64> {
    let mut stops: Vec<f64> = Vec::new();
    for outline in walls {
        for (index, from) in outline.iter().enumerate() {
            let to = outline[(index + 1) % outline.len()];
            let (one, two) = (across(side, *from), across(side, to));
            if (one > level) != (two > level) {
                let share = (level - one) / (two - one);
                stops.push(along(side, *from) + share * (along(side, to) - along(side, *from)));
            }
        }
    }
    stops.sort_by(f64::total_cmp);
    stops
}

/// The crossings of the line that meets most walls and mostly runs through rooms.
fn richest(walls: &[Vec<Vec2>], side: Side, edge: f64, size: f64) -> Vec<f64> {
    let mut best: Vec<f64> = Vec::new();
    for index in 1..TRIES {
        let stops = crossings(walls, side, edge + size * f64::from(index) / f64::from(TRIES));
        let inside: f64 = stops.chunks_exact(2).map(|wall| wall[1] - wall[0]).sum();
        let width = stops.last().zip(stops.first()).map_or(0.0, |(last, first)| last - first);
        if stops.len() > best.len() && inside < width * 0.4 {
            best = stops;
        }
    }
    best
}

/// Adds a chain in the next lane of its side, unless one along the same direction says it already.
fn chain(side: Side, edge: f64, stops: &[f64], measures: &mut Vec<Measure>) {
    let place = |at: f64| if side.is_horizontal() { Vec2::new(at, edge) } else { Vec2::new(edge, at) };
    let is_whole_said = measures.iter().any(|other| {
        other.side == side && stops.len() == 2 && (other.to - other.from).length() >= stops[1] - stops[0] - 1.0e-6
    });
    let next = measures.iter().filter(|other| other.side == side).filter_map(|other| other.lane).max();
    let lane = Some(next.map_or(0, |lane| lane + 1));
    let links: Vec<Measure> = stops
        .windows(2)
        .filter(|pair| pair[1] - pair[0] > 1.0e-6)
        .map(|pair| {
            let text = length_text(pair[1] - pair[0]);
            Measure { lane, ..Measure::new(side, place(pair[0]), place(pair[1]), text, Worth::FUNCTION) }
        })
        .collect();
    let slack = (stops.last().copied().unwrap_or(0.0) - stops.first().copied().unwrap_or(0.0)).abs() * 1.0e-4;
    let is_said = links.iter().all(|link| measures.iter().any(|other| other.same_span(link, slack)));
    if stops.len() <= MAX_STOPS && !is_whole_said && !is_said {
        measures.extend(links);
    }
}

/// A line that meets more edges is no wall plan.
const MAX_STOPS: usize = 40;
