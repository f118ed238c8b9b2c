//! Puts a figure on paper around the origin: its strokes scaled, centre lines, dimensions in lanes, callouts in free places.

use crate::drawing::dimension::{
    Measure, Side, Words, aligned_mark, angular_mark, callout_mark, label_marks, linear_mark, symbol_marks, table_marks,
};
use crate::drawing::figure::Figure;
use crate::drawing::indication::indicate;
use crate::drawing::merge::{Piece, merge};
use crate::drawing::obstacle::{Obstacles, mark_box};
use crate::drawing::rooms::room_marks;
use crate::drawing::style::{Style, arrowhead, line, text};
use crate::geom::{Aabb2, Vec2};
use crate::page::{Anchor, Layer, Mark, Shape, text_width};

/// A figure on paper, the middle of its bounds at the origin.
#[derive(Debug, Clone)]
pub struct Arranged {
    /// Its marks.
    pub marks: Vec<Mark>,
    /// What they cover.
    pub extent: Aabb2,
    /// How many words found no free place.
    pub crowded: usize,
}

/// Centre lines go this far past what they belong to, mm.
const CENTER_PAST: f64 = 2.5;

/// Lays a figure out on a sheet of some scale.
pub fn arrange(figure: &Figure, sheet: (f64, f64), style: &Style) -> Arranged {
    let (paper, model) = figure.ratio_on(sheet);
    let scale = paper / model;
    let middle = figure.bounds.center();
    let onto = |point: Vec2| (point - middle) * scale;
    let mut marks: Vec<Mark> = figure
        .strokes
        .iter()
        .map(|stroke| Mark { ink: style.ink(stroke.layer), view: None, shape: scaled(&stroke.shape, scale, &onto) })
        .collect();
    space_hatches(&mut marks);
    center_marks(figure, scale, style, &onto, &mut marks);
    lane_marks(figure, scale, style, &onto, &mut marks);
    let mut obstacles = Obstacles::default();
    if figure.has_free_words() {
        marks.iter().for_each(|mark| obstacles.add(mark));
    }
    marks.extend(label_marks(figure, scale, &onto, style, &mut obstacles));
    marks.extend(room_marks(figure, &onto, style, &mut obstacles));
    for angle in &figure.angles {
        marks.push(angular_mark(angle, &onto, style, &mut obstacles));
    }
    for aligned in &figure.aligned {
        marks.push(aligned_mark(aligned, &onto, style, &mut obstacles));
    }
    for symbol in &figure.symbols {
        marks.extend(symbol_marks(symbol, &onto, style, &mut obstacles));
    }
    for callout in &figure.callouts {
        marks.push(callout_mark(callout, scale, &onto, style, &mut obstacles));
    }
    balloon_marks(figure, style, &onto, &mut marks);
    marks.extend(table_marks(figure, style));
    let half = figure.bounds.size() * (scale * 0.5);
    let bounds = Aabb2 { min: -half, max: half };
    let mut extent = marks.iter().map(mark_box).fold(bounds, Aabb2::union);
    indicate(figure, scale, style, &onto, bounds, &mut marks);
    extent = marks.iter().map(mark_box).fold(extent, Aabb2::union);
    if !figure.caption.is_empty() {
        let height = style.text * 1.4;
        let at = Vec2::new(0.0, extent.max.y + height);
        marks.push(text(style.ink(Layer::Text), at, height, Anchor::Middle, &figure.caption_on(sheet)));
        extent.max.y = at.y + height * 1.5;
    }
    Arranged { marks, extent, crowded: obstacles.crowded }
}

/// Item references in two columns beside the figure, in the order of what they point at.
fn balloon_marks(figure: &Figure, style: &Style, onto: &impl Fn(Vec2) -> Vec2, marks: &mut Vec<Mark>) {
    let covered = marks.iter().map(mark_box).fold(Aabb2::EMPTY, Aabb2::union);
    let ink = style.ink(Layer::Dimension);
    let (mut left, mut right): (Vec<_>, Vec<_>) =
        figure.balloons.iter().map(|balloon| (onto(balloon.point), &balloon.item)).partition(|(at, _)| at.x < 0.0);
    let columns = [(&mut left, covered.min.x - BALLOON_GAP), (&mut right, covered.max.x + BALLOON_GAP)];
    for (column, x) in columns {
        column.sort_by(|a, b| a.0.y.total_cmp(&b.0.y));
        let mut floor = f64::NEG_INFINITY;
        for (target, item) in column.iter() {
            // never level: a leader along an edge would look like one
            let center = Vec2::new(x, (target.y + BALLOON_RADIUS * 2.0).max(floor));
            floor = center.y + BALLOON_RADIUS * 2.5;
            let toward = (*target - center).normalize_or_zero();
            marks.push(line(ink, center + toward * BALLOON_RADIUS, *target));
            marks.push(arrowhead(ink, *target, toward, style.arrow));
            marks.push(Mark { ink, view: None, shape: Shape::Circle { center, radius: BALLOON_RADIUS } });
            let height = style.text * 1.4;
            let at = center - Vec2::Y * (height * 0.5);
            marks.push(text(style.ink(Layer::Text), at, height, Anchor::Middle, item));
        }
    }
}

/// Radius of a balloon, mm.
const BALLOON_RADIUS: f64 = 4.0;
/// From the figure to its balloons' centres, mm.
const BALLOON_GAP: f64 = 12.0;

/// Hatch lines lie closer in small areas: 1 to 3 mm (ISO 128-3 leaves it to the size of the area); areas of one direction are one
/// part and look alike.
fn space_hatches(marks: &mut [Mark]) {
    let mut known: Vec<(f64, f64)> = Vec::new();
    for mark in marks.iter() {
        let Shape::Hatch { angle_deg, .. } = &mark.shape else { continue };
        let wanted = (mark_box(mark).size().min_element() / 12.0).clamp(1.0, 3.0);
        match known.iter_mut().find(|(angle, _)| angle == angle_deg) {
            Some((_, spacing)) => *spacing = spacing.max(wanted),
            None => known.push((*angle_deg, wanted)),
        }
    }
    for mark in marks {
        if let Shape::Hatch { spacing, angle_deg, .. } = &mut mark.shape {
            *spacing = known.iter().find(|(angle, _)| angle == angle_deg).map_or(1.0, |(_, spacing)| *spacing);
        }
    }
}

/// Moves marks on the sheet.
pub fn moved(marks: &[Mark], by: Vec2) -> Vec<Mark> {
    let onto = |point: Vec2| point + by;
    marks.iter().map(|mark| Mark { shape: scaled(&mark.shape, 1.0, &onto), ..mark.clone() }).collect()
}

/// Centre lines, coincident ones once, and pitch circles.
fn center_marks(figure: &Figure, scale: f64, style: &Style, onto: &impl Fn(Vec2) -> Vec2, marks: &mut Vec<Mark>) {
    let ink = style.ink(Layer::Center);
    let pieces = figure.center_lines.iter().map(|center| {
        let (from, to) = (onto(center.from), onto(center.to));
        let past = (to - from).normalize_or_zero() * CENTER_PAST;
        Piece { from: from - past, to: to + past, visible: true }
    });
    for [from, to] in merge(pieces.collect(), 1.0e-3).visible {
        marks.push(line(ink, from, to));
    }
    for (center, radius) in &figure.pitch_circles {
        let shape = Shape::Circle { center: onto(*center), radius: radius * scale };
        marks.push(Mark { ink, view: None, shape });
    }
}

fn lane_marks(figure: &Figure, scale: f64, style: &Style, onto: &impl Fn(Vec2) -> Vec2, marks: &mut Vec<Mark>) {
    for side in Side::ALL {
        let edge = onto(if side.outward().dot(Vec2::ONE) > 0.0 { figure.bounds.max } else { figure.bounds.min });
        let laned = lanes(figure, side, scale, style);
        let cuts = cuts_across(figure, side, scale);
        for (index, (measure, lane)) in laned.iter().enumerate() {
            // chains have words in two rows
            let pitch = if measure.lane.is_some() { style.lane + style.text } else { style.lane };
            let away = style.first_lane + pitch * *lane as f64;
            let level = edge + side.outward() * away;
            let level = if side.is_horizontal() { level.y } else { level.x };
            let left_out = figure.breaks.iter().filter(|cut| (cut.along.x > 0.5) == side.is_horizontal());
            let value =
                length_along(measure) + left_out.map(|cut| cut.true_length(measure.from, measure.to)).sum::<f64>();
            let words = words_of(&laned, index, &cuts, scale, style);
            let ends = (onto(measure.from), onto(measure.to));
            marks.push(linear_mark(measure, ends, level, words, value, style));
        }
    }
}

/// Where the words of a dimension go so that no extension line of one farther out and no cutting plane runs through them.
fn words_of(laned: &[(&Measure, usize)], index: usize, cuts: &[f64], scale: f64, style: &Style) -> Words {
    let (measure, lane) = laned[index];
    let ends = |measure: &Measure| {
        let pick = |point: Vec2| scale * if measure.side.is_horizontal() { point.x } else { point.y };
        (pick(measure.from).min(pick(measure.to)), pick(measure.from).max(pick(measure.to)))
    };
    let (low, high) = ends(measure);
    let width = text_width(&measure.text, style.text);
    let others = || laned.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, other)| other);
    let farther = others().filter(|(_, other_lane)| *other_lane >= lane);
    let passing: Vec<f64> =
        farther.flat_map(|(other, _)| <[f64; 2]>::from(ends(other))).chain(cuts.iter().copied()).collect();
    let is_free = |from: f64, to: f64| passing.iter().all(|at| *at < from || *at > to);
    if measure.lane.is_some() {
        return Words::default();
    }
    let beside = || {
        let reach = (style.arrow + 1.0, style.arrow + 2.0 + width);
        let here =
            || others().filter(|(_, other_lane)| *other_lane == lane).map(|(other, _)| occupied(other, scale, style));
        // farther along the line where an extension line would run through the words
        let after = |shift: &f64| {
            is_free(high + reach.0 + shift, high + reach.1 + shift)
                && here().all(|(from, _)| from < high || from >= high + reach.1 + shift)
        };
        let before = |shift: &f64| {
            is_free(low - reach.1 - shift, low - reach.0 - shift)
                && here().all(|(_, to)| to > low || to <= low - reach.1 - shift)
        };
        let shifts = || (0..=ASIDE).map(|step| f64::from(step) * 2.0);
        let sides = shifts().map(|shift| (shift, after(&shift), before(&shift)));
        let found = sides.into_iter().find(|(_, after, before)| *after || *before);
        found.map_or(Words::default(), |(shift, after, _)| Words { shift, before: !after, outside: false })
    };
    if high - low < width + style.arrow * 2.0 + 1.0 {
        return beside();
    }
    let half = width * 0.5 + 0.6;
    let (middle, room) = ((low + high) * 0.5, ((high - low) * 0.5 - half - style.arrow).max(0.0));
    let steps = (0..=SHIFTS).map(|step| room * f64::from(step) / f64::from(SHIFTS));
    let clear = |shift: &f64| is_free(middle + shift - half, middle + shift + half);
    match steps.flat_map(|shift| [shift, -shift]).find(clear) {
        Some(shift) => Words { shift, ..Words::default() },
        None => Words { outside: true, ..beside() },
    }
}

/// Steps of 2 mm that words move away from a dimension that they stand beside.
const ASIDE: u32 = 12;
/// Places tried to each side of the middle.
const SHIFTS: u32 = 16;

/// Where cutting planes and stems of symbols cross the lanes of a side, mm along them.
fn cuts_across(figure: &Figure, side: Side, scale: f64) -> Vec<f64> {
    let across = figure.cutting_lines.iter().filter(|cutting| cutting.along.dot(side.outward()).abs() > 0.999);
    let points = across.flat_map(|cutting| cutting.corners.iter().chain([&cutting.at]));
    let stems = figure.symbols.iter().filter(|symbol| symbol.normal.dot(side.outward()) > 0.9);
    points
        .chain(stems.map(|symbol| &symbol.at))
        .map(|point| scale * if side.is_horizontal() { point.x } else { point.y })
        .collect()
}

fn length_along(measure: &Measure) -> f64 {
    let across = (measure.to - measure.from).abs();
    if measure.side.is_horizontal() { across.x } else { across.y }
}

/// The dimensions of one side with their lanes, shorter ones nearer, none over another.
fn lanes<'a>(figure: &'a Figure, side: Side, scale: f64, style: &Style) -> Vec<(&'a Measure, usize)> {
    let mut measures: Vec<&Measure> = figure.measures.iter().filter(|measure| measure.side == side).collect();
    measures.sort_by(|a, b| length_along(a).total_cmp(&length_along(b)));
    let mut taken: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut placed = Vec::new();
    // links of chains first: they keep their lanes
    measures.sort_by_key(|measure| measure.lane.unwrap_or(usize::MAX));
    for measure in measures {
        if let Some(lane) = measure.lane {
            taken.resize(taken.len().max(lane + 1), Vec::new());
            taken[lane].push(occupied(measure, scale, style));
            placed.push((measure, lane));
            continue;
        }
        let (from, to) = occupied(measure, scale, style);
        let free =
            |lane: &Vec<(f64, f64)>| lane.iter().all(|(low, high)| to <= *low + 1.0e-6 || from >= *high - 1.0e-6);
        // never inside a shorter one that it spans: its extension lines would cross that one's line
        let lowest = taken.iter().rposition(|lane| !free(lane)).map_or(0, |lane| lane + 1);
        let lane = (lowest..taken.len()).find(|lane| free(&taken[*lane])).unwrap_or(taken.len());
        if lane == taken.len() {
            taken.push(Vec::new());
        }
        taken[lane].push((from, to));
        placed.push((measure, lane));
    }
    placed
}

/// The stretch of its lane that a dimension with its text takes, paper mm.
fn occupied(measure: &Measure, scale: f64, style: &Style) -> (f64, f64) {
    let pick = |point: Vec2| scale * if measure.side.is_horizontal() { point.x } else { point.y };
    let (low, high) = (pick(measure.from).min(pick(measure.to)), pick(measure.from).max(pick(measure.to)));
    let width = text_width(&measure.text, style.text);
    if high - low >= width + style.arrow * 2.0 + 1.0 {
        (low, high)
    } else {
        (low - style.arrow * 2.0, high + style.arrow + 2.0 + width)
    }
}

/// A shape at another place and scale.
fn scaled(shape: &Shape, scale: f64, onto: &impl Fn(Vec2) -> Vec2) -> Shape {
    let all = |contours: &Vec<Vec<Vec2>>| {
        contours.iter().map(|contour| contour.iter().map(|point| onto(*point)).collect()).collect()
    };
    let mut placed = shape.clone();
    match &mut placed {
        Shape::Polyline { points, .. } | Shape::Spline { points } => {
            points.iter_mut().for_each(|point| *point = onto(*point))
        }
        Shape::Circle { center, radius } | Shape::Arc { center, radius, .. } => {
            *center = onto(*center);
            *radius *= scale;
        }
        Shape::Ellipse { center, major, .. } => {
            *center = onto(*center);
            *major *= scale;
        }
        Shape::Area { contours } | Shape::Hatch { contours, .. } => *contours = all(contours),
        Shape::Text(text) => text.at = onto(text.at),
        Shape::Dimension(dimension) => {
            dimension.kind = dimension.kind.moved(onto);
            dimension.text_at = onto(dimension.text_at);
            dimension.drawn.iter_mut().for_each(|part| part.shape = scaled(&part.shape, scale, onto));
        }
        Shape::Leader(leader) => {
            leader.points.iter_mut().for_each(|point| *point = onto(*point));
            leader.drawn.iter_mut().for_each(|part| part.shape = scaled(&part.shape, scale, onto));
        }
    }
    placed
}
