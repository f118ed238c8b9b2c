//! What may stand in an output's `options`, and the product that kind, format and options make.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::drawing::{
    Dimensioning, Paper, PaperSize, Projection, Scale, SectionSpec, SheetSpec, TitleFields, ViewSpec,
};
use crate::export::report::ReportOptions;
use crate::geom::Vec3;
use crate::job::spec::{DrawingFormat, ModelFormat, Product};
use crate::job::{model_options, preview_options};

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
        "drawing" => drawing(format, options),
        "preview" if format == "png" => preview_options::read(options).map(Product::Preview),
        "report" if format == "json" => report(options).map(Product::Report),
        "preview" | "report" => Err(format!("a {kind} cannot be made as {format:?}")),
        _ => Err(format!("kind {kind:?} is none of model, drawing, preview, report")),
    }
}

/// The options of a drawing, as the command line gives them too.
pub fn drawing(format: &str, options: Value) -> Result<Product, String> {
    let raw: RawDrawing = read(options)?;
    let dpi = raw.dpi.unwrap_or(DPI_DEFAULT);
    if !(DPI_MIN..=DPI_MAX).contains(&dpi) {
        return Err(format!("dpi {dpi} is not between {DPI_MIN} and {DPI_MAX}"));
    }
    let format = match format {
        "svg" => DrawingFormat::Svg,
        "dxf" => DrawingFormat::Dxf,
        "pdf" => DrawingFormat::Pdf,
        "png" => DrawingFormat::Png { dpi },
        _ => return Err(format!("a drawing cannot be made as {format:?}; there are svg, dxf, pdf and png")),
    };
    Ok(Product::Drawing(format, Box::new(sheet(raw)?)))
}

/// Reads options, refusing unknown ones by name; nothing said is all defaults.
pub fn read<T: DeserializeOwned>(options: Value) -> Result<T, String> {
    let options = if options.is_null() { Value::Object(serde_json::Map::new()) } else { options };
    serde_json::from_value(options).map_err(|error| format!("its options do not follow their schema: {error}"))
}

const DPI_DEFAULT: f64 = 150.0;
const DPI_MIN: f64 = 20.0;
/// An A0 sheet at this is 620 million pixels; the output limit stops it before.
const DPI_MAX: f64 = 600.0;

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawDrawing {
    paper: Option<String>,
    projection: Option<String>,
    views: Option<Vec<RawView>>,
    scale: Option<String>,
    sections: Option<Vec<RawSection>>,
    dimensions: Option<String>,
    hidden_lines: Option<bool>,
    #[serde(default)]
    title: RawTitle,
    dpi: Option<f64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawView {
    Name(String),
    Direction(RawDirection),
    Plan(RawPlan),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDirection {
    direction: [f64; 3],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlan {
    plan: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSection {
    label: String,
    point: [f64; 3],
    normal: [f64; 3],
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct RawTitle {
    owner: String,
    title: String,
    subtitle: String,
    number: String,
    revision: String,
    date: String,
    creator: String,
    approver: String,
    department: String,
    material: String,
    tolerance: String,
    document_type: String,
    status: String,
}

fn sheet(raw: RawDrawing) -> Result<SheetSpec, String> {
    let default = SheetSpec::default();
    Ok(SheetSpec {
        paper: raw.paper.as_deref().map_or(Ok(default.paper), paper)?,
        projection: match raw.projection.as_deref() {
            None => default.projection,
            Some("first-angle") => Projection::FirstAngle,
            Some("third-angle") => Projection::ThirdAngle,
            Some(other) => return Err(format!("projection {other:?} is neither first-angle nor third-angle")),
        },
        views: raw.views.map_or(Ok(default.views), |views| views.into_iter().map(view).collect())?,
        scale: raw.scale.as_deref().map_or(Ok(default.scale), scale)?,
        sections: raw.sections.unwrap_or_default().into_iter().map(section).collect::<Result<_, _>>()?,
        dimensions: match raw.dimensions.as_deref() {
            None | Some("auto") => Dimensioning::Auto,
            Some("none") => Dimensioning::None,
            Some(other) => return Err(format!("dimensions {other:?} is neither auto nor none")),
        },
        hidden_lines: raw.hidden_lines.unwrap_or(default.hidden_lines),
        title: title(raw.title),
    })
}

/// `auto`, `A3`, `A3-portrait`, `A4-landscape`: A4 stands upright where nothing is said, the others lie (ISO 5457).
fn paper(text: &str) -> Result<Paper, String> {
    if text == "auto" {
        return Ok(Paper::Auto);
    }
    let (name, turn) = text.split_once('-').map_or((text, None), |(name, turn)| (name, Some(turn)));
    let size = PaperSize::ALL.into_iter().find(|size| size.name() == name);
    let portrait = match turn {
        None => Some(name == "A4"),
        Some("portrait") => Some(true),
        Some("landscape") => Some(false),
        Some(_) => None,
    };
    match (size, portrait) {
        (Some(size), Some(portrait)) => Ok(Paper::Sheet { size, portrait }),
        _ => Err(format!("paper {text:?} is none of auto, A4, A3, A2, A1, A0, with -portrait or -landscape behind")),
    }
}

fn view(raw: RawView) -> Result<ViewSpec, String> {
    match raw {
        RawView::Name(name) => ViewSpec::from_name(&name).ok_or_else(|| {
            format!("view {name:?} is none of front, top, right, left, bottom, rear, isometric, dimetric")
        }),
        RawView::Direction(raw) => vector("a view's direction", raw.direction).map(ViewSpec::Direction),
        RawView::Plan(raw) if raw.plan.is_finite() => Ok(ViewSpec::Plan(raw.plan)),
        RawView::Plan(_) => Err("a plan's height must be a number".to_owned()),
    }
}

fn vector(what: &str, components: [f64; 3]) -> Result<Vec3, String> {
    let vector = Vec3::from_array(components);
    if !vector.is_finite() || vector.length() < 1e-12 {
        return Err(format!("{what} {components:?} has no direction"));
    }
    Ok(vector)
}

/// `auto`, or `1:2`.
fn scale(text: &str) -> Result<Scale, String> {
    if text == "auto" {
        return Ok(Scale::Auto);
    }
    let number = |part: &str| part.trim().parse::<f64>().ok().filter(|value| value.is_finite() && *value > 0.0);
    text.split_once(':')
        .and_then(|(paper, model)| Some(Scale::Fixed(number(paper)?, number(model)?)))
        .ok_or_else(|| format!("scale {text:?} is neither auto nor of the form 1:2"))
}

fn section(raw: RawSection) -> Result<SectionSpec, String> {
    let count = raw.label.chars().count();
    if count == 0 || count > 3 {
        return Err(format!("section label {:?} must be 1 to 3 characters", raw.label));
    }
    let normal = vector("a section's normal", raw.normal)?;
    Ok(SectionSpec { label: raw.label, point: Vec3::from_array(raw.point), normal })
}

fn title(raw: RawTitle) -> TitleFields {
    TitleFields {
        owner: raw.owner,
        title: raw.title,
        subtitle: raw.subtitle,
        number: raw.number,
        revision: raw.revision,
        date: raw.date,
        creator: raw.creator,
        approver: raw.approver,
        department: raw.department,
        material: raw.material,
        tolerance: raw.tolerance,
        document_type: raw.document_type,
        status: raw.status,
    }
}
