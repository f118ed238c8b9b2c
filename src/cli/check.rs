//! `maquette check`: a program or a job: what is wrong, with place and hint; nothing is made.

use std::fs;
use std::process::ExitCode;

use crate::budget::{Budget, Limits};
use crate::cli::arguments::CheckArguments;
use crate::cli::console::Console;
use crate::cli::disk::DiskHost;
use crate::cli::{CommandResult, Failed, STACK_BYTES, deep};
use crate::diag::Severity;
use crate::job::{Inputs, JobSpec, Library, Source, message, parameters, report};
use crate::scad::{self, Host};
use crate::text::Fonts;

/// Checks a file by its ending: `.json` is a job, all else a program.
pub fn run(arguments: &CheckArguments) -> CommandResult {
    let name = arguments.file.to_string_lossy().into_owned();
    if arguments.file.extension().is_some_and(|ending| ending == "json") {
        return check_job(&name);
    }
    let host = DiskHost::open(&name).map_err(|error| Failed::new(format!("{name}: {error}")))?;
    check_program(&name, &host, arguments.define.clone(), Vec::new())
}

fn check_job(name: &str) -> CommandResult {
    let body = fs::read(name).map_err(|error| Failed::new(format!("{name}: {error}")))?;
    let spec = message::parse(&body).map_err(|rejection| Failed::new(format!("{name}: {rejection}")))?;
    let Some(inputs) = inline_inputs(&spec) else {
        println!("{name}: the job is well formed; its files are in the store and were not looked at");
        return Ok(ExitCode::SUCCESS);
    };
    if spec.check_parameters {
        let checked = parameters::check(&inputs, &spec.parameters);
        checked.map_err(|failure| Failed::new(format!("{name}: {}", report::detail(&failure))))?;
    }
    check_program(inputs.entry(), &inputs, Vec::new(), spec.parameters)
}

/// The files of a job that brings them all along.
fn inline_inputs(spec: &JobSpec) -> Option<Inputs> {
    let Source::Files { files, entry } = &spec.source else {
        return None;
    };
    let inline = |blob: &crate::job::Blob| match blob {
        crate::job::Blob::Inline(bytes) => Some(bytes.clone()),
        crate::job::Blob::Object(_) => None,
    };
    let files = files.iter().map(|(path, blob)| Some((path.clone(), inline(blob)?))).collect::<Option<_>>()?;
    Inputs::new(files, entry.clone(), Library::default(), Fonts::bundled())
}

fn check_program(
    main: &str,
    host: &(dyn Host + Sync),
    appended: Vec<String>,
    overrides: Vec<(String, scad::Literal)>,
) -> CommandResult {
    let options = scad::Options {
        appended,
        overrides,
        plates: scad::Plates::All,
        stack_bytes: STACK_BYTES,
        ..scad::Options::default()
    };
    let budget = Budget::new(Limits::default());
    let evaluation = deep(|| scad::evaluate(main, host, &options, &budget))?;
    let told = &evaluation.diagnostics;
    Console::new(false).tell(told, &evaluation.sources);
    let count = |severity| told.iter().filter(|told| told.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    println!("{main}: {errors} errors, {warnings} warnings");
    Ok(ExitCode::from(u8::from(errors > 0 || evaluation.tree.is_none())))
}
