//! Stops receiving while everything fails, and tries again by itself.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::config;
use crate::daemon::retry::Backoff;
use crate::daemon::telemetry::event;

/// Counts failures of the outside in a row. Closed, everything goes; open, nothing is received; half open, one job is tried.
#[derive(Debug)]
pub struct Breaker {
    state: Mutex<State>,
    failures_max: u32,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    failures: u32,
    phase: Phase,
    backoff: Backoff,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Closed,
    Open(Instant),
    /// One job is out as a trial.
    Trying,
}

/// How many messages may be received now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// As many as there is room for.
    All,
    /// One, whose fate decides.
    Trial,
}

impl Breaker {
    /// A closed breaker.
    pub fn new(settings: &config::Breaker) -> Self {
        let backoff = Backoff::new(settings.pause, settings.pause_max);
        let state = State { failures: 0, phase: Phase::Closed, backoff };
        Self { state: Mutex::new(state), failures_max: settings.failures, changed: Notify::new() }
    }

    /// Waits until something may be received.
    pub async fn admit(&self) -> Admission {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let until = {
                let mut state = self.lock();
                match state.phase {
                    Phase::Closed => return Admission::All,
                    Phase::Open(until) if Instant::now() >= until => {
                        state.phase = Phase::Trying;
                        return Admission::Trial;
                    }
                    Phase::Open(until) => until,
                    // woken when the trial succeeds, fails, or ends without having asked the store
                    Phase::Trying => Instant::now() + Duration::from_secs(5),
                }
            };
            tokio::select! {
                () = &mut changed => {}
                () = tokio::time::sleep_until(until) => {}
            }
        }
    }

    /// The trial ended without a word from the store: there was no message, or its lease was lost. The next receive is a trial again.
    pub fn untried(&self) {
        let mut state = self.lock();
        if state.phase == Phase::Trying {
            state.phase = Phase::Open(Instant::now());
        }
        drop(state);
        self.changed.notify_waiters();
    }

    /// The store and the notifier did what they were asked.
    pub fn succeeded(&self) {
        let mut state = self.lock();
        state.failures = 0;
        if state.phase != Phase::Closed {
            state.phase = Phase::Closed;
            state.backoff.reset();
            event::BreakerClosed.emit();
        }
        drop(state);
        self.changed.notify_waiters();
    }

    /// They did not.
    pub fn failed(&self, reason: &str) {
        let mut state = self.lock();
        state.failures = state.failures.saturating_add(1);
        let opens = match state.phase {
            Phase::Closed => state.failures >= self.failures_max,
            Phase::Trying => true,
            Phase::Open(_) => false,
        };
        if opens {
            let pause = state.backoff.next_pause();
            if state.phase == Phase::Closed {
                event::BreakerOpened { reason, failures: state.failures, pause }.emit();
            }
            state.phase = Phase::Open(Instant::now() + pause);
        }
        drop(state);
        self.changed.notify_waiters();
    }

    /// Whether everything may go.
    pub fn is_closed(&self) -> bool {
        self.lock().phase == Phase::Closed
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
