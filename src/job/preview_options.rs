//! What may stand in a preview's `options`.

use serde::Deserialize;
use serde_json::Value;

use crate::geom::Rgba;
use crate::job::options;
use crate::preview::{PreviewOptions, Projection, SIDE_MAX};

/// Reads the options of a preview; what is not said keeps its default.
pub fn read(given: Value) -> Result<PreviewOptions, String> {
    let raw: RawPreview = options::read(given)?;
    let default = PreviewOptions::default();
    Ok(PreviewOptions {
        width: side("width", raw.width, default.width)?,
        height: side("height", raw.height, default.height)?,
        azimuth_deg: angle("azimuth", raw.azimuth, default.azimuth_deg)?,
        elevation_deg: angle("elevation", raw.elevation, default.elevation_deg)?,
        projection: match raw.projection.as_deref() {
            None => default.projection,
            Some("perspective") => Projection::Perspective(20.0),
            Some("orthographic") => Projection::Orthographic,
            Some(other) => return Err(format!("projection {other:?} is neither perspective nor orthographic")),
        },
        background: raw.background.as_deref().map_or(Ok(default.background), background)?,
        color: raw.color.as_deref().map_or(Ok(default.color), color)?,
        edges: raw.edges.unwrap_or(default.edges),
        ground: raw.ground.unwrap_or(default.ground),
        ..default
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPreview {
    width: Option<u32>,
    height: Option<u32>,
    azimuth: Option<f64>,
    elevation: Option<f64>,
    projection: Option<String>,
    background: Option<String>,
    color: Option<String>,
    edges: Option<bool>,
    ground: Option<bool>,
}

fn side(name: &str, given: Option<u32>, default: u32) -> Result<u32, String> {
    let side = given.unwrap_or(default);
    if (1..=SIDE_MAX).contains(&side) { Ok(side) } else { Err(format!("{name} {side} is not 1 to {SIDE_MAX} pixels")) }
}

fn angle(name: &str, given: Option<f64>, default: f64) -> Result<f64, String> {
    let angle = given.unwrap_or(default);
    if angle.abs() <= 360.0 { Ok(angle) } else { Err(format!("{name} {angle} is not an angle of -360 to 360 degrees")) }
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
