//! Expressions.

use std::cell::Cell;

use rustc_hash::FxHashSet;

use crate::scad::ast::{self, Argument, ExprKind, Name, UnaryOp};
use crate::scad::ir::{self, Binding, Bindings, Expr, LoopVariable, Target};
use crate::scad::log::Run;
use crate::scad::lower::names::{Missing, pending};
use crate::scad::lower::{Lowerer, Scope, Variable, VariableState, is_special};
use crate::scad::print::print_expr;
use crate::scad::token::Loc;
use crate::scad::value::{List, Value};

/// So many expressions are worth asking the budget for; calls and loop rounds ask by themselves.
const HEAVY: u32 = 256;
/// As many expressions cost a step.
const EXPRESSIONS_A_STEP: u32 = 16;

impl Lowerer<'_, '_> {
    /// An expression, or a list element.
    pub(super) fn expr(&mut self, expr: &ast::Expr) -> Run<Expr> {
        let lowered = self.expr_here(expr)?;
        self.weight += 1;
        if self.weight < HEAVY || !can_be_heavy(&lowered) {
            return Ok(lowered);
        }
        let steps = std::mem::take(&mut self.weight) / EXPRESSIONS_A_STEP;
        Ok(Expr::Heavy(Box::new((lowered, steps, self.span(expr.loc)))))
    }

    fn expr_here(&mut self, expr: &ast::Expr) -> Run<Expr> {
        let span = self.span(expr.loc);
        Ok(match &expr.kind {
            ExprKind::Undef => Expr::Const(Value::Undef),
            ExprKind::Bool(value) => Expr::Const(Value::from(*value)),
            ExprKind::Number(value) => Expr::Const(Value::Number(*value)),
            ExprKind::Text(text) => Expr::Const(Value::text(&**text)),
            ExprKind::Name(name) => self.variable(name, span, Missing::Warn),
            ExprKind::Unary(op, operand) => self.unary(*op, operand, expr.loc)?,
            ExprKind::Binary(op, operands) => self.binary(*op, operands, expr.loc)?,
            ExprKind::Ternary(parts) => self.ternary(parts)?,
            ExprKind::Index(parts) => index(self.expr(&parts.0)?, self.expr(&parts.1)?),
            ExprKind::Member(object, name) => {
                Expr::Member(Box::new((self.expr(object)?, name.clone(), coordinate(name))))
            }
            ExprKind::Call(callee, arguments) => self.call(callee, arguments, expr.loc)?,
            ExprKind::Function(function) => self.literal(function, None)?,
            ExprKind::Let(arguments, body) => self.let_expr(arguments, body, expr.loc)?,
            ExprKind::Assert(arguments, body) => self.assert_expr(arguments, body.as_deref(), expr.loc)?,
            ExprKind::Echo(arguments, body) => {
                let body = body.as_ref().map(|body| self.expr(body)).transpose()?;
                Expr::Echo(Box::new(ir::Echo { arguments: self.values(arguments)?, body, span }))
            }
            ExprKind::Range(range) => self.range(range, expr)?,
            ExprKind::List(items) => self.list(items)?,
            ExprKind::For(arguments, body) => self.for_element(arguments, body, expr.loc)?,
            ExprKind::ForC(parts) => self.for_c_element(parts, expr.loc)?,
            ExprKind::Each(inner) => Expr::Each(Box::new((self.expr(inner)?, span))),
            ExprKind::If(parts) => {
                let condition = self.expr(&parts.0)?;
                let before = self.weight;
                let then = self.expr(&parts.1)?;
                let after = std::mem::replace(&mut self.weight, before);
                let otherwise = parts.2.as_ref().map(|otherwise| self.expr(otherwise)).transpose()?;
                self.weight = self.weight.max(after);
                Expr::If(Box::new((condition, then, otherwise)))
            }
        })
    }

    fn ternary(&mut self, parts: &(ast::Expr, ast::Expr, ast::Expr)) -> Run<Expr> {
        let condition = self.expr(&parts.0)?;
        if let Expr::Const(condition) = condition {
            return self.expr(if condition.is_true() { &parts.1 } else { &parts.2 });
        }
        let before = self.weight;
        let then = self.expr(&parts.1)?;
        let after = std::mem::replace(&mut self.weight, before);
        let otherwise = self.expr(&parts.2)?;
        self.weight = self.weight.max(after);
        Ok(Expr::Ternary(Box::new((condition, then, otherwise))))
    }

    fn unary(&mut self, op: UnaryOp, operand: &ast::Expr, loc: Loc) -> Run<Expr> {
        let span = self.span(loc);
        Ok(Expr::Unary(Box::new(ir::Unary { op, operand: self.expr(operand)?, span })))
    }

    fn binary(&mut self, op: ast::BinaryOp, operands: &(ast::Expr, ast::Expr), loc: Loc) -> Run<Expr> {
        let span = self.span(loc);
        let left = self.expr(&operands.0)?;
        let before = self.weight;
        let right = self.expr(&operands.1)?;
        if matches!(op, ast::BinaryOp::And | ast::BinaryOp::Or) {
            self.weight = self.weight.max(before);
        }
        Ok(match op {
            ast::BinaryOp::And => match left {
                Expr::Const(value) if !value.is_true() => Expr::Const(Value::from(false)),
                left => Expr::And(Box::new((left, right))),
            },
            ast::BinaryOp::Or => match left {
                Expr::Const(value) if value.is_true() => Expr::Const(Value::from(true)),
                left => Expr::Or(Box::new((left, right))),
            },
            _ => Expr::Binary(Box::new(ir::Binary { op, left, right, span, numeric: Cell::new(true) })),
        })
    }

    fn range(&mut self, range: &ast::Range, expr: &ast::Expr) -> Run<Expr> {
        let step = range.step.as_ref().map(|step| self.expr(step)).transpose()?;
        Ok(Expr::Range(Box::new(ir::RangeExpr {
            begin: self.expr(&range.begin)?,
            step,
            end: self.expr(&range.end)?,
            literal: expr.is_literal(),
            span: self.span(expr.loc),
        })))
    }

    /// A list; one of constants only is made once.
    fn list(&mut self, items: &[ast::Expr]) -> Run<Expr> {
        let before = self.weight;
        let mut lowered = Vec::with_capacity(items.len());
        for item in items {
            lowered.push(self.expr(item)?);
        }
        if !lowered.iter().all(|item| matches!(item, Expr::Const(_))) {
            return Ok(Expr::List(lowered.into_boxed_slice()));
        }
        self.weight = before;
        let values = lowered.into_iter().map(|item| match item {
            Expr::Const(value) => value,
            _ => Value::Undef,
        });
        Ok(Expr::Const(Value::list(List::from_values(values.collect()))))
    }

    /// Values with their names, evaluated in order.
    pub(super) fn values(&mut self, arguments: &[Argument]) -> Run<Vec<(Option<Name>, Expr)>> {
        arguments.iter().map(|argument| Ok((argument.name.clone(), self.expr(&argument.value)?))).collect()
    }

    fn let_expr(&mut self, arguments: &[Argument], body: &ast::Expr, loc: Loc) -> Run<Expr> {
        let (bindings, used) = self.open_bindings(arguments, loc)?;
        let body = self.expr(body)?;
        let bindings = self.close_bindings(bindings, used);
        Ok(Expr::Let(Box::new(ir::Let { bindings, body })))
    }

    /// Opens a scope with variables that are assigned one after another.
    pub(super) fn open_bindings(&mut self, arguments: &[Argument], loc: Loc) -> Run<(Bindings, u32)> {
        let used = self.frame().used;
        self.open_variables(arguments);
        let list = self.binding_list(arguments)?;
        Ok((Bindings { list, cells: Vec::new(), span: self.span(loc) }, used))
    }

    /// Opens a scope with the variables of an `assign`, which do not see each other.
    pub(super) fn open_assign(&mut self, arguments: &[Argument], loc: Loc) -> Run<Bindings> {
        self.open_variables(arguments);
        let values = arguments.iter().map(|argument| self.expr(&argument.value)).collect::<Run<Vec<_>>>()?;
        let bind = |(argument, value): (&Argument, Expr)| {
            let name = argument.name.clone().unwrap_or_else(|| Name::from(""));
            Binding { target: self.target(argument), value, name }
        };
        let list = arguments.iter().zip(values).map(bind).collect();
        Ok(Bindings { list, cells: Vec::new(), span: self.span(loc) })
    }

    /// Opens a scope with variables that have no value yet.
    fn open_variables(&mut self, arguments: &[Argument]) {
        let mut scope = Scope::default();
        for argument in arguments {
            let Some(name) = argument.name.as_ref().filter(|name| !is_special(name)) else { continue };
            if scope.find(name).is_none() {
                let slot = self.frame().new_slot();
                scope.add(pending(name, slot));
            }
        }
        self.frame().scopes.push(scope);
    }

    /// What an argument gives its value to, from here on.
    fn target(&mut self, argument: &Argument) -> Target {
        match &argument.name {
            None => Target::Nameless,
            Some(name) if is_special(name) => Target::Special(self.job.special_id(name)),
            Some(name) => self.bind(name),
        }
    }

    fn binding_list(&mut self, arguments: &[Argument]) -> Run<Vec<Binding>> {
        let mut seen: FxHashSet<&Name> = FxHashSet::default();
        let mut list = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let name = argument.name.clone().unwrap_or_else(|| Name::from(""));
            let duplicate = argument.name.as_ref().is_some_and(|name| seen.contains(name));
            let value = self.assigned(&argument.value, if duplicate { None } else { argument.name.as_ref() })?;
            let target = if duplicate { Target::Duplicate } else { self.target(argument) };
            seen.extend(argument.name.as_ref());
            list.push(Binding { target, value, name });
        }
        Ok(list)
    }

    /// A value that is being assigned to a variable: a function literal may call itself by that name.
    pub(super) fn assigned(&mut self, value: &ast::Expr, name: Option<&Name>) -> Run<Expr> {
        match &value.kind {
            ExprKind::Function(function) => self.literal(function, name),
            _ => self.expr(value),
        }
    }

    /// From here on the variable of the innermost scope has its value.
    pub(super) fn bind(&mut self, name: &Name) -> Target {
        let scope = self.frame().scopes.last_mut();
        let found = scope.and_then(|scope| scope.find(name).map(|at| &mut scope.variables[at]));
        let Some(variable) = found else { return Target::Dropped };
        match variable.state {
            VariableState::Pending | VariableState::Bound => {
                variable.state = VariableState::Bound;
                Target::Slot(variable.slot)
            }
            VariableState::PendingCell | VariableState::BoundCell => {
                variable.state = VariableState::BoundCell;
                Target::Cell(variable.slot)
            }
        }
    }

    /// Closes the scope; now it is known which variables are shared.
    pub(super) fn close_bindings(&mut self, mut bindings: Bindings, used: u32) -> Bindings {
        bindings.cells = self.close_scope();
        self.frame().used = used;
        bindings
    }

    /// Closes the innermost scope: the slots of its shared variables.
    pub(super) fn close_scope(&mut self) -> Vec<u32> {
        let scope = self.frame().scopes.pop().unwrap_or_default();
        let shared =
            |variable: &&Variable| matches!(variable.state, VariableState::BoundCell | VariableState::PendingCell);
        scope.variables.iter().filter(shared).map(|variable| variable.slot).collect()
    }

    fn assert_expr(&mut self, arguments: &[Argument], body: Option<&ast::Expr>, loc: Loc) -> Run<Expr> {
        let mut assert = self.assertion(arguments, loc)?;
        assert.body = body.map(|body| self.expr(body)).transpose()?;
        Ok(Expr::Assert(Box::new(assert)))
    }

    /// The arguments of `assert`.
    pub(super) fn assertion(&mut self, arguments: &[Argument], loc: Loc) -> Run<ir::Assert> {
        let plan = self.builtin_plan(arguments, &["condition", "message"])?;
        let text = arguments
            .iter()
            .find(|argument| argument.name.as_deref().is_none_or(|name| name == "condition"))
            .map_or_else(String::new, |argument| format!(" '{}'", print_expr(&argument.value)));
        let mut assert = ir::Assert {
            condition: None,
            message: None,
            others: Vec::new(),
            notes: plan.notes,
            is_quiet: false,
            text,
            body: None,
            span: self.span(loc),
        };
        for (target, value) in plan.arguments {
            match target {
                Target::Slot(0) => assert.condition = Some(value),
                Target::Slot(1) => assert.message = Some(value),
                _ => assert.others.push(value),
            }
        }
        assert.is_quiet =
            assert.notes.is_empty() && assert.others.is_empty() && assert.message.as_ref().is_none_or(is_quiet);
        Ok(assert)
    }

    fn for_element(&mut self, arguments: &[Argument], body: &ast::Expr, loc: Loc) -> Run<Expr> {
        let used = self.frame().used;
        let variables = self.loop_variables(arguments)?;
        let body = self.expr(body)?;
        for _ in &variables {
            self.frame().scopes.pop();
        }
        self.frame().used = used;
        Ok(Expr::For(Box::new(ir::For { variables, body, span: self.span(loc) })))
    }

    /// Loop variables; each opens a scope that the caller closes.
    pub(super) fn loop_variables(&mut self, arguments: &[Argument]) -> Run<Vec<LoopVariable>> {
        let mut variables = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let values = self.expr(&argument.value)?;
            let target = match &argument.name {
                Some(name) if is_special(name) => Target::Special(self.job.special_id(name)),
                Some(_) => Target::Slot(self.frame().new_slot()),
                None => Target::Nameless,
            };
            let mut scope = Scope::default();
            if let (Some(name), Target::Slot(slot)) = (&argument.name, target) {
                scope.add(Variable { name: name.clone(), slot, state: VariableState::Bound });
            }
            self.frame().scopes.push(scope);
            variables.push(LoopVariable { target, values });
        }
        Ok(variables)
    }

    /// The variables of the start and of each step share one scope.
    fn for_c_element(&mut self, parts: &ast::ForC, loc: Loc) -> Run<Expr> {
        let used = self.frame().used;
        let mut scope = Scope::default();
        let mut outer = Vec::new();
        for (at, argument) in parts.init.iter().chain(&parts.step).enumerate() {
            let Some(name) = argument.name.as_ref().filter(|name| !is_special(name)) else { continue };
            if scope.find(name).is_some() {
                continue;
            }
            let slot = self.frame().new_slot();
            let mut variable = pending(name, slot);
            if at >= parts.init.len() {
                // until the first step the name means what it means outside
                let value = self.variable(name, self.span(loc), Missing::Silent);
                outer.push(Binding { target: Target::Slot(slot), value, name: name.clone() });
                variable.state = VariableState::Bound;
            }
            scope.add(variable);
        }
        let fresh = scope.variables.iter().map(|variable| variable.slot).collect();
        self.frame().scopes.push(scope);
        let span = self.span(loc);
        outer.extend(self.binding_list(&parts.init)?);
        let list = outer;
        let init = Bindings { list, cells: Vec::new(), span };
        let condition = self.expr(&parts.condition)?;
        let body = self.expr(&parts.body)?;
        let list = self.binding_list(&parts.step)?;
        let step = Bindings { list, cells: Vec::new(), span };
        let init = self.close_bindings(init, used);
        Ok(Expr::ForC(Box::new(ir::ForC { init, condition, step, body, fresh, span })))
    }
}

/// `list[at]`
fn index(list: Expr, at: Expr) -> Expr {
    match at {
        Expr::Const(Value::Number(number)) if number == f64::from(number as u32) => {
            Expr::Element(Box::new((list, number as u32)))
        }
        at => Expr::Index(Box::new((list, at))),
    }
}

/// Which element of a list a member's name means.
pub(in crate::scad) fn coordinate(name: &str) -> Option<u32> {
    match name {
        "x" => Some(0),
        "y" => Some(1),
        "z" => Some(2),
        _ => None,
    }
}

/// Whether an expression may be wrapped: others are looked at by their kind, or their calls must stay in tail position.
fn can_be_heavy(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Local(_)
            | Expr::Global(..)
            | Expr::Captured(_)
            | Expr::Unary(_)
            | Expr::Binary(_)
            | Expr::And(_)
            | Expr::Or(_)
            | Expr::Index(_)
            | Expr::Element(_)
            | Expr::Member(_)
            | Expr::List(_)
            | Expr::Builtin(_)
    )
}

/// Whether an expression surely comes to a value without a message or an error.
fn is_quiet(expr: &Expr) -> bool {
    match expr {
        Expr::Const(_) | Expr::Local(_) | Expr::Captured(_) => true,
        Expr::List(items) => items.iter().all(is_quiet),
        Expr::Builtin(call) => call.function.name == "str" && call.arguments.iter().all(|(_, value)| is_quiet(value)),
        _ => false,
    }
}
