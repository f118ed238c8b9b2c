//! Region to triangles by a sweep: cut into pieces that rise along x, each of which is cut into triangles as it is passed. O(n log n).
//!
//! Sources: de Berg et al., "Computational Geometry", chapter 3 (Garey, Johnson, Preparata & Tarjan 1978), with exact signs, and points
//! of one x in the order of their y, as if the plane were turned by next to nothing.

use std::cmp::Ordering;

use crate::geom::Vec2;
use crate::region::Contour;
use crate::region::flip::improve;
use crate::region::predicate::side;

/// Counter-clockwise triangles of contours that satisfy a region's invariants, as indices into all their points; `None` where the
/// contours turn out to cross.
pub(super) fn triangulate(contours: &[Contour]) -> Option<Vec<[u32; 3]>> {
    let mut sweep = Sweep::of(contours);
    let mut order: Vec<u32> = (0..sweep.points.len() as u32).collect();
    order.sort_by(|a, b| sweep.compare(*a, *b));
    for (rank, vertex) in order.iter().enumerate() {
        sweep.rank[*vertex as usize] = rank as u32;
    }
    for vertex in order {
        sweep.pass(vertex)?;
    }
    let mut triangles = sweep.cut()?;
    let expected = sweep.points.len() + 2 * sweep.diagonals.len();
    let upright = |corners: &[u32; 3]| {
        let [a, b, c] = corners.map(|corner| sweep.point(corner));
        side(a, b, c) > 0.0
    };
    let sound = triangles.len() <= expected && triangles.iter().all(upright);
    sound.then(|| {
        improve(&sweep.points, &mut triangles);
        triangles
    })
}

struct Sweep {
    points: Vec<Vec2>,
    next: Vec<u32>,
    previous: Vec<u32>,
    /// Place of each point in the order of the sweep.
    rank: Vec<u32>,
    /// Edges with the region above them that the sweep line crosses, by their left end, from below.
    status: Vec<u32>,
    /// For each such edge the last vertex that saw it from above.
    helper: Vec<u32>,
    diagonals: Vec<[u32; 2]>,
}

/// How the contour goes on at a vertex, seen along x.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Passage {
    Start,
    Split,
    End,
    Merge,
    /// The region above.
    Lower,
    /// The region below.
    Upper,
}

impl Sweep {
    fn of(contours: &[Contour]) -> Self {
        let points: Vec<Vec2> = contours.iter().flatten().copied().collect();
        let count = points.len();
        let mut sweep = Self {
            next: (1..=count as u32).collect(),
            previous: (0..count as u32).map(|vertex| vertex.wrapping_sub(1)).collect(),
            rank: vec![0; count],
            status: Vec::new(),
            helper: vec![0; count],
            diagonals: Vec::new(),
            points,
        };
        let mut first = 0;
        for contour in contours.iter().filter(|contour| !contour.is_empty()) {
            let last = first + contour.len() - 1;
            sweep.next[last] = first as u32;
            sweep.previous[first] = last as u32;
            first = last + 1;
        }
        sweep
    }

    fn point(&self, vertex: u32) -> Vec2 {
        self.points[vertex as usize]
    }

    fn next_of(&self, vertex: u32) -> u32 {
        self.next[vertex as usize]
    }

    fn previous_of(&self, vertex: u32) -> u32 {
        self.previous[vertex as usize]
    }

    fn compare(&self, a: u32, b: u32) -> Ordering {
        let (p, q) = (self.point(a), self.point(b));
        p.x.total_cmp(&q.x).then(p.y.total_cmp(&q.y)).then(a.cmp(&b))
    }

    fn is_before(&self, a: u32, b: u32) -> bool {
        self.rank[a as usize] < self.rank[b as usize]
    }

    fn passage(&self, vertex: u32) -> Option<Passage> {
        let (previous, next) = (self.previous_of(vertex), self.next_of(vertex));
        let turn = side(self.point(previous), self.point(vertex), self.point(next));
        match (self.is_before(previous, vertex), self.is_before(next, vertex)) {
            (true, false) => Some(Passage::Lower),
            (false, true) => Some(Passage::Upper),
            _ if turn == 0.0 => None,
            (false, false) => Some(if turn > 0.0 { Passage::Start } else { Passage::Split }),
            (true, true) => Some(if turn > 0.0 { Passage::End } else { Passage::Merge }),
        }
    }

    fn pass(&mut self, vertex: u32) -> Option<()> {
        match self.passage(vertex)? {
            Passage::Start => self.enter(vertex),
            Passage::Split => {
                let below = self.below(vertex)?;
                self.diagonals.push([vertex, self.helper[below as usize]]);
                self.helper[below as usize] = vertex;
                self.enter(vertex)
            }
            Passage::End => self.leave(vertex),
            Passage::Merge => {
                self.leave(vertex)?;
                self.look_below(vertex)
            }
            Passage::Lower => {
                let edge = self.previous_of(vertex);
                self.close(vertex, edge)?;
                let place = self.place_of(edge)?;
                self.status[place] = vertex;
                self.helper[vertex as usize] = vertex;
                Some(())
            }
            Passage::Upper => self.look_below(vertex),
        }
    }

    /// The edge that starts at a vertex comes under the sweep line.
    fn enter(&mut self, vertex: u32) -> Option<()> {
        let place = self.count_below(vertex);
        self.status.insert(place, vertex);
        self.helper[vertex as usize] = vertex;
        Some(())
    }

    /// The edge that ends at a vertex goes.
    fn leave(&mut self, vertex: u32) -> Option<()> {
        let edge = self.previous_of(vertex);
        self.close(vertex, edge)?;
        let place = self.place_of(edge)?;
        self.status.remove(place);
        Some(())
    }

    fn look_below(&mut self, vertex: u32) -> Option<()> {
        let below = self.below(vertex)?;
        self.close(vertex, below)?;
        self.helper[below as usize] = vertex;
        Some(())
    }

    /// Joins a vertex to the one that merged above an edge, if the last there did.
    fn close(&mut self, vertex: u32, edge: u32) -> Option<()> {
        let helper = self.helper[edge as usize];
        if self.passage(helper)? == Passage::Merge {
            self.diagonals.push([vertex, helper]);
        }
        Some(())
    }

    fn below(&self, vertex: u32) -> Option<u32> {
        self.count_below(vertex).checked_sub(1).map(|place| self.status[place])
    }

    /// Number of edges under the sweep line below a vertex.
    fn count_below(&self, vertex: u32) -> usize {
        self.status.partition_point(|edge| self.lies_below(*edge, vertex))
    }

    /// Whether an edge lies below a vertex; where it goes through it, below what the contour does there.
    fn lies_below(&self, edge: u32, vertex: u32) -> bool {
        let (a, b) = (self.point(edge), self.point(self.next_of(edge)));
        let others = [vertex, self.next_of(vertex), self.previous_of(vertex)];
        others
            .iter()
            .map(|other| side(a, b, self.point(*other)))
            .find(|side| *side != 0.0)
            .is_some_and(|side| side > 0.0)
    }

    /// Where an edge stands in the order from below, its right end being reached.
    fn place_of(&self, edge: u32) -> Option<usize> {
        let guess = self.count_below(self.next_of(edge));
        let near = guess.saturating_sub(2)..(guess + 2).min(self.status.len());
        near.into_iter()
            .find(|place| self.status[*place] == edge)
            .or_else(|| self.status.iter().position(|other| *other == edge))
    }

    /// The triangles of all pieces.
    fn cut(&self) -> Option<Vec<[u32; 3]>> {
        let fans = Fans::of(self);
        let mut triangles = Vec::with_capacity(self.points.len() + 2 * self.diagonals.len());
        let mut seen = vec![false; self.points.len()];
        let mut seen_diagonals = vec![false; 2 * self.diagonals.len()];
        let mut piece = Vec::new();
        let directed = self.diagonals.iter().flat_map(|[a, b]| [(*a, *b), (*b, *a)]).enumerate();
        let starts = directed.map(|(index, (from, to))| (Some(index), from, to));
        // contours that no diagonal meets come last
        let whole = (0..self.points.len() as u32).map(|vertex| (None, vertex, self.next_of(vertex)));
        for (diagonal, from, to) in starts.chain(whole) {
            let known = match diagonal {
                Some(index) => seen_diagonals[index],
                None => seen[from as usize],
            };
            if known {
                continue;
            }
            piece.clear();
            let (mut at, mut towards, mut along) = (from, to, diagonal);
            loop {
                match along {
                    Some(index) if !seen_diagonals[index] => seen_diagonals[index] = true,
                    None if !seen[at as usize] => seen[at as usize] = true,
                    _ => break,
                }
                piece.push(at);
                let (next, by) = fans.after(self, towards, along.map(|index| index ^ 1))?;
                (at, towards, along) = (towards, next, by);
            }
            if at != from {
                return None;
            }
            self.cut_piece(&piece, &mut triangles)?;
        }
        Some(triangles)
    }

    /// Triangles of a piece that every upright line cuts once.
    fn cut_piece(&self, piece: &[u32], triangles: &mut Vec<[u32; 3]>) -> Option<()> {
        let count = piece.len();
        if count < 3 {
            return None;
        }
        let first = (0..count).min_by_key(|at| self.rank[piece[*at] as usize])?;
        let last = (0..count).max_by_key(|at| self.rank[piece[*at] as usize])?;
        let corner = |at: usize| piece[at % count];
        let lower: Vec<u32> = (first..=last + if last < first { count } else { 0 }).map(corner).collect();
        let upper: Vec<u32> = (last + 1..first + if first < last { count } else { 0 }).rev().map(corner).collect();
        let rising = |chain: &[u32]| chain.windows(2).all(|pair| self.is_before(pair[0], pair[1]));
        if !rising(&lower) || !rising(&upper) {
            return None;
        }
        let mut order: Vec<(u32, bool)> = lower.iter().map(|vertex| (*vertex, true)).collect();
        order.extend(upper.iter().map(|vertex| (*vertex, false)));
        order.sort_unstable_by_key(|(vertex, _)| self.rank[*vertex as usize]);
        self.cut_order(&order, triangles);
        Some(())
    }

    fn cut_order(&self, order: &[(u32, bool)], triangles: &mut Vec<[u32; 3]>) {
        let mut push = |a: u32, b: u32, c: u32, lower: bool| triangles.push(if lower { [a, b, c] } else { [c, b, a] });
        let mut stack: Vec<(u32, bool)> = order[..2].to_vec();
        for (at, &(vertex, lower)) in order.iter().enumerate().skip(2) {
            let top = stack[stack.len() - 1];
            let ends = at + 1 == order.len();
            if top.1 != lower || ends {
                // at the end the stack's chain says which side it is on
                for pair in stack.windows(2) {
                    push(pair[0].0, pair[1].0, vertex, pair[1].1);
                }
                stack.clear();
                stack.extend([top, (vertex, lower)]);
                continue;
            }
            while let [.., before, middle] = stack[..] {
                let turn = side(self.point(before.0), self.point(middle.0), self.point(vertex));
                if turn == 0.0 || (turn > 0.0) != lower {
                    break;
                }
                push(before.0, middle.0, vertex, lower);
                stack.pop();
            }
            stack.push((vertex, lower));
        }
    }
}

/// The diagonals at each vertex, counter-clockwise from the contour's next edge.
struct Fans {
    /// (vertex, far end, number of the directed diagonal from it), by vertex.
    ends: Vec<(u32, u32, usize)>,
    first: Vec<u32>,
}

impl Fans {
    fn of(sweep: &Sweep) -> Self {
        let mut ends: Vec<(u32, u32, usize)> = sweep
            .diagonals
            .iter()
            .enumerate()
            .flat_map(|(index, [a, b])| [(*a, *b, 2 * index), (*b, *a, 2 * index + 1)])
            .collect();
        ends.sort_by(|p, q| p.0.cmp(&q.0).then_with(|| sweep.compare_angles(p.0, p.1, q.1)).then(p.2.cmp(&q.2)));
        let mut first = vec![0; sweep.points.len() + 1];
        for (vertex, _, _) in &ends {
            first[*vertex as usize + 1] += 1;
        }
        for at in 1..first.len() {
            first[at] += first[at - 1];
        }
        Self { ends, first }
    }

    /// Where a piece goes on at a vertex: `by` is the diagonal it came along, seen from there; none where it came along the contour.
    fn after(&self, sweep: &Sweep, vertex: u32, by: Option<usize>) -> Option<(u32, Option<usize>)> {
        let ends = &self.ends[self.first[vertex as usize] as usize..self.first[vertex as usize + 1] as usize];
        let place = match by {
            Some(diagonal) => ends.iter().position(|end| end.2 == diagonal)?,
            None => ends.len(),
        };
        Some(match place.checked_sub(1) {
            Some(place) => (ends[place].1, Some(ends[place].2)),
            None => (sweep.next_of(vertex), None),
        })
    }
}

impl Sweep {
    /// Order of two directions at a vertex, counter-clockwise from the contour's next edge.
    fn compare_angles(&self, vertex: u32, a: u32, b: u32) -> Ordering {
        let (at, zero) = (self.point(vertex), self.point(self.next_of(vertex)));
        let half = |to: u32| {
            let turn = side(at, zero, self.point(to));
            turn < 0.0 || (turn == 0.0 && (zero - at).dot(self.point(to) - at) < 0.0)
        };
        half(a).cmp(&half(b)).then_with(|| 0.0_f64.total_cmp(&side(at, self.point(a), self.point(b))))
    }
}
