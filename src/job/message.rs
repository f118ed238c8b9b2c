//! The wire form of a job; versioned, and the only place that knows its JSON.
//!
//! The authority is the JSON Schema of [`crate::job::schema`]; what this accepts and what the schema accepts is the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base64::Engine as _;
use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::job::options;
use crate::job::spec::{
    Blob, CachePolicy, Destination, EventKind, JobSpec, NotifySpec, ObjectRef, OutputSpec, Priority, RequestedLimits,
    Source,
};
use crate::job::trace::TraceContext;
use crate::scad::Literal;

/// A message that is not a job: what is wrong, and what could be read of it all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Rejection {
    /// What is wrong: field, value, way out.
    pub detail: String,
    /// The job's id, if one could be read.
    pub id: Option<String>,
    /// Where its artefacts would have gone, if that could be read.
    pub destination: Option<Destination>,
}

/// Reads the body of a message as a job.
pub fn parse(body: &[u8]) -> Result<JobSpec, Rejection> {
    let outcome = serde_json::from_slice::<RawJob>(body).map_err(|error| describe(&error)).and_then(check);
    outcome.map_err(|detail| salvage(body, detail))
}

fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match error.classify() {
        serde_json::error::Category::Data => format!("the job does not follow its schema: {text}"),
        _ => format!("the message is not JSON: {text}"),
    }
}

fn salvage(body: &[u8], detail: String) -> Rejection {
    let value: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let id = text(&value["id"]).filter(|id| is_id(id));
    let prefix = text(&value["destination"]["prefix"]).filter(|prefix| is_prefix(prefix));
    let bucket = text(&value["destination"]["bucket"]);
    let known = id.is_some() || prefix.is_some();
    Rejection { detail, id, destination: known.then_some(Destination { bucket, prefix }) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawJob {
    version: u32,
    id: String,
    tenant: Option<String>,
    #[serde(default)]
    priority: RawPriority,
    created: Option<String>,
    expires: Option<String>,
    source: RawSource,
    #[serde(default)]
    parameters: BTreeMap<String, Value>,
    #[serde(default)]
    check_parameters: bool,
    parameter_set: Option<String>,
    outputs: Vec<RawOutput>,
    #[serde(default)]
    limits: RawLimits,
    destination: Option<RawDestination>,
    #[serde(default)]
    cache: RawCache,
    #[serde(default)]
    notify: Vec<RawNotify>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    traceparent: Option<String>,
    tracestate: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "lowercase")]
enum RawPriority {
    Interactive,
    #[default]
    Normal,
    Batch,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "lowercase")]
enum RawCache {
    #[default]
    Use,
    Refresh,
    Off,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSource {
    text: Option<String>,
    files: Option<BTreeMap<String, RawBlob>>,
    object: Option<RawObject>,
    template: Option<String>,
    entry: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawBlob {
    Text(String),
    Base64(RawBase64),
    Object(RawObjectBlob),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBase64 {
    base64: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawObjectBlob {
    object: RawObject,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawObject {
    bucket: Option<String>,
    key: String,
    version_id: Option<String>,
    digest: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOutput {
    name: Option<String>,
    kind: Option<String>,
    format: String,
    #[serde(default)]
    options: Value,
    #[serde(default = "yes")]
    required: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawLimits {
    #[serde(rename = "wallSeconds")]
    wall_seconds: Option<u32>,
    #[serde(rename = "memoryMiB")]
    memory_mib: Option<u32>,
    triangles: Option<u64>,
    #[serde(rename = "outputMiB")]
    output_mib: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDestination {
    bucket: Option<String>,
    prefix: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNotify {
    url: String,
    #[serde(default)]
    events: Vec<RawEvent>,
    secret: Option<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum RawEvent {
    Started,
    Progress,
    Output,
    Completed,
}

/// Longest wall-clock limit: one receive of SQS ends after 12 hours, and the manifest must be written before.
const WALL_SECONDS_MAX: u32 = 39_600;

fn check(raw: RawJob) -> Result<JobSpec, String> {
    if raw.version != 1 {
        return Err(format!("version is {}, and only 1 is known", raw.version));
    }
    if !is_id(&raw.id) {
        return Err(format!("id {:?} is not of the form [A-Za-z0-9][A-Za-z0-9_-]{{0,127}}", raw.id));
    }
    let spec = JobSpec {
        tenant: raw.tenant,
        priority: match raw.priority {
            RawPriority::Interactive => Priority::Interactive,
            RawPriority::Normal => Priority::Normal,
            RawPriority::Batch => Priority::Batch,
        },
        created: raw.created.map(|text| timestamp("created", &text)).transpose()?,
        expires: raw.expires.map(|text| timestamp("expires", &text)).transpose()?,
        source: source(raw.source)?,
        parameters: raw.parameters.into_iter().map(parameter).collect::<Result<_, _>>()?,
        check_parameters: raw.check_parameters,
        parameter_set: raw.parameter_set,
        outputs: outputs(&raw.id, raw.outputs)?,
        limits: limits(&raw.limits)?,
        destination: raw.destination.map(destination).transpose()?.unwrap_or_default(),
        cache: match raw.cache {
            RawCache::Use => CachePolicy::Use,
            RawCache::Refresh => CachePolicy::Refresh,
            RawCache::Off => CachePolicy::Off,
        },
        notify: raw.notify.into_iter().map(notify).collect(),
        labels: raw.labels,
        trace: TraceContext::of(raw.traceparent.as_deref(), raw.tracestate.as_deref()),
        id: raw.id,
    };
    Ok(spec)
}

/// Whether a job may have this id.
pub fn is_id(id: &str) -> bool {
    let mut bytes = id.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphanumeric())
        && id.len() <= 128
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

fn is_prefix(prefix: &str) -> bool {
    prefix.len() <= 900 && !prefix.starts_with('/') && prefix.chars().all(|character| !character.is_control())
}

fn is_path(path: &str) -> bool {
    !path.is_empty()
        && path.len() <= 255
        && !path.starts_with('/')
        && !path.contains(['\\', '\0'])
        && path.split('/').all(|part| !part.is_empty() && part != ".." && part != ".")
}

fn timestamp(field: &str, text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|_| format!("{field} {text:?} is not an RFC 3339 date and time such as 2026-11-22T09:41:07Z"))
}

fn source(raw: RawSource) -> Result<Source, String> {
    let given = [raw.text.is_some(), raw.files.is_some(), raw.object.is_some(), raw.template.is_some()];
    if given.iter().filter(|given| **given).count() != 1 {
        return Err("source needs exactly one of text, files, object, template".to_owned());
    }
    if let Some(text) = raw.text {
        let entry = raw.entry.unwrap_or_else(|| "main.scad".to_owned());
        return files(BTreeMap::from([(entry.clone(), RawBlob::Text(text))]), entry);
    }
    if let Some(given) = raw.files {
        let entry = match raw.entry {
            Some(entry) => entry,
            None if given.len() == 1 => given.keys().next().cloned().unwrap_or_default(),
            None => return Err("source.entry must say which of the files is the program".to_owned()),
        };
        return files(given, entry);
    }
    if let Some(object) = raw.object {
        return Ok(Source::Object { object: object_ref(object)?, entry: raw.entry });
    }
    let template = raw.template.unwrap_or_default();
    let (name, version) = template.split_once('@').map_or((&*template, None), |(name, version)| (name, Some(version)));
    if name.is_empty() || !template.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-@".contains(&byte)) {
        return Err(format!("source.template {template:?} is not of the form name or name@version"));
    }
    Ok(Source::Template { name: name.to_owned(), version: version.map(str::to_owned) })
}

fn files(raw: BTreeMap<String, RawBlob>, entry: String) -> Result<Source, String> {
    if let Some(path) = raw.keys().find(|path| !is_path(path)) {
        return Err(format!("file path {path:?} is not a relative path without `..`"));
    }
    if !raw.contains_key(&entry) {
        return Err(format!("source.entry {entry:?} is not among the files"));
    }
    let files =
        raw.into_iter().map(|(path, raw)| blob(&path, raw).map(|blob| (path, blob))).collect::<Result<_, _>>()?;
    Ok(Source::Files { files, entry })
}

fn blob(path: &str, raw: RawBlob) -> Result<Blob, String> {
    match raw {
        RawBlob::Text(text) => Ok(Blob::Inline(Arc::from(text.into_bytes()))),
        RawBlob::Base64(raw) => base64::engine::general_purpose::STANDARD
            .decode(&raw.base64)
            .map(|bytes| Blob::Inline(Arc::from(bytes)))
            .map_err(|error| format!("file {path:?} is not base64: {error}")),
        RawBlob::Object(raw) => object_ref(raw.object).map(Blob::Object),
    }
}

fn object_ref(raw: RawObject) -> Result<ObjectRef, String> {
    if raw.key.is_empty() || raw.key.len() > 1024 {
        return Err("an object needs a key of 1 to 1024 bytes".to_owned());
    }
    if let Some(digest) = &raw.digest
        && !digest
            .strip_prefix("sha256:")
            .is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
    {
        return Err(format!("digest {digest:?} is not sha256: and 64 hex digits"));
    }
    Ok(ObjectRef { bucket: raw.bucket, key: raw.key, version_id: raw.version_id, digest: raw.digest })
}

fn parameter((name, value): (String, Value)) -> Result<(String, Literal), String> {
    let body = name.strip_prefix('$').unwrap_or(&name);
    let is_name = !body.is_empty()
        && !body.starts_with(|first: char| first.is_ascii_digit())
        && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !is_name {
        return Err(format!("parameter name {name:?} is not a name of the language"));
    }
    let literal =
        literal(&value).ok_or_else(|| format!("parameter {name:?} is an object; give a number, text, bool or list"))?;
    Ok((name, literal))
}

fn literal(value: &Value) -> Option<Literal> {
    Some(match value {
        Value::Null => Literal::Undef,
        Value::Bool(value) => Literal::Bool(*value),
        Value::Number(value) => Literal::Number(value.as_f64()?),
        Value::String(value) => Literal::Text(value.clone()),
        Value::Array(items) => Literal::List(items.iter().map(literal).collect::<Option<_>>()?),
        Value::Object(_) => return None,
    })
}

fn outputs(id: &str, raw: Vec<RawOutput>) -> Result<Vec<OutputSpec>, String> {
    if raw.is_empty() || raw.len() > 32 {
        return Err(format!("outputs has {} entries; 1 to 32 are possible", raw.len()));
    }
    let mut seen = BTreeSet::new();
    let mut outputs = Vec::with_capacity(raw.len());
    for output in raw {
        let name = output.name.unwrap_or_else(|| id.to_owned());
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if name.is_empty() || name.len() > 128 || name.starts_with('.') || !name.bytes().all(allowed) {
            return Err(format!("output name {name:?} may hold letters, digits, `.`, `_` and `-` alone"));
        }
        let product = options::product(output.kind.as_deref(), &output.format, output.options)
            .map_err(|detail| format!("output {name:?}: {detail}"))?;
        let spec = OutputSpec { name, product, required: output.required };
        for file in std::iter::once(spec.file_name()).chain(spec.companion_name()) {
            if file == "manifest.json" || seen.contains(&file) {
                return Err(format!("two files of the job would be named {file:?}; give one of them another name"));
            }
            seen.insert(file);
        }
        outputs.push(spec);
    }
    Ok(outputs)
}

fn limits(raw: &RawLimits) -> Result<RequestedLimits, String> {
    if raw.wall_seconds.is_some_and(|seconds| seconds == 0 || seconds > WALL_SECONDS_MAX) {
        return Err(format!("limits.wallSeconds must be 1 to {WALL_SECONDS_MAX}"));
    }
    if raw.memory_mib.is_some_and(|mib| mib < 16) {
        return Err("limits.memoryMiB must be at least 16".to_owned());
    }
    if raw.triangles == Some(0) || raw.output_mib == Some(0) {
        return Err("limits.triangles and limits.outputMiB must be at least 1".to_owned());
    }
    Ok(RequestedLimits {
        wall_seconds: raw.wall_seconds,
        memory_mib: raw.memory_mib,
        triangles: raw.triangles,
        output_mib: raw.output_mib,
    })
}

fn destination(raw: RawDestination) -> Result<Destination, String> {
    if let Some(prefix) = &raw.prefix
        && !is_prefix(prefix)
    {
        return Err(format!(
            "destination.prefix {prefix:?} must not begin with `/`, hold control characters or be over 900 bytes"
        ));
    }
    Ok(Destination { bucket: raw.bucket, prefix: raw.prefix })
}

fn notify(raw: RawNotify) -> NotifySpec {
    let kind = |event: &RawEvent| match event {
        RawEvent::Started => EventKind::Started,
        RawEvent::Progress => EventKind::Progress,
        RawEvent::Output => EventKind::Output,
        RawEvent::Completed => EventKind::Completed,
    };
    let events = if raw.events.is_empty() { vec![EventKind::Completed] } else { raw.events.iter().map(kind).collect() };
    NotifySpec { url: raw.url, events, secret: raw.secret }
}
