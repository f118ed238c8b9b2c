//! What may stand in an output's `options`, and the product that kind, format and options make.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::export::report::ReportOptions;
use crate::job::spec::{ModelFormat, Product};
use crate::job::{drawing_options, model_options, preview_options};

/// The product of an output: its kind follows from its format where it is not said.
pub fn product(kind: Option<&str>, format: &str, options: Value) -> Result<Product, String> {
    let kind = match kind {
        Some(kind) => kind,
        None => default_kind(format).ok_or_else(|| unknown_format(format))?,
    };
    match kind {
        "model" => {
            let format = model_format(format).ok_or_else(|| unknown_format(format))?;
            model_options::read(format, options).map(|(format, options)| Product::Model(format, Box::new(options)))
        }
        "drawing" => drawing_options::read(format, options),
        "preview" if format == "png" => preview_options::read(options).map(Product::Preview),
        "report" if format == "json" => report(options).map(Product::Report),
        "preview" | "report" => Err(format!("a {kind} cannot be made as {format:?}")),
        _ => Err(format!("kind {kind:?} is none of model, drawing, preview, report")),
    }
}

/// Reads options, refusing unknown ones by name; nothing said is all defaults.
pub fn read<T: DeserializeOwned>(options: Value) -> Result<T, String> {
    let options = if options.is_null() { Value::Object(serde_json::Map::new()) } else { options };
    serde_json::from_value(options).map_err(|error| format!("its options do not follow their schema: {error}"))
}

fn report(options: Value) -> Result<ReportOptions, String> {
    let raw: RawReport = read(options)?;
    let default = ReportOptions::default();
    let within = |name: &str, given: Option<f64>, default: f64, most: f64| match given.unwrap_or(default) {
        value if (0.0..=most).contains(&value) => Ok(value),
        value => Err(format!("{name} {value} is not 0 to {most}")),
    };
    Ok(ReportOptions {
        overhang_deg: within("overhang", raw.overhang, default.overhang_deg, 90.0)?,
        min_wall: within("minWall", raw.min_wall, default.min_wall, 1.0e6)?,
        tiny: within("tiny", raw.tiny, default.tiny, 1.0e6)?,
    })
}

fn default_kind(format: &str) -> Option<&'static str> {
    Some(match format {
        "png" => "preview",
        "json" => "report",
        "svg" | "dxf" | "pdf" => "drawing",
        _ => return model_format(format).map(|_| "model"),
    })
}

/// The mesh or outline format of a name.
pub fn model_format(name: &str) -> Option<ModelFormat> {
    Some(match name {
        "stl" | "binstl" => ModelFormat::Stl,
        "asciistl" => ModelFormat::AsciiStl,
        "off" => ModelFormat::Off,
        "obj" => ModelFormat::Obj,
        "ply" => ModelFormat::Ply,
        "amf" => ModelFormat::Amf,
        "glb" => ModelFormat::Glb,
        "3mf" => ModelFormat::ThreeMf,
        "svg" => ModelFormat::Svg,
        "dxf" => ModelFormat::Dxf,
        "pdf" => ModelFormat::Pdf,
        _ => return None,
    })
}

fn unknown_format(format: &str) -> String {
    format!("format {format:?} is none of 3mf, stl, obj, off, glb, ply, amf, svg, dxf, pdf, png, json")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawReport {
    overhang: Option<f64>,
    min_wall: Option<f64>,
    tiny: Option<f64>,
}
