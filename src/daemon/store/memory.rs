//! The store in memory: for tests under paused time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;

use crate::daemon::store::{Place, PutIf, StoreError};

/// Objects in memory. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    shared: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<String, Bytes>,
    down: bool,
    /// So many of the next puts are done, and fail all the same.
    answers_lost: u32,
}

impl MemoryStore {
    /// So many of the next puts are done, and fail all the same.
    pub fn lose_answers(&self, count: u32) {
        self.lock().answers_lost = count;
    }

    /// While down, every put fails as if the store could not be reached.
    pub fn set_down(&self, down: bool) {
        self.lock().down = down;
    }

    /// Stores.
    pub fn put(&self, place: &Place, bytes: Bytes, when: PutIf) -> Result<(), StoreError> {
        let mut state = self.lock();
        if state.down {
            return Err(StoreError::Unavailable("down on purpose".to_owned()));
        }
        if when == PutIf::Absent && state.objects.contains_key(&place.key) {
            return Err(StoreError::Exists(place.to_string()));
        }
        state.objects.insert(place.key.clone(), bytes);
        if state.answers_lost > 0 {
            state.answers_lost -= 1;
            return Err(StoreError::Unavailable("the answer was lost on purpose".to_owned()));
        }
        Ok(())
    }

    /// Fetches.
    pub fn get(&self, place: &Place) -> Result<Bytes, StoreError> {
        self.lock().objects.get(&place.key).cloned().ok_or_else(|| StoreError::NotFound(place.to_string()))
    }

    /// Keys below a prefix.
    pub fn keys(&self, prefix: &str) -> Vec<String> {
        self.lock().objects.keys().filter(|key| key.starts_with(prefix)).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
