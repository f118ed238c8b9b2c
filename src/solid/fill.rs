//! Cut faces filled: their rims cut into triangles, linked with each other and with the whole faces beyond.
//!
//! Most rims are one ring of few sides: those are cut ear by ear here. Rings within rings, and what has no clear ear, go to the kernel's ear
//! clipper, which knows holes and takes what touches itself.

use manifold_rust::cancel::CancelToken;
use manifold_rust::face_op::{assemble_halfedges, get_axis_aligned_projection, project_polygons};
use manifold_rust::impl_mesh::ManifoldImpl;
use manifold_rust::linalg::{Vec2, Vec3, length2};
use manifold_rust::polygon::{ccw, triangulate_idx};
use manifold_rust::types::{Halfedge, TriRef};
use rayon::prelude::*;

use crate::solid::rim::{Beyond, RimSide, Rims};

/// What the triangles of a cut face inherit.
pub(super) struct CutFace {
    pub normal: Vec3,
    pub reference: TriRef,
}

/// Appends the triangles of the cut faces; `None` where a rim has no filling or the work was cancelled.
pub(super) fn fill(mesh: &mut ManifoldImpl, rims: &Rims, faces: &[CutFace], token: &CancelToken) -> Option<()> {
    let places = &mesh.vert_pos;
    let epsilon = mesh.epsilon;
    let chunk = |(at, faces): (usize, &[CutFace])| {
        let mut filler = Filler { rims, places, epsilon, made: Triangles::default(), ears: Ears::default() };
        for (face, cut) in (at * CHUNK..).zip(faces) {
            filler.fill(face, cut.normal)?;
        }
        (!token.is_cancelled()).then_some(filler.made)
    };
    let made = faces.par_chunks(CHUNK).enumerate().map(chunk).collect::<Option<Vec<_>>>()?;
    let mut facing = vec![UNSET; rims.sides.len()];
    for (triangles, faces) in made.iter().zip(faces.chunks(CHUNK)) {
        append(mesh, rims, triangles, faces, &mut facing);
    }
    link(mesh, rims, &facing)
}

/// Faces that one task fills.
const CHUNK: usize = 256;

const UNSET: i32 = -1;

/// Triangles of some faces.
#[derive(Default)]
struct Triangles {
    /// By half-edge, the side that begins at its corner.
    corners: Vec<u32>,
    /// By half-edge.
    twins: Vec<Twin>,
    /// Triangles by face.
    counts: Vec<u32>,
}

#[derive(Clone, Copy)]
enum Twin {
    /// A half-edge of the same triangles.
    Triangle(u32),
    /// None here: it lies on this side of the rim.
    Rim(u32),
}

impl Triangles {
    /// Adds a triangle between half-edges that are known; the number of its first half-edge.
    fn push(&mut self, corners: [u32; 3], twins: [Twin; 3]) -> u32 {
        let first = self.corners.len() as u32;
        self.corners.extend(corners);
        self.twins.extend(twins);
        for (at, twin) in (first..).zip(twins) {
            if let Twin::Triangle(other) = twin {
                self.twins[other as usize] = Twin::Triangle(at);
            }
        }
        first
    }
}

/// Takes the triangles over; notes for each side of the rims the half-edge that lies on it.
fn append(mesh: &mut ManifoldImpl, rims: &Rims, triangles: &Triangles, faces: &[CutFace], facing: &mut [i32]) {
    let from = mesh.halfedge.len();
    for (at, (corner, twin)) in triangles.corners.iter().zip(&triangles.twins).enumerate() {
        let next = triangles.corners[if at % 3 == 2 { at - 2 } else { at + 1 }];
        let paired = match twin {
            Twin::Triangle(other) => (from + *other as usize) as i32,
            Twin::Rim(side) => {
                facing[*side as usize] = (from + at) as i32;
                UNSET
            }
        };
        let start = rims.sides[*corner as usize].start;
        mesh.halfedge.push(Halfedge {
            start_vert: start,
            end_vert: rims.sides[next as usize].start,
            paired_halfedge: paired,
            prop_vert: start,
        });
    }
    for (face, count) in faces.iter().zip(&triangles.counts) {
        let count = *count as usize;
        mesh.face_normal.extend(std::iter::repeat_n(face.normal, count));
        mesh.mesh_relation.tri_ref.extend(std::iter::repeat_n(face.reference, count));
    }
}

/// Makes twins of the half-edges on both sides of each rim; `None` where one is missing.
fn link(mesh: &mut ManifoldImpl, rims: &Rims, facing: &[i32]) -> Option<()> {
    for (side, own) in rims.sides.iter().zip(facing) {
        let beyond = match side.beyond {
            Beyond::Side(twin) => facing[twin as usize],
            Beyond::Whole(edge) => edge as i32,
        };
        if *own == UNSET || beyond == UNSET {
            return None;
        }
        mesh.halfedge[*own as usize].paired_halfedge = beyond;
        mesh.halfedge[beyond as usize].paired_halfedge = *own;
    }
    Some(())
}

struct Filler<'a> {
    rims: &'a Rims,
    places: &'a [Vec3],
    epsilon: f64,
    made: Triangles,
    ears: Ears,
}

impl Filler<'_> {
    fn fill(&mut self, face: usize, normal: Vec3) -> Option<()> {
        let from = self.made.corners.len();
        let is_filled = self.ring(face).is_some_and(|ring| self.fill_ring(&ring, normal));
        if !is_filled {
            self.made.corners.truncate(from);
            self.made.twins.truncate(from);
            self.fill_any(face, normal)?;
        }
        self.made.counts.push((self.made.corners.len() - from) as u32 / 3);
        Some(())
    }

    /// One ring of few sides; false where that must be left to the kernel.
    fn fill_ring(&mut self, ring: &[u32], normal: Vec3) -> bool {
        match *ring {
            [] => {}
            [a, b, c] => {
                self.made.push([a, b, c], [a, b, c].map(Twin::Rim));
            }
            [a, b, c, d] => {
                self.look_at(ring, normal);
                self.halve([a, b, c, d]);
            }
            _ => {
                self.look_at(ring, normal);
                return self.ears.cut(ring, self.epsilon, &mut self.made);
            }
        }
        true
    }

    /// The sides of the face in turn, where they are few and make one ring.
    fn ring(&self, face: usize) -> Option<Vec<u32>> {
        let range = self.rims.first[face] as usize..self.rims.first[face + 1] as usize;
        let sides = &self.rims.sides[range.clone()];
        if sides.is_empty() {
            return Some(Vec::new());
        }
        if sides.len() > FEW {
            return None;
        }
        let mut ring = vec![range.start as u32];
        let mut end = sides[0].end;
        while end != sides[0].start {
            let mut next = sides.iter().enumerate().filter(|(_, side)| side.start == end);
            let (Some((at, side)), None) = (next.next(), next.next()) else { return None };
            ring.push((range.start + at) as u32);
            end = side.end;
        }
        (ring.len() == sides.len()).then_some(ring)
    }

    /// Puts the corners of a ring before the ear clipper, seen along the normal.
    fn look_at(&mut self, ring: &[u32], normal: Vec3) {
        let view = get_axis_aligned_projection(normal);
        let corner = |side: &u32| view.apply(self.places[self.rims.sides[*side as usize].start as usize]);
        self.ears.points.clear();
        self.ears.points.extend(ring.iter().map(corner));
    }

    /// Along the shorter diagonal of those that stay inside.
    fn halve(&mut self, ring: [u32; 4]) {
        let points = &self.ears.points;
        let turns = |[a, b, c]: [usize; 3]| ccw(points[a], points[b], points[c], self.epsilon) >= 0;
        let place = |at: usize| self.places[self.rims.sides[ring[at] as usize].start as usize];
        let length = |a: usize, b: usize| length2(place(a) - place(b));
        let is_first_inside = turns([0, 1, 2]) && turns([0, 2, 3]);
        let is_second_inside = turns([1, 2, 3]) && turns([0, 1, 3]);
        let shift = usize::from(!is_first_inside || (is_second_inside && length(0, 2) > length(1, 3)));
        let [a, b, c, d] = [0, 1, 2, 3].map(|at| ring[(at + shift) % 4]);
        // the diagonal's twin is set when the second triangle names it
        let first = self.made.push([a, b, c], [Twin::Rim(a), Twin::Rim(b), Twin::Rim(c)]);
        self.made.push([a, c, d], [Twin::Triangle(first + 2), Twin::Rim(c), Twin::Rim(d)]);
    }

    /// Any rim, by the kernel's ear clipper.
    fn fill_any(&mut self, face: usize, normal: Vec3) -> Option<()> {
        let range = self.rims.first[face] as usize..self.rims.first[face + 1] as usize;
        let edge = |side: &RimSide| Halfedge {
            start_vert: side.start,
            end_vert: side.end,
            paired_halfedge: UNSET,
            prop_vert: side.start,
        };
        let edges: Vec<Halfedge> = self.rims.sides[range.clone()].iter().map(edge).collect();
        let loops = assemble_halfedges(&edges, 0);
        let polygons = project_polygons(&loops, &edges, self.places, &get_axis_aligned_projection(normal));
        let triangles = triangulate_idx(&polygons, self.epsilon, false);
        let first_side = range.start as u32;
        let from = self.made.corners.len() as u32;
        for triangle in &triangles {
            let corners = [triangle.x, triangle.y, triangle.z].map(|corner| first_side + corner as u32);
            self.made.push(corners, corners.map(Twin::Rim));
        }
        let successors =
            loops.iter().flat_map(|ring| (0..ring.len()).map(|at| (ring[at], ring[(at + 1) % ring.len()])));
        let successors = successors.map(|(side, next)| (first_side + side as u32, first_side + next as u32));
        self.made.pair_from(from, successors)
    }
}

impl Triangles {
    /// Finds the twins of the half-edges from `from` on, among each other and along the rim: each side with the one after it.
    fn pair_from(&mut self, from: u32, rim: impl Iterator<Item = (u32, u32)>) -> Option<()> {
        let corner = |edge: u32| self.corners[edge as usize];
        let next = |edge: u32| corner(if edge % 3 == 2 { edge - 2 } else { edge + 1 });
        // by ends, the larger first; then those that go up
        let mut edges: Vec<(u32, u32, bool, Twin)> = Vec::new();
        let mut add =
            |start: u32, end: u32, edge: Twin| edges.push((start.max(end), start.min(end), start > end, edge));
        for edge in from..self.corners.len() as u32 {
            add(corner(edge), next(edge), Twin::Triangle(edge));
        }
        for (side, next) in rim {
            add(next, side, Twin::Rim(side));
        }
        edges.sort_by_key(|(high, low, goes_down, _)| (*high, *low, *goes_down));
        for same in edges.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1)) {
            let (up, down) = same.split_at(same.iter().filter(|edge| !edge.2).count());
            if up.len() != down.len() {
                return None;
            }
            for (one, other) in up.iter().zip(down) {
                for (own, beyond) in [(one.3, other.3), (other.3, one.3)] {
                    if let Twin::Triangle(edge) = own {
                        self.twins[edge as usize] = beyond;
                    }
                }
            }
        }
        Some(())
    }
}

/// Sides up to which looking at each corner for each ear is less work than searching.
const FEW: usize = 64;

/// A ring that loses its ears one by one.
#[derive(Default)]
struct Ears {
    points: Vec<Vec2>,
    before: Vec<u32>,
    after: Vec<u32>,
    /// By corner, what lies beyond the edge to the next.
    beyond: Vec<Twin>,
    /// By corner, how good an ear it makes; [`NO_EAR`] where it makes none.
    worth: Vec<f64>,
}

const NO_EAR: f64 = 0.0;

impl Ears {
    /// Cuts a ring whose corners are at `points`, the best ear first; false where a rest has none that is clear of all other corners.
    fn cut(&mut self, ring: &[u32], epsilon: f64, made: &mut Triangles) -> bool {
        let count = ring.len();
        let last = count as u32 - 1;
        self.before.clear();
        self.before.extend((0..=last).map(|at| if at == 0 { last } else { at - 1 }));
        self.after.clear();
        self.after.extend((0..=last).map(|at| if at == last { 0 } else { at + 1 }));
        self.beyond.clear();
        self.beyond.extend(ring.iter().map(|side| Twin::Rim(*side)));
        self.worth.clear();
        self.worth.resize(count, NO_EAR);
        self.judge_all(0, epsilon);
        let mut any = 0;
        for left in (3..=count).rev() {
            let mut ear = self.best(any);
            if ear.is_none() {
                // what was cut off meanwhile may have been in the way
                self.judge_all(any, epsilon);
                ear = self.best(any);
            }
            let Some(ear) = ear else { return false };
            let (before, after) = (self.before[ear], self.after[ear]);
            let corners = [before, ear as u32, after];
            let sides = corners.map(|corner| ring[corner as usize]);
            let [one, two, third] = corners.map(|corner| self.beyond[corner as usize]);
            if left == 3 {
                made.push(sides, [one, two, third]);
                break;
            }
            let first = made.push(sides, [one, two, Twin::Rim(sides[2])]);
            self.beyond[before as usize] = Twin::Triangle(first + 2);
            self.after[before as usize] = after;
            self.before[after as usize] = before;
            any = before;
            self.judge(before, epsilon);
            self.judge(after, epsilon);
        }
        true
    }

    fn judge_all(&mut self, from: u32, epsilon: f64) {
        let mut at = from;
        loop {
            self.judge(at, epsilon);
            at = self.after[at as usize];
            if at == from {
                return;
            }
        }
    }

    /// The best ear of the ring through `from`.
    fn best(&self, from: u32) -> Option<usize> {
        let (mut best, mut most) = (None, NO_EAR);
        let mut at = from;
        loop {
            if self.worth[at as usize] > most {
                (best, most) = (Some(at as usize), self.worth[at as usize]);
            }
            at = self.after[at as usize];
            if at == from {
                return best;
            }
        }
    }

    /// Doubled area over the square of the longest side, where the corner bulges and no other corner is in the ear or on its border.
    fn judge(&mut self, corner: u32, epsilon: f64) {
        let (before, after) = (self.before[corner as usize], self.after[corner as usize]);
        let [a, b, c] = [before, corner, after].map(|at| self.points[at as usize]);
        self.worth[corner as usize] = NO_EAR;
        if ccw(a, b, c, epsilon) <= 0 {
            return;
        }
        let low = Vec2::new(a.x.min(b.x).min(c.x) - epsilon, a.y.min(b.y).min(c.y) - epsilon);
        let high = Vec2::new(a.x.max(b.x).max(c.x) + epsilon, a.y.max(b.y).max(c.y) + epsilon);
        let mut other = self.after[after as usize];
        while other != before {
            let point = self.points[other as usize];
            let is_near = low.x <= point.x && point.x <= high.x && low.y <= point.y && point.y <= high.y;
            let is_left = |from, to| ccw(from, to, point, epsilon) >= 0;
            if is_near && is_left(a, b) && is_left(b, c) && is_left(c, a) {
                return;
            }
            other = self.after[other as usize];
        }
        let (u, v, w) = (b - a, c - b, a - c);
        let longest = (u.x * u.x + u.y * u.y).max(v.x * v.x + v.y * v.y).max(w.x * w.x + w.y * w.y);
        self.worth[corner as usize] = (v.y * u.x - v.x * u.y) / longest;
    }
}
