//! `linear_extrude()` and `rotate_extrude()`.

use crate::csg::{Kind, LinearExtrude, RotateExtrude};
use crate::diag::Span;
use crate::geom::{Vec2, Vec3};
use crate::scad::builtin::ModuleArguments;
use crate::scad::eval::{Interpreter, echo_or_dots};
use crate::scad::log::Run;
use crate::scad::value::Value;

/// How far OpenSCAD extrudes where nothing says how far.
const HEIGHT: f64 = 100.0;

pub(super) fn linear_extrude(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let resolution = job.resolution(arguments.span);
    let direction = direction(job, arguments);
    let scale = top_scale(job, arguments);
    let slices = whole_number(job, arguments, "slices", 1);
    let segments = whole_number(job, arguments, "segments", 0);
    Ok(Kind::LinearExtrude(LinearExtrude {
        direction,
        has_direction: !arguments.get("v").is_undef(),
        center: arguments.get("center").as_bool().unwrap_or(false),
        twist: arguments.get("twist").as_finite().unwrap_or(0.0),
        scale,
        slices,
        segments,
        convexity: positive_int(arguments.get("convexity")).unwrap_or(1),
        resolution,
    }))
}

fn positive_int(value: &Value) -> Option<i32> {
    value.as_finite().filter(|number| (1.0..=f64::from(u32::MAX)).contains(number)).map(|number| number as i32)
}

/// From bottom to top: along `v`, or straight up; `height` says how far.
fn direction(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Vec3 {
    let mut direction = Vec3::Z;
    let mut height = HEIGHT;
    let along = arguments.get("v");
    if !along.is_undef() {
        match along.as_triple(None) {
            Some(along) => direction = Vec3::from(along),
            None => job.warn(arguments.span, "v when specified should be a 3d vector"),
        }
        height = 1.0;
    }
    let given = [arguments.get("height"), arguments.get("h")];
    if given.iter().all(|value| !value.is_undef()) {
        job.warn(arguments.span, "Specified both \"height\" and \"h\"");
    }
    if let Some(value) = given.into_iter().find(|value| !value.is_undef()) {
        height = value.as_finite().unwrap_or_else(|| {
            job.warn(arguments.span, "height when specified should be a number");
            HEIGHT
        });
        let length = direction.length();
        if length > 0.0 {
            direction /= length;
        }
    }
    direction *= height;
    if direction.z.is_nan() || direction.z <= 0.0 {
        direction.z = 0.0;
    }
    direction
}

fn top_scale(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Vec2 {
    let given = arguments.get("scale");
    let finite = |pair: &[f64; 2]| pair.iter().all(|factor| factor.is_finite());
    let scale = given.as_finite().map(|factor| [factor; 2]).or_else(|| given.as_pair().filter(finite));
    if scale.is_none() && !given.is_undef() {
        let given = echo_or_dots(given);
        job.warn(arguments.span, format!("linear_extrude(..., scale={given}) could not be converted"));
    }
    Vec2::from(scale.unwrap_or([1.0; 2])).max(Vec2::ZERO)
}

/// A whole number of at least `least`, with OpenSCAD's warnings where it is something else.
fn whole_number(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>, name: &str, least: u32) -> Option<u32> {
    let caller = arguments.module.name;
    let value = arguments.get(name);
    let number = match value {
        Value::Undef | Value::Unset => return None,
        Value::Number(number) => *number,
        other => {
            let (text, kind) = (echo_or_dots(other), other.type_name());
            let message = format!("{caller}(..., {name}={text}) Invalid type: expected number, found {kind}");
            job.warn(arguments.span, message);
            return None;
        }
    };
    if !number.is_finite() {
        let text = echo_or_dots(value);
        let message = format!("{caller}(..., {name}={text}) argument cannot be infinite or nan");
        job.warn(arguments.span, message);
        return None;
    }
    Some(number.clamp(f64::from(least), f64::from(u32::MAX)) as u32)
}

pub(super) fn rotate_extrude(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let resolution = job.resolution(arguments.span);
    let convexity = (arguments.get("convexity").number_or_zero() as i32).max(2);
    let given = [arguments.get("angle"), arguments.get("a")];
    if given.iter().all(|value| !value.is_undef()) {
        job.warn(arguments.span, "Specified both \"angle\" and \"a\"");
    }
    let angle = given.into_iter().find(|value| !value.is_undef()).and_then(Value::as_finite);
    let start = arguments.get("start").as_finite();
    if angle.is_none() && start.is_none() && (resolution.segments as i64) % 2 == 1 {
        let message = "In future releases, rotational extrusion without \"angle\" will start at zero, the +X axis.  \
                       Set start=180 to explicitly start on the -X axis.";
        job.deprecate(Span::DETACHED, message);
    }
    let turn = angle.map_or(360.0, |angle| if angle <= -360.0 || angle > 360.0 { 360.0 } else { angle });
    let start = start.unwrap_or(if angle.is_some() { 0.0 } else { 180.0 });
    Ok(Kind::RotateExtrude(RotateExtrude { angle: turn, start, convexity, resolution }))
}
