//! `Queue`, `Delivery`, `Receipt`: receive, extend, acknowledge, release.

mod memory;
mod pushed;
mod sqs;

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

pub use memory::{MemoryQueue, QueueFaults};
pub use pushed::{Parted, PushedQueue};
pub use sqs::{SqsQueue, send as sqs_send};

/// One queue: on SQS, in memory for tests under paused time, or the jobs that were posted.
#[derive(Debug, Clone)]
pub enum Queue {
    /// On SQS.
    Sqs(SqsQueue),
    /// In memory.
    Memory(MemoryQueue),
    /// What was posted; nothing is received from it.
    Pushed(PushedQueue),
}

/// What names one delivery of a message to the queue.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Receipt(pub String);

/// A message as received.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The queue's id of the message; the same at every delivery.
    pub message_id: String,
    /// What names this delivery.
    pub receipt: Receipt,
    /// What was sent.
    pub body: String,
    /// Text attributes of the message.
    pub attributes: BTreeMap<String, String>,
    /// 1 for the first delivery.
    pub attempt: u32,
    /// When it was sent, milliseconds since 1970; 0 when not known.
    pub sent_ms: u64,
    /// FIFO group, or tenant of a fair queue.
    pub group: Option<String>,
    /// When the receive was *asked for*: visibility runs from some time after it.
    pub asked: Instant,
}

/// Why a queue did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// The delivery is somebody else's by now, or the message is gone.
    #[error("the lease is lost: {0}")]
    LeaseLost(String),
    /// Not reached, throttled or out of order: later may be better.
    #[error("the queue could not be reached: {0}")]
    Unavailable(String),
    /// Not allowed, deleted, or no credentials: somebody has to do something.
    #[error("the queue refuses: {0}")]
    Denied(String),
    /// The request itself is refused.
    #[error("the queue does not accept the request: {0}")]
    Refused(String),
}

impl QueueError {
    /// Whether the same call may succeed soon.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

/// What became of each entry of a batch, in its order.
pub type BatchResult = Result<Vec<Result<(), QueueError>>, QueueError>;

/// The most messages that one call can receive, extend or delete.
pub const BATCH_MAX: usize = 10;

impl Queue {
    /// Receives up to `count` messages, for up to `wait`. Never dropped half-way: what was on the way to us would stay invisible.
    ///
    /// # Errors
    /// All kinds but `LeaseLost`.
    pub async fn receive(&self, count: usize, wait: Duration) -> Result<Vec<Delivery>, QueueError> {
        match self {
            Self::Sqs(queue) => queue.receive(count.min(BATCH_MAX), wait).await,
            Self::Memory(queue) => queue.receive(count.min(BATCH_MAX), wait).await,
            Self::Pushed(_) => Err(QueueError::Refused("posted jobs are not received".to_owned())),
        }
    }

    /// Makes up to ten deliveries invisible from now for so long.
    ///
    /// # Errors
    /// For the call as a whole, and for each entry.
    pub async fn extend(&self, entries: &[(Receipt, Duration)]) -> BatchResult {
        match self {
            Self::Sqs(queue) => Box::pin(queue.extend(entries)).await,
            Self::Memory(queue) => queue.extend(entries),
            Self::Pushed(queue) => Ok(queue.extend(entries)),
        }
    }

    /// Gives a delivery back, to be received again after `pause`.
    ///
    /// # Errors
    /// As for an extension.
    pub async fn release(&self, receipt: &Receipt, pause: Duration) -> Result<(), QueueError> {
        match self {
            Self::Pushed(queue) => queue.release(receipt, pause),
            _ => {
                let results = self.extend(&[(receipt.clone(), pause)]).await?;
                results.into_iter().next().unwrap_or(Ok(()))
            }
        }
    }

    /// Deletes up to ten deliveries.
    ///
    /// # Errors
    /// For the call as a whole, and for each entry.
    pub async fn acknowledge(&self, receipts: &[Receipt]) -> BatchResult {
        match self {
            Self::Sqs(queue) => Box::pin(queue.acknowledge(receipts)).await,
            Self::Memory(queue) => queue.acknowledge(receipts),
            Self::Pushed(queue) => Ok(queue.acknowledge(receipts)),
        }
    }

    /// What to call it in logs and metrics.
    pub fn name(&self) -> &str {
        match self {
            Self::Sqs(queue) => queue.name(),
            Self::Memory(_) => "memory",
            Self::Pushed(_) => "pushed",
        }
    }
}
