//! Hints for what people write who come from other languages, or who left something out.

use crate::scad::parser::Parser;
use crate::scad::token::{Keyword, Sign, TokenKind};

impl Parser<'_> {
    /// What to do about the token that stands where `wanted` was expected.
    pub(super) fn habit(&self, wanted: &str) -> Option<String> {
        let hint = match wanted {
            "'(' before the arguments" => self.call_habit(),
            "'(' after 'if'" => Some("The condition stands in parentheses: if (a > b) …"),
            "'(' after 'for'" => Some(FOR),
            "a statement" => self.statement_habit(),
            _ => None,
        };
        let hint = hint.or_else(|| self.foreign_habit(wanted));
        hint.or_else(|| self.left_out(wanted)).map(str::to_owned)
    }

    /// A name stands before this token, and nothing that is called.
    fn call_habit(&self) -> Option<&'static str> {
        let name = match self.kind_before(1) {
            Some(TokenKind::Name) => self.word_at(self.at - 1),
            Some(TokenKind::Keyword(Keyword::Let)) => "let",
            Some(TokenKind::Keyword(Keyword::For)) => return Some(FOR),
            _ => return None,
        };
        let begins_name = self.kind() == TokenKind::Name;
        Some(match name {
            "return" => "A function has no 'return': its value stands behind '='.",
            "include" | "use" => "The file stands in angle brackets: include <file.scad>",
            "int" | "float" | "double" | "string" | "bool" | "number" | "var" | "const" | "let" | "auto"
                if begins_name =>
            {
                "A variable has nothing in front: 'name = value;'."
            }
            "def" | "func" | "fn" | "void" | "sub" | "proc" | "class" | "struct" if begins_name => {
                "It is 'module name(parameters) { … }' for shapes, 'function name(parameters) = value;' for values."
            }
            _ if begins_name && self.kind_before(2) == Some(TokenKind::Sign(Sign::Hash)) => {
                "A comment begins with '//', or stands between '/*' and '*/'."
            }
            _ => match self.kind() {
                TokenKind::Sign(Sign::OpenBrace | Sign::Semicolon) => {
                    "A module is called with parentheses, even if nothing stands in them: 'union() { … }'."
                }
                TokenKind::Sign(Sign::OpenBracket) | TokenKind::Text | TokenKind::Number => {
                    "Arguments stand in parentheses: 'translate([1, 2, 3])'."
                }
                _ => return None,
            },
        })
    }

    fn statement_habit(&self) -> Option<&'static str> {
        match self.kind() {
            TokenKind::Sign(Sign::CloseBrace) => Some("There is one '}' too many, or a '{' is missing before it."),
            TokenKind::Sign(Sign::Assign) if self.kind_before(1) == Some(TokenKind::Sign(Sign::CloseParen)) => {
                Some("A module has statements: 'module name(parameters) { … }'; only a function has a '='.")
            }
            _ => None,
        }
    }

    fn foreign_habit(&self, wanted: &str) -> Option<&'static str> {
        let next = self.kind_at(1);
        match self.kind() {
            TokenKind::Sign(Sign::Plus | Sign::Minus | Sign::Star | Sign::Slash)
                if next == TokenKind::Sign(Sign::Assign) || next == self.kind() =>
            {
                Some("A variable keeps the one value that it is given: there is no '+=' and no '++'.")
            }
            TokenKind::Sign(Sign::Colon) if self.is_in_for() => Some("A range stands in brackets: for (i = [0 : 9])."),
            TokenKind::Sign(Sign::Equal) if wanted.starts_with("'('") => Some("An assignment has one '='."),
            TokenKind::Sign(Sign::Assign) if wanted.contains("condition") || wanted.contains("or ','") => {
                Some("Values are compared with '=='.")
            }
            TokenKind::Sign(Sign::OpenBrace) if wanted.starts_with("'=' after the parameters") => {
                Some("A function is one expression: 'function name(parameters) = expression;'.")
            }
            TokenKind::Sign(Sign::Semicolon) if self.is_in_for() => Some(
                "A statement counts with 'for (i = [0 : 9])'; 'for (i = 0; i < 10; i = i + 1)' stands in lists alone.",
            ),
            TokenKind::Sign(Sign::Dot) if wanted.starts_with("';' or a child") => {
                Some("What moves or colours a shape stands before it: 'translate([1, 0, 0]) cube(1);'.")
            }
            TokenKind::Sign(Sign::Comma) if wanted.starts_with("';' after the assignment") => {
                Some("A decimal has a point, and a list stands in brackets: 1.5, [1, 5].")
            }
            TokenKind::Keyword(Keyword::Else) => {
                Some("'else' stands behind the child of an 'if', which a ';' may have ended.")
            }
            TokenKind::Name if matches!(self.word(), "and" | "or" | "not") => {
                Some("'&&' is and, '||' is or, '!' is not.")
            }
            _ => None,
        }
    }

    fn left_out(&self, wanted: &str) -> Option<&'static str> {
        if wanted.starts_with("';'") {
            return Some("A semicolon may be missing before it.");
        }
        let ends_early = matches!(self.kind(), TokenKind::Sign(Sign::Semicolon) | TokenKind::End);
        if ends_early && (wanted.starts_with("')'") || wanted.starts_with("']'")) {
            return Some("A bracket that was opened before it is not closed.");
        }
        let begins_value = matches!(
            self.kind(),
            TokenKind::Name | TokenKind::Number | TokenKind::Text | TokenKind::Sign(Sign::OpenBracket)
        );
        (begins_value && wanted.contains("or ','")).then_some("A comma or a closing bracket may be missing before it.")
    }

    /// The token so many before this one.
    fn kind_before(&self, steps: usize) -> Option<TokenKind> {
        Some(self.lexed.tokens[self.at.checked_sub(steps)?].kind)
    }

    /// Whether the innermost bracket that is open is that of a `for`.
    fn is_in_for(&self) -> bool {
        let mut closed = 0;
        for at in (0..self.at).rev() {
            match self.lexed.tokens[at].kind {
                TokenKind::Sign(Sign::CloseParen | Sign::CloseBracket) => closed += 1,
                TokenKind::Sign(Sign::OpenParen | Sign::OpenBracket) if closed > 0 => closed -= 1,
                TokenKind::Sign(Sign::OpenParen) => {
                    return at > 0 && self.lexed.tokens[at - 1].kind == TokenKind::Keyword(Keyword::For);
                }
                TokenKind::Sign(Sign::OpenBracket | Sign::OpenBrace | Sign::CloseBrace) => return false,
                _ => {}
            }
        }
        false
    }
}

const FOR: &str = "It is written 'for (i = [0 : 9])'.";
