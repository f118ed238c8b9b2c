//! `Content`: the bytes of a file, and their digest, computed once however many nodes carry them.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use crate::csg::Digest;

/// The bytes of a file. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Content {
    bytes: Arc<[u8]>,
    digest: Arc<OnceLock<Digest>>,
}

impl Content {
    /// Their digest; O(n) when it is first asked for, of any clone.
    pub fn digest(&self) -> Digest {
        *self.digest.get_or_init(|| Digest::of(&self.bytes))
    }

    /// The bytes, shared.
    pub fn shared(&self) -> &Arc<[u8]> {
        &self.bytes
    }
}

impl From<Arc<[u8]>> for Content {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self { bytes, digest: Arc::default() }
    }
}

impl Deref for Content {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.bytes, &other.bytes) || self.bytes == other.bytes
    }
}
