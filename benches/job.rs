//! The whole job: message in, artefacts out, on the bundled samples; no queue, no store.

use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use maquette::budget::{Budget, Limits};
use maquette::cli::samples::{SAMPLES, Sample};
use maquette::job::{Blob, Engine, Inputs, JobSpec, Library, Source, message, pipeline};
use maquette::text::Fonts;

/// The samples do not recurse deeply: the main thread's stack is enough.
const STACK_BYTES: usize = 4 << 20;

fn inputs(spec: &JobSpec) -> Inputs {
    let Source::Files { files, entry } = &spec.source else { unreachable!("samples bring their files") };
    let bytes = |blob: &Blob| match blob {
        Blob::Inline(bytes) => bytes.clone(),
        Blob::Object(_) => Arc::from(&[][..]),
    };
    let files = files.iter().map(|(path, blob)| (path.clone(), bytes(blob))).collect();
    Inputs::new(files, entry.clone(), Library::default(), Fonts::bundled()).expect("the entry is there")
}

fn bench_sample(criterion: &mut Criterion, sample: &Sample) {
    let spec = message::parse(sample.message("bench", &[]).as_bytes()).expect("the sample is a job");
    let inputs = inputs(&spec);
    let mut group = criterion.benchmark_group("job");
    group.sample_size(10);
    group.bench_function(sample.name, |bencher| {
        bencher.iter_with_large_drop(|| {
            // a new engine each time: nothing is remembered from the run before
            let engine = Engine::new(STACK_BYTES, 256 << 20);
            let outcome = pipeline::run(&spec, &inputs, &engine, &Budget::new(Limits::default()), &|_| {});
            assert!(outcome.failure.is_none(), "{:?}", outcome.failure);
            outcome
        });
    });
    group.finish();
}

fn benches(criterion: &mut Criterion) {
    SAMPLES.iter().for_each(|sample| bench_sample(criterion, sample));
}

criterion_group!(job, benches);
criterion_main!(job);
