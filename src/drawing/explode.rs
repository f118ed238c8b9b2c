//! Exploded views: how far each part of an assembly moves along a direction so that none stands over or in another.

use crate::budget::Budget;
use crate::drawing::DrawError;
use crate::drawing::edge::Model;
use crate::geom::{Aabb2, Aabb3, Vec2, Vec3};

/// Parts pulled apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Explosion {
    /// How far each part moves.
    pub shifts: Vec<Vec3>,
    /// Lines between parts that belong together, in the moved model.
    pub traces: Vec<[Vec3; 2]>,
}

/// What a part takes up: across the direction and along it.
struct Slot {
    across: Aabb2,
    low: f64,
    high: f64,
}

/// Between parts, as a share of the whole's diagonal.
const GAP_SHARE: f64 = 0.25;

/// Finds how far the parts of a model move along a unit direction: lower ones first, what lies inside another part after that part.
/// O(n²) in the parts.
///
/// # Errors
/// [`DrawError::NothingToExplode`] with one part, [`DrawError::Exceeded`] when the budget ends.
pub fn explode(model: &Model, along: Vec3, budget: &Budget) -> Result<Explosion, DrawError> {
    let right = along.any_orthonormal_vector();
    let up = along.cross(right);
    let slots = slots(model, along, right, up);
    if slots.len() < 2 {
        return Err(DrawError::NothingToExplode);
    }
    let gap = model.diagonal() * GAP_SHARE;
    let mut lifts: Vec<Option<f64>> = vec![None; slots.len()];
    let mut traces = Vec::new();
    for part in order(&slots, budget)? {
        let own = &slots[part];
        let placed = |other: &usize| lifts[*other].is_some() && overlap(&slots[*other].across, &own.across);
        let top = |other: usize| slots[other].high + lifts[other].unwrap_or(0.0);
        let under = (0..slots.len()).filter(placed).max_by(|a, b| top(*a).total_cmp(&top(*b)));
        let lift = under.map_or(0.0, |other| (top(other) + gap - own.low).max(0.0));
        if let Some(other) = under {
            let shared = meeting(&slots[other].across, &own.across).center();
            let at = |level: f64| right * shared.x + up * shared.y + along * level;
            traces.push([at(top(other)), at(own.low + lift)]);
        }
        lifts[part] = Some(lift);
    }
    let shifts = lifts.into_iter().map(|lift| along * lift.unwrap_or(0.0)).collect();
    Ok(Explosion { shifts, traces })
}

fn slots(model: &Model, along: Vec3, right: Vec3, up: Vec3) -> Vec<Slot> {
    let count = model.part_of.iter().max().map_or(0, |last| *last as usize + 1);
    let blank = || Slot { across: Aabb2::EMPTY, low: f64::INFINITY, high: f64::NEG_INFINITY };
    let mut slots: Vec<Slot> = (0..count).map(|_| blank()).collect();
    for (corners, part) in model.triangles.iter().zip(&model.part_of) {
        let slot = &mut slots[*part as usize];
        for point in corners.map(|vertex| model.positions[vertex as usize]) {
            let flat = Vec2::new(point.dot(right), point.dot(up));
            slot.across = Aabb2 { min: slot.across.min.min(flat), max: slot.across.max.max(flat) };
            let level = point.dot(along);
            (slot.low, slot.high) = (slot.low.min(level), slot.high.max(level));
        }
    }
    slots
}

/// Lower parts first, each behind what it lies in.
fn order(slots: &[Slot], budget: &Budget) -> Result<Vec<usize>, DrawError> {
    let mut inside: Vec<Vec<usize>> = vec![Vec::new(); slots.len()];
    let mut waits = vec![0_usize; slots.len()];
    for outer in 0..slots.len() {
        budget.check()?;
        inside[outer] = (0..slots.len()).filter(|inner| contains(&slots[outer], &slots[*inner])).collect();
        inside[outer].iter().for_each(|inner| waits[*inner] += 1);
    }
    let mut left: Vec<usize> = (0..slots.len()).collect();
    left.sort_by(|a, b| slots[*a].high.total_cmp(&slots[*b].high));
    let mut placed = Vec::with_capacity(left.len());
    while !left.is_empty() {
        // what contains is larger than what it contains, so that one is always free
        let at = left.iter().position(|part| waits[*part] == 0).unwrap_or(0);
        let part = left.remove(at);
        inside[part].iter().for_each(|inner| waits[*inner] -= 1);
        placed.push(part);
    }
    Ok(placed)
}

fn contains(outer: &Slot, inner: &Slot) -> bool {
    let slack = (outer.high - outer.low) * 1.0e-6;
    let (one, two) = (&outer.across, &inner.across);
    let is_within = one.min.cmple(two.min + slack).all() && one.max.cmpge(two.max - slack).all();
    let is_larger = one.size().element_product() * (outer.high - outer.low)
        > two.size().element_product() * (inner.high - inner.low) * 1.001;
    is_within && is_larger && outer.low <= inner.low + slack && outer.high >= inner.high - slack
}

fn meeting(one: &Aabb2, two: &Aabb2) -> Aabb2 {
    Aabb2 { min: one.min.max(two.min), max: one.max.min(two.max) }
}

/// Whether two boxes share more than an edge.
fn overlap(one: &Aabb2, two: &Aabb2) -> bool {
    let shared = meeting(one, two).size();
    let slack = one.size().max_element() * 1.0e-6;
    shared.min_element() > slack
}

impl Model {
    /// The model with each part moved.
    pub fn displaced(&self, shifts: &[Vec3]) -> Self {
        let mut moved = self.clone();
        let mut done = vec![false; self.positions.len()];
        let mut done_faces = vec![false; self.faces.len()];
        for (triangle, corners) in self.triangles.iter().enumerate() {
            let shift = shifts[self.part_of[triangle] as usize];
            for vertex in corners.map(|vertex| vertex as usize) {
                if !std::mem::replace(&mut done[vertex], true) {
                    moved.positions[vertex] += shift;
                }
            }
            let face = self.face_of[triangle] as usize;
            if !std::mem::replace(&mut done_faces[face], true) {
                moved.faces[face].surface = moved.faces[face].surface.shifted(shift);
            }
        }
        moved.bounding_box =
            Aabb3::of(moved.triangles.iter().flatten().map(|vertex| moved.positions[*vertex as usize]));
        moved
    }
}
