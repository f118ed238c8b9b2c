//! Holes by a table: a label at each, its coordinates from a corner of the view and its size in a row.

use std::collections::BTreeMap;

use crate::drawing::dimension::holes::{best_view, hole_text};
use crate::drawing::dimension::length_text;
use crate::drawing::feature::Hole;
use crate::drawing::figure::{Figure, Label};
use crate::drawing::obstacle::Obstacles;
use crate::drawing::style::{Style, arrowhead, line, text};
use crate::drawing::table::{ROW, Table};
use crate::geom::{Aabb2, Vec2, cos_deg, sin_deg};
use crate::page::{Anchor, Layer, Mark, Shape, text_width};

/// Labels the holes of each view: a letter for each size, the largest first, and a number for each hole of it, from the upper left.
pub fn hole_labels(holes: &[Hole], figures: &mut [Figure]) {
    let mut views: BTreeMap<usize, Vec<&Hole>> = BTreeMap::new();
    for hole in holes {
        if let Some(figure) = best_view(hole, figures) {
            views.entry(figure).or_default().push(hole);
        }
    }
    let mut letter = 0;
    for (index, holes) in views {
        let figure = &mut figures[index];
        let datum = figure.bounds.min;
        let mut sizes: BTreeMap<String, Vec<&Hole>> = BTreeMap::new();
        for hole in holes {
            sizes.entry(hole_text(hole)).or_default().push(hole);
        }
        let mut sizes: Vec<(String, Vec<&Hole>)> = sizes.into_iter().collect();
        sizes.sort_by(|a, b| b.1[0].drill.radius.total_cmp(&a.1[0].drill.radius).then_with(|| a.0.cmp(&b.0)));
        for (size, holes) in sizes {
            let mut centers: Vec<Vec2> = holes.iter().map(|hole| figure.picture.flat(hole.drill.foot)).collect();
            let row = |center: &Vec2| (-(center.y - datum.y) * 100.0).round() as i64;
            centers.sort_by(|a, b| row(a).cmp(&row(b)).then(a.x.total_cmp(&b.x)));
            let mouth = holes[0].counterbores.iter().map(|bore| bore.radius).fold(holes[0].drill.radius, f64::max);
            for (number, center) in centers.iter().enumerate() {
                let name =
                    if centers.len() == 1 { letters(letter) } else { format!("{}{}", letters(letter), number + 1) };
                let from_datum = *center - datum;
                let at = [from_datum.x, from_datum.y].map(length_text);
                figure.hole_rows.push([name.clone(), at[0].clone(), at[1].clone(), size.clone()]);
                figure.labels.push(Label { at: *center, radius: mouth, text: name });
            }
            letter += 1;
        }
    }
}

/// A, B … Z, AA, AB ….
fn letters(index: usize) -> String {
    let last = char::from(b'A' + (index % 26) as u8);
    if index < 26 { last.to_string() } else { letters(index / 26 - 1) + &last.to_string() }
}

/// Rows of a table side by side with the next.
const ROWS: usize = 30;
/// More rows than this are left out: a sheet holds no more.
const ROWS_MAX: usize = 600;

/// A figure for each view whose holes stand in a table.
pub fn hole_tables(figures: &[Figure]) -> Vec<Figure> {
    let several = figures.iter().filter(|figure| !figure.hole_rows.is_empty()).count() > 1;
    let with_holes = figures.iter().filter(|figure| !figure.hole_rows.is_empty());
    with_holes
        .map(|figure| {
            let name = format!("holes-{}", figure.name);
            let bounds = Aabb2 { min: Vec2::ZERO, max: Vec2::ZERO };
            let mut table = Figure::blank(&name, None, figure.picture, Vec::new(), bounds);
            table.caption = if several { format!("Holes, {}", figure.name) } else { "Holes".to_owned() };
            let rows = &figure.hole_rows[..figure.hole_rows.len().min(ROWS_MAX)];
            let width = rows.iter().map(|row| text_width(&row[3], 2.5) + 3.0).fold(24.0, f64::max).min(90.0);
            // blocks of one height, as few as there must be
            let blocks = rows.len().div_ceil(ROWS);
            let high = rows.len().div_ceil(blocks.max(1)).max(1);
            table.tables = rows
                .chunks(high)
                .map(|rows| Table {
                    columns: vec![("Hole", 12.0), ("X", 16.0), ("Y", 16.0), ("Size", width)],
                    rows: rows.iter().map(|row| row.to_vec()).collect(),
                })
                .collect();
            table
        })
        .collect()
}

/// Between tables side by side, mm.
const BETWEEN: f64 = 3.0;

/// The tables of a figure side by side, their middle at the origin.
pub fn table_marks(figure: &Figure, style: &Style) -> Vec<Mark> {
    let width: f64 = figure.tables.iter().map(|table| table.width() + BETWEEN).sum::<f64>() - BETWEEN;
    let height = figure.tables.iter().map(Table::height).fold(ROW, f64::max);
    let mut corner = Vec2::new(width * -0.5, height * 0.5);
    let mut marks = Vec::new();
    for table in &figure.tables {
        marks.extend(table.marks(corner, false, style));
        corner.x += table.width() + BETWEEN;
    }
    marks
}

/// The label of a hole where it covers least, and the corner that coordinates are counted from.
pub fn label_marks(
    figure: &Figure,
    scale: f64,
    onto: &impl Fn(Vec2) -> Vec2,
    style: &Style,
    obstacles: &mut Obstacles,
) -> Vec<Mark> {
    if figure.labels.is_empty() {
        return Vec::new();
    }
    let mut marks = datum_marks(onto(figure.bounds.min), style, obstacles);
    for label in &figure.labels {
        let (width, height) = (text_width(&label.text, style.text), style.text);
        let reach = label.radius * scale + AWAY;
        let place = |turn: f64| {
            let toward = Vec2::new(cos_deg(turn), sin_deg(turn));
            // the box's nearest corner or side lies at the rim
            let half = Vec2::new(width, height) * 0.5;
            let off = half
                * Vec2::new(
                    toward.x.signum() * f64::from(toward.x.abs() > 0.1),
                    toward.y.signum() * f64::from(toward.y.abs() > 0.1),
                );
            let middle = onto(label.at) + toward * reach + off;
            Aabb2 { min: middle - half, max: middle + half }
        };
        let turns = [45.0, 135.0, 315.0, 225.0, 0.0, 180.0, 90.0, 270.0];
        let boxes = turns.map(place);
        let Some(best) = boxes.iter().min_by_key(|area| obstacles.count_in(**area)) else { continue };
        obstacles.add_box(*best);
        marks.push(text(style.ink(Layer::Text), best.min, height, Anchor::Start, &label.text));
    }
    marks
}

/// From the rim of a hole to its label, mm.
const AWAY: f64 = 0.7;
/// Length of the datum's arrows, mm.
const AXIS: f64 = 9.0;

/// X and Y from a corner, drawn just outside of it.
fn datum_marks(corner: Vec2, style: &Style, obstacles: &mut Obstacles) -> Vec<Mark> {
    let ink = style.ink(Layer::Dimension);
    let mut marks = vec![Mark { ink, view: None, shape: Shape::Circle { center: corner, radius: 1.0 } }];
    for (along, name) in [(Vec2::X, "X"), (Vec2::Y, "Y")] {
        let start = corner - Vec2::splat(3.0);
        let tip = start + along * AXIS;
        marks.push(line(ink, start, tip));
        marks.push(arrowhead(ink, tip, along, style.arrow));
        let beside = if along.x > 0.5 { Vec2::new(1.0, style.text * -0.5) } else { Vec2::new(style.text * -0.35, 1.0) };
        marks.push(text(ink, tip + beside, style.text, Anchor::Start, name));
    }
    marks.iter().for_each(|mark| obstacles.add(mark));
    marks
}
