//! Where a writer puts its bytes: stops when the artefact passes the job's limit or the job is over.

use crate::budget::{Budget, Exceeded};

/// Bytes of an artefact in the making.
pub struct Sink<'a> {
    /// What was written so far; text writers append to it.
    pub bytes: Vec<u8>,
    budget: &'a Budget,
    elements: u32,
}

impl<'a> Sink<'a> {
    /// An empty one with room for `expected` bytes; refuses at once where that is over the limit.
    pub fn new(expected: u64, budget: &'a Budget) -> Result<Self, Exceeded> {
        check_size(expected, budget)?;
        Ok(Self { bytes: Vec::with_capacity(expected as usize), budget, elements: 0 })
    }

    /// Appends bytes.
    pub fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Called once for each vertex or triangle: looks at the limits every 1,024th time.
    pub fn element(&mut self) -> Result<(), Exceeded> {
        self.elements += 1;
        if self.elements < 1024 {
            return Ok(());
        }
        self.elements = 0;
        check_size(self.bytes.len() as u64, self.budget)
    }

    /// The finished bytes.
    pub fn finish(self) -> Result<Vec<u8>, Exceeded> {
        check_size(self.bytes.len() as u64, self.budget)?;
        Ok(self.bytes)
    }
}

/// Refuses an artefact of more bytes than the job may make.
pub fn check_size(bytes: u64, budget: &Budget) -> Result<(), Exceeded> {
    budget.check()?;
    if bytes > budget.limits().output_bytes { Err(Exceeded::Output) } else { Ok(()) }
}
