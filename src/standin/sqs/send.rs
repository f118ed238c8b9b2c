//! SendMessage and SendMessageBatch.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::standin::journal::{Change, Table};
use crate::standin::sqs::batch;
use crate::standin::sqs::error::{Kind, SqsError, invalid_parameter};
use crate::standin::sqs::in_range;
use crate::standin::sqs::message::{
    Attributes, MESSAGE_BYTES_MAX, Message, attributes_size, hex, is_carried, md5_hex, md5_of_attributes,
};
use crate::standin::sqs::queue::Queue;
use crate::standin::sqs::world::{World, fresh_id, message_key, now_ms};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SendRequest {
    queue_url: String,
    #[serde(flatten)]
    entry: Entry,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SendBatchRequest {
    queue_url: String,
    #[serde(default)]
    entries: Vec<BatchEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BatchEntry {
    id: String,
    #[serde(flatten)]
    entry: Entry,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    message_body: String,
    delay_seconds: Option<i64>,
    #[serde(default)]
    message_attributes: Attributes,
    #[serde(default)]
    message_system_attributes: Attributes,
    message_group_id: Option<String>,
    message_deduplication_id: Option<String>,
}

/// SendMessage.
pub async fn send(world: &World, request: SendRequest) -> Result<Value, SqsError> {
    let mut changes = Vec::new();
    let answer = world.with(&request.queue_url, |queue| accept(queue, request.entry, &mut changes))?;
    world.journal().commit(changes).await;
    Ok(answer)
}

/// SendMessageBatch.
pub async fn send_batch(world: &World, request: SendBatchRequest) -> Result<Value, SqsError> {
    batch::check(request.entries.iter().map(|entry| entry.id.as_str()))?;
    let bytes = |entry: &BatchEntry| entry.entry.message_body.len() + attributes_size(&entry.entry.message_attributes);
    let total: usize = request.entries.iter().map(bytes).sum();
    if total > MESSAGE_BYTES_MAX {
        let message =
            format!("Batch requests cannot be longer than {MESSAGE_BYTES_MAX} bytes. You have sent {total} bytes.");
        return Err(Kind::BatchRequestTooLong.with(message));
    }
    let mut changes = Vec::new();
    let answer = world.with(&request.queue_url, |queue| {
        let mut answer = batch::Answer::default();
        for BatchEntry { id, entry } in request.entries {
            answer.add(&id, accept(queue, entry, &mut changes));
        }
        Ok(answer.into_json())
    })?;
    world.journal().commit(changes).await;
    Ok(answer)
}

fn accept(queue: &mut Queue, entry: Entry, changes: &mut Vec<Change>) -> Result<Value, SqsError> {
    check_content(queue, &entry)?;
    let delay_s = in_range(entry.delay_seconds, "DelaySeconds", 0, 900)?;
    let deduplication = if queue.is_fifo() { Some(check_fifo(queue, &entry)?) } else { None };
    let now = now_ms();
    let digests = Digests::of(&entry);
    if let Some(known_by) = &deduplication
        && let Some((sequence, id)) = queue.repeat_of(known_by, now)
    {
        return Ok(digests.answer(&id, Some(sequence)));
    }
    let delay_s = delay_s.unwrap_or_else(|| queue.attributes.number("DelaySeconds"));
    let message = Message {
        id: fresh_id(),
        body: entry.message_body,
        attributes: entry.message_attributes,
        trace_header: entry
            .message_system_attributes
            .get("AWSTraceHeader")
            .and_then(|header| header.string_value.clone()),
        sent_ms: now,
        group: entry.message_group_id,
        deduplication,
        receives: 0,
        first_received_ms: None,
        visible_ms: now + delay_s * 1000,
        held_since_ms: None,
        generation: 0,
        dead_letter_source: None,
    };
    let id = message.id.clone();
    let record = serde_json::to_vec(&message).unwrap_or_default();
    let sequence = queue.push(message);
    changes.push(Change::put(Table::Messages, message_key(&queue.name, sequence), record));
    Ok(digests.answer(&id, queue.is_fifo().then_some(sequence)))
}

fn check_content(queue: &Queue, entry: &Entry) -> Result<(), SqsError> {
    if entry.message_body.is_empty() {
        return Err(Kind::MissingParameter.with("The request must contain the parameter MessageBody."));
    }
    if !is_carried(&entry.message_body) {
        return Err(Kind::InvalidMessageContents.with("The message contains characters outside the allowed set."));
    }
    let most = queue.attributes.number("MaximumMessageSize");
    let size = entry.message_body.len() + attributes_size(&entry.message_attributes);
    if size as u64 > most {
        let reason = format!("Message must be shorter than {most} bytes.");
        return Err(invalid_parameter(format!("of {size} bytes"), "MessageBody", &reason));
    }
    if entry.message_attributes.len() > 10 {
        let reason = "Number of message attributes exceeds the allowed maximum of 10.";
        return Err(invalid_parameter(entry.message_attributes.len(), "MessageAttributes", reason));
    }
    let empty = entry.message_attributes.iter().find(|(_, attribute)| {
        attribute.data_type.is_empty() || (attribute.string_value.is_none() && attribute.binary_value.is_none())
    });
    match empty {
        Some((name, _)) => Err(invalid_parameter(name, "MessageAttributes", "It has no type or no value.")),
        None => Ok(()),
    }
}

fn check_fifo(queue: &Queue, entry: &Entry) -> Result<String, SqsError> {
    if entry.message_group_id.as_ref().is_none_or(String::is_empty) {
        return Err(Kind::MissingParameter.with("The request must contain the parameter MessageGroupId."));
    }
    if entry.delay_seconds.is_some_and(|delay| delay != 0) {
        let reason = "The request include parameter that is not valid for this queue type.";
        return Err(invalid_parameter(entry.delay_seconds.unwrap_or_default(), "DelaySeconds", reason));
    }
    match &entry.message_deduplication_id {
        Some(id) => Ok(id.clone()),
        None if queue.attributes.deduplicates_by_content() => Ok(hex(&Sha256::digest(entry.message_body.as_bytes()))),
        None => Err(Kind::InvalidParameterValue.with(
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
        )),
    }
}

struct Digests {
    body: String,
    attributes: Option<String>,
    system: Option<String>,
}

impl Digests {
    fn of(entry: &Entry) -> Self {
        Self {
            body: md5_hex(entry.message_body.as_bytes()),
            attributes: md5_of_attributes(&entry.message_attributes),
            system: md5_of_attributes(&entry.message_system_attributes),
        }
    }

    fn answer(self, id: &str, sequence: Option<u64>) -> Value {
        let mut fields = BTreeMap::from([("MessageId", json!(id)), ("MD5OfMessageBody", json!(self.body))]);
        fields.extend(self.attributes.map(|md5| ("MD5OfMessageAttributes", json!(md5))));
        fields.extend(self.system.map(|md5| ("MD5OfMessageSystemAttributes", json!(md5))));
        fields.extend(sequence.map(|sequence| ("SequenceNumber", json!(sequence_number(sequence)))));
        json!(fields)
    }
}

/// Twenty digits, as the service writes them.
pub fn sequence_number(sequence: u64) -> String {
    format!("{sequence:020}")
}
