//! Line widths, lettering and arrowheads, with the clause of the standard each follows.

use crate::drawing::spec::PaperSize;
use crate::geom::Vec2;
use crate::page::{Anchor, Ink, Layer, Mark, Shape, Text, text_width};

/// The sizes that depend on the paper.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Wide lines, mm: ISO 128-2 line group 0.5 up to A2, 0.7 above.
    pub wide: f64,
    /// Height of dimension figures, mm (ISO 3098-1: 2.5, 3.5 or 5).
    pub text: f64,
    /// Length of an arrowhead, mm.
    pub arrow: f64,
    /// From the outline to the first dimension line, mm.
    pub first_lane: f64,
    /// From one dimension line to the next, mm.
    pub lane: f64,
}

/// An extension line starts this far from the outline and goes this far past the dimension line, mm.
pub const EXTENSION_GAP: f64 = 1.0;
/// See [`EXTENSION_GAP`].
pub const EXTENSION_PAST: f64 = 2.0;

impl Style {
    /// The sizes for a sheet.
    pub fn of(paper: PaperSize) -> Self {
        let (wide, text) = match paper {
            PaperSize::A4 | PaperSize::A3 => (0.5, 2.5),
            PaperSize::A2 => (0.5, 3.5),
            PaperSize::A1 | PaperSize::A0 => (0.7, 3.5),
        };
        Self { wide, text, arrow: text * 1.1, first_lane: 10.0, lane: text * 1.2 + 3.5 }
    }

    /// The pen of a layer.
    pub fn ink(&self, layer: Layer) -> Ink {
        layer.ink(self.wide)
    }
}

/// A straight stroke of the sheet itself.
pub fn line(ink: Ink, from: Vec2, to: Vec2) -> Mark {
    Mark { ink, view: None, shape: Shape::Polyline { points: vec![from, to], closed: false } }
}

/// A rectangle of the sheet itself.
pub fn rectangle(ink: Ink, low: Vec2, high: Vec2) -> Mark {
    let points = vec![low, Vec2::new(high.x, low.y), high, Vec2::new(low.x, high.y)];
    Mark { ink, view: None, shape: Shape::Polyline { points, closed: true } }
}

/// A line of text.
pub fn text(ink: Ink, at: Vec2, height: f64, anchor: Anchor, content: &str) -> Mark {
    turned_text(ink, at, height, anchor, content, 0.0)
}

/// A line of text in a direction.
pub fn turned_text(ink: Ink, at: Vec2, height: f64, anchor: Anchor, content: &str, angle_deg: f64) -> Mark {
    let text = Text { at, height, angle_deg, anchor, content: content.to_owned(), stretch: 1.0 };
    Mark { ink, view: None, shape: Shape::Text(text) }
}

/// A filled arrowhead (ISO 129-1, 15 degrees) with its tip at a point, pointing along a direction.
pub fn arrowhead(ink: Ink, tip: Vec2, along: Vec2, length: f64) -> Mark {
    // half of 15 degrees: tan 7.5 deg
    let half = along.perp() * (length * 0.131_652_5);
    let back = tip - along * length;
    Mark { ink, view: None, shape: Shape::Area { contours: vec![vec![tip, back + half, back - half]] } }
}

/// Words in lines of at most `width`, broken at spaces, at most `lines` of them; the height shrinks to 1.8 mm before words are cut
/// off with an ellipsis.
pub fn fit_text(content: &str, width: f64, height: f64, lines: usize) -> (Vec<String>, f64) {
    for size in [1.0, 0.85, 0.72, 0.6, 0.5].map(|share| (height * share).max(MIN_LETTERING)) {
        let broken = break_lines(content, width, size);
        if broken.len() <= lines && broken.iter().all(|line| text_width(line, size) <= width) {
            return (broken, size);
        }
    }
    let mut broken = break_lines(content, width, MIN_LETTERING);
    broken.truncate(lines);
    if let Some(last) = broken.last_mut() {
        while !last.is_empty() && text_width(&format!("{last}…"), MIN_LETTERING) > width {
            last.pop();
        }
        last.push('…');
    }
    (broken, MIN_LETTERING)
}

/// The smallest lettering of ISO 3098-1, mm.
const MIN_LETTERING: f64 = 1.8;

fn break_lines(content: &str, width: f64, height: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in content.split_whitespace() {
        match lines.last_mut() {
            Some(line) if text_width(&format!("{line} {word}"), height) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => break_word(word, width, height, &mut lines),
        }
    }
    lines
}

/// Starts a new line with a word; a word longer than a line is cut anywhere.
fn break_word(word: &str, width: f64, height: f64, lines: &mut Vec<String>) {
    let mut line = String::new();
    for character in word.chars() {
        line.push(character);
        if text_width(&line, height) > width && line.chars().count() > 1 {
            line.pop();
            lines.push(std::mem::replace(&mut line, character.to_string()));
        }
    }
    lines.push(line);
}
