//! Functions on lists of numbers and of values.

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
    let entry = |list: &List, at: usize| list.get(at).unwrap_or_default().number_or_zero();
    if left.len() == 2 && right.len() == 2 {
        return Ok(Value::Number(entry(left, 0) * entry(right, 1) - entry(left, 1) * entry(right, 0)));
    }
    if let Some(problem) = cross_problem(left, right) {
        job.warn(arguments.span, problem);
        return Ok(Value::Undef);
    }
    let part = |i: usize, j: usize| entry(left, i) * entry(right, j) - entry(left, j) * entry(right, i);
    Ok(Value::numbers(&[part(1, 2), part(2, 0), part(0, 1)]))
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
