//! What drawings recognise beside holes and steps: chamfers, slopes, slots, the walls of shells.

use maquette::budget::Budget;
use maquette::drawing::{Part, SectionSpec, SheetSpec, draw};
use maquette::geom::{Vec2, Vec3, cos_deg, sin_deg};
use maquette::mesh::TriMesh;
use maquette::page::{Page, Shape};

use crate::overlap::{is_inside, overlaps};

/// A convex outline drawn out along X.
fn prism(outline: &[[f64; 2]], length: f64) -> TriMesh {
    let count = outline.len() as u32;
    let end = |x: f64| outline.iter().map(move |[y, z]| Vec3::new(x, *y, *z));
    let mut mesh = TriMesh { positions: end(0.0).chain(end(length)).collect(), ..TriMesh::default() };
    for index in 0..count {
        let (here, next) = (index, (index + 1) % count);
        mesh.triangles.extend([[here, next, next + count], [here, next + count, here + count]]);
    }
    for index in 1..count - 1 {
        mesh.triangles.extend([[0, index + 1, index], [count, count + index, count + index + 1]]);
    }
    mesh
}

/// A wall between two closed lines of equally many points, `height` high.
fn ring(outer: &[Vec2], inner: &[Vec2], height: f64) -> TriMesh {
    let count = outer.len() as u32;
    let line = |points: &[Vec2], z: f64| points.iter().map(|point| point.extend(z)).collect::<Vec<Vec3>>();
    let positions = [line(outer, 0.0), line(outer, height), line(inner, 0.0), line(inner, height)].concat();
    let at = |ring: u32, index: u32| ring * count + index % count;
    let mut mesh = TriMesh { positions, ..TriMesh::default() };
    for index in 0..count {
        for [a, b, c, d] in [
            [at(0, index), at(0, index + 1), at(1, index + 1), at(1, index)],
            [at(2, index + 1), at(2, index), at(3, index), at(3, index + 1)],
            [at(1, index), at(1, index + 1), at(3, index + 1), at(3, index)],
            [at(0, index + 1), at(0, index), at(2, index), at(2, index + 1)],
        ] {
            mesh.triangles.extend([[a, b, c], [a, c, d]]);
        }
    }
    mesh
}

/// A line around two half circles `apart` from each other.
fn stadium(radius: f64, apart: f64) -> Vec<Vec2> {
    let half = |middle: f64, from: f64| {
        (0..=24).map(move |step| {
            let angle = from + 7.5 * f64::from(step);
            Vec2::new(middle + radius * cos_deg(angle), radius * sin_deg(angle))
        })
    };
    half(apart * 0.5, -90.0).chain(half(-apart * 0.5, 90.0)).collect()
}

fn sheet(mesh: &TriMesh, spec: &SheetSpec) -> Page {
    draw(&[Part::new("part", mesh)], spec, &Budget::default()).expect("it can be drawn").remove(0)
}

fn words(page: &Page) -> Vec<&str> {
    let views = page.flat_marks().filter(|mark| mark.view.is_some());
    views
        .filter_map(|mark| if let Shape::Text(text) = &mark.shape { Some(text.content.as_str()) } else { None })
        .collect()
}

fn count(words: &[&str], wanted: &str) -> usize {
    words.iter().filter(|word| **word == wanted).count()
}

#[test]
fn chamfers_are_called_out_once_with_their_count() {
    let mesh = prism(&[[0.0, 0.0], [30.0, 0.0], [30.0, 18.0], [28.0, 20.0], [2.0, 20.0], [0.0, 18.0]], 60.0);
    let page = sheet(&mesh, &SheetSpec::default());
    let words = words(&page);
    assert_eq!(count(&words, "2× 2×45°"), 1, "{words:?}");
    assert!(words.iter().all(|word| *word != "45°"), "{words:?}");
    assert!(overlaps(&page).is_empty() && is_inside(&page), "{:?}", overlaps(&page));
}

#[test]
fn a_face_that_leans_has_its_angle_once() {
    let mesh = prism(&[[0.0, 0.0], [30.0, 0.0], [20.0, 17.320_508_075_688_77], [0.0, 17.320_508_075_688_77]], 60.0);
    let page = sheet(&mesh, &SheetSpec::default());
    let words = words(&page);
    assert_eq!(count(&words, "60°"), 1, "{words:?}");
    let angle = page.marks.iter().find_map(|mark| match &mark.shape {
        Shape::Dimension(dimension) if dimension.text == "60°" => Some(dimension.value),
        _ => None,
    });
    assert!(angle.is_some_and(|value| (value - 60.0).abs() < 1e-9), "{angle:?}");
}

#[test]
fn a_slot_has_width_length_and_the_distance_of_its_centres() {
    let mesh = ring(&stadium(10.0, 20.0), &stadium(4.0, 20.0), 6.0);
    let page = sheet(&mesh, &SheetSpec::default());
    let words = words(&page);
    assert_eq!(count(&words, "SLOT 8 × 28 THRU, CTRS 20"), 1, "{words:?}");
    assert!(words.iter().all(|word| !word.contains("R4")), "{words:?}");
}

#[test]
fn a_section_of_a_shell_gives_its_wall() {
    let square = |half: f64| [[-half, -half], [half, -half], [half, half], [-half, half]].map(Vec2::from).to_vec();
    let mesh = ring(&square(30.0), &square(28.0), 40.0);
    let section = SectionSpec::full("A", Vec3::ZERO, Vec3::NEG_Y);
    let page = sheet(&mesh, &SheetSpec { sections: vec![section], ..SheetSpec::default() });
    let words = words(&page);
    assert!(count(&words, "2") >= 1, "{words:?}");
    assert!(overlaps(&page).is_empty(), "{:?}", overlaps(&page));
}

/// A stadium whose corners keep off the outermost places of its circles.
fn turned_stadium(radius: f64, apart: f64) -> Vec<Vec2> {
    let half = |middle: f64, from: f64| {
        (0..24).map(move |step| {
            let angle = from + 3.75 + 7.5 * f64::from(step);
            Vec2::new(middle + radius * cos_deg(angle), radius * sin_deg(angle))
        })
    };
    half(apart * 0.5, -90.0).chain(half(-apart * 0.5, 90.0)).collect()
}

#[test]
fn sizes_between_round_ends_are_those_of_the_circles() {
    // its flats are where they are meant, and it has as many points as the outer line
    let inner = stadium(14.0, 40.0);
    let inner: Vec<Vec2> = inner.into_iter().skip(1).take(24).chain(stadium(14.0, 40.0).into_iter().skip(26)).collect();
    let mesh = ring(&turned_stadium(20.0, 40.0), &inner, 10.0);
    let page = sheet(&mesh, &SheetSpec::default());
    let words = words(&page);
    assert_eq!((count(&words, "80"), count(&words, "40")), (1, 1), "{words:?}");
    assert!(!words.iter().any(|word| word.contains(",9")), "{words:?}");
}
