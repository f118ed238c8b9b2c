//! Cones: the diameters of their ends and their taper (ISO 3040), each size of cone once.

use crate::drawing::chamfer::{Chamfer, ChamferShape};
use crate::drawing::dimension::holes::spots;
use crate::drawing::dimension::plan::PARALLEL;
use crate::drawing::dimension::{
    Callout, CalloutKind, Measure, Side, Spot, Toward, Worth, facet_angle_text, length_text,
};
use crate::drawing::feature::{Bore, Hole, Taper};
use crate::drawing::figure::Figure;
use crate::geom::{Vec2, Vec3, atan2_deg};

/// A cone shorter than this share of the model's diagonal has no sizes of its own.
const LENGTH_SHARE: f64 = 0.04;
/// At most this many sizes of cones.
const MAX_CONES: usize = 4;
/// A ratio this near to a whole number is written as one.
const WHOLE_SHARE: f64 = 2.0e-3;

/// The conical walls that are neither chamfers nor mouths of holes.
pub fn cones(tapers: &[Taper], chamfers: &[Chamfer], holes: &[Hole], diagonal: f64) -> Vec<Taper> {
    let slack = diagonal * 1.0e-4;
    let is_chamfer = |taper: &Taper| {
        let middle = taper.foot + taper.axis * ((taper.low.0 + taper.high.0) * 0.5);
        let same = |shape: ChamferShape| matches!(shape, ChamferShape::Round { center, .. } if center.distance(middle) <= slack);
        chamfers.iter().any(|chamfer| same(chamfer.shape))
    };
    let is_mouth = |taper: &Taper| {
        taper.inner
            && holes.iter().any(|hole| {
                hole.drill.axis.dot(taper.axis) > PARALLEL
                    && hole.drill.foot.distance(taper.foot) <= slack
                    && !hole.countersinks.is_empty()
                    && taper.low.0 >= hole.low - slack
                    && taper.high.0 <= hole.high + slack
            })
    };
    let is_long = |taper: &Taper| taper.high.0 - taper.low.0 > diagonal * LENGTH_SHARE;
    tapers.iter().filter(|taper| is_long(taper) && !is_chamfer(taper) && !is_mouth(taper)).copied().collect()
}

/// Sizes of cones: in a view from the side the diameters that no cylinder has, and the taper.
pub fn cone_sizes(cones: &[Taper], bores: &[Bore], figures: &mut [Figure], slack: f64) {
    let mut sizes: Vec<(Taper, Vec<Taper>)> = Vec::new();
    for cone in cones {
        match sizes.iter_mut().find(|(size, _)| is_alike(size, cone, slack)) {
            Some((_, group)) => group.push(*cone),
            None => sizes.push((*cone, vec![*cone])),
        }
    }
    for (cone, group) in sizes.into_iter().take(MAX_CONES) {
        let from_side = |figure: &Figure| {
            figure.cell.is_some() && !figure.is_section && figure.picture.toward.dot(cone.axis).abs() < 1.0e-6
        };
        let Some(index) = figures.iter().position(from_side) else { continue };
        let along = figures[index].picture.flat(cone.axis);
        if along.abs().min_element() > 1.0e-6 {
            // leaning in the picture: its ends have no level dimensions
            continue;
        }
        for end in [cone.low, cone.high] {
            let measure = end_diameter(&cone, end, &figures[index]);
            let has_said = |figure: &Figure| figure.measures.iter().any(|other| other.text == measure.text);
            if end.1 > slack && !is_said(&cone, end, bores, slack) && !figures.iter().any(has_said) {
                figures[index].measures.push(measure);
            }
        }
        taper_note(&group, &mut figures[index]);
    }
}

fn is_alike(one: &Taper, two: &Taper, slack: f64) -> bool {
    let sizes = |taper: &Taper| {
        let (a, b) = (taper.low.1, taper.high.1);
        Vec3::new(a.min(b), a.max(b), taper.high.0 - taper.low.0)
    };
    one.inner == two.inner && one.axis.dot(two.axis).abs() > PARALLEL && sizes(one).distance(sizes(two)) <= slack
}

/// Whether a cylinder on the same axis has the diameter of a cone's end, which is given there.
fn is_said(cone: &Taper, end: (f64, f64), bores: &[Bore], slack: f64) -> bool {
    bores.iter().any(|bore| {
        bore.inner == cone.inner
            && bore.axis.dot(cone.axis) > PARALLEL
            && bore.foot.distance(cone.foot) <= slack
            && (bore.radius - end.1).abs() <= slack
    })
}

fn end_diameter(cone: &Taper, (height, radius): (f64, f64), figure: &Figure) -> Measure {
    let at = figure.picture.flat(cone.foot + cone.axis * height);
    let upright = figure.picture.flat(cone.axis).x.abs() < 0.5;
    let middle = figure.bounds.center();
    let (side, across) = match (upright, if upright { at.y < middle.y } else { at.x < middle.x }) {
        (true, true) => (Side::Bottom, Vec2::X),
        (true, false) => (Side::Top, Vec2::X),
        (false, true) => (Side::Left, Vec2::Y),
        (false, false) => (Side::Right, Vec2::Y),
    };
    let text = format!("Ø{}", length_text(radius * 2.0));
    Measure::new(side, at - across * radius, at + across * radius, text, Worth::form(radius * 2.0))
}

/// The taper with a leader to an outline; a cone whose taper is no whole number has its angle.
fn taper_note(group: &[Taper], figure: &mut Figure) {
    let cone = group[0];
    let (length, change) = (cone.high.0 - cone.low.0, (cone.high.1 - cone.low.1).abs() * 2.0);
    let ratio = length / change.max(f64::MIN_POSITIVE);
    let whole = ratio.round();
    let text = if whole >= 2.0 && (ratio - whole).abs() <= whole * WHOLE_SHARE {
        format!("TAPER 1:{}", length_text(whole))
    } else {
        format!("CONE {}", facet_angle_text(atan2_deg(change * 0.5, length) * 2.0))
    };
    let text = if group.len() > 1 { format!("{}× {text}", group.len()) } else { text };
    let mut tips = Vec::new();
    for cone in group {
        let middle = figure.picture.flat(cone.foot + cone.axis * ((cone.low.0 + cone.high.0) * 0.5));
        let side = figure.picture.flat(cone.axis).perp();
        let radius = (cone.low.1 + cone.high.1) * 0.5;
        let spot = |side: Vec2| Spot { center: middle + side * radius, toward: Some(Toward::out(side)) };
        tips.extend([spot(side), spot(-side)]);
    }
    let spots = spots(tips, figure);
    let worth = Worth { count: group.len(), ..Worth::form(length) };
    figure.callouts.push(Callout { spots, radius: 0.0, text, kind: CalloutKind::Note, worth });
}
