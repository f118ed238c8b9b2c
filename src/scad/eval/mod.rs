//! The evaluator: running form to values and nodes.
//!
//! **Stages** `limits` fuel, memory, stack and errors · `expr` expressions · `access` elements and members · `call` calls and tail calls ·
//! `arguments` what goes into their frames · `inline` small functions in the place of their calls · `elements` list elements ·
//! `stmt` blocks, modules and children · `plates` modules that are called in place of the top level.
//! **Invariants** All variables of running functions and modules lie on one stack of values; a [`Frame`] says where. Special variables
//! have one current value each; whoever sets one puts the former value on `undo`. An error ends the whole evaluation, so nothing is unwound.
//! **Knows nothing of** files on a disk, kernels, and the console.

mod access;
mod arguments;
mod call;
mod elements;
mod expr;
mod inline;
mod limits;
mod plates;
mod stmt;

pub(in crate::scad) use expr::echo_or_dots;
pub use plates::Plate;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::budget::Budget;
use crate::csg;
use crate::diag::{Diagnostics, FileId, SourceMap, Span};
use crate::scad::ast::{self, Name};
use crate::scad::builtin::annotation;
use crate::scad::builtin::random::Random;
use crate::scad::eval::call::TailCall;
use crate::scad::host::Host;
use crate::scad::ir::{Block, FunctionBody, FunctionEntry, ModuleEntry, NONE, Site};
use crate::scad::load::FileInstance;
use crate::scad::log::{Log, Path, Stop};
use crate::scad::options::{AskedView, Literal, Options};
use crate::scad::token::Loc;
use crate::scad::unit::{ParseCache, Unit};
use crate::scad::value::{Object, Value, alive, grave};

/// A function value: its code, and the variables that it took along.
#[derive(Debug)]
pub struct Closure {
    pub(in crate::scad) body: Rc<FunctionBody>,
    captures: Box<[Value]>,
    /// The frame of the module around it.
    outer: u32,
    /// The object whose method it is.
    this: Option<Rc<Object>>,
}

/// Bytes that a function value takes beside what it took along.
const CLOSURE_BYTES: usize = 80;

impl Drop for Closure {
    fn drop(&mut self) {
        alive::give(CLOSURE_BYTES + size_of_val(&*self.captures));
        grave::bury(std::mem::take(&mut self.captures).into_vec());
    }
}

impl Closure {
    /// A function value.
    fn new(body: Rc<FunctionBody>, captures: Box<[Value]>, outer: u32, this: Option<Rc<Object>>) -> Rc<Self> {
        alive::take(CLOSURE_BYTES + size_of_val(&*captures));
        Rc::new(Self { body, captures, outer, this })
    }

    /// How it is written.
    pub fn definition(&self) -> &ast::Function {
        &self.body.syntax
    }

    /// Whether both are the same method of the same object.
    pub fn is_same_method(&self, other: &Self) -> bool {
        match (&self.this, &other.this) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b) && Rc::ptr_eq(&self.body, &other.body),
            _ => false,
        }
    }

    /// The same as a method of an object, if it has a parameter `this`.
    pub fn as_method(self: &Rc<Self>, object: &Rc<Object>) -> Rc<Self> {
        if self.body.this.is_none() {
            return self.clone();
        }
        Self::new(self.body.clone(), self.captures.clone(), self.outer, Some(object.clone()))
    }
}

/// Where the variables of what runs lie.
#[derive(Debug, Clone, Copy)]
struct Frame {
    /// Slot 0 on the stack.
    base: u32,
    /// Of a module or function literal: its own entry among the frames; of a function: that of the module around it.
    id: u32,
}

/// What a module or a function literal has beside its variables.
#[derive(Debug)]
struct FrameEntry {
    base: u32,
    /// The frame of the module around it.
    outer: u32,
    closure: Option<Rc<Closure>>,
    children: Option<Rc<Block>>,
    /// Where the children were written.
    children_frame: Frame,
}

/// One evaluation.
pub struct Interpreter<'h> {
    pub(in crate::scad) host: &'h dyn Host,
    pub(in crate::scad) budget: &'h Budget,
    pub(in crate::scad) options: &'h Options,
    pub(in crate::scad) parse_cache: Arc<ParseCache>,
    pub(in crate::scad) sources: SourceMap,
    pub(in crate::scad) log: Log,
    pub(in crate::scad) main_path: Path,
    pub(in crate::scad) source_bytes: u64,
    pub(in crate::scad) files: Vec<FileInstance>,
    pub(in crate::scad) instances: FxHashMap<Path, u32>,
    pub(in crate::scad) appended: Option<(FileId, Arc<Unit>)>,
    pub(in crate::scad) pending_appended: Option<Arc<Unit>>,
    pub(in crate::scad) overrides: Arc<[ast::Assignment]>,
    pub(in crate::scad) functions: Vec<FunctionEntry>,
    pub(in crate::scad) modules: Vec<ModuleEntry>,
    pub(in crate::scad) globals: Vec<Value>,
    pub(in crate::scad) fonts: Arc<[csg::Font]>,
    pub(in crate::scad) random: Random,
    pub(in crate::scad) files_read: FxHashMap<String, csg::Content>,
    /// Slots of all frames; what lies above `top` is `Unset`.
    stack: Vec<Value>,
    /// Where the next frame begins.
    top: usize,
    frames: Vec<FrameEntry>,
    specials: Vec<Value>,
    special_ids: FxHashMap<Name, u32>,
    undo: Vec<(u32, Value)>,
    /// Special variables of a call that is being prepared.
    staged_specials: Vec<(u32, Value)>,
    /// A call in tail position, told by the value `Unset`.
    pending_call: Option<TailCall>,
    /// Whether an error has been told its call already.
    is_traced: bool,
    cells: Vec<Weak<RefCell<Value>>>,
    cells_max: usize,
    /// Calls of the modules that run, outermost first.
    module_sites: Vec<Rc<Site>>,
    /// How often something was read that another caller may see otherwise.
    impure: Cell<u64>,
    /// Nodes marked with `!`.
    root_marked: FxHashSet<usize>,
    /// What the first list of nodes marked with `!` holds, where lists are not made groups.
    root_list: Option<Vec<csg::NodeRef>>,
    /// What the main program set its view to.
    pub(in crate::scad) asked_view: AskedView,
    /// Whether something was said for drawings.
    pub(in crate::scad) is_annotated: bool,
    fuel: Cell<u32>,
    reserved: u64,
    stack_start: usize,
    stack_max: usize,
    node_bytes: u64,
    resolution_ids: [u32; 4],
}

/// The special variables that a program finds set: those of OpenSCAD's start.
const RESOLUTION_NAMES: [&str; 4] = ["$fn", "$fa", "$fs", "$fe"];

impl<'h> Interpreter<'h> {
    /// An evaluation that has read nothing yet.
    pub fn new(host: &'h dyn Host, options: &'h Options, budget: &'h Budget) -> Self {
        let mut interpreter = Self {
            host,
            budget,
            options,
            parse_cache: options.cache.clone().unwrap_or_default(),
            sources: SourceMap::new(),
            log: Log::default(),
            main_path: Path::from(""),
            source_bytes: 0,
            files: Vec::new(),
            instances: FxHashMap::default(),
            appended: None,
            pending_appended: None,
            overrides: Arc::from([]),
            functions: Vec::new(),
            modules: Vec::new(),
            globals: Vec::new(),
            fonts: Arc::from([]),
            random: Random::default(),
            files_read: FxHashMap::default(),
            stack: vec![Value::Unset; 1024],
            top: 0,
            frames: Vec::new(),
            specials: Vec::new(),
            special_ids: FxHashMap::default(),
            undo: Vec::new(),
            staged_specials: Vec::new(),
            pending_call: None,
            is_traced: false,
            cells: Vec::new(),
            cells_max: 1024,
            module_sites: Vec::new(),
            impure: Cell::new(0),
            root_marked: FxHashSet::default(),
            root_list: None,
            asked_view: AskedView::default(),
            is_annotated: false,
            fuel: Cell::new(0),
            reserved: 0,
            stack_start: limits::stack_address(),
            stack_max: options.stack_bytes.saturating_sub(limits::STACK_MARGIN),
            node_bytes: 0,
            resolution_ids: [0; 4],
        };
        interpreter.set_specials();
        interpreter
    }

    fn set_specials(&mut self) {
        self.resolution_ids = RESOLUTION_NAMES.map(|name| self.special_id(&Name::from(name)));
        let view = &self.options.view;
        let values = [
            ("$fn", Value::Number(0.0)),
            ("$fa", Value::Number(12.0)),
            ("$fs", Value::Number(2.0)),
            (annotation::SWITCH, Value::from(true)),
            ("$t", Value::Number(self.options.time)),
            ("$preview", Value::from(self.options.preview)),
            ("$vpt", Value::numbers(&view.target)),
            ("$vpr", Value::numbers(&view.rotation)),
            ("$vpd", Value::Number(view.distance)),
            ("$vpf", Value::Number(view.field)),
        ];
        for (name, value) in values {
            let id = self.special_id(&Name::from(name));
            self.specials[id as usize] = value;
        }
    }

    /// Parses what the options add to the program.
    pub(in crate::scad) fn prepare(&mut self) {
        let options = self.options;
        let literal = |(name, value): &(String, Literal)| ast::Assignment {
            name: Name::from(name.as_str()),
            value: Arc::new(literal_expr(value)),
            loc: Loc::default(),
        };
        self.overrides = options.overrides.iter().map(literal).collect();
        if options.appended.is_empty() {
            return;
        }
        let text: String = options.appended.iter().map(|statement| format!("{statement};\n")).collect();
        let unit = Arc::new(Unit::parse(&text.into_bytes().into()));
        self.pending_appended = Some(unit);
    }

    /// Ends with the calls that led to an error below it.
    pub(in crate::scad) fn finish_stop(&mut self, stop: Stop) {
        self.log.finish(stop, &self.sources);
    }

    /// All that was said, and the sources.
    pub(in crate::scad) fn take_messages(&mut self) -> (Diagnostics, SourceMap) {
        (std::mem::take(&mut self.log).into_diagnostics(), std::mem::take(&mut self.sources))
    }

    /// The number of a special variable.
    pub(in crate::scad) fn special_id(&mut self, name: &Name) -> u32 {
        if let Some(id) = self.special_ids.get(name) {
            return *id;
        }
        let id = self.specials.len() as u32;
        self.specials.push(Value::Unset);
        self.special_ids.insert(name.clone(), id);
        id
    }

    /// The current values of `$fn`, `$fa`, `$fs` and `$fe`, 0 where they are no numbers.
    pub(in crate::scad) fn resolution_values(&mut self) -> [f64; 4] {
        self.note_impure();
        self.resolution_ids.map(|id| self.specials[id as usize].number_or_zero())
    }

    fn bind_special(&mut self, id: u32, value: Value) {
        let former = std::mem::replace(&mut self.specials[id as usize], value);
        self.undo.push((id, former));
    }

    /// Gives the special variables the values that they had when `undo` was as long as `mark`.
    #[inline(always)]
    fn restore_specials(&mut self, mark: usize) {
        if self.undo.len() > mark {
            self.undo_specials(mark);
        }
    }

    #[inline(never)]
    fn undo_specials(&mut self, mark: usize) {
        while self.undo.len() > mark {
            if let Some((id, former)) = self.undo.pop() {
                self.specials[id as usize] = former;
            }
        }
    }

    /// Takes slots for a frame; where they begin.
    #[inline]
    fn push_slots(&mut self, count: u32) -> usize {
        let base = self.top;
        self.top += count as usize;
        if self.top > self.stack.len() {
            self.stack.resize(self.top * 2, Value::Unset);
        }
        base
    }

    /// Gives the slots of the frame that begins at `base` back, and of all above.
    #[inline]
    fn pop_slots(&mut self, base: usize) {
        for slot in &mut self.stack[base..self.top] {
            overwrite(slot, Value::Unset);
        }
        self.top = base;
    }

    /// Puts a value into a slot of the stack.
    #[inline(always)]
    fn store(&mut self, at: usize, value: Value) {
        overwrite(&mut self.stack[at], value);
    }

    /// Puts the frame that begins at `staged`, the last one, in the place of the one that begins at `base`.
    #[inline]
    fn slide_slots(&mut self, base: usize, staged: usize) {
        let count = self.top - staged;
        if base + count > staged {
            for at in 0..count {
                self.stack.swap(base + at, staged + at);
            }
            return self.pop_slots(base + count);
        }
        let (below, above) = self.stack.split_at_mut(staged);
        for (slot, next) in below[base..base + count].iter_mut().zip(&mut above[..count]) {
            overwrite(slot, std::mem::replace(next, Value::Unset));
        }
        self.top = staged;
        self.pop_slots(base + count);
    }

    /// The frame `hops` up from the running one.
    fn frame_up(&self, frame: Frame, hops: u32) -> u32 {
        if hops == NONE {
            return NONE;
        }
        let mut id = frame.id;
        for _ in 0..hops {
            id = self.frames[id as usize].outer;
        }
        id
    }

    /// A shared variable without a value. Kept in sight, because a function that refers to itself through one would never be freed.
    fn new_cell(&mut self) -> Value {
        let cell = Rc::new(RefCell::new(Value::Unset));
        if self.cells.len() >= self.cells_max {
            self.cells.retain(|cell| cell.strong_count() > 0);
            self.cells_max = (self.cells.len() * 2).max(1024);
        }
        self.cells.push(Rc::downgrade(&cell));
        Value::Cell(cell)
    }

    /// How many modules run.
    pub(in crate::scad) fn module_depth(&self) -> usize {
        self.module_sites.len()
    }

    /// The name of the module that was called `back` modules before the running one.
    pub(in crate::scad) fn module_name(&self, back: usize) -> Option<Name> {
        let at = self.module_sites.len().checked_sub(back + 1)?;
        self.module_sites.get(at).map(|site| site.name.clone())
    }

    /// The innermost call of a module that stands in another file: where a library was asked for what it does at `span`.
    pub(in crate::scad) fn asked_at(&self, span: Span) -> Span {
        let outside = self.module_sites.iter().rev().find(|site| site.span.file != span.file);
        outside.map_or(span, |site| site.span)
    }

    /// Notes that something was read that may be different for another caller.
    pub(in crate::scad) fn note_impure(&self) {
        self.impure.set(self.impure.get() + 1);
    }
}

/// Replaces a value, without the detour through its destructor where it has none to run.
#[inline(always)]
fn overwrite(slot: &mut Value, value: Value) {
    let former = std::mem::replace(slot, value);
    if former.is_plain() {
        std::mem::forget(former);
    }
}

fn literal_expr(literal: &Literal) -> ast::Expr {
    let kind = match literal {
        Literal::Undef => ast::ExprKind::Undef,
        Literal::Bool(value) => ast::ExprKind::Bool(*value),
        Literal::Number(value) => ast::ExprKind::Number(*value),
        Literal::Text(text) => ast::ExprKind::Text(text.as_str().into()),
        Literal::List(items) => ast::ExprKind::List(items.iter().map(literal_expr).collect()),
    };
    ast::Expr { kind, loc: Loc::default() }
}

impl Drop for Interpreter<'_> {
    fn drop(&mut self) {
        for cell in self.cells.drain(..) {
            if let Some(cell) = cell.upgrade() {
                let value = cell.try_borrow_mut().map(|mut inner| std::mem::take(&mut *inner));
                drop(value);
            }
        }
        self.budget.release(self.reserved);
    }
}
