//! One result per subtree, by structural digest, under a byte budget with least-recently-used eviction.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;

use crate::csg::Digest;
use crate::realize::bundle::Made;

/// Results of subtrees; may be shared by all jobs of a process. What it holds never changes a result, only its cost.
#[derive(Debug)]
pub struct Memo {
    state: Mutex<State>,
    bytes_max: u64,
}

#[derive(Debug, Default)]
struct State {
    entries: FxHashMap<Digest, Entry>,
    by_age: BTreeMap<u64, Digest>,
    clock: u64,
    bytes: u64,
}

#[derive(Debug)]
struct Entry {
    made: Made,
    bytes: u64,
    used: u64,
}

impl Default for Memo {
    /// A quarter of a GiB.
    fn default() -> Self {
        Self::new(256 << 20)
    }
}

impl Memo {
    /// An empty memo that holds at most so many bytes.
    pub fn new(bytes_max: u64) -> Self {
        Self { state: Mutex::default(), bytes_max }
    }

    /// Bytes held now.
    pub fn bytes(&self) -> u64 {
        self.lock().bytes
    }

    /// Number of results held now.
    pub fn len(&self) -> usize {
        self.lock().entries.len()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn find(&self, digest: &Digest) -> Option<Made> {
        let state = &mut *self.lock();
        let entry = state.entries.get_mut(digest)?;
        state.by_age.remove(&entry.used);
        state.clock += 1;
        entry.used = state.clock;
        state.by_age.insert(state.clock, *digest);
        Some(entry.made.clone())
    }

    pub(super) fn keep(&self, digest: Digest, made: &Made) {
        let bytes = made.byte_count() + ENTRY_BYTES;
        // one result may not turn everything else out
        if bytes > self.bytes_max / 4 {
            return;
        }
        let state = &mut *self.lock();
        if state.entries.contains_key(&digest) {
            return;
        }
        state.clock += 1;
        state.by_age.insert(state.clock, digest);
        state.entries.insert(digest, Entry { made: made.clone(), bytes, used: state.clock });
        state.bytes += bytes;
        state.shrink(self.bytes_max);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn shrink(&mut self, bytes_max: u64) {
        while self.bytes > bytes_max {
            let Some((_, digest)) = self.by_age.pop_first() else { return };
            if let Some(entry) = self.entries.remove(&digest) {
                self.bytes -= entry.bytes;
            }
        }
    }
}

/// The entry itself, in both maps.
const ENTRY_BYTES: u64 = 256;
