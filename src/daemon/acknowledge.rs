//! Deletes settled messages in batches, and looks at what was not deleted.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::daemon::lease::Lease;
use crate::daemon::queue::{BATCH_MAX, Queue, QueueError, Receipt};
use crate::daemon::retry::Backoff;
use crate::daemon::telemetry::{Metrics, event};

/// Takes settled messages to be deleted. The task behind it ends when all clones are dropped and all is deleted.
#[derive(Debug, Clone)]
pub struct Acknowledger(UnboundedSender<Arc<Lease>>);

/// How long a single message waits for others to be deleted with: one round trip is worth it, a slot is not held meanwhile.
const GATHER: Duration = Duration::from_millis(5);

/// Tries at deleting one batch. What is left then is redelivered, found settled, and deleted.
const TRIES: u32 = 5;

impl Acknowledger {
    /// The taker, and the task that does the work.
    pub fn new(queue: Queue, metrics: Arc<Metrics>) -> (Self, impl Future<Output = ()> + Send) {
        let (sender, receiver) = unbounded_channel();
        (Self(sender), run(queue, metrics, receiver))
    }

    /// Deletes the message of `lease`, which is kept alive until then.
    pub fn acknowledge(&self, lease: Arc<Lease>) {
        lease.settle();
        // the task outlives all clones of the sender
        let _ = self.0.send(lease);
    }
}

async fn run(queue: Queue, metrics: Arc<Metrics>, mut receiver: UnboundedReceiver<Arc<Lease>>) {
    while let Some(first) = receiver.recv().await {
        let mut batch = vec![first];
        let deadline = tokio::time::Instant::now() + GATHER;
        while batch.len() < BATCH_MAX {
            match tokio::time::timeout_at(deadline, receiver.recv()).await {
                Ok(Some(lease)) => batch.push(lease),
                Ok(None) | Err(_) => break,
            }
        }
        delete(&queue, &metrics, batch).await;
    }
}

async fn delete(queue: &Queue, metrics: &Metrics, mut batch: Vec<Arc<Lease>>) {
    let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(5));
    for attempt in 1..=TRIES {
        let receipts: Vec<Receipt> = batch.iter().map(|lease| lease.receipt().clone()).collect();
        let results = match queue.acknowledge(&receipts).await {
            Ok(results) => results,
            Err(error) => vec![Err(error); batch.len()],
        };
        let again = attempt < TRIES;
        let mut left = Vec::new();
        for (lease, result) in batch.into_iter().zip(results) {
            let Err(error) = result else { continue };
            metrics.acknowledge_failures.increment();
            let worth_it = again && !matches!(error, QueueError::LeaseLost(_)) && lease.is_held();
            event::AcknowledgeFailed { queue: queue.name(), error: &error, again: worth_it }.emit();
            if worth_it {
                left.push(lease);
            }
        }
        if left.is_empty() {
            return;
        }
        batch = left;
        tokio::time::sleep(backoff.next_pause()).await;
    }
}
