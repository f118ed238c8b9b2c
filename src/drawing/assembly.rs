//! Several parts on one sheet: item references in balloons (ISO 6433) and the parts list (ISO 7573).

use rayon::prelude::*;

use crate::budget::Budget;
use crate::drawing::congruent::{Fingerprint, are_congruent};
use crate::drawing::edge::Model;
use crate::drawing::figure::{Balloon, Figure};
use crate::drawing::hidden::Seen;
use crate::drawing::table::Table;
use crate::drawing::{DrawError, Part};
use crate::geom::Vec2;

/// Equal parts: one row of the parts list.
#[derive(Debug, Clone, PartialEq)]
pub struct Kind {
    /// Item reference, from 1.
    pub item: usize,
    /// Name.
    pub name: String,
    /// What it is made of, or its colour.
    pub material: String,
    /// Its own number or standard; may be empty.
    pub own_number: String,
    /// Index of the first part of this kind.
    pub first: usize,
    /// Indices of all parts of this kind.
    pub all: Vec<usize>,
    /// How many there are.
    pub quantity: usize,
}

impl Kind {
    /// Its own number, else that of its drawing: the assembly's with the item.
    pub fn number(&self, assembly: &str) -> String {
        if !self.own_number.is_empty() {
            return self.own_number.clone();
        }
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
                own_number: part.number.to_owned(),
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

/// A list of more rows is cut off.
const ROWS_MAX: usize = 40;

/// The parts list: its head at the bottom, growing upwards (ISO 7573).
pub fn parts_list(kinds: &[Kind], number: &str) -> Table {
    let columns = vec![("Item", 12.0), ("Qty", 12.0), ("Name", 70.0), ("Material", 44.0), ("Number", 42.0)];
    let shown = if kinds.len() > ROWS_MAX { ROWS_MAX - 1 } else { kinds.len() };
    let row = |kind: &Kind| {
        let (item, quantity) = (kind.item.to_string(), kind.quantity.to_string());
        vec![item, quantity, kind.name.clone(), kind.material.clone(), kind.number(number)]
    };
    let mut rows: Vec<Vec<String>> = kinds[..shown].iter().map(row).collect();
    if shown < kinds.len() {
        let more = format!("… and {} more items", kinds.len() - shown);
        rows.push(vec![String::new(), String::new(), more, String::new(), String::new()]);
    }
    Table { columns, rows }
}
