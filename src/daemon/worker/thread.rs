//! A job on a thread of its own with a deep stack: caught panics, the budget's clock.
//!
//! The thread is not one of the pool that geometry is computed on: a pool thread that waits for a part of one job could pick up the whole of another,
//! and a second's job would end when a minute's does. Parallel parts of all jobs share rayon's global pool.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::budget::{Budget, Exceeded};
use crate::daemon::worker::{Stages, Task};
use crate::job::{Failure, Inputs, JobSpec, Outcome, Phase};

/// What is done with a job: the pipeline, or something simpler in tests.
pub type Work = Arc<dyn Fn(&JobSpec, &Inputs, &Budget, &(dyn Fn(Phase) + Sync)) -> Outcome + Send + Sync>;

/// A job that does not stop when told to, for a library call is in its way, is left behind after this.
const STOP_PATIENCE: Duration = Duration::from_secs(30);

/// Computes one job; stops it when its time is up or nobody wants it any more, and leaves it behind if it does not stop.
pub(super) async fn compute(work: Work, task: Task, stages: Arc<Stages>) -> Outcome {
    let (sender, mut receiver) = oneshot::channel();
    let task = Arc::new(task);
    let thread = {
        let task = Arc::clone(&task);
        let builder = std::thread::Builder::new().name("job".into()).stack_size(task.stack_bytes);
        builder.spawn(move || {
            let progress = |phase: Phase| task.enter(&stages, phase);
            // whoever waited may have gone
            drop(sender.send(run(&work, (&task.spec, &task.inputs), &task.budget, &progress)));
        })
    };
    if let Err(error) = thread {
        return Outcome::failed(Failure::Unavailable(format!("no thread for the job: {error}")));
    }
    let stopped_by = tokio::select! {
        biased;
        done = &mut receiver => return done.unwrap_or_else(gone),
        stopped_by = task.ended() => stopped_by,
    };
    match stopped_by {
        Exceeded::Time => task.budget.expire(),
        _ => task.budget.cancel(),
    }
    match tokio::time::timeout(STOP_PATIENCE, receiver).await {
        Ok(done) => done.unwrap_or_else(gone),
        Err(_) => {
            tracing::error!(stopped_by = %stopped_by, "the job does not stop; its thread is left behind");
            Outcome::failed(Failure::Exceeded(stopped_by))
        }
    }
}

/// Does a job here and now; a panic is an outcome.
pub(super) fn run(
    work: &Work,
    (spec, inputs): (&JobSpec, &Inputs),
    budget: &Budget,
    progress: &(dyn Fn(Phase) + Sync),
) -> Outcome {
    // the job's state is dropped with it: nothing half-made is seen again
    let outcome = catch_unwind(AssertUnwindSafe(|| work(spec, inputs, budget, progress)));
    outcome.unwrap_or_else(|panic| Outcome::failed(Failure::Internal(said(panic.as_ref()))))
}

fn gone(_: oneshot::error::RecvError) -> Outcome {
    Outcome::failed(Failure::Internal("the job's thread ended without a word".to_owned()))
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without words".to_owned())
}
