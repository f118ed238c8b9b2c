//! Parameters from outside the program: parameter-set files, and the program's own parameters described.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::cli::arguments::{ParamsArguments, RenderArguments};
use crate::cli::disk::DiskHost;
use crate::cli::{CommandResult, Failed};
use crate::job::parameters;
use crate::scad::{Host as _, Literal};

/// `maquette params`: prints the parameters of a program.
pub fn run(arguments: &ParamsArguments) -> CommandResult {
    let name = arguments.model.to_string_lossy().into_owned();
    let host = DiskHost::open(&name).map_err(|error| Failed::new(format!("{name}: {error}")))?;
    let text = if arguments.schema {
        parameters::schema(&program(&name, &host)?, &title(&name))
    } else {
        description(&name, &host)?
    };
    print!("{text}");
    Ok(ExitCode::SUCCESS)
}

/// The values of `-p FILE -P NAME`; none where neither is given. As in OpenSCAD, a set that is not in the file leaves all as it is.
pub fn from_set_file(arguments: &RenderArguments, host: &DiskHost) -> Result<Vec<(String, Literal)>, Failed> {
    let (Some(path), Some(set)) = (&arguments.parameter_file, &arguments.parameter_set) else {
        return Ok(Vec::new());
    };
    let failed = |why: String| Failed::new(format!("{}: {why}", path.display()));
    let document = fs::read(path).map_err(|error| failed(error.to_string()))?;
    let values = parameters::of_set(&program(&arguments.model, host)?, &document, set).map_err(failed)?;
    if values.is_none() {
        eprintln!("WARNING: {} has no parameter set {set:?}", path.display());
    }
    Ok(values.unwrap_or_default())
}

/// OpenSCAD's parameter description of a program, as JSON.
pub fn description(main: &str, host: &DiskHost) -> Result<String, Failed> {
    Ok(parameters::description(&program(main, host)?, &title(main)))
}

fn program(main: &str, host: &DiskHost) -> Result<String, Failed> {
    let bytes = host.read(main).map_err(|error| Failed::new(format!("{main}: {error}")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn title(main: &str) -> String {
    Path::new(main).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}
