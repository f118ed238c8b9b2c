//! How properties are tried: the same cases each run, others where `PROPTEST_RNG_SEED` or `PROPTEST_CASES` say so.

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;

/// So many cases from a fixed seed; a failure prints its smallest case, nothing is written.
pub fn cases(count: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    let set = |name: &str| std::env::var_os(name).is_some();
    ProptestConfig {
        cases: if set("PROPTEST_CASES") { asked.cases } else { count },
        rng_seed: if set("PROPTEST_RNG_SEED") { asked.rng_seed } else { RngSeed::Fixed(1) },
        failure_persistence: None,
        ..asked
    }
}
