//! What covers what on a sheet: words over lines, words over words, dimension lines through words.

use maquette::geom::{Aabb2, Vec2, cos_deg, sin_deg};
use maquette::page::{Layer, Mark, Page, Shape, Step, Text};

/// Words that touch by less than this are next to each other, mm.
const SLACK: f64 = 0.15;

/// What is covered on a page, in words: text over text, and text over lines of views and dimensions.
pub fn overlaps(page: &Page) -> Vec<String> {
    let units: Vec<Unit> = page.marks.iter().filter(|mark| !is_frame(mark)).map(Unit::of).collect();
    let mut found = Vec::new();
    for (index, unit) in units.iter().enumerate() {
        for words in &unit.words {
            for (other_index, other) in units.iter().enumerate() {
                if other_index == index || !other.area.touches(words.area) {
                    continue;
                }
                if other_index > index {
                    let covered = other.words.iter().filter(|other| words.meets(other));
                    found.extend(covered.map(|other| format!("{:?} covers {:?}", words.content, other.content)));
                }
                if other.lines.iter().any(|line| words.is_crossed(*line)) {
                    found.push(format!("{:?} is crossed on {:?}", words.content, other.layer));
                }
            }
        }
    }
    found
}

/// Words that lie outside the sheet's frame.
pub fn is_inside(page: &Page) -> bool {
    let sheet = Aabb2 { min: Vec2::ZERO, max: Vec2::new(page.width, page.height) };
    page.marks
        .iter()
        .map(Unit::of)
        .flat_map(|unit| unit.words)
        .all(|words| words.area.min.cmpge(sheet.min).all() && words.area.max.cmple(sheet.max).all())
}

fn is_frame(mark: &Mark) -> bool {
    matches!(mark.ink.layer, Layer::Frame | Layer::Title)
}

/// A mark with the words and lines that belong together.
struct Unit {
    layer: Layer,
    words: Vec<Words>,
    lines: Vec<[Vec2; 2]>,
    area: Aabb2,
}

impl Unit {
    fn of(mark: &Mark) -> Self {
        let parts: &[Mark] = match &mark.shape {
            Shape::Dimension(dimension) => &dimension.drawn,
            Shape::Leader(leader) => &leader.drawn,
            _ => std::slice::from_ref(mark),
        };
        let words: Vec<Words> = parts
            .iter()
            .filter_map(|part| if let Shape::Text(text) = &part.shape { Some(Words::of(text)) } else { None })
            .collect();
        // hatching may lie under nothing, but its lines are many: its outline stands for it
        let lines: Vec<[Vec2; 2]> =
            parts.iter().filter(|part| !matches!(part.shape, Shape::Hatch { .. })).flat_map(lines_of).collect();
        let corners = words.iter().flat_map(|words| [words.area.min, words.area.max]);
        let area = Aabb2::of(lines.iter().flatten().copied().chain(corners));
        Self { layer: mark.ink.layer, words, lines, area }
    }
}

fn lines_of(mark: &Mark) -> Vec<[Vec2; 2]> {
    let mut lines = Vec::new();
    let (mut start, mut at) = (Vec2::ZERO, Vec2::ZERO);
    for step in mark.strokes().iter().flat_map(|path| &path.steps) {
        match step {
            Step::Move(to) => (start, at) = (*to, *to),
            Step::Line(to) => {
                lines.push([at, *to]);
                at = *to;
            }
            Step::Cubic(a, b, to) => {
                let point = |t: f64| {
                    let u = 1.0 - t;
                    at * (u * u * u) + *a * (3.0 * u * u * t) + *b * (3.0 * u * t * t) + *to * (t * t * t)
                };
                lines.extend((0..8).map(|piece| [point(f64::from(piece) / 8.0), point(f64::from(piece + 1) / 8.0)]));
                at = *to;
            }
            Step::Close => {
                lines.push([at, start]);
                at = start;
            }
        }
    }
    lines
}

/// A line of lettering as a turned box.
struct Words {
    content: String,
    start: Vec2,
    along: Vec2,
    size: Vec2,
    area: Aabb2,
}

impl Words {
    fn of(text: &Text) -> Self {
        let along = Vec2::new(cos_deg(text.angle_deg), sin_deg(text.angle_deg));
        let size = Vec2::new(text.width(), text.height) - SLACK * 2.0;
        let start = text.start() + (along + along.perp()) * SLACK;
        let (run, rise) = (along * size.x, along.perp() * size.y);
        let area = Aabb2::of([start, start + run, start + rise, start + run + rise]);
        Self { content: text.content.clone(), start, along, size, area }
    }

    fn inside(&self, point: Vec2) -> Vec2 {
        Vec2::new((point - self.start).dot(self.along), (point - self.start).dot(self.along.perp()))
    }

    /// Whether a line runs through the box.
    fn is_crossed(&self, line: [Vec2; 2]) -> bool {
        let [from, to] = line.map(|point| self.inside(point));
        // clip the line to the box
        let (mut low, mut high) = (0.0_f64, 1.0_f64);
        let step = to - from;
        for (start, change, size) in [(from.x, step.x, self.size.x), (from.y, step.y, self.size.y)] {
            if change.abs() < 1.0e-12 {
                if start < 0.0 || start > size {
                    return false;
                }
                continue;
            }
            let (one, two) = (-start / change, (size - start) / change);
            low = low.max(one.min(two));
            high = high.min(one.max(two));
        }
        low < high
    }

    fn meets(&self, other: &Self) -> bool {
        let corners = [Vec2::ZERO, Vec2::X, Vec2::Y, Vec2::ONE].map(|share| {
            let reach = share * other.size;
            other.start + other.along * reach.x + other.along.perp() * reach.y
        });
        let edges = [(0, 1), (1, 3), (3, 2), (2, 0)].map(|(one, two)| [corners[one], corners[two]]);
        edges.into_iter().any(|edge| self.is_crossed(edge))
            || other.inside(self.start).cmpge(Vec2::ZERO).all() && other.inside(self.start).cmple(other.size).all()
    }
}
