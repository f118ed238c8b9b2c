//! A tree of boxes over those triangles of a mesh that lie in one column: packed along a space-filling curve, four boxes a node.
//!
//! **Sources** Lauterbach et al., "Fast BVH construction on GPUs" (2009), on the curve; Dammertz, Hanika & Keller, "Shallow bounding volume hierarchies for
//! fast SIMD ray tracing of incoherent rays" (2008), on four children. Boxes are in single precision, rounded outwards: what touches in double precision
//! touches here.

use glam::{BVec4A, Vec4};
use manifold_rust::impl_mesh::ManifoldImpl;
use manifold_rust::linalg::Vec3;
use manifold_rust::sort::morton_code;
use manifold_rust::types::Box as KernelBox;

/// The triangles of a mesh over or under a box, for searches.
pub(super) struct Tree {
    /// Along the curve.
    faces: Vec<u32>,
    /// From the leaves, of which each is four faces, to the root.
    levels: Vec<Vec<Boxes>>,
}

impl Tree {
    /// Of the faces whose boxes touch the column of `bounds` along z. O(n log n).
    pub(super) fn over(mesh: &ManifoldImpl, bounds: &KernelBox) -> Self {
        let column = KernelBox {
            min: Vec3::new(bounds.min.x, bounds.min.y, f64::NEG_INFINITY),
            max: Vec3::new(bounds.max.x, bounds.max.y, f64::INFINITY),
        };
        let mut found: Vec<(u32, u32, Reach)> = Vec::new();
        for face in 0..mesh.num_tri() {
            let reach = face_box(mesh, face);
            if reach.does_overlap_box(&column) {
                found.push((morton_code((reach.min + reach.max) * 0.5, &mesh.bbox), face as u32, Reach::of(&reach)));
            }
        }
        found.sort_unstable_by_key(|(code, face, _)| (*code, *face));
        let mut levels: Vec<Vec<Boxes>> = vec![packed(found.iter().map(|(_, _, reach)| *reach)).collect()];
        while let Some(below) = levels.last().filter(|level| level.len() > 1) {
            let above = packed(below.iter().map(Boxes::hull)).collect();
            levels.push(above);
        }
        Self { faces: found.into_iter().map(|(_, face, _)| face).collect(), levels }
    }

    /// The faces, near ones together.
    pub(super) fn faces(&self) -> &[u32] {
        &self.faces
    }

    /// Tells of each face whose box may touch `reach`.
    pub(super) fn touching(&self, reach: &Reach, mut tell: impl FnMut(usize)) {
        let mut open = [(0_u8, 0_u32); OPEN_MAX];
        let mut count = 0;
        if let Some(root) = self.levels.len().checked_sub(1).filter(|_| !self.faces.is_empty()) {
            open[0] = (root as u8, 0);
            count = 1;
        }
        while count > 0 {
            count -= 1;
            let (level, node) = open[count];
            let mut hits = self.levels[level as usize][node as usize].touching(reach);
            while hits != 0 {
                let child = 4 * node + hits.trailing_zeros();
                hits &= hits - 1;
                if level == 0 {
                    tell(self.faces[child as usize] as usize);
                } else {
                    open[count] = (level - 1, child);
                    count += 1;
                }
            }
        }
    }
}

/// Three siblings wait at each of at most sixteen levels.
const OPEN_MAX: usize = 64;

/// A box in single precision, no smaller than it was.
#[derive(Clone, Copy)]
pub(super) struct Reach {
    min: [f32; 3],
    max: [f32; 3],
}

impl Reach {
    pub(super) fn of(bounds: &KernelBox) -> Self {
        let KernelBox { min, max } = bounds;
        Self { min: [min.x, min.y, min.z].map(below), max: [max.x, max.y, max.z].map(above) }
    }

    /// Touched by nothing.
    const NOWHERE: Self = Self { min: [f32::INFINITY; 3], max: [f32::NEG_INFINITY; 3] };
}

fn below(value: f64) -> f32 {
    let near = value as f32;
    if f64::from(near) > value { near.next_down() } else { near }
}

fn above(value: f64) -> f32 {
    let near = value as f32;
    if f64::from(near) < value { near.next_up() } else { near }
}

/// Four boxes, coordinate by coordinate.
#[derive(Clone, Copy)]
pub(super) struct Boxes {
    min: [Vec4; 3],
    max: [Vec4; 3],
}

impl Boxes {
    /// Of at most four.
    fn of(reaches: impl Iterator<Item = Reach>) -> Self {
        let mut four = [Reach::NOWHERE; 4];
        for (slot, reach) in four.iter_mut().zip(reaches) {
            *slot = reach;
        }
        let gathered =
            |pick: fn(&Reach) -> &[f32; 3]| [0, 1, 2].map(|axis| Vec4::from(four.map(|reach| pick(&reach)[axis])));
        Self { min: gathered(|reach| &reach.min), max: gathered(|reach| &reach.max) }
    }

    /// Which of the four may touch, a bit each.
    pub(super) fn touching(&self, reach: &Reach) -> u32 {
        let along = |axis: usize| -> BVec4A {
            self.min[axis].cmple(Vec4::splat(reach.max[axis])) & self.max[axis].cmpge(Vec4::splat(reach.min[axis]))
        };
        (along(0) & along(1) & along(2)).bitmask()
    }

    fn hull(&self) -> Reach {
        Reach { min: self.min.map(Vec4::min_element), max: self.max.map(Vec4::max_element) }
    }
}

/// Boxes four by four.
pub(super) fn packed(mut reaches: impl ExactSizeIterator<Item = Reach>) -> impl Iterator<Item = Boxes> {
    (0..reaches.len().div_ceil(4)).map(move |_| Boxes::of(reaches.by_ref().take(4)))
}

/// The box of a face.
pub(super) fn face_box(mesh: &ManifoldImpl, face: usize) -> KernelBox {
    let [a, b, c] = [0, 1, 2].map(|slot| mesh.vert_pos[mesh.halfedge[3 * face + slot].start_vert as usize]);
    let mut bounds = KernelBox::from_points(a, b);
    bounds.union_point(c);
    bounds
}

#[cfg(test)]
mod tests {
    use manifold_rust::manifold::Manifold;

    use super::*;

    #[test]
    fn searches_find_what_looking_at_every_box_finds() {
        let mesh = Manifold::sphere(10.0, 64).translate(Vec3::new(0.1, 0.2, 0.3)).into_impl();
        let column = KernelBox::from_points(Vec3::new(-3.0, -8.0, 0.0), Vec3::new(4.0, 9.0, 1.0));
        let tree = Tree::over(&mesh, &column);
        assert!(!tree.faces().is_empty() && tree.faces().len() < mesh.num_tri());
        for step in 0..40 {
            let low =
                Vec3::new(f64::from(step % 7) - 3.0, f64::from(step % 5) * 3.0 - 8.0, f64::from(step % 11) - 10.0);
            let wanted = KernelBox::from_points(low, low + Vec3::new(0.9, 0.7, f64::from(step)));
            let mut found = Vec::new();
            tree.touching(&Reach::of(&wanted), |face| {
                if face_box(&mesh, face).does_overlap_box(&wanted) {
                    found.push(face);
                }
            });
            found.sort_unstable();
            let all: Vec<usize> =
                (0..mesh.num_tri()).filter(|face| face_box(&mesh, *face).does_overlap_box(&wanted)).collect();
            assert_eq!(found, all);
        }
    }

    #[test]
    fn single_precision_never_makes_a_box_smaller() {
        for value in [0.1, -0.1, 1.0e-310, 1.0e300, -1.0e300, 16_777_217.0, f64::INFINITY] {
            assert!(f64::from(below(value)) <= value && value <= f64::from(above(value)), "{value}");
        }
    }
}
