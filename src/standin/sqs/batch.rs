//! What all batch calls share: their ids are checked, and each entry succeeds or fails by itself.

use serde_json::{Value, json};

use crate::standin::sqs::error::{Kind, SqsError};

/// Checks the ids of a batch.
///
/// # Errors
/// Empty, more than ten, repeated or malformed.
pub fn check<'a>(ids: impl Iterator<Item = &'a str>) -> Result<(), SqsError> {
    let ids: Vec<&str> = ids.collect();
    if ids.is_empty() {
        return Err(Kind::EmptyBatchRequest.with("There should be at least one entry in the request."));
    }
    if ids.len() > 10 {
        let message = format!("Maximum number of entries per request are 10. You have sent {}.", ids.len());
        return Err(Kind::TooManyEntriesInBatchRequest.with(message));
    }
    if !ids.iter().all(|id| is_id(id)) {
        let message = "A batch entry id can only contain alphanumeric characters, hyphens and underscores. \
                       It can be at most 80 letters long.";
        return Err(Kind::InvalidBatchEntryId.with(message));
    }
    let mut sorted = ids;
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Kind::BatchEntryIdsNotDistinct.with(format!("Id {} repeated.", pair[0]))),
        None => Ok(()),
    }
}

fn is_id(id: &str) -> bool {
    (1..=80).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// The two lists of a batch answer.
#[derive(Debug, Default)]
pub struct Answer {
    successful: Vec<Value>,
    failed: Vec<Value>,
}

impl Answer {
    /// Notes what became of entry `id`.
    pub fn add(&mut self, id: &str, outcome: Result<Value, SqsError>) {
        match outcome {
            Ok(Value::Object(mut fields)) => {
                fields.insert("Id".into(), id.into());
                self.successful.push(Value::Object(fields));
            }
            Ok(_) => self.successful.push(json!({ "Id": id })),
            Err(error) => self.failed.push(json!({
                "Id": id, "SenderFault": true, "Code": error.kind.query_code(), "Message": error.message,
            })),
        }
    }

    /// The answer on the wire.
    pub fn into_json(self) -> Value {
        json!({ "Successful": self.successful, "Failed": self.failed })
    }
}
