//! Pictures: where things lie in them, that light and depth are right, and that they are the same however they are made.

use maquette::budget::{Budget, Exceeded, Limits};
use maquette::geom::{Rgba, Vec3};
use maquette::mesh::{Face, Surface, TriMesh};
use maquette::preview::{Image, PreviewOptions, Projection, render};

fn cuboid(mesh: &mut TriMesh, from: Vec3, to: Vec3, color: Option<Rgba>) {
    let first = mesh.positions.len() as u32;
    for corner in 0..8_u32 {
        let pick = |bit: u32, low: f64, high: f64| if corner >> bit & 1 == 1 { high } else { low };
        mesh.positions.push(Vec3::new(pick(0, from.x, to.x), pick(1, from.y, to.y), pick(2, from.z, to.z)));
    }
    for [a, b, c, d] in [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]] {
        for [a, b, c] in [[a, b, c], [a, c, d]] {
            mesh.triangles.push([first + a, first + b, first + c]);
            mesh.face_of.push(mesh.faces.len() as u32);
        }
        mesh.faces.push(Face { surface: Surface::Plane, color });
    }
}

const RED: Rgba = Rgba { r: 1.0, g: 0.0, b: 0.0, a: 1.0 };
const GREEN: Rgba = Rgba { r: 0.0, g: 1.0, b: 0.0, a: 1.0 };
const GLASS: Rgba = Rgba { r: 0.0, g: 0.0, b: 1.0, a: 0.5 };

/// A red cube with a smaller green one before it, seen from the front.
fn scene() -> TriMesh {
    let mut mesh = TriMesh::default();
    cuboid(&mut mesh, Vec3::new(-10.0, 0.0, -10.0), Vec3::splat(10.0), Some(RED));
    cuboid(&mut mesh, Vec3::new(-2.0, -8.0, -2.0), Vec3::new(2.0, -4.0, 2.0), Some(GREEN));
    mesh
}

fn front() -> PreviewOptions {
    PreviewOptions {
        width: 120,
        height: 90,
        azimuth_deg: 0.0,
        elevation_deg: 0.0,
        projection: Projection::Orthographic,
        background: None,
        ground: false,
        ..PreviewOptions::default()
    }
}

fn picture(mesh: &TriMesh, options: &PreviewOptions) -> Image {
    render(mesh, options, &Budget::default()).expect("within limits")
}

fn pixel(image: &Image, x: u32, y: u32) -> [u8; 4] {
    let at = 4 * (y * image.width + x) as usize;
    [image.pixels[at], image.pixels[at + 1], image.pixels[at + 2], image.pixels[at + 3]]
}

#[test]
fn nearer_things_hide_farther_ones() {
    let image = picture(&scene(), &front());
    let middle = pixel(&image, 60, 45);
    assert!(middle[1] > 80 && middle[0] < 20 && middle[3] == 255, "green before red: {middle:?}");
    let beside = pixel(&image, 40, 45);
    assert!(beside[0] > 80 && beside[1] < 20 && beside[3] == 255, "red beside it: {beside:?}");
    assert_eq!(pixel(&image, 2, 2)[3], 0, "nothing in the corner");
}

#[test]
fn the_model_fills_the_picture_but_for_its_margin() {
    for projection in [Projection::Orthographic, Projection::Perspective(30.0)] {
        for (azimuth_deg, elevation_deg) in [(0.0, 0.0), (30.0, 28.0), (200.0, -60.0), (77.0, 90.0)] {
            let image = picture(&scene(), &PreviewOptions { azimuth_deg, elevation_deg, projection, ..front() });
            let covered = |x: u32, y: u32| pixel(&image, x, y)[3] > 0;
            let columns: Vec<u32> = (0..120).filter(|x| (0..90).any(|y| covered(*x, y))).collect();
            let rows: Vec<u32> = (0..90).filter(|y| (0..120).any(|x| covered(x, *y))).collect();
            let (left, right) = (columns[0], 119 - columns[columns.len() - 1]);
            let (top, bottom) = (rows[0], 89 - rows[rows.len() - 1]);
            let tight = (left.max(right) <= 8) || (top.max(bottom) <= 6);
            assert!(tight, "{projection:?} {azimuth_deg} {elevation_deg}: margins {left} {right} {top} {bottom}");
            assert!(left.min(right) >= 4 && top.min(bottom) >= 3, "margins {left} {right} {top} {bottom}");
        }
    }
}

#[test]
fn one_sees_through_glass_in_the_right_order() {
    let mut mesh = scene();
    cuboid(&mut mesh, Vec3::new(-6.0, -12.0, -6.0), Vec3::new(6.0, -10.0, 6.0), Some(GLASS));
    let image = picture(&mesh, &PreviewOptions { edges: false, ..front() });
    let [red, green, blue, alpha] = pixel(&image, 60, 45);
    assert!(green > 40 && blue > 60 && red < 60 && alpha == 255, "glass before green: {red} {green} {blue}");
    let alone = {
        let mut mesh = TriMesh::default();
        cuboid(&mut mesh, Vec3::ZERO, Vec3::splat(5.0), Some(GLASS));
        picture(&mesh, &PreviewOptions { edges: false, ..front() })
    };
    // front and back: three quarters of the light is kept
    assert_eq!(pixel(&alone, 60, 45)[3], 191);
}

#[test]
fn light_comes_from_above() {
    let mut mesh = TriMesh::default();
    cuboid(&mut mesh, Vec3::ZERO, Vec3::splat(10.0), None);
    let above = picture(&mesh, &PreviewOptions { elevation_deg: 90.0, edges: false, ..front() });
    let below = picture(&mesh, &PreviewOptions { elevation_deg: -90.0, edges: false, ..front() });
    assert!(pixel(&above, 60, 45)[1] > pixel(&below, 60, 45)[1] + 30);
}

#[test]
fn edges_are_darker_than_faces() {
    let mut mesh = TriMesh::default();
    cuboid(&mut mesh, Vec3::ZERO, Vec3::splat(10.0), None);
    let options = PreviewOptions { azimuth_deg: 45.0, ..front() };
    let (with, without) = (picture(&mesh, &options), picture(&mesh, &PreviewOptions { edges: false, ..options }));
    // the upright edge towards the eye
    assert!(pixel(&with, 60, 45)[1] + 8 < pixel(&without, 60, 45)[1]);
    assert_eq!(pixel(&with, 45, 45), pixel(&without, 45, 45));
}

#[test]
fn the_ground_is_dark_below_the_model_alone() {
    let mut mesh = TriMesh::default();
    cuboid(&mut mesh, Vec3::ZERO, Vec3::splat(10.0), None);
    let options = PreviewOptions { elevation_deg: 30.0, ground: true, ..front() };
    let image = picture(&mesh, &options);
    let shaded = image.pixels.chunks_exact(4).filter(|pixel| (15..120).contains(&pixel[3])).count();
    assert!(shaded > 100, "{shaded} pixels of shadow");
    assert!(pixel(&image, 0, 0)[3] < 5, "none far away");
}

#[test]
fn the_same_picture_with_any_number_of_threads() {
    let options = PreviewOptions { ground: true, projection: Projection::Perspective(20.0), ..front() };
    let mut mesh = scene();
    cuboid(&mut mesh, Vec3::new(-6.0, -12.0, -6.0), Vec3::new(6.0, -10.0, 6.0), Some(GLASS));
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| picture(&mesh, &options).to_png(&Budget::default()).expect("within limits"))
    };
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(5));
}

#[test]
fn png_reads_back() {
    let image = picture(&scene(), &front());
    let bytes = image.to_png(&Budget::default()).expect("within limits");
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut pixels).expect("a frame");
    assert_eq!((info.width, info.height, info.color_type), (120, 90, png::ColorType::Rgba));
    assert_eq!(pixels, image.pixels);
}

#[test]
fn limits_hold() {
    let small = Budget::new(Limits { memory_bytes: 1 << 20, ..Limits::default() });
    assert_eq!(render(&scene(), &PreviewOptions::default(), &small).err(), Some(Exceeded::Memory));
    let cancelled = Budget::default();
    cancelled.cancel();
    assert_eq!(render(&scene(), &front(), &cancelled).err(), Some(Exceeded::Cancelled));
    // what was reserved is given back
    let tight = Budget::new(Limits { memory_bytes: 64 << 20, ..Limits::default() });
    for _ in 0..8 {
        assert!(render(&scene(), &front(), &tight).is_ok());
    }
}

#[test]
fn odd_meshes_give_a_picture() {
    let mut flat = TriMesh::default();
    cuboid(&mut flat, Vec3::ZERO, Vec3::new(10.0, 0.0, 10.0), None);
    let mut point = TriMesh::default();
    cuboid(&mut point, Vec3::splat(3.0), Vec3::splat(3.0), None);
    let mut far = TriMesh::default();
    cuboid(&mut far, Vec3::splat(1.0e9), Vec3::splat(1.0e9 + 10.0), None);
    for mesh in [TriMesh::default(), flat, point, far] {
        for projection in [Projection::Orthographic, Projection::Perspective(20.0)] {
            for azimuth_deg in [0.0, 90.0, 33.0] {
                let image = picture(&mesh, &PreviewOptions { projection, azimuth_deg, ..front() });
                assert_eq!(image.pixels.len(), 120 * 90 * 4);
            }
        }
    }
}

#[test]
fn a_camera_may_stand_where_it_is_told() {
    use maquette::preview::Framing;
    let mut mesh = TriMesh::default();
    cuboid(&mut mesh, Vec3::splat(-5.0), Vec3::splat(5.0), Some(RED));
    let at = |distance: f64, projection: Projection| {
        let framing = Framing::At { target: Vec3::ZERO, distance };
        picture(&mesh, &PreviewOptions { framing, projection, edges: false, ..front() })
    };
    let columns = |image: &Image| (0..120).filter(|x| pixel(image, *x, 45)[3] > 0).count() as f64;
    // the near face is 10 mm wide and 95 mm away; the picture is 90 pixels high
    let expected = 10.0 / (95.0 * 2.0 * maquette::geom::tan_deg(15.0)) * 90.0;
    assert!((columns(&at(100.0, Projection::Perspective(30.0))) - expected).abs() <= 2.0);
    let parallel = 10.0 / (100.0 * 2.0 * maquette::geom::tan_deg(11.25)) * 90.0;
    assert!((columns(&at(100.0, Projection::Orthographic)) - parallel).abs() <= 2.0);
    // inside the cube: what is behind the eye is not drawn, and nothing breaks
    assert_eq!(at(1.0, Projection::Perspective(30.0)).pixels.len(), 120 * 90 * 4);
}

#[test]
fn zoom_makes_larger() {
    use maquette::preview::Framing;
    let mut mesh = TriMesh::default();
    cuboid(&mut mesh, Vec3::splat(-5.0), Vec3::splat(5.0), Some(RED));
    let covered = |zoom: f64| {
        let image = picture(&mesh, &PreviewOptions { framing: Framing::Fit { zoom }, ..front() });
        image.pixels.chunks_exact(4).filter(|pixel| pixel[3] > 0).count() as f64
    };
    assert!((covered(0.5) / covered(1.0) - 0.25).abs() < 0.03);
}
