//! The stages of a drawing in order: edges, views, dimensions, sheet.

use rayon::prelude::*;

use crate::budget::Budget;
use crate::drawing::asked::{details_asked, place_asked, with_asked};
use crate::drawing::assembly::{Kind, balloons, kinds, part_points, parts_list, rows};
use crate::drawing::cutting::{plan_figure, section_figure, show_cutting_plane};
use crate::drawing::detail::{detail_figure, show_sight};
use crate::drawing::dimension::{Sizes, dimension};
use crate::drawing::edge::Model;
use crate::drawing::explode::explode;
use crate::drawing::extent::extent;
use crate::drawing::figure::{CenterLine, Figure, visible_rings};
use crate::drawing::hidden::see;
use crate::drawing::layout::{Layout, lay_out};
use crate::drawing::memo::{LineMemo, Scene};
use crate::drawing::place::moved;
use crate::drawing::ring::Rings;
use crate::drawing::spec::{DetailSpec, Dimensioning, SheetSpec, ViewSpec};
use crate::drawing::title::{SheetFacts, title_block};
use crate::drawing::wanted::{Wanted, WantedKind, planes, wanted_views};
use crate::drawing::{DrawError, Part};
use crate::geom::Vec3;
use crate::page::{Mark, Page, Shape, View};

/// Draws parts on one sheet, several parts as an assembly with its parts list and then a sheet for each kind of part.
///
/// # Errors
/// [`DrawError`] says what is wrong with the model or the wish, or which limit ended the work.
pub fn draw(parts: &[Part<'_>], spec: &SheetSpec, budget: &Budget) -> Result<Vec<Page>, DrawError> {
    draw_sheets(parts, std::slice::from_ref(spec), true, &LineMemo::default(), budget)
}

/// Draws several sheets of the same parts and, if `part_sheets` says so, one more for each kind of part where there are several parts.
/// Lines that `memo` holds are not drawn again.
///
/// # Errors
/// As [`draw`]; [`DrawError::NoViews`] without a sheet.
pub fn draw_sheets(
    parts: &[Part<'_>],
    sheets: &[SheetSpec],
    part_sheets: bool,
    memo: &LineMemo,
    budget: &Budget,
) -> Result<Vec<Page>, DrawError> {
    let sheets: Vec<SheetSpec> = sheets.iter().map(with_asked).collect();
    let Some(first) = sheets.first() else { return Err(DrawError::NoViews) };
    let kinds = if parts.len() < 2 { Vec::new() } else { kinds(parts, budget)? };
    let singles = if part_sheets { kinds.as_slice() } else { &[] };
    let count = sheets.len() + singles.len();
    let draft = Draft { memo, budget, count };
    let whole =
        sheets.iter().enumerate().map(|(index, spec)| draft.sheet(parts, &assembly(spec, &kinds), &kinds, index + 1));
    let mut pages = whole.collect::<Result<Vec<Page>, DrawError>>()?;
    let drawn: Result<Vec<Page>, DrawError> = singles
        .par_iter()
        .enumerate()
        .map(|(index, kind)| {
            draft.sheet(&parts[kind.first..=kind.first], &single(first, kind), &[], sheets.len() + index + 1)
        })
        .collect();
    pages.extend(drawn?);
    Ok(pages)
}

/// The sheet of an assembly says what it is.
fn assembly(spec: &SheetSpec, kinds: &[Kind]) -> SheetSpec {
    let mut spec = spec.clone();
    if !kinds.is_empty() && spec.title.document_type.is_empty() {
        "Assembly drawing".clone_into(&mut spec.title.document_type);
    }
    spec
}

/// The sheet of one part: its own name, and only views that any part has.
fn single(spec: &SheetSpec, kind: &Kind) -> SheetSpec {
    let mut spec = SheetSpec {
        sections: Vec::new(),
        auxiliaries: Vec::new(),
        details: Vec::new(),
        annotations: Vec::new(),
        ..spec.clone()
    };
    spec.views.retain(|view| !matches!(view, ViewSpec::Plan(_) | ViewSpec::Exploded(_)));
    if spec.views.is_empty() {
        spec.views = SheetSpec::default().views;
    }
    let subtitle = std::mem::replace(&mut spec.title.title, kind.name.clone());
    spec.title.number = kind.number(&spec.title.number);
    spec.title.subtitle = subtitle;
    if !kind.material.is_empty() {
        spec.title.material.clone_from(&kind.material);
    }
    spec
}

/// What the sheets of one drawing share.
struct Draft<'a> {
    memo: &'a LineMemo,
    budget: &'a Budget,
    /// Number of sheets.
    count: usize,
}

impl Draft<'_> {
    /// One sheet with all its views; `kinds` are the rows of its parts list.
    fn sheet(&self, parts: &[Part<'_>], spec: &SheetSpec, kinds: &[Kind], number: usize) -> Result<Page, DrawError> {
        let wanted = wanted_views(spec)?;
        let scene = self.memo.scene(parts, self.budget)?;
        let mut figures = self.figures(&scene, parts, spec, &wanted, !kinds.is_empty())?;
        for auxiliary in &spec.auxiliaries {
            show_sight(&mut figures, auxiliary);
        }
        let wanted_details: Vec<DetailSpec> =
            spec.details.iter().cloned().chain(details_asked(&spec.annotations, &figures)).collect();
        let details = wanted_details.iter().map(|detail| detail_figure(&mut figures, detail));
        let details: Vec<Figure> = details.collect::<Result<_, _>>()?;
        let sizes = match (spec.dimensions, kinds.is_empty()) {
            (Dimensioning::None, _) => Sizes::None,
            // an assembly shows what it takes up; its parts have sheets of their own
            (Dimensioning::Auto, false) => Sizes::Overall,
            (Dimensioning::Auto, true) => Sizes::All,
        };
        place_asked(&spec.annotations, &mut figures);
        dimension(&scene.model, &scene.rings, &mut figures, sizes);
        figures.extend(details);
        if !kinds.is_empty() {
            balloons(kinds, &mut figures);
        }
        let layout = lay_out(&figures, spec, rows(kinds), self.budget)?;
        Ok(compose(&figures, &layout, spec, kinds, (number, self.count)))
    }

    /// The views and sections with their lines, each found in the memo or drawn.
    fn figures(
        &self,
        scene: &Scene,
        parts: &[Part<'_>],
        spec: &SheetSpec,
        wanted: &[Wanted],
        several: bool,
    ) -> Result<Vec<Figure>, DrawError> {
        let hidden = spec.hidden_lines && !several;
        let figures: Result<Vec<Figure>, DrawError> = wanted
            .par_iter()
            .map(|view| {
                self.memo.figure(scene, &format!("{view:?} {hidden}"), || figure(scene, view, hidden, self.budget))
            })
            .collect();
        let mut figures = figures?;
        let names: Vec<&str> = parts.iter().map(|part| part.name).collect();
        let planes = planes(spec, &names, wanted)?;
        let sections: Result<Vec<Figure>, DrawError> = planes
            .par_iter()
            .map(|plane| {
                self.memo.figure(scene, &format!("{plane:?}"), || section_figure(&scene.model, plane, self.budget))
            })
            .collect();
        figures.extend(sections?);
        planes.iter().for_each(|plane| show_cutting_plane(&mut figures, plane));
        Ok(figures)
    }
}

fn figure(scene: &Scene, view: &Wanted, hidden: bool, budget: &Budget) -> Result<Figure, DrawError> {
    match view.kind {
        WantedKind::Plan(height) => {
            let figure = plan_figure(&scene.model, height, view.cell, budget)?;
            Ok(Figure { name: view.name.clone(), ..figure })
        }
        WantedKind::Exploded(along) => exploded(&scene.model, view, along, budget),
        // pictorial views show no hidden edges (ISO 5456-3)
        WantedKind::Plain => plain(&scene.model, &scene.rings, view, hidden && view.cell.is_some(), budget),
        WantedKind::Auxiliary => {
            let figure = plain(&scene.model, &scene.rings, view, false, budget)?;
            Ok(Figure { caption: view.name.clone(), ..figure })
        }
    }
}

fn plain(model: &Model, rings: &Rings, view: &Wanted, hidden: bool, budget: &Budget) -> Result<Figure, DrawError> {
    let seen = see(model, &view.picture, budget)?;
    let strokes = Figure::strokes_of(model, rings, &view.picture, &seen, hidden);
    let mut figure = Figure::blank(&view.name, view.cell, view.picture, strokes, extent(model, rings, &view.picture));
    let depths = model.triangles.iter().flatten().map(|at| model.positions[*at as usize].dot(view.picture.toward));
    figure.front = depths.fold(f64::NEG_INFINITY, f64::max);
    figure.part_points = part_points(model, &seen);
    figure.visible_rings = visible_rings(rings, &seen);
    Ok(figure)
}

/// The parts pulled apart, thin lines between those that belong together.
fn exploded(model: &Model, view: &Wanted, along: Vec3, budget: &Budget) -> Result<Figure, DrawError> {
    let explosion = explode(model, along, budget)?;
    let moved = model.displaced(&explosion.shifts);
    let mut figure = plain(&moved, &Rings::find(&moved), view, false, budget)?;
    figure.center_lines = explosion
        .traces
        .iter()
        .map(|ends| ends.map(|end| view.picture.flat(end)))
        .map(|[from, to]| CenterLine { from, to })
        .collect();
    // rings of the moved model are not those of the model itself
    figure.visible_rings = Vec::new();
    Ok(figure)
}

fn compose(
    figures: &[Figure],
    layout: &Layout,
    spec: &SheetSpec,
    kinds: &[Kind],
    (number, count): (usize, usize),
) -> Page {
    let facts = SheetFacts {
        scale: format!("{} : {}", layout.ratio.0, layout.ratio.1),
        projection: spec.projection,
        sheet: number,
        sheet_count: count,
    };
    let mut marks = layout.sheet.border(&layout.style);
    marks.extend(title_block(&layout.sheet, &layout.style, &spec.title, &facts));
    marks.extend(parts_list(&layout.sheet, &layout.style, kinds, &spec.title.number));
    let mut views = Vec::new();
    for (index, figure) in figures.iter().enumerate() {
        let placed = moved(&layout.arranged[index].marks, layout.centers[index]);
        marks.extend(placed.into_iter().map(|mark| in_view(mark, index as u32)));
        let (paper, model) = figure.ratio_on(layout.ratio);
        views.push(View { name: figure.name.clone(), scale: paper / model, frame: layout.frames[index], origin: None });
    }
    marks.sort_by_key(|mark| mark.ink.layer);
    Page {
        name: format!("sheet-{number}"),
        title: spec.title.title.clone(),
        description: format!("Drawing at {}", facts.scale),
        creator: spec.title.creator.clone(),
        width: layout.sheet.width,
        height: layout.sheet.height,
        views,
        marks,
    }
}

/// The mark as part of a view.
fn in_view(mut mark: Mark, view: u32) -> Mark {
    let drawn = match &mut mark.shape {
        Shape::Dimension(dimension) => dimension.drawn.as_mut_slice(),
        Shape::Leader(leader) => leader.drawn.as_mut_slice(),
        _ => &mut [],
    };
    drawn.iter_mut().for_each(|part| part.view = Some(view));
    mark.view = Some(view);
    mark
}
