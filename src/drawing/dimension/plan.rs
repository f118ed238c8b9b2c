//! Which dimensions go into which view: each feature once, where it is seen true.

use crate::drawing::chamfer::chamfers;
use crate::drawing::dimension::cone::{cone_sizes, cones};
use crate::drawing::dimension::form::{chamfer_callouts, slope_angles, slot_callouts};
use crate::drawing::dimension::hole_table::hole_labels;
use crate::drawing::dimension::holes::hole_callouts;
use crate::drawing::dimension::once::Asked;
use crate::drawing::dimension::round::{boss_sizes, corner_radii};
use crate::drawing::dimension::sphere::sphere_callouts;
use crate::drawing::dimension::steps::{Levels, extents_and_levels, is_round};
use crate::drawing::dimension::thickness::shell_thickness;
use crate::drawing::dimension::{CalloutKind, Manner, Side, Sizes, wall_chains};
use crate::drawing::edge::Model;
use crate::drawing::facet::Facets;
use crate::drawing::feature::{Bore, curved_facets, holes, walls};
use crate::drawing::figure::{CenterLine, Figure};
use crate::drawing::ring::Rings;
use crate::drawing::slot::slots;
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
        let whole = Levels { model, curved: vec![true; model.triangles.len()], holes: &[], slots: &[], cones: &[] };
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
    let curved = curved_facets(model, rings);
    let flats = Facets::find(model, &curved);
    let chamfers = chamfers(model, &flats, &tapers, &bores);
    let cones = cones(&tapers, &chamfers, &holes, model.diagonal());
    let facets = Levels { model, curved, holes: &holes, slots: &slots, cones: &cones };
    for figure in figures.iter_mut().filter(|figure| figure.cell.is_some()) {
        // a job that asks for chains or a datum edge gets them
        let free = manner.running == Running::Auto;
        figure.even = [figure.picture.right, figure.picture.up].map(|axis| free && facets.is_even(axis, rings));
    }
    let before: Vec<usize> = figures.iter().map(|figure| figure.measures.len()).collect();
    extents_and_levels(&facets, &bores, turned, figures);
    let stepped: Vec<(usize, usize)> =
        figures.iter().zip(before).map(|(figure, before)| (before, figure.measures.len())).collect();
    if manner.hole_table {
        hole_labels(&holes, figures);
    } else {
        hole_callouts(&holes, figures, slack);
    }
    boss_sizes(&bores, turned, figures, slack);
    cone_sizes(&cones, &bores, figures, slack);
    shell_thickness(figures, slack);
    slot_callouts(&slots, figures, slack);
    corner_radii(model, rings, &bores, &slots, figures, slack);
    sphere_callouts(model, figures, slack);
    chamfer_callouts(&chamfers, figures);
    let size = model.bounding_box.size();
    let largest = (size.x * size.y).max(size.y * size.z).max(size.z * size.x);
    slope_angles(&flats, &chamfers, largest, figures);
    asked.keep_others(figures, slack);
    for (figure, stepped) in figures.iter_mut().zip(stepped) {
        thin_out(figure, stepped);
        figure.callouts.truncate(MAX_CALLOUTS);
        figure.measures.truncate(MAX_MEASURES);
    }
    leave_out_widths(figures);
}

/// Takes away steps, the smallest first, on a side of a view that has more dimensions than anyone reads; the counts are what the view
/// had before its steps and after them.
fn thin_out(figure: &mut Figure, (asked, mut stepped): (usize, usize)) {
    for side in Side::ALL {
        let on_side = |figure: &Figure| figure.measures.iter().filter(|measure| measure.side == side).count();
        while on_side(figure) > MAX_LANES {
            let last =
                figure.measures[..stepped.min(figure.measures.len())].iter().rposition(|measure| measure.side == side);
            // what the program asks for stays, and so do the overall sizes, which come next
            let Some(index) = last.filter(|index| *index > asked + 1) else { break };
            figure.measures.remove(index);
            stepped -= 1;
        }
    }
}

/// Takes away the diameter of a circle that an overall width gives.
fn leave_out_widths(figures: &mut [Figure]) {
    let widths: Vec<String> = figures
        .iter()
        .flat_map(|figure| &figure.measures)
        .filter(|measure| measure.text.starts_with('Ø'))
        .map(|measure| measure.text.clone())
        .collect();
    for figure in figures {
        figure.callouts.retain(|callout| callout.kind != CalloutKind::Diameter || !widths.contains(&callout.text));
    }
}

/// More callouts in one view help nobody.
const MAX_CALLOUTS: usize = 40;
/// More dimensions on one side of a view help nobody.
const MAX_LANES: usize = 9;
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

/// The axis of a turned part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Turning {
    /// A point of it.
    pub foot: Vec3,
    /// Its direction.
    pub axis: Vec3,
}

impl Turning {
    /// Whether a wall turns about it.
    pub fn holds(&self, bore: &Bore, slack: f64) -> bool {
        self.axis.dot(bore.axis).abs() > PARALLEL
            && (bore.foot - self.foot).reject_from_normalized(self.axis).length() <= slack
    }
}

/// Cosine above which two directions are the same.
pub const PARALLEL: f64 = 1.0 - 1.0e-8;

/// The axis of a part that is round as a whole: its largest boss is as wide as its box.
fn turned_axis(model: &Model, bores: &[Bore]) -> Option<Turning> {
    let largest = bores.iter().filter(|bore| !bore.inner).max_by(|a, b| a.radius.total_cmp(&b.radius))?;
    let size = model.bounding_box.size();
    let across = size - largest.axis * size.dot(largest.axis);
    let width = largest.radius * 2.0;
    let is_round =
        across.to_array().iter().all(|extent| extent.abs() < 1.0e-9 || (extent - width).abs() < width * 0.01);
    is_round.then_some(Turning { foot: largest.foot, axis: largest.axis })
}
