//! Are two meshes one part in two places: equal up to a turn and a move, never up to a mirror.

use rustc_hash::FxHashMap;

use crate::geom::{Mat3, Vec3};
use crate::mesh::TriMesh;

/// What equal parts have in common wherever they stand: computed once for each part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fingerprint {
    triangles: usize,
    vertices: usize,
    volume: f64,
    area: f64,
    size: f64,
}

impl Fingerprint {
    /// The fingerprint of a mesh.
    pub fn of(mesh: &TriMesh) -> Self {
        let middle = middle(mesh);
        let (mut volume, mut area) = (0.0, 0.0);
        for triangle in 0..mesh.triangles.len() {
            let [a, b, c] = mesh.corners(triangle).map(|corner| corner - middle);
            let cross = (b - a).cross(c - a);
            volume += a.dot(b.cross(c)) / 6.0;
            area += cross.length() * 0.5;
        }
        let spread: f64 = mesh.positions.iter().map(|point| point.distance_squared(middle)).sum();
        let size = (spread / mesh.positions.len().max(1) as f64).sqrt();
        let (triangles, vertices) = (mesh.triangles.len(), mesh.positions.len());
        Self { triangles, vertices, volume, area, size }
    }

    fn may_equal(&self, other: &Self) -> bool {
        let near = |one: f64, two: f64| (one - two).abs() <= one.abs().max(two.abs()) * SHARE;
        self.triangles == other.triangles
            && self.vertices == other.vertices
            && near(self.volume, other.volume)
            && near(self.area, other.area)
            && near(self.size, other.size)
    }
}

/// Lengths that differ by less than this share are equal.
const SHARE: f64 = 1.0e-6;
/// At most so many ways to lay one part on the other are tried; symmetrical parts have many that fit.
const TRIES: usize = 512;

/// Whether one mesh is the other, turned and moved. Meshes of different tessellation are told apart.
pub fn are_congruent(one: (&TriMesh, &Fingerprint), two: (&TriMesh, &Fingerprint)) -> bool {
    let ((one, first), (two, second)) = (one, two);
    if !first.may_equal(second) || one.triangles.is_empty() {
        return false;
    }
    let slack = first.size * SHARE * 4.0;
    let Some(anchor) = (0..one.triangles.len()).max_by(|a, b| area(one, *a).total_cmp(&area(one, *b))) else {
        return false;
    };
    let known = Lookup::new(two, slack);
    let wanted = sides(one.corners(anchor));
    let mut tries = 0;
    for triangle in 0..two.triangles.len() {
        let corners = two.corners(triangle);
        for turn in 0..3 {
            let turned = [corners[turn], corners[(turn + 1) % 3], corners[(turn + 2) % 3]];
            if sides(turned).distance(wanted) > slack * 4.0 {
                continue;
            }
            tries += 1;
            if lies_on(one, frame(one.corners(anchor)), frame(turned), &known) {
                return true;
            }
            if tries >= TRIES {
                return false;
            }
        }
    }
    false
}

fn middle(mesh: &TriMesh) -> Vec3 {
    mesh.positions.iter().sum::<Vec3>() / mesh.positions.len().max(1) as f64
}

fn area(mesh: &TriMesh, triangle: usize) -> f64 {
    let [a, b, c] = mesh.corners(triangle);
    (b - a).cross(c - a).length_squared()
}

fn sides([a, b, c]: [Vec3; 3]) -> Vec3 {
    Vec3::new(a.distance(b), b.distance(c), c.distance(a))
}

/// Origin and axes of a triangle.
fn frame([a, b, c]: [Vec3; 3]) -> (Vec3, Mat3) {
    let along = (b - a).normalize_or_zero();
    let normal = (b - a).cross(c - a).normalize_or_zero();
    (a, Mat3::from_cols(along, normal.cross(along), normal))
}

/// Whether every vertex, carried from one frame to the other, meets one.
fn lies_on(mesh: &TriMesh, from: (Vec3, Mat3), to: (Vec3, Mat3), known: &Lookup<'_>) -> bool {
    let turn = to.1 * from.1.transpose();
    mesh.positions.iter().all(|point| known.holds(to.0 + turn * (*point - from.0)))
}

/// Vertices by the cell that they lie in.
struct Lookup<'a> {
    mesh: &'a TriMesh,
    cells: FxHashMap<[i64; 3], Vec<u32>>,
    slack: f64,
}

impl<'a> Lookup<'a> {
    fn new(mesh: &'a TriMesh, slack: f64) -> Self {
        let slack = slack.max(f64::MIN_POSITIVE);
        let mut lookup = Self { mesh, cells: FxHashMap::default(), slack };
        for (index, point) in mesh.positions.iter().enumerate() {
            let cell = lookup.cell(*point);
            lookup.cells.entry(cell).or_default().push(index as u32);
        }
        lookup
    }

    fn cell(&self, point: Vec3) -> [i64; 3] {
        (point / (self.slack * 8.0)).to_array().map(|coordinate| coordinate.floor() as i64)
    }

    fn holds(&self, point: Vec3) -> bool {
        let near = |cell: &[i64; 3]| {
            let there = self.cells.get(cell).into_iter().flatten();
            there.into_iter().any(|vertex| self.mesh.positions[*vertex as usize].distance(point) <= self.slack)
        };
        let reach = self.slack;
        let (low, high) = (self.cell(point - reach), self.cell(point + reach));
        (low[0]..=high[0]).any(|x| (low[1]..=high[1]).any(|y| (low[2]..=high[2]).any(|z| near(&[x, y, z]))))
    }
}
