//! The bundled sample models and their jobs: what the demo makes, the page offers, and the benchmarks measure.

use serde_json::{Value, json};

/// A model written for maquette, and its job without a source.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Its name.
    pub name: &'static str,
    /// The OpenSCAD program.
    pub program: &'static str,
    /// The job as JSON, without `source`.
    pub job: &'static str,
}

macro_rules! sample {
    ($name:literal) => {
        Sample {
            name: $name,
            program: include_str!(concat!("../../examples/", $name, ".scad")),
            job: include_str!(concat!("../../examples/", $name, ".json")),
        }
    };
}

/// All samples, in the order in which the demo queues them.
pub const SAMPLES: &[Sample] = &[
    sample!("box"),
    sample!("housing"),
    sample!("gears"),
    sample!("house"),
    sample!("panel"),
    sample!("bracket"),
    sample!("vase"),
    sample!("fixture"),
];

impl Sample {
    /// The whole job under another id, with some parameters over its own.
    pub fn message(&self, id: &str, parameters: &[(&str, Value)]) -> String {
        let mut job: Value = serde_json::from_str(self.job).unwrap_or_else(|_| json!({}));
        let file = format!("{}.scad", self.name);
        job["id"] = json!(id);
        job["source"] = json!({ "entry": file, "files": { file.clone(): self.program } });
        for (name, value) in parameters {
            job["parameters"][*name] = value.clone();
        }
        job.to_string()
    }
}
