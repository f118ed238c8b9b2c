//! `Unit`: one parsed file, immutable and shared; `ParseCache`: all that a daemon has parsed, found by content.

use std::borrow::Cow;
use std::hash::Hasher as _;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::{FxHashMap, FxHasher};

use crate::diag::Lines;
use crate::scad::ast::Scope;
use crate::scad::lexer::{Note, NoteKind};
use crate::scad::parser::parse;

/// One parsed file.
#[derive(Debug)]
pub struct Unit {
    /// The bytes it was parsed from, where they are not those of the text, or somebody else keeps them too.
    bytes: Option<Arc<[u8]>>,
    /// The bytes as text; what is not UTF-8 is replaced.
    pub text: Arc<str>,
    /// Its lines.
    pub lines: Lines,
    /// Its statements.
    pub scope: Scope,
    /// What there is to say about it.
    pub notes: Vec<Note>,
}

impl Unit {
    /// Parses a file.
    pub fn parse(bytes: &Arc<[u8]>) -> Self {
        let text: Arc<str> = Arc::from(to_text(bytes));
        let kept = Arc::strong_count(bytes) > 1 || text.as_bytes() != &**bytes;
        let bytes = kept.then(|| bytes.clone());
        let (scope, mut notes) = parse(&text);
        notes.sort_by_key(|note| note.loc.start);
        Self { bytes, text, lines: Lines::default(), scope, notes }
    }

    /// The bytes it was parsed from.
    fn bytes(&self) -> &[u8] {
        self.bytes.as_deref().unwrap_or(self.text.as_bytes())
    }

    /// Whether it keeps these very bytes.
    fn keeps(&self, bytes: &Arc<[u8]>) -> bool {
        self.bytes.as_ref().is_some_and(|kept| Arc::ptr_eq(kept, bytes))
    }

    /// Whether the text is no program.
    pub fn is_broken(&self) -> bool {
        self.notes.iter().any(|note| matches!(note.kind, NoteKind::Error | NoteKind::Limit))
    }
}

/// UTF-8; a lone Latin-1 no-break space becomes a space as in OpenSCAD, other stray bytes the replacement character.
fn to_text(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.into();
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        match chunk.invalid() {
            [] => {}
            [0xa0] => text.push(' '),
            _ => text.push(char::REPLACEMENT_CHARACTER),
        }
    }
    text.into()
}

/// Parsed files by content. A daemon keeps one across jobs, so that a library is parsed once.
#[derive(Debug, Default)]
pub struct ParseCache {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    units: FxHashMap<u64, Vec<Entry>>,
    /// Where the bytes of the units lie: whoever comes with the very same bytes need not read them to find their unit.
    addresses: FxHashMap<usize, u64>,
    bytes: usize,
    clock: u64,
}

#[derive(Debug)]
struct Entry {
    unit: Arc<Unit>,
    used: u64,
}

/// Source bytes that the cache holds at most; a syntax tree takes about ten times as much memory as its text, once all of it was read.
const CACHE_BYTES_MAX: usize = 32 << 20;

impl ParseCache {
    /// An empty cache.
    pub fn new() -> Self {
        Self::default()
    }

    /// The parsed form of a file.
    pub fn unit(&self, bytes: &Arc<[u8]>) -> Arc<Unit> {
        if let Some(unit) = self.lookup_address(bytes) {
            return unit;
        }
        let key = key_of(bytes);
        if let Some(unit) = self.lookup(key, bytes) {
            return unit;
        }
        let unit = Arc::new(Unit::parse(bytes));
        self.insert(key, unit.clone());
        unit
    }

    /// The unit that keeps these very bytes.
    fn lookup_address(&self, bytes: &Arc<[u8]>) -> Option<Arc<Unit>> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.clock += 1;
        let clock = inner.clock;
        let key = *inner.addresses.get(&address_of(bytes))?;
        let entry = inner.units.get_mut(&key)?.iter_mut().find(|entry| entry.unit.keeps(bytes))?;
        entry.used = clock;
        Some(entry.unit.clone())
    }

    fn lookup(&self, key: u64, bytes: &Arc<[u8]>) -> Option<Arc<Unit>> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.clock += 1;
        let clock = inner.clock;
        // the key only narrows the search: what decides is the content, so nobody can plant a colliding file
        let same = |entry: &&mut Entry| entry.unit.keeps(bytes) || entry.unit.bytes() == &**bytes;
        let entry = inner.units.get_mut(&key)?.iter_mut().find(same)?;
        entry.used = clock;
        Some(entry.unit.clone())
    }

    fn insert(&self, key: u64, unit: Arc<Unit>) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let clock = inner.clock;
        inner.bytes += unit.text.len();
        if let Some(bytes) = &unit.bytes {
            inner.addresses.insert(address_of(bytes), key);
        }
        inner.units.entry(key).or_default().push(Entry { unit, used: clock });
        if inner.bytes > CACHE_BYTES_MAX {
            inner.shrink();
        }
    }
}

impl Inner {
    /// Forgets the half that was not used for the longest time.
    fn shrink(&mut self) {
        let mut ages: Vec<(u64, usize)> =
            self.units.values().flatten().map(|entry| (entry.used, entry.unit.text.len())).collect();
        ages.sort_unstable_by(|a, b| b.cmp(a));
        let mut kept = 0;
        let oldest = ages.into_iter().take_while(|(_, bytes)| {
            kept += bytes;
            kept <= CACHE_BYTES_MAX / 2
        });
        let oldest = oldest.last().map_or(u64::MAX, |(used, _)| used);
        for entries in self.units.values_mut() {
            entries.retain(|entry| entry.used >= oldest);
        }
        self.units.retain(|_, entries| !entries.is_empty());
        let units = &self.units;
        self.addresses.retain(|_, key| units.contains_key(key));
        self.bytes = self.units.values().flatten().map(|entry| entry.unit.text.len()).sum();
    }
}

fn address_of(bytes: &Arc<[u8]>) -> usize {
    bytes.as_ptr() as usize
}

fn key_of(bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.write_usize(bytes.len());
    hasher.finish()
}
