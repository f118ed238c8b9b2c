//! What may stand in a model's `options`: which of them a format takes, and what they say.

use serde::Deserialize;
use serde_json::Value;

use crate::export::glb::Normals;
use crate::job::options;
use crate::job::spec::{ModelFormat, ModelOptions};
use crate::remesh::RemeshOptions;

/// Formats that are meshes.
const MESHES: &[&str] = &["stl", "off", "obj", "ply", "amf", "glb", "3mf"];

/// Formats whose colours can be left out.
const COLORED: &[&str] = &["off", "obj", "ply"];

/// Which formats take which option.
const TAKEN_BY: &[(&str, &[&str])] = &[
    ("mergeCoplanar", MESHES),
    ("tolerance", MESHES),
    ("triangles", MESHES),
    ("encoding", &["stl"]),
    ("colors", COLORED),
    ("normals", &["glb"]),
    ("crease", &["glb"]),
    ("parts", &["glb"]),
    ("quantize", &["glb"]),
    ("compress", &["glb"]),
    ("metallic", &["glb"]),
    ("roughness", &["glb"]),
    ("title", &["3mf"]),
    ("designer", &["3mf"]),
    ("description", &["3mf"]),
    ("license", &["3mf"]),
    ("copyright", &["3mf"]),
    ("thumbnail", &["3mf"]),
    ("paint", &["3mf"]),
    ("plates", &["3mf"]),
    ("bed", &["3mf"]),
];

/// Reads the options of a model; `format` may change with them, as STL's does with its encoding.
pub fn read(format: ModelFormat, given: Value) -> Result<(ModelFormat, ModelOptions), String> {
    refuse_strangers(format, &given)?;
    let raw: RawModel = options::read(given)?;
    let mut options = ModelOptions { remesh: remesh(&raw)?, ..ModelOptions::default() };
    let format = match raw.encoding.as_deref() {
        None => format,
        Some("binary") => ModelFormat::Stl,
        Some("ascii") => ModelFormat::AsciiStl,
        Some(other) => return Err(format!("encoding {other:?} is neither binary nor ascii")),
    };
    options.colors = raw.colors.unwrap_or(options.colors);
    glb(&raw, &mut options)?;
    options.threemf.title = raw.title;
    options.threemf.designer = raw.designer;
    options.threemf.description = raw.description;
    options.threemf.license_terms = raw.license;
    options.threemf.copyright = raw.copyright;
    options.threemf.paint = raw.paint.unwrap_or(options.threemf.paint);
    options.threemf.bed = bed(raw.bed, options.threemf.bed)?;
    options.plates = raw.plates.unwrap_or(options.plates);
    options.thumbnail = raw.thumbnail.unwrap_or(options.thumbnail);
    Ok((format, options))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawModel {
    merge_coplanar: Option<bool>,
    tolerance: Option<f64>,
    triangles: Option<usize>,
    encoding: Option<String>,
    colors: Option<bool>,
    normals: Option<String>,
    crease: Option<f64>,
    parts: Option<bool>,
    quantize: Option<bool>,
    compress: Option<bool>,
    metallic: Option<f64>,
    roughness: Option<f64>,
    title: Option<String>,
    designer: Option<String>,
    description: Option<String>,
    license: Option<String>,
    copyright: Option<String>,
    thumbnail: Option<bool>,
    paint: Option<bool>,
    plates: Option<bool>,
    bed: Option<[f64; 2]>,
}

/// An option that belongs to another format is a mistake: it would do nothing.
fn refuse_strangers(format: ModelFormat, given: &Value) -> Result<(), String> {
    let format = format.extension();
    let taken = |name: &str| TAKEN_BY.iter().find(|(option, _)| *option == name).map(|(_, formats)| *formats);
    for name in given.as_object().into_iter().flat_map(serde_json::Map::keys) {
        if let Some(formats) = taken(name)
            && !formats.contains(&format)
        {
            return Err(format!("option {name:?} is for {}, not for {format}", formats.join(", ")));
        }
    }
    Ok(())
}

fn remesh(raw: &RawModel) -> Result<RemeshOptions, String> {
    if let Some(tolerance) = raw.tolerance
        && !(tolerance.is_finite() && tolerance > 0.0)
    {
        return Err(format!("tolerance {tolerance} is not a length above 0 mm"));
    }
    if raw.triangles == Some(0) {
        return Err("triangles must be at least 1".to_owned());
    }
    Ok(RemeshOptions {
        merge_coplanar: raw.merge_coplanar.unwrap_or(false),
        tolerance: raw.tolerance,
        triangles: raw.triangles,
    })
}

fn glb(raw: &RawModel, options: &mut ModelOptions) -> Result<(), String> {
    let glb = &mut options.glb;
    glb.normals = match raw.normals.as_deref() {
        None => glb.normals,
        Some("smooth") => Normals::Smooth,
        Some("flat") => Normals::Flat,
        Some(other) => return Err(format!("normals {other:?} is neither smooth nor flat")),
    };
    glb.crease_deg = within("crease", raw.crease, glb.crease_deg, 180.0)?;
    glb.metallic = within("metallic", raw.metallic, glb.metallic, 1.0)?;
    glb.roughness = within("roughness", raw.roughness, glb.roughness, 1.0)?;
    glb.parts = raw.parts.unwrap_or(glb.parts);
    glb.compress = raw.compress.unwrap_or(glb.compress);
    // compressing rounded numbers is what makes the file small
    glb.quantize = raw.quantize.unwrap_or(glb.compress);
    Ok(())
}

fn bed(given: Option<[f64; 2]>, default: [f64; 2]) -> Result<[f64; 2], String> {
    let bed = given.unwrap_or(default);
    let sound = bed.iter().all(|side| (1.0..=1.0e5).contains(side));
    if sound { Ok(bed) } else { Err(format!("bed {bed:?} is not a width and a depth of 1 to 100000 mm")) }
}

fn within(name: &str, given: Option<f64>, default: f64, most: f64) -> Result<f64, String> {
    let value = given.unwrap_or(default);
    if (0.0..=most).contains(&value) { Ok(value) } else { Err(format!("{name} {value} is not 0 to {most}")) }
}
