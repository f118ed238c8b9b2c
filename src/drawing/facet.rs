//! Flat faces of a solid and the edges between them: what chamfers and slopes are read from.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::drawing::edge::{EdgeKind, Model};
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

/// Normals that differ by less are one.
const NORMAL_STEP: f64 = 1.0e-4;

impl Facets {
    /// Finds them, facets of round walls left out: O(n) in the triangles.
    pub fn find(model: &Model, curved: &[bool]) -> Self {
        let mut groups = Groups { parent: (0..model.triangles.len() as u32).collect() };
        let mut at: FxHashMap<(u32, [i64; 3]), u32> = FxHashMap::default();
        let is_flat = |triangle: usize| !curved[triangle] && model.normals[triangle] != Vec3::ZERO;
        for (triangle, corners) in model.triangles.iter().enumerate().filter(|(index, _)| is_flat(*index)) {
            let normal = (model.normals[triangle] / NORMAL_STEP).round().to_array().map(|part| part as i64);
            for corner in corners {
                let first = *at.entry((*corner, normal)).or_insert(triangle as u32);
                groups.join(first, triangle as u32);
            }
        }
        let mut found = Self::default();
        let mut index_of: BTreeMap<u32, usize> = BTreeMap::new();
        for triangle in (0..model.triangles.len()).filter(|triangle| is_flat(*triangle)) {
            let root = groups.root(triangle as u32);
            let next = found.facets.len();
            let index = *index_of.entry(root).or_insert(next);
            if index == next {
                found.facets.push(Facet { normal: model.normals[triangle], area: 0.0, center: Vec3::ZERO });
            }
            let [a, b, c] = model.triangles[triangle].map(|vertex| model.positions[vertex as usize]);
            let area = (b - a).cross(c - a).length() * 0.5;
            found.facets[index].area += area;
            found.facets[index].center += (a + b + c) * (area / 3.0);
        }
        found.facets.iter_mut().for_each(|facet| facet.center /= facet.area.max(f64::MIN_POSITIVE));
        let facet_of = |triangle: u32| is_flat(triangle as usize).then(|| index_of[&groups.root_of(triangle)]);
        found.find_seams(model, facet_of);
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

/// Triangles joined to groups.
struct Groups {
    parent: Vec<u32>,
}

impl Groups {
    fn root(&mut self, of: u32) -> u32 {
        let root = self.root_of(of);
        self.parent[of as usize] = root;
        root
    }

    fn root_of(&self, of: u32) -> u32 {
        let mut at = of;
        while self.parent[at as usize] != at {
            at = self.parent[at as usize];
        }
        at
    }

    fn join(&mut self, one: u32, two: u32) {
        let (one, two) = (self.root(one), self.root(two));
        self.parent[one.max(two) as usize] = one.min(two);
    }
}
