//! What an instance of EC2 is told about its end, and what it tells its Auto Scaling group.
//!
//! `metadata` asks who the instance is and for notices; `watch` acts on them; `group` decides what the group should know: that the instance
//! works and is not to be ended, or that it may be; `auto_scaling` says it.

mod auto_scaling;
mod group;
mod metadata;
mod watch;

pub use auto_scaling::AutoScaling;
pub use watch::Watch;
