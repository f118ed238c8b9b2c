//! Booleans of axis-parallel solids against a count of cells: volume, area, and a closed two-manifold even where cells touch in edges.

use maquette::budget::Budget;
use maquette::geom::{Affine3, Mat3, Rgba, Vec3};
use maquette::mesh::measure;
use maquette::region::Region;
use maquette::solid::{Control, Extrusion, Operator, Solid};
use proptest::collection::vec;
use proptest::prelude::{Strategy, prop_assert, proptest};

use crate::random::cases;

const SIDE: i32 = 6;

fn control() -> Control {
    Control::new(&Budget::default())
}

fn block(low: [i32; 3], high: [i32; 3]) -> Solid {
    let [min, max] = [low, high].map(|corner| Vec3::from_array(corner.map(f64::from)) * 0.7);
    Solid::cube(max - min, false, &control()).expect("no limit").transformed(&Affine3::from_translation(min))
}

fn boolean(operator: Operator, operands: &[Solid]) -> Solid {
    Solid::boolean(operator, operands, &control()).expect("no limit")
}

/// Which cells of the grid are solid.
type Count = Vec<bool>;

fn count_of(low: [i32; 3], high: [i32; 3]) -> Count {
    let inside = |at: i32, axis: usize| low[axis] <= at && at < high[axis];
    (0..SIDE.pow(3)).map(|at| inside(at / 36, 0) && inside(at / 6 % 6, 1) && inside(at % 6, 2)).collect()
}

fn figures(count: &Count) -> (f64, f64) {
    let at = |x: i32, y: i32, z: i32| {
        [x, y, z].iter().all(|place| (0..SIDE).contains(place)) && count[((x * SIDE + y) * SIDE + z) as usize]
    };
    let mut faces = 0;
    for index in 0..SIDE.pow(3) {
        let (x, y, z) = (index / 36, index / 6 % 6, index % 6);
        let neighbours = [(x - 1, y, z), (x + 1, y, z), (x, y - 1, z), (x, y + 1, z), (x, y, z - 1), (x, y, z + 1)];
        faces += neighbours.iter().filter(|(a, b, c)| at(x, y, z) && !at(*a, *b, *c)).count();
    }
    (0.343 * count.iter().filter(|cell| **cell).count() as f64, 0.49 * faces as f64)
}

fn check(solid: &Solid, count: &Count) {
    let (volume, area) = figures(count);
    if volume == 0.0 {
        assert!(solid.is_empty());
        return;
    }
    let measured = measure(&solid.to_mesh());
    assert!(measured.closed, "not a closed two-manifold");
    assert!((measured.volume - volume).abs() < 1.0e-9, "volume {} is not {volume}", measured.volume);
    assert!((measured.area - area).abs() < 1.0e-9, "area {} is not {area}", measured.area);
}

fn corners() -> impl Strategy<Value = ([i32; 3], [i32; 3])> {
    let span = || (0..SIDE, 1..=SIDE).prop_map(|(low, size)| (low, (low + size).min(SIDE)));
    (span(), span(), span()).prop_map(|(x, y, z)| ([x.0, y.0, z.0], [x.1, y.1, z.1]))
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn boxes_are_counted_cell_by_cell(parts in vec((0..4u8, corners()), 1..12)) {
        let (mut solid, mut count) = (Solid::default(), count_of([0; 3], [0; 3]));
        for (kind, (low, high)) in parts {
            let (operator, keep): (_, fn(bool, bool) -> bool) = match kind {
                0 => (Operator::Difference, |a, b| a && !b),
                1 => (Operator::Intersection, |a, b| a && b),
                _ => (Operator::Union, |a, b| a || b),
            };
            let other = count_of(low, high);
            count = count.iter().zip(&other).map(|(a, b)| keep(*a, *b)).collect();
            solid = boolean(operator, &[solid, block(low, high)]);
            check(&solid, &count);
        }
    }

    #[test]
    fn scattered_cells_have_a_closed_skin(cells in vec(0..SIDE.pow(3), 1..80)) {
        let mut count = count_of([0; 3], [0; 3]);
        let mut solids = Vec::new();
        for at in cells {
            let low = [at / 36, at / 6 % 6, at % 6];
            count[at as usize] = true;
            solids.push(block(low, low.map(|place| place + 1)));
        }
        let solid = boolean(Operator::Union, &solids);
        check(&solid, &count);
        let rest = boolean(Operator::Difference, &[block([0; 3], [SIDE; 3]), solid]);
        check(&rest, &count.iter().map(|cell| !cell).collect());
        prop_assert!(rest.triangle_count() > 0);
    }
}

#[test]
fn a_checkerboard_falls_apart_into_its_cells() {
    let black = |at: &i32| (at / 36 + at / 6 % 6 + at % 6) % 2 == 0;
    let cells: Vec<Solid> = (0..SIDE.pow(3))
        .filter(black)
        .map(|at| [at / 36, at / 6 % 6, at % 6])
        .map(|low| block(low, low.map(|place| place + 1)))
        .collect();
    let solid = boolean(Operator::Union, &cells);
    check(&solid, &(0..SIDE.pow(3)).map(|at| black(&at)).collect());
    assert_eq!(measure(&solid.to_mesh()).components, 108);
}

/// Twenty of a level make the next; the axes are exchanged on the way.
fn sponge(level: u32) -> Solid {
    if level == 0 {
        return Solid::cube(Vec3::ONE, false, &control()).expect("no limit");
    }
    let part = sponge(level - 1);
    let turn = Affine3::from_mat3(Mat3::from_cols(Vec3::Y, Vec3::NEG_Z, Vec3::NEG_X));
    let place = |at: i32| {
        let offset = Vec3::new(f64::from(at / 9), f64::from(at / 3 % 3), f64::from(at % 3));
        let middle = Vec3::splat(0.5);
        let upright = Affine3::from_translation(middle) * turn * Affine3::from_translation(-middle);
        Affine3::from_scale(Vec3::splat(1.0 / 3.0)) * Affine3::from_translation(offset) * upright
    };
    let kept = |at: &i32| [at / 9, at / 3 % 3, at % 3].iter().filter(|place| **place == 1).count() < 2;
    let parts: Vec<Solid> = (0..27).filter(kept).map(|at| part.transformed(&place(at))).collect();
    boolean(Operator::Union, &parts)
}

#[test]
fn a_sponge_is_built_from_sponges() {
    let solid = sponge(3);
    let measured = measure(&solid.to_mesh());
    assert!(measured.closed);
    assert_eq!(measured.components, 1);
    assert!((measured.volume - (20.0_f64 / 27.0).powi(3)).abs() < 1.0e-9, "{}", measured.volume);
    let mesh = solid.to_mesh();
    // V - E + F = 2 - 2g
    let euler = mesh.positions.len() as i64 - mesh.triangles.len() as i64 / 2;
    assert_eq!((2 - euler) / 2, 1409);
}

#[test]
fn steps_of_straight_extrusions_are_cells_too() {
    let outline = Region::polygon(
        &[vec![[0.0, 0.0], [3.0, 0.0], [3.0, 1.0], [1.0, 1.0], [1.0, 2.0], [0.0, 2.0]]
            .into_iter()
            .map(maquette::geom::Vec2::from_array)
            .collect()],
        &Budget::default(),
    )
    .expect("no limit");
    let extrusion = Extrusion {
        direction: Vec3::new(0.0, 0.0, 2.0),
        center: false,
        twist: 0.0,
        scale: maquette::geom::Vec2::ONE,
        slices: 1,
    };
    let angle = Solid::extrude(&outline, &extrusion, &control()).expect("no limit");
    let step = Solid::cube(Vec3::ONE, false, &control()).expect("no limit");
    let notch = step.transformed(&Affine3::from_translation(Vec3::new(0.5, 0.5, 1.5)));
    let solid = boolean(Operator::Difference, &[angle, notch]);
    let measured = measure(&solid.to_mesh());
    assert!(measured.closed);
    assert!((measured.volume - (8.0 - 0.375)).abs() < 1.0e-12, "{}", measured.volume);
}

#[test]
fn colours_stay_where_all_are_alike() {
    let red = Rgba { r: 1.0, g: 0.0, b: 0.0, a: 1.0 };
    let solids = [block([0; 3], [2; 3]), block([2, 2, 0], [4, 4, 3])].map(|solid| solid.colored(red));
    let solid = boolean(Operator::Union, &solids);
    assert!(solid.to_mesh().faces.iter().all(|face| face.color == Some(red)));
    assert!(solid.uncolored().to_mesh().faces.iter().all(|face| face.color.is_none()));
}
