//! The other end of the daemon: puts jobs on the queue and reads what became of them; for `submit` and `demo`.

use std::time::Duration;

use aws_sdk_sqs::types::QueueAttributeName;

use crate::config::Settings;
use crate::daemon::aws::{Clients, explain};

/// What could not be done at queue or store, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {why}")]
pub struct ProducerError {
    what: String,
    why: String,
}

/// Whoever puts jobs on the queue.
#[derive(Debug, Clone)]
pub struct Producer {
    clients: Clients,
    queue_url: String,
    bucket: String,
}

impl Producer {
    /// A producer for the first queue and the bucket of the settings.
    pub async fn connect(settings: &Settings) -> Self {
        let queue_url = settings.queue.urls.first().cloned().unwrap_or_default();
        Self { clients: Clients::connect(settings).await, queue_url, bucket: settings.store.bucket.clone() }
    }

    /// Makes a queue and its dead-letter queue, and a bucket, where they are not there yet; gives the queue's URL.
    ///
    /// # Errors
    /// The endpoint cannot be reached or refuses.
    pub async fn create(&mut self, queue: &str, bucket: &str, visibility: Duration) -> Result<String, ProducerError> {
        let dead = self.create_queue(&format!("{queue}-dead"), visibility, None).await?;
        let arn = self.queue_arn(&dead).await?;
        let url = self.create_queue(queue, visibility, Some(arn)).await?;
        let made = self.clients.s3.create_bucket().bucket(bucket).send().await;
        if let Err(error) = made {
            let there = error
                .as_service_error()
                .is_some_and(|error| error.is_bucket_already_owned_by_you() || error.is_bucket_already_exists());
            if !there {
                return Err(failed(&format!("bucket {bucket} cannot be made"), &error));
            }
        }
        self.queue_url.clone_from(&url);
        self.bucket = bucket.to_owned();
        Ok(url)
    }

    async fn create_queue(
        &self,
        name: &str,
        visibility: Duration,
        dead_letter: Option<String>,
    ) -> Result<String, ProducerError> {
        let mut call = self
            .clients
            .sqs
            .create_queue()
            .queue_name(name)
            .attributes(QueueAttributeName::VisibilityTimeout, visibility.as_secs().to_string());
        if let Some(arn) = dead_letter {
            let policy = serde_json::json!({ "deadLetterTargetArn": arn, "maxReceiveCount": ATTEMPTS_MAX });
            call = call.attributes(QueueAttributeName::RedrivePolicy, policy.to_string());
        }
        let made = call.send().await.map_err(|error| failed(&format!("queue {name} cannot be made"), &error))?;
        Ok(made.queue_url.unwrap_or_default())
    }

    async fn queue_arn(&self, url: &str) -> Result<String, ProducerError> {
        let call = self.clients.sqs.get_queue_attributes().queue_url(url).attribute_names(QueueAttributeName::QueueArn);
        let told = call.send().await.map_err(|error| failed(&format!("queue {url} cannot be asked"), &error))?;
        Ok(told.attributes.and_then(|mut all| all.remove(&QueueAttributeName::QueueArn)).unwrap_or_default())
    }

    /// Puts a message on the queue.
    ///
    /// # Errors
    /// The queue cannot be reached or refuses.
    pub async fn send(&self, body: &str) -> Result<(), ProducerError> {
        let call = self.clients.sqs.send_message().queue_url(&self.queue_url).message_body(body);
        call.send().await.map_err(|error| failed(&format!("queue {}", self.queue_url), &error))?;
        Ok(())
    }

    /// Messages waiting and messages in flight, as far as the queue knows.
    ///
    /// # Errors
    /// The queue cannot be reached or refuses.
    pub async fn depth(&self) -> Result<(u64, u64), ProducerError> {
        let (waiting, flying) = (
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        );
        let call = self.clients.sqs.get_queue_attributes().queue_url(&self.queue_url);
        let call = call.attribute_names(waiting.clone()).attribute_names(flying.clone());
        let told = call.send().await.map_err(|error| failed(&format!("queue {}", self.queue_url), &error))?;
        let all = told.attributes.unwrap_or_default();
        let count = |name| all.get(&name).and_then(|text| text.parse().ok()).unwrap_or(0);
        Ok((count(waiting), count(flying)))
    }

    /// An object of a bucket, the settings' own where none is named; `None` where there is none of that key.
    ///
    /// # Errors
    /// The store cannot be reached or refuses.
    pub async fn object(&self, bucket: Option<&str>, key: &str) -> Result<Option<Vec<u8>>, ProducerError> {
        let bucket = bucket.unwrap_or(&self.bucket);
        let what = || format!("object {key} of bucket {bucket}");
        match self.clients.s3.get_object().bucket(bucket).key(key).send().await {
            Ok(found) => {
                let bytes =
                    found.body.collect().await.map_err(|error| ProducerError { what: what(), why: explain(&error) })?;
                Ok(Some(bytes.to_vec()))
            }
            Err(error) if error.as_service_error().is_some_and(|error| error.is_no_such_key()) => Ok(None),
            Err(error) => Err(failed(&what(), &error)),
        }
    }
}

/// Receives before a message goes to the dead-letter queue: three for bad luck, one to be sure.
const ATTEMPTS_MAX: u32 = 4;

fn failed(what: &str, error: &(dyn std::error::Error + 'static)) -> ProducerError {
    ProducerError { what: what.to_owned(), why: explain(error) }
}
