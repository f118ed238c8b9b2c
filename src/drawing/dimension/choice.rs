//! Which sizes a view shows: what the function needs, then the shape, then what is broken and rounded, as far as there is room.

use crate::drawing::dimension::{Callout, Corner, Measure, Side};
use crate::drawing::figure::Figure;
use crate::drawing::lane::lanes;
use crate::drawing::style::Style;

/// What a size says of the part, what a reader can best do without first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// How it is finished: chamfers, roundings, slopes.
    Finish,
    /// Its shape: steps, bosses, cones.
    Form,
    /// What it is there for: holes, slots and their places, diameters of turned parts.
    Function,
    /// What the whole takes up.
    Whole,
    /// What the program asks for.
    Asked,
}

/// How much a reader needs a size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Worth {
    /// What it says.
    pub rank: Rank,
    /// How large what it speaks of is, mm.
    pub size: f64,
    /// Of how many it speaks.
    pub count: usize,
}

impl Worth {
    /// What is shown whatever it costs.
    pub const ASKED: Self = Self { rank: Rank::Asked, size: 0.0, count: 1 };
    /// An overall size.
    pub const WHOLE: Self = Self { rank: Rank::Whole, size: 0.0, count: 1 };
    /// A hole, a slot or its place.
    pub const FUNCTION: Self = Self { rank: Rank::Function, size: 0.0, count: 1 };

    /// The worth of one step, boss or cone.
    pub fn form(size: f64) -> Self {
        Self { rank: Rank::Form, size, count: 1 }
    }

    /// The worth of some equal chamfers, roundings or slopes.
    pub fn finish(size: f64, count: usize) -> Self {
        Self { rank: Rank::Finish, size, count }
    }

    /// Whether it may be left out.
    pub fn is_optional(self) -> bool {
        self.rank <= Rank::Form
    }

    /// Among sizes of one rank: a repeated one counts for several, a texture for no more.
    pub fn weight(self) -> f64 {
        self.size * self.count.min(MANY) as f64
    }

    fn goes_before(&self, other: &Self) -> std::cmp::Ordering {
        other.rank.cmp(&self.rank).then(other.weight().total_cmp(&self.weight()))
    }
}

/// More of one size weigh no more.
const MANY: usize = 8;
/// Steps smaller on paper, or nearer to each other, are not told, mm.
const LEAST_STEP: f64 = 0.9;
/// Chamfers and roundings smaller on paper are not told, mm …
const LEAST_FINISH: f64 = 0.8;
/// … but for those of which there are at least so many, down to this size, mm.
const LEAST_REPEATED: (usize, f64) = (4, 0.4);
/// Slopes shorter on paper have no angle, mm.
const LEAST_SLOPE: f64 = 8.0;
/// At most so many callouts of the shape in a view, and of chamfers and roundings.
const MAX_CALLOUTS: (usize, usize) = (8, 4);
/// At most so many angles of slopes in a view.
const MAX_SLOPES: usize = 2;
/// Lanes that any side of a view has room for, and that none has more than, but for what must be told.
const LANES: (f64, f64) = (4.0, 7.0);
/// The lanes of a side are no deeper than this share of the view's longer side.
const DEEP_SHARE: f64 = 0.5;

/// The sizes that a view shows, what is needed most first.
#[derive(Debug, Clone)]
pub struct Choice<'a> {
    /// Its distances.
    pub measures: Vec<&'a Measure>,
    /// Its callouts.
    pub callouts: Vec<&'a Callout>,
    /// Its angles.
    pub angles: Vec<&'a Corner>,
}

/// Chooses what a view at a scale shows.
pub fn choose<'a>(figure: &'a Figure, scale: f64, style: &Style) -> Choice<'a> {
    let mut measures = legible_steps(&figure.measures, scale);
    for side in Side::ALL {
        keep_to_room(figure, side, scale, style, &mut measures);
    }
    Choice { measures, callouts: callouts(&figure.callouts, scale), angles: slopes(&figure.angles, scale) }
}

/// Without steps that cannot be told from nothing or from a size that is worth more.
fn legible_steps(all: &[Measure], scale: f64) -> Vec<&Measure> {
    let mut wanted: Vec<&Measure> = all.iter().collect();
    wanted.sort_by(|a, b| a.worth.goes_before(&b.worth));
    let least = LEAST_STEP / scale;
    let mut kept: Vec<&Measure> = Vec::new();
    for measure in wanted {
        let is_told = || kept.iter().any(|other| other.same_span(measure, least));
        if !measure.worth.is_optional() || measure.length() >= least && !is_told() {
            kept.push(measure);
        }
    }
    kept
}

/// Leaves out what is worth least on a side until its lanes are in proportion to the view.
fn keep_to_room(figure: &Figure, side: Side, scale: f64, style: &Style, measures: &mut Vec<&Measure>) {
    let deep = figure.bounds.size().max_element() * scale * DEEP_SHARE;
    let room = (deep / style.lane).round().clamp(LANES.0, LANES.1) as usize;
    let depth =
        |measures: &[&Measure]| lanes(measures, side, scale, style).iter().map(|(_, lane)| lane + 1).max().unwrap_or(0);
    while depth(measures) > room {
        let least = measures.iter().rposition(|measure| measure.side == side && measure.worth.is_optional());
        let Some(least) = least else { return };
        measures.remove(least);
    }
}

fn callouts(all: &[Callout], scale: f64) -> Vec<&Callout> {
    let is_legible = |worth: Worth| {
        let size = worth.size * scale;
        let (many, least) = LEAST_REPEATED;
        worth.rank != Rank::Finish || size >= LEAST_FINISH || (worth.count >= many && size >= least)
    };
    let mut kept: Vec<&Callout> = all.iter().filter(|callout| is_legible(callout.worth)).collect();
    kept.sort_by(|a, b| a.worth.goes_before(&b.worth));
    let (mut forms, mut finishes) = MAX_CALLOUTS;
    kept.retain(|callout| {
        let left = match callout.worth.rank {
            Rank::Form => &mut forms,
            Rank::Finish => &mut finishes,
            _ => return true,
        };
        let has_room = *left > 0;
        *left = left.saturating_sub(1);
        has_room
    });
    kept
}

fn slopes(all: &[Corner], scale: f64) -> Vec<&Corner> {
    let mut kept: Vec<&Corner> =
        all.iter().filter(|angle| !angle.worth.is_optional() || angle.worth.size * scale >= LEAST_SLOPE).collect();
    kept.sort_by(|a, b| a.worth.goes_before(&b.worth));
    let asked = kept.iter().filter(|angle| !angle.worth.is_optional()).count();
    kept.truncate(asked + MAX_SLOPES);
    kept
}
