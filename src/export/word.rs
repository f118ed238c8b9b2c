//! Names of formats and media types on their way between processes: words of our own, which both ends have.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serializer};

/// A word of ours: the name of a format, or a media type.
pub type Word = &'static str;

/// Writes the word.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(word: &Word, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(word)
}

/// Reads a word and keeps it for good, once.
///
/// # Errors
/// When it is too long for one of ours, or there are more than we have.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Word, D::Error> {
    let word = String::deserialize(deserializer)?;
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = known.get(word.as_str()) {
        return Ok(known);
    }
    if word.len() > LENGTH_MAX || known.len() >= COUNT_MAX {
        return Err(D::Error::custom("no word of ours"));
    }
    let kept: Word = word.leak();
    known.insert(kept);
    Ok(kept)
}

static KNOWN: Mutex<BTreeSet<Word>> = Mutex::new(BTreeSet::new());

const LENGTH_MAX: usize = 100;
const COUNT_MAX: usize = 200;
