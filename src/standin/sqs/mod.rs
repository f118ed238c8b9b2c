//! The queue side: SQS's JSON 1.0 protocol, operation by operation.
//!
//! **In** the name of an operation and its JSON; **Out** the JSON of its answer or an [`SqsError`].
//! **Stages** `error` → `message` → `attributes` → `queue` (one queue, no clock) → `world` (all queues, journal) → `send`, `receive`, `admin` (operations).
//! **Invariants** What an answer promises is in the journal before the answer is sent; a receive is noted soon after, for losing it only means redelivery.
//! **Knows nothing of** HTTP.

mod admin;
mod attributes;
mod batch;
mod error;
mod message;
mod queue;
mod receive;
mod send;
mod world;

use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

pub use error::{Kind, SqsError};
pub use message::hex;
pub use world::{fresh_id, now_ms};

use crate::standin::fault::Effects;
use crate::standin::journal::Journal;
use crate::standin::sqs::error::invalid_parameter;
use crate::standin::sqs::world::World;

/// The queue service.
#[derive(Debug)]
pub struct Sqs {
    world: World,
}

impl Sqs {
    /// The queues that the journal remembers; their URLs begin with `endpoint`.
    pub fn load(journal: Arc<Journal>, endpoint: String) -> Self {
        Self { world: World::load(journal, endpoint) }
    }

    /// Carries one operation out.
    ///
    /// # Errors
    /// What the service would answer.
    pub async fn call(&self, operation: &str, body: &[u8], effects: Effects) -> Result<Value, SqsError> {
        let world = &self.world;
        match operation {
            "SendMessage" => send::send(world, read(body)?).await,
            "SendMessageBatch" => send::send_batch(world, read(body)?).await,
            "ReceiveMessage" => receive::receive(world, read(body)?, effects.duplicate).await,
            "DeleteMessage" => receive::delete(world, read(body)?, effects.lose).await,
            "DeleteMessageBatch" => receive::delete_batch(world, read(body)?, effects.lose).await,
            "ChangeMessageVisibility" => receive::change(world, read(body)?).await,
            "ChangeMessageVisibilityBatch" => receive::change_batch(world, read(body)?).await,
            "CreateQueue" => admin::create(world, read(body)?).await,
            "DeleteQueue" => admin::delete(world, read(body)?).await,
            "PurgeQueue" => admin::purge(world, read(body)?).await,
            "GetQueueUrl" => admin::url(world, &read(body)?),
            "ListQueues" => admin::list(world, &read(body)?),
            "GetQueueAttributes" => admin::attributes(world, &read(body)?),
            "SetQueueAttributes" => admin::set_attributes(world, read(body)?).await,
            "StartMessageMoveTask" => admin::move_messages(world, read(body)?).await,
            "ListDeadLetterSourceQueues" => admin::dead_letter_sources(world, &read(body)?),
            "ListQueueTags" => Ok(json!({})),
            other => Err(Kind::InvalidAction.with(format!("The action {other} is not valid for this endpoint."))),
        }
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, SqsError> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| {
        let kind = if error.to_string().starts_with("missing field") {
            Kind::MissingParameter
        } else {
            Kind::InvalidParameterValue
        };
        kind.with(format!("The request is not valid: {error}."))
    })
}

/// A number within a range, or the service's complaint.
fn in_range(value: Option<i64>, name: &str, low: i64, high: i64) -> Result<Option<u64>, SqsError> {
    match value {
        None => Ok(None),
        Some(value) if (low..=high).contains(&value) => Ok(u64::try_from(value).ok()),
        Some(value) => Err(invalid_parameter(value, name, &format!("Must be between {low} and {high}, if provided."))),
    }
}

/// A request that says nothing but which queue.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct QueueRequest {
    queue_url: String,
}
