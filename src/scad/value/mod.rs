//! `Value`: undef, bool, number, string, list, range, function, object; 16 bytes, shared by reference count.
//!
//! **Stages** `list` and `text` the two kinds that share structure · `range` · `object` · `format` as text · `compare` equality and order ·
//! `ops` operators · `alive` bytes in use · `grave` dropping · `effort` work that no step counts.
//! **Invariants** A value never changes once a program can see it. Numeric lists are kept as plain numbers.
//! **Knows nothing of** scopes, files and the tree.

pub(in crate::scad) mod alive;
mod compare;
mod effort;
mod format;
pub(in crate::scad) mod grave;
mod list;
mod object;
mod ops;
mod range;
mod text;

use std::cell::RefCell;
use std::rc::Rc;

use crate::scad::eval::Closure;

pub use alive::{alive_bytes, reset_alive};
pub use compare::{compare, equal};
pub use effort::{begin_effort, end_effort, spent_effort};
pub use format::{bounded_text, echo_text, format_number, plain_text};
pub use list::{FEW, List, ListBuilder};
pub use object::Object;
pub use ops::{Why, binary_owned, bit_not, index, negate, on_few, on_few_and_number, remainder};
pub use range::Range;
pub use text::{Text, ascii_text};

/// A truth value as wide as the other payloads: values are then copied in two moves, not in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
#[repr(align(8))]
pub struct Flag(pub bool);

/// A value of the language, and two states of a variable that no program sees.
#[derive(Debug, Clone, Default)]
pub enum Value {
    /// A variable that has no value yet.
    Unset,
    /// `undef`
    #[default]
    Undef,
    /// `true`, `false`
    Bool(Flag),
    /// A number.
    Number(f64),
    /// A string.
    Text(Rc<Text>),
    /// A list.
    List(Rc<List>),
    /// A range.
    Range(Rc<Range>),
    /// A function.
    Function(Rc<Closure>),
    /// An object.
    Object(Rc<Object>),
    /// A variable that a function literal refers to before it has its value.
    Cell(Rc<RefCell<Value>>),
}

impl Value {
    /// A string.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Rc::new(Text::new(text.into())))
    }

    /// A list.
    pub fn list(list: List) -> Self {
        Self::List(Rc::new(list))
    }

    /// A list of numbers.
    pub fn numbers(numbers: &[f64]) -> Self {
        Self::list(List::of_numbers(numbers))
    }

    /// Whether a condition of this value holds.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Unset | Self::Undef | Self::Cell(_) => false,
            Self::Bool(flag) => flag.0,
            Self::Number(value) => *value != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::List(list) => !list.is_empty(),
            Self::Range(_) | Self::Function(_) => true,
            Self::Object(object) => object.len() != 0,
        }
    }

    /// Whether it holds nothing that must be given back.
    #[inline(always)]
    pub fn is_plain(&self) -> bool {
        matches!(self, Self::Unset | Self::Undef | Self::Bool(_) | Self::Number(_))
    }

    /// Whether it is `undef`.
    pub fn is_undef(&self) -> bool {
        matches!(self, Self::Undef | Self::Unset)
    }

    /// The number, if it is one.
    #[inline(always)]
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(*value),
            _ => None,
        }
    }

    /// The number if it is a finite one.
    pub fn as_finite(&self) -> Option<f64> {
        self.as_number().filter(|value| value.is_finite())
    }

    /// The number, 0 where it is none.
    pub fn number_or_zero(&self) -> f64 {
        self.as_number().unwrap_or(0.0)
    }

    /// The list, if it is one.
    pub fn as_list(&self) -> Option<&List> {
        match self {
            Self::List(list) => Some(list),
            _ => None,
        }
    }

    /// Its numbers, if it is a short list of nothing but numbers.
    #[inline]
    pub fn as_few(&self) -> Option<&[f64]> {
        self.as_list()?.as_few()
    }

    /// The string, if it is one.
    pub fn as_text(&self) -> Option<&Text> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(flag.0),
            _ => None,
        }
    }

    /// Two numbers, if it is a list of just these.
    pub fn as_pair(&self) -> Option<[f64; 2]> {
        match self.as_list()?.as_numbers()? {
            [x, y] => Some([*x, *y]),
            _ => None,
        }
    }

    /// Three numbers, or two and `third`, if it is a list of just these.
    pub fn as_triple(&self, third: Option<f64>) -> Option<[f64; 3]> {
        match (self.as_list()?.as_numbers()?, third) {
            ([x, y, z], _) => Some([*x, *y, *z]),
            ([x, y], Some(z)) => Some([*x, *y, z]),
            _ => None,
        }
    }

    /// The name of its type as OpenSCAD's messages spell it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Unset | Self::Undef | Self::Cell(_) => "undefined",
            Self::Bool(_) => "bool",
            Self::Number(_) => "number",
            Self::Text(_) => "string",
            Self::List(_) => "vector",
            Self::Range(_) => "range",
            Self::Function(_) => "function",
            Self::Object(_) => "object",
        }
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(Flag(value))
    }
}
