//! `Store`: get, put, and what a failed put means.

mod memory;
mod s3;

use std::time::Duration;

use axum::body::Bytes;

pub use memory::MemoryStore;
pub use s3::S3Store;

/// The store: on S3, or in memory for tests under paused time. Calls to S3 are boxed: their futures are large, and every job's task would be moved with room for them.
#[derive(Debug, Clone)]
pub enum Store {
    /// On S3.
    S3(S3Store),
    /// In memory.
    Memory(MemoryStore),
}

/// An object's place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Bucket.
    pub bucket: String,
    /// Key.
    pub key: String,
}

/// When a put is to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutIf {
    /// In any case.
    Always,
    /// Only if nothing is there.
    Absent,
}

/// Why a store did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Nothing is there.
    #[error("there is no object {0}")]
    NotFound(String),
    /// The bucket is not there.
    #[error("there is no bucket {0}")]
    NoBucket(String),
    /// Something is there already.
    #[error("there is an object {0} already")]
    Exists(String),
    /// Not reached, throttled or out of order: later may be better.
    #[error("the store could not be reached: {0}")]
    Unavailable(String),
    /// Not allowed, or no credentials.
    #[error("the store denies access: {0}")]
    Denied(String),
    /// The request itself is refused.
    #[error("the store does not accept the request: {0}")]
    Refused(String),
    /// The object is larger than may be fetched.
    #[error("{0} is larger than the {1} bytes that are left for a job's files")]
    TooLarge(String, u64),
}

impl StoreError {
    /// Whether the same call may succeed soon.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl Store {
    /// Stores `bytes`.
    ///
    /// # Errors
    /// `Exists` only with [`PutIf::Absent`].
    pub async fn put(&self, place: &Place, media_type: &str, bytes: Bytes, when: PutIf) -> Result<(), StoreError> {
        match self {
            Self::S3(store) => Box::pin(store.put(place, media_type, bytes, when)).await,
            Self::Memory(store) => store.put(place, bytes, when),
        }
    }

    /// Copies an object, without its bytes coming here.
    ///
    /// # Errors
    /// `NotFound` and the others.
    pub async fn copy(&self, from: &Place, to: &Place) -> Result<(), StoreError> {
        match self {
            Self::S3(store) => Box::pin(store.copy(from, to)).await,
            Self::Memory(store) => store.put(to, store.get(from)?, PutIf::Always),
        }
    }

    /// Fetches at most `bytes_max` bytes.
    ///
    /// # Errors
    /// `NotFound`, `TooLarge` and the others.
    pub async fn get(&self, place: &Place, version: Option<&str>, bytes_max: u64) -> Result<Bytes, StoreError> {
        match self {
            Self::S3(store) => Box::pin(store.get(place, version, bytes_max)).await,
            Self::Memory(store) => store.get(place),
        }
    }

    /// A URL that anybody may fetch the object with for a while, as a download named `file`; none where the store has no URLs.
    ///
    /// # Errors
    /// The request cannot be signed.
    pub async fn presign(&self, place: &Place, file: &str, valid: Duration) -> Result<Option<String>, StoreError> {
        match self {
            Self::S3(store) => Box::pin(store.presign(place, file, valid)).await.map(Some),
            Self::Memory(_) => Ok(None),
        }
    }

    /// Whether there is an object.
    ///
    /// # Errors
    /// All kinds but `NotFound`.
    pub async fn contains(&self, place: &Place) -> Result<bool, StoreError> {
        match self {
            Self::S3(store) => Box::pin(store.contains(place)).await,
            Self::Memory(store) => Ok(store.get(place).is_ok()),
        }
    }

    /// Keys below a prefix, in order; at most a few thousand.
    ///
    /// # Errors
    /// As for a fetch.
    pub async fn list(&self, prefix: &Place) -> Result<Vec<String>, StoreError> {
        match self {
            Self::S3(store) => Box::pin(store.list(prefix)).await,
            Self::Memory(store) => Ok(store.keys(&prefix.key)),
        }
    }

    /// Whether the bucket can be reached.
    ///
    /// # Errors
    /// Why not.
    pub async fn probe(&self, bucket: &str) -> Result<(), StoreError> {
        match self {
            Self::S3(store) => Box::pin(store.probe(bucket)).await,
            Self::Memory(_) => Ok(()),
        }
    }
}

impl std::str::FromStr for Place {
    type Err = ();

    /// Reads what `Display` writes.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (bucket, key) = text.strip_prefix("s3://").and_then(|rest| rest.split_once('/')).ok_or(())?;
        Ok(Self { bucket: bucket.to_owned(), key: key.to_owned() })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "s3://{}/{}", self.bucket, self.key)
    }
}
