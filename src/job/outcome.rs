//! What a job gives back: artefacts, diagnostics, figures.

use serde::{Deserialize, Serialize};

use crate::diag::{Diagnostics, SourceMap};
use crate::export::Artefact;
use crate::export::word::{self, Word};
use crate::job::Failure;

/// What one attempt at a job came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Outcome {
    /// One entry for each output of the spec, in its order.
    pub outputs: Vec<OutputResult>,
    /// Echoes, warnings and errors in the order in which they arose.
    pub diagnostics: Diagnostics,
    /// The program's files, to name places with.
    pub sources: SourceMap,
    /// Figures of the model; none where nothing was made.
    pub geometry: Option<Geometry>,
    /// Identity of everything that the artefacts' bytes depend on.
    pub cache_key: Option<String>,
    /// Why there is no result; none where all required outputs are there.
    pub failure: Option<Failure>,
}

impl Outcome {
    /// An outcome of a job that came to nothing before its program was read.
    pub fn failed(failure: Failure) -> Self {
        Self {
            outputs: Vec::new(),
            diagnostics: Vec::new(),
            sources: SourceMap::new(),
            geometry: None,
            cache_key: None,
            failure: Some(failure),
        }
    }

    /// The artefacts that were made, in the order of the outputs, each followed by the files that belong to it.
    pub fn artefacts(&self) -> impl Iterator<Item = &Artefact> {
        let made = self.outputs.iter().filter_map(|output| Some((output.made.as_ref().ok()?, &output.beside)));
        made.flat_map(|(artefact, beside)| std::iter::once(artefact).chain(beside))
    }
}

/// What one output came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OutputResult {
    /// Its name in the spec.
    pub name: String,
    /// `model`, `drawing`, `preview`, `report`.
    #[serde(with = "word")]
    pub kind: Word,
    /// Its file name's ending.
    #[serde(with = "word")]
    pub format: Word,
    /// The artefact, or why there is none.
    pub made: Result<Artefact, Failure>,
    /// Files that belong to the artefact: the colours of an OBJ.
    pub beside: Vec<Artefact>,
    /// What the sheet looks like, for a drawing.
    pub sheet: Option<Sheet>,
}

/// What a drawing's first sheet looks like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// `A4` to `A0`, or the size in mm.
    pub paper: String,
    /// `1:2`.
    pub scale: String,
    /// Names of the views.
    pub views: Vec<String>,
    /// How many sheets there are.
    pub count: usize,
}

/// Figures of a model in mm, mm² and mm³.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Geometry {
    /// 2 or 3.
    pub dimensions: u8,
    /// Smallest and largest corner; z is 0 in 2D.
    pub bounding_box: [[f64; 3]; 2],
    /// Enclosed volume; 0 in 2D.
    pub volume: f64,
    /// Surface area, or the area of a region.
    pub area: f64,
    /// Triangles; 0 in 2D.
    pub triangles: usize,
    /// Closed and oriented.
    pub manifold: bool,
    /// Connected parts, or outer contours of a region.
    pub parts: usize,
}
