//! Parameters of any text are found, and what is found takes its own initial value and any other text without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use maquette::scad::{self, Literal};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (program, value) = text.split_once('\0').unwrap_or((&text, "[1, 2]"));
    for parameter in scad::parameters(program) {
        assert!(parameter.check(&parameter.initial).is_ok() || matches!(parameter.control, scad::Control::Color));
        if let Some(literal) = parameter.value_of(value) {
            let _ = parameter.check(&literal);
        }
        let _ = parameter.check(&Literal::Text(value.to_owned()));
    }
});
