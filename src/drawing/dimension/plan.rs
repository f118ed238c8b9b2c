//! Which dimensions go into which view: each feature once, where it is seen true.

use crate::drawing::bodies::Bodies;
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
use crate::drawing::dimension::{Callout, CalloutKind, Manner, Measure, Sizes, Worth, length_text, wall_chains};
use crate::drawing::edge::Model;
use crate::drawing::facet::Facets;
use crate::drawing::feature::{Bore, curved_facets, holes, walls};
use crate::drawing::figure::{CenterLine, Figure};
use crate::drawing::ring::Rings;
use crate::drawing::slot::slots;
use crate::drawing::spec::Running;
use crate::geom::{Aabb2, Aabb3, Vec2, Vec3};

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
        extents_and_levels(&[Levels::none(model)], &[], None, figures);
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
    let bounds = model.bounding_box;
    let facets = Levels { model, bounds, other: curved, holes, slots, cones };
    let bodies = Bodies::find(model);
    let (holes, slots, cones) = (&facets.holes, &facets.slots, &facets.cones);
    for figure in figures.iter_mut().filter(|figure| figure.cell.is_some()) {
        // a job that asks for chains or a datum edge gets them
        let free = manner.running == Running::Auto && bodies.boxes.len() == 1;
        figure.frames = frames(&bodies, figure);
        figure.even = [figure.picture.right, figure.picture.up].map(|axis| free && facets.is_even(axis, rings));
    }
    extents_and_levels(&facets.by_body(&bodies), &bores, turned, figures);
    if manner.hole_table {
        hole_labels(holes, figures);
    } else {
        hole_callouts(holes, figures, slack);
    }
    boss_sizes(&bores, turned, figures, slack);
    cone_sizes(cones, &bores, figures, slack);
    shell_thickness(figures, slack);
    slot_callouts(slots, figures, slack);
    corner_radii(model, rings, &bores, slots, figures, slack);
    sphere_callouts(model, figures, slack);
    chamfer_callouts(&chamfers, figures);
    let size = model.bounding_box.size();
    let largest = (size.x * size.y).max(size.y * size.z).max(size.z * size.x);
    slope_angles(&flats, &chamfers, largest, figures);
    asked.keep_others(figures, slack);
    for figure in figures.iter_mut() {
        figure.callouts.truncate(MAX_CALLOUTS);
        figure.measures.truncate(MAX_MEASURES);
    }
    leave_out_widths(figures);
}

/// Takes away the diameter of a circle that a width gives, the radius of what is left of the outermost one, and the diameter of an arc
/// that reaches as far to both sides as the whole view does.
fn leave_out_widths(figures: &mut [Figure]) {
    let is_round = |measure: &&Measure| measure.text.starts_with('Ø');
    let widths: Vec<(String, bool)> = figures
        .iter()
        .flat_map(|figure| &figure.measures)
        .filter(is_round)
        .map(|measure| (measure.text.clone(), measure.worth == Worth::WHOLE))
        .collect();
    for figure in figures {
        let (low, high) = (figure.bounds.min, figure.bounds.max);
        let slack = figure.bounds.size().max_element() * 1.0e-3;
        // from one side of the view to the other
        let spans = |callout: &Callout| {
            callout.spots.iter().any(|spot| {
                let gaps = [spot.center - callout.radius - low, high - spot.center - callout.radius].map(Vec2::abs);
                gaps[0].max(gaps[1]).min_element() <= slack
            })
        };
        figure.callouts.retain(|callout| {
            let size = format!("Ø{}", length_text(callout.radius * 2.0));
            match callout.kind {
                CalloutKind::Diameter if callout.text == size && callout.worth.is_optional() && spans(callout) => false,
                CalloutKind::Diameter => widths.iter().all(|(width, _)| *width != callout.text),
                CalloutKind::Radius => widths.iter().all(|(width, whole)| !whole || *width != size),
                CalloutKind::Note => true,
            }
        });
    }
}

/// The boxes of a view's bodies where there are several and none covers another.
fn frames(bodies: &Bodies, figure: &Figure) -> Vec<Aabb2> {
    let flat = |body: &Aabb3| Aabb2::of([body.min, body.max].map(|corner| figure.picture.flat(corner)));
    let frames: Vec<Aabb2> = bodies.boxes.iter().map(flat).collect();
    let meet = |at: usize| frames[at + 1..].iter().any(|other| other.touches(frames[at]));
    if frames.len() < 2 || (0..frames.len()).any(meet) { Vec::new() } else { frames }
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
        let ends = [bore.low, bore.high].map(|at| bore.foot + bore.axis * at);
        // what a section cuts away has no axis in it
        if ends.iter().all(|end| figure.off_plane(*end).is_some_and(|off| off > -slack)) && cosine > PARALLEL {
            continue;
        }
        let ends = ends.map(|end| figure.picture.flat(end));
        if cosine > PARALLEL && figure.walls.is_empty() {
            figure.center_cross(ends[0], bore.radius);
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
