//! Bosses and rounded corners: diameters and radii in the view that shows them true.

use std::collections::BTreeMap;

use crate::drawing::dimension::holes::{positions, spots};
use crate::drawing::dimension::plan::PARALLEL;
use crate::drawing::dimension::{Callout, CalloutKind, Spot, length_text};
use crate::drawing::edge::Model;
use crate::drawing::feature::Bore;
use crate::drawing::figure::Figure;
use crate::drawing::ring::{Ring, Rings};
use crate::drawing::slot::{Slot, arc_middle, is_hollow, sweep_deg};
use crate::geom::{Vec2, Vec3};

/// Diameters of bosses that no overall size gives.
pub fn boss_sizes(bores: &[Bore], turned: Option<Vec3>, figures: &mut [Figure], slack: f64) {
    let mut groups: BTreeMap<(usize, i64), Vec<Bore>> = BTreeMap::new();
    for bore in bores.iter().filter(|bore| !bore.inner) {
        if turned.is_some_and(|axis| axis.dot(bore.axis).abs() > PARALLEL) {
            continue;
        }
        let along = |figure: &Figure| {
            figure.cell.is_some() && !figure.is_section && figure.picture.toward.dot(bore.axis).abs() > PARALLEL
        };
        if let Some(figure) = figures.iter().position(along) {
            groups.entry((figure, (bore.radius / slack).round() as i64)).or_default().push(*bore);
        }
    }
    for ((index, _), group) in groups {
        let figure = &mut figures[index];
        let mut centers: Vec<Vec2> = Vec::new();
        for bore in &group {
            let center = figure.picture.flat(bore.foot);
            if centers.iter().all(|other| other.distance(center) > slack) {
                centers.push(center);
            }
        }
        let size = format!("Ø{}", length_text(group[0].radius * 2.0));
        let text = if centers.len() > 1 { format!("{}× {size}", centers.len()) } else { size };
        let spots = spots(centers.iter().map(|center| Spot { center: *center, toward: None }).collect(), figure);
        figure.callouts.push(Callout { spots, radius: group[0].radius, text, kind: CalloutKind::Diameter });
        positions(figure, &centers, slack);
    }
}

/// An arc with how far it goes, degrees.
type Swept<'a> = (&'a Ring, f64);

/// Radii of rounded corners, once for each radius in a view that shows them true.
pub fn corner_radii(model: &Model, rings: &Rings, bores: &[Bore], slots: &[Slot], figures: &mut [Figure], slack: f64) {
    let mut groups: BTreeMap<(usize, bool, bool), Vec<Swept<'_>>> = BTreeMap::new();
    for (index, ring) in rings.rings.iter().enumerate().filter(|(_, ring)| !ring.whole) {
        let sweep = sweep_deg(model, ring);
        let shows = |figure: &Figure| {
            figure.cell.is_some()
                && !figure.is_section
                && figure.picture.toward.dot(ring.axis).abs() > PARALLEL
                && figure.visible_rings.get(index).copied().unwrap_or(false)
                && ring.radius < figure.bounds.size().max_element()
        };
        let of_slot = slots.iter().any(|slot| slot.rings.contains(&index));
        if of_slot || sweep < MIN_SWEEP_DEG || is_whole_elsewhere(bores, ring, slack) {
            continue;
        }
        if let Some(figure) = figures.iter().position(shows) {
            groups.entry((figure, is_hollow(model, ring), sweep > 190.0)).or_default().push((ring, sweep));
        }
    }
    for ((index, _, more_than_half), mut group) in groups {
        group.sort_by(|a, b| a.0.radius.total_cmp(&b.0.radius));
        let alike = |a: &Swept<'_>, b: &Swept<'_>| b.0.radius - a.0.radius <= (b.0.radius * 0.012).max(slack);
        let mut radii: Vec<&[Swept<'_>]> = group.chunk_by(alike).collect();
        // the longest arcs first: lettering and carving have many short ones
        let length = |rings: &[Swept<'_>]| rings.iter().map(|(ring, sweep)| ring.radius * sweep).sum::<f64>();
        radii.sort_by(|a, b| length(b).total_cmp(&length(a)));
        for rings in radii.into_iter().take(MAX_RADII) {
            radius_callout(model, rings, more_than_half, &mut figures[index], slack);
        }
    }
}

/// Shorter arcs are no rounded corners.
const MIN_SWEEP_DEG: f64 = 40.0;
/// At most this many radii of one kind in a view.
const MAX_RADII: usize = 4;

fn radius_callout(model: &Model, rings: &[Swept<'_>], whole: bool, figure: &mut Figure, slack: f64) {
    let mut corners: Vec<(Vec2, Vec2)> = Vec::new();
    let radius = rings[rings.len() / 2].0.radius;
    for (ring, _) in rings {
        let center = figure.picture.flat(ring.center);
        let middle = center + figure.picture.flat(arc_middle(model, ring)).normalize_or_zero() * ring.radius;
        if corners.iter().all(|(other, at)| other.distance(center) > slack || at.distance(middle) > ring.radius) {
            corners.push((center, middle));
        }
    }
    if corners.len() > MAX_ROUNDED {
        return;
    }
    let size = if whole { format!("Ø{}", length_text(radius * 2.0)) } else { format!("R{}", length_text(radius)) };
    let text = if corners.len() > 1 { format!("{}× {size}", corners.len()) } else { size };
    let toward = |center: Vec2, middle: Vec2| (!whole).then(|| (middle - center).normalize_or_zero());
    let all =
        corners.iter().map(|(center, middle)| Spot { center: *center, toward: toward(*center, *middle) }).collect();
    let spots = spots(all, figure);
    let kind = if whole { CalloutKind::Diameter } else { CalloutKind::Radius };
    figure.callouts.push(Callout { spots, radius, text, kind });
}

/// Whether an arc is a part of a wall that is whole farther along, where its diameter is given.
fn is_whole_elsewhere(bores: &[Bore], ring: &Ring, slack: f64) -> bool {
    bores.iter().any(|bore| {
        bore.axis.dot(ring.axis).abs() > PARALLEL
            && (bore.radius - ring.radius).abs() <= slack
            && (ring.center - bore.foot).reject_from_normalized(bore.axis).length() <= slack
    })
}

/// More arcs of one radius are a shape of its own (gear teeth, a thread), not rounded corners.
const MAX_ROUNDED: usize = 16;
