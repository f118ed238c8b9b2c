//! `import()` as a function: a JSON file as a value.

use std::rc::Rc;

use crate::scad::builtin::Arguments;
use crate::scad::eval::Interpreter;
use crate::scad::log::{Run, not_found};
use crate::scad::value::{ListBuilder, Object, Value, plain_text};

/// Deeper nesting than this is refused.
const DEPTH_MAX: u32 = 256;

pub(super) fn import(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    let name = match (arguments.values.first(), arguments.names.first()) {
        (Some(value), Some((None, _))) => plain_text(value),
        (Some(value), Some((Some(name), _))) if &**name == "file" => plain_text(value),
        _ => None,
    };
    let name = name.unwrap_or_default();
    let bytes = match job.read_named(&name, arguments.span) {
        Ok((_, bytes)) => bytes,
        Err(_) => {
            job.log.add(not_found(arguments.span, format!("Could not read file '{name}'")), &job.sources);
            return Ok(Value::Undef);
        }
    };
    job.steps(bytes.len() / 8, arguments.span)?;
    job.ask_bytes(bytes.len() as u64 * 4, arguments.span)?;
    let text = String::from_utf8_lossy(&bytes);
    match parse(&text) {
        Ok(value) => Ok(value),
        Err(problem) => {
            job.warn(arguments.span, format!("Failed to parse file '{name}': {problem}"));
            Ok(Value::Undef)
        }
    }
}

/// A JSON text as a value; objects in the order of their names, as OpenSCAD gives them.
fn parse(text: &str) -> Result<Value, String> {
    let mut reader = Reader { bytes: text.as_bytes(), text, at: 0, depth: 0 };
    let value = reader.value()?;
    reader.blanks();
    if reader.at < text.len() { Err(reader.problem("the end of the file")) } else { Ok(value) }
}

struct Reader<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    depth: u32,
}

impl Reader<'_> {
    fn problem(&self, wanted: &str) -> String {
        let line = self.bytes[..self.at.min(self.bytes.len())].iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("expected {wanted} on line {line}")
    }

    fn blanks(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&mut self) -> Option<u8> {
        self.blanks();
        self.bytes.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Result<(), String> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.problem(&format!("'{}'", char::from(byte))))
        }
    }

    fn value(&mut self) -> Result<Value, String> {
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.string().map(Value::text),
            Some(b't') => self.word("true", Value::from(true)),
            Some(b'f') => self.word("false", Value::from(false)),
            Some(b'n') => self.word("null", Value::Undef),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.problem("a value")),
        }
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Result<Value, String>) -> Result<Value, String> {
        if self.depth >= DEPTH_MAX {
            return Err(format!("values are nested more than {DEPTH_MAX} deep"));
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, String> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.problem("a value"))
        }
    }

    fn number(&mut self) -> Result<Value, String> {
        let start = self.at;
        while matches!(self.bytes.get(self.at), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
            self.at += 1;
        }
        self.text[start..self.at].parse().map(Value::Number).map_err(|_| self.problem("a number"))
    }

    fn array(&mut self) -> Result<Value, String> {
        self.expect(b'[')?;
        let mut out = ListBuilder::default();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::list(out.finish()));
        }
        loop {
            out.push(self.value()?);
            if self.peek() == Some(b',') {
                self.at += 1;
                continue;
            }
            self.expect(b']')?;
            return Ok(Value::list(out.finish()));
        }
    }

    fn object(&mut self) -> Result<Value, String> {
        self.expect(b'{')?;
        let mut entries = std::collections::BTreeMap::new();
        if self.peek() != Some(b'}') {
            loop {
                self.blanks();
                let name = self.string()?;
                self.expect(b':')?;
                entries.insert(name, self.value()?);
                if self.peek() != Some(b',') {
                    break;
                }
                self.at += 1;
            }
        }
        self.expect(b'}')?;
        let mut object = Object::default();
        entries.into_iter().for_each(|(name, value)| object.set(&name, value));
        Ok(Value::Object(Rc::new(object)))
    }

    fn string(&mut self) -> Result<String, String> {
        self.expect(b'"')?;
        let mut out = String::new();
        loop {
            let run = self.bytes[self.at..].iter().position(|byte| matches!(byte, b'"' | b'\\'));
            let Some(length) = run else { return Err(self.problem("'\"'")) };
            out.push_str(&self.text[self.at..self.at + length]);
            self.at += length + 1;
            if self.bytes[self.at - 1] == b'"' {
                return Ok(out);
            }
            self.escape(&mut out)?;
        }
    }

    fn escape(&mut self, out: &mut String) -> Result<(), String> {
        let letter = self.bytes.get(self.at).copied();
        self.at += 1;
        out.push(match letter {
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(letter @ (b'"' | b'\\' | b'/')) => char::from(letter),
            Some(b'u') => self.unicode()?,
            _ => return Err(self.problem("an escape sequence")),
        });
        Ok(())
    }

    fn unicode(&mut self) -> Result<char, String> {
        let first = self.four_digits()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first).ok_or_else(|| self.problem("a character"));
        }
        if self.bytes.get(self.at..self.at + 2) != Some(b"\\u".as_slice()) {
            return Err(self.problem("the other half of a character"));
        }
        self.at += 2;
        let second = self.four_digits()?;
        let code = 0x10000 + ((first - 0xd800) << 10) + (second.wrapping_sub(0xdc00) & 0x3ff);
        char::from_u32(code).ok_or_else(|| self.problem("a character"))
    }

    fn four_digits(&mut self) -> Result<u32, String> {
        let digits = self.text.get(self.at..self.at + 4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        self.at += 4;
        digits.ok_or_else(|| self.problem("four hexadecimal digits"))
    }
}
