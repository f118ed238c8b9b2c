//! A message: what was sent, how often it was received, and the digests that SQS answers with.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

/// The most that one message, or one batch of them, may hold, in bytes, attributes included.
pub const MESSAGE_BYTES_MAX: usize = 1 << 20;

/// One attribute of a message, as the wire has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attribute {
    /// `String`, `Number` or `Binary`, with an optional `.label`.
    pub data_type: String,
    /// The value of a string or number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub string_value: Option<String>,
    /// The value of a binary, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binary_value: Option<String>,
}

/// Attributes by name, in order of their names: the order in which they are digested.
pub type Attributes = BTreeMap<String, Attribute>;

/// A message in a queue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Message {
    /// The id that the sender was told.
    pub id: String,
    /// What was sent.
    pub body: String,
    /// What was sent with it.
    pub attributes: Attributes,
    /// The X-Ray header, the one system attribute that a sender may set.
    pub trace_header: Option<String>,
    /// Milliseconds since 1970.
    pub sent_ms: u64,
    /// FIFO: the group. Standard: the tenant of a fair queue.
    pub group: Option<String>,
    /// FIFO: what repeats of it are known by.
    pub deduplication: Option<String>,
    /// Times received.
    pub receives: u32,
    /// When it was first received.
    pub first_received_ms: Option<u64>,
    /// From when on it may be received.
    pub visible_ms: u64,
    /// When the receive began that holds it now.
    pub held_since_ms: Option<u64>,
    /// Which receive holds it; handles of earlier receives are stale.
    pub generation: u64,
    /// The queue that gave it up, as an ARN.
    pub dead_letter_source: Option<String>,
}

/// Bytes of names, types and values.
pub fn attributes_size(attributes: &Attributes) -> usize {
    attributes
        .iter()
        .map(|(name, attribute)| name.len() + attribute.data_type.len() + value_bytes(attribute).len())
        .sum()
}

/// MD5 of `text` in hexadecimal.
pub fn md5_hex(text: &[u8]) -> String {
    hex(&Md5::digest(text))
}

/// `bytes` in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// MD5 of attributes, as SQS defines it: for each, by name, its length-prefixed name, type and value.
pub fn md5_of_attributes(attributes: &Attributes) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    let mut digest = Md5::new();
    for (name, attribute) in attributes {
        let transport: u8 = if attribute.data_type.starts_with("Binary") { 2 } else { 1 };
        update_prefixed(&mut digest, name.as_bytes());
        update_prefixed(&mut digest, attribute.data_type.as_bytes());
        digest.update([transport]);
        update_prefixed(&mut digest, &value_bytes(attribute));
    }
    Some(hex(&digest.finalize()))
}

fn update_prefixed(digest: &mut Md5, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    digest.update(length.to_be_bytes());
    digest.update(bytes);
}

fn value_bytes(attribute: &Attribute) -> Vec<u8> {
    match (&attribute.string_value, &attribute.binary_value) {
        (Some(text), _) => text.as_bytes().to_vec(),
        (None, Some(base64)) => STANDARD.decode(base64).unwrap_or_default(),
        (None, None) => Vec::new(),
    }
}

/// Whether every character is one that SQS carries: tab, line feed, carriage return, and XML 1.0's others.
pub fn is_carried(text: &str) -> bool {
    text.chars().all(|character| match character {
        '\u{9}' | '\u{A}' | '\u{D}' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        other => other >= '\u{20}',
    })
}

#[cfg(test)]
mod tests {
    use crate::standin::sqs::message::{Attribute, Attributes, is_carried, md5_hex, md5_of_attributes};

    #[test]
    fn digests_are_those_of_the_service() {
        assert_eq!(md5_hex(b"hello"), "5d41402abc4b2a76b9719d911017c592");
        assert_eq!(md5_of_attributes(&Attributes::new()), None);
        let attribute =
            Attribute { data_type: "String".into(), string_value: Some("value".into()), binary_value: None };
        let attributes = Attributes::from([("name".into(), attribute)]);
        // made with botocore's documented algorithm in Python
        assert_eq!(md5_of_attributes(&attributes).as_deref(), Some("25ada41cad9d6e55ad5a2b3d2da508a2"));
    }

    #[test]
    fn control_characters_are_refused() {
        assert!(is_carried("a\tb\r\n\u{10FFFF}"));
        assert!(!is_carried("a\u{0}"));
        assert!(!is_carried("\u{FFFE}"));
    }
}
