//! Tangent edges: where one surface goes over into another without a crease, as narrow lines (ISO 128-2, 01.1).

use crate::budget::Budget;
use crate::drawing::DrawError;
use crate::drawing::edge::{Edge, EdgeKind, Model};
use crate::drawing::figure::{Figure, Stroke};
use crate::drawing::hidden::see;
use crate::drawing::ring::Rings;
use crate::drawing::view::Picture;
use crate::mesh::Surface;
use crate::page::Layer;

/// What a view shows of the tangent edges.
///
/// # Errors
/// [`DrawError::Exceeded`] when the budget ends.
pub fn tangent_strokes(model: &Model, picture: &Picture, budget: &Budget) -> Result<Vec<Stroke>, DrawError> {
    let edges: Vec<Edge> = model
        .edges
        .iter()
        .filter(|edge| is_tangent(model, edge))
        // as edges that are always drawn, each hides itself where both of its sides look away
        .map(|edge| Edge { kind: EdgeKind::Sharp, ..*edge })
        .collect();
    if edges.is_empty() {
        return Ok(Vec::new());
    }
    let model = Model { edges, ..model.clone() };
    let seen = see(&model, picture, budget)?;
    let strokes = Figure::strokes_of(&model, &Rings::find(&model), picture, &seen, false);
    Ok(strokes.into_iter().map(|stroke| Stroke { layer: Layer::Tangent, ..stroke }).collect())
}

/// Whether two surfaces that are known meet in an edge without a crease.
fn is_tangent(model: &Model, edge: &Edge) -> bool {
    let [one, two] = edge.sides.map(|side| model.surface(side));
    let is_known = |surface: Surface| !matches!(surface, Surface::Unknown | Surface::Smooth);
    let both_flat = matches!((one, two), (Surface::Plane, Surface::Plane));
    edge.kind == EdgeKind::Smooth && is_known(one) && is_known(two) && one != two && !both_flat
}
