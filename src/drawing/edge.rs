//! Edges worth drawing: sharp, crease, silhouette, border; found once for all views.

use rustc_hash::FxHashMap;

use crate::budget::Budget;
use crate::drawing::{DrawError, Part};
use crate::geom::{Aabb3, Vec3};
use crate::mesh::{Face, Surface};

/// All parts as one triangle soup with its drawable edges, in model coordinates.
#[derive(Debug, Clone)]
pub struct Model {
    /// Vertices.
    pub positions: Vec<Vec3>,
    /// Corners, counter-clockwise from outside.
    pub triangles: Vec<[u32; 3]>,
    /// Unit normals; zero for triangles without area.
    pub normals: Vec<Vec3>,
    /// Index into `faces` of every triangle.
    pub face_of: Vec<u32>,
    /// Index of the part of every triangle.
    pub part_of: Vec<u32>,
    /// The faces of all parts.
    pub faces: Vec<Face>,
    /// Edges that some view may draw.
    pub edges: Vec<Edge>,
    /// Box of all used vertices.
    pub bounding_box: Aabb3,
    /// Whether every edge has exactly two triangles, so that back faces never hide alone.
    pub closed: bool,
}

/// An edge that some view may draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// Its vertices.
    pub ends: [u32; 2],
    /// The triangles at it; the same one twice at a border.
    pub sides: [u32; 2],
    /// What it is.
    pub kind: EdgeKind,
    /// Whether the solid is inside the wedge of less than 180 degrees.
    pub convex: bool,
}

/// Why an edge is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdgeKind {
    /// Two surfaces meet at an angle: always drawn.
    Sharp,
    /// Inside a smooth surface: drawn where one side faces the viewer and the other does not.
    Smooth,
    /// The rim of an open mesh, or more than two triangles at one edge: always drawn.
    Border,
}

/// Cosine of 20 degrees: edges that bend by more are sharp where nothing is known of the surfaces.
const CREASE_COS: f64 = 0.939_692_620_785_908_4;
/// Sine of the angle (1e-4 degrees) below which two triangles are one plane.
const COPLANAR_SIN: f64 = 1.745e-6;
/// Cosine of the angle (1 degree) below which two named surfaces meet tangentially.
const TANGENT_COS: f64 = 0.999_847_7;

impl Model {
    /// Gathers the parts and finds their edges: O(n log n) in the triangles.
    ///
    /// # Errors
    /// [`DrawError::Empty`] without a triangle of area, [`DrawError::NotFinite`], [`DrawError::Exceeded`] when the budget ends.
    pub fn build(parts: &[Part<'_>], budget: &Budget) -> Result<Self, DrawError> {
        let mut model = Self::nothing();
        for (index, part) in parts.iter().enumerate() {
            budget.check()?;
            if part.mesh.positions.iter().any(|point| !point.is_finite()) {
                return Err(DrawError::NotFinite);
            }
            model.append(part, index as u32);
        }
        model.bounding_box =
            Aabb3::of(model.triangles.iter().flatten().map(|vertex| model.positions[*vertex as usize]));
        if model.triangles.is_empty() || !model.bounding_box.size().is_finite() {
            return Err(DrawError::Empty);
        }
        budget.check()?;
        model.blank_slivers();
        model.find_edges();
        Ok(model)
    }

    /// Length of the box's diagonal.
    pub fn diagonal(&self) -> f64 {
        self.bounding_box.size().length()
    }

    /// The surface of a triangle.
    pub fn surface(&self, triangle: u32) -> Surface {
        self.faces[self.face_of[triangle as usize] as usize].surface
    }

    fn nothing() -> Self {
        Self {
            positions: Vec::new(),
            triangles: Vec::new(),
            normals: Vec::new(),
            face_of: Vec::new(),
            part_of: Vec::new(),
            faces: Vec::new(),
            edges: Vec::new(),
            bounding_box: Aabb3::EMPTY,
            closed: true,
        }
    }

    fn append(&mut self, part: &Part<'_>, index: u32) {
        let mesh = part.mesh;
        let first_vertex = self.positions.len() as u32;
        let first_face = self.faces.len() as u32;
        let remap = crate::drawing::weld::weld_if_open(mesh);
        self.positions.extend_from_slice(&mesh.positions);
        self.faces.extend_from_slice(&mesh.faces);
        self.faces.push(Face::default());
        let unknown = self.faces.len() as u32 - 1;
        for (triangle, corners) in mesh.triangles.iter().enumerate() {
            let corners = corners.map(|vertex| remap.as_ref().map_or(vertex, |map| map[vertex as usize]));
            let [a, b, c] = corners.map(|vertex| mesh.positions[vertex as usize]);
            let normal = (b - a).cross(c - a).normalize_or_zero();
            if corners[0] == corners[1] || corners[1] == corners[2] || corners[2] == corners[0] {
                continue;
            }
            self.triangles.push(corners.map(|vertex| vertex + first_vertex));
            self.normals.push(normal);
            self.part_of.push(index);
            let face = mesh.face_of.get(triangle).filter(|face| (**face as usize) < mesh.faces.len());
            self.face_of.push(face.map_or(unknown, |face| face + first_face));
        }
    }

    /// Takes the normals of triangles too thin to have one.
    fn blank_slivers(&mut self) {
        let thin = self.diagonal() * SLIVER_SHARE;
        for (triangle, corners) in self.triangles.iter().enumerate() {
            let [a, b, c] = corners.map(|vertex| self.positions[vertex as usize]);
            let longest = (b - a).length().max((c - b).length()).max((a - c).length());
            if (b - a).cross(c - a).length() <= thin * longest {
                self.normals[triangle] = Vec3::ZERO;
            }
        }
    }

    /// Finds the edges of the triangles that are there.
    pub fn find_edges(&mut self) {
        let sides = sorted_sides(self.positions.len(), &self.triangles);
        let slivers = Slivers::find(self, &sides);
        let mut edges = Vec::new();
        let mut index = 0;
        while index < sides.len() {
            let key = (sides[index].low, sides[index].high);
            let mut end = index + 1;
            while end < sides.len() && (sides[end].low, sides[end].high) == key {
                end += 1;
            }
            if end - index == 2 {
                let pair = [&sides[index], &sides[index + 1]];
                let across = slivers.across(self, pair);
                edges.extend(across.and_then(|[first, second]| self.classify(&first, &second)));
            } else {
                self.closed = false;
                let (first, second) = (sides[index].triangle, sides[end - 1].triangle);
                edges.push(Edge { ends: key.into(), sides: [first, second], kind: EdgeKind::Border, convex: true });
            }
            index = end;
        }
        self.edges = edges;
    }

    /// The edge between two triangles, if any view may draw it.
    fn classify(&self, first: &Side, second: &Side) -> Option<Edge> {
        let (one, two) = (self.normals[first.triangle as usize], self.normals[second.triangle as usize]);
        let (bend_sin, bend_cos) = (one.cross(two).length(), one.dot(two));
        if bend_sin < COPLANAR_SIN && bend_cos > 0.0 {
            return None;
        }
        let corner = self.positions[first.low as usize];
        let convex = one.dot(self.positions[second.apex as usize] - corner) < 0.0;
        let kind = if self.is_sharp(first, second, bend_cos) { EdgeKind::Sharp } else { EdgeKind::Smooth };
        Some(Edge { ends: [first.low, first.high], sides: [first.triangle, second.triangle], kind, convex })
    }

    fn is_longest_side(&self, side: &Side) -> bool {
        let [low, high, apex] = [side.low, side.high, side.apex].map(|vertex| self.positions[vertex as usize]);
        let length = low.distance_squared(high);
        length >= low.distance_squared(apex) && length >= high.distance_squared(apex)
    }

    fn is_sharp(&self, first: &Side, second: &Side, bend_cos: f64) -> bool {
        let (one, two) = (self.surface(first.triangle), self.surface(second.triangle));
        if self.part_of[first.triangle as usize] != self.part_of[second.triangle as usize] {
            return true;
        }
        let same_face = self.face_of[first.triangle as usize] == self.face_of[second.triangle as usize];
        if matches!(one, Surface::Smooth) && same_face {
            // a full fold back is an edge even inside a smooth face
            return bend_cos < 0.0;
        }
        if matches!(one, Surface::Cylinder { .. } | Surface::Cone { .. } | Surface::Sphere { .. }) && one == two {
            return false;
        }
        if matches!(one, Surface::Plane) && matches!(two, Surface::Plane) {
            return bend_cos < CREASE_COS;
        }
        for vertex in [first.low, first.high] {
            let point = self.positions[vertex as usize];
            let normals = (
                normal_at(one, point, self.normals[first.triangle as usize]),
                normal_at(two, point, self.normals[second.triangle as usize]),
            );
            let (Some(one), Some(two)) = normals else { return bend_cos < CREASE_COS };
            if one.dot(two) < TANGENT_COS {
                return true;
            }
        }
        false
    }
}

/// The exact normal of a named surface near a point, on the side that a triangle's own normal is.
pub fn normal_at(surface: Surface, point: Vec3, facet: Vec3) -> Option<Vec3> {
    let normal = match surface {
        Surface::Plane => return Some(facet),
        Surface::Cylinder { origin, axis, .. } => (point - origin).reject_from_normalized(axis),
        Surface::Cone { apex, axis, slope } => {
            let radial = (point - apex).reject_from_normalized(axis).normalize_or_zero();
            radial - axis * slope
        }
        Surface::Sphere { center, .. } => point - center,
        Surface::Unknown | Surface::Smooth => return None,
    };
    let normal = normal.normalize_or_zero();
    if normal.length_squared() < 0.5 {
        return None;
    }
    Some(if normal.dot(facet) < 0.0 { -normal } else { normal })
}

/// Triangles without area: an edge at one has the triangle beyond it for a neighbour.
struct Slivers {
    /// For each sliver what lies beyond its longest side: triangle and apex, and that side's ends.
    beyond: FxHashMap<u32, (Side, [u32; 2])>,
}

impl Slivers {
    fn find(model: &Model, sides: &[Side]) -> Self {
        let mut beyond = FxHashMap::default();
        for pair in sides.windows(2).filter(|pair| (pair[0].low, pair[0].high) == (pair[1].low, pair[1].high)) {
            for (own, other) in [(pair[0], pair[1]), (pair[1], pair[0])] {
                if model.normals[own.triangle as usize] == Vec3::ZERO && model.is_longest_side(&own) {
                    beyond.insert(own.triangle, (other, [own.low, own.high]));
                }
            }
        }
        Self { beyond }
    }

    /// The two real triangles at an edge; none along a sliver's longest side, which its other sides repeat.
    fn across(&self, model: &Model, pair: [&Side; 2]) -> Option<[Side; 2]> {
        let mut found = pair.map(|side| *side);
        for side in &mut found {
            let ends = [side.low, side.high];
            for _ in 0..MAX_SLIVERS {
                if model.normals[side.triangle as usize] != Vec3::ZERO {
                    break;
                }
                let (other, longest) = self.beyond.get(&side.triangle)?;
                if *longest == ends {
                    return None;
                }
                *side = Side { triangle: other.triangle, apex: other.apex, ..*side };
            }
        }
        Some(found)
    }
}

/// Slivers in a row that are looked past.
const MAX_SLIVERS: usize = 8;
/// A triangle thinner than this share of the diagonal has no direction.
const SLIVER_SHARE: f64 = 1.0e-9;

/// One side of a triangle: the edge's vertices in order, the triangle and its third vertex.
#[derive(Clone, Copy)]
struct Side {
    low: u32,
    high: u32,
    triangle: u32,
    apex: u32,
}

/// The sides of all triangles, equal edges together: a counting sort by the lower vertex, then small sorts.
fn sorted_sides(vertex_count: usize, triangles: &[[u32; 3]]) -> Vec<Side> {
    let mut first_of = vec![0_u32; vertex_count + 1];
    let each_side = |[a, b, c]: [u32; 3]| [(a, b, c), (b, c, a), (c, a, b)];
    for corners in triangles {
        for (from, to, _) in each_side(*corners) {
            first_of[from.min(to) as usize + 1] += 1;
        }
    }
    for vertex in 0..vertex_count {
        first_of[vertex + 1] += first_of[vertex];
    }
    let bucket_starts = first_of.clone();
    let mut order = vec![(0_u32, 0_u32, 0_u32); triangles.len() * 3];
    for (triangle, corners) in triangles.iter().enumerate() {
        for (from, to, apex) in each_side(*corners) {
            let slot = &mut first_of[from.min(to) as usize];
            order[*slot as usize] = (from.max(to), triangle as u32, apex);
            *slot += 1;
        }
    }
    let mut sides = Vec::with_capacity(order.len());
    for vertex in 0..vertex_count {
        let bucket = &mut order[bucket_starts[vertex] as usize..bucket_starts[vertex + 1] as usize];
        bucket.sort_unstable();
        sides.extend(bucket.iter().map(|(high, triangle, apex)| Side {
            low: vertex as u32,
            high: *high,
            triangle: *triangle,
            apex: *apex,
        }));
    }
    sides
}
