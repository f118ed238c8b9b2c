//! Two meshes and where they cross made one: triangles that nothing cuts are copied, cut ones are rebuilt from their rims.
//!
//! The kernel finds where edges go through faces and which vertices stay. What it does after that walks over the whole of both meshes many times,
//! however little of them is cut; here that is done once, and the rest for the cut triangles only.

use std::sync::Arc;

use manifold_rust::boolean_result::boolean_result_with_token;
use manifold_rust::boolean3::{Boolean3, Intersections};
use manifold_rust::cancel::CancelToken;
use manifold_rust::impl_mesh::ManifoldImpl;
use manifold_rust::linalg::Vec3;
use manifold_rust::types::{Error, Halfedge, OpType, TriRef};

use crate::solid::compact::compacted;
use crate::solid::crossing::crossings;
use crate::solid::fill::{CutFace, fill};
use crate::solid::mend::mend;
use crate::solid::rim::{Crossings, Fate, GONE, Side, rims};

/// A mesh that a boolean takes in or hands out.
#[derive(Clone)]
pub(super) struct Part {
    pub mesh: Arc<ManifoldImpl>,
    /// What the numbers of its faces' sources begin at, among those of all operands.
    pub sources_from: i32,
}

impl Part {
    pub(super) fn of(mesh: ManifoldImpl) -> Self {
        Self { mesh: Arc::new(mesh), sources_from: 0 }
    }

    /// Nothing, and why.
    pub(super) fn failed(error: Error) -> Self {
        let mut mesh = ManifoldImpl::new();
        mesh.make_empty(error);
        Self::of(mesh)
    }
}

/// One boolean of two parts.
pub(super) fn combine(p: &Part, q: &Part, operation: OpType, token: &CancelToken) -> Part {
    let Some(crossings) = crossings(&p.mesh, &q.mesh, operation, token) else {
        return Part::failed(Error::Cancelled);
    };
    if !crossings.valid {
        return Part::failed(Error::ResultTooLarge);
    }
    let spliced = splice(p, q, operation, &crossings, token);
    if token.is_cancelled() {
        return Part::failed(Error::Cancelled);
    }
    match spliced {
        Some(mesh) => Part::of(mesh),
        // operands that overlap themselves: winding numbers beyond one
        None => {
            let instances = p.mesh.mesh_relation.mesh_id_transform.len() as i32;
            let [p, q] = [with_own_names(p, 1), with_own_names(q, instances + 1)];
            let mesh = boolean_result_with_token(&p, &q, operation, &crossings, Some(token));
            Part::of(mesh)
        }
    }
}

/// Meshes that do not touch as one: nothing is computed.
pub(super) fn compose(parts: &[&Part]) -> Part {
    let mut whole = ManifoldImpl::new();
    for part in parts {
        append(&mut whole, part);
    }
    whole.calculate_bbox();
    let (epsilon, tolerance) = (whole.epsilon, whole.tolerance);
    whole.set_epsilon(epsilon, false);
    whole.tolerance = whole.tolerance.max(tolerance);
    Part::of(whole)
}

fn append(whole: &mut ManifoldImpl, part: &Part) {
    let mesh = &*part.mesh;
    let (vertices, edges) = (whole.vert_pos.len() as i32, whole.halfedge.len() as i32);
    whole.vert_pos.extend_from_slice(&mesh.vert_pos);
    whole.vert_normal.extend_from_slice(&mesh.vert_normal);
    whole.face_normal.extend_from_slice(&mesh.face_normal);
    whole.halfedge.extend(mesh.halfedge.iter().map(|edge| Halfedge {
        start_vert: edge.start_vert + vertices,
        end_vert: edge.end_vert + vertices,
        paired_halfedge: edge.paired_halfedge + edges,
        prop_vert: edge.start_vert + vertices,
    }));
    let names = Names::add(whole, part, false);
    let renamed = mesh.mesh_relation.tri_ref.iter().map(|reference| names.renamed(*reference));
    whole.mesh_relation.tri_ref.extend(renamed);
    whole.epsilon = whole.epsilon.max(mesh.epsilon);
    whole.tolerance = whole.tolerance.max(mesh.tolerance);
}

/// The mesh with its sources numbered as they are among all operands', and its instances from `first` on: the kernel takes instances of one number,
/// be they of different operands, for one.
fn with_own_names(part: &Part, first: i32) -> ManifoldImpl {
    let mut mesh = (*part.mesh).clone();
    let instances = std::mem::take(&mut mesh.mesh_relation.mesh_id_transform);
    let names = Names { known: instances.keys().copied().collect(), first, sources_from: part.sources_from };
    mesh.mesh_relation.mesh_id_transform = (first..).zip(instances.into_values()).collect();
    for reference in &mut mesh.mesh_relation.tri_ref {
        *reference = names.renamed(*reference);
    }
    mesh
}

/// New numbers for the instances and sources that a part's faces name: those in a result count from one.
struct Names {
    known: Vec<i32>,
    first: i32,
    sources_from: i32,
}

impl Names {
    /// Takes the part's instances over into `whole`.
    fn add(whole: &mut ManifoldImpl, part: &Part, turned: bool) -> Self {
        let instances = &part.mesh.mesh_relation.mesh_id_transform;
        let first = whole.mesh_relation.mesh_id_transform.len() as i32 + 1;
        for (name, relation) in (first..).zip(instances.values()) {
            let mut relation = relation.clone();
            relation.back_side ^= turned;
            whole.mesh_relation.mesh_id_transform.insert(name, relation);
        }
        Self { known: instances.keys().copied().collect(), first, sources_from: part.sources_from }
    }

    fn renamed(&self, reference: TriRef) -> TriRef {
        let at = if self.known.len() == 1 { 0 } else { self.known.binary_search(&reference.mesh_id).unwrap_or(0) };
        TriRef { mesh_id: self.first + at as i32, original_id: reference.original_id + self.sources_from, ..reference }
    }
}

/// The result; `None` where something winds more than once, which the kernel's own way can do.
fn splice(p: &Part, q: &Part, operation: OpType, found: &Boolean3, token: &CancelToken) -> Option<ManifoldImpl> {
    let once = |winding: &i32| (0..=1).contains(winding);
    let simply = |crossing: &Intersections| crossing.x12.iter().all(|count| count.abs() == 1);
    if !(found.w03.iter().all(once) && found.w30.iter().all(once) && simply(&found.xv12) && simply(&found.xv21)) {
        return None;
    }
    let (keep_p, keep_q) = match operation {
        OpType::Add => (0, 0),
        OpType::Subtract => (0, 1),
        OpType::Intersect => (1, 1),
    };
    let mut mesh = ManifoldImpl::new();
    let place_p = placed(&p.mesh, &found.w03, keep_p, &mut mesh.vert_pos);
    let place_q = placed(&q.mesh, &found.w30, keep_q, &mut mesh.vert_pos);
    let first_new = mesh.vert_pos.len() as i32;
    mesh.vert_pos.extend(&found.xv12.v12);
    mesh.vert_pos.extend(&found.xv21.v12);
    let begins = |crossing: &Intersections| {
        crossing.x12.iter().map(|count| (*count < 0) == (operation == OpType::Intersect)).collect()
    };
    let through_q =
        Crossings { pairs: &found.xv12.p1q2, edge_at: 0, begins: begins(&found.xv12), first_vertex: first_new };
    let first_vertex = first_new + found.xv12.v12.len() as i32;
    let through_p = Crossings { pairs: &found.xv21.p1q2, edge_at: 1, begins: begins(&found.xv21), first_vertex };
    let mut counts = Counts::default();
    let turned = operation == OpType::Subtract;
    let side_p = side(&p.mesh, place_p, false, [&through_q, &through_p], &mut counts);
    let side_q = side(&q.mesh, place_q, turned, [&through_p, &through_q], &mut counts);
    let rims = rims([&side_p, &side_q], [&through_q, &through_p], &mesh.vert_pos, counts.cut as usize)?;
    mesh.epsilon = p.mesh.epsilon.max(q.mesh.epsilon);
    mesh.tolerance = p.mesh.tolerance.max(q.mesh.tolerance);
    for (side, part) in [(&side_p, p), (&side_q, q)] {
        copy_whole(&mut mesh, side, part);
    }
    let cut_from = mesh.halfedge.len();
    fill(&mut mesh, &rims, &cut_faces([(&side_p, p), (&side_q, q)]), token)?;
    mend(&mut mesh, cut_from, first_new, &|| token.is_cancelled());
    Some(compacted(mesh))
}

/// Puts the vertices of a mesh that stay after the others; their numbers.
fn placed(mesh: &ManifoldImpl, windings: &[i32], keep: i32, places: &mut Vec<Vec3>) -> Vec<i32> {
    let place = |(vertex, winding): (&Vec3, &i32)| {
        if *winding != keep {
            return GONE;
        }
        places.push(*vertex);
        places.len() as i32 - 1
    };
    mesh.vert_pos.iter().zip(windings).map(place).collect()
}

/// Faces of the result so far.
#[derive(Default)]
struct Counts {
    whole: u32,
    cut: u32,
}

/// What becomes of a mesh whose edges cross as the first crossings say, and its faces as the second.
fn side<'a>(
    mesh: &'a ManifoldImpl,
    place: Vec<i32>,
    turned: bool,
    [of_edges, of_faces]: [&Crossings; 2],
    counts: &mut Counts,
) -> Side<'a> {
    let mut crossed = vec![false; mesh.halfedge.len()];
    let mut is_cut = vec![false; mesh.num_tri()];
    for pair in of_edges.pairs {
        let edge = pair[of_edges.edge_at] as usize;
        let twin = mesh.halfedge[edge].paired_halfedge as usize;
        for edge in [edge, twin] {
            crossed[edge] = true;
            is_cut[edge / 3] = true;
        }
    }
    for pair in of_faces.pairs {
        is_cut[pair[1 - of_faces.edge_at] as usize] = true;
    }
    let fate = |(face, is_cut): (usize, bool)| {
        let count = match (is_cut, place[mesh.halfedge[3 * face].start_vert as usize]) {
            (true, _) => &mut counts.cut,
            (false, GONE) => return Fate::Gone,
            (false, _) => &mut counts.whole,
        };
        let number = *count;
        *count += 1;
        if is_cut { Fate::Cut(number) } else { Fate::Whole(number) }
    };
    let fate = is_cut.into_iter().enumerate().map(fate).collect();
    Side { mesh, turned, place, fate, crossed }
}

/// Copies the faces that stay as they are, and the normals of the vertices that stay.
fn copy_whole(mesh: &mut ManifoldImpl, side: &Side, part: &Part) {
    let names = Names::add(mesh, part, side.turned);
    let facing = |normal: Vec3| if side.turned { -normal } else { normal };
    let staying = side.place.iter().zip(&side.mesh.vert_normal).filter(|(place, _)| **place != GONE);
    mesh.vert_normal.extend(staying.map(|(_, normal)| facing(*normal)));
    for (face, fate) in side.fate.iter().enumerate() {
        if !matches!(fate, Fate::Whole(_)) {
            continue;
        }
        for slot in 0..3 {
            let edge = side.mesh.halfedge[3 * face + side.slot(slot)];
            let (start, end) = (side.place[edge.start_vert as usize], side.place[edge.end_vert as usize]);
            let (start, end) = if side.turned { (end, start) } else { (start, end) };
            let twin = edge.paired_halfedge as usize;
            let paired = match side.fate[twin / 3] {
                Fate::Whole(other) => 3 * other as i32 + side.slot(twin % 3) as i32,
                _ => -1,
            };
            mesh.halfedge.push(Halfedge {
                start_vert: start,
                end_vert: end,
                paired_halfedge: paired,
                prop_vert: start,
            });
        }
        mesh.face_normal.push(facing(side.mesh.face_normal[face]));
        mesh.mesh_relation.tri_ref.push(names.renamed(side.mesh.mesh_relation.tri_ref[face]));
    }
}

/// The cut faces of both sides, in the order of their numbers.
fn cut_faces(sides: [(&Side, &Part); 2]) -> Vec<CutFace> {
    let mut faces = Vec::new();
    let mut first = 1;
    for (side, part) in sides {
        let known: Vec<i32> = part.mesh.mesh_relation.mesh_id_transform.keys().copied().collect();
        let names = Names { first, sources_from: part.sources_from, known };
        first += names.known.len() as i32;
        for (face, _) in side.fate.iter().enumerate().filter(|(_, fate)| matches!(fate, Fate::Cut(_))) {
            let normal = side.mesh.face_normal[face];
            let reference = names.renamed(side.mesh.mesh_relation.tri_ref[face]);
            faces.push(CutFace { normal: if side.turned { -normal } else { normal }, reference });
        }
    }
    faces
}
