//! The convex hull of points in space, point by point, the farthest first; it can be stopped at any point.
//!
//! **Sources** Barber, Dobkin and Huhdanpaa, "The quickhull algorithm for convex hulls" (1996), with exact signs (Shewchuk 1997). A face in whose
//! plane a new point lies is taken as seen where it touches one that is: so none without area arises, and flat faces are tiled anew.

use robust::{Coord3D, orient3d};

use crate::budget::{Budget, Exceeded};
use crate::geom::Vec3;

/// The triangles of the hull, counter-clockwise from outside, as indices of the points; none where all lie in one plane.
///
/// A point that is farther out than the rest by less than rounding may make of it (10⁻¹³ of the largest coordinate) may be left out.
///
/// # Errors
/// The job was stopped.
pub(super) fn hull(points: &[Vec3], budget: &Budget) -> Result<Vec<[u32; 3]>, Exceeded> {
    let Some(first) = simplex(points, budget)? else { return Ok(Vec::new()) };
    let mut hull = Hull::new(points, first);
    hull.assign((0..points.len() as u32).collect(), 0, budget)?;
    while let Some(face) = hull.waiting.pop() {
        budget.check()?;
        if hull.faces[face as usize].is_alive && !hull.faces[face as usize].above.is_empty() {
            hull.add_farthest_of(face, budget)?;
        }
    }
    Ok(hull.faces.into_iter().filter(|face| face.is_alive).map(|face| face.corners).collect())
}

struct Hull<'a> {
    points: &'a [Vec3],
    faces: Vec<Face>,
    /// Faces that had points above them when they were made.
    waiting: Vec<u32>,
    /// Distance below which a point is on a face.
    noise: f64,
}

struct Face {
    corners: [u32; 3],
    /// The face across each side; sides begin at the corner of their number.
    beyond: [u32; 3],
    normal: Vec3,
    height: f64,
    /// Points above it that are above no other; the farthest last.
    above: Vec<u32>,
    is_alive: bool,
    /// Number of the last point it was looked at for.
    seen_for: u32,
}

/// An edge between what a new point sees and what it does not.
#[derive(Clone, Copy)]
struct Rim {
    from: u32,
    to: u32,
    hidden: u32,
}

impl<'a> Hull<'a> {
    /// The hull of four points, the last below the triangle of the others.
    fn new(points: &'a [Vec3], [a, b, c, d]: [u32; 4]) -> Self {
        let largest = points.iter().fold(0.0_f64, |largest, point| largest.max(point.abs().max_element()));
        let mut hull = Self { points, faces: Vec::new(), waiting: Vec::new(), noise: NOISE * largest };
        let faces = [([a, b, c], [3, 2, 1]), ([a, c, d], [0, 2, 3]), ([b, d, c], [3, 1, 0]), ([a, d, b], [1, 2, 0])];
        for (corners, beyond) in faces {
            hull.add_face(corners, beyond);
        }
        hull
    }

    fn add_face(&mut self, corners: [u32; 3], beyond: [u32; 3]) {
        let [a, b, c] = corners.map(|corner| self.points[corner as usize]);
        let normal = (b - a).cross(c - a).normalize_or_zero();
        let height = normal.dot(a);
        let face = Face { corners, beyond, normal, height, above: Vec::new(), is_alive: true, seen_for: NOTHING };
        self.faces.push(face);
    }

    fn distance(&self, face: &Face, point: u32) -> f64 {
        face.normal.dot(self.points[point as usize]) - face.height
    }

    /// Gives points to the first of the faces from `first` on that they are above.
    fn assign(&mut self, points: Vec<u32>, first: usize, budget: &Budget) -> Result<(), Exceeded> {
        let mut farthest = vec![0.0_f64; self.faces.len() - first];
        let (points_of, noise) = (self.points, self.noise);
        for (count, point) in points.into_iter().enumerate() {
            if count.is_multiple_of(POINTS_PER_CHECK) {
                budget.check()?;
            }
            let above = |face: &Face| self.distance(face, point) > self.noise;
            let Some(at) = self.faces[first..].iter().position(above) else { continue };
            let distance = self.distance(&self.faces[first + at], point);
            let above = &mut self.faces[first + at].above;
            let best = above.last().map(|last| (farthest[at], points_of[*last as usize]));
            let is_best = is_farther((distance, points_of[point as usize]), best, noise);
            above.push(point);
            if is_best {
                farthest[at] = distance.max(farthest[at]);
            } else {
                let last = above.len() - 1;
                above.swap(last - 1, last);
            }
        }
        self.waiting
            .extend((first..self.faces.len()).filter(|at| !self.faces[*at].above.is_empty()).map(|at| at as u32));
        Ok(())
    }

    fn add_farthest_of(&mut self, start: u32, budget: &Budget) -> Result<(), Exceeded> {
        let Some(point) = self.faces[start as usize].above.pop() else { return Ok(()) };
        if !self.is_seen(start, point, Sign::Strict) {
            // above by rounding only: the next
            self.waiting.push(start);
            return Ok(());
        }
        let (seen, rim) = self.look_from(point, start);
        let rim = chained(rim);
        let first = self.faces.len();
        let count = rim.len();
        for (at, edge) in rim.iter().enumerate() {
            let new = (first + at) as u32;
            let neighbours = [(at + 1) % count, (at + count - 1) % count].map(|at| (first + at) as u32);
            self.add_face([edge.from, edge.to, point], [edge.hidden, neighbours[0], neighbours[1]]);
            let hidden = &mut self.faces[edge.hidden as usize];
            if let Some(side) =
                (0..3).find(|side| hidden.corners[*side] == edge.to && hidden.corners[(side + 1) % 3] == edge.from)
            {
                hidden.beyond[side] = new;
            }
        }
        let mut left = Vec::new();
        for face in seen {
            let face = &mut self.faces[face as usize];
            face.is_alive = false;
            left.append(&mut face.above);
        }
        self.assign(left, first, budget)
    }

    /// The faces that a point sees, and their rim.
    fn look_from(&mut self, point: u32, start: u32) -> (Vec<u32>, Vec<Rim>) {
        let mut seen = vec![start];
        let mut rim = Vec::new();
        self.faces[start as usize].seen_for = point;
        let mut at = 0;
        while at < seen.len() {
            let face = &self.faces[seen[at] as usize];
            let (corners, beyond) = (face.corners, face.beyond);
            for side in 0..3 {
                let other = beyond[side];
                if self.faces[other as usize].seen_for == point {
                    continue;
                }
                if self.is_seen(other, point, Sign::OrFlat) {
                    self.faces[other as usize].seen_for = point;
                    seen.push(other);
                } else {
                    rim.push(Rim { from: corners[side], to: corners[(side + 1) % 3], hidden: other });
                }
            }
            at += 1;
        }
        (seen, rim)
    }

    /// Whether a point is above a face, or in its plane where that counts; exact.
    fn is_seen(&self, face: u32, point: u32, sign: Sign) -> bool {
        let face = &self.faces[face as usize];
        let distance = self.distance(face, point);
        if distance.abs() > SURE * self.noise {
            return distance > 0.0;
        }
        let height = above(face.corners.map(|corner| self.points[corner as usize]), self.points[point as usize]);
        height > 0.0 || (height == 0.0 && matches!(sign, Sign::OrFlat))
    }
}

#[derive(Clone, Copy)]
enum Sign {
    Strict,
    OrFlat,
}

/// No point.
const NOTHING: u32 = u32::MAX;

/// Rounding of a distance, relative to the largest coordinate; a hundred times what it can be.
const NOISE: f64 = 1.0e-13;

/// Multiples of that noise from which a distance has the right sign, also to planes of slim triangles.
const SURE: f64 = 1.0e4;

const POINTS_PER_CHECK: usize = 4096;

/// Positive where a point is above a triangle: on the side from which it is counter-clockwise.
fn above([a, b, c]: [Vec3; 3], point: Vec3) -> f64 {
    let [a, b, c, point] = [a, b, c, point].map(|place| Coord3D { x: place.x, y: place.y, z: place.z });
    -orient3d(a, b, c, point)
}

/// The edges of a rim one after the other.
fn chained(mut rim: Vec<Rim>) -> Vec<Rim> {
    rim.sort_unstable_by_key(|edge| edge.from);
    let mut order = Vec::with_capacity(rim.len());
    let mut at = 0;
    for _ in 0..rim.len() {
        order.push(rim[at]);
        at = rim.binary_search_by_key(&rim[at].to, |edge| edge.from).unwrap_or(0);
    }
    order
}

/// Four points that are not in one plane, far apart, the last below the triangle of the others.
fn simplex(points: &[Vec3], budget: &Budget) -> Result<Option<[u32; 4]>, Exceeded> {
    // along a direction in which hardly two points tie
    let Some(a) = farthest(points, |point| point.dot(SLANT), |_| true, budget)? else { return Ok(None) };
    let from = points[a];
    let Some(b) = farthest(points, |point| point.distance_squared(from), |point| point != from, budget)? else {
        return Ok(None);
    };
    let along = points[b] - from;
    let aside = |point: Vec3| along.cross(point - from).length_squared();
    let Some(c) = farthest(points, aside, |point| !is_straight(from, points[b], point), budget)? else {
        return Ok(None);
    };
    let corners = [from, points[b], points[c]];
    let normal = along.cross(points[c] - from);
    let height = |point: Vec3| normal.dot(point - from).abs();
    let Some(d) = farthest(points, height, |point| above(corners, point) != 0.0, budget)? else { return Ok(None) };
    let [a, b, c, d] = [a, b, c, d].map(|at| at as u32);
    Ok(Some(if above(corners, points[d as usize]) < 0.0 { [a, b, c, d] } else { [a, c, b, d] }))
}

/// Whether a point at a distance is farther than the best so far, or as far and farther along a slant: of those that tie, in a plane or on a
/// line, that is a corner.
fn is_farther((distance, point): (f64, Vec3), best: Option<(f64, Vec3)>, noise: f64) -> bool {
    let Some((greatest, known)) = best else { return true };
    distance > greatest + noise || (distance >= greatest - noise && point.dot(SLANT) > known.dot(SLANT))
}

/// Part of a distance by which two may differ and tie.
const TIE: f64 = 1.0e-12;

const SLANT: Vec3 = Vec3::new(0.754_877_666, 0.569_840_291, 0.430_159_709);

/// The farthest of the points that will do; which will is only asked of all where the farthest of all will not.
fn farthest(
    points: &[Vec3],
    distance: impl Fn(Vec3) -> f64,
    will_do: impl Fn(Vec3) -> bool,
    budget: &Budget,
) -> Result<Option<usize>, Exceeded> {
    let best = |may_be: &dyn Fn(Vec3) -> bool| {
        let mut best = None;
        let mut greatest = 0.0;
        for (at, point) in points.iter().enumerate() {
            if at.is_multiple_of(POINTS_PER_CHECK) {
                budget.check()?;
            }
            let distance = distance(*point);
            let is_best = is_farther((distance, *point), best.map(|at: usize| (greatest, points[at])), TIE * distance);
            if is_best && may_be(*point) {
                best = Some(at);
                greatest = distance.max(greatest);
            }
        }
        Ok::<_, Exceeded>(best)
    };
    match best(&|_| true)? {
        Some(first) if will_do(points[first]) => Ok(Some(first)),
        _ => best(&will_do),
    }
}

/// Whether three points lie on one line: exact.
fn is_straight(a: Vec3, b: Vec3, c: Vec3) -> bool {
    let side = |pick: fn(Vec3) -> [f64; 2]| {
        let [a, b, c] = [a, b, c].map(|place| {
            let [x, y] = pick(place);
            robust::Coord { x, y }
        });
        robust::orient2d(a, b, c)
    };
    [side(|place| [place.x, place.y]), side(|place| [place.y, place.z]), side(|place| [place.z, place.x])] == [0.0; 3]
}
