//! One queue: its messages, who holds which, and what is visible when. It has no clock: callers say what time it is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use tokio::sync::Notify;

use crate::standin::sqs::attributes::QueueAttributes;
use crate::standin::sqs::message::Message;

/// Twelve hours: the longest that one receive can hold a message, extensions included.
pub const HELD_MS_MAX: u64 = 43_200_000;

/// Messages that may be in flight at once; over it, nothing is received.
pub const IN_FLIGHT_MAX: usize = 120_000;

const DEDUPLICATION_MS: u64 = 300_000;

/// A queue. Sequence numbers grow with every message, so their order is the order of sending.
#[derive(Debug)]
pub struct Queue {
    /// Its name; FIFO queues end in `.fifo`.
    pub name: String,
    /// What was set on it.
    pub attributes: QueueAttributes,
    /// Milliseconds since 1970.
    pub created_ms: u64,
    /// When an attribute last changed.
    pub modified_ms: u64,
    /// When it was last emptied.
    pub purged_ms: Option<u64>,
    /// Wakes parked receives.
    pub wake: Arc<Notify>,
    /// All messages by sequence number.
    messages: BTreeMap<u64, Message>,
    /// Those that may be received now.
    visible: BTreeSet<u64>,
    /// Those that may not yet, by when they may.
    waiting: BTreeSet<(u64, u64)>,
    /// FIFO: messages in flight by group.
    held_by_group: FxHashMap<String, u32>,
    held: usize,
    deduplication: FxHashMap<String, (u64, u64, String)>,
    next: u64,
}

/// What a receive took.
#[derive(Debug, Default)]
pub struct Taken {
    /// Received now: sequence number and the message as it is now.
    pub received: Vec<(u64, Message)>,
    /// Received too often already: to go to the dead-letter queue.
    pub given_up: Vec<(u64, Message)>,
}

/// What became of a change of visibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It holds.
    Done,
    /// Nobody holds the message by this handle.
    NotInFlight,
    /// More than the twelve hours.
    TooLong,
}

impl Queue {
    /// An empty queue.
    pub fn new(name: &str, attributes: QueueAttributes, now_ms: u64) -> Self {
        Self {
            name: name.to_owned(),
            attributes,
            created_ms: now_ms,
            modified_ms: now_ms,
            purged_ms: None,
            wake: Arc::new(Notify::new()),
            messages: BTreeMap::new(),
            visible: BTreeSet::new(),
            waiting: BTreeSet::new(),
            held_by_group: FxHashMap::default(),
            held: 0,
            deduplication: FxHashMap::default(),
            next: now_ms << 16,
        }
    }

    /// Whether order within a group is kept.
    pub fn is_fifo(&self) -> bool {
        self.name.ends_with(".fifo")
    }

    /// The ARN.
    pub fn arn(&self) -> String {
        arn(&self.name)
    }

    /// Puts a message back as the journal had it.
    pub fn restore(&mut self, sequence: u64, message: Message) {
        self.next = self.next.max(sequence + 1);
        if let Some(known_by) = &message.deduplication {
            let entry = (message.sent_ms + DEDUPLICATION_MS, sequence, message.id.clone());
            self.deduplication.insert(known_by.clone(), entry);
        }
        if message.held_since_ms.is_some() {
            self.count_held(message.group.as_deref());
        }
        self.waiting.insert((message.visible_ms, sequence));
        self.messages.insert(sequence, message);
    }

    /// Takes a message in, visible from `message.visible_ms` on. Returns its sequence number.
    pub fn push(&mut self, message: Message) -> u64 {
        let sequence = self.next;
        self.restore(sequence, message);
        self.wake.notify_waiters();
        sequence
    }

    /// The id and number of the message that `known_by` was sent as in the last five minutes.
    pub fn repeat_of(&self, known_by: &str, now_ms: u64) -> Option<(u64, String)> {
        let (until, sequence, id) = self.deduplication.get(known_by)?;
        (now_ms < *until).then(|| (*sequence, id.clone()))
    }

    /// Takes up to `count` visible messages for `visibility_ms`. With `keep_visible` they stay receivable: a duplicate delivery.
    pub fn take(&mut self, now_ms: u64, count: usize, visibility_ms: u64, keep_visible: bool) -> Taken {
        self.advance(now_ms);
        let mut taken = Taken::default();
        if self.is_full() {
            return taken;
        }
        let receives_max = self.attributes.redrive().map_or(u32::MAX, |redrive| redrive.receives_max);
        for sequence in self.candidates(count, receives_max) {
            if self.messages.get(&sequence).is_some_and(|message| message.receives >= receives_max) {
                self.visible.remove(&sequence);
                taken.given_up.extend(self.messages.remove(&sequence).map(|message| (sequence, message)));
            } else if let Some(message) = self.hold(sequence, now_ms, visibility_ms, keep_visible) {
                taken.received.push((sequence, message));
            }
        }
        taken
    }

    /// The first visible messages of which `count` can be received; groups in flight are passed over.
    fn candidates(&self, count: usize, receives_max: u32) -> Vec<u64> {
        let mut left = count;
        let mut found = Vec::new();
        for sequence in &self.visible {
            if left == 0 {
                break;
            }
            let Some(message) = self.messages.get(sequence) else { continue };
            let locked =
                self.is_fifo() && message.group.as_ref().is_some_and(|group| self.held_by_group.contains_key(group));
            if locked {
                continue;
            }
            if message.receives < receives_max {
                left -= 1;
            }
            found.push(*sequence);
        }
        found
    }

    fn hold(&mut self, sequence: u64, now_ms: u64, visibility_ms: u64, keep_visible: bool) -> Option<Message> {
        let message = self.messages.get_mut(&sequence)?;
        message.receives += 1;
        message.generation += 1;
        message.first_received_ms.get_or_insert(now_ms);
        if keep_visible {
            return Some(message.clone());
        }
        message.held_since_ms = Some(now_ms);
        message.visible_ms = now_ms + visibility_ms;
        let message = message.clone();
        self.visible.remove(&sequence);
        self.waiting.insert((message.visible_ms, sequence));
        self.count_held(message.group.as_deref());
        Some(message)
    }

    /// Lets go what has run out: holds, delays and retention.
    pub fn advance(&mut self, now_ms: u64) {
        while let Some(&(due, sequence)) = self.waiting.first()
            && due <= now_ms
        {
            self.waiting.pop_first();
            self.unhold(sequence);
            self.visible.insert(sequence);
        }
        let retention_ms = self.attributes.number("MessageRetentionPeriod") * 1000;
        while let Some((&sequence, message)) = self.messages.first_key_value()
            && message.sent_ms + retention_ms <= now_ms
        {
            self.remove(sequence);
        }
        // what has run out is not believed anyway: this only keeps the table small
        if self.deduplication.len() > 10_000 {
            self.deduplication.retain(|_, (until, ..)| now_ms < *until);
        }
    }

    /// Whether so many messages are in flight that none is received.
    pub fn is_full(&self) -> bool {
        self.held >= IN_FLIGHT_MAX
    }

    /// When the next message becomes visible by itself.
    pub fn next_due_ms(&self) -> Option<u64> {
        self.waiting.first().map(|(due, _)| *due)
    }

    /// Deletes by handle. A stale handle deletes nothing; that and a message already gone are no errors.
    pub fn acknowledge(&mut self, sequence: u64, generation: u64) -> bool {
        let current = self.messages.get(&sequence).is_some_and(|message| message.generation == generation);
        current && self.remove(sequence).is_some()
    }

    /// Changes how long the holder of `generation` keeps the message.
    pub fn change_visibility(&mut self, sequence: u64, generation: u64, now_ms: u64, visibility_ms: u64) -> Changed {
        self.advance(now_ms);
        let Some(message) = self.messages.get_mut(&sequence) else { return Changed::NotInFlight };
        let Some(held_since) = message.held_since_ms.filter(|_| message.generation == generation) else {
            return Changed::NotInFlight;
        };
        if now_ms - held_since.min(now_ms) + visibility_ms > HELD_MS_MAX {
            return Changed::TooLong;
        }
        self.waiting.remove(&(message.visible_ms, sequence));
        message.visible_ms = now_ms + visibility_ms;
        self.waiting.insert((message.visible_ms, sequence));
        // zero makes it visible at once; anything else changes when parked receives must look again
        self.advance(now_ms);
        self.wake.notify_waiters();
        Changed::Done
    }

    /// Removes a message however it stands.
    pub fn remove(&mut self, sequence: u64) -> Option<Message> {
        self.unhold(sequence);
        let message = self.messages.remove(&sequence)?;
        self.waiting.remove(&(message.visible_ms, sequence));
        self.visible.remove(&sequence);
        // a group that was locked by this message may go on
        self.wake.notify_waiters();
        Some(message)
    }

    /// The message under a sequence number.
    pub fn message(&self, sequence: u64) -> Option<&Message> {
        self.messages.get(&sequence)
    }

    /// Sequence numbers of all messages.
    pub fn sequences(&self) -> Vec<u64> {
        self.messages.keys().copied().collect()
    }

    /// Sequence numbers of the visible ones.
    pub fn visible_sequences(&mut self, now_ms: u64) -> Vec<u64> {
        self.advance(now_ms);
        self.visible.iter().copied().collect()
    }

    /// Visible, held and delayed messages.
    pub fn counts(&mut self, now_ms: u64) -> [usize; 3] {
        self.advance(now_ms);
        [self.visible.len(), self.held, self.waiting.len() - self.held.min(self.waiting.len())]
    }

    fn count_held(&mut self, group: Option<&str>) {
        self.held += 1;
        if self.is_fifo()
            && let Some(group) = group
        {
            *self.held_by_group.entry(group.to_owned()).or_default() += 1;
        }
    }

    fn unhold(&mut self, sequence: u64) {
        let Some(message) = self.messages.get_mut(&sequence) else { return };
        if message.held_since_ms.take().is_none() {
            return;
        }
        self.held -= 1;
        let Some(group) = &message.group else { return };
        if let Some(count) = self.held_by_group.get_mut(group) {
            *count -= 1;
            if *count == 0 {
                self.held_by_group.remove(group);
            }
        }
    }
}

/// The ARN of a queue of this stand-in.
pub fn arn(name: &str) -> String {
    format!("arn:aws:sqs:us-east-1:000000000000:{name}")
}
