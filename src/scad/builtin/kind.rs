//! Functions that ask what a value is, which version this is, and which modules run.

use crate::scad::builtin::Arguments;
use crate::scad::eval::Interpreter;
use crate::scad::log::Run;
use crate::scad::value::Value;

/// The snapshot of OpenSCAD whose language this is.
const VERSION: [f64; 3] = [2026.0, 7.0, 20.0];

macro_rules! questions {
    ($($name:ident, $quick:ident = $question:expr;)*) => {
        $(
            pub(super) fn $name(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
                if !job.has_count(arguments, 1) {
                    return Ok(Value::Undef);
                }
                let question: fn(&Value) -> bool = $question;
                Ok(Value::from(question(&arguments.values[0])))
            }

            pub(super) fn $quick(value: &Value) -> Option<Value> {
                let question: fn(&Value) -> bool = $question;
                Some(Value::from(question(value)))
            }
        )*
    };
}

questions! {
    is_undef, quick_is_undef = Value::is_undef;
    is_list, quick_is_list = |value| matches!(value, Value::List(_));
    is_num, quick_is_num = |value| matches!(value, Value::Number(number) if !number.is_nan());
    is_bool, quick_is_bool = |value| matches!(value, Value::Bool(_));
    is_string, quick_is_string = |value| matches!(value, Value::Text(_));
    is_function, quick_is_function = |value| matches!(value, Value::Function(_));
}

pub(super) fn is_object(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    if !job.has_count(arguments, 1) {
        return Ok(Value::Undef);
    }
    Ok(Value::from(matches!(arguments.values[0], Value::Object(_))))
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
