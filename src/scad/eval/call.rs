//! Calls: binding of arguments, recursion depth, tail calls.

use std::rc::Rc;

use crate::diag::{Code, Diagnostic, Span};
use crate::scad::ast::Name;
use crate::scad::builtin::Arguments;
use crate::scad::eval::{Closure, Frame, FrameEntry, Interpreter};
use crate::scad::ir::{BuiltinCall, Call, DynamicCall, Expr, FunctionBody, NONE, Otherwise, Reach, Site, Target};
use crate::scad::load::FileState;
use crate::scad::log::{Run, Stop};
use crate::scad::lower::{lower_file, lower_function};
use crate::scad::nearest::Wanted;
use crate::scad::value::Value;

/// OpenSCAD gives up after so many calls in tail position.
const TAIL_CALLS_MAX: u32 = 1_000_000;
/// Former values of special variables that calls in tail position leave before the needless ones are thrown away.
const UNDO_MAX: usize = 256;

/// A call that takes the place of the running one.
#[derive(Debug)]
pub(super) struct TailCall {
    callee: Callee,
    site: Rc<Site>,
    /// Where its frame was put together.
    staged: usize,
    has_defaults: bool,
}

/// Who is called.
#[derive(Debug)]
enum Callee {
    /// A function of a file or module, and the frame of that module.
    Function(Rc<FunctionBody>, u32),
    /// A function value.
    Closure(Rc<Closure>),
}

impl Callee {
    fn body(&self) -> &Rc<FunctionBody> {
        match self {
            Self::Function(body, _) => body,
            Self::Closure(closure) => &closure.body,
        }
    }
}

impl Interpreter<'_> {
    /// A call of a function that is known.
    #[inline(never)]
    pub(super) fn call(&mut self, call: &Call, frame: Frame) -> Run<Value> {
        self.begin(&call.site)?;
        let (mark, base) = (self.undo.len(), self.top);
        let mut count = 0;
        match self.call_once(call, frame, &mut count) {
            Ok(Value::Unset) => {
                let value = self.run_tail_calls(base, mark, count);
                self.restore_specials(mark);
                value
            }
            Ok(value) => {
                self.pop_slots(base);
                self.restore_specials(mark);
                Ok(value)
            }
            Err(stop) => self.traced(Err(stop), &call.site),
        }
    }

    /// The value of a call, its frame left behind; `Unset` where it ends in one more call, which is then pending.
    #[inline(always)]
    fn call_once(&mut self, call: &Call, frame: Frame, count: &mut u32) -> Run<Value> {
        let (body, outer) = self.known_callee(call, frame)?;
        let base = self.push_slots(body.frame_size);
        self.stage(&call.plan, base, frame, &call.site)?;
        let inner = Frame { base: base as u32, id: outer };
        if !call.plan.defaults.is_empty() {
            self.fill_defaults(&body.parameters, inner)?;
        }
        self.tail(&body, inner, count)
    }

    /// The code of a function and the frame of the module around it.
    #[inline(always)]
    fn known_callee(&mut self, call: &Call, frame: Frame) -> Run<(Rc<FunctionBody>, u32)> {
        let outer = if call.hops == NONE { NONE } else { self.frame_up(frame, call.hops) };
        if call.enter != NONE {
            self.enter_file(call.enter)?;
        }
        match &self.functions[call.function as usize].body {
            Some(body) => Ok((body.clone(), outer)),
            None => Ok((lower_function(self, call.function)?, outer)),
        }
    }

    /// A call of whatever a value turns out to be.
    #[inline(never)]
    pub(super) fn dynamic(&mut self, call: &DynamicCall, frame: Frame) -> Run<Value> {
        self.begin(&call.site)?;
        let mark = self.undo.len();
        match self.dynamic_flow(call, frame) {
            Ok(Value::Unset) => match self.pending_call.take() {
                Some(next) => {
                    let value = self.run(next.callee, next.staged, next.has_defaults, &call.site);
                    self.restore_specials(mark);
                    value
                }
                None => Ok(Value::Undef),
            },
            Ok(value) => Ok(value),
            Err(mut stop) => {
                trace(&mut stop, &call.site);
                Err(stop)
            }
        }
    }

    /// A call of a built-in function.
    #[inline(never)]
    pub(super) fn builtin(&mut self, call: &BuiltinCall, frame: Frame) -> Run<Value> {
        let result = self.builtin_flow(call, frame);
        if result.is_err() { self.traced(result, &call.site) } else { result }
    }

    #[cold]
    pub(super) fn traced<T>(&mut self, result: Run<T>, site: &Site) -> Run<T> {
        if std::mem::take(&mut self.is_traced) {
            return result;
        }
        result.map_err(|mut stop| {
            trace(&mut stop, site);
            stop
        })
    }

    #[inline]
    fn begin(&mut self, site: &Rc<Site>) -> Run<()> {
        self.step(site.span)?;
        if self.has_stack() { Ok(()) } else { Err(self.stop_recursion("function", &site.name, site.span)) }
    }

    /// Runs the call whose frame begins at `base`, the last one, and the calls in tail position after it.
    #[inline]
    fn run(&mut self, callee: Callee, base: usize, has_defaults: bool, site: &Rc<Site>) -> Run<Value> {
        let mark = self.undo.len();
        let mut count = 0;
        match self.run_once(&callee, has_defaults, base, &mut count) {
            Ok(Value::Unset) => self.run_tail_calls(base, mark, count),
            Ok(value) => {
                self.pop_slots(base);
                Ok(value)
            }
            Err(stop) => self.traced(Err(stop), site),
        }
    }

    /// Runs one call in tail position after another in the place of the first one.
    #[inline(never)]
    fn run_tail_calls(&mut self, base: usize, mark: usize, count: u32) -> Run<Value> {
        let mut count = count;
        while let Some(next) = self.pending_call.take() {
            self.slide_slots(base, next.staged);
            if count == TAIL_CALLS_MAX {
                return Err(self.stop_tail(&next.site, next.callee.body().span));
            }
            count += 1;
            if self.undo.len() > mark + UNDO_MAX {
                self.compact_undo(mark);
            }
            self.step(next.site.span)?;
            match self.run_once(&next.callee, next.has_defaults, base, &mut count) {
                Ok(Value::Unset) => {}
                Ok(value) => {
                    self.pop_slots(base);
                    return Ok(value);
                }
                Err(stop) => return self.traced(Err(stop), &next.site),
            }
        }
        self.pop_slots(base);
        Ok(Value::Undef)
    }

    /// The value of a call; `Unset` where it ends in one more call, which is then pending.
    #[inline]
    fn run_once(&mut self, callee: &Callee, has_defaults: bool, base: usize, count: &mut u32) -> Run<Value> {
        let body = callee.body();
        let frame = match callee {
            Callee::Function(_, outer) => Frame { base: base as u32, id: *outer },
            Callee::Closure(closure) => self.push_closure(closure, base),
        };
        if has_defaults {
            self.fill_defaults(&body.parameters, frame)?;
        }
        let value = self.tail(body, frame, count);
        if matches!(callee, Callee::Closure(_)) {
            self.frames.pop();
        }
        value
    }

    fn push_closure(&mut self, closure: &Rc<Closure>, base: usize) -> Frame {
        let frame = Frame { base: base as u32, id: self.frames.len() as u32 };
        self.frames.push(FrameEntry {
            base: frame.base,
            outer: closure.outer,
            closure: Some(closure.clone()),
            children: None,
            children_frame: frame,
        });
        if let (Some(object), Some(this)) = (&closure.this, closure.body.this) {
            self.stack[base + this as usize] = Value::Object(object.clone());
        }
        frame
    }

    #[cold]
    fn stop_tail(&mut self, site: &Site, span: Span) -> Box<Stop> {
        let message = format!("Recursion detected calling function '{}'", site.name);
        let mut stop = self.log.stop(Diagnostic::error(Code::LimitExceeded, span, message), &self.sources);
        trace(&mut stop, site);
        stop
    }

    /// Of several former values of one special variable the first is the one to go back to.
    pub(super) fn compact_undo(&mut self, mark: usize) {
        let mut seen = Vec::new();
        let entries = self.undo.split_off(mark);
        for (id, former) in entries {
            if !seen.contains(&id) {
                seen.push(id);
                self.undo.push((id, former));
            }
        }
    }

    /// The value of a function whose frame is made; `Unset` where that is one more call, which is then pending.
    #[inline]
    fn tail(&mut self, body: &FunctionBody, frame: Frame, count: &mut u32) -> Run<Value> {
        let mut last = None;
        let value = self.tail_from(body, frame, count, &mut last);
        match (value, last) {
            (Err(stop), Some(site)) => {
                let stopped = self.traced(Err(stop), site);
                self.is_traced = true;
                stopped
            }
            (value, _) => value,
        }
    }

    /// Whether a call in tail position runs the same code once more, in the same surroundings.
    #[inline]
    fn is_self_call(&self, call: &Call, body: &FunctionBody) -> bool {
        let code = self.functions[call.function as usize].body.as_deref();
        call.hops == NONE && call.enter == NONE && code.is_some_and(|code| std::ptr::eq(code, body))
    }

    /// One more call in tail position.
    #[inline]
    fn next_round(&mut self, site: &Site, span: Span, count: &mut u32) -> Run<()> {
        if *count == TAIL_CALLS_MAX {
            self.is_traced = true;
            return Err(self.stop_tail(site, span));
        }
        *count += 1;
        let stepped = self.step(site.span);
        self.is_traced = stepped.is_err();
        stepped
    }

    /// An expression whose value is that of the running function; `Unset` where that is a call, which is then pending.
    /// Calls of the function itself are rounds of a loop; an error names the last of them in the place of the call that began it.
    fn tail_from<'a>(
        &mut self,
        body: &'a FunctionBody,
        frame: Frame,
        count: &mut u32,
        last: &mut Option<&'a Site>,
    ) -> Run<Value> {
        let mark = self.undo.len();
        let mut expr = &body.body;
        loop {
            expr = match expr {
                Expr::Ternary(parts) => {
                    if self.test(&parts.0, frame)? {
                        &parts.1
                    } else {
                        &parts.2
                    }
                }
                Expr::Let(parts) => {
                    self.bind_all(&parts.bindings, frame)?;
                    &parts.body
                }
                Expr::Assert(assert) => {
                    self.assert(assert, frame)?;
                    let Some(body) = &assert.body else { return Ok(Value::Undef) };
                    body
                }
                Expr::Echo(echo) => {
                    self.echo(&echo.arguments, echo.span, frame)?;
                    let Some(body) = &echo.body else { return Ok(Value::Undef) };
                    body
                }
                Expr::Inline(inline) => {
                    self.open_inline(inline, frame)?;
                    &inline.body
                }
                Expr::Ask(ask) => return Ok(Value::from(self.ask(ask, frame)?)),
                Expr::Call(call) if self.is_self_call(call, body) => {
                    let staged = self.push_slots(body.frame_size);
                    self.stage(&call.plan, staged, frame, &call.site)?;
                    self.slide_slots(frame.base as usize, staged);
                    self.next_round(&call.site, body.span, count)?;
                    if self.undo.len() > mark + UNDO_MAX {
                        self.compact_undo(mark);
                    }
                    *last = Some(&call.site);
                    if !call.plan.defaults.is_empty() {
                        self.fill_defaults(&body.parameters, frame)?;
                    }
                    &body.body
                }
                Expr::Call(call) => return self.tail_known(call, frame),
                Expr::Dynamic(call) => return self.dynamic_flow(call, frame),
                Expr::Builtin(call) => return self.builtin_flow(call, frame),
                _ => return self.eval(expr, frame),
            };
        }
    }

    #[inline(never)]
    fn tail_known(&mut self, call: &Call, frame: Frame) -> Run<Value> {
        let (body, outer) = self.known_callee(call, frame)?;
        let staged = self.push_slots(body.frame_size);
        self.stage(&call.plan, staged, frame, &call.site)?;
        let (callee, has_defaults) = (Callee::Function(body, outer), !call.plan.defaults.is_empty());
        self.pending_call = Some(TailCall { callee, site: call.site.clone(), staged, has_defaults });
        Ok(Value::Unset)
    }

    fn dynamic_flow(&mut self, call: &DynamicCall, frame: Frame) -> Run<Value> {
        let mut last = Value::Undef;
        for candidate in &call.candidates {
            match self.eval(candidate, frame)? {
                Value::Function(closure) => {
                    let next = self.stage_closure(closure, &call.arguments, &call.site, frame)?;
                    self.pending_call = Some(next);
                    return Ok(Value::Unset);
                }
                other => last = other,
            }
        }
        match &call.otherwise {
            Otherwise::Call(Expr::Call(call)) => self.tail_known(call, frame),
            Otherwise::Call(Expr::Builtin(call)) => self.builtin_flow(call, frame),
            Otherwise::Call(other) => self.eval(other, frame),
            Otherwise::Unknown(reach) => {
                self.warn_unknown_function(&call.site, Some(reach));
                Ok(Value::Undef)
            }
            Otherwise::NotFunction => {
                self.warn(call.site.span, format!("Can't call function on {}", last.type_name()));
                Ok(Value::Undef)
            }
        }
    }

    #[cold]
    fn warn_unknown_function(&mut self, site: &Site, reach: Option<&Reach>) {
        let nearest = reach.and_then(|reach| self.nearest(&site.name, reach, Wanted::Function));
        let message = format!("Ignoring unknown function '{}'", site.name);
        self.warn_unknown_name(site.span, message, &site.name, nearest.as_deref(), Wanted::Function);
    }

    fn stage_closure(
        &mut self,
        closure: Rc<Closure>,
        arguments: &[(Option<Name>, Expr)],
        site: &Rc<Site>,
        frame: Frame,
    ) -> Run<TailCall> {
        let staged = self.push_slots(closure.body.frame_size);
        let parameters = &closure.body.parameters;
        let plain = arguments.len() <= parameters.len()
            && arguments.iter().all(|(name, _)| name.is_none())
            && parameters.iter().all(|parameter| matches!(parameter.target, Target::Slot(_)));
        if plain {
            for (at, (_, value)) in arguments.iter().enumerate() {
                self.stack[staged + at] = self.eval(value, frame)?;
            }
        } else {
            self.stage_by_name(parameters, arguments, site, staged, frame)?;
        }
        let has_defaults = arguments.len() < parameters.len() || !plain;
        Ok(TailCall { callee: Callee::Closure(closure), site: site.clone(), staged, has_defaults })
    }

    fn builtin_flow(&mut self, call: &BuiltinCall, frame: Frame) -> Run<Value> {
        if let Some(value) = self.quick_builtin(call, frame) {
            return Ok(value);
        }
        self.step(call.site.span)?;
        if !self.is_enabled(call.function.feature) {
            let name = call.function.name;
            self.warn(call.site.span, format!("Experimental builtin function '{name}' is not enabled"));
            self.warn_unknown_function(&call.site, None);
            return Ok(Value::Undef);
        }
        let count = call.arguments.len();
        if let [(_, argument)] = call.arguments.as_slice() {
            let mut value = self.eval(argument, frame)?;
            let quick = match (&value, call.function.number, call.function.quick) {
                (Value::Number(number), Some(code), _) => Some(Value::Number(code(*number))),
                (value, None, Some(code)) => code(value),
                _ => None,
            };
            return match quick {
                Some(value) => Ok(value),
                None => self.call_builtin(call, std::slice::from_mut(&mut value)),
            };
        }
        if let [(_, first), (_, second)] = call.arguments.as_slice() {
            let mut values = [self.eval(first, frame)?, self.eval(second, frame)?];
            return self.call_builtin(call, &mut values);
        }
        let mut values = Vec::with_capacity(count);
        for (_, argument) in &call.arguments {
            values.push(self.eval(argument, frame)?);
        }
        self.call_builtin(call, &mut values)
    }

    /// The value of a built-in function of one argument, if both are among the easy ones.
    #[inline]
    pub(super) fn quick_builtin(&self, call: &BuiltinCall, frame: Frame) -> Option<Value> {
        let [(_, argument)] = call.arguments.as_slice() else { return None };
        let value = match (call.function.number, call.function.quick) {
            (Some(code), _) => Value::Number(code(self.number(argument, frame)?)),
            (None, Some(code)) => code(self.place(argument, frame)?)?,
            (None, None) => return None,
        };
        self.quick_step().then_some(value)
    }

    #[inline]
    fn call_builtin(&mut self, call: &BuiltinCall, values: &mut [Value]) -> Run<Value> {
        if let Some(code) = call.function.owned
            && let Some(value) = code(self, values, call.site.span)?
        {
            return Ok(value);
        }
        let arguments =
            Arguments { values, names: &call.arguments, function: call.function.name, span: call.site.span };
        (call.function.call)(self, &arguments)
    }

    /// Sees to it that the variables of a used file have their values.
    pub(super) fn enter_file(&mut self, file: u32) -> Run<()> {
        if self.files[file as usize].state != FileState::Stale {
            return Ok(());
        }
        let block = lower_file(self, file)?;
        self.files[file as usize].state = FileState::Running;
        let (impure, said, mark) = (self.impure.get(), self.log.count(), self.undo.len());
        let base = self.push_slots(block.1);
        let first = self.files[file as usize].first_global as usize;
        for at in 0..self.files[file as usize].assignments.len() {
            self.globals[first + at] = Value::Unset;
        }
        self.run_assignments(&block.0, Frame { base: base as u32, id: NONE })?;
        self.pop_slots(base);
        self.restore_specials(mark);
        let pure = impure == self.impure.get() && said == self.log.count();
        self.files[file as usize].state = if pure { FileState::Fresh } else { FileState::Stale };
        Ok(())
    }

    /// Whether calls are nested deeper than the job's limit; modules count here, functions by the stack that they take.
    pub(super) fn is_too_deep(&self) -> bool {
        self.frames.len() as u64 > u64::from(self.budget.limits().recursion)
    }
}

fn trace(stop: &mut Stop, site: &Site) {
    stop.trace(site.span, || format!("called by '{}'", site.name));
}
