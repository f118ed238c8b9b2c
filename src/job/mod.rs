//! One job, from its message to its outcome.
//!
//! **In** the bytes of a message ([`message`]) and of the files that it names ([`Inputs`]); **Out** an [`Outcome`] and its wire form ([`report`]).
//! **Stages** `message` → `spec` → `inputs` → `pipeline` → `outcome` → `report`.
//! **Invariants** Only `message`, `options` and `report` know the wire. The same spec and inputs give the same bytes.
//! **Knows nothing of** queues, stores, clocks and threads.

pub mod failure;
pub mod keys;
pub mod message;
mod outcome;
pub mod report;
pub mod schema;
mod spec;

pub use failure::{Failure, Fate};
pub use outcome::{Geometry, Outcome, OutputResult, Sheet};
pub use spec::{
    Blob, CachePolicy, Destination, DrawingFormat, EventKind, JobSpec, ModelFormat, NotifySpec, ObjectRef, OutputSpec,
    Priority, Product, RequestedLimits, Source,
};
