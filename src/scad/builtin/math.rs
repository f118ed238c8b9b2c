//! Mathematical functions; angles in degrees.

use crate::geom;
use crate::scad::builtin::Arguments;
use crate::scad::eval::Interpreter;
use crate::scad::log::Run;
use crate::scad::value::Value;

macro_rules! one_number {
    ($($name:ident = $function:expr;)*) => {
        $(pub(super) fn $name(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
            if let [Value::Number(x)] = arguments.values {
                return Ok(Value::Number($function(*x)));
            }
            Ok(job.numbers(arguments).map_or(Value::Undef, |[x]| Value::Number($function(x))))
        })*
    };
}

one_number! {
    abs = f64::abs;
    sin = geom::sin_deg;
    cos = geom::cos_deg;
    tan = geom::tan_deg;
    asin = geom::asin_deg;
    acos = geom::acos_deg;
    atan = geom::atan_deg;
    ceil = f64::ceil;
    floor = f64::floor;
    round = f64::round;
    sqrt = f64::sqrt;
    exp = libm::exp;
    ln = libm::log;
    sign = sign_of;
}

pub(super) fn sign_of(x: f64) -> f64 {
    if x < 0.0 {
        -1.0
    } else if x > 0.0 {
        1.0
    } else {
        0.0
    }
}

pub(super) fn atan2(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    Ok(job.numbers(arguments).map_or(Value::Undef, |[y, x]| Value::Number(geom::atan2_deg(y, x))))
}

pub(super) fn pow(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    Ok(job.numbers(arguments).map_or(Value::Undef, |[base, exponent]| Value::Number(libm::pow(base, exponent))))
}

/// To base 10, or to the base that comes first.
pub(super) fn log(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    let pair = match arguments.values.len() {
        1 => job.numbers(arguments).map(|[x]| [10.0, x]),
        _ => job.numbers(arguments),
    };
    Ok(pair.map_or(Value::Undef, |[base, x]| Value::Number(libm::log(x) / libm::log(base))))
}
