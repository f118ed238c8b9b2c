//! Rotational extrusion.

use crate::geom::{Vec2, Vec3, cos_deg, sin_deg};
use crate::mesh::Surface;
use crate::region::Region;
use crate::solid::draft::Draft;
use crate::solid::profile::{Run, runs};
use crate::solid::{Control, Fault, Solid};

/// How a region is turned about z; its x becomes the radius, its y becomes z.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Revolution {
    /// How far round, degrees; 360 closes.
    pub angle: f64,
    /// Where it begins, degrees from +x.
    pub start: f64,
    /// Steps over the whole angle, at least 1; 3 for a closed one.
    pub segments: u32,
}

impl Solid {
    /// A region turned about z.
    ///
    /// # Errors
    /// [`Fault::AcrossAxis`] where the region lies on both sides of the axis; the job's limits, before anything is made.
    pub fn revolve(region: &Region, revolution: &Revolution, control: &Control) -> Result<Self, Fault> {
        if region.is_empty()
            || revolution.angle == 0.0
            || !revolution.angle.is_finite()
            || !revolution.start.is_finite()
        {
            return Ok(Self::default());
        }
        let bounds = region.bounding_box();
        if bounds.min.x < 0.0 && bounds.max.x > 0.0 {
            return Err(Fault::AcrossAxis);
        }
        let stride = region.point_count() as u64;
        let segments = revolution.segments.max(1);
        control.plan(2 * stride * (u64::from(segments) + 1))?;
        let closed = revolution.angle == 360.0;
        let mut draft = Draft::default();
        place_rings(region, revolution, closed, &mut draft, control)?;
        // walking up the profile and round the axis shows the outside on one side only
        let flip = (bounds.min.x < 0.0) == (revolution.angle > 0.0);
        build_walls(region, segments, flip, &mut draft, control)?;
        if !closed {
            build_caps(region, segments, flip, &mut draft, control)?;
        }
        Ok(Self::of_body(draft.seal()?))
    }
}

/// The points of every ring; a point on the axis is one point for all.
fn place_rings(
    region: &Region,
    revolution: &Revolution,
    closed: bool,
    draft: &mut Draft,
    control: &Control,
) -> Result<(), Fault> {
    let segments = revolution.segments.max(1);
    let rings = if closed { segments } else { segments + 1 };
    for ring in 0..rings {
        control.budget().check()?;
        let angle = revolution.start + f64::from(ring) * revolution.angle / f64::from(segments);
        let (sin, cos) = (sin_deg(angle), cos_deg(angle));
        let points = region.contours().iter().flatten();
        draft.positions.extend(points.map(|point| Vec3::new(point.x * cos, point.x * sin, point.y)));
    }
    Ok(())
}

fn build_walls(region: &Region, segments: u32, flip: bool, draft: &mut Draft, control: &Control) -> Result<(), Fault> {
    let stride = region.point_count() as u32;
    let total = draft.positions.len() as u32;
    let mut first = 0;
    for contour in region.contours() {
        let (run_of, runs) = runs(contour);
        let face = draft.surfaces.len() as u32;
        let count = contour.len() as u32;
        for run in 0..runs.len() as u32 {
            let edge = run_of.iter().position(|of| *of == run).unwrap_or(0);
            draft.surfaces.push(wall_surface(runs[run as usize], contour[edge], contour[(edge + 1) % contour.len()]));
        }
        for at in 0..count {
            control.budget().check()?;
            let next = (at + 1) % count;
            // an edge on the axis sweeps nothing
            let on_axis = contour[at as usize].x == 0.0 && contour[next as usize].x == 0.0;
            for segment in 0..segments {
                let vertex = |ring: u32, index: u32| {
                    let ring = if contour[index as usize].x == 0.0 { 0 } else { ring };
                    (ring * stride + first + index) % total
                };
                let [a0, b0] = [at, next].map(|index| vertex(segment, index));
                let [a1, b1] = [at, next].map(|index| vertex(segment + 1, index));
                if !on_axis {
                    push_quad([a0, b0, a1, b1], flip, face + run_of[at as usize], draft);
                }
            }
        }
        first += count;
    }
    Ok(())
}

fn push_quad([a0, b0, a1, b1]: [u32; 4], flip: bool, face: u32, draft: &mut Draft) {
    let pair = if flip { [[b0, b1, a0], [a1, a0, b1]] } else { [[a0, b1, b0], [b1, a0, a1]] };
    for [a, b, c] in pair {
        if a != b && b != c && c != a {
            draft.triangles.push([a, b, c]);
            draft.surface_of.push(face);
        }
    }
}

/// What a piece of the profile from `from` to `to` sweeps.
fn wall_surface(run: Run, from: Vec2, to: Vec2) -> Surface {
    let along = to - from;
    match run {
        Run::Straight if along.y.abs() <= along.x.abs() * 1.0e-12 => Surface::Plane,
        Run::Straight if along.x.abs() <= along.y.abs() * 1.0e-12 => {
            Surface::Cylinder { origin: Vec3::new(0.0, 0.0, from.y), axis: Vec3::Z, radius: from.x.abs() }
        }
        Run::Straight => {
            let slope = along.x / along.y;
            let tip = from.y - from.x / slope;
            let middle = (from + to) * 0.5;
            let axis = if middle.y > tip { Vec3::Z } else { Vec3::NEG_Z };
            Surface::Cone { apex: Vec3::new(0.0, 0.0, tip), axis, slope: slope.abs() }
        }
        Run::Arc { center, radius } if center.x.abs() <= radius * 1.0e-7 => {
            Surface::Sphere { center: Vec3::new(0.0, 0.0, center.y), radius }
        }
        _ => Surface::Smooth,
    }
}

fn build_caps(region: &Region, segments: u32, flip: bool, draft: &mut Draft, control: &Control) -> Result<(), Fault> {
    let stride = region.point_count() as u32;
    let on_axis: Vec<bool> = region.contours().iter().flatten().map(|point| point.x == 0.0).collect();
    let face = draft.surfaces.len() as u32;
    draft.surfaces.extend([Surface::Plane, Surface::Plane]);
    for corners in region.triangulate(control.budget())? {
        let far = corners.map(|index| if on_axis[index as usize] { index } else { index + segments * stride });
        let [near, far] = if flip { [reversed(corners), far] } else { [corners, reversed(far)] };
        draft.triangles.extend([near, far]);
        draft.surface_of.extend([face, face + 1]);
    }
    Ok(())
}

fn reversed([a, b, c]: [u32; 3]) -> [u32; 3] {
    [c, b, a]
}
