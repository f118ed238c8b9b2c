//! Bytes of lists and strings in use on this thread, for the memory limit of a job.

use std::cell::Cell;

thread_local! {
    static ALIVE: Cell<u64> = const { Cell::new(0) };
}

/// Bytes of lists and strings that this thread holds.
pub fn alive_bytes() -> u64 {
    ALIVE.get()
}

/// Forgets what an evaluation before this one may have left counted.
pub fn reset_alive() {
    ALIVE.set(0);
}

/// Counts bytes as taken.
pub(in crate::scad) fn take(bytes: usize) {
    ALIVE.set(ALIVE.get().wrapping_add(bytes as u64));
}

/// Counts bytes as given back.
pub(in crate::scad) fn give(bytes: usize) {
    ALIVE.set(ALIVE.get().saturating_sub(bytes as u64));
}
