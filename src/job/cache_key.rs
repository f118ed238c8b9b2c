//! Identity of everything that the artefacts' bytes depend on.

use std::fmt::Write as _;

use crate::export;
use crate::job::{Inputs, JobSpec};

/// Goes up when the bytes of any artefact change for the same job; the changelog says so under *Outputs changed*.
pub const OUTPUT_REVISION: u32 = 4;

/// `sha256:…` over engine version, files, libraries, fonts, entry, parameters and outputs.
pub fn of(spec: &JobSpec, inputs: &Inputs) -> String {
    let mut text = format!("maquette {} {OUTPUT_REVISION}\n", env!("CARGO_PKG_VERSION"));
    for (path, bytes) in inputs.files() {
        let _ = writeln!(text, "file {path:?} {}", export::digest(bytes));
    }
    let _ = writeln!(text, "libraries {} fonts {}", inputs.library().digest(), inputs.fonts().digest());
    let _ = writeln!(text, "entry {:?} set {:?}", inputs.entry(), spec.parameter_set);
    let _ = writeln!(text, "checked {}", spec.check_parameters);
    for (name, value) in &spec.parameters {
        let _ = writeln!(text, "parameter {name:?} {value:?}");
    }
    for output in &spec.outputs {
        let _ = writeln!(text, "output {:?} {:?}", output.file_name(), output.product);
    }
    export::digest(text.as_bytes())
}
