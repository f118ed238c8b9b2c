//! Text to tokens; never fails: bad bytes become bad tokens and notes.

use std::cell::Cell;
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

/// The words of a text.
#[derive(Debug)]
pub struct Lexed {
    /// The last of them is `End`.
    pub tokens: Vec<Token>,
    /// The paths of `include` and `use`, each with the index of its token.
    pub paths: Vec<(usize, Arc<str>)>,
    /// What there is to say about them.
    pub notes: Vec<Note>,
}

impl Drop for Lexed {
    fn drop(&mut self) {
        if self.tokens.capacity() <= ROOM_MAX {
            self.tokens.clear();
            // a thread that ends has no room any more
            let _ = ROOM.try_with(|room| room.set(std::mem::take(&mut self.tokens)));
        }
    }
}

thread_local! {
    /// Room for the tokens of the next text: a library has many files.
    static ROOM: Cell<Vec<Token>> = const { Cell::new(Vec::new()) };
}

/// Tokens for which room is kept.
const ROOM_MAX: usize = 1 << 17;
/// Bytes of text to a token, comments not counted.
const BYTES_PER_TOKEN: usize = 4;

/// The words of `text` from the byte `from` on, which begins one.
pub fn lex(text: &str, from: usize) -> Lexed {
    let mut tokens = ROOM.take();
    if tokens.capacity() < (text.len() - from) / BYTES_PER_TOKEN {
        // not made larger: nothing in it is worth a copy
        tokens = Vec::with_capacity(ROOM_MAX.max((text.len() - from) / BYTES_PER_TOKEN));
    }
    let out = Lexed { tokens, paths: Vec::new(), notes: Vec::new() };
    let mut lexer = Lexer { text, bytes: text.as_bytes(), at: from, out };
    while let Some(byte) = lexer.bytes.get(lexer.at) {
        lexer.step(*byte);
    }
    lexer.push(TokenKind::End, text.len());
    lexer.out
}

/// The value of a number as it is written.
pub fn number_value(digits: &str) -> f64 {
    match digits.strip_prefix("0x") {
        Some(hexadecimal) => u64::from_str_radix(hexadecimal, 16).unwrap_or(u64::MAX) as f64,
        None => digits.parse().unwrap_or(f64::NAN),
    }
}

/// The value of a string as it is written, in its quotes; the ends of lines are no part of it.
pub fn text_value(quoted: &str) -> String {
    let inner = quoted.get(1..quoted.len() - 1).unwrap_or_default();
    let mut value = String::with_capacity(inner.len());
    let mut at = 0;
    while let Some(length) = memchr2(b'\\', b'\n', &inner.as_bytes()[at..]) {
        let run = &inner[at..at + length];
        at += length;
        if inner.as_bytes()[at] == b'\n' {
            value.push_str(run.strip_suffix('\r').unwrap_or(run));
            at += 1;
            continue;
        }
        value.push_str(run);
        let (escaped, length) = escape(&inner.as_bytes()[at..]);
        value.extend(escaped);
        at += length;
    }
    value + &inner[at..]
}

/// What the escape sequence at the beginning of some bytes stands for, and its length. Of one that stands for nothing only the
/// backslash is taken.
fn escape(bytes: &[u8]) -> (Option<char>, usize) {
    let peek = |ahead: usize| bytes.get(ahead).copied().unwrap_or(0);
    match peek(1) {
        b'n' => (Some('\n'), 2),
        b't' => (Some('\t'), 2),
        b'r' => (Some('\r'), 2),
        b'\\' => (Some('\\'), 2),
        b'"' => (Some('"'), 2),
        b'x' if (b'0'..=b'7').contains(&peek(2)) => hexadecimal_character(bytes, 2),
        b'u' => hexadecimal_character(bytes, 4),
        b'U' => hexadecimal_character(bytes, 6),
        _ => (None, 1),
    }
}

/// The character of `count` hexadecimal digits, a blank where there is none such.
fn hexadecimal_character(bytes: &[u8], count: usize) -> (Option<char>, usize) {
    let digits = bytes.get(2..2 + count).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    let Some(digits) = digits else { return (None, 1) };
    let code = digits.iter().fold(0, |code, digit| code * 16 + char::from(*digit).to_digit(16).unwrap_or(0));
    (Some(char::from_u32(code).filter(|character| *character != '\0').unwrap_or(' ')), 2 + count)
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    out: Lexed,
}

/// Numbers of so few digits are held as they are written.
const EXACT_DIGITS: usize = 15;
/// More notes than anybody reads; a file can be nothing but mistakes.
const NOTES_MAX: usize = 10_000;

impl Lexer<'_> {
    /// Reads one token, one comment or one run of blanks.
    #[inline]
    fn step(&mut self, byte: u8) {
        match BEGINS[usize::from(byte)] {
            Begins::Blanks => self.at = self.run(self.at + 1, IS_BLANK),
            Begins::Word => self.word(byte),
            Begins::Number => self.number_or_name(),
            Begins::Sign => match single(byte) {
                Some(sign) => {
                    self.at += 1;
                    self.push(TokenKind::Sign(sign), self.at - 1);
                }
                None => self.other(byte),
            },
            Begins::Other => self.other(byte),
        }
    }

    fn other(&mut self, byte: u8) {
        match byte {
            b'/' if self.peek(1) == b'/' => self.line_comment(),
            b'/' if self.peek(1) == b'*' => self.block_comment(),
            b'"' => self.string(),
            b'.' if self.peek(1).is_ascii_digit() => self.number_or_name(),
            0x80.. => self.foreign(),
            _ => self.sign(byte),
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        self.out.tokens.push(Token { kind, start: start as u32, end: self.at as u32 });
    }

    fn note(&mut self, kind: NoteKind, start: usize, message: impl Into<String>) {
        if self.out.notes.len() < NOTES_MAX {
            let loc = Loc::new(start, self.at.max(start));
            self.out.notes.push(Note { kind, loc, message: message.into(), hint: None });
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
                self.out.notes.push(Note {
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
        while let Some(length) = memchr2(b'"', b'\\', &self.bytes[self.at..]) {
            self.at += length;
            if self.bytes[self.at] == b'"' {
                self.at += 1;
                return self.push(TokenKind::Text, start);
            }
            self.escape();
        }
        self.at = self.bytes.len();
        self.out.notes.push(Note {
            kind: NoteKind::Error,
            loc: Loc::new(start, start + 1),
            message: "Parser error: Unterminated string".into(),
            hint: Some("Close the string with a double quote.".into()),
        });
        self.push(TokenKind::Bad, start);
    }

    fn escape(&mut self) {
        let start = self.at;
        let (escaped, length) = escape(&self.bytes[start..]);
        self.at += length;
        let ends_line = self.peek(0) == b'\n' || (self.peek(0) == b'\r' && self.peek(1) == b'\n');
        if escaped.is_none() && !ends_line {
            self.note(NoteKind::Warning, start, "Undefined escape sequence");
        }
    }

    #[inline]
    fn word(&mut self, first: u8) {
        let start = self.at;
        self.at = self.run(start + 1, IN_WORD);
        if CLASSES[usize::from(first)] & RESERVED != 0 {
            return self.reserved(start);
        }
        self.push(TokenKind::Name, start);
    }

    /// A word that begins as reserved words do.
    fn reserved(&mut self, start: usize) {
        let word = &self.text[start..self.at];
        if matches!(word, "include" | "use") && self.path_follows() {
            return self.file(start, word == "include");
        }
        self.push(Keyword::of(word).map_or(TokenKind::Name, TokenKind::Keyword), start);
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
            self.out.notes.push(Note {
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
        self.out.paths.push((self.out.tokens.len(), path));
        self.push(if include { TokenKind::Include } else { TokenKind::Use }, place);
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
                self.out.notes.push(Note { kind: NoteKind::Warning, loc: Loc::new(at, at), message, hint: None });
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
            return self.push(TokenKind::Name, start);
        }
        self.at = number_end;
        self.push(TokenKind::Number, start);
        if number_end - start > EXACT_DIGITS {
            self.check_precision(start);
        }
    }

    /// Tells of whole numbers that a number cannot hold.
    fn check_precision(&mut self, start: usize) {
        let digits = &self.text[start..self.at];
        let message = if let Some(hexadecimal) = digits.strip_prefix("0x") {
            match u64::from_str_radix(hexadecimal, 16) {
                Ok(value) if value as f64 as u64 == value => return,
                Ok(_) => format!("Integer \"{digits}\" cannot be represented precisely"),
                Err(_) => format!("Hexadecimal constant \"{digits}\" too large"),
            }
        } else {
            let value = number_value(digits);
            let whole = digits.bytes().all(|byte| byte.is_ascii_digit());
            let differs =
                value >= 18_446_744_073_709_551_616.0 || digits.parse::<u64>().is_ok_and(|exact| value as u64 != exact);
            if !whole || value < 9_007_199_254_740_992.0 || !differs {
                return;
            }
            format!("Integer \"{digits}\" cannot be represented precisely")
        };
        self.note(NoteKind::Warning, start, message);
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
    #[inline]
    fn run(&self, from: usize, class: u8) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        from + rest.iter().position(|byte| CLASSES[usize::from(*byte)] & class == 0).unwrap_or(rest.len())
    }

    fn find(&self, wanted: u8, from: usize) -> Option<usize> {
        memchr(wanted, &self.bytes[from..]).map(|length| from + length)
    }

    /// A character outside ASCII: no-break space and byte order mark are blanks, anything else is an error.
    fn foreign(&mut self) {
        let start = self.at;
        let character = self.text[start..].chars().next().unwrap_or(' ');
        self.at += character.len_utf8();
        if matches!(character, '\u{2018}'..='\u{201f}') && self.out.notes.len() < NOTES_MAX {
            self.out.notes.push(Note {
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
        if byte == b'\'' && self.out.notes.len() < NOTES_MAX {
            self.out.notes.push(Note {
                kind: NoteKind::Error,
                loc: Loc::new(start, start + 1),
                message: "Parser error: a single quote begins nothing".into(),
                hint: Some("Strings stand in double quotes.".into()),
            });
        }
        self.push(kind, start);
    }
}

/// The sign of each byte that is one.
const SIGNS: [Option<Sign>; 256] = {
    let mut signs = [None; 256];
    let mut at = 0;
    while at < signs.len() {
        signs[at] = sign_of(at as u8);
        at += 1;
    }
    signs
};

#[inline]
const fn single(byte: u8) -> Option<Sign> {
    SIGNS[byte as usize]
}

const fn sign_of(byte: u8) -> Option<Sign> {
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
/// Begins a reserved word, `include` or `use`.
const RESERVED: u8 = 16;

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
        if matches!(byte, b'a' | b'e' | b'f' | b'i' | b'l' | b'm' | b't' | b'u') {
            classes[at] |= RESERVED;
        }
        at += 1;
    }
    classes
};

/// What a byte begins.
#[derive(Clone, Copy)]
enum Begins {
    Blanks,
    Word,
    Number,
    /// A sign that is no part of another.
    Sign,
    /// What depends on the bytes after it.
    Other,
}

/// What each byte begins.
const BEGINS: [Begins; 256] = {
    let mut begins = [Begins::Other; 256];
    let mut at = 0;
    while at < begins.len() {
        let byte = at as u8;
        begins[at] = match byte {
            b' ' | b'\t' | b'\n' | b'\r' => Begins::Blanks,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' => Begins::Word,
            b'0'..=b'9' => Begins::Number,
            b'/' | b'.' | b'<' | b'>' | b'=' | b'!' | b'&' | b'|' => Begins::Other,
            _ if single(byte).is_some() => Begins::Sign,
            _ => Begins::Other,
        };
        at += 1;
    }
    begins
};
