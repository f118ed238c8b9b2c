//! What a program wants its drawings to say, with the place that the transformations around it give it.

use std::sync::Arc;

use crate::csg::{Kind, LinearExtrude, NodeRef};
use crate::diag::Span;
use crate::geom::{Mat4, Vec3};

/// Something for a drawing, in the coordinates in which it was said. It makes no geometry.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotation {
    /// What it is.
    pub subject: Subject,
    /// What is written, where it is not the measured value.
    pub text: Option<Arc<str>>,
    /// What is written behind it: how much it may be off.
    pub tolerance: Option<Arc<str>>,
    /// The view that it belongs in; chosen where none is named.
    pub view: Option<Arc<str>>,
    /// Where the program asks for it.
    pub span: Span,
}

/// The kinds of annotation. Lengths in mm.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// The distance of two points, or its part along a direction.
    Dimension {
        /// First point.
        from: Vec3,
        /// Second point.
        to: Vec3,
        /// The direction; the points' own where none is given.
        along: Option<Vec3>,
    },
    /// The diameter, or the radius, of a circle.
    Circle {
        /// Its centre.
        center: Vec3,
        /// Its normal.
        axis: Vec3,
        /// Its radius.
        radius: f64,
        /// Whether its diameter is given.
        diameter: bool,
    },
    /// The angle at a corner between two points.
    Angle {
        /// The corner.
        corner: Vec3,
        /// A point on one leg.
        from: Vec3,
        /// A point on the other leg.
        to: Vec3,
    },
    /// Words about a point.
    Note {
        /// The point.
        at: Vec3,
    },
    /// A datum feature; the text is its letter.
    Datum {
        /// A point of the surface.
        at: Vec3,
        /// Out of the surface.
        normal: Vec3,
    },
    /// The texture of a surface; the text says which.
    Finish {
        /// A point of the surface.
        at: Vec3,
        /// Out of the surface.
        normal: Vec3,
    },
    /// A cutting plane; the text is its letter.
    Section {
        /// A point of the plane.
        at: Vec3,
        /// Towards the viewer.
        normal: Vec3,
    },
    /// A place that is to be shown enlarged; the text is its letter.
    Detail {
        /// Its middle.
        at: Vec3,
        /// How far around it.
        radius: f64,
        /// Enlargement against the sheet; chosen where none is given.
        scale: Option<f64>,
    },
    /// A room of a building; the text is its name.
    Room {
        /// A point in it.
        at: Vec3,
    },
    /// What it stands in is a part; the text is its name.
    Part {
        /// What it is made of; may be empty.
        material: Arc<str>,
        /// Its number or standard; may be empty.
        number: Arc<str>,
    },
    /// A field of the title block; the text goes there.
    Title {
        /// The field's name.
        field: Arc<str>,
    },
}

impl Annotation {
    /// The same in the coordinates that a matrix leads to.
    pub fn moved(&self, by: &Mat4) -> Self {
        let point = |at: Vec3| by.transform_point3(at);
        let along = |direction: Vec3| by.transform_vector3(direction);
        let inverse = by.inverse().transpose();
        let normal = |out: Vec3| if inverse.is_finite() { inverse.transform_vector3(out) } else { out };
        let across = |axis: Vec3| along(axis.any_orthogonal_vector().normalize_or_zero()).length();
        let subject = match &self.subject {
            Subject::Dimension { from, to, along: direction } => {
                Subject::Dimension { from: point(*from), to: point(*to), along: direction.map(along) }
            }
            Subject::Circle { center, axis, radius, diameter } => Subject::Circle {
                center: point(*center),
                axis: normal(*axis),
                radius: radius * across(*axis),
                diameter: *diameter,
            },
            Subject::Angle { corner, from, to } => {
                Subject::Angle { corner: point(*corner), from: point(*from), to: point(*to) }
            }
            Subject::Note { at } => Subject::Note { at: point(*at) },
            Subject::Datum { at, normal: out } => Subject::Datum { at: point(*at), normal: normal(*out) },
            Subject::Finish { at, normal: out } => Subject::Finish { at: point(*at), normal: normal(*out) },
            Subject::Section { at, normal: out } => Subject::Section { at: point(*at), normal: normal(*out) },
            Subject::Detail { at, radius, scale } => {
                Subject::Detail { at: point(*at), radius: radius * along(Vec3::X).length(), scale: *scale }
            }
            Subject::Room { at } => Subject::Room { at: point(*at) },
            other @ (Subject::Part { .. } | Subject::Title { .. }) => other.clone(),
        };
        Self { subject, ..self.clone() }
    }
}

/// The fields of a title block that a program may fill.
pub const TITLE_FIELDS: [&str; 13] = [
    "owner",
    "title",
    "subtitle",
    "number",
    "revision",
    "date",
    "creator",
    "approver",
    "department",
    "material",
    "tolerance",
    "status",
    "weight",
];

/// All annotations of a tree in program order, in the tree's own coordinates; those of `%` parts left out. O(nodes).
pub fn annotations(root: &NodeRef) -> Vec<Annotation> {
    let mut found = Vec::new();
    let mut todo = vec![(root, Mat4::IDENTITY)];
    while let Some((node, at)) = todo.pop() {
        if node.background {
            continue;
        }
        if let Kind::Annotation(annotation) = &node.kind {
            found.push(annotation.moved(&at));
        }
        let inside = at * own_matrix(&node.kind);
        todo.extend(node.children.iter().rev().map(|child| (child, inside)));
    }
    found
}

/// How a node moves what is in it; a flat shape that is given height lies at its bottom.
fn own_matrix(kind: &Kind) -> Mat4 {
    match kind {
        Kind::Transform(matrix) => *matrix,
        Kind::LinearExtrude(LinearExtrude { direction, center: true, .. }) => Mat4::from_translation(*direction * -0.5),
        Kind::RotateExtrude(_) => {
            Mat4::from_cols(Vec3::X.extend(0.0), Vec3::Z.extend(0.0), Vec3::NEG_Y.extend(0.0), Vec3::ZERO.extend(1.0))
        }
        _ => Mat4::IDENTITY,
    }
}
