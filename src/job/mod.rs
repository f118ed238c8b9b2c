//! One job, from its message to its outcome.
//!
//! **In** the bytes of a message ([`message`]) and of the files that it names ([`Inputs`]); **Out** an [`Outcome`] and its wire form ([`report`]).
//! **Stages** `message` → `spec` → `inputs` → `pipeline` → `product` → `outcome` → `report`.
//! **Invariants** Only `message`, `options` and `report` know the wire. The same spec and inputs give the same bytes.
//! **Knows nothing of** queues, stores, clocks and threads.

pub mod cache_key;
mod drawing_options;
pub mod failure;
mod inputs;
pub mod keys;
pub mod message;
pub mod metrics;
mod model_options;
pub mod options;
mod outcome;
pub mod parameters;
mod parts;
pub mod pipeline;
mod preview_options;
mod product;
pub mod report;
pub mod schema;
mod spec;
mod templates;
mod trace;

pub use cache_key::OUTPUT_REVISION;
pub use failure::{Failure, Fate};
pub use inputs::{Files, Inputs, Library};
pub use outcome::{Geometry, Outcome, OutputResult, Sheet};
pub use pipeline::{Engine, Phase};
pub use spec::{
    Blob, CachePolicy, Destination, DrawingFormat, EventKind, JobSpec, ModelFormat, ModelOptions, NotifySpec,
    ObjectRef, OutputSpec, PreviewSpec, Priority, Product, RequestedLimits, Source,
};
pub use trace::TraceContext;
