//! Where a mesh is smooth: a normal for each corner, and the edges that a person would call edges.
//!
//! Faces that know their surface give its true normal; the others are averaged over the neighbours that meet them at less than the
//! crease angle, weighted by area so that a large flat triangle stays flat beside a fillet.

use crate::budget::{Budget, Exceeded};
use crate::geom::{Vec3, cos_deg};
use crate::mesh::{Surface, TriMesh};

/// Facets of one known curved surface look smooth up to this angle: seven segments around are shown as facets, eight as round.
const SURFACE_LIMIT_DEG: f64 = 46.0;

/// No twin: an open edge, or one with more than two faces.
const NONE: u32 = u32::MAX;

/// How a mesh hangs together: the half-edge `3 * t + i` runs from corner `i` of triangle `t` to the next one.
#[derive(Debug, Clone, Default)]
pub struct Twins {
    of_half_edge: Vec<u32>,
    /// Edges with a triangle on one side alone.
    pub open: usize,
    /// Edges with more than two triangles.
    pub crowded: usize,
    /// Edges whose two triangles run the same way along them: one is inside out.
    pub twisted: usize,
}

impl Twins {
    /// Pairs the half-edges of a mesh; O(n log n) in the worst case, O(n) on ordinary meshes.
    pub fn of(mesh: &TriMesh, budget: &Budget) -> Result<Self, Exceeded> {
        let starts = bucket_starts(mesh);
        let mut fill = starts.clone();
        let mut edges = vec![(0_u32, 0_u32); mesh.triangles.len() * 3];
        for half_edge in 0..edges.len() as u32 {
            let (from, to) = ends(mesh, half_edge);
            let slot = &mut fill[from.min(to) as usize];
            edges[*slot as usize] = (from.max(to), half_edge);
            *slot += 1;
        }
        budget.check()?;
        let mut twins = Self { of_half_edge: vec![NONE; edges.len()], ..Self::default() };
        for (vertex, window) in starts.windows(2).enumerate() {
            if vertex % 4096 == 0 {
                budget.check()?;
            }
            let bucket = &mut edges[window[0] as usize..window[1] as usize];
            bucket.sort_unstable();
            twins.pair(mesh, bucket);
        }
        Ok(twins)
    }

    /// Pairs the half-edges of one bucket, sorted by their larger vertex.
    fn pair(&mut self, mesh: &TriMesh, bucket: &[(u32, u32)]) {
        for group in bucket.chunk_by(|a, b| a.0 == b.0) {
            match group {
                [_] => self.open += 1,
                [(_, first), (_, second)] if ends(mesh, *first).0 != ends(mesh, *second).0 => {
                    self.of_half_edge[*first as usize] = *second;
                    self.of_half_edge[*second as usize] = *first;
                }
                [_, _] => self.twisted += 1,
                _ => self.crowded += 1,
            }
        }
    }

    /// The half-edge that runs the other way along the same edge, where there is exactly one.
    pub fn twin(&self, half_edge: u32) -> Option<u32> {
        self.of_half_edge.get(half_edge as usize).copied().filter(|twin| *twin != NONE)
    }
}

/// The normals of each triangle's three corners, unit length (zero where a triangle has no area). Cost O(n).
pub fn corner_normals(
    mesh: &TriMesh,
    twins: &Twins,
    crease_deg: f64,
    budget: &Budget,
) -> Result<Vec<[Vec3; 3]>, Exceeded> {
    let facets: Vec<Vec3> = (0..mesh.triangles.len()).map(|triangle| area_vector(mesh, triangle)).collect();
    budget.check()?;
    let planes = plane_normals(mesh, &facets);
    let mut normals = average(mesh, twins, &facets, crease_deg, budget)?;
    for (triangle, corners) in normals.iter_mut().enumerate() {
        if triangle % 4096 == 0 {
            budget.check()?;
        }
        let facet = facets[triangle].normalize_or_zero();
        let face = mesh.face(triangle);
        if let Surface::Plane = face.surface {
            let plane = planes[mesh.face_of[triangle] as usize];
            // a face that calls itself plane and is not keeps its facets
            *corners = [if plane.dot(facet) > 0.999_999 { plane } else { facet }; 3];
        } else if is_analytic(face.surface) {
            let points = mesh.corners(triangle);
            *corners = points.map(|point| surface_normal(face.surface, point, points, facet));
        }
    }
    Ok(normals)
}

/// The edges where the normals of the two sides part by more than `angle_deg`, and the open ones; each once, as vertex indices.
pub fn feature_edges(mesh: &TriMesh, twins: &Twins, normals: &[[Vec3; 3]], angle_deg: f64) -> Vec<[u32; 2]> {
    let limit = cos_deg(angle_deg);
    let is_sharp = |half_edge: u32| match twins.twin(half_edge) {
        None => true,
        Some(twin) if twin < half_edge => false,
        Some(twin) => {
            let [start, end] = edge_normals(normals, half_edge);
            let [twin_start, twin_end] = edge_normals(normals, twin);
            start.dot(twin_end).min(end.dot(twin_start)) < limit
        }
    };
    (0..mesh.triangles.len() as u32 * 3).filter(|edge| is_sharp(*edge)).map(|edge| ends(mesh, edge).into()).collect()
}

fn edge_normals(normals: &[[Vec3; 3]], half_edge: u32) -> [Vec3; 2] {
    let corners = &normals[half_edge as usize / 3];
    [corners[half_edge as usize % 3], corners[(half_edge as usize + 1) % 3]]
}

fn ends(mesh: &TriMesh, half_edge: u32) -> (u32, u32) {
    let corners = &mesh.triangles[half_edge as usize / 3];
    (corners[half_edge as usize % 3], corners[(half_edge as usize + 1) % 3])
}

/// Where each vertex's bucket of edges starts, an edge being filed under its smaller vertex.
fn bucket_starts(mesh: &TriMesh) -> Vec<u32> {
    let mut starts = vec![0_u32; mesh.positions.len() + 2];
    for half_edge in 0..mesh.triangles.len() as u32 * 3 {
        let (from, to) = ends(mesh, half_edge);
        starts[from.min(to) as usize + 1] += 1;
    }
    for vertex in 1..starts.len() {
        starts[vertex] += starts[vertex - 1];
    }
    starts
}

/// Twice the area along the normal.
fn area_vector(mesh: &TriMesh, triangle: usize) -> Vec3 {
    let [a, b, c] = mesh.corners(triangle);
    (b - a).cross(c - a)
}

/// One normal for each face: the mean over its triangles, so that all of a plane's triangles have the same bits.
fn plane_normals(mesh: &TriMesh, facets: &[Vec3]) -> Vec<Vec3> {
    let mut sums = vec![Vec3::ZERO; mesh.faces.len()];
    for (face, facet) in mesh.face_of.iter().zip(facets) {
        if let Some(sum) = sums.get_mut(*face as usize) {
            *sum += *facet;
        }
    }
    sums.into_iter().map(Vec3::normalize_or_zero).collect()
}

/// For corners on surfaces without an equation: the mean over the corners that are joined to it by smooth edges around its vertex.
fn average(
    mesh: &TriMesh,
    twins: &Twins,
    facets: &[Vec3],
    crease_deg: f64,
    budget: &Budget,
) -> Result<Vec<[Vec3; 3]>, Exceeded> {
    let units: Vec<Vec3> = facets.iter().map(|facet| facet.normalize_or_zero()).collect();
    let limits = Limits { crease: cos_deg(crease_deg), surface: cos_deg(SURFACE_LIMIT_DEG) };
    let mut parent: Vec<u32> = (0..mesh.triangles.len() as u32 * 3).collect();
    for half_edge in 0..parent.len() as u32 {
        if half_edge % 4096 == 0 {
            budget.check()?;
        }
        let Some(twin) = twins.twin(half_edge).filter(|twin| *twin > half_edge) else { continue };
        if is_smooth(mesh, &units, half_edge as usize / 3, twin as usize / 3, &limits) {
            // the start of one is the end of the other
            join(&mut parent, half_edge, next(twin));
            join(&mut parent, next(half_edge), twin);
        }
    }
    let mut sums = vec![Vec3::ZERO; parent.len()];
    for corner in 0..parent.len() as u32 {
        let root = find(&mut parent, corner);
        sums[root as usize] += facets[corner as usize / 3] * corner_angle(mesh, corner);
    }
    let mut normal_of = |corner: u32| {
        let mean = sums[find(&mut parent, corner) as usize].normalize_or_zero();
        if mean == Vec3::ZERO { units[corner as usize / 3] } else { mean }
    };
    Ok((0..mesh.triangles.len() as u32).map(|t| [0, 1, 2].map(|corner| normal_of(3 * t + corner))).collect())
}

/// Cosines of the angles up to which facets are one smooth surface.
struct Limits {
    crease: f64,
    surface: f64,
}

fn is_smooth(mesh: &TriMesh, units: &[Vec3], one: usize, other: usize, limits: &Limits) -> bool {
    let cosine = units[one].dot(units[other]);
    let (face, twin_face) = (mesh.face(one), mesh.face(other));
    match (face.surface, twin_face.surface) {
        (Surface::Unknown, Surface::Unknown) => cosine > limits.crease,
        (Surface::Smooth, Surface::Smooth) if mesh.face_of[one] == mesh.face_of[other] => cosine > limits.surface,
        (Surface::Smooth, Surface::Smooth) => cosine > limits.crease,
        _ => false,
    }
}

/// A monotone stand-in for the angle at a corner, 0 to 2: no arc cosine for each corner.
fn corner_angle(mesh: &TriMesh, corner: u32) -> f64 {
    let points = mesh.corners(corner as usize / 3);
    let at = corner as usize % 3;
    let one = (points[(at + 1) % 3] - points[at]).normalize_or_zero();
    let other = (points[(at + 2) % 3] - points[at]).normalize_or_zero();
    1.0 - one.dot(other)
}

fn next(half_edge: u32) -> u32 {
    if half_edge % 3 == 2 { half_edge - 2 } else { half_edge + 1 }
}

/// The smaller root stays, so that the outcome does not hang on the order.
fn join(parent: &mut [u32], one: u32, other: u32) {
    let (one, other) = (find(parent, one), find(parent, other));
    parent[one.max(other) as usize] = one.min(other);
}

fn find(parent: &mut [u32], mut corner: u32) -> u32 {
    while parent[corner as usize] != corner {
        parent[corner as usize] = parent[parent[corner as usize] as usize];
        corner = parent[corner as usize];
    }
    corner
}

fn is_analytic(surface: Surface) -> bool {
    matches!(surface, Surface::Cylinder { .. } | Surface::Cone { .. } | Surface::Sphere { .. })
}

/// The surface's own normal at a point of the triangle, on the facet's side; the facet's where the tessellation is too coarse for it.
fn surface_normal(surface: Surface, point: Vec3, triangle: [Vec3; 3], facet: Vec3) -> Vec3 {
    let mut normal = gradient(surface, point);
    if normal == Vec3::ZERO {
        // the tip of a cone has no normal: that of the triangle's middle
        normal = gradient(surface, (triangle[0] + triangle[1] + triangle[2]) / 3.0);
    }
    if normal.dot(facet) < 0.0 {
        normal = -normal;
    }
    if normal.dot(facet) < cos_deg(SURFACE_LIMIT_DEG / 2.0) { facet } else { normal }
}

fn gradient(surface: Surface, point: Vec3) -> Vec3 {
    match surface {
        Surface::Cylinder { origin, axis, .. } => radial(point - origin, axis),
        Surface::Cone { apex, axis, slope } => {
            let out = radial(point - apex, axis);
            if out == Vec3::ZERO { out } else { (out - axis * slope).normalize_or_zero() }
        }
        Surface::Sphere { center, .. } => (point - center).normalize_or_zero(),
        Surface::Unknown | Surface::Plane | Surface::Smooth => Vec3::ZERO,
    }
}

/// The unit vector away from an axis; zero on it.
fn radial(offset: Vec3, axis: Vec3) -> Vec3 {
    let out = offset - axis * offset.dot(axis);
    if out.length_squared() <= 1.0e-18 * offset.length_squared() { Vec3::ZERO } else { out.normalize_or_zero() }
}
