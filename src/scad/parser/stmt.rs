//! Statements, function and module definitions, modifier characters.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::scad::ast::{
    Argument, Assignment, Expr, Function, Instantiation, Modifiers, Module, Name, Scope, Statement,
};
use crate::scad::deferred::{Deferred, Definition};
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
            match self.lexed.tokens[at].kind {
                TokenKind::Sign(Sign::OpenParen | Sign::OpenBracket) => open.push(at),
                TokenKind::Sign(Sign::CloseParen | Sign::CloseBracket) => {
                    open.pop();
                }
                _ => {}
            }
        }
        let Some(first) = open.first() else { return };
        let closer = self.closer(*first);
        if closer > self.at && self.lexed.tokens[closer].kind == TokenKind::Sign(Sign::CloseParen) {
            self.at = closer;
        }
    }

    /// Whether `module name` or `function name` stands here.
    fn definition_ahead(&self) -> bool {
        matches!(self.kind(), TokenKind::Keyword(Keyword::Module | Keyword::Function))
            && self.kind_at(1) == TokenKind::Name
    }

    fn statement(&mut self, scope: &mut Scope, place: Place) -> Parsed<()> {
        self.nested(|parser| parser.statement_here(scope, place))
    }

    fn statement_here(&mut self, scope: &mut Scope, place: Place) -> Parsed<()> {
        let (before, start) = (self.at, self.loc());
        match self.kind() {
            TokenKind::Sign(Sign::Semicolon) => self.advance(),
            TokenKind::Sign(Sign::OpenBrace) => {
                self.advance();
                let inner = if place == Place::File { Place::Body } else { place };
                self.block(scope, inner)?;
            }
            TokenKind::Include => {
                self.keep(&mut scope.statements, |parser| Statement::Include(parser.path(), start));
                self.advance();
            }
            TokenKind::Use if place == Place::File => {
                self.keep(&mut scope.statements, |parser| Statement::Use(parser.path(), start));
                self.advance();
            }
            TokenKind::Keyword(Keyword::Module) if place != Place::Children => {
                let module = self.definition(Self::module)?;
                self.keep(&mut scope.statements, |parser| Statement::Module(parser.defined(before, module)));
            }
            TokenKind::Keyword(Keyword::Function) if place != Place::Children => {
                let function = self.definition(Self::function)?;
                self.keep(&mut scope.statements, |parser| Statement::Function(parser.defined(before, function)));
            }
            TokenKind::Name if self.kind_at(1) == TokenKind::Sign(Sign::Assign) => {
                let (name, value, loc) = self.assignment()?;
                self.keep(&mut scope.statements, |parser| {
                    let (name, value) = (parser.intern(name), Arc::new(value));
                    Statement::Assignment(Arc::new(Assignment { name, value, loc }))
                });
            }
            _ => {
                if let Some(instantiation) = self.instantiation(Modifiers::default())? {
                    self.keep(&mut scope.statements, |_| Statement::Instantiation(Arc::new(instantiation)));
                }
            }
        }
        Ok(())
    }

    /// The path of the `include` or `use` that stands here.
    fn path(&self) -> Name {
        let paths = &self.lexed.paths;
        let found = paths.binary_search_by_key(&self.at, |(token, _)| *token);
        found.map_or_else(|_| Name::from(""), |at| paths[at].1.clone())
    }

    /// Reads a definition, or only checks it where it can be read when somebody wants it.
    fn definition<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let around = self.checks;
        self.checks |= self.defers;
        let result = read(self);
        self.checks = around;
        result
    }

    /// What the tree keeps of the definition that ends before this token, and began at the token `first`.
    fn defined<T: Definition>(&self, first: usize, definition: T) -> Arc<Deferred<T>> {
        if !self.defers {
            return Arc::new(Deferred::read(definition));
        }
        let tokens = &self.lexed.tokens;
        Arc::new(Deferred::new(definition, self.text.clone(), tokens[first].start..tokens[self.at - 1].end))
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

    fn assignment(&mut self) -> Parsed<(&'a str, Expr, Loc)> {
        let (name, start) = (self.word(), self.loc());
        self.advance();
        self.advance();
        let value = self.expr()?;
        self.expect(Sign::Semicolon, "after the assignment")?;
        let loc = start.to(self.last_loc());
        if let Some(block) = self.assigned.last_mut() {
            let first = *block.entry(name).or_insert(loc);
            if first != loc {
                let (kind, message) = (NoteKind::Overwritten(first), name.to_owned());
                self.lexed.notes.push(Note { kind, loc, message, hint: None });
            }
        }
        Ok((name, value, loc))
    }

    pub(super) fn function(&mut self) -> Parsed<Function> {
        let start = self.loc();
        self.advance();
        let name = self.name("the function's name")?;
        let parameters = self.parameters()?;
        self.expect(Sign::Assign, "after the parameters of the function")?;
        let body = self.expr()?;
        self.expect(Sign::Semicolon, "after the function")?;
        Ok(Function { name: self.intern(name), parameters, body, loc: start.to(self.last_loc()) })
    }

    pub(super) fn module(&mut self) -> Parsed<Module> {
        let start = self.loc();
        self.advance();
        let name = self.name("the module's name")?;
        let parameters = self.parameters()?;
        let mut body = Scope::default();
        self.assigned.push(FxHashMap::default());
        let result = self.statement(&mut body, Place::Body);
        self.assigned.pop();
        result?;
        Ok(Module { name: self.intern(name), parameters, body, loc: start.to(self.last_loc()) })
    }

    /// A module called with its children; `None` where `*` takes it out, or it is only checked.
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
        let instantiation = self.called(modifiers)?;
        Ok(if disabled { None } else { instantiation })
    }

    /// A module called with its children; `None` where it is only checked.
    fn called(&mut self, modifiers: Modifiers) -> Parsed<Option<Instantiation>> {
        if self.is_keyword(Keyword::If) {
            return self.if_statement(modifiers);
        }
        let start = self.loc();
        let name = self.module_name()?;
        let arguments = self.arguments()?;
        let loc = start.to(self.last_loc());
        let children = self.children()?;
        Ok(self.kept(|parser| {
            let name = parser.intern(name);
            Instantiation { name, modifiers, arguments, children, otherwise: None, loc }
        }))
    }

    fn if_statement(&mut self, modifiers: Modifiers) -> Parsed<Option<Instantiation>> {
        let start = self.loc();
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
        Ok(self.kept(|parser| {
            let arguments = vec![Argument { name: None, value: condition }];
            Instantiation { name: parser.intern("if"), modifiers, arguments, children, otherwise, loc }
        }))
    }

    fn module_name(&mut self) -> Parsed<&'a str> {
        let name = match self.kind() {
            TokenKind::Name => self.word(),
            TokenKind::Keyword(Keyword::For) => "for",
            TokenKind::Keyword(Keyword::Let) => "let",
            TokenKind::Keyword(Keyword::Assert) => "assert",
            TokenKind::Keyword(Keyword::Echo) => "echo",
            TokenKind::Keyword(Keyword::Each) => "each",
            _ => return Err(self.unexpected("a statement")),
        };
        self.advance();
        Ok(name)
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
            TokenKind::Name
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
