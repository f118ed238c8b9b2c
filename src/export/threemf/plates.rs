//! Plates as slicers lay them out: in a grid of beds, and listed with what is on each.
//!
//! Sources: projects that Bambu Studio and OrcaSlicer save, and public programs that write such projects.

use std::fmt::Write as _;

use crate::export::threemf::Plate;
use crate::export::threemf::model::Object;
use crate::export::xml::escaped;
use crate::geom::Vec3;
use crate::mesh::TriMesh;

/// Room between two beds, as a share of a bed.
const GAP: f64 = 0.2;

/// How far a mesh moves to stand in the middle of the plate at `index` among `count`: rows of beds, as many in a row as there are rows or
/// one more, the next row in front of the last.
pub fn place(mesh: &TriMesh, index: usize, count: usize, bed: [f64; 2]) -> Vec3 {
    let mut columns = 1;
    while columns * columns < count {
        columns += 1;
    }
    let (column, row) = (index % columns, index / columns);
    let bounds = mesh.bounding_box();
    let middle = bounds.center().with_z(bounds.min.z);
    let step = 1.0 + GAP;
    Vec3::new(bed[0] * (0.5 + step * column as f64), bed[1] * (0.5 - step * row as f64), 0.0) - middle
}

/// The project's list of objects with their parts and filaments, and of plates with their objects. `objects` are those of the plates that
/// are not empty, in order.
pub fn settings(plates: &[Plate<'_>], objects: &[Object]) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<config>\n");
    for object in objects {
        list_object(&mut text, object);
    }
    let mut waiting = objects.iter();
    for (index, plate) in plates.iter().enumerate() {
        let on_it = if plate.mesh.is_empty() { None } else { waiting.next() };
        list_plate(&mut text, index + 1, plate.number, on_it);
    }
    text.push_str("</config>\n");
    text
}

fn list_object(text: &mut String, object: &Object) {
    let _ = writeln!(text, " <object id=\"{}\">", object.id);
    entry(text, 2, "name", &object.name);
    entry(text, 2, "extruder", &filament(object.parts.first().map_or(0, |part| part.2)));
    for (id, name, color) in &object.parts {
        let _ = writeln!(text, "  <part id=\"{id}\" subtype=\"normal_part\">");
        entry(text, 3, "name", name);
        entry(text, 3, "extruder", &filament(*color));
        text.push_str("  </part>\n");
    }
    text.push_str(" </object>\n");
}

/// Filaments are counted from 1; slicers have sixteen.
fn filament(color: usize) -> String {
    (color.min(15) + 1).to_string()
}

fn list_plate(text: &mut String, position: usize, number: u32, object: Option<&Object>) {
    text.push_str(" <plate>\n");
    entry(text, 2, "plater_id", &position.to_string());
    entry(text, 2, "plater_name", &format!("Plate {number}"));
    entry(text, 2, "locked", "false");
    if let Some(object) = object {
        text.push_str("  <model_instance>\n");
        entry(text, 3, "object_id", &object.id.to_string());
        entry(text, 3, "instance_id", "0");
        text.push_str("  </model_instance>\n");
    }
    text.push_str(" </plate>\n");
}

fn entry(text: &mut String, indent: usize, key: &str, value: &str) {
    let _ = writeln!(text, "{:indent$}<metadata key=\"{key}\" value=\"{}\"/>", "", escaped(value));
}
