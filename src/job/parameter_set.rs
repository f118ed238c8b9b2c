//! A named set of a program's parameter file: the values that OpenSCAD's customizer would give.

use crate::job::{Failure, Inputs};
use crate::scad::Literal;

/// The values of a set of `NAME.json` beside the entry `NAME.scad`.
pub fn values(inputs: &Inputs, set: &str) -> Result<Vec<(String, Literal)>, Failure> {
    let path = format!("{}.json", inputs.entry().strip_suffix(".scad").unwrap_or(inputs.entry()));
    let _ = inputs.files().get(&path);
    Err(Failure::Invalid(format!("parameterSet {set:?}: sets are not read yet")))
}
