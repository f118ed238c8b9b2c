//! Whether a long operation may go on, and why one could not.

use manifold_rust::cancel::CancelToken;

use crate::budget::{Budget, Exceeded};

/// Why there is no solid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A limit of the job.
    #[error(transparent)]
    Exceeded(#[from] Exceeded),
    /// The mesh has open edges or edges of more than two faces, and could not be repaired.
    #[error("the mesh is not closed")]
    NotClosed,
    /// A coordinate is not a finite number.
    #[error("a vertex is not finite")]
    NotFinite,
    /// The profile of a revolution lies on both sides of the axis.
    #[error("the profile lies on both sides of the axis")]
    AcrossAxis,
    /// The kernel gave up.
    #[error("the boolean could not be computed")]
    Kernel,
}

/// The budget of a job together with the kernel's own way of being stopped. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Control {
    budget: Budget,
    token: CancelToken,
}

impl Control {
    /// Follows a budget: make one for a job, since each stays registered with it.
    pub fn new(budget: &Budget) -> Self {
        let token = CancelToken::new();
        let stopped = token.clone();
        budget.on_stop(move || stopped.cancel());
        Self { budget: budget.clone(), token }
    }

    /// The budget.
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Refuses a mesh before it is made: for its number of triangles, or because there is no room for them beside what is held.
    pub(super) fn plan(&self, triangles: u64) -> Result<(), Fault> {
        self.budget.check_triangles(triangles)?;
        drop(self.hold(triangles.saturating_mul(DRAFT_BYTES))?);
        Ok(())
    }

    /// Counts bytes against the job until the result is dropped.
    ///
    /// # Errors
    /// [`Exceeded::Memory`] where there are not that many left.
    pub(super) fn hold(&self, bytes: u64) -> Result<Held, Fault> {
        self.budget.reserve(bytes)?;
        Ok(Held { budget: self.budget.clone(), bytes })
    }

    pub(super) fn token(&self) -> &CancelToken {
        &self.token
    }
}

/// A triangle as it is made: three indices, its surface, and half a vertex, while lists grow to twice their size.
const DRAFT_BYTES: u64 = 64;

/// Bytes that are counted against a job for as long as this lives.
#[derive(Debug)]
pub(super) struct Held {
    budget: Budget,
    bytes: u64,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.release(self.bytes);
    }
}
