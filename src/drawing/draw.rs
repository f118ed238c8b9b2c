//! The stages of a drawing in order: edges, views, dimensions, sheet.

use rayon::prelude::*;

use crate::budget::Budget;
use crate::drawing::asked::{details_asked, place_asked, with_asked};
use crate::drawing::assembly::{Kind, balloons, kinds, part_points, parts_list};
use crate::drawing::broken::break_views;
use crate::drawing::cutting::{plan_figure, section_figure, show_cutting_plane};
use crate::drawing::detail::{detail_figure, show_sight};
use crate::drawing::dimension::{Manner, Sizes, dimension, hole_tables};
use crate::drawing::edge::Model;
use crate::drawing::explode::explode;
use crate::drawing::extent::extent;
use crate::drawing::figure::{CenterLine, Figure, visible_rings};
use crate::drawing::hidden::see;
use crate::drawing::layout::{Layout, lay_out};
use crate::drawing::memo::{LineMemo, Scene};
use crate::drawing::place::moved;
use crate::drawing::revisions::{revision_table, with_revision};
use crate::drawing::ring::Rings;
use crate::drawing::rooms::{find_rooms, rooms_asked};
use crate::drawing::spec::{DetailSpec, Dimensioning, HiddenLines, RoomName, SheetSpec, TitleFields, ViewSpec};
use crate::drawing::table::Table;
use crate::drawing::tangent::tangent_strokes;
use crate::drawing::title::{SheetFacts, title_block, title_frame};
use crate::drawing::wanted::{Wanted, WantedKind, planes, wanted_views};
use crate::drawing::{DrawError, Part};
use crate::geom::{Vec2, Vec3};
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
    let sheets: Vec<SheetSpec> = sheets.iter().map(with_asked).map(with_revision).collect();
    let Some(first) = sheets.first() else { return Err(DrawError::NoViews) };
    let kinds = if parts.len() < 2 { Vec::new() } else { kinds(parts, budget)? };
    let singles = if part_sheets { kinds.as_slice() } else { &[] };
    let count = sheets.len() + singles.len();
    let draft = Draft { memo, budget, count };
    let whole = sheets
        .iter()
        .enumerate()
        .map(|(index, spec)| draft.sheet(parts, &assembly(building(spec), &kinds), &kinds, index + 1));
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
fn assembly(mut spec: SheetSpec, kinds: &[Kind]) -> SheetSpec {
    if !kinds.is_empty() && spec.title.document_type.is_empty() {
        "Assembly drawing".clone_into(&mut spec.title.document_type);
    }
    spec
}

/// A floor plan is no part with the tolerances of one.
fn building(spec: &SheetSpec) -> SheetSpec {
    let mut spec = spec.clone();
    if spec.views.iter().any(|view| matches!(view, ViewSpec::Plan(_))) {
        for (field, words) in [(&mut spec.title.document_type, "Floor plan"), (&mut spec.title.tolerance, "—")] {
            if field.is_empty() {
                words.clone_into(field);
            }
        }
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
        // what is said of the whole
        revisions: Vec::new(),
        breaks: Vec::new(),
        ..spec.clone()
    };
    spec.title.weight.clear();
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
        figures.iter_mut().for_each(|figure| figure.hidden_lines = spec.hidden_lines);
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
        let names: Vec<RoomName> = spec.rooms.iter().cloned().chain(rooms_asked(&spec.annotations)).collect();
        find_rooms(&mut figures, &names, self.budget)?;
        place_asked(&spec.annotations, &mut figures);
        let manner = Manner { sizes, hole_table: spec.hole_table, running: spec.running };
        dimension(&scene.model, &scene.rings, &mut figures, manner);
        break_views(&mut figures, &spec.breaks);
        figures.extend(details);
        figures.extend(hole_tables(&figures));
        if !kinds.is_empty() {
            balloons(kinds, &mut figures);
        }
        let tables = [revision_table(&spec.revisions), parts_list(kinds, &spec.title.number)];
        let layout = lay_out(&figures, spec, tables.iter().map(Table::height).sum(), self.budget)?;
        let facts = SheetFacts {
            scale: format!("{} : {}", layout.ratio.0, layout.ratio.1),
            projection: spec.projection,
            sheet: number,
            sheet_count: self.count,
            weight: weight(parts, &spec.title),
        };
        Ok(compose(&figures, &layout, spec, &tables, &facts))
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
        let lines = Lines { hidden: spec.hidden_lines != HiddenLines::None && !several, tangent: spec.tangent_edges };
        let figures: Result<Vec<Figure>, DrawError> = wanted
            .par_iter()
            .map(|view| {
                self.memo.figure(scene, &format!("{view:?} {lines:?}"), || figure(scene, view, lines, self.budget))
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

/// Which lines a view has beside its visible edges.
#[derive(Debug, Clone, Copy)]
struct Lines {
    hidden: bool,
    tangent: bool,
}

fn figure(scene: &Scene, view: &Wanted, lines: Lines, budget: &Budget) -> Result<Figure, DrawError> {
    let mut figure = bare_figure(scene, view, lines, budget)?;
    if lines.tangent && matches!(view.kind, WantedKind::Plain | WantedKind::Auxiliary) {
        figure.strokes.extend(tangent_strokes(&scene.model, &view.picture, budget)?);
    }
    Ok(figure)
}

fn bare_figure(scene: &Scene, view: &Wanted, lines: Lines, budget: &Budget) -> Result<Figure, DrawError> {
    match view.kind {
        WantedKind::Plan(height) => {
            let figure = plan_figure(&scene.model, height, view.cell, budget)?;
            Ok(Figure { name: view.name.clone(), ..figure })
        }
        WantedKind::Exploded(along) => exploded(&scene.model, view, along, budget),
        // pictorial views show no hidden edges (ISO 5456-3)
        WantedKind::Plain => plain(&scene.model, &scene.rings, view, lines.hidden && view.cell.is_some(), budget),
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

fn compose(figures: &[Figure], layout: &Layout, spec: &SheetSpec, tables: &[Table], facts: &SheetFacts) -> Page {
    let (sheet, style) = (&layout.sheet, &layout.style);
    let mut marks = match &sheet.template {
        Some(template) => template.filled(sheet, style, &spec.title, facts),
        None => sheet.border(style),
    };
    if sheet.template.is_none() {
        marks.extend(title_block(sheet, style, &spec.title, facts));
    }
    let block = title_frame(sheet, 0.0);
    let mut corner = Vec2::new(block.min.x, block.max.y);
    for table in tables {
        marks.extend(table.marks(corner, true, style));
        corner.y += table.height();
    }
    let mut views = Vec::new();
    for (index, figure) in figures.iter().enumerate() {
        let placed = moved(&layout.arranged[index].marks, layout.centers[index]);
        if !figure.tables.is_empty() {
            // a table belongs to the sheet; it comes behind all views
            marks.extend(placed);
            continue;
        }
        marks.extend(placed.into_iter().map(|mark| in_view(mark, index as u32)));
        let (paper, model) = figure.ratio_on(layout.ratio);
        views.push(View { name: figure.name.clone(), scale: paper / model, frame: layout.frames[index], origin: None });
    }
    marks.sort_by_key(|mark| mark.ink.layer);
    Page {
        name: format!("sheet-{}", facts.sheet),
        title: spec.title.title.clone(),
        description: format!("Drawing at {}", facts.scale),
        creator: spec.title.creator.clone(),
        width: layout.sheet.width,
        height: layout.sheet.height,
        views,
        marks,
    }
}

/// What the parts weigh: as it is said, else by their density.
fn weight(parts: &[Part<'_>], fields: &TitleFields) -> String {
    let Some(density) = fields.density.filter(|_| fields.weight.is_empty()) else { return fields.weight.clone() };
    let cubic_mm: f64 = parts.iter().map(|part| crate::mesh::measure(part.mesh).volume).sum();
    let grams = cubic_mm * 1.0e-3 * density;
    let (value, unit) = if grams < 1000.0 { (grams, "g") } else { (grams * 1.0e-3, "kg") };
    // three figures
    let decimals = if value >= 100.0 { 0 } else { usize::from(value < 10.0) + 1 };
    format!("{value:.decimals$} {unit}").replace('.', ",")
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
