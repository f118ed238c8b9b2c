//! What a job may ask of its sheets: plain data with defaults.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::csg::Annotation;
use crate::drawing::template::Template;
use crate::geom::{Vec2, Vec3};

/// What is wanted of a drawing as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawingSpec {
    /// Its sheets; at least one.
    pub sheets: Vec<SheetSpec>,
    /// How the model falls into parts.
    pub parts: PartsBy,
    /// What parts are called, by the name or the colour that they have in the program.
    pub part_names: BTreeMap<String, PartName>,
    /// Whether each kind of part has a sheet of its own behind them, where there are several.
    pub part_sheets: bool,
    /// Whether a flat model's outline has true arcs and circles; else every vertex of it.
    pub curves: bool,
}

/// What the parts list says of a part; empty words leave what the program says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartName {
    /// Its name.
    pub name: String,
    /// What it is made of.
    pub material: String,
    /// Its number or standard.
    pub number: String,
}

/// How a model falls into parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum PartsBy {
    /// It is one.
    #[default]
    One,
    /// Each object of the program's top level.
    Objects,
    /// All objects of one colour.
    Colors,
}

/// What is wanted of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetSpec {
    /// Size of the paper.
    pub paper: Paper,
    /// How views are arranged (ISO 5456-2).
    pub projection: Projection,
    /// The views wanted, each once.
    pub views: Vec<ViewSpec>,
    /// Drawing scale.
    pub scale: Scale,
    /// Sections wanted.
    pub sections: Vec<SectionSpec>,
    /// Views in other directions, with an arrow and a letter in the view that they are taken from.
    pub auxiliaries: Vec<AuxiliarySpec>,
    /// Details drawn larger.
    pub details: Vec<DetailSpec>,
    /// Whether dimensions are placed.
    pub dimensions: Dimensioning,
    /// Which hidden edges are drawn.
    pub hidden_lines: HiddenLines,
    /// Whether edges without a crease are drawn, narrow.
    pub tangent_edges: bool,
    /// How distances that follow each other are given.
    pub running: Running,
    /// Stretches that the views around the front view leave out.
    pub breaks: Vec<BreakSpec>,
    /// Names of rooms in floor plans.
    pub rooms: Vec<RoomName>,
    /// Whether holes have a table in place of callouts and distances.
    pub hole_table: bool,
    /// The title block's words.
    pub title: TitleFields,
    /// What changed from one issue to the next, the first first.
    pub revisions: Vec<Revision>,
    /// Sheets of one's own in place of border and title block, each tried in turn as paper sizes are.
    pub templates: Vec<TemplateFile>,
    /// What the program itself asks for, in model coordinates.
    pub annotations: Vec<Annotation>,
}

/// Which hidden edges are drawn (ISO 128-3: where they are needed to understand the part).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HiddenLines {
    /// Those of views in which they can be told apart.
    #[default]
    Auto,
    /// All.
    All,
    /// None.
    None,
}

/// How distances that follow each other are given (ISO 129-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Running {
    /// Few as a chain, many from the datum edge, equal ones once.
    #[default]
    Auto,
    /// Each from the one before.
    Chain,
    /// All from the datum edge.
    Baseline,
}

/// A stretch of the model that broken views leave out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreakSpec {
    /// The model's axis along it.
    pub axis: Vec3,
    /// Where it begins on that axis, mm.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
}

/// What a room is called.
#[derive(Debug, Clone, PartialEq)]
pub struct RoomName {
    /// Its name.
    pub name: String,
    /// A place in it, mm of the model.
    pub at: Vec2,
}

/// A row of the revision table; empty words stay empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Revision {
    /// Its index, as `B`.
    pub revision: String,
    /// What changed.
    pub description: String,
    /// When.
    pub date: String,
    /// Who approved it.
    pub approved: String,
}

/// A template by its file.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateFile {
    /// The file, as the job names it.
    pub name: String,
    /// What it holds, once somebody has read it.
    pub template: Option<Arc<Template>>,
}

/// Size of the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paper {
    /// The smallest of A4 to A0 on which the views fit at a good scale.
    #[default]
    Auto,
    /// This one.
    Sheet {
        /// Its size.
        size: PaperSize,
        /// Whether the short side lies at the bottom.
        portrait: bool,
    },
}

/// Trimmed sheets of ISO 5457.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PaperSize {
    /// 210 x 297.
    A4,
    /// 297 x 420.
    A3,
    /// 420 x 594.
    A2,
    /// 594 x 841.
    A1,
    /// 841 x 1189.
    A0,
}

/// How views are arranged around the front view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Projection {
    /// The top view below the front view: ISO's, and the default.
    #[default]
    FirstAngle,
    /// The top view above the front view.
    ThirdAngle,
}

/// A view wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ViewSpec {
    /// From -Y.
    Front,
    /// From +Z.
    Top,
    /// From +X.
    Right,
    /// From -X.
    Left,
    /// From -Z.
    Bottom,
    /// From +Y.
    Rear,
    /// From (1, -1, 1): all axes shortened alike.
    Isometric,
    /// ISO 5456-3 dimetric: the front nearly true, depth halved.
    Dimetric,
    /// From any direction, Z upright.
    Direction(Vec3),
    /// A floor plan: cut at a height in mm above the lowest point, seen from above.
    Plan(f64),
    /// The parts of an assembly pulled apart along a direction, seen as [`ViewSpec::Isometric`].
    Exploded(Vec3),
}

impl ViewSpec {
    /// The view of a name as jobs write it.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "front" => Self::Front,
            "top" => Self::Top,
            "right" => Self::Right,
            "left" => Self::Left,
            "bottom" => Self::Bottom,
            "rear" | "back" => Self::Rear,
            "isometric" | "iso" => Self::Isometric,
            "dimetric" => Self::Dimetric,
            _ => return None,
        })
    }
}

/// Drawing scale.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Scale {
    /// The largest of ISO 5455's series that fits.
    #[default]
    Auto,
    /// Paper length over model length, as 1 and 2 for half size.
    Fixed(f64, f64),
}

/// A section wanted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SectionSpec {
    /// Its letter: `A` is drawn as `A-A`.
    pub label: String,
    /// A point of the cutting plane.
    pub point: Vec3,
    /// Points from the cut face to the viewer; what lies on that side is taken away.
    pub normal: Vec3,
    /// Further points that the cut passes through, stepping half-way between them; none for one plane.
    pub through: Vec<Vec3>,
    /// The half beside `point` that is cut, the other being seen from outside; none for all of it.
    pub half: Option<Half>,
    /// Names of parts that are not cut: shafts, bolts, ribs (ISO 128-3).
    pub uncut: Vec<String>,
}

/// The half of a view that is cut, as it lies in that view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// Left of the point.
    Left,
    /// Right of it.
    Right,
    /// Above it.
    Upper,
    /// Below it.
    Lower,
}

/// A view in a direction of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct AuxiliarySpec {
    /// Its letter.
    pub label: String,
    /// From the model towards the viewer.
    pub toward: Vec3,
}

/// A part of a view drawn larger.
#[derive(Debug, Clone, PartialEq)]
pub struct DetailSpec {
    /// Its letter.
    pub label: String,
    /// The view that it is taken from, by name; a section by its letter.
    pub view: String,
    /// Its middle, in the model.
    pub center: Vec3,
    /// Its radius, in mm of the model.
    pub radius: f64,
    /// Its scale; the smallest of ISO 5455 that makes it readable where none is given.
    pub scale: Option<(f64, f64)>,
}

/// Whether dimensions are placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dimensioning {
    /// Those that a person would place.
    #[default]
    Auto,
    /// None.
    None,
}

/// The title block's words (ISO 7200); empty ones stay empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TitleFields {
    /// Legal owner.
    pub owner: String,
    /// Title.
    pub title: String,
    /// Supplementary title.
    pub subtitle: String,
    /// Identification number.
    pub number: String,
    /// Revision index.
    pub revision: String,
    /// Date of issue.
    pub date: String,
    /// Created by.
    pub creator: String,
    /// Approved by.
    pub approver: String,
    /// Responsible department.
    pub department: String,
    /// Material.
    pub material: String,
    /// General tolerances; ISO 2768-m where empty.
    pub tolerance: String,
    /// Document type.
    pub document_type: String,
    /// Document status.
    pub status: String,
    /// What the shown weighs.
    pub weight: String,
    /// Density in g/cm³, by which the weight is known where none is said.
    pub density: Option<f64>,
    /// Words for a template's own fields.
    pub fields: BTreeMap<String, String>,
}

impl Default for SheetSpec {
    fn default() -> Self {
        Self {
            paper: Paper::Auto,
            projection: Projection::FirstAngle,
            views: vec![ViewSpec::Front, ViewSpec::Top, ViewSpec::Right, ViewSpec::Isometric],
            scale: Scale::Auto,
            sections: Vec::new(),
            auxiliaries: Vec::new(),
            details: Vec::new(),
            dimensions: Dimensioning::Auto,
            hidden_lines: HiddenLines::Auto,
            tangent_edges: false,
            running: Running::Auto,
            breaks: Vec::new(),
            rooms: Vec::new(),
            hole_table: false,
            title: TitleFields::default(),
            revisions: Vec::new(),
            templates: Vec::new(),
            annotations: Vec::new(),
        }
    }
}

impl SectionSpec {
    /// One plane through everything.
    pub fn full(label: &str, point: Vec3, normal: Vec3) -> Self {
        Self { label: label.to_owned(), point, normal, ..Self::default() }
    }
}

impl PaperSize {
    /// All sizes, smallest first.
    pub const ALL: [Self; 5] = [Self::A4, Self::A3, Self::A2, Self::A1, Self::A0];

    /// Short and long side in mm.
    pub fn sides(self) -> (f64, f64) {
        match self {
            Self::A4 => (210.0, 297.0),
            Self::A3 => (297.0, 420.0),
            Self::A2 => (420.0, 594.0),
            Self::A1 => (594.0, 841.0),
            Self::A0 => (841.0, 1189.0),
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::A4 => "A4",
            Self::A3 => "A3",
            Self::A2 => "A2",
            Self::A1 => "A1",
            Self::A0 => "A0",
        }
    }
}
