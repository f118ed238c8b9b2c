//! Dimension lines in lanes beside a view, shorter ones nearer, and where their words go.

use crate::drawing::dimension::{Linear, Measure, Side, Words};
use crate::drawing::figure::Figure;
use crate::drawing::obstacle::Obstacles;
use crate::drawing::style::Style;
use crate::geom::Vec2;
use crate::page::{Mark, text_width};

/// Draws the dimensions chosen for a figure on all its sides; those for whose words there is no room are left out if they may be.
pub fn lane_marks(
    figure: &Figure,
    measures: &[&Measure],
    scale: f64,
    style: &Style,
    onto: &impl Fn(Vec2) -> Vec2,
) -> Vec<Mark> {
    let mut marks = Vec::new();
    // beside a corner the words of one side come near the lines of the next
    let mut others = Obstacles::default();
    for side in Side::ALL {
        let edge = onto(if side.outward().dot(Vec2::ONE) > 0.0 { figure.bounds.max } else { figure.bounds.min });
        let laned = lanes(measures, side, scale, style);
        let cuts = cuts_across(figure, side, scale);
        let first = marks.len();
        for (index, (measure, lane)) in laned.iter().enumerate() {
            // chains have words in two rows
            let pitch = if measure.lane.is_some() { style.lane + style.text } else { style.lane };
            let away = style.first_lane + pitch * *lane as f64;
            let level = edge + side.outward() * away;
            let level = if side.is_horizontal() { level.y } else { level.x };
            let left_out = figure.breaks.iter().filter(|cut| (cut.along.x > 0.5) == side.is_horizontal());
            let value = measure.length() + left_out.map(|cut| cut.true_length(measure.from, measure.to)).sum::<f64>();
            let linear = Linear { measure, ends: (onto(measure.from), onto(measure.to)), level };
            let is_free = |words: Words| others.count_in(linear.words_box(words, style)) == 0;
            match words_of(&laned, index, &cuts, scale, style, is_free) {
                Some(words) => marks.push(linear.mark(words, value, style)),
                None if measure.worth.is_optional() => {}
                None => marks.push(linear.mark(Words::default(), value, style)),
            }
        }
        marks[first..].iter().for_each(|mark| others.add(mark));
    }
    marks
}

/// Where the words of a dimension go so that no extension line of one farther out, no cutting plane and nothing of another side runs
/// through them; none where there is no such place.
fn words_of(
    laned: &[(&Measure, usize)],
    index: usize,
    cuts: &[f64],
    scale: f64,
    style: &Style,
    is_free: impl Fn(Words) -> bool,
) -> Option<Words> {
    let (measure, lane) = laned[index];
    let (low, high) = measure.ends(scale);
    let width = text_width(&measure.text, style.text);
    let others = || laned.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, other)| other);
    let farther = others().filter(|(_, other_lane)| *other_lane >= lane);
    let passing: Vec<f64> =
        farther.flat_map(|(other, _)| <[f64; 2]>::from(other.ends(scale))).chain(cuts.iter().copied()).collect();
    let is_clear = |from: f64, to: f64| passing.iter().all(|at| *at < from || *at > to);
    if measure.lane.is_some() {
        return Some(Words::default());
    }
    let over = || {
        let half = width * 0.5 + 0.6;
        let (middle, room) = ((low + high) * 0.5, ((high - low) * 0.5 - half - style.arrow).max(0.0));
        let steps = (0..=SHIFTS).map(|step| room * f64::from(step) / f64::from(SHIFTS));
        let places = steps.flat_map(|shift| [shift, -shift]).filter(|shift| {
            let middle = middle + shift;
            is_clear(middle - half, middle + half)
        });
        places.map(|shift| Words { shift, ..Words::default() }).find(|words| is_free(*words))
    };
    let beside = |outside: bool| {
        let reach = (style.arrow + 1.0, style.arrow + 2.0 + width);
        let here: Vec<(f64, f64)> = others()
            .filter(|(_, other_lane)| *other_lane == lane)
            .map(|(other, _)| occupied(other, scale, style))
            .collect();
        // farther along the line where an extension line would run through the words
        let after = |shift: f64| {
            is_clear(high + reach.0 + shift, high + reach.1 + shift)
                && here.iter().all(|(from, _)| *from < high || *from >= high + reach.1 + shift)
        };
        let before = |shift: f64| {
            is_clear(low - reach.1 - shift, low - reach.0 - shift)
                && here.iter().all(|(_, to)| *to > low || *to <= low - reach.1 - shift)
        };
        (0..=ASIDE).map(|step| f64::from(step) * 2.0).find_map(|shift| {
            let places = [(false, after(shift)), (true, before(shift))].into_iter().filter(|(_, is_clear)| *is_clear);
            places.map(|(before, _)| Words { shift, before, outside }).find(|words| is_free(*words))
        })
    };
    if high - low < width + style.arrow * 2.0 + 1.0 { beside(false) } else { over().or_else(|| beside(true)) }
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

/// The dimensions of one side with their lanes, shorter ones nearer, none over another.
pub fn lanes<'a>(measures: &[&'a Measure], side: Side, scale: f64, style: &Style) -> Vec<(&'a Measure, usize)> {
    let mut measures: Vec<&Measure> = measures.iter().copied().filter(|measure| measure.side == side).collect();
    measures.sort_by(|a, b| a.length().total_cmp(&b.length()));
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
    let (low, high) = measure.ends(scale);
    let width = text_width(&measure.text, style.text);
    if high - low >= width + style.arrow * 2.0 + 1.0 {
        (low, high)
    } else {
        (low - style.arrow * 2.0, high + style.arrow + 2.0 + width)
    }
}
