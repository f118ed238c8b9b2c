//! The borders of the faces that a boolean cuts: from where edges go through faces to closed polygons.
//!
//! **Sources** Smith & Dodgson, "A topologically robust algorithm for Boolean operations on polyhedral shapes" (2007), stage by stage:
//! the stumps of crossed edges, the new edges in which two faces meet, the edges that nothing crosses.

use manifold_rust::impl_mesh::ManifoldImpl;
use manifold_rust::linalg::{Vec3, dot};

/// One operand: what of it stays, and where that goes in the result.
pub(super) struct Side<'a> {
    pub mesh: &'a ManifoldImpl,
    /// Whether what stays is turned inside out.
    pub turned: bool,
    /// By vertex, its number in the result, or [`GONE`].
    pub place: Vec<i32>,
    /// By face.
    pub fate: Vec<Fate>,
    /// By half-edge, whether something crosses it.
    pub crossed: Vec<bool>,
}

/// What becomes of a face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing of it stays.
    Gone,
    /// It stays as it is: its number in the result.
    Whole(u32),
    /// It is cut: its number among the cut ones.
    Cut(u32),
}

/// The place of a vertex that does not stay.
pub(super) const GONE: i32 = -1;

/// Where edges of one side go through faces of the other, by edge, then face.
pub(super) struct Crossings<'a> {
    /// The first side's edge or face, the second's face or edge.
    pub pairs: &'a [[i32; 2]],
    /// Which of each pair is the edge.
    pub edge_at: usize,
    /// For each, whether a kept stretch of the edge begins there.
    pub begins: Vec<bool>,
    /// The vertex of the first in the result.
    pub first_vertex: i32,
}

/// The polygons of the cut faces, one after the other.
pub(super) struct Rims {
    pub sides: Vec<RimSide>,
    /// Where each face's sides begin, and the end of the last's.
    pub first: Vec<u32>,
}

/// A side of a cut face.
#[derive(Clone, Copy)]
pub(super) struct RimSide {
    face: u32,
    pub start: i32,
    pub end: i32,
    pub beyond: Beyond,
}

/// What lies beyond a side.
#[derive(Clone, Copy)]
pub(super) enum Beyond {
    /// Another cut face: its side.
    Side(u32),
    /// A face that stays whole: the half-edge in the result.
    Whole(u32),
}

/// A point at which a stretch of an edge begins or ends.
#[derive(Clone, Copy)]
struct Stop {
    position: f64,
    vertex: i32,
    order: i32,
    begins: bool,
}

#[derive(Default)]
struct Builder {
    sides: Vec<RimSide>,
}

/// The polygons of all cut faces of both sides; `None` where the crossings contradict each other.
pub(super) fn rims(sides: [&Side; 2], crossings: [&Crossings; 2], places: &[Vec3], cut_count: usize) -> Option<Rims> {
    let mut builder = Builder::default();
    for (side, crossings) in sides.into_iter().zip(crossings) {
        builder.add_stumps(side, crossings, places)?;
    }
    builder.add_seams(sides, crossings, places)?;
    for side in sides {
        builder.add_uncrossed(side);
    }
    builder.gather(cut_count)
}

impl Builder {
    fn join(&mut self, left: u32, right: u32, start: i32, end: i32) {
        let at = self.sides.len() as u32;
        self.sides.push(RimSide { face: left, start, end, beyond: Beyond::Side(at + 1) });
        self.sides.push(RimSide { face: right, start: end, end: start, beyond: Beyond::Side(at) });
    }

    /// What stays of the edges that are crossed.
    fn add_stumps(&mut self, side: &Side, crossings: &Crossings, places: &[Vec3]) -> Option<()> {
        let mut stops: Vec<Stop> = Vec::new();
        let mut at = 0;
        while at < crossings.pairs.len() {
            let index = crossings.pairs[at][crossings.edge_at] as usize;
            let edge = side.mesh.halfedge[index];
            let [from, to] = [edge.start_vert as usize, edge.end_vert as usize];
            let along = side.mesh.vert_pos[to] - side.mesh.vert_pos[from];
            let stop = |vertex: i32, order: i32, begins: bool| Stop {
                position: dot(places[vertex as usize], along) + 0.0,
                vertex,
                order,
                begins,
            };
            stops.clear();
            while crossings.pairs.get(at).is_some_and(|pair| pair[crossings.edge_at] as usize == index) {
                stops.push(stop(crossings.first_vertex + at as i32, at as i32, crossings.begins[at]));
                at += 1;
            }
            for (end, begins) in [(from, !side.turned), (to, side.turned)] {
                if side.place[end] != GONE {
                    stops.push(stop(side.place[end], i32::MAX, begins));
                }
            }
            let (Fate::Cut(left), Fate::Cut(right)) =
                (side.fate[index / 3], side.fate[edge.paired_halfedge as usize / 3])
            else {
                return None;
            };
            pair_up(&mut stops, |start, end| self.join(left, right, start, end))?;
        }
        Some(())
    }

    /// The new edges, in which a face of one side meets one of the other.
    fn add_seams(&mut self, sides: [&Side; 2], crossings: [&Crossings; 2], places: &[Vec3]) -> Option<()> {
        let mut ends: Vec<(u64, Stop)> = Vec::new();
        let mut order = 0;
        for (which, (side, crossings)) in sides.into_iter().zip(crossings).enumerate() {
            for (at, pair) in crossings.pairs.iter().enumerate() {
                let (edge, face) = (pair[crossings.edge_at] as usize, pair[1 - crossings.edge_at] as u32);
                let twin = side.mesh.halfedge[edge].paired_halfedge as usize;
                let begins = crossings.begins[at] ^ (which == 1);
                let vertex = crossings.first_vertex + at as i32;
                for (own, begins) in [((twin / 3) as u32, begins), ((edge / 3) as u32, !begins)] {
                    let [first, second] = if which == 0 { [own, face] } else { [face, own] };
                    let stop = Stop { position: 0.0, vertex, order, begins };
                    ends.push((u64::from(first) << 32 | u64::from(second), stop));
                }
                order += 1;
            }
        }
        ends.sort_unstable_by_key(|(faces, stop)| (*faces, stop.order));
        let mut stops: Vec<Stop> = Vec::new();
        for group in ends.chunk_by(|a, b| a.0 == b.0) {
            let (first, second) = ((group[0].0 >> 32) as usize, group[0].0 as u32 as usize);
            let (Fate::Cut(left), Fate::Cut(right)) = (sides[0].fate[first], sides[1].fate[second]) else {
                return None;
            };
            stops.clear();
            stops.extend(group.iter().map(|(_, stop)| *stop));
            lay_along_longest(&mut stops, places);
            pair_up(&mut stops, |start, end| self.join(left, right, start, end))?;
        }
        Some(())
    }

    /// The edges of cut faces that nothing crosses.
    fn add_uncrossed(&mut self, side: &Side) {
        for (face, fate) in side.fate.iter().enumerate() {
            let Fate::Cut(number) = *fate else { continue };
            for index in 3 * face..3 * face + 3 {
                let edge = side.mesh.halfedge[index];
                let (mut start, mut end) = (side.place[edge.start_vert as usize], side.place[edge.end_vert as usize]);
                if side.crossed[index] || start == GONE {
                    continue;
                }
                if side.turned {
                    std::mem::swap(&mut start, &mut end);
                }
                let twin = edge.paired_halfedge as usize;
                match side.fate[twin / 3] {
                    Fate::Cut(other) if index < twin => self.join(number, other, start, end),
                    Fate::Whole(whole) => {
                        let beyond = Beyond::Whole(3 * whole + side.slot(twin % 3) as u32);
                        self.sides.push(RimSide { face: number, start, end, beyond });
                    }
                    _ => {}
                }
            }
        }
    }

    /// Brings the sides of each face together.
    fn gather(self, cut_count: usize) -> Option<Rims> {
        let mut first = vec![0_u32; cut_count + 1];
        for side in &self.sides {
            first[side.face as usize + 1] += 1;
        }
        if first[1..].iter().any(|count| (1..3).contains(count)) {
            return None;
        }
        for at in 1..first.len() {
            first[at] += first[at - 1];
        }
        let mut next = first.clone();
        let place = |side: &RimSide| {
            let place = next[side.face as usize];
            next[side.face as usize] += 1;
            place
        };
        let place: Vec<u32> = self.sides.iter().map(place).collect();
        let mut sides = self.sides.clone();
        for (side, at) in self.sides.into_iter().zip(&place) {
            let beyond = match side.beyond {
                Beyond::Side(twin) => Beyond::Side(place[twin as usize]),
                whole @ Beyond::Whole(_) => whole,
            };
            sides[*at as usize] = RimSide { beyond, ..side };
        }
        Some(Rims { sides, first })
    }
}

impl Side<'_> {
    /// Which half-edge of a whole face becomes of the one at `corner`.
    pub(super) fn slot(&self, corner: usize) -> usize {
        if self.turned { 2 - corner } else { corner }
    }
}

/// Positions along the axis that the stops spread along most.
fn lay_along_longest(stops: &mut [Stop], places: &[Vec3]) {
    let place = |stop: &Stop| places[stop.vertex as usize];
    let spread = |pick: fn(Vec3) -> f64| {
        let (low, high) = stops
            .iter()
            .map(|stop| pick(place(stop)))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)));
        high - low
    };
    let [x, y, z] = [spread(|place| place.x), spread(|place| place.y), spread(|place| place.z)];
    let pick: fn(Vec3) -> f64 = if x > y && x > z {
        |place| place.x
    } else if y > z {
        |place| place.y
    } else {
        |place| place.z
    };
    for stop in stops {
        stop.position = pick(places[stop.vertex as usize]) + 0.0;
    }
}

/// Joins the first beginning with the first end, the second with the second, …; `None` where there are not as many of each.
fn pair_up(stops: &mut [Stop], mut join: impl FnMut(i32, i32)) -> Option<()> {
    stops.sort_unstable_by(|a, b| {
        b.begins.cmp(&a.begins).then(a.position.total_cmp(&b.position)).then(a.order.cmp(&b.order))
    });
    let (begins, ends) = stops.split_at(stops.len() / 2);
    let even =
        begins.len() == ends.len() && begins.iter().all(|stop| stop.begins) && !ends.iter().any(|stop| stop.begins);
    if !even {
        return None;
    }
    for (begin, end) in begins.iter().zip(ends) {
        join(begin.vertex, end.vertex);
    }
    Some(())
}
