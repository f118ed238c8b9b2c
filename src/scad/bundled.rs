//! The library that every program finds: `maquette.scad`, whose modules say what drawings are to show.

use std::sync::Arc;

use crate::scad::eval::Interpreter;
use crate::scad::host::{HostError, Purpose};

/// How programs name it.
const NAME: &str = "maquette.scad";
/// Its path among the sources; no file of a job has one like it.
const PATH: &str = "<bundled>/maquette.scad";
/// Its text.
const TEXT: &str = include_str!("../../assets/maquette.scad");

impl Interpreter<'_> {
    /// The file that `name` means in `from`: the host's, and the bundled one where the host has none.
    pub(in crate::scad) fn resolve(&self, from: &str, name: &str, purpose: Purpose) -> Result<String, HostError> {
        match self.host.resolve(from, name, purpose) {
            Err(HostError::NotFound) if name == NAME => Ok(PATH.to_owned()),
            found => found,
        }
    }

    /// The text of a program file by its resolved path.
    pub(in crate::scad) fn read_source(&self, path: &str) -> Result<Arc<[u8]>, HostError> {
        if path == PATH { Ok(Arc::from(TEXT.as_bytes())) } else { self.host.read(path) }
    }
}
