//! Backoff with full jitter, and which failures are worth it.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// Growing pauses: the n-th is drawn from the upper half of `first × 2ⁿ`, at most `most`.
#[derive(Debug, Clone)]
pub struct Backoff {
    first: Duration,
    most: Duration,
    count: u32,
}

impl Backoff {
    /// Pauses from `first` to `most`.
    pub fn new(first: Duration, most: Duration) -> Self {
        Self { first, most, count: 0 }
    }

    /// The next pause.
    pub fn next_pause(&mut self) -> Duration {
        let pause = pause_after(self.count, self.first, self.most);
        self.count = self.count.saturating_add(1);
        pause
    }

    /// Begins again with short pauses.
    pub fn reset(&mut self) {
        self.count = 0;
    }
}

/// The pause after `failures` failures before this one: half of it sure, half of it drawn, so that many that failed together do not come back together.
pub fn pause_after(failures: u32, first: Duration, most: Duration) -> Duration {
    let whole = first.saturating_mul(1_u32.checked_shl(failures.min(20)).unwrap_or(u32::MAX)).min(most);
    let half = whole / 2;
    half + half.mul_f64(draw())
}

/// A number from 0 to 1. Not for secrets, and not for anything that a job's bytes depend on.
fn draw() -> f64 {
    let drawn = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(drawn >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::daemon::retry::Backoff;

    #[test]
    fn pauses_double_up_to_their_limit() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(10));
        let pauses: Vec<f64> = (0..8).map(|_| backoff.next_pause().as_secs_f64()).collect();
        for (count, pause) in pauses.iter().enumerate() {
            let whole = f64::from(1_u32 << count).min(10.0);
            assert!((whole / 2.0..=whole).contains(pause), "{count}: {pause}");
        }
        backoff.reset();
        assert!(backoff.next_pause() <= Duration::from_secs(1));
    }
}
