//! What a sheet leaves out: a reader is told what the part is for first, and nothing that cannot be read.

use maquette::budget::Budget;
use maquette::drawing::{HiddenLines, Part, Scale, SheetSpec, draw};
use maquette::geom::Vec2;
use maquette::page::{DimensionKind, Layer, Page, Shape};

use crate::overlap::overlaps;
use crate::sizes::{mesh_of, sheet_of, words};

fn has(page: &Page, text: &str) -> bool {
    words(page).contains(&text)
}

#[test]
fn a_step_too_small_to_be_seen_has_no_dimension() {
    let pocket = |depth: f64| {
        sheet_of(&format!(
            "difference() {{ cube([300, 100, 20]); translate([50, 20, 20 - {depth}]) cube([200, 60, 9]); }}"
        ))
    };
    // at 1:2
    assert!(has(&pocket(5.0), "15"), "{:?}", words(&pocket(5.0)));
    assert!(!has(&pocket(1.2), "18,8"), "{:?}", words(&pocket(1.2)));
}

#[test]
fn hidden_edges_that_nobody_tells_apart_are_left_out_unless_asked_for() {
    let ribs = |pitch: f64| {
        let program = format!(
            "difference() {{ cube([80, 40, 20]); for (x = [4 : {pitch} : 76]) translate([x, 4, -1]) cube([{pitch} / 2, 32, 16]); }}"
        );
        let mesh = mesh_of(&program);
        move |hidden_lines: HiddenLines| {
            let spec = SheetSpec { hidden_lines, scale: Scale::Fixed(1.0, 1.0), ..SheetSpec::default() };
            let page = draw(&[Part::new("part", &mesh)], &spec, &Budget::default()).expect("it can be drawn").remove(0);
            let is_hidden = |mark: &&maquette::page::Mark| mark.ink.layer == Layer::Hidden && mark.view == Some(0);
            page.marks.iter().filter(is_hidden).count()
        }
    };
    let (sparse, dense) = (ribs(12.0), ribs(1.0));
    assert!(sparse(HiddenLines::Auto) > 0);
    assert_eq!(sparse(HiddenLines::Auto), sparse(HiddenLines::All));
    assert_eq!(dense(HiddenLines::Auto), 0);
    assert!(dense(HiddenLines::All) > 0);
    assert_eq!(sparse(HiddenLines::None), 0);
}

#[test]
fn a_hole_made_to_be_printed_upright_is_told_by_its_diameter() {
    // two half circles a little apart, or one circle, with a roof
    let roofed = |apart: f64| {
        sheet_of(&format!(
            "$fn = 48; difference() {{ cube([40, 20, 20]);
               translate([14, 21, 11]) rotate([90, 0, 0]) linear_extrude(22) hull() {{
                 for (x = [-{apart}, {apart}]) translate([x, 0]) {{ circle(4); translate([0, 2]) square([3.2, 4], center = true); }}
               }} }}"
        ))
    };
    for apart in [0.0, 0.1] {
        let page = roofed(apart);
        assert!(has(&page, "Ø8"), "{apart}: {:?}", words(&page));
        assert!(has(&page, "14"), "{apart}: {:?}", words(&page));
        assert!(!words(&page).iter().any(|words| words.contains('R')), "{apart}: {:?}", words(&page));
        // the roof is no step, its slopes are none
        assert!(!has(&page, "15") && !words(&page).iter().any(|words| words.contains('°')), "{:?}", words(&page));
    }
}

#[test]
fn a_keyway_in_a_bore_is_no_roof() {
    let page = sheet_of(
        "$fn = 96; difference() { cube([60, 60, 20]); translate([30, 30, -1]) { cylinder(d = 20, h = 22);
           translate([-3, 0, 0]) cube([6, 12.8, 22]); } }",
    );
    assert!(has(&page, "42,8") && has(&page, "Ø20"), "{:?}", words(&page));
}

#[test]
fn bodies_beside_each_other_are_measured_each_from_its_own_edge() {
    let plate = "difference() { cube([60, 40, 10]); translate([25, 15, -1]) cylinder(d = 6, h = 20, $fn = 48);
                 translate([0, 0, 6]) cube([60, 12, 9]); }";
    let page = sheet_of(&format!("{plate} translate([0, 73, 0]) {plate}"));
    assert!(has(&page, "113") && has(&page, "40") && has(&page, "12"), "{:?}", words(&page));
    // no distance from one to the other, and nothing of the second that the first says already
    for between in ["33", "73", "85", "88", "61"] {
        assert!(!has(&page, between), "{between}: {:?}", words(&page));
    }
    assert_eq!(words(&page).iter().filter(|words| **words == "40").count(), 1, "{:?}", words(&page));
}

#[test]
fn of_two_steps_that_paper_does_not_tell_apart_the_larger_is_told() {
    let page = sheet_of("cube([150, 90, 20]); cube([100, 70, 40]); translate([0, 70, 0]) cube([100.9, 20, 30]);");
    assert!(has(&page, "100"), "{:?}", words(&page));
    assert!(!has(&page, "100,9"), "{:?}", words(&page));
}

#[test]
fn faces_that_mirror_each_other_have_one_width() {
    // a foot on one side only makes the whole uneven
    let page = sheet_of(
        "difference() { cube([100, 60, 30]); translate([10, -1, 12]) cube([80, 62, 30]); }
         translate([0, 60, 0]) cube([35, 20, 30]);",
    );
    assert!(has(&page, "80"), "{:?}", words(&page));
    assert!(!has(&page, "10") && !has(&page, "90"), "{:?}", words(&page));
}

#[test]
fn a_stair_has_no_more_dimensions_than_there_is_room_for() {
    let page = sheet_of("for (i = [0 : 14]) cube([150 - i * 10, 20, 4 + i * 4]);");
    for view in 0..3 {
        let is_level = |mark: &&maquette::page::Mark| {
            matches!(&mark.shape, Shape::Dimension(dimension)
                if matches!(dimension.kind, DimensionKind::Linear { angle_deg, .. } if angle_deg == 0.0))
        };
        let count = page.marks.iter().filter(|mark| mark.view == Some(view)).filter(is_level).count();
        assert!(count <= 12, "view {view} has {count}");
    }
    assert!(has(&page, "150") && has(&page, "60"), "{:?}", words(&page));
}

#[test]
fn what_lies_between_two_chamfers_is_no_chamfer() {
    // the edge that is left is narrower than the chamfers, or wider
    for (leg, chamfer) in [(2, "2× 2×45°"), (1, "2× 1×45°")] {
        let page = sheet_of(&format!(
            "translate([0, 60, 0]) rotate([90, 0, 0]) linear_extrude(60)
               polygon([[0, 0], [6, 0], [6, 36 - {leg}], [6 - {leg}, 36], [{leg}, 36], [0, 36 - {leg}]]);
             cube([40, 60, 6]);"
        ));
        assert!(has(&page, chamfer), "{:?}", words(&page));
        assert_eq!(words(&page).iter().filter(|words| words.contains("×45°")).count(), 1, "{:?}", words(&page));
    }
}

#[test]
fn of_many_chamfers_the_incidental_are_not_told() {
    let bevel = |at: f64, leg: f64| {
        format!(
            "translate([{at}, 20, 20]) rotate([45, 0, 0]) cube([18, {0}, {0}], center = true);",
            leg * std::f64::consts::SQRT_2
        )
    };
    let program = format!(
        "difference() {{ cube([80, 20, 20]); {} {} {} }}",
        bevel(10.0, 4.0),
        bevel(35.0, 3.0),
        bevel(65.0, 0.9)
    );
    let page = sheet_of(&program);
    assert!(has(&page, "4×45°") && has(&page, "3×45°"), "{:?}", words(&page));
    assert!(!has(&page, "0,9×45°"), "{:?}", words(&page));
}

#[test]
fn holes_of_few_facets_are_holes_and_nuts_are_none() {
    let drilled =
        |hole: &str| sheet_of(&format!("difference() {{ cube([40, 30, 8]); translate([12, 15, -1]) {hole} }}"));
    // made by number, and by the language's own measure
    for hole in
        ["cylinder(d = 4, h = 20, $fn = 7);", "cylinder(d = 4, h = 20);", "linear_extrude(20) circle(d = 5, $fn = 9);"]
    {
        let page = drilled(hole);
        assert!(
            words(&page).iter().any(|words| words.starts_with('Ø') && words.ends_with("THRU")),
            "{hole}: {:?}",
            words(&page)
        );
        assert!(has(&page, "12"), "{hole}: {:?}", words(&page));
        assert!(!words(&page).iter().any(|words| words.contains('°')), "{hole}: {:?}", words(&page));
    }
    let nut = drilled("cylinder(d = 8, h = 20, $fn = 6);");
    assert!(!words(&nut).iter().any(|words| words.starts_with('Ø')), "{:?}", words(&nut));
}

#[test]
fn a_mouth_that_is_hardly_wider_is_no_countersink() {
    let page = |mouth: f64| {
        sheet_of(&format!(
            "$fn = 48; difference() {{ cube([40, 30, 8]); translate([20, 15, -1]) cylinder(d = 6, h = 20);
             translate([20, 15, 6]) cylinder(d1 = 6, d2 = {mouth}, h = 2.001); }}"
        ))
    };
    assert!(words(&page(12.0)).iter().any(|words| words.contains("C’SINK")));
    assert!(!words(&page(6.9)).iter().any(|words| words.contains("C’SINK")));
}

#[test]
fn leaders_leave_the_view_by_the_shortest_way() {
    // a hole near the left edge of a plate full of lines
    let page = sheet_of(
        "difference() { cube([120, 60, 8]); translate([10, 30, -1]) cylinder(d = 8, h = 20, $fn = 48);
         for (i = [0 : 14]) translate([24 + i * 6, 4, 4]) cube([3, 52, 9]); }",
    );
    let hole = page.marks.iter().find_map(|mark| match &mark.shape {
        Shape::Dimension(dimension) if dimension.text.starts_with("Ø8") => Some((dimension.text_at, dimension.kind)),
        _ => None,
    });
    let Some((text_at, DimensionKind::Diameter { to, .. })) = hole else { panic!("{:?}", words(&page)) };
    assert!(text_at.x < to.x, "the words at {text_at} lie beyond the grooves, the hole's rim at {to}");
}

#[test]
fn an_angle_whose_legs_are_drawn_far_on_is_left_out() {
    // two short flats that meet the sides in the middle of the view
    let page = sheet_of(
        "linear_extrude(20) difference() { square([90, 70]); translate([42, 30]) polygon([[0, 0], [6, 0], [6, 9], [3, 12], [0, 9]]); }",
    );
    assert!(!words(&page).iter().any(|words| words.contains('°')), "{:?}", words(&page));
    // a large one has it
    let wedge =
        sheet_of("rotate([90, 0, 0]) linear_extrude(40) polygon([[0, 0], [80, 0], [80, 20], [30, 50], [0, 50]]);");
    assert!(words(&wedge).iter().any(|words| words.contains('°')), "{:?}", words(&wedge));
}

#[test]
fn small_roundings_are_told_where_they_can_be_seen() {
    let page = |radius: f64| {
        sheet_of(&format!(
            "$fn = 64; linear_extrude(10) union() {{ offset({radius}) square([100, 60]); translate([30, 0]) square([40, 90]); }}"
        ))
    };
    assert!(words(&page(8.0)).iter().any(|words| words.ends_with("R8")));
    assert!(!words(&page(0.3)).iter().any(|words| words.contains('R')));
}

#[test]
fn words_beside_a_corner_keep_clear_of_the_other_sides() {
    let page = sheet_of(
        "cube([40, 30, 58]); translate([-4, 8, 18]) cube([4, 10, 3]); translate([-2, 8, 12]) cube([2, 10, 2]);
         translate([40, 0, 0]) cube([6, 30, 13]); translate([0, 0, 15]) cube([1, 34, 4]); translate([0, -3, 22]) cube([20, 3, 4]);",
    );
    assert!(overlaps(&page).is_empty(), "{:?}", overlaps(&page));
}

#[test]
fn no_leader_of_a_view_ends_on_nothing() {
    let page = sheet_of(
        "$fn = 48; difference() { cube([60, 40, 20]); translate([30, 20, 10]) rotate([0, 90, 0]) cylinder(d = 9, h = 10, center = true);
         translate([15, 20, -1]) cylinder(d = 6, h = 9); }",
    );
    let is_line = |layer: Layer| matches!(layer, Layer::Visible | Layer::Hidden);
    let lines: Vec<&Shape> = page.marks.iter().filter(|mark| is_line(mark.ink.layer)).map(|mark| &mark.shape).collect();
    let is_on = |tip: Vec2| {
        lines.iter().any(|shape| {
            matches!(shape, Shape::Circle { center, radius } | Shape::Arc { center, radius, .. } if (center.distance(tip) - radius).abs() < 0.05)
        })
    };
    for mark in &page.marks {
        if let Shape::Dimension(dimension) = &mark.shape
            && let DimensionKind::Diameter { to, .. } | DimensionKind::Radius { to, .. } = dimension.kind
        {
            assert!(is_on(to), "{} points at nothing", dimension.text);
        }
    }
}
