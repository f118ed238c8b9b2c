//! Elements and members of values: `list[at]`, `object.name`.

use crate::scad::eval::{Frame, Interpreter};
use crate::scad::ir::Expr;
use crate::scad::log::Run;
use crate::scad::lower::coordinate;
use crate::scad::options::Feature;
use crate::scad::value::{self, List, Value};

impl Interpreter<'_> {
    /// `list[at]`; a list in a variable is looked into where it lies.
    #[inline(never)]
    pub(super) fn index(&mut self, list: &Expr, at: &Expr, frame: Frame) -> Run<Value> {
        if let Some(number) = self.number(at, frame) {
            return match self.place(list, frame) {
                Some(list) => Ok(element(list, number)),
                None => Ok(element(&self.eval(list, frame)?, number)),
            };
        }
        let list = self.eval(list, frame)?;
        let at = self.eval(at, frame)?;
        Ok(index(&list, &at))
    }

    /// `list[at]` with a literal for `at`.
    #[inline(never)]
    pub(super) fn element_of(&mut self, list: &Expr, at: u32, frame: Frame) -> Run<Value> {
        match self.place(list, frame) {
            Some(list) => Ok(element(list, f64::from(at))),
            None => Ok(element(&self.eval(list, frame)?, f64::from(at))),
        }
    }

    /// `object.name` of an expression; a variable is looked into where it lies.
    pub(super) fn member_of(&mut self, object: &Expr, name: &str, frame: Frame) -> Run<Value> {
        if let Some(object) = self.place(object, frame) {
            return Ok(self.member(object, name));
        }
        let object = self.eval(object, frame)?;
        Ok(self.member(&object, name))
    }

    /// `object.name`
    fn member(&self, object: &Value, name: &str) -> Value {
        match object {
            Value::List(list) => self.list_member(list, name),
            Value::Range(range) => match name {
                "begin" => Value::Number(range.begin),
                "step" => Value::Number(range.step),
                "end" => Value::Number(range.end),
                _ => Value::Undef,
            },
            Value::Object(inner) => match inner.get(name) {
                Some(Value::Function(function)) => Value::Function(function.as_method(inner)),
                found => found.cloned().unwrap_or_default(),
            },
            _ => Value::Undef,
        }
    }

    fn list_member(&self, list: &List, name: &str) -> Value {
        if let Some(at) = coordinate(name) {
            return list.get(at as usize).unwrap_or_default();
        }
        let letters = ["xyzw", "rgba"];
        let places = |set: &&str| name.chars().map(|letter| set.find(letter)).collect::<Option<Vec<usize>>>();
        if !self.options.features.has(Feature::VectorSwizzle) || !(1..=4).contains(&name.len()) {
            return Value::Undef;
        }
        match letters.iter().find_map(places).as_deref() {
            None => Value::Undef,
            Some([place]) => list.get(*place).unwrap_or_default(),
            Some(places) => {
                let values = places.iter().map(|place| list.get(*place).unwrap_or_default());
                Value::list(List::from_values(values.collect()))
            }
        }
    }
}

/// `value[at]`
#[inline]
fn element(value: &Value, at: f64) -> Value {
    match value {
        Value::List(list) if at >= 0.0 => list.get(at as usize).unwrap_or_default(),
        _ => index(value, &Value::Number(at)),
    }
}

/// `value[at]`, methods bound to their object.
fn index(value: &Value, at: &Value) -> Value {
    match (value, value::index(value, at)) {
        (Value::Object(object), Value::Function(function)) => Value::Function(function.as_method(object)),
        (_, found) => found,
    }
}
