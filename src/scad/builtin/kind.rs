//! Functions that ask what a value is, which version this is, and which modules run.

use crate::scad::builtin::Arguments;
use crate::scad::eval::Interpreter;
use crate::scad::log::Run;
use crate::scad::value::Value;

/// The snapshot of OpenSCAD whose language this is.
const VERSION: [f64; 3] = [2026.0, 7.0, 20.0];

pub(super) fn is_undef(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    asks(job, arguments, Value::is_undef)
}

pub(super) fn is_list(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    asks(job, arguments, |value| matches!(value, Value::List(_)))
}

pub(super) fn is_num(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    asks(job, arguments, |value| matches!(value, Value::Number(number) if !number.is_nan()))
}

pub(super) fn is_bool(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    asks(job, arguments, |value| matches!(value, Value::Bool(_)))
}

pub(super) fn is_string(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    asks(job, arguments, |value| matches!(value, Value::Text(_)))
}

pub(super) fn is_function(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    asks(job, arguments, |value| matches!(value, Value::Function(_)))
}

pub(super) fn is_object(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    asks(job, arguments, |value| matches!(value, Value::Object(_)))
}

fn asks(job: &mut Interpreter<'_>, arguments: &Arguments<'_>, question: impl Fn(&Value) -> bool) -> Run<Value> {
    if !job.has_count(arguments, 1) {
        return Ok(Value::Undef);
    }
    Ok(Value::from(question(&arguments.values[0])))
}

pub(super) fn version(_: &mut Interpreter<'_>, _: &Arguments<'_>) -> Run<Value> {
    Ok(Value::numbers(&VERSION))
}

pub(super) fn version_num(_: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    let parts = match arguments.values.first() {
        None => Some(VERSION),
        Some(value) => value.as_triple(Some(0.0)),
    };
    Ok(parts.map_or(Value::Undef, |[year, month, day]| Value::Number(year * 10000.0 + month * 100.0 + day)))
}

pub(super) fn parent_module(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    job.note_impure();
    let number = match arguments.values {
        [] => 1.0,
        _ => match job.numbers(arguments) {
            Some([number]) => number,
            None => return Ok(Value::Undef),
        },
    };
    let back = number as i64;
    if back < 0 {
        job.warn(arguments.span, format!("Negative parent module index ({back}) not allowed"));
        return Ok(Value::Undef);
    }
    match usize::try_from(back).ok().and_then(|back| job.module_name(back)) {
        Some(name) => Ok(Value::text(&*name)),
        None => {
            let message = format!("Parent module index ({back}) greater than the number of modules on the stack");
            job.warn(arguments.span, message);
            Ok(Value::Undef)
        }
    }
}
