//! One struct for each thing that happens, with one `emit`: its log line.

use std::time::Duration;

use crate::daemon::queue::QueueError;
use crate::daemon::webhook::WebhookError;

/// The daemon is ready to receive.
pub struct Started<'a> {
    /// Names of its queues.
    pub queues: &'a [String],
    /// Its bucket.
    pub bucket: &'a str,
    /// Jobs computed at once.
    pub jobs: usize,
    /// Where HTTP is served.
    pub http: Option<std::net::SocketAddr>,
}

impl Started<'_> {
    /// Logs it.
    pub fn emit(&self) {
        let http = self.http.map(|address| address.to_string()).unwrap_or_default();
        tracing::info!(queues = ?self.queues, bucket = self.bucket, jobs = self.jobs, http, "receiving");
    }
}

/// A job has its manifest.
pub struct Settled<'a> {
    /// `succeeded`, `failed`, …
    pub status: &'a str,
    /// The failure's code, or nothing.
    pub code: &'a str,
    /// The failure in a sentence, or nothing.
    pub detail: &'a str,
    /// Artefacts stored.
    pub artefacts: usize,
    /// Bytes stored.
    pub bytes: u64,
    /// From receipt.
    pub took: Duration,
    /// Where the manifest lies.
    pub manifest: &'a str,
}

impl Settled<'_> {
    /// Logs it.
    pub fn emit(&self) {
        let took_ms = millis(self.took);
        let Self { status, code, detail, artefacts, bytes, manifest, .. } = self;
        tracing::info!(status, code, detail, artefacts, bytes, took_ms, manifest, "job settled");
    }
}

/// A job had its manifest already.
pub struct Redelivered<'a> {
    /// Where the manifest lies.
    pub manifest: &'a str,
}

impl Redelivered<'_> {
    /// Logs it.
    pub fn emit(&self) {
        tracing::info!(manifest = self.manifest, "job had its manifest already");
    }
}

/// A job could not be settled, and goes back.
pub struct Unsettled<'a> {
    /// Why.
    pub reason: &'a str,
    /// Visible again after this.
    pub pause: Duration,
}

impl Unsettled<'_> {
    /// Logs it.
    pub fn emit(&self) {
        tracing::warn!(reason = self.reason, pause_ms = millis(self.pause), "job goes back to the queue");
    }
}

/// A message is not a job.
pub struct Rejected<'a> {
    /// What is wrong with it.
    pub reason: &'a str,
    /// What becomes of it.
    pub fate: &'a str,
}

impl Rejected<'_> {
    /// Logs it.
    pub fn emit(&self) {
        tracing::warn!(reason = self.reason, fate = self.fate, "message is not a job");
    }
}

/// A lease was lost.
pub struct LeaseLost<'a> {
    /// The queue.
    pub queue: &'a str,
    /// Why.
    pub reason: &'a str,
}

impl LeaseLost<'_> {
    /// Logs it.
    pub fn emit(&self) {
        tracing::warn!(queue = self.queue, reason = self.reason, "lease lost: the job is given up");
    }
}

/// A message was given back.
pub struct Released<'a> {
    /// The queue.
    pub queue: &'a str,
    /// Visible again after this.
    pub pause: Duration,
    /// What the queue said.
    pub outcome: &'a Result<(), QueueError>,
}

impl Released<'_> {
    /// Logs it.
    pub fn emit(&self) {
        match self.outcome {
            Ok(()) => tracing::debug!(queue = self.queue, pause_ms = millis(self.pause), "message given back"),
            Err(error) => {
                tracing::warn!(queue = self.queue, %error, "message could not be given back; its visibility will run out")
            }
        }
    }
}

/// Messages could not be deleted.
pub struct AcknowledgeFailed<'a> {
    /// The queue.
    pub queue: &'a str,
    /// Why.
    pub error: &'a QueueError,
    /// Whether it is tried again.
    pub again: bool,
}

impl AcknowledgeFailed<'_> {
    /// Logs it.
    pub fn emit(&self) {
        tracing::warn!(queue = self.queue, error = %self.error, again = self.again, "a settled message could not be deleted");
    }
}

/// A receive failed.
pub struct ReceiveFailed<'a> {
    /// The queue.
    pub queue: &'a str,
    /// Why.
    pub error: &'a QueueError,
    /// Tried again after this.
    pub pause: Duration,
}

impl ReceiveFailed<'_> {
    /// Logs it.
    pub fn emit(&self) {
        tracing::warn!(queue = self.queue, error = %self.error, pause_ms = millis(self.pause), "receive failed");
    }
}

/// Receiving goes on after failures.
pub struct ReceiveRecovered<'a> {
    /// The queue.
    pub queue: &'a str,
}

impl ReceiveRecovered<'_> {
    /// Logs it.
    pub fn emit(&self) {
        tracing::info!(queue = self.queue, "receiving again");
    }
}

/// The store fails: nothing is received.
pub struct BreakerOpened<'a> {
    /// The last failure.
    pub reason: &'a str,
    /// Failures in a row.
    pub failures: u32,
    /// Tried again after this.
    pub pause: Duration,
}

impl BreakerOpened<'_> {
    /// Logs it.
    pub fn emit(&self) {
        let pause_ms = millis(self.pause);
        tracing::error!(
            reason = self.reason,
            failures = self.failures,
            pause_ms,
            "the store fails: receiving stops until it answers"
        );
    }
}

/// The store answers again.
pub struct BreakerClosed;

impl BreakerClosed {
    /// Logs it.
    pub fn emit(&self) {
        tracing::info!("the store answers again: receiving goes on");
    }
}

/// A notification failed.
pub struct NotifyFailed<'a> {
    /// Why.
    pub error: &'a QueueError,
}

impl NotifyFailed<'_> {
    /// Logs it.
    pub fn emit(&self) {
        tracing::warn!(error = %self.error, "the notification could not be sent");
    }
}

/// A job panicked.
pub struct Panicked<'a> {
    /// What it said.
    pub message: &'a str,
}

impl Panicked<'_> {
    /// Logs it.
    pub fn emit(&self) {
        tracing::error!(message = self.message, "the job panicked: this is a bug of maquette");
    }
}

/// Draining began.
pub struct Draining<'a> {
    /// Why.
    pub reason: &'a str,
    /// How long jobs in hand may go on.
    pub grace: Duration,
}

impl Draining<'_> {
    /// Logs it.
    pub fn emit(&self) {
        tracing::info!(reason = self.reason, grace_ms = millis(self.grace), "draining: nothing more is received");
    }
}

/// EC2 said that the instance is to end.
pub struct Noticed<'a> {
    /// `spot` or `scale-in`.
    pub notice: &'a str,
    /// Time left, where it is known.
    pub left: Option<Duration>,
}

impl Noticed<'_> {
    /// Logs it.
    pub fn emit(&self) {
        tracing::warn!(
            notice = self.notice,
            left_ms = self.left.map(millis),
            "the instance is to end: nothing more is received"
        );
    }
}

/// Worker processes are held by less than there could be.
pub struct ConfinedInPart<'a> {
    /// What holds them.
    pub confinement: &'a str,
}

impl ConfinedInPart<'_> {
    /// Logs it.
    pub fn emit(&self) {
        tracing::warn!(confinement = self.confinement, "worker processes are confined in part only");
    }
}

/// The Auto Scaling group does not know what it should.
pub struct GroupNotTold<'a> {
    /// Why.
    pub error: &'a dyn std::error::Error,
}

impl GroupNotTold<'_> {
    /// Logs it.
    pub fn emit(&self) {
        tracing::warn!(error = %self.error, "the Auto Scaling group was not told; it is tried again");
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A webhook was not taken.
pub struct WebhookFailed<'a> {
    /// Which, and why.
    pub error: &'a WebhookError,
}

impl WebhookFailed<'_> {
    /// Logs it.
    pub fn emit(&self) {
        tracing::warn!(error = %self.error, "a webhook was not taken");
    }
}

/// A job whose webhook was never taken, and that is not told of any more.
pub struct WebhookGivenUp<'a> {
    /// Which, and why.
    pub error: &'a WebhookError,
    /// How often the job was attempted.
    pub attempts: u32,
}

impl WebhookGivenUp<'_> {
    /// Logs it.
    pub fn emit(&self) {
        tracing::error!(error = %self.error, attempts = self.attempts, "a webhook is given up; the manifest is in the store");
    }
}
