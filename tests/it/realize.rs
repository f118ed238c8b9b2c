//! Trees to shapes: figures against arithmetic, and what OpenSCAD makes of odd operands.

use std::sync::Arc;

use maquette::budget::{Budget, Limits};
use maquette::csg::{Kind, LinearExtrude, Node, NodeRef, Resolution, RotateExtrude};
use maquette::diag::Span;
use maquette::geom::{Affine3, Mat4, Rgba, Vec2, Vec3};
use maquette::mesh::{Surface, TriMesh, measure};
use maquette::realize::{Memo, Realized, Shape, realize};
use maquette::text::Fonts;

fn node(kind: Kind, children: Vec<NodeRef>) -> NodeRef {
    Arc::new(Node::new(kind, children, Span::DETACHED))
}

fn cube(size: f64) -> NodeRef {
    node(Kind::Cube { size: Vec3::splat(size), center: false }, Vec::new())
}

fn cylinder(radius: f64, height: f64, segments: f64) -> NodeRef {
    let resolution = Resolution { segments, ..Resolution::default() };
    node(Kind::Cylinder { height, bottom: radius, top: radius, center: true, resolution }, Vec::new())
}

fn square(size: f64) -> NodeRef {
    node(Kind::Square { size: Vec2::splat(size), center: true }, Vec::new())
}

fn moved(x: f64, y: f64, z: f64, child: NodeRef) -> NodeRef {
    node(Kind::Transform(Mat4::from_translation(Vec3::new(x, y, z))), vec![child])
}

fn turned(degrees: f64, child: NodeRef) -> NodeRef {
    node(Kind::Transform(Mat4::from_rotation_z(degrees.to_radians())), vec![child])
}

fn run(root: &NodeRef) -> Realized {
    realize(root, &Fonts::default(), &Memo::default(), &Budget::default())
}

fn mesh(root: &NodeRef) -> TriMesh {
    match run(root).shape {
        Some(Shape::Solid(solid)) => solid.to_mesh(),
        other => panic!("no solid but {other:?}"),
    }
}

fn area(root: &NodeRef) -> f64 {
    match run(root).shape {
        Some(Shape::Region(region)) => region.area(),
        other => panic!("no region but {other:?}"),
    }
}

fn assert_volume(root: &NodeRef, expected: f64) {
    let measures = measure(&mesh(root));
    assert!(measures.closed, "open mesh");
    assert!((measures.volume - expected).abs() < 1.0e-9 * expected.max(1.0), "{} is not {expected}", measures.volume);
}

fn genus(mesh: &TriMesh) -> i64 {
    let (vertices, triangles) = (mesh.positions.len() as i64, mesh.triangles.len() as i64);
    1 - (vertices - triangles * 3 / 2 + triangles) / 2
}

#[test]
fn primitives_have_their_volumes() {
    assert_volume(&cube(2.0), 8.0);
    let polygon = 0.5 * 64.0 * (std::f64::consts::TAU / 64.0).sin();
    assert_volume(&cylinder(1.0, 3.0, 64.0), 3.0 * polygon);
}

#[test]
fn booleans_count_what_is_covered() {
    let shifted = moved(1.0, 1.0, 1.0, cube(2.0));
    assert_volume(&node(Kind::Union, vec![cube(2.0), shifted.clone()]), 15.0);
    assert_volume(&node(Kind::Difference, vec![cube(2.0), shifted.clone()]), 7.0);
    assert_volume(&node(Kind::Intersection, vec![cube(2.0), shifted]), 1.0);
}

#[test]
fn a_difference_of_nothing_is_nothing() {
    let nothing = node(Kind::Group, Vec::new());
    let tree = node(Kind::Difference, vec![nothing, cube(1.0)]);
    assert!(matches!(run(&tree).shape, Some(Shape::Empty)));
}

#[test]
fn mixed_dimensions_go_by_the_first_and_warn() {
    let tree = node(Kind::Group, vec![cube(1.0), square(1.0)]);
    let realized = run(&tree);
    assert!(matches!(realized.shape, Some(Shape::Solid(_))));
    let messages: Vec<_> = realized.diagnostics.iter().map(|said| said.message.as_str()).collect();
    assert_eq!(messages, ["Mixing 2D and 3D objects is not supported", "Ignoring 2D child object for 3D operation"]);
}

#[test]
fn background_is_left_out() {
    let mut shadow = Node::new(Kind::Cube { size: Vec3::splat(9.0), center: false }, Vec::new(), Span::DETACHED);
    shadow.background = true;
    assert_volume(&node(Kind::Group, vec![cube(1.0), Arc::new(shadow)]), 1.0);
}

#[test]
fn extrusions_have_their_volumes() {
    let extrude = |twist: f64, scale: f64| {
        Kind::LinearExtrude(LinearExtrude {
            direction: Vec3::new(0.0, 0.0, 5.0),
            has_direction: false,
            center: false,
            twist,
            scale: Vec2::splat(scale),
            slices: None,
            segments: None,
            convexity: 1,
            resolution: Resolution::default(),
        })
    };
    assert_volume(&node(extrude(0.0, 1.0), vec![square(2.0)]), 20.0);
    assert_volume(&node(extrude(0.0, 0.0), vec![square(2.0)]), 20.0 / 3.0);
    // the shorter diagonal of a turned wall lies outside its chord: more than the prism
    let twisted = measure(&mesh(&node(extrude(90.0, 1.0), vec![square(2.0)])));
    assert!(twisted.closed && twisted.volume > 20.0 && twisted.volume < 23.0, "{twisted:?}");
    let half = Kind::RotateExtrude(RotateExtrude {
        angle: 180.0,
        start: 0.0,
        convexity: 1,
        resolution: Resolution { segments: 4.0, ..Resolution::default() },
    });
    // two quarter turns of four: a square prism's half with a square hole
    assert_volume(&node(half, vec![moved(2.0, 0.0, 0.0, square(2.0))]), 16.0);
}

#[test]
fn regions_combine() {
    let shifted = moved(1.0, 1.0, 0.0, square(2.0));
    let two = vec![square(2.0), shifted];
    assert!((area(&node(Kind::Union, two.clone())) - 7.0).abs() < 1.0e-9);
    assert!((area(&node(Kind::Difference, two.clone())) - 3.0).abs() < 1.0e-9);
    assert!((area(&node(Kind::Intersection, two.clone())) - 1.0).abs() < 1.0e-9);
    assert!((area(&node(Kind::Hull, two.clone())) - 8.0).abs() < 1.0e-9);
    assert!((area(&node(Kind::Minkowski { convexity: 1 }, two)) - 16.0).abs() < 1.0e-9);
}

/// Ten by ten square holes whose walls are flush with their neighbours' tools.
fn flush_tools(turn_each: bool) -> NodeRef {
    let place = |child: NodeRef| if turn_each { turned(17.0, child) } else { child };
    let body = node(Kind::Cube { size: Vec3::new(21.0, 21.0, 3.0), center: false }, Vec::new());
    let mut operands = vec![place(body)];
    for row in 0..10 {
        for column in 0..10 {
            let (x, y) = (1.0 + 2.0 * f64::from(column), 1.0 + 2.0 * f64::from(row));
            let tool = |z: f64| place(moved(x, y, z, cube(1.5)));
            operands.extend([tool(0.0), tool(1.5)]);
        }
    }
    let cut = node(Kind::Difference, operands);
    if turn_each { cut } else { turned(17.0, cut) }
}

#[test]
fn turning_before_or_after_cutting_gives_the_same_genus() {
    for turn_each in [false, true] {
        let mesh = mesh(&flush_tools(turn_each));
        assert_eq!(genus(&mesh), 100, "turned each: {turn_each}");
        let volume = measure(&mesh).volume;
        assert!((volume - (1323.0 - 675.0)).abs() < 1.0e-6, "{volume}");
    }
}

#[test]
fn surfaces_and_colours_survive_a_boolean() {
    let red = Rgba { r: 1.0, g: 0.0, b: 0.0, a: 1.0 };
    let blue = Rgba { r: 0.0, g: 0.0, b: 1.0, a: 1.0 };
    let body = node(Kind::Color(red), vec![node(Kind::Cube { size: Vec3::splat(4.0), center: true }, Vec::new())]);
    let drill = node(Kind::Color(blue), vec![moved(0.5, 0.0, 0.0, cylinder(1.0, 9.0, 32.0))]);
    let mesh = mesh(&moved(0.0, 0.0, 7.0, node(Kind::Difference, vec![body, drill])));
    let wall = mesh.faces.iter().find(|face| face.color == Some(blue)).expect("the drilled wall");
    let Surface::Cylinder { origin, axis, radius } = wall.surface else { panic!("{:?}", wall.surface) };
    assert_eq!((origin.x, origin.y, axis.z.abs(), radius), (0.5, 0.0, 1.0, 1.0));
    assert_eq!(mesh.faces.iter().filter(|face| face.color == Some(red)).count(), 6);
    assert!(mesh.faces.iter().all(|face| face.surface != Surface::Unknown));
}

#[test]
fn the_outermost_colour_wins() {
    let green = Rgba { r: 0.0, g: 1.0, b: 0.0, a: 1.0 };
    let inner = node(Kind::Color(Rgba { r: 1.0, ..green }), vec![cube(1.0)]);
    let mesh = mesh(&node(Kind::Color(green), vec![inner, moved(3.0, 0.0, 0.0, cube(1.0))]));
    assert!(mesh.faces.iter().all(|face| face.color == Some(green)), "{:?}", mesh.faces);
}

#[test]
fn equal_subtrees_keep_their_own_colours() {
    let paint = |red: f32| Kind::Color(Rgba { r: red, g: 0.0, b: 0.0, a: 1.0 });
    let mesh = mesh(&node(
        Kind::Group,
        vec![node(paint(1.0), vec![cube(1.0)]), moved(0.5, 0.0, 0.0, node(paint(0.5), vec![cube(1.0)]))],
    ));
    let mut reds: Vec<_> = mesh.faces.iter().filter_map(|face| face.color).map(|color| color.r.to_bits()).collect();
    reds.sort_unstable();
    reds.dedup();
    assert_eq!(reds.len(), 2);
}

#[test]
fn a_sphere_beyond_the_limit_is_refused_before_it_is_made() {
    let budget = Budget::new(Limits { triangles: 1_000_000, ..Limits::default() });
    let resolution = Resolution { segments: 20_000.0, ..Resolution::default() };
    let tree = node(Kind::Sphere { radius: 10.0, resolution }, Vec::new());
    let realized = realize(&tree, &Fonts::default(), &Memo::default(), &budget);
    assert!(realized.shape.is_none());
    assert_eq!(realized.diagnostics[0].code, maquette::diag::Code::LimitExceeded);
}

#[test]
fn a_limit_says_where_it_was_reached() {
    let budget = Budget::new(Limits { triangles: 1_000_000, ..Limits::default() });
    let resolution = Resolution { segments: 20_000.0, ..Resolution::default() };
    let span = Span { start: 40, len: 7, ..Span::DETACHED };
    let ball = Arc::new(Node::new(Kind::Sphere { radius: 10.0, resolution }, Vec::new(), span));
    let tree = node(Kind::Union, vec![cube(1.0), ball]);
    let realized = realize(&tree, &Fonts::default(), &Memo::default(), &budget);
    assert_eq!(realized.diagnostics[0].span, span);
}

#[test]
fn an_offset_of_countless_segments_is_refused_before_it_is_made() {
    let resolution = Resolution { segments: 1.0e9, ..Resolution::default() };
    let kind = Kind::Offset { distance: 5.0, joint: maquette::csg::Joint::Round, resolution };
    assert!(run(&node(kind, vec![square(10.0)])).shape.is_none());
}

#[test]
fn a_cancelled_budget_stops_at_once() {
    let budget = Budget::default();
    budget.cancel();
    assert!(realize(&flush_tools(true), &Fonts::default(), &Memo::default(), &budget).shape.is_none());
}

#[test]
fn threads_and_memo_do_not_change_a_bit() {
    let tree = flush_tools(true);
    let in_pool = |threads: usize, memo: &Memo| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| match realize(&tree, &Fonts::default(), memo, &Budget::default()).shape {
            Some(Shape::Solid(solid)) => solid.to_mesh(),
            other => panic!("no solid but {other:?}"),
        })
    };
    let memo = Memo::default();
    let first = in_pool(1, &memo);
    assert_eq!(first, in_pool(4, &Memo::default()));
    assert_eq!(first, in_pool(2, &memo));
    assert_eq!(first, in_pool(3, &Memo::new(0)));
}

#[test]
fn a_mirrored_solid_stays_outside_out() {
    let mirror = Kind::Transform(Affine3::from_scale(Vec3::new(-1.0, 1.0, 1.0)).into());
    assert_volume(&node(mirror, vec![cube(2.0)]), 8.0);
}
