//! Solids to sheets: `draw(parts, sheet spec, budget) -> Vec<Page>`.
//!
//! **In**: closed triangle meshes in mm, Z up, with or without face provenance. **Out**: pages in paper mm.

mod asked;
mod assembly;
mod beside;
mod bodies;
mod broken;
mod chain;
mod chamfer;
mod clip;
mod congruent;
mod cover;
mod cull;
mod curve;
mod cutting;
mod detail;
mod dimension;
mod draw;
mod edge;
mod explode;
mod extent;
mod facet;
mod feature;
mod figure;
mod grid;
mod groups;
mod hidden;
mod indication;
mod lane;
mod layout;
mod memo;
mod merge;
mod obstacle;
mod outline;
mod place;
mod polygon;
mod raster;
mod revisions;
mod ring;
mod roof;
mod rooms;
mod round;
mod section;
mod sheet;
mod slot;
mod smooth;
mod spec;
mod style;
mod table;
mod tangent;
mod template;
mod thicket;
mod title;
mod view;
mod wanted;
mod weld;

pub use chain::{Chain, chain};
pub use draw::{draw, draw_sheets};
pub use edge::{Edge, EdgeKind, Model};
pub use figure::lines_of;
pub use hidden::{Seen, SeenEdge, see};
pub use memo::LineMemo;
pub use merge::{Lines, Piece, merge};
pub use outline::{outline, true_outline};
pub use ring::{Ring, Rings};
pub use spec::{
    AuxiliarySpec, BreakSpec, DetailSpec, Dimensioning, DrawingSpec, Half, HiddenLines, Paper, PaperSize, PartName,
    PartsBy, Projection, Revision, RoomName, Running, Scale, SectionSpec, SheetSpec, TemplateFile, TitleFields,
    ViewSpec,
};
pub use template::{Template, TemplateError};
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
    /// What it is made of, or its colour, for the parts list; may be empty.
    pub material: &'a str,
    /// Its number or standard, for the parts list; may be empty.
    pub number: &'a str,
}

impl<'a> Part<'a> {
    /// A part of which no more is known.
    pub fn new(name: &'a str, mesh: &'a TriMesh) -> Self {
        Self { name, mesh, material: "", number: "" }
    }
}

/// Why nothing was drawn.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DrawError {
    /// There is nothing to draw.
    #[error("the model is empty, so there is nothing to draw")]
    Empty,
    /// Coordinates that are no numbers.
    #[error("the model has coordinates that are not finite")]
    NotFinite,
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
    /// A detail of nothing.
    #[error("detail {label} shows nothing: view {view:?} is not on the sheet, or is empty there")]
    Detail {
        /// Its letter.
        label: String,
        /// The view that it is taken from.
        view: String,
    },
    /// Pulling apart one part.
    #[error("an exploded view needs several parts")]
    NothingToExplode,
    /// More views than anyone reads.
    #[error("{count} views, sections and details are more than {most} on one sheet")]
    TooManyViews {
        /// How many are asked for.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// The job's templates are of other sizes.
    #[error("no template has the size of {paper}")]
    NoTemplate {
        /// The size that is asked for.
        paper: &'static str,
    },
    /// No sheet is large enough.
    #[error("the views do not fit on the sheet at any allowed scale")]
    TooLarge,
    /// A budget ran out.
    #[error(transparent)]
    Exceeded(#[from] Exceeded),
}
