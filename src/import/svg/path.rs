//! Path data: commands to contours, curves divided as OpenSCAD divides them.

use crate::budget::{Budget, Exceeded};
use crate::geom::{Vec2, atan2_deg, cos_deg, sin_deg};
use crate::import::Division;
use crate::import::svg::shape::Style;
use crate::region::Contour;

/// A subpath of path data.
pub(super) struct Run {
    /// Its points.
    pub points: Contour,
    /// Whether a `z` ends it.
    pub closed: bool,
}

/// The contours of path data; open ones become their stroke's outline.
///
/// # Errors
/// The job was stopped.
pub(super) fn contours(
    data: &str,
    style: &Style,
    division: &Division<'_>,
    budget: &Budget,
) -> Result<Vec<Contour>, Exceeded> {
    let runs = runs(data, division);
    // where a subpath of a path is closed, its last one is too, as OpenSCAD has it
    let (last, closed_any) = (runs.len().saturating_sub(1), runs.iter().any(|run| run.closed));
    let mut contours = Vec::with_capacity(runs.len());
    for (index, run) in runs.into_iter().enumerate() {
        match (run.points.first(), run.points.last()) {
            (Some(first), Some(end))
                if !(run.closed || closed_any && index == last) && first.distance(*end) > CLOSED_MAX =>
            {
                contours.extend(style.stroke(&run.points, budget)?);
            }
            _ => contours.push(run.points),
        }
    }
    Ok(contours)
}

/// The subpaths of path data.
pub(super) fn runs(data: &str, division: &Division<'_>) -> Vec<Run> {
    let mut pen =
        Pen { division, runs: Vec::new(), contour: Vec::new(), at: Vec2::ZERO, start: Vec2::ZERO, last: Last::Other };
    let mut scanner = Scanner { rest: data };
    let mut command = None;
    while let Some(next) = scanner.command().or(command) {
        if matches!(next, 'z' | 'Z') {
            pen.close();
            command = None;
            continue;
        }
        let Some(numbers) = scanner.arguments(next) else { break };
        pen.run(next, &numbers);
        command = Some(match next {
            'm' => 'l',
            'M' => 'L',
            other => other,
        });
    }
    pen.end_subpath();
    pen.runs
}

/// Ends of a subpath this near each other close it.
const CLOSED_MAX: f64 = 0.1;
/// A curve of a drawing is never coarser than this.
const CURVE_PIECES_MIN: u32 = 20;

#[derive(Clone, Copy, PartialEq)]
enum Last {
    Cubic(Vec2),
    Quadratic(Vec2),
    Other,
}

struct Pen<'a> {
    division: &'a Division<'a>,
    runs: Vec<Run>,
    contour: Contour,
    at: Vec2,
    start: Vec2,
    last: Last,
}

impl Pen<'_> {
    fn run(&mut self, command: char, numbers: &[f64]) {
        let origin = if command.is_ascii_lowercase() { self.at } else { Vec2::ZERO };
        let point = |index: usize| origin + Vec2::new(numbers[index], numbers[index + 1]);
        let last = self.last;
        self.last = Last::Other;
        match command.to_ascii_lowercase() {
            'm' => {
                self.end_subpath();
                self.start = point(0);
                self.line_to(point(0));
            }
            'l' => self.line_to(point(0)),
            'h' => self.line_to(Vec2::new(origin.x + numbers[0], self.at.y)),
            'v' => self.line_to(Vec2::new(self.at.x, origin.y + numbers[0])),
            'c' => self.cubic(point(0), point(2), point(4)),
            's' => {
                let control = if let Last::Cubic(control) = last { self.at * 2.0 - control } else { self.at };
                self.cubic(control, point(0), point(2));
            }
            'q' => self.quadratic(point(0), point(2)),
            't' => {
                let control = if let Last::Quadratic(control) = last { self.at * 2.0 - control } else { self.at };
                self.quadratic(control, point(0));
            }
            'a' => self.arc(numbers, point(5)),
            _ => {}
        }
    }

    fn line_to(&mut self, to: Vec2) {
        if self.contour.is_empty() && to != self.at && to != self.start {
            // after a closed subpath the next goes on where that began
            self.contour.push(self.at);
        }
        self.contour.push(to);
        self.at = to;
    }

    fn pieces(&self) -> impl Iterator<Item = f64> + use<> {
        let pieces = self.division.curve.max(CURVE_PIECES_MIN);
        (1..=pieces).map(move |piece| f64::from(piece) / f64::from(pieces))
    }

    fn cubic(&mut self, a: Vec2, b: Vec2, to: Vec2) {
        let from = self.at;
        for t in self.pieces() {
            let s = 1.0 - t;
            self.contour.push(from * (s * s * s) + a * (3.0 * s * s * t) + b * (3.0 * s * t * t) + to * (t * t * t));
        }
        self.at = to;
        self.last = Last::Cubic(b);
    }

    fn quadratic(&mut self, control: Vec2, to: Vec2) {
        let from = self.at;
        for t in self.pieces() {
            let s = 1.0 - t;
            self.contour.push(from * (s * s) + control * (2.0 * s * t) + to * (t * t));
        }
        self.at = to;
        self.last = Last::Quadratic(control);
    }

    /// SVG 1.1, appendix F.6: end points to centre.
    fn arc(&mut self, numbers: &[f64], to: Vec2) {
        let (mut radii, tilt) = (Vec2::new(numbers[0].abs(), numbers[1].abs()), numbers[2]);
        let (large, sweep) = (numbers[3] > 0.5, numbers[4] > 0.5);
        let from = self.at;
        if radii.min_element() == 0.0 || from == to {
            return self.line_to(to);
        }
        let axis = Vec2::new(cos_deg(tilt), sin_deg(tilt));
        let half = Vec2::new(axis.x, -axis.y).rotate((from - to) / 2.0);
        let reach = (half / radii).length_squared();
        if reach > 1.0 {
            radii *= reach.sqrt();
        }
        let (rr, hh) = (radii * radii, half * half);
        let spread = rr.x * hh.y + rr.y * hh.x;
        let size = ((rr.x * rr.y - spread).max(0.0) / spread).sqrt() * if large == sweep { -1.0 } else { 1.0 };
        let middle = Vec2::new(size * radii.x * half.y / radii.y, -size * radii.y * half.x / radii.x);
        let center = axis.rotate(middle) + (from + to) / 2.0;
        let (first, second) = ((half - middle) / radii, (-half - middle) / radii);
        let begin = turn(Vec2::X, first);
        let angle = turn(first, second) - if sweep { 0.0 } else { 360.0 };
        let steps = (self.division.arc)(radii.max_element(), angle).unwrap_or(3);
        let steps = steps.max((angle.abs() * 10.0 / 180.0 + 4.0) as u32);
        for step in 0..=steps {
            let at = begin + angle * f64::from(step) / f64::from(steps);
            self.contour.push(axis.rotate(radii * Vec2::new(cos_deg(at), sin_deg(at))) + center);
        }
        self.at = to;
    }

    fn close(&mut self) {
        if let Some(first) = self.contour.first().copied() {
            self.at = first;
            self.start = first;
            self.runs.push(Run { points: std::mem::take(&mut self.contour), closed: true });
        }
        self.last = Last::Other;
    }

    /// Ends a subpath that was not closed.
    fn end_subpath(&mut self) {
        let points = std::mem::take(&mut self.contour);
        if !points.is_empty() {
            self.runs.push(Run { points, closed: false });
        }
    }
}

/// From one direction to another, degrees, counter-clockwise, 0 to 360.
fn turn(from: Vec2, to: Vec2) -> f64 {
    let angle = atan2_deg(to.y, to.x) - atan2_deg(from.y, from.x);
    if angle < 0.0 { angle + 360.0 } else { angle }
}

struct Scanner<'a> {
    rest: &'a str,
}

impl Scanner<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start_matches(|letter: char| letter == ',' || letter.is_ascii_whitespace());
    }

    fn command(&mut self) -> Option<char> {
        self.skip();
        let letter = self.rest.chars().next().filter(char::is_ascii_alphabetic)?;
        self.rest = &self.rest[1..];
        Some(letter)
    }

    /// The numbers that a command takes once; `None` at the end, or where the data is no number.
    fn arguments(&mut self, command: char) -> Option<Vec<f64>> {
        let lower = command.to_ascii_lowercase();
        let count = match lower {
            'm' | 'l' | 't' => 2,
            'h' | 'v' => 1,
            'c' => 6,
            's' | 'q' => 4,
            'a' => 7,
            _ => return None,
        };
        (0..count)
            .map(|index| if lower == 'a' && (index == 3 || index == 4) { self.flag() } else { self.number() })
            .collect()
    }

    /// A flag may stand without a space before the next number.
    fn flag(&mut self) -> Option<f64> {
        self.skip();
        let value = match self.rest.as_bytes().first()? {
            b'0' => 0.0,
            b'1' => 1.0,
            _ => return self.number(),
        };
        self.rest = &self.rest[1..];
        Some(value)
    }

    fn number(&mut self) -> Option<f64> {
        self.skip();
        let bytes = self.rest.as_bytes();
        let (mut end, mut dot, mut exponent) = (0, false, false);
        while let Some(byte) = bytes.get(end) {
            let signed = end == 0 || matches!(bytes[end - 1], b'e' | b'E');
            match byte {
                b'0'..=b'9' => {}
                b'+' | b'-' if signed => {}
                b'.' if !dot && !exponent => dot = true,
                b'e' | b'E' if !exponent && end > 0 => exponent = true,
                _ => break,
            }
            end += 1;
        }
        let value = self.rest[..end].parse().ok()?;
        self.rest = &self.rest[end..];
        Some(value)
    }
}
