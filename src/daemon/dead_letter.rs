//! Puts what is no job, or cannot be done, into a queue of its own, with the reason.

use crate::daemon::queue::{Delivery, QueueError, sqs_send};

/// The dead-letter queue, if one is set.
#[derive(Debug, Clone, Default)]
pub struct DeadLetters(Option<(aws_sdk_sqs::Client, String)>);

impl DeadLetters {
    /// The queue at `url`.
    pub fn new(client: &aws_sdk_sqs::Client, url: Option<&str>) -> Self {
        Self(url.map(|url| (client.clone(), url.to_owned())))
    }

    /// No queue.
    pub fn none() -> Self {
        Self(None)
    }

    /// Sends a copy of `delivery` with its attributes, its id and the reason. `false` when there is no queue for it.
    ///
    /// # Errors
    /// When the queue does not take it.
    pub async fn send(&self, delivery: &Delivery, reason: &str) -> Result<bool, QueueError> {
        let Some((client, url)) = &self.0 else { return Ok(false) };
        let mut attributes = delivery.attributes.clone();
        // SQS takes ten attributes, and texts without control characters
        while attributes.len() > 8 {
            attributes.pop_last();
        }
        let reason: String = reason.chars().filter(|character| !character.is_control()).take(500).collect();
        attributes.insert("maquette-reason".into(), reason);
        attributes.insert("maquette-message".into(), delivery.message_id.clone());
        let names = (delivery.group.as_deref(), delivery.message_id.as_str());
        sqs_send(client, url, &delivery.body, &attributes, names).await?;
        Ok(true)
    }
}
