//! How long after its job was stopped an operation on something big goes on, and how long it would have taken. No criterion: one run says it.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use maquette::budget::Budget;
use maquette::geom::{Affine3, Vec3};
use maquette::mesh::TriMesh;
use maquette::solid::{Control, Fault, Operator, Roundness, Solid};

/// So many looks along its way are taken at each operation.
const STOPS: u32 = 5;

type Work = (&'static str, Box<dyn Fn(&Control) -> Result<Solid, Fault>>);

fn ball(segments: u32) -> Solid {
    let control = Control::new(&Budget::default());
    Solid::sphere(10.0, Roundness { segments, smooth: true }, &control).expect("no limit")
}

fn foreign(segments: u32) -> TriMesh {
    ball(segments).to_mesh()
}

fn moved(solid: &Solid, x: f64, y: f64, z: f64) -> Solid {
    solid.transformed(&Affine3::from_translation(Vec3::new(x, y, z)))
}

fn works() -> Vec<Work> {
    let chain = |segments| -> Vec<Solid> {
        let ball = ball(segments);
        (0..12).map(|at| moved(&ball, f64::from(at) * 1.7, f64::from(at) * 0.3, 0.1)).collect()
    };
    let (pair, balls, cloud, mesh) = (ball(500), chain(160), ball(600).positions(), foreign(700));
    let (small, tall) = (ball(60), ball(40));
    vec![
        (
            "boolean of two spheres of 250,000 triangles",
            Box::new(move |control| {
                Solid::boolean(Operator::Difference, &[pair.clone(), moved(&pair, 5.0, 1.0, 2.0)], control)
            }),
        ),
        (
            "union of twelve spheres of 25,000 triangles",
            Box::new(move |control| Solid::boolean(Operator::Union, &balls, control)),
        ),
        ("hull of 180,000 points", Box::new(move |control| Solid::hull(&cloud, control))),
        ("a foreign mesh of 490,000 triangles", Box::new(move |control| Solid::from_mesh(&mesh, control))),
        ("sum of two convex solids", Box::new(move |control| small.minkowski(&tall, control))),
    ]
}

fn main() {
    println!("{:50} {:>10} {:>22}", "operation", "in all, ms", "after being stopped, ms");
    for (name, work) in works() {
        let began = Instant::now();
        let done = work(&Control::new(&Budget::default()));
        let whole = began.elapsed();
        drop(done);
        let late = (1..STOPS).filter_map(|at| lateness(&work, whole * at / STOPS)).max();
        let late = late.map_or_else(|| "done before".to_owned(), |late| late.as_millis().to_string());
        println!("{name:50} {:>10} {late:>22}", whole.as_millis());
    }
}

/// How long the work goes on when it is stopped `after` it began; nothing where it was done by then.
fn lateness(work: &dyn Fn(&Control) -> Result<Solid, Fault>, after: Duration) -> Option<Duration> {
    let budget = Budget::default();
    let control = Control::new(&budget);
    let (tell, told) = mpsc::channel();
    let stopper = thread::spawn(move || {
        thread::sleep(after);
        budget.cancel();
        tell.send(Instant::now()).ok();
    });
    let result = work(&control);
    let ended = Instant::now();
    stopper.join().ok()?;
    let stopped = told.recv().ok()?;
    result.is_err().then(|| ended.saturating_duration_since(stopped))
}
