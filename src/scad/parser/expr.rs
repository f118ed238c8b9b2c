//! Expressions by precedence climbing; the precedence table.

use std::sync::Arc;

use crate::scad::ast::{Argument, BinaryOp, Expr, ExprKind, ForC, Function, Name, Parameter, Range, UnaryOp};
use crate::scad::lexer::{Note, NoteKind};
use crate::scad::parser::{CHAIN_MAX, DEPTH_MAX, NOTES_MAX, Parsed, Parser, describe};
use crate::scad::token::{Keyword, Loc, Sign, TokenKind};

impl Parser<'_> {
    /// One expression: `let`, `assert`, `echo`, a function literal, or operators.
    pub(super) fn expr(&mut self) -> Parsed<Expr> {
        self.nested(Self::expr_here)
    }

    fn expr_here(&mut self) -> Parsed<Expr> {
        let start = self.loc();
        let kind = match self.kind() {
            TokenKind::Keyword(Keyword::Function) => return self.function_literal(),
            TokenKind::Keyword(Keyword::Let) => {
                self.advance();
                let arguments = self.arguments()?;
                ExprKind::Let(arguments, Box::new(self.expr()?))
            }
            TokenKind::Keyword(Keyword::Assert) => {
                self.advance();
                let arguments = self.arguments()?;
                ExprKind::Assert(arguments, self.expr_or_nothing()?)
            }
            TokenKind::Keyword(Keyword::Echo) => {
                self.advance();
                let arguments = self.arguments()?;
                ExprKind::Echo(arguments, self.expr_or_nothing()?)
            }
            _ => return self.ternary(),
        };
        Ok(self.finish(kind, start))
    }

    fn finish(&self, kind: ExprKind, start: Loc) -> Expr {
        Expr { kind, loc: start.to(self.last_loc()) }
    }

    fn function_literal(&mut self) -> Parsed<Expr> {
        let start = self.loc();
        self.advance();
        let parameters = self.parameters()?;
        let body = self.expr()?;
        let loc = start.to(self.last_loc());
        Ok(Expr { kind: ExprKind::Function(Arc::new(Function { name: self.intern(""), parameters, body, loc })), loc })
    }

    /// The expression after `assert(…)` or `echo(…)`, which may be left out.
    fn expr_or_nothing(&mut self) -> Parsed<Option<Box<Expr>>> {
        let ends = matches!(
            self.kind(),
            TokenKind::End
                | TokenKind::Sign(
                    Sign::CloseParen
                        | Sign::CloseBracket
                        | Sign::CloseBrace
                        | Sign::Comma
                        | Sign::Semicolon
                        | Sign::Colon
                )
                | TokenKind::Keyword(Keyword::Else)
        );
        if ends { Ok(None) } else { Ok(Some(Box::new(self.expr()?))) }
    }

    fn ternary(&mut self) -> Parsed<Expr> {
        let start = self.loc();
        let condition = self.binary(1)?;
        if !self.eat(Sign::Question) {
            return Ok(condition);
        }
        let then = self.expr()?;
        self.expect(Sign::Colon, "between the two values of '?'")?;
        let otherwise = self.expr()?;
        Ok(self.finish(ExprKind::Ternary(Box::new((condition, then, otherwise))), start))
    }

    /// Operators that bind at least as tightly as `level`, left to right.
    fn binary(&mut self, level: u8) -> Parsed<Expr> {
        let start = self.loc();
        let mut left = self.unary()?;
        let mut chain = 0;
        while let Some((op, binds)) = binary_op(self.kind()) {
            if binds < level {
                break;
            }
            chain += 1;
            if chain > CHAIN_MAX {
                return Err(self.too_deep());
            }
            self.advance();
            let right = self.binary(binds + 1)?;
            left = self.finish(ExprKind::Binary(op, Box::new((left, right))), start);
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed<Expr> {
        let start = self.loc();
        let op = match self.kind() {
            TokenKind::Sign(Sign::Plus) => {
                self.advance();
                return self.nested(Self::unary);
            }
            TokenKind::Sign(Sign::Minus) => UnaryOp::Negate,
            TokenKind::Sign(Sign::Bang) => UnaryOp::Not,
            TokenKind::Sign(Sign::Tilde) => UnaryOp::BitNot,
            _ => return self.power(),
        };
        self.advance();
        let operand = self.nested(Self::unary)?;
        if let (UnaryOp::Negate, ExprKind::Number(value)) = (op, &operand.kind) {
            return Ok(self.finish(ExprKind::Number(-value), start));
        }
        Ok(self.finish(ExprKind::Unary(op, Box::new(operand)), start))
    }

    fn power(&mut self) -> Parsed<Expr> {
        let start = self.loc();
        let base = self.postfix()?;
        if !self.eat(Sign::Caret) {
            return Ok(base);
        }
        let exponent = self.nested(Self::unary)?;
        Ok(self.finish(ExprKind::Binary(BinaryOp::Power, Box::new((base, exponent))), start))
    }

    /// Calls, subscripts and members.
    fn postfix(&mut self) -> Parsed<Expr> {
        let start = self.loc();
        let mut value = self.primary()?;
        let mut chain = 0;
        loop {
            let kind = match self.kind() {
                TokenKind::Sign(Sign::OpenParen) => {
                    let arguments = self.arguments()?;
                    ExprKind::Call(Box::new(value), arguments)
                }
                TokenKind::Sign(Sign::OpenBracket) => {
                    self.advance();
                    let index = self.expr()?;
                    self.expect(Sign::CloseBracket, "after the index")?;
                    ExprKind::Index(Box::new((value, index)))
                }
                TokenKind::Sign(Sign::Dot) => {
                    self.advance();
                    let name = self.name("a member's name after '.'")?;
                    ExprKind::Member(Box::new(value), name)
                }
                _ => return Ok(value),
            };
            chain += 1;
            if chain > CHAIN_MAX {
                return Err(self.too_deep());
            }
            value = self.finish(kind, start);
        }
    }

    fn primary(&mut self) -> Parsed<Expr> {
        let start = self.loc();
        let kind = match self.kind().clone() {
            TokenKind::Keyword(Keyword::True) => ExprKind::Bool(true),
            TokenKind::Keyword(Keyword::False) => ExprKind::Bool(false),
            TokenKind::Keyword(Keyword::Undef) => ExprKind::Undef,
            TokenKind::Number(value) => ExprKind::Number(value),
            TokenKind::Text(text) => ExprKind::Text(text),
            TokenKind::Name(name) => ExprKind::Name(self.intern(name)),
            TokenKind::Sign(Sign::OpenParen) => {
                self.advance();
                let inner = self.expr()?;
                self.expect(Sign::CloseParen, "after the expression")?;
                return Ok(inner);
            }
            TokenKind::Sign(Sign::OpenBracket) => return self.brackets(),
            _ => return Err(self.unexpected("an expression")),
        };
        self.advance();
        Ok(Expr { kind, loc: start })
    }

    /// A list or a range.
    fn brackets(&mut self) -> Parsed<Expr> {
        let start = self.loc();
        self.advance();
        if self.eat(Sign::CloseBracket) {
            return Ok(self.finish(ExprKind::List(Vec::new()), start));
        }
        let first = self.element()?;
        if self.eat(Sign::Colon) {
            return self.range(first, start);
        }
        let mut items = vec![first];
        while self.eat_commas() {
            if self.is_sign(Sign::CloseBracket) {
                break;
            }
            items.push(self.element()?);
        }
        self.expect(Sign::CloseBracket, "or ',' in the list")?;
        Ok(self.finish(ExprKind::List(items), start))
    }

    fn range(&mut self, begin: Expr, start: Loc) -> Parsed<Expr> {
        let second = self.expr()?;
        let (step, end) = if self.eat(Sign::Colon) { (Some(second), self.expr()?) } else { (None, second) };
        self.expect(Sign::CloseBracket, "after the range")?;
        Ok(self.finish(ExprKind::Range(Box::new(Range { begin, step, end })), start))
    }

    /// An element of a list: an expression or a comprehension.
    fn element(&mut self) -> Parsed<Expr> {
        self.nested(Self::element_here)
    }

    fn element_here(&mut self) -> Parsed<Expr> {
        let start = self.loc();
        let kind = match self.kind().clone() {
            TokenKind::Keyword(Keyword::For) => self.comprehension_for()?,
            TokenKind::Keyword(Keyword::Each) => {
                self.advance();
                ExprKind::Each(Box::new(self.element()?))
            }
            TokenKind::Keyword(Keyword::If) => self.comprehension_if()?,
            TokenKind::Keyword(Keyword::Let) if self.comprehension_ahead() => {
                self.advance();
                let arguments = self.arguments()?;
                ExprKind::Let(arguments, Box::new(self.element()?))
            }
            TokenKind::Sign(Sign::OpenParen) if self.comprehension_ahead() => {
                self.advance();
                let inner = self.element()?;
                self.expect(Sign::CloseParen, "after the comprehension")?;
                return Ok(inner);
            }
            _ => return self.expr_here(),
        };
        Ok(self.finish(kind, start))
    }

    /// Whether the parentheses and `let`s that stand here lead to `for`, `each` or `if`.
    fn comprehension_ahead(&mut self) -> bool {
        let mut at = self.at;
        for _ in 0..DEPTH_MAX {
            match &self.tokens[at].kind {
                TokenKind::Sign(Sign::OpenParen) => at += 1,
                TokenKind::Keyword(Keyword::Let) => {
                    let open = (at + 1).min(self.tokens.len() - 1);
                    at = (self.closer(open) + 1).min(self.tokens.len() - 1);
                }
                TokenKind::Keyword(Keyword::For | Keyword::Each | Keyword::If) => return true,
                _ => return false,
            }
        }
        false
    }

    fn comprehension_for(&mut self) -> Parsed<ExprKind> {
        self.advance();
        self.expect(Sign::OpenParen, "after 'for'")?;
        let init = self.argument_list(Sign::Semicolon)?;
        if self.eat(Sign::CloseParen) {
            return Ok(ExprKind::For(init, Box::new(self.element()?)));
        }
        self.expect(Sign::Semicolon, "or ')' in 'for'")?;
        let condition = self.expr()?;
        self.expect(Sign::Semicolon, "after the condition of 'for'")?;
        let step = self.argument_list(Sign::CloseParen)?;
        self.expect(Sign::CloseParen, "after 'for (…'")?;
        let body = self.element()?;
        Ok(ExprKind::ForC(Box::new(ForC { init, condition, step, body })))
    }

    fn comprehension_if(&mut self) -> Parsed<ExprKind> {
        self.advance();
        self.expect(Sign::OpenParen, "after 'if'")?;
        let condition = self.expr()?;
        self.expect(Sign::CloseParen, "after the condition")?;
        let then = self.element()?;
        let otherwise = if self.is_keyword(Keyword::Else) {
            self.advance();
            Some(self.element()?)
        } else {
            None
        };
        Ok(ExprKind::If(Box::new((condition, then, otherwise))))
    }

    /// `(a, b = c)`
    pub(super) fn arguments(&mut self) -> Parsed<Vec<Argument>> {
        self.expect(Sign::OpenParen, "before the arguments")?;
        let arguments = self.argument_list(Sign::CloseParen)?;
        self.expect(Sign::CloseParen, "or ',' after the argument")?;
        Ok(arguments)
    }

    /// Arguments up to `)` or to `end`, which is left standing.
    fn argument_list(&mut self, end: Sign) -> Parsed<Vec<Argument>> {
        let mut arguments = Vec::new();
        while !self.is_sign(Sign::CloseParen) && !self.is_sign(end) {
            arguments.push(self.argument()?);
            if !self.eat_commas() {
                break;
            }
        }
        Ok(arguments)
    }

    fn argument(&mut self) -> Parsed<Argument> {
        let name = match (self.kind(), self.kind_at(1)) {
            (TokenKind::Name(name), TokenKind::Sign(Sign::Assign)) => Some(*name),
            _ => None,
        };
        if name.is_some() {
            self.advance();
            self.advance();
        }
        let name = name.map(|name| self.intern(name));
        Ok(Argument { name, value: self.expr()? })
    }

    /// `(a, b = 1)` of a definition.
    pub(super) fn parameters(&mut self) -> Parsed<Vec<Parameter>> {
        self.expect(Sign::OpenParen, "before the parameters")?;
        let mut parameters = Vec::new();
        while !self.is_sign(Sign::CloseParen) {
            let name = self.name("a parameter's name")?;
            let default = if self.eat(Sign::Assign) { Some(self.expr()?) } else { None };
            parameters.push(Parameter { name, default });
            if !self.eat_commas() {
                break;
            }
        }
        self.expect(Sign::CloseParen, "or ',' after the parameter")?;
        Ok(parameters)
    }

    /// Whether a comma stood here. Programs written for OpenSCAD 2021.01 may have several in a row.
    fn eat_commas(&mut self) -> bool {
        let found = self.eat(Sign::Comma);
        if found && self.is_sign(Sign::Comma) && self.notes.len() < NOTES_MAX {
            let (loc, message) = (self.loc(), "Ignoring a comma too many".to_owned());
            self.notes.push(Note { kind: NoteKind::Warning, loc, message, hint: None });
        }
        while found && self.eat(Sign::Comma) {}
        found
    }

    /// A name that must stand here.
    pub(super) fn name(&mut self, wanted: &str) -> Parsed<Name> {
        match self.kind() {
            TokenKind::Name(name) => {
                let name = *name;
                self.advance();
                Ok(self.intern(name))
            }
            TokenKind::Keyword(_) => {
                let loc = self.loc();
                let message = format!("Parser error: expected {wanted}, found {}", describe(self.kind()));
                Err(self.error(NoteKind::Error, loc, message, Some("Reserved words cannot be names.".into())))
            }
            _ => Err(self.unexpected(wanted)),
        }
    }
}

/// The operator that a token is, and how tightly it binds.
fn binary_op(kind: &TokenKind<'_>) -> Option<(BinaryOp, u8)> {
    let TokenKind::Sign(sign) = kind else { return None };
    Some(match sign {
        Sign::Or => (BinaryOp::Or, 1),
        Sign::And => (BinaryOp::And, 2),
        Sign::Equal => (BinaryOp::Equal, 3),
        Sign::NotEqual => (BinaryOp::NotEqual, 3),
        Sign::Less => (BinaryOp::Less, 4),
        Sign::LessEqual => (BinaryOp::LessEqual, 4),
        Sign::Greater => (BinaryOp::Greater, 4),
        Sign::GreaterEqual => (BinaryOp::GreaterEqual, 4),
        Sign::Pipe => (BinaryOp::BitOr, 5),
        Sign::Amp => (BinaryOp::BitAnd, 6),
        Sign::ShiftLeft => (BinaryOp::ShiftLeft, 7),
        Sign::ShiftRight => (BinaryOp::ShiftRight, 7),
        Sign::Plus => (BinaryOp::Add, 8),
        Sign::Minus => (BinaryOp::Subtract, 8),
        Sign::Star => (BinaryOp::Multiply, 9),
        Sign::Slash => (BinaryOp::Divide, 9),
        Sign::Percent => (BinaryOp::Modulo, 9),
        _ => return None,
    })
}
