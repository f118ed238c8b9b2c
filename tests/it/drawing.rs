//! The drawing room by its face: right lines, true curves, honest dimensions, files that other readers read.

use maquette::budget::Budget;
use maquette::drawing::{
    Dimensioning, DrawError, Lines, Model, Paper, PaperSize, Part, Picture, Piece, Scale, SectionSpec, SheetSpec,
    ViewSpec, draw, lines_of, merge, see,
};
use maquette::export::{dxf, pdf, raster, svg};
use maquette::geom::{Vec2, Vec3, cos_deg, sin_deg};
use maquette::mesh::{Face, Surface, TriMesh};
use maquette::page::{DimensionKind, Layer, Mark, Page, Shape};

/// A box with one corner at `low`.
pub fn block(low: Vec3, size: Vec3) -> TriMesh {
    let corner = |index: usize| {
        let pick = |bit: usize| if index >> bit & 1 == 1 { 1.0 } else { 0.0 };
        low + size * Vec3::new(pick(0), pick(1), pick(2))
    };
    let quads = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
    let mut mesh = TriMesh { positions: (0..8).map(corner).collect(), ..TriMesh::default() };
    for (face, [a, b, c, d]) in quads.into_iter().enumerate() {
        mesh.triangles.extend([[a, b, c], [a, c, d]]);
        mesh.face_of.extend([face as u32; 2]);
        mesh.faces.push(Face { surface: Surface::Plane, color: None });
    }
    mesh
}

pub fn joined(one: &TriMesh, two: &TriMesh) -> TriMesh {
    let mut mesh = one.clone();
    let (vertices, faces) = (one.positions.len() as u32, one.faces.len() as u32);
    mesh.positions.extend(&two.positions);
    mesh.triangles.extend(two.triangles.iter().map(|corners| corners.map(|vertex| vertex + vertices)));
    mesh.face_of.extend(two.face_of.iter().map(|face| face + faces));
    mesh.faces.extend(&two.faces);
    mesh
}

/// A tube along Z, its walls tessellated in `count` facets, with the surfaces that they come from.
pub fn tube(outer: f64, inner: f64, height: f64, count: u32) -> TriMesh {
    let mut mesh = TriMesh::default();
    for (radius, level) in [(outer, 0.0), (outer, height), (inner, 0.0), (inner, height)] {
        for index in 0..count {
            let angle = 360.0 * f64::from(index) / f64::from(count);
            mesh.positions.push(Vec3::new(radius * cos_deg(angle), radius * sin_deg(angle), level));
        }
    }
    let at = |ring: u32, index: u32| ring * count + index % count;
    for index in 0..count {
        let quads = [
            [at(0, index), at(0, index + 1), at(1, index + 1), at(1, index)],
            [at(2, index + 1), at(2, index), at(3, index), at(3, index + 1)],
            [at(1, index), at(1, index + 1), at(3, index + 1), at(3, index)],
            [at(0, index + 1), at(0, index), at(2, index), at(2, index + 1)],
        ];
        for (face, [a, b, c, d]) in quads.into_iter().enumerate() {
            mesh.triangles.extend([[a, b, c], [a, c, d]]);
            mesh.face_of.extend([face as u32; 2]);
        }
    }
    let wall = |radius| Surface::Cylinder { origin: Vec3::ZERO, axis: Vec3::Z, radius };
    for surface in [wall(outer), wall(inner), Surface::Plane, Surface::Plane] {
        mesh.faces.push(Face { surface, color: None });
    }
    mesh
}

pub fn without_provenance(mesh: &TriMesh) -> TriMesh {
    TriMesh { face_of: Vec::new(), faces: Vec::new(), ..mesh.clone() }
}

pub fn sheet(mesh: &TriMesh, spec: &SheetSpec) -> Page {
    let mut pages = draw(&[Part::new("part", mesh)], spec, &Budget::default()).expect("the model can be drawn");
    pages.remove(0)
}

pub fn lengths(mesh: &TriMesh, toward: Vec3, right: Vec3) -> (f64, f64) {
    let budget = Budget::default();
    let model = Model::build(&[Part::new("part", mesh)], &budget).expect("the model has edges");
    let picture = Picture::new(toward, right).expect("a direction");
    let lines = lines_of(&see(&model, &picture, &budget).expect("within budget"));
    let total = |pieces: &[[Vec2; 2]]| pieces.iter().map(|[from, to]| from.distance(*to)).sum();
    (total(&lines.visible), total(&lines.hidden))
}

pub fn shapes(page: &Page, layer: Layer) -> Vec<&Shape> {
    page.marks.iter().filter(|mark| mark.ink.layer == layer && mark.view.is_some()).map(|mark| &mark.shape).collect()
}

pub fn dimension_texts(page: &Page) -> Vec<&str> {
    fn text(mark: &Mark) -> Option<&str> {
        match &mark.shape {
            Shape::Dimension(dimension) => Some(&dimension.text),
            _ => None,
        }
    }
    page.marks.iter().filter_map(text).collect()
}

#[test]
fn a_box_shows_its_outline_and_hides_nothing_that_is_not_under_it() {
    let (visible, hidden) = lengths(&block(Vec3::ZERO, Vec3::new(80.0, 50.0, 20.0)), Vec3::NEG_Y, Vec3::X);
    assert!((visible - 200.0).abs() < 1.0e-9, "{visible}");
    assert_eq!(hidden, 0.0);
}

#[test]
fn an_isometric_box_shows_nine_edges_and_hides_three() {
    let (visible, hidden) = lengths(&block(Vec3::ZERO, Vec3::ONE), Vec3::new(1.0, -1.0, 1.0), Vec3::new(1.0, 1.0, 0.0));
    let edge = (2.0_f64 / 3.0).sqrt();
    assert!((visible - 9.0 * edge).abs() < 1.0e-9, "{visible}");
    assert!((hidden - 3.0 * edge).abs() < 1.0e-9, "{hidden}");
}

#[test]
fn what_stands_behind_is_hidden_exactly_where_it_is_covered() {
    let scene = joined(
        &block(Vec3::new(0.0, 0.0, 0.0), Vec3::new(10.0, 1.0, 10.0)),
        &block(Vec3::new(5.0, 5.0, 2.0), Vec3::new(10.0, 1.0, 4.0)),
    );
    let (visible, hidden) = lengths(&scene, Vec3::NEG_Y, Vec3::X);
    // behind: 28 of outline, of which two runs of 5 and one of 4 are covered
    assert!((visible - (40.0 + 14.0)).abs() < 1.0e-9, "{visible}");
    assert!((hidden - 14.0).abs() < 1.0e-9, "{hidden}");
}

#[test]
fn tessellation_is_not_drawn_with_or_without_provenance() {
    let tube = tube(20.0, 8.0, 30.0, 64);
    for mesh in [tube.clone(), without_provenance(&tube)] {
        let (visible, hidden) = lengths(&mesh, Vec3::NEG_Y, Vec3::X);
        assert!((visible - 2.0 * (40.0 + 30.0)).abs() < 1.0e-6, "{visible}");
        assert!((hidden - 2.0 * 30.0).abs() < 1.0e-6, "{hidden}");
    }
}

#[test]
fn a_coarse_cylinder_is_smooth_when_the_kernel_says_so() {
    let coarse = tube(20.0, 8.0, 30.0, 12);
    let (by_provenance, _) = lengths(&coarse, Vec3::NEG_Y, Vec3::X);
    let (by_angle, _) = lengths(&without_provenance(&coarse), Vec3::NEG_Y, Vec3::X);
    assert!((by_provenance - 140.0).abs() < 1.0e-6, "{by_provenance}");
    assert!(by_angle > by_provenance + 100.0, "facets of 30 degrees are edges where nothing is known: {by_angle}");
}

#[test]
fn circles_come_back_with_their_radius() {
    let tube = tube(20.0, 8.0, 30.0, 96);
    for mesh in [tube.clone(), without_provenance(&tube)] {
        let spec = SheetSpec { views: vec![ViewSpec::Top], scale: Scale::Fixed(1.0, 1.0), ..SheetSpec::default() };
        let page = sheet(&mesh, &spec);
        let mut radii: Vec<f64> = shapes(&page, Layer::Visible)
            .into_iter()
            .map(|shape| match shape {
                Shape::Circle { radius, .. } => *radius,
                other => panic!("not a circle: {other:?}"),
            })
            .collect();
        radii.sort_by(f64::total_cmp);
        assert_eq!(radii.len(), 2);
        assert!((radii[0] - 8.0).abs() < 1.0e-6 && (radii[1] - 20.0).abs() < 1.0e-6, "{radii:?}");
    }
}

#[test]
fn a_turned_part_gets_its_diameters_its_height_and_its_hole_once() {
    let page = sheet(&tube(20.0, 8.0, 30.0, 96), &SheetSpec::default());
    let mut texts = dimension_texts(&page);
    texts.sort_unstable();
    assert_eq!(texts, ["30", "Ø16 THRU", "Ø40"]);
}

#[test]
fn dimension_values_are_the_models_at_any_scale() {
    let mesh = block(Vec3::ZERO, Vec3::new(1234.5, 700.0, 321.25));
    let page = sheet(&mesh, &SheetSpec { views: vec![ViewSpec::Front, ViewSpec::Top], ..SheetSpec::default() });
    let mut values: Vec<f64> = page
        .marks
        .iter()
        .filter_map(|mark| match &mark.shape {
            Shape::Dimension(dimension) => Some(dimension.value),
            _ => None,
        })
        .collect();
    values.sort_by(f64::total_cmp);
    assert_eq!(values, [321.25, 700.0, 1234.5]);
    let scale = page.views[0].scale;
    for mark in &page.marks {
        if let Shape::Dimension(dimension) = &mark.shape
            && let DimensionKind::Linear { from, to, .. } = dimension.kind
        {
            let on_paper = (to - from).abs().max_element();
            assert!((on_paper - dimension.value * scale).abs() < 1.0e-6);
        }
    }
}

#[test]
fn a_section_is_hatched_over_its_material() {
    let section = SectionSpec::full("A", Vec3::ZERO, Vec3::NEG_Y);
    let spec = SheetSpec {
        views: vec![ViewSpec::Top],
        sections: vec![section],
        scale: Scale::Fixed(1.0, 1.0),
        ..SheetSpec::default()
    };
    let page = sheet(&tube(20.0, 8.0, 30.0, 96), &spec);
    let hatched = shapes(&page, Layer::Hatch);
    let [Shape::Hatch { contours, spacing, .. }] = hatched.as_slice() else { panic!("one hatch: {hatched:?}") };
    let area: f64 = contours.iter().map(|contour| signed_area(contour)).sum();
    assert!((area.abs() - 2.0 * 12.0 * 30.0).abs() < 1.0e-6, "{area}");
    assert!(*spacing > 0.0);
    let in_view = page.marks.iter().filter(|mark| mark.view.is_some());
    let letters = in_view.filter(|mark| matches!(&mark.shape, Shape::Text(text) if text.content == "A"));
    assert_eq!(letters.count(), 2, "a letter at each end of the cutting plane");
}

fn signed_area(contour: &[Vec2]) -> f64 {
    let next = |index: usize| contour[(index + 1) % contour.len()];
    contour.iter().enumerate().map(|(index, point)| point.perp_dot(next(index)) * 0.5).sum()
}

#[test]
fn several_parts_give_an_assembly_with_its_list_and_a_sheet_for_each_kind() {
    let (body, one, two) = (
        block(Vec3::ZERO, Vec3::new(60.0, 40.0, 20.0)),
        block(Vec3::new(0.0, 0.0, 20.0), Vec3::splat(10.0)),
        block(Vec3::new(30.0, 0.0, 20.0), Vec3::splat(10.0)),
    );
    let part = |name, mesh| Part::new(name, mesh);
    let parts = [part("body", &body), part("cube", &one), part("cube", &two)];
    let pages = draw(&parts, &SheetSpec::default(), &Budget::default()).expect("parts can be drawn");
    assert_eq!(pages.len(), 3);
    let words = |page: &Page| -> Vec<String> {
        let text = |mark: &Mark| if let Shape::Text(text) = &mark.shape { Some(text.content.clone()) } else { None };
        page.marks.iter().filter_map(text).collect()
    };
    let assembly = words(&pages[0]);
    assert!(assembly.contains(&"1 / 3".to_owned()) && assembly.contains(&"Assembly drawing".to_owned()));
    assert!(assembly.contains(&"body".to_owned()) && assembly.contains(&"cube".to_owned()));
    assert!(words(&pages[2]).contains(&"3 / 3".to_owned()));
    let balloons =
        pages[0].marks.iter().filter(|mark| mark.view.is_some() && matches!(mark.shape, Shape::Circle { .. }));
    assert_eq!(balloons.count(), 2, "one balloon for each kind");
}

#[test]
fn a_crowd_of_coincident_edges_draws_what_each_would() {
    let bar =
        |row: u32| block(Vec3::new(0.0, f64::from(row) * 2.0, 0.0), Vec3::new(30.0 + f64::from(row % 3), 1.0, 10.0));
    let crowd = (1..60).fold(bar(0), |all, row| joined(&all, &bar(row)));
    let (visible, hidden) = lengths(&crowd, Vec3::NEG_Y, Vec3::X);
    // the widest outline, and the ends of the two narrower kinds, of which the nearest is in front
    assert!((visible - (2.0 * (32.0 + 10.0) + 2.0 * 10.0)).abs() < 1.0e-6, "{visible}");
    assert!(hidden < 1.0e-6, "{hidden}");
}

#[test]
fn a_short_piece_beside_a_longer_line_is_not_drawn_again() {
    let piece = |from: [f64; 2], to: [f64; 2], visible| Piece { from: from.into(), to: to.into(), visible };
    // the noise of 32-bit coordinates turns what is short by whole degrees
    let noisy = |at: f64, visible| piece([at, 1.0e-4], [at + 0.05, -1.0e-3], visible);
    let long = piece([0.0, 0.0], [100.0, 0.0], true);
    let past_end = piece([99.5, 1.0e-4], [100.2, -1.0e-3], true);
    let lines = merge(vec![noisy(40.0, true), long, noisy(70.0, false), past_end], &Lines::default(), 2.5e-5);
    assert_eq!(lines.visible.len(), 2, "{lines:?}");
    assert_eq!(lines.hidden, Vec::<[Vec2; 2]>::new());
    // what goes on past its end stays
    let past = lines.visible[1][0].distance(lines.visible[1][1]);
    assert!((past - 0.2).abs() < 1.0e-3, "{past}");
    // what crosses it stays whole
    let crossing = piece([50.0, -0.2], [50.5, 0.2], true);
    assert_eq!(merge(vec![crossing, long], &Lines::default(), 2.5e-5).visible.len(), 2);
}

/// Length of lines that run beside another of a drawing, nearer than a share of its size.
fn overdraw(lines: &Lines, near: f64) -> f64 {
    let all: Vec<&[Vec2; 2]> = lines.visible.iter().chain(&lines.hidden).collect();
    let beside = |[a, b]: [Vec2; 2], [c, d]: [Vec2; 2]| {
        let along = (b - a).normalize();
        let is_along = along.perp_dot((d - c).normalize()).abs() < 0.1;
        let is_near = along.perp_dot(c - a).abs().max(along.perp_dot(d - a).abs()) < near;
        let (low, high) = ((c - a).dot(along).min((d - a).dot(along)), (c - a).dot(along).max((d - a).dot(along)));
        if is_along && is_near { high.min(a.distance(b)) - low.max(0.0) } else { 0.0 }
    };
    let pairs = all.iter().enumerate().flat_map(|(index, one)| all[index + 1..].iter().map(|two| (**one, **two)));
    pairs.map(|(one, two)| beside(one, two).max(0.0)).filter(|length| *length > near * 20.0).sum()
}

#[test]
fn an_oblique_view_of_many_facets_draws_nothing_twice() {
    let budget = Budget::default();
    // two tubes, one in the other, whose outlines nearly coincide, in 32-bit coordinates
    let mut mesh = without_provenance(&joined(&tube(20.0, 12.0, 9.0, 90), &tube(11.999, 5.0, 9.001, 90)));
    mesh.positions.iter_mut().for_each(|point| *point = point.as_vec3().as_dvec3());
    let model = Model::build(&[Part::new("part", &mesh)], &budget).expect("the model has edges");
    let picture = Picture::new(Vec3::new(1.0, -1.0, 1.0), Vec3::new(1.0, 1.0, 0.0)).expect("a direction");
    let lines = lines_of(&see(&model, &picture, &budget).expect("within budget"));
    let overdrawn = overdraw(&lines, model.diagonal() * 2.0e-5);
    assert!(overdrawn < 1.0e-3, "{overdrawn} mm");
}

#[test]
fn bad_wishes_are_named() {
    let mesh = block(Vec3::ZERO, Vec3::ONE);
    let wish = |spec: SheetSpec| draw(&[Part::new("part", &mesh)], &spec, &Budget::default()).unwrap_err();
    assert_eq!(wish(SheetSpec { views: Vec::new(), ..SheetSpec::default() }), DrawError::NoViews);
    let nowhere = ViewSpec::Direction(Vec3::ZERO);
    assert_eq!(wish(SheetSpec { views: vec![nowhere], ..SheetSpec::default() }), DrawError::Direction);
    let far = SectionSpec::full("B", Vec3::new(9.0, 0.0, 0.0), Vec3::X);
    let misses = wish(SheetSpec { sections: vec![far], ..SheetSpec::default() });
    assert_eq!(misses.to_string(), "section B does not meet the model");
    let paper = Paper::Sheet { size: PaperSize::A4, portrait: true };
    let large = wish(SheetSpec { paper, scale: Scale::Fixed(1000.0, 1.0), ..SheetSpec::default() });
    assert_eq!(large, DrawError::TooLarge);
    let empty = draw(&[Part::new("part", &TriMesh::default())], &SheetSpec::default(), &Budget::default());
    assert_eq!(empty.unwrap_err(), DrawError::Empty);
}

#[test]
fn a_cancelled_job_draws_nothing() {
    let budget = Budget::default();
    budget.cancel();
    let mesh = block(Vec3::ZERO, Vec3::ONE);
    let drawn = draw(&[Part::new("part", &mesh)], &SheetSpec::default(), &budget);
    assert!(matches!(drawn, Err(DrawError::Exceeded(_))));
}

#[test]
fn a_model_of_any_size_fits_some_sheet() {
    for size in [1.0e-3, 1.0, 1.0e3, 1.0e6] {
        let page = sheet(&block(Vec3::ZERO, Vec3::splat(size)), &SheetSpec::default());
        assert!(page.views.len() == 4 && page.width <= 1189.0);
    }
}

#[test]
fn a_model_larger_than_any_sheet_at_any_scale_is_refused() {
    let mesh = block(Vec3::ZERO, Vec3::splat(1.0e13));
    let drawn = draw(&[Part::new("part", &mesh)], &SheetSpec::default(), &Budget::default());
    assert_eq!(drawn.unwrap_err(), DrawError::TooLarge);
}

#[test]
fn a_title_of_any_length_and_script_stays_in_its_field() {
    for title in ["W".repeat(500), "図面 ".repeat(100), "رسم".repeat(160), "a\u{0}b\u{7}<&>\"".to_owned()] {
        let mut spec = SheetSpec::default();
        spec.title.title = title;
        let page = sheet(&block(Vec3::ZERO, Vec3::new(30.0, 20.0, 10.0)), &spec);
        for mark in page.marks.iter().filter(|mark| mark.ink.layer == Layer::Title) {
            if let Shape::Text(text) = &mark.shape {
                assert!(text.start().x >= 20.0 && text.start().x + text.width() <= page.width - 10.0, "{text:?}");
            }
        }
        roxmltree::Document::parse(&String::from_utf8(svg::write(&page)).expect("UTF-8")).expect("well-formed");
        assert!(!pdf::write(&[page]).is_empty());
    }
}

#[test]
fn no_dimension_text_covers_another() {
    let mesh = tube(50.0, 8.0, 30.0, 96);
    let page = sheet(&mesh, &SheetSpec { dimensions: Dimensioning::Auto, ..SheetSpec::default() });
    let boxes: Vec<(Vec2, Vec2)> = page
        .flat_marks()
        .filter_map(|mark| match &mark.shape {
            Shape::Text(text) if mark.view.is_some() && text.angle_deg == 0.0 => {
                Some((text.start(), text.start() + Vec2::new(text.width(), text.height)))
            }
            _ => None,
        })
        .collect();
    for (index, (low, high)) in boxes.iter().enumerate() {
        for (other_low, other_high) in &boxes[..index] {
            let apart =
                high.x <= other_low.x || other_high.x <= low.x || high.y <= other_low.y || other_high.y <= low.y;
            assert!(apart, "{low} {high} over {other_low} {other_high}");
        }
    }
}

#[test]
fn files_are_what_they_say() {
    let page = sheet(&tube(20.0, 8.0, 30.0, 64), &SheetSpec::default());
    let (width, height) = (page.width, page.height);
    let text = String::from_utf8(svg::write(&page)).expect("UTF-8");
    let document = roxmltree::Document::parse(&text).expect("well-formed");
    assert_eq!(document.root_element().attribute("width"), Some(format!("{width}mm").as_str()));
    assert!(document.descendants().any(|node| node.attribute("id") == Some("visible-front")));
    let drawn = dxf::write(&page);
    let lines: Vec<&str> = std::str::from_utf8(&drawn).expect("UTF-8").lines().collect();
    assert_eq!(lines.len() % 2, 0, "codes and values in pairs");
    let entities = |name: &str| lines.chunks(2).filter(|pair| pair[0].trim() == "0" && pair[1] == name).count();
    assert_eq!(entities("DIMENSION"), 3);
    assert_eq!(entities("VIEWPORT"), 5);
    assert!(entities("CIRCLE") >= 2);
    let picture = raster::png(&page, 50.8).expect("small enough");
    let reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().expect("a PNG");
    assert_eq!(reader.info().width, (width * 2.0) as u32);
    assert_eq!(reader.info().height, (height * 2.0) as u32);
    let book = pdf::write(&[page.clone(), page]);
    let media = format!("/MediaBox[0 0 {} ", (width * 72.0 / 25.4) as f32);
    let bytes = String::from_utf8_lossy(&book);
    let compact = bytes.replace(" [", "[");
    assert_eq!(compact.matches(&media).count(), 2, "{media}");
}

#[test]
fn the_same_model_gives_the_same_bytes_on_any_number_of_threads() {
    let mesh = joined(&tube(20.0, 8.0, 30.0, 200), &block(Vec3::new(30.0, 0.0, 0.0), Vec3::new(9.0, 8.0, 7.0)));
    let bytes = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let page = sheet(&mesh, &SheetSpec::default());
            (svg::write(&page), dxf::write(&page), pdf::write(std::slice::from_ref(&page)))
        })
    };
    assert!(bytes(1) == bytes(4));
}
