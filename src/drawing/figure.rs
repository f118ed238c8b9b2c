//! A view as strokes in its picture plane, at full size, ready to be placed on a sheet.

use crate::drawing::chain::chain;
use crate::drawing::curve::curves;
use crate::drawing::cutting::CuttingLine;
use crate::drawing::dimension::{Callout, Measure};
use crate::drawing::edge::Model;
use crate::drawing::hidden::{Seen, SeenEdge};
use crate::drawing::merge::{Lines, Piece, merge};
use crate::drawing::ring::Rings;
use crate::drawing::view::Picture;
use crate::geom::{Aabb2, Vec2};
use crate::page::{Layer, Shape};

/// A view before it is placed: model millimetres in its picture plane.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Its name in files.
    pub name: String,
    /// What is written above it.
    pub caption: String,
    /// Its place in the arrangement around the front view, columns to the right and rows upwards; none for a free place.
    pub cell: Option<(i32, i32)>,
    /// Its picture plane.
    pub picture: Picture,
    /// Its lines.
    pub strokes: Vec<Stroke>,
    /// What the strokes cover.
    pub bounds: Aabb2,
    /// Whether its outline is one circle.
    pub round: bool,
    /// Its linear dimensions.
    pub measures: Vec<Measure>,
    /// Its diameters and radii.
    pub callouts: Vec<Callout>,
    /// Its centre lines.
    pub center_lines: Vec<CenterLine>,
    /// Circles on which holes are spread: centre and radius.
    pub pitch_circles: Vec<(Vec2, f64)>,
    /// Cutting planes of sections.
    pub cutting_lines: Vec<CuttingLine>,
    /// Whether it is itself a section or plan.
    pub is_section: bool,
    /// Place of its cutting plane towards the viewer.
    pub depth: Option<f64>,
    /// Outlines of cut walls, for a plan's dimensions.
    pub walls: Vec<Vec<Vec2>>,
    /// For each ring of the model whether some of it is seen.
    pub visible_rings: Vec<bool>,
    /// For each part a visible point of it.
    pub part_points: Vec<Option<Vec2>>,
    /// Item references.
    pub balloons: Vec<Balloon>,
    /// Centres that have their place given.
    pub located: Vec<Vec2>,
}

/// An item reference: a number in a circle with a leader.
#[derive(Debug, Clone, PartialEq)]
pub struct Balloon {
    /// What it points at.
    pub point: Vec2,
    /// The number.
    pub item: String,
}

/// A centre line between two points; on paper it goes a little past them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CenterLine {
    /// One end.
    pub from: Vec2,
    /// The other end.
    pub to: Vec2,
}

/// One line of a figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Stroke {
    /// Its layer.
    pub layer: Layer,
    /// Its shape in model millimetres.
    pub shape: Shape,
}

impl Figure {
    /// A figure without dimensions.
    pub fn blank(name: &str, cell: Option<(i32, i32)>, picture: Picture, strokes: Vec<Stroke>, bounds: Aabb2) -> Self {
        Self {
            name: name.to_owned(),
            caption: String::new(),
            cell,
            picture,
            strokes,
            bounds,
            round: false,
            measures: Vec::new(),
            callouts: Vec::new(),
            center_lines: Vec::new(),
            pitch_circles: Vec::new(),
            cutting_lines: Vec::new(),
            is_section: false,
            depth: None,
            walls: Vec::new(),
            visible_rings: Vec::new(),
            part_points: Vec::new(),
            balloons: Vec::new(),
            located: Vec::new(),
        }
    }

    /// The lines of what a view shows: circles and arcs as such, the rest as polylines.
    pub fn strokes_of(model: &Model, rings: &Rings, picture: &Picture, seen: &Seen, hidden: bool) -> Vec<Stroke> {
        let (mut strokes, straight) = curves(model, rings, picture, seen, hidden);
        let lines = merge(pieces(&straight), seen.tolerance);
        if hidden {
            strokes.extend(polylines(&lines.hidden, Layer::Hidden, seen.tolerance));
        }
        strokes.extend(polylines(&lines.visible, Layer::Visible, seen.tolerance));
        strokes
    }
}

/// For each ring whether an edge of it is seen.
pub fn visible_rings(rings: &Rings, seen: &Seen) -> Vec<bool> {
    let mut visible = vec![false; rings.rings.len()];
    for edge in seen.edges.iter().filter(|edge| !edge.visible.is_empty()) {
        if let Some(ring) = visible.get_mut(rings.of_edge[edge.edge as usize] as usize) {
            *ring = true;
        }
    }
    visible
}

/// The visible and hidden pieces of edges.
pub fn pieces(edges: &[SeenEdge]) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(edges.len());
    for edge in edges {
        let at = |share: f64| if share >= 1.0 { edge.to } else { edge.from.lerp(edge.to, share) };
        let mut last = 0.0;
        for (from, to) in &edge.visible {
            if *from > last {
                pieces.push(Piece { from: at(last), to: at(*from), visible: false });
            }
            pieces.push(Piece { from: at(*from), to: at(*to), visible: true });
            last = *to;
        }
        if last < 1.0 {
            pieces.push(Piece { from: at(last), to: edge.to, visible: false });
        }
    }
    pieces
}

fn polylines(pieces: &[[Vec2; 2]], layer: Layer, tolerance: f64) -> impl Iterator<Item = Stroke> {
    chain(pieces, tolerance)
        .into_iter()
        .map(move |run| Stroke { layer, shape: Shape::Polyline { points: run.points, closed: run.closed } })
}

/// Lines of a view without curves: what an independent check of visibility compares.
pub fn lines_of(seen: &Seen) -> Lines {
    merge(pieces(&seen.edges), seen.tolerance)
}
