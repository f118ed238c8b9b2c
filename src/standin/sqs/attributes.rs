//! The attributes of a queue: which there are, their ranges and defaults.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::standin::sqs::error::{Kind, SqsError, invalid_parameter};
use crate::standin::sqs::message::MESSAGE_BYTES_MAX;

/// The attributes that were set, by the service's names; what was not set has its default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueAttributes {
    values: BTreeMap<String, String>,
}

/// When a queue gives a message up, and to which queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redrive {
    /// Name of the dead-letter queue.
    pub target: String,
    /// Receives after which the next one moves the message away.
    pub receives_max: u32,
}

/// Name, default, lowest and highest value of the numbers.
const NUMBERS: [(&str, u64, u64, u64); 5] = [
    ("VisibilityTimeout", 30, 0, 43_200),
    ("DelaySeconds", 0, 0, 900),
    ("MaximumMessageSize", MESSAGE_BYTES_MAX as u64, 1024, MESSAGE_BYTES_MAX as u64),
    ("MessageRetentionPeriod", 345_600, 60, 1_209_600),
    ("ReceiveMessageWaitTimeSeconds", 0, 0, 20),
];

/// Attributes that are kept and shown, and change nothing here.
const KEPT: [&str; 8] = [
    "Policy",
    "RedriveAllowPolicy",
    "KmsMasterKeyId",
    "KmsDataKeyReusePeriodSeconds",
    "SqsManagedSseEnabled",
    "DeduplicationScope",
    "FifoThroughputLimit",
    "Version",
];

impl QueueAttributes {
    /// Sets `changes`, all or none.
    ///
    /// # Errors
    /// `InvalidAttributeName` and `InvalidAttributeValue`.
    pub fn apply(&mut self, changes: &BTreeMap<String, String>) -> Result<(), SqsError> {
        changes.iter().try_for_each(|(name, value)| check(name, value))?;
        for (name, value) in changes {
            if value.is_empty() && name == "RedrivePolicy" {
                self.values.remove(name);
            } else {
                self.values.insert(name.clone(), value.clone());
            }
        }
        Ok(())
    }

    /// Whether every one of `wanted` is as this queue has it: CreateQueue may be repeated only then.
    pub fn agrees_with(&self, wanted: &BTreeMap<String, String>) -> bool {
        wanted.iter().all(|(name, value)| self.shown(name).as_ref() == Some(value))
    }

    /// Everything to show, defaults included; counts and times are the queue's to add.
    pub fn all(&self) -> BTreeMap<String, String> {
        let mut all = self.values.clone();
        for (name, default, ..) in NUMBERS {
            all.entry(name.into()).or_insert_with(|| default.to_string());
        }
        all.entry("SqsManagedSseEnabled".into()).or_insert_with(|| "true".into());
        all
    }

    fn shown(&self, name: &str) -> Option<String> {
        self.values
            .get(name)
            .cloned()
            .or_else(|| NUMBERS.iter().find(|(number, ..)| *number == name).map(|(_, default, ..)| default.to_string()))
    }

    /// A number: seconds or bytes.
    pub fn number(&self, name: &str) -> u64 {
        self.shown(name).and_then(|value| value.parse().ok()).unwrap_or_default()
    }

    /// Whether repeats are known by the digest of their body.
    pub fn deduplicates_by_content(&self) -> bool {
        self.values.get("ContentBasedDeduplication").is_some_and(|value| value == "true")
    }

    /// The redrive policy.
    pub fn redrive(&self) -> Option<Redrive> {
        parse_redrive(self.values.get("RedrivePolicy")?)
    }
}

fn check(name: &str, value: &str) -> Result<(), SqsError> {
    if let Some((_, _, low, high)) = NUMBERS.iter().find(|(number, ..)| *number == name) {
        let number: Option<u64> = value.parse().ok();
        return match number {
            Some(number) if (*low..=*high).contains(&number) => Ok(()),
            _ => Err(Kind::InvalidAttributeValue.with(format!("Invalid value for the parameter {name}."))),
        };
    }
    match name {
        "RedrivePolicy" if value.is_empty() || parse_redrive(value).is_some() => Ok(()),
        "RedrivePolicy" => Err(invalid_parameter(value, name, "RedrivePolicy is not valid.")),
        "FifoQueue" | "ContentBasedDeduplication" if ["true", "false"].contains(&value) => Ok(()),
        "FifoQueue" | "ContentBasedDeduplication" => {
            Err(Kind::InvalidAttributeValue.with(format!("Invalid value for the parameter {name}.")))
        }
        _ if KEPT.contains(&name) => Ok(()),
        _ => Err(Kind::InvalidAttributeName.with(format!("Unknown Attribute {name}."))),
    }
}

/// The count may be a number or a string of one: both are met in practice.
fn parse_redrive(text: &str) -> Option<Redrive> {
    let policy: serde_json::Value = serde_json::from_str(text).ok()?;
    let arn = policy.get("deadLetterTargetArn")?.as_str()?;
    let count = policy.get("maxReceiveCount")?;
    let count = count.as_u64().or_else(|| count.as_str()?.parse().ok())?;
    let receives_max = u32::try_from(count).ok().filter(|count| (1..=1000).contains(count))?;
    Some(Redrive { target: arn.rsplit(':').next()?.to_owned(), receives_max })
}
