//! Cube, sphere, cylinder: OpenSCAD's vertices exactly.

use crate::geom::{Vec3, cos_deg, sin_deg};
use crate::mesh::Surface;
use crate::region::Region;
use crate::solid::draft::Draft;
use crate::solid::{Control, Fault, Solid};

/// How a round primitive is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roundness {
    /// Segments of a full circle; at least 3.
    pub segments: u32,
    /// Whether it stands for something round; else its facets are meant: a hexagon nut.
    pub smooth: bool,
}

impl Solid {
    /// A box from the origin, or round it; empty unless all sizes are positive and finite.
    ///
    /// # Errors
    /// The job's limits.
    pub fn cube(size: Vec3, center: bool, control: &Control) -> Result<Self, Fault> {
        if !size.is_finite() || size.min_element() <= 0.0 {
            return Ok(Self::default());
        }
        control.plan(12)?;
        let (min, max) = if center { (-size * 0.5, size * 0.5) } else { (Vec3::ZERO, size) };
        let pick = |bit: bool, axis: usize| if bit { max[axis] } else { min[axis] };
        let corner = |at: u32| Vec3::new(pick(at & 1 != 0, 0), pick(at & 2 != 0, 1), pick(at & 4 != 0, 2));
        let mut draft =
            Draft { positions: (0..8).map(corner).collect(), surfaces: vec![Surface::Plane; 6], ..Draft::default() };
        for (face, corners) in CUBE_FACES.iter().enumerate() {
            draft.fan(corners, face as u32);
        }
        let base = Region::square(size.truncate(), center);
        Ok(Self::of_body(draft.seal()?).with_prism(base, min.z, max.z))
    }

    /// A sphere of rings of points, the first and last half a step from the poles; empty unless the radius is positive and finite.
    ///
    /// # Errors
    /// The job's limits, before anything is made.
    pub fn sphere(radius: f64, roundness: Roundness, control: &Control) -> Result<Self, Fault> {
        if !radius.is_finite() || radius <= 0.0 {
            return Ok(Self::default());
        }
        let segments = roundness.segments.max(3);
        let rings = segments.div_ceil(2);
        control.plan(2 * u64::from(segments) * u64::from(rings))?;
        let mut draft = Draft::default();
        for ring in 0..rings {
            let polar = 180.0 * (f64::from(ring) + 0.5) / f64::from(rings);
            draft.circle(radius * sin_deg(polar), radius * cos_deg(polar), segments);
        }
        let mut faces = Faces::new(roundness.smooth, Surface::Sphere { center: Vec3::ZERO, radius });
        let top: Vec<u32> = (0..segments).collect();
        let face = faces.next(&mut draft.surfaces);
        draft.cap(&top, face);
        for ring in 1..rings {
            control.budget().check()?;
            for at in 0..segments {
                let next = (at + 1) % segments;
                let (upper, lower) = ((ring - 1) * segments, ring * segments);
                let face = faces.next(&mut draft.surfaces);
                draft.fan(&[upper + next, upper + at, lower + at, lower + next], face);
            }
        }
        let bottom: Vec<u32> = (0..segments).map(|at| rings * segments - 1 - at).collect();
        let face = faces.next(&mut draft.surfaces);
        draft.cap(&bottom, face);
        Ok(Self::of_body(draft.seal()?))
    }

    /// A cylinder, cone or frustum along z; empty unless the height is positive, no radius negative and one positive.
    ///
    /// # Errors
    /// The job's limits, before anything is made.
    pub fn cylinder(
        height: f64,
        radii: [f64; 2],
        center: bool,
        roundness: Roundness,
        control: &Control,
    ) -> Result<Self, Fault> {
        let [bottom, top] = radii;
        let sound = height.is_finite() && height > 0.0 && bottom.is_finite() && top.is_finite();
        if !sound || bottom < 0.0 || top < 0.0 || bottom.max(top) <= 0.0 {
            return Ok(Self::default());
        }
        let segments = roundness.segments.max(3);
        control.plan(4 * u64::from(segments))?;
        let (low, high) = if center { (-height * 0.5, height * 0.5) } else { (0.0, height) };
        let mut draft = Draft::default();
        let lower = draft.ring_or_tip(bottom, low, segments);
        let upper = draft.ring_or_tip(top, high, segments);
        let mut faces = Faces::new(roundness.smooth, wall_surface(radii, low, height));
        for at in 0..segments {
            let next = (at + 1) % segments;
            let corner = |ring: &[u32], index: u32| ring[index as usize % ring.len()];
            let mut corners = vec![corner(&lower, at), corner(&lower, next), corner(&upper, next), corner(&upper, at)];
            corners.dedup();
            let face = faces.next(&mut draft.surfaces);
            draft.fan(&corners, face);
        }
        draft.surfaces.extend([Surface::Plane, Surface::Plane]);
        let caps = draft.surfaces.len() as u32 - 2;
        let underside: Vec<u32> = lower.iter().rev().copied().collect();
        draft.cap(&underside, caps);
        draft.cap(&upper, caps + 1);
        let solid = Self::of_body(draft.seal()?);
        Ok(if bottom == top { solid.with_prism(Region::circle(bottom, segments), low, high) } else { solid })
    }
}

/// Corner numbers have x in bit 0, y in bit 1, z in bit 2.
const CUBE_FACES: [[u32; 4]; 6] = [[4, 5, 7, 6], [2, 3, 1, 0], [0, 1, 5, 4], [1, 3, 7, 5], [3, 2, 6, 7], [2, 0, 4, 6]];

/// The surface of a cylinder's or cone's wall that begins at height `low`.
fn wall_surface([bottom, top]: [f64; 2], low: f64, height: f64) -> Surface {
    if bottom == top {
        return Surface::Cylinder { origin: Vec3::new(0.0, 0.0, low), axis: Vec3::Z, radius: bottom };
    }
    let slope = (bottom - top).abs() / height;
    let tip = low + height * bottom / (bottom - top);
    let axis = if top > bottom { Vec3::Z } else { Vec3::NEG_Z };
    Surface::Cone { apex: Vec3::new(0.0, 0.0, tip), axis, slope }
}

/// Numbers the faces of a wall: all one where it is round, each its own plane where its facets are meant.
struct Faces {
    round: Option<Surface>,
    made: Option<u32>,
}

impl Faces {
    fn new(smooth: bool, surface: Surface) -> Self {
        Self { round: smooth.then_some(surface), made: None }
    }

    fn next(&mut self, surfaces: &mut Vec<Surface>) -> u32 {
        if let (Some(_), Some(face)) = (self.round, self.made) {
            return face;
        }
        surfaces.push(self.round.unwrap_or(Surface::Plane));
        let face = surfaces.len() as u32 - 1;
        self.made = Some(face);
        face
    }
}

impl Draft {
    /// A ring of points on +x first; returns the index of the first.
    fn circle(&mut self, radius: f64, z: f64, segments: u32) -> u32 {
        let first = self.positions.len() as u32;
        for at in 0..segments {
            let angle = 360.0 * f64::from(at) / f64::from(segments);
            self.positions.push(Vec3::new(radius * cos_deg(angle), radius * sin_deg(angle), z));
        }
        first
    }

    fn ring_or_tip(&mut self, radius: f64, z: f64, segments: u32) -> Vec<u32> {
        if radius > 0.0 {
            let first = self.circle(radius, z, segments);
            return (first..first + segments).collect();
        }
        self.positions.push(Vec3::new(0.0, 0.0, z));
        vec![self.positions.len() as u32 - 1]
    }

    /// One triangle or two.
    fn fan(&mut self, corners: &[u32], face: u32) {
        for at in 1..corners.len().saturating_sub(1) {
            self.triangles.push([corners[0], corners[at], corners[at + 1]]);
            self.surface_of.push(face);
        }
    }

    /// A convex polygon: cuts every second corner off, then again; no slivers as a fan has.
    fn cap(&mut self, corners: &[u32], face: u32) {
        let mut ring = corners.to_vec();
        while ring.len() > 3 {
            let mut inner = Vec::with_capacity(ring.len() / 2 + 1);
            for at in (0..ring.len()).step_by(2) {
                inner.push(ring[at]);
                if at + 1 < ring.len() {
                    self.triangles.push([ring[at], ring[at + 1], ring[(at + 2) % ring.len()]]);
                    self.surface_of.push(face);
                }
            }
            ring = inner;
        }
        if let [a, b, c] = ring[..] {
            self.triangles.push([a, b, c]);
            self.surface_of.push(face);
        }
    }
}
