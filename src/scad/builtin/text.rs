//! `text()`, `textmetrics()`, `fontmetrics()`.

use std::rc::Rc;
use std::sync::Arc;

use crate::csg::{Kind, Resolution, TextSpec};
use crate::diag::Span;
use crate::scad::ast::Name;
use crate::scad::builtin::{Arguments, ModuleArguments};
use crate::scad::eval::{Interpreter, echo_or_dots};
use crate::scad::log::Run;
use crate::scad::lower::Matching;
use crate::scad::value::{Object, Value};

const TEXT_PARAMETERS: [&str; 10] =
    ["text", "size", "font", "direction", "language", "script", "halign", "valign", "spacing", "em"];
const FONT_PARAMETERS: [&str; 3] = ["size", "font", "em"];
/// OpenSCAD scales fonts by 100 points where 72 are meant; a size of 10 is an em of 13.9.
const EM: f64 = 0.72;

pub(super) fn text(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let resolution = job.resolution_silent();
    let given = |name: &str| arguments.get(name).clone();
    let spec = text_spec(job, &given, "text", arguments.span, resolution);
    Ok(Kind::Text(Box::new(spec)))
}

/// What is to be written, checked with warnings.
fn text_spec(
    job: &mut Interpreter<'_>,
    given: &dyn Fn(&str) -> Value,
    caller: &str,
    span: Span,
    resolution: Resolution,
) -> TextSpec {
    for name in ["size", "em", "text", "spacing", "font", "direction", "language", "script", "halign", "valign"] {
        let value = given(name);
        let wanted = if matches!(name, "size" | "em" | "spacing") { "number" } else { "string" };
        if !value.is_undef() && value.type_name() != wanted {
            let (text, found) = (echo_or_dots(&value), value.type_name());
            job.warn(span, format!("{caller}(..., {name}={text}) Invalid type: expected {wanted}, found {found}"));
        }
    }
    let word = |name: &str, otherwise: &str| -> Arc<str> {
        match given(name) {
            Value::Text(text) => text.as_str().into(),
            _ => otherwise.into(),
        }
    };
    let number = |name: &str, otherwise: f64| given(name).as_number().unwrap_or(otherwise);
    let em = given("em");
    let size = if em.is_undef() {
        number("size", 10.0)
    } else {
        if !given("size").is_undef() {
            job.warn(span, format!("{caller}: \"size\" ignored when \"em\" is set"));
        }
        em.number_or_zero() * EM
    };
    let text = word("text", "");
    let script = script_of(&word("script", ""), &text);
    let direction = direction_of(&word("direction", ""), &script);
    TextSpec {
        size,
        font: word("font", ""),
        spacing: number("spacing", 1.0),
        direction: direction.into(),
        language: word("language", "en"),
        script: script.into(),
        halign: word("halign", "default"),
        valign: word("valign", "default"),
        resolution,
        fonts: job.fonts.clone(),
        text,
    }
}

/// The direction that was given, by its first letter as OpenSCAD takes it, or that of the script.
fn direction_of(given: &str, script: &str) -> &'static str {
    match given.chars().next().map(|letter| letter.to_ascii_lowercase()) {
        Some('l') => "ltr",
        Some('r') => "rtl",
        Some('t') => "ttb",
        Some('b') => "btt",
        _ if matches!(script, "Arab" | "Hebr" | "Syrc" | "Thaa" | "Nkoo") => "rtl",
        _ => "ltr",
    }
}

/// ISO 15924: the script that was given, or that of all letters of the text; of several none.
fn script_of(given: &str, text: &str) -> String {
    let letters: Vec<char> = given.chars().take(4).collect();
    if letters.len() == 4 || !given.is_empty() {
        let lower = given.to_lowercase();
        let known = NAMED.iter().find(|(name, _)| *name == lower).map(|(_, script)| *script);
        if let Some(script) = known {
            return script.into();
        }
        let capital = letters.iter().take(1).flat_map(|letter| letter.to_uppercase());
        return capital.chain(letters.iter().skip(1).flat_map(|letter| letter.to_lowercase())).collect();
    }
    let mut found: Option<&str> = None;
    for script in text.chars().filter_map(script_of_char) {
        match found {
            None => found = Some(script),
            Some(other) if other != script => return String::new(),
            Some(_) => {}
        }
    }
    found.unwrap_or_default().into()
}

const NAMED: [(&str, &str); 3] = [("latin", "Latn"), ("arabic", "Arab"), ("hebrew", "Hebr")];

/// The script of a letter; none for digits, signs and marks.
fn script_of_char(letter: char) -> Option<&'static str> {
    SCRIPTS.iter().find(|(first, last, _)| (*first..=*last).contains(&letter)).map(|(.., script)| *script)
}

/// Blocks of letters and their scripts.
const SCRIPTS: [(char, char, &str); 48] = [
    ('A', 'Z', "Latn"),
    ('a', 'z', "Latn"),
    ('\u{aa}', '\u{aa}', "Latn"),
    ('\u{ba}', '\u{ba}', "Latn"),
    ('\u{c0}', '\u{d6}', "Latn"),
    ('\u{d8}', '\u{f6}', "Latn"),
    ('\u{f8}', '\u{2b8}', "Latn"),
    ('\u{370}', '\u{373}', "Grek"),
    ('\u{375}', '\u{377}', "Grek"),
    ('\u{37a}', '\u{37d}', "Grek"),
    ('\u{37f}', '\u{384}', "Grek"),
    ('\u{386}', '\u{386}', "Grek"),
    ('\u{388}', '\u{3e1}', "Grek"),
    ('\u{3e2}', '\u{3ef}', "Copt"),
    ('\u{3f0}', '\u{3ff}', "Grek"),
    ('\u{400}', '\u{52f}', "Cyrl"),
    ('\u{531}', '\u{58f}', "Armn"),
    ('\u{591}', '\u{5f4}', "Hebr"),
    ('\u{600}', '\u{604}', "Arab"),
    ('\u{606}', '\u{60b}', "Arab"),
    ('\u{60d}', '\u{61a}', "Arab"),
    ('\u{61c}', '\u{61e}', "Arab"),
    ('\u{620}', '\u{63f}', "Arab"),
    ('\u{641}', '\u{64a}', "Arab"),
    ('\u{656}', '\u{6ff}', "Arab"),
    ('\u{700}', '\u{74f}', "Syrc"),
    ('\u{750}', '\u{77f}', "Arab"),
    ('\u{780}', '\u{7b1}', "Thaa"),
    ('\u{7c0}', '\u{7ff}', "Nkoo"),
    ('\u{900}', '\u{950}', "Deva"),
    ('\u{955}', '\u{963}', "Deva"),
    ('\u{966}', '\u{97f}', "Deva"),
    ('\u{980}', '\u{9fe}', "Beng"),
    ('\u{b80}', '\u{bff}', "Taml"),
    ('\u{e01}', '\u{e3a}', "Thai"),
    ('\u{e40}', '\u{e5b}', "Thai"),
    ('\u{10a0}', '\u{10ff}', "Geor"),
    ('\u{1100}', '\u{11ff}', "Hang"),
    ('\u{1d00}', '\u{1d25}', "Latn"),
    ('\u{1e00}', '\u{1eff}', "Latn"),
    ('\u{1f00}', '\u{1ffe}', "Grek"),
    ('\u{2e80}', '\u{2fd5}', "Hani"),
    ('\u{3041}', '\u{309f}', "Hira"),
    ('\u{30a1}', '\u{30ff}', "Kana"),
    ('\u{3400}', '\u{9fff}', "Hani"),
    ('\u{ac00}', '\u{d7a3}', "Hang"),
    ('\u{fb00}', '\u{fb06}', "Latn"),
    ('\u{ff21}', '\u{ff5a}', "Latn"),
];

/// The values of a function's parameters by name.
fn by_name(job: &mut Interpreter<'_>, arguments: &Arguments<'_>, parameters: &[&'static str]) -> Vec<Value> {
    let mut values = vec![Value::Unset; parameters.len()];
    let mut notes = Vec::new();
    let mut matching = Matching::new(parameters);
    for (value, (name, _)) in arguments.values.iter().zip(arguments.names) {
        let name: Option<&Name> = name.as_ref();
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

fn spec_of_call(job: &mut Interpreter<'_>, arguments: &Arguments<'_>, parameters: &[&'static str]) -> TextSpec {
    let values = by_name(job, arguments, parameters);
    let given = |name: &str| {
        let at = parameters.iter().position(|parameter| *parameter == name);
        at.map_or(Value::Unset, |at| values[at].clone())
    };
    let resolution = job.resolution_silent();
    text_spec(job, &given, arguments.function, arguments.span, resolution)
}

pub(super) fn textmetrics(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    let spec = spec_of_call(job, arguments, &TEXT_PARAMETERS);
    let Some(metrics) = job.host.text_metrics(&spec) else {
        let font = &spec.font;
        job.warn(arguments.span, format!("Can't get font {font}"));
        return Ok(Value::Undef);
    };
    let mut object = Object::default();
    object.set("position", Value::numbers(&metrics.position));
    object.set("size", Value::numbers(&metrics.size));
    object.set("ascent", Value::Number(metrics.ascent));
    object.set("descent", Value::Number(metrics.descent));
    object.set("offset", Value::numbers(&metrics.offset));
    object.set("advance", Value::numbers(&metrics.advance));
    Ok(Value::Object(Rc::new(object)))
}

pub(super) fn fontmetrics(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    let spec = spec_of_call(job, arguments, &FONT_PARAMETERS);
    let Some(metrics) = job.host.font_metrics(&spec) else {
        let font = &spec.font;
        job.warn(arguments.span, format!("Can't get font {font}"));
        return Ok(Value::Undef);
    };
    let part = |entries: [(&str, Value); 2]| {
        let mut object = Object::default();
        entries.into_iter().for_each(|(name, value)| object.set(name, value));
        Value::Object(Rc::new(object))
    };
    let pair =
        |ascent: f64, descent: f64| part([("ascent", Value::Number(ascent)), ("descent", Value::Number(descent))]);
    let mut object = Object::default();
    object.set("nominal", pair(metrics.nominal_ascent, metrics.nominal_descent));
    object.set("max", pair(metrics.max_ascent, metrics.max_descent));
    object.set("interline", Value::Number(metrics.interline));
    object.set("font", part([("family", Value::text(metrics.family)), ("style", Value::text(metrics.style))]));
    Ok(Value::Object(Rc::new(object)))
}
