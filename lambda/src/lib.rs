//! What both functions share: secrets, and words over HTTP.

mod client;
pub mod notify;
pub mod push;
mod secret;
pub mod webhook;

pub use client::client;
pub use secret::Secret;
