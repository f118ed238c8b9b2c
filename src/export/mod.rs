//! `Artefact`: name, media type, bytes, digest; one writer per format, over `TriMesh` or `Page` alone.
//!
//! **In** a [`TriMesh`](crate::mesh::TriMesh) or a page; **Out** bytes. Each mesh writer is `write(mesh, options, budget)` in the module of its format.
//! **Invariants**: same input, same bytes; no clock, no names of machines or versions inside; the job's output limit holds while writing.

pub mod amf;
pub mod dxf;
pub mod glb;
mod inertia;
mod number;
pub mod obj;
pub mod off;
mod package;
mod palette;
pub mod pdf;
pub mod ply;
mod printable;
pub mod raster;
pub mod report;
mod sink;
pub mod stl;
pub mod svg;
mod thickness;
pub mod threemf;
pub mod word;
mod xml;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::export::word::Word;

/// The bytes of one output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artefact {
    /// File name with its ending.
    pub name: String,
    /// Media type.
    #[serde(with = "word")]
    pub media_type: Word,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// `sha256:` and 64 hex digits.
    pub digest: String,
}

impl Artefact {
    /// Names and digests some bytes.
    pub fn new(name: impl Into<String>, media_type: &'static str, bytes: Vec<u8>) -> Self {
        let digest = digest(&bytes);
        Self { name: name.into(), media_type, bytes, digest }
    }
}

/// `sha256:` and the 64 hex digits of the bytes' SHA-256.
pub fn digest(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(71);
    text.push_str("sha256:");
    for byte in Sha256::digest(bytes) {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    text
}
