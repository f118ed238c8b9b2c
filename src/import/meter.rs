//! `Meter`: what a reader makes beyond the bytes of its file, counted against the job's budget.

use crate::budget::{Budget, Exceeded};

/// Counts memory while a file is read, and gives it back when the reader is done.
#[derive(Debug)]
pub(super) struct Meter<'a> {
    budget: &'a Budget,
    taken: u64,
}

impl<'a> Meter<'a> {
    /// Nothing counted yet.
    pub(super) fn new(budget: &'a Budget) -> Self {
        Self { budget, taken: 0 }
    }

    /// The budget that it counts against.
    pub(super) fn budget(&self) -> &'a Budget {
        self.budget
    }

    /// Counts `bytes` before they are taken, and whether the job may go on.
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Exceeded> {
        self.budget.check()?;
        self.budget.reserve(bytes as u64)?;
        self.taken += bytes as u64;
        Ok(())
    }
}

impl Drop for Meter<'_> {
    fn drop(&mut self) {
        self.budget.release(self.taken);
    }
}
