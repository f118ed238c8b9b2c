//! `Page`: a finished sheet as a flat list of marks in millimetres; all that a page writer sees.
//!
//! **Frame**: paper millimetres, origin at the lower left corner of the sheet, Y up.
//! **Invariants**: every mark's `view` is `None` (it belongs to the sheet) or an index into `views`.
//! A mark keeps its meaning (circle, hatch, dimension) so that DXF can have true entities; [`Mark::strokes`] and
//! [`Mark::fill`] give every other writer plain outlines.
//! **Knows nothing of** solids, meshes and where a line came from.

mod hatch;
mod ink;
mod lettering;
mod path;

pub use hatch::hatch_lines;
pub use ink::{Ink, LAYERS, Layer, LineType};
pub use lettering::{
    FONT_FAMILY, GlyphRun, PlacedGlyph, TYPEFACES, Typeface, cap_height, em, glyph_outline, glyph_run, glyph_widths,
    has_glyph, text_width,
};
pub use path::{Path, Step, arc_path, ellipse_path};

use crate::geom::{Aabb2, Vec2};

/// One finished sheet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// Name of the sheet among its fellows, as `sheet-1`.
    pub name: String,
    /// Title for a file's description.
    pub title: String,
    /// What it shows, in a sentence, for a file's description.
    pub description: String,
    /// Who made it, for a file's description.
    pub creator: String,
    /// Width in mm.
    pub width: f64,
    /// Height in mm.
    pub height: f64,
    /// The views on it.
    pub views: Vec<View>,
    /// Everything drawn, in drawing order.
    pub marks: Vec<Mark>,
}

/// A window of the sheet that shows the model at one scale.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Its name, as `front` or `A-A`.
    pub name: String,
    /// Paper millimetres for one model millimetre.
    pub scale: f64,
    /// The part of the sheet that it and its dimensions cover.
    pub frame: Aabb2,
    /// Paper place of the model's own origin, where a file at full size keeps the model's coordinates.
    pub origin: Option<Vec2>,
}

/// One thing drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Layer, width and line type.
    pub ink: Ink,
    /// The view it belongs to; none for border, title block and notes.
    pub view: Option<u32>,
    /// What is drawn.
    pub shape: Shape,
}

/// The shapes that a mark may have, in paper millimetres.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A stroked run of points.
    Polyline {
        /// The points.
        points: Vec<Vec2>,
        /// Whether the last is joined to the first.
        closed: bool,
    },
    /// A whole circle.
    Circle {
        /// Centre.
        center: Vec2,
        /// Radius.
        radius: f64,
    },
    /// A part of a circle, counter-clockwise.
    Arc {
        /// Centre.
        center: Vec2,
        /// Radius.
        radius: f64,
        /// Where it starts, degrees from +X.
        start_deg: f64,
        /// How far it goes, degrees, above 0 and at most 360.
        sweep_deg: f64,
    },
    /// An ellipse or a part of one, counter-clockwise.
    Ellipse {
        /// Centre.
        center: Vec2,
        /// From the centre to an end of the longer axis.
        major: Vec2,
        /// Shorter axis over longer axis, 0 to 1.
        ratio: f64,
        /// Where it starts: the parameter (not the polar angle) in degrees from the major axis.
        start_deg: f64,
        /// How far the parameter goes, degrees, above 0 and at most 360.
        sweep_deg: f64,
    },
    /// A smooth curve: a point, then two controls and a point for each cubic Bézier.
    Spline {
        /// The points, one more than a multiple of three.
        points: Vec<Vec2>,
    },
    /// A filled area under the even-odd rule.
    Area {
        /// Its outlines.
        contours: Vec<Vec<Vec2>>,
    },
    /// A hatched area under the even-odd rule.
    Hatch {
        /// Its outlines.
        contours: Vec<Vec<Vec2>>,
        /// Direction of the lines.
        angle_deg: f64,
        /// Distance between the lines.
        spacing: f64,
    },
    /// A line of lettering.
    Text(Text),
    /// A dimension: what it says, and the marks that say it.
    Dimension(Box<Dimension>),
    /// A leader with words, and the marks that show it.
    Leader(Box<Leader>),
}

/// A line of lettering.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// The anchor's place on the baseline.
    pub at: Vec2,
    /// Height of capitals in mm.
    pub height: f64,
    /// Direction of the baseline.
    pub angle_deg: f64,
    /// Which point of the text lies at `at`.
    pub anchor: Anchor,
    /// The words.
    pub content: String,
    /// Horizontal squeeze; 1 is the font's own width.
    pub stretch: f64,
}

/// Which point of a line of text lies at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Left end of the baseline.
    Start,
    /// Middle of the baseline.
    Middle,
    /// Right end of the baseline.
    End,
}

/// A dimension with its meaning; paper coordinates, model value.
#[derive(Debug, Clone, PartialEq)]
pub struct Dimension {
    /// What is measured, and where.
    pub kind: DimensionKind,
    /// The value in mm or degrees of the model.
    pub value: f64,
    /// What is written.
    pub text: String,
    /// Middle of the written text's baseline.
    pub text_at: Vec2,
    /// The lines, arrowheads and text that show it.
    pub drawn: Vec<Mark>,
}

/// A line from words to what they are about.
#[derive(Debug, Clone, PartialEq)]
pub struct Leader {
    /// From what it points at to the words.
    pub points: Vec<Vec2>,
    /// Whether it ends in a dot, not in an arrowhead.
    pub dotted: bool,
    /// The lines, arrowhead or dot, and words that show it.
    pub drawn: Vec<Mark>,
}

/// What a dimension measures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DimensionKind {
    /// The distance of two points along a direction.
    Linear {
        /// First point measured.
        from: Vec2,
        /// Second point measured.
        to: Vec2,
        /// A point on the dimension line.
        line_at: Vec2,
        /// Direction of the dimension line, degrees.
        angle_deg: f64,
    },
    /// A diameter between two opposite points.
    Diameter {
        /// One end.
        from: Vec2,
        /// The other end.
        to: Vec2,
    },
    /// A radius.
    Radius {
        /// Centre.
        center: Vec2,
        /// Point on the arc.
        to: Vec2,
    },
    /// The angle at a corner.
    Angular {
        /// The corner.
        center: Vec2,
        /// A point on the first leg.
        from: Vec2,
        /// A point on the second leg, counter-clockwise from the first.
        to: Vec2,
        /// A point on the dimension arc.
        line_at: Vec2,
    },
}

impl DimensionKind {
    /// The same dimension with every point put elsewhere.
    pub fn moved(self, onto: impl Fn(Vec2) -> Vec2) -> Self {
        match self {
            Self::Linear { from, to, line_at, angle_deg } => {
                Self::Linear { from: onto(from), to: onto(to), line_at: onto(line_at), angle_deg }
            }
            Self::Diameter { from, to } => Self::Diameter { from: onto(from), to: onto(to) },
            Self::Radius { center, to } => Self::Radius { center: onto(center), to: onto(to) },
            Self::Angular { center, from, to, line_at } => {
                Self::Angular { center: onto(center), from: onto(from), to: onto(to), line_at: onto(line_at) }
            }
        }
    }
}

impl Mark {
    /// The outlines to stroke; empty for text and filled areas.
    pub fn strokes(&self) -> Vec<Path> {
        match &self.shape {
            Shape::Polyline { points, closed } => vec![Path::polyline(points, *closed)],
            Shape::Circle { center, radius } => vec![arc_path(*center, *radius, 0.0, 360.0)],
            Shape::Arc { center, radius, start_deg, sweep_deg } => {
                vec![arc_path(*center, *radius, *start_deg, *sweep_deg)]
            }
            Shape::Ellipse { center, major, ratio, start_deg, sweep_deg } => {
                vec![ellipse_path(*center, *major, *ratio, *start_deg, *sweep_deg)]
            }
            Shape::Spline { points } => vec![Path::spline(points)],
            Shape::Hatch { contours, angle_deg, spacing } => hatch_lines(contours, *angle_deg, *spacing)
                .into_iter()
                .map(|[from, to]| Path::polyline(&[from, to], false))
                .collect(),
            Shape::Area { .. } | Shape::Text(_) | Shape::Dimension(_) | Shape::Leader(_) => Vec::new(),
        }
    }

    /// Where in its dash pattern a straight line starts, mm, so that it begins and ends with equal dashes.
    pub fn dash_phase(&self) -> f64 {
        let pattern = self.ink.line.pattern(self.ink.width);
        let Shape::Polyline { points, closed: false } = &self.shape else { return 0.0 };
        let (Some(dash), [from, to]) = (pattern.first(), points.as_slice()) else { return 0.0 };
        // the line starts at phase p and ends as far from its last dash's end: 2 p + length = dash, modulo the period
        (dash - from.distance(*to)).rem_euclid(pattern.iter().sum()) * 0.5
    }

    /// The outline to fill under the even-odd rule, if there is one.
    pub fn fill(&self) -> Option<Path> {
        let Shape::Area { contours } = &self.shape else { return None };
        let mut path = Path::default();
        for contour in contours {
            path.append(&Path::polyline(contour, true));
        }
        Some(path)
    }
}

impl Page {
    /// Paper place of the model's own origin, where the page is nothing but the model at full size: a file can keep its coordinates then.
    pub fn model_origin(&self) -> Option<Vec2> {
        match &self.views[..] {
            [view] if view.scale == 1.0 => view.origin,
            _ => None,
        }
    }

    /// Every mark with dimensions and leaders taken apart into what is drawn of them.
    pub fn flat_marks(&self) -> impl Iterator<Item = &Mark> {
        self.marks.iter().flat_map(|mark| match &mark.shape {
            Shape::Dimension(dimension) => dimension.drawn.iter(),
            Shape::Leader(leader) => leader.drawn.iter(),
            _ => std::slice::from_ref(mark).iter(),
        })
    }
}

impl Text {
    /// Width of the written line in mm.
    pub fn width(&self) -> f64 {
        text_width(&self.content, self.height) * self.stretch
    }

    /// Left end of the baseline.
    pub fn start(&self) -> Vec2 {
        let back = match self.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => 0.5,
            Anchor::End => 1.0,
        };
        let along = Vec2::new(crate::geom::cos_deg(self.angle_deg), crate::geom::sin_deg(self.angle_deg));
        self.at - along * (self.width() * back)
    }
}
