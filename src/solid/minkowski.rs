//! Minkowski sum of two solids.

use rayon::prelude::*;

use crate::geom::Vec3;
use crate::solid::sums::Fan;
use crate::solid::{Control, Fault, Operator, Solid};

impl Solid {
    /// Every sum of a point of one and a point of the other.
    ///
    /// Where both are convex it is the hull of those vertex sums that can stick out. Where one is, it is what that one sweeps along the other's
    /// faces, with the other's inside moved to one point of it; where none is, faces sweep faces.
    ///
    /// # Errors
    /// The job's limits, and [`Fault::Kernel`] where the kernel gives up.
    pub fn minkowski(&self, other: &Self, control: &Control) -> Result<Self, Fault> {
        if self.is_empty() || other.is_empty() {
            return Ok(if self.is_empty() { other.clone() } else { self.clone() });
        }
        match (self.is_convex(), other.is_convex()) {
            (true, true) => self.sum_of_convex(other, control),
            (true, false) => other.swept(&[self.positions()], self, control),
            (false, true) => self.swept(&[other.positions()], other, control),
            (false, false) => self.swept(&other.facets(), other, control),
        }
    }

    fn sum_of_convex(&self, other: &Self, control: &Control) -> Result<Self, Fault> {
        let budget = control.budget();
        if let Some(fan) = Fan::of(&self.positions(), budget)?
            && let Some(other) = Fan::of(&other.positions(), budget)?
        {
            return Self::hull(&fan.sums(&other, budget)?, control);
        }
        hull_of_sums(&self.positions(), &other.positions(), control)
    }

    /// The union of the sums of each face with each of `figures`, and the insides: any path from inside to outside of one solid moved
    /// by the other's points meets a face.
    fn swept(&self, figures: &[Vec<Vec3>], other: &Self, control: &Control) -> Result<Self, Fault> {
        let facets = self.facets();
        let corners = |lists: &[Vec<Vec3>]| lists.iter().map(|list| list.len() as u64).sum::<u64>();
        control.plan(corners(&facets) * corners(figures))?;
        let fan = match figures {
            [figure] => Fan::of(figure, control.budget())?,
            _ => None,
        };
        let pairs: Vec<(&Vec<Vec3>, &Vec<Vec3>)> =
            facets.iter().flat_map(|facet| figures.iter().map(move |figure| (facet, figure))).collect();
        let sum = |(facet, figure): &(&Vec<Vec3>, &Vec<Vec3>)| match (&fan, normal_of(facet)) {
            (Some(fan), Some(normal)) => Self::hull(&fan.sums_with_flat(facet, normal, control.budget())?, control),
            _ => hull_of_sums(facet, figure, control),
        };
        let mut parts = pairs.par_iter().map(sum).collect::<Result<Vec<_>, Fault>>()?;
        parts.extend(other.component_points().iter().map(|point| self.moved(*point)));
        if figures.len() > 1 {
            parts.extend(self.component_points().iter().map(|point| other.moved(*point)));
        }
        Self::boolean(Operator::Union, &parts, control)?.unnamed()
    }

    fn moved(&self, by: Vec3) -> Self {
        self.transformed(&crate::geom::Affine3::from_translation(by))
    }
}

/// The unit normal of a flat facet, where it is not too narrow to have one.
fn normal_of(facet: &[Vec3]) -> Option<Vec3> {
    let numbers: Vec<u32> = (0..facet.len() as u32).collect();
    let area = crate::mesh::area_vector(facet, &numbers);
    let longest = facet.iter().map(|corner| corner.distance(facet[0])).fold(0.0, f64::max);
    (area.length() > NARROW * longest * longest).then(|| area.normalize())
}

/// Part of its longest side that a facet is high at least.
const NARROW: f64 = 1.0e-7;

fn hull_of_sums(p: &[Vec3], q: &[Vec3], control: &Control) -> Result<Solid, Fault> {
    let bytes = p.len() as u64 * q.len() as u64 * POINT_BYTES;
    control.budget().reserve(bytes)?;
    let hull = sums(p, q, control).and_then(|cloud| Solid::hull(&cloud, control));
    control.budget().release(bytes);
    hull
}

fn sums(p: &[Vec3], q: &[Vec3], control: &Control) -> Result<Vec<Vec3>, Fault> {
    let mut sums = Vec::with_capacity(p.len() * q.len());
    for a in p {
        control.budget().check()?;
        sums.extend(q.iter().map(|b| *a + *b));
    }
    Ok(sums)
}

/// A vertex of a sum, twice (ours and the hull's copy) with the hull's bookkeeping.
const POINT_BYTES: u64 = 96;
