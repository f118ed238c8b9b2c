//! Joins equal vertices of a mesh that came as loose triangles, so that its edges can be found.

use rustc_hash::FxHashMap;

use crate::mesh::TriMesh;

/// For each vertex the first one at the same place; none when every edge already has its twin.
pub fn weld_if_open(mesh: &TriMesh) -> Option<Vec<u32>> {
    // a closed mesh has 1.5 edges a triangle and V - E + F = 2 - 2g: loose triangles have far more vertices
    if mesh.positions.len() * 2 <= mesh.triangles.len() * 2 && !has_border(mesh) {
        return None;
    }
    let mut first_at: FxHashMap<[u64; 3], u32> = FxHashMap::default();
    let map = mesh
        .positions
        .iter()
        .enumerate()
        // adding zero turns -0.0 into 0.0
        .map(|(vertex, point)| *first_at.entry(point.to_array().map(|c| (c + 0.0).to_bits())).or_insert(vertex as u32))
        .collect();
    Some(map)
}

/// Whether the directed edges do not cancel: cheap sums that vanish on every closed mesh and on no practical open one.
fn has_border(mesh: &TriMesh) -> bool {
    let mut sum = 0_u64;
    for [a, b, c] in &mesh.triangles {
        for (from, to) in [(a, b), (b, c), (c, a)] {
            let (low, high, sign) = if from < to { (from, to, 1_i64) } else { (to, from, -1) };
            let mixed = mix((u64::from(*low) << 32) | u64::from(*high));
            sum = sum.wrapping_add(mixed.wrapping_mul(sign as u64));
        }
    }
    sum != 0
}

/// splitmix64's finisher.
fn mix(value: u64) -> u64 {
    let first = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let second = (first ^ (first >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    second ^ (second >> 31)
}
