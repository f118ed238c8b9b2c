//! Meshes with fewer triangles: still closed, still the same body, and never further from it than was allowed.

use maquette::budget::{Budget, Exceeded, Limits};
use maquette::geom::{Affine3, Rgba, Vec3};
use maquette::mesh::{Face, Surface, TriMesh, Twins, measure};
use maquette::remesh::{RemeshOptions, remesh};
use maquette::solid::{Control, Operator, Roundness, Solid};

fn budget() -> Budget {
    Budget::default()
}

fn control() -> Control {
    Control::new(&budget())
}

fn reduced(mesh: &TriMesh, options: &RemeshOptions) -> TriMesh {
    let outcome = remesh(mesh, options, &budget()).expect("no limit");
    assert_sound(&outcome);
    outcome
}

fn assert_sound(mesh: &TriMesh) {
    let twins = Twins::of(mesh, &budget()).expect("no limit");
    assert_eq!((twins.open, twins.crowded, twins.twisted), (0, 0, 0));
    assert_eq!(mesh.face_of.len(), mesh.triangles.len());
    for triangle in 0..mesh.triangles.len() {
        let [a, b, c] = mesh.corners(triangle);
        assert!((b - a).cross(c - a).length() > 0.0, "a triangle without area");
    }
}

/// A box whose sides are grids of `n` by `n` squares.
fn gridded_box(n: u32, color: impl Fn(Vec3) -> Option<Rgba>) -> TriMesh {
    let mut mesh = TriMesh::default();
    let mut known = std::collections::BTreeMap::new();
    let mut vertex = |mesh: &mut TriMesh, place: [u32; 3]| {
        *known.entry(place).or_insert_with(|| {
            mesh.positions.push(Vec3::from_array(place.map(f64::from)) * 10.0 / f64::from(n));
            mesh.positions.len() as u32 - 1
        })
    };
    for axis in 0..3 {
        for (side, turned) in [(0, true), (n, false)] {
            for cell in 0..n * n {
                let (i, j) = (cell % n, cell / n);
                let place = |u: u32, v: u32| {
                    let mut place = [side; 3];
                    place[(axis + 1) % 3] = u;
                    place[(axis + 2) % 3] = v;
                    place
                };
                let corners = [place(i, j), place(i + 1, j), place(i + 1, j + 1), place(i, j + 1)];
                let [a, b, c, d] = corners.map(|place| vertex(&mut mesh, place));
                for mut corners in [[a, b, c], [a, c, d]] {
                    if turned {
                        corners.reverse();
                    }
                    let middle = corners.iter().map(|v| mesh.positions[*v as usize]).sum::<Vec3>() / 3.0;
                    mesh.faces.push(Face { surface: Surface::Plane, color: color(middle) });
                    mesh.face_of.push(mesh.triangles.len() as u32);
                    mesh.triangles.push(corners);
                }
            }
        }
    }
    mesh
}

fn colored_area(mesh: &TriMesh) -> f64 {
    let colored = (0..mesh.triangles.len()).filter(|triangle| mesh.face(*triangle).color.is_some());
    colored
        .map(|triangle| {
            let [a, b, c] = mesh.corners(triangle);
            (b - a).cross(c - a).length() / 2.0
        })
        .sum()
}

/// The largest distance of a vertex of one mesh from the triangles of the other.
fn distance(from: &TriMesh, to: &TriMesh) -> f64 {
    let nearest = |point: Vec3| {
        (0..to.triangles.len()).map(|triangle| to_triangle(point, to.corners(triangle))).fold(f64::INFINITY, f64::min)
    };
    from.positions.iter().map(|point| nearest(*point)).fold(0.0, f64::max)
}

fn to_triangle(point: Vec3, [a, b, c]: [Vec3; 3]) -> f64 {
    let normal = (b - a).cross(c - a);
    if [(a, b), (b, c), (c, a)].iter().all(|(p, q)| (*q - *p).cross(point - *p).dot(normal) >= 0.0) {
        return ((point - a).dot(normal) / normal.length()).abs();
    }
    let to_edge = |p: Vec3, q: Vec3| {
        let share = ((point - p).dot(q - p) / (q - p).length_squared()).clamp(0.0, 1.0);
        point.distance(p + (q - p) * share)
    };
    to_edge(a, b).min(to_edge(b, c)).min(to_edge(c, a))
}

fn sphere(segments: u32) -> TriMesh {
    Solid::sphere(10.0, Roundness { segments, smooth: true }, &control()).expect("no limit").to_mesh()
}

const MERGE: RemeshOptions = RemeshOptions { merge_coplanar: true, tolerance: None, triangles: None };

#[test]
fn a_box_of_grids_becomes_twelve_triangles() {
    let mesh = gridded_box(8, |_| None);
    assert_eq!(mesh.triangles.len(), 768);
    let merged = reduced(&mesh, &MERGE);
    assert_eq!((merged.triangles.len(), merged.positions.len()), (12, 8));
    assert!((measure(&merged).volume - 1000.0).abs() < 1.0e-9);
}

#[test]
fn a_turned_box_of_grids_becomes_twelve_triangles_too() {
    let mut mesh = gridded_box(6, |_| None);
    let turn = Affine3::from_rotation_x(0.4) * Affine3::from_rotation_z(1.1);
    mesh.positions.iter_mut().for_each(|position| *position = turn.transform_point3(*position + Vec3::splat(500.0)));
    let merged = reduced(&mesh, &MERGE);
    assert_eq!(merged.triangles.len(), 12);
    assert!((measure(&merged).volume - 1000.0).abs() < 1.0e-6);
}

#[test]
fn borders_between_colors_stay() {
    let red = Rgba { r: 1.0, g: 0.0, b: 0.0, a: 1.0 };
    let mesh = gridded_box(8, |middle| (middle.z > 2.5).then_some(red));
    let wanted = colored_area(&mesh);
    for options in [MERGE, RemeshOptions { tolerance: Some(0.2), ..MERGE }] {
        let merged = reduced(&mesh, &options);
        assert!(merged.triangles.len() <= 28, "{} triangles", merged.triangles.len());
        assert!((colored_area(&merged) - wanted).abs() < 1.0e-9);
        assert!((measure(&merged).volume - 1000.0).abs() < 1.0e-9);
    }
}

#[test]
fn borders_between_colors_outlive_a_count() {
    let red = Rgba { r: 1.0, g: 0.0, b: 0.0, a: 1.0 };
    let mesh = gridded_box(8, |middle| (middle.z > 2.5).then_some(red));
    let few = reduced(&mesh, &RemeshOptions { triangles: Some(4), ..RemeshOptions::default() });
    assert!(few.triangles.len() <= 28, "{} triangles", few.triangles.len());
    for (x, y) in [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)] {
        let corner = Vec3::new(x, y, 2.5);
        assert!(few.positions.iter().any(|position| position.distance(corner) < 1.0e-9), "{corner} is gone");
    }
}

#[test]
fn flat_faces_with_holes_keep_their_outlines() {
    let plate = Solid::cube(Vec3::new(40.0, 30.0, 5.0), true, &control()).expect("no limit");
    let drill = Solid::cylinder(20.0, [3.0, 3.0], true, Roundness { segments: 24, smooth: true }, &control());
    let drilled =
        Solid::boolean(Operator::Difference, &[plate, drill.expect("no limit")], &control()).expect("no limit");
    let mesh = drilled.to_mesh();
    // each triangle cut in four: as a foreign mesh may come
    let merged = reduced(&quartered(&mesh), &MERGE);
    assert!(merged.triangles.len() <= mesh.triangles.len());
    assert!((measure(&merged).volume - measure(&mesh).volume).abs() < 1.0e-6);
}

fn quartered(mesh: &TriMesh) -> TriMesh {
    let mut outcome = TriMesh { positions: mesh.positions.clone(), faces: mesh.faces.clone(), ..TriMesh::default() };
    let mut middles = std::collections::BTreeMap::new();
    for (triangle, [a, b, c]) in mesh.triangles.iter().enumerate() {
        let mut middle = |p: u32, q: u32| {
            *middles.entry((p.min(q), p.max(q))).or_insert_with(|| {
                outcome.positions.push((mesh.positions[p as usize] + mesh.positions[q as usize]) / 2.0);
                outcome.positions.len() as u32 - 1
            })
        };
        let (ab, bc, ca) = (middle(*a, *b), middle(*b, *c), middle(*c, *a));
        outcome.triangles.extend([[*a, ab, ca], [*b, bc, ab], [*c, ca, bc], [ab, bc, ca]]);
        outcome.face_of.extend([mesh.face_of[triangle]; 4]);
    }
    outcome
}

#[test]
fn a_sphere_within_a_tolerance_is_that_near() {
    let mesh = sphere(64);
    let mut before = mesh.triangles.len();
    for tolerance in [0.02, 0.1, 0.5] {
        let simple = reduced(&mesh, &RemeshOptions { tolerance: Some(tolerance), ..RemeshOptions::default() });
        assert!(simple.triangles.len() < before, "{} triangles at {tolerance}", simple.triangles.len());
        before = simple.triangles.len();
        assert!(distance(&mesh, &simple) <= tolerance * (1.0 + 1.0e-9));
        assert!(distance(&simple, &mesh) <= 1.0e-9);
        let volume = measure(&simple).volume / measure(&mesh).volume;
        assert!((0.8..1.02).contains(&volume));
    }
}

#[test]
fn sharp_edges_survive_a_tolerance() {
    let cube = Solid::cube(Vec3::splat(10.0), true, &control()).expect("no limit");
    let ball = Solid::sphere(6.5, Roundness { segments: 48, smooth: true }, &control()).expect("no limit");
    let mesh = Solid::boolean(Operator::Union, &[cube, ball], &control()).expect("no limit").to_mesh();
    let simple = reduced(&mesh, &RemeshOptions { tolerance: Some(0.05), ..RemeshOptions::default() });
    assert!(
        simple.triangles.len() * 2 < mesh.triangles.len(),
        "{} of {}",
        simple.triangles.len(),
        mesh.triangles.len()
    );
    for corner in 0..8_u32 {
        let axis = |bit: u32| if corner >> bit & 1 == 1 { 5.0 } else { -5.0 };
        let corner = Vec3::new(axis(0), axis(1), axis(2));
        assert!(simple.positions.iter().any(|position| position.distance(corner) < 1.0e-9), "{corner} is gone");
    }
    assert!(distance(&mesh, &simple) <= 0.05 * (1.0 + 1.0e-9));
}

#[test]
fn a_budget_of_triangles_is_kept() {
    let mesh = sphere(64);
    for triangles in [1000, 200] {
        let simple = reduced(&mesh, &RemeshOptions { triangles: Some(triangles), ..RemeshOptions::default() });
        assert!(simple.triangles.len() <= triangles, "{} instead of {triangles}", simple.triangles.len());
        assert!(simple.triangles.len() + 4 >= triangles);
        assert!(measure(&simple).volume > 0.6 * measure(&mesh).volume);
    }
}

#[test]
fn a_count_too_small_for_the_shape_does_not_crush_it() {
    let mesh = sphere(64);
    let simple = reduced(&mesh, &RemeshOptions { triangles: Some(4), ..RemeshOptions::default() });
    let size = mesh.bounding_box().size().length();
    assert!(simple.triangles.len() > 8 && distance(&mesh, &simple) <= 0.02 * size);
}

#[test]
fn the_tolerance_wins_over_the_budget() {
    let mesh = sphere(64);
    let within = reduced(&mesh, &RemeshOptions { tolerance: Some(0.05), ..RemeshOptions::default() });
    let both =
        reduced(&mesh, &RemeshOptions { tolerance: Some(0.05), triangles: Some(10), ..RemeshOptions::default() });
    assert_eq!(within, both);
}

#[test]
fn thin_walls_do_not_grow_into_each_other() {
    let outer = Solid::sphere(10.0, Roundness { segments: 64, smooth: true }, &control()).expect("no limit");
    let inner = Solid::sphere(9.9, Roundness { segments: 64, smooth: true }, &control()).expect("no limit");
    let mesh = Solid::boolean(Operator::Difference, &[outer, inner], &control()).expect("no limit").to_mesh();
    let simple = reduced(&mesh, &RemeshOptions { tolerance: Some(0.5), ..RemeshOptions::default() });
    let radius = |position: &Vec3| position.length();
    let shells = simple.positions.iter().filter(|position| radius(position) < 9.95).count();
    assert!(shells > 0 && shells < simple.positions.len());
    // what is left of the wall is where it was: no inner triangle comes out of the outer shell
    assert!(measure(&simple).volume > 0.0);
}

#[test]
fn nothing_asked_for_is_nothing_done() {
    assert!(RemeshOptions::default().is_empty());
    let open = TriMesh {
        triangles: sphere(16).triangles[3..].to_vec(),
        face_of: vec![0; sphere(16).triangles.len() - 3],
        ..sphere(16)
    };
    let options = RemeshOptions { tolerance: Some(0.5), ..RemeshOptions::default() };
    let simple = remesh(&open, &options, &budget()).expect("no limit");
    assert!(simple.triangles.len() < open.triangles.len());
    let border = |mesh: &TriMesh| Twins::of(mesh, &budget()).expect("no limit").open;
    assert_eq!(border(&simple), border(&open));
}

#[test]
fn a_cancelled_job_and_one_without_memory_stop() {
    let cancelled = budget();
    cancelled.cancel();
    let options = RemeshOptions { tolerance: Some(0.1), ..RemeshOptions::default() };
    assert_eq!(remesh(&sphere(32), &options, &cancelled), Err(Exceeded::Cancelled));
    let small = Budget::new(Limits { memory_bytes: 1000, ..Limits::default() });
    assert_eq!(remesh(&sphere(32), &options, &small), Err(Exceeded::Memory));
}

#[test]
fn the_same_mesh_gives_the_same_outcome() {
    let options = RemeshOptions { tolerance: Some(0.1), triangles: Some(300), ..RemeshOptions::default() };
    assert_eq!(reduced(&sphere(48), &options), reduced(&sphere(48), &options));
}
