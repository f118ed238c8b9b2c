//! List elements: values, `for`, `each`, `if`, `let`.

use std::rc::Rc;

use crate::diag::{Code, Diagnostic, Span};
use crate::scad::eval::{Frame, Interpreter};
use crate::scad::ir::{Expr, For, ForC, LoopVariable, RangeExpr, Target};
use crate::scad::log::Run;
use crate::scad::value::{FEW, List, ListBuilder, Range, Value, ascii_text};

/// OpenSCAD iterates ranges of fewer values than this.
const RANGE_MAX: u32 = 1_000_000;
/// OpenSCAD's C-style loops end with an error after so many rounds.
const ROUNDS_MAX: u32 = 1_000_000;
/// A list is asked for before it grows beyond this.
const GROWTH: usize = 1 << 16;

/// A list of fewer elements than this needs no room in advance.
const FEW_ELEMENTS: usize = 5;
/// Room that is made in advance at most: loops may be nested, and nothing has been asked for yet.
const ROOM_MAX: usize = 4096;

impl Interpreter<'_> {
    /// A list.
    #[inline(never)]
    pub(super) fn list(&mut self, items: &[Expr], frame: Frame) -> Run<Value> {
        let mut few = [0.0; FEW];
        for (at, item) in items.iter().enumerate() {
            if at == few.len() || is_element(item) {
                return self.long_list(&few[..at], None, &items[at..], items.len(), frame);
            }
            if let Some(number) = self.number(item, frame) {
                few[at] = number;
                continue;
            }
            match self.eval(item, frame)? {
                Value::Number(number) => few[at] = number,
                other => return self.long_list(&few[..at], Some(other), &items[at + 1..], items.len(), frame),
            }
        }
        Ok(Value::list(List::of_few(items.len(), few)))
    }

    #[inline(never)]
    fn long_list(
        &mut self,
        before: &[f64],
        next: Option<Value>,
        items: &[Expr],
        length: usize,
        frame: Frame,
    ) -> Run<Value> {
        let mut out = match next {
            None => ListBuilder::Numbers(Vec::with_capacity(length)),
            Some(next) => {
                let mut values = Vec::with_capacity(length);
                values.extend(before.iter().map(|number| Value::Number(*number)));
                values.push(next);
                ListBuilder::Values(values)
            }
        };
        if let ListBuilder::Numbers(numbers) = &mut out {
            numbers.extend_from_slice(before);
        }
        for item in items {
            self.element(item, frame, &mut out)?;
        }
        Ok(Value::list(out.finish()))
    }

    /// Adds what an element comes to: nothing, one value, or many.
    pub(super) fn element(&mut self, expr: &Expr, frame: Frame, out: &mut ListBuilder) -> Run<()> {
        match expr {
            Expr::If(parts) => {
                if self.test(&parts.0, frame)? {
                    self.element(&parts.1, frame, out)
                } else if let Some(otherwise) = &parts.2 {
                    self.element(otherwise, frame, out)
                } else {
                    Ok(())
                }
            }
            Expr::For(_) | Expr::ForC(_) | Expr::Each(_) | Expr::Let(_) => self.elements(expr, frame, out),
            _ => self.one_value(expr, frame, out),
        }
    }

    /// Adds the value of what is one value.
    #[inline(always)]
    fn one_value(&mut self, expr: &Expr, frame: Frame, out: &mut ListBuilder) -> Run<()> {
        match self.number(expr, frame) {
            Some(number) => out.push_number(number),
            None => out.push(self.eval(expr, frame)?),
        }
        Ok(())
    }

    #[inline(never)]
    fn elements(&mut self, expr: &Expr, frame: Frame, out: &mut ListBuilder) -> Run<()> {
        match expr {
            Expr::For(parts) => self.for_elements(parts, frame, out),
            Expr::ForC(parts) => self.for_c(parts, frame, out),
            Expr::Each(parts) => self.each_element(&parts.0, parts.1, frame, out),
            Expr::Let(parts) => {
                let mark = self.undo.len();
                self.bind_all(&parts.bindings, frame)?;
                self.element(&parts.body, frame, out)?;
                self.restore_specials(mark);
                Ok(())
            }
            _ => self.element(expr, frame, out),
        }
    }

    fn for_elements(&mut self, parts: &For, frame: Frame, out: &mut ListBuilder) -> Run<()> {
        self.make_room(parts, frame, out);
        // what kind of body it is need not be found out in every round
        match &parts.body {
            Expr::If(choice) if choice.2.is_none() && !is_element(&choice.1) => {
                self.grow(parts, frame, out, |job, out| {
                    if job.test(&choice.0, frame)? { job.one_value(&choice.1, frame, out) } else { Ok(()) }
                })
            }
            body if is_element(body) => self.grow(parts, frame, out, |job, out| job.element(body, frame, out)),
            body => self.grow(parts, frame, out, |job, out| job.one_value(body, frame, out)),
        }
    }

    /// The rounds of a loop, each of which adds to the list.
    #[inline]
    fn grow(
        &mut self,
        parts: &For,
        frame: Frame,
        out: &mut ListBuilder,
        mut round: impl FnMut(&mut Self, &mut ListBuilder) -> Run<()>,
    ) -> Run<()> {
        let mut asked = GROWTH;
        self.for_each(&parts.variables, parts.span, frame, &mut |job| {
            round(job, out)?;
            if out.len() > asked {
                asked = out.len() * 2;
                job.ask_elements(asked, parts.span)?;
            }
            Ok(())
        })
    }

    /// Room for what a loop over a range or a list in a variable surely comes to, as far as it is known and not much.
    fn make_room(&self, parts: &For, frame: Frame, out: &mut ListBuilder) {
        let [variable] = parts.variables.as_slice() else { return };
        if out.len() > 0 || is_element(&parts.body) {
            return;
        }
        let count = match &variable.values {
            Expr::Range(range) if range.step.is_none() => {
                let ends = (self.number(&range.begin, frame), self.number(&range.end, frame));
                let (Some(begin), Some(end)) = ends else { return };
                ((end - begin) as usize).saturating_add(1)
            }
            other => self.place(other, frame).and_then(Value::as_list).map_or(0, List::len),
        };
        if count >= FEW_ELEMENTS {
            out.reserve(count.min(ROOM_MAX));
        }
    }

    /// `each e`: the values of a list, a range, a string; of list elements, each of them so.
    fn each_element(&mut self, inner: &Expr, span: Span, frame: Frame, out: &mut ListBuilder) -> Run<()> {
        if !is_element(inner) {
            let value = self.eval(inner, frame)?;
            return self.spread(value, span, out);
        }
        let mut parts = ListBuilder::default();
        self.element(inner, frame, &mut parts)?;
        for value in parts.finish().iter() {
            self.spread(value, span, out)?;
        }
        Ok(())
    }

    fn spread(&mut self, value: Value, span: Span, out: &mut ListBuilder) -> Run<()> {
        match value {
            Value::List(list) => {
                self.steps(list.len() / 8, span)?;
                self.ask_elements(out.len() + list.len(), span)?;
                match Rc::try_unwrap(list) {
                    Ok(list) if out.len() == 0 && list.len() > FEW => *out = list.into_builder(),
                    Ok(list) => out.extend(&list),
                    Err(list) => out.extend(&list),
                }
            }
            Value::Range(range) => {
                if self.is_iterable(&range, span) {
                    self.steps(range.count() as usize / 8, span)?;
                    range.iter().for_each(|number| out.push(Value::Number(number)));
                }
            }
            Value::Text(text) => {
                self.steps(text.len() / 8, span)?;
                text.as_str().chars().for_each(|character| out.push(ascii_text(character)));
            }
            Value::Undef => {}
            other => out.push(other),
        }
        Ok(())
    }

    fn is_iterable(&mut self, range: &Range, span: Span) -> bool {
        let count = range.count();
        if count >= RANGE_MAX {
            let message = format!("Bad range parameter in for statement: too many elements ({count})");
            self.warn(span, message);
        }
        count < RANGE_MAX
    }

    /// Runs `body` for each combination of values, the last variable fastest.
    pub(super) fn for_each(
        &mut self,
        variables: &[LoopVariable],
        span: Span,
        frame: Frame,
        body: &mut impl FnMut(&mut Self) -> Run<()>,
    ) -> Run<()> {
        let Some((variable, rest)) = variables.split_first() else { return body(self) };
        let mark = self.undo.len();
        match self.eval(&variable.values, frame)? {
            Value::Range(range) => {
                if self.is_iterable(&range, span) {
                    for number in range.iter() {
                        self.round(variable, rest, Value::Number(number), span, frame, body)?;
                        self.restore_specials(mark);
                    }
                }
            }
            Value::List(list) => match (list.as_numbers(), list.as_values()) {
                (Some(numbers), _) => {
                    for number in numbers {
                        self.round(variable, rest, Value::Number(*number), span, frame, body)?;
                        self.restore_specials(mark);
                    }
                }
                (None, values) => {
                    for value in values.unwrap_or_default() {
                        self.round(variable, rest, value.clone(), span, frame, body)?;
                        self.restore_specials(mark);
                    }
                }
            },
            Value::Object(object) => {
                for (name, _) in object.iter() {
                    self.round(variable, rest, Value::text(&**name), span, frame, body)?;
                    self.restore_specials(mark);
                }
            }
            Value::Text(text) => {
                for character in text.as_str().chars() {
                    self.round(variable, rest, ascii_text(character), span, frame, body)?;
                    self.restore_specials(mark);
                }
            }
            Value::Undef | Value::Unset => {}
            other => {
                self.round(variable, rest, other, span, frame, body)?;
                self.restore_specials(mark);
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn round(
        &mut self,
        variable: &LoopVariable,
        rest: &[LoopVariable],
        value: Value,
        span: Span,
        frame: Frame,
        body: &mut impl FnMut(&mut Self) -> Run<()>,
    ) -> Run<()> {
        self.step(span)?;
        match variable.target {
            Target::Slot(slot) => self.store((frame.base + slot) as usize, value),
            target => self.assign(target, value, frame),
        }
        if rest.is_empty() { body(self) } else { self.for_each(rest, span, frame, body) }
    }

    fn for_c(&mut self, parts: &ForC, frame: Frame, out: &mut ListBuilder) -> Run<()> {
        let mark = self.undo.len();
        for slot in &parts.fresh {
            self.stack[(frame.base + slot) as usize] = Value::Unset;
        }
        self.bind_all(&parts.init, frame)?;
        let mut rounds = 0;
        let mut asked = GROWTH;
        while self.test(&parts.condition, frame)? {
            self.step(parts.span)?;
            self.element(&parts.body, frame, out)?;
            if rounds == ROUNDS_MAX {
                return Err(self.stop(Code::LimitExceeded, parts.span, "For loop counter exceeded limit".into()));
            }
            rounds += 1;
            if out.len() > asked {
                asked = out.len() * 2;
                self.ask_elements(asked, parts.span)?;
            }
            self.bind_all(&parts.step, frame)?;
            if self.undo.len() > mark + 256 {
                self.compact_undo(mark);
            }
        }
        self.restore_specials(mark);
        Ok(())
    }

    /// Tells of a range that is written with its ends the wrong way round.
    #[cold]
    pub(super) fn warn_empty_range(&mut self, range: &RangeExpr, [first, step, last]: [f64; 3]) {
        if step > 0.0 && last < first {
            let warning = Diagnostic::warning(range.span, "begin is greater than the end, but step is positive");
            let warning = if range.step.is_none() { warning.with_hint(SWAPPED) } else { warning };
            self.log.add(warning, &self.sources);
        } else if step < 0.0 && last > first {
            self.warn(range.span, "begin is smaller than the end, but step is negative");
        }
    }
}

/// For programs of the time when such ranges were turned round.
const SWAPPED: &str = "The range is empty. OpenSCAD before 2026 swapped its ends; [begin : -1 : end] counts down.";

/// Whether the expression may come to other than one value.
fn is_element(expr: &Expr) -> bool {
    match expr {
        Expr::For(_) | Expr::ForC(_) | Expr::Each(_) | Expr::If(_) => true,
        Expr::Let(parts) => is_element(&parts.body),
        _ => false,
    }
}
