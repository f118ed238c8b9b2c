//! Puts a figure on paper: its strokes scaled, its dimensions in lanes around it.

use crate::drawing::dimension::{Measure, Side, linear_mark};
use crate::drawing::figure::Figure;
use crate::drawing::style::{EXTENSION_PAST, Style, text};
use crate::geom::{Aabb2, Vec2};
use crate::page::{Anchor, Layer, Mark, Shape, text_width};

/// Room that dimensions and captions need around a figure, mm.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Margins {
    sides: [f64; 4],
}

/// Room above a figure for its caption, mm.
const CAPTION_ROOM: f64 = 10.0;

impl Margins {
    /// The room on a side.
    pub fn of(&self, side: Side) -> f64 {
        self.sides[side as usize]
    }

    /// The frame of a figure of a size with its margins.
    pub fn around(&self, center: Vec2, size: Vec2) -> Aabb2 {
        let (low, high) = (center - size * 0.5, center + size * 0.5);
        Aabb2 {
            min: low - Vec2::new(self.of(Side::Left), self.of(Side::Bottom)),
            max: high + Vec2::new(self.of(Side::Right), self.of(Side::Top)),
        }
    }
}

/// The room that a figure needs at a scale.
pub fn margins(figure: &Figure, scale: f64, style: &Style) -> Margins {
    let mut margins = Margins::default();
    for side in Side::ALL {
        let lanes = lanes(figure, side, scale, style);
        if let Some(last) = lanes.iter().map(|(_, lane)| *lane).max() {
            margins.sides[side as usize] = style.first_lane + style.lane * last as f64 + style.text + EXTENSION_PAST;
        }
    }
    if !figure.caption.is_empty() {
        margins.sides[Side::Top as usize] += CAPTION_ROOM;
    }
    margins
}

/// The marks of a figure whose middle lies at `center`.
pub fn place(figure: &Figure, center: Vec2, frame: Aabb2, scale: f64, style: &Style) -> Vec<Mark> {
    let middle = figure.bounds.center();
    let onto = |point: Vec2| center + (point - middle) * scale;
    let mut marks: Vec<Mark> = figure
        .strokes
        .iter()
        .map(|stroke| Mark { ink: style.ink(stroke.layer), view: None, shape: scaled(&stroke.shape, scale, &onto) })
        .collect();
    for side in Side::ALL {
        let edge = onto(if side.outward().dot(Vec2::ONE) > 0.0 { figure.bounds.max } else { figure.bounds.min });
        for (measure, lane) in lanes(figure, side, scale, style) {
            let away = style.first_lane + style.lane * lane as f64;
            let level = edge + side.outward() * away;
            let level = if side.is_horizontal() { level.y } else { level.x };
            let value = length_along(measure);
            marks.push(linear_mark(measure, onto(measure.from), onto(measure.to), level, value, style));
        }
    }
    if !figure.caption.is_empty() {
        let height = style.text * 1.4;
        let at = Vec2::new(center.x, frame.max.y - height - 1.0);
        marks.push(text(style.ink(Layer::Text), at, height, Anchor::Middle, &figure.caption));
    }
    marks
}

fn length_along(measure: &Measure) -> f64 {
    let across = (measure.to - measure.from).abs();
    if measure.side.is_horizontal() { across.x } else { across.y }
}

/// The dimensions of one side with their lanes, shorter ones nearer, none over another.
fn lanes<'a>(figure: &'a Figure, side: Side, scale: f64, style: &Style) -> Vec<(&'a Measure, usize)> {
    let mut measures: Vec<&Measure> = figure.measures.iter().filter(|measure| measure.side == side).collect();
    measures.sort_by(|a, b| length_along(a).total_cmp(&length_along(b)));
    let mut taken: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut placed = Vec::new();
    for measure in measures {
        let (from, to) = occupied(measure, scale, style);
        let free = |lane: &Vec<(f64, f64)>| lane.iter().all(|(low, high)| to <= *low || from >= *high);
        let lane = taken.iter().position(free).unwrap_or(taken.len());
        if lane == taken.len() {
            taken.push(Vec::new());
        }
        taken[lane].push((from, to));
        placed.push((measure, lane));
    }
    placed
}

/// The stretch of its lane that a dimension with its text takes, paper mm.
fn occupied(measure: &Measure, scale: f64, style: &Style) -> (f64, f64) {
    let pick = |point: Vec2| scale * if measure.side.is_horizontal() { point.x } else { point.y };
    let (low, high) = (pick(measure.from).min(pick(measure.to)), pick(measure.from).max(pick(measure.to)));
    let width = text_width(&measure.text, style.text);
    if high - low >= width + style.arrow * 2.0 + 1.0 {
        (low, high)
    } else {
        (low - style.arrow * 2.0, high + style.arrow + 2.0 + width)
    }
}

/// A shape at the figure's place and scale.
fn scaled(shape: &Shape, scale: f64, onto: &impl Fn(Vec2) -> Vec2) -> Shape {
    let all = |contours: &Vec<Vec<Vec2>>| {
        contours.iter().map(|contour| contour.iter().map(|point| onto(*point)).collect()).collect()
    };
    let mut placed = shape.clone();
    match &mut placed {
        Shape::Polyline { points, .. } => points.iter_mut().for_each(|point| *point = onto(*point)),
        Shape::Circle { center, radius } | Shape::Arc { center, radius, .. } => {
            *center = onto(*center);
            *radius *= scale;
        }
        Shape::Ellipse { center, major, .. } => {
            *center = onto(*center);
            *major *= scale;
        }
        Shape::Area { contours } | Shape::Hatch { contours, .. } => *contours = all(contours),
        Shape::Text(text) => text.at = onto(text.at),
        Shape::Dimension(_) => {}
    }
    placed
}
