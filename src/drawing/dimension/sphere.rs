//! Spherical faces: `SØ` where more than half of a ball is there, else `SR` (ISO 129-1), each size once with its count.

use rustc_hash::FxHashMap;

use crate::drawing::dimension::holes::spots;
use crate::drawing::dimension::{Callout, CalloutKind, Spot, Toward, Worth, length_text};
use crate::drawing::edge::Model;
use crate::drawing::figure::{CenterLine, Figure};
use crate::geom::{Vec2, Vec3, cos_deg, sin_deg};
use crate::mesh::Surface;
use crate::page::{Layer, Shape};

/// A ball of which some is there.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ball {
    center: Vec3,
    radius: f64,
    area: f64,
}

/// A sphere with less of the model's surface is no feature.
const AREA_SHARE: f64 = 4.0e-3;
/// A sphere with less of itself is no feature.
const BALL_SHARE: f64 = 0.05;
/// Outlines that go less far round are not pointed at, degrees.
const MIN_SWEEP_DEG: f64 = 20.0;
/// At most this many sizes of balls.
const MAX_BALLS: usize = 4;

/// Calls out the spheres that the kernel knows, at an outline that a view shows.
pub fn sphere_callouts(model: &Model, figures: &mut [Figure], slack: f64) {
    let mut balls = balls(model);
    balls.sort_by(|a, b| a.radius.total_cmp(&b.radius));
    let alike = |a: &Ball, b: &Ball| (a.radius - b.radius).abs() <= slack && is_most(a) == is_most(b);
    let mut sizes: Vec<&[Ball]> = balls.chunk_by(alike).collect();
    sizes.sort_by(|a, b| b[0].radius.total_cmp(&a[0].radius));
    for group in sizes.into_iter().take(MAX_BALLS) {
        let corner = format!("R{}", length_text(group[0].radius));
        // the rounding of a corner whose edges have it too
        let is_said = |figure: &Figure| figure.callouts.iter().any(|callout| callout.text.ends_with(&corner));
        if figures.iter().any(is_said) && !is_most(&group[0]) {
            continue;
        }
        let seen =
            |figure: &Figure| group.iter().filter_map(|ball| outline(ball, figure, slack)).collect::<Vec<Spot>>();
        let plain = |figure: &&Figure| figure.cell.is_some() && !figure.is_section;
        let best =
            figures.iter().enumerate().filter(|(_, figure)| plain(figure)).map(|(index, figure)| (index, seen(figure)));
        let Some((index, tips)) = best.reduce(|best, next| if next.1.len() > best.1.len() { next } else { best })
        else {
            return;
        };
        if tips.is_empty() {
            continue;
        }
        let figure = &mut figures[index];
        for spot in &tips {
            let reach = group[0].radius;
            figure.center_lines.extend(
                [Vec2::X, Vec2::Y]
                    .map(|along| CenterLine { from: spot.center - along * reach, to: spot.center + along * reach }),
            );
        }
        let radius = group[0].radius;
        let (size, kind) = if is_most(&group[0]) {
            (format!("SØ{}", length_text(radius * 2.0)), CalloutKind::Diameter)
        } else {
            (format!("SR{}", length_text(radius)), CalloutKind::Radius)
        };
        let text = if group.len() > 1 { format!("{}× {size}", group.len()) } else { size };
        let spots = spots(tips, figure);
        let worth = Worth { count: group.len(), ..Worth::form(radius) };
        figure.callouts.push(Callout { spots, radius, text, kind, worth });
    }
}

fn is_most(ball: &Ball) -> bool {
    ball.area > 2.0 * std::f64::consts::PI * ball.radius * ball.radius * 1.02
}

fn balls(model: &Model) -> Vec<Ball> {
    let mut index_of: FxHashMap<[u64; 4], usize> = FxHashMap::default();
    let mut balls: Vec<Ball> = Vec::new();
    let mut whole = 0.0;
    for (triangle, corners) in model.triangles.iter().enumerate() {
        let [a, b, c] = corners.map(|vertex| model.positions[vertex as usize]);
        let area = (b - a).cross(c - a).length() * 0.5;
        whole += area;
        let Surface::Sphere { center, radius } = model.surface(triangle as u32) else { continue };
        let key = [center.x, center.y, center.z, radius].map(f64::to_bits);
        let next = balls.len();
        let index = *index_of.entry(key).or_insert(next);
        if index == next {
            balls.push(Ball { center, radius, area: 0.0 });
        }
        balls[index].area += area;
    }
    let own = |ball: &Ball| 4.0 * std::f64::consts::PI * ball.radius * ball.radius;
    balls.retain(|ball| ball.area > whole * AREA_SHARE && ball.area > own(ball) * BALL_SHARE);
    balls
}

/// The arc by which a view shows a ball's outline.
fn outline(ball: &Ball, figure: &Figure, slack: f64) -> Option<Spot> {
    let place = figure.picture.flat(ball.center);
    let is_here = |center: Vec2, radius: f64| center.distance(place) <= slack && (radius - ball.radius).abs() <= slack;
    figure.strokes.iter().filter(|stroke| stroke.layer == Layer::Visible).find_map(|stroke| match stroke.shape {
        Shape::Circle { center, radius } if is_here(center, radius) => Some(Spot { center, toward: None }),
        Shape::Arc { center, radius, start_deg, sweep_deg }
            if is_here(center, radius) && sweep_deg >= MIN_SWEEP_DEG =>
        {
            let middle = start_deg + sweep_deg * 0.5;
            let toward = Toward::arc(Vec2::new(cos_deg(middle), sin_deg(middle)), sweep_deg);
            Some(Spot { center, toward })
        }
        _ => None,
    })
}
