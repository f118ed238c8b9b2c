//! `Options`: what a job says about how its program is to be evaluated.

use std::sync::Arc;

use crate::scad::unit::ParseCache;

/// A value from outside the program.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `undef`
    Undef,
    /// `true`, `false`
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Literal>),
}

/// Parts of the language that OpenSCAD has behind a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Feature {
    /// `roof()`
    Roof,
    /// `children()`, `for` and their kin hand their nodes up one by one instead of as a group.
    LazyUnion,
    /// `textmetrics()`, `fontmetrics()`, `is_object()`
    TextMetrics,
    /// `import()` as a function
    ImportFunction,
    /// `object()`, `has_key()`
    ObjectFunction,
    /// `v.xy`
    VectorSwizzle,
    /// `$fe`
    DiscretizationByError,
}

impl Feature {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Roof,
        Self::LazyUnion,
        Self::TextMetrics,
        Self::ImportFunction,
        Self::ObjectFunction,
        Self::VectorSwizzle,
        Self::DiscretizationByError,
    ];

    /// The name that OpenSCAD's `--enable` knows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Roof => "roof",
            Self::LazyUnion => "lazy-union",
            Self::TextMetrics => "textmetrics",
            Self::ImportFunction => "import-function",
            Self::ObjectFunction => "object-function",
            Self::VectorSwizzle => "vector-swizzle",
            Self::DiscretizationByError => "discretization-by-error",
        }
    }
}

/// A set of features.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Features(u8);

impl Features {
    /// None: what OpenSCAD does without a switch.
    pub const NONE: Self = Self(0);

    /// With one more.
    pub fn with(self, feature: Feature) -> Self {
        Self(self.0 | 1 << feature as u8)
    }

    /// Whether it has the feature.
    pub fn has(self, feature: Feature) -> bool {
        self.0 & 1 << feature as u8 != 0
    }
}

impl Default for Features {
    /// All that programs may want; not those that change what a program means that does not name them.
    fn default() -> Self {
        Self::NONE
            .with(Feature::Roof)
            .with(Feature::TextMetrics)
            .with(Feature::ImportFunction)
            .with(Feature::ObjectFunction)
            .with(Feature::VectorSwizzle)
    }
}

/// The view that a program may ask for: `$vpt`, `$vpr`, `$vpd`, `$vpf`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Looked at, mm.
    pub target: [f64; 3],
    /// Rotation, degrees.
    pub rotation: [f64; 3],
    /// Distance, mm.
    pub distance: f64,
    /// Field of view, degrees.
    pub field: f64,
}

impl Default for View {
    fn default() -> Self {
        Self { target: [0.0; 3], rotation: [55.0, 0.0, 25.0], distance: 140.0, field: 22.5 }
    }
}

/// When `mw_plate_1()`, `mw_plate_2()` … and `mw_assembly_view()` are called, as `MakerWorld` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Plates {
    /// Never: what OpenSCAD does.
    Off,
    /// Where the top level makes nothing: the assembly view, or else all plates, are then the tree.
    #[default]
    Fallback,
    /// Always: each plate gets a tree of its own, and the tree is as with `Fallback`.
    All,
}

/// The view that a program sets at its top level, as far as it does.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct AskedView {
    /// `$vpt`: looked at, mm.
    pub target: Option<[f64; 3]>,
    /// `$vpr`: rotation, degrees.
    pub rotation: Option<[f64; 3]>,
    /// `$vpd`: distance, mm.
    pub distance: Option<f64>,
    /// `$vpf`: field of view, degrees.
    pub field: Option<f64>,
}

/// What a job says about how its program is to be evaluated.
#[derive(Debug, Clone)]
pub struct Options {
    /// Variables of the main program that get another value.
    pub overrides: Vec<(String, Literal)>,
    /// Statements that stand at the end of the main program and of used files: OpenSCAD's `-D`.
    pub appended: Vec<String>,
    /// `$preview`
    pub preview: bool,
    /// `$t`
    pub time: f64,
    /// The view.
    pub view: View,
    /// When plates are made.
    pub plates: Plates,
    /// What is switched on.
    pub features: Features,
    /// Whether traces show the parameters of modules.
    pub trace_parameters: bool,
    /// Whether primitives warn of sizes that make nothing.
    pub check_ranges: bool,
    /// Whether a file that `import()` names and that is not there is told of. OpenSCAD does so when it needs the geometry.
    pub tell_missing: bool,
    /// Stack that the thread has for the evaluation, bytes. A call of a function that does not call itself last takes about 1 KiB.
    pub stack_bytes: usize,
    /// Parsed files; without one, files are parsed anew.
    pub cache: Option<Arc<ParseCache>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            overrides: Vec::new(),
            appended: Vec::new(),
            preview: false,
            time: 0.0,
            view: View::default(),
            plates: Plates::default(),
            features: Features::default(),
            trace_parameters: true,
            check_ranges: false,
            tell_missing: true,
            stack_bytes: 1536 << 10,
            cache: None,
        }
    }
}
