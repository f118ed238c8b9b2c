//! Blocks, assignments, instantiations, modules and files.

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::diag::{FileId, Span};
use crate::scad::ast::{self, Name, Scope, Statement};
use crate::scad::builtin::{self, ModuleKind, former};
use crate::scad::deferred::Deferred;
use crate::scad::ir::{
    self, Assignment, Block, Expr, Instantiation, InstantiationKind, ModuleBody, Names, Site, Target,
};
use crate::scad::load::span_of;
use crate::scad::log::Run;
use crate::scad::lower::call::add_extras;
use crate::scad::lower::names::pending;
use crate::scad::lower::{Lowerer, Scope as LocalScope, VariableState, declared, is_special};
use crate::scad::unit::Unit;
use crate::scad::value::Value;

/// A statement and the file that it comes from.
enum Item {
    Own(FileId, usize),
    Included(FileId, Arc<Unit>, usize),
}

/// An assignment of a block; of several with one name the first place and the last value count.
struct Merged {
    name: Name,
    value: Arc<ast::Expr>,
    source: FileId,
    span: Span,
    overwritten: Option<Span>,
}

/// What a scope holds, includes read into it.
#[derive(Default)]
struct Contents {
    assignments: Vec<Merged>,
    /// Where the assignment of a name is.
    index: FxHashMap<Name, u32>,
    functions: Vec<(FileId, Arc<Deferred<ast::Function>>)>,
    modules: Vec<(FileId, Arc<Deferred<ast::Module>>)>,
    instantiations: Vec<(FileId, Arc<ast::Instantiation>)>,
}

impl Lowerer<'_, '_> {
    /// The assignments of a file and, for the main program, what it makes.
    pub(super) fn file_block(&mut self, file: u32) -> Run<Block> {
        let assignments = std::mem::take(&mut self.job.files[file as usize].assignments);
        let first = self.job.files[file as usize].first_global;
        let mut block = Block::default();
        for (at, assignment) in assignments.iter().enumerate() {
            self.source = assignment.source;
            let value = self.expr(&assignment.value)?;
            let special = is_special(&assignment.name);
            let target = if special {
                Target::Special(self.job.special_id(&assignment.name))
            } else {
                Target::Global(first + at as u32)
            };
            block.assignments.push(Assignment {
                target,
                value,
                name: assignment.name.clone(),
                span: assignment.span,
                overwritten: assignment.overwritten,
                hides_parameter: false,
            });
        }
        self.job.files[file as usize].assignments = assignments;
        if file == 0 {
            let instantiations = std::mem::take(&mut self.job.files[0].instantiations);
            block.instantiations = self.instantiations(&instantiations)?;
        }
        Ok(block)
    }

    /// A module: its parameters, its own names, what it does.
    pub(super) fn module_body(&mut self, syntax: &Arc<ast::Module>, extras: &[Name]) -> Run<ModuleBody> {
        let parameters = self.module_parameters(syntax, extras)?;
        let source = self.source;
        let contents = self.contents(&syntax.body)?;
        let mut scope = declared(&parameters, extras);
        self.declare(&mut scope, &contents.assignments);
        let variables = scope.variables.iter().map(|variable| (variable.name.clone(), variable.slot)).collect();
        let names = self.own_names(variables, &contents);
        self.names = names.clone();
        self.frame().scopes.push(scope);
        let mut block = self.block(&contents)?;
        block.cells = self.close_scope();
        let first_own = (parameters.len() + extras.len()) as u32;
        block.cells.retain(|slot| *slot >= first_own);
        Ok(ModuleBody {
            parameters,
            frame_size: self.frame().size,
            block,
            name: syntax.name.clone(),
            span: span_of(source, syntax.loc),
            names,
        })
    }

    /// Defaults are evaluated where the module is defined, which is one frame further out than its body.
    fn module_parameters(&mut self, syntax: &Arc<ast::Module>, extras: &[Name]) -> Run<Vec<ir::Parameter>> {
        let around = self.names.clone();
        let outside = Names {
            parent: Some(around.clone()),
            file: around.file,
            variables: FxHashMap::default(),
            functions: FxHashMap::default(),
            modules: FxHashMap::default(),
        };
        self.names = Rc::new(outside);
        let parameters = self.parameters(&syntax.parameters, extras);
        self.names = around;
        parameters
    }

    /// Names of functions, modules and variables inside a module.
    fn own_names(&mut self, variables: FxHashMap<Name, u32>, contents: &Contents) -> Rc<Names> {
        let mut functions = FxHashMap::default();
        for (source, syntax) in &contents.functions {
            functions.insert(syntax.name.clone(), self.job.add_function(syntax, *source));
        }
        let mut modules = FxHashMap::default();
        for (source, syntax) in &contents.modules {
            modules.insert(syntax.name.clone(), self.job.add_module(syntax, *source));
        }
        let (parent, file) = (Some(self.names.clone()), self.names.file);
        let names = Rc::new(Names { parent, file, variables, functions, modules });
        for function in names.functions.values() {
            self.job.functions[*function as usize].names = Rc::downgrade(&names);
        }
        for module in names.modules.values() {
            self.job.modules[*module as usize].names = Rc::downgrade(&names);
        }
        names
    }

    /// Slots for the variables that a scope assigns.
    fn declare(&mut self, scope: &mut LocalScope, assignments: &[Merged]) {
        for assignment in assignments {
            if scope.find(&assignment.name).is_none() && !is_special(&assignment.name) {
                let slot = self.frame().new_slot();
                scope.add(pending(&assignment.name, slot));
            }
        }
    }

    /// A scope's statements sorted by kind; includes are read here.
    fn contents(&mut self, scope: &Scope) -> Run<Contents> {
        let mut contents = Contents::default();
        let mut todo: Vec<Item> = (0..scope.statements.len()).rev().map(|at| Item::Own(self.source, at)).collect();
        while let Some(item) = todo.pop() {
            let (source, statement) = match &item {
                Item::Own(source, at) => (*source, &scope.statements[*at]),
                Item::Included(source, unit, at) => (*source, &unit.scope.statements[*at]),
            };
            match statement {
                Statement::Assignment(assignment) => merge(&mut contents, source, assignment),
                Statement::Function(syntax) => contents.functions.push((source, syntax.clone())),
                Statement::Module(syntax) => contents.modules.push((source, syntax.clone())),
                Statement::Instantiation(syntax) => contents.instantiations.push((source, syntax.clone())),
                Statement::Include(name, loc) => {
                    let span = span_of(source, *loc);
                    if todo.len() < 100_000
                        && let Some((file, unit)) = self.job.include_inside(source, name, span)?
                    {
                        let count = unit.scope.statements.len();
                        todo.extend((0..count).rev().map(|at| Item::Included(file, unit.clone(), at)));
                    }
                }
                Statement::Use(..) => {}
            }
        }
        Ok(contents)
    }

    /// Assignments in order, then instantiations; the scope is open.
    fn block(&mut self, contents: &Contents) -> Run<Block> {
        let mut block = Block::default();
        let source = self.source;
        for merged in &contents.assignments {
            self.source = merged.source;
            let literal = merged.value.is_literal();
            let parameter = self.is_bound_here(&merged.name);
            let value = self.assigned(&merged.value, (!parameter).then_some(&merged.name))?;
            let target = if is_special(&merged.name) {
                Target::Special(self.job.special_id(&merged.name))
            } else {
                self.bind(&merged.name)
            };
            block.assignments.push(Assignment {
                target,
                value,
                name: merged.name.clone(),
                span: merged.span,
                overwritten: merged.overwritten,
                hides_parameter: literal && parameter,
            });
        }
        self.source = source;
        block.instantiations = self.instantiations(&contents.instantiations)?;
        Ok(block)
    }

    fn is_bound_here(&mut self, name: &Name) -> bool {
        let scope = self.frame().scopes.last();
        let variable = scope.and_then(|scope| scope.find(name).map(|at| &scope.variables[at]));
        variable.is_some_and(|variable| variable.state == VariableState::Bound)
    }

    fn instantiations(&mut self, syntax: &[(FileId, Arc<ast::Instantiation>)]) -> Run<Vec<Instantiation>> {
        let before = self.source;
        let mut instantiations = Vec::with_capacity(syntax.len());
        for (source, syntax) in syntax {
            self.source = *source;
            instantiations.push(self.instantiation(syntax)?);
        }
        self.source = before;
        Ok(instantiations)
    }

    fn instantiation(&mut self, syntax: &ast::Instantiation) -> Run<Instantiation> {
        let site = Rc::new(Site { name: syntax.name.clone(), span: self.span(syntax.loc) });
        let used = self.frame().used;
        let depth = self.frame().scopes.len();
        let (kind, inner) = self.kind(syntax)?;
        let children = Rc::new(self.children(&syntax.children)?);
        let kind = match (kind, inner) {
            (InstantiationKind::Let(bindings), true) => InstantiationKind::Let(self.close_bindings(bindings, used)),
            (kind, _) => kind,
        };
        self.frame().scopes.truncate(depth);
        self.frame().used = used;
        Ok(Instantiation { kind, site, modifiers: syntax.modifiers, children })
    }

    /// What is called, and whether it opened a scope for its children that must be closed.
    fn kind(&mut self, syntax: &ast::Instantiation) -> Run<(InstantiationKind, bool)> {
        if let Some(definition) = self.module_definition(&syntax.name) {
            let entry = self.job.modules[definition.entry as usize].syntax.whole().clone();
            let (mut plan, extras) = self.plan(&syntax.arguments, &entry.parameters)?;
            let entry = &mut self.job.modules[definition.entry as usize];
            if add_extras(&mut plan, extras, &mut entry.extras) {
                entry.body = None;
            }
            let (module, enter, hops) = (definition.entry, definition.enter, definition.hops);
            return Ok((InstantiationKind::User { module, plan, enter, hops }, false));
        }
        let former = former::former(&syntax.name, &syntax.arguments);
        if let Some(former) = former {
            let span = self.span(syntax.loc);
            self.job.deprecate(span, former.advice);
        }
        let Some(module) = former.map(|former| &former.module).or_else(|| builtin::module(&syntax.name)) else {
            return Ok((InstantiationKind::Unknown(self.reach()), false));
        };
        if !self.job.is_enabled(module.feature) {
            return Ok((InstantiationKind::Disabled, false));
        }
        Ok((self.builtin_kind(syntax, module)?, matches!(module.kind, ModuleKind::Let | ModuleKind::Assign)))
    }

    fn builtin_kind(
        &mut self,
        syntax: &ast::Instantiation,
        module: &'static builtin::BuiltinModule,
    ) -> Run<InstantiationKind> {
        Ok(match module.kind {
            ModuleKind::For | ModuleKind::IntersectionFor => {
                let variables = self.loop_variables(&syntax.arguments)?;
                InstantiationKind::For { variables, intersection: matches!(module.kind, ModuleKind::IntersectionFor) }
            }
            ModuleKind::If => {
                let condition = match syntax.arguments.first() {
                    Some(argument) => self.expr(&argument.value)?,
                    None => Expr::Const(Value::Undef),
                };
                let otherwise = syntax.otherwise.as_ref().map(|scope| self.children(scope)).transpose()?;
                InstantiationKind::If { condition, otherwise: otherwise.map(Rc::new) }
            }
            ModuleKind::Let => InstantiationKind::Let(self.open_bindings(&syntax.arguments, syntax.loc)?.0),
            ModuleKind::Assign => InstantiationKind::Let(self.open_assign(&syntax.arguments, syntax.loc)?),
            ModuleKind::Echo => InstantiationKind::Echo(self.values(&syntax.arguments)?),
            ModuleKind::Assert => InstantiationKind::Assert(Box::new(self.assertion(&syntax.arguments, syntax.loc)?)),
            ModuleKind::Children => {
                let plan = self.builtin_plan(&syntax.arguments, module.parameters)?;
                InstantiationKind::Children { plan, hops: self.module_hops() }
            }
            ModuleKind::Child => {
                let mut plan = self.builtin_plan(&syntax.arguments, module.parameters)?;
                if plan.arguments.is_empty() {
                    plan.arguments.push((Target::Slot(0), Expr::Const(Value::Number(0.0))));
                }
                InstantiationKind::Children { plan, hops: self.module_hops() }
            }
            ModuleKind::Leaf(_) | ModuleKind::Operator(_) | ModuleKind::Drawing(_) => {
                let plan = self.builtin_plan(&syntax.arguments, module.parameters)?;
                InstantiationKind::Builtin { module, plan }
            }
        })
    }

    /// The children of an instantiation: a scope of its own.
    fn children(&mut self, scope: &Scope) -> Run<Block> {
        if scope.statements.is_empty() {
            return Ok(Block::default());
        }
        let contents = self.contents(scope)?;
        let used = self.frame().used;
        let mut variables = LocalScope::default();
        self.declare(&mut variables, &contents.assignments);
        self.frame().scopes.push(variables);
        let mut block = self.block(&contents)?;
        block.cells = self.close_scope();
        self.frame().used = used;
        Ok(block)
    }
}

fn merge(contents: &mut Contents, source: FileId, assignment: &ast::Assignment) {
    let span = span_of(source, assignment.loc);
    let value = assignment.value.clone();
    let place = contents.assignments.len() as u32;
    let at = *contents.index.entry(assignment.name.clone()).or_insert(place);
    if let Some(known) = contents.assignments.get_mut(at as usize) {
        (known.value, known.source, known.overwritten) = (value, source, Some(span));
        return;
    }
    let name = assignment.name.clone();
    contents.assignments.push(Merged { name, value, source, span, overwritten: None });
}
