//! What in one view points to another (ISO 128-3): cutting planes, arrows of sight, circles around details.

use crate::drawing::figure::Figure;
use crate::drawing::obstacle::{Obstacles, mark_box};
use crate::drawing::style::{Style, arrowhead, line, text};
use crate::geom::{Aabb2, Vec2, cos_deg, sin_deg};
use crate::page::{Anchor, Ink, Layer, LineType, Mark, Shape, text_width};

/// A cutting plane as another view shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct CuttingLine {
    /// Its letter.
    pub label: String,
    /// Direction of the line.
    pub along: Vec2,
    /// Where one looks from it.
    pub looking: Vec2,
    /// Where it changes its plane, in order along it.
    pub corners: Vec<Vec2>,
    /// A point of it.
    pub at: Vec2,
    /// Where only a half is cut: 1 where that lies along the line from the point, -1 where it lies against it.
    pub half: Option<f64>,
}

/// An arrow with a letter: from there another view looks.
#[derive(Debug, Clone, PartialEq)]
pub struct SightArrow {
    /// Its letter.
    pub label: String,
    /// Where one looks.
    pub looking: Vec2,
}

/// A circle around what is drawn larger elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct DetailRing {
    /// Its letter.
    pub label: String,
    /// Its middle.
    pub center: Vec2,
    /// Its radius.
    pub radius: f64,
}

/// Length of the thick ends of a cutting plane, mm.
const CUTTING_END: f64 = 6.0;
/// Length of the thick strokes where a cutting plane changes its place, mm.
const CUTTING_BEND: f64 = 3.0;
/// Length of the arrows that show where one looks, mm.
const SIGHT: f64 = 9.0;
/// Letters are larger than figures by this factor.
const LETTER: f64 = 1.4;

/// Draws the indications of a figure, `bounds` being what its lines cover on paper, clear of what is drawn already.
pub fn indicate(
    figure: &Figure,
    scale: f64,
    style: &Style,
    onto: &impl Fn(Vec2) -> Vec2,
    bounds: Aabb2,
    marks: &mut Vec<Mark>,
) {
    if figure.cutting_lines.is_empty() && figure.sight_arrows.is_empty() && figure.detail_rings.is_empty() {
        return;
    }
    let mut desk = Desk { style, bounds, obstacles: Obstacles::default(), drawn: Vec::new() };
    let beside_view = |mark: &&Mark| matches!(mark.ink.layer, Layer::Dimension | Layer::Text);
    marks.iter().filter(beside_view).for_each(|mark| desk.obstacles.add(mark));
    for cutting in &figure.cutting_lines {
        let corners = cutting.corners.iter().map(|corner| onto(*corner)).collect();
        desk.cutting(&CuttingLine { corners, at: onto(cutting.at), ..cutting.clone() });
    }
    for arrow in &figure.sight_arrows {
        desk.sight(arrow);
    }
    for ring in &figure.detail_rings {
        desk.ring(onto(ring.center), ring.radius * scale, &ring.label);
    }
    marks.extend(desk.drawn);
}

struct Desk<'a> {
    style: &'a Style,
    bounds: Aabb2,
    obstacles: Obstacles,
    drawn: Vec<Mark>,
}

impl Desk<'_> {
    /// A chain line past the view, thick at its ends and bends, with arrows the way one looks and letters.
    fn cutting(&mut self, cutting: &CuttingLine) {
        let along = cutting.along;
        let (first, last) = (cutting.corners.first().unwrap_or(&cutting.at), cutting.corners.last());
        let last = last.unwrap_or(&cutting.at);
        let low = *first - along * self.end(*first, -along, cutting.looking);
        let high = *last + along * self.end(*last, along, cutting.looking);
        let mut path = vec![low];
        path.extend(&cutting.corners);
        path.push(high);
        let mut arrows = vec![low, high];
        if let Some(sign) = cutting.half {
            // in to the axis, then out towards the viewer
            let outer = if sign > 0.0 { high } else { low };
            let out = -cutting.looking;
            path = vec![outer, cutting.at, cutting.at + out * self.reach(cutting.at, out).max(0.0) + out * CUTTING_END];
            arrows = vec![outer];
        }
        self.draw_path(&path);
        for at in arrows {
            self.arrow(at, at + cutting.looking * SIGHT, cutting.looking);
            let height = self.style.text * LETTER;
            let middle = at + cutting.looking * (SIGHT + height * 0.5 + 1.0);
            self.letter(middle, &cutting.label);
        }
    }

    fn draw_path(&mut self, path: &[Vec2]) {
        let thin = self.style.ink(Layer::Section);
        let thick = Ink { width: self.style.wide, line: LineType::Continuous, ..thin };
        let shape = Shape::Polyline { points: path.to_vec(), closed: false };
        self.drawn.push(Mark { ink: thin, view: None, shape });
        let count = path.len();
        for (index, pair) in path.windows(2).enumerate() {
            let length = pair[0].distance(pair[1]);
            let toward = (pair[1] - pair[0]).normalize_or_zero();
            let piece = |is_end: bool| if is_end { CUTTING_END } else { CUTTING_BEND }.min(length * 0.5);
            self.drawn.push(line(thick, pair[0], pair[0] + toward * piece(index == 0)));
            self.drawn.push(line(thick, pair[1], pair[1] - toward * piece(index + 2 == count)));
        }
    }

    /// How far a point is from the edge of the view in a direction.
    fn reach(&self, point: Vec2, along: Vec2) -> f64 {
        let Aabb2 { min, max } = self.bounds;
        let corners = [min, Vec2::new(max.x, min.y), max, Vec2::new(min.x, max.y)];
        corners.into_iter().map(|corner| (corner - point).dot(along)).fold(f64::NEG_INFINITY, f64::max)
    }

    /// Where a cutting plane ends: past the view, and farther where something is in the way of arrow and letter.
    fn end(&self, point: Vec2, along: Vec2, looking: Vec2) -> f64 {
        let edge = self.reach(point, along);
        let room = |at: &f64| {
            let tip = point + along * *at;
            let far = tip + looking * (SIGHT + self.style.text * LETTER + 2.0);
            let side = along * 2.4;
            self.obstacles.count_in(Aabb2::of([tip - side, tip + side, far - side, far + side])) == 0
        };
        let places = (0..20).map(|step| edge + CUTTING_END + 1.0 + 3.0 * f64::from(step));
        places.clone().find(room).or_else(|| places.clone().next_back()).unwrap_or(edge)
    }

    /// An arrow towards the view from outside it, with its letter behind.
    fn sight(&mut self, arrow: &SightArrow) {
        let out = -arrow.looking;
        let center = self.bounds.center();
        let edge = self.reach(center, out);
        let height = self.style.text * LETTER;
        let places = (0..20).map(|step| edge + 4.0 + 4.0 * f64::from(step));
        let side = out.perp() * 2.4;
        let room = |at: &f64| {
            let (tip, far) = (center + out * *at, center + out * (*at + SIGHT + height + 2.0));
            self.obstacles.count_in(Aabb2::of([tip - side, tip + side, far - side, far + side])) == 0
        };
        let at = places.clone().find(room).unwrap_or(edge + 4.0);
        self.arrow(center + out * (at + SIGHT), center + out * at, arrow.looking);
        self.letter(center + out * (at + SIGHT + height * 0.5 + 2.0), &arrow.label);
    }

    fn arrow(&mut self, from: Vec2, tip: Vec2, looking: Vec2) {
        let ink = Ink { line: LineType::Continuous, ..self.style.ink(Layer::Section) };
        self.drawn.push(line(ink, from, tip));
        self.drawn.push(arrowhead(ink, tip, looking, self.style.arrow * LETTER));
        self.obstacles.add_line(from, tip);
    }

    fn letter(&mut self, middle: Vec2, label: &str) {
        let height = self.style.text * LETTER;
        let at = middle - Vec2::Y * (height * 0.5);
        let mark = text(self.style.ink(Layer::Text), at, height, Anchor::Middle, label);
        self.obstacles.add_box(mark_box(&mark));
        self.drawn.push(mark);
    }

    /// A thin circle with its letter where there is room.
    fn ring(&mut self, center: Vec2, radius: f64, label: &str) {
        let ink = Ink { line: LineType::Continuous, ..self.style.ink(Layer::Section) };
        self.drawn.push(Mark { ink, view: None, shape: Shape::Circle { center, radius } });
        let height = self.style.text * LETTER;
        let half = Vec2::new(text_width(label, height) * 0.5 + 0.5, height * 0.5 + 0.5);
        let places = (0..4).flat_map(|ring| {
            let away = radius + 1.0 + half.length() + f64::from(ring) * 3.0;
            (0..12).map(move |step| {
                Vec2::new(cos_deg(45.0 + 30.0 * f64::from(step)), sin_deg(45.0 + 30.0 * f64::from(step))) * away
            })
        });
        let crowd = |at: &Vec2| self.obstacles.count_in(Aabb2 { min: center + *at - half, max: center + *at + half });
        let best = places.min_by_key(crowd).unwrap_or(Vec2::Y * radius);
        self.letter(center + best, label);
    }
}
