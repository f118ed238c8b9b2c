//! Object keys from job id and artefact: the same job always writes the same keys.

use crate::job::spec::Destination;

/// The prefix of everything that a job writes, ending in `/`.
pub fn prefix(destination: &Destination, default_prefix: &str, id: &str) -> String {
    match &destination.prefix {
        Some(prefix) if prefix.is_empty() || prefix.ends_with('/') => prefix.clone(),
        Some(prefix) => format!("{prefix}/"),
        None => format!("{default_prefix}{id}/"),
    }
}

/// The key of an artefact.
pub fn artefact(prefix: &str, file_name: &str) -> String {
    format!("{prefix}{file_name}")
}

/// The key of the manifest.
pub fn manifest(prefix: &str) -> String {
    format!("{prefix}manifest.json")
}

/// The key of the object that cancels the job.
pub fn cancel(prefix: &str) -> String {
    format!("{prefix}cancel")
}
