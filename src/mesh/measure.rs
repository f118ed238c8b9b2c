//! Volume, area, centroid, bounding box, and whether a mesh is closed; counts of its components.

use rustc_hash::FxHashMap;

use crate::geom::{Aabb3, Vec3};
use crate::mesh::TriMesh;

/// Figures of a mesh, in mm, mm² and mm³.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measures {
    /// Signed volume; right only where `closed`.
    pub volume: f64,
    /// Surface area.
    pub area: f64,
    /// Centre of the enclosed volume; the box's centre where that is zero.
    pub centroid: Vec3,
    /// Box of all vertices.
    pub bounding_box: Aabb3,
    /// Every directed edge has its twin exactly once.
    pub closed: bool,
    /// Parts connected over shared vertices.
    pub components: usize,
}

/// Measures a mesh in O(n).
pub fn measure(mesh: &TriMesh) -> Measures {
    let bounding_box = mesh.bounding_box();
    let origin = if bounding_box.is_empty() { Vec3::ZERO } else { bounding_box.center() };
    let (mut volume, mut area, mut moment) = (0.0, 0.0, Vec3::ZERO);
    for triangle in 0..mesh.triangles.len() {
        // relative to the box's centre: less cancellation far from the origin
        let [a, b, c] = mesh.corners(triangle).map(|corner| corner - origin);
        let cross = (b - a).cross(c - a);
        let six_volumes = a.dot(b.cross(c));
        area += cross.length() * 0.5;
        volume += six_volumes / 6.0;
        moment += (a + b + c) * (six_volumes / 24.0);
    }
    let centroid = if volume.abs() > 0.0 { origin + moment / volume } else { origin };
    Measures { volume, area, centroid, bounding_box, closed: is_closed(mesh), components: component_count(mesh) }
}

fn is_closed(mesh: &TriMesh) -> bool {
    let mut edges: FxHashMap<(u32, u32), i32> = FxHashMap::default();
    for [a, b, c] in &mesh.triangles {
        for (from, to) in [(a, b), (b, c), (c, a)] {
            if edges.insert((*from, *to), 1).is_some() {
                return false;
            }
        }
    }
    !edges.is_empty() && edges.keys().all(|(from, to)| edges.contains_key(&(*to, *from)))
}

fn component_count(mesh: &TriMesh) -> usize {
    let mut parent: Vec<u32> = (0..mesh.positions.len() as u32).collect();
    let mut used = vec![false; parent.len()];
    for corners in &mesh.triangles {
        for vertex in corners {
            used[*vertex as usize] = true;
        }
        let root = find(&mut parent, corners[0]);
        for vertex in &corners[1..] {
            let other = find(&mut parent, *vertex);
            parent[other as usize] = root;
        }
    }
    (0..parent.len()).filter(|vertex| used[*vertex] && parent[*vertex] as usize == *vertex).count()
}

fn find(parent: &mut [u32], mut vertex: u32) -> u32 {
    while parent[vertex as usize] != vertex {
        parent[vertex as usize] = parent[parent[vertex as usize] as usize];
        vertex = parent[vertex as usize];
    }
    vertex
}
