//! All queues of the stand-in, the journal behind them, and what moves messages between them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::standin::journal::{Change, Journal, Table};
use crate::standin::sqs::attributes::QueueAttributes;
use crate::standin::sqs::error::{Kind, SqsError};
use crate::standin::sqs::message::{Message, hex, md5_hex};
use crate::standin::sqs::queue::Queue;

/// The queues and how to find them.
#[derive(Debug)]
pub struct World {
    queues: Mutex<BTreeMap<String, Queue>>,
    journal: Arc<Journal>,
    /// `http://127.0.0.1:PORT`, in front of every queue URL.
    endpoint: String,
}

#[derive(Serialize, Deserialize)]
struct QueueRecord {
    attributes: QueueAttributes,
    created_ms: u64,
    modified_ms: u64,
}

impl World {
    /// The queues that the journal remembers.
    pub fn load(journal: Arc<Journal>, endpoint: String) -> Self {
        let mut queues = BTreeMap::new();
        for (name, record) in journal.take(Table::Queues) {
            let name = String::from_utf8_lossy(&name).into_owned();
            let Ok(record) = serde_json::from_slice::<QueueRecord>(&record) else { continue };
            let mut queue = Queue::new(&name, record.attributes, record.created_ms);
            queue.modified_ms = record.modified_ms;
            queues.insert(name, queue);
        }
        for (key, record) in journal.take(Table::Messages) {
            let Some((name, sequence)) = split_key(&key) else { continue };
            let Ok(message) = serde_json::from_slice::<Message>(&record) else { continue };
            if let Some(queue) = queues.get_mut(&name) {
                queue.restore(sequence, message);
            }
        }
        Self { queues: Mutex::new(queues), journal, endpoint }
    }

    /// The journal.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// All queues, for as long as the guard lives. Nothing is awaited under it.
    pub fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Queue>> {
        // a panic under the lock leaves a queue as it was between two statements: still usable
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does `work` on the queue that `url` names.
    ///
    /// # Errors
    /// `QueueDoesNotExist`, and what `work` says.
    pub fn with<T>(&self, url: &str, work: impl FnOnce(&mut Queue) -> Result<T, SqsError>) -> Result<T, SqsError> {
        let mut queues = self.lock();
        let queue = url.rsplit('/').next().and_then(|name| queues.get_mut(name));
        work(queue.ok_or_else(no_such_queue)?)
    }

    /// The URL of the queue `name`.
    pub fn url(&self, name: &str) -> String {
        format!("{}/000000000000/{name}", self.endpoint)
    }

    /// Moves given-up messages to the dead-letter queue of `source`. Returns what to remember.
    pub fn give_up(&self, source: &str, given_up: Vec<(u64, Message)>) -> Vec<Change> {
        let mut queues = self.lock();
        let target = queues.get(source).and_then(|queue| queue.attributes.redrive()).map(|redrive| redrive.target);
        let source_arn = queues.get(source).map(Queue::arn);
        let Some(target) = target.and_then(|target| queues.get_mut(&target)) else { return Vec::new() };
        let mut changes = Vec::new();
        for (sequence, mut message) in given_up {
            changes.push(Change::remove(Table::Messages, message_key(source, sequence)));
            message.dead_letter_source.clone_from(&source_arn);
            message.visible_ms = 0;
            message.held_since_ms = None;
            changes.push(push(target, message));
        }
        changes
    }
}

/// Puts `message` into `queue`. Returns what to remember.
pub fn push(queue: &mut Queue, message: Message) -> Change {
    let record = serde_json::to_vec(&message).unwrap_or_default();
    let sequence = queue.push(message);
    Change::put(Table::Messages, message_key(&queue.name, sequence), record)
}

/// What to remember of a message as it is now.
pub fn message_record(queue: &str, sequence: u64, message: &Message) -> Change {
    let record = serde_json::to_vec(message).unwrap_or_default();
    Change::put(Table::Messages, message_key(queue, sequence), record)
}

/// What to remember of a queue.
pub fn queue_record(queue: &Queue) -> Change {
    let record = QueueRecord {
        attributes: queue.attributes.clone(),
        created_ms: queue.created_ms,
        modified_ms: queue.modified_ms,
    };
    Change::put(Table::Queues, queue.name.as_bytes(), serde_json::to_vec(&record).unwrap_or_default())
}

/// The journal's key of a message.
pub fn message_key(queue: &str, sequence: u64) -> Vec<u8> {
    [queue.as_bytes(), &[0], &sequence.to_be_bytes()].concat()
}

fn split_key(key: &[u8]) -> Option<(String, u64)> {
    let at = key.iter().position(|byte| *byte == 0)?;
    let sequence = <[u8; 8]>::try_from(key.get(at + 1..)?).ok()?;
    Some((String::from_utf8_lossy(&key[..at]).into_owned(), u64::from_be_bytes(sequence)))
}

/// The error of a queue that is not there.
pub fn no_such_queue() -> SqsError {
    Kind::QueueDoesNotExist.with("The specified queue does not exist.")
}

/// Milliseconds since 1970.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// An id in the form of a UUID: unique, not secret.
pub fn fresh_id() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seed = format!("{}-{}-{}", since.as_nanos(), std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let digits = md5_hex(seed.as_bytes());
    format!("{}-{}-4{}-8{}-{}", &digits[..8], &digits[8..12], &digits[13..16], &digits[17..20], &digits[20..32])
}

/// A receipt handle: which message, and which receive of it.
pub fn receipt_handle(queue: &str, sequence: u64, generation: u64) -> String {
    hex(format!("{sequence}:{generation}:{queue}").as_bytes())
}

/// The message and receive that a handle means, if it is one of `queue`.
pub fn read_handle(queue: &str, handle: &str) -> Option<(u64, u64)> {
    let digits: Option<Vec<u8>> =
        handle.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    let text = String::from_utf8(digits?).ok()?;
    let mut parts = text.splitn(3, ':');
    let sequence = parts.next()?.parse().ok()?;
    let generation = parts.next()?.parse().ok()?;
    (parts.next()? == queue).then_some((sequence, generation))
}
