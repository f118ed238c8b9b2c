//! Regions: areas against arithmetic, properties of booleans, and triangulations that fit their contours.

use std::collections::BTreeMap;

use maquette::budget::Budget;
use maquette::geom::{Affine2, Vec2};
use maquette::region::{Join, Region};
use proptest::prelude::{Strategy, any, prop_assert, proptest};

use crate::random::cases;

fn square(size: f64) -> Region {
    Region::square(Vec2::splat(size), true)
}

fn polygon(points: &[(f64, f64)]) -> Region {
    Region::polygon(&[points.iter().map(|(x, y)| Vec2::new(*x, *y)).collect()], &Budget::default()).expect("no limit")
}

fn moved(region: &Region, x: f64, y: f64) -> Region {
    region.transformed(&Affine2::from_translation(Vec2::new(x, y)))
}

fn assert_near(value: f64, expected: f64) {
    assert!((value - expected).abs() <= 1.0e-7 * expected.abs().max(1.0), "{value} is not {expected}");
}

/// Edge to edge with the contours and with each other, and of the region's area.
fn check_edges(region: &Region) {
    let points: Vec<Vec2> = region.contours().iter().flatten().copied().collect();
    let triangles = region.triangulate(&Budget::default()).expect("no limit");
    let mut edges: BTreeMap<(u32, u32), i32> = BTreeMap::new();
    let mut area = 0.0;
    for [a, b, c] in &triangles {
        let [p, q, r] = [a, b, c].map(|index| points[*index as usize]);
        let twice = (q - p).perp_dot(r - p);
        area += twice / 2.0;
        for edge in [(*a, *b), (*b, *c), (*c, *a)] {
            assert!(edges.insert(edge, 1).is_none(), "edge {edge:?} twice");
        }
    }
    let mut first = 0;
    for contour in region.contours() {
        let count = contour.len() as u32;
        for at in 0..count {
            let edge = (first + at, first + (at + 1) % count);
            assert!(edges.remove(&edge).is_some(), "contour edge {edge:?} is missing");
        }
        first += count;
    }
    for edge in edges.keys() {
        assert!(edges.contains_key(&(edge.1, edge.0)), "inner edge {edge:?} has one side");
    }
    assert_near(area, region.area());
}

/// The same, and counter-clockwise, so that no two lie over each other.
fn check_triangles(region: &Region) {
    check_edges(region);
    let points: Vec<Vec2> = region.contours().iter().flatten().copied().collect();
    for corners in region.triangulate(&Budget::default()).expect("no limit") {
        let [p, q, r] = corners.map(|index| points[index as usize]);
        let twice = (q - p).perp_dot(r - p);
        assert!(twice >= -1.0e-9, "turned over by {twice}");
    }
}

#[test]
fn offsets_have_their_corners() {
    let ten = square(10.0);
    assert_near(ten.offset(1.0, Join::Miter, &Budget::default()).expect("no limit").area(), 144.0);
    assert_near(ten.offset(-1.0, Join::Miter, &Budget::default()).expect("no limit").area(), 64.0);
    let cut = ten.offset(1.0, Join::Square, &Budget::default()).expect("no limit").area();
    assert!((cut - 143.3137).abs() < 1.0e-3, "{cut}");
    let round = ten.offset(1.0, Join::Round { segments: 400 }, &Budget::default()).expect("no limit").area();
    assert!((round - (140.0 + std::f64::consts::PI)).abs() < 1.0e-3, "{round}");
    assert!(ten.offset(-6.0, Join::Miter, &Budget::default()).expect("no limit").is_empty());
}

#[test]
fn even_odd_polygons_have_holes() {
    let ring = |size: f64| square(size).contours()[0].clone();
    let region = Region::polygon(&[ring(4.0), ring(2.0)], &Budget::default()).expect("no limit");
    assert_near(region.area(), 12.0);
    assert_near(region.fill(&Budget::default()).expect("no limit").area(), 16.0);
    check_triangles(&region);
}

#[test]
fn a_plate_of_holes_is_tiled() {
    let hole = Region::circle(1.0, 16);
    let holes: Vec<Region> =
        (0..400).map(|at| moved(&hole, f64::from(at % 20) * 3.0, f64::from(at / 20) * 3.0)).collect();
    let plate = moved(&square(70.0), 29.0, 29.0);
    let operands: Vec<&Region> = std::iter::once(&plate).chain(&holes).collect();
    let cut = Region::difference(&operands, &Budget::default()).expect("no limit");
    assert_eq!(cut.contours().len(), 401);
    check_triangles(&cut);
}

#[test]
fn touching_contours_are_tiled() {
    let corner = Region::union(&[&square(2.0), &moved(&square(2.0), 2.0, 2.0)], &Budget::default()).expect("no limit");
    check_triangles(&corner);
    let frame = Region::difference(&[&square(8.0), &square(2.0), &moved(&square(2.0), 2.0, 2.0)], &Budget::default())
        .expect("no limit");
    assert_near(frame.area(), 56.0);
    check_triangles(&frame);
    let to_the_wall = Region::difference(
        &[
            &square(8.0),
            &Region::polygon(
                &[vec![Vec2::new(-4.0, 0.0), Vec2::new(0.0, -1.0), Vec2::new(0.0, 1.0)]],
                &Budget::default(),
            )
            .expect("no limit"),
        ],
        &Budget::default(),
    )
    .expect("no limit");
    check_triangles(&to_the_wall);
}

#[test]
fn holes_that_share_corners_and_walls_are_tiled() {
    let places = [(0.0, 0.0), (2.0, 2.0), (2.0, -2.0), (4.0, 0.0), (6.0, 2.0), (-2.0, 2.0), (8.0, 8.0)];
    let holes: Vec<Region> = places.iter().map(|(x, y)| moved(&square(2.0), *x, *y)).collect();
    let plate = square(20.0);
    let notch = polygon(&[(-9.0, 5.0), (-10.0, 6.0), (-10.0, 4.0)]);
    let operands: Vec<&Region> = std::iter::once(&plate).chain(&holes).chain([&notch]).collect();
    check_triangles(&Region::difference(&operands, &Budget::default()).expect("no limit"));
}

#[test]
fn holes_one_behind_another_are_tiled() {
    let plate = polygon(&[
        (7.0, 5.0),
        (3.5, 8.5),
        (3.5, 11.5),
        (-1.5, 11.5),
        (-1.5, 7.5),
        (-4.0, 5.0),
        (0.0, 1.0),
        (0.5, 1.5),
        (2.0, 0.0),
    ]);
    let holes = [square(1.0), moved(&square(1.0), 1.0, 7.0), moved(&square(2.0), 3.0, 6.0)];
    let operands: Vec<&Region> = std::iter::once(&plate).chain(&holes).collect();
    check_triangles(&Region::difference(&operands, &Budget::default()).expect("no limit"));
}

#[test]
fn flat_corners_are_used() {
    let region = square(4.0).with_split_edges(|contour| vec![5; contour.len()]);
    assert_eq!(region.triangulate(&Budget::default()).expect("no limit").len(), 18);
    check_triangles(&region);
}

#[test]
fn hulls_and_sums_are_convex() {
    let two = Region::union(&[&square(2.0), &moved(&square(2.0), 5.0, 0.0)], &Budget::default()).expect("no limit");
    let hull = Region::hull(two.contours().iter().flatten().copied());
    assert!(hull.is_convex());
    assert_near(hull.area(), 14.0);
    let sum = hull.minkowski(&square(1.0), &Budget::default()).expect("no limit");
    assert_near(sum.area(), 24.0);
}

#[test]
fn mirrored_regions_keep_their_orientation() {
    let ring = Region::difference(&[&square(4.0), &square(2.0)], &Budget::default()).expect("no limit");
    let mirrored = ring.transformed(&Affine2::from_scale(Vec2::new(-1.0, 2.0)));
    assert_near(mirrored.area(), 24.0);
}

/// Unions of a few boxes and discs on a coarse raster, so that edges often fall together.
fn figures() -> impl Strategy<Value = Region> {
    figures_of(12)
}

/// Unions of boxes and of discs of so many segments; four make every crossing exact.
fn figures_of(segments: u32) -> impl Strategy<Value = Region> {
    proptest::collection::vec((0..12_i32, 0..12_i32, 1..6_i32, any::<bool>()), 1..8).prop_map(move |parts| {
        let figures: Vec<Region> = parts
            .iter()
            .map(|(x, y, size, round)| {
                let size = f64::from(*size);
                let figure = if *round { Region::circle(size, segments) } else { square(size) };
                moved(&figure, f64::from(*x), f64::from(*y))
            })
            .collect();
        Region::union(&figures.iter().collect::<Vec<_>>(), &Budget::default()).expect("no limit")
    })
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn areas_of_union_and_intersection_add_up(a in figures(), b in figures()) {
        let both = Region::union(&[&a, &b], &Budget::default()).expect("no limit").area() + Region::intersection(&[&a, &b], &Budget::default()).expect("no limit").area();
        prop_assert!((both - a.area() - b.area()).abs() < 1.0e-5);
    }

    #[test]
    fn nothing_is_left_of_itself(a in figures()) {
        prop_assert!(Region::difference(&[&a, &a], &Budget::default()).expect("no limit").area().abs() < 1.0e-9);
        prop_assert!((Region::union(&[&a, &a], &Budget::default()).expect("no limit").area() - a.area()).abs() < 1.0e-6);
    }

    #[test]
    fn whatever_comes_out_is_sound_and_tiled(a in figures(), b in figures()) {
        for region in [Region::union(&[&a, &b], &Budget::default()).expect("no limit"), Region::difference(&[&a, &b], &Budget::default()).expect("no limit"), Region::intersection(&[&a, &b], &Budget::default()).expect("no limit")] {
            prop_assert!(region.check().is_ok());
            check_edges(&region);
        }
    }

    #[test]
    fn exact_regions_are_tiled_without_overlap(a in figures_of(4), b in figures_of(4)) {
        for region in [Region::union(&[&a, &b], &Budget::default()).expect("no limit"), Region::difference(&[&a, &b], &Budget::default()).expect("no limit"), Region::intersection(&[&a, &b], &Budget::default()).expect("no limit")] {
            check_triangles(&region);
        }
    }
}

/// Enough points that the clipper's sweep is cut into strips.
#[test]
fn long_sweeps_are_cut_into_strips_and_sewn_without_a_trace() {
    let budget = Budget::default();
    let unit = Region::square(Vec2::ONE, false);
    let tiles: Vec<Region> = (0..10_000).map(|at| moved(&unit, f64::from(at % 100), f64::from(at / 100))).collect();
    let floor = Region::union(&tiles.iter().collect::<Vec<_>>(), &budget).expect("no limit");
    assert_eq!(floor.contours().len(), 1);
    assert_eq!(floor.point_count(), 4);
    assert_near(floor.area(), 1.0e4);
    let disc = Region::circle(0.37, 64);
    let mut operands = vec![floor];
    operands.extend((0..900).map(|at| moved(&disc, f64::from(at % 30) * 3.3 + 1.0, f64::from(at / 30) * 3.3 + 1.0)));
    let plate = Region::difference(&operands.iter().collect::<Vec<_>>(), &budget).expect("no limit");
    assert_eq!(plate.contours().len(), 901);
    assert!(plate.contours().iter().all(|contour| contour.len() == 4 || contour.len() == 64));
    assert_near(plate.area(), 1.0e4 - 900.0 * disc.area());
    let back = Region::union(&[&plate, &plate.fill(&budget).expect("no limit")], &budget).expect("no limit");
    assert_near(back.area(), 1.0e4);
}

#[test]
fn a_lattice_of_many_crossings_is_right() {
    let bars = |upright: bool| {
        (0..150).map(move |at| {
            let (size, place) = (Vec2::new(0.5, 150.0), Vec2::new(f64::from(at), 0.0));
            let (size, place) = if upright { (size, place) } else { (size.perp().abs(), place.perp()) };
            moved(&Region::square(size, false), place.x, place.y)
        })
    };
    let all: Vec<Region> = bars(true).chain(bars(false)).collect();
    let lattice = Region::union(&all.iter().collect::<Vec<_>>(), &Budget::default()).expect("no limit");
    assert_near(lattice.area(), 2.0 * 150.0 * 75.0 - 150.0 * 150.0 * 0.25);
    assert_eq!(lattice.contours().len(), 1 + 149 * 149);
}

#[test]
fn thousands_of_bars_through_one_point_come_to_an_end() {
    let bar = Region::square(Vec2::new(100.0, 0.01), true);
    let bars: Vec<Region> = (0..300)
        .map(|at| bar.transformed(&Affine2::from_angle(f64::from(at) * std::f64::consts::PI / 300.0)))
        .collect();
    let star = Region::union(&bars.iter().collect::<Vec<_>>(), &Budget::default()).expect("no limit");
    assert_eq!(star.contours().len(), 1);
    // each side of a bar ends where it meets its neighbour's; a seam may leave a trace where it goes through a corner
    assert!((1800..1810).contains(&star.point_count()), "{} points", star.point_count());
}

#[test]
fn nothing_goes_on_after_its_job() {
    let over = Budget::default();
    over.cancel();
    let ring = polygon(&[(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0)]);
    assert!(Region::union(&[&ring, &ring], &over).is_err());
    assert!(ring.offset(1.0, Join::Miter, &over).is_err());
    assert!(ring.triangulate(&over).is_err());
    assert!(ring.minkowski(&ring, &over).is_err());
}
