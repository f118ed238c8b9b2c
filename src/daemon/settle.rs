//! Outcome to store, then notify, then acknowledge; the only place that orders them.
//!
//! | the daemon dies | what is left | what the next delivery does |
//! | --- | --- | --- |
//! | before any artefact is stored | the message | the job once more |
//! | between artefacts | some artefacts, no manifest: the job is not done | the job once more; the same bytes under the same keys |
//! | after the artefacts, before the manifest | all artefacts, no manifest | as above |
//! | after the manifest, before the notification | the result, nobody told | finds the manifest, tells, acknowledges |
//! | after the notification, before the delete | the result, told | finds the manifest, tells again under the same event id, acknowledges |
//! | after the delete | nothing to do | there is none |
//!
//! Two daemons with the same message write the same artefacts; the manifest is put only where there is none, so one of them wins and the other
//! acknowledges what it finds. A daemon that lost its lease writes no manifest: whoever holds the lease now will.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::daemon::breaker::Breaker;
use crate::daemon::lease::Lease;
use crate::daemon::notify::Notifier;
use crate::daemon::retry::Backoff;
use crate::daemon::store::{Place, PutIf, Store, StoreError};
use crate::daemon::telemetry::Metrics;
use crate::job::{Outcome, keys};

/// Where a job writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Bucket.
    pub bucket: String,
    /// Empty or ends in `/`.
    pub prefix: String,
}

impl Target {
    /// Where the manifest lies.
    pub fn manifest(&self) -> Place {
        Place { bucket: self.bucket.clone(), key: keys::manifest(&self.prefix) }
    }

    /// Where the job's owner puts an object to cancel it.
    pub fn cancel(&self) -> Place {
        Place { bucket: self.bucket.clone(), key: keys::cancel(&self.prefix) }
    }

    /// Where an artefact lies.
    pub fn artefact(&self, name: &str) -> Place {
        Place { bucket: self.bucket.clone(), key: keys::artefact(&self.prefix, name) }
    }
}

/// Why a job could not be settled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsettled {
    /// The lease was lost: somebody else settles it.
    #[error("the lease was lost")]
    Lost,
    /// The daemon ends, and its grace is over.
    #[error("the daemon ends")]
    Abandoned,
    /// The store or the notifier could not, for as long as was reasonable.
    #[error("{0}")]
    Unavailable(String),
    /// What the job asked for cannot be written, now or later.
    #[error("{0}")]
    Destination(String),
}

/// What settling needs.
#[derive(Debug)]
pub struct Settler {
    /// Where artefacts go.
    pub store: Store,
    /// Who is told.
    pub notifier: Notifier,
    /// Counts the store's failures.
    pub breaker: Breaker,
    /// Counts everything.
    pub metrics: Arc<Metrics>,
    /// The daemon's own bucket: its failures are ours, not the job's.
    pub bucket: String,
    /// Uploads of one job at once.
    pub uploads: usize,
    /// Cancelled when the daemon must end now.
    pub abandon: CancellationToken,
}

/// How long a finished job waits for the store: its message is kept invisible meanwhile, which costs no attempt, and its slot is not used for more work.
const PATIENCE: Duration = Duration::from_secs(600);

impl Settler {
    /// The manifest of `job` that is there already, if one is.
    ///
    /// # Errors
    /// A manifest of another job at this place, or a store that does not answer.
    pub async fn find_manifest(&self, target: &Target, job: &str) -> Result<Option<Bytes>, Unsettled> {
        match self.read_manifest(target, job).await? {
            Found::Manifest(bytes) => Ok(Some(bytes)),
            Found::Nothing | Found::Denied => Ok(None),
        }
    }

    async fn read_manifest(&self, target: &Target, job: &str) -> Result<Found, Unsettled> {
        let place = target.manifest();
        match self.store.get(&place, None, MANIFEST_BYTES_MAX).await {
            Ok(bytes) if names_job(&bytes, job) => Ok(Found::Manifest(bytes)),
            Ok(_) => Err(Unsettled::Destination(format!("{place} is the manifest of another job"))),
            Err(StoreError::NotFound(_)) => Ok(Found::Nothing),
            Err(error @ StoreError::NoBucket(_)) if target.bucket != self.bucket => {
                Err(Unsettled::Destination(error.to_string()))
            }
            // without the right to list S3 denies what is not there, without the right to read everything: how the store is, a put will tell
            Err(StoreError::Denied(_)) => Ok(Found::Denied),
            Err(error) => {
                self.count_failure(&error, &target.bucket);
                Err(Unsettled::Unavailable(error.to_string()))
            }
        }
    }

    /// Stores artefacts, several at once. All are there when this returns well.
    ///
    /// # Errors
    /// The first that could not be stored.
    pub async fn store_artefacts(
        self: &Arc<Self>,
        target: &Target,
        outcome: &Arc<Outcome>,
        lease: &Arc<Lease>,
    ) -> Result<u64, Unsettled> {
        let mut tasks = JoinSet::new();
        let mut waiting = outcome.artefacts().enumerate();
        let mut bytes = 0;
        loop {
            while tasks.len() < self.uploads
                && let Some((index, artefact)) = waiting.next()
            {
                bytes += artefact.bytes.len() as u64;
                let (settler, target, lease) = (Arc::clone(self), target.clone(), Arc::clone(lease));
                let upload = Upload {
                    place: target.artefact(&artefact.name),
                    media_type: artefact.media_type,
                    bytes: Bytes::from_owner(Made { outcome: Arc::clone(outcome), index }),
                    when: PutIf::Always,
                };
                tasks.spawn(async move { settler.put(&target, upload, &lease).await });
            }
            match tasks.join_next().await {
                None => return Ok(bytes),
                Some(Ok(stored)) => drop(stored?),
                Some(Err(error)) => return Err(Unsettled::Unavailable(error.to_string())),
            }
        }
    }

    /// Puts the manifest where there is none. Returns the one that holds: this, or that of whoever was faster.
    ///
    /// # Errors
    /// As for artefacts; and when another job's manifest is there.
    pub async fn commit(
        &self,
        target: &Target,
        job: &str,
        manifest: Vec<u8>,
        lease: &Lease,
    ) -> Result<Bytes, Unsettled> {
        let bytes = Bytes::from(manifest);
        let upload = Upload {
            place: target.manifest(),
            media_type: "application/json",
            bytes: bytes.clone(),
            when: PutIf::Absent,
        };
        let stored = self.put(target, upload, lease).await?;
        if stored == Stored::Now {
            return Ok(bytes);
        }
        match self.read_manifest(target, job).await? {
            Found::Manifest(other) => Ok(other),
            Found::Nothing => Err(Unsettled::Unavailable("the manifest was there and is gone".to_owned())),
            // it is there and may not be read: whoever was faster had the same job
            Found::Denied => Ok(bytes),
        }
    }

    /// Tells whoever is to be told.
    ///
    /// # Errors
    /// When it could not be said: the message goes back, and the next delivery tells.
    pub async fn tell(&self, target: &Target, manifest: &[u8]) -> Result<(), Unsettled> {
        let told = self.notifier.completed(manifest, &target.manifest(), &self.metrics).await;
        told.map_err(|error| Unsettled::Unavailable(error.to_string()))
    }

    async fn put(&self, target: &Target, upload: Upload, lease: &Lease) -> Result<Stored, Unsettled> {
        let Upload { place, media_type, bytes, when } = upload;
        let give_up = Instant::now() + PATIENCE;
        let mut backoff = Backoff::new(Duration::from_millis(250), Duration::from_secs(20));
        loop {
            self.check(lease)?;
            // a call may take minutes with its repetitions: who holds the lease by then writes
            let put = tokio::select! {
                put = self.store.put(&place, media_type, bytes.clone(), when) => put,
                () = lease.lost().cancelled_owned() => return Err(Unsettled::Lost),
                () = self.abandon.cancelled() => return Err(Unsettled::Abandoned),
            };
            match put {
                Ok(()) => {
                    self.breaker.succeeded();
                    self.metrics.bytes_out.add(bytes.len() as u64);
                    return Ok(Stored::Now);
                }
                Err(StoreError::Exists(_)) => return Ok(Stored::Before),
                Err(error) if is_the_jobs_fault(&error, target.bucket == self.bucket) => {
                    return Err(Unsettled::Destination(error.to_string()));
                }
                Err(error) => {
                    self.count_failure(&error, &target.bucket);
                    if Instant::now() >= give_up {
                        return Err(Unsettled::Unavailable(error.to_string()));
                    }
                }
            }
            tokio::select! {
                () = tokio::time::sleep(backoff.next_pause()) => {}
                () = lease.lost().cancelled_owned() => {}
                () = self.abandon.cancelled() => {}
            }
        }
    }

    fn check(&self, lease: &Lease) -> Result<(), Unsettled> {
        if !lease.is_held() {
            return Err(Unsettled::Lost);
        }
        if self.abandon.is_cancelled() { Err(Unsettled::Abandoned) } else { Ok(()) }
    }

    /// Counts a failure at `bucket`; enough of them in a row stop receiving.
    pub fn count_failure(&self, error: &StoreError, bucket: &str) {
        self.metrics.store_failures.increment();
        // a job's own bucket that denies access says nothing about ours
        if error.is_transient() || bucket == self.bucket {
            self.breaker.failed(&error.to_string());
        }
    }
}

/// An artefact's bytes where they are: they may be most of a gibibyte.
struct Made {
    outcome: Arc<Outcome>,
    index: usize,
}

impl AsRef<[u8]> for Made {
    fn as_ref(&self) -> &[u8] {
        self.outcome.artefacts().nth(self.index).map_or(&[], |artefact| &artefact.bytes)
    }
}

/// One object on its way.
struct Upload {
    place: Place,
    media_type: &'static str,
    bytes: Bytes,
    when: PutIf,
}

/// What lies where the manifest is to be.
enum Found {
    Nothing,
    Manifest(Bytes),
    /// Something or nothing: it may not be looked at.
    Denied,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stored {
    Now,
    Before,
}

/// The longest manifest: a thousand messages and outputs.
const MANIFEST_BYTES_MAX: u64 = 16 << 20;

fn is_the_jobs_fault(error: &StoreError, own_bucket: bool) -> bool {
    match error {
        StoreError::Refused(_) => true,
        StoreError::NoBucket(_) | StoreError::Denied(_) => !own_bucket,
        _ => false,
    }
}

fn names_job(manifest: &[u8], job: &str) -> bool {
    serde_json::from_slice::<Value>(manifest).is_ok_and(|manifest| manifest["job"] == job)
}
