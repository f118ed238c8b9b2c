//! The queue in memory, with SQS's rules of visibility: for tests under paused time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::daemon::queue::{BatchResult, Delivery, QueueError, Receipt};

/// A queue in memory. Clones share their messages.
#[derive(Debug, Clone)]
pub struct MemoryQueue {
    shared: Arc<Shared>,
    visibility: Duration,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    messages: BTreeMap<u64, Held>,
    refuse_extensions: bool,
    faults: QueueFaults,
}

/// How many of the next calls or messages something happens to.
#[derive(Debug, Clone, Copy, Default)]
pub struct QueueFaults {
    /// Calls that fail, and do nothing.
    pub fail: u32,
    /// Calls that do what they are asked, and fail all the same.
    pub fail_after: u32,
    /// Deliveries after which the message is visible still: somebody else receives it too.
    pub duplicate: u32,
    /// Deletes that are answered and not done.
    pub lose_delete: u32,
}

#[derive(Debug)]
struct Held {
    body: String,
    visible: Instant,
    attempt: u32,
}

impl MemoryQueue {
    /// An empty queue; deliveries are invisible for `visibility`.
    pub fn new(visibility: Duration) -> Self {
        Self { shared: Arc::default(), visibility }
    }

    /// Puts a message in. Returns its number.
    pub fn send(&self, body: impl Into<String>) -> u64 {
        let mut state = self.lock();
        let id = state.next;
        state.next += 1;
        state.messages.insert(id, Held { body: body.into(), visible: Instant::now(), attempt: 0 });
        drop(state);
        self.shared.wake.notify_waiters();
        id
    }

    /// Messages that were not acknowledged.
    pub fn len(&self) -> usize {
        self.lock().messages.len()
    }

    /// Whether all messages were acknowledged.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Messages that are invisible now.
    pub fn in_flight(&self) -> usize {
        let now = Instant::now();
        self.lock().messages.values().filter(|message| message.visible > now).count()
    }

    /// What goes wrong from now on, until it has.
    pub fn set_faults(&self, faults: QueueFaults) {
        self.lock().faults = faults;
    }

    /// From now on every extension is refused, as when the message was given to somebody else.
    pub fn refuse_extensions(&self, refuse: bool) {
        self.lock().refuse_extensions = refuse;
    }

    /// Receives.
    pub async fn receive(&self, count: usize, wait: Duration) -> Result<Vec<Delivery>, QueueError> {
        let deadline = Instant::now() + wait;
        if strikes(&mut self.lock().faults.fail) {
            return Err(unreachable());
        }
        loop {
            let woken = self.shared.wake.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            let (taken, next) = self.take(count);
            if !taken.is_empty() || Instant::now() >= deadline {
                return Ok(taken);
            }
            let until = next.map_or(deadline, |next| next.min(deadline));
            tokio::select! {
                () = &mut woken => {}
                () = tokio::time::sleep_until(until) => {}
            }
        }
    }

    fn take(&self, count: usize) -> (Vec<Delivery>, Option<Instant>) {
        let now = Instant::now();
        let mut guard = self.lock();
        let state = &mut *guard;
        let mut taken = Vec::new();
        for (id, message) in state.messages.iter_mut().filter(|(_, message)| message.visible <= now).take(count) {
            message.attempt += 1;
            if !strikes(&mut state.faults.duplicate) {
                message.visible = now + self.visibility;
            }
            taken.push(Delivery {
                message_id: id.to_string(),
                receipt: Receipt(format!("{id}/{}", message.attempt)),
                body: message.body.clone(),
                attributes: BTreeMap::new(),
                attempt: message.attempt,
                sent_ms: 0,
                group: None,
                asked: now,
            });
        }
        let next = state.messages.values().map(|message| message.visible).filter(|visible| *visible > now).min();
        (taken, next)
    }

    /// Extends or releases.
    pub fn extend(&self, entries: &[(Receipt, Duration)]) -> BatchResult {
        let now = Instant::now();
        let mut state = self.lock();
        if strikes(&mut state.faults.fail) {
            return Err(unreachable());
        }
        let refuse = state.refuse_extensions;
        let results = entries.iter().map(|(receipt, visibility)| {
            let message = find(&mut state, receipt).filter(|message| message.visible > now);
            let message = message.filter(|_| !refuse || visibility.is_zero());
            let message = message.ok_or_else(|| QueueError::LeaseLost("not in flight".to_owned()))?;
            message.visible = now + *visibility;
            Ok(())
        });
        let results = results.collect();
        let lost = strikes(&mut state.faults.fail_after);
        drop(state);
        self.shared.wake.notify_waiters();
        if lost { Err(unreachable()) } else { Ok(results) }
    }

    /// Deletes; a stale receipt deletes nothing.
    pub fn acknowledge(&self, receipts: &[Receipt]) -> BatchResult {
        let mut state = self.lock();
        if strikes(&mut state.faults.fail) {
            return Err(unreachable());
        }
        for receipt in receipts {
            if find(&mut state, receipt).is_some()
                && !strikes(&mut state.faults.lose_delete)
                && let Some(id) = read(receipt).map(|(id, _)| id)
            {
                state.messages.remove(&id);
            }
        }
        if strikes(&mut state.faults.fail_after) {
            return Err(unreachable());
        }
        Ok(receipts.iter().map(|_| Ok(())).collect())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether this call is one of the next so many.
fn strikes(left: &mut u32) -> bool {
    let strikes = *left > 0;
    *left = left.saturating_sub(1);
    strikes
}

fn unreachable() -> QueueError {
    QueueError::Unavailable("on purpose".to_owned())
}

fn read(receipt: &Receipt) -> Option<(u64, u32)> {
    let (id, attempt) = receipt.0.split_once('/')?;
    Some((id.parse().ok()?, attempt.parse().ok()?))
}

fn find<'a>(state: &'a mut State, receipt: &Receipt) -> Option<&'a mut Held> {
    let (id, attempt) = read(receipt)?;
    state.messages.get_mut(&id).filter(|message| message.attempt == attempt)
}
