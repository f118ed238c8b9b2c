//! Transform modules: all come down to one matrix.

use crate::csg::Kind;
use crate::geom::{Mat4, Vec3, cos_deg, sin_deg};
use crate::scad::builtin::ModuleArguments;
use crate::scad::eval::{Interpreter, echo_or_dots};
use crate::scad::log::Run;
use crate::scad::value::{List, Value};

pub(super) fn translate(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let given = arguments.get("v");
    let offset = given.as_triple(Some(0.0)).filter(|offset| offset.iter().all(|number| number.is_finite()));
    if offset.is_none() {
        let given = echo_or_dots(given);
        let message = format!("Unable to convert translate({given}) parameter to a vec3 or vec2 of numbers");
        job.warn(arguments.span, message);
    }
    Ok(Kind::Transform(offset.map_or(Mat4::IDENTITY, |offset| Mat4::from_translation(Vec3::from(offset) + Vec3::ZERO))))
}

pub(super) fn scale(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let given = arguments.get("v");
    let factors = given.as_triple(Some(1.0)).or_else(|| given.as_number().map(|factor| [factor; 3]));
    if factors.is_none() {
        let given = echo_or_dots(given);
        let message =
            format!("Unable to convert scale({given}) parameter to a number, a vec3 or vec2 of numbers or a number");
        job.warn(arguments.span, message);
    }
    let factors = factors.unwrap_or([1.0; 3]);
    if job.options.check_ranges && factors.iter().any(|factor| *factor == 0.0 || !factor.is_finite()) {
        let given = echo_or_dots(given);
        job.warn(arguments.span, format!("scale({given})"));
    }
    let mut columns = Mat4::IDENTITY.to_cols_array_2d();
    for (column, factor) in columns.iter_mut().zip(factors) {
        column[..3].iter_mut().for_each(|entry| *entry *= factor);
    }
    Ok(Kind::Transform(Mat4::from_cols_array_2d(&columns)))
}

pub(super) fn mirror(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let given = arguments.get("v");
    let normal = given.as_triple(Some(0.0));
    if normal.is_none() {
        let given = echo_or_dots(given);
        let message = format!("Unable to convert mirror({given}) parameter to a vec3 or vec2 of numbers");
        job.warn(arguments.span, message);
    }
    let [x, y, z] = normal.unwrap_or([1.0, 0.0, 0.0]);
    if x == 0.0 && y == 0.0 && z == 0.0 {
        return Ok(Kind::Transform(Mat4::IDENTITY));
    }
    let square = x * x + y * y + z * z;
    let part = |a: f64, b: f64| -2.0 * a * b / square;
    Ok(Kind::Transform(from_rows([
        [1.0 - 2.0 * x * x / square, part(y, x), part(z, x)],
        [part(x, y), 1.0 - 2.0 * y * y / square, part(z, y)],
        [part(x, z), part(y, z), 1.0 - 2.0 * z * z / square],
    ])))
}

/// A rotation as OpenSCAD's product with the unit matrix leaves it: the sign of a zero shows in the dump.
fn from_rotation(rows: [[f64; 3]; 3]) -> Mat4 {
    let unit = |row: usize, at: usize| if row == at { 1.0 } else { 0.0 };
    let entry = |row: usize, column: usize| {
        unit(row, 0) * rows[0][column] + unit(row, 1) * rows[1][column] + unit(row, 2) * rows[2][column]
    };
    from_rows([0, 1, 2].map(|row| [0, 1, 2].map(|column| entry(row, column))))
}

fn from_rows(rows: [[f64; 3]; 3]) -> Mat4 {
    let column = |at: usize| [rows[0][at], rows[1][at], rows[2][at], 0.0];
    Mat4::from_cols_array_2d(&[column(0), column(1), column(2), [0.0, 0.0, 0.0, 1.0]])
}

pub(super) fn rotate(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let (angle, axis) = (arguments.get("a"), arguments.get("v"));
    if let Some(angles) = angle.as_list() {
        return Ok(rotate_by_angles(job, arguments, angles));
    }
    let degrees = angle.as_finite();
    let direction = axis.as_triple(Some(0.0));
    if !axis.is_undef() && direction.is_none() {
        let (angle, axis) = (echo_or_dots(angle), echo_or_dots(axis));
        let message = match degrees {
            Some(_) => format!("Problem converting rotate(..., v={axis}) parameter"),
            None => format!("Problem converting rotate(a={angle}, v={axis}) parameter"),
        };
        job.warn(arguments.span, message);
    } else if degrees.is_none() {
        let angle = echo_or_dots(angle);
        job.warn(arguments.span, format!("Problem converting rotate(a={angle}) parameter"));
    }
    let direction = direction.unwrap_or_else(|| leading_axis(axis));
    Ok(Kind::Transform(about_axis(degrees.unwrap_or(0.0), direction)))
}

/// OpenSCAD keeps the numbers in front of the first thing in a triple that is none.
fn leading_axis(axis: &Value) -> [f64; 3] {
    let mut direction = [0.0, 0.0, 1.0];
    if let Some(list) = axis.as_list().filter(|list| list.len() == 3) {
        for (slot, value) in direction.iter_mut().zip(list.iter()) {
            let Value::Number(number) = value else { break };
            *slot = number;
        }
    }
    direction
}

/// Rotations about x, then y, then z.
fn rotate_by_angles(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>, angles: &List) -> Kind {
    let mut degrees = [0.0; 3];
    let mut fine = angles.len() <= 3;
    for (slot, value) in degrees.iter_mut().zip(angles.iter()) {
        match value.as_number() {
            Some(number) => {
                fine &= number.is_finite();
                *slot = number;
            }
            None => fine = false,
        }
    }
    let axis = arguments.get("v");
    if !fine || !axis.is_undef() {
        let (angle, axis_text) = (echo_or_dots(arguments.get("a")), echo_or_dots(axis));
        let message = match (fine, axis.is_undef()) {
            (true, _) => {
                format!("When parameter a is supplied as vector, v is ignored rotate(a={angle}, v={axis_text})")
            }
            (false, true) => format!("Problem converting rotate(a={angle}) parameter"),
            (false, false) => format!("Problem converting rotate(a={angle}, v={axis_text}) parameter"),
        };
        job.warn(arguments.span, message);
    }
    let [sx, sy, sz] = degrees.map(sin_deg);
    let [cx, cy, cz] = degrees.map(cos_deg);
    Kind::Transform(from_rotation([
        [cy * cz, cz * sx * sy - cx * sz, cx * cz * sy + sx * sz],
        [cy * sz, cx * cz + sx * sy * sz, -cz * sx + cx * sy * sz],
        [-sy, cy * sx, cx * cy],
    ]))
}

/// Rodrigues' rotation, arranged so that exact sines and cosines stay exact.
fn about_axis(degrees: f64, axis: [f64; 3]) -> Mat4 {
    let (sine, cosine) = (sin_deg(degrees), cos_deg(degrees));
    let v = Vec3::from(axis);
    let square = v.length_squared();
    if square.is_nan() || square <= 0.0 {
        return Mat4::IDENTITY;
    }
    let c = v * ((1.0 - cosine) / square);
    let u = v / square.sqrt() * sine;
    from_rotation([
        [c.x * v.x + cosine, c.y * v.x - u.z, c.z * v.x + u.y],
        [c.x * v.y + u.z, c.y * v.y + cosine, c.z * v.y - u.x],
        [c.x * v.z - u.y, c.y * v.z + u.x, c.z * v.z + cosine],
    ])
}

pub(super) fn multmatrix(_: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let Some(rows) = arguments.get("m").as_list() else { return Ok(Kind::Transform(Mat4::IDENTITY)) };
    let mut columns = Mat4::IDENTITY.to_cols_array_2d();
    for (row, entries) in rows.iter().take(4).enumerate() {
        let Some(entries) = entries.as_list() else { continue };
        for (column, entry) in entries.iter().take(4).enumerate() {
            if let Value::Number(number) = entry {
                columns[column][row] = number;
            }
        }
    }
    let weight = columns[3][3];
    if weight != 1.0 {
        columns.iter_mut().flatten().for_each(|entry| *entry /= weight);
    }
    Ok(Kind::Transform(Mat4::from_cols_array_2d(&columns)))
}
