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
use crate::daemon::retry::Backoff;
use crate::daemon::telemetry::event;

/// The loop. It is the only receiver: a poller that holds slots while its queue is empty would keep other queues waiting.
pub struct Poller {
    daemon: Arc<Daemon>,
    attempts: TaskTracker,
    turns: Turns,
    transient: Backoff,
    refused: Backoff,
    failing: bool,
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
        let transient = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));
        // somebody has to mend rights or the queue itself: asking often helps nobody
        let refused = Backoff::new(Duration::from_secs(15), Duration::from_secs(120));
        Self { daemon, attempts, turns, transient, refused, failing: false, busy: false }
    }

    /// Receives until draining begins. The last receive is waited for: dropped, it could take messages along.
    pub async fn run(mut self) {
        if self.daemon.polled == 0 {
            return self.stand_by().await;
        }
        while let Some((slots, admission)) = self.next_slots().await {
            let (queue, wait) = self.turns.next(self.daemon.settings.queue.wait);
            let received = self.daemon.keepers[queue].queue().receive(slots.len(), wait).await;
            self.daemon.alive.tick();
            match received {
                Ok(deliveries) => self.hand_out(queue, deliveries, slots, admission).await,
                Err(error) => {
                    drop(slots);
                    self.daemon.breaker().untried();
                    self.pause_after(queue, &error).await;
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
        self.turns.answered(queue, deliveries.is_empty());
        self.busy = deliveries.len() == slots.len();
        self.transient.reset();
        self.refused.reset();
        if std::mem::take(&mut self.failing) {
            daemon.reachable.set(true);
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

    async fn pause_after(&mut self, queue: usize, error: &QueueError) {
        self.daemon.metrics.receive_failures.increment();
        let pause = if error.is_transient() { self.transient.next_pause() } else { self.refused.next_pause() };
        event::ReceiveFailed { queue: self.daemon.keepers[queue].queue().name(), error, pause }.emit();
        self.failing = true;
        self.daemon.reachable.set(false);
        self.turns.answered(queue, true);
        let end = Instant::now() + pause;
        while Instant::now() < end {
            tokio::select! {
                () = self.daemon.shutdown.drain.cancelled() => return,
                () = tokio::time::sleep_until(end.min(Instant::now() + TICK)) => self.daemon.alive.tick(),
            }
        }
    }
}

/// Which queue is asked next. With one queue always that, for as long as a receive may wait.
///
/// With several, strict order asks the first until it is empty, then the second, and so on; weights draw the first one asked instead. Only when all were
/// found empty does a receive wait, and then for a short time: a message in another queue must not wait for it.
#[derive(Debug)]
struct Turns {
    order: Vec<usize>,
    at: usize,
    weights: Vec<u32>,
    credit: Vec<i64>,
    queues: usize,
}

/// How long one of several empty queues is waited for.
const WAIT_AMONG: Duration = Duration::from_secs(1);

impl Turns {
    fn new(queues: usize, weights: &[u32]) -> Self {
        let mut turns = Self { order: Vec::new(), at: 0, weights: weights.to_vec(), credit: vec![0; queues], queues };
        turns.begin();
        turns
    }

    /// A new round: the first queue by weight, the others in order of priority behind it.
    fn begin(&mut self) {
        self.at = 0;
        self.order = (0..self.queues).collect();
        if self.weights.is_empty() || self.weights.len() != self.queues {
            return;
        }
        // smooth weighted round robin: each gains its weight, the richest goes first and pays for all
        let total: i64 = self.weights.iter().map(|weight| i64::from(*weight)).sum();
        for (credit, weight) in self.credit.iter_mut().zip(&self.weights) {
            *credit += i64::from(*weight);
        }
        let richest =
            (0..self.queues).max_by_key(|queue| (self.credit[*queue], std::cmp::Reverse(*queue))).unwrap_or(0);
        self.credit[richest] -= total;
        self.order.retain(|queue| *queue != richest);
        self.order.insert(0, richest);
    }

    fn next(&mut self, wait: Duration) -> (usize, Duration) {
        if self.queues == 1 {
            return (0, wait);
        }
        match self.order.get(self.at) {
            Some(queue) => (*queue, Duration::ZERO),
            None => (self.order[0], wait.min(WAIT_AMONG)),
        }
    }

    fn answered(&mut self, _queue: usize, empty: bool) {
        if empty && self.at < self.order.len() {
            self.at += 1;
        } else {
            self.begin();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::daemon::poll::Turns;

    const WAIT: Duration = Duration::from_secs(20);

    fn ask(turns: &mut Turns, full: &[bool]) -> (usize, Duration) {
        let (queue, wait) = turns.next(WAIT);
        turns.answered(queue, !full[queue]);
        (queue, wait)
    }

    #[test]
    fn one_queue_is_waited_for_in_full() {
        let mut turns = Turns::new(1, &[]);
        assert_eq!(ask(&mut turns, &[false]), (0, WAIT));
        assert_eq!(ask(&mut turns, &[true]), (0, WAIT));
    }

    #[test]
    fn strict_order_empties_the_first_before_the_second() {
        let mut turns = Turns::new(2, &[]);
        let asked: Vec<usize> = (0..4).map(|_| ask(&mut turns, &[true, true]).0).collect();
        assert_eq!(asked, [0, 0, 0, 0]);
        let asked: Vec<usize> = (0..4).map(|_| ask(&mut turns, &[false, true]).0).collect();
        assert_eq!(asked, [0, 1, 0, 1]);
        let mut turns = Turns::new(2, &[]);
        let waits: Vec<u64> = (0..3).map(|_| ask(&mut turns, &[false, false]).1.as_millis() as u64).collect();
        assert_eq!(waits, [0, 0, 1000]);
    }

    #[test]
    fn weights_share_the_turns() {
        let mut turns = Turns::new(2, &[3, 1]);
        let asked: Vec<usize> = (0..8).map(|_| ask(&mut turns, &[true, true]).0).collect();
        assert_eq!(asked.iter().filter(|queue| **queue == 0).count(), 6);
    }
}
