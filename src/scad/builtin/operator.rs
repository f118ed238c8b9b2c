//! Boolean, hull, minkowski, offset, projection, resize, render, roof and fill modules.

use crate::csg::{Joint, Kind, Resize, RoofMethod};
use crate::geom::Vec3;
use crate::scad::builtin::ModuleArguments;
use crate::scad::eval::Interpreter;
use crate::scad::log::Run;
use crate::scad::value::{Value, plain_text};

pub(super) fn group(_: &mut Interpreter<'_>, _: &ModuleArguments<'_>) -> Run<Kind> {
    Ok(Kind::Group)
}

pub(super) fn union(_: &mut Interpreter<'_>, _: &ModuleArguments<'_>) -> Run<Kind> {
    Ok(Kind::Union)
}

pub(super) fn difference(_: &mut Interpreter<'_>, _: &ModuleArguments<'_>) -> Run<Kind> {
    Ok(Kind::Difference)
}

pub(super) fn intersection(_: &mut Interpreter<'_>, _: &ModuleArguments<'_>) -> Run<Kind> {
    Ok(Kind::Intersection)
}

pub(super) fn hull(_: &mut Interpreter<'_>, _: &ModuleArguments<'_>) -> Run<Kind> {
    Ok(Kind::Hull)
}

pub(super) fn fill(_: &mut Interpreter<'_>, _: &ModuleArguments<'_>) -> Run<Kind> {
    Ok(Kind::Fill)
}

pub(super) fn minkowski(_: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    Ok(Kind::Minkowski { convexity: convexity(arguments) })
}

fn convexity(arguments: &ModuleArguments<'_>) -> i32 {
    arguments.get("convexity").number_or_zero() as i32
}

pub(super) fn render(_: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let convexity = arguments.get("convexity").as_number().map_or(1, |number| number as i32);
    Ok(Kind::Render { convexity })
}

pub(super) fn projection(_: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let cut = arguments.get("cut").as_bool().unwrap_or(false);
    Ok(Kind::Projection { cut, convexity: convexity(arguments) })
}

pub(super) fn resize(_: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let mut new_size = [0.0; 3];
    if let Some(list) = arguments.get("newsize").as_list() {
        for (slot, value) in new_size.iter_mut().zip(list.iter()) {
            *slot = value.number_or_zero();
        }
    }
    let mut auto = [false; 3];
    match arguments.get("auto") {
        Value::List(list) => auto.iter_mut().zip(list.iter()).for_each(|(slot, value)| *slot = value.is_true()),
        Value::Bool(all) => auto = [all.0; 3],
        _ => {}
    }
    Ok(Kind::Resize(Resize { new_size: Vec3::from(new_size), auto, convexity: convexity(arguments) }))
}

/// By radius, which counts where both are given, or by distance.
pub(super) fn offset(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let resolution = job.resolution_silent();
    let (radius, delta) = (arguments.get("r").as_number(), arguments.get("delta").as_number());
    if radius.is_some() && delta.is_some() {
        job.warn(arguments.span, "Ignoring \"delta\" argument as \"r\" is defined too.");
    }
    let (distance, joint) = match (radius, delta) {
        (Some(radius), _) => (radius, Joint::Round),
        (None, Some(delta)) if arguments.get("chamfer").as_bool() == Some(true) => (delta, Joint::Chamfer),
        (None, Some(delta)) => (delta, Joint::Miter),
        (None, None) => (1.0, Joint::Round),
    };
    Ok(Kind::Offset { distance, joint, resolution })
}

pub(super) fn roof(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let resolution = job.resolution(arguments.span);
    let given = arguments.get("method");
    let method = match plain_text(given).as_deref() {
        _ if given.is_undef() => RoofMethod::Voronoi,
        Some("voronoi") => RoofMethod::Voronoi,
        Some("straight") => RoofMethod::Straight,
        other => {
            let name = other.unwrap_or("...");
            job.warn(arguments.span, format!("Unknown roof method '{name}'. Using 'voronoi'."));
            RoofMethod::Voronoi
        }
    };
    let convexity = (arguments.get("convexity").as_finite().unwrap_or(0.0) as i32).max(1);
    Ok(Kind::Roof { method, convexity, resolution })
}
