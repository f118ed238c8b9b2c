//! `maquette params`: the customizer parameters of a program as JSON.

use std::process::ExitCode;

use crate::cli::arguments::ParamsArguments;
use crate::cli::disk::DiskHost;
use crate::cli::{CommandResult, Failed, parameters};

/// Prints them.
pub fn run(arguments: &ParamsArguments) -> CommandResult {
    let name = arguments.model.to_string_lossy().into_owned();
    let host = DiskHost::open(&name).map_err(|error| Failed::new(format!("{name}: {error}")))?;
    print!("{}", parameters::description(&name, &host)?);
    Ok(ExitCode::SUCCESS)
}
