//! A value as `str()` and `echo()` print it, numbers with six significant digits.

use std::fmt::Write as _;

use crate::csg;
use crate::scad::print::print_function;
use crate::scad::value::effort::{enter, give_up_text, spend, text_max};
use crate::scad::value::{Object, Value};

/// Deeper nesting than this is printed as `...`, where OpenSCAD runs out of stack.
const DEPTH_MAX: u32 = 10_000;

/// As `echo()` prints it: strings in quotes. `None` where it is nested too deeply.
pub fn echo_text(value: &Value) -> Option<String> {
    let most = text_max();
    let mut out = String::new();
    let whole = write_value(&mut out, value, 0, most);
    if out.len() > most {
        give_up_text();
    }
    (whole && out.len() <= most).then_some(out)
}

/// The same; `None` also where it is longer than `most` bytes.
pub fn bounded_text(value: &Value, most: usize) -> Option<String> {
    let mut out = String::new();
    (write_value(&mut out, value, 0, most) && out.len() <= most).then_some(out)
}

/// As `str()` prints it: a string as it is, strings inside lists in quotes. `None` where it is nested too deeply.
pub fn plain_text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.as_str().to_owned()),
        _ => echo_text(value),
    }
}

/// Appends a value; false where it is nested too deeply or too long.
fn write_value(out: &mut String, value: &Value, depth: u32, most: usize) -> bool {
    match value {
        Value::Unset | Value::Undef | Value::Cell(_) => out.push_str("undef"),
        Value::Bool(flag) => out.push_str(if flag.0 { "true" } else { "false" }),
        Value::Number(number) => write_number(out, *number),
        Value::Text(text) => {
            out.push('"');
            out.push_str(text.as_str());
            out.push('"');
        }
        Value::List(list) => {
            if depth >= DEPTH_MAX || out.len() > most || !enter() {
                return false;
            }
            out.push('[');
            for (index, item) in list.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                if out.len() > most || !spend(1) || !write_value(out, &item, depth + 1, most) {
                    return false;
                }
            }
            out.push(']');
        }
        Value::Range(range) => {
            out.push('[');
            write_number(out, range.begin);
            out.push_str(" : ");
            write_number(out, range.step);
            out.push_str(" : ");
            write_number(out, range.end);
            out.push(']');
        }
        Value::Function(closure) => out.push_str(&print_function(closure.definition())),
        Value::Object(object) => return write_object(out, object, depth, most),
    }
    true
}

fn write_object(out: &mut String, object: &Object, depth: u32, most: usize) -> bool {
    if depth >= DEPTH_MAX || out.len() > most || !enter() {
        return false;
    }
    out.push_str("{ ");
    for (name, value) in object.iter() {
        let _ = write!(out, "{name} = ");
        if !spend(1) || !write_value(out, value, depth + 1, most) {
            return false;
        }
        out.push_str("; ");
    }
    out.push('}');
    true
}

/// A number with six significant digits, exponents as `1e+6`, no trailing zeros.
pub fn format_number(number: f64) -> String {
    let mut out = String::new();
    write_number(&mut out, number);
    out
}

fn write_number(out: &mut String, number: f64) {
    if number == number.trunc() && number.abs() < 1e6 {
        // the sum turns -0 into 0
        let _ = write!(out, "{}", number as i64);
    } else if number.is_nan() {
        out.push_str("nan");
    } else if number.is_infinite() {
        out.push_str(if number < 0.0 { "-inf" } else { "inf" });
    } else {
        write_digits(out, number);
    }
}

fn write_digits(out: &mut String, number: f64) {
    let (digits, exponent) = match csg::six_digits(number.abs()) {
        Some((digits, exponent)) => (digits.to_string(), exponent),
        None => six_digits(number.abs()),
    };
    let digits = digits.trim_end_matches('0');
    if number < 0.0 {
        out.push('-');
    }
    if !(-5..6).contains(&exponent) {
        out.push_str(&digits[..1]);
        if digits.len() > 1 {
            let _ = write!(out, ".{}", &digits[1..]);
        }
        let _ = write!(out, "e{}{}", if exponent < 0 { '-' } else { '+' }, exponent.abs());
    } else if exponent < 0 {
        let _ = write!(out, "0.{}{digits}", "0".repeat((-exponent - 1) as usize));
    } else {
        let whole = exponent as usize + 1;
        if digits.len() <= whole {
            let _ = write!(out, "{digits}{}", "0".repeat(whole - digits.len()));
        } else {
            let _ = write!(out, "{}.{}", &digits[..whole], &digits[whole..]);
        }
    }
}

/// The six leading decimal digits of a positive number, ties rounded up, and the exponent of the first.
fn six_digits(number: f64) -> (String, i32) {
    let text = format!("{number:.5e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let longer = format!("{number:.6e}");
    if longer.split('e').next().is_some_and(|mantissa| mantissa.ends_with('5')) && is_exact(&longer, number) {
        return round_up(&longer);
    }
    (digits, exponent)
}

/// Whether the decimal text is the number itself, to the last bit of its expansion.
fn is_exact(text: &str, number: f64) -> bool {
    let all = format!("{number:.40e}");
    let mantissa = text.split('e').next().unwrap_or("");
    all.strip_prefix(mantissa)
        .and_then(|rest| rest.split('e').next())
        .is_some_and(|rest| rest.bytes().all(|b| b == b'0'))
}

/// Six digits from seven, the last of which is a 5 to be rounded up.
fn round_up(seven: &str) -> (String, i32) {
    let (mantissa, exponent) = seven.split_once('e').unwrap_or((seven, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).take(6).collect();
    let raised = digits.parse::<u32>().unwrap_or(0) + 1;
    if raised == 1_000_000 { ("100000".into(), exponent + 1) } else { (raised.to_string(), exponent) }
}

#[cfg(test)]
mod tests {
    use crate::scad::value::format_number;

    #[test]
    fn numbers_print_as_openscad_prints_them() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (0.1, "0.1"),
            (1e6, "1e+6"),
            (999999.0, "999999"),
            (1234567.0, "1.23457e+6"),
            (0.00001, "0.00001"),
            (0.000001, "1e-6"),
            (0.0001, "0.0001"),
            (10000.25, "10000.3"),
            (1.0 / 3.0, "0.333333"),
            (-2.5e-7, "-2.5e-7"),
            (123456.7, "123457"),
            (999999.9, "1e+6"),
            (f64::NAN, "nan"),
            (f64::NEG_INFINITY, "-inf"),
        ];
        for (number, text) in cases {
            assert_eq!(format_number(number), text, "{number:e}");
        }
    }
}
