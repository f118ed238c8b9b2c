//! ReceiveMessage, DeleteMessage and ChangeMessageVisibility, single and in batches.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::standin::journal::{Change, Table};
use crate::standin::sqs::batch;
use crate::standin::sqs::error::{Kind, SqsError, invalid_parameter};
use crate::standin::sqs::in_range;
use crate::standin::sqs::message::{Message, md5_hex, md5_of_attributes};
use crate::standin::sqs::queue::{Changed, Queue};
use crate::standin::sqs::send::sequence_number;
use crate::standin::sqs::world::{World, message_key, message_record, now_ms, read_handle, receipt_handle};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReceiveRequest {
    queue_url: String,
    max_number_of_messages: Option<i64>,
    wait_time_seconds: Option<i64>,
    visibility_timeout: Option<i64>,
    #[serde(default)]
    attribute_names: Vec<String>,
    #[serde(default)]
    message_system_attribute_names: Vec<String>,
    #[serde(default)]
    message_attribute_names: Vec<String>,
}

/// ReceiveMessage: waits for as long as asked, and answers as soon as there is something.
pub async fn receive(world: &World, request: ReceiveRequest, duplicate: bool) -> Result<Value, SqsError> {
    let count = in_range(request.max_number_of_messages, "MaxNumberOfMessages", 1, 10)?.unwrap_or(1);
    let wait_s = in_range(request.wait_time_seconds, "WaitTimeSeconds", 0, 20)?;
    let visibility_s = in_range(request.visibility_timeout, "VisibilityTimeout", 0, 43_200)?;
    let default_s =
        world.with(&request.queue_url, |queue| Ok(queue.attributes.number("ReceiveMessageWaitTimeSeconds")))?;
    let deadline = Instant::now() + Duration::from_secs(wait_s.unwrap_or(default_s));
    loop {
        let attempt = try_receive(world, &request, usize::try_from(count).unwrap_or(1), visibility_s, duplicate)?;
        if !attempt.messages.is_empty() {
            return Ok(json!({ "Messages": attempt.messages }));
        }
        let now = Instant::now();
        if attempt.full && now >= deadline && wait_s.unwrap_or(default_s) == 0 {
            return Err(Kind::OverLimit.with("Too many messages in flight."));
        }
        if now >= deadline {
            return Ok(json!({}));
        }
        let until = attempt.due_in.map_or(deadline, |due_in| deadline.min(now + due_in));
        tokio::select! {
            () = attempt.woken => {}
            () = tokio::time::sleep_until(until.into()) => {}
        }
    }
}

struct Attempt {
    /// So many messages are in flight that none is received.
    full: bool,
    messages: Vec<Value>,
    due_in: Option<Duration>,
    woken: std::pin::Pin<Box<tokio::sync::futures::OwnedNotified>>,
}

fn try_receive(
    world: &World,
    request: &ReceiveRequest,
    count: usize,
    visibility_s: Option<u64>,
    duplicate: bool,
) -> Result<Attempt, SqsError> {
    let now = now_ms();
    let (attempt, given_up, name) = world.with(&request.queue_url, |queue| {
        let mut woken = Box::pin(Arc::clone(&queue.wake).notified_owned());
        // registered before the look, so that nothing sent in between is slept through
        woken.as_mut().enable();
        let visibility_ms = visibility_s.unwrap_or_else(|| queue.attributes.number("VisibilityTimeout")) * 1000;
        let taken = queue.take(now, count, visibility_ms, duplicate);
        let changes = taken.received.iter().map(|(sequence, message)| message_record(&queue.name, *sequence, message));
        world.journal().note(changes.collect());
        let messages =
            taken.received.iter().map(|(sequence, message)| show(queue, *sequence, message, request)).collect();
        let due_in = queue.next_due_ms().map(|due| Duration::from_millis(due.saturating_sub(now) + 1));
        let full = queue.is_full();
        Ok((Attempt { full, messages, due_in, woken }, taken.given_up, queue.name.clone()))
    })?;
    if !given_up.is_empty() {
        world.journal().note(world.give_up(&name, given_up));
    }
    Ok(attempt)
}

fn show(queue: &Queue, sequence: u64, message: &Message, request: &ReceiveRequest) -> Value {
    let mut fields = serde_json::Map::new();
    fields.insert("MessageId".into(), json!(message.id));
    fields.insert("ReceiptHandle".into(), json!(receipt_handle(&queue.name, sequence, message.generation)));
    fields.insert("MD5OfBody".into(), json!(md5_hex(message.body.as_bytes())));
    fields.insert("Body".into(), json!(message.body));
    let system = system_attributes(queue, sequence, message, request);
    if !system.is_empty() {
        fields.insert("Attributes".into(), json!(system));
    }
    let is_wanted = |name: &str| request.message_attribute_names.iter().any(|pattern| matches(pattern, name));
    let mut wanted = message.attributes.clone();
    wanted.retain(|name, _| is_wanted(name));
    if let Some(md5) = md5_of_attributes(&wanted) {
        fields.insert("MD5OfMessageAttributes".into(), json!(md5));
        fields.insert("MessageAttributes".into(), json!(wanted));
    }
    Value::Object(fields)
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern == "All" || pattern == name || pattern.strip_suffix(".*").is_some_and(|prefix| name.starts_with(prefix))
}

fn system_attributes(
    queue: &Queue,
    sequence: u64,
    message: &Message,
    request: &ReceiveRequest,
) -> BTreeMap<&'static str, String> {
    let mut all = BTreeMap::from([
        ("SenderId", "000000000000".to_owned()),
        ("SentTimestamp", message.sent_ms.to_string()),
        ("ApproximateReceiveCount", message.receives.to_string()),
        ("ApproximateFirstReceiveTimestamp", message.first_received_ms.unwrap_or_default().to_string()),
    ]);
    all.extend(message.group.clone().map(|group| ("MessageGroupId", group)));
    all.extend(message.trace_header.clone().map(|header| ("AWSTraceHeader", header)));
    all.extend(message.dead_letter_source.clone().map(|arn| ("DeadLetterQueueSourceArn", arn)));
    if queue.is_fifo() {
        all.insert("SequenceNumber", sequence_number(sequence));
        all.extend(message.deduplication.clone().map(|id| ("MessageDeduplicationId", id)));
    }
    let asked = || request.message_system_attribute_names.iter().chain(&request.attribute_names);
    all.retain(|name, _| asked().any(|wanted| wanted == "All" || wanted == name));
    all
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteRequest {
    queue_url: String,
    receipt_handle: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BatchRequest {
    queue_url: String,
    #[serde(default)]
    entries: Vec<BatchEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BatchEntry {
    id: String,
    receipt_handle: String,
    visibility_timeout: Option<i64>,
}

/// DeleteMessage. With `lose` it answers that it did, and does not.
pub async fn delete(world: &World, request: DeleteRequest, lose: bool) -> Result<Value, SqsError> {
    let mut changes = Vec::new();
    world.with(&request.queue_url, |queue| delete_one(queue, &request.receipt_handle, lose, &mut changes))?;
    world.journal().commit(changes).await;
    Ok(json!({}))
}

/// DeleteMessageBatch.
pub async fn delete_batch(world: &World, request: BatchRequest, lose: bool) -> Result<Value, SqsError> {
    batch::check(request.entries.iter().map(|entry| entry.id.as_str()))?;
    let mut changes = Vec::new();
    let answer = world.with(&request.queue_url, |queue| {
        let mut answer = batch::Answer::default();
        for entry in &request.entries {
            answer.add(&entry.id, delete_one(queue, &entry.receipt_handle, lose, &mut changes));
        }
        Ok(answer.into_json())
    })?;
    world.journal().commit(changes).await;
    Ok(answer)
}

fn delete_one(queue: &mut Queue, handle: &str, lose: bool, changes: &mut Vec<Change>) -> Result<Value, SqsError> {
    let (sequence, generation) = read_handle(&queue.name, handle).ok_or_else(|| bad_handle(handle))?;
    if !lose && queue.acknowledge(sequence, generation) {
        changes.push(Change::remove(Table::Messages, message_key(&queue.name, sequence)));
    }
    Ok(Value::Null)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangeRequest {
    queue_url: String,
    receipt_handle: String,
    visibility_timeout: i64,
}

/// ChangeMessageVisibility.
pub async fn change(world: &World, request: ChangeRequest) -> Result<Value, SqsError> {
    let mut changes = Vec::new();
    world.with(&request.queue_url, |queue| {
        change_one(queue, &request.receipt_handle, Some(request.visibility_timeout), &mut changes)
    })?;
    world.journal().note(changes);
    Ok(json!({}))
}

/// ChangeMessageVisibilityBatch.
pub async fn change_batch(world: &World, request: BatchRequest) -> Result<Value, SqsError> {
    batch::check(request.entries.iter().map(|entry| entry.id.as_str()))?;
    let mut changes = Vec::new();
    let answer = world.with(&request.queue_url, |queue| {
        let mut answer = batch::Answer::default();
        for entry in &request.entries {
            answer.add(&entry.id, change_one(queue, &entry.receipt_handle, entry.visibility_timeout, &mut changes));
        }
        Ok(answer.into_json())
    })?;
    world.journal().note(changes);
    Ok(answer)
}

fn change_one(
    queue: &mut Queue,
    handle: &str,
    seconds: Option<i64>,
    changes: &mut Vec<Change>,
) -> Result<Value, SqsError> {
    let seconds = in_range(seconds, "VisibilityTimeout", 0, 43_200)?
        .ok_or_else(|| Kind::MissingParameter.with("The request must contain the parameter VisibilityTimeout."))?;
    let (sequence, generation) = read_handle(&queue.name, handle).ok_or_else(|| bad_handle(handle))?;
    match queue.change_visibility(sequence, generation, now_ms(), seconds * 1000) {
        Changed::Done => {
            changes.extend(queue.message(sequence).map(|message| message_record(&queue.name, sequence, message)));
            Ok(Value::Null)
        }
        Changed::NotInFlight => {
            let reason = "Reason: Message does not exist or is not available for visibility timeout change.";
            Err(Kind::MessageNotInflight
                .with(format!("Value {handle} for parameter ReceiptHandle is invalid. {reason}")))
        }
        Changed::TooLong => Err(invalid_parameter(
            seconds,
            "VisibilityTimeout",
            "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]",
        )),
    }
}

fn bad_handle(handle: &str) -> SqsError {
    Kind::ReceiptHandleIsInvalid.with(format!("The input receipt handle \"{handle}\" is not a valid receipt handle."))
}
