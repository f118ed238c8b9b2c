//! Figures of sections and floor plans, and the cutting plane in the view that shows it.

use crate::budget::Budget;
use crate::drawing::DrawError;
use crate::drawing::assembly::part_points;
use crate::drawing::clip::Strip;
use crate::drawing::edge::Model;
use crate::drawing::figure::{Figure, Sketch, Stroke};
use crate::drawing::hidden::see;
use crate::drawing::indication::CuttingLine;
use crate::drawing::ring::Rings;
use crate::drawing::section::{Cut, cut, see_cut};
use crate::drawing::spec::{Half, SectionSpec};
use crate::drawing::view::Picture;
use crate::geom::{Aabb2, Vec2, Vec3};
use crate::page::{Layer, Shape};

/// A section wanted, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    /// Its letter.
    pub label: String,
    /// Its picture plane.
    pub picture: Picture,
    /// Across the strips, in the picture.
    pub along: Vec2,
    /// Its steps side by side.
    pub steps: Vec<CutStep>,
    /// For each part whether it is left whole.
    pub uncut: Vec<bool>,
    /// Its place around the front view.
    pub cell: Option<(i32, i32)>,
}

/// A strip of a section, and how deep it is cut there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CutStep {
    /// Where it begins along the picture.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
    /// Place of its plane towards the viewer; none where nothing is cut.
    pub depth: Option<f64>,
}

impl Plane {
    /// The cut that a section asks for.
    ///
    /// # Errors
    /// [`DrawError::Direction`] for a normal of no length.
    pub fn of(section: &SectionSpec, names: &[&str]) -> Result<Self, DrawError> {
        let picture = Picture::from_direction(section.normal).ok_or(DrawError::Direction)?;
        let uncut = names.iter().map(|name| section.uncut.iter().any(|other| other == name)).collect();
        let depth = |point: Vec3| point.dot(picture.toward);
        let (along, steps) = match section.half {
            Some(half) => half_cut(half, picture.flat(section.point), depth(section.point)),
            None => stepped_cut(section, &picture),
        };
        Ok(Self { label: section.label.clone(), picture, along, steps, uncut, cell: None })
    }

    fn strip(&self, step: &CutStep) -> Strip {
        Strip { along: self.along, low: step.low, high: step.high }
    }
}

fn half_cut(half: Half, at: Vec2, depth: f64) -> (Vec2, Vec<CutStep>) {
    let along = if matches!(half, Half::Left | Half::Right) { Vec2::X } else { Vec2::Y };
    let middle = at.dot(along);
    let is_low = matches!(half, Half::Left | Half::Lower);
    let low = CutStep { low: f64::NEG_INFINITY, high: middle, depth: is_low.then_some(depth) };
    let high = CutStep { low: middle, high: f64::INFINITY, depth: (!is_low).then_some(depth) };
    (along, vec![low, high])
}

/// One plane, or planes through several points that change half-way between them.
fn stepped_cut(section: &SectionSpec, picture: &Picture) -> (Vec2, Vec<CutStep>) {
    let mut points = vec![section.point];
    points.extend(&section.through);
    let spread = Aabb2::of(points.iter().map(|point| picture.flat(*point))).size();
    let along = if spread.y > spread.x { Vec2::Y } else { Vec2::X };
    let mut stops: Vec<(f64, f64)> =
        points.iter().map(|point| (picture.flat(*point).dot(along), point.dot(picture.toward))).collect();
    stops.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    // points of one depth in a row are one plane
    let mut steps: Vec<CutStep> = Vec::new();
    let mut last = f64::NEG_INFINITY;
    for (at, depth) in stops {
        match steps.last_mut() {
            Some(step) if step.depth.is_some_and(|other| (other - depth).abs() <= depth.abs().max(1.0) * 1.0e-9) => {}
            Some(step) => {
                step.high = (last + at) * 0.5;
                let low = step.high;
                steps.push(CutStep { low, high: f64::INFINITY, depth: Some(depth) });
            }
            None => steps.push(CutStep { low: f64::NEG_INFINITY, high: f64::INFINITY, depth: Some(depth) }),
        }
        last = at;
    }
    (along, steps)
}

/// Hatching of the first part, degrees; others are turned against it.
const HATCH_ANGLES: [f64; 4] = [45.0, 135.0, 30.0, 60.0];

/// The figure of a section: each strip is what its own plane shows (ISO 128-3: no edge where planes change).
///
/// # Errors
/// [`DrawError::SectionMisses`] when no plane meets material, [`DrawError::Exceeded`] when the budget ends.
pub fn section_figure(model: &Model, plane: &Plane, budget: &Budget) -> Result<Figure, DrawError> {
    let mut drawn = Drawn { sketch: Sketch::default(), hatches: Vec::new(), points: Vec::new(), bounds: Aabb2::EMPTY };
    for step in &plane.steps {
        drawn.add(model, plane, step, budget)?;
    }
    if drawn.hatches.is_empty() {
        return Err(DrawError::SectionMisses { label: plane.label.clone() });
    }
    let mut strokes = drawn.hatches;
    strokes.extend(drawn.sketch.strokes(false));
    let name = format!("{0}-{0}", plane.label);
    let mut figure = Figure::blank(&name, plane.cell, plane.picture, strokes, drawn.bounds);
    figure.caption = name;
    figure.is_section = true;
    figure.cuts = plane.steps.iter().map(|step| (plane.strip(step), step.depth)).collect();
    figure.part_points = drawn.points;
    if let ([low, _], true) = (plane.steps.as_slice(), plane.steps.iter().any(|step| step.depth.is_none())) {
        // the axis parts the half in section from the half seen from outside
        let (at, across) = (plane.along * low.high, plane.along.perp());
        let reach = [figure.bounds.min, figure.bounds.max].map(|corner| corner.dot(across));
        let [from, to] = reach.map(|level| at + across * level);
        figure.center_lines.push(crate::drawing::figure::CenterLine { from, to });
    }
    Ok(figure)
}

/// What the strips of a section have come to.
struct Drawn {
    sketch: Sketch,
    hatches: Vec<Stroke>,
    points: Vec<Option<Vec2>>,
    bounds: Aabb2,
}

impl Drawn {
    fn add(&mut self, model: &Model, plane: &Plane, step: &CutStep, budget: &Budget) -> Result<(), DrawError> {
        let (picture, strip) = (&plane.picture, plane.strip(step));
        let Some(depth) = step.depth else {
            let mut seen = see(model, picture, budget)?;
            strip.clip(&mut seen);
            self.gather(model, &Rings::find(model), picture, &seen, &strip);
            return Ok(());
        };
        let cut = cut(model, picture.toward * depth, picture.toward, &plane.uncut);
        let mut seen = see_cut(&cut, picture, depth, budget)?;
        strip.clip(&mut seen);
        self.hatches.extend(hatches(&cut, picture, &strip));
        self.gather(&cut.rest, &Rings::find(&cut.rest), picture, &seen, &strip);
        Ok(())
    }

    fn gather(
        &mut self,
        model: &Model,
        rings: &Rings,
        picture: &Picture,
        seen: &crate::drawing::hidden::Seen,
        strip: &Strip,
    ) {
        self.sketch.add(model, rings, picture, seen, false);
        for (index, point) in part_points(model, seen).into_iter().enumerate() {
            self.points.resize(self.points.len().max(index + 1), None);
            self.points[index] = self.points[index].or(point);
        }
        let used = model.triangles.iter().flatten().map(|vertex| picture.flat(model.positions[*vertex as usize]));
        let inside = Aabb2::of(used.filter(|point| strip.holds(*point)));
        let ends = seen.edges.iter().flat_map(|edge| {
            edge.visible.iter().flat_map(|run| [edge.from.lerp(edge.to, run.0), edge.from.lerp(edge.to, run.1)])
        });
        let reach = if strip.is_whole() { inside } else { ends.fold(inside, |all, end| all.union(Aabb2::of([end]))) };
        self.bounds = self.bounds.union(reach);
    }
}

fn hatches(cut: &Cut, picture: &Picture, strip: &Strip) -> Vec<Stroke> {
    let mut strokes = Vec::new();
    for (index, (_, outlines)) in cut.faces.iter().enumerate() {
        let inside = flat(outlines, picture).into_iter().map(|contour| strip.contour(&contour));
        let contours: Vec<Vec<Vec2>> = inside.filter(|contour| contour.len() > 2).collect();
        if contours.is_empty() {
            continue;
        }
        let angle_deg = HATCH_ANGLES[index % HATCH_ANGLES.len()];
        // the spacing is chosen on paper
        strokes.push(Stroke { layer: Layer::Hatch, shape: Shape::Hatch { contours, angle_deg, spacing: 0.0 } });
    }
    strokes
}

fn flat(outlines: &[Vec<Vec3>], picture: &Picture) -> Vec<Vec<Vec2>> {
    outlines.iter().map(|outline| outline.iter().map(|point| picture.flat(*point)).collect()).collect()
}

/// The figure of a floor plan: cut walls filled and heavy, what lies below thin, what lies above dashed.
///
/// # Errors
/// As [`section_figure`].
pub fn plan_figure(model: &Model, height: f64, cell: Option<(i32, i32)>, budget: &Budget) -> Result<Figure, DrawError> {
    let level = model.bounding_box.min.z + height;
    let picture = Picture::new(Vec3::Z, Vec3::X).ok_or(DrawError::Direction)?;
    let cut_at = Vec3::new(0.0, 0.0, level);
    let cut_open = cut(model, cut_at, Vec3::Z, &[]);
    if cut_open.faces.is_empty() {
        return Err(DrawError::SectionMisses { label: format!("plan at {height} mm") });
    }
    let seen = see_cut(&cut_open, &picture, level, budget)?;
    let rings = Rings::find(&cut_open.rest);
    let fill = |(_, outlines): &(u32, Vec<Vec<Vec3>>)| Stroke {
        layer: Layer::Fill,
        shape: Shape::Area { contours: flat(outlines, &picture) },
    };
    let mut strokes: Vec<Stroke> = cut_open.faces.iter().map(fill).collect();
    let mut sketch = Sketch::default();
    sketch.add(&cut_open.rest, &rings, &picture, &seen, false);
    add_above(&mut sketch, model, cut_at, &picture, budget)?;
    strokes.extend(sketch.strokes(true).into_iter().map(|stroke| Stroke { layer: plan_layer(stroke.layer), ..stroke }));
    let outlines: Vec<Vec<Vec2>> = cut_open.faces.iter().flat_map(|(_, outlines)| flat(outlines, &picture)).collect();
    strokes.extend(outlines.iter().map(|points| Stroke {
        layer: Layer::Visible,
        shape: Shape::Polyline { points: points.clone(), closed: true },
    }));
    let bounds = Aabb2::of(model.triangles.iter().flatten().map(|v| picture.flat(model.positions[*v as usize])));
    let mut figure = Figure::blank("plan", cell, picture, strokes, bounds);
    figure.is_section = true;
    figure.cuts = vec![(Strip { along: Vec2::X, low: f64::NEG_INFINITY, high: f64::INFINITY }, Some(level))];
    figure.caption = format!("Plan +{}", crate::drawing::dimension::length_text(height));
    figure.walls = outlines;
    Ok(figure)
}

fn plan_layer(layer: Layer) -> Layer {
    if layer == Layer::Hidden { Layer::Above } else { Layer::Below }
}

/// What one would see above the cut, looking up from it: lintels, beams, the edge of the roof.
fn add_above(
    sketch: &mut Sketch,
    model: &Model,
    cut_at: Vec3,
    picture: &Picture,
    budget: &Budget,
) -> Result<(), DrawError> {
    let above = cut(model, cut_at, Vec3::NEG_Z, &[]);
    if above.rest.triangles.is_empty() {
        return Ok(());
    }
    let upwards = Picture::new(Vec3::NEG_Z, Vec3::X).ok_or(DrawError::Direction)?;
    let mut seen = see_cut(&above, &upwards, -cut_at.z, budget)?;
    // the same lines, seen from above, lie under everything
    seen.edges.retain(|edge| !edge.visible.is_empty());
    for edge in &mut seen.edges {
        let ends = above.rest.edges[edge.edge as usize].ends.map(|vertex| above.rest.positions[vertex as usize]);
        (edge.from, edge.to) = (picture.flat(ends[0]), picture.flat(ends[1]));
    }
    sketch.add_hidden(&seen);
    Ok(())
}

/// Shows a cutting plane in the first view that it crosses as a line, one that shows its steps before one that does not.
pub fn show_cutting_plane(figures: &mut [Figure], plane: &Plane) {
    let toward = plane.picture.toward;
    let across = plane.picture.right * plane.along.x + plane.picture.up * plane.along.y;
    let edge_on = |figure: &Figure| {
        figure.cell.is_some() && !figure.is_section && figure.picture.toward.dot(toward).abs() < 1.0e-6
    };
    let shows_steps = |figure: &Figure| edge_on(figure) && figure.picture.flat(across).length() > 0.5;
    let found = figures.iter().position(shows_steps).or_else(|| figures.iter().position(edge_on));
    let Some(figure) = found.map(|index| &mut figures[index]) else { return };
    let looking = -figure.picture.flat(toward);
    let along = figure.picture.flat(across);
    // where the planes change along the line of sight, the view shows the first of them
    let is_plain = along.length() < 0.5 || plane.steps.len() == 1;
    let along = if is_plain { looking.perp() } else { along };
    let depth = plane.steps.iter().find_map(|step| step.depth).unwrap_or(0.0);
    let place = |at: f64, depth: f64| along * at - looking * depth;
    let mut line = CuttingLine {
        label: plane.label.clone(),
        along,
        looking,
        corners: Vec::new(),
        at: place(0.0, depth),
        half: None,
    };
    for pair in plane.steps.windows(2).filter(|_| !is_plain) {
        match (pair[0].depth, pair[1].depth) {
            (Some(one), Some(two)) => line.corners.extend([place(pair[0].high, one), place(pair[0].high, two)]),
            (Some(_), None) => (line.at, line.half) = (place(pair[0].high, depth), Some(-1.0)),
            (None, _) => (line.at, line.half) = (place(pair[0].high, depth), Some(1.0)),
        }
    }
    figure.cutting_lines.push(line);
}
