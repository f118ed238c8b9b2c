//! Where the edges of each of two meshes go through the faces of the other, and how often each winds round the other's vertices.
//!
//! Boxes that touch are many, edges that go through faces few: most pairs lie clearly apart along some axis, where no rounding could let the
//! decisions of [`shadow`](crate::solid::shadow) find a crossing, and are not put to them.

use manifold_rust::boolean3::{Boolean3, Intersections};
use manifold_rust::cancel::CancelToken;
use manifold_rust::impl_mesh::ManifoldImpl;
use manifold_rust::linalg::{Vec3, cross, dot};
use manifold_rust::types::{Box as KernelBox, OpType};
use rayon::prelude::*;

use crate::solid::shadow::{Corner, Edge, Face, Shadows};
use crate::solid::tree::{Boxes, Reach, Tree, face_box, packed};

/// The crossings of two meshes whose boxes touch; `None` where the work was cancelled.
pub(super) fn crossings(
    p: &ManifoldImpl,
    q: &ManifoldImpl,
    operation: OpType,
    token: &CancelToken,
) -> Option<Boolean3> {
    let is_union = operation == OpType::Add;
    let shadows = Shadows::new(is_union);
    let (tree_p, tree_q) = rayon::join(|| Tree::over(p, &q.bbox), || Tree::over(q, &p.bbox));
    if token.is_cancelled() {
        return None;
    }
    let first = Search { a: p, b: q, tree_a: &tree_p, tree_b: &tree_q, a_is_first: true, shadows, token };
    let second = Search { a: q, b: p, tree_a: &tree_q, tree_b: &tree_p, a_is_first: false, shadows, token };
    let (xv12, xv21) = rayon::join(|| first.edges_through_faces(), || second.edges_through_faces());
    let (xv12, xv21) = (xv12?, xv21?);
    if xv12.x12.len().max(xv21.x12.len()) > i32::MAX as usize {
        let none = Intersections::default;
        return Some(Boolean3 {
            xv12: none(),
            xv21: none(),
            w03: Vec::new(),
            w30: Vec::new(),
            expand_p: is_union,
            valid: false,
        });
    }
    let (w03, w30) = rayon::join(|| first.windings(&xv12.p1q2), || second.windings(&xv21.p1q2));
    Some(Boolean3 { xv12, xv21, w03: w03?, w30: w30?, expand_p: is_union, valid: true })
}

/// Edges and vertices of one mesh looked for among the faces of the other.
struct Search<'a> {
    a: &'a ManifoldImpl,
    b: &'a ManifoldImpl,
    tree_a: &'a Tree,
    tree_b: &'a Tree,
    /// Whether `a` is the boolean's first operand.
    a_is_first: bool,
    shadows: Shadows,
    token: &'a CancelToken,
}

/// Half-edges or vertices that are looked at between two looks at the token.
const CHUNK: usize = 512;

/// Neighbouring faces whose edges are looked for together.
const BLOCK: usize = 16;

impl Search<'_> {
    /// By edge, then face.
    fn edges_through_faces(&self) -> Option<Intersections> {
        let slack = NOISE * farthest(&self.a.bbox).max(farthest(&self.b.bbox));
        let block = |near: &mut Near, faces: &[u32]| {
            (!self.token.is_cancelled()).then(|| self.crossings_of_block(near, faces, slack))
        };
        let found = self.tree_a.faces().par_chunks(BLOCK).map_init(Near::default, block);
        let mut found: Vec<Crossing> = found.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
        found.sort_unstable_by_key(|(face, edge, ..)| (*edge, *face));
        let mut crossings = Intersections::default();
        for (face, edge, winding, place) in found {
            crossings.p1q2.push(if self.a_is_first { [edge, face] } else { [face, edge] });
            crossings.x12.push(winding);
            crossings.v12.push(place);
        }
        Some(crossings)
    }

    /// The edges that begin in some neighbouring faces, each put to the faces of the other mesh that lie near all of them.
    fn crossings_of_block(&self, near: &mut Near, faces: &[u32], slack: f64) -> Vec<Crossing> {
        near.edges.clear();
        let mut around = KernelBox::default();
        for edge in faces.iter().flat_map(|face| 3 * *face as usize..3 * *face as usize + 3) {
            let half = self.a.halfedge[edge];
            if half.is_forward() {
                let ends = [half.start_vert, half.end_vert].map(|vertex| self.a.vert_pos[vertex as usize]);
                let reach = KernelBox::from_points(ends[0], ends[1]);
                if reach.does_overlap_box(&self.b.bbox) {
                    around = around.union_box(&reach);
                    near.edges.push((edge, ends, reach));
                }
            }
        }
        if near.edges.is_empty() {
            return Vec::new();
        }
        near.look_up(self.tree_b, self.b, &around, slack);
        let Near { edges, facets, boxes, faces } = near;
        let mut found = Vec::new();
        for (edge, ends, reach) in &*edges {
            let mut own = None;
            touching(facets, boxes, reach, |at| {
                let facet = &facets[at];
                if facet.is_apart(*ends, slack) {
                    return;
                }
                let own = own.get_or_insert_with(|| Edge::of(self.a, *edge));
                let face = faces[at].get_or_insert_with(|| Face::of(self.b, facet.face as usize));
                if let Some((winding, place)) = self.shadows.edge_through_face(own, face, self.a_is_first) {
                    found.push((facet.face, *edge as i32, winding, place));
                }
            });
        }
        found
    }

    /// How often the other mesh winds round each vertex: the same for all that edges join which go through nothing.
    fn windings(&self, pairs: &[[i32; 2]]) -> Option<Vec<i32>> {
        let part_of = self.parts(pairs)?;
        let firsts: Vec<usize> = (0..part_of.len()).filter(|vertex| part_of[*vertex] as usize == *vertex).collect();
        let chunk = |firsts: &[usize]| {
            (!self.token.is_cancelled()).then(|| firsts.iter().map(|vertex| self.winding(*vertex)).collect::<Vec<_>>())
        };
        let found = firsts.par_chunks(CHUNK).map(chunk).collect::<Option<Vec<_>>>()?;
        let mut windings = vec![0; part_of.len()];
        for (vertex, winding) in firsts.into_iter().zip(found.into_iter().flatten()) {
            windings[vertex] = winding;
        }
        for vertex in 0..windings.len() {
            windings[vertex] = windings[part_of[vertex] as usize];
        }
        Some(windings)
    }

    /// By vertex, the first of those that whole edges join it with.
    fn parts(&self, pairs: &[[i32; 2]]) -> Option<Vec<u32>> {
        let edge_at = usize::from(!self.a_is_first);
        let mut crossed = pairs.iter().map(|pair| pair[edge_at] as usize).peekable();
        let mut root: Vec<u32> = (0..self.a.vert_pos.len() as u32).collect();
        for (edge, half) in self.a.halfedge.iter().enumerate().filter(|(_, half)| half.is_forward()) {
            if edge.is_multiple_of(CHUNK) && self.token.is_cancelled() {
                return None;
            }
            if crossed.peek() == Some(&edge) {
                while crossed.next_if_eq(&edge).is_some() {}
                continue;
            }
            let [one, other] = [half.start_vert, half.end_vert].map(|vertex| first_of(&mut root, vertex as u32));
            root[one.max(other) as usize] = one.min(other);
        }
        for vertex in 0..root.len() {
            root[vertex] = root[root[vertex] as usize];
        }
        Some(root)
    }

    fn winding(&self, vertex: usize) -> i32 {
        let corner = Corner::of(self.a, vertex);
        let Vec3 { x, y, .. } = corner.at;
        let column = KernelBox::from_points(Vec3::new(x, y, f64::NEG_INFINITY), Vec3::new(x, y, f64::INFINITY));
        let mut sum = 0;
        self.tree_b.touching(&Reach::of(&column), |face| {
            if !face_box(self.b, face).does_overlap_box(&column) {
                return;
            }
            let (cast, _) = self.shadows.of_corner_on_face(corner, &Face::of(self.b, face), self.a_is_first);
            sum += if self.a_is_first { cast } else { -cast };
        });
        sum
    }
}

/// Face, edge, how often the one goes through the other, and where.
type Crossing = (i32, i32, i32, Vec3);

fn first_of(root: &mut [u32], mut vertex: u32) -> u32 {
    while root[vertex as usize] != vertex {
        let above = root[root[vertex as usize] as usize];
        root[vertex as usize] = above;
        vertex = above;
    }
    vertex
}

fn farthest(bounds: &KernelBox) -> f64 {
    [bounds.min, bounds.max]
        .iter()
        .fold(0.0, |most, corner| most.max(corner.x.abs()).max(corner.y.abs()).max(corner.z.abs()))
}

/// Of the largest coordinate, some thousand times what the decisions may be off by.
const NOISE: f64 = 1.0e-12;

/// A block of edges and what lies near them, kept from block to block.
#[derive(Default)]
struct Near {
    edges: Vec<(usize, [Vec3; 2], KernelBox)>,
    facets: Vec<Facet>,
    /// Of the facets, four by four.
    boxes: Vec<Boxes>,
    /// Of those facets that are put to the decisions.
    faces: Vec<Option<Face>>,
}

impl Near {
    /// Finds the faces that touch a box and whose planes do not clearly pass it.
    fn look_up(&mut self, tree: &Tree, mesh: &ManifoldImpl, around: &KernelBox, slack: f64) {
        self.facets.clear();
        tree.touching(&Reach::of(around), |face| {
            let facet = Facet::of(mesh, face);
            if !facet.passes(around, slack) {
                self.facets.push(facet);
            }
        });
        self.boxes.clear();
        self.boxes.extend(packed(self.facets.iter().map(|facet| Reach::of(&facet.bounds))));
        self.faces.clear();
        self.faces.resize(self.facets.len(), None);
    }
}

/// Tells of each facet whose box touches another.
fn touching(facets: &[Facet], boxes: &[Boxes], bounds: &KernelBox, mut tell: impl FnMut(usize)) {
    let reach = Reach::of(bounds);
    for (four, boxes) in boxes.iter().enumerate() {
        let mut hits = boxes.touching(&reach);
        while hits != 0 {
            let at = 4 * four + hits.trailing_zeros() as usize;
            hits &= hits - 1;
            if facets[at].bounds.does_overlap_box(bounds) {
                tell(at);
            }
        }
    }
}

/// A face as the search sees it.
struct Facet {
    face: i32,
    corners: [Vec3; 3],
    bounds: KernelBox,
    normal: Vec3,
    /// Product of the sizes of two sides.
    extent: f64,
}

impl Facet {
    fn of(mesh: &ManifoldImpl, face: usize) -> Self {
        let corners = [0, 1, 2].map(|slot| mesh.vert_pos[mesh.halfedge[3 * face + slot].start_vert as usize]);
        let (u, v) = (corners[1] - corners[0], corners[2] - corners[0]);
        let bounds = face_box(mesh, face);
        Self { face: face as i32, corners, bounds, normal: cross(u, v), extent: size(u) * size(v) }
    }

    /// Whether the plane along the face has all of a box clearly on one side.
    fn passes(&self, bounds: &KernelBox, slack: f64) -> bool {
        let (middle, half) = ((bounds.max + bounds.min) * 0.5 - self.corners[0], (bounds.max - bounds.min) * 0.5);
        let Vec3 { x, y, z } = self.normal;
        let reach = x.abs() * half.x + y.abs() * half.y + z.abs() * half.z;
        let margin = slack * size(self.normal) + NOISE * self.extent * (size(middle) + size(half));
        dot(self.normal, middle).abs() > reach + margin
    }

    /// Whether a plane along the face, or along the edge and a side of the face, has each clearly on its own side.
    ///
    /// Decisions that are off by some units in the last place then all come out alike, and cancel out as exact ones would.
    fn is_apart(&self, [from, to]: [Vec3; 2], slack: f64) -> bool {
        let (p, q) = (from - self.corners[0], to - self.corners[0]);
        let margin = slack * size(self.normal) + NOISE * self.extent * size(p).max(size(q));
        let (below, above) = (dot(self.normal, p), dot(self.normal, q));
        if below.min(above) > margin || below.max(above) < -margin {
            return true;
        }
        let way = to - from;
        (0..3).any(|side| {
            let [start, end, opposite] = [0, 1, 2].map(|step| self.corners[(side + step) % 3]);
            let (along, p, third) = (end - start, from - start, opposite - start);
            let across = cross(way, along);
            let margin = slack * size(across) + NOISE * size(way) * size(along) * (size(p) + size(third));
            let (edge, face) = (dot(across, p), dot(across, third));
            edge > face.max(0.0) + margin || edge < face.min(0.0) - margin
        })
    }
}

fn size(vector: Vec3) -> f64 {
    vector.x.abs() + vector.y.abs() + vector.z.abs()
}

#[cfg(test)]
mod tests {
    use manifold_rust::manifold::Manifold;
    use proptest::prelude::{Just, Strategy, prop_assert_eq, prop_oneof, proptest};
    use proptest::test_runner::{Config, RngSeed};

    use super::*;

    /// A box or ball on a coarse grid, so that much is flush; or nearly so, or turned.
    #[derive(Debug)]
    struct Figure {
        kind: u8,
        size: f64,
        place: [f64; 3],
        turn: f64,
    }

    impl Figure {
        fn mesh(&self) -> ManifoldImpl {
            let size = self.size;
            let body = match self.kind {
                0 => Manifold::cube(Vec3::new(size, size, size), true),
                1 => Manifold::cube(Vec3::new(size, 4.0, size), false),
                _ => Manifold::sphere(size, 12),
            };
            let [x, y, z] = self.place;
            body.rotate(self.turn, 0.0, self.turn).translate(Vec3::new(x, y, z)).into_impl()
        }
    }

    fn figure() -> impl Strategy<Value = Figure> {
        let place = (-4..5_i32, -4..5_i32, -4..5_i32);
        let nudge = prop_oneof![Just(0.0), (-16..-2_i32).prop_map(|power| 10.0_f64.powi(power))];
        let turn = prop_oneof![Just(0.0), Just(90.0), Just(30.0), (-12..1_i32).prop_map(|power| 10.0_f64.powi(power))];
        (0..3_u8, 1..5_i32, place, nudge, turn).prop_map(|(kind, size, (x, y, z), nudge, turn)| {
            let place = [x, y, z].map(|step| f64::from(step) / 2.0 + nudge);
            Figure { kind, size: f64::from(size) / 2.0, place, turn }
        })
    }

    proptest! {
        #![proptest_config(Config { cases: 3000, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::default() })]

        #[test]
        fn crossings_are_those_of_the_kernel(p in figure(), q in figure(), operation in 0..2_u8) {
            let (p, q) = (p.mesh(), q.mesh());
            if p.bbox.does_overlap_box(&q.bbox) {
                let operation = if operation == 0 { OpType::Add } else { OpType::Subtract };
                let ours = crossings(&p, &q, operation, &CancelToken::new()).expect("not cancelled");
                let theirs = Boolean3::new(&p, &q, operation);
                for (ours, theirs) in [(&ours.xv12, &theirs.xv12), (&ours.xv21, &theirs.xv21)] {
                    prop_assert_eq!(&ours.p1q2, &theirs.p1q2);
                    prop_assert_eq!(&ours.x12, &theirs.x12);
                    prop_assert_eq!(&ours.v12, &theirs.v12);
                }
                prop_assert_eq!(&ours.w03, &theirs.w03);
                prop_assert_eq!(&ours.w30, &theirs.w30);
            }
        }
    }
}
