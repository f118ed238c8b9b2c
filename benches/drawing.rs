//! Drawing by stage, model and size: hidden lines of one view, a whole dimensioned sheet, and the writers.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use maquette::budget::Budget;
use maquette::drawing::{LineMemo, Model, Part, Picture, SheetSpec, draw, draw_sheets, lines_of, see};
use maquette::export::{dxf, pdf, raster, svg};
use maquette::geom::{Vec2, Vec3, cos_deg, sin_deg};
use maquette::mesh::TriMesh;

/// A square plate with `side` times `side` round holes of `facets` facets: the edge-on view of it is the hard case.
fn plate(side: u32, facets: u32) -> TriMesh {
    let mut mesh = TriMesh::default();
    for cell in 0..side * side {
        let corner = Vec2::new(f64::from(cell % side), f64::from(cell / side)) * PITCH;
        cell_with_hole(&mut mesh, corner, facets);
    }
    mesh
}

/// Distance of the holes, mm.
const PITCH: f64 = 10.0;
/// Radius of the holes, mm.
const RADIUS: f64 = 3.5;
/// Thickness of the plate, mm.
const THICKNESS: f64 = 6.0;

/// One cell: a ring of facets from the hole to the cell's square, above and below, and the hole's wall.
fn cell_with_hole(mesh: &mut TriMesh, corner: Vec2, facets: u32) {
    let first = mesh.positions.len() as u32;
    let middle = corner + PITCH * 0.5;
    for index in 0..facets {
        let angle = 360.0 * f64::from(index) / f64::from(facets);
        let along = Vec2::new(cos_deg(angle), sin_deg(angle));
        let square = along * (PITCH * 0.5 / along.abs().max_element());
        for (point, level) in [(along * RADIUS, 0.0), (along * RADIUS, THICKNESS), (square, 0.0), (square, THICKNESS)] {
            mesh.positions.push((middle + point).extend(level));
        }
    }
    let at = |index: u32, kind: u32| first + (index % facets) * 4 + kind;
    for index in 0..facets {
        let next = index + 1;
        let quads = [
            [at(index, 1), at(index, 3), at(next, 3), at(next, 1)],
            [at(index, 0), at(next, 0), at(next, 2), at(index, 2)],
            [at(index, 0), at(index, 1), at(next, 1), at(next, 0)],
        ];
        for [a, b, c, d] in quads {
            mesh.triangles.extend([[a, b, c], [a, c, d]]);
        }
    }
}

/// A ball with waves: smooth everywhere, silhouettes only.
fn blob(rings: u32) -> TriMesh {
    let mut mesh = TriMesh::default();
    let columns = rings * 2;
    for ring in 0..=rings {
        let polar = 180.0 * f64::from(ring) / f64::from(rings);
        for column in 0..columns {
            let turn = 360.0 * f64::from(column) / f64::from(columns);
            let radius = 30.0 + 4.0 * sin_deg(3.0 * turn) * sin_deg(polar) + 3.0 * cos_deg(4.0 * polar);
            let flat = radius * sin_deg(polar);
            mesh.positions.push(Vec3::new(flat * cos_deg(turn), flat * sin_deg(turn), radius * cos_deg(polar)));
        }
    }
    let at = |ring: u32, column: u32| ring * columns + column % columns;
    for ring in 0..rings {
        for column in 0..columns {
            let [a, b] = [at(ring, column), at(ring, column + 1)];
            let [c, d] = [at(ring + 1, column), at(ring + 1, column + 1)];
            mesh.triangles.extend([[a, c, b], [b, c, d]]);
        }
    }
    mesh
}

fn models() -> Vec<(&'static str, TriMesh)> {
    vec![("plate-16-holes", plate(4, 64)), ("plate-400-holes", plate(20, 84)), ("blob", blob(224))]
}

fn hidden(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("drawing/hidden");
    group.sample_size(10);
    let budget = Budget::default();
    let pictures = [("isometric", Vec3::new(1.0, -1.0, 1.0)), ("front", Vec3::NEG_Y)];
    for (name, mesh) in models() {
        group.throughput(Throughput::Elements(mesh.triangles.len() as u64));
        for (view, toward) in pictures {
            let picture = Picture::from_direction(toward).expect("a direction");
            group.bench_function(BenchmarkId::new(view, name), |bencher| {
                bencher.iter(|| {
                    let parts = [Part::new(name, &mesh)];
                    let model = Model::build(&parts, &budget).expect("a model");
                    lines_of(&see(&model, &picture, &budget).expect("within budget"))
                });
            });
        }
    }
    group.finish();
}

fn sheet(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("drawing/sheet");
    group.sample_size(10);
    let mut models = models();
    models.push(("plate-2025-holes", plate(45, 84)));
    for (name, mesh) in models {
        let parts = [Part::new(name, &mesh)];
        group.throughput(Throughput::Elements(mesh.triangles.len() as u64));
        group.bench_function(BenchmarkId::new("new", name), |bencher| {
            bencher.iter(|| draw(&parts, &SheetSpec::default(), &Budget::default()));
        });
        // another title on the same model: its lines are found again
        let memo = LineMemo::new(1 << 30);
        let again = |title: &str| {
            let mut spec = SheetSpec::default();
            title.clone_into(&mut spec.title.title);
            draw_sheets(&parts, &[spec], true, &memo, &Budget::default())
        };
        assert!(again("first").is_ok());
        group.bench_function(BenchmarkId::new("title", name), |bencher| bencher.iter(|| again("second")));
    }
    group.finish();
}

fn files(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("drawing/files");
    let mesh = plate(4, 64);
    let parts = [Part::new("plate", &mesh)];
    let pages = draw(&parts, &SheetSpec::default(), &Budget::default()).expect("a sheet");
    group.bench_function("svg", |bencher| bencher.iter(|| svg::write(black_box(&pages[0]))));
    group.bench_function("dxf", |bencher| bencher.iter(|| dxf::write(black_box(&pages[0]))));
    group.bench_function("pdf", |bencher| bencher.iter(|| pdf::write(black_box(&pages))));
    group.bench_function("png", |bencher| bencher.iter(|| raster::png(black_box(&pages[0]), 150.0)));
    group.finish();
}

criterion_group!(benches, hidden, sheet, files);
criterion_main!(benches);
