//! Jobs that were posted: carried to their end in this process, with the same attempts and pauses as those of a queue.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use crate::daemon::Daemon;
use crate::daemon::attempt::Attempt;
use crate::daemon::queue::{Parted, PushedQueue};

/// A posted job.
#[derive(Debug)]
pub struct Posted {
    /// The job as it was written.
    pub body: String,
    /// What came with it: `traceparent`.
    pub attributes: BTreeMap<String, String>,
}

/// Attempts a job until it is settled, or until the daemon ends: then it is in the hands of whoever posted it. `slot` is for the first attempt.
pub async fn carry(daemon: Arc<Daemon>, queue: PushedQueue, posted: Posted, slot: OwnedSemaphorePermit) {
    let mut slot = Some(slot);
    for number in 1.. {
        let held = match slot.take() {
            Some(slot) => slot,
            None => match daemon.next_slot().await {
                Some(slot) => slot,
                None => return,
            },
        };
        let pause = match attempt(&daemon, &queue, &posted, number).await {
            Some(Parted::Released(pause)) => pause,
            Some(Parted::Acknowledged) | None => return,
        };
        drop(held);
        tokio::select! {
            () = daemon.shutdown.drain.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// One attempt, from receipt to its end; none when its lease was lost.
async fn attempt(daemon: &Arc<Daemon>, queue: &PushedQueue, posted: &Posted, number: u32) -> Option<Parted> {
    let (delivery, parted) = queue.deliver(&posted.body, &posted.attributes, number);
    let index = daemon.keepers.len() - 1;
    let lease = Arc::new(daemon.keepers[index].hold(&delivery));
    let (lost, receipt) = (lease.lost(), delivery.receipt.clone());
    let attempt = Attempt { daemon: Arc::clone(daemon), queue: index, delivery, lease, received: Instant::now() };
    daemon.metrics.messages_received.increment();
    daemon.metrics.jobs_in_flight.add(1);
    attempt.run().await;
    daemon.metrics.jobs_in_flight.add(-1);
    daemon.breaker().untried();
    let parted = tokio::select! {
        parted = parted => parted.ok(),
        () = lost.cancelled() => None,
    };
    queue.forget(&receipt);
    parted
}
