//! Where each job stands: in memory, for `/v1/status`, and for whoever watches.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// Something that happened to a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobStatus {
    /// The job.
    pub job: String,
    /// Which attempt.
    pub attempt: u32,
    /// `queued`, `running`, or the manifest's status.
    pub status: String,
    /// While running: `fetching`, `evaluating`, `meshing`, `exporting`, `uploading`.
    pub phase: Cow<'static, str>,
    /// 0 to 1.
    pub progress: f32,
    /// Milliseconds since 1970, of the last change.
    pub changed_ms: u64,
    /// Grows with every change of any job: by the clock, so that another daemon's are comparable.
    pub sequence: u64,
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
    changes: broadcast::Sender<JobStatus>,
}

#[derive(Default)]
struct State {
    running: BTreeMap<String, Running>,
    /// Those that do not run here: settled, or in the queue.
    resting: VecDeque<JobStatus>,
    sequence: u64,
}

struct Running {
    status: JobStatus,
    cancel: CancellationToken,
    attempt: Begun,
}

/// An attempt that began here. A job delivered twice may have two: the later is the one that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    job: String,
    sequence: u64,
}

/// Jobs that are remembered once they do not run.
const RESTING_MAX: usize = 2000;

/// Changes that a slow watcher may be behind; it goes on from where the job stands then.
const CHANGES_MAX: usize = 256;

impl JobStatus {
    /// A job of which nothing is known yet but that it waits.
    pub fn queued(job: &str) -> Self {
        Self {
            job: job.to_owned(),
            attempt: 0,
            status: "queued".into(),
            phase: "queued".into(),
            progress: 0.0,
            changed_ms: now_ms(),
            sequence: 0,
            code: None,
            manifest: None,
            artefacts: Vec::new(),
            triangles: None,
            took_ms: None,
        }
    }

    /// Whether the job has a manifest, so that nothing will change any more.
    pub fn is_settled(&self) -> bool {
        self.manifest.is_some()
    }
}

impl State {
    /// Marks a change.
    fn touch(&mut self, status: &mut JobStatus) {
        status.changed_ms = now_ms();
        self.sequence = (self.sequence + 1).max(status.changed_ms);
        status.sequence = self.sequence;
    }

    /// The attempt, unless a later one is shown.
    fn take(&mut self, attempt: &Begun) -> Option<Running> {
        let is_shown = self.running.get(&attempt.job).is_some_and(|running| running.attempt == *attempt);
        if is_shown { self.running.remove(&attempt.job) } else { None }
    }

    fn rest(&mut self, status: JobStatus) {
        self.resting.push_back(status);
        if self.resting.len() > RESTING_MAX {
            self.resting.pop_front();
        }
    }
}

impl Board {
    /// An empty board.
    pub fn new(observer: Option<Observer>) -> Self {
        Self { shared: Arc::default(), observer, changes: broadcast::Sender::new(CHANGES_MAX) }
    }

    /// A job that was put on the queue.
    pub fn queue(&self, job: &str) -> JobStatus {
        let mut status = JobStatus::queued(job);
        let mut state = self.lock();
        state.touch(&mut status);
        state.rest(status.clone());
        drop(state);
        self.tell(&status);
        status
    }

    /// An attempt at a job, and the token that cancels it.
    pub fn begin(&self, job: &str, attempt: u32, cancel: CancellationToken) -> Begun {
        let mut status =
            JobStatus { attempt, status: "running".into(), phase: "fetching".into(), ..JobStatus::queued(job) };
        let mut state = self.lock();
        state.touch(&mut status);
        let attempt = Begun { job: job.to_owned(), sequence: status.sequence };
        let running = Running { status: status.clone(), cancel, attempt: attempt.clone() };
        state.running.insert(job.to_owned(), running);
        drop(state);
        self.tell(&status);
        attempt
    }

    /// An attempt goes on.
    pub fn advance(&self, attempt: &Begun, phase: &'static str, progress: f32) {
        let mut state = self.lock();
        let Some(mut running) = state.take(attempt) else { return };
        let status = &mut running.status;
        status.phase = phase.into();
        // going back would look like a fault to whoever watches
        status.progress = status.progress.max(progress);
        state.touch(status);
        let status = status.clone();
        state.running.insert(attempt.job.clone(), running);
        drop(state);
        self.tell(&status);
    }

    /// An attempt ends here: its job is settled, or back in the queue.
    pub fn end(&self, attempt: &Begun, finish: impl FnOnce(&mut JobStatus)) {
        let mut state = self.lock();
        let Some(Running { mut status, .. }) = state.take(attempt) else { return };
        finish(&mut status);
        state.touch(&mut status);
        state.rest(status.clone());
        drop(state);
        self.tell(&status);
    }

    /// An attempt that lost its message: whoever has it now tells how the job stands.
    pub fn forget(&self, attempt: &Begun) {
        self.lock().take(attempt);
    }

    /// Told of every change from now on, of any job.
    pub fn watch(&self) -> broadcast::Receiver<JobStatus> {
        self.changes.subscribe()
    }

    /// Cancels a job that runs here.
    pub fn cancel(&self, job: &str) -> bool {
        match self.lock().running.get(job) {
            Some(running) => {
                running.cancel.cancel();
                true
            }
            None => false,
        }
    }

    /// One job, running or lately at rest.
    pub fn find(&self, job: &str) -> Option<JobStatus> {
        let state = self.lock();
        let resting = || state.resting.iter().rev().find(|status| status.job == job).cloned();
        state.running.get(job).map(|running| running.status.clone()).or_else(resting)
    }

    /// The running jobs.
    pub fn running(&self) -> Vec<JobStatus> {
        self.lock().running.values().map(|running| running.status.clone()).collect()
    }

    fn tell(&self, status: &JobStatus) {
        if let Some(observer) = &self.observer {
            observer(status);
        }
        if self.changes.receiver_count() > 0 {
            // the last watcher may just have gone
            let _ = self.changes.send(status.clone());
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio_util::sync::CancellationToken;

    use crate::daemon::status::Board;

    #[test]
    fn an_attempt_that_was_overtaken_says_nothing_of_the_later_one() {
        let board = Board::new(None);
        let (first, second) = (CancellationToken::new(), CancellationToken::new());
        let lost = board.begin("twice", 1, first.clone());
        let held = board.begin("twice", 2, second.clone());
        board.advance(&lost, "exporting", 0.9);
        board.end(&lost, |status| status.status = "queued".into());
        let status = board.find("twice").expect("it runs");
        assert_eq!((status.status.as_str(), status.attempt, status.progress), ("running", 2, 0.0));
        assert!(board.cancel("twice") && second.is_cancelled() && !first.is_cancelled());
        board.end(&held, |status| status.status = "canceled".into());
        assert_eq!(board.find("twice").expect("it rests").status, "canceled");
    }

    #[test]
    fn of_an_attempt_that_lost_its_message_nobody_hears() {
        let told = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&told);
        let board = Board::new(Some(Arc::new(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
        })));
        let lost = board.begin("lost", 1, CancellationToken::new());
        board.forget(&lost);
        assert_eq!((told.load(Ordering::Relaxed), board.find("lost")), (1, None));
    }
}
