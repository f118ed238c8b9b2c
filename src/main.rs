//! The `maquette` binary: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    maquette::cli::run()
}
