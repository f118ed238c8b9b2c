//! Calls: binding of arguments, recursion depth, tail calls.

use std::rc::Rc;

use crate::diag::{Code, Diagnostic};
use crate::scad::ast::Name;
use crate::scad::builtin::Arguments;
use crate::scad::eval::{Closure, Frame, FrameEntry, Interpreter};
use crate::scad::ir::{
    ArgumentPlan, BuiltinCall, Call, DynamicCall, Expr, FunctionBody, NONE, Otherwise, Parameter, Reach, Site, Target,
};
use crate::scad::load::FileState;
use crate::scad::log::Run;
use crate::scad::lower::{lower_file, lower_function};
use crate::scad::nearest::Wanted;
use crate::scad::value::Value;

/// OpenSCAD gives up after so many calls in tail position.
const TAIL_CALLS_MAX: u32 = 1_000_000;
/// Arguments of a built-in function that need no list of their own.
const FEW: usize = 4;

/// What an expression in tail position came to.
enum Flow {
    /// A value.
    Done(Value),
    /// A call that takes the place of the running one.
    Call(TailCall),
}

struct TailCall {
    callee: Callee,
    site: Rc<Site>,
    /// Where its frame was put together.
    staged: usize,
    has_defaults: bool,
}

/// Who is called.
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
    pub(super) fn call(&mut self, call: &Call, frame: Frame) -> Run<Value> {
        self.begin(&call.site)?;
        let mark = self.undo.len();
        match self.stage_known(call, frame) {
            Ok((callee, staged, has_defaults)) => {
                let value = self.run(callee, staged, has_defaults, &call.site);
                self.restore_specials(mark);
                value
            }
            Err(mut stop) => {
                trace(&mut stop, &call.site);
                Err(stop)
            }
        }
    }

    /// A call of whatever a value turns out to be.
    pub(super) fn dynamic(&mut self, call: &DynamicCall, frame: Frame) -> Run<Value> {
        self.begin(&call.site)?;
        let mark = self.undo.len();
        match self.dynamic_flow(call, frame) {
            Ok(Flow::Done(value)) => Ok(value),
            Ok(Flow::Call(next)) => {
                let value = self.run(next.callee, next.staged, next.has_defaults, &call.site);
                self.restore_specials(mark);
                value
            }
            Err(mut stop) => {
                trace(&mut stop, &call.site);
                Err(stop)
            }
        }
    }

    /// A call of a built-in function.
    pub(super) fn builtin(&mut self, call: &BuiltinCall, frame: Frame) -> Run<Value> {
        self.builtin_flow(call, frame).map_err(|mut stop| {
            trace(&mut stop, &call.site);
            stop
        })
    }

    #[inline]
    fn begin(&mut self, site: &Rc<Site>) -> Run<()> {
        self.step(site.span)?;
        if self.has_stack() { Ok(()) } else { Err(self.stop_recursion("function", &site.name, site.span)) }
    }

    /// Runs a call whose frame is put together, and all that take its place.
    fn run(&mut self, first: Callee, base: usize, has_defaults: bool, site: &Rc<Site>) -> Run<Value> {
        let mark = self.undo.len();
        let (mut callee, mut has_defaults) = (first, has_defaults);
        let mut tail_site: Option<Rc<Site>> = None;
        let mut count = 0;
        loop {
            match self.run_once(&callee, has_defaults, base) {
                Ok(Flow::Done(value)) => {
                    self.pop_slots(base);
                    return Ok(value);
                }
                Ok(Flow::Call(next)) => {
                    self.slide_slots(base, next.staged);
                    if count == TAIL_CALLS_MAX {
                        return Err(self.stop_tail(&next));
                    }
                    count += 1;
                    if self.undo.len() > mark + 256 {
                        self.compact_undo(mark);
                    }
                    self.step(next.site.span)?;
                    (callee, has_defaults) = (next.callee, next.has_defaults);
                    tail_site = Some(next.site);
                }
                Err(mut stop) => {
                    trace(&mut stop, tail_site.as_ref().unwrap_or(site));
                    return Err(stop);
                }
            }
        }
    }

    #[inline]
    fn run_once(&mut self, callee: &Callee, has_defaults: bool, base: usize) -> Run<Flow> {
        let body = callee.body();
        let frame = match callee {
            Callee::Function(_, outer) => Frame { base: base as u32, id: *outer },
            Callee::Closure(closure) => self.push_closure(closure, base),
        };
        if has_defaults {
            self.fill_defaults(&body.parameters, frame)?;
        }
        let flow = self.tail(&body.body, frame);
        if matches!(callee, Callee::Closure(_)) {
            self.frames.pop();
        }
        flow
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
    fn stop_tail(&mut self, call: &TailCall) -> Box<crate::scad::log::Stop> {
        let message = format!("Recursion detected calling function '{}'", call.site.name);
        let span = call.callee.body().span;
        let mut stop = self.log.stop(Diagnostic::error(Code::LimitExceeded, span, message), &self.sources);
        trace(&mut stop, &call.site);
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

    /// An expression whose value is that of the running function.
    fn tail(&mut self, expr: &Expr, frame: Frame) -> Run<Flow> {
        let mut expr = expr;
        loop {
            expr = match expr {
                Expr::Ternary(parts) => {
                    if self.eval(&parts.0, frame)?.is_true() {
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
                    let Some(body) = &assert.body else { return Ok(Flow::Done(Value::Undef)) };
                    body
                }
                Expr::Echo(echo) => {
                    self.echo(&echo.arguments, echo.span, frame)?;
                    let Some(body) = &echo.body else { return Ok(Flow::Done(Value::Undef)) };
                    body
                }
                Expr::Call(call) => return self.tail_known(call, frame),
                Expr::Dynamic(call) => return self.dynamic_flow(call, frame),
                Expr::Builtin(call) => return self.builtin_flow(call, frame).map(Flow::Done),
                _ => return self.eval(expr, frame).map(Flow::Done),
            };
        }
    }

    #[inline]
    fn tail_known(&mut self, call: &Call, frame: Frame) -> Run<Flow> {
        let (callee, staged, has_defaults) = self.stage_known(call, frame)?;
        Ok(Flow::Call(TailCall { callee, site: call.site.clone(), staged, has_defaults }))
    }

    /// Puts the frame of a call together: who is called, where the frame begins, whether defaults are to be filled in.
    #[inline]
    fn stage_known(&mut self, call: &Call, frame: Frame) -> Run<(Callee, usize, bool)> {
        let outer = self.frame_up(frame, call.hops);
        if call.enter != NONE {
            self.enter_file(call.enter)?;
        }
        let body = match &self.functions[call.function as usize].body {
            Some(body) => body.clone(),
            None => lower_function(self, call.function)?,
        };
        let staged = self.push_slots(body.frame_size);
        self.stage(&call.plan, staged, frame, &call.site)?;
        Ok((Callee::Function(body, outer), staged, !call.plan.defaults.is_empty()))
    }

    /// Puts the arguments of a call into the frame that begins at `staged`.
    #[inline]
    pub(super) fn stage(&mut self, plan: &ArgumentPlan, staged: usize, frame: Frame, site: &Site) -> Run<()> {
        if plan.plain {
            for (target, value) in &plan.arguments {
                let value = self.eval(value, frame)?;
                if let Target::Slot(slot) = target {
                    self.stack[staged + *slot as usize] = value;
                }
            }
        } else {
            self.stage_specials(plan, staged, frame)?;
        }
        for note in &plan.notes {
            self.warn(site.span, note.clone());
        }
        Ok(())
    }

    /// Special variables change only when all arguments have their values.
    fn stage_specials(&mut self, plan: &ArgumentPlan, staged: usize, frame: Frame) -> Run<()> {
        let mut specials = Vec::new();
        for (target, value) in &plan.arguments {
            let value = self.eval(value, frame)?;
            match target {
                Target::Slot(slot) => self.stack[staged + *slot as usize] = value,
                Target::Special(id) => specials.push((*id, value)),
                _ => {}
            }
        }
        for (id, value) in specials {
            self.bind_special(id, value);
        }
        for at in (0..plan.parameters).filter(|at| !plan.defaults.contains(at)) {
            let slot = &mut self.stack[staged + at as usize];
            if matches!(slot, Value::Unset) {
                *slot = Value::Undef;
            }
        }
        Ok(())
    }

    /// Gives parameters that the call left out their defaults.
    pub(super) fn fill_defaults(&mut self, parameters: &[Parameter], frame: Frame) -> Run<()> {
        for (at, parameter) in parameters.iter().enumerate() {
            let slot = frame.base as usize + at;
            if !matches!(self.stack[slot], Value::Unset) {
                continue;
            }
            let value = match &parameter.default {
                Some(default) => self.eval(default, frame)?,
                None => Value::Undef,
            };
            match parameter.target {
                Target::Special(id) => {
                    self.bind_special(id, value);
                    self.stack[slot] = Value::Undef;
                }
                _ => self.stack[slot] = value,
            }
        }
        Ok(())
    }

    fn dynamic_flow(&mut self, call: &DynamicCall, frame: Frame) -> Run<Flow> {
        let mut last = Value::Undef;
        for candidate in &call.candidates {
            match self.eval(candidate, frame)? {
                Value::Function(closure) => {
                    return self.stage_closure(closure, &call.arguments, &call.site, frame).map(Flow::Call);
                }
                other => last = other,
            }
        }
        match &call.otherwise {
            Otherwise::Call(Expr::Call(call)) => self.tail_known(call, frame),
            Otherwise::Call(Expr::Builtin(call)) => self.builtin_flow(call, frame).map(Flow::Done),
            Otherwise::Call(other) => self.eval(other, frame).map(Flow::Done),
            Otherwise::Unknown(reach) => {
                self.warn_unknown_function(&call.site, Some(reach));
                Ok(Flow::Done(Value::Undef))
            }
            Otherwise::NotFunction => {
                self.warn(call.site.span, format!("Can't call function on {}", last.type_name()));
                Ok(Flow::Done(Value::Undef))
            }
        }
    }

    #[cold]
    fn warn_unknown_function(&mut self, site: &Site, reach: Option<&Reach>) {
        let nearest = reach.and_then(|reach| self.nearest(&site.name, reach, Wanted::Function));
        self.warn_nearest(site.span, format!("Ignoring unknown function '{}'", site.name), nearest.as_deref());
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
        let simple = arguments.len() <= parameters.len() && arguments.iter().all(|(name, _)| name.is_none());
        if simple && parameters.iter().all(|parameter| matches!(parameter.target, Target::Slot(_))) {
            for (at, (_, value)) in arguments.iter().enumerate() {
                self.stack[staged + at] = self.eval(value, frame)?;
            }
        } else {
            self.stage_by_name(parameters, arguments, site, staged, frame)?;
        }
        let has_defaults = arguments.len() < parameters.len() || !simple;
        Ok(TailCall { callee: Callee::Closure(closure), site: site.clone(), staged, has_defaults })
    }

    /// The same matching as for known callees, at the time of the call.
    fn stage_by_name(
        &mut self,
        parameters: &[Parameter],
        arguments: &[(Option<Name>, Expr)],
        site: &Site,
        staged: usize,
        frame: Frame,
    ) -> Run<()> {
        let mut values = Vec::with_capacity(arguments.len());
        for (_, value) in arguments {
            values.push(self.eval(value, frame)?);
        }
        let mut notes = Vec::new();
        let names: Vec<&str> = parameters.iter().map(|parameter| &*parameter.name).collect();
        let mut matching = crate::scad::lower::Matching::new(&names);
        for ((name, _), value) in arguments.iter().zip(values) {
            let at = match name {
                Some(name) => matching.named_target(name, &mut notes),
                None => matching.next_target(&mut notes),
            };
            match (at, name) {
                (Some(at), _) => self.stage_parameter(&parameters[at], staged + at, value),
                (None, Some(name)) if name.starts_with('$') => {
                    let id = self.special_id(name);
                    self.bind_special(id, value);
                }
                _ => {}
            }
        }
        for note in notes {
            self.warn(site.span, note);
        }
        Ok(())
    }

    fn stage_parameter(&mut self, parameter: &Parameter, slot: usize, value: Value) {
        match parameter.target {
            Target::Special(id) => {
                self.bind_special(id, value);
                self.stack[slot] = Value::Undef;
            }
            _ => self.stack[slot] = value,
        }
    }

    fn builtin_flow(&mut self, call: &BuiltinCall, frame: Frame) -> Run<Value> {
        self.step(call.site.span)?;
        if !self.is_enabled(call.function.feature) {
            let name = call.function.name;
            self.warn(call.site.span, format!("Experimental builtin function '{name}' is not enabled"));
            self.warn_unknown_function(&call.site, None);
            return Ok(Value::Undef);
        }
        let count = call.arguments.len();
        if let [(_, argument)] = call.arguments.as_slice() {
            let value = self.eval(argument, frame)?;
            return self.call_builtin(call, std::slice::from_ref(&value));
        }
        if count <= FEW {
            let mut few = [Value::Undef, Value::Undef, Value::Undef, Value::Undef];
            for (slot, (_, argument)) in few.iter_mut().zip(&call.arguments) {
                *slot = self.eval(argument, frame)?;
            }
            return self.call_builtin(call, &few[..count]);
        }
        let mut values = Vec::with_capacity(count);
        for (_, argument) in &call.arguments {
            values.push(self.eval(argument, frame)?);
        }
        self.call_builtin(call, &values)
    }

    #[inline]
    fn call_builtin(&mut self, call: &BuiltinCall, values: &[Value]) -> Run<Value> {
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
        let (impure, said, mark) = (self.impure, self.log.count(), self.undo.len());
        let base = self.push_slots(block.1);
        let first = self.files[file as usize].first_global as usize;
        for at in 0..self.files[file as usize].assignments.len() {
            self.globals[first + at] = Value::Unset;
        }
        self.run_assignments(&block.0, Frame { base: base as u32, id: NONE })?;
        self.pop_slots(base);
        self.restore_specials(mark);
        let pure = impure == self.impure && said == self.log.count();
        self.files[file as usize].state = if pure { FileState::Fresh } else { FileState::Stale };
        Ok(())
    }

    /// Whether calls are nested deeper than the job's limit; modules count here, functions by the stack that they take.
    pub(super) fn is_too_deep(&self) -> bool {
        self.frames.len() as u64 > u64::from(self.budget.limits().recursion)
    }
}

fn trace(stop: &mut crate::scad::log::Stop, site: &Site) {
    stop.trace(site.span, || format!("called by '{}'", site.name));
}
