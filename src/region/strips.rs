//! One sweep of the clipper, cut into strips where it would be long: the halves left and right of a seam are clipped by themselves and
//! sewn together along it.
//!
//! The clipper cannot be stopped on its way, and walks over all edges at a height for every point. Strips bound how long it runs between two
//! looks at the budget, keep those edges few, and are clipped side by side.

use std::cmp::Ordering;

use clipper2_rust::core::{FillRule, Path64, Paths64, Point64};
use clipper2_rust::engine::ClipType;
use clipper2_rust::engine_public::Clipper64;
use rustc_hash::FxHashMap;

use crate::budget::{Budget, Exceeded};

/// What the clipper is to do.
#[derive(Clone)]
pub(super) struct Sweep {
    pub subjects: Paths64,
    pub clips: Paths64,
    pub kind: ClipType,
    pub rule: FillRule,
}

/// The paths around what a sweep keeps, outer ones counter-clockwise.
///
/// # Errors
/// The job was stopped.
pub(super) fn clip(sweep: Sweep, budget: &Budget) -> Result<Paths64, Exceeded> {
    clip_within(sweep, Outlook { steps: usize::MAX, patience: PATIENCE }, budget)
}

fn clip_within(sweep: Sweep, outlook: Outlook, budget: &Budget) -> Result<Paths64, Exceeded> {
    budget.check()?;
    let Some((seam, outlook)) = sweep.seam(outlook) else { return Ok(sweep.run()) };
    let (left, right) = sweep.parted(seam);
    let (left, right) = rayon::join(|| clip_within(left, outlook, budget), || clip_within(right, outlook, budget));
    Ok(sew(left?, right?, seam))
}

/// What cutting has brought so far.
#[derive(Clone, Copy)]
struct Outlook {
    /// Steps of the strip when they last became fewer.
    steps: usize,
    /// Cuts left that bring nothing.
    patience: u32,
}

/// Cuts in a row that may bring nothing: where all edges go through one point only those near it do.
const PATIENCE: u32 = 3;
/// Steps of the clipper that are not worth a cut: some milliseconds.
const STEPS_MAX: usize = 1 << 19;
/// Steps that a crossing takes.
const STEPS_PER_CROSSING: usize = 4;
/// So few points are not worth counting steps.
const POINTS_MIN: usize = 256;
/// So many points are cut whatever their steps.
const POINTS_MAX: usize = 1 << 14;

impl Sweep {
    fn run(&self) -> Paths64 {
        let mut clipper = Clipper64::new();
        clipper.set_preserve_collinear(false);
        clipper.add_subject(&self.subjects);
        clipper.add_clip(&self.clips);
        let mut paths = Paths64::new();
        clipper.execute(self.kind, self.rule, &mut paths, None);
        paths
    }

    fn paths(&self) -> impl Iterator<Item = &Path64> {
        self.subjects.iter().chain(&self.clips)
    }

    /// Where to cut; nothing where there is little to do, no room, or nothing to gain.
    fn seam(&self, outlook: Outlook) -> Option<(i64, Outlook)> {
        let points: usize = self.paths().map(Vec::len).sum();
        if points <= POINTS_MIN {
            return None;
        }
        let steps = if points > POINTS_MAX { STEPS_MAX * points / POINTS_MIN } else { self.steps(points) };
        let outlook = if steps < outlook.steps / 4 * 3 {
            Outlook { steps, patience: PATIENCE }
        } else {
            Outlook { patience: outlook.patience.checked_sub(1)?, ..outlook }
        };
        if steps <= STEPS_MAX { None } else { Some((self.middle(points)?, outlook)) }
    }

    /// About what the clipper does: the edges at the height of each point, and the pairs of edges that may cross.
    fn steps(&self, points: usize) -> usize {
        let mut heights: Vec<i64> = self.paths().flatten().map(|point| point.y).collect();
        heights.sort_unstable();
        heights.dedup();
        let rank = |y: i64| heights.partition_point(|height| *height < y);
        let mut met = 0;
        let mut spans: Vec<(i64, i64)> = Vec::with_capacity(points);
        for (from, to) in self.paths().flat_map(edges) {
            met += rank(from.y).abs_diff(rank(to.y));
            spans.push(if from.x <= to.x { (from.y, to.y) } else { (to.y, from.y) });
        }
        if met > STEPS_MAX { met } else { met + STEPS_PER_CROSSING * inversions(spans) }
    }

    /// The middle of a gap between the xs of points, as many of them on one side as on the other where that gap has room.
    fn middle(&self, points: usize) -> Option<i64> {
        let mut across: Vec<i64> = Vec::with_capacity(points);
        across.extend(self.paths().flatten().map(|point| point.x));
        across.sort_unstable();
        // those that lie on an earlier seam count once
        across.dedup();
        let gap = |at: usize| Some((*across.get(at)?, *across.get(at + 1)?)).filter(|(from, to)| to - from >= 2);
        let median = (across.len() - 1) / 2;
        let (from, to) = (median..across.len()).find_map(gap).or_else(|| (0..median).rev().find_map(gap))?;
        Some(from + (to - from) / 2)
    }

    /// The parts of all paths left and right of a seam that goes through no point.
    fn parted(self, seam: i64) -> (Self, Self) {
        let empty = Self { subjects: Paths64::new(), clips: Paths64::new(), ..self };
        let (mut left, mut right) = (empty.clone(), empty);
        for (paths, left, right) in
            [(self.subjects, &mut left.subjects, &mut right.subjects), (self.clips, &mut left.clips, &mut right.clips)]
        {
            for path in paths {
                let is_left = |point: &Point64| point.x < seam;
                if path.iter().all(is_left) {
                    left.push(path);
                } else if !path.iter().any(is_left) {
                    right.push(path);
                } else {
                    left.push(beside(&path, seam, is_left));
                    right.push(beside(&path, seam, |point| !is_left(point)));
                }
            }
        }
        (left, right)
    }
}

fn edges(path: &Path64) -> impl Iterator<Item = (&Point64, &Point64)> {
    path.iter().zip(path.iter().skip(1).chain(path.first()))
}

/// The pairs that stand in one order at one end and in the other at the other; counting ends when there are too many.
fn inversions(mut spans: Vec<(i64, i64)>) -> usize {
    spans.sort_unstable();
    let mut ends: Vec<i64> = spans.into_iter().map(|span| span.1).collect();
    let (mut spare, mut count, mut width) = (ends.clone(), 0, 1);
    while width < ends.len() && count <= STEPS_MAX {
        for (run, out) in ends.chunks(2 * width).zip(spare.chunks_mut(2 * width)) {
            let (mut first, mut second) = run.split_at(width.min(run.len()));
            for slot in out {
                let takes_second = second.first().is_some_and(|b| first.first().is_none_or(|a| b < a));
                count += if takes_second { first.len() } else { 0 };
                let from = if takes_second { &mut second } else { &mut first };
                let Some((next, rest)) = from.split_first() else { break };
                (*slot, *from) = (*next, rest);
            }
        }
        std::mem::swap(&mut ends, &mut spare);
        width *= 2;
    }
    count
}

/// A path on one side of a seam, led along it where the path is on the other.
fn beside(path: &Path64, seam: i64, keeps: impl Fn(&Point64) -> bool) -> Path64 {
    let mut kept = Path64::with_capacity(path.len() / 2 + 2);
    for (from, to) in edges(path) {
        if keeps(from) {
            kept.push(*from);
        }
        if keeps(from) != keeps(to) {
            kept.push(crossing(from, to, seam));
        }
    }
    kept
}

/// Where an edge goes through a seam, the same in either direction.
fn crossing(from: &Point64, to: &Point64, seam: i64) -> Point64 {
    let (a, b) = if from.x < to.x { (from, to) } else { (to, from) };
    let wide = |value: i64| i128::from(value);
    let width = wide(b.x) - wide(a.x);
    let rise = (wide(b.y) - wide(a.y)) * (wide(seam) - wide(a.x));
    // rounded to the nearest, halves up
    let steps = (2 * rise + width).div_euclid(2 * width);
    Point64::new(seam, (wide(a.y) + steps) as i64)
}

/// A run of a path from the seam back to it, its ends included.
type Chain = Path64;

/// The halves' paths as those of the whole: what runs along the seam on both sides goes, the rest is joined where it meets.
fn sew(left: Paths64, right: Paths64, seam: i64) -> Paths64 {
    let mut whole = Paths64::new();
    let (mut chains, mut along) = (Vec::new(), Vec::new());
    for mut path in left.into_iter().chain(right) {
        let on_seam = edges(&path).position(|(from, to)| from.x == seam && to.x == seam);
        match on_seam {
            None => whole.push(path),
            Some(edge) => {
                let first = (edge + 1) % path.len();
                path.rotate_left(first);
                unravel(&path, seam, &mut chains, &mut along);
            }
        }
    }
    add_uncovered(&along, seam, &mut chains);
    let next = links(&chains);
    let mut done = vec![false; chains.len()];
    for first in 0..chains.len() {
        let (mut path, mut at) = (Path64::new(), first);
        while !std::mem::replace(&mut done[at], true) {
            path.extend_from_slice(&chains[at][..chains[at].len() - 1]);
            at = next[at];
        }
        if path.len() >= 3 {
            whole.push(path);
        }
    }
    whole
}

/// Cuts a path that ends with an edge along the seam into its chains and such edges.
fn unravel(path: &Path64, seam: i64, chains: &mut Vec<Chain>, along: &mut Vec<(i64, i64)>) {
    let mut chain = Chain::new();
    for (from, to) in edges(path) {
        chain.push(*from);
        if from.x == seam && to.x == seam {
            along.push((from.y, to.y));
            if chain.len() > 1 {
                chains.push(std::mem::take(&mut chain));
            }
            chain.clear();
        }
    }
}

/// Adds what runs along the seam on one side only.
fn add_uncovered(along: &[(i64, i64)], seam: i64, chains: &mut Vec<Chain>) {
    let mut changes: Vec<(i64, i64)> = along.iter().flat_map(|(from, to)| [(*from, 1), (*to, -1)]).collect();
    changes.sort_unstable();
    let mut upwards = 0;
    for pair in changes.windows(2) {
        upwards += pair[0].1;
        let (low, high) = (Point64::new(seam, pair[0].0), Point64::new(seam, pair[1].0));
        if low != high {
            let chain = if upwards > 0 { [low, high] } else { [high, low] };
            chains.extend((0..upwards.abs()).map(|_| chain.to_vec()));
        }
    }
}

/// For each chain the one that goes on where it ends, with nothing of what the paths enclose between them.
fn links(chains: &[Chain]) -> Vec<usize> {
    let mut meetings: FxHashMap<i64, Vec<Meeting>> = FxHashMap::default();
    for (index, chain) in chains.iter().enumerate() {
        let (first, last) = (chain[0], chain[chain.len() - 1]);
        let outwards = Meeting { chain: index, arrives: false, towards: direction(&first, &chain[1]) };
        let inwards = Meeting { chain: index, arrives: true, towards: direction(&last, &chain[chain.len() - 2]) };
        meetings.entry(first.y).or_default().push(outwards);
        meetings.entry(last.y).or_default().push(inwards);
    }
    let mut next: Vec<usize> = (0..chains.len()).collect();
    for around in meetings.values_mut() {
        around.sort_by(|a, b| {
            clockwise(a.towards, b.towards).then(a.arrives.cmp(&b.arrives)).then(a.chain.cmp(&b.chain))
        });
        // from where one arrives clockwise to where one leaves lies what they enclose; a second round for the first to leave
        let (mut waiting, mut left) = (Vec::new(), vec![true; around.len()]);
        for at in (0..around.len()).chain(0..around.len()) {
            let meeting = &around[at];
            if meeting.arrives && left[at] {
                waiting.push(meeting.chain);
                left[at] = false;
            } else if !meeting.arrives
                && left[at]
                && let Some(arrived) = waiting.pop()
            {
                next[arrived] = meeting.chain;
                left[at] = false;
            }
        }
    }
    next
}

/// An end of a chain at a point of the seam.
struct Meeting {
    chain: usize,
    arrives: bool,
    /// From the point along the chain.
    towards: (i128, i128),
}

fn direction(from: &Point64, to: &Point64) -> (i128, i128) {
    (i128::from(to.x) - i128::from(from.x), i128::from(to.y) - i128::from(from.y))
}

/// The order of directions clockwise from +y.
fn clockwise(a: (i128, i128), b: (i128, i128)) -> Ordering {
    let is_late = |(x, y): (i128, i128)| x < 0 || (x == 0 && y < 0);
    is_late(a).cmp(&is_late(b)).then_with(|| (a.0 * b.1 - a.1 * b.0).cmp(&0))
}
