//! What is already drawn, so that words and leaders can keep clear of it.

use crate::drawing::beside::run_beside;
use crate::geom::{Aabb2, Vec2};
use crate::page::{Mark, Path, Shape, Step};

/// Lines and boxes of one view on paper.
#[derive(Debug, Clone, Default)]
pub struct Obstacles {
    lines: Vec<[Vec2; 2]>,
    /// Lines by the upright strips of paper that they reach into.
    strips: Vec<Vec<u32>>,
    /// The first strip of each line.
    first: Vec<usize>,
    boxes: Vec<Aabb2>,
    /// Leaders of words: no other may cross them.
    leaders: Vec<[Vec2; 2]>,
    /// How many words found no free place.
    pub crowded: usize,
}

/// More lines than this in the way are not counted: the place is bad enough.
const ENOUGH: usize = 6;

/// Lines of one direction look like one where they are nearer than this, mm.
const BESIDE: f64 = 0.8;
/// Words on one level that are nearer than this read on, mm.
const READ_ON: f64 = 3.0;

/// Width of a strip, mm.
const STRIP: f64 = 8.0;
/// Strips to each side of the middle: an A0 sheet, with what lies beyond in the outermost.
const STRIPS: f64 = 80.0;

fn strip(x: f64) -> usize {
    ((x / STRIP).floor().clamp(-STRIPS, STRIPS) + STRIPS) as usize
}

impl Obstacles {
    /// Adds what a mark covers.
    pub fn add(&mut self, mark: &Mark) {
        match &mark.shape {
            Shape::Text(text) => {
                let along = Vec2::new(crate::geom::cos_deg(text.angle_deg), crate::geom::sin_deg(text.angle_deg));
                self.boxes.extend(boxes_along(text.start(), along, text.width(), text.height));
            }
            Shape::Dimension(dimension) => dimension.drawn.iter().for_each(|part| self.add(part)),
            Shape::Leader(leader) => leader.drawn.iter().for_each(|part| self.add(part)),
            Shape::Area { contours } => {
                for contour in contours {
                    for (index, point) in contour.iter().enumerate() {
                        self.add_line(*point, contour[(index + 1) % contour.len()]);
                    }
                }
            }
            _ => mark.strokes().iter().for_each(|path| self.add_path(path)),
        }
    }

    /// All lines.
    pub fn lines(&self) -> &[[Vec2; 2]] {
        &self.lines
    }

    /// Adds a line.
    pub fn add_line(&mut self, from: Vec2, to: Vec2) {
        for strip in strip(from.x.min(to.x))..=strip(from.x.max(to.x)) {
            if strip >= self.strips.len() {
                self.strips.resize(strip + 1, Vec::new());
            }
            self.strips[strip].push(self.lines.len() as u32);
        }
        self.first.push(strip(from.x.min(to.x)));
        self.lines.push([from, to]);
    }

    /// Adds a line of a leader.
    pub fn add_leader(&mut self, from: Vec2, to: Vec2) {
        self.add_line(from, to);
        self.leaders.push([from, to]);
    }

    /// Whether a line passes a point within a distance.
    pub fn is_near(&self, point: Vec2, distance: f64) -> bool {
        let area = Aabb2 { min: point - distance, max: point + distance };
        self.near(area).any(|line| touches_box(line, area))
    }

    /// Adds a box of words.
    pub fn add_box(&mut self, area: Aabb2) {
        self.boxes.push(area);
    }

    /// How many lines and boxes reach into a box.
    pub fn count_in(&self, area: Aabb2) -> usize {
        let lines = self.near(area).filter(|line| touches_box(*line, area)).take(ENOUGH).count();
        lines + 3 * self.boxes.iter().filter(|other| other.touches(area)).count()
    }

    /// How many lines and boxes a line crosses.
    pub fn count_across(&self, from: Vec2, to: Vec2) -> usize {
        let lines = self.near(Aabb2::of([from, to])).filter(|line| crosses(*line, [from, to])).take(ENOUGH).count();
        let leaders = self.leaders.iter().filter(|leader| crosses(**leader, [from, to])).count();
        lines + 8 * leaders + 16 * self.boxes.iter().filter(|area| touches_box([from, to], **area)).count()
    }

    /// How long a line runs so near beside another that the two look like one, mm.
    pub fn run_beside(&self, from: Vec2, to: Vec2) -> f64 {
        let near = self.near(Aabb2::of([from, to]));
        near.map(|line| run_beside([from, to], line, BESIDE)).fold(0.0, f64::max)
    }

    /// How many words stand on a level with a box, so near that one would read on.
    pub fn count_read_on(&self, area: Aabb2) -> usize {
        let reach = Vec2::X * READ_ON;
        let area = Aabb2 { min: area.min - reach, max: area.max + reach };
        self.boxes.iter().filter(|other| other.touches(area)).count()
    }

    /// Whether a line runs through words or crosses a leader.
    pub fn crosses_words(&self, from: Vec2, to: Vec2) -> bool {
        self.leaders.iter().any(|leader| crosses(*leader, [from, to]))
            || self.boxes.iter().any(|area| touches_box([from, to], *area))
    }

    /// The lines in the strips of a box, each once.
    fn near(&self, area: Aabb2) -> impl Iterator<Item = [Vec2; 2]> {
        let low = strip(area.min.x);
        (low..=strip(area.max.x)).flat_map(move |at| {
            // a line belongs to the first strip that it shares with the box
            let here = move |index: &&u32| self.first[**index as usize].max(low) == at;
            self.strips.get(at).into_iter().flatten().filter(here).map(|index| self.lines[*index as usize])
        })
    }

    fn add_path(&mut self, path: &Path) {
        let (mut start, mut at) = (Vec2::ZERO, Vec2::ZERO);
        for step in &path.steps {
            match step {
                Step::Move(to) => (start, at) = (*to, *to),
                Step::Line(to) => {
                    self.add_line(at, *to);
                    at = *to;
                }
                Step::Cubic(first, second, to) => {
                    let point = |t: f64| {
                        let u = 1.0 - t;
                        at * (u * u * u) + *first * (3.0 * u * u * t) + *second * (3.0 * u * t * t) + *to * (t * t * t)
                    };
                    // chords that stay within a fifth of a millimetre
                    let pieces = (at.distance(*to) * 1.5).sqrt().ceil().clamp(4.0, 24.0) as u32;
                    for piece in 0..pieces {
                        let share = |index: u32| point(f64::from(index) / f64::from(pieces));
                        self.add_line(share(piece), share(piece + 1));
                    }
                    at = *to;
                }
                Step::Close => {
                    self.add_line(at, start);
                    at = start;
                }
            }
        }
    }
}

/// A line of words as upright boxes: one where it is level or upright, else a row of them.
pub fn boxes_along(start: Vec2, along: Vec2, width: f64, height: f64) -> impl Iterator<Item = Aabb2> {
    let rise = along.perp() * height;
    let is_square = along.x.abs() < 1.0e-6 || along.y.abs() < 1.0e-6;
    let count = if is_square { 1 } else { (width / height.max(1.0e-6)).ceil().clamp(1.0, 200.0) as u32 };
    let step = along * (width / f64::from(count));
    (0..count).map(move |index| {
        let low = start + step * f64::from(index);
        Aabb2::of([low, low + step, low + rise, low + step + rise])
    })
}

/// The box of a mark on paper.
pub fn mark_box(mark: &Mark) -> Aabb2 {
    match &mark.shape {
        Shape::Text(text) => {
            let start = text.start();
            let along = Vec2::new(crate::geom::cos_deg(text.angle_deg), crate::geom::sin_deg(text.angle_deg));
            let (run, rise) = (along * text.width(), along.perp() * text.height);
            Aabb2::of([start, start + run, start + rise, start + run + rise])
        }
        Shape::Dimension(dimension) => dimension.drawn.iter().map(mark_box).fold(Aabb2::EMPTY, Aabb2::union),
        Shape::Leader(leader) => leader.drawn.iter().map(mark_box).fold(Aabb2::EMPTY, Aabb2::union),
        Shape::Area { contours } | Shape::Hatch { contours, .. } => Aabb2::of(contours.iter().flatten().copied()),
        Shape::Circle { center, radius } => Aabb2 { min: *center - *radius, max: *center + *radius },
        _ => Aabb2::of(mark.strokes().iter().flat_map(|path| &path.steps).filter_map(|step| match step {
            Step::Move(to) | Step::Line(to) | Step::Cubic(_, _, to) => Some(*to),
            Step::Close => None,
        })),
    }
}

fn touches_box([from, to]: [Vec2; 2], area: Aabb2) -> bool {
    let line = Aabb2::of([from, to]);
    if !line.touches(area) {
        return false;
    }
    let normal = (to - from).perp();
    let corners = [area.min, Vec2::new(area.max.x, area.min.y), area.max, Vec2::new(area.min.x, area.max.y)];
    let sides = corners.map(|corner| normal.dot(corner - from));
    !(sides.iter().all(|side| *side > 0.0) || sides.iter().all(|side| *side < 0.0))
}

fn crosses(one: [Vec2; 2], two: [Vec2; 2]) -> bool {
    let side = |line: [Vec2; 2], point: Vec2| (line[1] - line[0]).perp_dot(point - line[0]);
    if !Aabb2::of(one).touches(Aabb2::of(two)) {
        return false;
    }
    side(one, two[0]) * side(one, two[1]) < 0.0 && side(two, one[0]) * side(two, one[1]) < 0.0
}
