//! What a boolean leaves along the cut made clean: short edges, needless points, slivers. Only triangles of the cut are looked at.
//!
//! The steps are the kernel's own, in its order and with its tolerances; new vertices have no triangles but these.

use manifold_rust::edge_op::{collapse_edge, dedupe_edge, recursive_edge_swap};
use manifold_rust::face_op::get_axis_aligned_projection;
use manifold_rust::impl_mesh::{ManifoldImpl, next_halfedge};
use manifold_rust::linalg::{Vec2, Vec3, dot, dot2, length2};
use manifold_rust::math::acos;
use manifold_rust::polygon::ccw;

/// Cleans the triangles from the half-edge `cut_from` on; vertices from `first_new` on are new. Left as it is where it is to stop.
pub(super) fn mend(mesh: &mut ManifoldImpl, cut_from: usize, first_new: i32, is_stopped: &impl Fn() -> bool) {
    part_pinched(mesh, cut_from);
    part_doubled(mesh, cut_from, is_stopped);
    collapse_short(mesh, cut_from, first_new, is_stopped);
    collapse_straight(mesh, cut_from, first_new, is_stopped);
    swap_slivers(mesh, cut_from, first_new, is_stopped);
    set_normals(mesh, cut_from, first_new as usize);
}

/// Parts what a foreign mesh has in common that a two-manifold may not: vertices of several fans, edges of several pairs of triangles.
pub(super) fn part(mesh: &mut ManifoldImpl, is_stopped: &impl Fn() -> bool) {
    part_pinched(mesh, 0);
    part_doubled(mesh, 0, is_stopped);
}

/// Takes short edges and slivers out of the whole of a mesh, and sets the normals at its vertices anew.
pub(super) fn smooth_out(mesh: &mut ManifoldImpl, is_stopped: &impl Fn() -> bool) {
    collapse_short(mesh, 0, 0, is_stopped);
    swap_slivers(mesh, 0, 0, is_stopped);
    mesh.vert_normal.clear();
    set_normals(mesh, 0, 0);
}

/// The half-edge after this one around the vertex that both begin at.
fn around(mesh: &ManifoldImpl, edge: usize) -> usize {
    next_halfedge(mesh.halfedge[edge].paired_halfedge) as usize
}

fn is_alive(mesh: &ManifoldImpl, edge: usize) -> bool {
    mesh.halfedge[edge].paired_halfedge >= 0
}

/// Gives each fan of triangles a vertex of its own.
fn part_pinched(mesh: &mut ManifoldImpl, cut_from: usize) {
    let mut walked = vec![false; mesh.halfedge.len()];
    let mut is_met = vec![false; mesh.vert_pos.len()];
    for start in cut_from..mesh.halfedge.len() {
        if walked[start] || !is_alive(mesh, start) {
            continue;
        }
        let vertex = mesh.halfedge[start].start_vert;
        let parted = std::mem::replace(&mut is_met[vertex as usize], true).then(|| {
            mesh.vert_pos.push(mesh.vert_pos[vertex as usize]);
            mesh.vert_pos.len() as i32 - 1
        });
        let mut edge = start;
        loop {
            let twin = mesh.halfedge[edge].paired_halfedge as usize;
            edge = next_halfedge(twin as i32) as usize;
            walked[edge] = true;
            if let Some(name) = parted {
                mesh.halfedge[twin].end_vert = name;
                mesh.halfedge[edge].start_vert = name;
                mesh.halfedge[edge].prop_vert = name;
            }
            if edge == start {
                break;
            }
        }
    }
}

/// Parts edges that two pairs of triangles share, until there are none.
fn part_doubled(mesh: &mut ManifoldImpl, cut_from: usize, is_stopped: &impl Fn() -> bool) {
    for _ in 0..mesh.halfedge.len() {
        let doubled = doubled_edges(mesh, cut_from);
        if doubled.is_empty() || is_stopped() {
            return;
        }
        for edge in doubled {
            // an earlier one's parting may have parted this too
            let end = mesh.halfedge[edge].end_vert;
            let mut other = around(mesh, edge);
            while other != edge && mesh.halfedge[other].end_vert != end {
                other = around(mesh, other);
            }
            if other != edge {
                dedupe_edge(mesh, edge);
            }
        }
    }
}

/// Of the edges from one vertex to another, all but the first.
fn doubled_edges(mesh: &ManifoldImpl, cut_from: usize) -> Vec<usize> {
    let mut walked = vec![false; mesh.halfedge.len()];
    let mut doubled = Vec::new();
    let mut fan: Vec<(i32, usize)> = Vec::new();
    for start in cut_from..mesh.halfedge.len() {
        if walked[start] || !is_alive(mesh, start) {
            continue;
        }
        fan.clear();
        let mut edge = start;
        while !std::mem::replace(&mut walked[edge], true) {
            fan.push((mesh.halfedge[edge].end_vert, edge));
            edge = around(mesh, edge);
        }
        fan.sort_unstable();
        doubled.extend(fan.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| pair[1].1));
    }
    doubled
}

/// Collapses edges below the tolerance that have a new end.
fn collapse_short(mesh: &mut ManifoldImpl, cut_from: usize, first_new: i32, is_stopped: &impl Fn() -> bool) {
    let (coarse, fine) = (mesh.tolerance * mesh.tolerance, mesh.epsilon * mesh.epsilon);
    let is_short = |edge: &usize| {
        let edge = mesh.halfedge[*edge];
        if edge.paired_halfedge < 0 || edge.start_vert.max(edge.end_vert) < first_new {
            return false;
        }
        let along = mesh.vert_pos[edge.end_vert as usize] - mesh.vert_pos[edge.start_vert as usize];
        dot(along, along) < if edge.end_vert < first_new { coarse } else { fine }
    };
    let short: Vec<usize> = (cut_from..mesh.halfedge.len()).filter(is_short).collect();
    let mut scratch = Vec::new();
    for edge in short {
        if is_stopped() {
            return;
        }
        scratch.clear();
        collapse_edge(mesh, edge, &mut scratch, mesh.tolerance, first_new);
    }
}

/// Takes out new vertices that at most two faces meet at, as long as there are any that can go.
fn collapse_straight(mesh: &mut ManifoldImpl, cut_from: usize, first_new: i32, is_stopped: &impl Fn() -> bool) {
    let mut scratch = Vec::new();
    loop {
        let needless: Vec<usize> =
            (cut_from..mesh.halfedge.len()).filter(|edge| starts_needless(mesh, *edge, first_new)).collect();
        let mut gone = 0;
        for edge in needless {
            if is_stopped() {
                return;
            }
            scratch.clear();
            gone += usize::from(collapse_edge(mesh, edge, &mut scratch, -1.0, 0));
        }
        if gone == 0 {
            return;
        }
    }
}

/// Whether an edge begins at a new vertex around which there are at most two faces.
fn starts_needless(mesh: &ManifoldImpl, edge: usize, first_new: i32) -> bool {
    if !is_alive(mesh, edge) || mesh.halfedge[edge].start_vert < first_new {
        return false;
    }
    let face = |edge: usize| mesh.mesh_relation.tri_ref[edge / 3];
    let first = face(edge);
    let mut second = None;
    let mut other = around(mesh, edge);
    while other != edge {
        let here = face(other);
        if !here.same_face(&first) {
            match &second {
                None => second = Some(here),
                Some(second) if here.same_face(second) => {}
                Some(_) => return false,
            }
        }
        other = around(mesh, other);
    }
    true
}

/// Swaps the long edges of slivers beside new vertices.
fn swap_slivers(mesh: &mut ManifoldImpl, cut_from: usize, first_new: i32, is_stopped: &impl Fn() -> bool) {
    let slivers: Vec<usize> =
        (cut_from..mesh.halfedge.len()).filter(|edge| is_long_side_of_sliver(mesh, *edge, first_new)).collect();
    if slivers.is_empty() {
        return;
    }
    let mut visited = vec![-1_i32; mesh.halfedge.len()];
    let (mut left, mut scratch) = (Vec::new(), Vec::new());
    let mut tag = 0;
    for sliver in slivers {
        tag += 1;
        left.push(sliver as i32);
        while let Some(edge) = left.pop() {
            if is_stopped() {
                return;
            }
            recursive_edge_swap(mesh, edge, &mut tag, &mut visited, &mut left, &mut scratch);
        }
    }
}

fn is_long_side_of_sliver(mesh: &ManifoldImpl, edge: usize, first_new: i32) -> bool {
    if !is_alive(mesh, edge) {
        return false;
    }
    let twin = mesh.halfedge[edge].paired_halfedge as usize;
    let opposite = |edge: usize| mesh.halfedge[next_halfedge(edge as i32) as usize].end_vert;
    let ends = mesh.halfedge[edge];
    if ends.start_vert.max(ends.end_vert).max(opposite(edge)).max(opposite(twin)) < first_new {
        return false;
    }
    let own = seen(mesh, edge);
    if ccw(own[0], own[1], own[2], mesh.tolerance) > 0 || !is_first_longest(&own) {
        return false;
    }
    let other = seen(mesh, twin);
    ccw(other[0], other[1], other[2], mesh.tolerance) > 0 || is_first_longest(&other)
}

/// The corners of the triangle from an edge on, as seen along its normal.
fn seen(mesh: &ManifoldImpl, edge: usize) -> [Vec2; 3] {
    let projection = get_axis_aligned_projection(mesh.face_normal[edge / 3]);
    let next = next_halfedge(edge as i32) as usize;
    let corner = |edge: usize| projection.apply(mesh.vert_pos[mesh.halfedge[edge].start_vert as usize]);
    [corner(edge), corner(next), corner(next_halfedge(next as i32) as usize)]
}

fn is_first_longest([a, b, c]: &[Vec2; 3]) -> bool {
    let square = |from: &Vec2, to: &Vec2| dot2(*to - *from, *to - *from);
    let first = square(a, b);
    first > square(b, c) && first > square(c, a)
}

/// Normals at the new vertices, weighted by angle; the others' have not changed.
fn set_normals(mesh: &mut ManifoldImpl, cut_from: usize, first_new: usize) {
    mesh.vert_normal.resize(mesh.vert_pos.len(), Vec3::splat(0.0));
    for edge in cut_from..mesh.halfedge.len() {
        let vertex = mesh.halfedge[edge].start_vert;
        if !is_alive(mesh, edge) || (vertex as usize) < first_new {
            continue;
        }
        let normal = mesh.face_normal[edge / 3] * angle(mesh, edge);
        mesh.vert_normal[vertex as usize] += normal;
    }
    for normal in &mut mesh.vert_normal[first_new..] {
        let length = length2(*normal).sqrt();
        if length > 0.0 {
            *normal /= length;
        }
    }
}

/// The angle of a triangle at the vertex that its edge begins at; zero where it has none.
fn angle(mesh: &ManifoldImpl, edge: usize) -> f64 {
    let next = mesh.halfedge[next_halfedge(edge as i32) as usize];
    let place = |vertex: i32| mesh.vert_pos[vertex as usize];
    let here = place(mesh.halfedge[edge].start_vert);
    let (out, back) = (place(next.start_vert) - here, place(next.end_vert) - here);
    let lengths = (length2(out) * length2(back)).sqrt();
    if lengths > 0.0 { acos((dot(out, back) / lengths).clamp(-1.0, 1.0)) } else { 0.0 }
}
