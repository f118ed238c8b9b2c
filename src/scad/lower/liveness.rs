//! Where a variable of a function is read for the last time: its value is moved out there, so that a list that nobody else has can be
//! changed where it lies. Expressions are walked against the order in which they run.

use crate::scad::ir::{Bindings, Capture, Expr, For, ForC, FunctionBody, LoopVariable, Target};

/// Slots whose values are still needed.
type Slots = u64;

/// Marks the last reads in the value of a function. Functions of more variables than bits in a word are left as they are.
pub(super) fn mark_last_reads(body: &mut FunctionBody) {
    if body.frame_size <= Slots::BITS {
        walk(&mut body.body, 0, true);
    }
}

fn bit(slot: u32) -> Slots {
    1 << slot
}

/// The slots that are needed before an expression, where `after` are needed after it; marks last reads if `mark`.
fn walk(expr: &mut Expr, after: Slots, mark: bool) -> Slots {
    match expr {
        Expr::Local(slot) => {
            let before = after | bit(*slot);
            if mark && before != after {
                *expr = Expr::Last(*slot);
            }
            before
        }
        Expr::Last(slot) => after | bit(*slot),
        Expr::Unary(unary) => walk(&mut unary.operand, after, mark),
        Expr::Binary(binary) => {
            let between = walk(&mut binary.right, after, mark);
            walk(&mut binary.left, between, mark)
        }
        Expr::And(parts) | Expr::Or(parts) => {
            let between = after | walk(&mut parts.1, after, mark);
            walk(&mut parts.0, between, mark)
        }
        Expr::Ternary(parts) => {
            let between = walk(&mut parts.1, after, mark) | walk(&mut parts.2, after, mark);
            walk(&mut parts.0, between, mark)
        }
        Expr::Index(parts) => {
            let between = walk(&mut parts.1, after, mark);
            walk(&mut parts.0, between, mark)
        }
        Expr::Element(parts) => walk(&mut parts.0, after, mark),
        Expr::Member(parts) => walk(&mut parts.0, after, mark),
        Expr::Each(parts) => walk(&mut parts.0, after, mark),
        Expr::Heavy(parts) => walk(&mut parts.0, after, mark),
        Expr::Ask(ask) => walk(&mut ask.operand, after, mark),
        Expr::List(items) => walk_all(items.iter_mut(), after, mark),
        Expr::Range(range) => {
            let after = range.step.as_mut().map_or(after, |step| walk(step, after, mark));
            let between = walk(&mut range.end, after, mark);
            walk(&mut range.begin, between, mark)
        }
        Expr::Let(parts) => {
            let between = walk(&mut parts.body, after, mark);
            walk_bindings(&mut parts.bindings, between, mark)
        }
        Expr::For(parts) => {
            let For { variables, body, .. } = &mut **parts;
            walk_loop(variables, body, after, mark)
        }
        Expr::ForC(parts) => walk_for_c(parts, after, mark),
        Expr::If(parts) => {
            let otherwise = parts.2.as_mut().map_or(after, |otherwise| walk(otherwise, after, mark));
            let between = walk(&mut parts.1, after, mark) | otherwise;
            walk(&mut parts.0, between, mark)
        }
        _ => walk_call(expr, after, mark),
    }
}

/// Calls, and what stands for functions.
fn walk_call(expr: &mut Expr, after: Slots, mark: bool) -> Slots {
    match expr {
        Expr::Call(call) => walk_all(call.plan.arguments.iter_mut().map(|(_, value)| value), after, mark),
        Expr::Builtin(call) => walk_all(call.arguments.iter_mut().map(|(_, value)| value), after, mark),
        Expr::Dynamic(call) => {
            let mut between = walk_all(call.arguments.iter_mut().map(|(_, value)| value), after, mark);
            if let crate::scad::ir::Otherwise::Call(otherwise) = &mut call.otherwise {
                between |= walk(otherwise, after, mark);
            }
            // one after another is looked at until one is a function: all stay where they are
            walk_all(call.candidates.iter_mut(), between, false)
        }
        Expr::Inline(inline) => {
            let between = walk(&mut inline.body, after, mark);
            let bindings = inline.bindings.iter_mut().rev();
            bindings.fold(between, |between, (slot, value)| walk(value, between & !bit(*slot), mark))
        }
        Expr::Assert(assert) => {
            let mut between = assert.body.as_mut().map_or(after, |body| walk(body, after, mark));
            between = walk_all(assert.others.iter_mut(), between, mark);
            // made only where it is needed
            between |= assert.message.as_mut().map_or(between, |message| walk(message, between, mark));
            assert.condition.as_mut().map_or(between, |condition| walk(condition, between, mark))
        }
        Expr::Echo(echo) => {
            let between = echo.body.as_mut().map_or(after, |body| walk(body, after, mark));
            walk_all(echo.arguments.iter_mut().map(|(_, value)| value), between, mark)
        }
        Expr::Literal(literal) => literal.captures.iter().fold(after, |before, capture| match capture {
            Capture::Local(slot) => before | bit(*slot),
            _ => before,
        }),
        // the rest reads no variable of the frame but shared ones, which stay where they are
        _ => after,
    }
}

fn walk_all<'a>(exprs: impl DoubleEndedIterator<Item = &'a mut Expr>, after: Slots, mark: bool) -> Slots {
    exprs.rev().fold(after, |after, expr| walk(expr, after, mark))
}

fn walk_bindings(bindings: &mut Bindings, after: Slots, mark: bool) -> Slots {
    bindings.list.iter_mut().rev().fold(after, |after, binding| match binding.target {
        Target::Slot(slot) => walk(&mut binding.value, after & !bit(slot), mark),
        _ => walk(&mut binding.value, after, mark),
    })
}

/// What a round needs is needed until the last round ends.
fn walk_loop(variables: &mut [LoopVariable], body: &mut Expr, after: Slots, mark: bool) -> Slots {
    let Some((variable, rest)) = variables.split_first_mut() else { return walk(body, after, mark) };
    let set = match variable.target {
        Target::Slot(slot) => bit(slot),
        _ => 0,
    };
    let head = after | (walk_loop(rest, body, after, false) & !set);
    if mark {
        walk_loop(rest, body, head, true);
    }
    walk(&mut variable.values, head, mark)
}

fn walk_for_c(parts: &mut ForC, after: Slots, mark: bool) -> Slots {
    let round = |parts: &mut ForC, after: Slots, mark: bool| {
        let between = walk_bindings(&mut parts.step, after, mark);
        let between = walk(&mut parts.body, between, mark) | after;
        walk(&mut parts.condition, between, mark)
    };
    let head = after | round(parts, after, false);
    if mark {
        round(parts, head, true);
    }
    let before = walk_bindings(&mut parts.init, head, mark);
    parts.fresh.iter().fold(before, |before, slot| before & !bit(*slot))
}
