//! The HTTP surface: probes and metrics, jobs that are posted and watched, and the controls where they are allowed.
//!
//! **Stages** `token` (who may call) → `accept` (a job comes in) → `jobs`, `watch` (what became of it); `probe` for operators; `page` for people; `problem`
//! for whatever goes wrong; `openapi` says all of it to machines.
//! **Invariants** Nothing here decides what becomes of a job: it goes to a queue, or into the same attempts as those from one.

mod accept;
mod idempotency;
mod jobs;
mod openapi;
mod page;
mod parameters;
mod probe;
mod problem;
mod standing;
mod token;
mod watch;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tokio_util::task::TaskTracker;

use crate::config::Accept;
use crate::daemon::http::idempotency::Idempotency;
use crate::daemon::http::problem::Problem;
use crate::daemon::http::token::Tokens;
use crate::daemon::{Daemon, DaemonError, Tasks};

/// The most that a posted job may be: what a message of SQS holds.
const BODY_MAX: usize = 1 << 20;

/// What every call works with.
#[derive(Debug, Clone)]
struct Surface {
    daemon: Arc<Daemon>,
    /// Posted jobs are carried by tasks of it.
    attempts: TaskTracker,
    tokens: Arc<Tokens>,
    posted: Arc<Mutex<Idempotency>>,
}

/// Begins to serve, where the settings say so. Returns the address.
///
/// # Errors
/// When the address cannot be listened on, or the tokens cannot be read.
pub async fn listen(
    daemon: &Arc<Daemon>,
    attempts: &TaskTracker,
    tasks: &Tasks,
) -> Result<Option<SocketAddr>, DaemonError> {
    let Some(address) = daemon.settings.http.listen else { return Ok(None) };
    let surface = Surface {
        daemon: Arc::clone(daemon),
        attempts: attempts.clone(),
        tokens: Arc::new(Tokens::read(daemon.settings.http.token_file.as_deref())?),
        posted: Arc::default(),
    };
    let failed = |cause| DaemonError::Listen { address, cause };
    let listener = tokio::net::TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let server = axum::serve(listener, router(surface)).with_graceful_shutdown(tasks.stop.clone().cancelled_owned());
    tasks.tracker.spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "the HTTP surface ended");
        }
    });
    Ok(Some(bound))
}

fn router(surface: Surface) -> Router {
    let http = &surface.daemon.settings.http;
    let accepts = http.accept != Accept::Off;
    let mut v1 = Router::new()
        .route("/status", get(probe::status))
        .route("/jobs/{id}", get(jobs::status))
        .route("/jobs/{id}/events", get(watch::events))
        .route("/jobs/{id}/manifest", get(jobs::manifest))
        .route("/jobs/{id}/outputs/{file}", get(jobs::output));
    if accepts {
        v1 = v1.route("/jobs", post(accept::job)).route("/parameters", post(parameters::describe));
    }
    if accepts || http.control {
        v1 = v1.route("/jobs/{id}/cancel", post(jobs::cancel));
    }
    if http.control {
        v1 = v1.route("/pause", post(probe::pause)).route("/resume", post(probe::resume));
    }
    let v1 = v1
        .fallback(|| async { Problem::not_found("There is nothing of this name") })
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(from_fn_with_state(surface.clone(), token::check));
    let page = if http.ui { page::router() } else { Router::new() };
    Router::new()
        .merge(page)
        .route("/healthz", get(probe::health))
        .route("/readyz", get(probe::ready))
        .route("/metrics", get(probe::metrics))
        .route("/openapi.json", get(openapi::document))
        .nest("/v1", v1)
        .with_state(surface)
}
