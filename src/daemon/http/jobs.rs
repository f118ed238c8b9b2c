//! What became of a job: its status, its manifest, its artefacts; and its cancelling.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::config::Downloads;
use crate::daemon::http::Surface;
use crate::daemon::http::problem::Problem;
use crate::daemon::http::standing;
use crate::daemon::status::JobStatus;
use crate::daemon::store::Place;

/// How long a redirect to an artefact may be followed.
const VALID: Duration = Duration::from_secs(300);

/// How it stands.
pub async fn status(State(surface): State<Surface>, Path(id): Path<String>) -> Result<Json<JobStatus>, Problem> {
    surface.standing(&id).await.map(Json)
}

/// Its manifest, as it lies in the store.
pub async fn manifest(State(surface): State<Surface>, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    // a job that is known and has none yet is not a job that nobody knows
    let status = surface.standing(&id).await?;
    if !status.is_settled() {
        return Err(Problem::later(StatusCode::NOT_FOUND, "The job has no manifest yet", 1));
    }
    surface.manifest(&id).await.map(|(manifest, _)| Json(manifest))
}

/// One of its artefacts, or where to fetch it.
pub async fn output(
    State(surface): State<Surface>,
    Path((id, file)): Path<(String, String)>,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let (manifest, place) = surface.manifest(&id).await?;
    let Some(artefact) = Listed::find(&manifest, &file) else {
        return Err(Problem::not_found("The job has no artefact of this name"));
    };
    let place = Place { bucket: place.bucket, key: artefact.key };
    let store = &surface.daemon.settler.store;
    if surface.daemon.settings.http.downloads == Downloads::Redirect
        && let Some(url) = store.presign(&place, &file, VALID).await.map_err(|error| standing::problem(&error))?
    {
        return Ok((StatusCode::SEE_OTHER, [(header::LOCATION, url)]).into_response());
    }
    let tag = HeaderValue::from_str(&format!("\"{}\"", artefact.digest)).unwrap_or(HeaderValue::from_static("\"\""));
    let kept = asked.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    if kept.is_some_and(|tags| tags.split(',').any(|kept| kept.trim().trim_start_matches("W/") == tag)) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let most = surface.daemon.settings.limits.output_bytes;
    let bytes = store.get(&place, None, most).await.map_err(|error| standing::problem(&error))?;
    let media_type = HeaderValue::from_str(&artefact.media_type);
    let headers = [
        (header::CONTENT_TYPE, media_type.unwrap_or(HeaderValue::from_static("application/octet-stream"))),
        (header::ETAG, tag),
        // artefacts are made from strangers' programs: a browser must neither guess their kind nor run what is in them
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("sandbox; default-src 'none'; style-src 'unsafe-inline'"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400, immutable")),
    ];
    Ok((headers, bytes).into_response())
}

/// An artefact as a manifest lists it.
struct Listed {
    key: String,
    media_type: String,
    digest: String,
}

impl Listed {
    /// The artefact of that file name, among all.
    fn find(manifest: &Value, file: &str) -> Option<Self> {
        let outputs = manifest["outputs"].as_array()?;
        let beside = |output: &'_ Value| output["beside"].as_array().cloned().unwrap_or_default();
        let mut entries = outputs.iter().flat_map(|output| std::iter::once(output.clone()).chain(beside(output)));
        let text = |entry: &Value, name: &str| entry[name].as_str().map(str::to_owned);
        let found =
            entries.find(|entry| entry["key"].as_str().is_some_and(|key| key.rsplit('/').next() == Some(file)))?;
        Some(Self {
            key: text(&found, "key")?,
            media_type: text(&found, "mediaType")?,
            digest: text(&found, "digest").unwrap_or_default(),
        })
    }
}

/// Ends it as `canceled`, where it runs here or where there is a mirror to pass the wish on by.
pub async fn cancel(State(surface): State<Surface>, Path(id): Path<String>) -> Result<Response, Problem> {
    if surface.daemon.board.cancel(&id) {
        return Ok((StatusCode::ACCEPTED, Json(json!({ "job": id, "status": "canceling" }))).into_response());
    }
    let status = surface.standing(&id).await?;
    if !status.is_settled()
        && let Some(mirror) = &surface.daemon.mirror
        && mirror.ask_to_cancel(&id).await
    {
        return Ok((StatusCode::ACCEPTED, Json(json!({ "job": id, "status": "canceling" }))).into_response());
    }
    let title = if status.is_settled() { "The job is over" } else { "The job does not run here" };
    Err(Problem::new(StatusCode::CONFLICT, title))
}
