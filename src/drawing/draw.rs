//! The stages of a drawing in order: edges, views, dimensions, sheet.

use rayon::prelude::*;

use crate::budget::Budget;
use crate::drawing::cutting::{Plane, plan_figure, section_figure, show_cutting_plane};
use crate::drawing::dimension::dimension;
use crate::drawing::edge::Model;
use crate::drawing::figure::Figure;
use crate::drawing::hidden::see;
use crate::drawing::layout::{Layout, lay_out};
use crate::drawing::place::moved;
use crate::drawing::ring::Rings;
use crate::drawing::spec::{Dimensioning, Projection, SheetSpec, ViewSpec};
use crate::drawing::title::{SheetFacts, title_block};
use crate::drawing::view::Picture;
use crate::drawing::{DrawError, Part};
use crate::geom::{Aabb2, Vec3};
use crate::page::{Mark, Page, Shape, View};

/// Draws parts on sheets.
///
/// # Errors
/// [`DrawError`] says what is wrong with the model or the wish, or which limit ended the work.
pub fn draw(parts: &[Part<'_>], spec: &SheetSpec, budget: &Budget) -> Result<Vec<Page>, DrawError> {
    let wanted = wanted_views(spec)?;
    let model = Model::build(parts, budget)?;
    let rings = Rings::find(&model);
    let figures: Result<Vec<Figure>, DrawError> =
        wanted.par_iter().map(|view| figure(&model, &rings, view, spec, budget)).collect();
    let mut figures = figures?;
    let planes = planes(spec, &wanted)?;
    let sections: Result<Vec<Figure>, DrawError> =
        planes.par_iter().map(|plane| section_figure(&model, plane, budget)).collect();
    figures.extend(sections?);
    planes.iter().for_each(|plane| show_cutting_plane(&mut figures, plane));
    dimension(&model, &rings, &mut figures, spec.dimensions == Dimensioning::Auto);
    let layout = lay_out(&figures, spec).ok_or(DrawError::TooLarge)?;
    Ok(vec![compose(&figures, &layout, spec)])
}

/// The cutting planes wanted, each where a view in its direction would be if that place is free.
fn planes(spec: &SheetSpec, wanted: &[Wanted]) -> Result<Vec<Plane>, DrawError> {
    let mut planes: Vec<Plane> = Vec::new();
    for section in &spec.sections {
        let normal = section.normal.try_normalize().ok_or(DrawError::Direction)?;
        let same = STANDARD.iter().filter_map(|view| wanted_view(view, spec.projection).ok());
        let cell = same.filter(|view| view.picture.toward.dot(normal) > 1.0 - 1.0e-9).find_map(|view| view.cell);
        let taken = |cell: &(i32, i32)| {
            wanted.iter().any(|view| view.cell == Some(*cell)) || planes.iter().any(|plane| plane.cell == Some(*cell))
        };
        let cell = cell.filter(|cell| !taken(cell));
        planes.push(Plane { label: section.label.clone(), point: section.point, normal, cell });
    }
    Ok(planes)
}

/// The views that have a place around the front view.
const STANDARD: [ViewSpec; 6] =
    [ViewSpec::Front, ViewSpec::Top, ViewSpec::Right, ViewSpec::Left, ViewSpec::Bottom, ViewSpec::Rear];

/// A view wanted, with its name, direction and place.
struct Wanted {
    name: String,
    picture: Picture,
    cell: Option<(i32, i32)>,
    /// Height of the cut of a floor plan.
    plan: Option<f64>,
}

fn wanted_views(spec: &SheetSpec) -> Result<Vec<Wanted>, DrawError> {
    let mut wanted: Vec<Wanted> = Vec::new();
    for view in &spec.views {
        let next = wanted_view(view, spec.projection)?;
        if wanted.iter().any(|other| other.picture == next.picture && other.plan == next.plan) {
            continue;
        }
        // two views in one place: the later one goes where there is room
        let taken = wanted.iter().any(|other| other.cell.is_some() && other.cell == next.cell);
        wanted.push(Wanted { cell: if taken { None } else { next.cell }, ..next });
    }
    if wanted.is_empty() { Err(DrawError::NoViews) } else { Ok(wanted) }
}

fn wanted_view(view: &ViewSpec, projection: Projection) -> Result<Wanted, DrawError> {
    let third = projection == Projection::ThirdAngle;
    let (toward, right, cell, name) = match view {
        ViewSpec::Front => (Vec3::NEG_Y, Vec3::X, Some((0, 0)), "front"),
        ViewSpec::Rear => (Vec3::Y, Vec3::NEG_X, Some((2, 0)), "rear"),
        ViewSpec::Top => (Vec3::Z, Vec3::X, Some((0, if third { 1 } else { -1 })), "top"),
        ViewSpec::Bottom => (Vec3::NEG_Z, Vec3::X, Some((0, if third { -1 } else { 1 })), "bottom"),
        ViewSpec::Right => (Vec3::X, Vec3::Y, Some((if third { 1 } else { -1 }, 0)), "right"),
        ViewSpec::Left => (Vec3::NEG_X, Vec3::NEG_Y, Some((if third { -1 } else { 1 }, 0)), "left"),
        ViewSpec::Isometric => (Vec3::new(1.0, -1.0, 1.0), Vec3::new(1.0, 1.0, 0.0), None, "isometric"),
        ViewSpec::Dimetric => {
            let picture = Picture::from_direction(DIMETRIC).ok_or(DrawError::Direction)?;
            (picture.toward, picture.right, None, "dimetric")
        }
        ViewSpec::Direction(toward) => {
            let picture = Picture::from_direction(*toward).ok_or(DrawError::Direction)?;
            (picture.toward, picture.right, None, "view")
        }
        ViewSpec::Plan(_) => (Vec3::Z, Vec3::X, Some((0, if third { 1 } else { -1 })), "plan"),
    };
    let picture = Picture::new(toward, right).ok_or(DrawError::Direction)?;
    let plan = if let ViewSpec::Plan(height) = view { Some(*height) } else { None };
    Ok(Wanted { name: name.to_owned(), picture, cell, plan })
}

/// ISO 5456-3 dimetric: depth drawn at half of width and height (elevation 19.47 degrees, turned by 20.7 degrees).
const DIMETRIC: Vec3 = Vec3::new(0.333_333_333_333_333_3, -0.881_917_103_688_197, 0.333_333_333_333_333_3);

fn figure(model: &Model, rings: &Rings, view: &Wanted, spec: &SheetSpec, budget: &Budget) -> Result<Figure, DrawError> {
    if let Some(height) = view.plan {
        return plan_figure(model, height, view.cell, budget);
    }
    let seen = see(model, &view.picture, budget)?;
    // pictorial views show no hidden edges (ISO 5456-3)
    let hidden = spec.hidden_lines && view.cell.is_some();
    let strokes = Figure::strokes_of(model, rings, &view.picture, &seen, hidden);
    Ok(Figure::blank(&view.name, view.cell, view.picture, strokes, bounds(model, &view.picture)))
}

/// The model's extent in a picture.
fn bounds(model: &Model, picture: &Picture) -> Aabb2 {
    Aabb2::of(model.triangles.iter().flatten().map(|vertex| picture.flat(model.positions[*vertex as usize])))
}

fn compose(figures: &[Figure], layout: &Layout, spec: &SheetSpec) -> Page {
    let scale = layout.ratio.0 / layout.ratio.1;
    let facts = SheetFacts {
        scale: format!("{} : {}", layout.ratio.0, layout.ratio.1),
        projection: spec.projection,
        sheet: 1,
        sheet_count: 1,
    };
    let mut marks = layout.sheet.border(&layout.style);
    marks.extend(title_block(&layout.sheet, &layout.style, &spec.title, &facts));
    let mut views = Vec::new();
    for (index, figure) in figures.iter().enumerate() {
        let placed = moved(&layout.arranged[index].marks, layout.centers[index]);
        marks.extend(placed.into_iter().map(|mark| in_view(mark, index as u32)));
        views.push(View { name: figure.name.clone(), scale, frame: layout.frames[index], origin: None });
    }
    marks.sort_by_key(|mark| mark.ink.layer);
    Page {
        name: "sheet-1".to_owned(),
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
