//! Level and upright lines on which very many edges coincide: those that lie wholly behind others are left out before they cost.
//!
//! Where an edge lies behind coincident nearer ones, whatever hides those hides it too, and where they are visible it is drawn
//! already: the picture is the same without it. Perforated plates seen edge-on have thousands of edges on one line.

use rustc_hash::FxHashMap;

use crate::drawing::cover::Cover;
use crate::drawing::edge::Edge;
use crate::geom::Vec3;

/// A line with fewer edges is not worth looking at.
const CROWD: usize = 32;

/// An edge on a level or upright line: its interval, and its depths.
#[derive(Clone, Copy)]
struct Item {
    edge: u32,
    from: f64,
    to: f64,
    far: f64,
    near: f64,
}

/// The edges that a picture needs, in their order.
pub fn needed(drawn: Vec<u32>, edges: &[Edge], points: &[Vec3], tolerance: f64) -> Vec<u32> {
    let mut crowds: FxHashMap<(bool, i64), Vec<Item>> = FxHashMap::default();
    for edge in &drawn {
        let [from, to] = edges[*edge as usize].ends.map(|vertex| points[vertex as usize]);
        let across = (to - from).abs();
        let (level, place, one, two) = if across.y <= tolerance && across.x > tolerance {
            (true, from.y, from.x, to.x)
        } else if across.x <= tolerance && across.y > tolerance {
            (false, from.x, from.y, to.y)
        } else {
            continue;
        };
        let key = (level, (place / (tolerance * 2.0)).round() as i64);
        let (near, far) = (from.z.max(to.z), from.z.min(to.z));
        crowds.entry(key).or_default().push(Item { edge: *edge, from: one.min(two), to: one.max(two), far, near });
    }
    let mut dropped = vec![false; edges.len()];
    for crowd in crowds.into_values().filter(|crowd| crowd.len() >= CROWD) {
        drop_covered(crowd, tolerance, &mut dropped);
    }
    drawn.into_iter().filter(|edge| !dropped[*edge as usize]).collect()
}

fn drop_covered(mut crowd: Vec<Item>, tolerance: f64, dropped: &mut [bool]) {
    let mut covering = crowd.clone();
    let by = |one: f64, two: f64| two.total_cmp(&one);
    crowd.sort_by(|a, b| by(a.near, b.near).then(a.edge.cmp(&b.edge)));
    covering.sort_by(|a, b| by(a.far, b.far).then(a.edge.cmp(&b.edge)));
    let mut covering = covering.into_iter().peekable();
    let mut cover = Cover::default();
    for item in crowd {
        while let Some(nearer) = covering.next_if(|other| other.far > item.near + tolerance) {
            cover.add(nearer.from, nearer.to, tolerance);
        }
        dropped[item.edge as usize] = cover.holds(item.from, item.to, tolerance);
    }
}
