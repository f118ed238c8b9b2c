//! Where a job is computed: on a thread of the daemon (`thread`), or in a process of its own out of a warm pool (`pool`, `child`).
//!
//! Threads are fast and share caches; what a job's values and meshes take is counted, and its panics are caught. A process can be ended
//! whatever it does: a native stack overflow, an abort or memory that nobody counted costs that job and no other.

mod child;
mod confine;
mod filter;
mod frame;
mod pool;
mod thread;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

pub use child::serve_parent;
pub use pool::Pool;
pub use thread::Work;

use crate::budget::{Budget, Exceeded};
use crate::config::{Isolation, Settings};
use crate::daemon::resources::Resources;
use crate::daemon::telemetry::{Metrics, event};
use crate::job::{Failure, Inputs, JobSpec, Outcome, Phase};

/// What computes jobs.
#[derive(Clone)]
pub enum Workers {
    /// Threads of this process.
    Threads(Work),
    /// Processes of their own.
    Processes(Arc<Pool>),
}

impl std::fmt::Debug for Workers {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Threads(_) => "Threads",
            Self::Processes(_) => "Processes",
        })
    }
}

impl From<Work> for Workers {
    fn from(work: Work) -> Self {
        Self::Threads(work)
    }
}

impl Workers {
    /// Those that the settings ask for; processes run this very binary again.
    pub fn of(settings: &Settings, resources: &Resources) -> Self {
        match settings.worker.isolation {
            Isolation::Threads => Self::Threads(resources.pipeline(settings.worker.stack_bytes)),
            // not the path of the binary: an update may have replaced what lies there
            Isolation::Processes => Self::Processes(Arc::new(Pool::new(PathBuf::from("/proc/self/exe"), settings))),
        }
    }
}

/// One job to compute.
pub struct Task {
    /// The job as it was written.
    pub text: Arc<[u8]>,
    /// The job.
    pub spec: Arc<JobSpec>,
    /// Its files.
    pub inputs: Inputs,
    /// Its limits.
    pub budget: Budget,
    /// Longest run.
    pub wall: Duration,
    /// Any of these cancels it: its owner, a lost lease, the end of the daemon.
    pub cancel: [CancellationToken; 3],
    /// Stack of its thread in bytes.
    pub stack_bytes: usize,
    /// Told of its phases.
    pub progress: Arc<dyn Fn(Phase) + Send + Sync>,
}

impl Task {
    /// Waits until the job is not to go on: nobody wants it any more, or its time is up.
    async fn ended(&self) -> Exceeded {
        let [owner, lost, abandon] = &self.cancel;
        tokio::select! {
            biased;
            () = owner.cancelled() => Exceeded::Cancelled,
            () = lost.cancelled() => Exceeded::Cancelled,
            () = abandon.cancelled() => Exceeded::Cancelled,
            () = tokio::time::sleep(self.wall) => Exceeded::Time,
        }
    }

    fn enter(&self, stages: &Stages, phase: Phase) {
        stages.enter(phase.name());
        (self.progress)(phase);
    }
}

/// What a job came to, and what it took.
#[derive(Debug)]
pub struct Computed {
    /// The outcome; its artefacts are not copied on their way to the store.
    pub outcome: Arc<Outcome>,
    /// Milliseconds by phase.
    pub stages_ms: Vec<(&'static str, u64)>,
    /// Milliseconds of CPU, where the job had a process of its own.
    pub cpu_ms: Option<u64>,
}

impl Computed {
    /// A job that was not begun.
    pub fn failed(failure: Failure) -> Self {
        Self { outcome: Arc::new(Outcome::failed(failure)), stages_ms: Vec::new(), cpu_ms: None }
    }
}

/// Computes one job.
pub async fn compute(workers: &Workers, task: Task, metrics: &Metrics) -> Computed {
    let stages = Arc::new(Stages::default());
    let (outcome, cpu_ms) = match workers {
        Workers::Threads(work) => (thread::compute(Arc::clone(work), task, Arc::clone(&stages)).await, None),
        Workers::Processes(pool) => pool.compute(&task, &stages).await,
    };
    if let Some(Failure::Internal(message)) = &outcome.failure {
        metrics.panics.increment();
        event::Panicked { message }.emit();
    }
    Computed { outcome: Arc::new(outcome), stages_ms: stages.finish(), cpu_ms }
}

#[derive(Debug, Default)]
struct Stages(Mutex<Vec<(&'static str, Instant)>>);

impl Stages {
    fn enter(&self, name: &'static str) {
        let mut entered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entered.last().is_none_or(|(last, _)| *last != name) {
            entered.push((name, Instant::now()));
        }
    }

    fn finish(&self) -> Vec<(&'static str, u64)> {
        let entered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = entered.iter().skip(1).map(|(_, at)| *at).chain([Instant::now()]);
        let took = |at: Instant, end: Instant| u64::try_from(end.duration_since(at).as_millis()).unwrap_or(u64::MAX);
        entered.iter().zip(ends).map(|((name, at), end)| (*name, took(*at, end))).collect()
    }
}
