//! Operations on queues themselves: make, find, change, empty, delete, and move a dead-letter queue back.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::standin::journal::{Change, Table};
use crate::standin::sqs::QueueRequest;
use crate::standin::sqs::attributes::QueueAttributes;
use crate::standin::sqs::error::{Kind, SqsError, invalid_parameter};
use crate::standin::sqs::queue::Queue;
use crate::standin::sqs::world::{World, fresh_id, message_key, no_such_queue, now_ms, push, queue_record};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateRequest {
    queue_name: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

/// CreateQueue: again is fine with the same attributes.
pub async fn create(world: &World, request: CreateRequest) -> Result<Value, SqsError> {
    let name = &request.queue_name;
    check_name(name, &request.attributes)?;
    let mut attributes = QueueAttributes::default();
    attributes.apply(&request.attributes)?;
    let record = {
        let mut queues = world.lock();
        if let Some(queue) = queues.get(name) {
            if queue.attributes.agrees_with(&request.attributes) {
                return Ok(json!({ "QueueUrl": world.url(name) }));
            }
            let message = "A queue already exists with the same name and a different value for an attribute.";
            return Err(Kind::QueueNameExists.with(message));
        }
        let queue = Queue::new(name, attributes, now_ms());
        let record = queue_record(&queue);
        queues.insert(name.clone(), queue);
        record
    };
    world.journal().commit(vec![record]).await;
    Ok(json!({ "QueueUrl": world.url(name) }))
}

fn check_name(name: &str, attributes: &BTreeMap<String, String>) -> Result<(), SqsError> {
    let plain = name.strip_suffix(".fifo").unwrap_or(name);
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if plain.is_empty() || name.len() > 80 || !plain.bytes().all(is_good) {
        let reason = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
        return Err(invalid_parameter(name, "QueueName", reason));
    }
    let asked_fifo = attributes.get("FifoQueue").is_some_and(|value| value == "true");
    if asked_fifo != name.ends_with(".fifo") {
        let reason = "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, \
                      must end with .fifo suffix and be 1 to 80 in length";
        return Err(invalid_parameter(name, "QueueName", reason));
    }
    Ok(())
}

/// DeleteQueue: parked receives see that it is gone.
pub async fn delete(world: &World, request: QueueRequest) -> Result<Value, SqsError> {
    let name = request.queue_url.rsplit('/').next().unwrap_or_default().to_owned();
    let queue = world.lock().remove(&name).ok_or_else(no_such_queue)?;
    queue.wake.notify_waiters();
    let mut changes = forget(&queue);
    changes.push(Change::remove(Table::Queues, name.as_bytes()));
    world.journal().commit(changes).await;
    Ok(json!({}))
}

fn forget(queue: &Queue) -> Vec<Change> {
    let keys = queue.sequences().into_iter().map(|sequence| message_key(&queue.name, sequence));
    keys.map(|key| Change::remove(Table::Messages, key)).collect()
}

/// PurgeQueue: once a minute at most.
pub async fn purge(world: &World, request: QueueRequest) -> Result<Value, SqsError> {
    let now = now_ms();
    let changes = world.with(&request.queue_url, |queue| {
        if queue.purged_ms.is_some_and(|purged| purged + 60_000 > now) {
            let message = format!("Only one PurgeQueue operation on {} is allowed every 60 seconds.", queue.name);
            return Err(Kind::PurgeQueueInProgress.with(message));
        }
        queue.purged_ms = Some(now);
        let changes = forget(queue);
        for sequence in queue.sequences() {
            queue.remove(sequence);
        }
        Ok(changes)
    })?;
    world.journal().commit(changes).await;
    Ok(json!({}))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UrlRequest {
    queue_name: String,
}

/// GetQueueUrl.
pub fn url(world: &World, request: &UrlRequest) -> Result<Value, SqsError> {
    if !world.lock().contains_key(&request.queue_name) {
        return Err(no_such_queue());
    }
    Ok(json!({ "QueueUrl": world.url(&request.queue_name) }))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListRequest {
    #[serde(default)]
    queue_name_prefix: String,
}

/// ListQueues: all at once.
pub fn list(world: &World, request: &ListRequest) -> Result<Value, SqsError> {
    let queues = world.lock();
    let named = queues.keys().filter(|name| name.starts_with(&request.queue_name_prefix));
    let urls: Vec<String> = named.map(|name| world.url(name)).collect();
    Ok(json!({ "QueueUrls": urls }))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttributesRequest {
    queue_url: String,
    #[serde(default)]
    attribute_names: Vec<String>,
}

/// GetQueueAttributes.
pub fn attributes(world: &World, request: &AttributesRequest) -> Result<Value, SqsError> {
    let mut all = world.with(&request.queue_url, |queue| Ok(describe(queue)))?;
    let unknown = |name: &&String| *name != "All" && !all.contains_key(*name) && !OPTIONAL.contains(&name.as_str());
    if let Some(name) = request.attribute_names.iter().find(unknown) {
        return Err(Kind::InvalidAttributeName.with(format!("Unknown Attribute {name}.")));
    }
    let is_wanted = |name: &str| request.attribute_names.iter().any(|wanted| wanted == "All" || wanted == name);
    all.retain(|name, _| is_wanted(name));
    Ok(if all.is_empty() { json!({}) } else { json!({ "Attributes": all }) })
}

const OPTIONAL: [&str; 10] = [
    "Policy",
    "RedrivePolicy",
    "RedriveAllowPolicy",
    "KmsMasterKeyId",
    "KmsDataKeyReusePeriodSeconds",
    "FifoQueue",
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "FifoThroughputLimit",
    "SqsManagedSseEnabled",
];

fn describe(queue: &mut Queue) -> BTreeMap<String, String> {
    let [visible, held, delayed] = queue.counts(now_ms());
    let mut all = queue.attributes.all();
    all.insert("QueueArn".into(), queue.arn());
    all.insert("ApproximateNumberOfMessages".into(), visible.to_string());
    all.insert("ApproximateNumberOfMessagesNotVisible".into(), held.to_string());
    all.insert("ApproximateNumberOfMessagesDelayed".into(), delayed.to_string());
    all.insert("CreatedTimestamp".into(), (queue.created_ms / 1000).to_string());
    all.insert("LastModifiedTimestamp".into(), (queue.modified_ms / 1000).to_string());
    all
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetAttributesRequest {
    queue_url: String,
    attributes: BTreeMap<String, String>,
}

/// SetQueueAttributes.
pub async fn set_attributes(world: &World, request: SetAttributesRequest) -> Result<Value, SqsError> {
    let record = world.with(&request.queue_url, |queue| {
        queue.attributes.apply(&request.attributes)?;
        queue.modified_ms = now_ms();
        // a parked receive may now have to wait for something else
        queue.wake.notify_waiters();
        Ok(queue_record(queue))
    })?;
    world.journal().commit(vec![record]).await;
    Ok(json!({}))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MoveRequest {
    source_arn: String,
    destination_arn: Option<String>,
}

/// StartMessageMoveTask: done at once; what is in flight stays.
pub async fn move_messages(world: &World, request: MoveRequest) -> Result<Value, SqsError> {
    let name_of = |arn: &str| arn.rsplit(':').next().unwrap_or_default().to_owned();
    let source = name_of(&request.source_arn);
    let changes = {
        let mut queues = world.lock();
        let is_target =
            queues.values().any(|queue| queue.attributes.redrive().is_some_and(|redrive| redrive.target == source));
        if !queues.contains_key(&source) || !is_target {
            return Err(Kind::ResourceNotFound
                .with("The resource that you specified for the SourceArn parameter doesn't exist."));
        }
        let visible = queues.get_mut(&source).map(|queue| queue.visible_sequences(now_ms())).unwrap_or_default();
        let mut changes = Vec::new();
        for sequence in visible {
            let origin = queues.get(&source).and_then(|queue| queue.message(sequence)?.dead_letter_source.clone());
            let Some(target) = request.destination_arn.as_deref().or(origin.as_deref()).map(name_of) else { continue };
            // a message whose origin is gone stays where it is
            if !queues.contains_key(&target) {
                continue;
            }
            let Some(mut message) = queues.get_mut(&source).and_then(|queue| queue.remove(sequence)) else { continue };
            changes.push(Change::remove(Table::Messages, message_key(&source, sequence)));
            message.dead_letter_source = None;
            message.receives = 0;
            message.first_received_ms = None;
            changes.extend(queues.get_mut(&target).map(|queue| push(queue, message)));
        }
        changes
    };
    world.journal().commit(changes).await;
    Ok(json!({ "TaskHandle": fresh_id() }))
}

/// ListDeadLetterSourceQueues.
pub fn dead_letter_sources(world: &World, request: &QueueRequest) -> Result<Value, SqsError> {
    let name = world.with(&request.queue_url, |queue| Ok(queue.name.clone()))?;
    let queues = world.lock();
    let feeds = |queue: &&Queue| queue.attributes.redrive().is_some_and(|redrive| redrive.target == name);
    let urls: Vec<String> = queues.values().filter(feeds).map(|queue| world.url(&queue.name)).collect();
    Ok(json!({ "queueUrls": urls }))
}
