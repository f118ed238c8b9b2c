//! Tokens to syntax tree by recursive descent, with recovery at `;` and `}`.
//!
//! The definitions of a file are only checked at first: the same descent goes over them and makes no tree. Whoever wants one of them
//! has it read again, from its own bytes alone.

mod expr;
mod habit;
mod mode;
mod stmt;

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::scad::ast::{Expr, ExprKind, Function, Module, Name, Scope};
use crate::scad::lexer::{Lexed, Note, NoteKind, lex, number_value};
use crate::scad::token::{Keyword, Loc, Sign, TokenKind};

/// Deeper nesting of expressions or statements than this is refused: 1 KiB of stack a level stays far below any thread's.
const DEPTH_MAX: u32 = 1000;
/// Longer chains of operators or subscripts than this are refused: each makes the tree one deeper.
const CHAIN_MAX: u32 = 20_000;
/// After so many errors the rest is noise.
const ERRORS_MAX: usize = 20;
/// Warnings of the parser end here: a text of commas must not cost more memory than itself.
const NOTES_MAX: usize = 1000;

/// The statements of `text`, and what there is to say about it; any note of kind `Error` or `Limit` means that it is no program.
pub fn parse(text: &Arc<str>) -> (Scope, Vec<Note>) {
    let mut parser = Parser { defers: true, ..Parser::new(text, 0, text.len()) };
    let scope = parser.program();
    (scope, std::mem::take(&mut parser.lexed.notes))
}

/// The function that stands on some bytes of `text`, where [`parse`] found one.
pub(in crate::scad) fn read_function(text: &Arc<str>, bytes: &Range<u32>) -> Option<Function> {
    Parser::new(text, bytes.start as usize, bytes.end as usize).function().ok()
}

/// The module that stands on some bytes of `text`, where [`parse`] found one.
pub(in crate::scad) fn read_module(text: &Arc<str>, bytes: &Range<u32>) -> Option<Module> {
    Parser::new(text, bytes.start as usize, bytes.end as usize).module().ok()
}

/// What stands for an expression that is only checked.
const NOTHING: Expr = Expr { kind: ExprKind::Undef, loc: Loc { start: 0, len: 0 } };

/// Marks that a note was written and the statement is to be skipped.
#[derive(Debug)]
pub(in crate::scad) struct Failed;

type Parsed<T> = Result<T, Failed>;

struct Parser<'a> {
    text: &'a Arc<str>,
    lexed: Lexed,
    /// The names that occur, each of them once.
    names: FxHashMap<&'a str, Name>,
    at: usize,
    depth: u32,
    /// Whether definitions are only checked, to be read when somebody wants them.
    defers: bool,
    /// Whether what is read is only checked: then no tree is made.
    checks: bool,
    /// For each block that is open, where its variables were assigned first.
    assigned: Vec<FxHashMap<&'a str, Loc>>,
    /// For each opening bracket the index of its closing one; found when first asked for.
    closers: FxHashMap<usize, usize>,
}

impl<'a> Parser<'a> {
    /// Stands at the beginning of some bytes of a text.
    fn new(text: &'a Arc<str>, from: usize, to: usize) -> Self {
        let lexed = lex(&text[..to], from);
        let names = FxHashMap::default();
        Self {
            text,
            lexed,
            names,
            at: 0,
            depth: 0,
            defers: false,
            checks: false,
            assigned: Vec::new(),
            closers: FxHashMap::default(),
        }
    }

    #[inline]
    fn kind(&self) -> TokenKind {
        self.lexed.tokens[self.at].kind
    }

    #[inline]
    fn kind_at(&self, ahead: usize) -> TokenKind {
        let last = self.lexed.tokens.len() - 1;
        self.lexed.tokens[(self.at + ahead).min(last)].kind
    }

    #[inline]
    fn loc(&self) -> Loc {
        self.lexed.tokens[self.at].loc()
    }

    /// The token as it is written.
    fn word(&self) -> &'a str {
        self.word_at(self.at)
    }

    fn word_at(&self, at: usize) -> &'a str {
        let token = self.lexed.tokens[at];
        &self.text[token.start as usize..token.end as usize]
    }

    /// Where the token before this one stands.
    fn last_loc(&self) -> Loc {
        self.lexed.tokens[self.at.saturating_sub(1)].loc()
    }

    /// Adds to what the tree keeps.
    #[inline]
    fn keep<T>(&mut self, list: &mut Vec<T>, item: impl FnOnce(&mut Self) -> T) {
        if !self.checks {
            let item = item(self);
            list.push(item);
        }
    }

    /// Something for the tree, where one is made.
    #[inline]
    fn kept<T>(&mut self, item: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.checks { None } else { Some(item(self)) }
    }

    /// The name as the tree keeps it.
    fn intern(&mut self, name: &'a str) -> Name {
        self.names.entry(name).or_insert_with(|| Name::from(name)).clone()
    }

    #[inline]
    fn advance(&mut self) {
        if self.at + 1 < self.lexed.tokens.len() {
            self.at += 1;
        }
    }

    #[inline]
    fn is_sign(&self, sign: Sign) -> bool {
        self.kind() == TokenKind::Sign(sign)
    }

    #[inline]
    fn is_keyword(&self, keyword: Keyword) -> bool {
        self.kind() == TokenKind::Keyword(keyword)
    }

    #[inline]
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
        let found = self.describe();
        let hint = self.habit(wanted);
        let loc = self.loc();
        let told = |note: &Note| note.kind == NoteKind::Error && note.loc.start == loc.start;
        if self.kind() == TokenKind::Bad && self.lexed.notes.iter().any(told) {
            return Failed;
        }
        self.error(NoteKind::Error, loc, format!("Parser error: expected {wanted}, found {found}"), hint)
    }

    fn error(&mut self, kind: NoteKind, loc: Loc, message: String, hint: Option<String>) -> Failed {
        if self.lexed.notes.iter().filter(|note| note.kind == NoteKind::Error).count() < ERRORS_MAX {
            self.lexed.notes.push(Note { kind, loc, message, hint });
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
        self.at = self.lexed.tokens.len() - 1;
        failed
    }

    /// The token in words.
    fn describe(&self) -> String {
        match self.kind() {
            TokenKind::Name => format!("'{}'", self.word()),
            TokenKind::Number => format!("the number {}", number_value(self.word())),
            TokenKind::Text => "a string".into(),
            TokenKind::Include => "include".into(),
            TokenKind::Use => "use".into(),
            TokenKind::Keyword(keyword) => format!("'{}'", format!("{keyword:?}").to_lowercase()),
            TokenKind::Sign(sign) => format!("'{}'", spelling(sign)),
            TokenKind::Bad => "a character that begins nothing".into(),
            TokenKind::End => "the end of the file".into(),
        }
    }

    /// The index of the bracket that closes the one at `open`; the last token where there is none.
    fn closer(&mut self, open: usize) -> usize {
        let opens = matches!(
            self.lexed.tokens[open].kind,
            TokenKind::Sign(Sign::OpenParen | Sign::OpenBracket | Sign::OpenBrace)
        );
        if !opens {
            return self.lexed.tokens.len() - 1;
        }
        if !self.closers.contains_key(&open) {
            self.match_brackets(open);
        }
        self.closers[&open]
    }

    /// Finds what closes the bracket at `first`, and all those inside it.
    fn match_brackets(&mut self, first: usize) {
        let last = self.lexed.tokens.len() - 1;
        let mut open = Vec::new();
        for at in first..=last {
            match self.lexed.tokens[at].kind {
                TokenKind::Sign(Sign::OpenParen | Sign::OpenBracket | Sign::OpenBrace) => open.push(at),
                TokenKind::Sign(Sign::CloseParen | Sign::CloseBracket | Sign::CloseBrace) => {
                    if let Some(start) = open.pop() {
                        self.closers.insert(start, at);
                    }
                }
                _ => {}
            }
            if open.is_empty() {
                return;
            }
        }
        self.closers.extend(open.into_iter().map(|start| (start, last)));
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
