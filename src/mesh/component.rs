//! The parts of a mesh: triangles that hang together over shared vertices.

use crate::mesh::TriMesh;

/// For each triangle the number of its component, counted in the order of their first triangles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Components {
    /// Component of each triangle.
    pub of_triangle: Vec<u32>,
    /// How many there are.
    pub count: usize,
}

impl Components {
    /// Finds them in O(n).
    pub fn of(mesh: &TriMesh) -> Self {
        let mut parent: Vec<u32> = (0..mesh.positions.len() as u32).collect();
        for corners in &mesh.triangles {
            for vertex in &corners[1..] {
                let (one, other) = (find(&mut parent, corners[0]), find(&mut parent, *vertex));
                parent[one.max(other) as usize] = one.min(other);
            }
        }
        let mut numbers = vec![u32::MAX; parent.len()];
        let mut count = 0;
        let mut number_of = |vertex: u32| {
            let number = &mut numbers[find(&mut parent, vertex) as usize];
            if *number == u32::MAX {
                *number = count;
                count += 1;
            }
            *number
        };
        let of_triangle = mesh.triangles.iter().map(|corners| number_of(corners[0])).collect();
        Self { of_triangle, count: count as usize }
    }
}

fn find(parent: &mut [u32], mut vertex: u32) -> u32 {
    while parent[vertex as usize] != vertex {
        parent[vertex as usize] = parent[parent[vertex as usize] as usize];
        vertex = parent[vertex as usize];
    }
    vertex
}
