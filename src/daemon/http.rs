//! `/healthz`, `/readyz`, `/metrics`, `/v1/status`, and the controls where they are allowed.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::daemon::{Daemon, DaemonError};

/// Begins to serve, where the settings say so. Returns the address.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn listen(
    daemon: &Arc<Daemon>,
    tasks: &TaskTracker,
    stop: CancellationToken,
) -> Result<Option<SocketAddr>, DaemonError> {
    let Some(address) = daemon.settings.http.listen else { return Ok(None) };
    let failed = |cause| DaemonError::Listen { address, cause };
    let listener = tokio::net::TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let server = axum::serve(listener, router(daemon)).with_graceful_shutdown(stop.cancelled_owned());
    tasks.spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "the HTTP surface ended");
        }
    });
    Ok(Some(bound))
}

fn router(daemon: &Arc<Daemon>) -> Router {
    let mut router = Router::new()
        .route("/healthz", get(health))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/v1/status", get(status))
        .route("/v1/jobs/{id}", get(job));
    if daemon.settings.http.control {
        router = router
            .route("/v1/pause", post(pause))
            .route("/v1/resume", post(resume))
            .route("/v1/jobs/{id}/cancel", post(cancel));
    }
    router.with_state(Arc::clone(daemon))
}

/// Whether the process is worth keeping: the poll loop moves.
async fn health(State(daemon): State<Arc<Daemon>>) -> Response {
    if daemon.alive.is_alive() {
        return Json(json!({ "status": "ok" })).into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "stuck" }))).into_response()
}

/// Whether it receives.
async fn ready(State(daemon): State<Arc<Daemon>>) -> Response {
    match daemon.unready() {
        None => Json(json!({ "status": "ready" })).into_response(),
        Some(reason) => {
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "unready", "reason": reason }))).into_response()
        }
    }
}

async fn metrics(State(daemon): State<Arc<Daemon>>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], daemon.metrics.to_prometheus()).into_response()
}

async fn status(State(daemon): State<Arc<Daemon>>) -> Json<Value> {
    Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "instance": daemon.instance,
        "ready": daemon.unready().is_none(),
        "reason": daemon.unready(),
        "slots": { "free": daemon.slots.available_permits(), "of": daemon.settings.worker.jobs + daemon.settings.worker.ahead },
        "running": daemon.board.running(),
    }))
}

async fn job(State(daemon): State<Arc<Daemon>>, Path(id): Path<String>) -> Response {
    match daemon.board.find(&id) {
        Some(status) => Json(status).into_response(),
        None => problem(StatusCode::NOT_FOUND, "This daemon does not know the job"),
    }
}

async fn pause(State(daemon): State<Arc<Daemon>>) -> Json<Value> {
    daemon.pause.set_by_hand(true);
    tracing::info!("paused by hand");
    Json(json!({ "paused": true }))
}

async fn resume(State(daemon): State<Arc<Daemon>>) -> Json<Value> {
    daemon.pause.set_by_hand(false);
    tracing::info!("resumed by hand");
    Json(json!({ "paused": false }))
}

async fn cancel(State(daemon): State<Arc<Daemon>>, Path(id): Path<String>) -> Response {
    if daemon.board.cancel(&id) {
        return (StatusCode::ACCEPTED, Json(json!({ "job": id, "status": "canceling" }))).into_response();
    }
    problem(StatusCode::NOT_FOUND, "The job does not run here")
}

/// RFC 9457.
fn problem(status: StatusCode, title: &str) -> Response {
    let body = json!({ "type": "about:blank", "title": title, "status": status.as_u16() });
    (status, [(header::CONTENT_TYPE, "application/problem+json")], Json(body)).into_response()
}
