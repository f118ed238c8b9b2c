//! Lines so near to each other that paper shows one are drawn once: the visible before the hidden, the longer before the shorter.
//!
//! Whether one lies beside another is decided by how far its ends are from the other's line, on the stretch that both pass: a
//! direction would say nothing of short pieces.

use crate::drawing::cover::Cover;
use crate::drawing::merge::Lines;
use crate::drawing::raster::Raster;
use crate::geom::{Aabb2, Vec2};

/// Lines nearer to each other than so many of a picture's own tolerances are one: 5e-5 of the model's diagonal, which is less than
/// half of the narrowest line of ISO 128-2 on an A0 sheet.
const NEAR: f64 = 200.0;
/// Cosine of 8 degrees: lines that part by more cross, they do not run beside each other.
const ALONG_COS: f64 = 0.990_268;
/// Where two lines part, so many of their distance are left as they are: a corner keeps its end.
const LEAST_RUN: f64 = 20.0;
/// Lines of a cell on average, were all as short as cells are wide.
const LINES_EACH: f64 = 4.0;
/// Cells along a side at most.
const MOST_CELLS: f64 = 1000.0;

/// Takes from each line what runs beside a longer one, from hidden ones what runs beside a visible one, and lines that run beside
/// chords of curves all along: about O(n log n).
pub fn without_doubles(lines: &Lines, curves: &Lines, tolerance: f64) -> Lines {
    let near = tolerance * NEAR;
    let all = [curves, lines].into_iter().flat_map(|lines| lines.visible.iter().chain(&lines.hidden));
    let mut drawn = Drawn::new(all, near);
    drawn.add_chords(&curves.visible);
    let visible = drawn.draw(&lines.visible);
    drawn.add_chords(&curves.hidden);
    let hidden = drawn.draw(&lines.hidden);
    Lines { visible, hidden }
}

/// Chords of a curve stand for it within the distance below which lines are one.
pub fn chord_sagitta(tolerance: f64) -> f64 {
    tolerance * NEAR * 0.5
}

/// A line that is drawn, with its direction and length.
#[derive(Clone, Copy)]
struct Drawing {
    from: Vec2,
    along: Vec2,
    length: f64,
    /// Whether it is a chord of a curve: a line may touch that without running beside it.
    chord: bool,
}

impl Drawing {
    fn of([from, to]: [Vec2; 2]) -> Self {
        let length = from.distance(to);
        Self { from, along: (to - from) / length.max(f64::MIN_POSITIVE), length, chord: false }
    }

    fn at(&self, distance: f64) -> Vec2 {
        self.from + self.along * distance
    }

    /// The stretch of it that runs beside another line.
    fn beside(&self, other: &Self, near: f64) -> Option<(f64, f64)> {
        if self.along.dot(other.along).abs() < ALONG_COS {
            return None;
        }
        let ends = [other.from, other.at(other.length)].map(|end| (end - self.from).dot(self.along));
        let (enter, leave) = (ends[0].min(ends[1]).max(0.0), ends[0].max(ends[1]).min(self.length));
        // how far it is from the other's line at its beginning, and how that grows
        let (off, slope) = (other.along.perp_dot(self.from - other.from), other.along.perp_dot(self.along));
        let within = [-near, near].map(|limit| (limit - off) / slope);
        let (enter, leave) = (enter.max(within[0].min(within[1])), leave.min(within[0].max(within[1])));
        (enter < leave).then_some((enter, leave))
    }
}

/// How long a line runs beside another, nearer than a distance.
pub fn run_beside(line: [Vec2; 2], other: [Vec2; 2], near: f64) -> f64 {
    Drawing::of(line).beside(&Drawing::of(other), near).map_or(0.0, |(from, to)| to - from)
}

/// The lines drawn so far, by the cells that they pass.
struct Drawn {
    raster: Raster,
    near: f64,
    lines: Vec<Drawing>,
    cells: Vec<Vec<u32>>,
    /// For each line the last query that met it.
    met: Vec<u32>,
    /// How many queries there were.
    queries: u32,
}

impl Drawn {
    /// Room for some lines.
    fn new<'a>(lines: impl Iterator<Item = &'a [Vec2; 2]> + Clone, near: f64) -> Self {
        let area = Aabb2::of(lines.clone().flatten().copied());
        let (count, size) = (lines.count().max(1) as f64, area.size().max(Vec2::ZERO) + near * 4.0);
        let step = (size.x * size.y * LINES_EACH / count).sqrt().max(size.max_element() / MOST_CELLS).max(near * 8.0);
        let raster = Raster::new(area.min - near * 2.0, size, step);
        let cells = vec![Vec::new(); raster.cell_count()];
        Self { raster, near, lines: Vec::new(), cells, met: Vec::new(), queries: 0 }
    }

    /// Draws lines, the longest first, each where nothing is drawn beside it yet; what is drawn of them, in their order.
    fn draw(&mut self, lines: &[[Vec2; 2]]) -> Vec<[Vec2; 2]> {
        let lines: Vec<Drawing> = lines.iter().map(|line| Drawing::of(*line)).collect();
        let mut order: Vec<usize> = (0..lines.len()).collect();
        order.sort_by(|a, b| lines[*b].length.total_cmp(&lines[*a].length).then(a.cmp(b)));
        let mut kept: Vec<Vec<(f64, f64)>> = vec![Vec::new(); lines.len()];
        let (mut straight, mut all) = (Cover::default(), Cover::default());
        for index in order {
            let line = &lines[index];
            self.cover(line, &mut straight, &mut all);
            if all.holds(0.0, line.length, self.near) {
                continue;
            }
            kept[index] = straight.gaps(0.0, line.length, self.near);
            for (from, to) in &kept[index] {
                self.add(Drawing::of([line.at(*from), line.at(*to)]));
            }
        }
        let pieces = lines.iter().zip(kept);
        pieces.flat_map(|(line, kept)| kept.into_iter().map(|(from, to)| [line.at(from), line.at(to)])).collect()
    }

    /// The stretches of a line that run beside other lines, and beside lines or curves.
    fn cover(&mut self, line: &Drawing, straight: &mut Cover, all: &mut Cover) {
        straight.clear();
        all.clear();
        self.queries += 1;
        let Self { raster, near, lines, cells, met, queries } = self;
        raster.walk(line.from, line.at(line.length), |cell, _, _| {
            for other in &cells[cell] {
                if std::mem::replace(&mut met[*other as usize], *queries) == *queries {
                    continue;
                }
                let other = &lines[*other as usize];
                let Some((from, to)) = line.beside(other, *near) else { continue };
                all.add(from, to, *near);
                if !other.chord && to - from >= (*near * LEAST_RUN).min(line.length - *near) {
                    straight.add(from, to, *near);
                }
            }
        });
    }

    fn add_chords(&mut self, chords: &[[Vec2; 2]]) {
        chords.iter().for_each(|chord| self.add(Drawing { chord: true, ..Drawing::of(*chord) }));
    }

    fn add(&mut self, line: Drawing) {
        let number = self.lines.len() as u32;
        // whatever lies beside it passes the cells of one of its flanks
        let (reach, across) = (line.along * self.near, line.along.perp() * self.near);
        let (from, to) = (line.from - reach, line.at(line.length) + reach);
        for side in [across, -across] {
            self.raster.walk(from + side, to + side, |cell, _, _| {
                let cell = &mut self.cells[cell];
                if cell.last() != Some(&number) {
                    cell.push(number);
                }
            });
        }
        self.lines.push(line);
        self.met.push(0);
    }
}
