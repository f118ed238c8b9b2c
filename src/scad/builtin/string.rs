//! String functions.

use std::rc::Rc;

use crate::diag::Span;
use crate::scad::builtin::Arguments;
use crate::scad::eval::Interpreter;
use crate::scad::log::Run;
use crate::scad::value::{Range, Value, plain_text};

/// OpenSCAD turns ranges of fewer values than this into characters.
const CHR_RANGE_MAX: u32 = 10_000;

pub(super) fn str(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    let mut out = String::new();
    for value in arguments.values {
        match value {
            Value::Text(text) => {
                job.ask_text(out.len() + text.as_str().len(), arguments.span)?;
                out.push_str(text.as_str());
            }
            other => match plain_text(other) {
                Some(text) => out.push_str(&text),
                None => return Err(job.stop_deep(arguments.span)),
            },
        }
    }
    job.ask_text(out.len(), arguments.span)?;
    job.steps(out.len() / 32, arguments.span)?;
    Ok(Value::text(out))
}

/// The same where nobody else has the first string: the others are added to it.
pub(super) fn str_owned(job: &mut Interpreter<'_>, values: &mut [Value], span: Span) -> Run<Option<Value>> {
    let Some((Value::Text(first), others)) = values.split_first_mut() else { return Ok(None) };
    let Some(text) = Rc::get_mut(first) else { return Ok(None) };
    let before = text.as_str().len();
    for value in others {
        match value {
            Value::Text(more) => {
                job.ask_text(text.as_str().len() + more.as_str().len(), span)?;
                text.push_str(more.as_str());
            }
            other => match plain_text(other) {
                Some(more) => text.push_str(&more),
                None => return Err(job.stop_deep(span)),
            },
        }
    }
    job.ask_text(text.as_str().len(), span)?;
    job.steps((text.as_str().len() - before) / 32, span)?;
    Ok(Some(std::mem::take(&mut values[0])))
}

pub(super) fn chr(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    let mut out = String::new();
    for value in arguments.values {
        chr_into(job, &mut out, value);
    }
    job.steps(out.len() / 8, arguments.span)?;
    Ok(Value::text(out))
}

fn chr_into(job: &mut Interpreter<'_>, out: &mut String, value: &Value) {
    match value {
        Value::Number(number) if *number >= 1.0 && *number < f64::from(u32::MAX) => {
            out.extend(char::from_u32(*number as u32));
        }
        Value::List(list) => list.iter().for_each(|value| chr_into(job, out, &value)),
        Value::Range(range) => chr_range_into(job, out, range),
        _ => {}
    }
}

fn chr_range_into(job: &mut Interpreter<'_>, out: &mut String, range: &Range) {
    let count = range.count();
    if count >= CHR_RANGE_MAX {
        let message = format!("Bad range parameter in for statement: too many elements ({count}).");
        return job.warn(Span::DETACHED, message);
    }
    for number in range.iter() {
        chr_into(job, out, &Value::Number(number));
    }
}

pub(super) fn ord(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    if !job.has_count(arguments, 1) {
        return Ok(Value::Undef);
    }
    let Value::Text(text) = &arguments.values[0] else {
        job.warn_type(arguments, "argument 0", "string", &arguments.values[0]);
        return Ok(Value::Undef);
    };
    Ok(text.char_at(0).map_or(Value::Undef, |character| Value::Number(f64::from(u32::from(character)))))
}
