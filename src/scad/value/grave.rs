//! Dropping values one after another: a program can nest lists, objects and functions deeper than any stack.

use std::cell::{Cell, RefCell};

use crate::scad::value::Value;

/// Values in values in values that are dropped within one another.
const DEPTH_MAX: u32 = 64;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static WAITING: RefCell<Vec<Vec<Value>>> = const { RefCell::new(Vec::new()) };
}

/// Drops the values that something held which is being dropped itself.
pub(in crate::scad) fn bury(values: Vec<Value>) {
    if values.is_empty() {
        return;
    }
    let depth = DEPTH.get();
    if depth >= DEPTH_MAX {
        let mut values = Some(values);
        // a thread that ends has no list of what waits any more
        let _ = WAITING.try_with(|waiting| waiting.borrow_mut().extend(values.take()));
        return;
    }
    DEPTH.set(depth + 1);
    drop(values);
    while depth == 0
        && let Some(next) = next_waiting()
    {
        drop(next);
    }
    DEPTH.set(depth);
}

fn next_waiting() -> Option<Vec<Value>> {
    WAITING.try_with(|waiting| waiting.borrow_mut().pop()).ok().flatten()
}
