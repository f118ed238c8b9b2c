//! Where a writer puts its bytes: stops when the artefact passes the job's limit or the job is over.

use crate::budget::{Budget, Exceeded};

/// Bytes of an artefact in the making.
pub struct Sink<'a> {
    /// What was written so far; text writers append to it.
    pub bytes: Vec<u8>,
    budget: &'a Budget,
    limit: Limit,
    elements: u32,
}

/// What the bytes count as.
#[derive(Clone, Copy)]
enum Limit {
    /// An artefact.
    Output,
    /// Something that is yet to be compressed.
    Memory,
}

impl<'a> Sink<'a> {
    /// An empty one with room for `expected` bytes; refuses at once where that is over the limit.
    pub fn new(expected: u64, budget: &'a Budget) -> Result<Self, Exceeded> {
        check_size(expected, budget)?;
        Ok(Self { bytes: Vec::with_capacity(expected as usize), budget, limit: Limit::Output, elements: 0 })
    }

    /// One for what is yet to be compressed: held to the job's memory, not to the size of its outputs.
    pub fn intermediate(budget: &'a Budget) -> Result<Self, Exceeded> {
        budget.check()?;
        Ok(Self { bytes: Vec::new(), budget, limit: Limit::Memory, elements: 0 })
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
        self.check()
    }

    /// The finished bytes.
    pub fn finish(self) -> Result<Vec<u8>, Exceeded> {
        self.check()?;
        Ok(self.bytes)
    }

    fn check(&self) -> Result<(), Exceeded> {
        let bytes = self.bytes.len() as u64;
        match self.limit {
            Limit::Output => check_size(bytes, self.budget),
            Limit::Memory if bytes > self.budget.limits().memory_bytes => Err(Exceeded::Memory),
            Limit::Memory => self.budget.check(),
        }
    }
}

/// Refuses an artefact of more bytes than the job may make.
pub fn check_size(bytes: u64, budget: &Budget) -> Result<(), Exceeded> {
    budget.check()?;
    if bytes > budget.limits().output_bytes { Err(Exceeded::Output) } else { Ok(()) }
}
