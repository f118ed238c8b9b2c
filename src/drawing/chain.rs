//! Pieces that meet end to end become polylines, straight runs first joined into one piece.

use rustc_hash::FxHashMap;

use crate::geom::Vec2;

/// A run of points; closed ones do not repeat the first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chain {
    /// The points.
    pub points: Vec<Vec2>,
    /// Whether the last is joined to the first.
    pub closed: bool,
}

/// Joins pieces into as few runs as a greedy walk finds: O(n).
pub fn chain(pieces: &[[Vec2; 2]], tolerance: f64) -> Vec<Chain> {
    let mut knots = Knots { at: FxHashMap::default(), points: Vec::new(), step: tolerance * 16.0 };
    let ends: Vec<[u32; 2]> = pieces.iter().map(|piece| piece.map(|point| knots.find(point))).collect();
    let mut pieces_at: Vec<Vec<u32>> = vec![Vec::new(); knots.points.len()];
    for (piece, [from, to]) in ends.iter().enumerate() {
        pieces_at[*from as usize].push(piece as u32);
        pieces_at[*to as usize].push(piece as u32);
    }
    let mut walk = Walk { ends: &ends, points: &knots.points, pieces_at: &pieces_at, used: vec![false; pieces.len()] };
    let mut chains = Vec::new();
    // open runs begin where an odd number of pieces meets; what is left then is closed
    let odd = (0..pieces_at.len()).filter(|knot| pieces_at[*knot].len() % 2 == 1);
    let any = 0..pieces_at.len();
    for knot in odd.chain(any) {
        while let Some(chain) = walk.run(knot as u32) {
            chains.push(chain);
        }
    }
    chains
}

struct Walk<'a> {
    ends: &'a [[u32; 2]],
    points: &'a [Vec2],
    pieces_at: &'a [Vec<u32>],
    used: Vec<bool>,
}

impl Walk<'_> {
    /// The run that starts at a knot, if an unused piece is there.
    fn run(&mut self, start: u32) -> Option<Chain> {
        let mut knots = vec![start];
        let mut at = start;
        let mut heading = Vec2::ZERO;
        while let Some((piece, next)) = self.straightest(at, heading) {
            self.used[piece as usize] = true;
            heading = (self.points[next as usize] - self.points[at as usize]).normalize_or_zero();
            knots.push(next);
            at = next;
        }
        if knots.len() < 2 {
            return None;
        }
        let closed = knots.len() > 3 && knots[0] == knots[knots.len() - 1];
        if closed {
            knots.pop();
        }
        Some(Chain { points: knots.into_iter().map(|knot| self.points[knot as usize]).collect(), closed })
    }

    fn straightest(&self, at: u32, heading: Vec2) -> Option<(u32, u32)> {
        let mut best: Option<(f64, u32, u32)> = None;
        for piece in &self.pieces_at[at as usize] {
            let [from, to] = self.ends[*piece as usize];
            let next = if from == at { to } else { from };
            if self.used[*piece as usize] || from == to {
                continue;
            }
            let turn = (self.points[next as usize] - self.points[at as usize]).normalize_or_zero().dot(heading);
            if best.is_none_or(|(most, _, _)| turn > most) {
                best = Some((turn, *piece, next));
            }
        }
        best.map(|(_, piece, next)| (piece, next))
    }
}

/// Points that are the same within a step.
struct Knots {
    at: FxHashMap<(i64, i64), u32>,
    points: Vec<Vec2>,
    step: f64,
}

impl Knots {
    fn find(&mut self, point: Vec2) -> u32 {
        let scaled = point / self.step;
        let (column, row) = (scaled.x.round() as i64, scaled.y.round() as i64);
        let side = |rest: f64| if rest < 0.0 { -1 } else { 1 };
        let (dx, dy) = (side(scaled.x - column as f64), side(scaled.y - row as f64));
        for (x, y) in [(0, 0), (dx, 0), (0, dy), (dx, dy)] {
            if let Some(knot) = self.at.get(&(column + x, row + y))
                && self.points[*knot as usize].distance(point) <= self.step * 0.5
            {
                return *knot;
            }
        }
        let knot = self.points.len() as u32;
        self.at.insert((column, row), knot);
        self.points.push(point);
        knot
    }
}
