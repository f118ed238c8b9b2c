//! The form of a program that runs: names are slots, callees are known, literals are values. Made per job, function by function, on first use.

mod definition;

pub use definition::{
    Assignment, Block, FunctionBody, FunctionEntry, Inlining, Instantiation, InstantiationKind, ModuleBody,
    ModuleEntry, Names, Parameter,
};

use std::cell::Cell;
use std::rc::{Rc, Weak};

use crate::diag::Span;
use crate::scad::ast::{BinaryOp, Name, UnaryOp};
use crate::scad::builtin::BuiltinFunction;
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
    /// The same where nothing reads the variable any more: its value is moved out, so that whoever gets it may have it to himself.
    Last(u32),
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
    /// `a[2]`: the index is a literal that may be one.
    Element(Box<(Expr, u32)>),
    /// `a.b`, and which element of a list that is.
    Member(Box<(Expr, Name, Option<u32>)>),
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
    /// A call of a built-in function that asks what a value is.
    Ask(Box<Ask>),
    /// A call of a small function whose value is written out in its place.
    Inline(Box<Inline>),
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

/// A call of a built-in function that asks what a value is.
#[derive(Debug)]
pub struct Ask {
    /// What it asks.
    pub question: Question,
    /// Of what.
    pub operand: Expr,
    /// Who and where.
    pub site: Rc<Site>,
}

/// What can be asked of any value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// `is_undef`
    Undef,
    /// `is_list`
    List,
    /// `is_num`
    Number,
    /// `is_bool`
    Bool,
    /// `is_string`
    Text,
    /// `is_function`
    Function,
}

impl Question {
    /// The question that the built-in function of that name asks.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "is_undef" => Self::Undef,
            "is_list" => Self::List,
            "is_num" => Self::Number,
            "is_bool" => Self::Bool,
            "is_string" => Self::Text,
            "is_function" => Self::Function,
            _ => return None,
        })
    }

    /// The answer.
    #[inline(always)]
    pub fn holds(self, value: &Value) -> bool {
        match self {
            Self::Undef => value.is_undef(),
            Self::List => matches!(value, Value::List(_)),
            Self::Number => matches!(value, Value::Number(number) if !number.is_nan()),
            Self::Bool => matches!(value, Value::Bool(_)),
            Self::Text => matches!(value, Value::Text(_)),
            Self::Function => matches!(value, Value::Function(_)),
        }
    }
}

/// A call of a small function whose value is written out in its place. Its parameters are slots of the caller's frame; those that the
/// caller fills with variables of its own are these.
#[derive(Debug)]
pub struct Inline {
    /// Parameters that need a slot, in the order of the call.
    pub bindings: Vec<(u32, Expr)>,
    /// The value.
    pub body: Expr,
    /// The file whose variables must be there first, where it is another one; else [`NONE`].
    pub enter: u32,
    /// Who and where.
    pub site: Rc<Site>,
}

impl Inline {
    /// Whether its value is that of its body without further ado.
    #[inline]
    pub fn is_transparent(&self) -> bool {
        self.bindings.is_empty() && self.enter == NONE
    }
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
