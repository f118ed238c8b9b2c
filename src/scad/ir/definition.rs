//! Definitions and blocks: functions, modules, assignments, instantiations.

use std::rc::{Rc, Weak};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::diag::{FileId, Span};
use crate::scad::ast::{self, Modifiers, Name};
use crate::scad::builtin::BuiltinModule;
use crate::scad::deferred::Deferred;
use crate::scad::ir::{ArgumentPlan, Assert, Bindings, Expr, LoopVariable, Reach, Site, Target};

/// A parameter of a function or module.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Where its value goes.
    pub target: Target,
    /// What it is where the caller gives nothing.
    pub default: Option<Expr>,
}

/// The code of a function.
#[derive(Debug)]
pub struct FunctionBody {
    /// Its parameters; the one at position n goes to slot n.
    pub parameters: Vec<Parameter>,
    /// Slots that it needs.
    pub frame_size: u32,
    /// Its value.
    pub body: Expr,
    /// Where the value stands.
    pub span: Span,
    /// Which parameter is `this`.
    pub this: Option<u32>,
    /// How it is written.
    pub syntax: Arc<ast::Function>,
}

/// A function of a file or module.
#[derive(Debug)]
pub struct FunctionEntry {
    /// How it is written.
    pub syntax: Arc<Deferred<ast::Function>>,
    /// The file that it is written in.
    pub source: FileId,
    /// The names that it sees.
    pub names: Weak<Names>,
    /// Names that calls give it beyond its parameters: they follow these among its variables.
    pub extras: Vec<Name>,
    /// Its code, once it was called.
    pub body: Option<Rc<FunctionBody>>,
    /// Whether its value may be written out in the place of a call.
    pub inlining: Inlining,
}

/// Whether the value of a function may be written out in the place of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inlining {
    /// Nobody asked so far.
    Unknown,
    /// It is being found out.
    Asked,
    /// Yes.
    Yes,
    /// No.
    No,
}

/// A module of a file or of another module.
#[derive(Debug)]
pub struct ModuleEntry {
    /// How it is written.
    pub syntax: Arc<Deferred<ast::Module>>,
    /// The file that it is written in.
    pub source: FileId,
    /// The names that it sees.
    pub names: Weak<Names>,
    /// Names that calls give it beyond its parameters: they follow these among its variables.
    pub extras: Vec<Name>,
    /// Its code, once it was called.
    pub body: Option<Rc<ModuleBody>>,
}

/// The code of a module.
#[derive(Debug)]
pub struct ModuleBody {
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Slots that it needs.
    pub frame_size: u32,
    /// What it does.
    pub block: Block,
    /// Its name.
    pub name: Name,
    /// Where it is defined.
    pub span: Span,
    /// The names inside it; kept alive here for the functions that it defines.
    #[expect(dead_code, reason = "the functions and modules inside hold only weak references to it")]
    pub names: Rc<Names>,
}

/// The names that a file or module defines.
#[derive(Debug)]
pub struct Names {
    /// The names around it; none for a file.
    pub parent: Option<Rc<Names>>,
    /// The file, by instance.
    pub file: u32,
    /// Its variables: slots of a module's frame, or of the file's variables.
    pub variables: FxHashMap<Name, u32>,
    /// Its functions.
    pub functions: FxHashMap<Name, u32>,
    /// Its modules.
    pub modules: FxHashMap<Name, u32>,
}

/// Assignments and instantiations.
#[derive(Debug, Default)]
pub struct Block {
    /// Run first, in order.
    pub assignments: Vec<Assignment>,
    /// Then these.
    pub instantiations: Vec<Instantiation>,
    /// Slots that get a fresh shared variable before.
    pub cells: Vec<u32>,
}

/// `name = value;`
#[derive(Debug)]
pub struct Assignment {
    /// Where it goes.
    pub target: Target,
    /// What.
    pub value: Expr,
    /// The name.
    pub name: Name,
    /// Where the name was first assigned.
    pub span: Span,
    /// Where it was assigned once more; that value counts.
    pub overwritten: Option<Span>,
    /// It is a literal, and there is a parameter of that name.
    pub hides_parameter: bool,
}

/// A module called with its children.
#[derive(Debug)]
pub struct Instantiation {
    /// Which.
    pub kind: InstantiationKind,
    /// Who and where.
    pub site: Rc<Site>,
    /// `!`, `#`, `%`.
    pub modifiers: Modifiers,
    /// Its children.
    pub children: Rc<Block>,
}

/// The kinds of module.
#[derive(Debug)]
pub enum InstantiationKind {
    /// The program's own.
    User {
        /// Which.
        module: u32,
        /// Its arguments.
        plan: ArgumentPlan,
        /// The file whose variables must be there first.
        enter: u32,
        /// Frames up to the module in which it is defined.
        hops: u32,
    },
    /// A primitive, transform or operator.
    Builtin {
        /// Which.
        module: &'static BuiltinModule,
        /// Its arguments.
        plan: ArgumentPlan,
    },
    /// `for`, `intersection_for`
    For {
        /// The variables.
        variables: Vec<LoopVariable>,
        /// Whether it is `intersection_for`.
        intersection: bool,
    },
    /// `if`
    If {
        /// The condition.
        condition: Expr,
        /// The children of `else`.
        otherwise: Option<Rc<Block>>,
    },
    /// `let`
    Let(Bindings),
    /// `echo`
    Echo(Vec<(Option<Name>, Expr)>),
    /// `assert`
    Assert(Box<Assert>),
    /// `children`
    Children {
        /// Its arguments.
        plan: ArgumentPlan,
        /// Frames up to the module whose children are meant; `NONE` outside any.
        hops: u32,
    },
    /// A module that is switched off.
    Disabled,
    /// Nothing has that name.
    Unknown(Reach),
}
