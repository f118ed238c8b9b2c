//! Parameters from outside the program: parameter-set files, and the program's own parameters described.

use std::fs;

use crate::cli::Failed;
use crate::cli::arguments::RenderArguments;
use crate::cli::disk::DiskHost;
use crate::scad::{Host as _, Literal};

/// The values of `-p FILE -P NAME`; none where neither is given.
pub fn from_set_file(arguments: &RenderArguments, host: &DiskHost) -> Result<Vec<(String, Literal)>, Failed> {
    let (Some(path), Some(set)) = (&arguments.parameter_file, &arguments.parameter_set) else {
        return Ok(Vec::new());
    };
    let _ = (fs::read_to_string(path), set, host.fonts());
    Err(Failed::new("parameter sets are not read yet"))
}

/// OpenSCAD's parameter description of a program, as JSON.
pub fn description(main: &str, host: &DiskHost) -> Result<String, Failed> {
    let _ = host.read(main);
    Err(Failed::new("parameters are not described yet"))
}
