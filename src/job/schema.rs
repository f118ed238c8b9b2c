//! The JSON Schemas (2020-12) of job, manifest and event, as `maquette schema` prints them.

/// The schema of a document of that name: `job`, `manifest`, `event`.
pub fn schema(name: &str) -> Option<&'static str> {
    match name {
        "job" => Some(include_str!("schema/job.json")),
        "manifest" => Some(include_str!("schema/manifest.json")),
        "event" => Some(include_str!("schema/event.json")),
        _ => None,
    }
}
