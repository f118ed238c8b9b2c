//! Where a name leads: variables of this frame, of enclosing literals, modules and the file; functions and modules.

use std::rc::Rc;

use crate::diag::Span;
use crate::scad::ast::Name;
use crate::scad::ir::{Capture, Expr, NONE, NameSite, Names, Reach};
use crate::scad::lower::{Lowerer, Variable, VariableState, hops_from, hops_to, is_special};
use crate::scad::value::Value;

/// Whether reading a name that nothing has is worth a warning.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// Yes.
    Warn,
    /// No: it is only asked whether there is one.
    Silent,
}

/// A definition of the program.
pub(super) struct Definition {
    /// Its entry.
    pub entry: u32,
    /// Frames up to the module in which it is defined; [`NONE`] for a file's.
    pub hops: u32,
    /// The file whose variables must be there first; [`NONE`] for this one.
    pub enter: u32,
}

/// Where a variable was found among the frames at hand.
#[derive(Clone, Copy)]
enum Found {
    Local(u32),
    LocalCell(u32),
    Captured(u32),
    CapturedCell(u32),
    Own,
}

impl Lowerer<'_, '_> {
    /// Reading a variable.
    pub(super) fn variable(&mut self, name: &Name, span: Span, missing: Missing) -> Expr {
        if is_special(name) {
            return self.special(name, span, missing);
        }
        if &**name == "$children" {
            return self.child_count(name, span, missing);
        }
        if let Some((_, value)) = self.frame().fixed.iter().find(|(fixed, _)| fixed == name) {
            return Expr::Const(value.clone());
        }
        match self.find_near(self.frames.len() - 1, name) {
            Some(Found::Local(slot)) => Expr::Local(slot),
            Some(Found::Captured(at)) => Expr::Captured(at),
            Some(Found::Own) => Expr::Own,
            Some(Found::LocalCell(slot)) => Expr::LocalCell(slot, Box::new(self.far(name, span, missing))),
            Some(Found::CapturedCell(at)) => Expr::CapturedCell(at, Box::new(self.far(name, span, missing))),
            None => self.far(name, span, missing),
        }
    }

    fn special(&mut self, name: &Name, span: Span, missing: Missing) -> Expr {
        if &**name == "$parent_modules" {
            return Expr::ModuleDepth;
        }
        let site = NameSite { name: name.clone(), span, reach: None };
        Expr::Special(self.job.special_id(name), (missing == Missing::Warn).then(|| Box::new(site)))
    }

    fn child_count(&mut self, name: &Name, span: Span, missing: Missing) -> Expr {
        match self.module_hops() {
            NONE => self.unknown(name, span, missing),
            hops => Expr::ChildCount(hops),
        }
    }

    /// Frames up to the innermost module around; [`NONE`] outside any.
    pub(super) fn module_hops(&self) -> u32 {
        hops_to(&self.names, self.in_literal(), 0)
    }

    /// Looks in the frame at `level`, and for a function literal in those around it, from which it takes the variable along.
    fn find_near(&mut self, level: usize, name: &Name) -> Option<Found> {
        if let Some(found) = self.find_in_frame(level, name, level + 1 == self.frames.len()) {
            return Some(found);
        }
        if level == 0 {
            return None;
        }
        if self.frames[level].own_name.as_ref() == Some(name) {
            return Some(Found::Own);
        }
        if let Some(at) = self.frames[level].captures.iter().position(|(captured, ..)| captured == name) {
            let shared = self.frames[level].captures[at].2;
            return Some(if shared { Found::CapturedCell(at as u32) } else { Found::Captured(at as u32) });
        }
        let (source, shared) = match self.find_near(level - 1, name)? {
            Found::Local(slot) => (Capture::Local(slot), false),
            Found::LocalCell(slot) => (Capture::Local(slot), true),
            Found::Captured(at) => (Capture::Captured(at), false),
            Found::CapturedCell(at) => (Capture::Captured(at), true),
            Found::Own => (Capture::Own, false),
        };
        let at = self.frames[level].captures.len() as u32;
        self.frames[level].captures.push((name.clone(), source, shared));
        Some(if shared { Found::CapturedCell(at) } else { Found::Captured(at) })
    }

    /// A variable of the frame at `level`. What gets its value only later is in reach for function literals alone.
    fn find_in_frame(&mut self, level: usize, name: &Name, running: bool) -> Option<Found> {
        for scope in self.frames[level].scopes.iter_mut().rev() {
            let Some(at) = scope.find(name) else { continue };
            let variable = &mut scope.variables[at];
            match variable.state {
                VariableState::Bound => return Some(Found::Local(variable.slot)),
                VariableState::BoundCell => return Some(Found::LocalCell(variable.slot)),
                VariableState::Pending | VariableState::PendingCell if running => {}
                VariableState::Pending | VariableState::PendingCell => {
                    variable.state = VariableState::PendingCell;
                    return Some(Found::LocalCell(variable.slot));
                }
            }
        }
        None
    }

    /// A variable of an enclosing module or of the file, or one that is built in.
    fn far(&mut self, name: &Name, span: Span, missing: Missing) -> Expr {
        let in_literal = self.in_literal();
        // the module whose body is lowered has its variables in the frame at hand
        let mut levels = Vec::new();
        let mut level = Some(self.names.clone());
        let mut depth = 0;
        while let Some(names) = level {
            if let Some(slot) = names.variables.get(name) {
                levels.push((*slot, names.parent.is_none(), hops_from(in_literal, depth)));
            }
            depth += 1;
            level = names.parent.clone();
        }
        let last = match &**name {
            "PI" => Expr::Const(Value::Number(std::f64::consts::PI)),
            _ if missing == Missing::Silent => Expr::Const(Value::Undef),
            // a known name without a value is not misspelt
            _ if !levels.is_empty() => Expr::Unknown(Box::new(NameSite { name: name.clone(), span, reach: None })),
            _ => self.unknown(name, span, missing),
        };
        levels.into_iter().rev().fold(last, |next, (slot, is_file, hops)| {
            if is_file { Expr::Global(slot, Box::new(next)) } else { Expr::Up(hops, Box::new((slot, next))) }
        })
    }

    fn unknown(&mut self, name: &Name, span: Span, missing: Missing) -> Expr {
        if missing == Missing::Silent {
            return Expr::Const(Value::Undef);
        }
        Expr::Unknown(Box::new(NameSite { name: name.clone(), span, reach: Some(self.reach()) }))
    }

    /// Variables that may hold a function of that name, innermost first, up to the first definition of such a function.
    pub(super) fn function_candidates(&mut self, name: &Name, span: Span) -> (Vec<Expr>, Option<Definition>) {
        let mut candidates = Vec::new();
        if is_special(name) {
            candidates.push(self.special(name, span, Missing::Silent));
        }
        let near = self.find_near(self.frames.len() - 1, name);
        let silent = || Box::new(Expr::Const(Value::Undef));
        candidates.extend(near.map(|found| match found {
            Found::Local(slot) => Expr::Local(slot),
            Found::Captured(at) => Expr::Captured(at),
            Found::Own => Expr::Own,
            Found::LocalCell(slot) => Expr::LocalCell(slot, silent()),
            Found::CapturedCell(at) => Expr::CapturedCell(at, silent()),
        }));
        let in_literal = self.in_literal();
        let mut level = Some(self.names.clone());
        let mut depth = 0;
        while let Some(names) = level {
            if let Some(entry) = names.functions.get(name) {
                let hops = hops_to(&names, in_literal, depth);
                return (candidates, Some(Definition { entry: *entry, hops, enter: NONE }));
            }
            if let Some(slot) = names.variables.get(name) {
                candidates.push(match &names.parent {
                    None => Expr::Global(*slot, silent()),
                    Some(_) => Expr::Up(hops_from(in_literal, depth), Box::new((*slot, Expr::Const(Value::Undef)))),
                });
            }
            depth += 1;
            level = names.parent.clone();
        }
        let used = self.used_definition(|names| names.functions.get(name).copied());
        (candidates, used)
    }

    /// The module of that name.
    pub(super) fn module_definition(&mut self, name: &Name) -> Option<Definition> {
        let in_literal = self.in_literal();
        let mut level = Some(self.names.clone());
        let mut depth = 0;
        while let Some(names) = level {
            if let Some(entry) = names.modules.get(name) {
                let hops = hops_to(&names, in_literal, depth);
                return Some(Definition { entry: *entry, hops, enter: NONE });
            }
            depth += 1;
            level = names.parent.clone();
        }
        self.used_definition(|names| names.modules.get(name).copied())
    }

    /// A definition in a file that this one uses.
    fn used_definition(&self, find: impl Fn(&Names) -> Option<u32>) -> Option<Definition> {
        let file = &self.job.files[self.names.file as usize];
        file.uses.iter().find_map(|used| {
            let entry = find(&self.job.files[*used as usize].names)?;
            Some(Definition { entry, hops: NONE, enter: *used })
        })
    }

    /// The names in reach of this place, for when a name turns out to be unknown.
    pub(super) fn reach(&self) -> Reach {
        let scopes = self.frames.iter().rev().flat_map(|frame| frame.scopes.iter().rev());
        let near = scopes.flat_map(|scope| scope.variables.iter().rev()).take(NEAR_MAX);
        Reach { names: Rc::downgrade(&self.names), near: near.map(|variable| variable.name.clone()).collect() }
    }
}

/// Variables around an unknown name that are offered for it: each unknown name keeps its own list.
const NEAR_MAX: usize = 256;

/// A variable that is there but has no value yet.
pub(super) fn pending(name: &Name, slot: u32) -> Variable {
    Variable { name: name.clone(), slot, state: VariableState::Pending }
}
