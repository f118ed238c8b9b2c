//! The flat convex pieces of a solid's surface, and a point on each of its parts.

use rustc_hash::FxHashMap;

use crate::geom::Vec3;
use crate::solid::Solid;

impl Solid {
    /// The corners of flat convex pieces that make up the surface: triangles, joined where that keeps them flat and convex.
    pub(super) fn facets(&self) -> Vec<Vec<Vec3>> {
        let mesh = self.to_mesh();
        let mut facets: Vec<Option<Vec<u32>>> = mesh.triangles.iter().map(|corners| Some(corners.to_vec())).collect();
        let mut owner: FxHashMap<(u32, u32), usize> = FxHashMap::default();
        for (index, [a, b, c]) in mesh.triangles.iter().enumerate() {
            owner.extend([((*a, *b), index), ((*b, *c), index), ((*c, *a), index)]);
        }
        for start in 0..facets.len() {
            while let Some((other, joined)) = find_joinable(start, &facets, &owner, &mesh.positions) {
                for (at, from) in joined.iter().enumerate() {
                    owner.insert((*from, joined[(at + 1) % joined.len()]), start);
                }
                facets[start] = Some(joined);
                facets[other] = None;
            }
        }
        let place = |facet: Vec<u32>| facet.into_iter().map(|corner| mesh.positions[corner as usize]).collect();
        facets.into_iter().flatten().map(place).collect()
    }

    /// One vertex of each part that hangs together.
    pub(super) fn component_points(&self) -> Vec<Vec3> {
        let mesh = self.to_mesh();
        let mut parent: Vec<u32> = (0..mesh.positions.len() as u32).collect();
        for corners in &mesh.triangles {
            let root = find(&mut parent, corners[0]);
            for corner in &corners[1..] {
                let other = find(&mut parent, *corner);
                let (low, high) = (root.min(other), root.max(other));
                parent[high as usize] = low;
            }
        }
        (0..parent.len())
            .filter(|vertex| parent[*vertex] as usize == *vertex)
            .map(|vertex| mesh.positions[vertex])
            .collect()
    }
}

/// A facet next to `start` that makes a flat convex one with it, and that one's corners.
fn find_joinable(
    start: usize,
    facets: &[Option<Vec<u32>>],
    owner: &FxHashMap<(u32, u32), usize>,
    positions: &[Vec3],
) -> Option<(usize, Vec<u32>)> {
    let facet = facets[start].as_ref()?;
    let count = facet.len();
    (0..count).find_map(|at| {
        let (from, to) = (facet[at], facet[(at + 1) % count]);
        let other = *owner.get(&(to, from))?;
        let neighbour = facets[other].as_ref().filter(|_| other != start)?;
        let behind = neighbour.iter().position(|corner| *corner == from)?;
        // round the facet from the edge's end, then round the neighbour back to it
        let mut joined: Vec<u32> = (1..=count).map(|step| facet[(at + step) % count]).collect();
        joined.extend((1..neighbour.len() - 1).map(|step| neighbour[(behind + step) % neighbour.len()]));
        is_flat_and_convex(&joined, positions).then_some((other, joined))
    })
}

fn is_flat_and_convex(corners: &[u32], positions: &[Vec3]) -> bool {
    let place = |at: usize| positions[corners[at % corners.len()] as usize];
    let normal = crate::mesh::area_vector(positions, corners).normalize_or_zero();
    let size = corners.iter().map(|corner| positions[*corner as usize].distance(place(0))).fold(0.0, f64::max);
    (0..corners.len()).all(|at| {
        let (before, here, after) = (place(at), place(at + 1), place(at + 2));
        let turn = (here - before).cross(after - here);
        let flat = (here - place(0)).dot(normal).abs() <= FLAT * size;
        flat && turn.dot(normal) >= 0.0
    })
}

/// Part of a facet's size by which its corners may be off its plane.
const FLAT: f64 = 1.0e-12;

fn find(parent: &mut [u32], mut vertex: u32) -> u32 {
    while parent[vertex as usize] != vertex {
        parent[vertex as usize] = parent[parent[vertex as usize] as usize];
        vertex = parent[vertex as usize];
    }
    vertex
}
