//! Whether an edge goes through a face, told from shadows: floating-point decisions that are each made in one way only, so that they never
//! contradict each other.
//!
//! **Sources** Smith & Dodgson, "A topologically robust algorithm for Boolean operations on polyhedral shapes" (2007), and Manifold's symbolic
//! perturbation: what falls together is parted along the normals, outwards in unions and inwards else. Decisions and roundings are those of
//! `manifold_rust::boolean3` to the last bit, which the tests hold them to; there they are private.

use manifold_rust::impl_mesh::ManifoldImpl;
use manifold_rust::linalg::Vec3;

/// A vertex, and which way along x it is parted from what falls together with it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Corner {
    pub at: Vec3,
    lean: f64,
}

impl Corner {
    pub(super) fn of(mesh: &ManifoldImpl, vertex: usize) -> Self {
        Self { at: mesh.vert_pos[vertex], lean: mesh.vert_normal[vertex].x }
    }
}

/// An edge from its vertex of the smaller number, and which way along y and z it is parted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub from: Corner,
    pub to: Corner,
    lean_y: f64,
    lean_z: f64,
}

impl Edge {
    /// The edge of a half-edge.
    pub(super) fn of(mesh: &ManifoldImpl, edge: usize) -> Self {
        let half = mesh.halfedge[edge];
        let (one, other) = (mesh.face_normal[edge / 3], mesh.face_normal[half.paired_halfedge as usize / 3]);
        let [start, end] = [half.start_vert, half.end_vert].map(|vertex| Corner::of(mesh, vertex as usize));
        let (from, to) = if half.is_forward() { (start, end) } else { (end, start) };
        Self { from, to, lean_y: one.y + other.y, lean_z: one.z + other.z }
    }
}

/// A face: its edges in turn, and whether it goes along each from the smaller number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Face {
    edges: [(Edge, bool); 3],
    lean_z: f64,
}

impl Face {
    pub(super) fn of(mesh: &ManifoldImpl, face: usize) -> Self {
        let side = |slot: usize| (Edge::of(mesh, 3 * face + slot), mesh.halfedge[3 * face + slot].is_forward());
        Self { edges: [side(0), side(1), side(2)], lean_z: mesh.face_normal[face].z }
    }
}

/// The decisions of one boolean of two operands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shadows {
    /// One where the first operand is grown to part what falls together, minus one where it is shrunk.
    sign: f64,
}

impl Shadows {
    pub(super) fn new(is_union: bool) -> Self {
        Self { sign: if is_union { 1.0 } else { -1.0 } }
    }

    /// Whether the vertex casts a shadow along y on the edge, signed; and y and z of the edge at its x where it has that.
    fn of_corner_on_edge(self, a: Corner, b: &Edge, a_is_first: bool) -> (i32, Option<[f64; 2]>) {
        let before = |other: Corner| {
            if a_is_first {
                casts(a.at.x, other.at.x, self.sign * a.lean - other.lean)
            } else {
                casts(other.at.x, a.at.x, self.sign * other.lean - a.lean)
            }
        };
        let (from, to) = (i32::from(before(b.from)), i32::from(before(b.to)));
        let within = if a_is_first { to - from } else { from - to };
        if within == 0 {
            return (0, None);
        }
        let [y, z] = along(b.from.at, b.to.at, a.at.x);
        let is_cast = if a_is_first { casts(a.at.y, y, -b.lean_y) } else { casts(y, a.at.y, self.sign * b.lean_y) };
        (if is_cast { within } else { 0 }, Some([y, z]))
    }

    /// Whether an edge of the first casts a shadow along z on one of the second, signed; and x, y and both z where they cross seen from there.
    fn of_edge_on_edge(self, p: &Edge, q: &Edge) -> (i32, Option<[f64; 4]>) {
        let mut sum = 0;
        let mut places = Two::<[Vec3; 2]>::default();
        for (corner, turn) in [(p.from, -1), (p.to, 1)] {
            let (cast, place) = self.of_corner_on_edge(corner, q, true);
            if let Some([y, z]) = place {
                sum += turn * cast;
                places.add([corner.at, Vec3::new(corner.at.x, y, z)], cast != 0);
            }
        }
        for (corner, turn) in [(q.from, -1), (q.to, 1)] {
            let (cast, place) = self.of_corner_on_edge(corner, p, false);
            if let Some([y, z]) = place {
                sum += turn * cast;
                places.add([Vec3::new(corner.at.x, y, z), corner.at], cast != 0);
            }
        }
        if sum == 0 {
            return (0, None);
        }
        let [[p_left, q_left], [p_right, q_right]] = places.found;
        let crossing = crossing(p_left, p_right, q_left, q_right);
        let [_, _, p_z, q_z] = crossing;
        let is_cast = casts(p_z, q_z, self.sign * p.lean_z - q.lean_z);
        (if is_cast { sum } else { 0 }, Some(crossing))
    }

    /// Whether the vertex casts a shadow along z on the face, signed; and z of the face there, where it covers the vertex.
    pub(super) fn of_corner_on_face(self, a: Corner, b: &Face, a_is_first: bool) -> (i32, Option<f64>) {
        let mut sum = 0;
        let mut places = Two::<[f64; 2]>::default();
        for (edge, is_along) in &b.edges {
            let (cast, place) = self.of_corner_on_edge(a, edge, a_is_first);
            if let Some(place) = place {
                sum += if a_is_first == *is_along { -cast } else { cast };
                places.add(place, cast != 0);
            }
        }
        if sum == 0 {
            return (0, None);
        }
        let [left, right] = places.found.map(|[y, z]| Vec3::new(y, z, z));
        let [_, z] = along(left, right, a.at.y);
        let is_cast = if a_is_first { casts(a.at.z, z, -b.lean_z) } else { casts(z, a.at.z, self.sign * b.lean_z) };
        (if is_cast { sum } else { 0 }, Some(z))
    }

    /// How often the edge goes through the face, signed, and where; `None` where it does not.
    pub(super) fn edge_through_face(self, a: &Edge, b: &Face, a_is_first: bool) -> Option<(i32, Vec3)> {
        let mut sum = 0;
        // z in the middle: places that the crossing is interpolated between along it
        let mut places = Two::<[Vec3; 2]>::default();
        for (corner, is_start) in [(a.from, true), (a.to, false)] {
            let (cast, height) = self.of_corner_on_face(corner, b, a_is_first);
            if let Some(height) = height {
                sum += if is_start == a_is_first { cast } else { -cast };
                let Vec3 { x, y, z } = corner.at;
                places.add([Vec3::new(x, z, y), Vec3::new(x, height, y)], cast != 0);
            }
        }
        for (edge, is_along) in &b.edges {
            let (cast, place) = if a_is_first { self.of_edge_on_edge(a, edge) } else { self.of_edge_on_edge(edge, a) };
            if let Some([x, y, p_z, q_z]) = place {
                sum -= if *is_along { cast } else { -cast };
                let (own, other) = if a_is_first { (p_z, q_z) } else { (q_z, p_z) };
                places.add([Vec3::new(x, own, y), Vec3::new(x, other, y)], cast != 0);
            }
        }
        if sum == 0 {
            return None;
        }
        let [[own_left, other_left], [own_right, other_right]] = places.found;
        let [x, z, y, _] = crossing(own_left, own_right, other_left, other_right);
        x.is_finite().then(|| (sum, Vec3::new(x, y, z)))
    }
}

/// The first place and the next on the other side of being in shadow: what is looked for lies between them.
#[derive(Debug, Clone, Copy, Default)]
struct Two<T> {
    found: [T; 2],
    count: usize,
    is_cast: bool,
}

impl<T> Two<T> {
    fn add(&mut self, place: T, is_cast: bool) {
        if self.count == 0 || (self.count == 1 && is_cast != self.is_cast) {
            self.found[self.count] = place;
            self.is_cast = is_cast;
            self.count += 1;
        }
    }
}

/// Whether `p` lies before `q`; what falls together is parted by `lean`.
fn casts(p: f64, q: f64, lean: f64) -> bool {
    if p == q { lean < 0.0 } else { p < q }
}

/// y and z of a stretch at `x`, reckoned from its nearer end.
fn along(left: Vec3, right: Vec3, x: f64) -> [f64; 2] {
    let (from_left, from_right) = (x - left.x, x - right.x);
    let (way, end) = if from_left.abs() < from_right.abs() { (from_left, left) } else { (from_right, right) };
    let [dx, dy, dz] = [right.x - left.x, right.y - left.y, right.z - left.z];
    let share = way / dx;
    if !share.is_finite() || !dy.is_finite() || !dz.is_finite() {
        return [left.y, left.z];
    }
    [share * dy + end.y, share * dz + end.z]
}

/// x, y and both z where two stretches over the same x cross in y.
fn crossing(a_left: Vec3, a_right: Vec3, b_left: Vec3, b_right: Vec3) -> [f64; 4] {
    let (left, right) = (b_left.y - a_left.y, b_right.y - a_right.y);
    let from_left = left.abs() < right.abs();
    let share = (if from_left { left } else { right }) / (left - right);
    let share = if share.is_finite() { share } else { 0.0 };
    let (a_end, b_end) = if from_left { (a_left, b_left) } else { (a_right, b_right) };
    let (a_rise, b_rise) = (a_right.y - a_left.y, b_right.y - b_left.y);
    let y = if a_rise.abs() < b_rise.abs() { share * a_rise + a_end.y } else { share * b_rise + b_end.y };
    [
        share * (a_right.x - a_left.x) + a_end.x,
        y,
        share * (a_right.z - a_left.z) + a_end.z,
        share * (b_right.z - b_left.z) + b_end.z,
    ]
}
