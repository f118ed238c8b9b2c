//! Which faces at a point of a grid of cells hang together, told from the eight cells round it.
//!
//! An octant is numbered by its side along x, y and z in bits 0, 1 and 2; a face by the solid octant it bounds and the axis it lies
//! across. Where four faces meet at an edge, the two of each solid octant are joined: cells that touch in an edge stay apart.

use std::sync::LazyLock;

/// For each pattern of solid octants and each face (octant × 3 + axis) the number of its umbrella.
static UMBRELLAS: LazyLock<Vec<[u8; 24]>> = LazyLock::new(|| (0..=u8::MAX).map(umbrellas).collect());

/// The umbrella of the face that `octant` has across `axis`.
pub(super) fn umbrella(pattern: u8, octant: usize, axis: usize) -> u8 {
    UMBRELLAS[usize::from(pattern)][3 * octant + axis]
}

/// Whether nothing changes there along one of the axes: no corner of the solid.
pub(super) fn is_straight(pattern: u8) -> bool {
    [(1, 0x55), (2, 0x33), (4, 0x0f)].iter().any(|(shift, low)| pattern >> shift & low == pattern & low)
}

fn umbrellas(pattern: u8) -> [u8; 24] {
    let solid = |octant: usize| pattern >> octant & 1 == 1;
    let bounds = |octant: usize, axis: usize| solid(octant) && !solid(octant ^ (1 << axis));
    let mut number: [u8; 24] = std::array::from_fn(|face| face as u8);
    for axis in 0..3 {
        for side in [0, 1 << axis] {
            join_round_edge(axis, side, &bounds, &mut number);
        }
    }
    number
}

/// Joins the faces that meet at the half-line from the point along an axis.
fn join_round_edge(axis: usize, side: usize, bounds: &impl Fn(usize, usize) -> bool, number: &mut [u8; 24]) {
    let others = [(axis + 1) % 3, (axis + 2) % 3];
    let octants = (0..8).filter(|octant| octant & (1 << axis) == side);
    let faces: Vec<usize> = octants
        .flat_map(|octant| others.map(|other| (octant, other)))
        .filter(|(octant, other)| bounds(*octant, *other))
        .map(|(octant, other)| 3 * octant + other)
        .collect();
    // in order of octants: where there are four, each solid octant has two in a row
    for pair in faces.chunks(2) {
        let [first, second] = pair else { continue };
        let (kept, gone) = (number[*first].min(number[*second]), number[*first].max(number[*second]));
        number.iter_mut().filter(|umbrella| **umbrella == gone).for_each(|umbrella| *umbrella = kept);
    }
}
