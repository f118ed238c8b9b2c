//! Slots: two half-round walls that look at each other.

use rustc_hash::FxHashMap;

use crate::drawing::edge::Model;
use crate::drawing::ring::{NO_RING, Ring, Rings};
use crate::geom::Vec3;

/// A slot with round ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// The middles of its round ends, in the plane through the model's origin across its axis.
    pub ends: [Vec3; 2],
    /// Direction of its walls; its largest component is positive.
    pub axis: Vec3,
    /// Radius of its ends.
    pub radius: f64,
    /// Heights of its rims along the axis with whether they are convex, lowest first.
    pub rims: Vec<(f64, bool)>,
    /// Its rings.
    pub rings: Vec<usize>,
}

/// A round end goes this far round, degrees; a few of its edges may be told as something else.
const HALF: std::ops::RangeInclusive<f64> = 150.0..=205.0;
/// More half circles than this are a pattern of its own; pairs among them are not looked for.
const MANY: usize = 400;

/// All slots of a model.
pub fn slots(model: &Model, rings: &Rings) -> Vec<Slot> {
    let slack = model.diagonal() * 1.0e-4;
    let mut halves: Vec<Half> = rings
        .rings
        .iter()
        .enumerate()
        .filter(|(_, ring)| !ring.whole && HALF.contains(&sweep_deg(model, ring)) && is_hollow(model, ring))
        .map(|(index, ring)| Half::new(model, index, ring))
        .collect();
    find_flanks(model, rings, &mut halves);
    let mut found: Vec<Slot> = Vec::new();
    if halves.len() > MANY {
        return found;
    }
    let straight = straight_edges(model, rings, !halves.is_empty());
    let mut used = vec![false; halves.len()];
    for one in 0..halves.len() {
        if used[one] {
            continue;
        }
        let distance = |two: &usize| halves[one].center.distance(halves[*two].center);
        let faces = |two: &usize| !used[*two] && halves[one].faces(&halves[*two], slack);
        let partners = (one + 1..halves.len()).filter(faces);
        let nearest = partners.min_by(|a, b| distance(a).total_cmp(&distance(b)));
        if let Some(two) = nearest.filter(|two| halves[one].is_joined_to(&halves[*two], &straight, slack)) {
            (used[one], used[two]) = (true, true);
            add(&halves[one], &halves[two], slack, &mut found);
        }
    }
    found.iter_mut().for_each(|slot| slot.rims.sort_by(|a, b| a.0.total_cmp(&b.0)));
    found
}

/// Half a rim.
struct Half {
    index: usize,
    center: Vec3,
    axis: Vec3,
    radius: f64,
    /// From the centre to the middle of the arc, of length 1.
    middle: Vec3,
    convex: bool,
    /// Where its arc ends.
    ends: Vec<u32>,
    /// Directions of the edges that go on from there.
    flanks: Vec<Vec3>,
}

impl Half {
    fn new(model: &Model, index: usize, ring: &Ring) -> Self {
        let largest = ring
            .axis
            .to_array()
            .into_iter()
            .fold(0.0_f64, |most, part| if part.abs() > most.abs() + 1.0e-9 { part } else { most });
        let axis = if largest < 0.0 { -ring.axis } else { ring.axis };
        let convex = ring.edges.first().is_some_and(|edge| model.edges[*edge as usize].convex);
        let mut vertices: Vec<u32> = ring.edges.iter().flat_map(|edge| model.edges[*edge as usize].ends).collect();
        vertices.sort_unstable();
        let ends = vertices.chunk_by(|a, b| a == b).filter(|same| same.len() == 1).map(|same| same[0]).collect();
        let middle = arc_middle(model, ring);
        Self { index, center: ring.center, axis, radius: ring.radius, middle, convex, ends, flanks: Vec::new() }
    }

    /// Whether two halves close one slot: in one plane, alike, their arcs turned away from each other.
    fn faces(&self, other: &Self, slack: f64) -> bool {
        let between = other.center - self.center;
        let along = between.normalize_or_zero();
        self.axis.dot(other.axis) > 1.0 - 1.0e-6
            && between.dot(self.axis).abs() <= slack
            && (self.radius - other.radius).abs() <= slack
            && between.length() > slack
            && self.middle.dot(along) < -0.96
            && other.middle.dot(along) > 0.96
            && self.has_flanks(along)
            && other.has_flanks(along)
    }

    /// Whether straight edges lead from one half to the other, on both sides along most of the way.
    fn is_joined_to(&self, other: &Self, straight: &[[Vec3; 2]], slack: f64) -> bool {
        let between = other.center - self.center;
        let (apart, along) = (between.length(), between.normalize_or_zero());
        let across = self.axis.cross(along);
        let mut walls = [0.0_f64; 2];
        for [from, to] in straight {
            let (one, two) = (*from - self.center, *to - self.center);
            let off = [one, two].map(|end| end.dot(across));
            let is_level = [one, two].iter().all(|end| end.dot(self.axis).abs() <= slack);
            let is_wall = (off[0] - off[1]).abs() <= slack && (off[0].abs() - self.radius).abs() <= self.radius * 0.02;
            if is_level && is_wall {
                let part = |end: Vec3| end.dot(along).clamp(0.0, apart);
                walls[usize::from(off[0] > 0.0)] += (part(one) - part(two)).abs();
            }
        }
        walls.iter().all(|wall| *wall >= apart * WALL_SHARE)
    }

    /// Whether both ends of the arc go on straight in a direction.
    fn has_flanks(&self, along: Vec3) -> bool {
        self.flanks.iter().filter(|flank| flank.dot(along).abs() > FLANK_COS).count() >= 2
    }
}

/// So much of the way between its round ends a slot has straight walls.
const WALL_SHARE: f64 = 0.5;

/// The ends of the edges that are on no circle, if any are wanted.
fn straight_edges(model: &Model, rings: &Rings, wanted: bool) -> Vec<[Vec3; 2]> {
    let count = if wanted { model.edges.len() } else { 0 };
    let free = (0..count).filter(|edge| rings.of_edge[*edge] == NO_RING);
    free.map(|edge| model.edges[edge].ends.map(|vertex| model.positions[vertex as usize])).collect()
}

/// Edges that go on from a half rim may still turn with it by a facet or two: cosine of 18 degrees.
const FLANK_COS: f64 = 0.951;

/// Finds the edges that go on from the ends of half rims.
fn find_flanks(model: &Model, rings: &Rings, halves: &mut [Half]) {
    let mut at: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
    for (index, half) in halves.iter().enumerate() {
        half.ends.iter().for_each(|end| at.entry(*end).or_default().push(index));
    }
    let straight = model.edges.iter().enumerate().filter(|(index, _)| rings.of_edge[*index] == NO_RING);
    for (_, edge) in straight.filter(|_| !at.is_empty()) {
        let [from, to] = edge.ends.map(|vertex| model.positions[vertex as usize]);
        for half in edge.ends.iter().filter_map(|end| at.get(end)).flatten() {
            halves[*half].flanks.push((to - from).normalize_or_zero());
        }
    }
}

fn add(one: &Half, two: &Half, slack: f64, found: &mut Vec<Slot>) {
    let foot = |half: &Half| half.center - half.axis * half.center.dot(half.axis);
    let ends = [foot(one), foot(two)];
    let height = one.center.dot(one.axis);
    let is_same = |slot: &&mut Slot| {
        let same =
            |a: usize, b: usize| slot.ends[a].distance(ends[0]) <= slack && slot.ends[b].distance(ends[1]) <= slack;
        slot.axis.dot(one.axis) > 1.0 - 1.0e-6
            && (slot.radius - one.radius).abs() <= slack
            && (same(0, 1) || same(1, 0))
    };
    match found.iter_mut().find(is_same) {
        Some(slot) => {
            slot.rims.push((height, one.convex));
            slot.rings.extend([one.index, two.index]);
        }
        None => found.push(Slot {
            ends,
            axis: one.axis,
            radius: one.radius,
            rims: vec![(height, one.convex)],
            rings: vec![one.index, two.index],
        }),
    }
}

/// Whether the wall at an arc looks at its axis.
pub fn is_hollow(model: &Model, ring: &Ring) -> bool {
    let Some(edge) = ring.edges.first().map(|edge| &model.edges[*edge as usize]) else { return false };
    let outward = model.positions[edge.ends[0] as usize] - ring.center;
    let wall = edge.sides.map(|side| model.normals[side as usize]);
    let steepest = if wall[0].dot(ring.axis).abs() < wall[1].dot(ring.axis).abs() { wall[0] } else { wall[1] };
    steepest.dot(outward) < 0.0
}

/// Direction from an arc's centre to its middle.
pub fn arc_middle(model: &Model, ring: &Ring) -> Vec3 {
    let points = ring.edges.iter().flat_map(|edge| model.edges[*edge as usize].ends);
    points.map(|vertex| model.positions[vertex as usize] - ring.center).sum::<Vec3>().normalize_or_zero()
}

/// How far an arc goes, degrees.
pub fn sweep_deg(model: &Model, ring: &Ring) -> f64 {
    let turn = |edge: &u32| {
        let [one, two] = model.edges[*edge as usize].ends.map(|vertex| model.positions[vertex as usize]);
        2.0 * crate::geom::asin_deg((one.distance(two) / (2.0 * ring.radius)).min(1.0))
    };
    ring.edges.iter().map(turn).sum()
}
