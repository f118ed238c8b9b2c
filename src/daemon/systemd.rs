//! READY, STATUS, STOPPING and WATCHDOG to systemd; silent where there is none.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sd_notify::NotifyState;
use tokio_util::sync::CancellationToken;

/// When the poll loop last moved.
#[derive(Debug)]
pub struct Alive {
    began: Instant,
    last_ms: AtomicU64,
    /// Longest time that the loop may take between two moves.
    most: Duration,
}

impl Alive {
    /// Alive now; dead when nothing moved for `most`.
    pub fn new(most: Duration) -> Self {
        Self { began: Instant::now(), last_ms: AtomicU64::new(0), most }
    }

    /// The loop moved.
    pub fn tick(&self) {
        self.last_ms.store(self.now_ms(), Ordering::Relaxed);
    }

    /// Whether it moved lately.
    pub fn is_alive(&self) -> bool {
        let still = Duration::from_millis(self.now_ms().saturating_sub(self.last_ms.load(Ordering::Relaxed)));
        still <= self.most
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Receiving.
pub fn ready(status: &str) {
    notify(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// Draining, for as long as `grace` more.
pub fn stopping(grace: Duration) {
    // what is not finished then is given back, which takes a few seconds of its own
    let most = grace + Duration::from_secs(60);
    let micros = u32::try_from(most.as_micros()).unwrap_or(u32::MAX);
    notify(&[NotifyState::Stopping, NotifyState::Status("draining"), NotifyState::ExtendTimeoutUsec(micros)]);
}

/// Feeds the watchdog until `stop`, for as long as the poll loop moves.
pub async fn feed_watchdog(is_alive: impl Fn() -> bool, stop: CancellationToken) {
    let Some(period) = sd_notify::watchdog_enabled() else { return };
    loop {
        if is_alive() {
            notify(&[NotifyState::Watchdog]);
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(period / 3) => {}
        }
    }
}

fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "systemd was not told");
    }
}
