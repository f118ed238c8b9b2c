//! How long after its job was stopped an operation on something big goes on, and how long it would have taken. No criterion: one run says it.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use maquette::budget::Budget;
use maquette::drawing::{Part, SheetSpec, draw};
use maquette::export::{glb, report, stl, threemf};
use maquette::geom::{Affine2, Affine3, Vec2, Vec3};
use maquette::import::{MeshFormat, read_mesh};
use maquette::mesh::TriMesh;
use maquette::preview::{PreviewOptions, render};
use maquette::region::{Join, Region};
use maquette::remesh::{RemeshOptions, remesh};
use maquette::solid::{Control, Extrusion, Operator, Roof, Roundness, Solid};
use maquette::text::{Fonts, Spec};

/// So many looks along its way are taken at each operation.
const STOPS: u32 = 8;

/// Does the work and says whether it came to its end.
type Work = Box<dyn Fn(&Budget) -> bool>;

fn ball(segments: u32) -> Solid {
    let control = Control::new(&Budget::default());
    Solid::sphere(10.0, Roundness { segments, smooth: true }, &control).expect("no limit")
}

fn moved(solid: &Solid, x: f64, y: f64, z: f64) -> Solid {
    solid.transformed(&Affine3::from_translation(Vec3::new(x, y, z)))
}

fn in_space(name: &'static str, work: impl Fn(&Control) -> bool + 'static) -> (&'static str, Work) {
    (name, Box::new(move |budget| work(&Control::new(budget))))
}

fn in_plane(name: &'static str, work: impl Fn(&Budget) -> bool + 'static) -> (&'static str, Work) {
    (name, Box::new(work))
}

fn solids() -> Vec<(&'static str, Work)> {
    let chain = |segments| -> Vec<Solid> {
        let ball = ball(segments);
        (0..12).map(|at| moved(&ball, f64::from(at) * 1.7, f64::from(at) * 0.3, 0.1)).collect()
    };
    let (pair, balls, cloud) = (ball(500), chain(160), ball(600).positions());
    let mesh = ball(700).to_mesh();
    let torn = torn(&mesh);
    let (small, tall) = (ball(60), ball(40));
    let control = Control::new(&Budget::default());
    let notched = Solid::boolean(Operator::Difference, &[ball(30), moved(&ball(30), 9.0, 0.0, 0.0)], &control);
    let (notched, stamp) = (notched.expect("no limit"), ball(12));
    let star = star(120);
    vec![
        in_space("boolean of two spheres of 250,000 triangles", move |control| {
            Solid::boolean(Operator::Difference, &[pair.clone(), moved(&pair, 5.0, 1.0, 2.0)], control).is_ok()
        }),
        in_space("union of twelve spheres of 25,000 triangles", move |control| {
            Solid::boolean(Operator::Union, &balls, control).is_ok()
        }),
        in_space("hull of 180,000 points", move |control| Solid::hull(&cloud, control).is_ok()),
        in_space("sum of two convex solids", move |control| small.minkowski(&tall, control).is_ok()),
        in_space("sum of a notched and a convex solid", move |control| notched.minkowski(&stamp, control).is_ok()),
        in_space("roof over a star of 240 sides", move |control| Solid::roof(&star, Roof::Straight, control).is_ok()),
        in_space("a foreign mesh of 490,000 triangles", move |control| Solid::from_mesh(&mesh, control).is_ok()),
        in_space("a foreign mesh with holes, doubled and turned faces", move |control| {
            Solid::from_mesh(&torn, control).and_then(|solid| solid.closed(control)).is_ok()
        }),
        in_space("an extrusion of 2,000 slices", move |control| {
            let extrusion =
                Extrusion { direction: Vec3::Z * 10.0, center: false, twist: 360.0, scale: Vec2::ONE, slices: 2000 };
            Solid::extrude(&Region::circle(5.0, 300), &extrusion, control).is_ok()
        }),
    ]
}

/// The mesh less some faces, others turned, others there twice.
fn torn(mesh: &TriMesh) -> TriMesh {
    let mut torn = mesh.clone();
    for at in (0..torn.triangles.len()).step_by(101) {
        torn.triangles[at].reverse();
    }
    let twice: Vec<_> = torn.triangles.iter().step_by(997).copied().collect();
    torn.triangles.extend(twice);
    torn.triangles.remove(5000);
    torn.face_of = vec![0; torn.triangles.len()];
    torn
}

fn star(points: u32) -> Region {
    let corner = |at: u32| {
        let turn = f64::from(at) * std::f64::consts::PI / f64::from(points);
        Vec2::from_angle(turn) * if at.is_multiple_of(2) { 20.0 } else { 17.0 }
    };
    Region::polygon(&[(0..2 * points).map(corner).collect()], &Budget::default()).expect("no limit")
}

fn regions() -> Vec<(&'static str, Work)> {
    let budget = Budget::default();
    let at = |region: &Region, x: f64, y: f64| region.transformed(&Affine2::from_translation(Vec2::new(x, y)));
    let disc = Region::circle(1.5, 64);
    let discs: Vec<Region> = (0..10_000).map(|n| at(&disc, f64::from(n % 100), f64::from(n / 100) * 1.01)).collect();
    let plate = Region::square(Vec2::new(500.0, 500.0), false);
    let hole = Region::circle(1.0, 64);
    let holes: Vec<Region> =
        (0..10_000).map(|n| at(&hole, f64::from(n % 100) * 4.9 + 5.0, f64::from(n / 100) * 4.9 + 5.0)).collect();
    let mut operands = vec![&plate];
    operands.extend(&holes);
    let perforated = Region::difference(&operands, &budget).expect("no limit");
    let bars = |size: Vec2, step: Vec2| -> Vec<Vec<Vec2>> {
        let bar = Region::square(size, false);
        (0..600).flat_map(|n| at(&bar, step.x * f64::from(n), step.y * f64::from(n)).contours().to_vec()).collect()
    };
    let lattice: Vec<Vec<Vec2>> =
        bars(Vec2::new(0.5, 600.0), Vec2::X).into_iter().chain(bars(Vec2::new(600.0, 0.5), Vec2::Y)).collect();
    let rays: Vec<Vec<Vec2>> = (0..1500)
        .flat_map(|n| {
            let turn = Affine2::from_angle(f64::from(n) * std::f64::consts::PI / 1500.0);
            Region::square(Vec2::new(100.0, 0.01), true).transformed(&turn).contours().to_vec()
        })
        .collect();
    let round = Region::circle(10.0, 400_000);
    let (rough, tool) = (star(300), Region::circle(1.0, 300));
    let cut = perforated.clone();
    let words = "sphinx of black quartz, judge my vow ".repeat(400);
    vec![
        in_plane("union of 10,000 overlapping discs", move |budget| {
            Region::union(&discs.iter().collect::<Vec<_>>(), budget).is_ok()
        }),
        in_plane("plate less 10,000 discs", move |budget| {
            let mut operands = vec![&plate];
            operands.extend(&holes);
            Region::difference(&operands, budget).is_ok()
        }),
        in_plane("lattice of 1,200 bars", move |budget| Region::resolve_non_zero(&lattice, budget).is_ok()),
        in_plane("1,500 bars through one point", move |budget| Region::resolve_non_zero(&rays, budget).is_ok()),
        in_plane("offset of that plate", move |budget| {
            perforated.offset(0.3, Join::Round { segments: 32 }, budget).is_ok()
        }),
        in_plane("offset of a contour of 400,000 points", move |budget| round.offset(0.3, Join::Miter, budget).is_ok()),
        in_plane("sum of outlines of 600 and 300 points", move |budget| rough.minkowski(&tool, budget).is_ok()),
        in_plane("triangles of that plate", move |budget| cut.triangulate(budget).is_ok()),
        in_plane("text of 15,000 letters", move |budget| {
            let spec = Spec {
                text: &words,
                font: "",
                size: 10.0,
                spacing: 1.0,
                halign: "left",
                valign: "baseline",
                direction: "ltr",
                language: "en",
                script: "latin",
                segments: 4,
            };
            Fonts::bundled().layout(&spec, budget).is_ok()
        }),
    ]
}

fn files() -> Vec<(&'static str, Work)> {
    let mesh = ball(700).to_mesh();
    let written = stl::write(&mesh, &stl::StlOptions::default(), &Budget::default()).expect("no limit");
    let [one, two, three, four, five, six] = std::array::from_fn(|_| mesh.clone());
    vec![
        in_plane("reading an STL of 490,000 triangles", move |budget| {
            read_mesh(&written, MeshFormat::Stl, budget).is_ok()
        }),
        in_plane("GLB of 490,000 triangles", move |budget| {
            glb::write(&one, &glb::GlbOptions::default(), budget).is_ok()
        }),
        in_plane("3MF of 490,000 triangles", move |budget| {
            threemf::write(&two, &threemf::ThreeMfOptions::default(), budget).is_ok()
        }),
        in_plane("report on 490,000 triangles", move |budget| {
            report::write(&three, &report::ReportOptions::default(), budget).is_ok()
        }),
        in_plane("remeshing 490,000 triangles", move |budget| {
            let options = RemeshOptions { triangles: Some(10_000), merge_coplanar: true, ..RemeshOptions::default() };
            remesh(&four, &options, budget).is_ok()
        }),
        in_plane("preview of 490,000 triangles, 2400 × 1800", move |budget| {
            let options = PreviewOptions { width: 2400, height: 1800, ..PreviewOptions::default() };
            render(&five, &options, budget).is_ok()
        }),
        in_plane("drawing of 490,000 triangles", move |budget| {
            draw(&[Part::new("ball", &six)], &SheetSpec::default(), budget).is_ok()
        }),
    ]
}

fn main() {
    println!("{:52} {:>10} {:>12}", "operation", "in all, ms", "after, ms");
    let only = std::env::args().nth(1).filter(|word| !word.starts_with('-'));
    for (name, work) in solids().into_iter().chain(regions()).chain(files()) {
        if only.as_ref().is_some_and(|word| !name.contains(word.as_str())) {
            continue;
        }
        let began = Instant::now();
        let ended = work(&Budget::default());
        let whole = began.elapsed();
        let late = (1..STOPS).filter_map(|at| lateness(&work, whole * at / STOPS)).max();
        let late = late.map_or_else(|| "done before".to_owned(), |late| late.as_millis().to_string());
        println!("{name:52} {:>10} {late:>12}{}", whole.as_millis(), if ended { "" } else { "  (failed)" });
    }
}

/// How long the work goes on when it is stopped `after` it began; nothing where it was done by then.
fn lateness(work: &Work, after: Duration) -> Option<Duration> {
    let budget = Budget::default();
    let (tell, told) = mpsc::channel();
    let stopping = budget.clone();
    let stopper = thread::spawn(move || {
        thread::sleep(after);
        stopping.cancel();
        tell.send(Instant::now()).ok();
    });
    let ended_well = work(&budget);
    let ended = Instant::now();
    stopper.join().ok()?;
    let stopped = told.recv().ok()?;
    (!ended_well).then(|| ended.saturating_duration_since(stopped))
}
