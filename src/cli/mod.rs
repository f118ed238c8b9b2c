//! The command line: demo, serve, render, submit, check, params, schema, stand-in, healthcheck; the only place that prints.

mod arguments;
mod check;
mod console;
mod demo;
mod disk;
mod parameters;
mod render;
mod serve;
mod submit;
mod table;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command};

pub use crate::daemon::samples;

/// Exit status of a command whose settings or arguments are wrong (`EX_CONFIG`): a service manager does not try again.
pub const EXIT_CONFIG: u8 = 78;

/// Reads the arguments, does what they say, and gives the exit status.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::Demo(demo) => demo::run(demo),
        Command::Serve(serve) => serve::run(serve),
        Command::Render(render) => render::run(&render),
        Command::Submit(submit) => submit::run(submit),
        Command::Check(check) => check::run(&check),
        Command::Params(params) => parameters::run(&params),
        Command::Schema { document } => schema(&document),
        Command::StandIn(standin) => serve::stand_in(standin),
        Command::Healthcheck(target) => serve::healthcheck(&target),
        Command::Worker => serve::worker(),
    };
    outcome.unwrap_or_else(|failure| {
        eprintln!("maquette: {}", failure.message);
        ExitCode::from(failure.status)
    })
}

/// Why a command came to nothing: what to say, and the exit status.
#[derive(Debug)]
struct Failed {
    message: String,
    status: u8,
}

impl Failed {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), status: 1 }
    }

    fn settings(message: impl Into<String>) -> Self {
        Self { message: message.into(), status: EXIT_CONFIG }
    }
}

/// Stack of the threads that programs run on: virtual memory, touched only as deep as a program recurses.
const STACK_BYTES: usize = 1 << 30;

/// Runs on a thread whose stack is deep enough for any program.
fn deep<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, Failed> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
        let thread = thread.map_err(|error| Failed::new(format!("no thread for the program: {error}")))?;
        thread.join().map_err(|_| Failed::new("maquette failed; please report the program that made it"))
    })
}

/// A pool of such threads, one a core.
fn pool() -> Result<rayon::ThreadPool, Failed> {
    let built = rayon::ThreadPoolBuilder::new().stack_size(STACK_BYTES).build();
    built.map_err(|error| Failed::new(format!("no threads for the work: {error}")))
}

type CommandResult = Result<ExitCode, Failed>;

fn schema(document: &str) -> CommandResult {
    let text = crate::job::schema::schema(document)
        .ok_or_else(|| Failed::new(format!("no schema named {document:?}; there are job, manifest and event")))?;
    print!("{text}");
    Ok(ExitCode::SUCCESS)
}
