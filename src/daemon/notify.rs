//! Tells the outside that a job is settled: a CloudEvent made from its manifest.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::daemon::queue::{QueueError, sqs_send};
use crate::daemon::retry::Backoff;
use crate::daemon::store::Place;
use crate::daemon::telemetry::{Metrics, event};
use crate::job::TraceContext;

/// Where notifications go.
#[derive(Debug, Clone)]
pub enum Notifier {
    /// Nobody is told.
    None,
    /// A queue on SQS.
    Sqs {
        /// Client.
        client: aws_sdk_sqs::Client,
        /// The queue.
        url: String,
        /// For the event's source.
        region: String,
    },
    /// Kept in memory, for tests.
    Memory(Arc<Mutex<Vec<Value>>>),
}

/// Tries before the message is given back to be told of later.
const TRIES: u32 = 3;

impl Notifier {
    /// Whether anybody is told.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Tells of the job whose manifest lies at `place`.
    ///
    /// # Errors
    /// The last failure of several tries.
    pub async fn completed(&self, manifest: &[u8], place: &Place, metrics: &Metrics) -> Result<(), QueueError> {
        if self.is_none() {
            return Ok(());
        }
        let manifest: Value = serde_json::from_slice(manifest).unwrap_or_default();
        let document = completed_event(&manifest, place, self.region());
        let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(2));
        for attempt in 1.. {
            match self.send(&document).await {
                Ok(()) => break,
                Err(error) => {
                    metrics.notify_failures.increment();
                    event::NotifyFailed { error: &error }.emit();
                    if attempt >= TRIES || !error.is_transient() {
                        return Err(error);
                    }
                    tokio::time::sleep(backoff.next_pause()).await;
                }
            }
        }
        Ok(())
    }

    async fn send(&self, document: &Value) -> Result<(), QueueError> {
        match self {
            Self::None => Ok(()),
            Self::Sqs { client, url, .. } => send_event(client, url, document).await,
            Self::Memory(sent) => {
                sent.lock().unwrap_or_else(PoisonError::into_inner).push(document.clone());
                Ok(())
            }
        }
    }

    fn region(&self) -> &str {
        match self {
            Self::Sqs { region, .. } => region,
            _ => "local",
        }
    }
}

/// Puts an event on a queue.
///
/// # Errors
/// As for any message.
pub async fn send_event(client: &aws_sdk_sqs::Client, url: &str, document: &Value) -> Result<(), QueueError> {
    let text = |name: &str| document[name].as_str().map(str::to_owned);
    let (group, id) = (text("subject"), text("id").unwrap_or_default());
    let mut attributes = BTreeMap::from([
        ("content-type".to_owned(), "application/cloudevents+json".to_owned()),
        ("id".to_owned(), id.clone()),
    ]);
    attributes.extend(
        trace_of(document)
            .iter()
            .flat_map(TraceContext::fields)
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    sqs_send(client, url, &document.to_string(), &attributes, (group.as_deref(), &id)).await
}

/// The event; its id is the same however often the job is told of, so that receivers can drop repeats.
pub fn completed_event(manifest: &Value, place: &Place, region: &str) -> Value {
    let job = manifest["job"].as_str().unwrap_or_default();
    let attempt = manifest["attempt"].as_u64().unwrap_or(1);
    let mut document = json!({
        "specversion": "1.0",
        "id": format!("{job}/{attempt}/completed"),
        "source": format!("urn:maquette:worker:{region}"),
        "type": "dev.maquette.job.completed.v1",
        "subject": job,
        "time": manifest["times"]["finished"],
        "datacontenttype": "application/json",
        "dataschema": "urn:maquette:schema:event:v1",
        "data": {
            "job": job,
            "tenant": manifest["tenant"],
            "status": manifest["status"],
            "attempt": attempt,
            "progress": 1,
            "phase": "done",
            "cached": manifest["cached"],
            "manifest": { "bucket": place.bucket, "key": place.key },
            "error": manifest["error"],
            "labels": manifest["labels"],
        },
    });
    add_trace(&mut document, trace_of(manifest).as_ref());
    document
}

/// The trace that a manifest or an event names.
pub fn trace_of(document: &Value) -> Option<TraceContext> {
    TraceContext::find(|name| document[name].as_str())
}

/// Says in an event which trace it belongs to.
pub fn add_trace(event: &mut Value, trace: Option<&TraceContext>) {
    for (name, value) in trace.into_iter().flat_map(TraceContext::fields) {
        event[name] = value.into();
    }
}
