//! A tree of boxes: which of many things lie where something looks.

use crate::geom::{Aabb3, Vec3};

/// A bounding-volume tree over numbered boxes.
#[derive(Debug, Clone, Default)]
pub struct Bvh {
    nodes: Vec<Node>,
    items: Vec<u32>,
}

/// In preorder: what lies below a node stands behind it, up to `skip`.
#[derive(Debug, Clone, Copy)]
struct Node {
    bounds: Aabb3,
    /// The next node when this one is of no interest.
    skip: u32,
    /// The leaf's items; empty for an inner node.
    items: (u32, u32),
}

/// Items of one leaf.
const LEAF: usize = 4;

impl Bvh {
    /// Builds a tree in O(n log n), halving along the longest axis; the same tree for the same boxes.
    pub fn of(boxes: &[Aabb3]) -> Self {
        let mut tree = Self { nodes: Vec::with_capacity(boxes.len()), items: (0..boxes.len() as u32).collect() };
        let mut items = std::mem::take(&mut tree.items);
        if !items.is_empty() {
            tree.grow(boxes, &mut items, 0);
        }
        tree.items = items;
        tree
    }

    /// Calls `found` for every item of each leaf whose box, and every box around it, `wanted` says yes to. O(log n + what is found)
    /// where few are.
    pub fn visit(&self, mut wanted: impl FnMut(&Aabb3) -> bool, mut found: impl FnMut(u32)) {
        let mut at = 0;
        while let Some(node) = self.nodes.get(at) {
            if !wanted(&node.bounds) {
                at = node.skip as usize;
                continue;
            }
            for item in &self.items[node.items.0 as usize..node.items.1 as usize] {
                found(*item);
            }
            at += 1;
        }
    }

    fn grow(&mut self, boxes: &[Aabb3], items: &mut [u32], first: usize) {
        let bounds = items.iter().fold(Aabb3::EMPTY, |all, item| all.union(boxes[*item as usize]));
        let node = self.nodes.len();
        self.nodes.push(Node { bounds, skip: 0, items: (0, 0) });
        if items.len() <= LEAF {
            self.nodes[node].items = (first as u32, (first + items.len()) as u32);
        } else {
            let axis = longest_axis(bounds.size());
            let middle = items.len() / 2;
            let place = |item: u32| boxes[item as usize].min[axis] + boxes[item as usize].max[axis];
            items.select_nth_unstable_by(middle, |a, b| place(*a).total_cmp(&place(*b)).then(a.cmp(b)));
            let (low, high) = items.split_at_mut(middle);
            self.grow(boxes, low, first);
            self.grow(boxes, high, first + middle);
        }
        self.nodes[node].skip = self.nodes.len() as u32;
    }
}

fn longest_axis(size: Vec3) -> usize {
    if size.x >= size.y && size.x >= size.z {
        0
    } else if size.y >= size.z {
        1
    } else {
        2
    }
}

#[cfg(test)]
mod tests {
    use crate::geom::{Aabb3, Bvh, Vec3};

    #[test]
    fn finds_what_a_search_of_all_finds() {
        let place = |n: u32| Vec3::new(f64::from(n * 7919 % 101), f64::from(n * 104_729 % 97), f64::from(n * 31 % 89));
        let boxes: Vec<Aabb3> = (0..500).map(|n| Aabb3 { min: place(n), max: place(n) + Vec3::splat(5.0) }).collect();
        let tree = Bvh::of(&boxes);
        for wanted in &boxes {
            let mut found = Vec::new();
            tree.visit(|bounds| bounds.touches(*wanted), |item| found.push(item));
            found.retain(|item| boxes[*item as usize].touches(*wanted));
            found.sort_unstable();
            let all: Vec<u32> = (0..500).filter(|item| boxes[*item as usize].touches(*wanted)).collect();
            assert_eq!(found, all);
        }
    }
}
