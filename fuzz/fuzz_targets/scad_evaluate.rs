//! Evaluation never panics and always ends.
#![no_main]

use libfuzzer_sys::fuzz_target;
use maquette::budget::{Budget, Limits};
use maquette::csg;
use maquette::scad::{self, Options};

mod support;

fuzz_target!(|bytes: &[u8]| {
    let host = support::OneFile(bytes.into());
    let limits = Limits { fuel: 200_000, memory_bytes: 64 << 20, list_len: 1 << 20, ..Limits::default() };
    let evaluation = scad::evaluate("main.scad", &host, &Options::default(), &Budget::new(limits));
    if let Some(tree) = &evaluation.tree {
        csg::dump(tree);
    }
});
