//! A model's figures as JSON: mass properties, parts, colours, and whether it can be printed.

use serde_json::{Value, json};

use crate::budget::{Budget, Exceeded};
use crate::export::inertia::{Mass, principal};
use crate::export::palette::Palette;
use crate::export::printable;
use crate::export::sink::check_size;
use crate::geom::{Aabb2, Aabb3, Vec2, Vec3};
use crate::mesh::{Components, TriMesh, Twins};
use crate::region::Region;

/// Parts listed one by one; of more only the count is told.
const PARTS_MAX: usize = 256;

/// What a report takes for granted about the printer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReportOptions {
    /// Faces that lean over by more than this against the upright need support, degrees.
    pub overhang_deg: f64,
    /// Walls thinner than this are thin, mm: two lines of a common nozzle.
    pub min_wall: f64,
    /// Parts that fit into a cube of this side are tiny, mm.
    pub tiny: f64,
}

impl Default for ReportOptions {
    fn default() -> Self {
        Self { overhang_deg: 45.0, min_wall: 0.8, tiny: 1.0 }
    }
}

/// Measures a mesh, in mm, mm² and mm³ (inertia for a density of 1 in mm⁵). Cost: O(n log n), most of it for the walls.
///
/// # Errors
/// The artefact would be larger than the job's limit, or the job is over.
pub fn write(mesh: &TriMesh, options: &ReportOptions, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    let twins = Twins::of(mesh, budget)?;
    let components = Components::of(mesh);
    let origin = middle(mesh.bounding_box());
    let mut parts = vec![Mass::new(origin); components.count];
    for (triangle, component) in components.of_triangle.iter().enumerate() {
        if triangle % 4096 == 0 {
            budget.check()?;
        }
        parts[*component as usize].add(mesh.corners(triangle));
    }
    let whole = parts.iter().fold(Mass::new(origin), |whole, part| whole.with(part));
    let value = json!({
        "version": 1,
        "units": "mm",
        "dimensions": 3,
        "boundingBox": box_value(whole.bounding_box),
        "volume": tidy(whole.volume),
        "area": tidy(whole.area),
        "centroid": vector(whole.centroid()),
        "inertia": inertia(&whole),
        "mesh": { "vertices": mesh.positions.len(), "triangles": mesh.triangles.len(), "faces": mesh.faces.len() },
        "partCount": parts.len(),
        "parts": parts.iter().take(PARTS_MAX).map(part_value).collect::<Vec<_>>(),
        "colors": colors(mesh),
        "checks": checks(mesh, &twins),
        "printability": printable::of(mesh, &parts, options, budget)?,
    });
    finish(&value, budget)
}

/// Measures a region, in mm and mm². Cost: O(n).
///
/// # Errors
/// The artefact would be larger than the job's limit, or the job is over.
pub fn write_region(region: &Region, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    budget.check()?;
    let bounds = region.bounding_box();
    let origin = if bounds.is_empty() { Vec2::ZERO } else { bounds.center() };
    let (mut area, mut moment, mut length, mut holes) = (0.0, Vec2::ZERO, 0.0, 0_usize);
    for contour in region.contours() {
        let mut twice_area = 0.0;
        for (index, point) in contour.iter().enumerate() {
            let (a, b) = (*point - origin, contour[(index + 1) % contour.len()] - origin);
            let cross = a.perp_dot(b);
            twice_area += cross;
            moment += (a + b) * (cross / 6.0);
            length += a.distance(b);
        }
        area += twice_area / 2.0;
        holes += usize::from(twice_area < 0.0);
    }
    let centroid = if area > 0.0 { origin + moment / area } else { origin };
    let value = json!({
        "version": 1,
        "units": "mm",
        "dimensions": 2,
        "boundingBox": flat_box_value(bounds),
        "area": tidy(area),
        "perimeter": tidy(length),
        "centroid": [tidy(centroid.x), tidy(centroid.y)],
        "contours": { "outer": region.contours().len() - holes, "holes": holes },
    });
    finish(&value, budget)
}

fn finish(value: &Value, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    let mut bytes = format!("{value:#}").into_bytes();
    bytes.push(b'\n');
    check_size(bytes.len() as u64, budget)?;
    Ok(bytes)
}

fn inertia(mass: &Mass) -> Value {
    let tensor = mass.inertia();
    let axes = principal(tensor).map(|(moment, axis)| json!({ "moment": tidy(moment), "axis": vector(axis) }));
    json!({ "about": "centroid", "density": 1, "tensor": tensor.map(|row| row.map(tidy)), "principal": axes })
}

fn part_value(part: &Mass) -> Value {
    json!({
        "boundingBox": box_value(part.bounding_box),
        "volume": tidy(part.volume),
        "area": tidy(part.area),
        "centroid": vector(part.centroid()),
        "triangles": part.triangles,
    })
}

fn colors(mesh: &TriMesh) -> Vec<Value> {
    let palette = Palette::of(mesh);
    let mut figures = vec![(0_usize, 0.0); palette.colors.len()];
    for triangle in 0..mesh.triangles.len() {
        let (count, area) = &mut figures[palette.color_of(mesh, triangle)];
        *count += 1;
        *area += area_vector(mesh.corners(triangle)).length() / 2.0;
    }
    let hex = |color: [u8; 4]| color.iter().fold("#".to_owned(), |text, channel| format!("{text}{channel:02x}"));
    let entries = palette.colors.into_iter().zip(figures);
    entries
        .map(|(color, (count, area))| json!({ "color": color.map(hex), "triangles": count, "area": tidy(area) }))
        .collect()
}

/// Whether the mesh is the surface of a body.
fn checks(mesh: &TriMesh, twins: &Twins) -> Value {
    let degenerate =
        (0..mesh.triangles.len()).filter(|triangle| area_vector(mesh.corners(*triangle)) == Vec3::ZERO).count();
    let sound = !mesh.is_empty() && twins.open + twins.crowded + twins.twisted == 0;
    let edges = mesh.triangles.len() * 3 / 2;
    let euler = used_vertices(mesh) as i64 - edges as i64 + mesh.triangles.len() as i64;
    json!({
        "manifold": sound,
        "openEdges": twins.open,
        "crowdedEdges": twins.crowded,
        "twistedEdges": twins.twisted,
        "degenerateTriangles": degenerate,
        "eulerCharacteristic": if sound { json!(euler) } else { Value::Null },
    })
}

fn used_vertices(mesh: &TriMesh) -> usize {
    let mut used = vec![false; mesh.positions.len()];
    for vertex in mesh.triangles.iter().flatten() {
        used[*vertex as usize] = true;
    }
    used.into_iter().filter(|used| *used).count()
}

pub fn area_vector([a, b, c]: [Vec3; 3]) -> Vec3 {
    (b - a).cross(c - a)
}

fn middle(bounds: Aabb3) -> Vec3 {
    if bounds.is_empty() { Vec3::ZERO } else { bounds.center() }
}

fn box_value(bounds: Aabb3) -> Value {
    if bounds.is_empty() {
        return Value::Null;
    }
    json!({ "min": vector(bounds.min), "max": vector(bounds.max), "size": vector(bounds.size()) })
}

fn flat_box_value(bounds: Aabb2) -> Value {
    if bounds.is_empty() {
        return Value::Null;
    }
    let point = |point: Vec2| [tidy(point.x), tidy(point.y)];
    json!({ "min": point(bounds.min), "max": point(bounds.max), "size": point(bounds.size()) })
}

pub fn vector(vector: Vec3) -> [f64; 3] {
    vector.to_array().map(tidy)
}

/// Rounded to a nanometre (of whatever power): what is left below is noise.
pub fn tidy(value: f64) -> f64 {
    if value.abs() >= 1.0e9 { value } else { (value * 1.0e6).round() / 1.0e6 + 0.0 }
}
