//! Linear extrusion: direction, twist, scale, slices.

use crate::geom::{Vec2, Vec3, cos_deg, sin_deg};
use crate::mesh::Surface;
use crate::region::Region;
use crate::solid::draft::Draft;
use crate::solid::profile::{Run, runs};
use crate::solid::{Control, Fault, Solid};

/// How a region is drawn out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extrusion {
    /// The way from bottom to top.
    pub direction: Vec3,
    /// Half of it below the region's plane.
    pub center: bool,
    /// Turn from bottom to top, degrees, clockwise seen from above.
    pub twist: f64,
    /// Size at the top; 0 closes it to an edge or a point.
    pub scale: Vec2,
    /// Layers, at least 1.
    pub slices: u32,
}

impl Solid {
    /// A region drawn out; empty unless the direction rises.
    ///
    /// # Errors
    /// The job's limits, before anything is made.
    pub fn extrude(region: &Region, extrusion: &Extrusion, control: &Control) -> Result<Self, Fault> {
        let sound = extrusion.direction.is_finite() && extrusion.scale.is_finite() && extrusion.twist.is_finite();
        if region.is_empty() || !sound || extrusion.direction.z <= 0.0 {
            return Ok(Self::default());
        }
        let slices = extrusion.slices.max(1);
        let stride = region.point_count() as u64;
        control.plan(2 * stride * (u64::from(slices) + 1))?;
        let mut draft = Draft::default();
        for slice in 0..=slices {
            place_slice(region, extrusion, slice, &mut draft.positions);
        }
        let face_of_edge = wall_faces(region, extrusion, &mut draft.surfaces);
        for slice in 0..slices {
            control.budget().check()?;
            build_walls(region, extrusion, slice, &face_of_edge, &mut draft);
        }
        build_caps(region, slices, &mut draft, control)?;
        let solid = Self::of_body(draft.seal()?);
        Ok(if extrusion.is_straight() {
            let (low, high) = (extrusion.at(0).1.z, extrusion.at(slices).1.z);
            solid.with_prism(region.clone(), low, high)
        } else {
            solid
        })
    }
}

impl Extrusion {
    /// Whether it goes straight up without a change.
    fn is_straight(&self) -> bool {
        self.direction.x == 0.0 && self.direction.y == 0.0 && self.twist == 0.0 && self.scale == Vec2::ONE
    }

    /// The map of the region's plane at layer `slice`, and what is added to it.
    fn at(&self, slice: u32) -> (impl Fn(Vec2) -> Vec2 + use<>, Vec3) {
        let (part, whole) = (f64::from(slice), f64::from(self.slices.max(1)));
        let scale = Vec2::ONE - (Vec2::ONE - self.scale) * part / whole;
        let angle = -self.twist * part / whole;
        let (sin, cos) = (sin_deg(angle), cos_deg(angle));
        let map = move |point: Vec2| scale * Vec2::new(cos * point.x - sin * point.y, sin * point.x + cos * point.y);
        let start = if self.center { -self.direction * 0.5 } else { Vec3::ZERO };
        (map, start + self.direction * part / whole)
    }
}

fn place_slice(region: &Region, extrusion: &Extrusion, slice: u32, positions: &mut Vec<Vec3>) {
    let (map, offset) = extrusion.at(slice);
    let points = region.contours().iter().flatten();
    positions.extend(points.map(|point| map(*point).extend(0.0) + offset));
}

/// For each edge of each contour, in order, the number of its wall's surface.
fn wall_faces(region: &Region, extrusion: &Extrusion, surfaces: &mut Vec<Surface>) -> Vec<u32> {
    let mut face_of_edge = Vec::with_capacity(region.point_count());
    for contour in region.contours() {
        let (run_of, runs) = runs(contour);
        let first = surfaces.len() as u32;
        surfaces.extend(runs.iter().map(|run| wall_surface(*run, extrusion)));
        face_of_edge.extend(run_of.iter().map(|run| first + run));
    }
    face_of_edge
}

fn wall_surface(run: Run, extrusion: &Extrusion) -> Surface {
    let upright = extrusion.direction.x == 0.0 && extrusion.direction.y == 0.0;
    let straight = extrusion.twist == 0.0;
    let uniform = extrusion.scale.x == extrusion.scale.y;
    match run {
        Run::Straight if straight && uniform => Surface::Plane,
        Run::Arc { center, radius } if straight && upright && extrusion.scale == Vec2::ONE => {
            Surface::Cylinder { origin: center.extend(0.0), axis: Vec3::Z, radius }
        }
        Run::Arc { center, radius } if straight && upright && uniform && center.length() <= radius * 1.0e-9 => {
            cone(radius, extrusion)
        }
        _ => Surface::Smooth,
    }
}

/// The cone of a circle round the origin that shrinks or grows on its way up.
fn cone(radius: f64, extrusion: &Extrusion) -> Surface {
    let height = extrusion.direction.z;
    let low = if extrusion.center { -height * 0.5 } else { 0.0 };
    let shrink = 1.0 - extrusion.scale.x;
    let axis = if shrink > 0.0 { Vec3::NEG_Z } else { Vec3::Z };
    Surface::Cone { apex: Vec3::new(0.0, 0.0, low + height / shrink), axis, slope: radius * shrink.abs() / height }
}

/// The walls between two layers: each quad cut along its shorter diagonal.
fn build_walls(region: &Region, extrusion: &Extrusion, slice: u32, face_of_edge: &[u32], draft: &mut Draft) {
    let stride = region.point_count() as u32;
    let ((low, _), (high, _)) = (extrusion.at(slice), extrusion.at(slice + 1));
    let closing = slice + 1 == extrusion.slices.max(1) && extrusion.scale.min_element() == 0.0;
    let mut first = 0;
    for contour in region.contours() {
        let count = contour.len() as u32;
        // ties go with the twist, the other way round holes
        let hole = crate::region::is_hole(contour);
        let tie = hole == (extrusion.twist <= 0.0);
        for at in 0..count {
            let next = (at + 1) % count;
            let (a, b) = (contour[at as usize], contour[next as usize]);
            let order = compare_lengths(low(a) - high(b), low(b) - high(a));
            let rising = match order {
                std::cmp::Ordering::Less => true,
                std::cmp::Ordering::Equal => tie,
                std::cmp::Ordering::Greater => false,
            };
            let [a0, b0] = [at, next].map(|index| slice * stride + first + index);
            let [a1, b1] = [a0 + stride, b0 + stride];
            // at a closed top the other diagonal would leave ears without thickness
            if rising != closing {
                draft.triangles.extend([[b0, b1, a0], [a1, a0, b1]]);
            } else {
                draft.triangles.extend([[b0, a1, a0], [b0, b1, a1]]);
            }
            let face = face_of_edge[(first + at) as usize];
            draft.surface_of.extend([face, face]);
        }
        first += count;
    }
}

/// Orders two vectors by length, those equal that differ by rounding.
fn compare_lengths(a: Vec2, b: Vec2) -> std::cmp::Ordering {
    let (a, b) = (a.length(), b.length());
    if 2.0 * (a - b).abs() * 1.0e5 > a + b { a.total_cmp(&b) } else { std::cmp::Ordering::Equal }
}

fn build_caps(region: &Region, slices: u32, draft: &mut Draft, control: &Control) -> Result<(), Fault> {
    let top = region.point_count() as u32 * slices;
    let face = draft.surfaces.len() as u32;
    draft.surfaces.extend([Surface::Plane, Surface::Plane]);
    for [a, b, c] in region.triangulate(control.budget())? {
        draft.triangles.extend([[c, b, a], [a + top, b + top, c + top]]);
        draft.surface_of.extend([face, face + 1]);
    }
    Ok(())
}
