//! Syntax tree to running form: names to slots, calls to callees, literals to values.
//!
//! A function or module is lowered when it is first called, so a job pays only for what it uses of a library.
//!
//! **Stages** `names` where a name leads · `expr` expressions · `call` calls and their arguments · `inline` small functions in the place of
//! their calls · `liveness` where a variable is read for the last time · `stmt` blocks and modules.
//! **Invariants** A function's parameter at position n is slot n. Slots of a frame are never shared between names that live at once.
//! **Notation** hops: frames up from the running one to that of an enclosing module.

mod call;
mod expr;
mod inline;
mod liveness;
mod names;
mod stmt;

pub(in crate::scad) use call::Matching;
pub(in crate::scad) use expr::coordinate;

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::diag::{FileId, Span};
use crate::scad::ast::{self, Name};
use crate::scad::eval::Interpreter;
use crate::scad::ir::{Block, Capture, Expr, FunctionBody, ModuleBody, NONE, Names, Parameter, Target};
use crate::scad::load::span_of;
use crate::scad::log::Run;
use crate::scad::token::Loc;
use crate::scad::value::Value;

/// What is being lowered, for the names that are in reach.
pub(in crate::scad) struct Lowerer<'a, 'h> {
    job: &'a mut Interpreter<'h>,
    /// The file that the syntax comes from.
    source: FileId,
    /// The names of the enclosing module or file; those of the module itself while its body is lowered.
    names: Rc<Names>,
    /// The function, module or file, then the function literals one inside the other.
    frames: Vec<FrameNames>,
    /// Expressions since the last one that asks the budget.
    weight: u32,
}

/// The variables of one frame.
#[derive(Default)]
struct FrameNames {
    /// Innermost last.
    scopes: Vec<Scope>,
    /// Slots in use.
    used: u32,
    /// Slots ever in use.
    size: u32,
    /// What a function literal takes along: name, from where, whether shared.
    captures: Vec<(Name, Capture, bool)>,
    /// The name that a function literal is being assigned to.
    own_name: Option<Name>,
    /// Parameters of a function that is written out in the place of a call with literals for these.
    fixed: Vec<(Name, Value)>,
}

/// The variables of one scope, found by name.
#[derive(Debug, Default)]
struct Scope {
    variables: Vec<Variable>,
    /// Made where there are too many to look through.
    index: FxHashMap<Name, u32>,
}

/// So many variables are looked through one by one.
const FEW_VARIABLES: usize = 12;

impl Scope {
    fn find(&self, name: &Name) -> Option<usize> {
        if self.variables.len() > FEW_VARIABLES {
            return self.index.get(name).map(|at| *at as usize);
        }
        self.variables.iter().position(|variable| variable.name == *name)
    }

    /// Adds a variable, unless there is one of that name.
    fn add(&mut self, variable: Variable) {
        if self.find(&variable.name).is_some() {
            return;
        }
        self.variables.push(variable);
        let known = if self.variables.len() == FEW_VARIABLES + 1 { 0 } else { self.variables.len() - 1 };
        if self.variables.len() > FEW_VARIABLES {
            let entries = self.variables[known..].iter().zip(known as u32..);
            self.index.extend(entries.map(|(variable, at)| (variable.name.clone(), at)));
        }
    }
}

#[derive(Debug)]
struct Variable {
    name: Name,
    slot: u32,
    state: VariableState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum VariableState {
    /// Declared further on in the same scope.
    Pending,
    /// The same, and a function literal shares it.
    PendingCell,
    /// It has its value.
    Bound,
    /// It has its value, in a shared variable.
    BoundCell,
}

impl FrameNames {
    fn new_slot(&mut self) -> u32 {
        let slot = self.used;
        self.used += 1;
        self.size = self.size.max(self.used);
        slot
    }
}

/// Lowers a function of a file or module.
pub(in crate::scad) fn lower_function(job: &mut Interpreter<'_>, function: u32) -> Run<Rc<FunctionBody>> {
    let entry = &job.functions[function as usize];
    let (syntax, source, extras) = (entry.syntax.whole().clone(), entry.source, entry.extras.clone());
    let names = entry.names.upgrade().unwrap_or_else(|| job.files[0].names.clone());
    let mut lowerer = Lowerer { job, source, names, frames: vec![FrameNames::default()], weight: 0 };
    let body = Rc::new(lowerer.function_body(&syntax, &extras)?);
    job.functions[function as usize].body = Some(body.clone());
    Ok(body)
}

/// Lowers a module.
pub(in crate::scad) fn lower_module(job: &mut Interpreter<'_>, module: u32) -> Run<Rc<ModuleBody>> {
    let entry = &job.modules[module as usize];
    let (syntax, source, extras) = (entry.syntax.whole().clone(), entry.source, entry.extras.clone());
    let around = entry.names.upgrade().unwrap_or_else(|| job.files[0].names.clone());
    let mut lowerer = Lowerer { job, source, names: around, frames: vec![FrameNames::default()], weight: 0 };
    let body = Rc::new(lowerer.module_body(&syntax, &extras)?);
    job.modules[module as usize].body = Some(body.clone());
    Ok(body)
}

/// Lowers the assignments of a file; the slots that they need.
pub(in crate::scad) fn lower_file(job: &mut Interpreter<'_>, file: u32) -> Run<Rc<(Block, u32)>> {
    if let Some(block) = &job.files[file as usize].block {
        return Ok(block.clone());
    }
    let names = job.files[file as usize].names.clone();
    let mut lowerer = Lowerer { job, source: FileId(0), names, frames: vec![FrameNames::default()], weight: 0 };
    let block = lowerer.file_block(file)?;
    let size = lowerer.frames[0].size;
    let block = Rc::new((block, size));
    job.files[file as usize].block = Some(block.clone());
    Ok(block)
}

impl Lowerer<'_, '_> {
    fn span(&self, loc: Loc) -> Span {
        span_of(self.source, loc)
    }

    fn frame(&mut self) -> &mut FrameNames {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// Whether a function literal is being lowered.
    fn in_literal(&self) -> bool {
        self.frames.len() > 1
    }

    /// Parameters, their slots, and the value: for functions and literals alike.
    fn function_body(&mut self, syntax: &Arc<ast::Function>, extras: &[Name]) -> Run<FunctionBody> {
        let parameters = self.parameters(&syntax.parameters, extras)?;
        let scope = declared(&parameters, extras);
        self.frame().scopes.push(scope);
        let body = self.expr(&syntax.body)?;
        let this = parameters.iter().position(|parameter| &*parameter.name == "this").map(|at| at as u32);
        let span = self.span(syntax.body.loc);
        let frame_size = self.frame().size;
        let mut body = FunctionBody { parameters, frame_size, body, span, this, syntax: syntax.clone() };
        liveness::mark_last_reads(&mut body);
        Ok(body)
    }

    /// Parameters with their defaults, which do not see each other; slot n for the one at position n.
    fn parameters(&mut self, syntax: &[ast::Parameter], extras: &[Name]) -> Run<Vec<Parameter>> {
        let taken = (syntax.len() + extras.len()) as u32;
        self.frame().used = taken;
        self.frame().size = taken;
        let mut parameters = Vec::with_capacity(syntax.len());
        for (at, parameter) in syntax.iter().enumerate() {
            let target = self.parameter_target(&parameter.name, at);
            let default = parameter.default.as_ref().map(|default| self.expr(default)).transpose()?;
            parameters.push(Parameter { name: parameter.name.clone(), target, default });
        }
        Ok(parameters)
    }

    fn parameter_target(&mut self, name: &Name, at: usize) -> Target {
        if is_special(name) { Target::Special(self.job.special_id(name)) } else { Target::Slot(at as u32) }
    }

    /// A function literal, which is being assigned to `own_name`.
    fn literal(&mut self, syntax: &Arc<ast::Function>, own_name: Option<&Name>) -> Run<Expr> {
        self.frames.push(FrameNames { own_name: own_name.cloned(), ..FrameNames::default() });
        let weight = std::mem::take(&mut self.weight);
        let body = self.function_body(syntax, &[]);
        self.weight = weight;
        let frame = self.frames.pop().unwrap_or_default();
        let captures = frame.captures.into_iter().map(|(_, source, _)| source).collect();
        Ok(Expr::Literal(Box::new(crate::scad::ir::Literal { body: Rc::new(body?), captures })))
    }
}

/// Parameters as variables, and the names that calls give beyond them, which not every call does.
fn declared(parameters: &[Parameter], extras: &[Name]) -> Scope {
    let bound = parameters.iter().map(|parameter| (&parameter.name, VariableState::Bound));
    let extra = extras.iter().map(|name| (name, VariableState::BoundCell));
    let mut scope = Scope::default();
    for (slot, (name, state)) in bound.chain(extra).enumerate() {
        // of several parameters with one name the first is the variable
        scope.add(Variable { name: name.clone(), slot: slot as u32, state });
    }
    scope
}

/// Whether a variable is looked up where the program runs, not where it is written.
pub(in crate::scad) fn is_special(name: &str) -> bool {
    name.starts_with('$') && name != "$children"
}

/// Frames from the running one to the module's own.
fn hops_from(in_literal: bool, depth: u32) -> u32 {
    depth + u32::from(in_literal)
}

/// The hops to a level of names: none for a file.
fn hops_to(names: &Names, in_literal: bool, depth: u32) -> u32 {
    if names.parent.is_none() { NONE } else { hops_from(in_literal, depth) }
}
