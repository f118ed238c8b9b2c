//! Statements, function and module definitions, modifier characters.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::scad::ast::{Argument, Assignment, Function, Instantiation, Modifiers, Module, Name, Scope, Statement};
use crate::scad::lexer::{Note, NoteKind};
use crate::scad::parser::{Parsed, Parser};
use crate::scad::token::{Keyword, Loc, Sign, TokenKind};

/// Where a statement stands, which decides what it may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Directly in the file.
    File,
    /// In a module's body or a bare block: definitions are allowed.
    Body,
    /// Among the children of a module: only assignments and instantiations.
    Children,
}

impl<'a> Parser<'a> {
    /// The whole file.
    pub(super) fn program(&mut self) -> Scope {
        let mut scope = Scope::default();
        while !matches!(self.kind(), TokenKind::End) {
            let before = self.at;
            if self.statement(&mut scope, Place::File).is_err() {
                self.recover(before);
            }
        }
        scope
    }

    /// Skips to behind the next `;` or to a `}` on this level; always moves.
    fn recover(&mut self, before: usize) {
        self.leave_parentheses(before);
        let mut depth = 0;
        loop {
            match self.kind() {
                TokenKind::End => return,
                TokenKind::Sign(Sign::OpenBrace) => depth += 1,
                TokenKind::Sign(Sign::CloseBrace) if depth == 1 => return self.advance(),
                TokenKind::Sign(Sign::CloseBrace) if depth > 1 => depth -= 1,
                TokenKind::Sign(Sign::CloseBrace) => {
                    if self.at == before {
                        self.advance();
                    }
                    return;
                }
                TokenKind::Sign(Sign::Semicolon) if depth == 0 => return self.advance(),
                TokenKind::Keyword(Keyword::Module | Keyword::Function)
                    if depth == 0 && self.at > before && self.definition_ahead() =>
                {
                    return;
                }
                _ => {}
            }
            self.advance();
        }
    }

    /// Goes to the end of the parentheses that the statement at `before` opened, if they have one: a `;` in them ends nothing.
    fn leave_parentheses(&mut self, before: usize) {
        let mut open = Vec::new();
        for at in before..self.at {
            match self.tokens[at].kind {
                TokenKind::Sign(Sign::OpenParen | Sign::OpenBracket) => open.push(at),
                TokenKind::Sign(Sign::CloseParen | Sign::CloseBracket) => {
                    open.pop();
                }
                _ => {}
            }
        }
        let Some(first) = open.first() else { return };
        let closer = self.closer(*first);
        if closer > self.at && self.tokens[closer].kind == TokenKind::Sign(Sign::CloseParen) {
            self.at = closer;
        }
    }

    /// Whether `module name` or `function name` stands here.
    fn definition_ahead(&self) -> bool {
        matches!(self.kind(), TokenKind::Keyword(Keyword::Module | Keyword::Function))
            && matches!(self.kind_at(1), TokenKind::Name(_))
    }

    fn statement(&mut self, scope: &mut Scope, place: Place) -> Parsed<()> {
        self.nested(|parser| parser.statement_here(scope, place))
    }

    fn statement_here(&mut self, scope: &mut Scope, place: Place) -> Parsed<()> {
        let start = self.loc();
        match self.kind().clone() {
            TokenKind::Sign(Sign::Semicolon) => self.advance(),
            TokenKind::Sign(Sign::OpenBrace) => {
                self.advance();
                let inner = if place == Place::File { Place::Body } else { place };
                self.block(scope, inner)?;
            }
            TokenKind::Include(path) => {
                self.advance();
                scope.statements.push(Statement::Include(path, start));
            }
            TokenKind::Use(path) if place == Place::File => {
                self.advance();
                scope.statements.push(Statement::Use(path, start));
            }
            TokenKind::Keyword(Keyword::Module) if place != Place::Children => {
                let module = self.module()?;
                scope.statements.push(Statement::Module(module));
            }
            TokenKind::Keyword(Keyword::Function) if place != Place::Children => {
                let function = self.function()?;
                scope.statements.push(Statement::Function(function));
            }
            TokenKind::Name(name) if matches!(self.kind_at(1), TokenKind::Sign(Sign::Assign)) => {
                let assignment = self.assignment(name)?;
                scope.statements.push(Statement::Assignment(assignment));
            }
            _ => {
                if let Some(instantiation) = self.instantiation(Modifiers::default())? {
                    scope.statements.push(Statement::Instantiation(Arc::new(instantiation)));
                }
            }
        }
        Ok(())
    }

    /// Statements up to `}`; an error in one of them does not end the block.
    fn block(&mut self, scope: &mut Scope, place: Place) -> Parsed<()> {
        let brace = self.last_loc();
        loop {
            if self.eat(Sign::CloseBrace) {
                return Ok(());
            }
            if matches!(self.kind(), TokenKind::End) {
                let message = "Parser error: expected '}' for this '{', found the end of the file".to_owned();
                return Err(self.error(NoteKind::Error, brace, message, None));
            }
            let before = self.at;
            if self.statement(scope, place).is_err() {
                self.recover(before);
            }
        }
    }

    fn assignment(&mut self, name: &'a str) -> Parsed<Arc<Assignment>> {
        let name = self.intern(name);
        let start = self.loc();
        self.advance();
        self.advance();
        let value = Arc::new(self.expr()?);
        self.expect(Sign::Semicolon, "after the assignment")?;
        let loc = start.to(self.last_loc());
        if let Some(block) = self.assigned.last_mut() {
            let first = *block.entry(name.clone()).or_insert(loc);
            if first != loc {
                let (kind, message) = (NoteKind::Overwritten(first), name.to_string());
                self.notes.push(Note { kind, loc, message, hint: None });
            }
        }
        Ok(Arc::new(Assignment { name, value, loc }))
    }

    fn function(&mut self) -> Parsed<Arc<Function>> {
        let start = self.loc();
        self.advance();
        let name = self.name("the function's name")?;
        let parameters = self.parameters()?;
        self.expect(Sign::Assign, "after the parameters of the function")?;
        let body = self.expr()?;
        self.expect(Sign::Semicolon, "after the function")?;
        Ok(Arc::new(Function { name, parameters, body, loc: start.to(self.last_loc()) }))
    }

    fn module(&mut self) -> Parsed<Arc<Module>> {
        let start = self.loc();
        self.advance();
        let name = self.name("the module's name")?;
        let parameters = self.parameters()?;
        let mut body = Scope::default();
        self.assigned.push(FxHashMap::default());
        let result = self.statement(&mut body, Place::Body);
        self.assigned.pop();
        result?;
        Ok(Arc::new(Module { name, parameters, body, loc: start.to(self.last_loc()) }))
    }

    /// A module called with its children; `None` where `*` takes it out.
    fn instantiation(&mut self, mut modifiers: Modifiers) -> Parsed<Option<Instantiation>> {
        let mut disabled = false;
        loop {
            match self.kind() {
                TokenKind::Sign(Sign::Bang) => modifiers.root = true,
                TokenKind::Sign(Sign::Hash) => modifiers.highlight = true,
                TokenKind::Sign(Sign::Percent) => modifiers.background = true,
                TokenKind::Sign(Sign::Star) => disabled = true,
                _ => break,
            }
            self.advance();
        }
        let start = self.loc();
        let instantiation = if self.is_keyword(Keyword::If) {
            self.if_statement(modifiers, start)?
        } else {
            let name = self.module_name()?;
            let arguments = self.arguments()?;
            let loc = start.to(self.last_loc());
            let children = self.children()?;
            Instantiation { name, modifiers, arguments, children, otherwise: None, loc }
        };
        Ok((!disabled).then_some(instantiation))
    }

    fn if_statement(&mut self, modifiers: Modifiers, start: Loc) -> Parsed<Instantiation> {
        self.advance();
        self.expect(Sign::OpenParen, "after 'if'")?;
        let condition = self.expr()?;
        self.expect(Sign::CloseParen, "after the condition")?;
        let loc = start.to(self.last_loc());
        let children = self.children()?;
        let otherwise = if self.is_keyword(Keyword::Else) {
            self.advance();
            Some(self.children()?)
        } else {
            None
        };
        let arguments = vec![Argument { name: None, value: condition }];
        Ok(Instantiation { name: self.intern("if"), modifiers, arguments, children, otherwise, loc })
    }

    fn module_name(&mut self) -> Parsed<Name> {
        let name = match self.kind() {
            TokenKind::Name(name) => *name,
            TokenKind::Keyword(Keyword::For) => "for",
            TokenKind::Keyword(Keyword::Let) => "let",
            TokenKind::Keyword(Keyword::Assert) => "assert",
            TokenKind::Keyword(Keyword::Echo) => "echo",
            TokenKind::Keyword(Keyword::Each) => "each",
            _ => return Err(self.unexpected("a statement")),
        };
        self.advance();
        Ok(self.intern(name))
    }

    /// `;`, one instantiation, or a block of them.
    fn children(&mut self) -> Parsed<Scope> {
        let mut scope = Scope::default();
        if self.eat(Sign::Semicolon) {
            return Ok(scope);
        }
        if self.eat(Sign::OpenBrace) {
            self.assigned.push(FxHashMap::default());
            let result = self.nested(|parser| parser.block(&mut scope, Place::Children));
            self.assigned.pop();
            return result.map(|()| scope);
        }
        let starts = matches!(
            self.kind(),
            TokenKind::Name(_)
                | TokenKind::Keyword(
                    Keyword::For | Keyword::Let | Keyword::Assert | Keyword::Echo | Keyword::Each | Keyword::If
                )
                | TokenKind::Sign(Sign::Bang | Sign::Hash | Sign::Percent | Sign::Star)
        );
        if !starts {
            return Err(self.unexpected("';' or a child"));
        }
        let child = self.nested(|parser| parser.instantiation(Modifiers::default()))?;
        scope.statements.extend(child.map(|child| Statement::Instantiation(Arc::new(child))));
        Ok(scope)
    }
}
