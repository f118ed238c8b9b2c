//! `JobSpec`: the checked form of a job; a value of it cannot ask for what no stage could do.

use std::collections::BTreeMap;
use std::sync::Arc;

use time::OffsetDateTime;

use crate::budget::Limits;
use crate::drawing::{DrawingSpec, PartsBy};
use crate::export::glb::GlbOptions;
use crate::export::report::ReportOptions;
use crate::export::threemf::ThreeMfOptions;
use crate::job::trace::TraceContext;
use crate::preview::PreviewOptions;
use crate::remesh::RemeshOptions;
use crate::scad::Literal;

/// One job.
#[derive(Debug, Clone)]
pub struct JobSpec {
    /// The idempotency key: `[A-Za-z0-9][A-Za-z0-9_-]{0,127}`.
    pub id: String,
    /// Who it is for.
    pub tenant: Option<String>,
    /// How urgent it is.
    pub priority: Priority,
    /// When it was made, as its maker says.
    pub created: Option<OffsetDateTime>,
    /// Not started after this moment.
    pub expires: Option<OffsetDateTime>,
    /// The model.
    pub source: Source,
    /// Values that replace the program's own top-level ones, in name order.
    pub parameters: Vec<(String, Literal)>,
    /// Whether `parameters` must be among those that the program's comments offer, and be what they allow.
    pub check_parameters: bool,
    /// A set of the program's parameter-set file (`NAME.json` beside the entry).
    pub parameter_set: Option<String>,
    /// What is wanted; at least one, names and formats pairwise different.
    pub outputs: Vec<OutputSpec>,
    /// Limits asked for; the daemon's own are the ceiling.
    pub limits: RequestedLimits,
    /// Where the artefacts go; the daemon's default when not said.
    pub destination: Destination,
    /// Whether an earlier result may serve.
    pub cache: CachePolicy,
    /// Who is to be told.
    pub notify: Vec<NotifySpec>,
    /// Carried through to manifest and events.
    pub labels: BTreeMap<String, String>,
    /// W3C trace context.
    pub trace: Option<TraceContext>,
}

/// How urgent a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Priority {
    /// Somebody waits.
    Interactive,
    /// As it comes.
    #[default]
    Normal,
    /// When there is nothing else.
    Batch,
}

/// Where a model comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// Files by their path in the job, and the one to begin with.
    Files {
        /// Relative paths without `..`.
        files: BTreeMap<String, Blob>,
        /// A key of `files`.
        entry: String,
    },
    /// An object of the store: a `.scad`, or a `.zip` with its entry.
    Object {
        /// The object.
        object: ObjectRef,
        /// Path within the zip.
        entry: Option<String>,
    },
    /// A prefix in the templates bucket.
    Template {
        /// Template name.
        name: String,
        /// Version, or the newest.
        version: Option<String>,
    },
}

/// The content of a file.
#[derive(Debug, Clone)]
pub enum Blob {
    /// In the message itself.
    Inline(Arc<[u8]>),
    /// In the store.
    Object(ObjectRef),
}

/// An object of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectRef {
    /// Bucket; the daemon's own when not said.
    pub bucket: Option<String>,
    /// Key.
    pub key: String,
    /// Version of a versioned bucket.
    pub version_id: Option<String>,
    /// `sha256:` and 64 hex digits; checked after fetching.
    pub digest: Option<String>,
}

/// One artefact wanted.
#[derive(Debug, Clone)]
pub struct OutputSpec {
    /// File name without ending.
    pub name: String,
    /// What to make.
    pub product: Product,
    /// Whether the job fails with it.
    pub required: bool,
}

/// What an output is made as.
#[derive(Debug, Clone)]
pub enum Product {
    /// The solid as a mesh, or the region as an outline.
    Model(ModelFormat, Box<ModelOptions>),
    /// Drawing sheets.
    Drawing(DrawingFormat, Box<DrawingSpec>),
    /// A shaded picture.
    Preview(PreviewSpec),
    /// Mass properties and checks as JSON.
    Report(ReportOptions),
}

/// How a model's file is written; what a format does not know it does not look at.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelOptions {
    /// What of the mesh may go before it is written.
    pub remesh: RemeshOptions,
    /// Write colours, where the format has them.
    pub colors: bool,
    /// Put a picture of the model into a 3MF.
    pub thumbnail: bool,
    /// Give each plate of the program its own plate in a 3MF.
    pub plates: bool,
    /// For GLB; the name is the output's.
    pub glb: GlbOptions,
    /// For 3MF; the title is the output's name when not said.
    pub threemf: ThreeMfOptions,
}

impl Default for ModelOptions {
    fn default() -> Self {
        Self {
            remesh: RemeshOptions::default(),
            colors: true,
            thumbnail: true,
            plates: true,
            glb: GlbOptions::default(),
            threemf: ThreeMfOptions::default(),
        }
    }
}

/// A picture that is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PreviewSpec {
    /// What it looks like.
    pub look: PreviewOptions,
    /// Whether the view that the program sets (`$vpr`, `$vpt`, `$vpd`, `$vpf`) goes before.
    pub follows_program: bool,
}

/// File formats of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelFormat {
    /// Binary STL.
    Stl,
    /// ASCII STL, for `render --export-format asciistl`.
    AsciiStl,
    /// OFF.
    Off,
    /// Wavefront OBJ.
    Obj,
    /// PLY.
    Ply,
    /// AMF.
    Amf,
    /// Binary glTF 2.0.
    Glb,
    /// 3MF.
    ThreeMf,
    /// SVG outline of a 2D model.
    Svg,
    /// DXF outline of a 2D model.
    Dxf,
    /// PDF outline of a 2D model.
    Pdf,
}

/// File formats of a drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DrawingFormat {
    /// SVG, one file a sheet.
    Svg,
    /// DXF, one file a sheet.
    Dxf,
    /// PDF, all sheets.
    Pdf,
    /// PNG at so many dots per inch.
    Png {
        /// Dots per inch.
        dpi: f64,
    },
}

impl ModelFormat {
    /// The file name's ending.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Stl | Self::AsciiStl => "stl",
            Self::Off => "off",
            Self::Obj => "obj",
            Self::Ply => "ply",
            Self::Amf => "amf",
            Self::Glb => "glb",
            Self::ThreeMf => "3mf",
            Self::Svg => "svg",
            Self::Dxf => "dxf",
            Self::Pdf => "pdf",
        }
    }
}

impl Product {
    /// The file name's ending.
    pub fn extension(&self) -> &'static str {
        match self {
            Self::Model(format, _) => format.extension(),
            Self::Drawing(format, _) => match format {
                DrawingFormat::Svg => "svg",
                DrawingFormat::Dxf => "dxf",
                DrawingFormat::Pdf => "pdf",
                DrawingFormat::Png { .. } => "png",
            },
            Self::Preview(_) => "png",
            Self::Report(_) => "json",
        }
    }

    /// The wire's word for it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Model(..) => "model",
            Self::Drawing(..) => "drawing",
            Self::Preview(_) => "preview",
            Self::Report(_) => "report",
        }
    }

    /// The media type of its bytes.
    pub fn media_type(&self) -> &'static str {
        match self.extension() {
            "stl" => "model/stl",
            "off" => "model/vnd.off",
            "obj" => "model/obj",
            "ply" => "model/vnd.ply",
            "amf" => "application/x-amf",
            "glb" => "model/gltf-binary",
            "3mf" => "model/3mf",
            "svg" => "image/svg+xml",
            "dxf" => "image/vnd.dxf",
            "pdf" => "application/pdf",
            "png" => "image/png",
            _ => "application/json",
        }
    }
}

impl OutputSpec {
    /// `name.extension`: unique within a job.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.name, self.product.extension())
    }

    /// Whether it shows each plate of the program by itself.
    pub fn wants_plates(&self) -> bool {
        matches!(&self.product, Product::Model(ModelFormat::ThreeMf, options) if options.plates)
    }

    /// How the model is to fall into parts for it.
    pub fn parts(&self) -> PartsBy {
        match &self.product {
            Product::Drawing(_, drawing) => drawing.parts,
            _ => PartsBy::One,
        }
    }

    /// The file of a further sheet, for formats that hold one.
    pub fn sheet_name(&self, number: usize) -> String {
        format!("{}-sheet-{number}.{}", self.name, self.product.extension())
    }

    /// The file beside it, for formats that are two: an OBJ has its colours in another one.
    pub fn companion_name(&self) -> Option<String> {
        matches!(&self.product, Product::Model(ModelFormat::Obj, options) if options.colors)
            .then(|| format!("{}.mtl", self.name))
    }
}

/// Limits as a job asks for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequestedLimits {
    /// Wall-clock seconds of one attempt.
    pub wall_seconds: Option<u32>,
    /// Memory.
    pub memory_mib: Option<u32>,
    /// Triangles of any one mesh.
    pub triangles: Option<u64>,
    /// Size of any one artefact.
    pub output_mib: Option<u32>,
}

impl RequestedLimits {
    /// The limits of a job under a ceiling: a job may ask for less, never for more.
    pub fn under(self, ceiling: &Limits) -> Limits {
        let lower = |asked: Option<u64>, most: u64| asked.map_or(most, |asked| asked.min(most));
        Limits {
            memory_bytes: lower(self.memory_mib.map(|mib| u64::from(mib) << 20), ceiling.memory_bytes),
            triangles: lower(self.triangles, ceiling.triangles),
            output_bytes: lower(self.output_mib.map(|mib| u64::from(mib) << 20), ceiling.output_bytes),
            ..ceiling.clone()
        }
    }
}

/// Where artefacts go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Destination {
    /// Bucket; the daemon's own when not said.
    pub bucket: Option<String>,
    /// Key prefix; `<the daemon's prefix><job id>/` when not said.
    pub prefix: Option<String>,
}

/// Whether an earlier result may serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CachePolicy {
    /// It may.
    #[default]
    Use,
    /// It may not, and this one replaces it.
    Refresh,
    /// It may not, and this one is not kept.
    Off,
}

/// One party to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotifySpec {
    /// Where to; its host must be allowed by the daemon.
    pub url: String,
    /// Of what.
    pub events: Vec<EventKind>,
    /// Name of a configured secret to sign with.
    pub secret: Option<String>,
}

/// Kinds of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// An attempt began.
    Started,
    /// It went on.
    Progress,
    /// An output is there.
    Output,
    /// The job has a manifest.
    Completed,
}
