//! Solids: volumes against arithmetic, properties of booleans, and what becomes of foreign meshes.

use maquette::budget::{Budget, Exceeded, Limits};
use maquette::geom::{Affine3, Vec2, Vec3};
use maquette::mesh::{Surface, TriMesh, measure};
use maquette::region::{Join, Region};
use maquette::solid::{Control, Extrusion, Fault, Operator, Repair, Revolution, Roof, Roundness, Solid};
use proptest::prelude::{Strategy, prop_assert, proptest};

use crate::random::cases;

fn control() -> Control {
    Control::new(&Budget::default())
}

fn cube(size: f64) -> Solid {
    Solid::cube(Vec3::splat(size), true, &control()).expect("no limit")
}

fn sphere(radius: f64) -> Solid {
    Solid::sphere(radius, Roundness { segments: 24, smooth: true }, &control()).expect("no limit")
}

fn moved(solid: &Solid, x: f64, y: f64, z: f64) -> Solid {
    solid.transformed(&Affine3::from_translation(Vec3::new(x, y, z)))
}

fn boolean(operator: Operator, operands: &[Solid]) -> Solid {
    let solid = Solid::boolean(operator, operands, &control()).expect("a boolean of solids");
    if !solid.is_empty() {
        assert!(measure(&solid.to_mesh()).closed, "open result");
    }
    solid
}

fn volume(solid: &Solid) -> f64 {
    if solid.is_empty() { 0.0 } else { measure(&solid.to_mesh()).volume }
}

fn assert_near(value: f64, expected: f64) {
    assert!((value - expected).abs() <= 1.0e-7 * expected.abs().max(1.0), "{value} is not {expected}");
}

#[test]
fn warped_faces_are_cut_along_the_diagonal_that_openscad_takes() {
    let faces = [[3, 2, 1, 0], [0, 1, 5, 4], [4, 5, 6, 7], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]].map(Vec::from);
    for (heights, expected) in [([2.0, 2.0, 2.9, 2.2], 26.6), ([2.0, 2.9, 2.0, 2.2], 28.4)] {
        let at = |x: f64, y: f64, z: f64| Vec3::new(x, y, z);
        let [a, b, c, d] = heights;
        let bottom = [at(0.0, 0.0, 0.0), at(4.0, 0.0, 0.0), at(4.0, 3.0, 0.0), at(0.0, 3.0, 0.0)];
        let top = [at(0.0, 0.0, a), at(4.0, 0.0, b), at(4.0, 3.0, c), at(0.0, 3.0, d)];
        let solid = Solid::polyhedron(&[bottom, top].concat(), &faces, &control()).expect("finite");
        assert_near(volume(&solid), expected);
    }
}

#[test]
fn flush_cubes_become_one_box() {
    let cubes: Vec<Solid> = (0..27)
        .map(|at| moved(&cube(0.1), f64::from(at % 3) * 0.1, f64::from(at / 3 % 3) * 0.1, f64::from(at / 9) * 0.1))
        .collect();
    let solid = boolean(Operator::Union, &cubes);
    assert_eq!(solid.triangle_count(), 12);
    assert_near(volume(&solid), 0.027);
}

#[test]
fn flush_turned_cubes_become_one_box() {
    let turn = Affine3::from_rotation_x(0.4) * Affine3::from_rotation_z(1.1);
    let cubes: Vec<Solid> = (0..8).map(|at| moved(&cube(1.0), f64::from(at), 0.0, 0.0).transformed(&turn)).collect();
    let solid = boolean(Operator::Union, &cubes);
    assert_near(volume(&solid), 8.0);
    assert_eq!(measure(&solid.to_mesh()).components, 1);
}

#[test]
fn prisms_along_any_axis_are_done_in_the_plane() {
    let bar = |axis: Vec3| Solid::cube(Vec3::splat(1.0) + axis * 9.0, true, &control()).expect("no limit");
    for axis in [Vec3::X, Vec3::Y, Vec3::Z] {
        let side = axis.any_orthonormal_vector() * 0.5;
        let both = boolean(Operator::Union, &[bar(axis), moved(&bar(axis), side.x, side.y, side.z)]);
        assert_eq!(both.triangle_count(), 12, "along {axis}");
        assert_near(volume(&both), 15.0);
    }
}

#[test]
fn a_slot_of_shifted_cylinders_is_the_same_whether_they_are_of_one_length_or_not() {
    let round = Roundness { segments: 30, smooth: true };
    let tool = |length: f64| Solid::cylinder(length, [1.5, 1.5], true, round, &control()).expect("no limit");
    let slotted = |growth: f64, turn: Affine3| {
        let shifted =
            |at: u32| moved(&tool(30.0 + growth * f64::from(at)), f64::from(at) * 0.25, 0.0, 0.0).transformed(&turn);
        let operands: Vec<Solid> = std::iter::once(sphere(10.0)).chain((0..9).map(shifted)).collect();
        boolean(Operator::Difference, &operands)
    };
    for turn in
        [Affine3::IDENTITY, Affine3::from_rotation_y(std::f64::consts::FRAC_PI_2), Affine3::from_rotation_x(0.3)]
    {
        let (alike, unlike) = (slotted(0.0, turn), slotted(0.1, turn));
        assert_near(volume(&alike), volume(&unlike));
        assert_near(measure(&alike.to_mesh()).area, measure(&unlike.to_mesh()).area);
        assert_eq!(measure(&alike.to_mesh()).components, 1);
    }
}

#[test]
fn a_chain_of_hulls_that_share_their_ends_has_its_volume() {
    let places = [(1.0, 6.0, 3.0), (-4.0, -5.0, -1.0), (5.0, 4.0, -2.0), (3.0, 1.0, -1.0), (-3.0, 6.0, -3.0)];
    let round = Roundness { segments: 5, smooth: true };
    let ends: Vec<Vec<Vec3>> = places
        .iter()
        .map(|(x, y, z)| moved(&Solid::sphere(1.5, round, &control()).expect("no limit"), *x, *y, *z).positions())
        .collect();
    let link = |pair: &[Vec<Vec3>]| Solid::hull(&pair.concat(), &control()).expect("no limit");
    let chain: Vec<Solid> = ends.windows(2).map(link).collect();
    // by exact arithmetic 189.9720
    assert!((volume(&boolean(Operator::Union, &chain)) - 189.972_116).abs() < 1.0e-5);
}

#[test]
fn a_cylinder_drilled_by_a_flat_sided_tool_keeps_its_wall() {
    let round = Roundness { segments: 64, smooth: true };
    let rod = Solid::cylinder(10.0, [5.0, 5.0], true, round, &control()).expect("no limit");
    let cut = boolean(Operator::Difference, &[rod, moved(&cube(20.0), 13.0, 0.0, 0.0)]);
    let walls: Vec<_> =
        cut.to_mesh().faces.into_iter().filter(|face| matches!(face.surface, Surface::Cylinder { .. })).collect();
    assert_eq!(walls.len(), 1, "{walls:?}");
    let Surface::Cylinder { radius, .. } = walls[0].surface else { return };
    assert_near(radius, 5.0);
}

#[test]
fn sums_of_boxes_are_boxes() {
    let sum = cube(4.0).minkowski(&cube(1.0), &control()).expect("a sum");
    assert_near(volume(&sum), 125.0);
}

#[test]
fn a_sum_of_round_bodies_is_made_without_all_sums_of_corners() {
    // 2,500 by 2,500 corners, of which some ten thousand stick out
    let control = Control::new(&Budget::new(Limits { triangles: 100_000, ..Limits::default() }));
    let ball = |radius: f64| Solid::sphere(radius, Roundness { segments: 71, smooth: true }, &control).expect("small");
    let turn = Affine3::from_axis_angle(Vec3::new(1.0, 2.0, 3.0).normalize(), 1.0);
    let sum = ball(2.0).minkowski(&ball(1.0).transformed(&turn), &control).expect("within the limit");
    let whole = 4.0 / 3.0 * std::f64::consts::PI * 27.0;
    assert!((volume(&sum) / whole - 1.0).abs() < 3.0e-3, "{} is not {whole}", volume(&sum));
}

#[test]
fn a_sum_with_something_beside_the_origin_is_not_hollow() {
    let frame = boolean(
        Operator::Difference,
        &[cube(10.0), Solid::cube(Vec3::new(4.0, 4.0, 20.0), true, &control()).expect("no limit")],
    );
    let stamp = moved(&cube(1.0), 0.5, 0.5, 0.5);
    let sum = frame.minkowski(&stamp, &control()).expect("a sum");
    assert_near(volume(&sum), (11.0 * 11.0 - 3.0 * 3.0) * 11.0);
}

#[test]
fn hulls_enclose() {
    let points: Vec<Vec3> =
        cube(2.0).positions().into_iter().chain(moved(&cube(2.0), 4.0, 0.0, 0.0).positions()).collect();
    assert_near(volume(&Solid::hull(&points, &control()).expect("a hull")), 24.0);
    assert!(Solid::hull(&points[..3], &control()).expect("a hull").is_empty());
}

#[test]
fn extrusions_and_revolutions() {
    let square = Region::square(Vec2::splat(2.0), true);
    let extrusion = Extrusion {
        direction: Vec3::new(1.0, 0.0, 3.0),
        center: true,
        twist: 0.0,
        scale: Vec2::new(1.0, 0.0),
        slices: 1,
    };
    let wedge = Solid::extrude(&square, &extrusion, &control()).expect("an extrusion");
    assert_near(volume(&wedge), 6.0);
    let ring = square.transformed(&maquette::geom::Affine2::from_translation(Vec2::new(4.0, 0.0)));
    let turn = Revolution { angle: 360.0, start: 0.0, segments: 90 };
    let torus = volume(&Solid::revolve(&ring, &turn, &control()).expect("a revolution"));
    let polygon = 90.0 / 2.0 * (std::f64::consts::TAU / 90.0).sin();
    assert_near(torus, polygon * (25.0 - 9.0) * 2.0);
    let across = Solid::revolve(&square, &turn, &control()).expect_err("across the axis");
    assert_eq!(across, Fault::AcrossAxis);
}

#[test]
fn a_profile_on_the_axis_closes() {
    let half =
        Region::polygon(&[vec![Vec2::new(0.0, -1.0), Vec2::new(1.0, 0.0), Vec2::new(0.0, 1.0)]], &Budget::default())
            .expect("no limit");
    for (angle, part) in [(360.0, 1.0), (90.0, 0.25), (-90.0, 0.25)] {
        let segments = (80.0 * part) as u32;
        let solid =
            Solid::revolve(&half, &Revolution { angle, start: 30.0, segments }, &control()).expect("a revolution");
        assert!(measure(&solid.to_mesh()).closed, "{angle}");
        let polygon = 80.0 / 2.0 * (std::f64::consts::TAU / 80.0).sin();
        assert_near(volume(&solid), polygon * 2.0 / 3.0 * part);
    }
}

#[test]
fn cuts_and_shadows() {
    let raised = moved(&sphere(3.0), 0.0, 0.0, 1.0);
    assert!(
        raised.cut(&control()).expect("no limit").area() > 20.0
            && raised.cut(&control()).expect("no limit").area() < raised.shadow(&control()).expect("no limit").area()
    );
    assert_near(moved(&cube(2.0), 5.0, 0.0, 0.0).cut(&control()).expect("no limit").area(), 4.0);
    assert!(moved(&cube(2.0), 0.0, 0.0, 9.0).cut(&control()).expect("no limit").is_empty());
}

fn region(corners: &[[f64; 2]]) -> Region {
    Region::polygon(&[corners.iter().copied().map(Vec2::from_array).collect()], &Budget::default()).expect("no limit")
}

fn roof(region: &Region, roof: Roof) -> Solid {
    let solid = Solid::roof(region, roof, &control()).expect("a roof");
    assert!(measure(&solid.to_mesh()).closed, "open roof");
    solid
}

const ANGLE: [[f64; 2]; 6] = [[0.0, 0.0], [20.0, 0.0], [20.0, 10.0], [10.0, 10.0], [10.0, 20.0], [0.0, 20.0]];

#[test]
fn roofs_rise_with_slope_one() {
    for kind in [Roof::Voronoi { step: 10.0 }, Roof::Straight] {
        let hip = roof(&Region::square(Vec2::new(20.0, 10.0), false), kind);
        assert_near(volume(&hip), 100.0 * (60.0 - 10.0) / 12.0);
        assert_near(hip.bounding_box().max.z, 5.0);
    }
    let bent = volume(&roof(&region(&ANGLE), Roof::Voronoi { step: 6.0 }));
    assert!(bent > 650.0 && bent < 700.0, "{bent}");
}

/// The volume under a straight skeleton's roof: the areas of the outline as it shrinks.
fn shrinking_volume(region: &Region) -> f64 {
    let height = region.bounding_box().size().min_element() * 0.5;
    let steps = 2000;
    let step = height / f64::from(steps);
    let area = |at: i32| {
        region.offset(-step * (f64::from(at) + 0.5), Join::Miter, &Budget::default()).expect("no limit").area()
    };
    (0..steps).map(area).sum::<f64>() * step
}

#[test]
fn straight_roofs_have_valleys() {
    assert_near(volume(&roof(&region(&ANGLE), Roof::Straight)), 2000.0 / 3.0);
    let cross = [
        [10.0, 0.0],
        [20.0, 0.0],
        [20.0, 10.0],
        [30.0, 10.0],
        [30.0, 20.0],
        [20.0, 20.0],
        [20.0, 30.0],
        [10.0, 30.0],
        [10.0, 20.0],
        [0.0, 20.0],
        [0.0, 10.0],
        [10.0, 10.0],
    ];
    assert_near(volume(&roof(&region(&cross), Roof::Straight)), 3500.0 / 3.0);
    let dart = [[0.0, 0.0], [40.0, 0.0], [41.0, 20.0], [22.0, 6.0], [5.0, 21.0], [1.0, 20.0]];
    let star =
        [[0.0, 0.0], [12.0, 5.0], [25.0, 1.0], [19.0, 12.0], [27.0, 24.0], [13.0, 18.0], [2.0, 26.0], [7.0, 12.0]];
    for corners in [&dart[..], &star[..]] {
        let (region, expected) = (region(corners), shrinking_volume(&region(corners)));
        let found = volume(&roof(&region, Roof::Straight));
        assert!((found - expected).abs() < 1.0e-3 * expected, "{found} is not {expected}");
    }
}

fn tetrahedron(flip: &[usize]) -> TriMesh {
    let mut mesh = TriMesh {
        positions: vec![Vec3::ZERO, Vec3::X, Vec3::Y, Vec3::Z],
        triangles: vec![[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]],
        ..TriMesh::default()
    };
    for index in flip {
        mesh.triangles[*index].reverse();
    }
    mesh
}

#[test]
fn turned_faces_are_turned_back_when_a_boolean_asks() {
    let twisted = Solid::from_mesh(&tetrahedron(&[1, 2]), &control()).expect("finite");
    assert!(!twisted.is_closed());
    assert_near(volume(&twisted.closed(&control()).expect("a repair").0), 1.0 / 6.0);
    assert_near(volume(&boolean(Operator::Union, &[twisted, moved(&cube(1.0), 9.0, 0.0, 0.0)])), 7.0 / 6.0);
}

#[test]
fn an_open_mesh_is_refused_by_booleans_but_not_by_hulls() {
    let mut mesh = tetrahedron(&[]);
    // a rim of four corners that is not flat
    mesh.triangles.truncate(2);
    let open = Solid::from_mesh(&mesh, &control()).expect("finite");
    assert_eq!(open.closed(&control()).expect_err("open"), Fault::NotClosed);
    assert_near(volume(&Solid::hull(&open.positions(), &control()).expect("a hull")), 1.0 / 6.0);
}

/// What a repair makes of a mesh: its volume, and what was done.
fn repaired(mesh: &TriMesh) -> (f64, Repair) {
    let open = Solid::from_mesh(mesh, &control()).expect("finite");
    assert!(!open.is_closed());
    let (closed, done) = open.closed(&control()).expect("a repair");
    assert!(closed.is_closed());
    (volume(&closed), done)
}

#[test]
fn flat_holes_are_filled_and_sheets_are_not() {
    let mut lacking = tetrahedron(&[]);
    lacking.triangles.pop();
    let (volume, done) = repaired(&lacking);
    assert_near(volume, 1.0 / 6.0);
    assert_eq!(done, Repair { filled: 1, ..Repair::default() });
    // a pipe without its two rings: each a rim outside and one inside
    let pipe = boolean(Operator::Difference, &[moved(&cube(4.0), 0.0, 0.0, 0.0), moved(&tall_bar(), 0.0, 0.0, 0.0)]);
    let mut open = pipe.to_mesh();
    let upright = |corners: [Vec3; 3]| (corners[1] - corners[0]).cross(corners[2] - corners[0]).z.abs() > 1.0e-9;
    let keeps: Vec<bool> = (0..open.triangles.len()).map(|index| !upright(open.corners(index))).collect();
    open.triangles =
        open.triangles.iter().zip(&keeps).filter(|(_, keeps)| **keeps).map(|(corners, _)| *corners).collect();
    open.face_of = vec![0; open.triangles.len()];
    let (volume, done) = repaired(&open);
    assert_near(volume, 4.0 * (16.0 - 1.0));
    assert_eq!(done.filled, 4);
    let sheet =
        TriMesh { positions: vec![Vec3::ZERO, Vec3::X, Vec3::Y], triangles: vec![[0, 1, 2]], ..TriMesh::default() };
    let sheet = Solid::from_mesh(&sheet, &control()).expect("finite");
    assert_eq!(sheet.closed(&control()).expect_err("a sheet"), Fault::NotClosed);
}

/// A bar of 1 by 1 through all that the tests cut.
fn tall_bar() -> Solid {
    Solid::cube(Vec3::new(1.0, 1.0, 20.0), true, &control()).expect("no limit")
}

#[test]
fn edges_are_parted_where_others_end_on_them() {
    let mut mesh = tetrahedron(&[]);
    // one side of the edge from x to y has a corner more
    mesh.positions.push(Vec3::new(0.5, 0.5, 0.0));
    mesh.triangles.retain(|corners| *corners != [0, 2, 1]);
    mesh.triangles.extend([[0, 4, 1], [0, 2, 4]]);
    let (volume, done) = repaired(&mesh);
    assert_near(volume, 1.0 / 6.0);
    assert_eq!(done, Repair { parted: 1, ..Repair::default() });
}

#[test]
fn faces_there_twice_are_there_once_and_turned_ones_turned() {
    let mut mesh = tetrahedron(&[3]);
    mesh.triangles.push(mesh.triangles[0]);
    mesh.triangles.push([1, 1, 2]);
    let (volume, done) = repaired(&mesh);
    assert_near(volume, 1.0 / 6.0);
    assert_eq!(done, Repair { removed: 2, turned: 1, ..Repair::default() });
    let two_ways = Repair { removed: 2, filled: 1, ..Repair::default() };
    let mut mesh = tetrahedron(&[]);
    mesh.triangles.push([1, 2, 0]);
    let (volume, done) = repaired(&mesh);
    assert_near(volume, 1.0 / 6.0);
    assert_eq!(done, two_ways);
    assert_eq!(two_ways.to_string(), "2 needless faces taken out, 1 flat hole filled");
}

#[test]
fn solids_that_share_an_edge_or_a_corner_come_in_as_they_are() {
    for (shift, shared) in [(Vec3::new(1.0, 1.0, 0.0), "an edge"), (Vec3::ONE, "a corner")] {
        let unit = Solid::cube(Vec3::ONE, false, &control()).expect("no limit");
        let (mut mesh, other) = (unit.to_mesh(), moved(&unit, shift.x, shift.y, shift.z).to_mesh());
        let place = |point: &Vec3| {
            let known = mesh.positions.iter().position(|other| other == point);
            known.map_or(0, |at| at as u32)
        };
        let added: Vec<Vec3> =
            other.positions.iter().copied().filter(|point| !mesh.positions.contains(point)).collect();
        let first = mesh.positions.len() as u32;
        let number = |at: u32| {
            let point = other.positions[at as usize];
            added.iter().position(|new| *new == point).map_or_else(|| place(&point), |at| first + at as u32)
        };
        let triangles: Vec<[u32; 3]> = other.triangles.iter().map(|corners| corners.map(number)).collect();
        mesh.positions.extend(&added);
        mesh.triangles.extend(triangles);
        mesh.face_of = vec![0; mesh.triangles.len()];
        let both = Solid::from_mesh(&mesh, &control()).expect("finite");
        assert!(both.is_closed(), "{shared}");
        assert_near(volume(&both), 2.0);
        let bar = Solid::cube(Vec3::new(4.0, 4.0, 0.5), true, &control()).expect("no limit");
        assert_near(volume(&boolean(Operator::Difference, &[both, bar])), if shift.z > 0.0 { 1.75 } else { 1.5 });
    }
}

#[test]
fn slivers_of_foreign_meshes_do_no_harm() {
    let mut mesh = Solid::cube(Vec3::splat(2.0), true, &control()).expect("no limit").to_mesh();
    // a corner next to another, on an edge: triangles without height
    let [a, b, c] = mesh.triangles[0];
    let beside = mesh.positions[a as usize].lerp(mesh.positions[b as usize], 1.0e-13);
    mesh.positions.push(beside);
    let new = mesh.positions.len() as u32 - 1;
    let other = mesh.triangles.iter().position(|corners| {
        let [p, q, r] = *corners;
        [(p, q), (q, r), (r, p)].contains(&(b, a))
    });
    let other = other.expect("a closed mesh");
    let apex = mesh.triangles[other].into_iter().find(|corner| *corner != a && *corner != b).expect("a third");
    mesh.triangles[0] = [a, new, c];
    mesh.triangles[other] = [b, new, apex];
    mesh.triangles.extend([[new, b, c], [new, a, apex]]);
    mesh.face_of = vec![0; mesh.triangles.len()];
    let solid = Solid::from_mesh(&mesh, &control()).expect("finite");
    assert!(solid.is_closed());
    assert_near(volume(&boolean(Operator::Difference, &[solid, tall_bar()])), 6.0);
}

#[test]
fn a_running_boolean_stops_when_it_is_cancelled() {
    let budget = Budget::default();
    let control = Control::new(&budget);
    let ball = Solid::sphere(10.0, Roundness { segments: 300, smooth: true }, &control).expect("no limit");
    let balls: Vec<Solid> = (0..40).map(|at| moved(&ball, f64::from(at) * 1.7, 0.3 * f64::from(at), 0.0)).collect();
    let canceller = std::thread::spawn({
        let budget = budget.clone();
        move || budget.cancel()
    });
    let result = Solid::boolean(Operator::Union, &balls, &control);
    canceller.join().expect("the canceller");
    assert_eq!(result.expect_err("cancelled"), Fault::Exceeded(Exceeded::Cancelled));
}

#[test]
fn a_hull_stops_when_the_job_was() {
    let budget = Budget::default();
    let ball = Solid::sphere(10.0, Roundness { segments: 100, smooth: true }, &control()).expect("no limit");
    budget.cancel();
    let hull = Solid::hull(&ball.positions(), &Control::new(&budget));
    assert_eq!(hull.expect_err("cancelled"), Fault::Exceeded(Exceeded::Cancelled));
}

#[test]
fn what_one_job_could_not_finish_the_next_can_use() {
    let ball = Solid::sphere(10.0, Roundness { segments: 100, smooth: true }, &control()).expect("no limit");
    let pair = [ball.clone(), moved(&ball, 3.0, 2.0, 1.0)];
    let budget = Budget::default();
    let stopped = Control::new(&budget);
    budget.cancel();
    assert!(Solid::boolean(Operator::Union, &pair, &stopped).is_err());
    assert!(volume(&boolean(Operator::Union, &pair)) > volume(&ball));
}

#[test]
fn hulls_of_rasters_have_corners_only() {
    let raster: Vec<Vec3> =
        (0..1000).map(|at| Vec3::new(f64::from(at % 10), f64::from(at / 10 % 10), f64::from(at / 100))).collect();
    let turns =
        (0..20).map(|at| Affine3::from_rotation_x(0.3 * f64::from(at)) * Affine3::from_rotation_z(0.7 * f64::from(at)));
    for map in turns {
        let points: Vec<Vec3> = raster.iter().map(|point| map.transform_point3(*point)).collect();
        let hull = Solid::hull(&points, &control()).expect("a hull");
        assert_eq!(hull.triangle_count(), 12);
        assert_near(volume(&hull), 729.0);
    }
}

#[test]
fn operands_that_wind_twice_stay_closed() {
    let mut twice = cube(2.0).to_mesh();
    let second = moved(&cube(2.0), 1.0, 1.0, 1.0).to_mesh();
    let first = twice.positions.len() as u32;
    twice.positions.extend(second.positions);
    twice.triangles.extend(second.triangles.iter().map(|corners| corners.map(|corner| corner + first)));
    twice.face_of.clear();
    twice.faces.clear();
    let twice = Solid::from_mesh(&twice, &control()).expect("finite");
    let ball = moved(&sphere(1.0), 1.3, 1.4, 1.5);
    for operator in [Operator::Union, Operator::Difference, Operator::Intersection] {
        boolean(operator, &[twice.clone(), ball.clone()]);
    }
}

#[test]
fn a_plate_of_many_drills_has_their_genus() {
    let plate = Solid::cube(Vec3::new(20.0, 20.0, 2.0), false, &control()).expect("no limit");
    let turned = Affine3::from_axis_angle(Vec3::new(1.0, 2.0, 3.0).normalize(), 0.4);
    let drills = (0..25).map(|at| {
        let place = Vec3::new(2.0 + 4.0 * f64::from(at % 5), 2.0 + 4.0 * f64::from(at / 5), -1.0);
        let drill = Solid::cylinder(4.0, [1.0, 1.2], false, Roundness { segments: 12, smooth: true }, &control());
        drill.expect("no limit").transformed(&Affine3::from_translation(place))
    });
    let parts: Vec<Solid> = std::iter::once(plate).chain(drills).map(|part| part.transformed(&turned)).collect();
    let mesh = boolean(Operator::Difference, &parts).to_mesh();
    let characteristic = mesh.positions.len() as i64 - mesh.triangles.len() as i64 / 2;
    assert_eq!(characteristic, 2 - 2 * 25);
}

#[test]
fn mirrors_and_colours_do_not_turn_a_solid_inside_out() {
    let mirror = Affine3::from_scale(Vec3::new(1.0, -2.0, 1.0));
    let red = maquette::geom::Rgba { r: 1.0, g: 0.0, b: 0.0, a: 1.0 };
    let solid = boolean(Operator::Difference, &[cube(2.0), moved(&sphere(1.0), 1.0, 1.0, 1.0)]);
    assert_near(volume(&solid.transformed(&mirror).colored(red)), 2.0 * volume(&solid));
}

/// Boxes and balls on a raster of halves, so that faces often fall together.
fn figures() -> impl Strategy<Value = Solid> {
    proptest::collection::vec((0..6_i32, 0..6_i32, 0..6_i32, 1..4_i32, 0..4_u8), 1..5).prop_map(|parts| {
        let figures: Vec<Solid> = parts
            .iter()
            .map(|(x, y, z, size, kind)| {
                let size = f64::from(*size) / 2.0;
                let figure = if *kind == 0 { sphere(size) } else { cube(size) };
                moved(&figure, f64::from(*x) / 2.0, f64::from(*y) / 2.0, f64::from(*z) / 2.0)
            })
            .collect();
        boolean(Operator::Union, &figures)
    })
}

/// Bodies whose faces nearly fall together: turned and shifted by anything from nothing to a thousandth.
fn near_misses() -> impl Strategy<Value = (Solid, Solid)> {
    (figures(), -16..-2_i32, -16..-2_i32, 0..3_usize).prop_map(|(solid, angle, shift, axis)| {
        let axis = [Vec3::X, Vec3::Y, Vec3::Z][axis];
        let turn = Affine3::from_axis_angle(axis, 10.0_f64.powi(angle));
        let other = solid.transformed(&(Affine3::from_translation(axis * 10.0_f64.powi(shift)) * turn));
        (solid, other)
    })
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn near_misses_add_up((a, b) in near_misses()) {
        let pair = [a.clone(), b.clone()];
        let both = volume(&boolean(Operator::Union, &pair)) + volume(&boolean(Operator::Intersection, &pair));
        prop_assert!((both - volume(&a) - volume(&b)).abs() < 1.0e-6 * volume(&a).max(1.0), "{both}");
    }

    #[test]
    fn size_does_not_matter(a in figures(), b in figures(), power in -6..7_i32) {
        let scale = 10.0_f64.powi(power);
        let [small, large] = [1.0, scale].map(|scale| {
            let map = Affine3::from_scale(Vec3::splat(scale));
            volume(&boolean(Operator::Difference, &[a.transformed(&map), b.transformed(&map)]))
        });
        prop_assert!((large - small * scale.powi(3)).abs() <= 1.0e-6 * scale.powi(3), "{small} {large}");
    }

    #[test]
    fn hulls_hold_their_points(places in proptest::collection::vec((-4..5_i32, -4..5_i32, -4..5_i32), 4..40), turn in 0.0..3.0_f64) {
        let map = Affine3::from_axis_angle(Vec3::new(1.0, 2.0, 3.0).normalize(), turn);
        let point = |(x, y, z): &(i32, i32, i32)| map.transform_point3(Vec3::new(f64::from(*x), f64::from(*y), f64::from(*z)));
        let points: Vec<Vec3> = places.iter().map(point).collect();
        let mesh = Solid::hull(&points, &control()).expect("a hull").to_mesh();
        prop_assert!(mesh.is_empty() || measure(&mesh).closed);
        for triangle in 0..mesh.triangles.len() {
            let [a, b, c] = mesh.corners(triangle);
            let normal = (b - a).cross(c - a).normalize_or_zero();
            prop_assert!(points.iter().all(|point| normal.dot(*point - a) < 1.0e-9));
        }
    }

    #[test]
    fn sums_of_convex_solids_are_hulls_of_all_sums(
        p in proptest::collection::vec((-4..5_i32, -4..5_i32, -4..5_i32), 4..20),
        q in proptest::collection::vec((-4..5_i32, -4..5_i32, -4..5_i32), 4..20),
        turn in 0.0..3.0_f64,
    ) {
        let map = Affine3::from_axis_angle(Vec3::new(1.0, 2.0, 3.0).normalize(), turn);
        let points = |places: &[(i32, i32, i32)]| -> Vec<Vec3> {
            places.iter().map(|(x, y, z)| Vec3::new(f64::from(*x), f64::from(*y), f64::from(*z))).collect()
        };
        let (p, q) = (points(&p), points(&q).iter().map(|point| map.transform_point3(*point)).collect::<Vec<_>>());
        let hull = |points: &[Vec3]| Solid::hull(points, &control()).expect("a hull");
        if !hull(&p).is_empty() && !hull(&q).is_empty() {
            let sums: Vec<Vec3> = p.iter().flat_map(|a| q.iter().map(move |b| *a + *b)).collect();
            let sum = hull(&p).minkowski(&hull(&q), &control()).expect("a sum");
            prop_assert!((volume(&sum) - volume(&hull(&sums))).abs() < 1.0e-9 * volume(&sum));
        }
    }

    #[test]
    fn cutting_twice_cuts_no_more(a in figures(), b in figures()) {
        let (rest, common) = (
            boolean(Operator::Difference, &[a.clone(), b.clone()]),
            boolean(Operator::Intersection, &[a.clone(), b.clone()]),
        );
        prop_assert!((volume(&rest) + volume(&common) - volume(&a)).abs() < 1.0e-6);
        prop_assert!((volume(&boolean(Operator::Difference, &[rest.clone(), b.clone()])) - volume(&rest)).abs() < 1.0e-6);
        prop_assert!((volume(&boolean(Operator::Intersection, &[common.clone(), b])) - volume(&common)).abs() < 1.0e-6);
        prop_assert!((volume(&boolean(Operator::Intersection, &[a.clone(), a.clone()])) - volume(&a)).abs() < 1.0e-9);
    }

    #[test]
    fn volumes_of_union_and_intersection_add_up(a in figures(), b in figures()) {
        let pair = [a.clone(), b.clone()];
        let both = volume(&boolean(Operator::Union, &pair)) + volume(&boolean(Operator::Intersection, &pair));
        prop_assert!((both - volume(&a) - volume(&b)).abs() < 1.0e-6, "{both}");
    }

    #[test]
    fn nothing_is_left_of_itself(a in figures()) {
        let rest = boolean(Operator::Difference, &[a.clone(), a.clone()]);
        prop_assert!(volume(&rest).abs() < 1.0e-9);
        let twice = boolean(Operator::Union, &[a.clone(), a.clone()]);
        prop_assert!((volume(&twice) - volume(&a)).abs() < 1.0e-9);
    }

    #[test]
    fn order_does_not_matter(a in figures(), b in figures(), c in figures()) {
        let one = volume(&boolean(Operator::Union, &[a.clone(), b.clone(), c.clone()]));
        let other = volume(&boolean(Operator::Union, &[c, a, b]));
        prop_assert!((one - other).abs() < 1.0e-7);
    }

    #[test]
    fn rigid_motion_commutes(a in figures(), b in figures()) {
        let motion = Affine3::from_translation(Vec3::new(3.0, -7.0, 0.1)) * Affine3::from_rotation_x(0.7) * Affine3::from_rotation_z(2.0);
        let still = boolean(Operator::Difference, &[a.clone(), b.clone()]);
        let turned = boolean(Operator::Difference, &[a.transformed(&motion), b.transformed(&motion)]);
        prop_assert!((volume(&still) - volume(&turned)).abs() < 1.0e-6);
        let parts = |solid: &Solid| if solid.is_empty() { 0 } else { measure(&solid.to_mesh()).components };
        prop_assert!(parts(&still) == parts(&turned));
    }
}

#[test]
fn memory_is_refused_before_it_is_taken_and_given_back() {
    let budget = Budget::new(Limits { memory_bytes: 4 << 20, ..Limits::default() });
    let control = Control::new(&budget);
    let ball = |segments: u32| Solid::sphere(2.0, Roundness { segments, smooth: true }, &control);
    let refused = Err(Fault::Exceeded(Exceeded::Memory));
    assert_eq!(ball(1000).map(|solid| solid.triangle_count()), refused);
    let pair = [100, 120].map(|segments| ball(segments).expect("small"));
    let rest = Solid::boolean(Operator::Difference, &[pair[0].clone(), moved(&pair[1], 1.0, 0.0, 0.0)], &control);
    assert_eq!(rest.map(|solid| solid.triangle_count()), refused);
    let mut solid = ball(24).expect("small");
    for step in 0..200 {
        let tool = moved(&ball(16).expect("small"), f64::from(step), 3.5, 0.0);
        solid = Solid::boolean(Operator::Difference, &[solid, tool], &control).expect("room for one at a time");
    }
}
