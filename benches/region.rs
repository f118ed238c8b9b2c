//! The plane: a plate with 2,000 holes cut and cut into triangles, and an offset.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use maquette::budget::Budget;
use maquette::geom::{Affine2, Vec2};
use maquette::region::{Join, Region};

fn holes(count: u32) -> Vec<Region> {
    let hole = Region::circle(1.0, 32);
    let place = |at: u32| Vec2::new(f64::from(at % 45) * 3.0, f64::from(at / 45) * 3.0);
    (0..count).map(|at| hole.transformed(&Affine2::from_translation(place(at)))).collect()
}

fn plate(criterion: &mut Criterion) {
    let body = Region::square(Vec2::splat(140.0), false).transformed(&Affine2::from_translation(Vec2::splat(-3.0)));
    let holes = holes(2000);
    let operands: Vec<&Region> = std::iter::once(&body).chain(&holes).collect();
    let cut = Region::difference(&operands, &Budget::default()).expect("no limit");
    let mut group = criterion.benchmark_group("region");
    group.sample_size(10).throughput(Throughput::Elements(cut.point_count() as u64));
    group.bench_function("difference/plate-2000", |bencher| {
        bencher.iter(|| Region::difference(&operands, &Budget::default()).expect("no limit"))
    });
    group.bench_function("triangulate/plate-2000", |bencher| {
        bencher.iter(|| cut.triangulate(&Budget::default()).expect("no limit"))
    });
    group.bench_function("offset/plate-2000", |bencher| {
        bencher.iter(|| cut.offset(-0.2, Join::Round { segments: 32 }, &Budget::default()).expect("no limit"))
    });
    group.finish();
}

criterion_group!(benches, plate);
criterion_main!(benches);
