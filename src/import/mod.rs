//! Foreign bytes to a mesh or a region, by format.
//!
//! **In** the bytes of a file; **Out** [`TriMesh`], which promises nothing, a [`Region`](crate::region::Region), or a
//! [`Picture`](picture::Picture).
//! **Stages** meshes: [`stl`] · [`off`] · [`obj`] · [`amf`] · [`threemf`]; drawings: [`svg`] · [`dxf`]; heights: [`surface`].
//! **Invariants** No reader trusts a count or an index of the file; what it makes is bounded by the bytes it read, and where a file unfolds
//! to more (archives, references to references, turns without end), by the job's budget.
//! **Knows nothing of** the language, spans and the kernel.
//! **Sources** What each reader takes and how it divides curves follows OpenSCAD's importers.

mod amf;
mod dxf;
mod meter;
mod obj;
mod off;
mod polygons;
mod stl;
mod surface;
mod svg;
mod threemf;
mod zipped;

pub use dxf::read as read_dxf;
pub use surface::{Heights, read as read_heights};
pub use svg::{Selection, picture, read as read_svg};

use crate::budget::{Budget, Exceeded};
use crate::import::meter::Meter;
use crate::mesh::TriMesh;

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The bytes are not of the format.
    #[error("{format} line {line}: {what}")]
    Malformed {
        /// The format's name.
        format: &'static str,
        /// 1-based; 0 where lines mean nothing.
        line: usize,
        /// What was wrong.
        what: String,
    },
    /// A kind of the format that is not read.
    #[error("{0} is not supported")]
    Unsupported(&'static str),
    /// The file unfolds to more than the job may use.
    #[error(transparent)]
    Exceeded(#[from] Exceeded),
}

/// A format that holds a mesh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeshFormat {
    /// STL, binary or ASCII.
    Stl,
    /// Object File Format.
    Off,
    /// Wavefront OBJ.
    Obj,
    /// Additive Manufacturing File, plain or zipped.
    Amf,
    /// 3D Manufacturing Format.
    ThreeMf,
}

/// How curves of a drawing are divided.
pub struct Division<'a> {
    /// Segments of a part of a circle: radius in mm, angle in degrees; `None` where the radius is nothing.
    pub arc: &'a dyn Fn(f64, f64) -> Option<u32>,
    /// Pieces of a curve that is no arc.
    pub curve: u32,
}

/// Reads a mesh.
///
/// # Errors
/// Where the bytes are not of the format, or unfold to more than the budget has.
pub fn read_mesh(bytes: &[u8], format: MeshFormat, budget: &Budget) -> Result<TriMesh, ImportError> {
    let mut meter = Meter::new(budget);
    match format {
        MeshFormat::Stl => stl::read(bytes, budget),
        MeshFormat::Off => off::read(bytes, budget),
        MeshFormat::Obj => obj::read(bytes, budget),
        MeshFormat::Amf => amf::read(bytes, &mut meter),
        MeshFormat::ThreeMf => threemf::read(bytes, &mut meter),
    }
}

fn malformed(format: &'static str, line: usize, what: impl Into<String>) -> ImportError {
    ImportError::Malformed { format, line, what: what.into() }
}
