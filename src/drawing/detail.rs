//! Details: a circle of a view drawn again, larger, at a scale of its own (ISO 128-3, ISO 5455).

use crate::drawing::DrawError;
use crate::drawing::clip::Lens;
use crate::drawing::figure::{Enlarged, Figure, Stroke};
use crate::drawing::indication::{DetailRing, SightArrow};
use crate::drawing::spec::{AuxiliarySpec, DetailSpec};
use crate::geom::{Aabb2, Vec2};
use crate::page::{Layer, Shape};

/// Draws a detail, and the circle around its place in the view that it is taken from.
///
/// # Errors
/// [`DrawError::Detail`] where there is no such view, or nothing in the circle.
pub fn detail_figure(figures: &mut [Figure], detail: &DetailSpec) -> Result<Figure, DrawError> {
    let missing = || DrawError::Detail { label: detail.label.clone(), view: detail.view.clone() };
    let section = format!("{0}-{0}", detail.view);
    let is_its_view = |figure: &&mut Figure| figure.name == detail.view || figure.name == section;
    let parent = figures.iter_mut().find(is_its_view).ok_or_else(missing)?;
    let lens = Lens { center: parent.picture.flat(detail.center), radius: detail.radius };
    let is_line = |stroke: &&Stroke| stroke.layer != Layer::Hidden;
    let mut strokes: Vec<Stroke> = parent.strokes.iter().filter(is_line).flat_map(|stroke| lens.clip(stroke)).collect();
    if strokes.is_empty() {
        return Err(missing());
    }
    // the edge of the detail is a thin continuous line
    let edge = Shape::Circle { center: lens.center, radius: lens.radius };
    strokes.push(Stroke { layer: Layer::Dimension, shape: edge });
    parent.detail_rings.push(DetailRing { label: detail.label.clone(), center: lens.center, radius: lens.radius });
    let bounds = Aabb2 { min: lens.center - Vec2::splat(lens.radius), max: lens.center + Vec2::splat(lens.radius) };
    let name = format!("detail-{}", detail.label);
    let mut figure = Figure::blank(&name, None, parent.picture, strokes, bounds);
    figure.caption.clone_from(&detail.label);
    figure.enlarged = Some(Enlarged { scale: detail.scale, width: lens.radius * 2.0 });
    Ok(figure)
}

/// Puts the arrow of a view in a direction of its own into the first view that shows that direction best.
pub fn show_sight(figures: &mut [Figure], auxiliary: &AuxiliarySpec) {
    let toward = auxiliary.toward.normalize_or_zero();
    let shown = |figure: &Figure| figure.picture.flat(toward).length();
    let in_view = figures.iter_mut().filter(|figure| figure.cell.is_some() && !figure.is_section);
    let best = in_view.fold(None, |best: Option<&mut Figure>, figure| match best {
        Some(best) if shown(best) >= shown(figure) - 1.0e-9 => Some(best),
        _ => Some(figure),
    });
    if let Some(figure) = best
        && shown(figure) > 0.5
    {
        let looking = -figure.picture.flat(toward).normalize_or_zero();
        figure.sight_arrows.push(SightArrow { label: auxiliary.label.clone(), looking });
    }
}
