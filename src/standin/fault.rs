//! Faults on demand: what goes wrong, at which call of which operation, and how often.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// Something that goes wrong at some calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// The operation, as the service names it (`ReceiveMessage`, `PutObject`, …); every one when not said.
    #[serde(default)]
    pub operation: Option<String>,
    /// Only S3 calls whose key contains this.
    #[serde(default)]
    pub key: Option<String>,
    /// Calls that go well first.
    #[serde(default)]
    pub skip: u32,
    /// Calls that go wrong after those; without end when not said.
    #[serde(default)]
    pub times: Option<u32>,
    /// What goes wrong.
    pub action: Action,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// An error is answered and nothing done: an HTTP status and the service's code, `ServiceUnavailable` or `AccessDenied` say.
    Refuse {
        /// HTTP status.
        status: u16,
        /// The code.
        code: String,
    },
    /// The connection is closed before anything is done.
    Reset,
    /// It is done, and the connection is closed instead of an answer.
    ResetAfter,
    /// It is done, and half of the answer's body is sent.
    Truncate,
    /// Nothing is done and nothing answered.
    BlackHole,
    /// It is done after so many milliseconds.
    Delay(u64),
    /// ReceiveMessage: what is received stays receivable.
    DuplicateDelivery,
    /// DeleteMessage: answered, not done.
    LoseDelete,
}

/// Faults that change what an operation does rather than how it is answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effects {
    /// Deliver twice.
    pub duplicate: bool,
    /// Do not delete.
    pub lose: bool,
}

/// The faults in force, and how often each operation was called.
#[derive(Debug, Default)]
pub struct Faults {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    active: BTreeMap<u64, Fault>,
    calls: BTreeMap<String, u64>,
}

impl Faults {
    /// Puts a fault in force. Returns the number to take it back by.
    pub fn inject(&self, fault: Fault) -> u64 {
        let mut state = self.lock();
        let id = state.next;
        state.next += 1;
        state.active.insert(id, fault);
        id
    }

    /// Takes one fault back.
    pub fn remove(&self, id: u64) -> bool {
        self.lock().active.remove(&id).is_some()
    }

    /// Takes all faults back.
    pub fn clear(&self) {
        self.lock().active.clear();
    }

    /// The faults in force, with what is left of their counts.
    pub fn active(&self) -> BTreeMap<u64, Fault> {
        self.lock().active.clone()
    }

    /// How often each operation was called so far.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.lock().calls.clone()
    }

    /// Counts a call of `operation` and says what goes wrong with it: of several faults the first put in force.
    pub fn strike(&self, operation: &str, key: &str) -> Option<Action> {
        let mut state = self.lock();
        *state.calls.entry(operation.to_owned()).or_default() += 1;
        let mut struck = None;
        for (id, fault) in &mut state.active {
            let meant = fault.operation.as_deref().is_none_or(|meant| meant == operation);
            if !meant || fault.key.as_deref().is_some_and(|part| !key.contains(part)) {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            if let Some(times) = &mut fault.times {
                *times = times.saturating_sub(1);
            }
            struck = Some((*id, fault.clone()));
            break;
        }
        let (id, fault) = struck?;
        if fault.times == Some(0) {
            state.active.remove(&id);
        }
        Some(fault.action)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fault {
    /// `action` at the calls `skip + 1` to `skip + times` of `operation`.
    pub fn at(operation: &str, skip: u32, times: u32, action: Action) -> Self {
        Self { operation: Some(operation.to_owned()), key: None, skip, times: Some(times), action }
    }

    /// `action` at every call of `operation` from now on.
    pub fn always(operation: &str, action: Action) -> Self {
        Self { operation: Some(operation.to_owned()), key: None, skip: 0, times: None, action }
    }
}

#[cfg(test)]
mod tests {
    use crate::standin::fault::{Action, Fault, Faults};

    #[test]
    fn a_fault_strikes_the_calls_it_is_meant_for() {
        let faults = Faults::default();
        faults.inject(Fault::at("PutObject", 1, 2, Action::Reset));
        let struck: Vec<bool> = (0..5).map(|_| faults.strike("PutObject", "").is_some()).collect();
        assert_eq!(struck, [false, true, true, false, false]);
        assert!(faults.active().is_empty());
        assert_eq!(faults.strike("GetObject", ""), None);
        assert_eq!(faults.calls()["PutObject"], 5);
    }
}
