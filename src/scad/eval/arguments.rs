//! Arguments and defaults: from their expressions into the frame of a call.

use crate::scad::ast::Name;
use crate::scad::eval::{Frame, Interpreter};
use crate::scad::ir::{ArgumentPlan, Expr, Parameter, Site, Target};
use crate::scad::log::Run;
use crate::scad::value::Value;

impl Interpreter<'_> {
    /// Puts the arguments of a call into the frame that begins at `staged`.
    #[inline]
    pub(super) fn stage(&mut self, plan: &ArgumentPlan, staged: usize, frame: Frame, site: &Site) -> Run<()> {
        if plan.plain {
            for (target, value) in &plan.arguments {
                let value = match self.number(value, frame) {
                    Some(number) => Value::Number(number),
                    None => self.eval(value, frame)?,
                };
                if let Target::Slot(slot) = target {
                    self.store(staged + *slot as usize, value);
                }
            }
        } else {
            self.stage_specials(plan, staged, frame)?;
        }
        if !plan.notes.is_empty() {
            plan.notes.iter().for_each(|note| self.remark(site.span, note));
        }
        Ok(())
    }

    /// Special variables change only when all arguments and defaults have their values.
    fn stage_specials(&mut self, plan: &ArgumentPlan, staged: usize, frame: Frame) -> Run<()> {
        let first = self.push_slots(plan.arguments.len() as u32);
        for (at, (target, value)) in plan.arguments.iter().enumerate() {
            let value = self.eval(value, frame)?;
            match target {
                Target::Slot(slot) => self.store(staged + *slot as usize, value),
                Target::Special(_) => self.store(first + at, value),
                _ => {}
            }
        }
        for (at, (target, _)) in plan.arguments.iter().enumerate() {
            if let Target::Special(id) = target {
                let value = std::mem::replace(&mut self.stack[first + at], Value::Unset);
                if plan.defaults.is_empty() {
                    self.bind_special(*id, value);
                } else {
                    self.staged_specials.push((*id, value));
                }
            }
        }
        self.pop_slots(first);
        for at in (0..plan.parameters).filter(|at| !plan.defaults.contains(at)) {
            let slot = &mut self.stack[staged + at as usize];
            if matches!(slot, Value::Unset) {
                *slot = Value::Undef;
            }
        }
        Ok(())
    }

    /// Gives parameters that the call left out their defaults, which do not see the special variables of this call yet.
    pub(super) fn fill_defaults(&mut self, parameters: &[Parameter], frame: Frame) -> Run<()> {
        let mut specials = std::mem::take(&mut self.staged_specials);
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
                    specials.push((id, value));
                    self.stack[slot] = Value::Undef;
                }
                _ => self.stack[slot] = value,
            }
        }
        if !specials.is_empty() {
            self.staged_specials = specials;
            self.bind_staged_specials();
        }
        Ok(())
    }

    #[cold]
    fn bind_staged_specials(&mut self) {
        let mut specials = std::mem::take(&mut self.staged_specials);
        for (id, value) in specials.drain(..) {
            self.bind_special(id, value);
        }
        self.staged_specials = specials;
    }

    /// The same matching as for known callees, at the time of the call.
    pub(super) fn stage_by_name(
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
                    self.staged_specials.push((id, value));
                }
                _ => {}
            }
        }
        for note in &notes {
            self.remark(site.span, note);
        }
        Ok(())
    }

    fn stage_parameter(&mut self, parameter: &Parameter, slot: usize, value: Value) {
        match parameter.target {
            Target::Special(id) => {
                self.staged_specials.push((id, value));
                self.stack[slot] = Value::Undef;
            }
            _ => self.stack[slot] = value,
        }
    }
}
