//! 3MF projects: what stands on which plate, and where.

use maquette::export::threemf::{Plate, ThreeMfOptions, write_plates};
use maquette::mesh::TriMesh;

use crate::export::{entry, model, plenty};

fn project(count: u32) -> Vec<u8> {
    let mesh = model();
    let empty = TriMesh::default();
    let plates: Vec<Plate<'_>> =
        (1..=count).map(|number| Plate { number, mesh: if number == 2 { &empty } else { &mesh } }).collect();
    let options = ThreeMfOptions { title: Some("A & B".to_owned()), bed: [200.0, 180.0], ..ThreeMfOptions::default() };
    write_plates(&plates, &options, &plenty()).expect("within limits")
}

#[test]
fn each_plate_has_its_object_in_its_middle() {
    let package = project(5);
    let text = entry(&package, "3D/3dmodel.model");
    let document = roxmltree::Document::parse(&text).expect("well-formed");
    let places: Vec<Vec<f64>> = document
        .descendants()
        .filter_map(|node| node.attribute("transform"))
        .map(|transform| transform.split(' ').skip(9).filter_map(|number| number.parse().ok()).collect())
        .collect();
    // the model's middle is at 17.45, 10; beds stand three in a row, a fifth of a bed apart; the second plate is empty
    let column = |number: f64| 100.0 + 240.0 * number - 17.45;
    let row = |number: f64| 90.0 - 216.0 * number - 10.0;
    let wanted = [(0.0, 0.0), (2.0, 0.0), (0.0, 1.0), (1.0, 1.0)];
    assert_eq!(places.len(), wanted.len());
    for (place, (across, down)) in places.iter().zip(wanted) {
        assert!((place[0] - column(across)).abs() < 1.0e-6 && (place[1] - row(down)).abs() < 1.0e-6, "{place:?}");
    }
}

#[test]
fn the_settings_name_the_objects_of_the_build() {
    let package = project(3);
    let (model, settings) = (entry(&package, "3D/3dmodel.model"), entry(&package, "Metadata/model_settings.config"));
    let model = roxmltree::Document::parse(&model).expect("well-formed");
    let settings = roxmltree::Document::parse(&settings).expect("well-formed");
    let built: Vec<&str> = model.descendants().filter_map(|node| node.attribute("objectid")).collect();
    let value = |node: roxmltree::Node<'_, '_>, key: &str| {
        let found = node.children().find(|child| child.attribute("key") == Some(key));
        found.and_then(|child| child.attribute("value")).map(str::to_owned)
    };
    let plates: Vec<_> = settings.descendants().filter(|node| node.has_tag_name("plate")).collect();
    assert_eq!(plates.len(), 3);
    let objects: Vec<Option<String>> = plates
        .iter()
        .map(|plate| {
            plate.children().find(|child| child.has_tag_name("model_instance")).and_then(|on| value(on, "object_id"))
        })
        .collect();
    assert!(objects[1].is_none());
    for object in objects.iter().flatten() {
        assert!(built.contains(&object.as_str()), "{object} is not built");
    }
    // each part has the filament of its colour, the same on every plate
    let parts: Vec<_> = settings.descendants().filter(|node| node.has_tag_name("part")).collect();
    let filaments: Vec<Option<String>> = parts.iter().map(|part| value(*part, "extruder")).collect();
    assert_eq!(filaments.len(), 4);
    assert_eq!(filaments[..2], filaments[2..]);
    assert_ne!(filaments[0], filaments[1]);
}
