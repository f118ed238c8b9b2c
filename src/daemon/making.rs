//! One job of a delivery: fetched, computed, settled.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use time::OffsetDateTime;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::budget::Budget;
use crate::daemon::attempt::{Attempt, End, ended};
use crate::daemon::progress::ProgressReporter;
use crate::daemon::result_cache::ResultCache;
use crate::daemon::settle::{Target, Unsettled};
use crate::daemon::status::{Begun, JobStatus};
use crate::daemon::worker::{Computed, Task, compute};
use crate::job::report;
use crate::job::{CachePolicy, Failure, Fate, Inputs, JobSpec, Outcome, Phase, cache_key, keys};

/// What is shown of a settled job.
pub struct Shown {
    status: &'static str,
    code: Option<&'static str>,
    manifest: String,
    artefacts: Vec<String>,
    triangles: Option<usize>,
}

impl Shown {
    /// What a manifest tells of a job that succeeded.
    fn of_manifest(manifest: &[u8], target: &Target) -> Self {
        let manifest: Value = serde_json::from_slice(manifest).unwrap_or_default();
        let outputs = manifest["outputs"].as_array().map_or(&[][..], Vec::as_slice);
        let keys = outputs.iter().filter_map(|output| output["key"].as_str());
        Self {
            status: report::SUCCEEDED,
            code: None,
            manifest: target.manifest().to_string(),
            artefacts: keys.map(str::to_owned).collect(),
            triangles: manifest["geometry"]["triangles"].as_u64().and_then(|count| usize::try_from(count).ok()),
        }
    }

    /// Puts it into a status.
    pub fn show(self, status: &mut JobStatus) {
        self.status.clone_into(&mut status.status);
        status.code = self.code.map(str::to_owned);
        status.manifest = Some(self.manifest);
        status.artefacts = self.artefacts;
        status.triangles = self.triangles;
        status.progress = 1.0;
        status.phase = "done".into();
    }
}

/// A job that is to be made.
pub struct Making<'a> {
    /// The delivery that it came with.
    pub attempt: &'a Attempt,
    /// The job as it was written.
    pub text: &'a Arc<[u8]>,
    /// The job.
    pub spec: &'a Arc<JobSpec>,
    /// Where it writes.
    pub target: &'a Target,
    /// Cancels it.
    pub cancel_job: CancellationToken,
    /// Hears how it goes.
    pub reporter: ProgressReporter,
    /// What the board knows it by.
    pub begun: &'a Begun,
}

impl Making<'_> {
    /// Makes and settles it; what is shown of it, if it has a manifest now.
    pub async fn run(&self, lost: CancellationToken) -> (End, Option<Shown>) {
        let started = OffsetDateTime::now_utc();
        let (inputs, bytes_in) = match self.gather(started, &lost).await {
            Ok(gathered) => gathered,
            Err((failure, bytes_in)) => return self.decide(Computed::failed(failure), started, bytes_in, &lost).await,
        };
        let Some(result_cache) =
            self.attempt.daemon.result_cache.as_ref().filter(|_| self.spec.cache != CachePolicy::Off)
        else {
            let computed = self.compute(inputs, &lost).await;
            return self.decide(computed, started, bytes_in, &lost).await;
        };
        let key = cache_key::of(self.spec, &inputs);
        if self.spec.cache == CachePolicy::Use
            && let Some(reused) = self.reuse(result_cache, &key, started, bytes_in).await
        {
            return reused;
        }
        let computed = self.compute(inputs, &lost).await;
        let is_whole =
            computed.outcome.failure.is_none() && computed.outcome.outputs.iter().all(|output| output.made.is_ok());
        let (end, shown) = self.decide(computed, started, bytes_in, &lost).await;
        if is_whole && shown.is_some() {
            result_cache.note(&key, &self.target.manifest()).await;
        }
        (end, shown)
    }

    /// Settles what was computed, or gives it back.
    async fn decide(
        &self,
        computed: Computed,
        started: OffsetDateTime,
        bytes_in: u64,
        lost: &CancellationToken,
    ) -> (End, Option<Shown>) {
        let cancelled_by_owner = self.cancel_job.is_cancelled();
        let fate = match &computed.outcome.failure {
            Some(failure) if cancelled_by_owner && failure.code() == "canceled" => Fate::Acknowledge,
            Some(failure) => failure.fate(),
            None => Fate::Acknowledge,
        };
        match fate {
            Fate::Release => (if lost.is_cancelled() { End::Lost } else { End::Release }, None),
            Fate::Retry | Fate::Leave if !self.attempt.is_last() => {
                let reason = computed.outcome.failure.as_ref().map(report::detail).unwrap_or_default();
                (End::Retry(reason), None)
            }
            _ => self.settle(computed, started, bytes_in).await,
        }
    }

    /// Answers with a copy of an equal job's result, if there is one that can be copied.
    async fn reuse(
        &self,
        result_cache: &ResultCache,
        key: &str,
        started: OffsetDateTime,
        bytes_in: u64,
    ) -> Option<(End, Option<Shown>)> {
        let daemon = &self.attempt.daemon;
        let kept = result_cache.find(key, self.target).await?;
        self.advance_to_upload();
        if let Err(error) = result_cache.copy(&kept, self.target).await {
            tracing::debug!(%error, "an earlier result cannot be copied");
            return None;
        }
        let run = self.attempt.run_figures(started, bytes_in, None);
        let manifest = report::reused_manifest(self.spec, &kept.manifest, kept.prefix(), &run, &self.target.prefix);
        let shown = Shown::of_manifest(&manifest, self.target);
        self.reporter.list_outputs(&manifest);
        match self.attempt.commit(self.target, &self.spec.id, &self.spec.notify, manifest).await {
            Ok(()) => {
                daemon.metrics.jobs_reused.increment();
                self.attempt.count_reused(shown.artefacts.len(), self.target);
                result_cache.note(key, &self.target.manifest()).await;
                Some((End::Done, Some(shown)))
            }
            Err(Unsettled::Destination(_)) => None,
            Err(unsettled) => Some((ended(&unsettled), None)),
        }
    }

    /// Fetches the job's files, if it is to be made at all; what went wrong, and the bytes that were fetched.
    async fn gather(&self, started: OffsetDateTime, lost: &CancellationToken) -> Result<(Inputs, u64), (Failure, u64)> {
        let daemon = &self.attempt.daemon;
        if self.spec.expires.is_some_and(|expires| expires < started) {
            return Err((Failure::Expired, 0));
        }
        if self.attempt.delivery.attempt > daemon.settings.queue.attempts_max {
            let times = self.attempt.delivery.attempt - 1;
            let told = format!("the job was attempted {times} times and never came to an end: it may crash the daemon");
            return Err((Failure::Internal(told), 0));
        }
        let fetching = Instant::now();
        let fetched = tokio::select! {
            fetched = daemon.fetcher.fetch(self.spec) => fetched,
            () = lost.cancelled() => Err(Failure::Cancelled),
            () = self.cancel_job.cancelled() => Err(Failure::Cancelled),
            () = daemon.shutdown.drain.cancelled() => Err(Failure::Cancelled),
        };
        let fetched = fetched.map_err(|failure| (failure, 0))?;
        daemon.metrics.fetch_time.observe(fetching.elapsed());
        daemon.metrics.bytes_in.add(fetched.bytes);
        let (library, fonts) = (daemon.resources.library.clone(), daemon.resources.fonts.clone());
        let inputs = Inputs::new(fetched.files, fetched.entry.clone(), library, fonts);
        let missing = || Failure::SourceNotFound(format!("there is no file {:?} in the job", fetched.entry));
        inputs.map(|inputs| (inputs, fetched.bytes)).ok_or_else(|| (missing(), fetched.bytes))
    }

    async fn compute(&self, inputs: Inputs, lost: &CancellationToken) -> Computed {
        let daemon = &self.attempt.daemon;
        let cancelled = Computed::failed(Failure::Cancelled);
        // once draining has begun, what has not started goes back
        let _room = tokio::select! {
            biased;
            () = daemon.shutdown.drain.cancelled() => return cancelled,
            () = lost.cancelled() => return cancelled,
            () = self.cancel_job.cancelled() => return cancelled,
            room = daemon.rooms.acquire() => room,
        };
        let settings = &daemon.settings;
        let asked = self.spec.limits.wall_seconds.map(|seconds| Duration::from_secs(seconds.into()));
        let wall = asked.map_or(settings.wall_limit, |asked| asked.min(settings.wall_limit));
        let (board, begun, reporter) = (daemon.board.clone(), self.begun.clone(), self.reporter.clone());
        let task = Task {
            text: Arc::clone(self.text),
            spec: Arc::clone(self.spec),
            inputs,
            budget: Budget::new(self.spec.limits.under(&settings.limits)),
            wall,
            cancel: [self.cancel_job.clone(), lost.clone(), daemon.shutdown.abandon.clone()],
            stack_bytes: settings.worker.stack_bytes,
            progress: Arc::new(move |phase| {
                board.advance(&begun, phase.name(), share(phase));
                reporter.advance(phase.name(), share(phase));
            }),
        };
        daemon.metrics.jobs_computing.add(1);
        let begun = Instant::now();
        let computed = compute(&daemon.workers, task, &daemon.metrics).await;
        daemon.metrics.jobs_computing.add(-1);
        daemon.metrics.compute_time.observe(begun.elapsed());
        computed
    }

    async fn settle(&self, mut computed: Computed, started: OffsetDateTime, bytes_in: u64) -> (End, Option<Shown>) {
        let daemon = &self.attempt.daemon;
        let begun = Instant::now();
        self.advance_to_upload();
        if self.cancel_job.is_cancelled() && computed.outcome.failure == Some(Failure::Cancelled) {
            Arc::make_mut(&mut computed.outcome).outputs.clear();
        }
        let stored = daemon.settler.store_artefacts(self.target, &computed.outcome, &self.attempt.lease).await;
        let bytes = match stored {
            Ok(bytes) => bytes,
            Err(Unsettled::Destination(reason)) => {
                return (self.attempt.refuse(self.spec, Failure::Invalid(reason)).await, None);
            }
            Err(unsettled) => return (ended(&unsettled), None),
        };
        let run = self.attempt.run_figures(started, bytes_in, Some(&computed));
        let outcome = &computed.outcome;
        let manifest = report::manifest(self.spec, outcome, &run, &self.target.prefix);
        self.reporter.list_outputs(&manifest);
        match self.attempt.commit(self.target, &self.spec.id, &self.spec.notify, manifest).await {
            Ok(()) => {
                daemon.metrics.settle_time.observe(begun.elapsed());
                self.attempt.count_settled(outcome, bytes, self.target);
                let end = match &outcome.failure {
                    // its manifest tells the owner; a copy of the message is for whoever has to find out why
                    Some(Failure::Internal(reason)) => self.attempt.dead_letter(reason).await,
                    _ => End::Done,
                };
                (end, Some(self.shown(outcome)))
            }
            Err(Unsettled::Destination(reason)) => {
                (self.attempt.refuse(self.spec, Failure::Invalid(reason)).await, None)
            }
            Err(unsettled) => (ended(&unsettled), None),
        }
    }

    fn advance_to_upload(&self) {
        self.attempt.daemon.board.advance(self.begun, "uploading", 0.95);
        self.reporter.advance("uploading", 0.95);
    }

    fn shown(&self, outcome: &Outcome) -> Shown {
        let key = |name: &str| keys::artefact(&self.target.prefix, name);
        Shown {
            status: report::status(outcome),
            code: outcome.failure.as_ref().map(Failure::code),
            manifest: self.target.manifest().to_string(),
            artefacts: outcome.artefacts().map(|artefact| key(&artefact.name)).collect(),
            triangles: outcome.geometry.as_ref().map(|geometry| geometry.triangles),
        }
    }
}

/// How far along a phase is: evaluation and geometry take most of the time, and nobody knows how much beforehand.
fn share(phase: Phase) -> f32 {
    match phase {
        Phase::Evaluating => 0.05,
        Phase::Realizing => 0.25,
        Phase::Making { done, of } => 0.6 + 0.35 * ratio(done, of),
    }
}

fn ratio(done: usize, of: usize) -> f32 {
    let small = |count: usize| f32::from(u16::try_from(count).unwrap_or(u16::MAX));
    if of == 0 { 1.0 } else { small(done) / small(of) }
}
