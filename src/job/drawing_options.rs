//! What may stand in the options of a drawing: how its sheets look, what they show, how the model falls into parts.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::drawing::{
    AuxiliarySpec, BreakSpec, DetailSpec, Dimensioning, DrawingSpec, Half, HiddenLines, Paper, PaperSize, PartName,
    PartsBy, Projection, Revision, RoomName, Running, Scale, SectionSpec, SheetSpec, TemplateFile, TitleFields,
    ViewSpec,
};
use crate::geom::{Vec2, Vec3};
use crate::job::options;
use crate::job::spec::{DrawingFormat, Product};

/// The drawing that a format and options make.
pub fn read(format: &str, options: Value) -> Result<Product, String> {
    let mut base = match options {
        Value::Null => Map::new(),
        Value::Object(map) => map,
        other => return Err(format!("options must be an object, not {other}")),
    };
    let own: Vec<(String, Value)> = OWN.iter().filter_map(|name| base.remove_entry(*name)).collect();
    let raw: RawDrawing = options::read(own.into_iter().collect::<Map<String, Value>>().into())?;
    let format = drawing_format(format, raw.dpi.unwrap_or(DPI_DEFAULT))?;
    if raw.sheets.as_ref().is_some_and(Vec::is_empty) {
        return Err("sheets must have at least one entry where it is given".to_owned());
    }
    let overlays = raw.sheets.unwrap_or_else(|| vec![Map::new()]);
    if overlays.len() > SHEETS_MAX {
        return Err(format!("{} sheets are more than {SHEETS_MAX}", overlays.len()));
    }
    let sheets = overlays.into_iter().map(|overlay| sheet(options::read(overlaid(&base, overlay).into())?));
    let spec = DrawingSpec {
        sheets: sheets.collect::<Result<_, String>>()?,
        parts: match raw.parts.as_deref() {
            None | Some("one") => PartsBy::One,
            Some("objects") => PartsBy::Objects,
            Some("colors") => PartsBy::Colors,
            Some(other) => return Err(format!("parts {other:?} is none of one, objects, colors")),
        },
        part_names: raw.part_names.into_iter().map(|(part, raw)| (part, part_name(raw))).collect(),
        part_sheets: raw.part_sheets.unwrap_or(true),
        curves: raw.curves.unwrap_or(true),
    };
    Ok(Product::Drawing(format, Box::new(spec)))
}

/// What belongs to the drawing and not to a sheet.
const OWN: [&str; 6] = ["curves", "dpi", "partNames", "parts", "partSheets", "sheets"];
const DPI_DEFAULT: f64 = 150.0;
const DPI_MIN: f64 = 20.0;
/// An A0 sheet at this is 620 million pixels; the output limit stops it before.
const DPI_MAX: f64 = 600.0;
/// More are not one drawing.
const SHEETS_MAX: usize = 100;
/// A job has at most so many entries in each list of a sheet.
const LIST_MAX: usize = 1000;

fn drawing_format(format: &str, dpi: f64) -> Result<DrawingFormat, String> {
    if !(DPI_MIN..=DPI_MAX).contains(&dpi) {
        return Err(format!("dpi {dpi} is not between {DPI_MIN} and {DPI_MAX}"));
    }
    Ok(match format {
        "svg" => DrawingFormat::Svg,
        "dxf" => DrawingFormat::Dxf,
        "pdf" => DrawingFormat::Pdf,
        "png" => DrawingFormat::Png { dpi },
        _ => return Err(format!("a drawing cannot be made as {format:?}; there are svg, dxf, pdf and png")),
    })
}

/// A sheet says what is different from the drawing's own options, the title field by field.
fn overlaid(base: &Map<String, Value>, overlay: Map<String, Value>) -> Map<String, Value> {
    let mut whole = base.clone();
    for (name, value) in overlay {
        match (whole.get_mut(&name), value) {
            (Some(Value::Object(known)), Value::Object(more)) => known.extend(more),
            (_, value) => {
                whole.insert(name, value);
            }
        }
    }
    whole
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawDrawing {
    curves: Option<bool>,
    dpi: Option<f64>,
    parts: Option<String>,
    #[serde(default)]
    part_names: BTreeMap<String, RawPartName>,
    part_sheets: Option<bool>,
    sheets: Option<Vec<Map<String, Value>>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawPartName {
    Name(String),
    Full(RawPart),
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct RawPart {
    name: String,
    material: String,
    number: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawSheet {
    paper: Option<String>,
    projection: Option<String>,
    views: Option<Vec<RawView>>,
    scale: Option<String>,
    #[serde(default)]
    sections: Vec<RawSection>,
    #[serde(default)]
    details: Vec<RawDetail>,
    dimensions: Option<String>,
    hidden_lines: Option<Value>,
    #[serde(default)]
    tangent_edges: bool,
    dimension_style: Option<String>,
    #[serde(default)]
    breaks: Vec<RawBreak>,
    #[serde(default)]
    hole_table: bool,
    #[serde(default)]
    rooms: Vec<RawRoom>,
    template: Option<RawTemplate>,
    #[serde(default)]
    revisions: Vec<RawRevision>,
    #[serde(default)]
    title: RawTitle,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBreak {
    axis: String,
    from: f64,
    to: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRoom {
    name: String,
    at: [f64; 2],
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct RawRevision {
    revision: String,
    description: String,
    date: String,
    approved: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawTemplate {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawView {
    Name(String),
    Direction(RawDirection),
    Plan(RawPlan),
    Exploded(RawExploded),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDirection {
    direction: [f64; 3],
    label: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlan {
    plan: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawExploded {
    exploded: [f64; 3],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSection {
    label: String,
    point: [f64; 3],
    normal: [f64; 3],
    #[serde(default)]
    through: Vec<[f64; 3]>,
    half: Option<String>,
    #[serde(default)]
    uncut: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDetail {
    label: String,
    view: String,
    center: [f64; 3],
    radius: f64,
    scale: Option<String>,
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
    weight: String,
    density: Option<f64>,
    fields: BTreeMap<String, String>,
}

fn sheet(raw: RawSheet) -> Result<SheetSpec, String> {
    let default = SheetSpec::default();
    let (views, auxiliaries) = raw.views.map_or(Ok((default.views, Vec::new())), views)?;
    if [raw.sections.len(), raw.details.len(), raw.revisions.len(), raw.rooms.len(), raw.breaks.len()]
        .iter()
        .any(|count| *count > LIST_MAX)
    {
        return Err(format!("more than {LIST_MAX} sections, details, revisions, rooms or breaks"));
    }
    Ok(SheetSpec {
        paper: raw.paper.as_deref().map_or(Ok(default.paper), paper)?,
        projection: match raw.projection.as_deref() {
            None => default.projection,
            Some("first-angle") => Projection::FirstAngle,
            Some("third-angle") => Projection::ThirdAngle,
            Some(other) => return Err(format!("projection {other:?} is neither first-angle nor third-angle")),
        },
        views,
        scale: raw.scale.as_deref().map_or(Ok(default.scale), scale)?,
        sections: raw.sections.into_iter().map(section).collect::<Result<_, _>>()?,
        auxiliaries,
        details: raw.details.into_iter().map(detail).collect::<Result<_, _>>()?,
        dimensions: match raw.dimensions.as_deref() {
            None | Some("auto") => Dimensioning::Auto,
            Some("none") => Dimensioning::None,
            Some(other) => return Err(format!("dimensions {other:?} is neither auto nor none")),
        },
        hidden_lines: raw.hidden_lines.as_ref().map_or(Ok(default.hidden_lines), hidden_lines)?,
        tangent_edges: raw.tangent_edges,
        running: match raw.dimension_style.as_deref() {
            None | Some("auto") => Running::Auto,
            Some("chain") => Running::Chain,
            Some("baseline") => Running::Baseline,
            Some(other) => return Err(format!("dimensionStyle {other:?} is none of auto, chain, baseline")),
        },
        breaks: raw.breaks.into_iter().map(a_break).collect::<Result<_, _>>()?,
        hole_table: raw.hole_table,
        rooms: raw.rooms.into_iter().map(|raw| RoomName { name: raw.name, at: Vec2::from_array(raw.at) }).collect(),
        title: title(raw.title)?,
        revisions: raw.revisions.into_iter().map(revision).collect(),
        templates: raw.template.map_or(Ok(Vec::new()), templates)?,
        annotations: Vec::new(),
    })
}

/// `auto`, or whether hidden edges are drawn.
fn hidden_lines(value: &Value) -> Result<HiddenLines, String> {
    match value {
        Value::Bool(true) => Ok(HiddenLines::All),
        Value::Bool(false) => Ok(HiddenLines::None),
        Value::String(name) if name == "auto" => Ok(HiddenLines::Auto),
        other => Err(format!("hiddenLines {other} is none of auto, true, false")),
    }
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

/// The views, and those with a letter of their own.
fn views(raw: Vec<RawView>) -> Result<(Vec<ViewSpec>, Vec<AuxiliarySpec>), String> {
    if raw.len() > LIST_MAX {
        return Err(format!("{} views are more than {LIST_MAX}", raw.len()));
    }
    let (mut views, mut auxiliaries) = (Vec::new(), Vec::new());
    for view in raw {
        match view {
            RawView::Name(name) => views.push(named_view(&name)?),
            RawView::Direction(RawDirection { direction, label }) => {
                let toward = vector("a view's direction", direction)?;
                match label {
                    Some(label) => auxiliaries.push(AuxiliarySpec { label: letter("view", label)?, toward }),
                    None => views.push(ViewSpec::Direction(toward)),
                }
            }
            RawView::Plan(raw) if raw.plan.is_finite() => views.push(ViewSpec::Plan(raw.plan)),
            RawView::Plan(_) => return Err("a plan's height must be a number".to_owned()),
            RawView::Exploded(raw) => {
                views.push(ViewSpec::Exploded(vector("the direction of an exploded view", raw.exploded)?));
            }
        }
    }
    Ok((views, auxiliaries))
}

fn named_view(name: &str) -> Result<ViewSpec, String> {
    if name == "exploded" {
        return Ok(ViewSpec::Exploded(Vec3::Z));
    }
    ViewSpec::from_name(name).ok_or_else(|| {
        format!("view {name:?} is none of front, top, right, left, bottom, rear, isometric, dimetric, exploded")
    })
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

fn letter(what: &str, label: String) -> Result<String, String> {
    let count = label.chars().count();
    if count == 0 || count > 3 {
        return Err(format!("{what} label {label:?} must be 1 to 3 characters"));
    }
    Ok(label)
}

fn section(raw: RawSection) -> Result<SectionSpec, String> {
    let normal = vector("a section's normal", raw.normal)?;
    let half = match raw.half.as_deref() {
        None => None,
        Some("left") => Some(Half::Left),
        Some("right") => Some(Half::Right),
        Some("upper") => Some(Half::Upper),
        Some("lower") => Some(Half::Lower),
        Some(other) => return Err(format!("half {other:?} is none of left, right, upper, lower")),
    };
    if half.is_some() && !raw.through.is_empty() {
        return Err(format!("section {:?} is either a half or in steps", raw.label));
    }
    if raw.through.len() > LIST_MAX || raw.uncut.len() > LIST_MAX {
        return Err(format!("section {:?} has more than {LIST_MAX} entries", raw.label));
    }
    Ok(SectionSpec {
        label: letter("section", raw.label)?,
        point: Vec3::from_array(raw.point),
        normal,
        through: raw.through.into_iter().map(Vec3::from_array).collect(),
        half,
        uncut: raw.uncut,
    })
}

fn detail(raw: RawDetail) -> Result<DetailSpec, String> {
    if !(raw.radius > 0.0 && raw.radius.is_finite()) {
        return Err(format!("detail {:?} has the radius {}", raw.label, raw.radius));
    }
    let own = match raw.scale.as_deref().map(scale).transpose()? {
        Some(Scale::Fixed(paper, model)) => Some((paper, model)),
        None | Some(Scale::Auto) => None,
    };
    Ok(DetailSpec {
        label: letter("detail", raw.label)?,
        view: raw.view,
        center: Vec3::from_array(raw.center),
        radius: raw.radius,
        scale: own,
    })
}

fn part_name(raw: RawPartName) -> PartName {
    match raw {
        RawPartName::Name(name) => PartName { name, ..PartName::default() },
        RawPartName::Full(raw) => PartName { name: raw.name, material: raw.material, number: raw.number },
    }
}

fn a_break(raw: RawBreak) -> Result<BreakSpec, String> {
    let axis = match raw.axis.as_str() {
        "x" => Vec3::X,
        "y" => Vec3::Y,
        "z" => Vec3::Z,
        other => return Err(format!("the axis {other:?} of a break is none of x, y, z")),
    };
    if !(raw.from.is_finite() && raw.to.is_finite() && raw.from < raw.to) {
        return Err(format!("a break from {} to {} leaves out nothing", raw.from, raw.to));
    }
    Ok(BreakSpec { axis, from: raw.from, to: raw.to })
}

fn revision(raw: RawRevision) -> Revision {
    Revision { revision: raw.revision, description: raw.description, date: raw.date, approved: raw.approved }
}

fn templates(raw: RawTemplate) -> Result<Vec<TemplateFile>, String> {
    let names = match raw {
        RawTemplate::One(name) => vec![name],
        RawTemplate::Several(names) => names,
    };
    if names.len() > TEMPLATES_MAX {
        return Err(format!("{} templates are more than {TEMPLATES_MAX}", names.len()));
    }
    Ok(names.into_iter().map(|name| TemplateFile { name, template: None }).collect())
}

/// There are not so many sizes of paper.
const TEMPLATES_MAX: usize = 32;

fn title(raw: RawTitle) -> Result<TitleFields, String> {
    if let Some(density) = raw.density.filter(|density| !(*density > 0.0 && density.is_finite())) {
        return Err(format!("the density {density} g/cm³ is not above 0"));
    }
    Ok(TitleFields {
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
        weight: raw.weight,
        density: raw.density,
        fields: raw.fields,
    })
}
