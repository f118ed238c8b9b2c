//! Changes of a job as server-sent events. Each tells the whole status, so whoever comes back needs the latest alone.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::unfold;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use crate::daemon::http::Surface;
use crate::daemon::http::problem::Problem;
use crate::daemon::status::JobStatus;

/// How often a job that does not run here is asked for: another daemon may have done it.
const ELSEWHERE: Duration = Duration::from_secs(1);

/// Comments that keep the connection open through proxies.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Every change of one job until it is settled.
pub struct Watch {
    surface: Surface,
    job: String,
    changes: Receiver<JobStatus>,
    /// Of the last change that was told.
    sequence: u64,
    over: bool,
}

impl Watch {
    /// Begins behind the change of that number.
    pub fn new(surface: &Surface, job: &str, sequence: u64) -> Self {
        let changes = surface.daemon.board.watch();
        Self { surface: surface.clone(), job: job.to_owned(), changes, sequence, over: false }
    }

    /// The next change; none when the job was settled with the last, or nobody knows it.
    pub async fn next(&mut self) -> Option<JobStatus> {
        // the first look catches what happened before the watch began
        let mut look = Instant::now();
        while !self.over {
            tokio::select! {
                biased;
                change = self.changes.recv() => match change {
                    Ok(status) if status.job != self.job => {}
                    Ok(status) => if self.is_news(&status) { return Some(status) },
                    Err(RecvError::Lagged(_)) => look = Instant::now(),
                    Err(RecvError::Closed) => return None,
                },
                () = tokio::time::sleep_until(look) => {
                    let status = self.surface.standing(&self.job).await.ok()?;
                    if self.is_news(&status) {
                        return Some(status);
                    }
                    look = Instant::now() + ELSEWHERE;
                }
                () = self.surface.daemon.shutdown.abandon.cancelled() => return None,
            }
        }
        None
    }

    fn is_news(&mut self, status: &JobStatus) -> bool {
        self.over |= status.is_settled();
        // the end is told whatever its number: a manifest has none, and the last told may be of a daemon whose clock is ahead
        let is_end = status.is_settled() && (status.sequence == 0 || status.sequence != self.sequence);
        let is_news = status.sequence > self.sequence || is_end;
        self.sequence = if is_end { status.sequence } else { self.sequence.max(status.sequence) };
        is_news
    }
}

/// The changes of a job, from behind `Last-Event-ID` on.
pub async fn events(
    State(surface): State<Surface>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let status = surface.standing(&id).await?;
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or(0);
    if status.is_settled() && status.sequence == last && last > 0 {
        // anything else would have a browser come again and again
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let stream = unfold(Watch::new(&surface, &id, last), |mut watch| async {
        let status = watch.next().await?;
        let sequence = watch.sequence.to_string();
        let event = Event::default().event("status").id(sequence).json_data(status).unwrap_or_default();
        Some((Ok::<_, Infallible>(event), watch))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}
