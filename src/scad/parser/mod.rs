//! Tokens to syntax tree by recursive descent, with recovery at `;` and `}`.

mod expr;
mod habit;
mod stmt;

use rustc_hash::FxHashMap;

use crate::scad::ast::{Name, Scope};
use crate::scad::lexer::{Note, NoteKind, lex};
use crate::scad::token::{Keyword, Loc, Sign, Token, TokenKind};

/// Deeper nesting of expressions or statements than this is refused: 1 KiB of stack a level stays far below any thread's.
const DEPTH_MAX: u32 = 1000;
/// Longer chains of operators or subscripts than this are refused: each makes the tree one deeper.
const CHAIN_MAX: u32 = 20_000;
/// After so many errors the rest is noise.
const ERRORS_MAX: usize = 20;
/// Warnings of the parser end here: a text of commas must not cost more memory than itself.
const NOTES_MAX: usize = 1000;

/// The statements of `text`, and what there is to say about it; any note of kind `Error` or `Limit` means that it is no program.
pub fn parse(text: &str) -> (Scope, Vec<Note>) {
    let (tokens, notes) = lex(text);
    let names = FxHashMap::default();
    let mut parser = Parser { tokens, names, at: 0, notes, depth: 0, assigned: Vec::new(), closers: None };
    let scope = parser.program();
    (scope, parser.notes)
}

/// Marks that a note was written and the statement is to be skipped.
#[derive(Debug)]
pub(in crate::scad) struct Failed;

type Parsed<T> = Result<T, Failed>;

struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    /// The names that occur, each of them once.
    names: FxHashMap<&'a str, Name>,
    at: usize,
    notes: Vec<Note>,
    depth: u32,
    /// For each block that is open, where its variables were assigned first.
    assigned: Vec<FxHashMap<Name, Loc>>,
    /// For each opening bracket the index of its closing one; made when first asked for.
    closers: Option<Vec<u32>>,
}

impl<'a> Parser<'a> {
    #[inline]
    fn kind(&self) -> &TokenKind<'a> {
        &self.tokens[self.at].kind
    }

    fn kind_at(&self, ahead: usize) -> &TokenKind<'a> {
        let last = self.tokens.len() - 1;
        &self.tokens[(self.at + ahead).min(last)].kind
    }

    fn loc(&self) -> Loc {
        self.tokens[self.at].loc
    }

    /// Where the token before this one stands.
    fn last_loc(&self) -> Loc {
        self.tokens[self.at.saturating_sub(1)].loc
    }

    /// The name as the tree keeps it.
    fn intern(&mut self, name: &'a str) -> Name {
        self.names.entry(name).or_insert_with(|| Name::from(name)).clone()
    }

    #[inline]
    fn advance(&mut self) {
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
    }

    #[inline]
    fn is_sign(&self, sign: Sign) -> bool {
        matches!(self.kind(), TokenKind::Sign(found) if *found == sign)
    }

    fn is_keyword(&self, keyword: Keyword) -> bool {
        matches!(self.kind(), TokenKind::Keyword(found) if *found == keyword)
    }

    fn eat(&mut self, sign: Sign) -> bool {
        let found = self.is_sign(sign);
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, sign: Sign, after: &str) -> Parsed<()> {
        if self.eat(sign) { Ok(()) } else { Err(self.unexpected(&format!("'{}' {after}", spelling(sign)))) }
    }

    /// Notes that something else was expected here.
    fn unexpected(&mut self, wanted: &str) -> Failed {
        let found = describe(self.kind());
        let hint = self.habit(wanted);
        let loc = self.loc();
        let told = |note: &Note| note.kind == NoteKind::Error && note.loc.start == loc.start;
        if *self.kind() == TokenKind::Bad && self.notes.iter().any(told) {
            return Failed;
        }
        self.error(NoteKind::Error, loc, format!("Parser error: expected {wanted}, found {found}"), hint)
    }

    fn error(&mut self, kind: NoteKind, loc: Loc, message: String, hint: Option<String>) -> Failed {
        if self.notes.iter().filter(|note| note.kind == NoteKind::Error).count() < ERRORS_MAX {
            self.notes.push(Note { kind, loc, message, hint });
        }
        Failed
    }

    /// Runs `parse` one level deeper, unless that is too deep.
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEPTH_MAX {
            return Err(self.too_deep());
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    fn too_deep(&mut self) -> Failed {
        let loc = self.loc();
        let message = "Parser error: expressions or statements are nested too deeply".to_owned();
        let failed = self.error(NoteKind::Limit, loc, message, None);
        // nothing after this can be worth reading, and unwinding a thousand levels must not try
        self.at = self.tokens.len() - 1;
        failed
    }

    /// The index of the bracket that closes the one at `open`.
    fn closer(&mut self, open: usize) -> usize {
        let closers = self.closers.get_or_insert_with(|| match_brackets(&self.tokens));
        closers[open] as usize
    }
}

fn match_brackets(tokens: &[Token<'_>]) -> Vec<u32> {
    let end = tokens.len() as u32 - 1;
    let mut closers = vec![end; tokens.len()];
    let mut open = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Sign(Sign::OpenParen | Sign::OpenBracket | Sign::OpenBrace) => open.push(index),
            TokenKind::Sign(Sign::CloseParen | Sign::CloseBracket | Sign::CloseBrace) => {
                if let Some(start) = open.pop() {
                    closers[start] = index as u32;
                }
            }
            _ => {}
        }
    }
    closers
}

fn describe(kind: &TokenKind<'_>) -> String {
    match kind {
        TokenKind::Name(name) => format!("'{name}'"),
        TokenKind::Number(value) => format!("the number {value}"),
        TokenKind::Text(_) => "a string".into(),
        TokenKind::Include(_) => "include".into(),
        TokenKind::Use(_) => "use".into(),
        TokenKind::Keyword(keyword) => format!("'{}'", format!("{keyword:?}").to_lowercase()),
        TokenKind::Sign(sign) => format!("'{}'", spelling(*sign)),
        TokenKind::Bad => "a character that begins nothing".into(),
        TokenKind::End => "the end of the file".into(),
    }
}

fn spelling(sign: Sign) -> &'static str {
    match sign {
        Sign::OpenParen => "(",
        Sign::CloseParen => ")",
        Sign::OpenBracket => "[",
        Sign::CloseBracket => "]",
        Sign::OpenBrace => "{",
        Sign::CloseBrace => "}",
        Sign::Semicolon => ";",
        Sign::Comma => ",",
        Sign::Colon => ":",
        Sign::Question => "?",
        Sign::Dot => ".",
        Sign::Assign => "=",
        Sign::Plus => "+",
        Sign::Minus => "-",
        Sign::Star => "*",
        Sign::Slash => "/",
        Sign::Percent => "%",
        Sign::Caret => "^",
        Sign::Bang => "!",
        Sign::Hash => "#",
        Sign::Tilde => "~",
        Sign::Amp => "&",
        Sign::Pipe => "|",
        Sign::Less => "<",
        Sign::Greater => ">",
        Sign::LessEqual => "<=",
        Sign::GreaterEqual => ">=",
        Sign::Equal => "==",
        Sign::NotEqual => "!=",
        Sign::And => "&&",
        Sign::Or => "||",
        Sign::ShiftLeft => "<<",
        Sign::ShiftRight => ">>",
    }
}
