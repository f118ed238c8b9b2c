//! What the Auto Scaling group should know of this instance, said when it changes.

use std::time::Duration;

use tokio::time::Instant;

use crate::daemon::ec2::auto_scaling::AutoScaling;
use crate::daemon::telemetry::event;

/// Reports to the group, and remembers what it did.
#[derive(Debug)]
pub struct GroupReporter {
    group: AutoScaling,
    instance: String,
    /// How long an instance without work stays protected: calls are limited, and work comes in bursts.
    idle: Duration,
    idle_since: Option<Instant>,
    /// Not known at first: an earlier process may have left it protected.
    protected: Option<bool>,
    completed: bool,
    silent_until: Instant,
}

/// How the instance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// There is a job in hand.
    pub busy: bool,
    /// The daemon ends.
    pub ends: bool,
    /// The group ends the instance.
    pub leaving: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Protect(bool),
    Prolong,
    Complete,
}

/// Between two calls after one that failed, and between those that ask a hook for more time: the shortest patience of a hook is thirty seconds.
pub const CALL_PAUSE: Duration = Duration::from_secs(15);

impl GroupReporter {
    /// Nothing was reported yet.
    pub fn new(group: AutoScaling, instance: String, idle: Duration) -> Self {
        let silent_until = Instant::now();
        Self { group, instance, idle, idle_since: None, protected: None, completed: false, silent_until }
    }

    /// Says what has changed, if anything has.
    pub async fn report(&mut self, standing: Standing) {
        let next = self.next(standing);
        // the last report is made in any case
        let Some(next) = next.filter(|_| standing.ends || Instant::now() >= self.silent_until) else { return };
        let called = match next {
            Next::Protect(protected) => self.group.protect(&self.instance, protected).await,
            Next::Prolong => self.group.prolong(&self.instance).await,
            Next::Complete => self.group.complete(&self.instance).await,
        };
        if called.is_err() || next == Next::Prolong {
            self.silent_until = Instant::now() + CALL_PAUSE;
        }
        match (called, next) {
            (Err(error), _) => event::GroupNotTold { error: &error }.emit(),
            (Ok(()), Next::Protect(protected)) => self.protected = Some(protected),
            (Ok(()), Next::Complete) => self.completed = true,
            (Ok(()), Next::Prolong) => {}
        }
    }

    fn next(&mut self, standing: Standing) -> Option<Next> {
        let now = Instant::now();
        self.idle_since = if standing.busy { None } else { self.idle_since.or(Some(now)) };
        if standing.leaving {
            let waits = self.group.has_hook() && !self.completed;
            return waits.then_some(if standing.busy { Next::Prolong } else { Next::Complete });
        }
        let is_idle = self.idle_since.is_some_and(|since| now.duration_since(since) >= self.idle);
        match self.protected {
            None | Some(false) if standing.busy => Some(Next::Protect(true)),
            None | Some(true) if is_idle => Some(Next::Protect(false)),
            Some(true) if standing.ends => Some(Next::Protect(false)),
            _ => None,
        }
    }
}
