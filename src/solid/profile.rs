//! What each edge of a contour stands for: a straight side, a piece of an arc, a piece of some curve.

use crate::geom::Vec2;

/// Edges that belong together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Run {
    /// One straight side.
    Straight,
    /// Chords of a circle.
    Arc {
        /// Its centre.
        center: Vec2,
        /// Its radius.
        radius: f64,
    },
    /// A smooth curve of no simpler kind.
    Curve,
}

/// For each edge (from point i to point i + 1) the number of its run, and the runs.
pub(super) fn runs(contour: &[Vec2]) -> (Vec<u32>, Vec<Run>) {
    let shape = Shape::of(contour);
    let count = contour.len();
    let mut run_of = vec![NONE; count];
    let mut runs = Vec::new();
    shape.mark_arcs(contour, &mut run_of, &mut runs);
    shape.mark_rest(&mut run_of, &mut runs);
    (run_of, runs)
}

const NONE: u32 = u32::MAX;
/// Coarser than this, facets are meant: an octagon turns by 45 degrees.
const ARC_TURN_MAX: f64 = 0.70;
/// An edge between sides that turn by less is no edge of the design.
const CURVE_TURN_MAX: f64 = 0.42;
/// Chords that make an arc.
const ARC_EDGES_MIN: usize = 3;
/// Rounding of points to the 2D grid, and of what programs compute themselves.
const LENGTH_TOLERANCE: f64 = 1.0e-6;
const GRID_TOLERANCE: f64 = 1.0e-7;

/// Lengths of the edges, and the turn at the start of each.
struct Shape {
    lengths: Vec<f64>,
    turns: Vec<f64>,
}

impl Shape {
    fn of(contour: &[Vec2]) -> Self {
        let count = contour.len();
        let edge = |at: usize| contour[(at + 1) % count] - contour[at % count];
        let lengths = (0..count).map(|at| edge(at).length()).collect();
        let turn = |at: usize| {
            let (before, after) = (edge(at + count - 1), edge(at));
            libm::atan2(before.perp_dot(after), before.dot(after))
        };
        Self { lengths, turns: (0..count).map(turn).collect() }
    }

    fn count(&self) -> usize {
        self.lengths.len()
    }

    /// Whether edge `at` goes on the arc that edge `at - 1` is on with the turn `turn`.
    fn continues(&self, at: usize, turn: f64, length: f64) -> bool {
        let at = at % self.count();
        self.same_turn(at, turn, length)
            && (self.lengths[at] - length).abs() <= LENGTH_TOLERANCE * length + GRID_TOLERANCE
    }

    fn same_turn(&self, at: usize, turn: f64, length: f64) -> bool {
        let slack = 1.0e-5 + 4.0 * GRID_TOLERANCE / length;
        (self.turns[at % self.count()] - turn).abs() <= slack && turn.abs() <= ARC_TURN_MAX && turn.abs() > 1.0e-4
    }

    fn mark_arcs(&self, contour: &[Vec2], run_of: &mut [u32], runs: &mut Vec<Run>) {
        let count = self.count();
        let start = self.first_break();
        let mut at = start;
        while at < start + count {
            let (turn, length) = (self.turns[(at + 1) % count], self.lengths[at % count]);
            let mut end = at + 1;
            while end < start + count && self.continues(end, turn, length) {
                end += 1;
            }
            if end - at >= ARC_EDGES_MIN {
                self.mark_arc(contour, at..end, run_of, runs);
            }
            at = end;
        }
    }

    /// A place where no arc goes through; 0 where the whole contour is one.
    fn first_break(&self) -> usize {
        let count = self.count();
        (0..count)
            .find(|at| !self.continues(*at, self.turns[(at + 1) % count], self.lengths[(at + count - 1) % count]))
            .unwrap_or(0)
    }

    /// Marks the chords, and the shortened ones that a boolean left at both ends.
    fn mark_arc(&self, contour: &[Vec2], chords: std::ops::Range<usize>, run_of: &mut [u32], runs: &mut Vec<Run>) {
        let count = self.count();
        let corner = |at: usize| contour[at % count];
        let middle = (chords.start + chords.end) / 2;
        let closed = chords.len() == count;
        let last = if closed { chords.end - count / 3 } else { chords.end };
        let middle = if closed { chords.start + count / 3 } else { middle };
        let Some(center) = circumcenter(corner(chords.start), corner(middle), corner(last)) else { return };
        let run = runs.len() as u32;
        runs.push(Run::Arc { center, radius: center.distance(corner(chords.start)) });
        for at in chords.clone() {
            run_of[at % count] = run;
        }
        if closed {
            return;
        }
        let (turn, length) = (self.turns[(chords.start + 1) % count], self.lengths[chords.start % count]);
        let before = (chords.start + count - 1) % count;
        for (edge, joint) in [(before, chords.start), (chords.end % count, chords.end)] {
            if run_of[edge] == NONE && self.lengths[edge] < length && self.same_turn(joint, turn, length) {
                run_of[edge] = run;
            }
        }
    }

    /// Sides that turn little into each other are curves; the others stand alone.
    fn mark_rest(&self, run_of: &mut [u32], runs: &mut Vec<Run>) {
        let count = self.count();
        let joined = |at: usize, run_of: &[u32]| {
            let before = (at + count - 1) % count;
            run_of[at] == NONE && run_of[before] == NONE && self.turns[at].abs() <= CURVE_TURN_MAX
        };
        let start = (0..count).find(|at| !joined(*at, run_of)).unwrap_or(0);
        let mut at = start;
        while at < start + count {
            if run_of[at % count] != NONE {
                at += 1;
                continue;
            }
            let mut end = at + 1;
            while end < start + count && joined(end % count, run_of) {
                end += 1;
            }
            let bent = (at + 1..end).any(|joint| self.turns[joint % count].abs() > 1.0e-6);
            let run = runs.len() as u32;
            runs.push(if bent { Run::Curve } else { Run::Straight });
            for edge in at..end {
                run_of[edge % count] = run;
            }
            at = end;
        }
    }
}

/// The centre of the circle through three points; `None` where they lie on one line.
fn circumcenter(a: Vec2, b: Vec2, c: Vec2) -> Option<Vec2> {
    let (u, v) = (b - a, c - a);
    let doubled = 2.0 * u.perp_dot(v);
    if doubled == 0.0 {
        return None;
    }
    let (uu, vv) = (u.length_squared(), v.length_squared());
    Some(a + Vec2::new(v.y * uu - u.y * vv, u.x * vv - v.x * uu) / doubled)
}
