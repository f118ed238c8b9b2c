//! Small functions written out in the place of their calls: libraries are full of `is_def(x)`, `default(x, y)`, `last(list)`.
//!
//! What is written out has no variables but its parameters, makes no function and no list of lists, and calls nothing but built-in
//! functions and what is written out itself: nothing in it can recur, and nothing in it but a limit of the job can end the evaluation.

use std::rc::Rc;

use crate::diag::FileId;
use crate::scad::ast::{self, ExprKind};
use crate::scad::ir::{ArgumentPlan, Expr, FunctionBody, Inline, Inlining, NONE, Names, Site, Target};
use crate::scad::log::Run;
use crate::scad::lower::names::Definition;
use crate::scad::lower::{FrameNames, Lowerer, Scope, Variable, VariableState, lower_function};
use crate::scad::value::Value;

/// Larger functions, as they are written, are called.
const SYNTAX_MAX: u32 = 24;
/// Larger ones, those written out in them counted, are called too.
const SIZE_MAX: u32 = 40;

impl Lowerer<'_, '_> {
    /// Whether a function may be written out in the place of its calls.
    pub(super) fn may_inline(&mut self, definition: &Definition) -> Run<bool> {
        let function = definition.entry as usize;
        if definition.hops != NONE {
            return Ok(false);
        }
        if self.job.functions[function].inlining == Inlining::Unknown {
            self.job.functions[function].inlining = Inlining::Asked;
            let may = self.is_inlinable(definition.entry)?;
            self.job.functions[function].inlining = if may { Inlining::Yes } else { Inlining::No };
        }
        Ok(self.job.functions[function].inlining == Inlining::Yes)
    }

    fn is_inlinable(&mut self, function: u32) -> Run<bool> {
        let entry = &self.job.functions[function as usize];
        if !is_small(&entry.syntax.whole().body, &mut { SYNTAX_MAX }) {
            return Ok(false);
        }
        let body = match &entry.body {
            Some(body) => body.clone(),
            None => lower_function(self.job, function)?,
        };
        Ok(has_plain_parameters(&body) && is_leaf(&body.body, &mut { SIZE_MAX }))
    }

    /// The value of a function in the place of its call. Its arguments were lowered so that they keep off the next slots, one for each.
    pub(super) fn inlined(&mut self, definition: &Definition, plan: ArgumentPlan, site: Rc<Site>) -> Run<Expr> {
        let entry = &self.job.functions[definition.entry as usize];
        let (syntax, source) = (entry.syntax.whole().clone(), entry.source);
        let names = entry.names.upgrade().unwrap_or_else(|| self.job.files[0].names.clone());
        let defaults = entry.body.as_ref().map(|body| constant_defaults(body)).unwrap_or_default();
        let mut inner = FrameNames { used: self.frame().used, size: self.frame().size, ..FrameNames::default() };
        let mut slots = vec![0; syntax.parameters.len()];
        let mut bindings = Vec::new();
        for at in &plan.defaults {
            let value = defaults.get(*at as usize).cloned().unwrap_or_default();
            inner.fixed.push((syntax.parameters[*at as usize].name.clone(), value));
        }
        for (target, value) in plan.arguments {
            let Target::Slot(at) = target else { continue };
            match value {
                Expr::Const(value) => inner.fixed.push((syntax.parameters[at as usize].name.clone(), value)),
                Expr::Local(slot) => slots[at as usize] = slot,
                value => {
                    let slot = inner.new_slot();
                    slots[at as usize] = slot;
                    bindings.push((slot, value));
                }
            }
        }
        let mut scope = Scope::default();
        for (parameter, slot) in syntax.parameters.iter().zip(slots) {
            // those that are fixed too: they are names in reach
            scope.add(Variable { name: parameter.name.clone(), slot, state: VariableState::Bound });
        }
        inner.scopes.push(scope);
        let body = self.expr_elsewhere(inner, names, source, &syntax.body)?;
        Ok(Expr::Inline(Box::new(Inline { bindings, body, enter: definition.enter, site })))
    }

    /// An expression of another place in the program that will run in the frame at hand.
    fn expr_elsewhere(&mut self, frame: FrameNames, names: Rc<Names>, source: FileId, expr: &ast::Expr) -> Run<Expr> {
        let around = (std::mem::replace(&mut self.names, names), std::mem::replace(&mut self.source, source));
        let frames = std::mem::replace(&mut self.frames, vec![frame]);
        let lowered = self.expr(expr);
        let size = self.frame().size;
        self.frames = frames;
        (self.names, self.source) = around;
        self.frame().size = self.frame().size.max(size);
        lowered
    }
}

/// Whether what is written is small enough, and of simple parts; `left` counts down.
fn is_small(expr: &ast::Expr, left: &mut u32) -> bool {
    if *left == 0 {
        return false;
    }
    *left -= 1;
    let mut small = |expr: &ast::Expr| is_small(expr, left);
    match &expr.kind {
        ExprKind::Undef | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Text(_) | ExprKind::Name(_) => true,
        ExprKind::Unary(_, operand) | ExprKind::Member(operand, _) => small(operand),
        ExprKind::Binary(_, parts) | ExprKind::Index(parts) => small(&parts.0) && small(&parts.1),
        ExprKind::Ternary(parts) => small(&parts.0) && small(&parts.1) && small(&parts.2),
        ExprKind::Call(callee, arguments) => {
            matches!(callee.kind, ExprKind::Name(_)) && arguments.iter().all(|argument| small(&argument.value))
        }
        ExprKind::List(items) => items.iter().all(small),
        _ => false,
    }
}

/// Whether all parameters are variables of different names, and those that a call leaves out have literals as values.
fn has_plain_parameters(body: &FunctionBody) -> bool {
    body.parameters.iter().enumerate().all(|(at, parameter)| {
        matches!(parameter.target, Target::Slot(_))
            && parameter.default.as_ref().is_none_or(|default| matches!(default, Expr::Const(_)))
            && body.parameters[..at].iter().all(|before| before.name != parameter.name)
    })
}

fn constant_defaults(body: &FunctionBody) -> Vec<Value> {
    let value = |default: &Option<Expr>| match default {
        Some(Expr::Const(value)) => value.clone(),
        _ => Value::Undef,
    };
    body.parameters.iter().map(|parameter| value(&parameter.default)).collect()
}

/// Whether an expression needs nothing of its frame but variables, and calls nothing that could call it.
fn is_leaf(expr: &Expr, left: &mut u32) -> bool {
    if *left == 0 {
        return false;
    }
    *left -= 1;
    let mut leaf = |expr: &Expr| is_leaf(expr, left);
    match expr {
        Expr::Const(_) | Expr::Local(_) | Expr::Last(_) | Expr::Special(..) | Expr::Unknown(_) => true,
        Expr::Global(_, next) => leaf(next),
        Expr::Unary(unary) => leaf(&unary.operand),
        Expr::Binary(binary) => leaf(&binary.left) && leaf(&binary.right),
        Expr::And(parts) | Expr::Or(parts) | Expr::Index(parts) => leaf(&parts.0) && leaf(&parts.1),
        Expr::Ternary(parts) => leaf(&parts.0) && leaf(&parts.1) && leaf(&parts.2),
        Expr::Element(parts) => leaf(&parts.0),
        Expr::Member(parts) => leaf(&parts.0),
        Expr::List(items) => items.iter().all(leaf),
        Expr::Builtin(call) => call.arguments.iter().all(|(_, argument)| leaf(argument)),
        Expr::Ask(ask) => leaf(&ask.operand),
        Expr::Inline(inline) => inline.bindings.iter().all(|(_, value)| leaf(value)) && leaf(&inline.body),
        _ => false,
    }
}
