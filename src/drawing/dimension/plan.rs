//! Which dimensions go into which view: each feature once, where it is seen true.

use crate::drawing::chamfer::chamfers;
use crate::drawing::dimension::form::{chamfer_callouts, slope_angles, slot_callouts};
use crate::drawing::dimension::hole_table::hole_labels;
use crate::drawing::dimension::holes::hole_callouts;
use crate::drawing::dimension::once::Asked;
use crate::drawing::dimension::round::{boss_sizes, corner_radii};
use crate::drawing::dimension::thickness::shell_thickness;
use crate::drawing::dimension::{Manner, Measure, Side, Sizes, length_text, overall, wall_chains};
use crate::drawing::edge::Model;
use crate::drawing::facet::Facets;
use crate::drawing::feature::{Bore, Hole, Level, curved_facets, holes, levels, walls};
use crate::drawing::figure::{CenterLine, Figure};
use crate::drawing::ring::Rings;
use crate::drawing::slot::{Slot, slots};
use crate::drawing::spec::Running;
use crate::geom::{Vec2, Vec3};

/// Adds centre lines to all views, and dimensions where they are wanted.
pub fn dimension(model: &Model, rings: &Rings, figures: &mut [Figure], manner: Manner) {
    let sizes = manner.sizes;
    let slack = model.diagonal() * 1.0e-4;
    figures.iter_mut().for_each(|figure| figure.running = manner.running);
    let asked = Asked::of(figures);
    let (bores, tapers) = walls(model, rings);
    let holes = holes(&bores, &tapers, slack);
    let several = model.part_of.iter().any(|part| *part > 0);
    for figure in figures.iter_mut().filter(|figure| figure.is_section || !several) {
        // the outside of an assembly would show the axes of what is inside
        center_lines(figure, &bores, slack);
    }
    if sizes == Sizes::None {
        return;
    }
    if sizes == Sizes::Overall {
        let whole = Levels { model, curved: vec![true; model.triangles.len()], holes: &[], slots: &[] };
        extents_and_levels(&whole, &[], None, figures);
        asked.keep_others(figures, slack);
        return;
    }
    figures.iter_mut().for_each(wall_chains);
    let turned = turned_axis(model, &bores);
    for figure in figures.iter_mut() {
        figure.round = figure.cell.is_some() && is_round(model, figure);
    }
    let slots = slots(model, rings);
    let facets = Levels { model, curved: curved_facets(model, rings), holes: &holes, slots: &slots };
    extents_and_levels(&facets, &bores, turned, figures);
    if manner.hole_table {
        hole_labels(&holes, figures);
    } else {
        hole_callouts(&holes, figures, slack);
    }
    boss_sizes(&bores, turned, figures, slack);
    shell_thickness(figures, slack);
    slot_callouts(&slots, figures, slack);
    corner_radii(model, rings, &bores, &slots, figures, slack);
    let flats = Facets::find(model, &facets.curved);
    let chamfers = chamfers(model, &flats, &tapers, &bores);
    chamfer_callouts(&chamfers, figures);
    let size = model.bounding_box.size();
    let largest = (size.x * size.y).max(size.y * size.z).max(size.z * size.x);
    slope_angles(&flats, &chamfers, largest, figures);
    asked.keep_others(figures, slack);
    for figure in figures.iter_mut() {
        figure.callouts.truncate(MAX_CALLOUTS);
        figure.measures.truncate(MAX_MEASURES);
    }
}

/// More callouts in one view help nobody.
const MAX_CALLOUTS: usize = 40;
/// More dimensions in one view help nobody.
const MAX_MEASURES: usize = 80;

/// Axes of cylinders: lines where they are seen from the side, crosses where they are seen from the end.
fn center_lines(figure: &mut Figure, bores: &[Bore], slack: f64) {
    if figure.cell.is_none() && !figure.is_section {
        return;
    }
    for bore in bores {
        let off_plane = figure.off_plane(bore.foot);
        let cosine = bore.axis.dot(figure.picture.toward).abs();
        let ends = [bore.low, bore.high].map(|at| figure.picture.flat(bore.foot + bore.axis * at));
        if cosine > PARALLEL && figure.walls.is_empty() {
            let (x, y) = (Vec2::X * bore.radius, Vec2::Y * bore.radius);
            figure.center_lines.push(CenterLine { from: ends[0] - x, to: ends[0] + x });
            figure.center_lines.push(CenterLine { from: ends[0] - y, to: ends[0] + y });
        } else if cosine < 1.0e-6 && off_plane.is_none_or(|off| off.abs() <= slack) {
            figure.center_lines.push(CenterLine { from: ends[0], to: ends[1] });
        }
    }
}

/// Cosine above which two directions are the same.
pub const PARALLEL: f64 = 1.0 - 1.0e-8;

/// The axis of a part that is round as a whole: its largest boss is as wide as its box.
fn turned_axis(model: &Model, bores: &[Bore]) -> Option<Vec3> {
    let largest = bores.iter().filter(|bore| !bore.inner).max_by(|a, b| a.radius.total_cmp(&b.radius))?;
    let size = model.bounding_box.size();
    let across = size - largest.axis * size.dot(largest.axis);
    let width = largest.radius * 2.0;
    let is_round =
        across.to_array().iter().all(|extent| extent.abs() < 1.0e-9 || (extent - width).abs() < width * 0.01);
    is_round.then_some(largest.axis)
}

/// A level smaller than this share of the model's cross-section has no dimension of its own.
const LEVEL_SHARE: f64 = 0.015;
/// At most this many levels on one axis.
const MAX_LEVELS: usize = 8;

/// Overall sizes and the levels between, each axis in the first view that shows it.
fn extents_and_levels(facets: &Levels<'_>, bores: &[Bore], turned: Option<Vec3>, figures: &mut [Figure]) {
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
                && turning.dot(axis).abs() < 1.0e-6
            {
                // the diameters say it, in a view that shows the axis from the side
                if turning.dot(figure.picture.toward).abs() > 0.5 {
                    continue;
                }
                done.push(axis);
                diameters(figure, bores, turning, side);
                // the other width of a round part is the same
                done.push(turning.cross(axis));
                continue;
            }
            done.push(axis);
            figure.measures.push(overall(figure.bounds, side));
            steps(facets, figure, axis, side);
        }
    }
}

/// Sizes of a turned part's outer walls across its axis.
fn diameters(figure: &mut Figure, bores: &[Bore], turning: Vec3, side: Side) {
    let mut widths: Vec<(f64, Bore)> = Vec::new();
    for bore in bores.iter().filter(|bore| !bore.inner && bore.axis.dot(turning).abs() > PARALLEL) {
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
        figure.measures.push(Measure::new(side, at - across * radius, at + across * radius, text));
    }
}

/// What levels are read from.
struct Levels<'a> {
    model: &'a Model,
    curved: Vec<bool>,
    holes: &'a [Hole],
    slots: &'a [Slot],
}

impl Levels<'_> {
    /// The levels across an axis that deserve a dimension, those at the model's ends left out.
    fn steps(&self, axis: Vec3) -> Vec<Level> {
        let size = self.model.bounding_box.size();
        let section = size.x * size.y * size.z / size.dot(axis.abs()).max(1.0e-9);
        let ends = [self.model.bounding_box.min, self.model.bounding_box.max].map(|corner| corner.dot(axis));
        let (low, high) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        let slack = self.model.diagonal() * 1.0e-4;
        let mut all = levels(self.model, &self.curved, axis, self.holes);
        self.slots.iter().for_each(|slot| leave_out_walls(slot, axis, slack, &mut all));
        let mut found: Vec<Level> = all
            .into_iter()
            .filter(|level| level.area > section * LEVEL_SHARE && level.at > low + slack && level.at < high - slack)
            .collect();
        found.sort_by(|a, b| b.area.total_cmp(&a.area));
        found.truncate(MAX_LEVELS);
        found
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
fn is_round(model: &Model, figure: &Figure) -> bool {
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
            let text = length_text(level.at - from);
            figure.measures.push(Measure::new(side, place(from), place(level.at), text));
        }
    }
}

/// Heights of steps above the datum edge.
fn steps(facets: &Levels<'_>, figure: &mut Figure, axis: Vec3, side: Side) {
    let (low, _) = extent(figure, side);
    let slack = facets.model.diagonal() * 1.0e-4;
    let mut levels = facets.steps(axis);
    if figure.running == Running::Chain {
        levels.sort_by(|a, b| a.at.total_cmp(&b.at));
    }
    let mut last = low;
    for level in levels {
        let (one, two) = (figure.picture.flat(level.low), figure.picture.flat(level.high));
        let (near, far) = (one.min(two), one.max(two));
        let bounds = figure.bounds;
        let measure = if side.is_horizontal() {
            let upper = near.y - bounds.min.y > bounds.max.y - far.y + slack;
            let (side, edge, y) = if upper { (Side::Top, bounds.max.y, far.y) } else { (side, bounds.min.y, near.y) };
            (side, Vec2::new(bounds.min.x, edge), Vec2::new(level.at, y))
        } else {
            let right = near.x - bounds.min.x > bounds.max.x - far.x + slack;
            let (side, edge, x) = if right { (Side::Right, bounds.max.x, far.x) } else { (side, bounds.min.x, near.x) };
            (side, Vec2::new(edge, bounds.min.y), Vec2::new(x, level.at))
        };
        let (side, mut from, to) = measure;
        if side.is_horizontal() {
            from.x = last
        } else {
            from.y = last
        }
        figure.measures.push(Measure::new(side, from, to, length_text(level.at - last)));
        if figure.running == Running::Chain {
            last = level.at;
        }
    }
}

fn extent(figure: &Figure, side: Side) -> (f64, f64) {
    let bounds = figure.bounds;
    if side.is_horizontal() { (bounds.min.x, bounds.max.x) } else { (bounds.min.y, bounds.max.y) }
}
