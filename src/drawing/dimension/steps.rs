//! Overall sizes and the steps between: heights over a datum edge, widths about an axis of symmetry, diameters of turned parts.

use crate::drawing::bodies::Bodies;
use crate::drawing::dimension::plan::{PARALLEL, Turning};
use crate::drawing::dimension::{Measure, Side, Worth, length_text, overall};
use crate::drawing::edge::Model;
use crate::drawing::feature::{Bore, Hole, Level, Taper, levels};
use crate::drawing::figure::{CenterLine, Figure};
use crate::drawing::ring::{Ring, Rings};
use crate::drawing::slot::Slot;
use crate::drawing::spec::Running;
use crate::geom::{Aabb2, Aabb3, Vec2, Vec3};

/// A level smaller than this share of the model's cross-section has no dimension of its own.
const LEVEL_SHARE: f64 = 0.015;
/// At most this many levels on one axis.
const MAX_LEVELS: usize = 8;
/// Levels closer to each other than this share of the whole are one.
const NEAR_SHARE: f64 = 0.0075;
/// So much of a part lies evenly about the middle of an even one.
const EVEN_SHARE: f64 = 0.85;
/// … or so much of all circles.
const EVEN_CIRCLES: f64 = 0.9;
/// With less flat area across an axis than this share of two cross-sections' the circles tell whether a part is even.
const FLAT_SHARE: f64 = 0.2;
/// Pairs among more circles than this are not looked for.
const MANY_RINGS: usize = 600;

/// Overall sizes and the levels between of a model's bodies, each axis in the first view that shows it.
pub fn extents_and_levels(bodies: &[Levels<'_>], bores: &[Bore], turned: Option<Turning>, figures: &mut [Figure]) {
    let Some(facets) = bodies.first() else { return };
    let building = figures.iter().any(|figure| !figure.walls.is_empty());
    let mut done: Vec<Vec3> = Vec::new();
    if turned.is_none() {
        for figure in figures.iter_mut().filter(|figure| figure.round) {
            // a gear, a knob: one diameter says both widths
            if done
                .iter()
                .all(|other| other.dot(figure.picture.right).abs() < 0.5 && other.dot(figure.picture.up).abs() < 0.5)
            {
                done.extend([figure.picture.right, figure.picture.up]);
                let mut size = overall(figure.bounds, Side::Left);
                size.text.insert(0, 'Ø');
                figure.measures.push(size);
                round_steps(facets, figure);
            }
        }
    }
    for figure in figures.iter_mut().filter(|figure| figure.cell.is_some() && !figure.is_section) {
        for (axis, side) in [(figure.picture.right, Side::Bottom), (figure.picture.up, Side::Left)] {
            // the plan says where a building's walls are
            let planned = building && axis.z.abs() < 0.5;
            if planned || done.iter().any(|other| other.dot(axis).abs() > 0.5) {
                continue;
            }
            if let Some(turning) = turned
                && turning.axis.dot(axis).abs() < 1.0e-6
            {
                // the diameters say it, in a view that shows the axis from the side
                if turning.axis.dot(figure.picture.toward).abs() > 0.5 {
                    continue;
                }
                done.push(axis);
                diameters(figure, bores, turning, side, facets.model.diagonal() * 1.0e-4);
                // the other width of a round part is the same
                done.push(turning.axis.cross(axis));
                continue;
            }
            done.push(axis);
            figure.measures.push(overall(figure.bounds, side));
            match bodies {
                [whole] => steps(whole, figure, figure.bounds, axis, side),
                several => steps_by_body(several, figure, axis, side),
            }
        }
    }
}

/// The sizes of several bodies along an axis and their levels, each from its own edge; what two of them have in common once.
fn steps_by_body(bodies: &[Levels<'_>], figure: &mut Figure, axis: Vec3, side: Side) {
    let mut told: Vec<[f64; 3]> = Vec::new();
    for body in bodies {
        let slack = body.model.diagonal() * 1.0e-4;
        let frame = body.frame(figure);
        let (low, high) = extent(frame, side);
        let before = figure.measures.len();
        figure.measures.push(overall(frame, side));
        steps(body, figure, frame, axis, side);
        for measure in figure.measures.split_off(before) {
            let (from, to) = measure.ends(1.0);
            let span = [from - low, to - low, high - low];
            let is_span = |other: &[f64; 3]| other.iter().zip(span).all(|(one, two)| (one - two).abs() <= slack);
            let is_told =
                told.iter().any(is_span) || figure.measures.iter().any(|other| other.same_span(&measure, slack));
            if !is_told {
                told.push(span);
                figure.measures.push(measure);
            }
        }
    }
}

/// Sizes of a turned part's outer walls across its axis.
fn diameters(figure: &mut Figure, bores: &[Bore], turning: Turning, side: Side, slack: f64) {
    let mut widths: Vec<(f64, Bore)> = Vec::new();
    for bore in bores.iter().filter(|bore| !bore.inner && turning.holds(bore, slack)) {
        if widths.iter().all(|(radius, _)| (radius - bore.radius).abs() > bore.radius * 1.0e-4) {
            widths.push((bore.radius, *bore));
        }
    }
    widths.sort_by(|a, b| b.0.total_cmp(&a.0));
    let across = if side.is_horizontal() { Vec2::X } else { Vec2::Y };
    let middle = figure.bounds.center();
    for (radius, bore) in widths.into_iter().take(MAX_LEVELS) {
        let ends = [bore.low, bore.high].map(|at| figure.picture.flat(bore.foot + bore.axis * at));
        let wall = ends[0].midpoint(ends[1]);
        let near = if side.is_horizontal() { wall.y < middle.y } else { wall.x < middle.x };
        let side = match (side.is_horizontal(), near) {
            (true, true) => Side::Bottom,
            (true, false) => Side::Top,
            (false, true) => Side::Left,
            (false, false) => Side::Right,
        };
        let outer = |end: &Vec2| end.dot(side.outward());
        let at = if outer(&ends[0]) > outer(&ends[1]) { ends[0] } else { ends[1] };
        let text = format!("Ø{}", length_text(radius * 2.0));
        figure.measures.push(Measure::new(side, at - across * radius, at + across * radius, text, Worth::FUNCTION));
    }
}

/// What levels are read from, of a whole model or of one of its bodies.
#[derive(Clone)]
pub struct Levels<'a> {
    /// The model.
    pub model: &'a Model,
    /// How far it reaches.
    pub bounds: Aabb3,
    /// For each triangle whether it is none of its flat faces: a facet of a round wall, or another body's.
    pub other: Vec<bool>,
    /// Its holes.
    pub holes: Vec<Hole>,
    /// Its slots.
    pub slots: Vec<Slot>,
    /// Its cones.
    pub cones: Vec<Taper>,
}

impl<'a> Levels<'a> {
    /// What overall sizes need.
    pub fn none(model: &'a Model) -> Self {
        let other = vec![true; model.triangles.len()];
        Self { model, bounds: model.bounding_box, other, holes: Vec::new(), slots: Vec::new(), cones: Vec::new() }
    }

    /// The bodies of the model, each with what is in it.
    pub fn by_body(&self, bodies: &Bodies) -> Vec<Self> {
        let of_body = |(body, bounds): (usize, &Aabb3)| {
            let is_in = |foot: Vec3, axis: Vec3, at: f64| bounds.touches(Aabb3::of([foot + axis * at]));
            let at_rim = |slot: &&Slot| slot.rims.first().is_some_and(|(at, _)| is_in(slot.ends[0], slot.axis, *at));
            Self {
                model: self.model,
                bounds: *bounds,
                other: (0..self.other.len()).map(|at| self.other[at] || !bodies.holds(body, at)).collect(),
                holes: self
                    .holes
                    .iter()
                    .filter(|hole| is_in(hole.drill.foot, hole.drill.axis, hole.low))
                    .cloned()
                    .collect(),
                slots: self.slots.iter().filter(at_rim).cloned().collect(),
                cones: self.cones.iter().filter(|cone| is_in(cone.foot, cone.axis, cone.low.0)).copied().collect(),
            }
        };
        if bodies.boxes.len() < 2 { vec![self.clone()] } else { bodies.boxes.iter().enumerate().map(of_body).collect() }
    }

    /// How far it reaches in a view.
    fn frame(&self, figure: &Figure) -> Aabb2 {
        Aabb2::of([self.bounds.min, self.bounds.max].map(|corner| figure.picture.flat(corner)))
    }

    /// The levels across an axis that deserve a dimension, those at the model's ends left out.
    fn steps(&self, axis: Vec3) -> Vec<Level> {
        let size = self.bounds.size();
        let section = size.x * size.y * size.z / size.dot(axis.abs()).max(1.0e-9);
        let ends = [self.bounds.min, self.bounds.max].map(|corner| corner.dot(axis));
        let (low, high) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        let slack = self.model.diagonal() * 1.0e-4;
        let mut all = levels(self.model, &self.other, axis, &self.holes);
        self.slots.iter().for_each(|slot| leave_out_walls(slot, axis, slack, &mut all));
        let mut found: Vec<Level> = all
            .into_iter()
            .chain(self.cone_ends(axis))
            .filter(|level| level.area > section * LEVEL_SHARE && level.at > low + slack && level.at < high - slack)
            .collect();
        found.sort_by(|a, b| b.area.total_cmp(&a.area));
        // of levels that nobody tells apart on paper the largest speaks for all
        let near = (high - low) * NEAR_SHARE;
        let mut told = vec![low, high];
        found.retain(|level| {
            let is_apart = told.iter().all(|other| (level.at - other).abs() > near);
            told.extend(is_apart.then_some(level.at));
            is_apart
        });
        found.truncate(MAX_LEVELS);
        found
    }

    /// Where outer cones begin and end along an axis, as large as their circles.
    fn cone_ends(&self, axis: Vec3) -> impl Iterator<Item = Level> {
        let ends = |cone: &Taper| [cone.low, cone.high].map(|end| (*cone, end));
        let along = move |cone: &&Taper| !cone.inner && cone.axis.dot(axis).abs() > PARALLEL;
        self.cones.iter().filter(along).flat_map(ends).map(move |(cone, (height, radius))| {
            let center = cone.foot + cone.axis * height;
            let reach = (Vec3::ONE - cone.axis.abs()) * radius;
            let area = std::f64::consts::PI * radius * radius;
            Level { at: center.dot(axis), area, low: center - reach, high: center + reach }
        })
    }

    /// Whether the part is the same on both sides of its middle along an axis, but for small things: by the flat faces across the
    /// axis and by the circles.
    pub fn is_even(&self, axis: Vec3, rings: &Rings) -> bool {
        let slack = self.model.diagonal() * 1.0e-4;
        let middle = self.bounds.center().dot(axis);
        let all = levels(self.model, &self.other, axis, &[]);
        let total: f64 = all.iter().map(|level| level.area).sum();
        let shared = |level: &Level| {
            let twin = all.iter().find(|other| (level.at + other.at - 2.0 * middle).abs() <= slack);
            twin.map_or(0.0, |twin| level.area.min(twin.area))
        };
        let paired: f64 = all.iter().map(shared).sum();
        let size = self.bounds.size();
        let section = size.x * size.y * size.z / size.dot(axis.abs()).max(1.0e-9);
        if total > section * FLAT_SHARE && paired >= total * EVEN_SHARE {
            return true;
        }
        let rings = &rings.rings;
        if rings.is_empty() || rings.len() > MANY_RINGS {
            return false;
        }
        let total: f64 = rings.iter().map(|ring| ring.radius).sum();
        let twins = |ring: &&Ring| {
            let place = ring.center + axis * (2.0 * (middle - ring.center.dot(axis)));
            rings
                .iter()
                .any(|other| other.center.distance(place) <= slack * 4.0 && (other.radius - ring.radius).abs() <= slack)
        };
        rings.iter().filter(twins).map(|ring| ring.radius).sum::<f64>() >= total * EVEN_CIRCLES
    }
}

/// Takes the straight walls of a slot from the levels' areas: its callout gives its width.
fn leave_out_walls(slot: &Slot, axis: Vec3, slack: f64, levels: &mut [Level]) {
    let along = slot.ends[1] - slot.ends[0];
    let (Some((low, _)), Some((high, _))) = (slot.rims.first(), slot.rims.last()) else { return };
    if along.dot(axis).abs() > slack || slot.axis.dot(axis).abs() > 1.0e-6 {
        return;
    }
    let wall = along.length() * (high - low);
    for at in [slot.ends[0].dot(axis) - slot.radius, slot.ends[0].dot(axis) + slot.radius] {
        levels.iter_mut().filter(|level| (level.at - at).abs() <= slack).for_each(|level| level.area -= wall);
    }
}

/// Whether a view's outline turns round its middle: no vertex is farther from it than half the width, which is the height.
pub fn is_round(model: &Model, figure: &Figure) -> bool {
    let size = figure.bounds.size();
    let (middle, radius) = (figure.bounds.center(), size.x * 0.5);
    let slack = radius * 1.0e-3;
    (size.x - size.y).abs() <= slack
        && model.positions.iter().all(|point| figure.picture.flat(*point).distance(middle) <= radius + slack)
}

/// Keyways and flats of a round part: widths across its middle, or distances from it.
fn round_steps(facets: &Levels<'_>, figure: &mut Figure) {
    let slack = facets.model.diagonal() * 1.0e-4;
    let middle = figure.bounds.center();
    for (axis, horizontal, center) in [(figure.picture.right, true, middle.x), (figure.picture.up, false, middle.y)] {
        let steps = facets.steps(axis);
        for level in &steps {
            let twin = steps.iter().any(|other| (level.at + other.at - 2.0 * center).abs() <= slack);
            if twin && level.at < center {
                continue;
            }
            let from = if twin { 2.0 * center - level.at } else { center };
            let corners = [level.low, level.high].map(|corner| figure.picture.flat(corner));
            let reach = corners.map(|corner| if horizontal { corner.y - middle.y } else { corner.x - middle.x });
            let high = reach[0] + reach[1] > 0.0;
            let (side, edge) = match (horizontal, high) {
                (true, true) => (Side::Top, reach[0].max(reach[1])),
                (true, false) => (Side::Bottom, reach[0].min(reach[1])),
                (false, true) => (Side::Right, reach[0].max(reach[1])),
                (false, false) => (Side::Left, reach[0].min(reach[1])),
            };
            let place =
                |at: f64| if horizontal { Vec2::new(at, middle.y + edge) } else { Vec2::new(middle.x + edge, at) };
            let text = length_text((level.at - from).abs());
            figure.measures.push(Measure::new(side, place(from), place(level.at), text, worth(&[*level])));
        }
    }
}

/// How much the areas of two faces differ that lie evenly about the middle, of an even part and of another.
const EVEN_TWINS: f64 = 0.5;
/// See [`EVEN_TWINS`].
const ODD_TWINS: f64 = 0.1;

/// Heights of steps above the datum edge, widths of those that lie evenly about the middle of an even part.
fn steps(facets: &Levels<'_>, figure: &mut Figure, frame: Aabb2, axis: Vec3, side: Side) {
    let slack = facets.model.diagonal() * 1.0e-4;
    let even = figure.even[usize::from(!side.is_horizontal())];
    let (low, high) = extent(frame, side);
    let mut found = facets.steps(axis);
    let is_chain = figure.running == Running::Chain;
    if is_chain {
        found.sort_by(|a, b| a.at.total_cmp(&b.at));
    }
    let mut last = low;
    for level in &found {
        let is_twin = |other: &&Level| {
            let is_mirrored = (level.at + other.at - low - high).abs() <= slack;
            let alike = if even { EVEN_TWINS } else { ODD_TWINS };
            is_mirrored && (level.at - other.at).abs() > slack && level.is_like(other, alike)
        };
        let twin = found.iter().filter(|_| figure.running == Running::Auto).find(is_twin);
        match twin {
            Some(twin) if twin.at >= level.at => {}
            Some(twin) => {
                push_step(figure, frame, side, (twin.at, level.at), &[*twin, *level], slack);
                show_middle(figure, frame, side.is_horizontal());
            }
            None => {
                push_step(figure, frame, side, (last, level.at), &[*level], slack);
                last = if is_chain { level.at } else { low };
            }
        }
    }
}

/// A dimension between two places within a frame, on the side of the view that what lies there is nearer to.
fn push_step(figure: &mut Figure, frame: Aabb2, side: Side, (from, to): (f64, f64), levels: &[Level], slack: f64) {
    let corners = levels.iter().flat_map(|level| [level.low, level.high]).map(|corner| figure.picture.flat(corner));
    let reach = Aabb2::of(corners);
    let bounds = figure.bounds;
    let starts_at_edge = levels.len() == 1;
    let measure = if side.is_horizontal() {
        let upper = reach.min.y - bounds.min.y > bounds.max.y - reach.max.y + slack;
        let (side, edge, y) =
            if upper { (Side::Top, frame.max.y, reach.max.y) } else { (side, frame.min.y, reach.min.y) };
        (side, Vec2::new(from, if starts_at_edge { edge } else { y }), Vec2::new(to, y))
    } else {
        let right = reach.min.x - bounds.min.x > bounds.max.x - reach.max.x + slack;
        let (side, edge, x) =
            if right { (Side::Right, frame.max.x, reach.max.x) } else { (side, frame.min.x, reach.min.x) };
        (side, Vec2::new(if starts_at_edge { edge } else { x }, from), Vec2::new(x, to))
    };
    let (side, from_at, to_at) = measure;
    // links of a chain stand or fall together
    let worth = if figure.running == Running::Chain { Worth::FUNCTION } else { worth(levels) };
    figure.measures.push(Measure::new(side, from_at, to_at, length_text(to - from), worth));
}

/// A step is worth as much as its faces are large.
fn worth(levels: &[Level]) -> Worth {
    Worth::form(levels.iter().map(|level| level.area).sum::<f64>().sqrt())
}

/// Draws the line about which what is in a frame is even, once.
pub fn show_middle(figure: &mut Figure, frame: Aabb2, horizontal: bool) {
    let (low, high, middle) = (frame.min, frame.max, frame.center());
    let line = if horizontal {
        CenterLine { from: Vec2::new(middle.x, low.y), to: Vec2::new(middle.x, high.y) }
    } else {
        CenterLine { from: Vec2::new(low.x, middle.y), to: Vec2::new(high.x, middle.y) }
    };
    if !figure.center_lines.contains(&line) {
        figure.center_lines.push(line);
    }
}

fn extent(frame: Aabb2, side: Side) -> (f64, f64) {
    if side.is_horizontal() { (frame.min.x, frame.max.x) } else { (frame.min.y, frame.max.y) }
}
