//! `Text`: a string that is indexed by character in constant time.

use std::cell::OnceCell;
use std::rc::Rc;

use crate::scad::value::{Value, alive};

/// An immutable string.
#[derive(Debug)]
pub struct Text {
    text: String,
    /// Characters; equal to the bytes where all are ASCII.
    length: usize,
    /// Byte offset of each character; made when first asked for, never for ASCII.
    offsets: OnceCell<Box<[u32]>>,
}

/// Bytes that a string costs beside its characters.
const HEAD_BYTES: usize = 64;

impl Text {
    /// A string.
    pub fn new(text: String) -> Self {
        let length = if text.is_ascii() { text.len() } else { text.chars().count() };
        alive::take(HEAD_BYTES + text.capacity());
        Self { text, length, offsets: OnceCell::new() }
    }

    /// Adds to its end, by one who has the string to himself.
    pub fn push_str(&mut self, more: &str) {
        alive::give(self.text.capacity());
        self.text.push_str(more);
        alive::take(self.text.capacity());
        self.length += if more.is_ascii() { more.len() } else { more.chars().count() };
        self.offsets = OnceCell::new();
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Number of characters.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether it has no characters.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The character at `index`.
    pub fn char_at(&self, index: usize) -> Option<char> {
        if index >= self.length {
            return None;
        }
        if self.length == self.text.len() {
            return Some(char::from(self.text.as_bytes()[index]));
        }
        let offsets = self.offsets.get_or_init(|| self.text.char_indices().map(|(at, _)| at as u32).collect());
        self.text[offsets[index] as usize..].chars().next()
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        alive::give(HEAD_BYTES + self.text.capacity());
    }
}

thread_local! {
    static ASCII: Vec<Value> = (0..128u8).map(|code| Value::Text(Rc::new(Text::new(char::from(code).to_string())))).collect();
}

/// A string of one character; shared where it is ASCII.
pub fn ascii_text(character: char) -> Value {
    if character.is_ascii() { ASCII.with(|table| table[character as usize].clone()) } else { Value::text(character) }
}
