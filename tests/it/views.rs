//! Views of every kind by the drawing room's face: sections in steps and halves, details, arrows of sight, plans, assemblies.

use maquette::budget::Budget;
use maquette::drawing::{
    AuxiliarySpec, DetailSpec, DrawError, Half, LineMemo, Part, Scale, SectionSpec, SheetSpec, ViewSpec, draw,
    draw_sheets,
};
use maquette::geom::{Affine3, Vec2, Vec3};
use maquette::mesh::TriMesh;
use maquette::page::{Layer, Mark, Page, Shape};

use crate::drawing::{block, joined, shapes, sheet, tube};

/// At full size, without dimensions, so that lengths on paper are the model's.
fn bare() -> SheetSpec {
    SheetSpec {
        scale: Scale::Fixed(1.0, 1.0),
        dimensions: maquette::drawing::Dimensioning::None,
        ..SheetSpec::default()
    }
}

fn hatched_area(page: &Page) -> f64 {
    let area = |contour: &Vec<Vec2>| -> f64 {
        let next = |index: usize| contour[(index + 1) % contour.len()];
        contour.iter().enumerate().map(|(index, point)| point.perp_dot(next(index)) * 0.5).sum()
    };
    let of_shape = |shape: &&Shape| match shape {
        Shape::Hatch { contours, .. } => contours.iter().map(area).sum::<f64>().abs(),
        _ => 0.0,
    };
    shapes(page, Layer::Hatch).iter().map(of_shape).sum()
}

fn words(page: &Page) -> Vec<String> {
    let text = |mark: &Mark| if let Shape::Text(text) = &mark.shape { Some(text.content.clone()) } else { None };
    page.marks.iter().filter_map(text).collect()
}

fn length(shape: &Shape) -> f64 {
    match shape {
        Shape::Polyline { points, closed } => {
            let last = if *closed { points[0].distance(points[points.len() - 1]) } else { 0.0 };
            points.windows(2).map(|pair| pair[0].distance(pair[1])).sum::<f64>() + last
        }
        _ => 0.0,
    }
}

fn moved(mesh: &TriMesh, by: Affine3) -> TriMesh {
    let mut mesh = TriMesh { faces: Vec::new(), face_of: Vec::new(), ..mesh.clone() };
    mesh.positions.iter_mut().for_each(|point| *point = by.transform_point3(*point));
    mesh
}

#[test]
fn a_stepped_section_cuts_each_strip_in_its_own_plane() {
    // two bars, one behind the other: no single plane cuts both
    let bars = joined(
        &block(Vec3::ZERO, Vec3::new(20.0, 10.0, 8.0)),
        &block(Vec3::new(40.0, 30.0, 0.0), Vec3::new(20.0, 10.0, 8.0)),
    );
    let section = SectionSpec {
        through: vec![Vec3::new(50.0, 35.0, 0.0)],
        ..SectionSpec::full("A", Vec3::new(10.0, 5.0, 0.0), Vec3::NEG_Y)
    };
    let page = sheet(&bars, &SheetSpec { views: vec![ViewSpec::Top], sections: vec![section], ..bare() });
    assert!((hatched_area(&page) - 2.0 * 20.0 * 8.0).abs() < 1.0e-6, "{}", hatched_area(&page));
    let section: f64 = page
        .marks
        .iter()
        .filter(|mark| mark.view == Some(1) && mark.ink.layer == Layer::Visible)
        .map(|mark| length(&mark.shape))
        .sum();
    assert!((section - 2.0 * 56.0).abs() < 1.0e-6, "no edge where the planes change: {section}");
    let bent = shapes(&page, Layer::Section)
        .into_iter()
        .any(|shape| matches!(shape, Shape::Polyline { points, .. } if points.len() == 4));
    assert!(bent, "the cutting plane is shown with its step");
}

#[test]
fn points_of_one_plane_make_a_plain_section() {
    let bar = block(Vec3::ZERO, Vec3::new(60.0, 10.0, 8.0));
    let plain = SectionSpec::full("A", Vec3::new(10.0, 5.0, 0.0), Vec3::NEG_Y);
    let stepped = SectionSpec { through: vec![Vec3::new(50.0, 5.0, 3.0)], ..plain.clone() };
    let draw = |section| sheet(&bar, &SheetSpec { views: vec![ViewSpec::Top], sections: vec![section], ..bare() });
    assert_eq!(draw(plain).marks, draw(stepped).marks);
}

#[test]
fn a_half_section_shows_the_other_half_from_outside() {
    let tube = tube(20.0, 8.0, 30.0, 96);
    for (half, along) in [(Half::Right, Vec2::X), (Half::Left, Vec2::NEG_X)] {
        let section = SectionSpec { half: Some(half), ..SectionSpec::full("A", Vec3::ZERO, Vec3::NEG_Y) };
        let page = sheet(&tube, &SheetSpec { views: vec![ViewSpec::Top], sections: vec![section], ..bare() });
        assert!((hatched_area(&page) - 12.0 * 30.0).abs() < 1.0e-6, "{}", hatched_area(&page));
        let hatches = shapes(&page, Layer::Hatch);
        let [Shape::Hatch { contours, .. }] = hatches.as_slice() else { panic!("one hatch: {hatches:?}") };
        let middle = page.views[1].frame.center();
        assert!(contours.iter().flatten().all(|point| (*point - middle).dot(along) > 0.0), "{half:?}");
        // outline 140, the bore's wall 30 on the cut side
        let lines: f64 = page
            .marks
            .iter()
            .filter(|mark| mark.view == Some(1) && mark.ink.layer == Layer::Visible)
            .map(|mark| length(&mark.shape))
            .sum();
        assert!((lines - 170.0).abs() < 1.0e-6, "{lines}");
    }
}

#[test]
fn parts_that_are_not_cut_stay_whole() {
    let (sleeve, pin) = (tube(20.0, 8.0, 30.0, 96), tube(7.0, 2.0, 50.0, 96));
    let parts = [Part::new("sleeve", &sleeve), Part::new("pin", &pin)];
    let section = SectionSpec { uncut: vec!["pin".to_owned()], ..SectionSpec::full("A", Vec3::ZERO, Vec3::NEG_Y) };
    let spec = SheetSpec { views: vec![ViewSpec::Top], sections: vec![section], ..bare() };
    let pages = draw(&parts, &spec, &Budget::default()).expect("they can be drawn");
    assert!((hatched_area(&pages[0]) - 2.0 * 12.0 * 30.0).abs() < 1.0e-6, "{}", hatched_area(&pages[0]));
}

#[test]
fn a_detail_is_drawn_again_at_a_scale_that_it_names() {
    let mesh = tube(40.0, 3.0, 10.0, 96);
    let detail = DetailSpec {
        label: "B".to_owned(),
        view: "top".to_owned(),
        center: Vec3::ZERO,
        radius: 5.0,
        scale: Some((5.0, 1.0)),
    };
    let page = sheet(&mesh, &SheetSpec { views: vec![ViewSpec::Top], details: vec![detail], ..bare() });
    assert!(words(&page).contains(&"B (5:1)".to_owned()), "{:?}", words(&page));
    assert_eq!(page.views[1].scale, 5.0);
    let large = page.marks.iter().filter(|mark| mark.view == Some(1)).filter_map(|mark| match mark.shape {
        Shape::Circle { radius, .. } => Some((mark.ink.layer, radius)),
        _ => None,
    });
    let mut large: Vec<_> = large.collect();
    large.sort_by(|a, b| a.1.total_cmp(&b.1));
    assert_eq!(large.len(), 2, "the bore and the edge of the detail: {large:?}");
    assert!((large[0].1 - 15.0).abs() < 1.0e-6 && (large[1].1 - 25.0).abs() < 1.0e-6, "{large:?}");
    assert_eq!(large[0].0, Layer::Visible);
}

#[test]
fn lines_that_leave_a_detail_are_cut_at_its_edge() {
    let mesh = tube(40.0, 30.0, 10.0, 96);
    let detail = |center, radius| DetailSpec {
        label: "B".to_owned(),
        view: "top".to_owned(),
        center,
        radius,
        scale: Some((2.0, 1.0)),
    };
    let spec = |detail| SheetSpec { views: vec![ViewSpec::Top], details: vec![detail], ..bare() };
    let page = sheet(&mesh, &spec(detail(Vec3::new(35.0, 0.0, 0.0), 8.0)));
    let arcs = page.marks.iter().filter(|mark| mark.view == Some(1) && matches!(mark.shape, Shape::Arc { .. }));
    assert_eq!(arcs.count(), 2, "an arc of each circle");
    let nothing = draw(&[Part::new("part", &mesh)], &spec(detail(Vec3::ZERO, 8.0)), &Budget::default());
    assert!(matches!(nothing, Err(DrawError::Detail { .. })));
}

#[test]
fn a_view_in_a_direction_of_its_own_has_an_arrow_and_a_letter() {
    let mesh = block(Vec3::ZERO, Vec3::new(60.0, 40.0, 20.0));
    let auxiliary = AuxiliarySpec { label: "C".to_owned(), toward: Vec3::new(1.0, 0.0, 1.0) };
    let page = sheet(&mesh, &SheetSpec { views: vec![ViewSpec::Front], auxiliaries: vec![auxiliary], ..bare() });
    let is_letter =
        |mark: &&Mark| mark.view.is_some() && matches!(&mark.shape, Shape::Text(text) if text.content == "C");
    assert_eq!(page.marks.iter().filter(is_letter).count(), 2, "at the arrow and over the view");
    assert_eq!(page.views[1].name, "C");
    assert!(!shapes(&page, Layer::Section).is_empty());
}

#[test]
fn a_plan_shows_what_lies_above_it_dashed() {
    // a wall under a roof that stands out by 100 on every side
    let house = joined(
        &block(Vec3::ZERO, Vec3::new(1000.0, 800.0, 500.0)),
        &block(Vec3::new(-100.0, -100.0, 500.0), Vec3::new(1200.0, 1000.0, 50.0)),
    );
    let spec = SheetSpec { views: vec![ViewSpec::Plan(250.0)], scale: Scale::Fixed(1.0, 10.0), ..SheetSpec::default() };
    let page = sheet(&house, &spec);
    let above: f64 = shapes(&page, Layer::Above).into_iter().map(length).sum();
    assert!((above - 440.0).abs() < 1.0e-6, "the edge of the roof: {above}");
    let cut: f64 = shapes(&page, Layer::Visible).into_iter().map(length).sum();
    assert!((cut - 360.0).abs() < 1.0e-6, "{cut}");
}

#[test]
fn levels_of_a_building_are_plans_of_their_own() {
    let house = block(Vec3::ZERO, Vec3::new(1000.0, 800.0, 5500.0));
    let spec = SheetSpec { views: vec![ViewSpec::Plan(1000.0), ViewSpec::Plan(4000.0)], ..SheetSpec::default() };
    let page = sheet(&house, &spec);
    let names: Vec<&str> = page.views.iter().map(|view| view.name.as_str()).collect();
    assert_eq!(names, ["plan", "plan-2"]);
    assert!(words(&page).contains(&"Plan +1000".to_owned()) && words(&page).contains(&"Plan +4000".to_owned()));
}

#[test]
fn an_exploded_view_pulls_parts_apart_along_its_direction() {
    let (case, board, lid) = (
        block(Vec3::ZERO, Vec3::new(60.0, 40.0, 20.0)),
        block(Vec3::splat(5.0), Vec3::new(30.0, 20.0, 2.0)),
        block(Vec3::new(0.0, 0.0, 20.0), Vec3::new(60.0, 40.0, 3.0)),
    );
    let parts = [Part::new("lid", &lid), Part::new("case", &case), Part::new("board", &board)];
    let spec = SheetSpec { views: vec![ViewSpec::Exploded(Vec3::Z)], ..bare() };
    let pages = draw(&parts, &spec, &Budget::default()).expect("they can be drawn");
    let together = draw(&parts, &SheetSpec { views: vec![ViewSpec::Isometric], ..bare() }, &Budget::default());
    let visible = |page: &Page| -> f64 { shapes(page, Layer::Visible).into_iter().map(length).sum() };
    assert!(visible(&pages[0]) > visible(&together.expect("they can be drawn")[0]) + 150.0);
    assert!(!shapes(&pages[0], Layer::Center).is_empty(), "a line from the case to the board and on to the lid");
    let balloons =
        pages[0].marks.iter().filter(|mark| mark.view.is_some() && matches!(mark.shape, Shape::Circle { .. }));
    assert_eq!(balloons.count(), 3, "even the board is seen");
    let alone = draw(&parts[..1], &spec, &Budget::default());
    assert_eq!(alone.unwrap_err(), DrawError::NothingToExplode);
}

#[test]
fn equal_parts_are_one_row_wherever_they_stand_but_not_their_mirror_image() {
    // no plane of symmetry
    let bracket = joined(
        &block(Vec3::ZERO, Vec3::new(30.0, 20.0, 4.0)),
        &block(Vec3::new(2.0, 3.0, 10.0), Vec3::new(4.0, 9.0, 13.0)),
    );
    let turned = moved(&bracket, Affine3::from_axis_angle(Vec3::new(1.0, 2.0, 3.0).normalize(), 1.0));
    let mut mirrored = moved(&bracket, Affine3::from_scale(Vec3::new(-1.0, 1.0, 1.0)));
    mirrored.triangles.iter_mut().for_each(|corners| corners.swap(0, 1));
    let parts = [Part::new("bracket", &bracket), Part::new("bracket", &turned), Part::new("bracket", &mirrored)];
    let pages = draw(&parts, &SheetSpec::default(), &Budget::default()).expect("they can be drawn");
    assert_eq!(pages.len(), 3, "the assembly, the bracket twice, and the other hand once");
    assert!(words(&pages[0]).contains(&"2".to_owned()));
}

#[test]
fn a_changed_title_finds_its_lines_again() {
    let mesh = tube(20.0, 8.0, 30.0, 96);
    let memo = LineMemo::new(64 << 20);
    let section = SectionSpec::full("A", Vec3::ZERO, Vec3::NEG_Y);
    let mut spec = SheetSpec { sections: vec![section], ..SheetSpec::default() };
    let make = |spec: &SheetSpec| {
        let specs = std::slice::from_ref(spec);
        draw_sheets(&[Part::new("part", &mesh)], specs, true, &memo, &Budget::default()).expect("it can be drawn")
    };
    let first = make(&spec);
    assert_eq!(memo.found(), 0);
    spec.title.title = "another".to_owned();
    let second = make(&spec);
    assert_eq!(memo.found(), 6, "the model, four views and a section");
    let fresh = draw(&[Part::new("part", &mesh)], &spec, &Budget::default()).expect("it can be drawn");
    assert_eq!(second, fresh, "what is kept changes nothing");
    assert_ne!(first, second);
    let other = tube(20.0, 8.0, 31.0, 96);
    let specs = std::slice::from_ref(&spec);
    let pages = draw_sheets(&[Part::new("part", &other)], specs, true, &memo, &Budget::default());
    assert_eq!(memo.found(), 6, "another model has other lines");
    assert_ne!(pages.expect("it can be drawn"), second);
}

#[test]
fn several_sheets_are_numbered_through() {
    let mesh = tube(20.0, 8.0, 30.0, 96);
    let sheets = [SheetSpec::default(), SheetSpec { views: vec![ViewSpec::Isometric], ..SheetSpec::default() }];
    let parts = [Part::new("part", &mesh)];
    let pages = draw_sheets(&parts, &sheets, true, &LineMemo::default(), &Budget::default()).expect("they are drawn");
    assert_eq!(pages.len(), 2);
    assert!(words(&pages[0]).contains(&"1 / 2".to_owned()) && words(&pages[1]).contains(&"2 / 2".to_owned()));
    let none = draw_sheets(&parts, &[], true, &LineMemo::default(), &Budget::default());
    assert_eq!(none.unwrap_err(), DrawError::NoViews);
}

#[test]
fn more_views_than_anyone_reads_are_refused() {
    let mesh = block(Vec3::ZERO, Vec3::ONE);
    let views = (0..10_000).map(|index| ViewSpec::Plan(f64::from(index) * 1.0e-4)).collect();
    let drawn = draw(&[Part::new("part", &mesh)], &SheetSpec { views, ..SheetSpec::default() }, &Budget::default());
    assert!(matches!(drawn, Err(DrawError::TooManyViews { count: 10_000, .. })));
}

#[test]
fn numbers_that_are_none_are_refused() {
    let mesh = block(Vec3::ZERO, Vec3::ONE);
    for bad in [f64::NAN, f64::INFINITY] {
        let refused = |spec: SheetSpec| draw(&[Part::new("part", &mesh)], &spec, &Budget::default()).is_err();
        assert!(refused(SheetSpec {
            views: vec![ViewSpec::Direction(Vec3::new(bad, 0.0, 1.0))],
            ..SheetSpec::default()
        }));
        assert!(refused(SheetSpec { views: vec![ViewSpec::Plan(bad)], ..SheetSpec::default() }));
        let section = SectionSpec::full("A", Vec3::splat(bad), Vec3::X);
        assert!(refused(SheetSpec { sections: vec![section], ..SheetSpec::default() }));
        let nowhere = SectionSpec::full("A", Vec3::ZERO, Vec3::splat(bad));
        assert!(refused(SheetSpec { sections: vec![nowhere], ..SheetSpec::default() }));
        let mut broken = mesh.clone();
        broken.positions[0].x = bad;
        assert!(draw(&[Part::new("part", &broken)], &SheetSpec::default(), &Budget::default()).is_err());
    }
}

#[test]
fn an_outline_has_its_circles_and_arcs_and_the_model_its_vertices() {
    let turn = |angle: f64| Vec2::new(maquette::geom::cos_deg(angle), maquette::geom::sin_deg(angle));
    // a slot: two straight sides and two half circles, and a round hole in it
    let arc = |center: Vec2, from: i32| (0..=20).map(move |step| center + turn(f64::from(from + step * 9)) * 5.0);
    let slot: Vec<Vec2> = arc(Vec2::new(20.0, 0.0), -90).chain(arc(Vec2::ZERO, 90)).collect();
    let hole: Vec<Vec2> = (0..24).map(|step| turn(f64::from(-step * 15)) * 2.0).collect();
    let hexagon: Vec<Vec2> = (0..6).map(|step| Vec2::new(20.0, 0.0) + turn(f64::from(-step * 60)) * 2.0).collect();
    let region = maquette::region::Region::polygon(&[slot, hole, hexagon], &Budget::default()).expect("no limit");
    let kinds = |page: &Page| {
        let count = |is: fn(&Shape) -> bool| page.marks.iter().filter(|mark| is(&mark.shape)).count();
        [
            count(|shape| matches!(shape, Shape::Circle { .. })),
            count(|shape| matches!(shape, Shape::Arc { .. })),
            count(|shape| matches!(shape, Shape::Polyline { closed: false, .. })),
            count(|shape| matches!(shape, Shape::Polyline { closed: true, .. })),
        ]
    };
    assert_eq!(kinds(&maquette::drawing::true_outline(&region)), [1, 2, 2, 1]);
    assert_eq!(kinds(&maquette::drawing::outline(&region)), [0, 0, 0, 3]);
    let page = maquette::drawing::true_outline(&region);
    for mark in &page.marks {
        if let Shape::Arc { radius, sweep_deg, .. } = &mark.shape {
            assert!((radius - 5.0).abs() < 1.0e-6 && (sweep_deg - 180.0).abs() < 1.0e-6, "{mark:?}");
        }
    }
}
