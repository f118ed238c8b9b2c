//! Circles and arcs in space that the model's edges were tessellated from: by provenance, or by a checked fit.

use rustc_hash::FxHashMap;

use crate::drawing::edge::{EdgeKind, Model};
use crate::drawing::merge::neighbours;
use crate::drawing::polygon::polygon_rims;
use crate::geom::Vec3;
use crate::mesh::Surface;

/// A circle in space with the edges that lie on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Ring {
    /// Its centre.
    pub center: Vec3,
    /// Its normal.
    pub axis: Vec3,
    /// Its radius.
    pub radius: f64,
    /// Indices of its edges.
    pub edges: Vec<u32>,
    /// Whether its edges close the circle.
    pub whole: bool,
}

/// The circles of a model.
#[derive(Debug, Clone, Default)]
pub struct Rings {
    /// The circles.
    pub rings: Vec<Ring>,
    /// For each edge its ring, or [`NO_RING`].
    pub of_edge: Vec<u32>,
}

/// An edge that lies on no circle.
pub const NO_RING: u32 = u32::MAX;

/// An arc has at least this many edges, or it could as well be a polygon.
const MIN_EDGES: usize = 4;
/// An arc whose chords are of two lengths by turns has at least this many.
const MIN_BY_TURNS: usize = 8;
/// A circle known from a surface has at least this many edges; fewer are a prism's.
const MIN_KNOWN_EDGES: usize = 3;
/// The largest turn from edge to edge of a fitted arc: cosine of 31 degrees (a 12-gon turns 30).
const MAX_TURN_COS: f64 = 0.857_167_3;
/// The largest turn on a known surface: cosine of 46 degrees (an octagon turns 45).
const MAX_KNOWN_TURN_COS: f64 = 0.694_658;
/// Vertices may be this share of the radius off the circle…
const RADIUS_SHARE: f64 = 2.0e-5;
/// … or this share of the diagonal, the noise of 32-bit coordinates.
const NOISE_SHARE: f64 = 4.0e-7;
/// The chords of one arc are of at most two lengths, which differ by at most this share each: an offset polygon's go by turns.
const CHORD_SHARE: f64 = 0.02;

/// Circles closer than this share of the diagonal are one circle.
const JOIN_SHARE: f64 = 2.0e-6;

fn is_same_circle(one: &Ring, two: &Ring, step: f64) -> bool {
    one.center.distance(two.center) <= step
        && (one.radius - two.radius).abs() <= step
        && one.axis.dot(two.axis).abs() > 1.0 - 1.0e-8
}

impl Rings {
    /// Finds the circles: O(n) in the edges.
    pub fn find(model: &Model) -> Self {
        let mut rings = Self { rings: Vec::new(), of_edge: vec![NO_RING; model.edges.len()] };
        rings.add_known(model);
        polygon_rims(model, &rings).into_iter().for_each(|rim| rings.push(rim));
        rings.add_fitted(model);
        rings.join(model);
        rings
    }

    /// Joins pieces of one circle.
    fn join(&mut self, model: &Model) {
        let pieces = std::mem::take(&mut self.rings);
        let step = model.diagonal() * JOIN_SHARE;
        let mut at: FxHashMap<[i64; 3], Vec<usize>> = FxHashMap::default();
        for piece in pieces {
            let cell = piece.center / (step * 4.0);
            let cells = neighbours(cell.x).flat_map(|x| neighbours(cell.y).map(move |y| (x, y)));
            let mut cells = cells.flat_map(|(x, y)| neighbours(cell.z).map(move |z| [x, y, z]));
            let same = cells.find_map(|key| {
                at.get(&key)?.iter().copied().find(|ring| is_same_circle(&self.rings[*ring], &piece, step))
            });
            match same {
                Some(ring) => self.rings[ring].edges.extend(piece.edges),
                None => {
                    at.entry(cell.to_array().map(|c| c.round() as i64)).or_default().push(self.rings.len());
                    self.rings.push(piece);
                }
            }
        }
        for (index, ring) in self.rings.iter_mut().enumerate() {
            ring.whole = ring.whole || is_whole(model, &ring.edges);
            for edge in &ring.edges {
                self.of_edge[*edge as usize] = index as u32;
            }
        }
    }

    fn push(&mut self, ring: Ring) {
        for edge in &ring.edges {
            self.of_edge[*edge as usize] = self.rings.len() as u32;
        }
        self.rings.push(ring);
    }

    /// Sharp edges of a cylinder, cone or sphere that lie in a plane across its axis.
    fn add_known(&mut self, model: &Model) {
        let slack = slack(model, 0.0);
        let mut groups: FxHashMap<(u32, i64), usize> = FxHashMap::default();
        let mut found: Vec<Ring> = Vec::new();
        for (index, edge) in model.edges.iter().enumerate() {
            if edge.kind != EdgeKind::Sharp {
                continue;
            }
            let ends = edge.ends.map(|vertex| model.positions[vertex as usize]);
            let known = edge.sides.into_iter().filter_map(|side| {
                let circle = known_circle(model, side, edge.sides, ends, slack)?;
                Some((kind_order(model.surface(side)), model.face_of[side as usize], circle))
            });
            // the same face for all edges of a rim between two of them
            let Some((_, face, (center, axis, radius))) = known.min_by_key(|(kind, face, _)| (*kind, *face)) else {
                continue;
            };
            let height = (center.dot(axis) / (slack * 16.0)).round() as i64;
            let next = found.len();
            let ring = *groups.entry((face, height)).or_insert(next);
            if ring == next {
                found.push(Ring { center, axis, radius, edges: Vec::new(), whole: false });
            }
            found[ring].edges.push(index as u32);
        }
        for ring in found {
            if ring.edges.len() >= MIN_KNOWN_EDGES && turns_gently(model, &ring) {
                let whole = is_whole(model, &ring.edges);
                self.push(Ring { whole, ..ring });
            }
        }
    }

    /// Runs of sharp edges whose vertices lie on a circle at equal distances.
    fn add_fitted(&mut self, model: &Model) {
        let mut at: Vec<[u32; 2]> = vec![[NO_RING; 2]; model.positions.len()];
        let mut degree = vec![0_u8; model.positions.len()];
        let free =
            |edge: usize, rings: &Self| model.edges[edge].kind != EdgeKind::Smooth && rings.of_edge[edge] == NO_RING;
        for (index, edge) in model.edges.iter().enumerate().filter(|(index, _)| free(*index, self)) {
            for vertex in edge.ends.map(|vertex| vertex as usize) {
                if degree[vertex] < 2 {
                    at[vertex][usize::from(degree[vertex])] = index as u32;
                }
                degree[vertex] = degree[vertex].saturating_add(1);
            }
        }
        let mut used: Vec<bool> = (0..model.edges.len()).map(|edge| !free(edge, self)).collect();
        let walker = Walker { model, at: &at, degree: &degree };
        // open runs begin at corners; what is left then is closed
        for only_ends in [true, false] {
            for index in 0..model.edges.len() {
                let ends = model.edges[index].ends;
                let start = ends.into_iter().find(|vertex| degree[*vertex as usize] != 2);
                if used[index] || (only_ends && start.is_none()) {
                    continue;
                }
                let run = walker.run(index as u32, start.unwrap_or(ends[0]), &mut used);
                self.split(model, &run);
            }
        }
    }

    /// Takes the arcs out of a run.
    fn split(&mut self, model: &Model, run: &Run) {
        let count = run.edges.len();
        let closed = run.vertices[0] == run.vertices[count];
        let mut from = 0;
        if closed && let Some(ring) = fit(model, run, 0, count) {
            self.push(Ring { whole: true, ..ring });
            return;
        }
        while from + MIN_EDGES <= count {
            let begin = |edges: usize| {
                let to = from + edges;
                (to <= count).then(|| fit(model, run, from, to)).flatten().map(|ring| (ring, to))
            };
            let Some((mut best, mut to)) = begin(MIN_EDGES).or_else(|| begin(MIN_BY_TURNS)) else {
                from += 1;
                continue;
            };
            // grow by doubling, then by halving: each fit looks at every vertex
            let mut step = MIN_EDGES;
            while step > 0 {
                match (to + step <= count).then(|| fit(model, run, from, to + step)).flatten() {
                    Some(ring) => {
                        best = ring;
                        to += step;
                        step *= 2;
                    }
                    None => step /= 2,
                }
            }
            self.push(best);
            from = to;
        }
    }
}

/// Cylinders before cones before spheres.
fn kind_order(surface: Surface) -> u8 {
    match surface {
        Surface::Cylinder { .. } => 0,
        Surface::Cone { .. } => 1,
        _ => 2,
    }
}

fn slack(model: &Model, radius: f64) -> f64 {
    (radius * RADIUS_SHARE).max(model.diagonal() * NOISE_SHARE)
}

/// The circle on a triangle's named surface that an edge lies on.
fn known_circle(model: &Model, side: u32, sides: [u32; 2], ends: [Vec3; 2], slack: f64) -> Option<(Vec3, Vec3, f64)> {
    let (center, axis, radius) = match model.surface(side) {
        Surface::Cylinder { origin, axis, radius } => (origin + axis * (ends[0] - origin).dot(axis), axis, radius),
        Surface::Cone { apex, axis, slope } => {
            let height = (ends[0] - apex).dot(axis);
            (apex + axis * height, axis, (height * slope).abs())
        }
        Surface::Sphere { center, radius } => {
            let other = if sides[0] == side { sides[1] } else { sides[0] };
            let Surface::Plane = model.surface(other) else { return None };
            let axis = model.normals[other as usize];
            let height = (ends[0] - center).dot(axis);
            (center + axis * height, axis, (radius * radius - height * height).max(0.0).sqrt())
        }
        _ => return None,
    };
    let on_circle = ends.iter().all(|end| {
        let from_center = *end - center;
        let allowed = slack.max(radius * RADIUS_SHARE);
        from_center.dot(axis).abs() <= allowed && (from_center.length() - radius).abs() <= allowed
    });
    // the same axis whichever way the surface has it, so that heights compare
    on_circle.then_some((center, axis, radius))
}

fn turns_gently(model: &Model, ring: &Ring) -> bool {
    ring.edges.iter().all(|edge| {
        let [one, two] = model.edges[*edge as usize].ends.map(|vertex| model.positions[vertex as usize]);
        (one - ring.center).normalize_or_zero().dot((two - ring.center).normalize_or_zero()) >= MAX_KNOWN_TURN_COS
    })
}

/// Whether every vertex of some edges is met by two of them.
fn is_whole(model: &Model, edges: &[u32]) -> bool {
    let mut vertices: Vec<u32> = edges.iter().flat_map(|edge| model.edges[*edge as usize].ends).collect();
    vertices.sort_unstable();
    vertices.chunks(2).all(|pair| pair.len() == 2 && pair[0] == pair[1])
}

/// Edges in a row with the vertices between them, one more than edges.
struct Run {
    edges: Vec<u32>,
    vertices: Vec<u32>,
}

struct Walker<'a> {
    model: &'a Model,
    at: &'a [[u32; 2]],
    degree: &'a [u8],
}

impl Walker<'_> {
    fn run(&self, first: u32, start: u32, used: &mut [bool]) -> Run {
        let mut run = Run { edges: Vec::new(), vertices: vec![start] };
        let (mut edge, mut vertex) = (first, start);
        loop {
            used[edge as usize] = true;
            let [one, two] = self.model.edges[edge as usize].ends;
            vertex = if one == vertex { two } else { one };
            run.edges.push(edge);
            run.vertices.push(vertex);
            if self.degree[vertex as usize] != 2 {
                return run;
            }
            let [one, two] = self.at[vertex as usize];
            edge = if one == edge { two } else { one };
            if used[edge as usize] {
                return run;
            }
        }
    }
}

/// The circle through some edges of a run, if all their vertices are on it and their chords are alike.
fn fit(model: &Model, run: &Run, from: usize, to: usize) -> Option<Ring> {
    let point = |index: usize| model.positions[run.vertices[index] as usize];
    let closed = run.vertices[from] == run.vertices[to];
    let third = (to - from) / 3;
    let (center, axis) = circle_through(point(from), point(from + third.max(1)), point(from + (2 * third).max(2)))?;
    let radius = (point(from) - center).length();
    let allowed = slack(model, radius);
    let chord_at = |index: usize| (point(index + 1) - point(index)).length();
    // those an odd and those an even number of edges from the beginning
    let chords = [chord_at(from + 1), chord_at(from + 2)];
    let chord = chords[0].max(chords[1]);
    let by_turns = (chords[0] - chords[1]).abs() > chord * CHORD_SHARE;
    if by_turns && to - from < MIN_BY_TURNS {
        return None;
    }
    // an arc nearly straight is a line: its middle must stand out
    if chord < allowed * 4.0 || radius > model.diagonal() * 50.0 || (closed && to - from < 12) {
        return None;
    }
    for index in from..=to {
        let off = point(index) - center;
        if off.dot(axis).abs() > allowed || (off.length() - radius).abs() > allowed {
            return None;
        }
        if index == to {
            break;
        }
        let length = chord_at(index);
        let is_end = !closed && (index == from || index + 1 == to);
        let expected = chords[(index + 1 - from) % 2];
        let is_alike = (length - expected).abs() <= expected * CHORD_SHARE;
        let fits = if is_end { length <= chord * (1.0 + CHORD_SHARE) } else { is_alike };
        if !fits {
            return None;
        }
        if index > from {
            let turn = (point(index + 1) - point(index)).normalize_or_zero();
            let before = (point(index) - point(index - 1)).normalize_or_zero();
            if turn.dot(before) < MAX_TURN_COS {
                return None;
            }
        }
    }
    Some(Ring { center, axis, radius, edges: run.edges[from..to].to_vec(), whole: false })
}

/// Centre and normal of the circle through three points.
fn circle_through(a: Vec3, b: Vec3, c: Vec3) -> Option<(Vec3, Vec3)> {
    let (ab, ac) = (b - a, c - a);
    let normal = ab.cross(ac);
    let squared = normal.length_squared();
    if squared < 1.0e-18 * ab.length_squared() * ac.length_squared() || squared == 0.0 {
        return None;
    }
    let toward = normal.cross(ab) * ac.length_squared() + ac.cross(normal) * ab.length_squared();
    Some((a + toward / (2.0 * squared), normal.normalize_or_zero()))
}
