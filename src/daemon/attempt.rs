//! One delivery, from receipt to its end: unwrapped, parsed, fetched, computed, settled.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use time::OffsetDateTime;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::daemon::Daemon;
use crate::daemon::envelope::{self, Content, EnvelopeError};
use crate::daemon::lease::Lease;
use crate::daemon::making::Making;
use crate::daemon::notify::completed_event;
use crate::daemon::progress::ProgressReporter;
use crate::daemon::queue::Delivery;
use crate::daemon::retry::pause_after;
use crate::daemon::settle::{Target, Unsettled};
use crate::daemon::status::now_ms;
use crate::daemon::store::{Place, PutIf, StoreError};
use crate::daemon::telemetry::event;
use crate::daemon::worker::Computed;
use crate::job::message::{self, Rejection};
use crate::job::report::{self, Run};
use crate::job::{Destination, EventKind, Failure, JobSpec, NotifySpec, Outcome, TraceContext, keys};

/// What becomes of a message. Of a message with several jobs the last in this order: none may be lost for the sake of another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// Its jobs are settled: deleted.
    Done,
    /// Not a job: into the dead-letter queue.
    Reject(String),
    /// Visible again after a pause.
    Retry(String),
    /// Visible again at once.
    Release,
    /// Somebody else holds it.
    Lost,
}

/// One delivery in hand.
pub struct Attempt {
    /// The daemon.
    pub daemon: Arc<Daemon>,
    /// Which queue it came from.
    pub queue: usize,
    /// The message.
    pub delivery: Delivery,
    /// The right to it.
    pub lease: Arc<Lease>,
    /// When it was received.
    pub received: Instant,
}

impl Attempt {
    /// Does everything that is to be done with the delivery. Says whether the message is done with: it is deleted soon.
    pub async fn run(self) -> bool {
        let span = tracing::info_span!(
            "job",
            message = %self.delivery.message_id,
            attempt = self.delivery.attempt,
            job = tracing::field::Empty
        );
        async move {
            let end = self.do_jobs().await;
            self.finish(end).await
        }
        .instrument(span)
        .await
    }

    async fn do_jobs(&self) -> End {
        let fetcher = &self.daemon.fetcher;
        let opened = envelope::open(&self.delivery, &fetcher.store, |bucket| fetcher.is_readable(bucket)).await;
        let jobs = match opened {
            Ok(Content::Jobs(jobs)) => jobs,
            Ok(Content::Nothing(why)) => {
                tracing::info!(why, "nothing to do");
                return End::Done;
            }
            Err(EnvelopeError::Unreadable(reason)) => return End::Reject(reason),
            Err(EnvelopeError::Store(error)) => return self.unopened(&error),
        };
        let mut end = End::Done;
        for text in jobs {
            // one that fails does not keep the others from being done; the message stays until all are
            end = end.max(self.do_job(&text).await);
            if matches!(end, End::Release | End::Lost) {
                break;
            }
        }
        end
    }

    /// The store did not give what the message points to. Rights that are lost may come back, as for a job's files.
    fn unopened(&self, error: &StoreError) -> End {
        if error.is_transient() {
            self.daemon.settler.count_failure(error, &self.daemon.fetcher.bucket);
        }
        match error {
            StoreError::Unavailable(_) => End::Retry(error.to_string()),
            StoreError::Denied(_) if !self.is_last() => End::Retry(error.to_string()),
            _ => End::Reject(error.to_string()),
        }
    }

    async fn do_job(&self, text: &[u8]) -> End {
        self.daemon.metrics.bytes_in.add(text.len() as u64);
        let spec = match message::parse(text) {
            Ok(mut spec) => {
                // the trace may travel with the message instead of in it
                let attribute = |name: &str| self.delivery.attributes.get(name).map(String::as_str);
                spec.trace = spec.trace.take().or_else(|| TraceContext::find(attribute));
                Arc::new(spec)
            }
            Err(rejection) => return self.reject(&rejection).await,
        };
        tracing::Span::current().record("job", spec.id.as_str());
        let target = match self.target(&spec.destination, &spec.id) {
            Ok(target) => target,
            Err(failure) => return self.refuse(&spec, failure).await,
        };
        if let Err(reason) = self.daemon.webhooks.check(&spec.notify) {
            return self.refuse(&spec, Failure::Invalid(reason)).await;
        }
        match self.daemon.settler.find_manifest(&target, &spec.id).await {
            Ok(None) => {}
            Ok(Some(manifest)) => return self.finish_settled(&target, &spec, &manifest).await,
            Err(Unsettled::Destination(reason)) => return self.refuse(&spec, Failure::Invalid(reason)).await,
            Err(unsettled) => return End::Retry(unsettled.to_string()),
        }
        let cancel_job = CancellationToken::new();
        let begun = self.daemon.board.begin(&spec.id, self.delivery.attempt, cancel_job.clone());
        let text = Arc::from(text);
        let (reporter, notifier) = ProgressReporter::of(&spec, self.delivery.attempt, &self.daemon.region);
        let making = Making {
            attempt: self,
            text: &text,
            spec: &spec,
            target: &target,
            cancel_job: cancel_job.clone(),
            reporter: reporter.clone(),
            begun: &begun,
        };
        let made = async {
            let made = making.run(self.lease.lost()).await;
            reporter.end();
            made
        };
        let told = notifier.tell(&self.daemon.webhooks, &self.daemon.metrics);
        let made = async { tokio::join!(made, told).0 };
        let (end, settled) = tokio::select! {
            made = made => made,
            never = self.heed_owner(&target, &cancel_job) => match never {},
        };
        if end == End::Lost {
            self.daemon.board.forget(&begun);
            return end;
        }
        self.daemon.board.end(&begun, |status| {
            status.took_ms = Some(millis(self.received.elapsed()));
            match settled {
                Some(settled) => settled.show(status),
                None => "queued".clone_into(&mut status.status),
            }
        });
        end
    }

    /// Cancels the job when its owner has put an object beside where the manifest will be, if the settings say to look.
    async fn heed_owner(&self, target: &Target, cancel_job: &CancellationToken) -> Infallible {
        while let Some(every) = self.daemon.settings.store.cancel.filter(|_| !cancel_job.is_cancelled()) {
            match self.daemon.fetcher.store.contains(&target.cancel()).await {
                Ok(true) => cancel_job.cancel(),
                Ok(false) => {}
                Err(error) => tracing::debug!(%error, "nobody knows whether the job is cancelled"),
            }
            tokio::time::sleep(every).await;
        }
        std::future::pending().await
    }

    /// The job had its manifest when it was delivered: told of once more, for nobody knows whether it was.
    async fn finish_settled(&self, target: &Target, spec: &JobSpec, manifest: &[u8]) -> End {
        self.daemon.metrics.jobs_redelivered.increment();
        event::Redelivered { manifest: &target.manifest().to_string() }.emit();
        match self.tell(target, &spec.notify, manifest).await {
            Ok(()) => End::Done,
            Err(unsettled) => End::Retry(unsettled.to_string()),
        }
    }

    /// Where a job may write.
    fn target(&self, destination: &Destination, id: &str) -> Result<Target, Failure> {
        let store = &self.daemon.settings.store;
        let bucket = destination.bucket.as_ref().unwrap_or(&store.bucket);
        if *bucket != store.bucket && !store.write_buckets.contains(bucket) {
            let reason =
                format!("jobs may not write to bucket {bucket:?}; its operator can allow it by store.write_buckets");
            return Err(Failure::Invalid(reason));
        }
        let prefix = keys::prefix(destination, &store.prefix, id);
        let allowed = &store.write_prefixes;
        let is_own = destination.prefix.is_none();
        if !is_own && !allowed.is_empty() && !allowed.iter().any(|allowed| prefix.starts_with(allowed)) {
            let reason =
                format!("jobs may not write below {prefix:?}; its operator can allow it by store.write_prefixes");
            return Err(Failure::Invalid(reason));
        }
        Ok(Target { bucket: bucket.clone(), prefix })
    }

    /// A message that is no job: told of where a destination is known, else aside.
    async fn reject(&self, rejection: &Rejection) -> End {
        self.daemon.metrics.messages_rejected.increment();
        let Some(id) = &rejection.id else { return End::Reject(rejection.detail.clone()) };
        tracing::Span::current().record("job", id.as_str());
        let destination = rejection.destination.clone().unwrap_or_default();
        let target = self.target(&destination, id).or_else(|_| self.target(&Destination::default(), id));
        let Ok(target) = target else { return End::Reject(rejection.detail.clone()) };
        let now = OffsetDateTime::now_utc();
        let manifest =
            report::rejection_manifest(id, &rejection.detail, &self.run_figures(now, 0, None), &target.prefix);
        match self.commit(&target, id, &[], manifest).await {
            Ok(()) => {
                self.count_settled(&Outcome::failed(Failure::Invalid(rejection.detail.clone())), 0, &target);
                self.dead_letter(&rejection.detail).await
            }
            Err(Unsettled::Destination(_)) => End::Reject(rejection.detail.clone()),
            Err(unsettled) => ended(&unsettled),
        }
    }

    /// A copy for whoever looks after the senders, where there is a queue for it; the manifest has told the rest.
    pub async fn dead_letter(&self, reason: &str) -> End {
        match self.daemon.dead_letters.send(&self.delivery, reason).await {
            Ok(sent) => {
                if sent {
                    self.daemon.metrics.messages_dead_lettered.increment();
                }
                End::Done
            }
            // the manifest says it all
            Err(error) if self.is_last() => {
                tracing::warn!(%error, "the dead-letter queue does not take the message");
                End::Done
            }
            Err(error) => End::Retry(error.to_string()),
        }
    }

    /// A job that cannot write where it wants to: told of at the daemon's own place, and to those whom it may tell.
    pub async fn refuse(&self, spec: &JobSpec, failure: Failure) -> End {
        let Ok(target) = self.target(&Destination::default(), &spec.id) else {
            return End::Reject(report::detail(&failure));
        };
        let outcome = Outcome::failed(failure);
        let now = OffsetDateTime::now_utc();
        let manifest = report::manifest(spec, &outcome, &self.run_figures(now, 0, None), &target.prefix);
        let notify = if self.daemon.webhooks.check(&spec.notify).is_ok() { &spec.notify[..] } else { &[] };
        match self.commit(&target, &spec.id, notify, manifest).await {
            Ok(()) => {
                self.count_settled(&outcome, 0, &target);
                End::Done
            }
            Err(Unsettled::Destination(reason)) => End::Reject(reason),
            Err(unsettled) => ended(&unsettled),
        }
    }

    pub async fn commit(
        &self,
        target: &Target,
        job: &str,
        notify: &[NotifySpec],
        manifest: Vec<u8>,
    ) -> Result<(), Unsettled> {
        let manifest = self.daemon.settler.commit(target, job, manifest, &self.lease).await?;
        self.tell(target, notify, &manifest).await
    }

    /// Tells of the manifest. Webhooks that are not taken send the message back to be told of later, until its attempts are used up.
    async fn tell(&self, target: &Target, notify: &[NotifySpec], manifest: &[u8]) -> Result<(), Unsettled> {
        let daemon = &self.daemon;
        daemon.settler.tell(target, manifest).await?;
        if notify.is_empty() {
            return Ok(());
        }
        let manifest = serde_json::from_slice(manifest).unwrap_or_default();
        let document = completed_event(&manifest, &target.manifest(), &daemon.region);
        let told = daemon.webhooks.tell(notify, EventKind::Completed, &document, &daemon.metrics).await;
        match told {
            Err(error) if self.is_last() => {
                daemon.metrics.webhooks_given_up.increment();
                event::WebhookGivenUp { error: &error, attempts: self.delivery.attempt }.emit();
                Ok(())
            }
            told => told.map_err(|error| Unsettled::Unavailable(error.to_string())),
        }
    }

    pub fn run_figures(&self, started: OffsetDateTime, bytes_in: u64, computed: Option<&Computed>) -> Run {
        let waited = now_ms().saturating_sub(millis(self.received.elapsed())).saturating_sub(self.delivery.sent_ms);
        Run {
            attempt: self.delivery.attempt,
            started,
            finished: OffsetDateTime::now_utc(),
            queued_ms: if self.delivery.sent_ms == 0 { 0 } else { waited },
            cpu_ms: computed.and_then(|computed| computed.cpu_ms),
            bytes_in: bytes_in + self.delivery.body.len() as u64,
            stages_ms: computed.map(|computed| computed.stages_ms.clone()).unwrap_or_default(),
            instance: self.daemon.instance.clone(),
            region: self.daemon.region.clone(),
        }
    }

    pub fn count_settled(&self, outcome: &Outcome, bytes: u64, target: &Target) {
        let status = report::status(outcome);
        let metrics = &self.daemon.metrics;
        metrics.jobs_settled.increment(status);
        metrics.job_time.observe(self.received.elapsed());
        let (code, detail) = match &outcome.failure {
            Some(failure) => (failure.code(), report::detail(failure)),
            None => ("", String::new()),
        };
        if !code.is_empty() {
            metrics.jobs_failed.increment(code);
        }
        let artefacts = outcome.artefacts().count();
        let (took, manifest) = (self.received.elapsed(), target.manifest().to_string());
        event::Settled { status, code, detail: &detail, artefacts, bytes, took, manifest: &manifest }.emit();
    }

    pub fn count_reused(&self, artefacts: usize, target: &Target) {
        self.daemon.metrics.jobs_settled.increment(report::SUCCEEDED);
        self.daemon.metrics.job_time.observe(self.received.elapsed());
        let (took, manifest) = (self.received.elapsed(), target.manifest().to_string());
        let (status, code, detail) = (report::SUCCEEDED, "", "copied from an equal job");
        event::Settled { status, code, detail, artefacts, bytes: 0, took, manifest: &manifest }.emit();
    }

    /// Acts on what became of the message. Says whether it is done with.
    async fn finish(self, end: End) -> bool {
        let daemon = &self.daemon;
        match end {
            End::Done => {
                daemon.acknowledge(self.queue, self.lease);
                return true;
            }
            End::Lost => daemon.metrics.jobs_released.increment(),
            End::Release => {
                daemon.metrics.jobs_released.increment();
                self.lease.release(Duration::ZERO).await;
            }
            End::Retry(reason) => {
                daemon.metrics.jobs_retried.increment();
                let pause = self.pause();
                event::Unsettled { reason: &reason, pause }.emit();
                self.lease.release(pause).await;
            }
            End::Reject(reason) => return self.put_aside(&reason).await,
        }
        false
    }

    /// How long the message stays away before its next attempt.
    fn pause(&self) -> Duration {
        let settings = &self.daemon.settings.queue;
        pause_after(self.delivery.attempt - 1, settings.retry, settings.retry_max)
    }

    /// Whether the message gets no further attempt.
    pub fn is_last(&self) -> bool {
        self.delivery.attempt >= self.daemon.settings.queue.attempts_max
    }

    /// A message that is not a job and has no destination: to the dead-letter queue if one is set; else left to the queue's own redrive policy for as long
    /// as there is hope that it has one; else into the store, so that it goes round no more and is not lost.
    async fn put_aside(self, reason: &str) -> bool {
        let daemon = &self.daemon;
        let taken = match daemon.dead_letters.send(&self.delivery, reason).await {
            Ok(true) => Some("dead-letter queue"),
            Ok(false) => None,
            Err(error) => {
                tracing::warn!(%error, "the dead-letter queue does not take the message");
                None
            }
        };
        let done = match taken {
            None if self.is_last() => quarantine(daemon, &self.delivery).await,
            taken => taken,
        };
        event::Rejected { reason, fate: done.unwrap_or("goes back to the queue") }.emit();
        if done.is_some() {
            daemon.metrics.messages_dead_lettered.increment();
            daemon.acknowledge(self.queue, self.lease);
        } else {
            self.lease.release(self.pause()).await;
        }
        done.is_some()
    }
}

async fn quarantine(daemon: &Arc<Daemon>, delivery: &Delivery) -> Option<&'static str> {
    let store = &daemon.settings.store;
    let key = format!("{}rejected/{}", store.prefix, delivery.message_id);
    let place = Place { bucket: store.bucket.clone(), key };
    let body = delivery.body.clone().into();
    let put = daemon.settler.store.put(&place, "application/octet-stream", body, PutIf::Always).await;
    match put {
        Ok(()) => Some("put aside in the store"),
        Err(error) => {
            tracing::warn!(%error, "the store does not take the message");
            None
        }
    }
}

/// What an unsettled job asks of its message.
pub fn ended(unsettled: &Unsettled) -> End {
    match unsettled {
        Unsettled::Lost => End::Lost,
        Unsettled::Abandoned => End::Release,
        Unsettled::Unavailable(reason) | Unsettled::Destination(reason) => End::Retry(reason.clone()),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The name of this instance, for manifests.
pub fn instance_name() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = host.trim();
    if host.is_empty() { "unknown".into() } else { host.to_owned() }
}

/// Only for the age of a message when it was received.
pub fn age_of(sent_ms: u64) -> Option<Duration> {
    let sent = SystemTime::UNIX_EPOCH + Duration::from_millis(sent_ms);
    (sent_ms > 0).then(|| SystemTime::now().duration_since(sent).unwrap_or_default())
}
