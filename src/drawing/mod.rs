//! Solids to sheets: `draw(parts, sheet spec, budget) -> Vec<Page>`.
//!
//! **In**: closed triangle meshes in mm, Z up, with or without face provenance. **Out**: pages in paper mm.

mod assembly;
mod chain;
mod cover;
mod cull;
mod curve;
mod cutting;
mod dimension;
mod draw;
mod edge;
mod feature;
mod figure;
mod grid;
mod hidden;
mod layout;
mod merge;
mod obstacle;
mod outline;
mod place;
mod ring;
mod section;
mod sheet;
mod spec;
mod style;
mod title;
mod view;
mod wanted;
mod weld;

pub use chain::{Chain, chain};
pub use draw::draw;
pub use edge::{Edge, EdgeKind, Model};
pub use figure::lines_of;
pub use hidden::{Seen, SeenEdge, see};
pub use merge::{Lines, Piece, merge};
pub use outline::outline;
pub use ring::{Ring, Rings};
pub use spec::{Dimensioning, Paper, PaperSize, Projection, Scale, SectionSpec, SheetSpec, TitleFields, ViewSpec};
pub use view::Picture;

use crate::budget::Exceeded;
use crate::mesh::TriMesh;

/// One part of what is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// Its name in the parts list.
    pub name: &'a str,
    /// Its shape.
    pub mesh: &'a TriMesh,
}

/// Why nothing was drawn.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DrawError {
    /// There is nothing to draw.
    #[error("the model is empty, so there is nothing to draw")]
    Empty,
    /// No view is wanted.
    #[error("no view is asked for")]
    NoViews,
    /// A direction of no length.
    #[error("a view direction has no length")]
    Direction,
    /// A cutting plane that cuts nothing.
    #[error("section {label} does not meet the model")]
    SectionMisses {
        /// The section's letter.
        label: String,
    },
    /// No sheet is large enough.
    #[error("the views do not fit on the sheet at any allowed scale")]
    TooLarge,
    /// A budget ran out.
    #[error(transparent)]
    Exceeded(#[from] Exceeded),
}
