//! Which dimensions go into which view: each feature once, where it is seen true.

use std::collections::BTreeMap;

use crate::drawing::dimension::{Callout, Measure, Side, Sizes, Spot, length_text, overall, wall_chains};
use crate::drawing::edge::Model;
use crate::drawing::feature::{Bore, Hole, Level, curved_facets, holes, levels, walls};
use crate::drawing::figure::{CenterLine, Figure};
use crate::drawing::ring::{Ring, Rings};
use crate::geom::{Vec2, Vec3};

/// Adds centre lines to all views, and dimensions where they are wanted.
pub fn dimension(model: &Model, rings: &Rings, figures: &mut [Figure], sizes: Sizes) {
    let slack = model.diagonal() * 1.0e-4;
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
        let whole = Facets { model, curved: vec![true; model.triangles.len()], holes: &[] };
        extents_and_levels(&whole, &[], None, figures);
        return;
    }
    figures.iter_mut().for_each(wall_chains);
    let turned = turned_axis(model, &bores);
    for figure in figures.iter_mut() {
        figure.round = figure.cell.is_some() && is_round(model, figure);
    }
    let facets = Facets { model, curved: curved_facets(model, rings), holes: &holes };
    extents_and_levels(&facets, &bores, turned, figures);
    hole_callouts(&holes, figures, slack);
    boss_sizes(&bores, turned, figures, slack);
    corner_radii(model, rings, &bores, figures, slack);
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
const PARALLEL: f64 = 1.0 - 1.0e-8;

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
fn extents_and_levels(facets: &Facets<'_>, bores: &[Bore], turned: Option<Vec3>, figures: &mut [Figure]) {
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
struct Facets<'a> {
    model: &'a Model,
    curved: Vec<bool>,
    holes: &'a [Hole],
}

impl Facets<'_> {
    /// The levels across an axis that deserve a dimension, those at the model's ends left out.
    fn steps(&self, axis: Vec3) -> Vec<Level> {
        let size = self.model.bounding_box.size();
        let section = size.x * size.y * size.z / size.dot(axis.abs()).max(1.0e-9);
        let ends = [self.model.bounding_box.min, self.model.bounding_box.max].map(|corner| corner.dot(axis));
        let (low, high) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        let slack = self.model.diagonal() * 1.0e-4;
        let mut found: Vec<Level> = levels(self.model, &self.curved, axis, self.holes)
            .into_iter()
            .filter(|level| level.area > section * LEVEL_SHARE && level.at > low + slack && level.at < high - slack)
            .collect();
        found.sort_by(|a, b| b.area.total_cmp(&a.area));
        found.truncate(MAX_LEVELS);
        found
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
fn round_steps(facets: &Facets<'_>, figure: &mut Figure) {
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
fn steps(facets: &Facets<'_>, figure: &mut Figure, axis: Vec3, side: Side) {
    let (low, _) = extent(figure, side);
    let slack = facets.model.diagonal() * 1.0e-4;
    for level in facets.steps(axis) {
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
        let (side, from, to) = measure;
        figure.measures.push(Measure::new(side, from, to, length_text(level.at - low)));
    }
}

fn extent(figure: &Figure, side: Side) -> (f64, f64) {
    let bounds = figure.bounds;
    if side.is_horizontal() { (bounds.min.x, bounds.max.x) } else { (bounds.min.y, bounds.max.y) }
}

/// Groups equal holes, and calls each group out once with its place.
fn hole_callouts(holes: &[Hole], figures: &mut [Figure], slack: f64) {
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
        let centers: Vec<Vec2> = group.iter().map(|hole| figure.picture.flat(hole.drill.foot)).collect();
        let others = axes.get(&index).map_or(&[] as &[Vec2], Vec::as_slice);
        let pitch = bolt_circle(&centers, others, slack);
        let mut words = if centers.len() > 1 { format!("{}× {text}", centers.len()) } else { text };
        let located = match pitch {
            Some((center, radius)) => {
                words.push_str(&format!(" EQ SP ON Ø{}", length_text(radius * 2.0)));
                figure.pitch_circles.push((center, radius));
                vec![center]
            }
            None => centers.clone(),
        };
        let spots = spots(centers.iter().map(|center| Spot { center: *center, toward: None }).collect(), figure);
        let radius = group[0].drill.radius;
        figure.callouts.push(Callout { spots, radius, text: words, diameter: true });
        positions(figure, &located, slack);
    }
}

/// The view that looks along a hole, into its mouth if it has but one.
fn best_view(hole: &Hole, figures: &[Figure]) -> Option<usize> {
    let looks_in = |figure: &Figure| {
        let cosine = hole.drill.axis.dot(figure.picture.toward);
        let mouth = if cosine > 0.0 { hole.open[1] } else { hole.open[0] };
        (figure.cell.is_some() && !figure.is_section && cosine.abs() > PARALLEL).then_some(mouth)
    };
    let along = |wanted: bool| figures.iter().position(|figure| looks_in(figure) == Some(wanted));
    along(true).or_else(|| along(false))
}

/// A hole as it is called out.
fn hole_text(hole: &Hole) -> String {
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
    for (radius, angle) in &hole.countersinks {
        text.push_str(&format!(", C’SINK Ø{} × {}°", length_text(radius * 2.0), length_text(*angle)));
    }
    text
}

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
fn spots(mut spots: Vec<Spot>, figure: &Figure) -> Vec<Spot> {
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

/// Distances of centres from the edges of the view.
fn positions(figure: &mut Figure, centers: &[Vec2], slack: f64) {
    let bounds = figure.bounds;
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
        let high = mean > across(&middle) + slack;
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
        let start = along(&bounds.min);
        chain(figure, side, (start, edge), &stops, slack, &place);
    }
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
    let mut push = |from: (f64, f64), to: (f64, f64), text: String| {
        if to.0 - from.0 > slack {
            let measure = Measure::new(side, place(from.0, from.1), place(to.0, to.1), text);
            let is_new = figure.measures.iter().all(|other| !other.same_span(&measure, slack));
            if is_new {
                figure.measures.push(measure);
            }
        }
    };
    let Some((first, last)) = stops.first().zip(stops.last()) else { return };
    push(start, *first, length_text(first.0 - start.0));
    let steps = stops.len() - 1;
    let pitch = (last.0 - first.0) / steps.max(1) as f64;
    let even = stops.windows(2).all(|pair| (pair[1].0 - pair[0].0 - pitch).abs() <= slack);
    if steps >= 2 && even {
        let text = format!("{steps}× {} (= {})", length_text(pitch), length_text(last.0 - first.0));
        push(*first, *last, text);
    } else if steps <= 2 {
        stops.windows(2).for_each(|pair| push(pair[0], pair[1], length_text(pair[1].0 - pair[0].0)));
    } else {
        // many uneven steps: all from the datum edge
        stops[1..].iter().take(MAX_STOPS).for_each(|stop| push(start, *stop, length_text(stop.0 - start.0)));
    }
}

/// At most this many positions from one edge.
const MAX_STOPS: usize = 8;

/// Diameters of bosses that no overall size gives.
fn boss_sizes(bores: &[Bore], turned: Option<Vec3>, figures: &mut [Figure], slack: f64) {
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
        figure.callouts.push(Callout { spots, radius: group[0].radius, text, diameter: true });
        positions(figure, &centers, slack);
    }
}

/// An arc with how far it goes, degrees.
type Swept<'a> = (&'a Ring, f64);

/// Radii of rounded corners, once for each radius in a view that shows them true.
fn corner_radii(model: &Model, rings: &Rings, bores: &[Bore], figures: &mut [Figure], slack: f64) {
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
        if sweep < MIN_SWEEP_DEG || is_whole_elsewhere(bores, ring, slack) {
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
        let middle = center + arc_middle(model, ring, figure) * ring.radius;
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
    figure.callouts.push(Callout { spots, radius, text, diameter: whole });
}

/// Whether an arc is a part of a wall that is whole farther along, where its diameter is given.
fn is_whole_elsewhere(bores: &[Bore], ring: &Ring, slack: f64) -> bool {
    bores.iter().any(|bore| {
        bore.axis.dot(ring.axis).abs() > PARALLEL
            && (bore.radius - ring.radius).abs() <= slack
            && (ring.center - bore.foot).reject_from_normalized(bore.axis).length() <= slack
    })
}

/// Whether the wall at an arc looks at its axis.
fn is_hollow(model: &Model, ring: &Ring) -> bool {
    let Some(edge) = ring.edges.first().map(|edge| &model.edges[*edge as usize]) else { return false };
    let outward = model.positions[edge.ends[0] as usize] - ring.center;
    let wall = edge.sides.map(|side| model.normals[side as usize]);
    let steepest = if wall[0].dot(ring.axis).abs() < wall[1].dot(ring.axis).abs() { wall[0] } else { wall[1] };
    steepest.dot(outward) < 0.0
}

/// Direction from an arc's centre to its middle in a picture.
fn arc_middle(model: &Model, ring: &Ring, figure: &Figure) -> Vec2 {
    let center = figure.picture.flat(ring.center);
    let points = ring.edges.iter().flat_map(|edge| model.edges[*edge as usize].ends);
    let sum: Vec2 = points.map(|vertex| figure.picture.flat(model.positions[vertex as usize]) - center).sum();
    sum.normalize_or_zero()
}

/// How far an arc goes, degrees.
fn sweep_deg(model: &Model, ring: &Ring) -> f64 {
    let turn = |edge: &u32| {
        let [one, two] = model.edges[*edge as usize].ends.map(|vertex| model.positions[vertex as usize]);
        2.0 * crate::geom::asin_deg((one.distance(two) / (2.0 * ring.radius)).min(1.0))
    };
    ring.edges.iter().map(turn).sum()
}

/// More arcs of one radius are a shape of its own (gear teeth, a thread), not rounded corners.
const MAX_ROUNDED: usize = 16;
