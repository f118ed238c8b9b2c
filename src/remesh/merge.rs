//! Flat faces cut anew: triangles that lie in one plane and have one colour become one polygon, and that as few triangles as it allows.

use crate::budget::{Budget, Exceeded};
use crate::geom::{Rgba, Vec2, Vec3};
use crate::mesh::{TriMesh, Twins};
use crate::region;
use crate::remesh::outline::Outline;

/// Share of the model's size up to which places count as lying in one plane or on one line.
const FLAT: f64 = 1.0e-7;

/// Faces that could not be cut keep their triangles, and all is tried again so often.
const ROUNDS: usize = 4;

/// The mesh with its flat faces cut anew; the same mesh where that would not spare a triangle.
pub fn merged(mesh: &TriMesh, budget: &Budget) -> Result<TriMesh, Exceeded> {
    let twins = Twins::of(mesh, budget)?;
    let slack = FLAT * mesh.bounding_box().size().length();
    let groups = Groups::of(mesh, &twins, slack, budget)?;
    let mut kept = vec![false; groups.seeds.len()];
    for _ in 0..ROUNDS {
        let outline = Outline::of(mesh, &twins, &groups.of_triangle, &kept, slack, budget)?;
        match cut_all(mesh, &groups, &outline, &mut kept, budget)? {
            Some(faces) => {
                let outcome = assemble(mesh, &groups, faces);
                let after = Twins::of(&outcome, budget)?;
                // faces that lie on each other can come to share an edge that they did not
                let sound =
                    after.open == twins.open && after.crowded == twins.crowded && after.twisted == twins.twisted;
                return Ok(if sound { outcome } else { mesh.clone() });
            }
            None => budget.check()?,
        }
    }
    Ok(mesh.clone())
}

/// Triangles that hang together in one plane.
struct Groups {
    of_triangle: Vec<u32>,
    /// For each group the triangle whose plane and face it has: its largest.
    seeds: Vec<u32>,
    members: Vec<Vec<u32>>,
}

impl Groups {
    fn of(mesh: &TriMesh, twins: &Twins, slack: f64, budget: &Budget) -> Result<Self, Exceeded> {
        let normals: Vec<Vec3> = (0..mesh.triangles.len()).map(|triangle| twice_area(mesh, triangle)).collect();
        let mut order: Vec<u32> = (0..mesh.triangles.len() as u32).collect();
        let area = |triangle: u32| normals[triangle as usize].length_squared();
        order.sort_unstable_by(|a, b| area(*b).total_cmp(&area(*a)).then(a.cmp(b)));
        let mut groups =
            Self { of_triangle: vec![u32::MAX; mesh.triangles.len()], seeds: Vec::new(), members: Vec::new() };
        for (count, seed) in order.into_iter().enumerate() {
            if count % 1024 == 0 {
                budget.check()?;
            }
            if groups.of_triangle[seed as usize] == u32::MAX {
                groups.grow(mesh, twins, &normals, seed, slack);
            }
        }
        Ok(groups)
    }

    fn grow(&mut self, mesh: &TriMesh, twins: &Twins, normals: &[Vec3], seed: u32, slack: f64) {
        let number = self.seeds.len() as u32;
        let normal = normals[seed as usize].normalize_or_zero();
        let origin = mesh.corners(seed as usize)[0];
        let color = color_of(mesh, seed);
        let belongs = |triangle: u32| {
            normals[triangle as usize].dot(normal) >= 0.0
                && color_of(mesh, triangle) == color
                && mesh.corners(triangle as usize).iter().all(|corner| (*corner - origin).dot(normal).abs() <= slack)
        };
        self.of_triangle[seed as usize] = number;
        let mut members = vec![seed];
        let mut at = 0;
        while let Some(triangle) = members.get(at).copied() {
            at += 1;
            for twin in (0..3).filter_map(|corner| twins.twin(3 * triangle + corner)) {
                let other = twin / 3;
                if self.of_triangle[other as usize] == u32::MAX && normal != Vec3::ZERO && belongs(other) {
                    self.of_triangle[other as usize] = number;
                    members.push(other);
                }
            }
        }
        self.seeds.push(seed);
        self.members.push(members);
    }
}

fn color_of(mesh: &TriMesh, triangle: u32) -> Option<[u8; 4]> {
    mesh.face(triangle as usize).color.map(Rgba::to_bytes)
}

fn twice_area(mesh: &TriMesh, triangle: usize) -> Vec3 {
    let [a, b, c] = mesh.corners(triangle);
    (b - a).cross(c - a)
}

/// The new triangles of a group, if it has some.
type Face = Option<Vec<[u32; 3]>>;

/// The new triangles of each group that has some; or none at all where a group could not be cut, which is then to keep its own.
fn cut_all(
    mesh: &TriMesh,
    groups: &Groups,
    outline: &Outline,
    kept: &mut [bool],
    budget: &Budget,
) -> Result<Option<Vec<Face>>, Exceeded> {
    let mut faces = Vec::with_capacity(groups.seeds.len());
    let mut all_cut = true;
    for (group, members) in groups.members.iter().enumerate() {
        if group % 256 == 0 {
            budget.check()?;
        }
        let touched = members.len() > 1 && !kept[group] && outline.spares_something(mesh, group, members);
        let face =
            if touched { cut(mesh, outline, [group as u32, groups.seeds[group]], members, budget)? } else { None };
        if touched && face.is_none() {
            kept[group] = true;
            all_cut = false;
        }
        faces.push(face);
    }
    Ok(all_cut.then_some(faces))
}

/// The polygon of a group in triangles; none where they would not cover it exactly.
fn cut(
    mesh: &TriMesh,
    outline: &Outline,
    [group, seed]: [u32; 2],
    members: &[u32],
    budget: &Budget,
) -> Result<Face, Exceeded> {
    let loops = outline.loops_of(group as usize);
    let normal = twice_area(mesh, seed as usize);
    let flat: Vec<Vec<Vec2>> =
        loops.iter().map(|corners| corners.iter().map(|vertex| flattened(mesh, *vertex, normal)).collect()).collect();
    let corners: Vec<u32> = loops.iter().flatten().copied().collect();
    let slices: Vec<&[Vec2]> = flat.iter().map(Vec::as_slice).collect();
    let triangles = region::triangulate_face(&slices, budget)?;
    let triangles: Vec<[u32; 3]> =
        triangles.into_iter().map(|triangle| triangle.map(|corner| corners[corner as usize])).collect();
    let area = |corners: [u32; 3]| {
        let [a, b, c] = corners.map(|vertex| flattened(mesh, vertex, normal));
        (b - a).perp_dot(c - a)
    };
    let covered: f64 = triangles.iter().map(|corners| area(*corners)).sum();
    let wanted: f64 = members.iter().map(|triangle| area(mesh.triangles[*triangle as usize])).sum();
    let sound = triangles.iter().all(|corners| area(*corners) > 0.0) && (covered - wanted).abs() <= 1.0e-6 * wanted;
    Ok((sound && triangles.len() < members.len()).then_some(triangles))
}

/// A vertex seen along the largest part of a normal, so that what is counter-clockwise around it stays so.
fn flattened(mesh: &TriMesh, vertex: u32, normal: Vec3) -> Vec2 {
    let place = mesh.positions[vertex as usize];
    let size = normal.abs();
    if size.x >= size.y && size.x >= size.z {
        Vec2::new(place.y * normal.x.signum(), place.z)
    } else if size.y >= size.z {
        Vec2::new(place.z * normal.y.signum(), place.x)
    } else {
        Vec2::new(place.x * normal.z.signum(), place.y)
    }
}

/// The triangles of untouched groups as they were, and the new ones, in the order of the groups' first triangles.
fn assemble(mesh: &TriMesh, groups: &Groups, faces: Vec<Face>) -> TriMesh {
    let mut outcome = TriMesh { positions: mesh.positions.clone(), faces: mesh.faces.clone(), ..TriMesh::default() };
    let mut waiting = faces;
    let renewed: Vec<bool> = waiting.iter().map(Option::is_some).collect();
    let face_of = |triangle: usize| mesh.face_of.get(triangle).copied();
    for (triangle, corners) in mesh.triangles.iter().enumerate() {
        let group = groups.of_triangle[triangle] as usize;
        let face = face_of(if renewed[group] { groups.seeds[group] as usize } else { triangle });
        let new = if renewed[group] { waiting[group].take().unwrap_or_default() } else { vec![*corners] };
        outcome.face_of.extend(new.iter().filter_map(|_| face));
        outcome.triangles.extend(new);
    }
    outcome
}
