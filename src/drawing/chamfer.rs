//! Chamfers: narrow flats that take off an edge, and short cones that take off a rim.

use crate::drawing::edge::Model;
use crate::drawing::facet::{Facet, Facets, Seam};
use crate::drawing::feature::{Bore, Taper};
use crate::geom::{Vec3, atan2_deg};

/// A chamfer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chamfer {
    /// A point of it.
    pub at: Vec3,
    /// Out of the solid.
    pub normal: Vec3,
    /// Direction of the edge that it takes off; it is seen true along this.
    pub along: Vec3,
    /// How much it takes off the face that it takes more off.
    pub leg: f64,
    /// Its angle to that face, degrees.
    pub angle_deg: f64,
    /// What it is.
    pub shape: ChamferShape,
}

/// A chamfer of a straight or of a round edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ChamferShape {
    /// This flat face.
    Flat(usize),
    /// A cone.
    Round {
        /// The middle of its mean circle.
        center: Vec3,
        /// Its axis.
        axis: Vec3,
    },
}

/// A chamfer is narrower than this share of the model's diagonal …
const WIDTH_SHARE: f64 = 0.1;
/// … and than this share of the model's size across the faces that it takes off.
const THIN_SHARE: f64 = 0.45;
/// A chamfer is at least this share of its width long: the cut corner of a plate is short.
const LONG: f64 = 0.15;
/// Cosine above which a normal is along an axis.
const LEVEL_COS: f64 = 1.0 - 1.0e-8;
/// Of a face with more edges the longest are looked at.
const MAX_SEAMS: usize = 6;

/// All chamfers of a model.
pub fn chamfers(model: &Model, facets: &Facets, tapers: &[Taper], bores: &[Bore]) -> Vec<Chamfer> {
    let (size, narrow) = (model.bounding_box.size(), model.diagonal() * WIDTH_SHARE);
    // no chamfer takes off half of what it stands on
    let most =
        |faces: [Vec3; 2]| faces.map(|face| size.dot(face.abs()) * THIN_SHARE).into_iter().fold(narrow, f64::min);
    let mut seams_of: Vec<Vec<&Seam>> = vec![Vec::new(); facets.facets.len()];
    for seam in &facets.seams {
        seam.facets.iter().for_each(|facet| seams_of[*facet].push(seam));
    }
    let mut found = Vec::new();
    for (index, seams) in seams_of.iter_mut().enumerate() {
        seams.sort_by(|a, b| b.length.total_cmp(&a.length));
        seams.truncate(MAX_SEAMS);
        let pairs = (0..seams.len()).flat_map(|one| (one + 1..seams.len()).map(move |two| (one, two)));
        let narrow = |(chamfer, faces): (Chamfer, [Vec3; 2])| (chamfer.leg <= most(faces)).then_some(chamfer);
        found.extend(pairs.filter_map(|(one, two)| flat(facets, index, seams[one], seams[two])).find_map(narrow));
    }
    let slack = model.diagonal() * 1.0e-4;
    let rounds = tapers.iter().filter(|taper| !taper.inner).filter_map(|taper| round(taper, bores, slack));
    found.extend(rounds.filter(|chamfer| chamfer.leg <= narrow.min(size.min_element() * THIN_SHARE)));
    found.retain(|chamfer| chamfer.leg > slack);
    found
}

/// The chamfer that a face is between two of its seams, with the normals of the faces there.
fn flat(facets: &Facets, index: usize, one: &Seam, two: &Seam) -> Option<(Chamfer, [Vec3; 2])> {
    let facet = facets.facets[index];
    let other = |seam: &Seam| facets.facets[seam.facets[usize::from(seam.facets[0] == index)]];
    // a level or upright face between two that lean is what two chamfers left
    let is_level = |facet: Facet| facet.normal.abs().max_element() > LEVEL_COS;
    if is_level(facet) && ![one, two].iter().any(|seam| is_level(other(seam))) {
        return None;
    }
    let (first, second) = (other(one).normal, other(two).normal);
    let length = one.length.min(two.length);
    let width = facet.area / one.length.max(length);
    let is_strip = one.convex
        && two.convex
        && one.along.dot(two.along).abs() > 1.0 - 1.0e-6
        && length > one.length.max(two.length) * 0.5
        && length > width * LONG;
    // between two faces at a right angle, leaning to both
    let is_corner =
        first.dot(second).abs() < 1.0e-3 && facet.normal.dot(first) > 0.15 && facet.normal.dot(second) > 0.15;
    if !is_strip || !is_corner {
        return None;
    }
    let across = one.along.cross(facet.normal);
    let legs = [first, second].map(|face| width * across.dot(one.along.cross(face)).abs());
    let (leg, other_leg) = (legs[0].max(legs[1]), legs[0].min(legs[1]));
    let angle_deg = atan2_deg(other_leg, leg);
    let shape = ChamferShape::Flat(index);
    let chamfer = Chamfer { at: facet.center, normal: facet.normal, along: one.along, leg, angle_deg, shape };
    Some((chamfer, [first, second]))
}

/// A short cone between a cylinder and a flat end.
fn round(taper: &Taper, bores: &[Bore], slack: f64) -> Option<Chamfer> {
    let (height, rise) = (taper.high.0 - taper.low.0, taper.high.1 - taper.low.1);
    let (wide_at, wide) = if rise > 0.0 { taper.high } else { taper.low };
    let meets = |bore: &Bore| {
        !bore.inner
            && bore.axis.dot(taper.axis) > 1.0 - 1.0e-8
            && bore.foot.distance(taper.foot) <= slack
            && (bore.radius - wide).abs() <= slack
            && ((bore.low - wide_at).abs() <= slack || (bore.high - wide_at).abs() <= slack)
    };
    bores.iter().find(|bore| meets(bore))?;
    let side = taper.axis.any_orthogonal_vector().normalize_or_zero();
    let middle = (taper.low.0 + taper.high.0) * 0.5;
    let radius = (taper.low.1 + taper.high.1) * 0.5;
    let (leg, other_leg) = (height.max(rise.abs()), height.min(rise.abs()));
    Some(Chamfer {
        at: taper.foot + taper.axis * middle + side * radius,
        normal: (side * height - taper.axis * rise).normalize_or_zero(),
        along: side.cross(taper.axis),
        leg,
        angle_deg: atan2_deg(other_leg, leg),
        shape: ChamferShape::Round { center: taper.foot + taper.axis * middle, axis: taper.axis },
    })
}
