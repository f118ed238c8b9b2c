//! One result per subtree, by structural digest, under a byte budget with least-recently-used eviction; shared by all jobs of a process.
//!
//! A result may depend on more than the subtree: on the fonts, on the limits that could have stopped it, and on which of its parts stand in
//! the tree elsewhere too, since those are computed by themselves. All of that is in the key, so that a job's bytes are the same whatever
//! other jobs left here.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;

use crate::budget::Limits;
use crate::csg::Digest;
use crate::realize::bundle::Made;
use crate::text::Fonts;

/// Results of subtrees; may be shared by all jobs of a process. What it holds never changes a result, only its cost.
#[derive(Debug)]
pub struct Memo {
    state: Mutex<State>,
    bytes_max: u64,
}

/// What a result is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// The subtree and which of its parts are computed by themselves.
    pub form: Digest,
    /// Whether it is itself.
    pub alone: bool,
    /// Number of the fonts and limits.
    pub scope: u64,
}

#[derive(Debug, Default)]
struct State {
    entries: FxHashMap<Key, Entry>,
    by_age: BTreeMap<u64, Key>,
    clock: u64,
    bytes: u64,
    found: u64,
    /// Fonts and limits, the most recent last; what is kept under numbers that are gone ages out.
    scopes: Vec<(u64, Fonts, Limits)>,
    next_scope: u64,
}

/// Fonts and limits that are told apart; a daemon has one of each, or a few.
const SCOPES_MAX: usize = 16;

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

    /// How often a result was found instead of computed.
    pub fn found(&self) -> u64 {
        self.lock().found
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of these fonts and limits.
    pub(super) fn scope(&self, fonts: &Fonts, limits: &Limits) -> u64 {
        let state = &mut *self.lock();
        let known = state.scopes.iter().position(|(_, other, bound)| other.is_same(fonts) && bound == limits);
        let scope = match known {
            Some(at) => state.scopes.remove(at),
            None => {
                state.next_scope += 1;
                (state.next_scope, fonts.clone(), limits.clone())
            }
        };
        let number = scope.0;
        state.scopes.push(scope);
        if state.scopes.len() > SCOPES_MAX {
            state.scopes.remove(0);
        }
        number
    }

    pub(super) fn find(&self, key: &Key) -> Option<Made> {
        let state = &mut *self.lock();
        let entry = state.entries.get_mut(key)?;
        state.found += 1;
        state.by_age.remove(&entry.used);
        state.clock += 1;
        entry.used = state.clock;
        state.by_age.insert(state.clock, *key);
        Some(entry.made.clone())
    }

    pub(super) fn keep(&self, key: Key, made: &Made) {
        let bytes = made.byte_count() + ENTRY_BYTES;
        // one result may not turn everything else out
        if bytes > self.bytes_max / 4 {
            return;
        }
        let state = &mut *self.lock();
        if state.entries.contains_key(&key) {
            return;
        }
        state.clock += 1;
        state.by_age.insert(state.clock, key);
        state.entries.insert(key, Entry { made: made.clone(), bytes, used: state.clock });
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
            let Some((_, key)) = self.by_age.pop_first() else { return };
            if let Some(entry) = self.entries.remove(&key) {
                self.bytes -= entry.bytes;
            }
        }
    }
}

/// The entry itself, in both maps.
const ENTRY_BYTES: u64 = 256;
