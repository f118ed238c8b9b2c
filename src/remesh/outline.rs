//! The outlines of flat faces, with the vertices left out that lie on a straight line between two faces.

use crate::budget::{Budget, Exceeded};
use crate::geom::Vec3;
use crate::mesh::{TriMesh, Twins};

/// Whether a vertex is a corner of some outline, and the outlines themselves.
pub struct Outline {
    /// Loops of corners of each group, counter-clockwise around it.
    loops: Vec<Vec<Vec<u32>>>,
    dropped: Vec<bool>,
    /// Edges between groups that end at a vertex; zero for one inside a group.
    border_edges: Vec<u32>,
}

impl Outline {
    /// Traces the outlines. Groups that are `kept` lose no vertex.
    pub fn of(
        mesh: &TriMesh,
        twins: &Twins,
        group_of: &[u32],
        kept: &[bool],
        slack: f64,
        budget: &Budget,
    ) -> Result<Self, Exceeded> {
        let border = Border { mesh, twins, group_of };
        let mut border_edges = vec![0_u32; mesh.positions.len()];
        let mut fixed = vec![false; mesh.positions.len()];
        for half_edge in border.half_edges() {
            let [from, to] = border.ends(half_edge);
            border_edges[from as usize] += 1;
            let open = twins.twin(half_edge).is_none();
            if open || kept[border.group(half_edge)] {
                fixed[from as usize] = true;
                fixed[to as usize] = true;
            }
        }
        for (fixed, edges) in fixed.iter_mut().zip(&border_edges) {
            *fixed |= *edges != 2;
        }
        let loops = border.loops(kept.len(), budget)?;
        let mut dropped = vec![false; mesh.positions.len()];
        for corners in loops.iter().flatten() {
            budget.check()?;
            straighten(mesh, corners, &fixed, &mut dropped, slack);
        }
        let mut outline = Self { loops, dropped, border_edges };
        outline.leave_out_dropped();
        Ok(outline)
    }

    /// Whether a group's triangles use a vertex that its outline does without.
    pub fn spares_something(&self, mesh: &TriMesh, group: usize, members: &[u32]) -> bool {
        let spared = |vertex: u32| self.border_edges[vertex as usize] == 0 || self.dropped[vertex as usize];
        !self.loops[group].is_empty()
            && members.iter().any(|triangle| mesh.triangles[*triangle as usize].into_iter().any(spared))
    }

    /// The loops of a group.
    pub fn loops_of(&self, group: usize) -> &[Vec<u32>] {
        &self.loops[group]
    }

    fn leave_out_dropped(&mut self) {
        for corners in self.loops.iter_mut().flatten() {
            corners.retain(|vertex| !self.dropped[*vertex as usize]);
        }
    }
}

/// The half-edges on whose other side another group lies, or nothing.
struct Border<'a> {
    mesh: &'a TriMesh,
    twins: &'a Twins,
    group_of: &'a [u32],
}

impl Border<'_> {
    fn half_edges(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.mesh.triangles.len() as u32 * 3).filter(|half_edge| self.holds(*half_edge))
    }

    fn holds(&self, half_edge: u32) -> bool {
        self.twins.twin(half_edge).is_none_or(|twin| self.group(twin) != self.group(half_edge))
    }

    fn group(&self, half_edge: u32) -> usize {
        self.group_of[half_edge as usize / 3] as usize
    }

    fn ends(&self, half_edge: u32) -> [u32; 2] {
        let corners = self.mesh.triangles[half_edge as usize / 3];
        [corners[half_edge as usize % 3], corners[(half_edge as usize + 1) % 3]]
    }

    /// Walks along each border within its group.
    fn loops(&self, groups: usize, budget: &Budget) -> Result<Vec<Vec<Vec<u32>>>, Exceeded> {
        let mut seen = vec![false; self.mesh.triangles.len() * 3];
        let mut loops = vec![Vec::new(); groups];
        for first in self.half_edges() {
            if seen[first as usize] {
                continue;
            }
            budget.check()?;
            let mut corners = Vec::new();
            let mut half_edge = first;
            while !std::mem::replace(&mut seen[half_edge as usize], true) {
                corners.push(self.ends(half_edge)[0]);
                half_edge = self.following(half_edge);
            }
            loops[self.group(first)].push(corners);
        }
        Ok(loops)
    }

    /// The next half-edge of the border: turns around the end through triangles of the group.
    fn following(&self, half_edge: u32) -> u32 {
        let mut next = next(half_edge);
        while let Some(twin) = self.twins.twin(next).filter(|_| !self.holds(next)) {
            next = crate::remesh::outline::next(twin);
        }
        next
    }
}

/// The next half-edge around a triangle.
fn next(half_edge: u32) -> u32 {
    if half_edge % 3 == 2 { half_edge - 2 } else { half_edge + 1 }
}

/// Marks the vertices of a loop that lie on straight lines between others; each run between fixed ones is the same seen from both its sides.
fn straighten(mesh: &TriMesh, corners: &[u32], fixed: &[bool], dropped: &mut [bool], slack: f64) {
    let count = corners.len();
    let stays = |at: usize| fixed[corners[at % count] as usize];
    // a loop without a fixed corner begins at its smallest vertex, on whichever side it is walked
    let first = (0..count).find(|at| stays(*at)).or_else(|| (0..count).min_by_key(|at| corners[*at]));
    let Some(first) = first else { return };
    let mut start = first;
    while start < first + count {
        let end = (start + 1..first + count).find(|at| stays(*at)).unwrap_or(first + count);
        let mut run: Vec<u32> = (start..=end).map(|at| corners[at % count]).collect();
        if run[0] > run[run.len() - 1] || (run[0] == run[run.len() - 1] && run[1] > run[run.len() - 2]) {
            run.reverse();
        }
        straighten_run(mesh, &run, dropped, slack);
        start = end;
    }
}

/// Douglas and Peucker's halving: a run is straight, or its farthest vertex stays.
fn straighten_run(mesh: &TriMesh, run: &[u32], dropped: &mut [bool], slack: f64) {
    let mut waiting = vec![(0, run.len() - 1)];
    let place = |at: usize| mesh.positions[run[at] as usize];
    while let Some((low, high)) = waiting.pop() {
        let farthest = (low + 1..high)
            .map(|at| (flat_distance(place(at), place(low), place(high)), at))
            .fold((0.0, low), |best, found| if found.0 > best.0 { found } else { best });
        if farthest.0 > slack || (high > low + 1 && run[low] == run[high]) {
            let middle = if farthest.1 == low { low + 1 } else { farthest.1 };
            dropped[run[middle] as usize] = false;
            waiting.extend([(low, middle), (middle, high)]);
        } else {
            for vertex in &run[(low + 1).min(high)..high] {
                dropped[*vertex as usize] = true;
            }
        }
    }
}

/// How far a point lies from the segment between two others, mm.
pub fn flat_distance(point: Vec3, from: Vec3, to: Vec3) -> f64 {
    let along = to - from;
    let length = along.length_squared();
    let share = if length > 0.0 { ((point - from).dot(along) / length).clamp(0.0, 1.0) } else { 0.0 };
    point.distance(from + along * share)
}
