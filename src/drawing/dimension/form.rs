//! Slots, chamfers and slopes: called out once, with their count, in a view that shows them true.

use std::collections::BTreeMap;

use crate::drawing::chamfer::{Chamfer, ChamferShape};
use crate::drawing::dimension::holes::{positions, spots};
use crate::drawing::dimension::plan::PARALLEL;
use crate::drawing::dimension::{Callout, CalloutKind, Corner, Spot, Toward, Worth, facet_angle_text, length_text};
use crate::drawing::facet::{Facets, Seam};
use crate::drawing::figure::{CenterLine, Figure};
use crate::drawing::slot::Slot;
use crate::geom::{Vec2, Vec3, atan2_deg};

/// The first view along a direction.
fn view_along(direction: Vec3, figures: &[Figure]) -> Option<usize> {
    figures.iter().position(|figure| {
        figure.cell.is_some() && !figure.is_section && figure.picture.toward.dot(direction).abs() > PARALLEL
    })
}

/// Slots with width, length and distance of their ends' centres.
pub fn slot_callouts(slots: &[Slot], figures: &mut [Figure], slack: f64) {
    let mut groups: BTreeMap<(usize, String), Vec<&Slot>> = BTreeMap::new();
    for slot in slots {
        if let Some(figure) = view_along(slot.axis, figures) {
            groups.entry((figure, slot_text(slot))).or_default().push(slot);
        }
    }
    for ((index, text), group) in groups {
        let figure = &mut figures[index];
        let mut tips = Vec::new();
        let mut centers = Vec::new();
        for slot in &group {
            let [one, two] = slot.ends.map(|end| figure.picture.flat(end));
            let along = (two - one).normalize_or_zero();
            tips.push(Spot { center: one, toward: Toward::arc(-along, 180.0) });
            tips.push(Spot { center: two, toward: Toward::arc(along, 180.0) });
            centers.push(one.midpoint(two));
            let (reach, across) = (along * slot.radius, along.perp() * slot.radius);
            figure.center_lines.push(CenterLine { from: one - reach, to: two + reach });
            figure.center_lines.extend([one, two].map(|end| CenterLine { from: end - across, to: end + across }));
        }
        let text = if group.len() > 1 { format!("{}× {text}", group.len()) } else { text };
        let spots = spots(tips, figure);
        let (radius, kind) = (group[0].radius, CalloutKind::Note);
        figure.callouts.push(Callout { spots, radius, text, kind, worth: Worth::FUNCTION });
        positions(figure, &centers, slack);
    }
}

fn slot_text(slot: &Slot) -> String {
    let (width, apart) = (slot.radius * 2.0, slot.ends[0].distance(slot.ends[1]));
    let size = format!("SLOT {} × {}", length_text(width), length_text(width + apart));
    let depth = match slot.rims.as_slice() {
        [(_, true), .., (_, true)] => " THRU".to_owned(),
        [(low, _), .., (high, _)] => format!(" × {} DEEP", length_text(high - low)),
        _ => String::new(),
    };
    format!("{size}{depth}, CTRS {}", length_text(apart))
}

/// Chamfers of one size together.
pub fn chamfer_callouts(chamfers: &[Chamfer], figures: &mut [Figure]) {
    let mut groups: BTreeMap<String, Vec<&Chamfer>> = BTreeMap::new();
    for chamfer in chamfers {
        groups.entry(chamfer_text(chamfer)).or_default().push(chamfer);
    }
    let worth = |group: &[&Chamfer]| Worth::finish(group[0].leg, group.len());
    let mut groups: Vec<(String, Vec<&Chamfer>)> =
        groups.into_iter().filter(|(_, group)| group.len() <= MANY).collect();
    groups.sort_by(|a, b| worth(&b.1).weight().total_cmp(&worth(&a.1).weight()).then_with(|| a.0.cmp(&b.0)));
    // of many sizes those that take most off: what is far less than the first is incidental
    let least = groups.first().map_or(0.0, |(_, group)| worth(group).weight()) * LEAST_CHAMFER;
    groups.retain(|(_, group)| worth(group).weight() >= least);
    for (text, group) in groups.into_iter().take(MAX_CHAMFERS) {
        // a rim with a chamfer is seen true from any side
        let seen_by = |chamfer: &Chamfer, figure: &Figure| match chamfer.shape {
            ChamferShape::Flat(_) => chamfer.along.dot(figure.picture.toward).abs() > PARALLEL,
            ChamferShape::Round { axis, .. } => axis.dot(figure.picture.toward).abs() < 1.0e-6,
        };
        let shows = |figure: &Figure| {
            figure.cell.is_some() && !figure.is_section && group.iter().any(|chamfer| seen_by(chamfer, figure))
        };
        let Some(index) = figures.iter().position(shows) else { continue };
        let figure = &mut figures[index];
        let tips: Vec<Spot> = group
            .iter()
            .filter(|chamfer| seen_by(chamfer, figure))
            .flat_map(|chamfer| tips_of(chamfer, figure))
            .collect();
        let text = if group.len() > 1 { format!("{}× {text}", group.len()) } else { text };
        let (spots, kind) = (spots(tips, figure), CalloutKind::Note);
        figure.callouts.push(Callout { spots, radius: 0.0, text, kind, worth: worth(&group) });
    }
}

/// At most this many sizes of chamfers.
const MAX_CHAMFERS: usize = 4;
/// A size of chamfers is worth at least this share of the one that is worth most.
const LEAST_CHAMFER: f64 = 0.3;
/// More chamfers of one size are a surface's texture.
const MANY: usize = 64;

/// The points of a chamfer's outline in a view.
fn tips_of(chamfer: &Chamfer, figure: &Figure) -> Vec<Spot> {
    let ChamferShape::Round { center, axis } = chamfer.shape else {
        let toward = figure.picture.flat(chamfer.normal).normalize_or_zero();
        return vec![Spot { center: figure.picture.flat(chamfer.at), toward: Some(Toward::out(toward)) }];
    };
    // of a rim both silhouettes
    let lean = chamfer.normal.dot(axis);
    let across = (1.0 - lean * lean).max(0.0).sqrt();
    let radius = chamfer.at.distance(center);
    let (center, axis) = (figure.picture.flat(center), figure.picture.flat(axis).normalize_or_zero());
    [axis.perp(), -axis.perp()]
        .map(|side| Spot { center: center + side * radius, toward: Some(Toward::out(side * across + axis * lean)) })
        .to_vec()
}

/// Length and angle; the length is that along the face which loses more.
fn chamfer_text(chamfer: &Chamfer) -> String {
    format!("{}×{}", length_text(chamfer.leg), facet_angle_text(chamfer.angle_deg))
}

/// A slope smaller than this share of the model's largest side face has no angle of its own.
const SLOPE_SHARE: f64 = 0.02;
/// So many equal angles in a view are a shape of its own: a nut, a tooth.
const REGULAR: usize = 5;
/// Four equal angles of these are a hexagon's, degrees.
const PRISM_DEG: [f64; 2] = [30.0, 60.0];
/// Faces that lean less are drafts, or meant upright, degrees.
const LEAST_DEG: f64 = 2.0;
/// At most this many angles in a view.
const MAX_ANGLES: usize = 4;

/// Angles of flat faces that lean, against a level or upright face that they meet.
pub fn slope_angles(facets: &Facets, chamfers: &[Chamfer], largest: f64, figures: &mut [Figure]) {
    let is_level = |normal: Vec3| normal.abs().max_element() > PARALLEL;
    let leans = |index: usize| {
        let facet = &facets.facets[index];
        !is_level(facet.normal)
            && facet.area > largest * SLOPE_SHARE
            && chamfers.iter().all(|chamfer| chamfer.shape != ChamferShape::Flat(index))
    };
    for figure in figures.iter_mut().filter(|figure| figure.cell.is_some() && !figure.is_section) {
        let toward = figure.picture.toward;
        // of each slope the angle to the largest face that it meets
        let mut best: BTreeMap<usize, (f64, Corner)> = BTreeMap::new();
        for seam in facets.seams.iter().filter(|seam| seam.along.dot(toward).abs() > PARALLEL) {
            for (slope, base) in [(seam.facets[0], seam.facets[1]), (seam.facets[1], seam.facets[0])] {
                let area = facets.facets[base].area;
                let is_better = best.get(&slope).is_none_or(|(most, _)| area > *most);
                if is_better && leans(slope) && is_level(facets.facets[base].normal) {
                    best.insert(slope, (area, corner_of(facets, seam, slope, base, figure)));
                }
            }
        }
        let mut groups: BTreeMap<i64, Vec<Corner>> = BTreeMap::new();
        for (_, corner) in best.into_values() {
            groups.entry((corner.value * 100.0).round() as i64).or_default().push(corner);
        }
        let is_prism =
            |group: &Vec<Corner>| group.len().is_multiple_of(4) && PRISM_DEG.contains(&group[0].value.round());
        let tells = |group: &Vec<Corner>| {
            group.len() < REGULAR && !is_prism(group) && (LEAST_DEG..=90.0 - LEAST_DEG).contains(&group[0].value)
        };
        let mut shown: Vec<Vec<Corner>> = groups.into_values().filter(tells).collect();
        let reach = |corner: &Corner| corner.from.distance(corner.corner);
        shown.iter_mut().for_each(|group| group.sort_by(|a, b| reach(b).total_cmp(&reach(a))));
        shown.sort_by(|a, b| reach(&b[0]).total_cmp(&reach(&a[0])));
        for group in shown.into_iter().take(MAX_ANGLES) {
            let count = group.len();
            let mut corner = group[0].clone();
            corner.worth = Worth::finish(reach(&corner), count);
            if count > 1 {
                corner.text = format!("{count}× {}", corner.text);
            }
            figure.angles.push(corner);
        }
    }
}

/// The acute angle between a slope and the face that it meets, the face's leg drawn on where the corner is blunt.
fn corner_of(facets: &Facets, seam: &Seam, slope: usize, base: usize, figure: &Figure) -> Corner {
    let flat = |point: Vec3| figure.picture.flat(point);
    let corner = flat(seam.middle);
    let leg = |facet: usize| {
        let normal = flat(facets.facets[facet].normal).normalize_or_zero();
        let inward = flat(facets.facets[facet].center) - corner;
        let along = normal.perp();
        if along.dot(inward) < 0.0 { -along } else { along }
    };
    let reach = |facet: usize, along: Vec2| (flat(facets.facets[facet].center) - corner).dot(along).abs() * 2.0;
    let (one, two) = (leg(slope), leg(base));
    let from = corner + one * reach(slope, one);
    // at a blunt corner the level leg is drawn on beyond it
    let two = if one.dot(two) < 0.0 { -two } else { two * reach(base, two) };
    let to = if two.length() > 1.0 { corner + two } else { corner + two * 1.0e-3 };
    let value = atan2_deg(one.perp_dot(two).abs(), one.dot(two));
    Corner { corner, from, to, value, text: facet_angle_text(value), worth: Worth::finish(0.0, 1) }
}
