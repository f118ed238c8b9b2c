//! What a printer would say about a model that stands as it is: what lies on the bed, what leans over, what is thin or tiny.

use serde_json::{Value, json};

use crate::budget::{Budget, Exceeded};
use crate::export::inertia::Mass;
use crate::export::report::{ReportOptions, area_vector, tidy, vector};
use crate::export::thickness;
use crate::geom::{Vec3, sin_deg};
use crate::mesh::TriMesh;

/// Faces this near the lowest point lie on the bed, mm.
const BED_SLACK: f64 = 1.0e-6;

/// Degrees against the upright for which the area that leans over by more is told.
const ANGLES_DEG: [f64; 4] = [30.0, 45.0, 60.0, 75.0];

/// The section of a report.
pub fn of(mesh: &TriMesh, parts: &[Mass], options: &ReportOptions, budget: &Budget) -> Result<Value, Exceeded> {
    let bed = parts.iter().map(|part| part.bounding_box.min.z).fold(f64::INFINITY, f64::min);
    let faces = Downward::of(mesh, bed, budget)?;
    let by_angle = ANGLES_DEG.map(|angle| json!({ "overDeg": angle, "area": tidy(faces.leaning(angle)) }));
    let off_bed = parts.iter().filter(|part| part.bounding_box.min.z - bed > BED_SLACK).count();
    let tiny = parts.iter().filter(|part| part.bounding_box.size().max_element() < options.tiny).count();
    Ok(json!({
        "bedArea": tidy(faces.on_bed),
        "overhang": {
            "overDeg": options.overhang_deg, "area": tidy(faces.leaning(options.overhang_deg)), "byAngle": by_angle,
        },
        "partsOffBed": off_bed,
        "tinyParts": tiny,
        "height": if parts.is_empty() { 0.0 } else { tidy(top(parts) - bed) },
        "walls": walls(mesh, options, budget)?,
    }))
}

fn top(parts: &[Mass]) -> f64 {
    parts.iter().map(|part| part.bounding_box.max.z).fold(f64::NEG_INFINITY, f64::max)
}

/// Faces that look down.
struct Downward {
    on_bed: f64,
    /// Sine of the angle against the upright, and area.
    faces: Vec<(f64, f64)>,
}

impl Downward {
    fn of(mesh: &TriMesh, bed: f64, budget: &Budget) -> Result<Self, Exceeded> {
        let mut found = Self { on_bed: 0.0, faces: Vec::new() };
        for triangle in 0..mesh.triangles.len() {
            if triangle % 4096 == 0 {
                budget.check()?;
            }
            let corners = mesh.corners(triangle);
            let normal = area_vector(corners);
            let twice_area = normal.length();
            if normal.z >= 0.0 || twice_area == 0.0 {
                continue;
            }
            let lies_on_bed = corners.iter().all(|corner: &Vec3| corner.z - bed < BED_SLACK);
            if lies_on_bed {
                found.on_bed += twice_area / 2.0;
            } else {
                found.faces.push((-normal.z / twice_area, twice_area / 2.0));
            }
        }
        Ok(found)
    }

    fn leaning(&self, angle_deg: f64) -> f64 {
        // a face of just that angle still stands
        let limit = sin_deg(angle_deg) + 1.0e-9;
        self.faces.iter().filter(|(sine, _)| *sine > limit).map(|(_, area)| area).sum()
    }
}

/// Thickness of walls, from samples: an estimate, and a wall between two samples may be thinner.
fn walls(mesh: &TriMesh, options: &ReportOptions, budget: &Budget) -> Result<Value, Exceeded> {
    let walls = thickness::walls(mesh, budget)?;
    let Some(thinnest) = walls.first() else { return Ok(Value::Null) };
    let thin = walls.iter().take_while(|wall| wall.thickness < options.min_wall).count();
    let at_share = |share: f64| tidy(walls[(share * (walls.len() - 1) as f64) as usize].thickness);
    Ok(json!({
        "estimate": true,
        "samples": walls.len(),
        "min": tidy(thinnest.thickness),
        "minAt": vector(thinnest.place),
        "fifthPercentile": at_share(0.05),
        "median": at_share(0.5),
        "thinBelow": options.min_wall,
        "thinShare": tidy(thin as f64 / walls.len() as f64),
    }))
}
