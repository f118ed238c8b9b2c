//! Functions on lists of numbers and of values.

use std::rc::Rc;

use crate::diag::Span;
use crate::scad::builtin::Arguments;
use crate::scad::eval::Interpreter;
use crate::scad::log::Run;
use crate::scad::value::{List, ListBuilder, Value};

pub(super) fn len(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    match arguments.values {
        [Value::List(list)] => Ok(Value::Number(list.len() as f64)),
        [Value::Text(text)] => Ok(Value::Number(text.len() as f64)),
        [Value::Object(object)] => Ok(Value::Number(object.len() as f64)),
        values => {
            if job.has_count(arguments, 1) {
                job.warn_type(arguments, "argument 0", "string", &values[0]);
            }
            Ok(Value::Undef)
        }
    }
}

pub(super) fn quick_len(value: &Value) -> Option<Value> {
    match value {
        Value::List(list) => Some(Value::Number(list.len() as f64)),
        Value::Text(text) => Some(Value::Number(text.len() as f64)),
        _ => None,
    }
}

pub(super) fn concat(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    let size = |value: &Value| value.as_list().map_or(1, List::len);
    let total: usize = arguments.values.iter().map(size).sum();
    job.ask_elements(total, arguments.span)?;
    job.steps(total / 8, arguments.span)?;
    let packed = arguments.values.iter().all(|value| match value {
        Value::List(list) => list.as_numbers().is_some(),
        other => matches!(other, Value::Number(_)),
    });
    let mut out = if packed {
        ListBuilder::Numbers(Vec::with_capacity(total))
    } else {
        ListBuilder::Values(Vec::with_capacity(total))
    };
    for value in arguments.values {
        match value {
            Value::List(list) => out.extend(list),
            other => out.push(other.clone()),
        }
    }
    Ok(Value::list(out.finish()))
}

/// The same where nobody else has the first list: the others are added to it.
pub(super) fn concat_owned(job: &mut Interpreter<'_>, values: &mut [Value], span: Span) -> Run<Option<Value>> {
    let (Some(Value::List(list)), others) = (values.first(), &values[1.min(values.len())..]) else { return Ok(None) };
    if Rc::strong_count(list) > 1 {
        return Ok(None);
    }
    let more: usize = others.iter().map(|value| value.as_list().map_or(1, List::len)).sum();
    job.ask_elements(list.len() + more, span)?;
    job.steps(more / 8, span)?;
    let Value::List(list) = std::mem::take(&mut values[0]) else { return Ok(None) };
    let Ok(list) = Rc::try_unwrap(list) else { return Ok(None) };
    let mut out = list.into_builder();
    for value in &mut values[1..] {
        match value {
            Value::List(list) => out.extend(list),
            other => out.push(std::mem::take(other)),
        }
    }
    Ok(Some(Value::list(out.finish())))
}

pub(super) fn min(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    extreme(job, arguments, |best, number| number < best)
}

pub(super) fn max(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    extreme(job, arguments, |best, number| best < number)
}

/// The number that beats all before it, of the arguments or of the one list.
fn extreme(job: &mut Interpreter<'_>, arguments: &Arguments<'_>, beats: impl Fn(f64, f64) -> bool) -> Run<Value> {
    let pick = |numbers: &[f64]| {
        numbers.iter().copied().reduce(|best, number| if beats(best, number) { number } else { best })
    };
    match arguments.values {
        [] => job.warn_count(arguments, "at least 1", 0),
        [Value::List(list)] => {
            job.steps(list.len() / 8, arguments.span)?;
            if list.is_empty() {
                job.warn_count(arguments, "at least 1 vector element", 0);
            } else if let Some(numbers) = list.as_numbers() {
                return Ok(pick(numbers).map_or(Value::Undef, Value::Number));
            } else if let Some((at, other)) = first_other(list.iter()) {
                job.warn_type(arguments, &format!("vector element {at}"), "number", &other);
            }
        }
        values => match first_other(values.iter().cloned()) {
            Some((at, other)) => job.warn_type(arguments, &format!("argument {at}"), "number", &other),
            None => {
                let best = values.iter().map(Value::number_or_zero);
                let best = best.reduce(|best, number| if beats(best, number) { number } else { best });
                return Ok(best.map_or(Value::Undef, Value::Number));
            }
        },
    }
    Ok(Value::Undef)
}

fn first_other(values: impl Iterator<Item = Value>) -> Option<(usize, Value)> {
    values.enumerate().find(|(_, value)| !matches!(value, Value::Number(_)))
}

pub(super) fn norm(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    if !job.has_count(arguments, 1) {
        return Ok(Value::Undef);
    }
    let Value::List(list) = &arguments.values[0] else {
        job.warn_type(arguments, "argument 0", "vector", &arguments.values[0]);
        return Ok(Value::Undef);
    };
    job.steps(list.len() / 8, arguments.span)?;
    match list.as_numbers() {
        Some(numbers) => Ok(Value::Number(length_of(numbers))),
        None => {
            job.warn(arguments.span, "Incorrect arguments to norm()");
            Ok(Value::Undef)
        }
    }
}

pub(super) fn quick_norm(value: &Value) -> Option<Value> {
    let numbers = value.as_list()?.as_numbers().filter(|numbers| numbers.len() < 8)?;
    Some(Value::Number(length_of(numbers)))
}

fn length_of(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |sum, number| sum + number * number).sqrt()
}

pub(super) fn cross(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    if !job.has_count(arguments, 2) {
        return Ok(Value::Undef);
    }
    if let Some((at, other)) = arguments.values.iter().enumerate().find(|(_, value)| value.as_list().is_none()) {
        job.warn_type(arguments, &format!("argument {at}"), "vector", other);
        return Ok(Value::Undef);
    }
    let (Some(left), Some(right)) = (arguments.values[0].as_list(), arguments.values[1].as_list()) else {
        return Ok(Value::Undef);
    };
    if left.len() == 2 && right.len() == 2 {
        let entry = |list: &List, at: usize| list.number_at(at).unwrap_or_default();
        return Ok(Value::Number(entry(left, 0) * entry(right, 1) - entry(left, 1) * entry(right, 0)));
    }
    let (Some([a, b, c]), Some([x, y, z])) = (triple(left), triple(right)) else {
        let problem = cross_problem(left, right).unwrap_or("Invalid value in parameter vector for cross()");
        job.warn(arguments.span, problem);
        return Ok(Value::Undef);
    };
    Ok(Value::numbers(&[b * z - c * y, c * x - a * z, a * y - b * x]))
}

/// Three finite numbers.
fn triple(list: &List) -> Option<[f64; 3]> {
    let numbers: [f64; 3] = list.as_numbers()?.try_into().ok()?;
    numbers.iter().all(|number| number.is_finite()).then_some(numbers)
}

fn cross_problem(left: &List, right: &List) -> Option<&'static str> {
    if left.len() != 3 || right.len() != 3 {
        return Some("Invalid vector size of parameter for cross()");
    }
    let (Some(left), Some(right)) = (left.as_numbers(), right.as_numbers()) else {
        return Some("Invalid value in parameter vector for cross()");
    };
    left.iter().zip(right).find_map(|(a, b)| {
        if a.is_nan() || b.is_nan() {
            Some("Invalid value (NaN) in parameter vector for cross()")
        } else if a.is_infinite() || b.is_infinite() {
            Some("Invalid value (INF) in parameter vector for cross()")
        } else {
            None
        }
    })
}
