//! Settings: the defaults, then a file, then the environment, then flags.
//!
//! **In** a TOML file, variables named `MAQUETTE_…` and `key=value` pairs; **Out** [`Settings`], checked and typed.
//! **Stages** `keys` (the table of all keys) → `raw` (as written, unknown keys refused) → `settings` (as used).
//! **Invariants** A value of [`Settings`] is one that the daemon can run with. Each key is described once, in the table.
//! **Knows nothing of** secrets: credentials come through the AWS chain alone.

mod keys;
mod load;
mod raw;
mod settings;

pub use keys::{KEYS, Key, Kind, default_toml, environment_name, markdown_table};
pub use load::{Overrides, load};
pub use settings::{
    Accept, Aws, Breaker, Downloads, Ec2, Http, Isolation, LogFormat, Queue, Redis, Settings, Store, Webhooks, Worker,
};

/// What is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read, or a value has the wrong type, or a key does not exist.
    #[error("settings: {0}")]
    Unreadable(String),
    /// A key in the environment or in a flag does not exist.
    #[error("settings: there is no key {key:?} (from {from}){suggestion}")]
    UnknownKey {
        /// The key.
        key: String,
        /// Where it was found.
        from: String,
        /// The nearest key, if one is near.
        suggestion: String,
    },
    /// A value cannot be used.
    #[error("settings: {key} = {value}: {reason}")]
    Invalid {
        /// The key.
        key: &'static str,
        /// The value.
        value: String,
        /// What is wrong with it, and what would be right.
        reason: String,
    },
}
