//! Reports: figures against arithmetic, and what a printer would say.

use maquette::export::report;
use maquette::geom::Vec3;
use maquette::mesh::{TriMesh, measure};
use serde_json::Value;

use crate::export::{model, plenty};

fn figures(mesh: &TriMesh) -> Value {
    let bytes = report::write(mesh, &report::ReportOptions::default(), &plenty()).expect("within limits");
    serde_json::from_slice(&bytes).expect("valid JSON")
}

#[test]
fn report_measures_a_box() {
    let mut mesh = model();
    mesh.triangles.truncate(12);
    mesh.face_of.truncate(12);
    let report = figures(&mesh);
    let close = |value: &Value, expected: f64| {
        let value = value.as_f64().expect("a number");
        assert!((value - expected).abs() <= 1.0e-6 * expected.abs().max(1.0), "{value} is not {expected}");
    };
    let volume = 200.0 / 3.0;
    close(&report["volume"], volume);
    close(&report["area"], 400.0 + 60.0 / 3.0);
    close(&report["centroid"][0], 4.9);
    // of a box a x b x c about its middle: V (b² + c²) / 12
    close(&report["inertia"]["tensor"][0][0], volume * (400.0 + 1.0 / 9.0) / 12.0);
    close(&report["inertia"]["tensor"][1][1], volume * (100.0 + 1.0 / 9.0) / 12.0);
    close(&report["inertia"]["tensor"][0][1], 0.0);
    close(&report["inertia"]["principal"][2]["moment"], volume * 500.0 / 12.0);
    close(&report["printability"]["bedArea"], 200.0);
    close(&report["printability"]["walls"]["min"], 1.0 / 3.0);
    let thin = report["printability"]["walls"]["thinShare"].as_f64().expect("a number");
    assert!((thin - 400.0 / 420.0).abs() < 1.0e-3, "{thin}");
    assert_eq!(report["partCount"], 1);
    assert_eq!(report["checks"]["manifold"], true);
    assert_eq!(report["checks"]["eulerCharacteristic"], 2);
    assert_eq!(report["colors"][1]["color"], "#ff0000ff");
}

#[test]
fn report_agrees_with_measure_and_counts_parts() {
    let (report, measures) = (figures(&model()), measure(&model()));
    assert!((report["volume"].as_f64().expect("a number") - measures.volume).abs() < 1.0e-6);
    assert_eq!(report["partCount"], measures.components);
}

#[test]
fn report_finds_what_leans_over_and_what_floats() {
    // the box stands on its edge, leaning by 60 degrees; a tiny tetrahedron hangs in the air beside it
    let mut mesh = model();
    let turn = maquette::geom::Affine3::from_rotation_x(std::f64::consts::FRAC_PI_3);
    mesh.positions[..8].iter_mut().for_each(|position| *position = turn.transform_point3(*position));
    mesh.positions[8..].iter_mut().for_each(|position| *position = *position / 10.0 + Vec3::Z);
    let printability = &figures(&mesh)["printability"];
    let area = |angle: usize| printability["overhang"]["byAngle"][angle]["area"].as_f64().expect("a number");
    // the face that lies on the bed in the box's own frame leans by 30 degrees against the upright now
    assert!((area(0) - area(1)).abs() < 0.2 && area(1) < 4.0, "{printability}");
    assert_eq!(printability["partsOffBed"], 1);
    assert_eq!(printability["tinyParts"], 0);
    assert_eq!(printability["bedArea"], 0.0);
}

#[test]
fn report_says_what_is_not_closed() {
    let mut mesh = model();
    mesh.triangles.swap_remove(0);
    mesh.face_of.swap_remove(0);
    let report = figures(&mesh);
    assert_eq!(report["checks"]["manifold"], false);
    assert_eq!(report["checks"]["openEdges"], 3);
}
