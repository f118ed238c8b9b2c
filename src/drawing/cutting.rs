//! Figures of sections and floor plans, and the cutting plane in the view that shows it.

use crate::budget::Budget;
use crate::drawing::DrawError;
use crate::drawing::assembly::part_points;
use crate::drawing::edge::Model;
use crate::drawing::figure::{Figure, Stroke};
use crate::drawing::ring::Rings;
use crate::drawing::section::{Cut, cut, see_cut};
use crate::drawing::view::Picture;
use crate::geom::{Aabb2, Vec2, Vec3};
use crate::page::{Layer, Shape};

/// A section wanted, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    /// Its letter, or nothing for a floor plan.
    pub label: String,
    /// A point of it.
    pub point: Vec3,
    /// Towards the viewer.
    pub normal: Vec3,
    /// Its place around the front view.
    pub cell: Option<(i32, i32)>,
}

/// A cutting plane as another view shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct CuttingLine {
    /// Its letter.
    pub label: String,
    /// A point of the line in the picture.
    pub point: Vec2,
    /// Direction of the line.
    pub along: Vec2,
    /// Where one looks from it.
    pub looking: Vec2,
}

/// Hatching of the first part, degrees; others are turned against it.
const HATCH_ANGLES: [f64; 4] = [45.0, 135.0, 30.0, 60.0];

/// The figure of a section.
///
/// # Errors
/// [`DrawError::SectionMisses`] when the plane meets no material, [`DrawError::Exceeded`] when the budget ends.
pub fn section_figure(model: &Model, plane: &Plane, budget: &Budget) -> Result<Figure, DrawError> {
    let picture = Picture::from_direction(plane.normal).ok_or(DrawError::Direction)?;
    let cut = cut(model, plane.point, picture.toward);
    if cut.faces.is_empty() {
        return Err(DrawError::SectionMisses { label: plane.label.clone() });
    }
    let seen = see_cut(&cut, &picture, plane.point.dot(picture.toward), budget)?;
    let rings = Rings::find(&cut.rest);
    let mut strokes = hatches(&cut, &picture);
    strokes.extend(Figure::strokes_of(&cut.rest, &rings, &picture, &seen, false));
    let used = cut.rest.triangles.iter().flatten();
    let bounds = Aabb2::of(used.map(|vertex| picture.flat(cut.rest.positions[*vertex as usize])));
    let name = format!("{0}-{0}", plane.label);
    let mut figure = Figure::blank(&name, plane.cell, picture, strokes, bounds);
    figure.caption = name;
    figure.is_section = true;
    figure.depth = Some(plane.point.dot(picture.toward));
    figure.part_points = part_points(&cut.rest, &seen);
    Ok(figure)
}

fn hatches(cut: &Cut, picture: &Picture) -> Vec<Stroke> {
    let mut strokes = Vec::new();
    for (index, (_, outlines)) in cut.faces.iter().enumerate() {
        let contours = flat(outlines, picture);
        let angle_deg = HATCH_ANGLES[index % HATCH_ANGLES.len()];
        // the spacing is chosen on paper
        strokes.push(Stroke { layer: Layer::Hatch, shape: Shape::Hatch { contours, angle_deg, spacing: 0.0 } });
    }
    strokes
}

fn flat(outlines: &[Vec<Vec3>], picture: &Picture) -> Vec<Vec<Vec2>> {
    outlines.iter().map(|outline| outline.iter().map(|point| picture.flat(*point)).collect()).collect()
}

/// The figure of a floor plan: cut walls filled and heavy, what lies below thin.
///
/// # Errors
/// As [`section_figure`].
pub fn plan_figure(model: &Model, height: f64, cell: Option<(i32, i32)>, budget: &Budget) -> Result<Figure, DrawError> {
    let level = model.bounding_box.min.z + height;
    let picture = Picture::new(Vec3::Z, Vec3::X).ok_or(DrawError::Direction)?;
    let cut = cut(model, Vec3::new(0.0, 0.0, level), Vec3::Z);
    if cut.faces.is_empty() {
        return Err(DrawError::SectionMisses { label: format!("plan at {height} mm") });
    }
    let seen = see_cut(&cut, &picture, level, budget)?;
    let rings = Rings::find(&cut.rest);
    let mut strokes: Vec<Stroke> = cut
        .faces
        .iter()
        .map(|(_, outlines)| Stroke { layer: Layer::Fill, shape: Shape::Area { contours: flat(outlines, &picture) } })
        .collect();
    let below = Figure::strokes_of(&cut.rest, &rings, &picture, &seen, false);
    strokes.extend(below.into_iter().map(|stroke| Stroke { layer: Layer::Below, ..stroke }));
    let outlines: Vec<Vec<Vec2>> = cut.faces.iter().flat_map(|(_, outlines)| flat(outlines, &picture)).collect();
    strokes.extend(outlines.iter().map(|points| Stroke {
        layer: Layer::Visible,
        shape: Shape::Polyline { points: points.clone(), closed: true },
    }));
    let bounds = Aabb2::of(cut.rest.triangles.iter().flatten().map(|v| picture.flat(cut.rest.positions[*v as usize])));
    let mut figure = Figure::blank("plan", cell, picture, strokes, bounds);
    figure.is_section = true;
    figure.depth = Some(level);
    figure.caption = format!("Plan +{}", crate::drawing::dimension::length_text(height));
    figure.walls = outlines;
    Ok(figure)
}

/// Shows a cutting plane in the first view that it crosses as a line.
pub fn show_cutting_plane(figures: &mut [Figure], plane: &Plane) {
    let toward = plane.normal.normalize_or_zero();
    let edge_on = |figure: &&mut Figure| {
        figure.cell.is_some() && !figure.is_section && figure.picture.toward.dot(toward).abs() < 1.0e-6
    };
    if let Some(figure) = figures.iter_mut().find(edge_on) {
        let looking = -figure.picture.flat(toward).normalize_or_zero();
        let point = figure.picture.flat(plane.point);
        figure.cutting_lines.push(CuttingLine { label: plane.label.clone(), point, along: looking.perp(), looking });
    }
}
