//! Several parts on one sheet: item references in balloons (ISO 6433) and the parts list (ISO 7573).

use rayon::prelude::*;

use crate::budget::Budget;
use crate::drawing::congruent::{Fingerprint, are_congruent};
use crate::drawing::edge::Model;
use crate::drawing::figure::{Balloon, Figure};
use crate::drawing::hidden::Seen;
use crate::drawing::sheet::Sheet;
use crate::drawing::style::{Style, fit_text, rectangle, text};
use crate::drawing::title::title_frame;
use crate::drawing::{DrawError, Part};
use crate::geom::Vec2;
use crate::page::{Anchor, Ink, Layer, LineType, Mark};

/// Equal parts: one row of the parts list.
#[derive(Debug, Clone, PartialEq)]
pub struct Kind {
    /// Item reference, from 1.
    pub item: usize,
    /// Name.
    pub name: String,
    /// What it is made of, or its colour.
    pub material: String,
    /// Index of the first part of this kind.
    pub first: usize,
    /// Indices of all parts of this kind.
    pub all: Vec<usize>,
    /// How many there are.
    pub quantity: usize,
}

impl Kind {
    /// The number of its drawing: the assembly's with the item.
    pub fn number(&self, assembly: &str) -> String {
        if assembly.is_empty() { String::new() } else { format!("{assembly}-{:02}", self.item) }
    }
}

/// Groups parts of one name and material that are one shape in several places.
///
/// # Errors
/// [`DrawError::Exceeded`] when the budget ends.
pub fn kinds(parts: &[Part<'_>], budget: &Budget) -> Result<Vec<Kind>, DrawError> {
    let prints: Vec<Fingerprint> = parts.par_iter().map(|part| Fingerprint::of(part.mesh)).collect();
    let mut kinds: Vec<Kind> = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        budget.check()?;
        let is_like = |kind: &&mut Kind| {
            kind.name == part.name
                && kind.material == part.material
                && are_congruent((part.mesh, &prints[index]), (parts[kind.first].mesh, &prints[kind.first]))
        };
        match kinds.iter_mut().find(is_like) {
            Some(kind) => {
                kind.quantity += 1;
                kind.all.push(index);
            }
            None => kinds.push(Kind {
                item: kinds.len() + 1,
                name: part.name.to_owned(),
                material: part.material.to_owned(),
                first: index,
                all: vec![index],
                quantity: 1,
            }),
        }
    }
    Ok(kinds)
}

/// For each part a point of the view on its longest visible edge.
pub fn part_points(model: &Model, seen: &Seen) -> Vec<Option<Vec2>> {
    let count = model.part_of.iter().max().map_or(0, |last| *last as usize + 1);
    let mut best: Vec<Option<(f64, Vec2)>> = vec![None; count];
    for edge in &seen.edges {
        let side = model.edges[edge.edge as usize].sides[0];
        let slot = &mut best[model.part_of[side as usize] as usize];
        for (from, to) in &edge.visible {
            let length = (edge.to - edge.from).length() * (to - from);
            if slot.is_none_or(|(longest, _)| length > longest * 1.001) {
                *slot = Some((length, edge.from.lerp(edge.to, (from + to) * 0.5)));
            }
        }
    }
    best.into_iter().map(|point| point.map(|(_, point)| point)).collect()
}

/// Puts a balloon for each kind into the view that shows most kinds, a pictorial one before the others, and what that one hides
/// into the next.
pub fn balloons(kinds: &[Kind], figures: &mut [Figure]) {
    let mut missing: Vec<&Kind> = kinds.iter().collect();
    while !missing.is_empty() {
        let shows = |figure: &Figure| {
            let count = missing.iter().filter(|kind| figure.shown_point(kind).is_some()).count();
            (count, figure.cell.is_none() && !figure.is_section, figure.is_section)
        };
        let order = |index: &usize| (shows(&figures[*index]), usize::MAX - index);
        let Some(index) = (0..figures.len()).max_by_key(order) else { return };
        if shows(&figures[index]).0 == 0 {
            return;
        }
        let figure = &mut figures[index];
        let mut left = Vec::new();
        for kind in missing {
            match figure.shown_point(kind) {
                Some(point) => figure.balloons.push(Balloon { point, item: kind.item.to_string() }),
                None => left.push(kind),
            }
        }
        missing = left;
    }
}

impl Figure {
    /// Where a kind is seen.
    fn shown_point(&self, kind: &Kind) -> Option<Vec2> {
        kind.all.iter().find_map(|part| self.part_points.get(*part).copied().flatten())
    }
}

/// Height of a row, mm.
pub const ROW: f64 = 6.0;

/// A list of more rows is cut off.
const ROWS_MAX: usize = 40;

/// How many rows the list of some parts has below its head.
pub fn rows(kinds: &[Kind]) -> usize {
    kinds.len().min(ROWS_MAX)
}

/// Columns: name, left edge and width in mm.
const COLUMNS: [(&str, f64, f64); 5] =
    [("Item", 0.0, 12.0), ("Qty", 12.0, 12.0), ("Name", 24.0, 70.0), ("Material", 94.0, 44.0), ("Number", 138.0, 42.0)];

/// The list above the title block, its head at the bottom and growing upwards.
pub fn parts_list(sheet: &Sheet, style: &Style, kinds: &[Kind], number: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    if kinds.is_empty() {
        return marks;
    }
    let thick = Ink { layer: Layer::Title, width: style.wide, line: LineType::Continuous };
    let thin = Ink { width: style.wide * 0.5, ..thick };
    let block = title_frame(sheet, 0);
    let low = Vec2::new(block.min.x, block.max.y);
    let mut row = |index: usize, words: [String; 5], height: f64| {
        let base = low.y + ROW * index as f64;
        for ((_, left, width), words) in COLUMNS.into_iter().zip(words) {
            let corner = Vec2::new(low.x + left, base);
            marks.push(rectangle(thin, corner, corner + Vec2::new(width, ROW)));
            let (lines, height) = fit_text(&words, width - 2.0, height, 1);
            let at = corner + Vec2::new(1.0, (ROW - height) * 0.5);
            marks.extend(lines.iter().map(|line| text(thin, at, height, Anchor::Start, line)));
        }
    };
    row(0, COLUMNS.map(|(name, _, _)| name.to_owned()), 1.8);
    let shown = if kinds.len() > ROWS_MAX { ROWS_MAX - 1 } else { kinds.len() };
    for (index, kind) in kinds[..shown].iter().enumerate() {
        let (item, quantity) = (kind.item.to_string(), kind.quantity.to_string());
        row(index + 1, [item, quantity, kind.name.clone(), kind.material.clone(), kind.number(number)], 2.5);
    }
    if shown < kinds.len() {
        let more = format!("… and {} more items", kinds.len() - shown);
        row(shown + 1, [String::new(), String::new(), more, String::new(), String::new()], 2.5);
    }
    let high = Vec2::new(block.max.x, low.y + ROW * (rows(kinds) + 1) as f64);
    marks.push(rectangle(thick, low, high));
    marks
}
