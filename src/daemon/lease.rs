//! Keeps messages invisible while their jobs run, from the moment of receipt; a lease that is dropped stops.
//!
//! One task a queue extends all of its leases: each at a third of the visibility, those that are due together in one call. A lease is lost when the queue
//! says so, when its time ran out without an extension that went through, or after twelve hours; then its job is cancelled and must not commit.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::daemon::queue::{BATCH_MAX, Delivery, Queue, QueueError, Receipt};
use crate::daemon::telemetry::{Metrics, event};

/// The longest that SQS lets one receive hold a message.
const HELD_MAX: Duration = Duration::from_secs(43_200);

/// Holds the leases of one queue.
#[derive(Debug)]
pub struct Keeper {
    queue: Queue,
    visibility: Duration,
    metrics: Arc<Metrics>,
    state: Mutex<State>,
    next: AtomicU64,
    added: Notify,
}

#[derive(Debug)]
struct State {
    leases: BTreeMap<u64, Arc<Held>>,
    /// When the keeper looks next.
    look: Instant,
}

/// The right to one delivery. While it lives, the message stays invisible; dropped, it is extended no more.
#[derive(Debug)]
pub struct Lease {
    keeper: Arc<Keeper>,
    id: u64,
    held: Arc<Held>,
}

#[derive(Debug)]
struct Held {
    receipt: Receipt,
    /// When the twelve hours began, at the earliest.
    since: Instant,
    times: Mutex<Times>,
    lost: CancellationToken,
    /// Its work is done: that the message is gone is what was asked for.
    settled: AtomicBool,
}

#[derive(Debug, Clone, Copy)]
struct Times {
    /// When to extend next.
    due: Instant,
    /// When the message may be visible again, at the earliest.
    until: Instant,
}

impl Keeper {
    /// A keeper for `queue`, whose deliveries are invisible for `visibility`.
    pub fn new(queue: Queue, visibility: Duration, metrics: Arc<Metrics>) -> Arc<Self> {
        let state = Mutex::new(State { leases: BTreeMap::new(), look: Instant::now() });
        Arc::new(Self { queue, visibility, metrics, state, next: AtomicU64::new(0), added: Notify::new() })
    }

    /// The queue.
    pub fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Takes a delivery under lease. Its time runs from when the receive was asked for: the earliest moment at which the queue may have counted.
    pub fn hold(self: &Arc<Self>, delivery: &Delivery) -> Lease {
        let times = Times { due: delivery.asked + self.visibility / 3, until: delivery.asked + self.visibility };
        let held = Arc::new(Held {
            receipt: delivery.receipt.clone(),
            since: delivery.asked,
            times: Mutex::new(times),
            lost: CancellationToken::new(),
            settled: AtomicBool::new(false),
        });
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut state = self.lock();
        state.leases.insert(id, Arc::clone(&held));
        // a lease later than all others, as new ones are, wakes nobody
        if times.due < state.look {
            self.added.notify_one();
        }
        drop(state);
        Lease { keeper: Arc::clone(self), id, held }
    }

    /// Extends what is due until `stop`. To be run as one task.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        loop {
            let look = {
                let mut state = self.lock();
                let next = state.leases.values().map(|held| held.times().due).min();
                state.look = next.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600));
                state.look
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.added.notified() => {}
                () = tokio::time::sleep_until(look) => self.extend_due().await,
            }
        }
    }

    async fn extend_due(self: &Arc<Self>) {
        let now = Instant::now();
        // those due within a tenth of the visibility ride along: one call instead of ten
        let soon = now + self.visibility / 10;
        let due: Vec<Arc<Held>> =
            self.lock().leases.values().filter(|held| held.times().due <= soon).cloned().collect();
        // side by side: a call that is not answered must not keep the others until their time is over
        let mut calls = JoinSet::new();
        for batch in due.chunks(BATCH_MAX) {
            let (keeper, batch) = (Arc::clone(self), batch.to_vec());
            calls.spawn(async move { keeper.extend_batch(&batch).await });
        }
        calls.join_all().await;
    }

    async fn extend_batch(&self, batch: &[Arc<Held>]) {
        let asked = Instant::now();
        let mut entries = Vec::with_capacity(batch.len());
        let mut asked_for = Vec::with_capacity(batch.len());
        for held in batch {
            match held.affordable(asked, self.visibility) {
                Some(visibility) => {
                    entries.push((held.receipt.clone(), visibility));
                    asked_for.push(held);
                }
                None => self.run_out(held, asked),
            }
        }
        if entries.is_empty() {
            return;
        }
        // half of what the shortest lease has left is for another try
        let left = asked_for.iter().map(|held| held.times().until).min().unwrap_or(asked).duration_since(asked);
        let call = tokio::time::timeout((left / 2).max(Duration::from_secs(1)), self.queue.extend(&entries));
        let results = match call.await {
            Ok(Ok(results)) => results,
            Ok(Err(error)) => vec![Err(error); entries.len()],
            Err(_) => vec![Err(QueueError::Unavailable("no answer in time".to_owned())); entries.len()],
        };
        for ((held, result), (_, visibility)) in asked_for.into_iter().zip(results).zip(&entries) {
            self.note(held, result, asked, *visibility);
        }
    }

    fn note(&self, held: &Held, result: Result<(), QueueError>, asked: Instant, visibility: Duration) {
        match result {
            Ok(()) => {
                self.metrics.lease_extensions.increment();
                held.set_times(Times { due: asked + visibility / 3, until: asked + visibility });
            }
            Err(QueueError::LeaseLost(reason)) => self.lose(held, &reason),
            Err(error) => {
                self.metrics.lease_extension_failures.increment();
                let times = held.times();
                if Instant::now() >= times.until {
                    return self.lose(held, &error.to_string());
                }
                // a twelfth: seven more tries fit into what is left of the visibility
                let again = Instant::now() + self.visibility / 12;
                held.set_times(Times { due: again.min(times.until), until: times.until });
            }
        }
    }

    /// The twelve hours are over, or nearly: what time there is may be used, then the lease is lost.
    fn run_out(&self, held: &Held, now: Instant) {
        let times = held.times();
        if now >= times.until {
            self.lose(held, "the message has been held for twelve hours");
        } else {
            held.set_times(Times { due: times.until, until: times.until });
        }
    }

    fn lose(&self, held: &Held, reason: &str) {
        if held.lost.is_cancelled() {
            return;
        }
        if !held.settled.load(Ordering::Relaxed) {
            self.metrics.leases_lost.increment();
            event::LeaseLost { queue: self.queue.name(), reason }.emit();
        }
        held.lost.cancel();
        self.lock().leases.retain(|_, other| !std::ptr::eq(Arc::as_ptr(other), held));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn times(&self) -> Times {
        *self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_times(&self, times: Times) {
        *self.times.lock().unwrap_or_else(PoisonError::into_inner) = times;
    }

    /// How long an extension may be: SQS refuses, rather than shortens, what goes over twelve hours.
    fn affordable(&self, now: Instant, visibility: Duration) -> Option<Duration> {
        // a minute of margin: the queue's clock began somewhere between our asking and its answer
        let left = HELD_MAX.saturating_sub(now.duration_since(self.since) + Duration::from_secs(60));
        let affordable = visibility.min(left);
        (now < self.times().until && affordable >= Duration::from_secs(1)).then_some(affordable)
    }
}

impl Lease {
    /// Whether the message is still ours, by the queue's word and by the clock.
    pub fn is_held(&self) -> bool {
        !self.held.lost.is_cancelled() && Instant::now() < self.held.times().until
    }

    /// Cancelled when the lease is lost.
    pub fn lost(&self) -> CancellationToken {
        self.held.lost.clone()
    }

    /// The message may be deleted from now on; a heartbeat that finds it gone has lost nothing.
    pub fn settle(&self) {
        self.held.settled.store(true, Ordering::Relaxed);
    }

    /// What names the delivery.
    pub fn receipt(&self) -> &Receipt {
        &self.held.receipt
    }

    /// Gives the message back, visible again after `pause`, and extends it no more; a failure only means that it becomes visible by itself.
    pub async fn release(&self, pause: Duration) {
        let was_held = self.is_held();
        // no heartbeat may follow the release
        self.keeper.lock().leases.remove(&self.id);
        if !was_held {
            return;
        }
        let age = Instant::now().duration_since(self.held.since);
        let left = HELD_MAX.saturating_sub(age + Duration::from_secs(60));
        let queue = &self.keeper.queue;
        let outcome = queue.release(&self.held.receipt, pause.min(left)).await;
        event::Released { queue: queue.name(), pause, outcome: &outcome }.emit();
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.keeper.lock().leases.remove(&self.id);
    }
}
