//! Logging and metrics: what happens, told once.

mod emf;
pub mod event;
mod metric;

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

pub use emf::Emf;
pub use metric::{Metrics, TABLE, markdown_table};

use crate::config::LogFormat;

/// Sets up logging to standard error, once per process. A filter that cannot be read falls back to `info`.
pub fn init(format: LogFormat, filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let as_json = match format {
        LogFormat::Json => true,
        LogFormat::Human => false,
        LogFormat::Auto => !std::io::stderr().is_terminal(),
    };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // already set up: by a test, or by whoever embeds the daemon
    let _ = if as_json { builder.json().flatten_event(true).try_init() } else { builder.with_target(false).try_init() };
}
