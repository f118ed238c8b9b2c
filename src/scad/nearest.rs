//! The known name that is spelled most like an unknown one, for hints.

use crate::scad::ast::Name;
use crate::scad::builtin;
use crate::scad::eval::Interpreter;
use crate::scad::ir::{Names, Reach};

/// What kind of thing a name should have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A variable.
    Variable,
    /// A function.
    Function,
    /// A module.
    Module,
}

/// After so many messages nobody reads hints, and each costs a look at every name.
const HINTS_MAX: u64 = 50;

impl Interpreter<'_> {
    /// The known name that is spelled most like `name`, if one is spelled nearly so.
    pub(in crate::scad) fn nearest(&self, name: &str, reach: &Reach, wanted: Wanted) -> Option<String> {
        if self.log.count() > HINTS_MAX {
            return None;
        }
        let names = reach.names.upgrade()?;
        let mut search = Search::new(name);
        if wanted != Wanted::Module {
            reach.near.iter().for_each(|near| search.offer(near));
        }
        search.offer_names(&names, wanted);
        let mut level = names.parent.clone();
        while let Some(names) = level {
            search.offer_names(&names, wanted);
            level = names.parent.clone();
        }
        for used in self.files.get(names.file as usize).iter().flat_map(|file| file.uses.iter()) {
            if wanted != Wanted::Variable {
                search.offer_names(&self.files[*used as usize].names, wanted);
            }
        }
        match wanted {
            Wanted::Variable => search.offer("PI"),
            Wanted::Function => builtin::function_names().for_each(|known| search.offer(known)),
            Wanted::Module => builtin::module_names().for_each(|known| search.offer(known)),
        }
        search.best.map(|(_, best)| best)
    }
}

/// The one of the known names that is spelled most like `name`, if one is spelled nearly so.
pub fn nearest_name<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut search = Search::new(name);
    known.for_each(|known| search.offer(known));
    search.best.map(|(_, best)| best)
}

/// The best so far: fewest edits, then first in the alphabet.
struct Search<'a> {
    name: &'a str,
    letters: Vec<char>,
    most: usize,
    best: Option<(usize, String)>,
}

impl<'a> Search<'a> {
    fn new(name: &'a str) -> Self {
        let letters: Vec<char> = name.chars().collect();
        let most = (letters.len() / 3).clamp(1, 3);
        Self { name, letters, most, best: None }
    }

    fn offer_names(&mut self, names: &Names, wanted: Wanted) {
        match wanted {
            Wanted::Variable => names.variables.keys().for_each(|known: &Name| self.offer(known)),
            Wanted::Function => names.functions.keys().for_each(|known| self.offer(known)),
            Wanted::Module => names.modules.keys().for_each(|known| self.offer(known)),
        }
    }

    fn offer(&mut self, known: &str) {
        let private = known.starts_with('_') && !self.name.starts_with('_');
        if private || known == self.name || known.len().abs_diff(self.name.len()) > self.most * 4 {
            return;
        }
        let Some(edits) = self.edits(known) else { return };
        let better = self.best.as_ref().is_none_or(|(best, name)| (edits, known) < (*best, name.as_str()));
        if better {
            self.best = Some((edits, known.to_owned()));
        }
    }

    /// Letters inserted, left out, replaced or swapped between the two names; a change of case alone counts as one.
    fn edits(&self, known: &str) -> Option<usize> {
        let (a, b) = (&self.letters, known.chars().collect::<Vec<char>>());
        if a.len().abs_diff(b.len()) > self.most || a.len() > 64 {
            return None;
        }
        let mut before: Vec<usize> = Vec::new();
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, x) in a.iter().enumerate() {
            let mut next = vec![i + 1];
            for (j, y) in b.iter().enumerate() {
                let replaced = row[j] + usize::from(!x.eq_ignore_ascii_case(y));
                let mut cost = replaced.min(row[j + 1] + 1).min(next[j] + 1);
                if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                    cost = cost.min(before[j - 1] + 1);
                }
                next.push(cost);
            }
            before = std::mem::replace(&mut row, next);
        }
        let edits = row[b.len()].max(1);
        (edits <= self.most).then_some(edits)
    }
}

/// What to do about a name that other languages have, or that OpenSCAD had once.
pub fn advice(name: &str, wanted: Wanted) -> Option<&'static str> {
    Some(match (wanted, name) {
        (Wanted::Variable, _) if name.starts_with(|first: char| first.is_ascii_digit()) => {
            "A name begins with a letter, and numbers have no units: a length of 1 is a millimetre to most programs."
        }
        (Wanted::Variable, "red" | "green" | "blue" | "yellow" | "black" | "white" | "orange" | "gray" | "grey") => {
            "Names of colours are strings: color(\"red\")."
        }
        (Wanted::Variable, "null" | "nil" | "None" | "none" | "NULL" | "undefined") => "The value for none is undef.",
        (Wanted::Variable, "True" | "TRUE" | "False" | "FALSE") => "Truth is written true and false.",
        (Wanted::Variable, "inf" | "Infinity" | "infinity") => "1 / 0 is infinite.",
        (Wanted::Module, "while" | "loop" | "repeat" | "foreach") => {
            "'for' goes through a range or a list; nothing repeats until something changes."
        }
        (_, "print" | "println" | "printf" | "console" | "log_message") => "echo(…) prints.",
        (Wanted::Module, "extrude") => {
            "linear_extrude(height = …) and rotate_extrude(angle = …) make solids of outlines."
        }
        (Wanted::Module, "subtract" | "cut") => "difference() takes all its other children from the first.",
        (Wanted::Module, "elif" | "elseif" | "elsif") => "It is written 'else if (…)'.",
        (Wanted::Function, "length" | "size" | "count") => {
            "len(…) counts the elements of a list or the letters of a string."
        }
        (Wanted::Function, "push" | "append") => "Lists do not change; concat(list, [value]) is a longer one.",
        (Wanted::Function, "int") => "floor(x) and round(x) make whole numbers.",
        (Wanted::Function, "float" | "number" | "parseInt" | "parseFloat") => "No function makes a number of a text.",
        (Wanted::Function, "string" | "toString") => "str(…) makes a text of values.",
        (Wanted::Function, "mod" | "fmod") => "The remainder is a % b.",
        (Wanted::Function, "random" | "rand") => "rands(min, max, count) makes random numbers.",
        (Wanted::Function, "radians" | "degrees" | "deg2rad" | "rad2deg") => {
            "All angles are in degrees; PI is 3.14159…."
        }
        _ => return None,
    })
}
