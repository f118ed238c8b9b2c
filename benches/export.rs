//! Mesh writers, previews, and meshes made smaller: the bundled models as they come out of the kernel, and a large smooth one.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use maquette::budget::{Budget, Exceeded};
use maquette::csg::TextSpec;
use maquette::export::{glb, obj, off, ply, report, stl, threemf};
use maquette::geom::{Vec3, cos_deg, sin_deg};
use maquette::mesh::{Face, Surface, TriMesh};
use maquette::preview::{PreviewOptions, render};
use maquette::realize::{Memo, Shape, realize};
use maquette::remesh::{RemeshOptions, remesh};
use maquette::scad::{self, FontMetrics, Host, HostError, Purpose, TextMetrics};
use maquette::text::Fonts;

/// One program without files.
struct Program(&'static str);

impl Host for Program {
    fn resolve(&self, _from_file: &str, _name: &str, _purpose: Purpose) -> Result<String, HostError> {
        Err(HostError::NotFound)
    }

    fn read(&self, _path: &str) -> Result<Arc<[u8]>, HostError> {
        Ok(Arc::from(self.0.as_bytes()))
    }

    fn text_metrics(&self, _spec: &TextSpec) -> Option<TextMetrics> {
        None
    }

    fn font_metrics(&self, _spec: &TextSpec) -> Option<FontMetrics> {
        None
    }
}

fn example(program: &'static str) -> TriMesh {
    let budget = Budget::default();
    let evaluation = scad::evaluate("model.scad", &Program(program), &scad::Options::default(), &budget);
    let tree = evaluation.tree.expect("the examples are programs");
    match realize(&tree, &Fonts::bundled(), &Memo::new(1 << 28), &budget).shape {
        Some(Shape::Solid(solid)) => solid.to_mesh(),
        _ => panic!("the examples here make solids"),
    }
}

/// A ball with dents, smooth all over.
fn blob(rings: u32) -> TriMesh {
    let columns = 2 * rings;
    let mut mesh = TriMesh { faces: vec![Face { surface: Surface::Smooth, color: None }], ..TriMesh::default() };
    for ring in 0..=rings {
        for column in 0..columns {
            let (polar, turn) =
                (180.0 * f64::from(ring) / f64::from(rings), 360.0 * f64::from(column) / f64::from(columns));
            let radius = 40.0 + 2.0 * sin_deg(6.0 * polar) * cos_deg(5.0 * turn);
            let flat = radius * sin_deg(polar);
            mesh.positions.push(Vec3::new(flat * cos_deg(turn), flat * sin_deg(turn), radius * cos_deg(polar)));
        }
    }
    for ring in 0..rings {
        for column in 0..columns {
            let at = |ring: u32, column: u32| ring * columns + column % columns;
            let [a, b, c, d] = [at(ring, column), at(ring + 1, column), at(ring + 1, column + 1), at(ring, column + 1)];
            mesh.triangles.extend([[a, b, c], [a, c, d]]);
            mesh.face_of.extend([0, 0]);
        }
    }
    mesh
}

fn models() -> Vec<(&'static str, TriMesh)> {
    vec![
        ("house", example(include_str!("../examples/house.scad"))),
        ("housing", example(include_str!("../examples/housing.scad"))),
        ("blob-200k", blob(224)),
    ]
}

type Writer = fn(&TriMesh, &Budget) -> Result<Vec<u8>, Exceeded>;

const WRITERS: [(&str, Writer); 7] = [
    ("stl", |mesh, budget| stl::write(mesh, &stl::StlOptions::default(), budget)),
    ("off", |mesh, budget| off::write(mesh, &off::OffOptions::default(), budget)),
    ("obj", |mesh, budget| obj::write(mesh, &obj::ObjOptions::default(), budget)),
    ("ply", |mesh, budget| ply::write(mesh, &ply::PlyOptions::default(), budget)),
    ("glb", |mesh, budget| glb::write(mesh, &glb::GlbOptions::default(), budget)),
    ("3mf", |mesh, budget| threemf::write(mesh, &threemf::ThreeMfOptions::default(), budget)),
    ("report", |mesh, budget| report::write(mesh, &report::ReportOptions::default(), budget)),
];

fn writers(criterion: &mut Criterion) {
    let budget = Budget::default();
    for (name, mesh) in models() {
        let mut group = criterion.benchmark_group(format!("export/{name}"));
        group.throughput(Throughput::Elements(mesh.triangles.len() as u64)).sample_size(10);
        for (format, write) in WRITERS {
            let id = BenchmarkId::from_parameter(format);
            group.bench_with_input(id, &mesh, |bencher, mesh| {
                bencher.iter_with_large_drop(|| write(black_box(mesh), &budget).expect("within limits"));
            });
        }
        group.finish();
    }
}

fn previews(criterion: &mut Criterion) {
    let budget = Budget::default();
    let mut group = criterion.benchmark_group("preview/800x600");
    group.sample_size(10);
    for (name, mesh) in models() {
        group.throughput(Throughput::Elements(mesh.triangles.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(name), &mesh, |bencher, mesh| {
            let options = PreviewOptions::default();
            bencher.iter_with_large_drop(|| render(black_box(mesh), &options, &budget).expect("within limits"));
        });
    }
    group.finish();
}

fn remeshes(criterion: &mut Criterion) {
    let budget = Budget::default();
    let none = RemeshOptions::default();
    let wanted = [
        ("merge", RemeshOptions { merge_coplanar: true, ..none }),
        ("tolerance", RemeshOptions { tolerance: Some(0.05), ..none }),
        ("triangles", RemeshOptions { triangles: Some(1000), ..none }),
    ];
    for (name, mesh) in models() {
        let mut group = criterion.benchmark_group(format!("remesh/{name}"));
        group.throughput(Throughput::Elements(mesh.triangles.len() as u64)).sample_size(10);
        for (what, options) in &wanted {
            group.bench_with_input(BenchmarkId::from_parameter(what), &mesh, |bencher, mesh| {
                bencher.iter_with_large_drop(|| remesh(black_box(mesh), options, &budget).expect("within limits"));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, writers, previews, remeshes);
criterion_main!(benches);
