//! Expressions.

use std::fmt::Write as _;
use std::rc::Rc;

use crate::diag::{Code, Span};
use crate::scad::ast::{BinaryOp, Name, UnaryOp};
use crate::scad::eval::{Closure, Frame, Interpreter};
use crate::scad::ir::{Assert, Binary, Bindings, Capture, Expr, Literal, NONE, NameSite, RangeExpr, Target, Unary};
use crate::scad::log::{Remark, Run};
use crate::scad::nearest::Wanted;
use crate::scad::value::{self, List, ListBuilder, Range, Value, Why, bounded_text, echo_text};

/// Lists shorter than this are compared without asking for steps.
const FREE_WORK: usize = 4;

impl Interpreter<'_> {
    /// The value of an expression. Small on purpose: what needs room on the stack has a function of its own.
    pub(super) fn eval(&mut self, expr: &Expr, frame: Frame) -> Run<Value> {
        match expr {
            Expr::Const(value) => Ok(value.clone()),
            Expr::Local(slot) => Ok(self.stack[(frame.base + slot) as usize].clone()),
            Expr::Last(slot) => Ok(std::mem::replace(&mut self.stack[(frame.base + slot) as usize], Value::Unset)),
            Expr::Inline(inline) => self.inline(inline, frame),
            Expr::Binary(binary) => self.binary(binary, frame),
            Expr::Call(call) => self.call(call, frame),
            Expr::Builtin(call) => self.builtin(call, frame),
            Expr::Index(parts) => self.index(&parts.0, &parts.1, frame),
            Expr::Element(parts) => self.element_of(&parts.0, parts.1, frame),
            Expr::Ternary(parts) => self.ternary(parts, frame),
            Expr::List(items) => self.list(items, frame),
            _ => self.eval_rarer(expr, frame),
        }
    }

    #[inline(never)]
    fn ternary(&mut self, parts: &(Expr, Expr, Expr), frame: Frame) -> Run<Value> {
        let mut parts = parts;
        loop {
            let chosen = if self.test(&parts.0, frame)? { &parts.1 } else { &parts.2 };
            match chosen {
                Expr::Ternary(next) => parts = next,
                other => return self.eval(other, frame),
            }
        }
    }

    #[inline(never)]
    fn eval_rarer(&mut self, expr: &Expr, frame: Frame) -> Run<Value> {
        match expr {
            Expr::Global(slot, next) => match &self.globals[*slot as usize] {
                Value::Unset => self.eval(next, frame),
                value => Ok(value.clone()),
            },
            Expr::Dynamic(call) => self.dynamic(call, frame),
            Expr::And(_) | Expr::Or(_) | Expr::Ask(_) => Ok(Value::from(self.test(expr, frame)?)),
            Expr::Unary(unary) => self.unary(unary, frame),
            Expr::Captured(at) => Ok(self.captured(*at, frame)),
            Expr::LocalCell(slot, next) => {
                let value = self.stack[(frame.base + slot) as usize].clone();
                self.open(value, next, frame)
            }
            Expr::CapturedCell(at, next) => {
                let value = self.captured(*at, frame);
                self.open(value, next, frame)
            }
            Expr::Up(hops, target) => {
                let id = self.frame_up(frame, *hops);
                let value = self.stack[(self.frames[id as usize].base + target.0) as usize].clone();
                self.open(value, &target.1, frame)
            }
            Expr::Own => Ok(self.own(frame)),
            Expr::Special(id, site) => Ok(self.special(*id, site.as_deref())),
            Expr::Unknown(site) => {
                self.warn_unknown(site);
                Ok(Value::Undef)
            }
            Expr::ChildCount(hops) => Ok(self.child_count(frame, *hops)),
            Expr::ModuleDepth => {
                self.note_impure();
                let depth = self.module_depth();
                Ok(if depth == 0 { Value::Undef } else { Value::Number(depth as f64) })
            }
            Expr::Member(parts) => self.member_of(&parts.0, &parts.1, frame),
            Expr::Range(range) => self.range(range, frame),
            Expr::Let(parts) => {
                let mark = self.undo.len();
                self.bind_all(&parts.bindings, frame)?;
                let value = self.eval(&parts.body, frame);
                self.restore_specials(mark);
                value
            }
            Expr::Assert(assert) => {
                self.assert(assert, frame)?;
                assert.body.as_ref().map_or(Ok(Value::Undef), |body| self.eval(body, frame))
            }
            Expr::Echo(echo) => {
                self.echo(&echo.arguments, echo.span, frame)?;
                echo.body.as_ref().map_or(Ok(Value::Undef), |body| self.eval(body, frame))
            }
            Expr::Literal(literal) => Ok(self.make_closure(literal, frame)),
            Expr::Heavy(parts) => {
                self.steps(parts.1 as usize, parts.2)?;
                self.eval(&parts.0, frame)
            }
            // what is left are list elements, which make a list of their own where a value is asked for
            _ => {
                let mut out = ListBuilder::default();
                self.element(expr, frame, &mut out)?;
                Ok(Value::list(out.finish()))
            }
        }
    }

    /// The value in a shared variable, or `next` where it has none yet.
    fn open(&mut self, value: Value, next: &Expr, frame: Frame) -> Run<Value> {
        let value = match value {
            Value::Cell(cell) => cell.borrow().clone(),
            value => value,
        };
        if matches!(value, Value::Unset) { self.eval(next, frame) } else { Ok(value) }
    }

    fn captured(&self, at: u32, frame: Frame) -> Value {
        let closure = self.frames[frame.id as usize].closure.as_ref();
        closure.and_then(|closure| closure.captures.get(at as usize)).cloned().unwrap_or_default()
    }

    fn own(&self, frame: Frame) -> Value {
        self.frames[frame.id as usize].closure.clone().map_or(Value::Undef, Value::Function)
    }

    fn special(&mut self, id: u32, site: Option<&NameSite>) -> Value {
        self.note_impure();
        match (&self.specials[id as usize], site) {
            (Value::Unset, Some(site)) => {
                self.warn_unknown(site);
                Value::Undef
            }
            (Value::Unset, None) => Value::Undef,
            (value, _) => value.clone(),
        }
    }

    #[cold]
    fn warn_unknown(&mut self, site: &NameSite) {
        let message = format!("Ignoring unknown variable \"{}\"", site.name);
        let nearest = site.reach.as_ref().and_then(|reach| self.nearest(&site.name, reach, Wanted::Variable));
        self.warn_unknown_name(site.span, message, &site.name, nearest.as_deref(), Wanted::Variable);
    }

    fn child_count(&self, frame: Frame, hops: u32) -> Value {
        let id = self.frame_up(frame, hops);
        let children = self.frames.get(id as usize).and_then(|entry| entry.children.as_ref());
        Value::Number(children.map_or(0, |block| block.instantiations.len()) as f64)
    }

    /// The value of an expression where it lies, if it is a variable or a constant, or in a list that is one.
    #[inline(always)]
    pub(super) fn place<'a>(&'a self, expr: &'a Expr, frame: Frame) -> Option<&'a Value> {
        if let Expr::Local(slot) | Expr::Last(slot) = expr {
            return Some(&self.stack[(frame.base + slot) as usize]);
        }
        self.place_inside(expr, frame)
    }

    #[inline(never)]
    fn place_inside<'a>(&'a self, expr: &'a Expr, frame: Frame) -> Option<&'a Value> {
        match expr {
            Expr::Const(value) => Some(value),
            Expr::Inline(inline) if inline.is_transparent() => self.place(&inline.body, frame),
            Expr::Global(slot, _) => match &self.globals[*slot as usize] {
                Value::Unset => None,
                value => Some(value),
            },
            Expr::Captured(at) => self.frames[frame.id as usize].closure.as_ref()?.captures.get(*at as usize),
            Expr::Special(id, _) => match &self.specials[*id as usize] {
                Value::Unset => None,
                value => {
                    self.note_impure();
                    Some(value)
                }
            },
            Expr::Element(parts) => self.place(&parts.0, frame)?.as_list()?.as_values()?.get(parts.1 as usize),
            Expr::Member(parts) => self.place(&parts.0, frame)?.as_list()?.as_values()?.get(parts.2? as usize),
            Expr::Index(parts) => {
                let at = self.number(&parts.1, frame).filter(|at| *at >= 0.0)?;
                self.place(&parts.0, frame)?.as_list()?.as_values()?.get(at as usize)
            }
            _ => None,
        }
    }

    /// The number that an expression is, as far as that can be told without a call or a message.
    #[inline(always)]
    pub(super) fn number(&self, expr: &Expr, frame: Frame) -> Option<f64> {
        // one after the other: cheaper than a choice among all kinds
        if let Expr::Local(slot) | Expr::Last(slot) = expr {
            return self.stack[(frame.base + slot) as usize].as_number();
        }
        if let Expr::Const(value) = expr { value.as_number() } else { self.number_inside(expr, frame) }
    }

    #[inline(never)]
    fn number_inside(&self, expr: &Expr, frame: Frame) -> Option<f64> {
        match expr {
            Expr::Binary(binary) if binary.numeric.get() => {
                let left = self.number(&binary.left, frame)?;
                arithmetic(binary.op, left, self.number(&binary.right, frame)?)
            }
            Expr::Index(parts) => {
                let at = self.number(&parts.1, frame).filter(|at| *at >= 0.0)?;
                self.place(&parts.0, frame)?.as_list()?.number_at(at as usize)
            }
            Expr::Builtin(call) => self.quick_builtin(call, frame)?.as_number(),
            Expr::Element(parts) => self.place(&parts.0, frame)?.as_list()?.number_at(parts.1 as usize),
            Expr::Member(parts) => self.place(&parts.0, frame)?.as_list()?.number_at(parts.2? as usize),
            Expr::Global(..) | Expr::Captured(_) | Expr::Special(..) => self.place(expr, frame)?.as_number(),
            Expr::Unary(unary) if unary.op == UnaryOp::Negate => self.number(&unary.operand, frame).map(|x| -x),
            Expr::Inline(inline) if inline.is_transparent() => self.number(&inline.body, frame),
            _ => None,
        }
    }

    #[inline(never)]
    fn binary(&mut self, binary: &Binary, frame: Frame) -> Run<Value> {
        if binary.numeric.get() {
            if let Some(left) = self.number(&binary.left, frame)
                && let Some(right) = self.number(&binary.right, frame)
                && let Some(value) = quick(binary.op, left, right)
            {
                return Ok(value);
            }
            // not again, unless only the fuel was out: the next time it would most likely be in vain too
            binary.numeric.set(self.fuel.get() == 0);
        }
        self.binary_of_any(binary, frame)
    }

    #[inline(never)]
    fn binary_of_any(&mut self, binary: &Binary, frame: Frame) -> Run<Value> {
        if matches!(binary.op, BinaryOp::Equal | BinaryOp::NotEqual) {
            return Ok(Value::from(self.equality(binary, frame)?));
        }
        if let Some(value) = self.binary_in_place(binary, frame) {
            return Ok(value);
        }
        let left = self.eval(&binary.left, frame)?;
        let right = self.eval(&binary.right, frame)?;
        if let (Value::Number(a), Value::Number(b)) = (&left, &right)
            && let Some(value) = quick(binary.op, *a, *b)
        {
            return Ok(value);
        }
        self.binary_slow(binary, left, right)
    }

    /// The value of an operator on short lists of numbers that lie in variables, without taking a share in them.
    #[inline(always)]
    fn binary_in_place(&self, binary: &Binary, frame: Frame) -> Option<Value> {
        let few = |expr| self.place(expr, frame).and_then(Value::as_few);
        let value = match (few(&binary.left), few(&binary.right)) {
            (Some(left), Some(right)) => value::on_few(binary.op, left, right)?,
            (Some(left), None) => value::on_few_and_number(binary.op, left, self.number(&binary.right, frame)?)?,
            (None, Some(right)) if binary.op == BinaryOp::Multiply => {
                value::on_few_and_number(binary.op, right, self.number(&binary.left, frame)?)?
            }
            _ => return None,
        };
        self.quick_step().then_some(value)
    }

    /// `==` or `!=`; variables are compared where they lie.
    fn equality(&mut self, binary: &Binary, frame: Frame) -> Run<bool> {
        if let (Some(left), Some(right)) = (self.place(&binary.left, frame), self.place(&binary.right, frame))
            && left.as_list().is_none_or(|list| list.len() < FREE_WORK)
        {
            return Ok(value::equal(left, right) == (binary.op == BinaryOp::Equal));
        }
        let left = self.eval(&binary.left, frame)?;
        let right = self.eval(&binary.right, frame)?;
        Ok(self.binary_slow(binary, left, right)?.is_true())
    }

    /// Whether a condition holds.
    #[inline(always)]
    pub(super) fn test(&mut self, expr: &Expr, frame: Frame) -> Run<bool> {
        match expr {
            Expr::Binary(binary) => self.test_binary(binary, frame),
            Expr::Local(slot) | Expr::Last(slot) => Ok(self.stack[(frame.base + slot) as usize].is_true()),
            _ => self.test_other(expr, frame),
        }
    }

    #[inline(never)]
    fn test_binary(&mut self, binary: &Binary, frame: Frame) -> Run<bool> {
        if !binary.numeric.get() {
            return self.test_binary_of_any(binary, frame);
        }
        if let Some(left) = self.number(&binary.left, frame)
            && let Some(right) = self.number(&binary.right, frame)
            && let Some(holds) = compared(binary.op, left, right)
        {
            return Ok(holds);
        }
        Ok(self.binary(binary, frame)?.is_true())
    }

    #[inline(never)]
    fn test_binary_of_any(&mut self, binary: &Binary, frame: Frame) -> Run<bool> {
        if matches!(binary.op, BinaryOp::Equal | BinaryOp::NotEqual) {
            return self.equality(binary, frame);
        }
        Ok(self.binary_of_any(binary, frame)?.is_true())
    }

    #[inline(never)]
    fn test_other(&mut self, expr: &Expr, frame: Frame) -> Run<bool> {
        match expr {
            Expr::And(parts) => Ok(self.test(&parts.0, frame)? && self.test(&parts.1, frame)?),
            Expr::Or(parts) => Ok(self.test(&parts.0, frame)? || self.test(&parts.1, frame)?),
            Expr::Unary(unary) if unary.op == UnaryOp::Not => Ok(!self.test(&unary.operand, frame)?),
            Expr::Builtin(call) => match self.quick_builtin(call, frame) {
                Some(value) => Ok(value.is_true()),
                None => Ok(self.builtin(call, frame)?.is_true()),
            },
            Expr::Ask(ask) => self.ask_traced(ask, frame),
            Expr::Inline(inline) => self.test_inline(inline, frame),
            _ => Ok(self.eval(expr, frame)?.is_true()),
        }
    }

    #[inline(never)]
    fn binary_slow(&mut self, binary: &Binary, left: Value, right: Value) -> Run<Value> {
        if let (Value::List(a), Value::List(b)) = (&left, &right) {
            let work = if binary.op == BinaryOp::Multiply { multiplication_work(a, b) } else { a.len().min(b.len()) };
            self.steps(work / 4, binary.span)?;
        }
        match value::binary_owned(binary.op, left, right) {
            Ok(value) => Ok(value),
            Err(why) => Ok(self.undefined(binary.span, &why)),
        }
    }

    #[cold]
    fn undefined(&mut self, span: Span, why: &Why) -> Value {
        if let Why::Twice(words) = why {
            self.warn(Span::DETACHED, words.lines().next().unwrap_or_default());
        }
        self.remark(span, &Remark { message: why.to_string(), hint: why.hint() });
        Value::Undef
    }

    fn unary(&mut self, unary: &Unary, frame: Frame) -> Run<Value> {
        let operand = self.eval(&unary.operand, frame)?;
        let result = match unary.op {
            UnaryOp::Not => return Ok(Value::from(!operand.is_true())),
            UnaryOp::Negate => value::negate(&operand),
            UnaryOp::BitNot => value::bit_not(&operand),
        };
        Ok(result.unwrap_or_else(|why| self.undefined(unary.span, &why)))
    }

    fn range(&mut self, range: &RangeExpr, frame: Frame) -> Run<Value> {
        let begin = self.eval(&range.begin, frame)?;
        let end = self.eval(&range.end, frame)?;
        let (Some(first), Some(last)) = (begin.as_number(), end.as_number()) else {
            let (begin, end) = (echo_or_dots(&begin), echo_or_dots(&end));
            self.warn(range.span, format!("Unable to convert [{begin}:...:{end}] to a range"));
            return Ok(Value::Undef);
        };
        let step = match &range.step {
            None => 1.0,
            Some(step) => match self.eval(step, frame)? {
                Value::Number(step) => step,
                other => {
                    let message = format!("Unable to convert [...:{}:...] to a step value", echo_or_dots(&other));
                    self.warn(range.span, message);
                    return Ok(Value::Undef);
                }
            },
        };
        if range.literal && (last - first) * step < 0.0 {
            self.warn_empty_range(range, [first, step, last]);
        }
        Ok(Value::Range(Rc::new(Range::new(first, step, last))))
    }

    /// Gives variables their values, one after another.
    pub(super) fn bind_all(&mut self, bindings: &Bindings, frame: Frame) -> Run<()> {
        for slot in &bindings.cells {
            let cell = self.new_cell();
            self.stack[(frame.base + slot) as usize] = cell;
        }
        for binding in &bindings.list {
            let value = self.eval(&binding.value, frame)?;
            match binding.target {
                Target::Slot(slot) => self.store((frame.base + slot) as usize, value),
                Target::Nameless => {
                    let value = echo_or_dots(&value);
                    self.warn(bindings.span, format!("Assignment without variable name {value}"));
                }
                Target::Duplicate => {
                    let (name, value) = (&binding.name, echo_or_dots(&value));
                    let message = format!("Ignoring duplicate variable assignment \"{name}\" = {value}");
                    self.warn(bindings.span, message);
                }
                target => self.assign(target, value, frame),
            }
        }
        Ok(())
    }

    /// Puts a value where it belongs.
    pub(super) fn assign(&mut self, target: Target, value: Value, frame: Frame) {
        match target {
            Target::Slot(slot) => self.stack[(frame.base + slot) as usize] = value,
            Target::Cell(slot) => match &self.stack[(frame.base + slot) as usize] {
                Value::Cell(cell) => *cell.borrow_mut() = value,
                _ => self.stack[(frame.base + slot) as usize] = value,
            },
            Target::Global(slot) => self.globals[slot as usize] = value,
            Target::Special(id) => self.bind_special(id, value),
            Target::Nameless | Target::Duplicate | Target::Dropped => {}
        }
    }

    fn make_closure(&mut self, literal: &Literal, frame: Frame) -> Value {
        let capture = |capture: &Capture| match capture {
            Capture::Local(slot) => self.stack[(frame.base + slot) as usize].clone(),
            Capture::Captured(at) => self.captured(*at, frame),
            Capture::Own => self.own(frame),
        };
        let captures = literal.captures.iter().map(capture).collect();
        let outer = match self.frames.get(frame.id as usize) {
            Some(entry) if frame.id != NONE && entry.closure.is_some() => entry.outer,
            _ => frame.id,
        };
        Value::Function(Closure::new(literal.body.clone(), captures, outer, None))
    }

    /// Ends the evaluation unless the condition holds.
    pub(super) fn assert(&mut self, assert: &Assert, frame: Frame) -> Run<()> {
        let holds = match &assert.condition {
            Some(condition) => self.test(condition, frame)?,
            None => false,
        };
        if holds && assert.is_quiet {
            return Ok(());
        }
        let message = assert.message.as_ref().map(|message| self.eval(message, frame)).transpose()?;
        for other in &assert.others {
            self.eval(other, frame)?;
        }
        for note in &assert.notes {
            self.remark(assert.span, note);
        }
        if holds {
            return Ok(());
        }
        let message = message.map_or_else(String::new, |message| format!(": {}", echo_or_dots(&message)));
        Err(self.stop(Code::Assertion, assert.span, format!("Assertion{} failed{message}", assert.text)))
    }

    /// Prints values.
    pub(super) fn echo(&mut self, arguments: &[(Option<Name>, Expr)], span: Span, frame: Frame) -> Run<()> {
        let mut values = Vec::with_capacity(arguments.len());
        for (_, argument) in arguments {
            values.push(self.eval(argument, frame)?);
        }
        let mut text = String::new();
        for (at, (value, (name, _))) in values.iter().zip(arguments).enumerate() {
            text.push_str(if at > 0 { ", " } else { "" });
            if let Some(name) = name {
                let _ = write!(text, "{name} = ");
            }
            match echo_text(value) {
                Some(value) => text.push_str(&value),
                None => return Err(self.stop_deep(span)),
            }
        }
        self.steps(text.len() / 64, span)?;
        self.log.echo(span, text);
        Ok(())
    }

    /// The end of an evaluation at a list that is nested too deeply to be printed.
    #[cold]
    pub(in crate::scad) fn stop_deep(&mut self, span: Span) -> Box<crate::scad::log::Stop> {
        if let Err(stop) = self.check_effort(span) {
            return stop;
        }
        let message = "Stack exhausted while trying to convert a vector to EchoString".to_owned();
        let mut stop = self.stop(Code::LimitExceeded, Span::DETACHED, message);
        stop.hide_trace();
        stop
    }
}

/// Operators on two numbers that are worth a short cut.
#[inline(always)]
fn quick(op: BinaryOp, a: f64, b: f64) -> Option<Value> {
    match arithmetic(op, a, b) {
        Some(number) => Some(Value::Number(number)),
        None => compared(op, a, b).map(Value::from),
    }
}

#[inline(always)]
fn arithmetic(op: BinaryOp, a: f64, b: f64) -> Option<f64> {
    Some(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::Divide => a / b,
        BinaryOp::Modulo => value::remainder(a, b),
        _ => return None,
    })
}

#[inline(always)]
fn compared(op: BinaryOp, a: f64, b: f64) -> Option<bool> {
    Some(match op {
        BinaryOp::Less => a < b,
        BinaryOp::LessEqual => a <= b,
        BinaryOp::Greater => a > b,
        BinaryOp::GreaterEqual => a >= b,
        BinaryOp::Equal => a == b,
        BinaryOp::NotEqual => a != b,
        _ => return None,
    })
}

/// How many products a multiplication of lists takes.
fn multiplication_work(left: &List, right: &List) -> usize {
    let width = |list: &List| list.as_values().and_then(|values| values.first()?.as_list()).map_or(1, List::len);
    left.len().saturating_mul(width(left)).saturating_mul(width(right))
}

/// A message shows values of up to so many bytes.
const SHOWN_MAX: usize = 4_000;

/// A value as `echo()` prints it, dots where it is too long or nested too deeply for a message.
pub(in crate::scad) fn echo_or_dots(value: &Value) -> String {
    bounded_text(value, SHOWN_MAX).unwrap_or_else(|| "...".into())
}
