//! A mesh whose edges can be collapsed: which triangles meet at each vertex, and which edges have to stay edges.

use crate::budget::{Budget, Exceeded};
use crate::geom::{Rgba, Vec3, cos_deg};
use crate::mesh::{TriMesh, Twins};

/// Edges between faces that meet at more than this are kept, in degrees.
const SHARP_DEG: f64 = 35.0;

/// What has to stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Borders between colours.
    Borders,
    /// Borders between colours, and sharp edges.
    BordersAndEdges,
}

/// Triangles around vertices.
#[derive(Debug, Clone)]
pub struct Fans<'a> {
    mesh: &'a TriMesh,
    /// Corners of each triangle; those of dead ones mean nothing.
    pub triangles: Vec<[u32; 3]>,
    /// Whether a triangle is still there.
    pub alive: Vec<bool>,
    /// Living triangles.
    pub count: usize,
    of_vertex: Vec<Vec<u32>>,
    /// For each triangle a bit for each of its half-edges that has to stay an edge.
    marked: Vec<u8>,
    /// Vertices that may not go: where the mesh is open or meets itself.
    stuck: Vec<bool>,
}

impl<'a> Fans<'a> {
    /// Those of a mesh.
    pub fn of(mesh: &'a TriMesh, keep: Keep, budget: &Budget) -> Result<Self, Exceeded> {
        let twins = Twins::of(mesh, budget)?;
        let count = mesh.triangles.len();
        let mut fans = Self {
            mesh,
            triangles: mesh.triangles.clone(),
            alive: vec![true; count],
            count,
            of_vertex: vec![Vec::new(); mesh.positions.len()],
            marked: vec![0; count],
            stuck: vec![false; mesh.positions.len()],
        };
        for (triangle, corners) in mesh.triangles.iter().enumerate() {
            if triangle % 4096 == 0 {
                budget.check()?;
            }
            for (corner, vertex) in corners.iter().enumerate() {
                fans.of_vertex[*vertex as usize].push(triangle as u32);
                fans.mark(&twins, triangle, corner, keep);
            }
        }
        fans.find_pinches(budget)?;
        Ok(fans)
    }

    fn mark(&mut self, twins: &Twins, triangle: usize, corner: usize, keep: Keep) {
        let corners = self.mesh.triangles[triangle];
        let Some(twin) = twins.twin((3 * triangle + corner) as u32) else {
            self.stuck[corners[corner] as usize] = true;
            self.stuck[corners[(corner + 1) % 3] as usize] = true;
            return;
        };
        let other = twin as usize / 3;
        let color = |triangle: usize| self.mesh.face(triangle).color.map(Rgba::to_bytes);
        let normals = [triangle, other].map(|triangle| self.normal(self.mesh.triangles[triangle]).normalize_or_zero());
        let sharp = keep == Keep::BordersAndEdges && normals[0].dot(normals[1]) < cos_deg(SHARP_DEG);
        if sharp || color(triangle) != color(other) {
            self.marked[triangle] |= 1 << corner;
        }
    }

    /// Vertices where several fans meet have more triangles than one walk around them finds.
    fn find_pinches(&mut self, budget: &Budget) -> Result<(), Exceeded> {
        for vertex in 0..self.of_vertex.len() as u32 {
            if vertex % 4096 == 0 {
                budget.check()?;
            }
            let mut next: Vec<(u32, u32)> =
                self.of_vertex[vertex as usize].iter().map(|triangle| self.opposite(*triangle, vertex)).collect();
            next.sort_unstable();
            let Some((start, mut at)) = next.first().copied() else { continue };
            let mut steps = 1;
            while at != start && steps <= next.len() {
                let Ok(found) = next.binary_search_by_key(&at, |(from, _)| *from) else { break };
                at = next[found].1;
                steps += 1;
            }
            self.stuck[vertex as usize] |= steps != next.len() || at != start;
        }
        Ok(())
    }

    /// Twice the area of three corners along their normal.
    pub fn normal(&self, corners: [u32; 3]) -> Vec3 {
        let [a, b, c] = corners.map(|vertex| self.place(vertex));
        (b - a).cross(c - a)
    }

    /// Where a vertex is.
    pub fn place(&self, vertex: u32) -> Vec3 {
        self.mesh.positions[vertex as usize]
    }

    /// The living triangles around a vertex.
    pub fn around(&self, vertex: u32) -> &[u32] {
        &self.of_vertex[vertex as usize]
    }

    /// Whether a vertex may not go, whatever it costs.
    pub fn is_stuck(&self, vertex: u32) -> bool {
        self.stuck[vertex as usize]
    }

    /// Keeps a vertex.
    pub fn stick(&mut self, vertex: u32) {
        self.stuck[vertex as usize] = true;
    }

    /// The edge of a triangle that does not touch one of its vertices, in the triangle's order.
    pub fn opposite(&self, triangle: u32, vertex: u32) -> (u32, u32) {
        let [a, b, c] = self.triangles[triangle as usize];
        match vertex {
            _ if vertex == a => (b, c),
            _ if vertex == b => (c, a),
            _ => (a, b),
        }
    }

    /// The vertices around a vertex, each once where the mesh is closed there.
    pub fn neighbours(&self, vertex: u32) -> impl Iterator<Item = u32> + '_ {
        self.around(vertex).iter().map(move |triangle| self.opposite(*triangle, vertex).0)
    }

    /// The other ends of the marked edges at a vertex.
    pub fn marked_neighbours(&self, vertex: u32) -> impl Iterator<Item = u32> + '_ {
        self.around(vertex)
            .iter()
            .filter(move |triangle| self.is_marked(**triangle, vertex))
            .map(move |triangle| self.opposite(*triangle, vertex).0)
    }

    /// Whether the half-edge of a triangle that leaves a vertex is marked.
    pub fn is_marked(&self, triangle: u32, from: u32) -> bool {
        self.marked[triangle as usize] >> self.corner(triangle, from) & 1 == 1
    }

    fn corner(&self, triangle: u32, vertex: u32) -> usize {
        self.triangles[triangle as usize].iter().position(|corner| *corner == vertex).unwrap_or(0)
    }

    /// Whether collapsing an edge leaves a mesh: its ends have exactly the two neighbours in common that its triangles have.
    pub fn can_collapse(&self, from: u32, to: u32) -> bool {
        let mut common = 0;
        for vertex in self.neighbours(from) {
            if self.neighbours(to).any(|other| other == vertex) {
                common += 1;
                if common > 2 || self.around(vertex).len() <= 3 {
                    return false;
                }
            }
        }
        common == 2
    }

    /// Moves all that hangs at one vertex to its neighbour; the triangles on the edge between them die.
    pub fn collapse(&mut self, from: u32, to: u32) {
        for triangle in std::mem::take(&mut self.of_vertex[from as usize]) {
            if self.triangles[triangle as usize].contains(&to) {
                self.bury(triangle, from, to);
            } else {
                let corner = self.corner(triangle, from);
                self.triangles[triangle as usize][corner] = to;
                self.of_vertex[to as usize].push(triangle);
            }
        }
    }

    /// Takes a triangle away; of its two other edges, which become one, the survivor is marked if either was.
    fn bury(&mut self, triangle: u32, from: u32, to: u32) {
        let third = self.triangles[triangle as usize].into_iter().find(|v| *v != from && *v != to).unwrap_or(to);
        self.alive[triangle as usize] = false;
        self.count -= 1;
        let merged = [(from, third), (to, third)].iter().any(|(a, b)| self.is_marked_between(triangle, *a, *b));
        for vertex in [to, third] {
            self.of_vertex[vertex as usize].retain(|other| *other != triangle);
        }
        if merged {
            for index in 0..self.of_vertex[third as usize].len() {
                let other = self.of_vertex[third as usize][index];
                self.mark_between(other, third, from);
                self.mark_between(other, third, to);
            }
        }
    }

    fn is_marked_between(&self, triangle: u32, a: u32, b: u32) -> bool {
        let from = if self.opposite(triangle, a).0 == b { a } else { b };
        self.is_marked(triangle, from)
    }

    fn mark_between(&mut self, triangle: u32, a: u32, b: u32) {
        let corners = self.triangles[triangle as usize];
        if !corners.contains(&b) {
            return;
        }
        let from = if self.opposite(triangle, a).0 == b { a } else { b };
        self.marked[triangle as usize] |= 1 << self.corner(triangle, from);
    }
}
