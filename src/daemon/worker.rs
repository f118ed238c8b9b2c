//! A job on a thread of its own with a deep stack: caught panics, the budget's clock, and only as many at once as there is room for.
//!
//! The thread is not one of the pool that geometry is computed on: a pool thread that waits for a part of one job could pick up the whole of another,
//! and a second's job would end when a minute's does. Parallel parts of all jobs share rayon's global pool.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use tokio_util::sync::CancellationToken;

use crate::budget::{Budget, Exceeded};
use crate::daemon::telemetry::{Metrics, event};
use crate::job::{Failure, Inputs, JobSpec, Outcome, Phase};

/// What is done with a job: the pipeline, or something simpler in tests.
pub type Work = Arc<dyn Fn(&JobSpec, &Inputs, &Budget, &(dyn Fn(Phase) + Sync)) -> Outcome + Send + Sync>;

/// One job to compute.
pub struct Task {
    /// What to do.
    pub work: Work,
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
    /// Told of its phases, on its own thread.
    pub progress: Arc<dyn Fn(Phase) + Send + Sync>,
}

/// What a job came to, and how long each phase took.
#[derive(Debug)]
pub struct Computed {
    /// The outcome.
    pub outcome: Outcome,
    /// Milliseconds by phase.
    pub stages_ms: Vec<(&'static str, u64)>,
}

/// A job that does not stop when told to, for a library call is in its way, is left behind after this.
const STOP_PATIENCE: Duration = Duration::from_secs(30);

/// Computes one job.
pub async fn compute(task: Task, metrics: &Metrics) -> Computed {
    let budget = task.budget.clone();
    let (wall, cancel) = (task.wall, task.cancel.clone());
    let stages = Arc::new(Stages::default());
    let (sender, mut receiver) = oneshot::channel();
    let thread = {
        let stages = Arc::clone(&stages);
        let builder = std::thread::Builder::new().name("job".into()).stack_size(task.stack_bytes);
        builder.spawn(move || drop(sender.send(run(&task, &stages))))
    };
    let outcome = match thread {
        Err(error) => Outcome::failed(Failure::Unavailable(format!("no thread for the job: {error}"))),
        Ok(_) => {
            let done = watch(&mut receiver, &budget, wall, &cancel).await;
            done.unwrap_or_else(Outcome::failed)
        }
    };
    if let Some(Failure::Internal(message)) = &outcome.failure {
        metrics.panics.increment();
        event::Panicked { message }.emit();
    }
    Computed { outcome, stages_ms: stages.finish() }
}

/// Waits for the job, stops it when its time is up or nobody wants it any more, and leaves it behind if it does not stop.
async fn watch(
    receiver: &mut oneshot::Receiver<Outcome>,
    budget: &Budget,
    wall: Duration,
    [owner, lost, abandon]: &[CancellationToken; 3],
) -> Result<Outcome, Failure> {
    let gone = |_| Failure::Internal("the job's thread ended without a word".to_owned());
    let stopped_by = tokio::select! {
        biased;
        done = &mut *receiver => return done.map_err(gone),
        () = owner.cancelled() => Exceeded::Cancelled,
        () = lost.cancelled() => Exceeded::Cancelled,
        () = abandon.cancelled() => Exceeded::Cancelled,
        () = tokio::time::sleep(wall) => Exceeded::Time,
    };
    match stopped_by {
        Exceeded::Time => budget.expire(),
        _ => budget.cancel(),
    }
    match tokio::time::timeout(STOP_PATIENCE, receiver).await {
        Ok(done) => done.map_err(gone),
        Err(_) => {
            tracing::error!(stopped_by = %stopped_by, "the job does not stop; its thread is left behind");
            Err(Failure::Exceeded(stopped_by))
        }
    }
}

fn run(task: &Task, stages: &Stages) -> Outcome {
    let progress = |phase: Phase| {
        stages.enter(phase.name());
        (task.progress)(phase);
    };
    // the job's state is dropped with it: nothing half-made is seen again
    let outcome = catch_unwind(AssertUnwindSafe(|| (task.work)(&task.spec, &task.inputs, &task.budget, &progress)));
    outcome.unwrap_or_else(|panic| Outcome::failed(Failure::Internal(said(panic.as_ref()))))
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without words".to_owned())
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
