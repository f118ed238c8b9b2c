//! Which children count, in which dimension, and what OpenSCAD says about the others.

use std::sync::Arc;

use crate::csg::{Digest, Node};
use crate::diag::{Diagnostic, Span};
use crate::realize::bundle::{Bundle, Made};
use crate::region::Region;

/// A diagnostic and the node that said it.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub by: Digest,
    pub diagnostic: Diagnostic,
}

/// The result of a subtree and all that was said in it, in program order.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub made: Made,
    pub said: Vec<Said>,
}

/// A child that is part of the model.
#[derive(Debug, Clone)]
pub(super) struct Operand {
    pub span: Span,
    pub made: Made,
}

/// Operands of one dimension; the places of those that are nothing, or of the other dimension, are kept.
pub(super) enum Operands {
    /// None has a shape.
    Nothing,
    /// All 2D.
    Flat(Vec<Option<Arc<Region>>>),
    /// All 3D.
    Spatial(Vec<Option<Bundle>>),
}

/// Sorts operands by the dimension of the first that has a shape.
pub(super) fn by_dimension(node: &Node, operands: Vec<Operand>, said: &mut Vec<Said>) -> Operands {
    let first = operands.iter().find(|operand| !matches!(operand.made, Made::Empty));
    let flat = match first.map(|operand| &operand.made) {
        None | Some(Made::Empty) => return Operands::Nothing,
        Some(Made::Region(_)) => true,
        Some(Made::Solid(_)) => false,
    };
    let stray = operands.iter().find(|operand| match operand.made {
        Made::Empty => false,
        Made::Region(_) => !flat,
        Made::Solid(_) => flat,
    });
    if let Some(stray) = stray {
        warn(node, stray.span, "Mixing 2D and 3D objects is not supported", said);
    }
    if flat {
        Operands::Flat(flat_only(node, operands, said))
    } else {
        Operands::Spatial(spatial_only(node, operands, said))
    }
}

/// The 2D operands; 3D ones are nothing, with a warning.
pub(super) fn flat_only(node: &Node, operands: Vec<Operand>, said: &mut Vec<Said>) -> Vec<Option<Arc<Region>>> {
    let keep = |operand: Operand| match operand.made {
        Made::Empty => None,
        Made::Region(region) => Some(region),
        Made::Solid(_) => {
            let warning = Diagnostic::warning(operand.span, "Ignoring 3D child object for 2D operation");
            let hint = "projection() makes an outline of a solid.";
            said.push(Said { by: node.digest(), diagnostic: warning.with_hint(hint) });
            None
        }
    };
    operands.into_iter().map(keep).collect()
}

/// The 3D operands; 2D ones are nothing, with a warning.
pub(super) fn spatial_only(node: &Node, operands: Vec<Operand>, said: &mut Vec<Said>) -> Vec<Option<Bundle>> {
    let keep = |operand: Operand| match operand.made {
        Made::Empty => None,
        Made::Solid(bundle) => Some(bundle),
        Made::Region(_) => {
            let warning = Diagnostic::warning(operand.span, "Ignoring 2D child object for 3D operation");
            let hint = "linear_extrude(height = …) makes a solid of an outline.";
            said.push(Said { by: node.digest(), diagnostic: warning.with_hint(hint) });
            None
        }
    };
    operands.into_iter().map(keep).collect()
}

/// Says a warning.
pub(super) fn warn(node: &Node, span: Span, message: impl Into<String>, said: &mut Vec<Said>) {
    said.push(Said { by: node.digest(), diagnostic: Diagnostic::warning(span, message) });
}
