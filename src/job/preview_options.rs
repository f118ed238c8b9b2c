//! What may stand in a preview's `options`, and what a program's own view makes of it.

use serde::Deserialize;
use serde_json::Value;

use crate::geom::{Rgba, Vec3};
use crate::job::options;
use crate::job::spec::PreviewSpec;
use crate::preview::{Framing, PreviewOptions, Projection, SIDE_MAX};
use crate::scad::AskedView;

/// Reads the options of a preview; what is not said keeps its default.
pub fn read(given: Value) -> Result<PreviewSpec, String> {
    let raw: RawPreview = options::read(given)?;
    let default = PreviewOptions::default();
    let field = within("fieldOfView", raw.field_of_view, 20.0, 1.0, 170.0)?;
    let look = PreviewOptions {
        width: side("width", raw.width, default.width)?,
        height: side("height", raw.height, default.height)?,
        azimuth_deg: angle("azimuth", raw.azimuth, default.azimuth_deg)?,
        elevation_deg: angle("elevation", raw.elevation, default.elevation_deg)?,
        tilt_deg: angle("tilt", raw.tilt, default.tilt_deg)?,
        framing: Framing::Fit { zoom: within("zoom", raw.zoom, 1.0, 0.01, 100.0)? },
        projection: match raw.projection.as_deref() {
            None | Some("perspective") => Projection::Perspective(field),
            Some("orthographic") => Projection::Orthographic,
            Some(other) => return Err(format!("projection {other:?} is neither perspective nor orthographic")),
        },
        background: raw.background.as_deref().map_or(Ok(default.background), background)?,
        color: raw.color.as_deref().map_or(Ok(default.color), color)?,
        edges: raw.edges.unwrap_or(default.edges),
        ground: raw.ground.unwrap_or(default.ground),
        samples: within("samples", raw.samples, f64::from(default.samples), 1.0, 4.0)? as u32,
        ..default
    };
    let turned = raw.azimuth.or(raw.elevation).or(raw.tilt).is_some();
    let follows_program = match raw.camera {
        None => !turned,
        Some(RawCamera::Word(word)) => match word.as_str() {
            "program" => true,
            "fit" => false,
            _ => return Err(format!("camera {word:?} is neither program nor fit")),
        },
        Some(RawCamera::Place(place)) => {
            return Ok(PreviewSpec { look: placed(look, &place)?, follows_program: false });
        }
    };
    Ok(PreviewSpec { look, follows_program })
}

/// The look of a picture whose program asks for a view of its own.
pub fn seen_by(spec: &PreviewSpec, asked: &AskedView) -> PreviewOptions {
    if !spec.follows_program {
        return spec.look;
    }
    let sound = |values: &[f64]| values.iter().all(|value| value.is_finite() && value.abs() < 1.0e9);
    let mut look = spec.look;
    if let Some(rotation) = asked.rotation.filter(|rotation| sound(rotation)) {
        look = turned(look, rotation);
    }
    if let (Some(field), Projection::Perspective(_)) = (asked.field.filter(|field| sound(&[*field])), look.projection) {
        look.projection = Projection::Perspective(field.clamp(1.0, 170.0));
    }
    let distance = asked.distance.filter(|distance| sound(&[*distance]) && *distance > 0.0);
    let target = asked.target.filter(|target| sound(target)).unwrap_or_default();
    if let Some(distance) = distance {
        look.framing = Framing::At { target: Vec3::from_array(target), distance };
    }
    look
}

/// OpenSCAD's `$vpr`: turns about X, Y and Z of an eye that looks down.
fn turned(look: PreviewOptions, [x, y, z]: [f64; 3]) -> PreviewOptions {
    PreviewOptions { elevation_deg: 90.0 - x, tilt_deg: y, azimuth_deg: z, ..look }
}

fn placed(look: PreviewOptions, place: &RawPlace) -> Result<PreviewOptions, String> {
    let (target, rotation) = (Vec3::from_array(place.target), place.rotation);
    if !target.is_finite() || !rotation.iter().all(|angle| angle.is_finite()) {
        return Err("camera's target and rotation must be numbers".to_owned());
    }
    let distance = within("camera's distance", Some(place.distance), 0.0, 1.0e-6, 1.0e9)?;
    Ok(PreviewOptions { framing: Framing::At { target, distance }, ..turned(look, rotation) })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawPreview {
    width: Option<u32>,
    height: Option<u32>,
    azimuth: Option<f64>,
    elevation: Option<f64>,
    tilt: Option<f64>,
    zoom: Option<f64>,
    camera: Option<RawCamera>,
    projection: Option<String>,
    field_of_view: Option<f64>,
    background: Option<String>,
    color: Option<String>,
    edges: Option<bool>,
    ground: Option<bool>,
    samples: Option<f64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawCamera {
    Word(String),
    Place(RawPlace),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlace {
    target: [f64; 3],
    rotation: [f64; 3],
    distance: f64,
}

fn side(name: &str, given: Option<u32>, default: u32) -> Result<u32, String> {
    let side = given.unwrap_or(default);
    if (1..=SIDE_MAX).contains(&side) { Ok(side) } else { Err(format!("{name} {side} is not 1 to {SIDE_MAX} pixels")) }
}

fn angle(name: &str, given: Option<f64>, default: f64) -> Result<f64, String> {
    let angle = given.unwrap_or(default);
    if angle.abs() <= 360.0 { Ok(angle) } else { Err(format!("{name} {angle} is not an angle of -360 to 360 degrees")) }
}

fn within(name: &str, given: Option<f64>, default: f64, least: f64, most: f64) -> Result<f64, String> {
    let value = given.unwrap_or(default);
    if (least..=most).contains(&value) { Ok(value) } else { Err(format!("{name} {value} is not {least} to {most}")) }
}

fn background(text: &str) -> Result<Option<Rgba>, String> {
    if text == "transparent" { Ok(None) } else { color(text).map(Some) }
}

/// `#RRGGBB`.
fn color(text: &str) -> Result<Rgba, String> {
    let hex = text.strip_prefix('#').filter(|hex| hex.len() == 6).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    let hex = hex.ok_or_else(|| format!("colour {text:?} is not of the form #RRGGBB"))?;
    let channel = |shift: u32| ((hex >> shift) & 255) as f32 / 255.0;
    Ok(Rgba { r: channel(16), g: channel(8), b: channel(0), a: 1.0 })
}
