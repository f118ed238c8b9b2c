//! What this daemon's board says, mirrored in Redis: any instance answers for any job, and passes on its cancelling.
//!
//! Redis is never the only copy. It holds statuses for a while, evicts whichever it likes, and may be gone: what it does not say is said by the manifest. A
//! status is one key that is overwritten, for each tells the whole; a job that is to be cancelled is another, which the daemon that runs it looks for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::config;
use crate::daemon::status::{Board, JobStatus, Observer, now_ms};
use crate::daemon::telemetry::Metrics;

/// The mirror. Clones share it.
#[derive(Clone)]
pub struct Mirror {
    connection: ConnectionManager,
    prefix: String,
    keep_s: u64,
    /// Not written yet; of each job the newest.
    changed: Arc<Mutex<BTreeMap<String, JobStatus>>>,
    wake: Arc<Notify>,
    /// Redis did not answer: until then nobody asks, and waits for, it again.
    silent_until: Arc<Mutex<Instant>>,
    metrics: Arc<Metrics>,
}

/// How often it is asked which jobs are to be cancelled.
const LOOK: Duration = Duration::from_secs(1);

/// Longest that a reader or the writer waits for Redis.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long Redis is left alone after it did not answer.
const RETRY: Duration = Duration::from_secs(2);

/// Statuses written by one call.
const BATCH: usize = 200;

/// Statuses that wait for Redis; what comes on top while it is gone is not mirrored.
const WAITING_MAX: usize = 20_000;

/// How long the wish to cancel waits for the job to begin.
const CANCEL_S: u64 = 86_400;

impl Mirror {
    /// A mirror in the Redis of the settings; connects when it is first used.
    ///
    /// # Errors
    /// The URL is not one of Redis.
    pub fn new(settings: &config::Redis, metrics: Arc<Metrics>) -> Result<Self, redis::RedisError> {
        let client = redis::Client::open(settings.url.as_str())?;
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        Ok(Self {
            connection: ConnectionManager::new_lazy_with_config(client, config)?,
            prefix: settings.prefix.clone(),
            keep_s: settings.keep.as_secs(),
            changed: Arc::default(),
            wake: Arc::default(),
            silent_until: Arc::new(Mutex::new(Instant::now())),
            metrics,
        })
    }

    /// An observer that mirrors what it is told, and tells it on.
    pub fn observe(&self, next: Option<Observer>) -> Observer {
        let mirror = self.clone();
        Arc::new(move |status: &JobStatus| {
            mirror.keep(status);
            if let Some(next) = &next {
                next(status);
            }
        })
    }

    fn keep(&self, status: &JobStatus) {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        if changed.len() < WAITING_MAX || changed.contains_key(&status.job) {
            changed.insert(status.job.clone(), status.clone());
            drop(changed);
            self.wake.notify_one();
        }
    }

    /// Writes what changes and cancels what is to be cancelled, until `stop`; what has changed by then is written.
    pub async fn run(self, board: Board, stop: CancellationToken) {
        loop {
            let ended = tokio::select! {
                () = stop.cancelled() => true,
                () = self.wake.notified() => false,
                () = tokio::time::sleep(LOOK) => false,
            };
            let done = async {
                self.write().await?;
                self.cancel_wanted(&board).await
            };
            if let Err(error) = done.await {
                self.note_failure(&error);
                if !ended {
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = tokio::time::sleep(RETRY) => {}
                    }
                }
            }
            if ended {
                return;
            }
        }
    }

    /// Writes all that waits; what could not be written waits on, unless it changed meanwhile.
    async fn write(&self) -> Result<(), redis::RedisError> {
        loop {
            let batch: Vec<JobStatus> = {
                let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
                let jobs: Vec<String> = changed.keys().take(BATCH).cloned().collect();
                jobs.iter().filter_map(|job| changed.remove(job)).collect()
            };
            if batch.is_empty() {
                return Ok(());
            }
            let mut pipe = redis::pipe();
            for status in &batch {
                let text = serde_json::to_string(status).unwrap_or_default();
                pipe.cmd("SET").arg(self.job_key(&status.job)).arg(text).arg("EX").arg(self.keep_s).ignore();
            }
            let written: Result<(), _> = pipe.query_async(&mut self.connection.clone()).await;
            if let Err(error) = written {
                let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
                for status in batch {
                    changed.entry(status.job.clone()).or_insert(status);
                }
                return Err(error);
            }
        }
    }

    async fn cancel_wanted(&self, board: &Board) -> Result<(), redis::RedisError> {
        let running = board.running();
        if running.is_empty() {
            return Ok(());
        }
        let mut ask = redis::cmd("MGET");
        for status in &running {
            ask.arg(self.cancel_key(&status.job));
        }
        let wanted: Vec<Option<String>> = ask.query_async(&mut self.connection.clone()).await?;
        for (status, _) in running.iter().zip(&wanted).filter(|(_, wanted)| wanted.is_some()) {
            board.cancel(&status.job);
        }
        Ok(())
    }

    /// How a job stands by the word of whichever daemon has it.
    pub async fn find(&self, job: &str) -> Option<JobStatus> {
        if self.is_silent() {
            return None;
        }
        let found = redis::cmd("GET").arg(self.job_key(job)).query_async(&mut self.connection.clone()).await;
        let text: Option<String> = found.inspect_err(|error| self.note_failure(error)).ok()?;
        serde_json::from_str(&text?).ok()
    }

    fn is_silent(&self) -> bool {
        Instant::now() < *self.silent_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_failure(&self, error: &redis::RedisError) {
        self.metrics.redis_failures.increment();
        tracing::debug!(%error, "Redis does not answer");
        *self.silent_until.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + RETRY;
    }

    /// Asks whichever daemon runs a job to cancel it. False where Redis does not answer.
    pub async fn ask_to_cancel(&self, job: &str) -> bool {
        let set = redis::cmd("SET").arg(self.cancel_key(job)).arg("1").arg("EX").arg(CANCEL_S).to_owned();
        let done: Result<(), redis::RedisError> = set.query_async(&mut self.connection.clone()).await;
        done.is_ok()
    }

    fn job_key(&self, job: &str) -> String {
        format!("{}job:{job}", self.prefix)
    }

    fn cancel_key(&self, job: &str) -> String {
        format!("{}cancel:{job}", self.prefix)
    }
}

/// A job that does not run here is believed to stand as it was told for so long: then its daemon may be dead, and the manifest knows better.
const FRESH_MS: u64 = 30_000;

/// Whether a status can be believed without a look at the manifest.
pub fn is_certain(status: &JobStatus) -> bool {
    status.is_settled() || now_ms().saturating_sub(status.changed_ms) < FRESH_MS
}

impl std::fmt::Debug for Mirror {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Mirror({})", self.prefix)
    }
}
