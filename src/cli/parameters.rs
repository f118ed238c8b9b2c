//! Parameters from outside the program: parameter-set files, and the program's own parameters described.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::cli::arguments::{ParamsArguments, RenderArguments};
use crate::cli::disk::DiskHost;
use crate::cli::{CommandResult, Failed};
use crate::diag::SourceMap;
use crate::job::parameters;
use crate::scad::{DEFINES, Host as _, Literal};

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
    let (path, set) = match (&arguments.parameter_file, &arguments.parameter_set) {
        (Some(path), Some(set)) => (path, set),
        (None, None) => return Ok(Vec::new()),
        _ => {
            eprintln!("WARNING: -p FILE and -P NAME go together: no parameter set is used");
            return Ok(Vec::new());
        }
    };
    let failed = |why: String| Failed::new(format!("{}: {why}", path.display()));
    let document = fs::read(path).map_err(|error| failed(error.to_string()))?;
    let found = parameters::of_set(&program(&arguments.model, host)?, &document, set).map_err(failed)?;
    let Some(found) = found else {
        eprintln!("WARNING: {} has no parameter set {set:?}", path.display());
        return Ok(Vec::new());
    };
    for ignored in &found.ignored {
        eprintln!("WARNING: {}, set {set:?}: {ignored}", path.display());
    }
    Ok(found.values)
}

/// The texts of `-D`.
///
/// # Errors
/// One that gives nothing to a variable: a name alone.
pub fn defines(arguments: &RenderArguments) -> Result<Vec<String>, Failed> {
    match arguments.define.iter().find(|text| is_name(text.trim())) {
        Some(name) => Err(Failed::new(format!("-D {name}: it takes NAME=VALUE, as in -D '{name}=40'"))),
        None => Ok(arguments.define.clone()),
    }
}

/// Says which variables of `-D` no file of the program speaks of.
pub fn tell_unused(arguments: &RenderArguments, sources: &SourceMap) {
    let is_spoken_of = |name: &str| {
        let words = |text: &str| text.split(|letter: char| !is_of_name(letter)).any(|word| word == name);
        sources.files().filter(|(path, _)| *path != DEFINES).any(|(_, text)| words(text))
    };
    let names = arguments.define.iter().filter_map(|text| Some(text.split_once('=')?.0.trim()));
    for name in names.filter(|name| is_name(name) && !is_spoken_of(name)) {
        eprintln!("WARNING: -D {name}=…: no file of the program has the name '{name}'");
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') && text.chars().all(is_of_name)
}

fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
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
