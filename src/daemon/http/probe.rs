//! `/healthz`, `/readyz`, `/metrics`, `/v1/status`, and the controls: what an operator asks.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};

use crate::daemon::http::Surface;

/// Whether the process is worth keeping: the poll loop moves.
pub async fn health(State(surface): State<Surface>) -> Response {
    if surface.daemon.alive.is_alive() {
        return Json(json!({ "status": "ok" })).into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "stuck" }))).into_response()
}

/// Whether it receives.
pub async fn ready(State(surface): State<Surface>) -> Response {
    match surface.daemon.unready() {
        None => Json(json!({ "status": "ready" })).into_response(),
        Some(reason) => {
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "unready", "reason": reason }))).into_response()
        }
    }
}

/// All numbers, as Prometheus reads them.
pub async fn metrics(State(surface): State<Surface>) -> Response {
    let text = surface.daemon.metrics.to_prometheus();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

/// What each slot does.
pub async fn status(State(surface): State<Surface>) -> Json<Value> {
    let daemon = &surface.daemon;
    Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "instance": daemon.instance,
        "ready": daemon.unready().is_none(),
        "reason": daemon.unready(),
        "slots": { "free": daemon.slots.available_permits(), "of": daemon.settings.worker.jobs + daemon.settings.worker.ahead },
        "running": daemon.board.running(),
    }))
}

/// Stops receiving.
pub async fn pause(State(surface): State<Surface>) -> Json<Value> {
    surface.daemon.pause.set_by_hand(true);
    tracing::info!("paused by hand");
    Json(json!({ "paused": true }))
}

/// Receives again.
pub async fn resume(State(surface): State<Surface>) -> Json<Value> {
    surface.daemon.pause.set_by_hand(false);
    tracing::info!("resumed by hand");
    Json(json!({ "paused": false }))
}
