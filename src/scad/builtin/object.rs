//! `object()` and `has_key()`.

use std::rc::Rc;

use crate::scad::builtin::Arguments;
use crate::scad::eval::Interpreter;
use crate::scad::log::Run;
use crate::scad::value::{Object, Value};

const HELP: &str =
    "In an unnamed list, entries must be [key,value] to set or [key] to delete. The key must be <string>.";

pub(super) fn object(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    let mut object = Object::default();
    for (at, (value, (name, _))) in arguments.values.iter().zip(arguments.names).enumerate() {
        match name {
            Some(name) => object.set(name, value.clone()),
            None => {
                let size = match value {
                    Value::List(list) => list.len(),
                    Value::Object(other) => other.len(),
                    _ => 1,
                };
                job.steps(size, arguments.span)?;
                job.ask_elements(object.len() + size, arguments.span)?;
                if let Err(problem) = merge(&mut object, value, at) {
                    job.warn(arguments.span, problem);
                    return Ok(Value::Undef);
                }
            }
        }
    }
    Ok(Value::Object(Rc::new(object)))
}

/// Takes over another object, or the changes that a list tells.
fn merge(object: &mut Object, value: &Value, at: usize) -> Result<(), String> {
    match value {
        Value::Object(other) => {
            other.iter().for_each(|(name, value)| object.set(name, value.clone()));
            Ok(())
        }
        Value::List(list) => {
            list.iter().enumerate().try_for_each(|(element, entry)| change(object, &entry, at, element))
        }
        other => {
            let kind = other.type_name();
            Err(format!(
                "object(Argument {at} <{kind}>) An unnamed argument must be either <object> or <list>, it is <{kind}>. "
            ))
        }
    }
}

fn change(object: &mut Object, entry: &Value, at: usize, element: usize) -> Result<(), String> {
    let place = format!("Argument {at} [Element {element} ");
    let Some(list) = entry.as_list() else {
        let kind = entry.type_name();
        return Err(format!("object( {place}<{kind}>] ) Entry type is not a list, it is <{kind}>. {HELP}"));
    };
    match list.len() {
        0 => Err(format!("object({place}[]]) Entry is empty. {HELP}")),
        length @ (1 | 2) => {
            let key = list.get(0).unwrap_or_default();
            let Some(name) = key.as_text() else {
                let (kind, rest) = (key.type_name(), if length == 1 { "" } else { ",value" });
                return Err(format!(
                    "object({place}[<{kind}>{rest}]]) The key of the entry is not <string> but <{kind}>. {HELP}"
                ));
            };
            match list.get(1) {
                Some(value) => object.set(name.as_str(), value),
                None => object.remove(name.as_str()),
            }
            Ok(())
        }
        length => {
            Err(format!("object({place}[...]]) Entry length is {length}, must be 1 [key] or 2 [key,value]. {HELP}"))
        }
    }
}

pub(super) fn has_key(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    if !job.has_count(arguments, 2) {
        return Ok(Value::Undef);
    }
    match (&arguments.values[0], &arguments.values[1]) {
        (Value::Object(object), Value::Text(name)) => Ok(Value::from(object.get(name.as_str()).is_some())),
        (Value::Object(_), other) => {
            job.warn_type(arguments, "argument 1", "string", other);
            Ok(Value::Undef)
        }
        (other, _) => {
            job.warn_type(arguments, "argument 0", "object", other);
            Ok(Value::Undef)
        }
    }
}
