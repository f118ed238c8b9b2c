//! Work on values that no step of the program counts: comparing, printing and computing with lists in lists. Lists share structure, so
//! sixty lists that each hold the one before twice are a million million million elements to whoever walks over them.
//!
//! Kept by thread, like the bytes alive: operators on values know nothing of the job. Once the effort is spent they give up at once with
//! whatever result; the evaluator looks at it at its next check and ends the evaluation, so that nobody sees the result.

use std::cell::{Cell, RefCell};

use crate::budget::{Budget, Exceeded};
use crate::scad::value::alive::alive_bytes;

/// Steps between two looks at the budget.
const BATCH: u32 = 4096;
/// Stack that is kept for the innermost call.
const STACK_MARGIN: usize = 64 << 10;

thread_local! {
    static BUDGET: RefCell<Option<Budget>> = const { RefCell::new(None) };
    static LEFT: Cell<u32> = const { Cell::new(0) };
    static STACK: Cell<(usize, usize)> = const { Cell::new((0, usize::MAX)) };
    static SPENT: Cell<Option<Exceeded>> = const { Cell::new(None) };
}

/// Begins to count for an evaluation that may use `stack_bytes` of stack from here on.
pub fn begin_effort(budget: &Budget, stack_bytes: usize) {
    BUDGET.set(Some(budget.clone()));
    LEFT.set(0);
    STACK.set((stack_address(), stack_bytes.saturating_sub(STACK_MARGIN)));
    SPENT.set(None);
}

/// Ends it.
pub fn end_effort() {
    BUDGET.set(None);
    STACK.set((0, usize::MAX));
    SPENT.set(None);
}

/// What ran out, if something did.
pub fn spent_effort() -> Option<Exceeded> {
    SPENT.get()
}

/// Takes steps; false where the work must be given up.
#[inline]
pub(super) fn spend(steps: usize) -> bool {
    let left = LEFT.get();
    match u32::try_from(steps) {
        Ok(steps) if steps <= left => {
            LEFT.set(left - steps);
            true
        }
        _ => refill(steps),
    }
}

/// Takes one step into a list in a list; false where the work must be given up.
#[inline]
pub(super) fn enter() -> bool {
    let (start, most) = STACK.get();
    if start != 0 && start.abs_diff(stack_address()) > most {
        SPENT.set(SPENT.get().or(Some(Exceeded::Recursion)));
        return false;
    }
    spend(1)
}

/// Most bytes of a text that is made of a value.
pub(super) fn text_max() -> usize {
    BUDGET.with_borrow(|budget| budget.as_ref().map_or(usize::MAX, |budget| budget.limits().list_len as usize))
}

/// The text of a value grew larger than a text may be.
pub(super) fn give_up_text() {
    SPENT.set(SPENT.get().or(Some(Exceeded::Size)));
}

#[cold]
fn refill(steps: usize) -> bool {
    if SPENT.get().is_some() {
        return false;
    }
    let looked = BUDGET.with_borrow(|budget| match budget {
        None => Ok(()),
        Some(budget) if alive_bytes() > budget.limits().memory_bytes => Err(Exceeded::Memory),
        Some(budget) => budget.burn(steps.max(BATCH as usize) as u64),
    });
    match looked {
        Ok(()) => {
            LEFT.set(BATCH.saturating_sub(u32::try_from(steps).unwrap_or(BATCH)));
            true
        }
        Err(exceeded) => {
            SPENT.set(Some(exceeded));
            false
        }
    }
}

/// Where the stack stands, near enough.
#[inline(always)]
fn stack_address() -> usize {
    let marker = 0u8;
    std::ptr::from_ref(&marker) as usize
}
