//! `dxf_dim()` and `dxf_cross()`: measures that a drawing carries.
//!
//! **Sources** DXF Reference, entity DIMENSION: group 70 the kind, 10 to 16 and 20 to 26 the points, 50 the angle, 1 the text.

use crate::diag::Span;
use crate::geom::{atan2_deg, cos_deg, sin_deg};
use crate::scad::builtin::Arguments;
use crate::scad::eval::{Interpreter, echo_or_dots};
use crate::scad::log::{Run, not_found};
use crate::scad::value::{Value, plain_text};

/// What the program asks for.
struct Question {
    file: String,
    layer: String,
    name: String,
    origin: [f64; 2],
    scale: f64,
}

/// What of a drawing is looked at.
#[derive(Default)]
struct Drawing {
    dimensions: Vec<Dimension>,
    /// Lines by their two ends.
    lines: Vec<[[f64; 2]; 2]>,
    /// Entities that are neither.
    others: std::collections::BTreeMap<String, usize>,
}

#[derive(Default, Clone)]
struct Dimension {
    kind: i64,
    points: [[f64; 2]; 7],
    angle: f64,
    name: String,
}

pub(super) fn dxf_dim(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    let question = question(job, arguments);
    let Some(drawing) = open(job, arguments, &question)? else { return Ok(Value::Undef) };
    let Question { file, layer, name, .. } = &question;
    let wanted = |dimension: &&Dimension| name.is_empty() || dimension.name == *name;
    let Some(dimension) = drawing.dimensions.iter().find(wanted) else {
        job.warn(arguments.span, format!("Can't find dimension '{name}' in '{file}', layer '{layer}'!"));
        return Ok(Value::Undef);
    };
    match measure(dimension) {
        Some(length) => Ok(Value::Number(length)),
        None => {
            let message = format!("Dimension '{name}' in '{file}', layer '{layer}' has unsupported type!");
            job.warn(arguments.span, message);
            Ok(Value::Undef)
        }
    }
}

fn measure(dimension: &Dimension) -> Option<f64> {
    let points = &dimension.points;
    let between = |from: usize, to: usize| [points[to][0] - points[from][0], points[to][1] - points[from][1]];
    let length = |[x, y]: [f64; 2]| (x * x + y * y).sqrt();
    let turn = |[x, y]: [f64; 2]| atan2_deg(x, y);
    match dimension.kind & 7 {
        0 => {
            let [x, y] = between(3, 4);
            Some((x * cos_deg(dimension.angle) + y * sin_deg(dimension.angle)).abs())
        }
        1 => Some(length(between(3, 4))),
        2 => Some((turn(between(5, 0)) - turn(between(3, 4))).abs()),
        3 | 4 => Some(length(between(0, 5))),
        6 => Some(if dimension.kind & 64 != 0 { points[3][0] } else { points[3][1] }),
        _ => None,
    }
}

pub(super) fn dxf_cross(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    let question = question(job, arguments);
    let Some(drawing) = open(job, arguments, &question)? else { return Ok(Value::Undef) };
    match drawing.lines.as_slice() {
        [first, second, ..] => Ok(crossing(*first, *second).map_or(Value::Undef, |point| Value::numbers(&point))),
        _ => {
            let Question { file, layer, .. } = &question;
            job.warn(arguments.span, format!("Can't find cross in '{file}', layer '{layer}'!"));
            Ok(Value::Undef)
        }
    }
}

fn crossing([a, b]: [[f64; 2]; 2], [c, d]: [[f64; 2]; 2]) -> Option<[f64; 2]> {
    let across = (d[1] - c[1]) * (b[0] - a[0]) - (d[0] - c[0]) * (b[1] - a[1]);
    if across == 0.0 {
        return None;
    }
    let part = ((d[0] - c[0]) * (a[1] - c[1]) - (d[1] - c[1]) * (a[0] - c[0])) / across;
    Some([a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])])
}

/// The arguments by name, in the order in which they may also stand without.
fn question(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Question {
    let values = named_values(job, arguments);
    let [file, layer, origin, scale, name] = values;
    let word = |value: &Value| value.as_text().map(|text| text.as_str().to_owned()).unwrap_or_default();
    let pair = origin.as_pair();
    let fine = pair.is_some_and(|pair| pair.iter().all(|number| number.is_finite()));
    if !matches!(origin, Value::Unset) && !fine {
        let (function, origin) = (arguments.function, echo_or_dots(&origin));
        job.warn(arguments.span, format!("{function}(..., origin={origin}) could not be converted"));
    }
    Question {
        file: if file.is_undef() { String::new() } else { plain_text(&file).unwrap_or_default() },
        layer: word(&layer),
        name: word(&name),
        origin: pair.unwrap_or([0.0; 2]),
        scale: scale.as_number().unwrap_or(1.0),
    }
}

fn named_values(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> [Value; 5] {
    let mut values = [const { Value::Unset }; 5];
    let mut notes = Vec::new();
    let mut matching = crate::scad::lower::Matching::new(&["file", "layer", "origin", "scale", "name"]);
    for (value, (name, _)) in arguments.values.iter().zip(arguments.names) {
        let at = match name {
            Some(name) => matching.named_target(name, &mut notes),
            None => matching.next_target(&mut notes),
        };
        if let Some(at) = at {
            values[at] = value.clone();
        }
    }
    for note in &notes {
        job.remark(arguments.span, note);
    }
    values
}

fn open(job: &mut Interpreter<'_>, arguments: &Arguments<'_>, question: &Question) -> Run<Option<Drawing>> {
    let file = &question.file;
    let Ok((_, bytes)) = job.read_named(file, arguments.span) else {
        job.log.add(not_found(arguments.span, format!("Can't open DXF file '{file}'!")), &job.sources);
        return Ok(None);
    };
    job.steps(bytes.len() / 8, arguments.span)?;
    let drawing = read(&String::from_utf8_lossy(&bytes), question);
    for (entity, count) in &drawing.others {
        let message = if question.layer.is_empty() {
            format!("Unsupported DXF Entity '{entity}' ({count}) in \"{file}\".")
        } else {
            let layer = &question.layer;
            format!("Unsupported DXF Entity '{entity}' ({count}) in layer '{layer}' of \"{file}\"")
        };
        job.warn(Span::DETACHED, message);
    }
    Ok(Some(drawing))
}

/// One entity while it is read.
#[derive(Default)]
struct Entity {
    kind: String,
    layer: String,
    section: String,
    dimension: Dimension,
    x: Vec<f64>,
    y: Vec<f64>,
}

/// Dimensions and single lines of the layer asked for, of all layers where none is.
fn read(text: &str, question: &Question) -> Drawing {
    let mut drawing = Drawing::default();
    let mut entity = Entity::default();
    let mut section = String::new();
    let mut lines = text.lines().map(str::trim);
    while let (Some(group), Some(value)) = (lines.next(), lines.next()) {
        let Ok(group) = group.parse::<usize>() else { break };
        let number = || value.parse::<f64>().unwrap_or(0.0);
        let scaled = |origin: f64| (number() - origin) * question.scale;
        let [x, y] = question.origin;
        match group {
            0 => {
                if entity.kind == "SECTION" {
                    section = std::mem::take(&mut entity.section);
                }
                finish(&mut drawing, &entity, &section, question);
                entity = Entity { kind: value.to_owned(), ..Entity::default() };
            }
            1 => entity.dimension.name = value.to_owned(),
            2 => entity.section = value.to_owned(),
            8 => entity.layer = value.to_owned(),
            10..=16 => {
                let shift = if matches!(group, 11 | 12 | 16) { 0.0 } else { x };
                entity.dimension.points[group - 10][0] = scaled(shift);
                if group <= 11 {
                    entity.x.push(scaled(x));
                }
            }
            20..=26 => {
                let shift = if matches!(group, 21 | 22 | 26) { 0.0 } else { y };
                entity.dimension.points[group - 20][1] = scaled(shift);
                if group <= 21 {
                    entity.y.push(scaled(y));
                }
            }
            50 => entity.dimension.angle = number(),
            70 => entity.dimension.kind = number() as i64,
            _ => {}
        }
    }
    drawing
}

fn finish(drawing: &mut Drawing, entity: &Entity, section: &str, question: &Question) {
    let here = question.layer.is_empty() || question.layer == entity.layer;
    let in_entities = section == "ENTITIES" && here;
    match entity.kind.as_str() {
        "LINE" | "LWPOLYLINE" => {
            if let (true, [x1, x2], [y1, y2]) = (in_entities, &entity.x[..], &entity.y[..]) {
                drawing.lines.push([[*x1, *y1], [*x2, *y2]]);
            }
        }
        "DIMENSION" if here => drawing.dimensions.push(entity.dimension.clone()),
        "CIRCLE" | "ARC" | "ELLIPSE" | "INSERT" | "DIMENSION" | "BLOCK" | "ENDBLK" | "ENDSEC" | "SECTION" => {}
        other => {
            if section == "BLOCKS" || in_entities {
                *drawing.others.entry(other.to_owned()).or_default() += 1;
            }
        }
    }
}
