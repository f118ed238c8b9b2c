//! The description of the HTTP surface for machines.

use axum::Json;
use serde_json::Value;

use crate::job::schema;

/// OpenAPI 3.1, with the schemas of jobs and manifests put in.
pub async fn document() -> Json<Value> {
    let mut document: Value = serde_json::from_str(include_str!("openapi.json")).unwrap_or_default();
    for (name, file) in [("Job", "job"), ("Manifest", "manifest")] {
        let text = schema::schema(file).unwrap_or_default();
        document["components"]["schemas"][name] = serde_json::from_str(text).unwrap_or_default();
    }
    document["info"]["version"] = env!("CARGO_PKG_VERSION").into();
    Json(document)
}
