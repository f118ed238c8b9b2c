//! What is already drawn, so that words and leaders can keep clear of it.

use crate::geom::{Aabb2, Vec2};
use crate::page::{Mark, Path, Shape, Step};

/// Lines and boxes of one view on paper.
#[derive(Debug, Clone, Default)]
pub struct Obstacles {
    lines: Vec<[Vec2; 2]>,
    boxes: Vec<Aabb2>,
}

impl Obstacles {
    /// Adds what a mark covers.
    pub fn add(&mut self, mark: &Mark) {
        match &mark.shape {
            Shape::Text(_) => self.boxes.push(mark_box(mark)),
            Shape::Dimension(dimension) => dimension.drawn.iter().for_each(|part| self.add(part)),
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

    /// Adds a line.
    pub fn add_line(&mut self, from: Vec2, to: Vec2) {
        self.lines.push([from, to]);
    }

    /// Adds a box of words.
    pub fn add_box(&mut self, area: Aabb2) {
        self.boxes.push(area);
    }

    /// How many lines and boxes reach into a box.
    pub fn count_in(&self, area: Aabb2) -> usize {
        let lines = self.lines.iter().filter(|line| touches_box(**line, area)).count();
        lines + 3 * self.boxes.iter().filter(|other| other.touches(area)).count()
    }

    /// How many lines and boxes a line crosses.
    pub fn count_across(&self, from: Vec2, to: Vec2) -> usize {
        let lines = self.lines.iter().filter(|line| crosses(**line, [from, to])).count();
        lines + 16 * self.boxes.iter().filter(|area| touches_box([from, to], **area)).count()
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
                    for piece in 0..4_u32 {
                        let share = |index: u32| point(f64::from(index) / 4.0);
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
