//! Symbols that stand on an outline: datum features (ISO 5459) and surface texture (ISO 21920-1).

use crate::drawing::obstacle::Obstacles;
use crate::drawing::style::{Style, arrowhead, line, rectangle, text};
use crate::geom::{Aabb2, Vec2};
use crate::page::{Anchor, Layer, Mark, Shape, text_width};

/// A symbol wanted, in a view's picture plane at full size.
#[derive(Debug, Clone, PartialEq)]
pub struct Symbol {
    /// The point of the outline.
    pub at: Vec2,
    /// Out of the surface, of length 1.
    pub normal: Vec2,
    /// What is written.
    pub text: String,
    /// Which symbol.
    pub kind: SymbolKind,
}

/// The symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SymbolKind {
    /// A filled triangle with a framed letter.
    Datum,
    /// A check with words.
    Finish,
}

/// Draws one where its words cover nothing.
pub fn symbol_marks(
    wanted: &Symbol,
    onto: &impl Fn(Vec2) -> Vec2,
    style: &Style,
    obstacles: &mut Obstacles,
) -> Vec<Mark> {
    let at = onto(wanted.at);
    let height = style.text * 1.2;
    let width = text_width(&wanted.text, style.text);
    let size = match wanted.kind {
        SymbolKind::Datum => Vec2::new(width + style.text, style.text * 2.0),
        SymbolKind::Finish => Vec2::new(width + height * 2.4, height * 2.0 + 0.4),
    };
    let half = (wanted.normal.abs() * size * 0.5).element_sum();
    // a leader that comes from above or below passes on the left
    let beside =
        if wanted.kind == SymbolKind::Finish && wanted.normal.y.abs() > 0.5 { size.x * 0.5 + 2.0 } else { 0.0 };
    let center = |stem: f64| at + wanted.normal * (stem + half) + Vec2::X * beside;
    let area = |stem: f64| Aabb2 { min: center(stem) - size * 0.5, max: center(stem) + size * 0.5 };
    let cost = |stem: f64| obstacles.count_in(area(stem)) as f64 * 40.0 + stem * 0.2;
    let stem = STEMS
        .into_iter()
        .map(|stem| stem + height)
        .min_by(|a, b| cost(*a).total_cmp(&cost(*b)))
        .unwrap_or(height * 2.0);
    let ink = style.ink(Layer::Dimension);
    let side = wanted.normal.perp() * (height * 0.577_35);
    let frame = area(stem);
    let words_at = match wanted.kind {
        SymbolKind::Datum => center(stem) - Vec2::Y * (style.text * 0.5),
        SymbolKind::Finish => Vec2::new(frame.max.x - width * 0.5 - 0.5, frame.min.y + height * 0.45),
    };
    let words = text(ink, words_at, style.text, Anchor::Middle, &wanted.text);
    let marks = match wanted.kind {
        SymbolKind::Datum => {
            let tip = at + wanted.normal * height;
            let triangle = Shape::Area { contours: vec![vec![tip, at + side, at - side]] };
            vec![
                Mark { ink, view: None, shape: triangle },
                line(ink, tip, at + wanted.normal * stem),
                rectangle(ink, frame.min, frame.max),
                words,
            ]
        }
        SymbolKind::Finish => {
            // always upright: on a line of its own, with a leader to the surface
            let foot = frame.min + Vec2::X * (height * 0.8);
            let base = if wanted.normal.x < -0.5 { Vec2::new(frame.max.x, frame.min.y) } else { frame.min };
            let top = foot + Vec2::new(height * 1.155, height * 2.0);
            let check = vec![foot + Vec2::new(-height * 0.577, height), foot, top, Vec2::new(frame.max.x, top.y)];
            let along = (at - base).normalize_or_zero();
            vec![
                Mark { ink, view: None, shape: Shape::Polyline { points: check, closed: false } },
                line(ink, frame.min, Vec2::new(frame.max.x, frame.min.y)),
                line(ink, at, base),
                arrowhead(ink, at, along, style.arrow),
                words,
            ]
        }
    };
    obstacles.add_box(frame);
    marks.iter().for_each(|mark| obstacles.add(mark));
    marks
}

/// Lengths of the stem beyond the symbol, mm.
const STEMS: [f64; 6] = [3.0, 6.0, 10.0, 15.0, 21.0, 28.0];
