//! Jobs that were posted: carried to their end in this process, with the same attempts and pauses as those of a queue.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

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
    /// What came with it: its trace.
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
        let Parted::Released(pause) = attempt(&daemon, &queue, &posted, number).await else { return };
        drop(held);
        tokio::select! {
            () = daemon.shutdown.drain.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// One attempt, from receipt to its end. One whose lease ran out (the machine slept, say) is to be made again: nobody else has the job.
async fn attempt(daemon: &Arc<Daemon>, queue: &PushedQueue, posted: &Posted, number: u32) -> Parted {
    let (delivery, mut parting) = queue.deliver(&posted.body, &posted.attributes, number);
    let index = daemon.keepers.len() - 1;
    let lease = Arc::new(daemon.keepers[index].hold(&delivery));
    let receipt = delivery.receipt.clone();
    let attempt = Attempt { daemon: Arc::clone(daemon), queue: index, delivery, lease, received: Instant::now() };
    daemon.metrics.messages_received.increment();
    daemon.metrics.jobs_in_flight.add(1);
    let done = attempt.run().await;
    daemon.metrics.jobs_in_flight.add(-1);
    daemon.breaker().untried();
    // the acknowledger is on its way with what is done; of the rest all is said by now
    let parted = if done {
        parting.await.unwrap_or(Parted::Acknowledged)
    } else {
        parting.try_recv().unwrap_or(Parted::Released(Duration::ZERO))
    };
    queue.forget(&receipt);
    parted
}
