//! The stages of a drawing in order: edges, views, dimensions, sheet.

use rayon::prelude::*;

use crate::budget::Budget;
use crate::drawing::assembly::{Kind, balloons, kinds, part_points, parts_list};
use crate::drawing::cutting::{plan_figure, section_figure, show_cutting_plane};
use crate::drawing::dimension::{Sizes, dimension};
use crate::drawing::edge::Model;
use crate::drawing::figure::{Figure, visible_rings};
use crate::drawing::hidden::see;
use crate::drawing::layout::{Layout, lay_out};
use crate::drawing::place::moved;
use crate::drawing::ring::Rings;
use crate::drawing::spec::{Dimensioning, SheetSpec};
use crate::drawing::title::{SheetFacts, title_block};
use crate::drawing::view::Picture;
use crate::drawing::wanted::{Wanted, planes, wanted_views};
use crate::drawing::{DrawError, Part};
use crate::geom::Aabb2;
use crate::page::{Mark, Page, Shape, View};

/// Draws parts on sheets: one for a single part; for several an assembly with its parts list, then a sheet for each kind of part.
///
/// # Errors
/// [`DrawError`] says what is wrong with the model or the wish, or which limit ended the work.
pub fn draw(parts: &[Part<'_>], spec: &SheetSpec, budget: &Budget) -> Result<Vec<Page>, DrawError> {
    if parts.len() < 2 {
        return Ok(vec![sheet(parts, spec, &[], (1, 1), budget)?]);
    }
    let kinds = kinds(parts);
    let sheet_count = kinds.len() + 1;
    let mut assembly = spec.clone();
    if assembly.title.document_type.is_empty() {
        "Assembly drawing".clone_into(&mut assembly.title.document_type);
    }
    let mut pages = vec![sheet(parts, &assembly, &kinds, (1, sheet_count), budget)?];
    let single = SheetSpec { sections: Vec::new(), ..spec.clone() };
    let drawn: Result<Vec<Page>, DrawError> = kinds
        .par_iter()
        .enumerate()
        .map(|(index, kind)| {
            let mut spec = single.clone();
            spec.title.title = kind.name.clone();
            spec.title.number = kind.number(&single.title.number);
            spec.title.subtitle.clone_from(&single.title.title);
            sheet(&parts[kind.first..=kind.first], &spec, &[], (index + 2, sheet_count), budget)
        })
        .collect();
    pages.extend(drawn?);
    Ok(pages)
}

/// One sheet with all its views; `kinds` are the rows of its parts list.
fn sheet(
    parts: &[Part<'_>],
    spec: &SheetSpec,
    kinds: &[Kind],
    number: (usize, usize),
    budget: &Budget,
) -> Result<Page, DrawError> {
    let wanted = wanted_views(spec)?;
    let model = Model::build(parts, budget)?;
    let rings = Rings::find(&model);
    let hidden = spec.hidden_lines && kinds.is_empty();
    let figures: Result<Vec<Figure>, DrawError> =
        wanted.par_iter().map(|view| figure(&model, &rings, view, hidden, budget)).collect();
    let mut figures = figures?;
    let planes = planes(spec, &wanted)?;
    let sections: Result<Vec<Figure>, DrawError> =
        planes.par_iter().map(|plane| section_figure(&model, plane, budget)).collect();
    figures.extend(sections?);
    planes.iter().for_each(|plane| show_cutting_plane(&mut figures, plane));
    let sizes = match (spec.dimensions, kinds.is_empty()) {
        (Dimensioning::None, _) => Sizes::None,
        // an assembly shows what it takes up; its parts have sheets of their own
        (Dimensioning::Auto, false) => Sizes::Overall,
        (Dimensioning::Auto, true) => Sizes::All,
    };
    dimension(&model, &rings, &mut figures, sizes);
    if !kinds.is_empty() {
        balloons(kinds, &mut figures);
    }
    let layout = lay_out(&figures, spec, kinds.len(), budget)?;
    Ok(compose(&figures, &layout, spec, kinds, number))
}

fn figure(model: &Model, rings: &Rings, view: &Wanted, hidden: bool, budget: &Budget) -> Result<Figure, DrawError> {
    if let Some(height) = view.plan {
        return plan_figure(model, height, view.cell, budget);
    }
    let seen = see(model, &view.picture, budget)?;
    // pictorial views show no hidden edges (ISO 5456-3)
    let hidden = hidden && view.cell.is_some();
    let strokes = Figure::strokes_of(model, rings, &view.picture, &seen, hidden);
    let mut figure = Figure::blank(&view.name, view.cell, view.picture, strokes, bounds(model, &view.picture));
    figure.part_points = part_points(model, &seen);
    figure.visible_rings = visible_rings(rings, &seen);
    Ok(figure)
}

/// The model's extent in a picture.
fn bounds(model: &Model, picture: &Picture) -> Aabb2 {
    Aabb2::of(model.triangles.iter().flatten().map(|vertex| picture.flat(model.positions[*vertex as usize])))
}

fn compose(
    figures: &[Figure],
    layout: &Layout,
    spec: &SheetSpec,
    kinds: &[Kind],
    (number, count): (usize, usize),
) -> Page {
    let scale = layout.ratio.0 / layout.ratio.1;
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
        views.push(View { name: figure.name.clone(), scale, frame: layout.frames[index], origin: None });
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
    if let Shape::Dimension(dimension) = &mut mark.shape {
        dimension.drawn.iter_mut().for_each(|part| part.view = Some(view));
    }
    mark.view = Some(view);
    mark
}
