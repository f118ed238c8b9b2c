//! How a job stands: by this daemon's memory, by the mirror in Redis, by its manifest in the store.

use serde_json::Value;

use crate::daemon::http::Surface;
use crate::daemon::http::problem::Problem;
use crate::daemon::mirror;
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
        let here = self.daemon.board.find(id);
        if let Some(status) = here.as_ref().filter(|status| status.is_settled() || status.status == "running") {
            return Ok(status.clone());
        }
        // in the queue as far as we know: another daemon may have taken it since
        let told = self.told(id).await;
        if let Some(status) = told.as_ref().filter(|status| mirror::is_certain(status)) {
            return Ok(status.clone());
        }
        match self.manifest(id).await {
            Ok((manifest, place)) => Ok(of_manifest(id, &manifest, &place)),
            Err(problem) => told.or(here).ok_or(problem),
        }
    }

    /// What another daemon says of the job, where there is a mirror.
    async fn told(&self, id: &str) -> Option<JobStatus> {
        match &self.daemon.mirror {
            Some(mirror) => mirror.find(id).await,
            None => None,
        }
    }

    /// The manifest of a job, and where it lies.
    ///
    /// # Errors
    /// There is none, or the store cannot say.
    pub async fn manifest(&self, id: &str) -> Result<(Value, Place), Problem> {
        let place = self.manifest_place(id).await;
        let bytes =
            self.daemon.settler.store.get(&place, None, MANIFEST_BYTES_MAX).await.map_err(|error| problem(&error))?;
        match serde_json::from_slice::<Value>(&bytes) {
            Ok(manifest) if manifest["job"] == id => Ok((manifest, place)),
            _ => Err(unknown()),
        }
    }

    /// Where the manifest of a job lies: where it was put, or where it would be if the job does not say otherwise.
    async fn manifest_place(&self, id: &str) -> Place {
        let place = |status: JobStatus| status.manifest?.parse().ok();
        let known = match self.daemon.board.find(id).and_then(place) {
            None => self.told(id).await.and_then(place),
            known => known,
        };
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
        phase: "done".into(),
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
