//! Long-poll loop: takes as many slots as are free, receives at most that many, hands each delivery to a task.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use crate::config::Accept;
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

/// How long a receive waits where jobs are posted to this daemon, too.
const WAIT_BESIDE: Duration = Duration::from_secs(1);

/// Does an attempt in its slot.
async fn carry(attempt: Attempt, slot: Option<OwnedSemaphorePermit>) {
    let daemon = Arc::clone(&attempt.daemon);
    daemon.metrics.jobs_in_flight.add(1);
    attempt.run().await;
    daemon.metrics.jobs_in_flight.add(-1);
    daemon.breaker().untried();
    drop(slot);
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
        let settings = &self.daemon.settings;
        // slots in the hands of a receive that waits are not there for posted jobs
        let most = if settings.http.accept == Accept::Direct { WAIT_BESIDE } else { settings.queue.wait };
        let wait = settings.queue.wait.min(most);
        while let Some((slots, admission)) = self.next_slots().await {
            match self.turns.next(wait) {
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

    async fn receive(
        &mut self,
        queue: usize,
        wait: Duration,
        mut slots: Vec<OwnedSemaphorePermit>,
        admission: Admission,
    ) {
        if self.daemon.is_fifo(queue) {
            // more could be of one group, of which only one may begin: they would hold slots and use up attempts
            slots.truncate(1);
        }
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
            loop {
                daemon.pause.wait_until_running().await;
                let first = Arc::clone(&daemon.slots).acquire_owned().await.ok()?;
                let admission = daemon.breaker().admit().await;
                if daemon.pause.reason().is_none() {
                    return Some((first, admission));
                }
                // paused while there was no slot, or while the store failed
                daemon.breaker().untried();
            }
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
        for delivery in deliveries {
            let lease = daemon.keepers[queue].hold(&delivery);
            if daemon.shutdown.drain.is_cancelled() || daemon.pause.reason().is_some() {
                // came with the last receive: nothing was begun
                daemon.metrics.jobs_released.increment();
                lease.release(Duration::ZERO).await;
                daemon.breaker().untried();
                continue;
            }
            if let Some(age) = age_of(delivery.sent_ms) {
                daemon.metrics.queue_age.observe(age);
            }
            let (daemon, lease) = (Arc::clone(daemon), Arc::new(lease));
            let attempt = Attempt { daemon, queue, delivery, lease, received: Instant::now() };
            self.attempts.spawn(carry(attempt, slots.pop()));
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
