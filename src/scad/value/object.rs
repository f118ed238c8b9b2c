//! `Object`: named values in the order in which they came; `object()`, `textmetrics()` and JSON make them.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::scad::value::grave::bury;
use crate::scad::value::{Value, alive};

/// Named values.
#[derive(Debug, Default)]
pub struct Object {
    entries: Vec<(Rc<str>, Value)>,
    index: FxHashMap<Rc<str>, u32>,
}

/// Bytes that a name and its value take beside the letters.
const ENTRY_BYTES: usize = 96;

impl Drop for Object {
    fn drop(&mut self) {
        let names: usize = self.entries.iter().map(|(name, _)| name.len() + ENTRY_BYTES).sum();
        alive::give(names);
        bury(std::mem::take(&mut self.entries).into_iter().map(|(_, value)| value).collect());
    }
}

impl Object {
    /// Number of names.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.index.get(name).map(|at| &self.entries[*at as usize].1)
    }

    /// Sets a name; a name that is there already keeps its place.
    pub fn set(&mut self, name: &str, value: Value) {
        if let Some(at) = self.index.get(name) {
            self.entries[*at as usize].1 = value;
            return;
        }
        alive::take(ENTRY_BYTES + name.len());
        let name: Rc<str> = name.into();
        self.index.insert(name.clone(), self.entries.len() as u32);
        self.entries.push((name, value));
    }

    /// Takes a name out.
    pub fn remove(&mut self, name: &str) {
        let Some(at) = self.index.remove(name) else { return };
        self.entries.remove(at as usize);
        alive::give(ENTRY_BYTES + name.len());
        for (index, (name, _)) in self.entries.iter().enumerate().skip(at as usize) {
            self.index.insert(name.clone(), index as u32);
        }
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Rc<str>, &Value)> {
        self.entries.iter().map(|(name, value)| (name, value))
    }
}
