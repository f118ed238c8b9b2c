//! Holes called out by groups with their places: bolt circles, rows and grids.

use std::collections::BTreeMap;

use crate::drawing::dimension::plan::PARALLEL;
use crate::drawing::dimension::steps::show_middle;
use crate::drawing::dimension::{Callout, CalloutKind, Measure, Side, Spot, Worth, facet_angle_text, length_text};
use crate::drawing::feature::Hole;
use crate::drawing::figure::Figure;
use crate::drawing::spec::Running;
use crate::geom::{Aabb2, Vec2};

/// Groups equal holes, and calls each group out once with its place.
pub fn hole_callouts(holes: &[Hole], figures: &mut [Figure], slack: f64) {
    let mut groups: BTreeMap<(usize, String), Vec<&Hole>> = BTreeMap::new();
    for hole in holes {
        if let Some(figure) = best_view(hole, figures) {
            groups.entry((figure, hole_text(hole))).or_default().push(hole);
        }
    }
    let mut axes: BTreeMap<usize, Vec<Vec2>> = BTreeMap::new();
    for ((index, _), group) in &groups {
        let centers = group.iter().map(|hole| figures[*index].picture.flat(hole.drill.foot));
        axes.entry(*index).or_default().extend(centers);
    }
    for ((index, text), group) in groups {
        let figure = &mut figures[index];
        let centers = distinct(group.iter().map(|hole| figure.picture.flat(hole.drill.foot)), slack);
        let others = axes.get(&index).map_or(&[] as &[Vec2], Vec::as_slice);
        // what goes through several walls on one axis is drilled at once
        let count = if group[0].open == [true, true] { centers.len() } else { group.len() };
        let (words, located) = counted(figure, text, count, &centers, others, slack);
        let spots = spots(centers.iter().map(|center| Spot { center: *center, toward: None }).collect(), figure);
        let radius = group[0].drill.radius;
        let kind = CalloutKind::Diameter;
        figure.callouts.push(Callout { spots, radius, text: words, kind, worth: Worth::FUNCTION });
        positions(figure, &located, slack);
    }
}

/// Places that are not the same.
pub fn distinct(places: impl Iterator<Item = Vec2>, slack: f64) -> Vec<Vec2> {
    let mut known: Vec<Vec2> = Vec::new();
    for place in places {
        if known.iter().all(|other| other.distance(place) > slack) {
            known.push(place);
        }
    }
    known
}

/// What is written of some equal circles, with their count and the circle that they are spread on; and what needs a place then.
pub fn counted(
    figure: &mut Figure,
    text: String,
    count: usize,
    centers: &[Vec2],
    others: &[Vec2],
    slack: f64,
) -> (String, Vec<Vec2>) {
    let words = if count > 1 { format!("{count}× {text}") } else { text };
    match bolt_circle(centers, others, slack) {
        Some((center, radius)) => {
            figure.pitch_circles.push((center, radius));
            (format!("{words} EQ SP ON Ø{}", length_text(radius * 2.0)), vec![center])
        }
        None => (words, centers.to_vec()),
    }
}

/// The view that looks along a hole, into its mouth if it has but one.
pub fn best_view(hole: &Hole, figures: &[Figure]) -> Option<usize> {
    let looks_in = |figure: &Figure| {
        let cosine = hole.drill.axis.dot(figure.picture.toward);
        let mouth = if cosine > 0.0 { hole.open[1] } else { hole.open[0] };
        (figure.cell.is_some() && !figure.is_section && cosine.abs() > PARALLEL).then_some(mouth)
    };
    let along = |wanted: bool| figures.iter().position(|figure| looks_in(figure) == Some(wanted));
    along(true).or_else(|| along(false))
}

/// A hole as it is called out.
pub fn hole_text(hole: &Hole) -> String {
    let mut text = format!("Ø{}", length_text(hole.drill.radius * 2.0));
    if hole.open == [true, true] {
        text.push_str(" THRU");
    } else {
        text.push_str(&format!(" × {} DEEP", length_text(hole.high - hole.low)));
    }
    for bore in &hole.counterbores {
        let name = if bore.at_mouth { "C’BORE" } else { "RECESS" };
        text.push_str(&format!(", {name} Ø{} × {}", length_text(bore.radius * 2.0), length_text(bore.depth)));
    }
    // a mouth that is hardly wider is a lead-in
    for (radius, angle) in hole.countersinks.iter().filter(|sink| sink.0 > hole.drill.radius * LEAST_SINK) {
        text.push_str(&format!(", C’SINK Ø{} × {}", length_text(radius * 2.0), facet_angle_text(*angle)));
    }
    text
}

/// A countersink is so many times wider than its hole.
const LEAST_SINK: f64 = 1.2;

/// The circle on which at least three holes lie at equal angles.
fn bolt_circle(centers: &[Vec2], others: &[Vec2], slack: f64) -> Option<(Vec2, f64)> {
    if centers.len() < 3 {
        return None;
    }
    let middle = centers.iter().sum::<Vec2>() / centers.len() as f64;
    let radius = centers[0].distance(middle);
    if radius <= slack || centers.iter().any(|center| (center.distance(middle) - radius).abs() > slack) {
        return None;
    }
    let angle = |center: &Vec2| crate::geom::atan2_deg(center.y - middle.y, center.x - middle.x).rem_euclid(360.0);
    let mut angles: Vec<f64> = centers.iter().map(angle).collect();
    angles.sort_by(f64::total_cmp);
    let step = 360.0 / centers.len() as f64;
    let even = angles.windows(2).all(|pair| (pair[1] - pair[0] - step).abs() < 0.05);
    // four on a square whose sides are level read better by their distances, unless something turns in their middle
    let is_square = centers.len() == 4 && (angles[0] - 45.0).abs() < 0.05;
    let around = others.iter().any(|other| other.distance(middle) <= slack);
    (even && (around || !is_square)).then_some((middle, radius))
}

/// The circles that a callout may point at: those nearest a corner, another corner for each next callout.
pub fn spots(mut spots: Vec<Spot>, figure: &Figure) -> Vec<Spot> {
    let corner = next_corner(figure);
    let distance = |spot: &Spot| spot.center.distance(corner);
    spots.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
    spots.truncate(MAX_SPOTS);
    spots
}

/// Circles that a callout tries.
const MAX_SPOTS: usize = 4;

fn next_corner(figure: &Figure) -> Vec2 {
    let (low, high) = (figure.bounds.min, figure.bounds.max);
    let corners = [high, Vec2::new(low.x, high.y), Vec2::new(high.x, low.y), low];
    corners[figure.callouts.len() % corners.len()]
}

/// Distances of centres from the edges of the view, or of the body that they are in.
pub fn positions(figure: &mut Figure, centers: &[Vec2], slack: f64) {
    if figure.frames.is_empty() {
        positions_in(figure, figure.bounds, centers, slack);
    }
    for frame in figure.frames.clone() {
        let reach = Aabb2 { min: frame.min - slack, max: frame.max + slack };
        let is_in = |center: &&Vec2| reach.touches(Aabb2::of([**center]));
        let inside: Vec<Vec2> = centers.iter().filter(is_in).copied().collect();
        positions_in(figure, frame, &inside, slack);
    }
}

fn positions_in(figure: &mut Figure, bounds: Aabb2, centers: &[Vec2], slack: f64) {
    let middle = bounds.center();
    // what is in the very middle is placed by its centre lines; what is located already, by that
    let is_central = |point: &Vec2| point.distance(middle) <= slack;
    let is_known = |point: &Vec2| figure.located.iter().any(|other| other.distance(*point) <= slack);
    let centers: Vec<Vec2> = centers.iter().copied().filter(|point| !is_central(point) && !is_known(point)).collect();
    figure.located.extend(&centers);
    if centers.is_empty() {
        return;
    }
    for (horizontal, low_side, high_side) in [(true, Side::Bottom, Side::Top), (false, Side::Left, Side::Right)] {
        let along = |point: &Vec2| if horizontal { point.x } else { point.y };
        let across = |point: &Vec2| if horizontal { point.y } else { point.x };
        let mean = centers.iter().map(across).sum::<f64>() / centers.len() as f64;
        let high = mean > across(&figure.bounds.center()) + slack;
        let side = if high { high_side } else { low_side };
        let edge = if high { across(&bounds.max) } else { across(&bounds.min) };
        let place = |at: f64, level: f64| if horizontal { Vec2::new(at, level) } else { Vec2::new(level, at) };
        let mut sorted = centers.clone();
        sorted.sort_by(|a, b| along(a).total_cmp(&along(b)));
        let mut stops: Vec<(f64, f64)> = Vec::new();
        for point in &sorted {
            let (at, level) = (along(point), across(point));
            match stops.last_mut() {
                Some(stop) if (at - stop.0).abs() <= slack => {
                    stop.1 = if high { stop.1.max(level) } else { stop.1.min(level) };
                }
                _ => stops.push((at, level)),
            }
        }
        let middle = along(&middle);
        if figure.even[usize::from(!horizontal)] && are_even(&stops, middle, slack) {
            pairs(figure, side, &stops, slack, &place);
            show_middle(figure, bounds, horizontal);
        } else {
            let start = along(&bounds.min);
            chain(figure, side, (start, edge), &stops, slack, &place);
        }
    }
}

/// Whether some stops lie evenly about the middle.
fn are_even(stops: &[(f64, f64)], middle: f64, slack: f64) -> bool {
    stops.iter().zip(stops.iter().rev()).all(|(one, two)| (one.0 + two.0 - 2.0 * middle).abs() <= slack * 2.0)
}

/// The distances of stops that lie evenly about the middle; what is in the middle itself needs none.
fn pairs(figure: &mut Figure, side: Side, stops: &[(f64, f64)], slack: f64, place: &impl Fn(f64, f64) -> Vec2) {
    let mut push = |from: (f64, f64), to: (f64, f64), text: String| {
        let measure = Measure::new(side, place(from.0, from.1), place(to.0, to.1), text, Worth::FUNCTION);
        if figure.measures.iter().all(|other| !other.same_span(&measure, slack)) {
            figure.measures.push(measure);
        }
    };
    let (Some(first), Some(last)) = (stops.first(), stops.last()) else { return };
    if let Some(text) = equal_steps(stops, slack) {
        push(*first, *last, text);
        return;
    }
    let nested = stops.iter().zip(stops.iter().rev()).take(stops.len() / 2);
    nested.take(MAX_STOPS).for_each(|(from, to)| push(*from, *to, length_text(to.0 - from.0)));
}

/// Three or more stops at one distance, as they are written.
fn equal_steps(stops: &[(f64, f64)], slack: f64) -> Option<String> {
    let (first, last) = (stops.first()?, stops.last()?);
    let steps = stops.len() - 1;
    let pitch = (last.0 - first.0) / steps.max(1) as f64;
    let even = stops.windows(2).all(|pair| (pair[1].0 - pair[0].0 - pitch).abs() <= slack);
    (steps >= 2 && even).then(|| format!("{steps}× {} (= {})", length_text(pitch), length_text(last.0 - first.0)))
}

/// A chain of dimensions from an edge over some stops; equal steps are written once.
fn chain(
    figure: &mut Figure,
    side: Side,
    start: (f64, f64),
    stops: &[(f64, f64)],
    slack: f64,
    place: &impl Fn(f64, f64) -> Vec2,
) {
    let running = figure.running;
    let mut push = |from: (f64, f64), to: (f64, f64), text: String| {
        if to.0 - from.0 > slack {
            let measure = Measure::new(side, place(from.0, from.1), place(to.0, to.1), text, Worth::FUNCTION);
            let is_new = figure.measures.iter().all(|other| !other.same_span(&measure, slack));
            if is_new {
                figure.measures.push(measure);
            }
        }
    };
    let Some((first, last)) = stops.first().zip(stops.last()) else { return };
    push(start, *first, length_text(first.0 - start.0));
    if running == Running::Baseline {
        stops[1..].iter().take(MAX_STOPS).for_each(|stop| push(start, *stop, length_text(stop.0 - start.0)));
    } else if let Some(text) = equal_steps(stops, slack) {
        push(*first, *last, text);
    } else if stops.len() <= 3 || running == Running::Chain {
        stops.windows(2).for_each(|pair| push(pair[0], pair[1], length_text(pair[1].0 - pair[0].0)));
    } else {
        // many uneven steps: all from the datum edge
        stops[1..].iter().take(MAX_STOPS).for_each(|stop| push(start, *stop, length_text(stop.0 - start.0)));
    }
}

/// At most this many positions from one edge.
const MAX_STOPS: usize = 8;
