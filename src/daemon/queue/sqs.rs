//! The queue on SQS.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_sqs::config::http::HttpResponse;
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::timeout::TimeoutConfig;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::{
    BatchResultErrorEntry, ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, Message,
    MessageAttributeValue, MessageSystemAttributeName,
};
use tokio::time::Instant;

use crate::daemon::aws::{CONNECT, Trouble, explain, trouble};
use crate::daemon::queue::{BatchResult, Delivery, QueueError, Receipt};
use crate::export::digest;

/// A queue on SQS.
#[derive(Debug, Clone)]
pub struct SqsQueue {
    client: aws_sdk_sqs::Client,
    /// Tries once and waits as long as it is told to: the loop is the retry, and an attempt that ends before the wait does would throw messages away.
    receiver: aws_sdk_sqs::Client,
    url: String,
    visibility: Duration,
    attempt: Duration,
}

impl SqsQueue {
    /// The queue at `url`; deliveries are invisible for `visibility`. `attempt` is the longest attempt at a call, without the wait of a receive.
    pub fn new(client: aws_sdk_sqs::Client, url: String, visibility: Duration, attempt: Duration) -> Self {
        // what is only left unsaid is taken from the client's own limits
        let patient = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .disable_operation_attempt_timeout()
            .disable_operation_timeout()
            .build();
        let once = client.config().to_builder().retry_config(RetryConfig::disabled()).timeout_config(patient);
        let receiver = aws_sdk_sqs::Client::from_conf(once.build());
        Self { client, receiver, url, visibility, attempt }
    }

    /// The last segment of the URL.
    pub fn name(&self) -> &str {
        self.url.rsplit('/').next().unwrap_or_default()
    }

    /// Sends a job. On a standard queue the tenant makes it a fair one; on a FIFO queue its jobs are done in order.
    pub async fn send(
        &self,
        body: &str,
        attributes: &BTreeMap<String, String>,
        tenant: Option<&str>,
        job: &str,
    ) -> Result<(), QueueError> {
        let is_fifo = self.url.ends_with(".fifo");
        let group = tenant.or(is_fifo.then_some("maquette")).map(str::to_owned);
        let mut call = self.client.send_message().queue_url(&self.url).message_body(body);
        call = call.set_message_group_id(group).set_message_deduplication_id(is_fifo.then(|| job.to_owned()));
        for (name, value) in attributes {
            let value = MessageAttributeValue::builder().data_type("String").string_value(value).build();
            let value = value.map_err(|error| QueueError::Refused(error.to_string()))?;
            call = call.message_attributes(name, value);
        }
        call.send().await.map(drop).map_err(|error| failure(&error))
    }

    /// Receives.
    pub async fn receive(&self, count: usize, wait: Duration) -> Result<Vec<Delivery>, QueueError> {
        let asked = Instant::now();
        let call = self
            .receiver
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(seconds(count))
            .wait_time_seconds(seconds(wait.as_secs()))
            .visibility_timeout(seconds(self.visibility.as_secs()))
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
            .message_system_attribute_names(MessageSystemAttributeName::MessageGroupId)
            .message_attribute_names("All");
        let answer = tokio::time::timeout(self.attempt + wait, call.send()).await;
        let late = |_| QueueError::Unavailable("no answer in time".to_owned());
        let output = answer.map_err(late)?.map_err(|error| failure(&error))?;
        Ok(output.messages.unwrap_or_default().into_iter().map(|message| delivery(message, asked)).collect())
    }

    /// Extends or releases.
    pub async fn extend(&self, entries: &[(Receipt, Duration)]) -> BatchResult {
        let batch = entries.iter().enumerate().map(|(index, (receipt, visibility))| {
            ChangeMessageVisibilityBatchRequestEntry::builder()
                .id(index.to_string())
                .receipt_handle(&receipt.0)
                .visibility_timeout(seconds(visibility.as_secs()))
                .build()
        });
        let batch: Vec<_> = batch.collect::<Result<_, _>>().map_err(|error| QueueError::Refused(error.to_string()))?;
        let call = self.client.change_message_visibility_batch().queue_url(&self.url).set_entries(Some(batch));
        let output = call.send().await.map_err(|error| failure(&error))?;
        Ok(by_entry(entries.len(), output.failed()))
    }

    /// Deletes.
    pub async fn acknowledge(&self, receipts: &[Receipt]) -> BatchResult {
        let batch = receipts.iter().enumerate().map(|(index, receipt)| {
            DeleteMessageBatchRequestEntry::builder().id(index.to_string()).receipt_handle(&receipt.0).build()
        });
        let batch: Vec<_> = batch.collect::<Result<_, _>>().map_err(|error| QueueError::Refused(error.to_string()))?;
        let call = self.client.delete_message_batch().queue_url(&self.url).set_entries(Some(batch));
        let output = call.send().await.map_err(|error| failure(&error))?;
        Ok(by_entry(receipts.len(), output.failed()))
    }
}

/// Sends `body` with text attributes to the queue at `url`. `id` is the same for what is sent again: a FIFO queue takes it once.
///
/// # Errors
/// All kinds but `LeaseLost`.
pub async fn send(
    client: &aws_sdk_sqs::Client,
    url: &str,
    body: &str,
    attributes: &BTreeMap<String, String>,
    (group, id): (Option<&str>, &str),
) -> Result<(), QueueError> {
    let mut call = client.send_message().queue_url(url).message_body(body);
    if url.ends_with(".fifo") {
        let id = if id.len() > NAME_MAX { digest(id.as_bytes()) } else { id.to_owned() };
        call = call.message_group_id(group.unwrap_or("maquette")).message_deduplication_id(id);
    }
    for (name, value) in attributes {
        let value = MessageAttributeValue::builder().data_type("String").string_value(value).build();
        let value = value.map_err(|error| QueueError::Refused(error.to_string()))?;
        call = call.message_attributes(name, value);
    }
    Box::pin(call.send()).await.map(drop).map_err(|error| failure(&error))
}

/// The longest name that SQS takes for what is not to be taken twice.
const NAME_MAX: usize = 128;

/// A 200 can hold failures: entries that are not named there succeeded.
fn by_entry(count: usize, failed: &[BatchResultErrorEntry]) -> Vec<Result<(), QueueError>> {
    let mut results = vec![Ok(()); count];
    for entry in failed {
        let place = entry.id().parse::<usize>().ok().and_then(|index| results.get_mut(index));
        if let Some(result) = place {
            *result = Err(entry_failure(entry));
        }
    }
    results
}

fn entry_failure(entry: &BatchResultErrorEntry) -> QueueError {
    let text = format!("{}: {}", entry.code(), entry.message().unwrap_or_default());
    match entry.code() {
        code if LOST.contains(&code) => QueueError::LeaseLost(text),
        _ if entry.sender_fault() => QueueError::Refused(text),
        _ => QueueError::Unavailable(text),
    }
}

/// Codes of a delivery that is not ours any more, as the query protocol and as JSON name them.
const LOST: [&str; 6] = [
    "ReceiptHandleIsInvalid",
    "MessageNotInflight",
    "AWS.SimpleQueueService.MessageNotInflight",
    "InvalidReceiptHandle",
    "AWS.SimpleQueueService.ReceiptHandleIsInvalid",
    "InvalidIdFormat",
];

const GONE: [&str; 3] = ["AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", "QueueDeletedRecently"];

fn failure<E>(error: &SdkError<E, HttpResponse>) -> QueueError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let text = explain(error);
    let code = error.code().unwrap_or_default();
    match trouble(error) {
        _ if LOST.contains(&code) => QueueError::LeaseLost(text),
        _ if GONE.contains(&code) => QueueError::Denied(text),
        Trouble::Transient => QueueError::Unavailable(text),
        Trouble::Denied => QueueError::Denied(text),
        Trouble::Refused => QueueError::Refused(text),
    }
}

fn delivery(message: Message, asked: Instant) -> Delivery {
    let system = message.attributes.unwrap_or_default();
    let number = |name| system.get(&name).and_then(|value| value.parse::<u64>().ok()).unwrap_or_default();
    let attempt = number(MessageSystemAttributeName::ApproximateReceiveCount).max(1);
    let attributes = message.message_attributes.unwrap_or_default();
    let attributes = attributes.into_iter().filter_map(|(name, value)| Some((name, value.string_value?)));
    Delivery {
        message_id: message.message_id.unwrap_or_default(),
        receipt: Receipt(message.receipt_handle.unwrap_or_default()),
        body: message.body.unwrap_or_default(),
        attributes: attributes.collect(),
        attempt: u32::try_from(attempt).unwrap_or(u32::MAX),
        sent_ms: number(MessageSystemAttributeName::SentTimestamp),
        group: system.get(&MessageSystemAttributeName::MessageGroupId).cloned(),
        asked,
    }
}

fn seconds(value: impl TryInto<i32>) -> i32 {
    value.try_into().unwrap_or(i32::MAX)
}
