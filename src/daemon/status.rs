//! Where each job stands: in memory, for `/v1/status`, and for whoever watches.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use serde::Serialize;
use tokio_util::sync::CancellationToken;

/// Something that happened to a job.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JobStatus {
    /// The job.
    pub job: String,
    /// Which attempt.
    pub attempt: u32,
    /// `running`, `queued` (again), or the manifest's status.
    pub status: String,
    /// While running: `fetching`, `evaluating`, `meshing`, `exporting`, `uploading`.
    pub phase: &'static str,
    /// 0 to 1.
    pub progress: f32,
    /// Milliseconds since 1970, of the last change.
    pub changed_ms: u64,
    /// The failure's code, once failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// `s3://bucket/key` of the manifest, once it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manifest: Option<String>,
    /// Keys of the artefacts, once they are there.
    pub artefacts: Vec<String>,
    /// Triangles of the model, once known.
    pub triangles: Option<usize>,
    /// From receipt, once settled.
    pub took_ms: Option<u64>,
}

/// Called at every change of any job, on whichever thread it happens: it must be quick.
pub type Observer = Arc<dyn Fn(&JobStatus) + Send + Sync>;

/// The board that all jobs of this daemon are on.
#[derive(Clone)]
pub struct Board {
    shared: Arc<Mutex<State>>,
    observer: Option<Observer>,
}

#[derive(Default)]
struct State {
    running: BTreeMap<String, (JobStatus, CancellationToken)>,
    settled: VecDeque<JobStatus>,
}

/// Settled jobs that are remembered.
const SETTLED_MAX: usize = 200;

impl Board {
    /// An empty board.
    pub fn new(observer: Option<Observer>) -> Self {
        Self { shared: Arc::default(), observer }
    }

    /// A job that begins, and the token that cancels it.
    pub fn begin(&self, job: &str, attempt: u32, cancel: CancellationToken) {
        let status = JobStatus {
            job: job.to_owned(),
            attempt,
            status: "running".into(),
            phase: "fetching",
            progress: 0.0,
            changed_ms: now_ms(),
            code: None,
            manifest: None,
            artefacts: Vec::new(),
            triangles: None,
            took_ms: None,
        };
        self.tell(&status);
        self.lock().running.insert(job.to_owned(), (status, cancel));
    }

    /// A job that goes on.
    pub fn advance(&self, job: &str, phase: &'static str, progress: f32) {
        let mut state = self.lock();
        let Some((status, _)) = state.running.get_mut(job) else { return };
        status.phase = phase;
        // going back would look like a fault to whoever watches
        status.progress = status.progress.max(progress);
        status.changed_ms = now_ms();
        let status = status.clone();
        drop(state);
        self.tell(&status);
    }

    /// A job that ends here: settled, or back in the queue.
    pub fn end(&self, job: &str, finish: impl FnOnce(&mut JobStatus)) {
        let mut state = self.lock();
        let Some((mut status, _)) = state.running.remove(job) else { return };
        status.changed_ms = now_ms();
        finish(&mut status);
        state.settled.push_back(status.clone());
        if state.settled.len() > SETTLED_MAX {
            state.settled.pop_front();
        }
        drop(state);
        self.tell(&status);
    }

    /// Cancels a job that runs here.
    pub fn cancel(&self, job: &str) -> bool {
        match self.lock().running.get(job) {
            Some((_, cancel)) => {
                cancel.cancel();
                true
            }
            None => false,
        }
    }

    /// One job, running or lately settled.
    pub fn find(&self, job: &str) -> Option<JobStatus> {
        let state = self.lock();
        let settled = || state.settled.iter().rev().find(|status| status.job == job).cloned();
        state.running.get(job).map(|(status, _)| status.clone()).or_else(settled)
    }

    /// The running jobs.
    pub fn running(&self) -> Vec<JobStatus> {
        self.lock().running.values().map(|(status, _)| status.clone()).collect()
    }

    fn tell(&self, status: &JobStatus) {
        if let Some(observer) = &self.observer {
            observer(status);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Board {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Board")
    }
}

/// Milliseconds since 1970.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
