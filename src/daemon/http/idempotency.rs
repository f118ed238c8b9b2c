//! Names that jobs were posted under, and digests of what was posted: the same name with another body is a mistake.

use std::collections::{BTreeMap, VecDeque};

use sha2::{Digest as _, Sha256};

/// Names that are remembered; what was forgotten is found by its manifest.
const NAMES_MAX: usize = 20_000;

/// What was posted under which name.
#[derive(Debug, Default)]
pub struct Idempotency {
    digests: BTreeMap<String, [u8; 32]>,
    order: VecDeque<String>,
}

impl Idempotency {
    /// Remembers `body` under `name`. False when another body has the name.
    pub fn admit(&mut self, name: &str, body: &[u8]) -> bool {
        let digest: [u8; 32] = Sha256::digest(body).into();
        if let Some(known) = self.digests.get(name) {
            return *known == digest;
        }
        self.digests.insert(name.to_owned(), digest);
        self.order.push_back(name.to_owned());
        if self.order.len() > NAMES_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.digests.remove(&oldest);
        }
        true
    }
}
