//! Region to triangles where no two edges cross: a constrained Delaunay triangulation of places, its corners given back to contours.
//!
//! A *place* is where one or more points of contours lie: contours that touch share one, and an edge may run over another contour's
//! point. The triangulation knows places only. Around a place the contours part the wedges of the region; the corners in a wedge
//! belong to the point whose edge opens it. Where another contour's edge closes it, triangles without area join their points, so
//! that all triangles meet each other and the contours edge to edge.
//!
//! Sources: L. P. Chew, "Constrained Delaunay triangulations" (1989), with the exact predicates of the crate `spade`.

use rustc_hash::FxHashMap;
use spade::handles::{DirectedEdgeHandle, FixedDirectedEdgeHandle, FixedVertexHandle};
use spade::{ConstrainedDelaunayTriangulation, Point2, Triangulation};

use crate::budget::{Budget, Exceeded};
use crate::geom::{Aabb2, Vec2};

/// Counter-clockwise triangles over the points counted contour by contour; nothing where edges cross or run along each other.
///
/// # Errors
/// The job was stopped.
pub(super) fn triangulate(contours: &[&[Vec2]], budget: &Budget) -> Result<Option<Vec<[u32; 3]>>, Exceeded> {
    let Some(mut plan) = Plan::of(contours, budget)? else { return Ok(None) };
    if !plan.draw_contours(budget)? {
        return Ok(None);
    }
    budget.check()?;
    Ok(plan.finish())
}

type Plane = ConstrainedDelaunayTriangulation<Point2<f64>>;
type HalfEdge<'a> = DirectedEdgeHandle<'a, Point2<f64>, (), spade::CdtEdge<()>, ()>;

const NONE: u32 = u32::MAX;

const EDGES_PER_CHECK: usize = 128;

/// The Delaunay triangulation of places, and for each of them its vertex; nothing where a coordinate is out of bounds.
fn loaded(places: &[Point2<f64>], budget: &Budget) -> Result<Option<(Plane, Vec<FixedVertexHandle>)>, Exceeded> {
    let mut plane = Plane::new();
    let mut vertices = vec![FixedVertexHandle::from_index(0); places.len()];
    let mut near = None;
    for (count, at) in scattered(places).into_iter().enumerate() {
        if count % PLACES_PER_CHECK == 0 {
            budget.check()?;
        }
        let place = places[at as usize];
        let vertex = match near {
            Some(near) => plane.insert_with_hint(place, near),
            None => plane.insert(place),
        };
        let Ok(vertex) = vertex else { return Ok(None) };
        vertices[at as usize] = vertex;
        near = Some(vertex);
    }
    Ok(Some((plane, vertices)))
}

const PLACES_PER_CHECK: usize = 128;

/// The order to insert places in: rounds of chance, each of them thrice as many, along a space-filling curve (Amenta, Choi & Rote 2003).
fn scattered(places: &[Point2<f64>]) -> Vec<u32> {
    let bounds = Aabb2::of(places.iter().map(|place| Vec2::new(place.x, place.y)));
    let scale = Vec2::splat(CURVE_SIDE) / bounds.size().max(Vec2::splat(f64::MIN_POSITIVE));
    let along = |at: &u32| {
        let place = places[*at as usize];
        let cell = (Vec2::new(place.x, place.y) - bounds.min) * scale;
        hilbert(cell.x as u32, cell.y as u32)
    };
    let mut order: Vec<u32> = (0..places.len() as u32).collect();
    let mut chance = 1_u64;
    for left in (1..order.len()).rev() {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(left, (chance >> 33) as usize % (left + 1));
    }
    let (mut from, mut to) = (0, ROUND_MIN.min(order.len()));
    while from < to {
        order[from..to].sort_by_cached_key(along);
        (from, to) = (to, (3 * to).min(order.len()));
    }
    order
}

const ROUND_MIN: usize = 64;
const CURVE_BITS: u32 = 16;
const CURVE_SIDE: f64 = 65_535.0;

/// How far along Hilbert's curve a cell lies.
fn hilbert(mut x: u32, mut y: u32) -> u32 {
    let mut along = 0;
    for bit in (0..CURVE_BITS).rev() {
        let (right, up) = (x >> bit & 1, y >> bit & 1);
        along = along << 2 | ((3 * right) ^ up);
        if up == 0 {
            if right == 1 {
                (x, y) = (!x, !y);
            }
            (x, y) = (y, x);
        }
    }
    along
}

/// What is known of points (of contours), places (vertices of the plane), half-edges and faces, each by its index.
struct Plan {
    plane: Plane,
    /// Point to place.
    place: Vec<FixedVertexHandle>,
    /// Point to the point after it on its contour.
    next: Vec<u32>,
    /// Point to the half-edges that its edge is made of: several where it runs over other places.
    runs: Vec<Vec<FixedDirectedEdgeHandle>>,
    /// Half-edge to the point whose edge it is part of.
    border: Vec<u32>,
    /// Face to whether it is in the region.
    inside: Vec<bool>,
    /// Half-edge to the point that stands for its start in the face left of it.
    corner: Vec<u32>,
    /// Point to the point whose incoming edge closes the wedge that its own edge opens.
    closing: Vec<u32>,
}

impl Plan {
    fn of(contours: &[&[Vec2]], budget: &Budget) -> Result<Option<Self>, Exceeded> {
        let mut known: FxHashMap<[u64; 2], u32> = FxHashMap::default();
        let (mut places, mut place, mut next) = (Vec::new(), Vec::new(), Vec::new());
        for contour in contours {
            let first = place.len();
            for (at, point) in contour.iter().enumerate() {
                // the sum makes one zero of two
                let point = *point + Vec2::ZERO;
                place.push(*known.entry([point.x.to_bits(), point.y.to_bits()]).or_insert(places.len() as u32));
                if place[first + at] as usize == places.len() {
                    places.push(Point2::new(point.x, point.y));
                }
                next.push((first + (at + 1) % contour.len()) as u32);
            }
        }
        let Some((plane, vertex)) = loaded(&places, budget)? else { return Ok(None) };
        Ok(Some(Self {
            place: place.into_iter().map(|place| vertex[place as usize]).collect(),
            runs: vec![Vec::new(); next.len()],
            border: vec![NONE; plane.num_directed_edges()],
            inside: vec![false; plane.num_all_faces()],
            corner: vec![NONE; plane.num_directed_edges()],
            closing: vec![NONE; next.len()],
            plane,
            next,
        }))
    }

    /// Whether all edges of contours could be made edges of the triangulation, each once.
    fn draw_contours(&mut self, budget: &Budget) -> Result<bool, Exceeded> {
        for point in 0..self.place.len() {
            if point % EDGES_PER_CHECK == 0 {
                budget.check()?;
            }
            let [from, to] = [point, self.next[point] as usize].map(|at| self.place[at]);
            let run = self.plane.try_add_constraint(from, to);
            let first_there = |half_edge: &FixedDirectedEdgeHandle| {
                std::mem::replace(&mut self.border[half_edge.index()], point as u32) == NONE
            };
            if run.is_empty() || !run.iter().all(first_there) {
                return Ok(false);
            }
            self.runs[point] = run;
        }
        Ok(true)
    }

    /// The triangles inside.
    fn finish(mut self) -> Option<Vec<[u32; 3]>> {
        self.find_inside()?;
        self.give_back_corners()?;
        let mut triangles = self.inner_triangles();
        self.sew_edges(&mut triangles);
        self.sew_places(&mut triangles);
        // a corner stays without a point where an edge of one contour touches another's point from outside, or runs back over another
        triangles.iter().flatten().all(|corner| *corner != NONE).then_some(triangles)
    }

    /// Goes from face to face, from outside inwards; nothing when a face is wound round otherwise than once or not at all.
    fn find_inside(&mut self) -> Option<()> {
        let mut seen = vec![false; self.inside.len()];
        let mut open = vec![self.plane.outer_face().fix()];
        seen[open[0].index()] = true;
        while let Some(face) = open.pop() {
            let here = self.inside[face.index()];
            for edge in self.plane.face(face).adjacent_edge().into_iter().flat_map(around_face) {
                let there = match (here, self.is_border(edge), self.is_border(edge.rev())) {
                    (_, true, true) | (_, false, false) => here,
                    (true, true, false) => false,
                    (false, false, true) => true,
                    _ => return None,
                };
                let beyond = edge.rev().face().fix().index();
                if !std::mem::replace(&mut seen[beyond], true) {
                    self.inside[beyond] = there;
                    open.push(edge.rev().face().fix());
                } else if self.inside[beyond] != there {
                    return None;
                }
            }
        }
        Some(())
    }

    fn is_border(&self, edge: HalfEdge) -> bool {
        self.border[edge.fix().index()] != NONE
    }

    /// Goes round each point from its own edge to the one that closes the wedge, on over edges that only pass by; nothing when none closes it.
    fn give_back_corners(&mut self) -> Option<()> {
        for point in 0..self.place.len() as u32 {
            let mut edge = self.runs[point as usize][0];
            let mut passed = 0;
            self.closing[point as usize] = loop {
                let last = self.close_wedge(edge, point);
                let passing = self.border[last.index()];
                let run = &self.runs[passing as usize];
                match run.iter().position(|part| *part == last).and_then(|at| run.get(at + 1)) {
                    Some(onward) => edge = *onward,
                    None => break self.next[passing as usize],
                }
                passed += 1;
                if passed > self.border.len() {
                    return None;
                }
            };
        }
        Some(())
    }

    /// Makes a point the corner of all faces from a half-edge counter-clockwise to the next border; returns that, which comes in.
    fn close_wedge(&mut self, opening: FixedDirectedEdgeHandle, point: u32) -> FixedDirectedEdgeHandle {
        let mut edge = self.plane.directed_edge(opening);
        loop {
            self.corner[edge.fix().index()] = point;
            if self.border[edge.prev().fix().index()] != NONE {
                return edge.prev().fix();
            }
            edge = edge.prev().rev();
        }
    }

    fn inner_triangles(&self) -> Vec<[u32; 3]> {
        let inner = self.plane.inner_faces().filter(|face| self.inside[face.fix().index()]);
        inner.map(|face| face.adjacent_edges().map(|edge| self.corner[edge.fix().index()])).collect()
    }

    /// Joins each contour edge to the corners that the faces along it have in place of its own points.
    fn sew_edges(&self, triangles: &mut Vec<[u32; 3]>) {
        for (point, run) in self.runs.iter().enumerate() {
            let end = self.next[point];
            let mut fan = vec![end];
            if let Some(last) = run.last() {
                fan.push(self.corner[self.plane.directed_edge(*last).next().fix().index()]);
            }
            fan.extend(run.iter().skip(1).rev().map(|part| self.corner[part.index()]));
            fan.dedup();
            triangles.extend(fan.windows(2).map(|pair| [point as u32, pair[0], pair[1]]));
        }
    }

    /// Closes what the sewn edges leave open between the points of one place.
    fn sew_places(&self, triangles: &mut Vec<[u32; 3]>) {
        let mut done = vec![false; self.place.len()];
        for first in 0..self.place.len() as u32 {
            let mut ring = Vec::new();
            let mut point = first;
            while !std::mem::replace(&mut done[point as usize], true) {
                ring.push(point);
                point = self.closing[point as usize];
            }
            triangles.extend(ring.windows(2).skip(1).map(|pair| [first, pair[0], pair[1]]));
        }
    }
}

fn around_face(first: HalfEdge) -> impl Iterator<Item = HalfEdge> {
    let mut at = Some(first);
    std::iter::from_fn(move || {
        let edge = at?;
        at = Some(edge.next()).filter(|next| *next != first);
        Some(edge)
    })
}
