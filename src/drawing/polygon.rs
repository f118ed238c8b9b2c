//! Holes that a program made of few facets: regular polygons that can be nothing but circles.

use crate::drawing::edge::{EdgeKind, Model};
use crate::drawing::ring::{NO_RING, Ring, Rings};
use crate::geom::{Vec3, atan2_deg};

/// So few facets may be a circle's, so many are found as one anyway.
const COUNTS: std::ops::RangeInclusive<usize> = 5..=17;
/// Sides differ by at most this share, and so do turns.
const ALIKE: f64 = 1.0e-3;
/// Cosine of the largest angle between two triangles of one flat face.
const FLAT_COS: f64 = 1.0 - 1.0e-9;

/// The rims of such holes among the edges that are on no circle yet: O(n) in those.
pub fn polygon_rims(model: &Model, rings: &Rings) -> Vec<Ring> {
    let free = |edge: &usize| model.edges[*edge].kind == EdgeKind::Sharp && rings.of_edge[*edge] == NO_RING;
    let edges: Vec<usize> = (0..model.edges.len()).filter(free).collect();
    let mut at: Vec<(u32, u32)> =
        edges.iter().flat_map(|edge| model.edges[*edge].ends.map(|vertex| (vertex, *edge as u32))).collect();
    at.sort_unstable();
    let walker = Walker { model, at: &at };
    let mut used = vec![false; model.edges.len()];
    let mut found = Vec::new();
    for edge in edges {
        for side in 0..2 {
            let Some(loop_edges) = (!used[edge]).then(|| walker.polygon(edge, side)).flatten() else { continue };
            let Some(ring) = walker.rim(&loop_edges, side, edge) else { continue };
            loop_edges.iter().for_each(|edge| used[*edge as usize] = true);
            found.push(ring);
        }
    }
    found
}

/// Whether a regular polygon stands for a circle: no one makes a hole of seven or of nine and more flat sides, and one of five, six
/// or eight is a circle where it has no fewer than the language gives a circle of this radius.
fn stands_for_circle(count: usize, radius: f64) -> bool {
    match count {
        5 | 6 | 8 => (std::f64::consts::PI * radius).ceil().max(5.0) as usize <= count,
        _ => true,
    }
}

struct Walker<'a> {
    model: &'a Model,
    /// The free edges at each vertex, by vertex.
    at: &'a [(u32, u32)],
}

impl Walker<'_> {
    fn point(&self, vertex: u32) -> Vec3 {
        self.model.positions[vertex as usize]
    }

    fn edges_at(&self, vertex: u32) -> impl Iterator<Item = usize> {
        let first = self.at.partition_point(|(other, _)| *other < vertex);
        self.at[first..].iter().take_while(move |(other, _)| *other == vertex).map(|(_, edge)| *edge as usize)
    }

    /// The edges of a regular polygon in the plane of one side of an edge, beginning with that edge.
    fn polygon(&self, first: usize, side: usize) -> Option<Vec<u32>> {
        let edge = &self.model.edges[first];
        let normal = self.model.normals[edge.sides[side] as usize];
        let [start, mut vertex] = edge.ends;
        let mut along = self.point(vertex) - self.point(start);
        let length = along.length();
        let mut found = vec![first as u32];
        let mut turn: Option<f64> = None;
        while vertex != start {
            let (next, end, angle) = self.edges_at(vertex).find_map(|next| {
                let other = &self.model.edges[next];
                let end = if other.ends[0] == vertex { other.ends[1] } else { other.ends[0] };
                let onward = self.point(end) - self.point(vertex);
                let is_flat = other.sides.iter().any(|side| self.model.normals[*side as usize].dot(normal) > FLAT_COS);
                let angle = atan2_deg(along.cross(onward).dot(normal), along.dot(onward));
                let goes_on = turn.map_or(angle.abs() > 20.0 && angle.abs() < 73.0, |turn| {
                    (angle - turn).abs() <= turn.abs() * ALIKE * 4.0
                });
                let is_alike = (onward.length() - length).abs() <= length * ALIKE;
                (is_flat && goes_on && is_alike && !found.contains(&(next as u32))).then_some((next, end, angle))
            })?;
            turn = Some(angle);
            along = self.point(end) - self.point(vertex);
            vertex = end;
            found.push(next as u32);
            if found.len() > *COUNTS.end() {
                return None;
            }
        }
        (COUNTS.contains(&found.len()) && (turn?.abs() * found.len() as f64 - 360.0).abs() < 1.0).then_some(found)
    }

    /// The circle that a polygon stands for, where it is the rim of a hole.
    fn rim(&self, edges: &[u32], side: usize, first: usize) -> Option<Ring> {
        let edge = &self.model.edges[first];
        let axis = self.model.normals[edge.sides[side] as usize];
        let corners = edges.iter().flat_map(|edge| self.model.edges[*edge as usize].ends);
        let center = corners.map(|vertex| self.point(vertex)).sum::<Vec3>() / (edges.len() * 2) as f64;
        let radius = self.point(edge.ends[0]).distance(center);
        let wall = self.model.normals[edge.sides[1 - side] as usize];
        let outward = self.point(edge.ends[0]).midpoint(self.point(edge.ends[1])) - center;
        // upright facets that look at the axis
        let is_hole = wall.dot(axis).abs() < 1.0e-6 && wall.dot(outward) < 0.0;
        (is_hole && stands_for_circle(edges.len(), radius)).then(|| Ring {
            center,
            axis,
            radius,
            edges: edges.to_vec(),
            whole: true,
        })
    }
}
