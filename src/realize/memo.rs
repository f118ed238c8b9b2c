//! One result per subtree, by structural digest, under a byte budget with least-recently-used eviction; shared by all jobs of a process.
//!
//! A result may depend on more than the subtree: on the fonts, on the limits that could have stopped it, and on which of its parts stand in
//! the tree elsewhere too, since those are computed by themselves. All of that is in the key, so that a job's bytes are the same whatever
//! other jobs left here.

use std::sync::{Mutex, PoisonError};

use crate::budget::Limits;
use crate::csg::Digest;
use crate::lru::Lru;
use crate::realize::bundle::Made;
use crate::text::Fonts;

/// Results of subtrees; may be shared by all jobs of a process. What it holds never changes a result, only its cost.
#[derive(Debug)]
pub struct Memo {
    results: Lru<Key, Made>,
    scopes: Mutex<Scopes>,
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

/// Fonts and limits, the most recent last; what is kept under numbers that are gone ages out.
#[derive(Debug, Default)]
struct Scopes {
    known: Vec<(u64, Fonts, Limits)>,
    next: u64,
}

/// Fonts and limits that are told apart; a daemon has one of each, or a few.
const SCOPES_MAX: usize = 16;

impl Default for Memo {
    /// A quarter of a GiB.
    fn default() -> Self {
        Self::new(256 << 20)
    }
}

impl Memo {
    /// An empty memo that holds at most so many bytes.
    pub fn new(bytes_max: u64) -> Self {
        Self { results: Lru::new(bytes_max, bytes_max / 4), scopes: Mutex::default() }
    }

    /// Bytes held now.
    pub fn bytes(&self) -> u64 {
        self.results.bytes()
    }

    /// Number of results held now.
    pub fn len(&self) -> usize {
        self.results.len()
    }

    /// How often a result was found instead of computed.
    pub fn found(&self) -> u64 {
        self.results.found()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.results.is_empty()
    }

    /// The number of these fonts and limits.
    pub(super) fn scope(&self, fonts: &Fonts, limits: &Limits) -> u64 {
        let scopes = &mut *self.scopes.lock().unwrap_or_else(PoisonError::into_inner);
        let known = scopes.known.iter().position(|(_, other, bound)| other.is_same(fonts) && bound == limits);
        let scope = match known {
            Some(at) => scopes.known.remove(at),
            None => {
                scopes.next += 1;
                (scopes.next, fonts.clone(), limits.clone())
            }
        };
        let number = scope.0;
        scopes.known.push(scope);
        if scopes.known.len() > SCOPES_MAX {
            scopes.known.remove(0);
        }
        number
    }

    pub(super) fn find(&self, key: &Key) -> Option<Made> {
        self.results.find(key)
    }

    pub(super) fn keep(&self, key: Key, made: &Made) {
        self.results.keep(key, made.clone(), made.byte_count() + ENTRY_BYTES);
    }
}

/// The entry itself, in both maps.
const ENTRY_BYTES: u64 = 256;
