//! How a job stands: by this daemon's memory, else by its manifest in the store.

use serde_json::Value;

use crate::daemon::http::Surface;
use crate::daemon::http::problem::Problem;
use crate::daemon::status::JobStatus;
use crate::daemon::store::{Place, StoreError};
use crate::job::{Destination, keys, message};

use axum::http::StatusCode;

/// The longest manifest: a thousand messages and outputs.
const MANIFEST_BYTES_MAX: u64 = 16 << 20;

impl Surface {
    /// How the job stands.
    ///
    /// # Errors
    /// Nobody knows it, or the store cannot say.
    pub async fn standing(&self, id: &str) -> Result<JobStatus, Problem> {
        if !message::is_id(id) {
            return Err(unknown());
        }
        let known = self.daemon.board.find(id);
        match known {
            Some(status) if status.is_settled() || status.status == "running" => Ok(status),
            // in the queue as far as we know: another daemon may have done it since
            waiting => match self.manifest(id).await {
                Ok((manifest, place)) => Ok(of_manifest(id, &manifest, &place)),
                Err(problem) => waiting.ok_or(problem),
            },
        }
    }

    /// The manifest of a job, and where it lies.
    ///
    /// # Errors
    /// There is none, or the store cannot say.
    pub async fn manifest(&self, id: &str) -> Result<(Value, Place), Problem> {
        let place = self.manifest_place(id);
        let bytes =
            self.daemon.settler.store.get(&place, None, MANIFEST_BYTES_MAX).await.map_err(|error| problem(&error))?;
        match serde_json::from_slice::<Value>(&bytes) {
            Ok(manifest) if manifest["job"] == id => Ok((manifest, place)),
            _ => Err(unknown()),
        }
    }

    /// Where the manifest of a job lies: where it was put, or where it would be if the job does not say otherwise.
    fn manifest_place(&self, id: &str) -> Place {
        let known = self.daemon.board.find(id).and_then(|status| status.manifest?.parse().ok());
        known.unwrap_or_else(|| {
            let store = &self.daemon.settings.store;
            let prefix = keys::prefix(&Destination::default(), &store.prefix, id);
            Place { bucket: store.bucket.clone(), key: keys::manifest(&prefix) }
        })
    }
}

/// A status as its manifest tells it.
fn of_manifest(id: &str, manifest: &Value, place: &Place) -> JobStatus {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let outputs = manifest["outputs"].as_array().map_or(&[][..], Vec::as_slice);
    let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
    JobStatus {
        attempt: number(&manifest["attempt"]).unwrap_or(1),
        status: text(&manifest["status"]).unwrap_or_default(),
        phase: "done",
        progress: 1.0,
        code: text(&manifest["error"]["code"]),
        manifest: Some(place.to_string()),
        artefacts: outputs.iter().filter_map(|output| text(&output["key"])).collect(),
        triangles: manifest["geometry"]["triangles"].as_u64().and_then(|count| usize::try_from(count).ok()),
        took_ms: manifest["usage"]["wallMs"].as_u64(),
        ..JobStatus::queued(id)
    }
}

/// Nobody knows the job.
pub fn unknown() -> Problem {
    Problem::not_found("There is no such job here, and no manifest of it where manifests go")
}

/// What the store's refusal means to a caller.
pub fn problem(error: &StoreError) -> Problem {
    match error {
        StoreError::NotFound(_) => unknown(),
        _ => {
            Problem::later(StatusCode::SERVICE_UNAVAILABLE, "The store cannot be reached", 5).detail(error.to_string())
        }
    }
}
