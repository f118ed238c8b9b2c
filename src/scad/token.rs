//! `Token` and `TokenKind`: the words of a program, each with the bytes it stands on.

/// A run of bytes in one file, before that file has an id in a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loc {
    /// Byte offset of the first byte.
    pub start: u32,
    /// Length in bytes; saturates.
    pub len: u16,
}

impl Loc {
    /// The bytes `start..end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: u32::try_from(start).unwrap_or(u32::MAX), len: u16::try_from(end - start).unwrap_or(u16::MAX) }
    }

    /// From the first byte of `self` to the last of `other`.
    pub fn to(self, other: Self) -> Self {
        let end = other.start as usize + other.len as usize;
        Self::new(self.start as usize, end.max(self.start as usize + self.len as usize))
    }
}

/// What a token is; its value, where it has one, is read from the text by whoever wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A name, `$` included.
    Name,
    /// A number.
    Number,
    /// A string.
    Text,
    /// `include <path>`.
    Include,
    /// `use <path>`.
    Use,
    /// `module`, `function`, `if`, `else`, `let`, `assert`, `echo`, `for`, `each`, `true`, `false`, `undef`.
    Keyword(Keyword),
    /// An operator or a bracket.
    Sign(Sign),
    /// A byte that begins no token.
    Bad,
    /// The end of the file.
    End,
}

/// The reserved words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyword {
    /// `module`
    Module,
    /// `function`
    Function,
    /// `if`
    If,
    /// `else`
    Else,
    /// `let`
    Let,
    /// `assert`
    Assert,
    /// `echo`
    Echo,
    /// `for`
    For,
    /// `each`
    Each,
    /// `true`
    True,
    /// `false`
    False,
    /// `undef`
    Undef,
}

impl Keyword {
    /// The keyword that is spelled so.
    pub fn of(word: &str) -> Option<Self> {
        Some(match word {
            "module" => Self::Module,
            "function" => Self::Function,
            "if" => Self::If,
            "else" => Self::Else,
            "let" => Self::Let,
            "assert" => Self::Assert,
            "echo" => Self::Echo,
            "for" => Self::For,
            "each" => Self::Each,
            "true" => Self::True,
            "false" => Self::False,
            "undef" => Self::Undef,
            _ => return None,
        })
    }
}

/// Operators and brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// `(`
    OpenParen,
    /// `)`
    CloseParen,
    /// `[`
    OpenBracket,
    /// `]`
    CloseBracket,
    /// `{`
    OpenBrace,
    /// `}`
    CloseBrace,
    /// `;`
    Semicolon,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// `?`
    Question,
    /// `.`
    Dot,
    /// `=`
    Assign,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Star,
    /// `/`
    Slash,
    /// `%`
    Percent,
    /// `^`
    Caret,
    /// `!`
    Bang,
    /// `#`
    Hash,
    /// `~`
    Tilde,
    /// `&`
    Amp,
    /// `|`
    Pipe,
    /// `<`
    Less,
    /// `>`
    Greater,
    /// `<=`
    LessEqual,
    /// `>=`
    GreaterEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
}

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Byte offset of its first byte.
    pub start: u32,
    /// Byte offset behind its last byte.
    pub end: u32,
}

impl Token {
    /// Where it stands.
    pub fn loc(&self) -> Loc {
        Loc::new(self.start as usize, self.end as usize)
    }
}
