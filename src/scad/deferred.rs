//! `Deferred`: a definition of which only name and place are kept, until somebody wants to know more. Of a library's thousands of
//! definitions a program calls a few dozen.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::scad::ast::{Expr, ExprKind, Function, Module, Name, Scope};
use crate::scad::parser::{read_function, read_module};
use crate::scad::token::Loc;

/// A function or module that is read when it is first asked for, by whichever job and thread that is.
#[derive(Debug)]
pub struct Deferred<T> {
    /// Its name.
    pub name: Name,
    /// Where it stands.
    pub loc: Loc,
    /// The text in which it stands, and its bytes there.
    written: Option<(Arc<str>, Range<u32>)>,
    whole: OnceLock<Arc<T>>,
}

/// What can be read when it is asked for.
pub trait Definition: Sized {
    /// Its name.
    fn name(&self) -> &Name;
    /// Where it stands.
    fn loc(&self) -> Loc;
    /// The definition on some bytes of a text, where they are one.
    fn read(text: &Arc<str>, bytes: &Range<u32>) -> Option<Self>;
    /// One that says nothing.
    fn empty(name: Name, loc: Loc) -> Self;
}

impl<T: Definition> Deferred<T> {
    /// One that was only checked, on some bytes of a text.
    pub fn new(checked: T, text: Arc<str>, bytes: Range<u32>) -> Self {
        let (name, loc) = (checked.name().clone(), checked.loc());
        Self { name, loc, written: Some((text, bytes)), whole: OnceLock::new() }
    }

    /// One that was read.
    pub fn read(whole: T) -> Self {
        Self { name: whole.name().clone(), loc: whole.loc(), written: None, whole: OnceLock::from(Arc::new(whole)) }
    }

    /// All of it.
    pub fn whole(&self) -> &Arc<T> {
        self.whole.get_or_init(|| {
            let read = self.written.as_ref().and_then(|(text, bytes)| T::read(text, bytes));
            // what was checked can be read
            Arc::new(read.unwrap_or_else(|| T::empty(self.name.clone(), self.loc)))
        })
    }
}

impl Definition for Function {
    fn name(&self) -> &Name {
        &self.name
    }

    fn loc(&self) -> Loc {
        self.loc
    }

    fn read(text: &Arc<str>, bytes: &Range<u32>) -> Option<Self> {
        read_function(text, bytes)
    }

    fn empty(name: Name, loc: Loc) -> Self {
        Self { name, parameters: Vec::new(), body: Expr { kind: ExprKind::Undef, loc }, loc }
    }
}

impl Definition for Module {
    fn name(&self) -> &Name {
        &self.name
    }

    fn loc(&self) -> Loc {
        self.loc
    }

    fn read(text: &Arc<str>, bytes: &Range<u32>) -> Option<Self> {
        read_module(text, bytes)
    }

    fn empty(name: Name, loc: Loc) -> Self {
        Self { name, parameters: Vec::new(), body: Scope::default(), loc }
    }
}
