//! Bodies of one model that stand apart from each other: a distance between two of them says nothing of either.

use std::collections::BTreeMap;

use crate::drawing::edge::Model;
use crate::drawing::groups::Groups;
use crate::geom::Aabb3;

/// The bodies of a model.
#[derive(Debug, Clone)]
pub struct Bodies {
    /// Their boxes, none of which touches another.
    pub boxes: Vec<Aabb3>,
    /// The body of each triangle.
    of_triangle: Vec<u32>,
}

/// More bodies than this are a pattern, not parts beside each other.
const MANY: usize = 8;

impl Bodies {
    /// Finds them; pieces whose boxes meet are one body: O(n) in the triangles.
    pub fn find(model: &Model) -> Self {
        let mut groups = Groups::alone(model.positions.len());
        for [a, b, c] in &model.triangles {
            groups.join(*a, *b);
            groups.join(*b, *c);
        }
        let roots: Vec<u32> = model.triangles.iter().map(|corners| groups.root(corners[0])).collect();
        let mut pieces: BTreeMap<u32, Aabb3> = BTreeMap::new();
        for (root, corners) in roots.iter().zip(&model.triangles) {
            let own = Aabb3::of(corners.iter().map(|vertex| model.positions[*vertex as usize]));
            pieces.entry(*root).and_modify(|piece| *piece = piece.union(own)).or_insert(own);
        }
        let boxes = apart(pieces.values().copied());
        if boxes.len() < 2 || boxes.len() > MANY {
            return Self { boxes: vec![model.bounding_box], of_triangle: vec![0; model.triangles.len()] };
        }
        let body = |piece: &Aabb3| boxes.iter().position(|own| own.touches(*piece)).map_or(0, |body| body as u32);
        let of_root: BTreeMap<u32, u32> = pieces.iter().map(|(root, piece)| (*root, body(piece))).collect();
        let of_triangle = roots.iter().map(|root| of_root[root]).collect();
        Self { boxes, of_triangle }
    }

    /// Whether a triangle belongs to a body.
    pub fn holds(&self, body: usize, triangle: usize) -> bool {
        self.of_triangle[triangle] as usize == body
    }
}

/// Boxes joined until none touches another; all in one where there are very many.
fn apart(pieces: impl Iterator<Item = Aabb3>) -> Vec<Aabb3> {
    let mut boxes: Vec<Aabb3> = Vec::new();
    for mut piece in pieces {
        while let Some(met) = boxes.iter().position(|other| other.touches(piece)) {
            piece = piece.union(boxes.swap_remove(met));
        }
        boxes.push(piece);
        if boxes.len() > MANY_PIECES {
            return vec![boxes.into_iter().fold(Aabb3::EMPTY, Aabb3::union)];
        }
    }
    let place = |piece: &Aabb3| [piece.min.x, piece.min.y, piece.min.z];
    boxes.sort_by(|a, b| place(a).partial_cmp(&place(b)).unwrap_or(std::cmp::Ordering::Equal));
    boxes
}

/// Among more pieces that do not meet, no bodies are looked for.
const MANY_PIECES: usize = 64;
