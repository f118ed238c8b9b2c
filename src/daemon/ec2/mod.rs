//! What an instance of EC2 is told about its end, and what it tells its Auto Scaling group.
//!
//! `metadata` asks who the instance is and for notices; `watch` acts on them; `word` decides what the group should know: that the instance
//! works and is not to be ended, or that it may be; `auto_scaling` says it.

mod auto_scaling;
mod metadata;
mod watch;
mod word;

pub use auto_scaling::AutoScaling;
pub use watch::Watch;
