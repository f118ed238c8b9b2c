//! Lexing and parsing never panic, whatever the bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use maquette::budget::{Budget, Limits};
use maquette::scad::{self, Options};

mod support;

fuzz_target!(|bytes: &[u8]| {
    let host = support::OneFile(bytes.into());
    let budget = Budget::new(Limits { fuel: 10_000, ..Limits::default() });
    scad::check("main.scad", &host, &Options::default(), &budget);
    if let Ok(text) = std::str::from_utf8(bytes) {
        scad::parameters(text);
    }
});
