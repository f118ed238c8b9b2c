//! Edges collapsed, cheapest first, for as long as the surface stays near enough.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::budget::{Budget, Exceeded};
use crate::geom::{Aabb3, Bvh, Vec3};
use crate::mesh::TriMesh;
use crate::remesh::crossing::crossings;
use crate::remesh::fans::{Fans, Keep};
use crate::remesh::outline::flat_distance;
use crate::remesh::quadric::Quadric;

/// When enough has gone.
#[derive(Debug, Clone, Copy)]
pub struct Goal {
    /// Each vertex that goes stays within so many millimetres of the new surface.
    pub tolerance: f64,
    /// So many triangles are few enough.
    pub triangles: usize,
    /// Sharp edges give way where there would be more.
    pub edges_give_way: bool,
}

/// Where the outcome crosses itself it is made again with what lies there kept, so often.
const ROUNDS: u32 = 10;

/// The mesh with edges collapsed; the mesh itself where every try crossed itself.
pub fn collapsed(mesh: &TriMesh, goal: &Goal, budget: &Budget) -> Result<TriMesh, Exceeded> {
    let mut kept: Vec<Aabb3> = Vec::new();
    let mut room = mean_edge(mesh);
    for _ in 0..ROUNDS {
        let fans = collapse_all(mesh, goal, &kept, budget)?;
        let (outcome, changed) = outcome_of(mesh, &fans);
        let found = crossings(&outcome, &changed, budget)?;
        if found.is_empty() {
            return Ok(outcome);
        }
        // what lies around is kept too, and more of it each time
        kept.extend(found.into_iter().map(|place| Aabb3 { min: place - room, max: place + room }));
        room *= 1.6;
    }
    Ok(mesh.clone())
}

fn mean_edge(mesh: &TriMesh) -> f64 {
    let around = |triangle: usize| {
        let [a, b, c] = mesh.corners(triangle);
        a.distance(b) + b.distance(c) + c.distance(a)
    };
    let sum: f64 = (0..mesh.triangles.len()).map(around).sum();
    sum / (3 * mesh.triangles.len().max(1)) as f64
}

fn collapse_all<'a>(mesh: &'a TriMesh, goal: &Goal, kept: &[Aabb3], budget: &Budget) -> Result<Fans<'a>, Exceeded> {
    let mut work = Work::of(mesh, goal, Keep::BordersAndEdges, kept, budget)?;
    work.run(budget)?;
    if goal.edges_give_way && work.fans.count > goal.triangles {
        work = Work::of(mesh, goal, Keep::Borders, kept, budget)?;
        work.run(budget)?;
    }
    Ok(work.fans)
}

/// The living triangles with their faces, and which of them are new.
fn outcome_of(mesh: &TriMesh, fans: &Fans<'_>) -> (TriMesh, Vec<bool>) {
    let living = || (0..mesh.triangles.len()).filter(|triangle| fans.alive[*triangle]);
    let outcome = TriMesh {
        positions: mesh.positions.clone(),
        triangles: living().map(|triangle| fans.triangles[triangle]).collect(),
        face_of: living().filter_map(|triangle| mesh.face_of.get(triangle).copied()).collect(),
        faces: mesh.faces.clone(),
    };
    let changed = living().map(|triangle| fans.triangles[triangle] != mesh.triangles[triangle]).collect();
    (outcome, changed)
}

/// A mesh while its edges collapse.
struct Work<'a> {
    fans: Fans<'a>,
    goal: Goal,
    quadrics: Vec<Quadric>,
    origin: Vec3,
    /// Vertices that have gone, at the triangle that they are nearest to.
    gone: Vec<Vec<u32>>,
    /// How far the borders at a vertex have wandered, mm.
    drift: Vec<f64>,
    queue: BinaryHeap<Reverse<Candidate>>,
    /// Counts the changes around each vertex: older candidates are void.
    version: Vec<u32>,
}

/// A vertex and what it costs to let it go, at least.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Candidate {
    cost: f64,
    vertex: u32,
    version: u32,
}

impl Eq for Candidate {}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.cost.total_cmp(&other.cost).then(self.vertex.cmp(&other.vertex)).then(self.version.cmp(&other.version))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Weight of the planes that stand on edges that are kept, against that of the faces beside them.
const EDGE_WEIGHT: f64 = 4.0;

/// Cosine between a triangle's old and new normal below which it counts as turned over.
const TURN_MAX: f64 = 0.25;

/// Height of a triangle over its longest edge below which it is a sliver.
const SLIVER: f64 = 1.0e-5;

impl<'a> Work<'a> {
    fn of(mesh: &'a TriMesh, goal: &Goal, keep: Keep, kept: &[Aabb3], budget: &Budget) -> Result<Self, Exceeded> {
        let mut fans = Fans::of(mesh, keep, budget)?;
        let bounds = mesh.bounding_box();
        let tree = Bvh::of(kept);
        for (vertex, place) in mesh.positions.iter().enumerate() {
            let place = Aabb3 { min: *place, max: *place };
            let mut inside = false;
            tree.visit(|bounds| bounds.touches(place), |index| inside |= kept[index as usize].touches(place));
            if inside {
                fans.stick(vertex as u32);
            }
        }
        let mut work = Self {
            quadrics: vec![Quadric::default(); mesh.positions.len()],
            origin: if bounds.is_empty() { Vec3::ZERO } else { bounds.center() },
            gone: vec![Vec::new(); mesh.triangles.len()],
            drift: vec![0.0; mesh.positions.len()],
            queue: BinaryHeap::new(),
            version: vec![0; mesh.positions.len()],
            goal: *goal,
            fans,
        };
        for triangle in 0..mesh.triangles.len() as u32 {
            if triangle % 4096 == 0 {
                budget.check()?;
            }
            work.weigh(triangle);
        }
        for vertex in 0..mesh.positions.len() as u32 {
            if vertex % 4096 == 0 {
                budget.check()?;
            }
            work.enqueue(vertex);
        }
        Ok(work)
    }

    /// Adds a triangle's plane to its corners, and a plane that stands on each of its marked edges.
    fn weigh(&mut self, triangle: u32) {
        let corners = self.fans.triangles[triangle as usize];
        let twice_area = self.fans.normal(corners);
        let normal = twice_area.normalize_or_zero();
        let area = twice_area.length() / 2.0;
        let plane = Quadric::plane(normal, self.seen(corners[0]), area);
        for at in 0..3 {
            let (from, to) = (corners[at], corners[(at + 1) % 3]);
            self.add(from, plane);
            if self.fans.is_marked(triangle, from) {
                let upright = normal.cross(self.fans.place(to) - self.fans.place(from)).normalize_or_zero();
                let wall = Quadric::plane(upright, self.seen(from), EDGE_WEIGHT * area);
                self.add(from, wall);
                self.add(to, wall);
            }
        }
    }

    fn add(&mut self, vertex: u32, quadric: Quadric) {
        self.quadrics[vertex as usize] = self.quadrics[vertex as usize].with(quadric);
    }

    /// A vertex relative to the middle of the mesh: keeps digits.
    fn seen(&self, vertex: u32) -> Vec3 {
        self.fans.place(vertex) - self.origin
    }

    fn run(&mut self, budget: &Budget) -> Result<(), Exceeded> {
        let mut steps = 0_u32;
        while self.fans.count > self.goal.triangles {
            let Some(Reverse(Candidate { vertex, version, .. })) = self.queue.pop() else { break };
            steps += 1;
            if steps.is_multiple_of(1024) {
                budget.check()?;
            }
            if version == self.version[vertex as usize] {
                self.try_vertex(vertex);
            }
        }
        Ok(())
    }

    fn enqueue(&mut self, vertex: u32) {
        self.version[vertex as usize] += 1;
        if let Some((cost, _)) = self.targets(vertex).first() {
            let version = self.version[vertex as usize];
            self.queue.push(Reverse(Candidate { cost: *cost, vertex, version }));
        }
    }

    /// Where a vertex may go, cheapest first: along a marked edge if it lies on one, nowhere if it is a corner.
    fn targets(&self, vertex: u32) -> Vec<(f64, u32)> {
        if self.fans.is_stuck(vertex) || self.fans.around(vertex).is_empty() {
            return Vec::new();
        }
        let marked: Vec<u32> = self.fans.marked_neighbours(vertex).collect();
        let own = self.quadrics[vertex as usize];
        let cost = |to: u32| (own.with(self.quadrics[to as usize]).at(self.seen(to)), to);
        let mut targets: Vec<(f64, u32)> = match marked.len() {
            0 => self.fans.neighbours(vertex).map(cost).collect(),
            2 => marked.into_iter().map(cost).collect(),
            _ => Vec::new(),
        };
        targets.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        targets
    }

    fn try_vertex(&mut self, vertex: u32) {
        for (_, to) in self.targets(vertex) {
            let Some(plan) = self.plan(vertex, to) else { continue };
            let quadric = self.quadrics[vertex as usize];
            self.add(to, quadric);
            self.fans.collapse(vertex, to);
            self.drift[to as usize] = self.drift[to as usize].max(plan.drift);
            for (triangle, points) in plan.gone {
                self.gone[triangle as usize] = points;
            }
            let mut changed: Vec<u32> = self.fans.neighbours(to).collect();
            changed.push(to);
            for vertex in changed {
                self.enqueue(vertex);
            }
            return;
        }
    }

    /// What collapsing an edge would bring; none where it may not be.
    fn plan(&self, from: u32, to: u32) -> Option<Plan> {
        if !self.fans.can_collapse(from, to) {
            return None;
        }
        let drift = self.drift_after(from, to)?;
        let mut fan = Vec::with_capacity(8);
        for triangle in self.fans.around(from) {
            let corners = self.fans.triangles[*triangle as usize];
            if corners.contains(&to) {
                continue;
            }
            let moved = corners.map(|vertex| if vertex == from { to } else { vertex });
            if self.turns_over(corners, moved) {
                return None;
            }
            fan.push((*triangle, moved));
        }
        let gone = self.reassigned(from, &fan)?;
        Some(Plan { drift, gone })
    }

    /// How far the border has wandered once a vertex on it has gone; none where that is too far, or the border would turn back.
    fn drift_after(&self, from: u32, to: u32) -> Option<f64> {
        let mut others = self.fans.marked_neighbours(from).filter(|other| *other != to);
        let Some(other) = others.next() else { return Some(0.0) };
        let [place, other_place, to_place] = [from, other, to].map(|vertex| self.fans.place(vertex));
        let away = flat_distance(place, other_place, to_place);
        let drift = away + self.drift[from as usize].max(self.drift[to as usize]).max(self.drift[other as usize]);
        let onward = (place - other_place).dot(to_place - place) > 0.0;
        (onward && drift <= self.goal.tolerance).then_some(drift)
    }

    fn turns_over(&self, before: [u32; 3], after: [u32; 3]) -> bool {
        let (old, new) = (self.fans.normal(before), self.fans.normal(after));
        let [a, b, c] = after.map(|vertex| self.fans.place(vertex));
        let longest = a.distance_squared(b).max(b.distance_squared(c)).max(c.distance_squared(a));
        let height = new.length();
        height <= SLIVER * longest || old.dot(new) < TURN_MAX * old.length() * height
    }

    /// The vertices that have gone from around one, and that one, each at the nearest triangle of the new fan; none where one is too far.
    fn reassigned(&self, from: u32, fan: &[(u32, [u32; 3])]) -> Option<Vec<(u32, Vec<u32>)>> {
        let mut gone: Vec<(u32, Vec<u32>)> = fan.iter().map(|(triangle, _)| (*triangle, Vec::new())).collect();
        let around = self.fans.around(from).iter().flat_map(|triangle| &self.gone[*triangle as usize]);
        for vertex in around.copied().chain([from]) {
            let place = self.fans.place(vertex);
            let distance = |(_, corners): &(u32, [u32; 3])| {
                distance_to_triangle(place, corners.map(|corner| self.fans.place(corner)))
            };
            let nearest = fan
                .iter()
                .map(distance)
                .enumerate()
                .fold((0, f64::INFINITY), |best, found| if found.1 < best.1 { found } else { best });
            if nearest.1 > self.goal.tolerance {
                return None;
            }
            gone[nearest.0].1.push(vertex);
        }
        Some(gone)
    }
}

/// What a collapse brings.
struct Plan {
    drift: f64,
    gone: Vec<(u32, Vec<u32>)>,
}

/// How far a point lies from a triangle, mm.
fn distance_to_triangle(point: Vec3, [a, b, c]: [Vec3; 3]) -> f64 {
    let normal = (b - a).cross(c - a);
    let inside =
        [(a, b), (b, c), (c, a)].iter().all(|(from, to)| (*to - *from).cross(point - *from).dot(normal) >= 0.0);
    let length = normal.length();
    if inside && length > 0.0 {
        return ((point - a).dot(normal) / length).abs();
    }
    flat_distance(point, a, b).min(flat_distance(point, b, c)).min(flat_distance(point, c, a))
}
