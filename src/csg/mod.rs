//! `Node`: the geometry that a program asked for, before any of it is computed.
//!
//! **In** checked parameters from the evaluator; **Out** an immutable tree for `realize` and for the `.csg` dump.
//! **Stages** [`node`](Node) the vocabulary · `annotation` what drawings are to say · `resolution` segment counts · `hash` structural identity · `dump` OpenSCAD's `.csg` text, its numbers by `digits`.
//! **Invariants** Nodes are immutable and shared; a node's `hash` covers its kind and its children's hashes, not its span.
//! **Knows nothing of** the language (no names, no scopes) and the kernel (no meshes).

mod annotation;
mod content;
mod digits;
mod dump;
mod hash;
mod node;
mod resolution;

pub use annotation::{Annotation, Subject, TITLE_FIELDS, annotations};
pub use content::Content;
pub use digits::six_digits;
pub use dump::dump;
pub use hash::{Digest, digest_of};
pub use node::{
    Attached, Font, ImportFormat, Joint, Kind, LinearExtrude, Node, NodeRef, Resize, RoofMethod, RotateExtrude,
    TextSpec,
};
pub use resolution::Resolution;
