//! Signals to a drain: stop receiving, finish or give back, exit.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How a daemon is told to end.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    /// Cancelled: nothing more is received, jobs in hand may go on for the grace.
    pub drain: CancellationToken,
    /// Cancelled: jobs in hand are given back now.
    pub abandon: CancellationToken,
}

impl Shutdown {
    /// Ended only by whoever holds it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ended by SIGTERM or SIGINT, at once by the second of them. To be called within a runtime.
    ///
    /// # Errors
    /// When the signals cannot be listened for.
    pub fn on_signals() -> std::io::Result<Self> {
        let shutdown = Self::new();
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let told = shutdown.clone();
        tokio::spawn(async move {
            for token in [&told.drain, &told.abandon] {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                token.cancel();
            }
        });
        Ok(shutdown)
    }
}
