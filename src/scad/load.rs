//! `use` and `include`: the file graph, cycles, and the names that each file has once its includes are read into it.

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::budget::Exceeded;
use crate::csg;
use crate::diag::{Code, Diagnostic, FileId, Severity, Span};
use crate::scad::ast::{self, Name, Statement};
use crate::scad::deferred::Deferred;
use crate::scad::eval::Interpreter;
use crate::scad::host::{HostError, Purpose};
use crate::scad::ir::{Block, FunctionEntry, Inlining, ModuleEntry, Names};
use crate::scad::lexer::{Note, NoteKind};
use crate::scad::log::{Path, Run, not_found};
use crate::scad::token::Loc;
use crate::scad::unit::Unit;
use crate::scad::value::Value;

/// The name under which text from the command line is told of.
pub const DEFINES: &str = "-D";
/// What the opening of a file counts at least, bytes of source.
const OPEN_BYTES: u64 = 4096;
/// Files included one inside the other.
const INCLUDE_DEPTH_MAX: usize = 100;

/// A file with all that it includes, as the main program or as one that is used.
#[derive(Debug)]
pub struct FileInstance {
    /// Its names.
    pub names: Rc<Names>,
    /// Files that it uses, the last one first, by instance.
    pub uses: Vec<u32>,
    /// Its variables in the order of their first assignment.
    pub assignments: Vec<FileAssignment>,
    /// How many functions and modules there were once it had been read, those that later ones hide included.
    pub definitions: (usize, usize),
    /// What it makes.
    pub instantiations: Vec<(FileId, Arc<ast::Instantiation>)>,
    /// Its assignments, ready to run, and the slots that they need.
    pub block: Option<Rc<(Block, u32)>>,
    /// Where its variables begin among all.
    pub first_global: u32,
    /// Whether its variables have their values.
    pub state: FileState,
}

/// Whether a file's variables have their values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// Not yet, or they depend on who asks.
    Stale,
    /// They are being evaluated.
    Running,
    /// For good.
    Fresh,
}

/// A variable of a file.
#[derive(Debug)]
pub struct FileAssignment {
    /// Its name.
    pub name: Name,
    /// The value that counts.
    pub value: Arc<ast::Expr>,
    /// The file in which that value is written.
    pub source: FileId,
    /// Where the name was first assigned.
    pub span: Span,
    /// Where it was assigned last.
    pub overwritten: Option<Span>,
}

/// A file while its includes are read into it.
#[derive(Default)]
struct Gathering {
    assignments: Vec<FileAssignment>,
    index: FxHashMap<Name, u32>,
    functions: FxHashMap<Name, u32>,
    modules: FxHashMap<Name, u32>,
    instantiations: Vec<(FileId, Arc<ast::Instantiation>)>,
    uses: Vec<(Path, Span)>,
    open: Vec<Path>,
}

impl Interpreter<'_> {
    /// Reads the main program and all that it includes and uses; its instance is 0.
    pub fn load_main(&mut self, path: &str) -> Run<()> {
        self.main_path = path.into();
        let bytes = match self.host.read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let message = format!("Can't open input file '{path}': {error}");
                return Err(self.stop(Code::SourceNotFound, Span::DETACHED, message));
            }
        };
        self.load_instance(path.into(), &bytes)?;
        Ok(())
    }

    /// The unit of a file; its notes are still to be given.
    fn open_unit(&mut self, path: &Path, bytes: &Arc<[u8]>) -> Run<(FileId, Arc<Unit>)> {
        // opening costs too: two includes in each of thirty files would open a thousand million
        self.source_bytes += (bytes.len() as u64).max(OPEN_BYTES);
        if self.source_bytes > self.budget.limits().source_bytes {
            let message = "the program's files are larger than the limit".to_owned();
            return Err(self.stop_limit(Exceeded::Size, Span::DETACHED, message));
        }
        self.check_time(Span::DETACHED)?;
        let unit = self.parse_within_budget(bytes)?;
        let file = match self.sources.find(path) {
            Some(file) => file,
            None => self.sources.add_shared(path.clone(), unit.text.clone(), unit.lines.clone()),
        };
        Ok((file, unit))
    }

    /// Parses a file, or finds it parsed; while it is parsed its tokens and its tree take many times its size.
    fn parse_within_budget(&mut self, bytes: &Arc<[u8]>) -> Run<Arc<Unit>> {
        const PARSED_PER_BYTE: u64 = 64;
        let needed = bytes.len() as u64 * PARSED_PER_BYTE;
        self.budget.reserve(needed).map_err(|exceeded| self.stop_exceeded(exceeded, Span::DETACHED))?;
        let unit = self.parse_cache.unit(bytes);
        self.budget.release(needed);
        Ok(unit)
    }

    fn give_note(&mut self, file: FileId, note: &Note) {
        let span = span_of(file, note.loc);
        let severity = match note.kind {
            NoteKind::Overwritten(first) => {
                return self.warn_overwritten(&note.message, span_of(file, first), span);
            }
            NoteKind::Warning => Severity::Warning,
            NoteKind::Deprecated => Severity::Deprecated,
            NoteKind::Error | NoteKind::Limit => Severity::Error,
        };
        let code = if note.kind == NoteKind::Limit { Code::LimitExceeded } else { Code::Parse };
        let mut diagnostic = Diagnostic { severity, ..Diagnostic::error(code, span, note.message.clone()) };
        diagnostic.hints.extend(note.hint.clone());
        self.log.add(diagnostic, &self.sources);
    }

    /// Makes the instance of a file, its uses included; its number.
    fn load_instance(&mut self, path: Path, bytes: &Arc<[u8]>) -> Run<u32> {
        let number = self.files.len() as u32;
        self.instances.insert(path.clone(), number);
        // a file may include itself once: OpenSCAD looks only at the files that an include opened
        let mut gathering = Gathering::default();
        let (file, unit) = self.open_unit(&path, bytes)?;
        self.gather(&mut gathering, file, &path, &unit)?;
        self.open_appended();
        self.gather_appended(&mut gathering);
        let uses = self.make_instance(gathering);
        for (path, span) in uses {
            if let Some(used) = self.load_used(&path, span)? {
                self.files[number as usize].uses.push(used);
            }
        }
        Ok(number)
    }

    fn load_used(&mut self, path: &Path, span: Span) -> Run<Option<u32>> {
        if let Some(number) = self.instances.get(path) {
            return Ok(Some(*number));
        }
        match self.read_source(path) {
            Ok(bytes) => self.load_instance(path.clone(), &bytes).map(Some),
            Err(_) => {
                self.log.add(not_found(span, format!("Can't open library '{path}'.")), &self.sources);
                Ok(None)
            }
        }
    }

    /// Makes the instance; the files that it uses are still to be loaded.
    fn make_instance(&mut self, gathering: Gathering) -> Vec<(Path, Span)> {
        let number = self.files.len() as u32;
        let first_global = self.globals.len() as u32;
        let variables = gathering.index.iter().map(|(name, at)| (name.clone(), first_global + at)).collect();
        self.globals.resize(self.globals.len() + gathering.assignments.len(), Value::Unset);
        let names = Rc::new(Names {
            parent: None,
            file: number,
            variables,
            functions: gathering.functions,
            modules: gathering.modules,
        });
        let weak = Rc::downgrade(&names);
        for function in names.functions.values() {
            self.functions[*function as usize].names = weak.clone();
        }
        for module in names.modules.values() {
            self.modules[*module as usize].names = weak.clone();
        }
        self.files.push(FileInstance {
            names,
            uses: Vec::new(),
            assignments: gathering.assignments,
            definitions: (self.functions.len(), self.modules.len()),
            instantiations: gathering.instantiations,
            block: None,
            first_global,
            state: FileState::Stale,
        });
        gathering.uses
    }

    /// Reads statements into the file that gathers; gives the unit's notes in between, in the order of the text.
    fn gather(&mut self, gathering: &mut Gathering, file: FileId, path: &Path, unit: &Unit) -> Run<()> {
        let mut notes = unit.notes.iter().peekable();
        for statement in &unit.scope.statements {
            while let Some(note) = notes.next_if(|note| note.loc.start <= statement_loc(statement).start) {
                self.give_note(file, note);
            }
            match statement {
                Statement::Assignment(assignment) => self.gather_assignment(gathering, file, assignment),
                Statement::Function(syntax) => {
                    let entry = self.add_function(syntax, file);
                    gathering.functions.insert(syntax.name.clone(), entry);
                }
                Statement::Module(syntax) => {
                    let entry = self.add_module(syntax, file);
                    gathering.modules.insert(syntax.name.clone(), entry);
                }
                Statement::Instantiation(syntax) => gathering.instantiations.push((file, syntax.clone())),
                Statement::Include(name, loc) => self.gather_include(gathering, path, name, span_of(file, *loc))?,
                Statement::Use(name, loc) => self.gather_use(gathering, path, name, span_of(file, *loc))?,
            }
        }
        notes.for_each(|note| self.give_note(file, note));
        Ok(())
    }

    /// A function entry whose names are still to be told.
    pub fn add_function(&mut self, syntax: &Arc<Deferred<ast::Function>>, source: FileId) -> u32 {
        self.functions.push(FunctionEntry {
            syntax: syntax.clone(),
            source,
            names: std::rc::Weak::new(),
            extras: Vec::new(),
            body: None,
            inlining: Inlining::Unknown,
        });
        self.functions.len() as u32 - 1
    }

    /// A module entry whose names are still to be told.
    pub fn add_module(&mut self, syntax: &Arc<Deferred<ast::Module>>, source: FileId) -> u32 {
        self.modules.push(ModuleEntry {
            syntax: syntax.clone(),
            source,
            names: std::rc::Weak::new(),
            extras: Vec::new(),
            body: None,
        });
        self.modules.len() as u32 - 1
    }

    fn gather_assignment(&mut self, gathering: &mut Gathering, file: FileId, assignment: &ast::Assignment) {
        let span = span_of(file, assignment.loc);
        let value = assignment.value.clone();
        let Some(at) = gathering.index.get(&assignment.name) else {
            gathering.index.insert(assignment.name.clone(), gathering.assignments.len() as u32);
            let name = assignment.name.clone();
            return gathering.assignments.push(FileAssignment { name, value, source: file, span, overwritten: None });
        };
        let first = gathering.assignments[*at as usize].span;
        self.warn_overwritten(&assignment.name, first, span);
        let entry = &mut gathering.assignments[*at as usize];
        entry.value = value;
        entry.source = file;
        entry.overwritten = Some(span);
    }

    /// OpenSCAD tells of an assignment that replaces another in the same file, or one of the main program.
    pub fn warn_overwritten(&mut self, name: &str, first: Span, now: Span) {
        let main = FileId(0);
        let line = self.sources.line_number(first).unwrap_or(0);
        let message = if first.file == main && now.file == main {
            format!("\"{name}\" was assigned on line {line} but was overwritten")
        } else {
            let same_line = self.sources.line_number(now).unwrap_or(0) == line;
            let told = (first.file == now.file && !same_line) || (first.file == main && now.file != main);
            if !told {
                return;
            }
            let path = self.sources.path(first.file).cloned().unwrap_or_default();
            let path = relative(&path, &self.main_path);
            format!("\"{name}\" was assigned on line {line} of \"{path}\" but was overwritten")
        };
        self.log.add(Diagnostic::warning(now, message), &self.sources);
    }

    fn gather_include(&mut self, gathering: &mut Gathering, from: &Path, name: &str, span: Span) -> Run<()> {
        let Some((path, bytes)) = self.find_include(from, name, span, &gathering.open) else { return Ok(()) };
        if gathering.open.len() > INCLUDE_DEPTH_MAX {
            let message = format!("files are included more than {INCLUDE_DEPTH_MAX} deep");
            return Err(self.stop_limit(Exceeded::Recursion, span, message));
        }
        let (file, unit) = self.open_unit(&path, &bytes)?;
        gathering.open.push(path.clone());
        self.gather(gathering, file, &path, &unit)?;
        gathering.open.pop();
        Ok(())
    }

    /// The file that an `include` means, unless there is none or it is open already.
    fn find_include(&mut self, from: &str, name: &str, span: Span, open: &[Path]) -> Option<(Path, Arc<[u8]>)> {
        let found = self.resolve(from, name, Purpose::Include).and_then(|path| {
            if open.iter().any(|open| **open == *path) {
                return Err(HostError::NotFound);
            }
            let bytes = self.read_source(&path)?;
            Ok((Path::from(path), bytes))
        });
        match found {
            Ok(found) => Some(found),
            Err(error) => {
                let mut diagnostic = not_found(span, format!("Can't find include file '{name}'."));
                diagnostic.hints.push(missing_hint(&error));
                self.log.add(diagnostic, &self.sources);
                None
            }
        }
    }

    /// The statements of an `include` inside a block, as statements of that block.
    pub fn include_inside(&mut self, source: FileId, name: &str, span: Span) -> Run<Option<(FileId, Arc<Unit>)>> {
        let from = self.sources.path(source).cloned().unwrap_or_default();
        let open = [from.clone(), self.main_path.clone()];
        match self.find_include(&from, name, span, &open) {
            Some((path, bytes)) => {
                let (file, unit) = self.open_unit(&path, &bytes)?;
                unit.notes.iter().for_each(|note| self.give_note(file, note));
                Ok(Some((file, unit)))
            }
            None => Ok(None),
        }
    }

    fn gather_use(&mut self, gathering: &mut Gathering, from: &Path, name: &str, span: Span) -> Run<()> {
        let lower = name.to_lowercase();
        if lower.ends_with(".ttf") || lower.ends_with(".otf") {
            return self.use_font(from, name, span);
        }
        match self.resolve(from, name, Purpose::Use) {
            Ok(path) => {
                let path = Path::from(path);
                gathering.uses.retain(|(used, _)| *used != path);
                gathering.uses.insert(0, (path, span));
            }
            Err(error) => {
                let mut diagnostic = not_found(span, format!("Can't open library '{name}'."));
                diagnostic.hints.push(missing_hint(&error));
                self.log.add(diagnostic, &self.sources);
            }
        }
        Ok(())
    }

    fn use_font(&mut self, from: &str, name: &str, span: Span) -> Run<()> {
        let bytes = self.host.resolve(from, name, Purpose::Font).and_then(|path| self.host.read(&path));
        match bytes {
            Ok(bytes) => {
                self.source_bytes += bytes.len() as u64;
                let font = csg::Font { path: name.into(), bytes: bytes.into() };
                self.fonts = self.fonts.iter().cloned().chain([font]).collect();
                Ok(())
            }
            Err(_) => {
                self.log.add(not_found(span, format!("Can't read font with path '{name}'")), &self.sources);
                Ok(())
            }
        }
    }

    /// Gives the statements from outside a place among the sources, behind the main program.
    fn open_appended(&mut self) {
        let Some(unit) = self.pending_appended.take() else { return };
        let file = self.sources.add_shared(DEFINES, unit.text.clone(), unit.lines.clone());
        for note in &unit.notes {
            self.give_note(file, note);
        }
        self.appended = Some((file, unit));
    }

    /// Whether what a file says comes from outside the program.
    pub fn is_outside(&self, file: FileId) -> bool {
        file == FileId::NONE || self.appended.as_ref().is_some_and(|(appended, _)| *appended == file)
    }

    /// Parameters and statements from outside the program, as if they stood at the end of the file.
    fn gather_appended(&mut self, gathering: &mut Gathering) {
        let appended = self.appended.clone();
        for (file, statement) in
            appended.iter().flat_map(|(file, unit)| unit.scope.statements.iter().map(|s| (*file, s)))
        {
            match statement {
                Statement::Assignment(assignment) => override_assignment(gathering, file, assignment),
                Statement::Function(syntax) => {
                    let entry = self.add_function(syntax, file);
                    gathering.functions.insert(syntax.name.clone(), entry);
                }
                Statement::Module(syntax) => {
                    let entry = self.add_module(syntax, file);
                    gathering.modules.insert(syntax.name.clone(), entry);
                }
                Statement::Instantiation(syntax) => gathering.instantiations.push((file, syntax.clone())),
                Statement::Include(..) | Statement::Use(..) => {}
            }
        }
        let overrides = if self.files.is_empty() { self.overrides.clone() } else { Arc::from([]) };
        for assignment in overrides.iter() {
            override_assignment(gathering, FileId::NONE, assignment);
        }
    }
}

fn override_assignment(gathering: &mut Gathering, file: FileId, assignment: &ast::Assignment) {
    let span = span_of(file, assignment.loc);
    let (name, value) = (assignment.name.clone(), assignment.value.clone());
    match gathering.index.get(&name) {
        Some(at) => {
            let entry = &mut gathering.assignments[*at as usize];
            (entry.value, entry.source, entry.overwritten) = (value, file, Some(span));
        }
        None => {
            gathering.index.insert(name.clone(), gathering.assignments.len() as u32);
            gathering.assignments.push(FileAssignment { name, value, source: file, span, overwritten: None });
        }
    }
}

fn statement_loc(statement: &Statement) -> Loc {
    match statement {
        Statement::Assignment(assignment) => assignment.loc,
        Statement::Function(function) => function.loc,
        Statement::Module(module) => module.loc,
        Statement::Instantiation(instantiation) => instantiation.loc,
        Statement::Include(_, loc) | Statement::Use(_, loc) => *loc,
    }
}

/// The place of a piece of a unit in this job.
pub fn span_of(file: FileId, loc: Loc) -> Span {
    Span { start: loc.start, file, len: loc.len }
}

/// What to do about a file that cannot be had.
fn missing_hint(error: &HostError) -> String {
    match error {
        HostError::NotFound => {
            "It is looked for beside the file that names it, then in the library folders.".to_owned()
        }
        error => format!("{}.", capitalised(&error.to_string())),
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    first + characters.as_str()
}

/// A path as seen from the folder of the main program; as it is, where one of them does not tell how it stands to the other.
pub fn relative(path: &str, main: &str) -> String {
    let parts = |path: &str| {
        let mut parts: Vec<String> = Vec::new();
        for part in path.split('/').filter(|part| !matches!(*part, "" | ".")) {
            match part {
                ".." if parts.last().is_some_and(|last| last != "..") => {
                    parts.pop();
                }
                part => parts.push(part.to_owned()),
            }
        }
        parts
    };
    let folder = parts(main.rsplit_once('/').map_or("", |(folder, _)| folder));
    let given = path;
    let path = parts(path);
    let shared = folder.iter().zip(&path).take_while(|(a, b)| a == b).count();
    if given.starts_with('/') != main.starts_with('/') || folder[shared..].iter().any(|part| part == "..") {
        return given.to_owned();
    }
    let up = std::iter::repeat_n("..", folder.len() - shared);
    up.chain(path[shared..].iter().map(String::as_str)).collect::<Vec<_>>().join("/")
}
