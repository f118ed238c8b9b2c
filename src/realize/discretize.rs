//! Slices and segments of extrusions, as OpenSCAD counts them from `$fn`, `$fa` and `$fs`.

use std::cmp::Ordering;

use crate::csg::{LinearExtrude, Resolution};
use crate::geom::{Vec2, cos_deg, sin_deg};
use crate::region::Region;

/// Below this a radius or a difference is nothing (OpenSCAD's `GRID_FINE`).
const NOTHING: f64 = 0.000_000_953_674_316_406_25;
/// A layer may turn by no more than this.
const TURN_MAX: f64 = 120.0;

/// Layers of a linear extrusion.
pub(super) fn slices(extrude: &LinearExtrude, region: &Region) -> u32 {
    if let Some(slices) = extrude.slices.filter(|slices| *slices > 0) {
        return slices;
    }
    let points = || region.contours().iter().flatten().copied();
    let far = points().map(Vec2::length_squared).fold(0.0, f64::max).sqrt();
    let moved = points().map(|point| (point - point * extrude.scale).length_squared()).fold(0.0, f64::max).sqrt();
    let height = extrude.direction.z;
    let resolution = &extrude.resolution;
    let uniform = extrude.scale.x == extrude.scale.y;
    match (extrude.twist != 0.0, uniform) {
        (true, true) if extrude.scale.x == 1.0 => helix_slices(resolution, far, height, extrude.twist),
        (true, true) => cone_helix_slices(resolution, far, height, extrude.twist, extrude.scale.x),
        (true, false) => {
            diagonal_slices(resolution, moved, height).max(helix_slices(resolution, far, height, extrude.twist))
        }
        (false, false) => diagonal_slices(resolution, moved, height),
        (false, true) => 1,
    }
}

fn turn_slices(twist: f64) -> u32 {
    to_count(twist.abs() / TURN_MAX)
}

/// Layers of a helix of radius `far`.
fn helix_slices(resolution: &Resolution, far: f64, height: f64, twist: f64) -> u32 {
    if far < NOTHING || !resolution.segments.is_finite() {
        return to_count(twist / TURN_MAX);
    }
    let turn = twist.abs();
    if resolution.segments > 0.0 {
        return to_count(turn / 360.0 * resolution.segments).max(turn_slices(turn));
    }
    let radians = turn.to_radians();
    let length = radians * (far * far + (height / radians) * (height / radians)).sqrt();
    by_angle_and_size(resolution, turn, length)
}

/// Layers of a helix whose radius goes from `far` to `far * scale`: its shadow is a piece of an Archimedean spiral.
fn cone_helix_slices(resolution: &Resolution, far: f64, height: f64, twist: f64, scale: f64) -> u32 {
    if far < NOTHING || !resolution.segments.is_finite() {
        return to_count(twist / TURN_MAX);
    }
    let turn = twist.abs();
    if resolution.segments > 0.0 {
        return to_count(turn / 360.0 * resolution.segments).max(turn_slices(turn));
    }
    let radians = turn.to_radians();
    let end = if scale > 1.0 { radians * scale / (scale - 1.0) } else { radians / (1.0 - scale) };
    let pitch = far / end;
    let spiral = |angle: f64| 0.5 * pitch * (angle * (1.0 + angle * angle).sqrt() + libm::asinh(angle));
    let shadow = spiral(end) - spiral(end - radians);
    by_angle_and_size(resolution, turn, (shadow * shadow + height * height).sqrt())
}

fn by_angle_and_size(resolution: &Resolution, turn: f64, length: f64) -> u32 {
    to_count(turn / resolution.angle).min(to_count(length / resolution.size)).max(turn_slices(turn))
}

/// Layers where the size changes differently in x and y: walls are not planar then.
fn diagonal_slices(resolution: &Resolution, moved: f64, height: f64) -> u32 {
    if moved < NOTHING || !resolution.segments.is_finite() {
        return 1;
    }
    if resolution.segments > 0.0 {
        return (resolution.segments.min(COUNT_MAX) as u32).max(1);
    }
    to_count((moved * moved + height * height).sqrt() / resolution.size)
}

/// The region with as many points on its edges as the extrusion needs; the same where it needs none.
pub(super) fn split_edges(extrude: &LinearExtrude, region: &Region, slices: u32) -> Region {
    let bent = extrude.twist != 0.0 || extrude.scale.x != extrude.scale.y;
    if extrude.segments == Some(0) || (extrude.segments.is_none() && !bent) {
        return region.clone();
    }
    region.with_split_edges(|contour| edge_segments(extrude, contour, slices))
}

/// Pieces of each edge of a contour.
fn edge_segments(extrude: &LinearExtrude, contour: &[Vec2], slices: u32) -> Vec<u32> {
    let count = contour.len() as u32;
    let untouched = || vec![1; contour.len()];
    let resolution = &extrude.resolution;
    let asked = extrude.segments.filter(|segments| *segments > 0);
    if asked.is_some() || resolution.segments > 0.0 {
        let wanted = asked.unwrap_or(resolution.segments.clamp(3.0, SEGMENTS_MAX) as u32);
        return if count >= wanted { untouched() } else { share_out(extrude, contour, slices, wanted) };
    }
    let by_angle = to_count(360.0 / resolution.angle);
    if count >= by_angle {
        return untouched();
    }
    let lengths = longest_lengths(extrude, contour, slices);
    let by_size: Vec<u32> = lengths.iter().map(|length| to_count(length / resolution.size)).collect();
    let total: u64 = by_size.iter().map(|pieces| u64::from(*pieces)).sum();
    if total >= u64::from(by_angle) { share_out(extrude, contour, slices, by_angle) } else { by_size }
}

/// The greatest length of each edge over all layers.
fn longest_lengths(extrude: &LinearExtrude, contour: &[Vec2], slices: u32) -> Vec<f64> {
    let edges = (0..contour.len()).map(|at| (contour[at], contour[(at + 1) % contour.len()]));
    if extrude.scale.x == extrude.scale.y {
        let grown = extrude.scale.x.max(1.0);
        return edges.map(|(from, to)| from.distance(to) * grown).collect();
    }
    let layers: Vec<_> = (0..=slices).map(|slice| layer_map(extrude, f64::from(slice) / f64::from(slices))).collect();
    edges.map(|(from, to)| layers.iter().map(|map| map(to).distance(map(from))).fold(0.0, f64::max)).collect()
}

fn layer_map(extrude: &LinearExtrude, part: f64) -> impl Fn(Vec2) -> Vec2 + use<> {
    let scale = Vec2::ONE.lerp(extrude.scale, part);
    let angle = -extrude.twist * part;
    let (sin, cos) = (sin_deg(angle), cos_deg(angle));
    move |point| scale * Vec2::new(cos * point.x - sin * point.y, sin * point.x + cos * point.y)
}

/// Shares `wanted` pieces out: again and again the edges with the longest pieces get one more, those of about equal length
/// together, until there would be too many.
fn share_out(extrude: &LinearExtrude, contour: &[Vec2], slices: u32, wanted: u32) -> Vec<u32> {
    let lengths = longest_lengths(extrude, contour, slices);
    let mut pieces = vec![1_u32; contour.len()];
    let mut total = contour.len() as u32;
    while total < wanted {
        // between the length of a piece now and after one more cut
        let weight = |edge: usize| lengths[edge] / (f64::from(pieces[edge]) + 0.5);
        let mut order: Vec<usize> = (0..pieces.len()).collect();
        order.sort_by(|a, b| weight(*b).partial_cmp(&weight(*a)).unwrap_or(Ordering::Equal));
        let longest = weight(order[0]);
        let group: Vec<usize> = order.into_iter().take_while(|edge| weight(*edge) >= longest * ABOUT_EQUAL).collect();
        if group.is_empty() || total + group.len() as u32 > wanted {
            break;
        }
        total += group.len() as u32;
        for edge in group {
            pieces[edge] += 1;
        }
    }
    pieces
}

/// Lengths in this ratio or closer are cut together.
const ABOUT_EQUAL: f64 = 0.999;
/// Segments of a contour that `$fn` alone may ask for; more than any eye or printer tells apart.
const SEGMENTS_MAX: f64 = 1.0e6;
/// More than any job may make.
const COUNT_MAX: f64 = 4.0e9;

/// Rounded up; at least 1.
fn to_count(value: f64) -> u32 {
    value.ceil().clamp(1.0, COUNT_MAX) as u32
}
