//! DXF's group codes: pairs of a code and a value, a line each.

use crate::export::number::rounded;
use crate::geom::Vec2;

/// An object's number in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handle(u64);

/// The owner of what belongs to nobody.
pub const NOBODY: Handle = Handle(0);

/// Tags as they are written.
#[derive(Default)]
pub struct Tags {
    out: Vec<u8>,
    last: u64,
}

impl Tags {
    /// A handle that nothing else has.
    pub fn handle(&mut self) -> Handle {
        self.last += 1;
        Handle(self.last)
    }

    /// A code with words.
    pub fn text(&mut self, code: u16, words: &str) {
        self.code(code);
        self.out.extend_from_slice(words.as_bytes());
        self.out.push(b'\n');
    }

    /// A code with a whole number.
    pub fn int(&mut self, code: u16, value: i64) {
        self.text(code, &value.to_string());
    }

    /// A code with a number.
    pub fn number(&mut self, code: u16, value: f64) {
        self.code(code);
        let start = self.out.len();
        rounded(&mut self.out, value, 9);
        // readers tell reals by their point
        if !self.out[start..].contains(&b'.') {
            self.out.extend_from_slice(b".0");
        }
        self.out.push(b'\n');
    }

    /// A code with a handle.
    pub fn reference(&mut self, code: u16, handle: Handle) {
        self.text(code, &format!("{:X}", handle.0));
    }

    /// A point as codes `code`, `code + 10` and `code + 20`.
    pub fn point(&mut self, code: u16, point: Vec2) {
        self.number(code, point.x);
        self.number(code + 10, point.y);
        self.number(code + 20, 0.0);
    }

    /// A point without a third coordinate.
    pub fn flat_point(&mut self, code: u16, point: Vec2) {
        self.number(code, point.x);
        self.number(code + 10, point.y);
    }

    /// A table or an object: its type, a new handle, its owner.
    pub fn start(&mut self, kind: &str, owner: Handle) -> Handle {
        let handle = self.handle();
        self.start_as(kind, handle, owner);
        handle
    }

    /// As [`start`](Self::start) with a handle taken before.
    pub fn start_as(&mut self, kind: &str, handle: Handle, owner: Handle) {
        self.text(0, kind);
        // a dimension style's handle has a code of its own
        self.reference(if kind == "DIMSTYLE" { 105 } else { 5 }, handle);
        self.reference(330, owner);
    }

    /// Whole numbers in turn.
    pub fn ints(&mut self, pairs: &[(u16, i64)]) {
        pairs.iter().for_each(|(code, value)| self.int(*code, *value));
    }

    /// Numbers in turn.
    pub fn numbers(&mut self, pairs: &[(u16, f64)]) {
        pairs.iter().for_each(|(code, value)| self.number(*code, *value));
    }

    /// What `body` writes, apart from the rest.
    pub fn aside(&mut self, body: impl FnOnce(&mut Self)) -> Vec<u8> {
        let before = std::mem::take(&mut self.out);
        body(self);
        std::mem::replace(&mut self.out, before)
    }

    /// A whole section, apart from the rest.
    pub fn section(&mut self, name: &str, body: impl FnOnce(&mut Self)) -> Vec<u8> {
        self.aside(|tags| {
            tags.text(0, "SECTION");
            tags.text(2, name);
            body(tags);
            tags.text(0, "ENDSEC");
        })
    }

    /// Adds tags that were written apart.
    pub fn append(&mut self, written: &[u8]) {
        self.out.extend_from_slice(written);
    }

    /// A handle larger than any in use.
    pub fn seed(&self) -> Handle {
        Handle(self.last + 0x100)
    }

    fn code(&mut self, code: u16) {
        self.out.extend_from_slice(format!("{code:>3}\n").as_bytes());
    }
}

/// Words without what DXF takes for codes.
pub fn plain(words: &str) -> String {
    words.replace("%%", "% %").chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
