//! The form of a program that runs: names are slots, callees are known, literals are values. Made per job, function by function, on first use.

use std::cell::Cell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::diag::{FileId, Span};
use crate::scad::ast::{self, BinaryOp, Modifiers, Name, UnaryOp};
use crate::scad::builtin::{BuiltinFunction, BuiltinModule};
use crate::scad::log::Remark;
use crate::scad::value::Value;

/// No frame, no file, no function.
pub const NONE: u32 = u32::MAX;

/// An expression.
#[derive(Debug)]
pub enum Expr {
    /// A literal, or a list of literals.
    Const(Value),
    /// A variable of this frame that surely has its value.
    Local(u32),
    /// A variable of this frame that a function literal shares; the other where it has no value yet.
    LocalCell(u32, Box<Expr>),
    /// A variable of an enclosing module's frame; the other where it has no value yet.
    Up(u32, Box<(u32, Expr)>),
    /// A variable of a file; the other where it has no value yet.
    Global(u32, Box<Expr>),
    /// A variable that this function literal took along.
    Captured(u32),
    /// The same, shared because it had no value then; the other where it still has none.
    CapturedCell(u32, Box<Expr>),
    /// The function literal that is running.
    Own,
    /// A special variable; nothing is said where it is not set.
    Special(u32, Option<Box<NameSite>>),
    /// A name that nothing has.
    Unknown(Box<NameSite>),
    /// `$children` of the module that many frames up.
    ChildCount(u32),
    /// `$parent_modules`
    ModuleDepth,
    /// `-a`, `!a`, `~a`
    Unary(Box<Unary>),
    /// Operators but `&&` and `||`.
    Binary(Box<Binary>),
    /// `a && b`
    And(Box<(Expr, Expr)>),
    /// `a || b`
    Or(Box<(Expr, Expr)>),
    /// `a ? b : c`
    Ternary(Box<(Expr, Expr, Expr)>),
    /// `a[b]`
    Index(Box<(Expr, Expr)>),
    /// `a.b`
    Member(Box<(Expr, Name)>),
    /// `[a, b]`
    List(Box<[Expr]>),
    /// `[a : b : c]`
    Range(Box<RangeExpr>),
    /// `let (…) a`
    Let(Box<Let>),
    /// `assert (…) a`
    Assert(Box<Assert>),
    /// `echo (…) a`
    Echo(Box<Echo>),
    /// A call of a function that is known.
    Call(Box<Call>),
    /// A call of a built-in function.
    Builtin(Box<BuiltinCall>),
    /// A call of whatever a value turns out to be.
    Dynamic(Box<DynamicCall>),
    /// A function literal.
    Literal(Box<Literal>),
    /// List elements: `for`.
    For(Box<For>),
    /// List elements: `for (;;)`.
    ForC(Box<ForC>),
    /// List elements: `each`.
    Each(Box<(Expr, Span)>),
    /// List elements: `if`.
    If(Box<(Expr, Expr, Option<Expr>)>),
    /// What stands behind so much of the program's text without a call or a loop that it costs steps of its own.
    Heavy(Box<(Expr, u32, Span)>),
}

/// A name and where it stands.
#[derive(Debug, Clone)]
pub struct NameSite {
    /// The name.
    pub name: Name,
    /// Where.
    pub span: Span,
    /// Where to look for a name that is spelled nearly so.
    pub reach: Option<Reach>,
}

/// The names in reach of a place in the program.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Those of the module or file around it.
    pub names: Weak<Names>,
    /// Those of its own frame.
    pub near: Box<[Name]>,
}

/// An operator with one operand.
#[derive(Debug)]
pub struct Unary {
    /// Which.
    pub op: UnaryOp,
    /// On what.
    pub operand: Expr,
    /// Where.
    pub span: Span,
}

/// An operator with two operands.
#[derive(Debug)]
pub struct Binary {
    /// Which.
    pub op: BinaryOp,
    /// On what.
    pub left: Expr,
    /// And what.
    pub right: Expr,
    /// Where.
    pub span: Span,
    /// Whether both were numbers every time so far: then the short cut is worth trying.
    pub numeric: Cell<bool>,
}

/// A range.
#[derive(Debug)]
pub struct RangeExpr {
    /// First value.
    pub begin: Expr,
    /// Distance.
    pub step: Option<Expr>,
    /// Last value at most.
    pub end: Expr,
    /// Made of literals, so that a wrong direction is a mistake worth telling.
    pub literal: bool,
    /// Where.
    pub span: Span,
}

/// Where a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A slot of the frame.
    Slot(u32),
    /// A slot that holds a shared variable.
    Cell(u32),
    /// A variable of a file.
    Global(u32),
    /// A special variable.
    Special(u32),
    /// Nowhere: it has no name.
    Nameless,
    /// Nowhere: its name was there before.
    Duplicate,
    /// Nowhere: nobody takes it.
    Dropped,
}

/// `name = value` inside `let` and its kin.
#[derive(Debug)]
pub struct Binding {
    /// Where it goes.
    pub target: Target,
    /// What.
    pub value: Expr,
    /// The name, for messages.
    pub name: Name,
}

/// Assignments one after another.
#[derive(Debug)]
pub struct Bindings {
    /// The assignments.
    pub list: Vec<Binding>,
    /// Slots that get a fresh shared variable before.
    pub cells: Vec<u32>,
    /// Where.
    pub span: Span,
}

/// `let (…) a`
#[derive(Debug)]
pub struct Let {
    /// The variables.
    pub bindings: Bindings,
    /// The value.
    pub body: Expr,
}

/// `assert (…) a`
#[derive(Debug)]
pub struct Assert {
    /// Must hold.
    pub condition: Option<Expr>,
    /// What to say.
    pub message: Option<Expr>,
    /// Evaluated and dropped.
    pub others: Vec<Expr>,
    /// Said about the arguments.
    pub notes: Vec<Remark>,
    /// Whether nothing can be said and nothing go wrong while the message is made: then it is made only when it is needed.
    pub is_quiet: bool,
    /// The condition as it is written.
    pub text: String,
    /// The value, `undef` where absent.
    pub body: Option<Expr>,
    /// Where.
    pub span: Span,
}

/// `echo (…) a`
#[derive(Debug)]
pub struct Echo {
    /// What to print, with names where given.
    pub arguments: Vec<(Option<Name>, Expr)>,
    /// The value, `undef` where absent.
    pub body: Option<Expr>,
    /// Where.
    pub span: Span,
}

/// Who is called, and where, for traces.
#[derive(Debug)]
pub struct Site {
    /// The name as it is written.
    pub name: Name,
    /// Where.
    pub span: Span,
}

/// Which argument goes where.
#[derive(Debug)]
pub struct ArgumentPlan {
    /// Targets and values in the order of the call.
    pub arguments: Vec<(Target, Expr)>,
    /// How many parameters there are.
    pub parameters: u32,
    /// Parameters that the call leaves to their defaults, by position.
    pub defaults: Vec<u32>,
    /// Warnings about the call.
    pub notes: Vec<Remark>,
    /// Whether all goes to slots.
    pub plain: bool,
}

/// A call of a function that is known.
#[derive(Debug)]
pub struct Call {
    /// Which.
    pub function: u32,
    /// Its arguments.
    pub plan: ArgumentPlan,
    /// The file whose variables must be there first, where it is another one; else [`NONE`].
    pub enter: u32,
    /// Frames up to the module in which it is defined; [`NONE`] for a file's functions.
    pub hops: u32,
    /// Who and where.
    pub site: Rc<Site>,
}

/// A call of a built-in function.
#[derive(Debug)]
pub struct BuiltinCall {
    /// Which.
    pub function: &'static BuiltinFunction,
    /// Its arguments; their names count only for a few.
    pub arguments: Vec<(Option<Name>, Expr)>,
    /// Who and where.
    pub site: Rc<Site>,
}

/// A call of whatever a value turns out to be.
#[derive(Debug)]
pub struct DynamicCall {
    /// Values that may be functions, innermost first.
    pub candidates: Vec<Expr>,
    /// What else the name may be.
    pub otherwise: Otherwise,
    /// The arguments.
    pub arguments: Vec<(Option<Name>, Expr)>,
    /// Who and where.
    pub site: Rc<Site>,
}

/// What is called where no value is a function.
#[derive(Debug)]
pub enum Otherwise {
    /// This.
    Call(Expr),
    /// Nothing: the name is unknown.
    Unknown(Reach),
    /// Nothing: the callee is not a name, and the value is not a function.
    NotFunction,
}

/// A function literal.
#[derive(Debug)]
pub struct Literal {
    /// Its code.
    pub body: Rc<FunctionBody>,
    /// What it takes along, in the order of its captured variables.
    pub captures: Vec<Capture>,
}

/// Where a function literal finds a variable to take along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capture {
    /// A slot of the frame that makes it.
    Local(u32),
    /// Something that the function literal that makes it took along.
    Captured(u32),
    /// The function literal that makes it.
    Own,
}

/// A variable that runs over values.
#[derive(Debug)]
pub struct LoopVariable {
    /// Where each value goes.
    pub target: Target,
    /// The values.
    pub values: Expr,
}

/// `for (…) a`
#[derive(Debug)]
pub struct For {
    /// The variables, outermost first.
    pub variables: Vec<LoopVariable>,
    /// The element.
    pub body: Expr,
    /// Where.
    pub span: Span,
}

/// `for (init; condition; step) body`
#[derive(Debug)]
pub struct ForC {
    /// Before.
    pub init: Bindings,
    /// While.
    pub condition: Expr,
    /// After each.
    pub step: Bindings,
    /// The element.
    pub body: Expr,
    /// Slots that have no value at first.
    pub fresh: Vec<u32>,
    /// Where.
    pub span: Span,
}

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
    pub syntax: Arc<ast::Function>,
    /// The file that it is written in.
    pub source: FileId,
    /// The names that it sees.
    pub names: Weak<Names>,
    /// Names that calls give it beyond its parameters: they follow these among its variables.
    pub extras: Vec<Name>,
    /// Its code, once it was called.
    pub body: Option<Rc<FunctionBody>>,
}

/// A module of a file or of another module.
#[derive(Debug)]
pub struct ModuleEntry {
    /// How it is written.
    pub syntax: Arc<ast::Module>,
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
        /// Frames up to the module whose children are meant; [`NONE`] outside any.
        hops: u32,
    },
    /// A module that is switched off.
    Disabled,
    /// Nothing has that name.
    Unknown(Reach),
}
