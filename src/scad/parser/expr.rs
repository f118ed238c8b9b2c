//! Expressions by precedence climbing; the precedence table.

use std::sync::Arc;

use crate::scad::ast::{Argument, BinaryOp, Expr, ExprKind, ForC, Function, Parameter, Range, UnaryOp};
use crate::scad::lexer::{Note, NoteKind, number_value, text_value};
use crate::scad::parser::mode::{Checks, Makes, Mode};
use crate::scad::parser::{CHAIN_MAX, DEPTH_MAX, NOTES_MAX, NOTHING, Parsed, Parser};
use crate::scad::token::{Keyword, Loc, Sign, TokenKind};

/// What reading in mode `M` makes of a `T`.
type Read<M, T> = Parsed<<M as Mode>::Of<T>>;

impl<'a> Parser<'a> {
    /// One expression; where it is only checked, one that stands for nothing.
    pub(super) fn expr(&mut self) -> Parsed<Expr> {
        if self.checks { self.expr_in::<Checks>().map(|()| NOTHING) } else { self.expr_in::<Makes>() }
    }

    /// `(a, b = c)`; nothing where it is only checked.
    pub(super) fn arguments(&mut self) -> Parsed<Vec<Argument>> {
        if self.checks { self.arguments_in::<Checks>().map(|()| Vec::new()) } else { self.arguments_in::<Makes>() }
    }

    /// `(a, b = 1)` of a definition; nothing where it is only checked.
    pub(super) fn parameters(&mut self) -> Parsed<Vec<Parameter>> {
        if self.checks { self.parameters_in::<Checks>().map(|()| Vec::new()) } else { self.parameters_in::<Makes>() }
    }

    /// An expression of some parts that begins at `start` and ends before this token.
    #[inline]
    fn make<M: Mode, T>(
        &mut self,
        start: Loc,
        parts: M::Of<T>,
        kind: impl FnOnce(&mut Self, T) -> ExprKind,
    ) -> M::Of<Expr> {
        M::map(parts, |parts| Expr { kind: kind(self, parts), loc: start.to(self.last_loc()) })
    }

    /// One expression: `let`, `assert`, `echo`, a function literal, or operators.
    fn expr_in<M: Mode>(&mut self) -> Read<M, Expr> {
        self.nested(Self::expr_here::<M>)
    }

    fn expr_here<M: Mode>(&mut self) -> Read<M, Expr> {
        let TokenKind::Keyword(keyword) = self.kind() else { return self.ternary::<M>() };
        let start = self.loc();
        match keyword {
            Keyword::Function => self.function_literal::<M>(),
            Keyword::Let => {
                self.advance();
                let parts = M::zip(self.arguments_in::<M>()?, self.expr_in::<M>()?);
                Ok(self.make::<M, _>(start, parts, |_, (arguments, body)| ExprKind::Let(arguments, Box::new(body))))
            }
            Keyword::Assert => {
                self.advance();
                let parts = M::zip(self.arguments_in::<M>()?, self.expr_or_nothing::<M>()?);
                let kind = |(arguments, body): (_, Option<Expr>)| ExprKind::Assert(arguments, body.map(Box::new));
                Ok(self.make::<M, _>(start, parts, |_, parts| kind(parts)))
            }
            Keyword::Echo => {
                self.advance();
                let parts = M::zip(self.arguments_in::<M>()?, self.expr_or_nothing::<M>()?);
                let kind = |(arguments, body): (_, Option<Expr>)| ExprKind::Echo(arguments, body.map(Box::new));
                Ok(self.make::<M, _>(start, parts, |_, parts| kind(parts)))
            }
            _ => self.ternary::<M>(),
        }
    }

    fn function_literal<M: Mode>(&mut self) -> Read<M, Expr> {
        let start = self.loc();
        self.advance();
        let parts = M::zip(self.parameters_in::<M>()?, self.expr_in::<M>()?);
        Ok(self.make::<M, _>(start, parts, |parser, (parameters, body)| {
            let (name, loc) = (parser.intern(""), start.to(parser.last_loc()));
            ExprKind::Function(Arc::new(Function { name, parameters, body, loc }))
        }))
    }

    /// The expression after `assert(…)` or `echo(…)`, which may be left out.
    fn expr_or_nothing<M: Mode>(&mut self) -> Read<M, Option<Expr>> {
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
        if ends { Ok(M::of(|| None)) } else { Ok(M::map(self.expr_in::<M>()?, Some)) }
    }

    fn ternary<M: Mode>(&mut self) -> Read<M, Expr> {
        let start = self.loc();
        let condition = self.binary::<M>(1)?;
        if !self.eat(Sign::Question) {
            return Ok(condition);
        }
        let then = self.expr_in::<M>()?;
        self.expect(Sign::Colon, "between the two values of '?'")?;
        let parts = M::zip(M::zip(condition, then), self.expr_in::<M>()?);
        Ok(self.make::<M, _>(start, parts, |_, ((condition, then), otherwise)| {
            ExprKind::Ternary(Box::new((condition, then, otherwise)))
        }))
    }

    /// Operators that bind at least as tightly as `level`, left to right.
    fn binary<M: Mode>(&mut self, level: u8) -> Read<M, Expr> {
        let start = self.loc();
        let mut left = self.unary::<M>()?;
        let mut chain = 0;
        while let TokenKind::Sign(sign) = self.kind()
            && let Some((op, binds)) = binary_op(sign)
        {
            if binds < level {
                break;
            }
            chain += 1;
            if chain > CHAIN_MAX {
                return Err(self.too_deep());
            }
            self.advance();
            let parts = M::zip(left, self.binary::<M>(binds + 1)?);
            left = self.make::<M, _>(start, parts, |_, parts| ExprKind::Binary(op, Box::new(parts)));
        }
        Ok(left)
    }

    #[inline]
    fn unary<M: Mode>(&mut self) -> Read<M, Expr> {
        let TokenKind::Sign(sign) = self.kind() else { return self.power::<M>() };
        let start = self.loc();
        let op = match sign {
            Sign::Plus => {
                self.advance();
                return self.nested(Self::unary::<M>);
            }
            Sign::Minus => UnaryOp::Negate,
            Sign::Bang => UnaryOp::Not,
            Sign::Tilde => UnaryOp::BitNot,
            _ => return self.power::<M>(),
        };
        self.advance();
        let operand = self.nested(Self::unary::<M>)?;
        Ok(self.make::<M, _>(start, operand, |_, operand| match (op, &operand.kind) {
            (UnaryOp::Negate, ExprKind::Number(value)) => ExprKind::Number(-value),
            _ => ExprKind::Unary(op, Box::new(operand)),
        }))
    }

    fn power<M: Mode>(&mut self) -> Read<M, Expr> {
        let start = self.loc();
        let base = self.postfix::<M>()?;
        if !self.eat(Sign::Caret) {
            return Ok(base);
        }
        let parts = M::zip(base, self.nested(Self::unary::<M>)?);
        Ok(self.make::<M, _>(start, parts, |_, parts| ExprKind::Binary(BinaryOp::Power, Box::new(parts))))
    }

    /// Calls, subscripts and members.
    #[inline]
    fn postfix<M: Mode>(&mut self) -> Read<M, Expr> {
        let start = self.loc();
        let mut value = self.primary::<M>()?;
        let mut chain = 0;
        while let TokenKind::Sign(sign) = self.kind() {
            value = match sign {
                Sign::OpenParen => {
                    let parts = M::zip(value, self.arguments_in::<M>()?);
                    let kind = |(callee, arguments)| ExprKind::Call(Box::new(callee), arguments);
                    self.make::<M, _>(start, parts, |_, parts| kind(parts))
                }
                Sign::OpenBracket => {
                    self.advance();
                    let parts = M::zip(value, self.expr_in::<M>()?);
                    self.expect(Sign::CloseBracket, "after the index")?;
                    self.make::<M, _>(start, parts, |_, parts| ExprKind::Index(Box::new(parts)))
                }
                Sign::Dot => {
                    self.advance();
                    let name = self.name("a member's name after '.'")?;
                    let kind = |parser: &mut Self, value| ExprKind::Member(Box::new(value), parser.intern(name));
                    self.make::<M, _>(start, value, kind)
                }
                _ => break,
            };
            chain += 1;
            if chain > CHAIN_MAX {
                return Err(self.too_deep());
            }
        }
        Ok(value)
    }

    fn primary<M: Mode>(&mut self) -> Read<M, Expr> {
        let value = match self.kind() {
            TokenKind::Name => self.make_word::<M>(|parser, name| ExprKind::Name(parser.intern(name))),
            TokenKind::Number => self.make_word::<M>(|_, digits| ExprKind::Number(number_value(digits))),
            TokenKind::Text => self.make_word::<M>(|_, quoted| ExprKind::Text(text_value(quoted).into())),
            TokenKind::Keyword(Keyword::True) => self.make_word::<M>(|_, _| ExprKind::Bool(true)),
            TokenKind::Keyword(Keyword::False) => self.make_word::<M>(|_, _| ExprKind::Bool(false)),
            TokenKind::Keyword(Keyword::Undef) => self.make_word::<M>(|_, _| ExprKind::Undef),
            TokenKind::Sign(Sign::OpenParen) => {
                self.advance();
                let inner = self.expr_in::<M>()?;
                self.expect(Sign::CloseParen, "after the expression")?;
                inner
            }
            TokenKind::Sign(Sign::OpenBracket) => self.brackets::<M>()?,
            _ => return Err(self.unexpected("an expression")),
        };
        Ok(value)
    }

    /// The expression that this one token is.
    #[inline]
    fn make_word<M: Mode>(&mut self, kind: impl FnOnce(&mut Self, &'a str) -> ExprKind) -> M::Of<Expr> {
        let value = M::of(|| {
            let word = self.word();
            Expr { loc: self.loc(), kind: kind(self, word) }
        });
        self.advance();
        value
    }

    /// A list or a range.
    fn brackets<M: Mode>(&mut self) -> Read<M, Expr> {
        let start = self.loc();
        self.advance();
        let mut items = M::of(Vec::new);
        if self.eat(Sign::CloseBracket) {
            return Ok(self.make::<M, _>(start, items, |_, items| ExprKind::List(items)));
        }
        let first = self.element::<M>()?;
        if self.eat(Sign::Colon) {
            return self.range::<M>(first, start);
        }
        M::push(&mut items, first);
        while self.eat_commas() {
            if self.is_sign(Sign::CloseBracket) {
                break;
            }
            M::push(&mut items, self.element::<M>()?);
        }
        self.expect(Sign::CloseBracket, "or ',' in the list")?;
        Ok(self.make::<M, _>(start, items, |_, items| ExprKind::List(items)))
    }

    fn range<M: Mode>(&mut self, begin: M::Of<Expr>, start: Loc) -> Read<M, Expr> {
        let second = self.expr_in::<M>()?;
        let (step, end) =
            if self.eat(Sign::Colon) { (M::map(second, Some), self.expr_in::<M>()?) } else { (M::of(|| None), second) };
        self.expect(Sign::CloseBracket, "after the range")?;
        let parts = M::zip(M::zip(begin, step), end);
        Ok(self.make::<M, _>(start, parts, |_, ((begin, step), end)| {
            ExprKind::Range(Box::new(Range { begin, step, end }))
        }))
    }

    /// An element of a list: an expression or a comprehension.
    fn element<M: Mode>(&mut self) -> Read<M, Expr> {
        self.nested(Self::element_here::<M>)
    }

    fn element_here<M: Mode>(&mut self) -> Read<M, Expr> {
        let start = self.loc();
        match self.kind() {
            TokenKind::Keyword(Keyword::For) => self.comprehension_for::<M>(start),
            TokenKind::Keyword(Keyword::Each) => {
                self.advance();
                let values = self.element::<M>()?;
                Ok(self.make::<M, _>(start, values, |_, values| ExprKind::Each(Box::new(values))))
            }
            TokenKind::Keyword(Keyword::If) => self.comprehension_if::<M>(start),
            TokenKind::Keyword(Keyword::Let) if self.comprehension_ahead() => {
                self.advance();
                let parts = M::zip(self.arguments_in::<M>()?, self.element::<M>()?);
                Ok(self.make::<M, _>(start, parts, |_, (arguments, body)| ExprKind::Let(arguments, Box::new(body))))
            }
            TokenKind::Sign(Sign::OpenParen) if self.comprehension_ahead() => {
                self.advance();
                let inner = self.element::<M>()?;
                self.expect(Sign::CloseParen, "after the comprehension")?;
                Ok(inner)
            }
            _ => self.expr_here::<M>(),
        }
    }

    /// Whether the parentheses and `let`s that stand here lead to `for`, `each` or `if`.
    fn comprehension_ahead(&mut self) -> bool {
        let mut at = self.at;
        for _ in 0..DEPTH_MAX {
            match self.lexed.tokens[at].kind {
                TokenKind::Sign(Sign::OpenParen) => at += 1,
                TokenKind::Keyword(Keyword::Let) => {
                    let open = (at + 1).min(self.lexed.tokens.len() - 1);
                    at = (self.closer(open) + 1).min(self.lexed.tokens.len() - 1);
                }
                TokenKind::Keyword(Keyword::For | Keyword::Each | Keyword::If) => return true,
                _ => return false,
            }
        }
        false
    }

    fn comprehension_for<M: Mode>(&mut self, start: Loc) -> Read<M, Expr> {
        self.advance();
        self.expect(Sign::OpenParen, "after 'for'")?;
        let init = self.argument_list::<M>(Sign::Semicolon)?;
        if self.eat(Sign::CloseParen) {
            let parts = M::zip(init, self.element::<M>()?);
            return Ok(self.make::<M, _>(start, parts, |_, (variables, body)| ExprKind::For(variables, Box::new(body))));
        }
        self.expect(Sign::Semicolon, "or ')' in 'for'")?;
        let condition = self.expr_in::<M>()?;
        self.expect(Sign::Semicolon, "after the condition of 'for'")?;
        let step = self.argument_list::<M>(Sign::CloseParen)?;
        self.expect(Sign::CloseParen, "after 'for (…'")?;
        let parts = M::zip(M::zip(init, condition), M::zip(step, self.element::<M>()?));
        Ok(self.make::<M, _>(start, parts, |_, ((init, condition), (step, body))| {
            ExprKind::ForC(Box::new(ForC { init, condition, step, body }))
        }))
    }

    fn comprehension_if<M: Mode>(&mut self, start: Loc) -> Read<M, Expr> {
        self.advance();
        self.expect(Sign::OpenParen, "after 'if'")?;
        let condition = self.expr_in::<M>()?;
        self.expect(Sign::CloseParen, "after the condition")?;
        let then = self.element::<M>()?;
        let otherwise = if self.is_keyword(Keyword::Else) {
            self.advance();
            M::map(self.element::<M>()?, Some)
        } else {
            M::of(|| None)
        };
        let parts = M::zip(M::zip(condition, then), otherwise);
        Ok(self.make::<M, _>(start, parts, |_, ((condition, then), otherwise)| {
            ExprKind::If(Box::new((condition, then, otherwise)))
        }))
    }

    fn arguments_in<M: Mode>(&mut self) -> Read<M, Vec<Argument>> {
        self.expect(Sign::OpenParen, "before the arguments")?;
        let arguments = self.argument_list::<M>(Sign::CloseParen)?;
        self.expect(Sign::CloseParen, "or ',' after the argument")?;
        Ok(arguments)
    }

    /// Arguments up to `)` or to `end`, which is left standing.
    fn argument_list<M: Mode>(&mut self, end: Sign) -> Read<M, Vec<Argument>> {
        let mut arguments = M::of(Vec::new);
        while !self.is_sign(Sign::CloseParen) && !self.is_sign(end) {
            let name = self.argument_name();
            let value = self.expr_in::<M>()?;
            let argument = |value| Argument { name: name.map(|name| self.intern(name)), value };
            M::push(&mut arguments, M::map(value, argument));
            if !self.eat_commas() {
                break;
            }
        }
        Ok(arguments)
    }

    /// `name =`, where it stands here.
    fn argument_name(&mut self) -> Option<&'a str> {
        if self.kind() != TokenKind::Name || self.kind_at(1) != TokenKind::Sign(Sign::Assign) {
            return None;
        }
        let name = self.word();
        self.advance();
        self.advance();
        Some(name)
    }

    fn parameters_in<M: Mode>(&mut self) -> Read<M, Vec<Parameter>> {
        self.expect(Sign::OpenParen, "before the parameters")?;
        let mut parameters = M::of(Vec::new);
        while !self.is_sign(Sign::CloseParen) {
            let name = self.name("a parameter's name")?;
            let default = if self.eat(Sign::Assign) { M::map(self.expr_in::<M>()?, Some) } else { M::of(|| None) };
            let parameter = |default| Parameter { name: self.intern(name), default };
            M::push(&mut parameters, M::map(default, parameter));
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
        if found && self.is_sign(Sign::Comma) && self.lexed.notes.len() < NOTES_MAX {
            let (loc, message) = (self.loc(), "Ignoring a comma too many".to_owned());
            self.lexed.notes.push(Note { kind: NoteKind::Warning, loc, message, hint: None });
        }
        while found && self.eat(Sign::Comma) {}
        found
    }

    /// A name that must stand here.
    pub(super) fn name(&mut self, wanted: &str) -> Parsed<&'a str> {
        match self.kind() {
            TokenKind::Name => {
                let name = self.word();
                self.advance();
                Ok(name)
            }
            TokenKind::Keyword(_) => {
                let loc = self.loc();
                let message = format!("Parser error: expected {wanted}, found {}", self.describe());
                Err(self.error(NoteKind::Error, loc, message, Some("Reserved words cannot be names.".into())))
            }
            _ => Err(self.unexpected(wanted)),
        }
    }
}

/// The operator that a token is, and how tightly it binds.
#[inline]
fn binary_op(sign: Sign) -> Option<(BinaryOp, u8)> {
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
