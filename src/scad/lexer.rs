//! Text to tokens; never fails: bad bytes become bad tokens and notes.

use std::sync::Arc;

use memchr::{memchr, memchr2, memmem};

use crate::scad::token::{Keyword, Loc, Sign, Token, TokenKind};

/// How bad a note is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKind {
    /// Reading went on.
    Warning,
    /// OpenSCAD calls this deprecated.
    Deprecated,
    /// The message is the name of a variable that was assigned before, at the place given, in the same block.
    Overwritten(Loc),
    /// The text is not a program.
    Error,
    /// A limit on nesting was reached.
    Limit,
}

/// Something to tell about a file, before that file has an id in a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// How bad it is.
    pub kind: NoteKind,
    /// Where.
    pub loc: Loc,
    /// What.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// The tokens of `text`, the last of them `End`, and what there is to say about them.
pub fn lex(text: &str) -> (Vec<Token<'_>>, Vec<Note>) {
    let tokens = Vec::with_capacity(text.len() / 4);
    let mut lexer = Lexer { text, bytes: text.as_bytes(), at: 0, tokens, notes: Vec::new() };
    while lexer.step() {}
    let end = text.len();
    lexer.tokens.push(Token { kind: TokenKind::End, loc: Loc::new(end, end) });
    (lexer.tokens, lexer.notes)
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    tokens: Vec<Token<'a>>,
    notes: Vec<Note>,
}

/// More notes than anybody reads; a file can be nothing but mistakes.
const NOTES_MAX: usize = 10_000;

impl<'a> Lexer<'a> {
    /// Reads one token or one run of blanks; false at the end.
    fn step(&mut self) -> bool {
        let Some(byte) = self.bytes.get(self.at).copied() else { return false };
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => self.at = self.run(self.at + 1, IS_BLANK),
            b'/' if self.peek(1) == b'/' => self.line_comment(),
            b'/' if self.peek(1) == b'*' => self.block_comment(),
            b'"' => self.string(),
            b'0'..=b'9' => self.number_or_name(),
            b'.' if self.peek(1).is_ascii_digit() => self.number_or_name(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' => self.word(),
            0x80.. => self.foreign(),
            _ => self.sign(byte),
        }
        true
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn push(&mut self, kind: TokenKind<'a>, start: usize) {
        self.tokens.push(Token { kind, loc: Loc::new(start, self.at) });
    }

    fn note(&mut self, kind: NoteKind, start: usize, message: impl Into<String>) {
        if self.notes.len() < NOTES_MAX {
            let loc = Loc::new(start, self.at.max(start));
            self.notes.push(Note { kind, loc, message: message.into(), hint: None });
        }
    }

    fn line_comment(&mut self) {
        self.at = self.find(b'\n', self.at).unwrap_or(self.bytes.len());
    }

    fn block_comment(&mut self) {
        let start = self.at;
        match memmem::find(&self.bytes[start + 2..], b"*/") {
            Some(length) => self.at = start + 2 + length + 2,
            None => {
                self.at = self.bytes.len();
                self.notes.push(Note {
                    kind: NoteKind::Error,
                    loc: Loc::new(start, start + 2),
                    message: "Parser error: Unterminated comment".into(),
                    hint: Some("Close the comment with */.".into()),
                });
            }
        }
    }

    fn string(&mut self) {
        let start = self.at;
        self.at += 1;
        let mut value = String::new();
        loop {
            let run = memchr2(b'"', b'\\', &self.bytes[self.at..]);
            let Some(length) = run else {
                self.at = self.bytes.len();
                self.notes.push(Note {
                    kind: NoteKind::Error,
                    loc: Loc::new(start, start + 1),
                    message: "Parser error: Unterminated string".into(),
                    hint: Some("Close the string with a double quote.".into()),
                });
                return self.push(TokenKind::Bad, start);
            };
            // the ends of lines are no part of a string
            let lines = self.text[self.at..self.at + length].split_inclusive('\n');
            value.extend(lines.map(|line| line.strip_suffix("\r\n").or(line.strip_suffix('\n')).unwrap_or(line)));
            self.at += length;
            if self.bytes[self.at] == b'"' {
                self.at += 1;
                return self.push(TokenKind::Text(value.into()), start);
            }
            self.escape(&mut value);
        }
    }

    fn escape(&mut self, value: &mut String) {
        let start = self.at;
        if self.peek(1) == b'\n' || (self.peek(1) == b'\r' && self.peek(2) == b'\n') {
            self.at += 1;
            return;
        }
        let (character, length) = match self.peek(1) {
            b'n' => (Some('\n'), 2),
            b't' => (Some('\t'), 2),
            b'r' => (Some('\r'), 2),
            b'\\' => (Some('\\'), 2),
            b'"' => (Some('"'), 2),
            b'x' if (b'0'..=b'7').contains(&self.peek(2)) => (self.hex(2, 2), 4),
            b'u' => (self.hex(2, 4), 6),
            b'U' => (self.hex(2, 6), 8),
            _ => (None, 1),
        };
        match character {
            Some(character) => {
                value.push(character);
                self.at += length;
            }
            None => {
                self.at += 1;
                self.note(NoteKind::Warning, start, "Undefined escape sequence");
            }
        }
    }

    /// The character of `count` hexadecimal digits, a blank where there is none such; `None` where the digits are missing.
    fn hex(&self, ahead: usize, count: usize) -> Option<char> {
        let digits = self.bytes.get(self.at + ahead..self.at + ahead + count)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let code = digits.iter().fold(0, |code, digit| code * 16 + char::from(*digit).to_digit(16).unwrap_or(0));
        Some(char::from_u32(code).filter(|character| *character != '\0').unwrap_or(' '))
    }

    fn word(&mut self) {
        let start = self.at;
        self.at = self.run(start + 1, IN_WORD);
        let word = &self.text[start..self.at];
        if matches!(word, "include" | "use") && self.path_follows() {
            return self.file(start, word == "include");
        }
        match Keyword::of(word) {
            Some(keyword) => self.push(TokenKind::Keyword(keyword), start),
            None => self.push(TokenKind::Name(word), start),
        }
    }

    /// Whether the next thing but blanks is `<`; then stands behind it.
    fn path_follows(&mut self) -> bool {
        let at = self.run(self.at, IS_BLANK);
        let follows = self.bytes.get(at) == Some(&b'<');
        if follows {
            self.at = at + 1;
        }
        follows
    }

    fn file(&mut self, start: usize, include: bool) {
        let from = self.at;
        let Some(end) = self.find(b'>', from) else {
            self.at = self.bytes.len();
            let what = if include { "include" } else { "use" };
            let message = format!("Parser error: Unterminated {what} statement");
            self.notes.push(Note {
                kind: NoteKind::Error,
                loc: Loc::new(start, from),
                message,
                hint: Some("Close the file name with >.".into()),
            });
            return self.push(TokenKind::Bad, start);
        };
        self.at = end + 1;
        let path = self.path(from, end, include);
        // OpenSCAD places what goes over lines at its end
        let place = if self.text[start..end].contains('\n') { end } else { start };
        self.push(if include { TokenKind::Include(path) } else { TokenKind::Use(path) }, place);
    }

    /// The path between `<` and `>`; where it goes over lines, folder and name of the last that has one.
    fn path(&mut self, from: usize, end: usize, include: bool) -> Arc<str> {
        let text = self.text;
        let (mut folder, mut name) = ("", "");
        let mut at = from;
        for line in text[from..end].split(['\n', '\r', '\t']) {
            if include && let Some((before, after)) = line.rsplit_once('/') {
                folder = &line[..=before.len()];
                name = if after.is_empty() { name } else { after };
            } else if !line.is_empty() {
                name = line;
            }
            at += line.len() + 1;
            if at <= end && matches!(self.bytes[at - 1], b'\n' | b'\r') {
                let what = if include { "in 'include<>'-statement" } else { "'use<>'-statement" };
                let message = format!("new lines {what} is not defined - behavior may change in the future");
                self.notes.push(Note { kind: NoteKind::Warning, loc: Loc::new(at, at), message, hint: None });
            }
        }
        format!("{folder}{name}").into()
    }

    /// A number, or a name that begins with a digit, whichever is longer.
    fn number_or_name(&mut self) {
        let start = self.at;
        let word_end = self.run(start, IN_WORD);
        let number_end = self.number_end();
        if word_end > number_end {
            self.at = word_end;
            let word = &self.text[start..word_end];
            self.note(
                NoteKind::Deprecated,
                start,
                format!("Variable names starting with digits (\"{word}\") will be removed in future releases."),
            );
            return self.push(TokenKind::Name(word), start);
        }
        self.at = number_end;
        let digits = &self.text[start..number_end];
        let value = if let Some(hexadecimal) = digits.strip_prefix("0x") {
            self.hexadecimal(hexadecimal, start)
        } else {
            self.decimal(digits, start)
        };
        self.push(TokenKind::Number(value), start);
    }

    fn hexadecimal(&mut self, digits: &str, start: usize) -> f64 {
        match u64::from_str_radix(digits, 16) {
            Ok(value) => {
                if value as f64 as u64 != value {
                    let message = format!("Integer \"0x{digits}\" cannot be represented precisely");
                    self.note(NoteKind::Warning, start, message);
                }
                value as f64
            }
            Err(_) => {
                self.note(NoteKind::Warning, start, format!("Hexadecimal constant \"0x{digits}\" too large"));
                u64::MAX as f64
            }
        }
    }

    fn decimal(&mut self, digits: &str, start: usize) -> f64 {
        let value = digits.parse::<f64>().unwrap_or(f64::NAN);
        let whole = digits.bytes().all(|byte| byte.is_ascii_digit());
        if whole && value >= 9_007_199_254_740_992.0 && digits.parse::<u64>().is_ok_and(|exact| value as u64 != exact)
            || whole && value >= 18_446_744_073_709_551_616.0
        {
            self.note(NoteKind::Warning, start, format!("Integer \"{digits}\" cannot be represented precisely"));
        }
        value
    }

    fn number_end(&self) -> usize {
        if self.bytes[self.at] == b'0' && self.peek(1) == b'x' && self.peek(2).is_ascii_hexdigit() {
            return self.run(self.at + 2, IS_HEXADECIMAL);
        }
        let mut at = self.run(self.at, IS_DIGIT);
        if self.bytes.get(at) == Some(&b'.') {
            at = self.run(at + 1, IS_DIGIT);
        }
        let mut exponent = at;
        if matches!(self.bytes.get(exponent), Some(b'e' | b'E')) {
            exponent += 1;
            if matches!(self.bytes.get(exponent), Some(b'+' | b'-')) {
                exponent += 1;
            }
            let end = self.run(exponent, IS_DIGIT);
            if end > exponent {
                return end;
            }
        }
        at
    }

    /// The end of the bytes of one class that begin at `from`.
    fn run(&self, from: usize, class: u8) -> usize {
        let mut at = from;
        while self.bytes.get(at).is_some_and(|byte| CLASSES[usize::from(*byte)] & class != 0) {
            at += 1;
        }
        at
    }

    fn find(&self, wanted: u8, from: usize) -> Option<usize> {
        memchr(wanted, &self.bytes[from..]).map(|length| from + length)
    }

    /// A character outside ASCII: no-break space and byte order mark are blanks, anything else is an error.
    fn foreign(&mut self) {
        let start = self.at;
        let character = self.text[start..].chars().next().unwrap_or(' ');
        self.at += character.len_utf8();
        if matches!(character, '\u{2018}'..='\u{201f}') && self.notes.len() < NOTES_MAX {
            self.notes.push(Note {
                kind: NoteKind::Error,
                loc: Loc::new(start, self.at),
                message: "Parser error: a curly quote begins nothing".into(),
                hint: Some("Strings stand in straight double quotes.".into()),
            });
        }
        if !matches!(character, '\u{a0}' | '\u{feff}') {
            self.push(TokenKind::Bad, start);
        }
    }

    fn sign(&mut self, byte: u8) {
        let start = self.at;
        let pair = match (byte, self.peek(1)) {
            (b'<', b'=') => Some(Sign::LessEqual),
            (b'>', b'=') => Some(Sign::GreaterEqual),
            (b'=', b'=') => Some(Sign::Equal),
            (b'!', b'=') => Some(Sign::NotEqual),
            (b'&', b'&') => Some(Sign::And),
            (b'|', b'|') => Some(Sign::Or),
            (b'<', b'<') => Some(Sign::ShiftLeft),
            (b'>', b'>') => Some(Sign::ShiftRight),
            _ => None,
        };
        self.at += if pair.is_some() { 2 } else { 1 };
        let kind = pair.or_else(|| single(byte)).map_or(TokenKind::Bad, TokenKind::Sign);
        if byte == b'\'' && self.notes.len() < NOTES_MAX {
            self.notes.push(Note {
                kind: NoteKind::Error,
                loc: Loc::new(start, start + 1),
                message: "Parser error: a single quote begins nothing".into(),
                hint: Some("Strings stand in double quotes.".into()),
            });
        }
        self.push(kind, start);
    }
}

fn single(byte: u8) -> Option<Sign> {
    Some(match byte {
        b'(' => Sign::OpenParen,
        b')' => Sign::CloseParen,
        b'[' => Sign::OpenBracket,
        b']' => Sign::CloseBracket,
        b'{' => Sign::OpenBrace,
        b'}' => Sign::CloseBrace,
        b';' => Sign::Semicolon,
        b',' => Sign::Comma,
        b':' => Sign::Colon,
        b'?' => Sign::Question,
        b'.' => Sign::Dot,
        b'=' => Sign::Assign,
        b'+' => Sign::Plus,
        b'-' => Sign::Minus,
        b'*' => Sign::Star,
        b'/' => Sign::Slash,
        b'%' => Sign::Percent,
        b'^' => Sign::Caret,
        b'!' => Sign::Bang,
        b'#' => Sign::Hash,
        b'~' => Sign::Tilde,
        b'&' => Sign::Amp,
        b'|' => Sign::Pipe,
        b'<' => Sign::Less,
        b'>' => Sign::Greater,
        _ => return None,
    })
}

const IN_WORD: u8 = 1;
const IS_DIGIT: u8 = 2;
const IS_HEXADECIMAL: u8 = 4;
const IS_BLANK: u8 = 8;

/// The classes that each byte belongs to.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut at = 0;
    while at < classes.len() {
        let byte = at as u8;
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            classes[at] |= IN_WORD;
        }
        if byte.is_ascii_digit() {
            classes[at] |= IS_DIGIT;
        }
        if byte.is_ascii_hexdigit() {
            classes[at] |= IS_HEXADECIMAL;
        }
        if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
            classes[at] |= IS_BLANK;
        }
        at += 1;
    }
    classes
};
