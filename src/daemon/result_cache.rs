//! Results of earlier jobs, found by what they were made from.
//!
//! An entry is a small object that says where a result lies. A hit copies that result within the store and lets the entry point to the copy: with a
//! lifecycle rule that expires results and entries by age, what nobody asked for the longest goes first. Nothing here can fail a job: what is not found is made.

use axum::body::Bytes;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::daemon::settle::Target;
use crate::daemon::store::{Place, PutIf, Store, StoreError};
use crate::job::report::SUCCEEDED;

/// The entries of one bucket.
#[derive(Debug, Clone)]
pub struct ResultCache {
    /// Where they lie.
    pub store: Store,
    /// Their bucket.
    pub bucket: String,
    /// What their keys begin with.
    pub prefix: String,
}

/// A result that can be used again.
#[derive(Debug)]
pub struct Kept {
    /// Its manifest.
    pub manifest: Value,
    /// Where its manifest lies.
    place: Place,
    /// Names of its artefacts.
    names: Vec<String>,
}

/// The longest manifest that is read again.
const MANIFEST_BYTES_MAX: u64 = 16 << 20;
const ENTRY_BYTES_MAX: u64 = 64 << 10;

impl ResultCache {
    /// The result that `cache_key` stands for, if it is still there and does not lie in `target` itself.
    pub async fn find(&self, cache_key: &str, target: &Target) -> Option<Kept> {
        let entry = self.read(&self.entry(cache_key), ENTRY_BYTES_MAX).await?;
        let place: Place = entry["manifest"].as_str()?.parse().ok()?;
        if place == target.manifest() {
            return None;
        }
        let manifest = self.read(&place, MANIFEST_BYTES_MAX).await?;
        let names = artefact_names(&manifest, place.key.strip_suffix("manifest.json")?)?;
        Some(Kept { manifest, place, names })
    }

    /// Copies the artefacts of a result into `target`.
    ///
    /// # Errors
    /// One of them is gone, or the store does not answer.
    pub async fn copy(&self, kept: &Kept, target: &Target) -> Result<(), StoreError> {
        let mut copies = JoinSet::new();
        for name in &kept.names {
            let key = format!("{}{name}", kept.prefix());
            let from = Place { bucket: kept.place.bucket.clone(), key };
            let (store, to) = (self.store.clone(), target.artefact(name));
            copies.spawn(async move { store.copy(&from, &to).await });
        }
        while let Some(copied) = copies.join_next().await {
            copied.unwrap_or_else(|error| Err(StoreError::Unavailable(error.to_string())))?;
        }
        Ok(())
    }

    /// Lets the entry point to the result whose manifest lies at `manifest`.
    pub async fn note(&self, cache_key: &str, manifest: &Place) {
        let entry = Bytes::from(json!({ "manifest": manifest.to_string() }).to_string());
        let put = self.store.put(&self.entry(cache_key), "application/json", entry, PutIf::Always).await;
        if let Err(error) = put {
            tracing::debug!(%error, "the result is not noted for later jobs");
        }
    }

    fn entry(&self, cache_key: &str) -> Place {
        let digest = cache_key.strip_prefix("sha256:").unwrap_or(cache_key);
        Place { bucket: self.bucket.clone(), key: format!("{}{digest}.json", self.prefix) }
    }

    async fn read(&self, place: &Place, bytes_max: u64) -> Option<Value> {
        match self.store.get(place, None, bytes_max).await {
            Ok(bytes) => serde_json::from_slice(&bytes).ok(),
            Err(error) => {
                tracing::debug!(%error, "no earlier result");
                None
            }
        }
    }
}

impl Kept {
    /// What the keys of its artefacts begin with.
    pub fn prefix(&self) -> &str {
        self.place.key.strip_suffix("manifest.json").unwrap_or_default()
    }
}

/// The artefacts below `prefix`; none when the result is not whole.
fn artefact_names(manifest: &Value, prefix: &str) -> Option<Vec<String>> {
    let outputs = manifest["outputs"].as_array()?;
    let is_whole = manifest["status"] == SUCCEEDED && outputs.iter().all(|output| output["status"] == SUCCEEDED);
    let beside = |output: &'_ Value| output["beside"].as_array().cloned().unwrap_or_default();
    let entries = outputs.iter().flat_map(|output| std::iter::once(output.clone()).chain(beside(output)));
    let name = |entry: Value| Some(entry["key"].as_str()?.strip_prefix(prefix)?.to_owned());
    if is_whole { entries.map(name).collect() } else { None }
}
