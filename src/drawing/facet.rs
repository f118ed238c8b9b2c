//! Flat faces of a solid and the edges between them: what chamfers and slopes are read from.

use std::collections::BTreeMap;

use crate::drawing::edge::{EdgeKind, Model};
use crate::drawing::groups::Groups;
use crate::geom::Vec3;

/// A connected flat face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facet {
    /// Out of the solid.
    pub normal: Vec3,
    /// Its area.
    pub area: f64,
    /// The middle of its triangles by area.
    pub center: Vec3,
}

/// The straight edge between two flat faces.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seam {
    /// The faces, the one of the lower index first.
    pub facets: [usize; 2],
    /// Direction, of length 1.
    pub along: Vec3,
    /// Length.
    pub length: f64,
    /// Its middle.
    pub middle: Vec3,
    /// Whether the solid is inside the wedge of less than 180 degrees.
    pub convex: bool,
}

/// The flat faces of a model with their seams.
#[derive(Debug, Clone, Default)]
pub struct Facets {
    /// The faces.
    pub facets: Vec<Facet>,
    /// The seams.
    pub seams: Vec<Seam>,
}

/// A triangle on no flat face.
const NO_FACET: u32 = u32::MAX;
/// Normals that differ by less are one.
const NORMAL_STEP: f64 = 1.0e-4;

impl Facets {
    /// Finds them, facets of round walls left out: O(n) in the triangles.
    pub fn find(model: &Model, curved: &[bool]) -> Self {
        let is_flat = |triangle: usize| !curved[triangle] && model.normals[triangle] != Vec3::ZERO;
        let mut groups = groups_around_vertices(model, is_flat);
        let mut found = Self::default();
        let mut facet_at: Vec<u32> = vec![NO_FACET; model.triangles.len()];
        for triangle in (0..model.triangles.len()).filter(|triangle| is_flat(*triangle)) {
            // the root is the first of its group
            let root = groups.root(triangle as u32) as usize;
            if facet_at[root] == NO_FACET {
                facet_at[root] = found.facets.len() as u32;
                found.facets.push(Facet { normal: model.normals[triangle], area: 0.0, center: Vec3::ZERO });
            }
            facet_at[triangle] = facet_at[root];
            let facet = &mut found.facets[facet_at[root] as usize];
            let [a, b, c] = model.triangles[triangle].map(|vertex| model.positions[vertex as usize]);
            let area = (b - a).cross(c - a).length() * 0.5;
            facet.area += area;
            facet.center += (a + b + c) * (area / 3.0);
        }
        found.facets.iter_mut().for_each(|facet| facet.center /= facet.area.max(f64::MIN_POSITIVE));
        found.find_seams(model, |triangle| match facet_at[triangle as usize] {
            NO_FACET => None,
            facet => Some(facet as usize),
        });
        found
    }

    fn find_seams(&mut self, model: &Model, facet_of: impl Fn(u32) -> Option<usize>) {
        let mut seams: BTreeMap<(usize, usize, bool), (Vec3, f64, Vec3)> = BTreeMap::new();
        for edge in model.edges.iter().filter(|edge| edge.kind == EdgeKind::Sharp) {
            let (Some(one), Some(two)) = (facet_of(edge.sides[0]), facet_of(edge.sides[1])) else { continue };
            if one == two {
                continue;
            }
            let [from, to] = edge.ends.map(|vertex| model.positions[vertex as usize]);
            let (along, length) = (to - from, from.distance(to));
            let seam = seams.entry((one.min(two), one.max(two), edge.convex)).or_insert((Vec3::ZERO, 0.0, Vec3::ZERO));
            seam.0 += if seam.0.dot(along) < 0.0 { -along } else { along };
            seam.1 += length;
            seam.2 += from.midpoint(to) * length;
        }
        self.seams = seams
            .into_iter()
            .filter(|(_, (_, length, _))| *length > 0.0)
            .map(|((one, two, convex), (along, length, middle))| Seam {
                facets: [one, two],
                along: along.normalize_or_zero(),
                length,
                middle: middle / length,
                convex,
            })
            .collect();
    }
}

/// Joins flat triangles of one direction that share a vertex.
fn groups_around_vertices(model: &Model, is_flat: impl Fn(usize) -> bool) -> Groups {
    let mut groups = Groups::alone(model.triangles.len());
    let mut starts = vec![0_u32; model.positions.len() + 1];
    let flats = || model.triangles.iter().enumerate().filter(|(triangle, _)| is_flat(*triangle));
    for vertex in flats().flat_map(|(_, corners)| corners) {
        starts[*vertex as usize + 1] += 1;
    }
    for vertex in 1..starts.len() {
        starts[vertex] += starts[vertex - 1];
    }
    let mut next = starts.clone();
    let mut around = vec![0_u32; starts[starts.len() - 1] as usize];
    for (triangle, vertex) in flats().flat_map(|(triangle, corners)| corners.iter().map(move |at| (triangle, *at))) {
        let slot = &mut next[vertex as usize];
        around[*slot as usize] = triangle as u32;
        *slot += 1;
    }
    let direction =
        |triangle: u32| (model.normals[triangle as usize] / NORMAL_STEP).round().to_array().map(|part| part as i32);
    let mut here: Vec<([i32; 3], u32)> = Vec::new();
    for bounds in starts.windows(2) {
        here.clear();
        here.extend(around[bounds[0] as usize..bounds[1] as usize].iter().map(|at| (direction(*at), *at)));
        here.sort_unstable();
        for pair in here.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            groups.join(pair[0].1, pair[1].1);
        }
    }
    groups
}
