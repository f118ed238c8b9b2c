//! The wire form of an outcome: the manifest, version 1.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::diag::{Diagnostic, Severity, SourceMap};
use crate::export::Artefact;
use crate::job::failure::code_name;
use crate::job::outcome::{Geometry, Outcome, OutputResult};
use crate::job::parameters::literal;
use crate::job::spec::JobSpec;
use crate::job::trace::TraceContext;
use crate::job::{Failure, keys};

/// What the daemon knows of one attempt.
#[derive(Debug, Clone)]
pub struct Run {
    /// 1 for the first.
    pub attempt: u32,
    /// When it began.
    pub started: OffsetDateTime,
    /// When its artefacts were stored.
    pub finished: OffsetDateTime,
    /// How long the message waited before.
    pub queued_ms: u64,
    /// CPU time of all threads, where it is known.
    pub cpu_ms: Option<u64>,
    /// Bytes of the message and of the files fetched.
    pub bytes_in: u64,
    /// Milliseconds by stage, in order.
    pub stages_ms: Vec<(&'static str, u64)>,
    /// Name of the instance.
    pub instance: String,
    /// Region of the endpoint.
    pub region: String,
}

/// The manifest as JSON, two spaces of indent, with a final line break. `prefix` ends in `/`.
pub fn manifest(spec: &JobSpec, outcome: &Outcome, run: &Run, prefix: &str) -> Vec<u8> {
    let head = Head {
        id: &spec.id,
        tenant: spec.tenant.as_deref(),
        created: spec.created,
        parameters: spec.parameters.iter().map(|(name, value)| (name.clone(), literal(value))).collect(),
        labels: &spec.labels,
        trace: spec.trace.as_ref(),
    };
    write(&head, outcome, run, prefix)
}

/// The manifest of a message that is no job, where its destination is known.
pub fn rejection_manifest(id: &str, detail: &str, run: &Run, prefix: &str) -> Vec<u8> {
    let none = BTreeMap::new();
    let head = Head { id, tenant: None, created: None, parameters: BTreeMap::new(), labels: &none, trace: None };
    write(&head, &Outcome::failed(Failure::Invalid(detail.to_owned())), run, prefix)
}

/// The status of a job, and of an output, that went well.
pub const SUCCEEDED: &str = "succeeded";

/// The manifest of a job whose artefacts are copies of those that `earlier` tells of, which lie below `earlier_prefix`.
pub fn reused_manifest(spec: &JobSpec, earlier: &Value, earlier_prefix: &str, run: &Run, prefix: &str) -> Vec<u8> {
    let mut manifest = earlier.clone();
    manifest["job"] = spec.id.as_str().into();
    manifest["tenant"] = spec.tenant.as_deref().into();
    manifest["attempt"] = run.attempt.into();
    manifest["cached"] = true.into();
    manifest["times"] = json!({
        "created": spec.created.map(rfc3339),
        "started": rfc3339(run.started),
        "finished": rfc3339(run.finished),
    });
    let wall_ms = u64::try_from((run.finished - run.started).whole_milliseconds()).unwrap_or(0);
    let bytes_out = &earlier["usage"]["bytesOut"];
    manifest["usage"] =
        json!({ "queuedMs": run.queued_ms, "wallMs": wall_ms, "bytesIn": run.bytes_in, "bytesOut": bytes_out });
    manifest["worker"] = json!({ "instance": run.instance, "region": run.region });
    manifest["labels"] = json!(spec.labels);
    manifest["traceparent"] = spec.trace.as_ref().map(|trace| trace.parent.as_str()).into();
    manifest["tracestate"] = spec.trace.as_ref().and_then(|trace| trace.state.as_deref()).into();
    for output in manifest["outputs"].as_array_mut().into_iter().flatten() {
        move_key(output, earlier_prefix, prefix);
        for beside in output["beside"].as_array_mut().into_iter().flatten() {
            move_key(beside, earlier_prefix, prefix);
        }
    }
    let mut bytes = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

fn move_key(entry: &mut Value, from: &str, to: &str) {
    if let Some(name) = entry["key"].as_str().and_then(|key| key.strip_prefix(from)) {
        entry["key"] = keys::artefact(to, name).into();
    }
}

/// The job's status for the manifest and the status documents.
pub fn status(outcome: &Outcome) -> &'static str {
    match &outcome.failure {
        None => SUCCEEDED,
        Some(Failure::Expired) => "expired",
        Some(failure) if failure.code() == "canceled" => "canceled",
        Some(_) => "failed",
    }
}

/// More messages than this go into the manifest's count alone: a program can echo a million lines.
const MESSAGES_MAX: usize = 1000;

struct Head<'a> {
    id: &'a str,
    tenant: Option<&'a str>,
    created: Option<OffsetDateTime>,
    parameters: BTreeMap<String, Value>,
    labels: &'a BTreeMap<String, String>,
    trace: Option<&'a TraceContext>,
}

fn write(head: &Head<'_>, outcome: &Outcome, run: &Run, prefix: &str) -> Vec<u8> {
    let sources = &outcome.sources;
    let manifest = Manifest {
        version: 1,
        job: head.id,
        tenant: head.tenant,
        status: status(outcome),
        attempt: run.attempt,
        cache_key: outcome.cache_key.as_deref(),
        cached: false,
        engine: Engine { name: "maquette", version: env!("CARGO_PKG_VERSION"), language: "OpenSCAD 2026.07" },
        times: Times {
            created: head.created.map(rfc3339),
            started: rfc3339(run.started),
            finished: rfc3339(run.finished),
        },
        usage: usage(outcome, run),
        worker: Worker { instance: &run.instance, region: &run.region },
        parameters: &head.parameters,
        geometry: outcome.geometry.as_ref().map(geometry),
        outputs: outcome.outputs.iter().map(|output| output_entry(output, prefix, sources)).collect(),
        messages: outcome
            .diagnostics
            .iter()
            .take(MESSAGES_MAX)
            .map(|message| message_entry(message, sources))
            .collect(),
        messages_total: outcome.diagnostics.len(),
        error: outcome.failure.as_ref().map(|failure| error_entry(failure, sources)),
        labels: head.labels,
        traceparent: head.trace.map(|trace| trace.parent.as_str()),
        tracestate: head.trace.and_then(|trace| trace.state.as_deref()),
    };
    let mut bytes = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// A time as RFC 3339 in UTC with milliseconds.
pub fn rfc3339(time: OffsetDateTime) -> String {
    let utc = time.to_offset(time::UtcOffset::UTC);
    let whole = utc.replace_nanosecond(utc.nanosecond() / 1_000_000 * 1_000_000).unwrap_or(utc);
    whole.format(&Rfc3339).unwrap_or_default()
}

fn usage<'a>(outcome: &Outcome, run: &'a Run) -> Usage<'a> {
    Usage {
        queued_ms: run.queued_ms,
        wall_ms: u64::try_from((run.finished - run.started).whole_milliseconds()).unwrap_or(0),
        cpu_ms: run.cpu_ms,
        bytes_in: run.bytes_in,
        bytes_out: outcome.artefacts().map(|artefact| artefact.bytes.len() as u64).sum(),
        stages_ms: run.stages_ms.iter().copied().collect(),
    }
}

fn geometry(figures: &Geometry) -> GeometryEntry {
    GeometryEntry {
        units: "mm",
        dimensions: figures.dimensions,
        bounding_box: figures.bounding_box,
        volume: figures.volume,
        area: figures.area,
        triangles: figures.triangles,
        manifold: figures.manifold,
        parts: figures.parts,
    }
}

fn output_entry(output: &OutputResult, prefix: &str, sources: &SourceMap) -> OutputEntry {
    let made = output.made.as_ref().ok();
    OutputEntry {
        name: output.name.clone(),
        kind: output.kind,
        format: output.format,
        status: if made.is_some() { SUCCEEDED } else { "failed" },
        key: made.map(|artefact| keys::artefact(prefix, &artefact.name)),
        media_type: made.map(|artefact| artefact.media_type),
        bytes: made.map(|artefact| artefact.bytes.len()),
        digest: made.map(|artefact| artefact.digest.clone()),
        beside: output.beside.iter().map(|artefact| beside_entry(artefact, prefix)).collect(),
        sheet: output.sheet.as_ref().map(|sheet| SheetEntry {
            paper: sheet.paper.clone(),
            scale: sheet.scale.clone(),
            views: sheet.views.clone(),
            sheets: sheet.count,
        }),
        error: output.made.as_ref().err().map(|failure| error_entry(failure, sources)),
    }
}

fn beside_entry(artefact: &Artefact, prefix: &str) -> BesideEntry {
    BesideEntry {
        key: keys::artefact(prefix, &artefact.name),
        media_type: artefact.media_type,
        bytes: artefact.bytes.len(),
        digest: artefact.digest.clone(),
    }
}

/// One diagnostic as the wire tells it.
pub fn message_entry(diagnostic: &Diagnostic, sources: &SourceMap) -> MessageEntry {
    let place = sources.locate(diagnostic.span);
    MessageEntry {
        level: match diagnostic.severity {
            Severity::Echo => "echo",
            Severity::Trace => "trace",
            Severity::Deprecated => "deprecated",
            Severity::Warning => "warning",
            Severity::Error => "error",
        },
        text: diagnostic.message.clone(),
        file: place.as_ref().map(|place| place.path.to_string()),
        line: place.as_ref().map(|place| place.line),
        column: place.as_ref().map(|place| place.column),
        hint: diagnostic.hints.first().cloned(),
    }
}

fn error_entry(failure: &Failure, sources: &SourceMap) -> ErrorEntry {
    let mut entry = ErrorEntry {
        code: failure.code(),
        title: failure.title(),
        detail: detail(failure),
        file: None,
        line: None,
        column: None,
        hint: None,
        limit: None,
        retryable: failure.is_retryable(),
    };
    match failure {
        Failure::Exceeded(exceeded) => entry.limit = Some(exceeded.limit_name()),
        Failure::Rejected(diagnostics) => {
            if let Some(error) = diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error) {
                let message = message_entry(error, sources);
                entry.code = code_name(error.code);
                entry.file = message.file;
                entry.line = message.line;
                entry.column = message.column;
                entry.hint = message.hint;
            }
        }
        _ => {}
    }
    entry
}

/// What went wrong, in a sentence.
pub fn detail(failure: &Failure) -> String {
    match failure {
        Failure::Invalid(detail)
        | Failure::SourceNotFound(detail)
        | Failure::Unavailable(detail)
        | Failure::Internal(detail) => detail.clone(),
        Failure::Rejected(diagnostics) => diagnostics
            .iter()
            .find(|diagnostic| diagnostic.severity == Severity::Error)
            .map_or_else(|| failure.title().to_owned(), |error| error.message.clone()),
        Failure::Exceeded(exceeded) => exceeded.to_string(),
        Failure::Cancelled => "the attempt was given up so that another can be made".to_owned(),
        Failure::Expired => "the job's `expires` had passed before it could be started".to_owned(),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Manifest<'a> {
    version: u32,
    job: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<&'a str>,
    status: &'static str,
    attempt: u32,
    cache_key: Option<&'a str>,
    cached: bool,
    engine: Engine,
    times: Times,
    usage: Usage<'a>,
    worker: Worker<'a>,
    parameters: &'a BTreeMap<String, Value>,
    geometry: Option<GeometryEntry>,
    outputs: Vec<OutputEntry>,
    messages: Vec<MessageEntry>,
    messages_total: usize,
    error: Option<ErrorEntry>,
    labels: &'a BTreeMap<String, String>,
    traceparent: Option<&'a str>,
    tracestate: Option<&'a str>,
}

#[derive(Serialize)]
struct Engine {
    name: &'static str,
    version: &'static str,
    language: &'static str,
}

#[derive(Serialize)]
struct Times {
    created: Option<String>,
    started: String,
    finished: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Usage<'a> {
    queued_ms: u64,
    wall_ms: u64,
    cpu_ms: Option<u64>,
    bytes_in: u64,
    bytes_out: u64,
    stages_ms: BTreeMap<&'a str, u64>,
}

#[derive(Serialize)]
struct Worker<'a> {
    instance: &'a str,
    region: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GeometryEntry {
    units: &'static str,
    dimensions: u8,
    bounding_box: [[f64; 3]; 2],
    volume: f64,
    area: f64,
    triangles: usize,
    manifold: bool,
    parts: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OutputEntry {
    name: String,
    kind: &'static str,
    format: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    beside: Vec<BesideEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<SheetEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorEntry>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BesideEntry {
    key: String,
    media_type: &'static str,
    bytes: usize,
    digest: String,
}

#[derive(Serialize)]
struct SheetEntry {
    paper: String,
    scale: String,
    views: Vec<String>,
    sheets: usize,
}

/// One diagnostic as the wire tells it.
#[derive(Debug, Clone, Serialize)]
pub struct MessageEntry {
    level: &'static str,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

#[derive(Serialize)]
struct ErrorEntry {
    code: &'static str,
    title: &'static str,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<&'static str>,
    retryable: bool,
}
