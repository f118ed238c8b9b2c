//! Computed values kept by key under a byte budget: the least recently used go first.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;

/// Values by key, shared between threads; what it holds never changes a result, only its cost. A clone of a value should be cheap.
#[derive(Debug)]
pub struct Lru<K, V> {
    state: Mutex<State<K, V>>,
    bytes_max: u64,
    entry_max: u64,
}

#[derive(Debug)]
struct State<K, V> {
    entries: FxHashMap<K, Entry<V>>,
    by_age: BTreeMap<u64, K>,
    clock: u64,
    bytes: u64,
    found: u64,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    bytes: u64,
    used: u64,
}

impl<K, V> Default for State<K, V> {
    fn default() -> Self {
        Self { entries: FxHashMap::default(), by_age: BTreeMap::new(), clock: 0, bytes: 0, found: 0 }
    }
}

impl<K: Copy + Eq + Hash, V: Clone> Lru<K, V> {
    /// An empty one that holds at most `bytes_max` bytes, and no value of more than `entry_max`: one may not turn everything else out.
    pub fn new(bytes_max: u64, entry_max: u64) -> Self {
        Self { state: Mutex::default(), bytes_max, entry_max }
    }

    /// Whether it can hold anything.
    pub fn is_on(&self) -> bool {
        self.bytes_max > 0
    }

    /// Bytes held now.
    pub fn bytes(&self) -> u64 {
        self.lock().bytes
    }

    /// Number of values held now.
    pub fn len(&self) -> usize {
        self.lock().entries.len()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How often a value was found.
    pub fn found(&self) -> u64 {
        self.lock().found
    }

    /// The value of a key, which is the most recently used then.
    pub fn find(&self, key: &K) -> Option<V> {
        let state = &mut *self.lock();
        let entry = state.entries.get_mut(key)?;
        state.found += 1;
        state.by_age.remove(&entry.used);
        state.clock += 1;
        entry.used = state.clock;
        state.by_age.insert(state.clock, *key);
        Some(entry.value.clone())
    }

    /// Keeps a value of so many bytes, unless there is one of the same key.
    pub fn keep(&self, key: K, value: V, bytes: u64) {
        if bytes > self.entry_max {
            return;
        }
        let state = &mut *self.lock();
        if state.entries.contains_key(&key) {
            return;
        }
        state.clock += 1;
        state.by_age.insert(state.clock, key);
        state.entries.insert(key, Entry { value, bytes, used: state.clock });
        state.bytes += bytes;
        while state.bytes > self.bytes_max {
            let Some((_, key)) = state.by_age.pop_first() else { return };
            if let Some(entry) = state.entries.remove(&key) {
                state.bytes -= entry.bytes;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<K, V>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
