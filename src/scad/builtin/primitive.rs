//! 2D and 3D primitive modules.

use std::sync::Arc;

use crate::csg::Kind;
use crate::geom::{Vec2, Vec3};
use crate::scad::builtin::ModuleArguments;
use crate::scad::eval::{Interpreter, echo_or_dots};
use crate::scad::log::Run;
use crate::scad::value::{List, Value};

pub(super) fn cube(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let given = arguments.get("size");
    let mut size = Vec3::ONE;
    if !given.is_undef() {
        match (given, given.as_triple(None)) {
            (Value::Number(edge), _) => size = Vec3::splat(*edge),
            (_, Some(edges)) => size = Vec3::from(edges),
            _ => {
                size = leading_numbers(given, size);
                let given = echo_or_dots(given);
                let message =
                    format!("Unable to convert cube(size={given}, ...) parameter to a number or a vec3 of numbers");
                job.warn(arguments.span, message);
                return Ok(Kind::Cube { size, center: is_centered(arguments) });
            }
        }
        if job.options.check_ranges && !(size.cmpgt(Vec3::ZERO).all() && size.is_finite()) {
            let given = echo_or_dots(given);
            job.warn(arguments.span, format!("cube(size={given}, ...)"));
        }
    }
    Ok(Kind::Cube { size, center: is_centered(arguments) })
}

/// OpenSCAD keeps the numbers in front of the first thing in a triple that is none.
fn leading_numbers(given: &Value, otherwise: Vec3) -> Vec3 {
    let mut size = otherwise.to_array();
    if let Some(list) = given.as_list().filter(|list| list.len() == 3) {
        for (slot, value) in size.iter_mut().zip(list.iter()) {
            let Value::Number(number) = value else { break };
            *slot = number;
        }
    }
    Vec3::from(size)
}

fn is_centered(arguments: &ModuleArguments<'_>) -> bool {
    arguments.get("center").as_bool().unwrap_or(false)
}

pub(super) fn sphere(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let resolution = job.resolution(arguments.span);
    let radius = checked_radius(job, arguments, "sphere");
    Ok(Kind::Sphere { radius, resolution })
}

pub(super) fn circle(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let resolution = job.resolution(arguments.span);
    let radius = checked_radius(job, arguments, "circle");
    Ok(Kind::Circle { radius, resolution })
}

fn checked_radius(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>, module: &str) -> f64 {
    let Some(radius) = radius(job, arguments, "d", "r") else { return 1.0 };
    if job.options.check_ranges && !(radius > 0.0 && radius.is_finite()) {
        let given = echo_or_dots(&Value::Number(radius));
        job.warn(arguments.span, format!("{module}(r={given})"));
    }
    radius
}

/// A radius by its diameter, which counts where both are given, or by itself.
fn radius(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>, diameter: &str, radius: &str) -> Option<f64> {
    let given = arguments.get(radius).as_number();
    let Some(across) = arguments.get(diameter).as_number() else { return given };
    if given.is_some() {
        let message = format!("Ignoring radius variable \"{radius}\" as diameter \"{diameter}\" is defined too.");
        job.warn(arguments.span, message);
    }
    Some(across / 2.0)
}

pub(super) fn cylinder(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let resolution = job.resolution(arguments.span);
    let height = arguments.get("h").as_number().unwrap_or(1.0);
    let both = radius(job, arguments, "d", "r");
    let first = radius(job, arguments, "d1", "r1");
    let second = radius(job, arguments, "d2", "r2");
    if both.is_some() && (first.is_some() || second.is_some()) {
        job.warn(arguments.span, "Cylinder parameters ambiguous");
    }
    let bottom = first.or(both).unwrap_or(1.0);
    let top = second.or(both).unwrap_or(1.0);
    if job.options.check_ranges {
        if !(height > 0.0 && height.is_finite()) {
            let given = echo_or_dots(arguments.get("h"));
            job.warn(arguments.span, format!("cylinder(h={given}, ...)"));
        }
        if !(bottom >= 0.0 && top >= 0.0 && bottom + top > 0.0 && (bottom + top).is_finite()) {
            let shown = |given: Option<f64>| echo_or_dots(&given.or(both).map_or(Value::Undef, Value::Number));
            let message = format!("cylinder(r1={}, r2={}, ...)", shown(first), shown(second));
            job.warn(arguments.span, message);
        }
    }
    Ok(Kind::Cylinder { height, bottom, top, center: is_centered(arguments), resolution })
}

pub(super) fn square(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let given = arguments.get("size");
    let mut size = Vec2::ONE;
    let center = is_centered(arguments);
    if !given.is_undef() {
        match (given, given.as_pair()) {
            (Value::Number(edge), _) => size = Vec2::splat(*edge),
            (_, Some(edges)) => size = Vec2::from(edges),
            _ => {
                let given = echo_or_dots(given);
                let message =
                    format!("Unable to convert square(size={given}, ...) parameter to a number or a vec2 of numbers");
                job.warn(arguments.span, message);
                return Ok(Kind::Square { size, center });
            }
        }
        if job.options.check_ranges && !(size.cmpgt(Vec2::ZERO).all() && size.is_finite()) {
            let given = echo_or_dots(given);
            job.warn(arguments.span, format!("square(size={given}, ...)"));
        }
    }
    Ok(Kind::Square { size, center })
}

fn convexity(arguments: &ModuleArguments<'_>) -> i32 {
    (arguments.get("convexity").number_or_zero() as i32).max(1)
}

pub(super) fn polygon(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let Some(list) = coordinates(job, arguments)? else {
        return Ok(Kind::Polygon { points: Arc::from([]), paths: None, convexity: 1 });
    };
    let mut points = Vec::with_capacity(list.len());
    for (at, point) in list.iter().enumerate() {
        match point.as_pair().filter(|pair| pair.iter().all(|number| number.is_finite())) {
            Some(pair) => points.push(Vec2::from(pair)),
            None => {
                let point = echo_or_dots(&point);
                job.warn(arguments.span, format!("Unable to convert points[{at}] = {point} to a vec2 of numbers"));
                points.push(Vec2::ZERO);
            }
        }
    }
    let given = arguments.get("paths");
    let paths = match given {
        Value::List(paths) => Some(indices(job, arguments, paths, points.len(), "paths")?),
        Value::Undef | Value::Unset => None,
        other => {
            let other = echo_or_dots(other);
            let message = format!("Unable to convert paths = {other} to a vector of vector of point indices");
            job.warn(arguments.span, message);
            return Ok(Kind::Polygon { points: points.into(), paths: None, convexity: 1 });
        }
    };
    let paths = paths.filter(|paths| !paths.is_empty()).map(Arc::from);
    Ok(Kind::Polygon { points: points.into(), paths, convexity: convexity(arguments) })
}

/// The list of points, or a warning.
fn coordinates<'a>(job: &mut Interpreter<'_>, arguments: &'a ModuleArguments<'_>) -> Run<Option<&'a List>> {
    match arguments.get("points") {
        Value::List(list) => {
            job.steps(list.len(), arguments.span)?;
            Ok(Some(list))
        }
        other => {
            let other = echo_or_dots(other);
            job.warn(arguments.span, format!("Unable to convert points = {other} to a vector of coordinates"));
            Ok(None)
        }
    }
}

/// Lists of point indices; those out of bounds are left out with a warning.
fn indices(
    job: &mut Interpreter<'_>,
    arguments: &ModuleArguments<'_>,
    lists: &List,
    points: usize,
    what: &str,
) -> Run<Vec<Vec<u32>>> {
    let mut result = Vec::with_capacity(lists.len());
    for (at, list) in lists.iter().enumerate() {
        let Some(list) = list.as_list() else {
            let list = echo_or_dots(&list);
            job.warn(arguments.span, format!("Unable to convert {what}[{at}] = {list} to a vector of numbers"));
            continue;
        };
        job.steps(list.len(), arguments.span)?;
        let mut one = Vec::with_capacity(list.len());
        for (place, index) in list.iter().enumerate() {
            match index {
                Value::Number(number) if number > -1.0 && number < points as f64 => one.push(number as u32),
                Value::Number(number) => {
                    let index = number as i64 as u64;
                    let message = format!("Point index {index} is out of bounds (from {what}[{at}][{place}])");
                    job.warn(arguments.span, message);
                }
                other => {
                    let other = echo_or_dots(&other);
                    job.warn(arguments.span, format!("Unable to convert {what}[{at}][{place}] = {other} to a number"));
                }
            }
        }
        result.push(one);
    }
    Ok(result)
}

pub(super) fn polyhedron(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let none = |points: Vec<Vec3>| Kind::Polyhedron { points: points.into(), faces: Arc::from([]), convexity: 1 };
    let Some(list) = coordinates(job, arguments)? else { return Ok(none(Vec::new())) };
    let mut points = Vec::with_capacity(list.len());
    for (at, point) in list.iter().enumerate() {
        match point.as_triple(Some(0.0)).filter(|triple| triple.iter().all(|number| number.is_finite())) {
            Some(triple) => points.push(Vec3::from(triple)),
            None => {
                let point = echo_or_dots(&point);
                job.warn(arguments.span, format!("Unable to convert points[{at}] = {point} to a vec3 of numbers"));
                points.push(Vec3::ZERO);
            }
        }
    }
    let mut given = arguments.get("faces");
    if given.is_undef() && !arguments.get("triangles").is_undef() {
        let advice = "polyhedron(triangles=[]) will be removed in future releases. Use polyhedron(faces=[]) instead.";
        job.deprecate(arguments.span, advice);
        given = arguments.get("triangles");
    }
    let Value::List(faces) = given else {
        let given = echo_or_dots(given);
        let message = format!("Unable to convert faces = {given} to a vector of vector of point indices");
        job.warn(arguments.span, message);
        return Ok(none(points));
    };
    let mut faces = indices(job, arguments, faces, points.len(), "faces")?;
    faces.retain(|face| face.len() >= 3);
    Ok(Kind::Polyhedron { points: points.into(), faces: faces.into(), convexity: convexity(arguments) })
}
