//! Hints for what people write who come from other languages, or who left something out.

use crate::scad::parser::Parser;
use crate::scad::token::{Keyword, Sign, TokenKind};

impl Parser {
    /// What to do about the token that stands where `wanted` was expected.
    pub(super) fn habit(&self, wanted: &str) -> Option<String> {
        self.foreign_habit(wanted).or_else(|| self.left_out(wanted)).map(str::to_owned)
    }

    fn foreign_habit(&self, wanted: &str) -> Option<&'static str> {
        let next = self.kind_at(1);
        match self.kind() {
            TokenKind::Sign(Sign::Plus | Sign::Minus | Sign::Star | Sign::Slash)
                if *next == TokenKind::Sign(Sign::Assign) || next == self.kind() =>
            {
                Some("A variable keeps the one value that it is given: there is no '+=' and no '++'.")
            }
            TokenKind::Sign(Sign::Equal) if wanted.starts_with("'('") => Some("An assignment has one '='."),
            TokenKind::Sign(Sign::OpenBrace) if wanted.starts_with("'=' after the parameters") => {
                Some("A function is one expression: 'function name(parameters) = expression;'.")
            }
            TokenKind::Sign(Sign::Semicolon) if self.is_in_for() => Some(
                "A statement counts with 'for (i = [0 : 9])'; 'for (i = 0; i < 10; i = i + 1)' stands in lists alone.",
            ),
            TokenKind::Keyword(Keyword::Else) => {
                Some("'else' stands behind the child of an 'if', which a ';' may have ended.")
            }
            TokenKind::Name(name) if matches!(&**name, "and" | "or" | "not") => {
                Some("'&&' is and, '||' is or, '!' is not.")
            }
            _ => None,
        }
    }

    fn left_out(&self, wanted: &str) -> Option<&'static str> {
        if wanted.starts_with("';'") {
            return Some("A semicolon may be missing at the end of the line before.");
        }
        let begins_value = matches!(
            self.kind(),
            TokenKind::Name(_) | TokenKind::Number(_) | TokenKind::Text(_) | TokenKind::Sign(Sign::OpenBracket)
        );
        (begins_value && wanted.contains("or ','")).then_some("A comma or a closing bracket may be missing before it.")
    }

    /// Whether the innermost bracket that is open is that of a `for`.
    fn is_in_for(&self) -> bool {
        let mut closed = 0;
        for at in (0..self.at).rev() {
            match &self.tokens[at].kind {
                TokenKind::Sign(Sign::CloseParen | Sign::CloseBracket) => closed += 1,
                TokenKind::Sign(Sign::OpenParen | Sign::OpenBracket) if closed > 0 => closed -= 1,
                TokenKind::Sign(Sign::OpenParen) => {
                    return at > 0 && self.tokens[at - 1].kind == TokenKind::Keyword(Keyword::For);
                }
                TokenKind::Sign(Sign::OpenBracket | Sign::OpenBrace | Sign::CloseBrace) => return false,
                _ => {}
            }
        }
        false
    }
}
