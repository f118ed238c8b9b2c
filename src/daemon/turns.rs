//! Which queue is asked next: strict or weighted priorities; a queue that fails rests, and holds up no other.

use std::time::Duration;

use tokio::time::Instant;

use crate::daemon::retry::Backoff;

/// The order in which queues are asked. With one queue always that, for as long as a receive may wait.
///
/// With several, strict order asks the first until it is empty, then the second, and so on; weights draw the first one asked instead. Only when all were
/// found empty does a receive wait, and then for a short time: a message in another queue must not wait for it.
#[derive(Debug)]
pub struct Turns {
    order: Vec<usize>,
    at: usize,
    weights: Vec<u32>,
    credit: Vec<i64>,
    health: Vec<Health>,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Ask this queue, and wait so long for a message.
    Ask(usize, Duration),
    /// Ask nobody before then: all of them fail.
    Rest(Instant),
}

/// How a queue does, and how long it is left alone when it does badly.
#[derive(Debug)]
struct Health {
    transient: Backoff,
    refused: Backoff,
    /// None while it is well.
    rests_until: Option<Instant>,
}

/// How long one of several empty queues is waited for.
const WAIT_AMONG: Duration = Duration::from_secs(1);

impl Turns {
    /// For so many queues; weights as many, or none for strict order.
    pub fn new(queues: usize, weights: &[u32]) -> Self {
        let health = (0..queues).map(|_| Health {
            transient: Backoff::new(Duration::from_millis(500), Duration::from_secs(30)),
            // somebody has to mend rights or the queue itself: asking often helps nobody
            refused: Backoff::new(Duration::from_secs(15), Duration::from_secs(120)),
            rests_until: None,
        });
        let health = health.collect();
        let mut turns = Self { order: Vec::new(), at: 0, weights: weights.to_vec(), credit: vec![0; queues], health };
        turns.begin();
        turns
    }

    /// A new round: the first queue by weight, the others in order of priority behind it.
    fn begin(&mut self) {
        let queues = self.health.len();
        self.at = 0;
        self.order = (0..queues).collect();
        if self.weights.is_empty() || self.weights.len() != queues {
            return;
        }
        // smooth weighted round robin: each gains its weight, the richest goes first and pays for all
        let total: i64 = self.weights.iter().map(|weight| i64::from(*weight)).sum();
        for (credit, weight) in self.credit.iter_mut().zip(&self.weights) {
            *credit += i64::from(*weight);
        }
        let richest = (0..queues).max_by_key(|queue| (self.credit[*queue], std::cmp::Reverse(*queue))).unwrap_or(0);
        self.credit[richest] -= total;
        self.order.retain(|queue| *queue != richest);
        self.order.insert(0, richest);
    }

    /// What is to be done now, where a receive may wait for `wait`.
    pub fn next(&mut self, wait: Duration) -> Turn {
        let now = Instant::now();
        let is_awake = |queue: usize| self.health[queue].rests_until.is_none_or(|until| until <= now);
        while let Some(queue) = self.order.get(self.at).copied().filter(|_| self.order.len() > 1) {
            if is_awake(queue) {
                return Turn::Ask(queue, Duration::ZERO);
            }
            self.at += 1;
        }
        match self.order.iter().copied().find(|queue| is_awake(*queue)) {
            Some(queue) => Turn::Ask(queue, if self.order.len() > 1 { wait.min(WAIT_AMONG) } else { wait }),
            None => Turn::Rest(self.health.iter().filter_map(|health| health.rests_until).min().unwrap_or(now)),
        }
    }

    /// The queue answered. Says whether it had failed before.
    pub fn answered(&mut self, queue: usize, empty: bool) -> bool {
        self.advance(empty);
        let health = &mut self.health[queue];
        health.transient.reset();
        health.refused.reset();
        health.rests_until.take().is_some()
    }

    /// The queue failed. Returns how long it is left alone.
    pub fn failed(&mut self, queue: usize, transient: bool) -> Duration {
        self.advance(true);
        let health = &mut self.health[queue];
        let pause = if transient { health.transient.next_pause() } else { health.refused.next_pause() };
        health.rests_until = Some(Instant::now() + pause);
        pause
    }

    /// Whether all queues answered when they were asked last.
    pub fn are_all_well(&self) -> bool {
        self.health.iter().all(|health| health.rests_until.is_none())
    }

    fn advance(&mut self, empty: bool) {
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

    use tokio::time::Instant;

    use crate::daemon::turns::{Turn, Turns};

    const WAIT: Duration = Duration::from_secs(20);

    fn ask(turns: &mut Turns, full: &[bool]) -> (usize, Duration) {
        let Turn::Ask(queue, wait) = turns.next(WAIT) else { panic!("a queue is awake") };
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

    #[tokio::test(start_paused = true)]
    async fn a_queue_that_fails_rests_and_the_others_are_asked() {
        let mut turns = Turns::new(2, &[]);
        let pause = turns.failed(0, false);
        assert!(pause >= Duration::from_secs(7));
        assert!(!turns.are_all_well());
        for _ in 0..4 {
            assert_eq!(ask(&mut turns, &[true, true]).0, 1);
        }
        let rest = Instant::now() + turns.failed(1, true);
        assert_eq!(turns.next(WAIT), Turn::Rest(rest));
        tokio::time::sleep(pause).await;
        turns.answered(1, false);
        assert_eq!(ask(&mut turns, &[true, true]).0, 0);
        assert!(turns.are_all_well());
    }
}
