//! `POST /v1/parameters`: what a program offers to be set, before any job is made of it.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::daemon::http::Surface;
use crate::daemon::http::problem::Problem;
use crate::job::{message, parameters, report};

/// OpenSCAD's parameter description of the program, and a JSON Schema of a job's `parameters`.
pub async fn describe(
    State(surface): State<Surface>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Problem> {
    let body = body.map_err(|rejection| Problem::of_body(&rejection))?;
    let invalid = |detail: String| {
        let title = "The body does not name a program by `source`, as a job does";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, title).detail(detail).code("invalid_job")
    };
    let document: Value = serde_json::from_slice(&body).map_err(|error| invalid(error.to_string()))?;
    let job =
        json!({ "version": 1, "id": "parameters", "source": document["source"], "outputs": [{ "format": "stl" }] });
    let spec = message::parse(job.to_string().as_bytes()).map_err(|rejection| invalid(rejection.detail))?;
    let fetched = surface.daemon.fetcher.fetch(&spec).await.map_err(|failure| {
        let title = "The program cannot be fetched";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, title).detail(report::detail(&failure)).code(failure.code())
    })?;
    let program = fetched.files.get(&fetched.entry).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let title = fetched.entry.strip_suffix(".scad").unwrap_or(&fetched.entry).to_owned();
    let described = tokio::task::spawn_blocking(move || {
        let program = program.unwrap_or_default();
        (parameters::description(&program, &title), parameters::schema(&program, &title))
    });
    let (description, schema) = described.await.map_err(|error| invalid(error.to_string()))?;
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let mut answer = read(&description);
    answer["schema"] = read(&schema);
    Ok(Json(answer))
}
