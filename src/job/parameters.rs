//! A program's parameters as the wire tells them: OpenSCAD's description, a JSON Schema, and the values of a parameter set.

use serde_json::{Map, Value, json};

use crate::job::{Failure, Inputs};
use crate::scad::{self, Bounds, Control, Literal, Parameter, parameters};

/// The values of a set of the parameter file beside a job's entry: `box.json` for `box.scad`.
///
/// # Errors
/// There is no such file or no such set in it.
pub fn of_job(inputs: &Inputs, set: &str) -> Result<Vec<(String, Literal)>, Failure> {
    let path = format!("{}.json", inputs.entry().strip_suffix(".scad").unwrap_or(inputs.entry()));
    let Some(document) = inputs.files().get(&path) else {
        return Err(Failure::SourceNotFound(format!(
            "parameterSet {set:?} needs the file {path:?}, which is not in the job"
        )));
    };
    let found = of_set(&program(inputs), document, set).map_err(|why| Failure::Invalid(format!("{path}: {why}")))?;
    let found = found.ok_or_else(|| Failure::Invalid(format!("{path} has no parameter set {set:?}")))?;
    Ok(found.values)
}

/// Checks the values that a job gives against what its program offers.
///
/// # Errors
/// A name that the program does not offer, or a value that it does not allow: all of them. Not where the program cannot be read, because
/// that is the better error.
pub fn check(inputs: &Inputs, given: &[(String, Literal)]) -> Result<(), Failure> {
    let program = program(inputs);
    let known = parameters(&program);
    let wrong = |(name, value): &(String, Literal)| match known.iter().find(|parameter| parameter.name == *name) {
        Some(parameter) => parameter.check(value).err(),
        None => Some(unknown(name, &known)),
    };
    let wrong: Vec<String> = given.iter().filter_map(wrong).collect();
    if wrong.is_empty() || !scad::is_program(&program) {
        return Ok(());
    }
    Err(Failure::Invalid(wrong.join("; ")))
}

fn unknown(name: &str, known: &[Parameter]) -> String {
    let names = || known.iter().map(|parameter| &*parameter.name);
    let hint = match scad::nearest_name(name, names()) {
        Some(nearest) => format!("did you mean '{nearest}'?"),
        None if known.is_empty() => "it offers none".to_owned(),
        None => format!("it offers {}", names().collect::<Vec<_>>().join(", ")),
    };
    format!("the program offers no parameter '{name}': {hint}")
}

fn program(inputs: &Inputs) -> String {
    let bytes = inputs.files().get(inputs.entry());
    bytes.map_or_else(String::new, |bytes| String::from_utf8_lossy(bytes).into_owned())
}

/// A parameter set as a program takes it.
#[derive(Debug)]
pub struct Set {
    /// What it sets.
    pub values: Vec<(String, Literal)>,
    /// What the program does not take of it, in words: names that it has not, values that it does not allow.
    pub ignored: Vec<String>,
}

/// The values of a parameter set (every value is a text there); `None` where the document has no set of that name.
///
/// # Errors
/// The document is no parameter file.
pub fn of_set(program: &str, document: &[u8], set: &str) -> Result<Option<Set>, String> {
    let document: Value = serde_json::from_slice(document).map_err(|error| format!("not JSON: {error}"))?;
    let sets = document["parameterSets"].as_object().ok_or("no parameterSets in it")?;
    let Some(values) = sets.get(set).and_then(Value::as_object) else {
        return Ok(None);
    };
    let known = parameters(program);
    let mut set = Set { values: Vec::new(), ignored: Vec::new() };
    for (name, value) in values {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let Some(parameter) = known.iter().find(|parameter| parameter.name == *name) else {
            set.ignored.push(unknown(name, &known));
            continue;
        };
        match parameter.value_of(&text) {
            Some(value) => set.values.push((name.clone(), value)),
            None => set.ignored.extend(parameter.check(&Literal::Text(text)).err()),
        }
    }
    Ok(Some(set))
}

/// OpenSCAD's parameter description (`--export-format param`), with a final line break.
pub fn description(program: &str, title: &str) -> String {
    let described: Vec<Value> = parameters(program).iter().map(described).collect();
    let document = json!({ "parameters": described, "title": title });
    format!("{document:#}\n")
}

/// The parameters as a JSON Schema (2020-12) of a job's `parameters`, with a final line break.
pub fn schema(program: &str, title: &str) -> String {
    let properties: Map<String, Value> =
        parameters(program).iter().map(|parameter| (parameter.name.clone(), property(parameter))).collect();
    let document = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    format!("{document:#}\n")
}

fn described(parameter: &Parameter) -> Value {
    let mut entry = json!({
        "name": parameter.name,
        "group": parameter.group,
        "initial": literal(&parameter.initial),
        "type": match &parameter.control {
            Control::Check => "boolean",
            Control::Choice(options) if options.iter().all(|(_, value)| matches!(value, Literal::Number(_))) => "number",
            Control::Choice(_) | Control::Text(_) | Control::Color | Control::Font => "string",
            Control::Number(_) => "number",
        },
    });
    if !parameter.description.is_empty() {
        entry["caption"] = json!(parameter.description);
    }
    match &parameter.control {
        Control::Choice(options) => {
            entry["options"] =
                options.iter().map(|(name, value)| json!({ "name": name, "value": literal(value) })).collect();
        }
        Control::Number(bounds) => {
            let bounds = widget(*bounds, matches!(parameter.initial, Literal::Number(_)));
            add_bounds(&mut entry, &bounds, ["min", "max", "step"]);
        }
        Control::Text(Some(most)) => entry["maxLength"] = json!(most),
        Control::Check | Control::Text(None) | Control::Color | Control::Font => {}
    }
    entry
}

/// What OpenSCAD's widgets do: a slider with a largest value alone begins at 0 and goes by 1, and so does one number without any bounds.
fn widget(bounds: Bounds, is_scalar: bool) -> Bounds {
    match bounds.max {
        Some(_) => Bounds { min: bounds.min.or(Some(0.0)), step: bounds.step.or(Some(1.0)), ..bounds },
        None if is_scalar => Bounds { step: bounds.step.or(Some(1.0)), ..bounds },
        None => bounds,
    }
}

fn property(parameter: &Parameter) -> Value {
    let mut entry = match &parameter.control {
        Control::Check => json!({ "type": "boolean" }),
        Control::Choice(options) => {
            let one_of: Vec<Value> =
                options.iter().map(|(name, value)| json!({ "const": literal(value), "title": name })).collect();
            json!({ "oneOf": one_of })
        }
        Control::Number(bounds) => numbers(parameter, bounds),
        Control::Text(Some(most)) => json!({ "type": "string", "maxLength": most }),
        Control::Text(None) => json!({ "type": "string" }),
        Control::Color => {
            json!({ "type": "string", "format": "color", "pattern": "^#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?$" })
        }
        Control::Font => json!({ "type": "string", "format": "font" }),
    };
    entry["default"] = literal(&parameter.initial);
    entry["x-group"] = json!(parameter.group);
    if !parameter.description.is_empty() {
        entry["description"] = json!(parameter.description);
    }
    entry
}

fn numbers(parameter: &Parameter, bounds: &Bounds) -> Value {
    let mut number = json!({ "type": "number" });
    add_bounds(&mut number, bounds, ["minimum", "maximum", "x-step"]);
    match &parameter.initial {
        Literal::List(items) => {
            json!({ "type": "array", "items": number, "minItems": items.len(), "maxItems": items.len() })
        }
        _ => number,
    }
}

fn add_bounds(entry: &mut Value, bounds: &Bounds, names: [&str; 3]) {
    for (name, value) in names.into_iter().zip([bounds.min, bounds.max, bounds.step]) {
        if let Some(value) = value {
            entry[name] = json!(value);
        }
    }
}

/// A value as JSON.
pub fn literal(value: &Literal) -> Value {
    match value {
        Literal::Undef => Value::Null,
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Number(value) => serde_json::Number::from_f64(*value).map_or(Value::Null, Value::Number),
        Literal::Text(value) => Value::String(value.clone()),
        Literal::List(items) => Value::Array(items.iter().map(literal).collect()),
    }
}
