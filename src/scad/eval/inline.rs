//! Small functions that are written out in the place of their calls, and questions what a value is.

use crate::scad::eval::{Frame, Interpreter};
use crate::scad::ir::{Ask, Expr, Inline, NONE};
use crate::scad::log::Run;
use crate::scad::value::Value;

impl Interpreter<'_> {
    /// The value of a small function that is written out in the place of its call.
    #[inline(never)]
    pub(super) fn inline(&mut self, inline: &Inline, frame: Frame) -> Run<Value> {
        let value = match self.open_inline(inline, frame) {
            Ok(()) => self.eval(&inline.body, frame),
            Err(stop) => Err(stop),
        };
        self.close_inline(inline, frame);
        if value.is_err() { self.traced(value, &inline.site) } else { value }
    }

    /// Gives the parameters of a function that is written out their values.
    #[inline]
    pub(super) fn open_inline(&mut self, inline: &Inline, frame: Frame) -> Run<()> {
        if inline.enter != NONE {
            self.enter_file(inline.enter)?;
        }
        for (slot, value) in &inline.bindings {
            let value = match self.number(value, frame) {
                Some(number) => Value::Number(number),
                None => self.eval(value, frame)?,
            };
            self.store((frame.base + slot) as usize, value);
        }
        Ok(())
    }

    /// Takes them away.
    #[inline]
    fn close_inline(&mut self, inline: &Inline, frame: Frame) {
        for (slot, _) in &inline.bindings {
            self.store((frame.base + slot) as usize, Value::Unset);
        }
    }

    /// Whether the value of a small function that is written out holds as a condition.
    #[inline(never)]
    pub(super) fn test_inline(&mut self, inline: &Inline, frame: Frame) -> Run<bool> {
        let answer = match self.open_inline(inline, frame) {
            Ok(()) => self.test(&inline.body, frame),
            Err(stop) => Err(stop),
        };
        self.close_inline(inline, frame);
        if answer.is_err() { self.traced(answer, &inline.site) } else { answer }
    }

    /// What is asked of a value, as a call that an error names.
    #[inline]
    pub(super) fn ask_traced(&mut self, ask: &Ask, frame: Frame) -> Run<bool> {
        let answer = self.ask(ask, frame);
        if answer.is_err() { self.traced(answer, &ask.site) } else { answer }
    }

    /// What is asked of a value; of a variable where it lies.
    #[inline]
    pub(super) fn ask(&mut self, ask: &Ask, frame: Frame) -> Run<bool> {
        match &ask.operand {
            Expr::Local(slot) | Expr::Last(slot) => Ok(ask.question.holds(&self.stack[(frame.base + slot) as usize])),
            Expr::Binary(_) | Expr::Builtin(_) => match self.number(&ask.operand, frame) {
                Some(number) => Ok(ask.question.holds(&Value::Number(number))),
                None => Ok(ask.question.holds(&self.eval(&ask.operand, frame)?)),
            },
            Expr::Index(_) | Expr::Element(_) | Expr::Call(_) => {
                Ok(ask.question.holds(&self.eval(&ask.operand, frame)?))
            }
            other => match self.place(other, frame) {
                Some(value) => Ok(ask.question.holds(value)),
                None => Ok(ask.question.holds(&self.eval(other, frame)?)),
            },
        }
    }
}
