//! Roof over a region: every point as high as its distance from the outline.
//!
//! The space above the roof is a union of convex pieces, one for each edge: all points higher than their distance from it. A prism over
//! the region less all of them is the roof; no skeleton has to be found. Round where the outline turns in (the Voronoi roof).

use rayon::prelude::*;

use crate::geom::{Vec2, Vec3, atan2_deg, cos_deg, sin_deg};
use crate::region::Region;
use crate::solid::{Control, Extrusion, Fault, Operator, Solid};

impl Solid {
    /// The roof of slope 1; round parts in steps of at most `step` degrees.
    ///
    /// # Errors
    /// The job's limits, and [`Fault::Kernel`] where the kernel gives up.
    pub fn roof(region: &Region, step: f64, control: &Control) -> Result<Self, Fault> {
        if region.is_empty() {
            return Ok(Self::default());
        }
        // nothing inside is further from the outline
        let height = region.bounding_box().size().min_element() * 0.51;
        let reach = height * 1.25;
        let tools: Vec<Vec<Vec3>> =
            region.contours().iter().flat_map(|contour| edge_tools(contour, reach, step)).collect();
        control.plan(tools.iter().map(|points| 2 * points.len() as u64).sum())?;
        let extrusion = Extrusion {
            direction: Vec3::new(0.0, 0.0, height),
            center: false,
            twist: 0.0,
            scale: Vec2::ONE,
            slices: 1,
        };
        let mut operands = vec![Self::extrude(region, &extrusion, control)?];
        operands.extend(tools.par_iter().map(|points| Self::hull(points, control)).collect::<Result<Vec<_>, _>>()?);
        Self::boolean(Operator::Difference, &operands, control)
    }

    /// Whether [`Solid::roof`] is the straight skeleton's roof too: where no corner turns in, nothing is round.
    pub fn roof_is_straight(region: &Region) -> bool {
        region.contours().iter().all(|contour| {
            let corner = |at: usize| contour[at % contour.len()];
            (0..contour.len()).all(|at| (corner(at + 1) - corner(at)).perp_dot(corner(at + 2) - corner(at + 1)) >= 0.0)
        })
    }
}

/// The corners of what lies above each edge of a contour.
fn edge_tools(contour: &[Vec2], reach: f64, step: f64) -> Vec<Vec<Vec3>> {
    let count = contour.len();
    let corner = |at: usize| contour[at % count];
    let inward = |at: usize| (corner(at + 1) - corner(at)).perp().normalize_or_zero();
    (0..count)
        .filter(|at| corner(*at) != corner(*at + 1))
        .map(|at| {
            let (a, b) = (corner(at), corner(at + 1));
            let normal = inward(at);
            let high = |point: Vec2| point.extend(reach);
            let mut points = vec![a.extend(0.0), b.extend(0.0)];
            for end in [a, b] {
                points.extend([high(end + normal * reach), high(end - normal * reach)]);
            }
            let next = inward(at + 1);
            if normal.perp_dot(next) < 0.0 {
                points.extend(fan(normal, next, step).into_iter().map(|side| high(b + side * reach)));
            }
            points
        })
        .collect()
}

/// Directions from one to another, the second included.
fn fan(from: Vec2, to: Vec2, step: f64) -> Vec<Vec2> {
    let start = atan2_deg(from.y, from.x);
    let turn = atan2_deg(from.perp_dot(to), from.dot(to));
    let count = (turn.abs() / step.max(0.1)).ceil().max(1.0) as u32;
    (1..=count)
        .map(|at| {
            let angle = start + turn * f64::from(at) / f64::from(count);
            if at == count { to } else { Vec2::new(cos_deg(angle), sin_deg(angle)) }
        })
        .collect()
}
