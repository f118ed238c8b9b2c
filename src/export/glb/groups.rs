//! The triangles of each part and colour, and the order that packs them well.

use rustc_hash::FxHashMap;

use crate::budget::{Budget, Exceeded};
use crate::export::inertia::Mass;
use crate::export::palette::Palette;
use crate::geom::Vec3;
use crate::mesh::{Components, TriMesh};

/// Triangles of one colour in one part.
pub struct Group {
    /// Number of the part.
    pub part: usize,
    /// Number of the colour.
    pub color: usize,
    /// In mesh order.
    pub triangles: Vec<u32>,
}

/// A mesh by parts and colours.
pub struct Groups {
    /// Part by part, and in each by colour.
    pub groups: Vec<Group>,
    /// Figures of each part.
    pub parts: Vec<Mass>,
}

/// Models of more parts stay in one piece: a node for each link of a mail shirt helps nobody.
const PARTS_MAX: usize = 64;

impl Groups {
    /// Sorts the triangles; without `parts` all are one part.
    pub fn of(mesh: &TriMesh, palette: &Palette, parts: bool) -> Self {
        let components = if parts { Components::of(mesh) } else { Components::default() };
        let apart = (2..=PARTS_MAX).contains(&components.count);
        let bounds = mesh.bounding_box();
        let origin = if bounds.is_empty() { Vec3::ZERO } else { bounds.center() };
        let colors = palette.colors.len();
        let mut masses = vec![Mass::new(origin); if apart { components.count } else { 1 }];
        let mut slots = vec![Vec::new(); masses.len() * colors];
        for triangle in 0..mesh.triangles.len() {
            let part = if apart { components.of_triangle[triangle] as usize } else { 0 };
            masses[part].add(mesh.corners(triangle));
            slots[part * colors + palette.color_of(mesh, triangle)].push(triangle as u32);
        }
        let groups = slots.into_iter().enumerate().filter(|(_, triangles)| !triangles.is_empty());
        let groups = groups.map(|(slot, triangles)| Group { part: slot / colors, color: slot % colors, triangles });
        Self { groups: groups.collect(), parts: masses }
    }
}

/// Puts triangles into an order in which most share an edge with one shortly before, in O(n).
pub fn neighbourly(mesh: &TriMesh, triangles: &mut Vec<u32>, budget: &Budget) -> Result<(), Exceeded> {
    let mut by_edge: FxHashMap<(u32, u32), u32> = FxHashMap::default();
    for triangle in triangles.iter() {
        for edge in edges(mesh, *triangle) {
            by_edge.insert(edge, *triangle);
        }
    }
    let mut taken = vec![false; mesh.triangles.len()];
    let mut order = Vec::with_capacity(triangles.len());
    let mut waiting: Vec<u32> = Vec::new();
    for start in std::mem::take(triangles) {
        waiting.push(start);
        while let Some(triangle) = waiting.pop() {
            if std::mem::replace(&mut taken[triangle as usize], true) {
                continue;
            }
            if order.len() % 4096 == 0 {
                budget.check()?;
            }
            order.push(triangle);
            waiting.extend(edges(mesh, triangle).iter().filter_map(|(from, to)| by_edge.get(&(*to, *from))));
        }
    }
    *triangles = order;
    Ok(())
}

fn edges(mesh: &TriMesh, triangle: u32) -> [(u32, u32); 3] {
    let [a, b, c] = mesh.triangles[triangle as usize];
    [(a, b), (b, c), (c, a)]
}
