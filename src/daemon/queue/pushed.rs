//! Deliveries of jobs that were posted: no queue stands behind them, so what becomes of each is told to whoever carries it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::daemon::queue::{Delivery, QueueError, Receipt};

/// Posted jobs in hand. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct PushedQueue {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    held: BTreeMap<u64, oneshot::Sender<Parted>>,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parted {
    /// Its job is settled.
    Acknowledged,
    /// It is to be tried again after a pause.
    Released(Duration),
}

impl PushedQueue {
    /// A delivery of `body`, and what will have become of it. The sender is dropped when the lease is.
    pub fn deliver(
        &self,
        body: &str,
        attributes: &BTreeMap<String, String>,
        attempt: u32,
    ) -> (Delivery, oneshot::Receiver<Parted>) {
        let (sender, parted) = oneshot::channel();
        let mut state = self.lock();
        let number = state.next;
        state.next += 1;
        state.held.insert(number, sender);
        drop(state);
        let delivery = Delivery {
            message_id: format!("pushed-{number}"),
            receipt: Receipt(number.to_string()),
            body: body.to_owned(),
            attributes: attributes.clone(),
            attempt,
            sent_ms: 0,
            group: None,
            asked: Instant::now(),
        };
        (delivery, parted)
    }

    /// Whether each is still in hand: nobody else can take it.
    pub fn extend(&self, entries: &[(Receipt, Duration)]) -> Vec<Result<(), QueueError>> {
        let state = self.lock();
        let holds = |receipt: &Receipt| number(receipt).is_some_and(|number| state.held.contains_key(&number));
        entries.iter().map(|(receipt, _)| if holds(receipt) { Ok(()) } else { Err(gone()) }).collect()
    }

    /// Ends deliveries whose jobs are settled.
    pub fn acknowledge(&self, receipts: &[Receipt]) -> Vec<Result<(), QueueError>> {
        receipts.iter().map(|receipt| self.part(receipt, Parted::Acknowledged)).collect()
    }

    /// Ends a delivery that is to be made again.
    pub fn release(&self, receipt: &Receipt, pause: Duration) -> Result<(), QueueError> {
        self.part(receipt, Parted::Released(pause))
    }

    /// Forgets a delivery that nobody ended.
    pub fn forget(&self, receipt: &Receipt) {
        if let Some(number) = number(receipt) {
            self.lock().held.remove(&number);
        }
    }

    fn part(&self, receipt: &Receipt, parted: Parted) -> Result<(), QueueError> {
        let held = number(receipt).and_then(|number| self.lock().held.remove(&number));
        let sender = held.ok_or_else(gone)?;
        // whoever carried it may have gone: then nobody waits for the word
        let _ = sender.send(parted);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn number(receipt: &Receipt) -> Option<u64> {
    receipt.0.parse().ok()
}

fn gone() -> QueueError {
    QueueError::LeaseLost("not in hand".to_owned())
}
