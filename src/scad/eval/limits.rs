//! Fuel, memory, stack depth, and the errors that end an evaluation.

use crate::budget::Exceeded;
use crate::diag::{Code, Diagnostic, Span};
use crate::scad::eval::Interpreter;
use crate::scad::load::DEFINES;
use crate::scad::log::{Remark, Run, Stop};
use crate::scad::nearest::{Wanted, advice};
use crate::scad::value::{alive_bytes, spent_effort};

/// Steps between two looks at the budget.
const FUEL_BATCH: u32 = 4096;
/// Steps that a warning costs, given or not: its text is made all the same.
const WARNING_STEPS: u32 = 64;
/// Bytes of a value that are asked for before they are taken.
const LARGE_BYTES: u64 = 64 << 10;
/// Stack that is kept for what runs without asking: printing, comparing, built-in functions.
pub(super) const STACK_MARGIN: usize = 256 << 10;

/// Where the stack stands, near enough.
#[inline(always)]
pub(super) fn stack_address() -> usize {
    let marker = 0u8;
    std::ptr::from_ref(&marker) as usize
}

impl Interpreter<'_> {
    /// One step.
    #[inline]
    pub(super) fn step(&mut self, span: Span) -> Run<()> {
        if self.quick_step() { Ok(()) } else { self.refuel(span) }
    }

    /// One step, unless it is time to look at the budget.
    #[inline]
    pub(super) fn quick_step(&self) -> bool {
        let fuel = self.fuel.get();
        self.fuel.set(fuel.saturating_sub(1));
        fuel > 0
    }

    /// Many steps at once.
    pub(in crate::scad) fn steps(&mut self, count: usize, span: Span) -> Run<()> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        if count <= self.fuel.get() {
            self.fuel.set(self.fuel.get() - count);
            return Ok(());
        }
        let result = self.budget.burn(u64::from(count));
        result.map_err(|exceeded| self.stop_exceeded(exceeded, span))?;
        self.refuel(span)
    }

    #[cold]
    #[inline(never)]
    fn refuel(&mut self, span: Span) -> Run<()> {
        self.budget.burn(u64::from(FUEL_BATCH)).map_err(|exceeded| self.stop_exceeded(exceeded, span))?;
        self.fuel.set(FUEL_BATCH);
        self.check_effort(span)?;
        if self.log.is_full() {
            return Err(self.stop_limit(Exceeded::Size, span, "the program prints more than the limit".into()));
        }
        self.reserve_alive(0, span)
    }

    /// Whether the job may go on.
    pub(in crate::scad) fn check_time(&mut self, span: Span) -> Run<()> {
        self.budget.check().map_err(|exceeded| self.stop_exceeded(exceeded, span))
    }

    /// Whether work on values was given up because it went over a limit.
    pub(in crate::scad) fn check_effort(&mut self, span: Span) -> Run<()> {
        match spent_effort() {
            None => Ok(()),
            Some(Exceeded::Recursion) => {
                let message = "lists are nested too deeply to be compared or computed with".to_owned();
                Err(self.stop_limit(Exceeded::Recursion, span, message))
            }
            Some(exceeded) => Err(self.stop_exceeded(exceeded, span)),
        }
    }

    /// Tells the budget how much memory the values take, and `more` that is about to be taken.
    fn reserve_alive(&mut self, more: u64, span: Span) -> Run<()> {
        let stack = (self.stack.capacity() * size_of_val(&self.stack[..1.min(self.stack.len())])) as u64;
        let now = alive_bytes() + self.node_bytes + stack + more;
        if now <= self.reserved {
            self.budget.release(self.reserved - now);
            self.reserved = now;
            return Ok(());
        }
        match self.budget.reserve(now - self.reserved) {
            Ok(()) => {
                self.reserved = now;
                Ok(())
            }
            Err(exceeded) => Err(self.stop_exceeded(exceeded, span)),
        }
    }

    /// Asks for the memory of a large value before it is made.
    pub(in crate::scad) fn ask_bytes(&mut self, bytes: u64, span: Span) -> Run<()> {
        if bytes < LARGE_BYTES {
            return Ok(());
        }
        self.reserve_alive(bytes, span)
    }

    /// Refuses a list of more elements than the job may have.
    pub(in crate::scad) fn ask_elements(&mut self, count: usize, span: Span) -> Run<()> {
        if count as u64 > self.budget.limits().list_len {
            let message = format!("a list of {count} elements is longer than the limit");
            return Err(self.stop_limit(Exceeded::Size, span, message));
        }
        self.ask_bytes(count as u64 * 16, span)
    }

    /// Refuses a string of more bytes than the job may have.
    pub(in crate::scad) fn ask_text(&mut self, bytes: usize, span: Span) -> Run<()> {
        if bytes as u64 > self.budget.limits().list_len {
            let message = format!("a string of {bytes} bytes is longer than the limit");
            return Err(self.stop_limit(Exceeded::Size, span, message));
        }
        self.ask_bytes(bytes as u64, span)
    }

    /// Counts a node of the tree.
    pub(in crate::scad) fn count_node(&mut self, bytes: usize, span: Span) -> Run<()> {
        self.node_bytes += bytes as u64;
        self.steps(bytes / 64, span)
    }

    /// Whether there is stack for one more call.
    #[inline]
    pub(super) fn has_stack(&self) -> bool {
        self.stack_start.abs_diff(stack_address()) < self.stack_max
    }

    /// An error that ends the evaluation.
    #[cold]
    pub(in crate::scad) fn stop(&mut self, code: Code, span: Span, message: String) -> Box<Stop> {
        self.log.stop(Diagnostic::error(code, span, message), &self.sources)
    }

    /// The end of an evaluation at one of the budget's limits.
    #[cold]
    pub(in crate::scad) fn stop_exceeded(&mut self, exceeded: Exceeded, span: Span) -> Box<Stop> {
        self.stop_limit(exceeded, span, exceeded.to_string())
    }

    /// The end of an evaluation at a limit, in words.
    #[cold]
    pub(in crate::scad) fn stop_limit(&mut self, exceeded: Exceeded, span: Span, message: String) -> Box<Stop> {
        let hint = format!("The job's limit is called {}.", exceeded.limit_name());
        self.log.stop(Diagnostic::error(Code::LimitExceeded, span, message).with_hint(hint), &self.sources)
    }

    /// The end of an evaluation where calls are nested too deeply.
    #[cold]
    pub(super) fn stop_recursion(&mut self, what: &str, name: &str, span: Span) -> Box<Stop> {
        let message = format!("Recursion detected calling {what} '{name}'");
        self.log.stop(Diagnostic::error(Code::LimitExceeded, span, message), &self.sources)
    }

    /// A warning.
    #[cold]
    pub(in crate::scad) fn warn(&mut self, span: Span, message: impl Into<String>) {
        self.fuel.set(self.fuel.get().saturating_sub(WARNING_STEPS));
        self.log.add(Diagnostic::warning(span, message), &self.sources);
    }

    /// A warning that names what was meant.
    #[cold]
    pub(in crate::scad) fn warn_nearest(&mut self, span: Span, message: String, nearest: Option<&str>) {
        let hint = nearest.map(|name| format!("Did you mean '{name}'?"));
        self.remark(span, &Remark { message, hint });
    }

    /// A warning that says what to do.
    #[cold]
    pub(in crate::scad) fn remark(&mut self, span: Span, remark: &Remark) {
        self.fuel.set(self.fuel.get().saturating_sub(WARNING_STEPS));
        let diagnostic = Diagnostic::warning(span, remark.message.clone());
        let diagnostic = match &remark.hint {
            Some(hint) => diagnostic.with_hint(hint.clone()),
            None => diagnostic,
        };
        self.log.add(diagnostic, &self.sources);
    }

    /// A warning about a name that nothing has: with the nearest known one, or with what people mean by it who come from elsewhere.
    #[cold]
    pub(in crate::scad) fn warn_unknown_name(
        &mut self,
        span: Span,
        message: String,
        name: &str,
        nearest: Option<&str>,
        wanted: Wanted,
    ) {
        let near = || nearest.map(|name| format!("Did you mean '{name}'?"));
        let unquoted = || {
            let is_define = self.sources.path(span.file).is_some_and(|path| &**path == DEFINES);
            (is_define && wanted == Wanted::Variable).then(|| format!("Text stands in quotes: \"{name}\"."))
        };
        let hint = advice(name, wanted).map(str::to_owned).or_else(near).or_else(unquoted);
        self.remark(span, &Remark { message, hint });
    }

    /// Something that OpenSCAD calls deprecated.
    #[cold]
    pub(in crate::scad) fn deprecate(&mut self, span: Span, message: impl Into<String>) {
        let severity = crate::diag::Severity::Deprecated;
        self.log.add(Diagnostic { severity, ..Diagnostic::warning(span, message) }, &self.sources);
    }
}
