//! Foreign meshes made closed where it is clear how: needless faces go, edges are parted where other faces end on them, faces are turned to agree,
//! flat holes are filled.
//!
//! Sources: what mesh repair agrees on (Attene, Campen & Kobbelt, "Polygon mesh repairing", 2013); nothing is guessed: a hole whose rim is not flat stays.

use std::collections::VecDeque;
use std::fmt;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::budget::{Budget, Exceeded};
use crate::geom::{Aabb3, Vec2, Vec3};
use crate::mesh::TriMesh;
use crate::region::triangulate_face;
use crate::solid::draft::Draft;

/// What was done to a mesh; nothing for one that was closed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Repair {
    /// Faces taken out: without area, or there twice.
    pub removed: usize,
    /// Edges parted at the ends of others.
    pub parted: usize,
    /// Faces turned.
    pub turned: usize,
    /// Holes filled.
    pub filled: usize,
}

impl Repair {
    /// What was done to either.
    pub fn and(self, other: Self) -> Self {
        Self {
            removed: self.removed + other.removed,
            parted: self.parted + other.parted,
            turned: self.turned + other.turned,
            filled: self.filled + other.filled,
        }
    }
}

impl fmt::Display for Repair {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |count: usize, one: &str, more: &str, done: &str| match count {
            0 => None,
            1 => Some(format!("1 {one} {done}")),
            _ => Some(format!("{count} {more} {done}")),
        };
        let said: Vec<String> = [
            count(self.removed, "needless face", "needless faces", "taken out"),
            count(self.parted, "edge", "edges", "parted where others end"),
            count(self.turned, "face", "faces", "turned"),
            count(self.filled, "flat hole", "flat holes", "filled"),
        ]
        .into_iter()
        .flatten()
        .collect();
        if said.is_empty() {
            formatter.write_str("what its faces wind round was kept")
        } else {
            formatter.write_str(&said.join(", "))
        }
    }
}

/// A mesh whose vertices at one place are one.
///
/// # Errors
/// The job was stopped.
pub(super) fn welded(draft: &Draft, budget: &Budget) -> Result<Draft, Exceeded> {
    let size = Aabb3::of(draft.positions.iter().copied()).size().length();
    let cell = (size * WELD).max(f64::MIN_POSITIVE);
    let mut known: FxHashMap<[i64; 3], Vec<u32>> = FxHashMap::default();
    let mut positions: Vec<Vec3> = Vec::new();
    let mut place = Vec::with_capacity(draft.positions.len());
    for (index, point) in draft.positions.iter().enumerate() {
        if index % TRIANGLES_PER_CHECK == 0 {
            budget.check()?;
        }
        let home = (*point / cell).floor().to_array().map(|at| at as i64);
        let neighbours = (0..27).map(|at| [home[0] + at % 3 - 1, home[1] + at / 3 % 3 - 1, home[2] + at / 9 - 1]);
        let near = neighbours.filter_map(|cell| known.get(&cell)).flatten();
        let same = near.copied().filter(|other| positions[*other as usize].distance(*point) <= cell).min();
        place.push(same.unwrap_or_else(|| {
            positions.push(*point);
            known.entry(home).or_default().push(positions.len() as u32 - 1);
            positions.len() as u32 - 1
        }));
    }
    let mut kept = Draft { positions, triangles: Vec::new(), surface_of: Vec::new(), ..draft.clone() };
    for (index, corners) in draft.triangles.iter().enumerate() {
        let [a, b, c] = corners.map(|corner| place[corner as usize]);
        if a != b && b != c && c != a {
            kept.triangles.push([a, b, c]);
            kept.surface_of.extend(draft.surface_of.get(index));
        }
    }
    Ok(kept)
}

/// Share of the model's size up to which places are one: rounding, far below what a file keeps.
const WELD: f64 = 1.0e-12;

/// Repairs a mesh in place.
///
/// # Errors
/// The job was stopped.
pub(super) fn repair(mesh: &mut TriMesh, budget: &Budget) -> Result<Repair, Exceeded> {
    let slack = SLACK * mesh.bounding_box().size().length();
    let removed = remove_needless(mesh, budget)?;
    let parted = part_borders(mesh, slack, budget)?;
    let turned = orient(mesh, budget)?;
    let filled = fill_holes(mesh, slack, budget)?;
    Ok(Repair { removed, parted, turned, filled })
}

/// Share of the model's size up to which places count as lying on one line or in one plane: what a file of single precision keeps.
const SLACK: f64 = 1.0e-6;

fn edges([a, b, c]: &[u32; 3]) -> [(u32, u32); 3] {
    [(*a, *b), (*b, *c), (*c, *a)]
}

fn either_way((a, b): (u32, u32)) -> (u32, u32) {
    (a.min(b), a.max(b))
}

/// Keeps the triangles that say yes.
fn retain(mesh: &mut TriMesh, keeps: &[bool]) -> usize {
    let before = mesh.triangles.len();
    let mut kept = keeps.iter();
    mesh.triangles.retain(|_| kept.next().copied().unwrap_or(true));
    let mut kept = keeps.iter();
    mesh.face_of.retain(|_| kept.next().copied().unwrap_or(true));
    before - mesh.triangles.len()
}

/// Takes out triangles with a corner twice, and of those over the same three corners all but one, or all where they look both ways.
fn remove_needless(mesh: &mut TriMesh, budget: &Budget) -> Result<usize, Exceeded> {
    budget.check()?;
    let mut over: FxHashMap<[u32; 3], Vec<u32>> = FxHashMap::default();
    let mut keeps = vec![true; mesh.triangles.len()];
    for (index, [a, b, c]) in mesh.triangles.iter().enumerate() {
        keeps[index] = a != b && b != c && c != a;
        let mut corners = [*a, *b, *c];
        corners.sort_unstable();
        over.entry(corners).or_default().push(index as u32);
    }
    let is_even = |[a, b, c]: [u32; 3]| (a < b) as u8 + (b < c) as u8 + (c < a) as u8 == 2;
    for alike in over.values().filter(|alike| alike.len() > 1) {
        let (even, odd): (Vec<u32>, Vec<u32>) =
            alike.iter().partition(|index| is_even(mesh.triangles[**index as usize]));
        alike.iter().for_each(|index| keeps[*index as usize] = false);
        if even.is_empty() != odd.is_empty() {
            keeps[alike[0] as usize] = true;
        }
    }
    Ok(retain(mesh, &keeps))
}

/// An edge in the direction of its one triangle, and the triangle's number.
type Border = ((u32, u32), usize);

/// Edges of one triangle only.
fn borders(mesh: &TriMesh, budget: &Budget) -> Result<Vec<Border>, Exceeded> {
    let mut count: FxHashMap<(u32, u32), u32> = FxHashMap::default();
    for (index, corners) in mesh.triangles.iter().enumerate() {
        if index % TRIANGLES_PER_CHECK == 0 {
            budget.check()?;
        }
        edges(corners).into_iter().for_each(|edge| *count.entry(either_way(edge)).or_default() += 1);
    }
    let all = mesh.triangles.iter().enumerate().flat_map(|(index, corners)| edges(corners).map(|edge| (edge, index)));
    Ok(all.filter(|(edge, _)| count[&either_way(*edge)] == 1).collect())
}

const TRIANGLES_PER_CHECK: usize = 4096;
/// A triangle whose sides all have to be parted takes three rounds, its pieces no more.
const ROUNDS: usize = 8;

/// Parts border edges where other borders' corners lie on them.
fn part_borders(mesh: &mut TriMesh, slack: f64, budget: &Budget) -> Result<usize, Exceeded> {
    let mut parted = 0;
    for _ in 0..ROUNDS {
        let borders = borders(mesh, budget)?;
        let mut corners: Vec<u32> = borders.iter().map(|((from, _), _)| *from).collect();
        let along = widest(mesh, &corners);
        let place = |corner: u32| mesh.positions[corner as usize];
        corners.sort_by(|a, b| place(*a)[along].total_cmp(&place(*b)[along]).then(a.cmp(b)));
        corners.dedup();
        let mut touched = FxHashSet::default();
        let mut fans: Vec<(usize, Vec<u32>)> = Vec::new();
        for ((from, to), triangle) in borders {
            budget.check()?;
            let (a, b) = (place(from), place(to));
            let low = corners.partition_point(|corner| place(*corner)[along] < a[along].min(b[along]) - slack);
            let near =
                corners[low..].iter().take_while(|corner| place(**corner)[along] <= a[along].max(b[along]) + slack);
            let mut on: Vec<(f64, u32)> =
                near.filter_map(|corner| Some((between(a, b, place(*corner), slack)?, *corner))).collect();
            if on.is_empty() || !touched.insert(triangle) {
                continue;
            }
            on.sort_by(|p, q| p.0.total_cmp(&q.0));
            let chain = std::iter::once(from).chain(on.into_iter().map(|(_, corner)| corner)).chain([to]).collect();
            fans.push((triangle, chain));
        }
        if fans.is_empty() {
            break;
        }
        parted += fans.len();
        fans.into_iter().for_each(|(triangle, chain)| fan_out(mesh, triangle, &chain));
    }
    Ok(parted)
}

/// The axis along which corners spread most.
fn widest(mesh: &TriMesh, corners: &[u32]) -> usize {
    let size = Aabb3::of(corners.iter().map(|corner| mesh.positions[*corner as usize])).size();
    (0..3).fold(0, |best, axis| if size[axis] > size[best] { axis } else { best })
}

/// Where between two ends a place lies on their line, as a share of the way; nothing where it does not.
fn between(a: Vec3, b: Vec3, place: Vec3, slack: f64) -> Option<f64> {
    let (way, out) = (b - a, place - a);
    let length = way.length();
    let share = out.dot(way) / (length * length);
    let inside = share * length > slack && (1.0 - share) * length > slack;
    (inside && (out - way * share).length() <= slack).then_some(share)
}

/// Makes a triangle that begins with the ends of a chain one triangle for each of its links.
fn fan_out(mesh: &mut TriMesh, triangle: usize, chain: &[u32]) {
    let corners = mesh.triangles[triangle];
    let ends = [chain[0], chain[chain.len() - 1]];
    let Some(apex) = corners.into_iter().find(|corner| !ends.contains(corner)) else { return };
    for (at, link) in chain.windows(2).enumerate() {
        let piece = [link[0], link[1], apex];
        if at == 0 {
            mesh.triangles[triangle] = piece;
        } else {
            mesh.triangles.push(piece);
            mesh.face_of.extend(mesh.face_of.get(triangle).copied());
        }
    }
}

/// Turns triangles until neighbours agree, in each part as few as that takes; then all, where they would enclose less than nothing. How many.
pub(super) fn orient(mesh: &mut TriMesh, budget: &Budget) -> Result<usize, Exceeded> {
    let before = mesh.triangles.clone();
    let mut by_edge: FxHashMap<(u32, u32), Vec<usize>> = FxHashMap::default();
    for (index, corners) in mesh.triangles.iter().enumerate() {
        if index % TRIANGLES_PER_CHECK == 0 {
            budget.check()?;
        }
        edges(corners).into_iter().for_each(|edge| by_edge.entry(either_way(edge)).or_default().push(index));
    }
    let mut seen = vec![false; mesh.triangles.len()];
    for start in 0..mesh.triangles.len() {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let (mut part, mut turned) = (vec![start], 0);
        let mut queue = VecDeque::from([start]);
        while let Some(index) = queue.pop_front() {
            budget.check()?;
            for edge in edges(&mesh.triangles[index]) {
                let [a, b] = by_edge[&either_way(edge)][..] else { continue };
                let other = if a == index { b } else { a };
                if std::mem::replace(&mut seen[other], true) {
                    continue;
                }
                if edges(&mesh.triangles[other]).contains(&edge) {
                    mesh.triangles[other].reverse();
                    turned += 1;
                }
                part.push(other);
                queue.push_back(other);
            }
        }
        if 2 * turned > part.len() {
            part.iter().for_each(|index| mesh.triangles[*index].reverse());
        }
    }
    if figures(mesh).0 < 0.0 {
        mesh.triangles.iter_mut().for_each(|corners| corners.reverse());
    }
    Ok(before.iter().zip(&mesh.triangles).filter(|(a, b)| a != b).count())
}

/// A rim that is flat, in the direction of the faces that would fill it.
struct Rim {
    corners: Vec<u32>,
    /// Twice the area, towards where they would look.
    normal: Vec3,
    middle: Vec3,
}

/// Fills rims that lie in a plane, those of one plane together; returns how many. What would have no volume then is left as it is.
fn fill_holes(mesh: &mut TriMesh, slack: f64, budget: &Budget) -> Result<usize, Exceeded> {
    let before = mesh.triangles.len();
    let mut filled = 0;
    let mut planes: Vec<Vec<Rim>> = Vec::new();
    for rim in rims(mesh, budget)?.into_iter().filter_map(|corners| flat(mesh, corners, slack)) {
        budget.check()?;
        match planes.iter_mut().find(|plane| lies_in(&plane[0], &rim, slack)) {
            Some(plane) => plane.push(rim),
            None => planes.push(vec![rim]),
        }
    }
    for plane in planes {
        if let Some(patch) = patch(mesh, &plane, budget)? {
            filled += plane.len();
            let face = mesh.face_of.first().copied();
            mesh.face_of.extend(patch.iter().filter_map(|_| face));
            mesh.triangles.extend(patch);
        }
    }
    if filled > 0 && is_sheet(mesh) {
        mesh.triangles.truncate(before);
        mesh.face_of.truncate(before);
        return Ok(0);
    }
    Ok(filled)
}

/// The loops of edges that would close a mesh, each against the direction of the face that has it.
fn rims(mesh: &TriMesh, budget: &Budget) -> Result<Vec<Vec<u32>>, Exceeded> {
    let mut onward: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    let borders = borders(mesh, budget)?;
    for ((from, to), _) in &borders {
        onward.entry(*to).or_default().push(*from);
    }
    let mut loops = Vec::new();
    for ((_, start), _) in &borders {
        budget.check()?;
        let (mut rim, mut at) = (Vec::new(), *start);
        while let Some(next) = onward.get_mut(&at).and_then(Vec::pop) {
            rim.push(at);
            at = next;
        }
        if at == *start && rim.len() >= 3 {
            loops.push(rim);
        }
    }
    Ok(loops)
}

fn flat(mesh: &TriMesh, corners: Vec<u32>, slack: f64) -> Option<Rim> {
    let place = |corner: &u32| mesh.positions[*corner as usize];
    let middle = corners.iter().map(place).sum::<Vec3>() / corners.len() as f64;
    let next = corners.iter().skip(1).chain(corners.first());
    let normal: Vec3 = corners.iter().zip(next).map(|(a, b)| (place(a) - middle).cross(place(b) - middle)).sum();
    let up = normal.normalize_or_zero();
    let flat = up != Vec3::ZERO && corners.iter().all(|corner| (place(corner) - middle).dot(up).abs() <= slack);
    flat.then_some(Rim { corners, normal, middle })
}

fn lies_in(plane: &Rim, rim: &Rim, slack: f64) -> bool {
    let up = plane.normal.normalize_or_zero();
    (rim.middle - plane.middle).dot(up).abs() <= slack && up.cross(rim.normal.normalize_or_zero()).length() <= SLACK
}

/// Triangles between rims of one plane; nothing where they would overlap.
fn patch(mesh: &TriMesh, plane: &[Rim], budget: &Budget) -> Result<Option<Vec<[u32; 3]>>, Exceeded> {
    let normal: Vec3 = plane.iter().map(|rim| rim.normal).sum();
    let (across, along) = normal.normalize_or_zero().any_orthonormal_pair();
    let seen = |corner: &u32| {
        let place = mesh.positions[*corner as usize] - plane[0].middle;
        Vec2::new(place.dot(across), place.dot(along))
    };
    let flat: Vec<Vec<Vec2>> = plane.iter().map(|rim| rim.corners.iter().map(seen).collect()).collect();
    let corners: Vec<u32> = plane.iter().flat_map(|rim| rim.corners.iter().copied()).collect();
    let points: Vec<Vec2> = flat.iter().flatten().copied().collect();
    let slices: Vec<&[Vec2]> = flat.iter().map(Vec::as_slice).collect();
    let triangles = triangulate_face(&slices, budget)?;
    let twice = |corners: &[u32; 3]| {
        let [a, b, c] = corners.map(|corner| points[corner as usize]);
        (b - a).perp_dot(c - a)
    };
    let covered: f64 = triangles.iter().map(|corners| twice(corners).abs()).sum();
    let sound = (covered - normal.length()).abs() <= SLACK * covered;
    Ok(sound.then(|| triangles.into_iter().map(|triangle| triangle.map(|corner| corners[corner as usize])).collect()))
}

/// Whether a mesh encloses next to nothing.
fn is_sheet(mesh: &TriMesh) -> bool {
    let (volume, area) = figures(mesh);
    volume.abs() <= SLACK * area * mesh.bounding_box().size().length()
}

/// Volume and area; of an open mesh the volume between it and its middle.
fn figures(mesh: &TriMesh) -> (f64, f64) {
    let middle = mesh.bounding_box().center();
    (0..mesh.triangles.len()).fold((0.0, 0.0), |(volume, area), index| {
        let [a, b, c] = mesh.corners(index).map(|corner| corner - middle);
        (volume + a.dot(b.cross(c)) / 6.0, area + (b - a).cross(c - a).length() / 2.0)
    })
}
