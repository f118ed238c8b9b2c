//! CSG tree to shape: computes what a program asked for, and puts spans on kernel errors.
//!
//! **In** a [`csg::Node`](crate::csg::Node) tree, fonts, a memo, a budget; **Out** [`Realized`]: a [`Shape`] and what was said.
//! **Stages** [`builder`] walks the tree · [`leaf`] primitives and files · [`operand`] which children count, and OpenSCAD's warnings ·
//! [`bundle`] unions and differences put off until someone needs the result · [`discretize`] slices and segments of extrusions ·
//! [`memo`] one result per subtree, found by its [`form`].
//! **Invariants** The same tree gives the same shape at any thread count and whatever the memo holds.
//! **Sources** Dimensions, empty operands and warnings follow OpenSCAD's evaluator; docs/algorithms/realize.md.

mod builder;
mod bundle;
mod discretize;
mod form;
mod leaf;
mod memo;
mod operand;

pub use memo::Memo;

use rustc_hash::FxHashSet;

use crate::budget::{Budget, Exceeded};
use crate::csg::NodeRef;
use crate::diag::{Code, Diagnostic, Diagnostics, Span};
use crate::realize::builder::Builder;
use crate::region::Region;
use crate::solid::{Control, Solid};
use crate::text::Fonts;

/// What a tree came to.
#[derive(Debug, Clone)]
pub enum Shape {
    /// Nothing.
    Empty,
    /// A 2D model.
    Region(Region),
    /// A 3D model.
    Solid(Solid),
}

/// A shape and what was said on the way to it.
#[derive(Debug)]
pub struct Realized {
    /// The shape; `None` where a limit of the job stopped the work.
    pub shape: Option<Shape>,
    /// Warnings and errors in program order.
    pub diagnostics: Diagnostics,
}

/// Computes a tree. Independent subtrees run on the current rayon pool.
pub fn realize(root: &NodeRef, fonts: &Fonts, memo: &Memo, budget: &Budget) -> Realized {
    let control = Control::new(budget);
    let builder = Builder::new(root, fonts, memo, &control);
    let shape = builder.build(root).and_then(|mut outcome| {
        let shape = outcome.made.into_shape(root, &mut outcome.said, &control)?;
        Ok((shape, outcome.said))
    });
    match shape {
        Ok((shape, said)) => Realized { shape: Some(shape), diagnostics: once_each(said) },
        Err(exceeded) => Realized {
            shape: None,
            diagnostics: vec![limit_diagnostic(builder.stopped_at().unwrap_or(root.span), exceeded)],
        },
    }
}

/// Equal subtrees say the same: keeps the first in program order.
fn once_each(said: Vec<operand::Said>) -> Diagnostics {
    let mut known = FxHashSet::default();
    said.into_iter()
        .filter(|said| known.insert((said.by, said.diagnostic.message.clone())))
        .map(|said| said.diagnostic)
        .collect()
}

fn limit_diagnostic(span: Span, exceeded: Exceeded) -> Diagnostic {
    Diagnostic::error(Code::LimitExceeded, span, exceeded.to_string())
        .with_hint(format!("The limit is `{}` of the job.", exceeded.limit_name()))
}
