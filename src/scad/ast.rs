//! The syntax tree of one file: immutable, shared between jobs, every node with its place.

use std::sync::Arc;

use crate::scad::deferred::Deferred;
use crate::scad::token::Loc;

/// A name, shared by all its occurrences in a file.
pub type Name = Arc<str>;

/// An expression.
#[derive(Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub loc: Loc,
}

/// The kinds of expression; the last four only make sense as elements of a list.
#[derive(Debug)]
pub enum ExprKind {
    /// `undef`
    Undef,
    /// `true`, `false`
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(Arc<str>),
    /// A variable.
    Name(Name),
    /// `-a`, `!a`, `~a`
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`
    Binary(BinaryOp, Box<(Expr, Expr)>),
    /// `a ? b : c`
    Ternary(Box<(Expr, Expr, Expr)>),
    /// `a[b]`
    Index(Box<(Expr, Expr)>),
    /// `a.b`
    Member(Box<Expr>, Name),
    /// `f(…)`
    Call(Box<Expr>, Vec<Argument>),
    /// `function (…) …`
    Function(Arc<Function>),
    /// `let (…) e`; as a list element, `e` may be one too.
    Let(Vec<Argument>, Box<Expr>),
    /// `assert (…) e`
    Assert(Vec<Argument>, Option<Box<Expr>>),
    /// `echo (…) e`
    Echo(Vec<Argument>, Option<Box<Expr>>),
    /// `[a : b : c]`
    Range(Box<Range>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `for (…) e`
    For(Vec<Argument>, Box<Expr>),
    /// `for (…; c; …) e`
    ForC(Box<ForC>),
    /// `each e`
    Each(Box<Expr>),
    /// `if (c) a else b`
    If(Box<(Expr, Expr, Option<Expr>)>),
}

/// `[begin : step : end]`
#[derive(Debug)]
pub struct Range {
    /// First value.
    pub begin: Expr,
    /// Distance, 1 where absent.
    pub step: Option<Expr>,
    /// Last value at most.
    pub end: Expr,
}

/// `for (init; condition; step) body`
#[derive(Debug)]
pub struct ForC {
    /// Variables at the start.
    pub init: Vec<Argument>,
    /// Goes on while true.
    pub condition: Expr,
    /// Variables of the next round.
    pub step: Vec<Argument>,
    /// The element.
    pub body: Expr,
}

/// Operators with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-`
    Negate,
    /// `!`
    Not,
    /// `~`
    BitNot,
}

/// Operators with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `|`
    BitOr,
    /// `&`
    BitAnd,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
    /// `^`
    Power,
}

/// An argument of a call, or an assignment inside `let` and `for`.
#[derive(Debug)]
pub struct Argument {
    /// `name =`, where it is given.
    pub name: Option<Name>,
    /// The value.
    pub value: Expr,
}

/// A parameter of a function or module.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// What it is where the caller gives nothing.
    pub default: Option<Expr>,
}

/// A function, named or literal.
#[derive(Debug)]
pub struct Function {
    /// Empty for a literal.
    pub name: Name,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Its value.
    pub body: Expr,
    /// Where the definition stands.
    pub loc: Loc,
}

/// A module.
#[derive(Debug)]
pub struct Module {
    /// Its name.
    pub name: Name,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// What it does.
    pub body: Scope,
    /// Where the definition stands.
    pub loc: Loc,
}

/// `name = value;`
#[derive(Debug)]
pub struct Assignment {
    /// The variable.
    pub name: Name,
    /// Its value.
    pub value: Arc<Expr>,
    /// Where it stands.
    pub loc: Loc,
}

/// What stands between two braces, or in a file, in program order.
#[derive(Debug, Default)]
pub struct Scope {
    /// The statements.
    pub statements: Vec<Statement>,
}

/// One statement.
#[derive(Debug)]
pub enum Statement {
    /// `name = value;`
    Assignment(Arc<Assignment>),
    /// `function name(…) = …;`
    Function(Arc<Deferred<Function>>),
    /// `module name(…) …`
    Module(Arc<Deferred<Module>>),
    /// `name(…) …`
    Instantiation(Arc<Instantiation>),
    /// `include <path>`
    Include(Name, Loc),
    /// `use <path>`
    Use(Name, Loc),
}

/// A module called with its children.
#[derive(Debug)]
pub struct Instantiation {
    /// The module.
    pub name: Name,
    /// `!`, `#`, `%`.
    pub modifiers: Modifiers,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// Its children.
    pub children: Scope,
    /// What follows `else`, for `if`.
    pub otherwise: Option<Scope>,
    /// Where it stands.
    pub loc: Loc,
}

/// The modifier characters in front of a module.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Modifiers {
    /// `!`
    pub root: bool,
    /// `#`
    pub highlight: bool,
    /// `%`
    pub background: bool,
}

impl Expr {
    /// Whether it is made of literals only, as OpenSCAD counts for its warnings and for the customizer.
    pub fn is_literal(&self) -> bool {
        match &self.kind {
            ExprKind::Undef | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Text(_) => true,
            ExprKind::Unary(_, operand) => operand.is_literal(),
            ExprKind::List(items) => items.iter().all(Expr::is_literal),
            ExprKind::Range(range) => {
                range.begin.is_literal() && range.end.is_literal() && range.step.as_ref().is_none_or(Expr::is_literal)
            }
            _ => false,
        }
    }
}
