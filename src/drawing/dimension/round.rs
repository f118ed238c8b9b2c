//! Bosses and rounded corners: diameters and radii in the view that shows them true.

use std::collections::BTreeMap;

use crate::drawing::dimension::holes::{counted, distinct, positions, spots};
use crate::drawing::dimension::plan::{PARALLEL, Turning};
use crate::drawing::dimension::{Callout, CalloutKind, Spot, Toward, length_text};
use crate::drawing::edge::Model;
use crate::drawing::feature::Bore;
use crate::drawing::figure::Figure;
use crate::drawing::ring::{Ring, Rings};
use crate::drawing::slot::{Slot, arc_middle, is_hollow, sweep_deg};
use crate::geom::Vec2;

/// Diameters of bosses that no overall size gives.
pub fn boss_sizes(bores: &[Bore], turned: Option<Turning>, figures: &mut [Figure], slack: f64) {
    let mut groups: BTreeMap<(usize, i64), Vec<Bore>> = BTreeMap::new();
    for bore in bores.iter().filter(|bore| !bore.inner) {
        if turned.is_some_and(|turning| turning.holds(bore, slack)) {
            continue;
        }
        let along = |figure: &Figure| {
            figure.cell.is_some() && !figure.is_section && figure.picture.toward.dot(bore.axis).abs() > PARALLEL
        };
        if let Some(figure) = figures.iter().position(along) {
            groups.entry((figure, (bore.radius / slack).round() as i64)).or_default().push(*bore);
        }
    }
    let mut axes: BTreeMap<usize, Vec<Vec2>> = BTreeMap::new();
    for bore in bores {
        for (index, figure) in figures.iter().enumerate() {
            if figure.picture.toward.dot(bore.axis).abs() > PARALLEL {
                axes.entry(index).or_default().push(figure.picture.flat(bore.foot));
            }
        }
    }
    for ((index, _), group) in groups {
        let figure = &mut figures[index];
        let centers = distinct(group.iter().map(|bore| figure.picture.flat(bore.foot)), slack);
        let size = format!("Ø{}", length_text(group[0].radius * 2.0));
        let others = axes.get(&index).map_or(&[] as &[Vec2], Vec::as_slice);
        let (text, located) = counted(figure, size, centers.len(), &centers, others, slack);
        let spots = spots(centers.iter().map(|center| Spot { center: *center, toward: None }).collect(), figure);
        figure.callouts.push(Callout { spots, radius: group[0].radius, text, kind: CalloutKind::Diameter });
        positions(figure, &located, slack);
    }
}

/// An arc with how far it goes, degrees.
type Swept<'a> = (&'a Ring, f64);

/// Radii of rounded corners, once for each radius in a view that shows them true.
pub fn corner_radii(model: &Model, rings: &Rings, bores: &[Bore], slots: &[Slot], figures: &mut [Figure], slack: f64) {
    let mut groups: BTreeMap<(usize, bool, bool), Vec<Swept<'_>>> = BTreeMap::new();
    let is_long = |ring: &&Ring| !ring.whole && sweep_deg(model, ring) > LONG_DEG;
    let long: Vec<&Ring> = rings.rings.iter().filter(is_long).take(MANY_LONG).collect();
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
        let is_more_elsewhere = || long.iter().any(|other| sweep <= LONG_DEG && is_coaxial(ring, other, slack));
        if of_slot || sweep < MIN_SWEEP_DEG || is_whole_elsewhere(bores, ring, slack) || is_more_elsewhere() {
            continue;
        }
        if let Some(figure) = figures.iter().position(shows) {
            groups.entry((figure, is_hollow(model, ring), sweep > LONG_DEG)).or_default().push((ring, sweep));
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

/// Whether two circles of one radius turn about one axis.
fn is_coaxial(one: &Ring, two: &Ring, slack: f64) -> bool {
    one.axis.dot(two.axis).abs() > PARALLEL
        && (one.radius - two.radius).abs() <= slack
        && (one.center - two.center).reject_from_normalized(one.axis).length() <= slack
}

/// An arc that goes farther round has a diameter, degrees.
const LONG_DEG: f64 = 190.0;
/// Among more long arcs none is looked for.
const MANY_LONG: usize = 200;
/// Shorter arcs are no rounded corners.
const MIN_SWEEP_DEG: f64 = 40.0;
/// At most this many radii of one kind in a view.
const MAX_RADII: usize = 4;

fn radius_callout(model: &Model, rings: &[Swept<'_>], whole: bool, figure: &mut Figure, slack: f64) {
    let mut corners: Vec<(Vec2, Vec2, f64)> = Vec::new();
    let radius = rings[rings.len() / 2].0.radius;
    for (ring, sweep) in rings {
        let center = figure.picture.flat(ring.center);
        let middle = center + figure.picture.flat(arc_middle(model, ring)).normalize_or_zero() * ring.radius;
        if corners.iter().all(|(other, at, _)| other.distance(center) > slack || at.distance(middle) > ring.radius) {
            corners.push((center, middle, *sweep));
        }
    }
    if corners.len() > MAX_ROUNDED {
        return;
    }
    let size = if whole { format!("Ø{}", length_text(radius * 2.0)) } else { format!("R{}", length_text(radius)) };
    let text = if corners.len() > 1 { format!("{}× {size}", corners.len()) } else { size };
    let spot = |(center, middle, sweep): &(Vec2, Vec2, f64)| Spot {
        center: *center,
        toward: Toward::arc((*middle - *center).normalize_or_zero(), *sweep),
    };
    let spots = spots(corners.iter().map(spot).collect(), figure);
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
