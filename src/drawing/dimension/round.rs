//! Bosses and rounded corners: diameters and radii in the view that shows them true.

use std::collections::BTreeMap;

use crate::drawing::dimension::holes::{counted, distinct, positions, spots};
use crate::drawing::dimension::plan::{PARALLEL, Turning};
use crate::drawing::dimension::{Callout, CalloutKind, Spot, Toward, Worth, length_text};
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
        let (radius, kind) = (group[0].radius, CalloutKind::Diameter);
        let worth = Worth { count: centers.len(), ..Worth::form(radius * 2.0) };
        figure.callouts.push(Callout { spots, radius, text, kind, worth });
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
    for ((index, hollow, more_than_half), mut group) in groups {
        group.sort_by(|a, b| a.0.radius.total_cmp(&b.0.radius));
        let alike = |a: &Swept<'_>, b: &Swept<'_>| b.0.radius - a.0.radius <= (b.0.radius * 0.012).max(slack);
        let mut radii: Vec<&[Swept<'_>]> = group.chunk_by(alike).collect();
        // the longest arcs first: lettering and carving have many short ones
        let length = |rings: &[Swept<'_>]| rings.iter().map(|(ring, sweep)| ring.radius * sweep).sum::<f64>();
        radii.sort_by(|a, b| length(b).total_cmp(&length(a)));
        for rings in radii.into_iter().take(MAX_RADII) {
            radius_callout(model, rings, (hollow, more_than_half), &mut figures[index], slack);
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

/// What is there of one circle: its centre, towards the middle of its arcs, and how far they go together, degrees.
struct Arcs {
    center: Vec2,
    toward: Vec2,
    sweep: f64,
}

/// Gathers the arcs of one radius by their circles: a slit, a flat or a tessellation by turns leaves several of one.
fn arcs_by_circle(model: &Model, rings: &[Swept<'_>], hollow: bool, figure: &Figure, slack: f64) -> Vec<Arcs> {
    let share = if hollow { SAME_HOLE } else { SAME_CENTER };
    let mut seen: Vec<(Vec2, Vec2)> = Vec::new();
    let mut circles: Vec<Arcs> = Vec::new();
    for (ring, sweep) in rings {
        let center = figure.picture.flat(ring.center);
        let toward = figure.picture.flat(arc_middle(model, ring)).normalize_or_zero();
        let is_same = |other: Vec2| other.distance(center) <= slack.max(ring.radius * share);
        // the same arc at another depth
        let reach = sweep.min(90.0) / 180.0;
        if seen.iter().any(|(other, at)| is_same(*other) && at.distance(toward) < reach) {
            continue;
        }
        seen.push((center, toward));
        match circles.iter_mut().find(|circle| is_same(circle.center)) {
            Some(circle) => {
                let share = sweep / (circle.sweep + sweep);
                circle.center = circle.center.lerp(center, share);
                circle.toward = circle.toward.lerp(toward, share);
                circle.sweep += sweep;
            }
            None => circles.push(Arcs { center, toward, sweep: *sweep }),
        }
    }
    circles
}

/// Arcs whose middles weigh up to less than this lie all around.
const LEAST_ASIDE: f64 = 0.4;
/// Centres nearer to each other than this share of the radius are one circle's …
const SAME_CENTER: f64 = 0.01;
/// … and those of the halves of a hole that is made a little wider than high, so that it can be printed upright.
const SAME_HOLE: f64 = 0.2;

/// Calls out arcs of one radius: as rounded corners, or as holes or bosses where more than half of the circle is there.
fn radius_callout(model: &Model, rings: &[Swept<'_>], (hollow, long): (bool, bool), figure: &mut Figure, slack: f64) {
    let radius = rings[rings.len() / 2].0.radius;
    let circles = arcs_by_circle(model, rings, hollow, figure, slack);
    let count = circles.len();
    let whole = long || circles.iter().all(|circle| circle.sweep > LONG_DEG);
    if count > if whole && hollow { MAX_HOLES } else { MAX_ROUNDED } {
        return;
    }
    let size = if whole { format!("Ø{}", length_text(radius * 2.0)) } else { format!("R{}", length_text(radius)) };
    let text = if count > 1 { format!("{count}× {size}") } else { size };
    let spot = |circle: &Arcs| {
        // arcs all around have no middle
        let is_aside = circle.toward.length() > LEAST_ASIDE;
        let toward = if is_aside { circle.toward.normalize_or_zero() } else { Vec2::ZERO };
        Spot { center: circle.center, toward: Toward::arc(toward, circle.sweep) }
    };
    let spots = spots(circles.iter().map(spot).collect(), figure);
    let kind = if whole { CalloutKind::Diameter } else { CalloutKind::Radius };
    let is_large = radius > figure.bounds.size().max_element() * LARGE_SHARE;
    let worth = match (whole, is_large) {
        (true, _) if hollow => Worth::FUNCTION,
        (true, _) | (_, true) => Worth { count, ..Worth::form(radius) },
        _ => Worth::finish(radius, count),
    };
    figure.callouts.push(Callout { spots, radius, text, kind, worth });
    if whole && hollow {
        circles.iter().for_each(|circle| figure.center_cross(circle.center, radius));
        let centers: Vec<Vec2> = circles.iter().map(|circle| circle.center).collect();
        positions(figure, &centers, slack);
    }
}

/// A radius above this share of a view's larger side is no rounded corner.
const LARGE_SHARE: f64 = 0.1;

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
/// More holes of one radius that are no whole circles are a lattice.
const MAX_HOLES: usize = 64;
