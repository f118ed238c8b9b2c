//! A view as strokes in its picture plane, at full size, ready to be placed on a sheet.

use crate::drawing::beside::chord_sagitta;
use crate::drawing::broken::Break;
use crate::drawing::chain::chain;
use crate::drawing::clip::Strip;
use crate::drawing::curve::{chords_of, curves};
use crate::drawing::dimension::{Aligned, Callout, Corner, Measure, Symbol};
use crate::drawing::edge::Model;
use crate::drawing::hidden::{Seen, SeenEdge};
use crate::drawing::indication::{CuttingLine, DetailRing, SightArrow};
use crate::drawing::merge::{Lines, Piece, merge};
use crate::drawing::ring::Rings;
use crate::drawing::rooms::Room;
use crate::drawing::smooth::smoothed;
use crate::drawing::spec::{HiddenLines, Running};
use crate::drawing::table::Table;
use crate::drawing::view::Picture;
use crate::geom::{Aabb2, Vec2, Vec3};
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
    /// The model's nearest point towards the viewer, along the picture's direction.
    pub front: f64,
    /// Whether its outline is one circle.
    pub round: bool,
    /// Whether it is the same on both sides of its middle, left to right and bottom to top.
    pub even: [bool; 2],
    /// The boxes of several bodies beside each other, each measured from its own edges; none where all is one.
    pub frames: Vec<Aabb2>,
    /// Its linear dimensions.
    pub measures: Vec<Measure>,
    /// Its linear dimensions in other directions.
    pub aligned: Vec<Aligned>,
    /// Its angles.
    pub angles: Vec<Corner>,
    /// Its diameters, radii and notes.
    pub callouts: Vec<Callout>,
    /// Its datum features and surface textures.
    pub symbols: Vec<Symbol>,
    /// Its centre lines.
    pub center_lines: Vec<CenterLine>,
    /// Circles on which holes are spread: centre and radius.
    pub pitch_circles: Vec<(Vec2, f64)>,
    /// Cutting planes of sections.
    pub cutting_lines: Vec<CuttingLine>,
    /// Where views in other directions look from.
    pub sight_arrows: Vec<SightArrow>,
    /// What of it is drawn larger elsewhere.
    pub detail_rings: Vec<DetailRing>,
    /// Its own scale, where it is drawn larger than the rest.
    pub enlarged: Option<Enlarged>,
    /// Whether it is itself a section or plan.
    pub is_section: bool,
    /// The strips of a section, and the place of each one's plane towards the viewer.
    pub cuts: Vec<(Strip, Option<f64>)>,
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
    /// How distances in it that follow each other are given.
    pub running: Running,
    /// Which of its hidden edges are drawn.
    pub hidden_lines: HiddenLines,
    /// Stretches that it leaves out.
    pub breaks: Vec<Break>,
    /// Its rooms, where it is a floor plan.
    pub rooms: Vec<Room>,
    /// Names of its holes.
    pub labels: Vec<Label>,
    /// The rows of its hole table: label, X, Y, size.
    pub hole_rows: Vec<[String; 4]>,
    /// Tables, where it is no view at all.
    pub tables: Vec<Table>,
}

/// A name beside a circle.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// The circle's centre.
    pub at: Vec2,
    /// Its radius.
    pub radius: f64,
    /// The name.
    pub text: String,
}

/// The scale of a detail.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Enlarged {
    /// Paper over model length where the job says it.
    pub scale: Option<(f64, f64)>,
    /// How wide it is, mm of the model.
    pub width: f64,
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
            front: 0.0,
            round: false,
            even: [false; 2],
            frames: Vec::new(),
            measures: Vec::new(),
            aligned: Vec::new(),
            angles: Vec::new(),
            callouts: Vec::new(),
            symbols: Vec::new(),
            center_lines: Vec::new(),
            pitch_circles: Vec::new(),
            cutting_lines: Vec::new(),
            sight_arrows: Vec::new(),
            detail_rings: Vec::new(),
            enlarged: None,
            is_section: false,
            cuts: Vec::new(),
            walls: Vec::new(),
            visible_rings: Vec::new(),
            part_points: Vec::new(),
            balloons: Vec::new(),
            located: Vec::new(),
            running: Running::Auto,
            hidden_lines: HiddenLines::All,
            breaks: Vec::new(),
            rooms: Vec::new(),
            labels: Vec::new(),
            hole_rows: Vec::new(),
            tables: Vec::new(),
        }
    }

    /// Marks the centre of a circle.
    pub fn center_cross(&mut self, center: Vec2, radius: f64) {
        let reaches = [Vec2::X * radius, Vec2::Y * radius];
        self.center_lines.extend(reaches.map(|reach| CenterLine { from: center - reach, to: center + reach }));
    }

    /// Whether words of it look for a free place.
    pub fn has_free_words(&self) -> bool {
        let has_none = self.callouts.is_empty()
            && self.aligned.is_empty()
            && self.angles.is_empty()
            && self.symbols.is_empty()
            && self.labels.is_empty()
            && self.rooms.is_empty();
        !has_none
    }

    /// The lines of what a view shows: circles and arcs as such, the rest as polylines.
    pub fn strokes_of(model: &Model, rings: &Rings, picture: &Picture, seen: &Seen, hidden: bool) -> Vec<Stroke> {
        let mut sketch = Sketch::default();
        sketch.add(model, rings, picture, seen, hidden);
        sketch.strokes(hidden)
    }

    /// How far a point of the model lies off the plane that is cut there; none where nothing is.
    pub fn off_plane(&self, point: Vec3) -> Option<f64> {
        let flat = self.picture.flat(point);
        let (_, depth) = self.cuts.iter().find(|(strip, _)| strip.holds(flat))?;
        depth.map(|depth| point.dot(self.picture.toward) - depth)
    }

    /// Its scale on a sheet of some scale, as two whole numbers.
    pub fn ratio_on(&self, sheet: (f64, f64)) -> (f64, f64) {
        let Some(enlarged) = self.enlarged else { return sheet };
        let is_clear = |ratio: &(f64, f64)| {
            let scale = ratio.0 / ratio.1;
            scale * enlarged.width >= DETAIL_WIDTH && scale >= 1.9 * sheet.0 / sheet.1
        };
        let auto = || scales().filter(is_clear).last().unwrap_or(sheet);
        enlarged.scale.unwrap_or_else(auto)
    }

    /// What is written above it on a sheet of some scale: a detail says its own.
    pub fn caption_on(&self, sheet: (f64, f64)) -> String {
        let (paper, model) = self.ratio_on(sheet);
        if self.enlarged.is_some() { format!("{} ({paper}:{model})", self.caption) } else { self.caption.clone() }
    }
}

/// A detail is at least this wide on paper, mm.
const DETAIL_WIDTH: f64 = 45.0;

/// ISO 5455: 1, 2 and 5 times powers of ten, largest first.
pub fn scales() -> impl Iterator<Item = (f64, f64)> {
    let enlarged = [1000.0, 500.0, 200.0, 100.0, 50.0, 20.0, 10.0, 5.0, 2.0].map(|paper| (paper, 1.0));
    let powers = [1.0, 10.0, 100.0, 1.0e3, 1.0e4, 1.0e5, 1.0e6];
    let reduced = powers.into_iter().flat_map(|power| [1.0, 2.0, 5.0].map(|step| (1.0, step * power)));
    enlarged.into_iter().chain(reduced)
}

/// Lines of one picture gathered from several models, before those that coincide become one.
#[derive(Debug, Clone, Default)]
pub struct Sketch {
    curves: Vec<Stroke>,
    straight: Vec<Piece>,
    tolerance: f64,
}

impl Sketch {
    /// Adds what is seen of a model.
    pub fn add(&mut self, model: &Model, rings: &Rings, picture: &Picture, seen: &Seen, hidden: bool) {
        let (strokes, straight) = curves(model, rings, picture, seen, hidden);
        self.curves.extend(strokes);
        let pieces = pieces(&straight);
        self.straight.extend(pieces.into_iter().filter(|piece| hidden || piece.visible));
        self.tolerance = self.tolerance.max(seen.tolerance);
    }

    /// Adds what is seen as lines that lie under everything.
    pub fn add_hidden(&mut self, seen: &Seen) {
        let visible = pieces(&seen.edges).into_iter().filter(|piece| piece.visible);
        self.straight.extend(visible.map(|piece| Piece { visible: false, ..piece }));
        self.tolerance = self.tolerance.max(seen.tolerance);
    }

    /// The lines, each once.
    pub fn strokes(self, hidden: bool) -> Vec<Stroke> {
        let lines = merge(self.straight, &chords(&self.curves, self.tolerance), self.tolerance);
        let mut strokes = self.curves;
        if hidden {
            strokes.extend(polylines(&lines.hidden, Layer::Hidden, self.tolerance));
        }
        strokes.extend(polylines(&lines.visible, Layer::Visible, self.tolerance));
        strokes
    }
}

/// Circles, arcs and ellipses as chords.
fn chords(curves: &[Stroke], tolerance: f64) -> Lines {
    let mut lines = Lines::default();
    for stroke in curves {
        let chords = if stroke.layer == Layer::Hidden { &mut lines.hidden } else { &mut lines.visible };
        chords.extend(chords_of(&stroke.shape, chord_sagitta(tolerance)));
    }
    lines
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
        .flat_map(move |run| smoothed(run, tolerance))
        .map(move |shape| Stroke { layer, shape })
}

/// Lines of a view without curves: what an independent check of visibility compares.
pub fn lines_of(seen: &Seen) -> Lines {
    merge(pieces(&seen.edges), &Lines::default(), seen.tolerance)
}
