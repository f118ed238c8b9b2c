//! Long-poll loop: takes as many slots as are free, receives at most that many, hands each delivery to a task.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use crate::daemon::Daemon;
use crate::daemon::attempt::{Attempt, age_of};
use crate::daemon::breaker::Admission;
use crate::daemon::queue::{BATCH_MAX, Delivery, QueueError};
use crate::daemon::telemetry::event;
use crate::daemon::turns::{Turn, Turns};

/// The loop. It is the only receiver: a poller that holds slots while its queue is empty would keep other queues waiting.
pub struct Poller {
    daemon: Arc<Daemon>,
    attempts: TaskTracker,
    turns: Turns,
    /// The last receive brought as much as there was room for: there is more.
    busy: bool,
}

/// Less than any job takes that is worth a queue, and than any call to it.
const GATHER: Duration = Duration::from_millis(2);

/// Deliveries to be done one after the other: those of one group of a FIFO queue; else a chain is one delivery.
struct Chain(Vec<(Attempt, Option<OwnedSemaphorePermit>)>);

impl Chain {
    fn is_group_of(&self, attempt: &Attempt) -> bool {
        self.0.iter().any(|(other, _)| other.delivery.group == attempt.delivery.group)
    }

    /// Does them in order. After one that goes back to the queue the rest of the group goes back too: it may not overtake.
    async fn run(self) {
        let mut in_order = true;
        for (attempt, slot) in self.0 {
            let daemon = Arc::clone(&attempt.daemon);
            let metrics = &daemon.metrics;
            metrics.jobs_in_flight.add(1);
            if in_order {
                in_order = attempt.run().await;
            } else {
                metrics.jobs_released.increment();
                attempt.lease.release(Duration::ZERO).await;
            }
            metrics.jobs_in_flight.add(-1);
            daemon.breaker().untried();
            drop(slot);
        }
    }
}

/// How long a wait lasts before the loop says that it is alive.
const TICK: Duration = Duration::from_secs(5);

impl Poller {
    /// A loop that hands deliveries to tasks of `attempts`.
    pub fn new(daemon: Arc<Daemon>, attempts: TaskTracker) -> Self {
        let turns = Turns::new(daemon.polled, &daemon.settings.queue.weights);
        Self { daemon, attempts, turns, busy: false }
    }

    /// Receives until draining begins. The last receive is waited for: dropped, it could take messages along.
    pub async fn run(mut self) {
        if self.daemon.polled == 0 {
            return self.stand_by().await;
        }
        while let Some((slots, admission)) = self.next_slots().await {
            match self.turns.next(self.daemon.settings.queue.wait) {
                Turn::Ask(queue, wait) => self.receive(queue, wait, slots, admission).await,
                Turn::Rest(until) => {
                    drop(slots);
                    self.daemon.breaker().untried();
                    self.rest(until).await;
                }
            }
        }
    }

    /// Lives while there is nothing to receive: all jobs are posted.
    async fn stand_by(&self) {
        while tokio::time::timeout(TICK, self.daemon.shutdown.drain.cancelled()).await.is_err() {
            self.daemon.alive.tick();
        }
    }

    async fn receive(&mut self, queue: usize, wait: Duration, slots: Vec<OwnedSemaphorePermit>, admission: Admission) {
        let received = self.daemon.keepers[queue].queue().receive(slots.len(), wait).await;
        self.daemon.alive.tick();
        match received {
            Ok(deliveries) => self.hand_out(queue, deliveries, slots, admission).await,
            Err(error) => {
                self.daemon.breaker().untried();
                self.note_failure(queue, &error);
            }
        }
    }

    /// Waits until something may be received, and takes the free slots for it. None when draining.
    async fn next_slots(&self) -> Option<(Vec<OwnedSemaphorePermit>, Admission)> {
        let daemon = &self.daemon;
        let ready = async {
            daemon.pause.wait_until_running().await;
            let first = Arc::clone(&daemon.slots).acquire_owned().await.ok()?;
            Some((first, daemon.breaker().admit().await))
        };
        tokio::pin!(ready);
        let (first, admission) = loop {
            tokio::select! {
                biased;
                () = daemon.shutdown.drain.cancelled() => return None,
                ready = &mut ready => break ready?,
                () = tokio::time::sleep(TICK) => daemon.alive.tick(),
            }
        };
        if self.busy && admission == Admission::All {
            // slots that come free together are filled by one call instead of one each
            tokio::time::sleep(GATHER).await;
        }
        let mut slots = vec![first];
        while admission == Admission::All
            && slots.len() < BATCH_MAX
            && let Ok(slot) = Arc::clone(&daemon.slots).try_acquire_owned()
        {
            slots.push(slot);
        }
        Some((slots, admission))
    }

    async fn hand_out(
        &mut self,
        queue: usize,
        deliveries: Vec<Delivery>,
        mut slots: Vec<OwnedSemaphorePermit>,
        admission: Admission,
    ) {
        let daemon = &self.daemon;
        daemon.metrics.receives.increment();
        daemon.metrics.messages_received.add(deliveries.len() as u64);
        self.busy = deliveries.len() == slots.len();
        if self.turns.answered(queue, deliveries.is_empty()) {
            daemon.reachable.set(self.turns.are_all_well());
            event::ReceiveRecovered { queue: daemon.keepers[queue].queue().name() }.emit();
        }
        if deliveries.is_empty() && admission == Admission::Trial {
            daemon.breaker().untried();
        }
        let mut chains: Vec<Chain> = Vec::new();
        for delivery in deliveries {
            let lease = daemon.keepers[queue].hold(&delivery);
            if daemon.shutdown.drain.is_cancelled() {
                // came with the last receive: nothing was begun
                daemon.metrics.jobs_released.increment();
                lease.release(Duration::ZERO).await;
                continue;
            }
            if let Some(age) = age_of(delivery.sent_ms) {
                daemon.metrics.queue_age.observe(age);
            }
            let attempt = Attempt {
                daemon: Arc::clone(daemon),
                queue,
                delivery,
                lease: Arc::new(lease),
                received: Instant::now(),
            };
            let link = (attempt, slots.pop());
            match chains.iter_mut().find(|chain| daemon.is_fifo(queue) && chain.is_group_of(&link.0)) {
                Some(chain) => chain.0.push(link),
                None => chains.push(Chain(vec![link])),
            }
        }
        for chain in chains {
            self.attempts.spawn(chain.run());
        }
    }

    fn note_failure(&mut self, queue: usize, error: &QueueError) {
        self.daemon.metrics.receive_failures.increment();
        self.daemon.reachable.set(false);
        let pause = self.turns.failed(queue, error.is_transient());
        event::ReceiveFailed { queue: self.daemon.keepers[queue].queue().name(), error, pause }.emit();
    }

    async fn rest(&self, until: Instant) {
        while Instant::now() < until {
            tokio::select! {
                () = self.daemon.shutdown.drain.cancelled() => return,
                () = tokio::time::sleep_until(until.min(Instant::now() + TICK)) => self.daemon.alive.tick(),
            }
        }
    }
}
