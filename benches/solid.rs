//! Booleans on the workloads of the kernel's bake-off: whole trees, planned.

use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use maquette::budget::Budget;
use maquette::csg::{Kind, Node, NodeRef, Resolution};
use maquette::diag::Span;
use maquette::geom::{Mat4, Vec3};
use maquette::realize::{Memo, realize};
use maquette::text::Fonts;

fn node(kind: Kind, children: Vec<NodeRef>) -> NodeRef {
    Arc::new(Node::new(kind, children, Span::DETACHED))
}

fn cuboid(x: f64, y: f64, z: f64) -> NodeRef {
    node(Kind::Cube { size: Vec3::new(x, y, z), center: false }, Vec::new())
}

fn moved(x: f64, y: f64, z: f64, child: NodeRef) -> NodeRef {
    node(Kind::Transform(Mat4::from_translation(Vec3::new(x, y, z))), vec![child])
}

fn sphere(radius: f64, segments: f64) -> NodeRef {
    node(Kind::Sphere { radius, resolution: Resolution { segments, ..Resolution::default() } }, Vec::new())
}

fn drill(radius: f64, height: f64) -> NodeRef {
    let resolution = Resolution { segments: 32.0, ..Resolution::default() };
    node(Kind::Cylinder { height, bottom: radius, top: radius, center: true, resolution }, Vec::new())
}

fn plate(holes: u32) -> NodeRef {
    let at = |hole: u32| (2.5 + 3.0 * f64::from(hole % 45), 2.5 + 3.0 * f64::from(hole / 45));
    let tools = (0..holes).map(|hole| moved(at(hole).0, at(hole).1, 2.0, drill(1.0, 6.0)));
    node(Kind::Difference, std::iter::once(cuboid(137.0, 137.0, 4.0)).chain(tools).collect())
}

fn flush_cubes() -> NodeRef {
    let place =
        |at: i32| moved(f64::from(at % 12), f64::from(at / 12 % 12), f64::from(at / 144), cuboid(1.0, 1.0, 1.0));
    node(Kind::Union, (0..1728).map(place).collect())
}

fn flush_tools() -> Vec<NodeRef> {
    let mut parts = vec![cuboid(81.0, 41.0, 10.0)];
    for at in 0..400 {
        let (x, y) = (1.0 + 4.0 * f64::from(at / 20), 1.0 + 2.0 * f64::from(at % 20));
        parts.extend([0.0, 5.0].map(|z| moved(x, y, z, cuboid(2.0, 1.0, 5.0))));
    }
    parts
}

fn one_by_one(kind: Kind, parts: &[NodeRef]) -> NodeRef {
    let fold = |whole: NodeRef, part: &NodeRef| node(kind.clone(), vec![whole, part.clone()]);
    parts[1..].iter().fold(parts[0].clone(), fold)
}

fn trees() -> Vec<(&'static str, NodeRef)> {
    let tools = flush_tools();
    let turn = Mat4::from_rotation_x(0.3) * Mat4::from_rotation_z(0.7);
    let turned = tools.iter().map(|tool| node(Kind::Transform(turn), vec![tool.clone()])).collect();
    let spheres = node(Kind::Difference, vec![sphere(10.0, 200.0), moved(5.0, 1.0, 2.0, sphere(10.0, 200.0))]);
    vec![
        ("spheres-40k", spheres),
        ("plate-2000", plate(2000)),
        ("flush-cubes-1728", flush_cubes()),
        ("flush-tools-800", node(Kind::Difference, tools.clone())),
        ("flush-tools-800-one-by-one", one_by_one(Kind::Difference, &tools)),
        ("flush-tools-800-turned", node(Kind::Difference, turned)),
    ]
}

fn booleans(criterion: &mut Criterion) {
    let fonts = Fonts::default();
    let mut group = criterion.benchmark_group("solid/boolean");
    group.sample_size(10);
    for (name, tree) in trees() {
        group.bench_function(name, |bencher| {
            bencher.iter_with_large_drop(|| realize(&tree, &fonts, &Memo::new(0), &Budget::default()));
        });
    }
    group.finish();
}

criterion_group!(benches, booleans);
criterion_main!(benches);
