//! `POST /v1/jobs`: a job comes in, onto the queue or straight into an attempt.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::config::Accept;
use crate::daemon::http::Surface;
use crate::daemon::http::problem::Problem;
use crate::daemon::http::watch::Watch;
use crate::daemon::push::{self, Posted};
use crate::daemon::queue::Queue;
use crate::daemon::status::{JobStatus, now_ms};
use crate::job::{JobSpec, Priority, TraceContext, message};

/// The longest that a call waits for its job.
const WAIT_MAX: Duration = Duration::from_secs(3600);

/// How long a full daemon is left alone, in seconds.
const FULL_SECONDS: u64 = 1;

/// How long a posted job waits for a slot of a daemon that also receives.
const SLOT_PATIENCE: Duration = Duration::from_millis(1500);

/// How long one that receives nothing is left alone, in seconds.
const UNREADY_SECONDS: u64 = 10;

/// Takes a job, and waits for its end where the caller prefers to.
pub async fn job(
    State(surface): State<Surface>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let body = body.map_err(|rejection| Problem::of_body(&rejection))?;
    check_media_type(&headers)?;
    let (spec, posted) = read(&headers, &body)?;
    surface.daemon.webhooks.check(&spec.notify).map_err(|reason| {
        let title = "The job asks for a webhook that it may not have";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, title).detail(reason).code("invalid_job")
    })?;
    surface.check_repetition(&headers, &spec.id, &body)?;
    let status = match surface.standing(&spec.id).await {
        // posted before: what became of it is the answer
        Ok(status) => status,
        Err(_) => surface.take(&spec, posted).await?,
    };
    let Some(wait) = preferred_wait(&headers) else { return Ok(answer(status)) };
    let mut response = answer(surface.wait(status, wait).await);
    if let Ok(applied) = HeaderValue::from_str(&format!("wait={}", wait.as_secs())) {
        response.headers_mut().insert("preference-applied", applied);
    }
    Ok(response)
}

impl Surface {
    /// The same name must mean the same job.
    fn check_repetition(&self, headers: &HeaderMap, id: &str, body: &[u8]) -> Result<(), Problem> {
        let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
        let mut posted = self.posted.lock().unwrap_or_else(PoisonError::into_inner);
        if key.is_some_and(|key| !posted.admit(&format!("key {key}"), body)) {
            let title = "The idempotency key was used with another body";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, title));
        }
        if !posted.admit(&format!("id {id}"), body) {
            let title = "Another job was posted under this id";
            return Err(Problem::new(StatusCode::CONFLICT, title));
        }
        Ok(())
    }

    async fn take(&self, spec: &JobSpec, posted: Posted) -> Result<JobStatus, Problem> {
        match self.daemon.settings.http.accept {
            Accept::Direct => self.begin(spec, posted).await,
            _ => self.send(spec, posted).await,
        }
    }

    /// Begins at once, if there is room.
    async fn begin(&self, spec: &JobSpec, posted: Posted) -> Result<JobStatus, Problem> {
        let daemon = &self.daemon;
        let unready = |reason: &'static str| {
            Problem::later(StatusCode::SERVICE_UNAVAILABLE, "No jobs are taken now", UNREADY_SECONDS).detail(reason)
        };
        if daemon.shutdown.drain.is_cancelled() {
            return Err(unready("draining"));
        }
        if let Some(reason) = daemon.pause.reason() {
            return Err(unready(reason));
        }
        let full = || Problem::later(StatusCode::TOO_MANY_REQUESTS, "All slots are taken", FULL_SECONDS);
        // a receive that waits has free slots in hand, and gives them back within a second where jobs are posted too
        let patience = if daemon.polled == 0 { Duration::ZERO } else { SLOT_PATIENCE };
        let slot = tokio::time::timeout(patience, Arc::clone(&daemon.slots).acquire_owned()).await;
        let Ok(Ok(slot)) = slot else { return Err(full()) };
        // asked last: a trial of the breaker must be used
        if tokio::time::timeout(Duration::ZERO, daemon.breaker().admit()).await.is_err() {
            return Err(unready("the store fails"));
        }
        let Some(Queue::Pushed(queue)) = daemon.keepers.last().map(|keeper| keeper.queue().clone()) else {
            return Err(unready("jobs are not taken directly"));
        };
        let status = daemon.board.queue(&spec.id);
        self.attempts.spawn(push::carry(Arc::clone(daemon), queue, posted, slot));
        Ok(status)
    }

    /// Puts it on the queue of its priority: once SQS has it, it will not be lost.
    async fn send(&self, spec: &JobSpec, posted: Posted) -> Result<JobStatus, Problem> {
        let last = self.daemon.polled.saturating_sub(1);
        let place = match spec.priority {
            Priority::Interactive => 0,
            Priority::Normal => last / 2,
            Priority::Batch => last,
        };
        let queue = self.daemon.keepers.get(place).map(|keeper| keeper.queue());
        let sent = match queue {
            Some(Queue::Sqs(queue)) => {
                queue.send(&posted.body, &posted.attributes, spec.tenant.as_deref(), &spec.id).await
            }
            Some(Queue::Memory(queue)) => {
                queue.send(posted.body);
                Ok(())
            }
            _ => return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "There is no queue to put jobs on")),
        };
        sent.map_err(|error| {
            let title = "The queue does not take the job";
            Problem::later(StatusCode::SERVICE_UNAVAILABLE, title, UNREADY_SECONDS).detail(error.to_string())
        })?;
        Ok(self.daemon.board.queue(&spec.id))
    }

    /// How the job stands when it is settled, or when the time is over.
    async fn wait(&self, mut status: JobStatus, time: Duration) -> JobStatus {
        let mut watch = Watch::new(self, &status.job, status.sequence);
        let settled = async {
            while !status.is_settled()
                && let Some(next) = watch.next().await
            {
                status = next;
            }
        };
        // the time is over: how it stands now is the answer
        let _ = tokio::time::timeout(time, settled).await;
        status
    }
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // a page of another site cannot send JSON without asking first
    if given.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")) {
        return Ok(());
    }
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "A job is posted as application/json"))
}

/// The job, with an id if it has none.
fn read(headers: &HeaderMap, body: &[u8]) -> Result<(JobSpec, Posted), Problem> {
    let mut document: Value = serde_json::from_slice(body).map_err(|error| {
        Problem::new(StatusCode::BAD_REQUEST, "The body is not JSON").detail(error.to_string()).code("invalid_job")
    })?;
    let mut text = String::from_utf8_lossy(body).into_owned();
    if let Some(fields) = document.as_object_mut()
        && !fields.contains_key("id")
    {
        fields.insert("id".to_owned(), made_id(headers).into());
        text = document.to_string();
    }
    let spec = message::parse(text.as_bytes()).map_err(|rejection| {
        let title = "The body is not a job";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, title).detail(rejection.detail).code("invalid_job")
    })?;
    let trace = TraceContext::find(|name| headers.get(name)?.to_str().ok());
    let fields = trace.iter().flat_map(TraceContext::fields);
    let attributes: BTreeMap<String, String> =
        fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Ok((spec, Posted { body: text, attributes }))
}

/// From the idempotency key, so that whichever daemon gets it makes the same; else one that nobody else makes.
fn made_id(headers: &HeaderMap) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let (mark, seed) = match headers.get("idempotency-key") {
        Some(key) => ('k', key.as_bytes().to_vec()),
        None => {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            ('j', format!("{} {} {count}", crate::daemon::attempt::instance_name(), std::process::id()).into_bytes())
        }
    };
    let hex: String = Sha256::digest(&seed).iter().take(10).map(|byte| format!("{byte:02x}")).collect();
    if mark == 'k' { format!("k-{hex}") } else { format!("j-{:x}-{hex}", now_ms()) }
}

/// `Prefer: wait=N` (RFC 7240), in seconds, as far as it is granted.
fn preferred_wait(headers: &HeaderMap) -> Option<Duration> {
    let preferences = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    let mut waits = preferences
        .flat_map(|value| value.split([',', ';']))
        .filter_map(|preference| preference.trim().strip_prefix("wait=")?.trim_matches('"').parse().ok());
    waits.next().map(|seconds| Duration::from_secs(seconds).min(WAIT_MAX))
}

fn answer(status: JobStatus) -> Response {
    let code = if status.is_settled() { StatusCode::OK } else { StatusCode::ACCEPTED };
    let location = HeaderValue::from_str(&format!("/v1/jobs/{}", status.job));
    let mut response = (code, Json(status)).into_response();
    if let Ok(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    if code == StatusCode::ACCEPTED {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}
