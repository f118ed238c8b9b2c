//! Section views: cutting plane, cut faces, what lies behind.
//!
//! The model is cut open, not capped: between the cutting plane and the back faces that the cut lays bare there is only material,
//! so whatever is seen inside the cut outline is taken away in the picture, and the outline itself is drawn.

use rustc_hash::FxHashMap;

use crate::budget::Budget;
use crate::drawing::DrawError;
use crate::drawing::edge::Model;
use crate::drawing::hidden::{Seen, see};
use crate::drawing::view::Picture;
use crate::geom::{Vec2, Vec3};

/// A model cut open.
#[derive(Debug, Clone)]
pub struct Cut {
    /// What lies behind the plane.
    pub rest: Model,
    /// For each part its index and the outlines of its cut face, in model coordinates.
    pub faces: Vec<(u32, Vec<Vec<Vec3>>)>,
}

/// Cuts a model by a plane and keeps what its normal points away from, and all of the parts that `uncut` names by index.
pub fn cut(model: &Model, point: Vec3, normal: Vec3, uncut: &[bool]) -> Cut {
    let heights: Vec<f64> = model.positions.iter().map(|position| (*position - point).dot(normal)).collect();
    // a vertex on the plane counts as kept, so that a face in the plane is seen and not cut
    let slack = model.diagonal() * 1.0e-9;
    let mut knife = Knife { model, heights, slack, positions: model.positions.clone(), cuts: FxHashMap::default() };
    let mut kept = Model { positions: Vec::new(), triangles: Vec::new(), normals: Vec::new(), ..model.clone() };
    (kept.face_of, kept.part_of, kept.edges) = (Vec::new(), Vec::new(), Vec::new());
    let mut segments: Vec<(u32, [u32; 2])> = Vec::new();
    for triangle in 0..model.triangles.len() {
        let whole = uncut.get(model.part_of[triangle] as usize).is_some_and(|uncut| *uncut);
        let pieces = if whole { vec![model.triangles[triangle]] } else { knife.split(triangle, normal, &mut segments) };
        for corners in pieces {
            kept.triangles.push(corners);
            kept.normals.push(model.normals[triangle]);
            kept.face_of.push(model.face_of[triangle]);
            kept.part_of.push(model.part_of[triangle]);
        }
    }
    kept.positions = knife.positions;
    kept.find_edges();
    let faces = outlines(&segments, &kept.positions);
    Cut { rest: kept, faces }
}

struct Knife<'a> {
    model: &'a Model,
    heights: Vec<f64>,
    slack: f64,
    positions: Vec<Vec3>,
    /// New vertices by the edge that they cut: kept end first.
    cuts: FxHashMap<(u32, u32), u32>,
}

impl Knife<'_> {
    /// The kept pieces of a triangle; where it is cut, the cut edge with the material on its left seen against the normal.
    fn split(&mut self, triangle: usize, normal: Vec3, segments: &mut Vec<(u32, [u32; 2])>) -> Vec<[u32; 3]> {
        let corners = self.model.triangles[triangle];
        let kept = corners.map(|vertex| self.heights[vertex as usize] <= self.slack);
        let flat = corners.iter().all(|vertex| self.heights[*vertex as usize].abs() <= self.slack);
        match kept.iter().filter(|kept| **kept).count() {
            // a face in the plane whose material is taken away goes with it
            3 if flat && self.model.normals[triangle].dot(normal) < 0.0 => Vec::new(),
            3 => vec![corners],
            0 => Vec::new(),
            count => {
                // turn the lone corner to the front
                let lone = (0..3).find(|corner| kept[*corner] == (count == 1)).unwrap_or(0);
                let [a, b, c] = [corners[lone], corners[(lone + 1) % 3], corners[(lone + 2) % 3]];
                let part = self.model.part_of[triangle];
                if count == 1 {
                    let (ab, ac) = (self.crossing(a, b), self.crossing(a, c));
                    segments.push((part, [ab, ac]));
                    vec![[a, ab, ac]]
                } else {
                    let (ba, ca) = (self.crossing(b, a), self.crossing(c, a));
                    segments.push((part, [ca, ba]));
                    vec![[ba, b, c], [ba, c, ca]]
                }
            }
        }
    }

    /// The vertex where an edge from a kept to a removed vertex meets the plane.
    fn crossing(&mut self, inside: u32, outside: u32) -> u32 {
        let (low, high) = (self.heights[inside as usize], self.heights[outside as usize]);
        let positions = &mut self.positions;
        *self.cuts.entry((inside, outside)).or_insert_with(|| {
            let share = (-low / (high - low)).clamp(0.0, 1.0);
            positions.push(positions[inside as usize].lerp(positions[outside as usize], share));
            positions.len() as u32 - 1
        })
    }
}

/// Links cut edges to closed outlines, part by part.
fn outlines(segments: &[(u32, [u32; 2])], positions: &[Vec3]) -> Vec<(u32, Vec<Vec<Vec3>>)> {
    let mut next: FxHashMap<(u32, u32), Vec<usize>> = FxHashMap::default();
    for (index, (part, [from, _])) in segments.iter().enumerate() {
        next.entry((*part, *from)).or_default().push(index);
    }
    let mut used = vec![false; segments.len()];
    let mut faces: Vec<(u32, Vec<Vec<Vec3>>)> = Vec::new();
    for start in 0..segments.len() {
        let part = segments[start].0;
        let mut outline = Vec::new();
        let mut at = start;
        while !used[at] {
            used[at] = true;
            let [from, to] = segments[at].1;
            outline.push(positions[from as usize]);
            let following = next.get(&(part, to)).and_then(|list| list.iter().find(|index| !used[**index]));
            match following {
                Some(index) => at = *index,
                None => break,
            }
        }
        if outline.len() < 3 {
            continue;
        }
        match faces.iter_mut().find(|(index, _)| *index == part) {
            Some((_, outlines)) => outlines.push(outline),
            None => faces.push((part, vec![outline])),
        }
    }
    faces
}

/// What is seen of a cut model: the cut outline, and what lies behind it outside.
///
/// # Errors
/// [`DrawError::Exceeded`] when the budget ends.
pub fn see_cut(cut: &Cut, picture: &Picture, plane: f64, budget: &Budget) -> Result<Seen, DrawError> {
    let mut seen = see(&cut.rest, picture, budget)?;
    let contours: Vec<Vec<Vec2>> = cut
        .faces
        .iter()
        .flat_map(|(_, outlines)| outlines)
        .map(|outline| outline.iter().map(|point| picture.flat(*point)).collect())
        .collect();
    let cover = Inside::new(&contours);
    let slack = cut.rest.diagonal() * 1.0e-6;
    for edge in &mut seen.edges {
        let ends = cut.rest.edges[edge.edge as usize].ends.map(|vertex| cut.rest.positions[vertex as usize]);
        let off = ends.map(|end| end.dot(picture.toward) - plane);
        if off.iter().all(|off| *off > -slack) {
            // in the plane or before it, as parts are that are not cut: no cut face is nearer
            continue;
        }
        // what lies behind the plane, as a share of the edge
        let crossing = off[0] / (off[0] - off[1]);
        let (first, last) = match off.map(|off| off > slack) {
            [true, _] => (crossing, 1.0),
            [_, true] => (0.0, crossing),
            _ => (0.0, 1.0),
        };
        let (from, to) = (edge.from, edge.to);
        let seen_before = std::mem::take(&mut edge.visible);
        for (start, end) in seen_before {
            let behind = (start.max(first), end.min(last));
            if start < first {
                edge.visible.push((start, end.min(first)));
            }
            if behind.1 > behind.0 {
                edge.visible.extend(cover.outside(from, to, behind.0, behind.1, seen.tolerance));
            }
            if end > last {
                edge.visible.push((start.max(last), end));
            }
        }
    }
    Ok(seen)
}

/// The cut face in the picture, in rows for a quick look-up.
struct Inside {
    edges: Vec<[Vec2; 2]>,
    rows: Vec<Vec<u32>>,
    low: f64,
    step: f64,
}

impl Inside {
    fn new(contours: &[Vec<Vec2>]) -> Self {
        let edges: Vec<[Vec2; 2]> = contours
            .iter()
            .flat_map(|contour| (0..contour.len()).map(|index| [contour[index], contour[(index + 1) % contour.len()]]))
            .collect();
        let heights = edges.iter().flatten().map(|point| point.y);
        let low = heights.clone().fold(f64::INFINITY, f64::min);
        let high = heights.fold(f64::NEG_INFINITY, f64::max);
        let count = (edges.len() / 4).clamp(1, 4096);
        let step = ((high - low) / count as f64).max(f64::MIN_POSITIVE);
        let mut inside = Self { edges, rows: vec![Vec::new(); count + 1], low, step };
        for index in 0..inside.edges.len() {
            let [from, to] = inside.edges[index];
            for row in inside.row(from.y.min(to.y))..=inside.row(from.y.max(to.y)) {
                inside.rows[row].push(index as u32);
            }
        }
        inside
    }

    fn row(&self, y: f64) -> usize {
        (((y - self.low) / self.step).max(0.0) as usize).min(self.rows.len() - 1)
    }

    /// Whether a point lies in the cut face (even-odd).
    fn holds(&self, point: Vec2) -> bool {
        let crossings = self.rows[self.row(point.y)].iter().filter(|index| {
            let [from, to] = self.edges[**index as usize];
            (from.y > point.y) != (to.y > point.y)
                && point.x < from.x + (to.x - from.x) * ((point.y - from.y) / (to.y - from.y))
        });
        crossings.count() % 2 == 1
    }

    /// The parts of a run, as shares of its edge, that lie outside the cut face.
    fn outside(&self, from: Vec2, to: Vec2, start: f64, end: f64, slack: f64) -> Vec<(f64, f64)> {
        if self.edges.is_empty() {
            return vec![(start, end)];
        }
        let along = to - from;
        let mut stops = vec![start, end];
        let ends = [from.lerp(to, start).y, from.lerp(to, end).y];
        let mut last_seen: Option<u32> = None;
        for row in self.row(ends[0].min(ends[1]) - slack)..=self.row(ends[0].max(ends[1]) + slack) {
            for index in &self.rows[row] {
                if last_seen.replace(*index) == Some(*index) {
                    continue;
                }
                let [one, two] = self.edges[*index as usize];
                let across = along.perp_dot(two - one);
                if across != 0.0 {
                    let share = (one - from).perp_dot(two - one) / across;
                    let on_edge = (one - from).perp_dot(along) / across;
                    if share > start && share < end && (-1.0e-9..=1.0 + 1.0e-9).contains(&on_edge) {
                        stops.push(share);
                    }
                }
            }
        }
        stops.sort_by(f64::total_cmp);
        let length = along.length();
        let mut runs: Vec<(f64, f64)> = Vec::new();
        for pair in stops.windows(2) {
            let (one, two) = (pair[0], pair[1]);
            if (two - one) * length <= slack || self.hides(from.lerp(to, (one + two) * 0.5), along / length, slack) {
                continue;
            }
            match runs.last_mut() {
                Some(run) if (one - run.1) * length <= slack => run.1 = two,
                _ => runs.push((one, two)),
            }
        }
        runs
    }

    /// Whether a point is covered on both sides of its line; on the outline itself it is not.
    fn hides(&self, point: Vec2, along: Vec2, slack: f64) -> bool {
        let side = along.perp() * (slack * 8.0);
        self.holds(point + side) && self.holds(point - side)
    }
}
