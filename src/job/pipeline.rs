//! The stages in order: evaluate, realize, draw, write. Pure: same inputs, same bytes.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::budget::{Budget, Exceeded};
use crate::csg::NodeRef;
use crate::diag::{Code, Diagnostic, Diagnostics, Severity, SourceMap, Span};
use crate::drawing::{LineMemo, PartsBy};
use crate::job::parameters;
use crate::job::parts::{self, PartMesh, Realizer};
use crate::job::product::{Model, OutputBuilder};
use crate::job::templates::Templates;
use crate::job::{Failure, Geometry, Inputs, JobSpec, Outcome, OutputSpec};
use crate::mesh::TriMesh;
use crate::realize::{self, Memo, Shape};
use crate::scad::{self, Host, ParseCache, Plates};
use crate::text::Fonts;

/// What a daemon keeps between jobs. Nothing in it changes any job's bytes.
#[derive(Debug, Clone)]
pub struct Engine {
    /// Parsed programs and libraries by content.
    pub programs: Arc<ParseCache>,
    /// Computed subtrees by the digest of their structure, the least recently used first out.
    pub memo: Arc<Memo>,
    /// Lines of drawings by the digest of model and view, the least recently used first out.
    pub lines: Arc<LineMemo>,
    /// Stack of the threads that jobs run on, bytes: how deep a program may recurse.
    pub stack_bytes: usize,
}

impl Engine {
    /// An engine for threads of so much stack, whose jobs together keep at most `memo_bytes` of computed subtrees and of drawn lines.
    pub fn new(stack_bytes: usize, memo_bytes: u64) -> Self {
        let lines = memo_bytes / LINES_SHARE;
        Self {
            programs: Arc::new(ParseCache::new()),
            memo: Arc::new(Memo::new(memo_bytes - lines)),
            lines: Arc::new(LineMemo::new(lines)),
            stack_bytes,
        }
    }
}

/// One part in so many of the memory goes to lines.
const LINES_SHARE: u64 = 4;

/// Where a job stands, for its progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// The program runs.
    Evaluating,
    /// Its shape is computed.
    Realizing,
    /// Outputs are made: so many of so many are done.
    Making {
        /// Outputs done.
        done: usize,
        /// Outputs in all.
        of: usize,
    },
}

impl Phase {
    /// The wire's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Evaluating => "evaluating",
            Self::Realizing => "meshing",
            Self::Making { .. } => "exporting",
        }
    }
}

/// Called as a job goes on.
pub type Progress<'a> = &'a (dyn Fn(Phase) + Sync);

/// Does one job whose files are all there.
pub fn run(spec: &JobSpec, inputs: &Inputs, engine: &Engine, budget: &Budget, progress: Progress<'_>) -> Outcome {
    let options = match scad_options(spec, inputs) {
        Ok(options) => options,
        Err(failure) => return Outcome::failed(failure),
    };
    let cache_key = crate::job::cache_key::of(spec, inputs);
    let request =
        Request { main: inputs.entry(), host: inputs, fonts: inputs.fonts(), options, outputs: &spec.outputs };
    let outcome = make(&request, engine, budget, progress);
    Outcome { cache_key: Some(cache_key), ..outcome }
}

/// What to make of one program, whoever asks for it.
pub struct Request<'a> {
    /// Path of the program, as the host knows it.
    pub main: &'a str,
    /// Its files.
    pub host: &'a (dyn Host + Sync),
    /// Fonts for `text()`.
    pub fonts: &'a Fonts,
    /// Overrides and switches of the language.
    pub options: scad::Options,
    /// What is wanted.
    pub outputs: &'a [OutputSpec],
}

/// Evaluates, realizes and writes.
pub fn make(request: &Request<'_>, engine: &Engine, budget: &Budget, progress: Progress<'_>) -> Outcome {
    progress(Phase::Evaluating);
    let options = scad::Options {
        cache: Some(engine.programs.clone()),
        stack_bytes: engine.stack_bytes,
        plates: if request.outputs.iter().any(OutputSpec::wants_plates) { Plates::All } else { request.options.plates },
        ..request.options.clone()
    };
    let evaluation = scad::evaluate(request.main, request.host, &options, budget);
    let mut messages = Messages { diagnostics: evaluation.diagnostics, sources: evaluation.sources };
    let Some(tree) = evaluation.tree else {
        return messages.failed(budget);
    };
    progress(Phase::Realizing);
    let realized = realize::realize(&tree, request.fonts, &engine.memo, budget);
    messages.diagnostics.extend(realized.diagnostics);
    let Some(shape) = realized.shape else {
        return messages.failed(budget);
    };
    let model = match model_of(shape) {
        Ok(model) => model,
        Err(diagnostic) => {
            messages.diagnostics.push(diagnostic);
            return messages.failed(budget);
        }
    };
    let mut plates = Vec::with_capacity(evaluation.plates.len());
    for plate in evaluation.plates {
        let realized = realize::realize(&plate.tree, request.fonts, &engine.memo, budget);
        messages.diagnostics.extend(realized.diagnostics);
        match realized.shape {
            None => return messages.failed(budget),
            Some(shape) => plates.extend(mesh_of(shape).map(|mesh| (plate.number, mesh))),
        }
    }
    let parts = match parts(&tree, request, engine, &messages.sources, budget) {
        Ok(parts) => parts,
        Err(_) => return messages.failed(budget),
    };
    let templates = Templates::read(request.outputs, request.main, request.host, &mut messages.sources, budget);
    let Ok(templates) = templates else { return messages.failed(budget) };
    let builder = OutputBuilder::new(&model, &plates, evaluation.view).drawn_with(parts, engine.lines.clone());
    let builder = builder.annotated(evaluation.annotations).framed(templates);
    products(builder, request.outputs, messages, budget, progress)
}

/// The parts of the model in each way that an output wants them.
fn parts(
    tree: &NodeRef,
    request: &Request<'_>,
    engine: &Engine,
    sources: &SourceMap,
    budget: &Budget,
) -> Result<Vec<(PartsBy, Vec<PartMesh>)>, Exceeded> {
    let ways: BTreeSet<PartsBy> = request.outputs.iter().map(OutputSpec::parts).collect();
    let realizer = Realizer { fonts: request.fonts, memo: &engine.memo, sources, budget };
    let wanted = ways.into_iter().filter(|by| *by != PartsBy::One);
    wanted.map(|by| Ok((by, parts::split(tree, by, &realizer)?))).collect()
}

/// What of a plate lies on it; nothing flat does.
fn mesh_of(shape: Shape) -> Option<TriMesh> {
    match shape {
        Shape::Solid(solid) => Some(solid.to_mesh()).filter(|mesh| !mesh.is_empty()),
        Shape::Empty | Shape::Region(_) => None,
    }
}

fn scad_options(spec: &JobSpec, inputs: &Inputs) -> Result<scad::Options, Failure> {
    if spec.check_parameters {
        parameters::check(inputs, &spec.parameters)?;
    }
    let mut overrides = Vec::new();
    if let Some(set) = &spec.parameter_set {
        overrides = parameters::of_job(inputs, set)?;
    }
    overrides.retain(|(name, _)| !spec.parameters.iter().any(|(given, _)| given == name));
    overrides.extend(spec.parameters.iter().cloned());
    Ok(scad::Options { overrides, ..scad::Options::default() })
}

fn model_of(shape: Shape) -> Result<Model, Diagnostic> {
    let model = match shape {
        Shape::Empty => None,
        Shape::Region(region) => (!region.is_empty()).then_some(Model::Flat(region)),
        solid @ Shape::Solid(_) => mesh_of(solid).map(Model::Solid),
    };
    let nothing = || {
        Diagnostic::error(Code::EmptyGeometry, Span::DETACHED, "the top level object is empty")
            .with_hint("Does every module that should make something get called, and is every `difference()` smaller than its first child?")
    };
    model.ok_or_else(nothing)
}

fn products(
    mut builder: OutputBuilder<'_>,
    outputs: &[OutputSpec],
    mut messages: Messages,
    budget: &Budget,
    progress: Progress<'_>,
) -> Outcome {
    let mut results = Vec::with_capacity(outputs.len());
    let mut failure = None;
    for (done, output) in outputs.iter().enumerate() {
        progress(Phase::Making { done, of: outputs.len() });
        let result = builder.make(output, budget);
        messages.diagnostics.extend(builder.take_warnings());
        if let Err(reason) = &result.made
            && output.required
            && failure.is_none()
        {
            failure = Some(reason.clone());
        }
        results.push(result);
    }
    progress(Phase::Making { done: outputs.len(), of: outputs.len() });
    Outcome { outputs: results, geometry: Some(geometry(builder.model())), failure, ..messages.outcome() }
}

fn geometry(model: &Model) -> Geometry {
    match model {
        Model::Flat(region) => {
            let bounds = region.bounding_box();
            Geometry {
                dimensions: 2,
                bounding_box: [[bounds.min.x, bounds.min.y, 0.0], [bounds.max.x, bounds.max.y, 0.0]],
                volume: 0.0,
                area: region.area(),
                triangles: 0,
                manifold: true,
                parts: region.contours().iter().filter(|contour| !crate::region::is_hole(contour)).count(),
            }
        }
        Model::Solid(mesh) => {
            let figures = crate::mesh::measure(mesh);
            Geometry {
                dimensions: 3,
                bounding_box: [figures.bounding_box.min.to_array(), figures.bounding_box.max.to_array()],
                volume: figures.volume,
                area: figures.area,
                triangles: mesh.triangles.len(),
                manifold: figures.closed,
                parts: figures.components,
            }
        }
    }
}

/// The diagnostics so far, and the files to name places with.
struct Messages {
    diagnostics: Diagnostics,
    sources: SourceMap,
}

impl Messages {
    fn outcome(self) -> Outcome {
        Outcome {
            outputs: Vec::new(),
            diagnostics: self.diagnostics,
            sources: self.sources,
            geometry: None,
            cache_key: None,
            failure: None,
        }
    }

    /// The outcome of a job that stopped: its budget's reason if it has one, else the errors that were said.
    fn failed(self, budget: &Budget) -> Outcome {
        let errors: Diagnostics =
            self.diagnostics.iter().filter(|message| message.severity == Severity::Error).cloned().collect();
        let failure = match budget.check() {
            Err(exceeded) => Failure::Exceeded(exceeded),
            Ok(()) => Failure::Rejected(errors),
        };
        Outcome { failure: Some(failure), ..self.outcome() }
    }
}
