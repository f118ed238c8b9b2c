//! Evaluation: named programs from text to tree, without geometry.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use maquette::budget::Budget;
use maquette::csg::TextSpec;
use maquette::scad::{self, FontMetrics, Host, HostError, Options, ParseCache, Purpose, TextMetrics};

/// Name and program.
const PROGRAMS: [(&str, &str); 8] = [
    ("recursion", "function fib(n) = n < 2 ? n : fib(n-1) + fib(n-2); echo(fib(20));"),
    ("tail_calls", "function sum(n, acc=0) = n == 0 ? acc : sum(n-1, acc+n); echo(sum(50000));"),
    (
        "points",
        "p = [for (i=[0:20000]) [cos(i), sin(i), i/10]]; m = [[1,0,0],[0,1,0],[0,0,1]];
         q = [for (v=p) m*(v*2 + [1,2,3])]; echo(len([for (v=q) if (norm(v) > 100) v]));",
    ),
    (
        "sorting",
        "function sort(a) = len(a) <= 1 ? a : let (p = a[floor(len(a)/2)]) concat(sort([for (x=a) if (x<p) x]),
         [for (x=a) if (x==p) x], sort([for (x=a) if (x>p) x])); echo(sort(rands(0, 1000, 5000, 42))[2500]);",
    ),
    (
        "strings",
        "function join(v, i=0, s=\"\") = i == len(v) ? s : join(v, i+1, str(s, v[i], \",\"));
         s = join([for (i=[0:1000]) i]); echo(len([for (i=[0:len(s)-1]) if (s[i] == \",\") i]));",
    ),
    (
        "closures",
        "function map(f, v) = [for (x=v) f(x)]; compose = function (f, g) function (x) f(g(x));
         h = compose(function (x) x+1, function (x) x*2); echo(len(map(h, [for (i=[0:20000]) i])));",
    ),
    (
        "modules",
        "module leaf(i) { translate([i,0,0]) rotate([0,0,i]) cube([1,2,3]); }
         module tree(n) { if (n > 0) for (i=[0:3]) translate([n,i,0]) tree(n-1); else leaf(n); } tree(5);",
    ),
    ("special_variables", "function f(n) = n == 0 ? $d : f(n-1, $d=$d+1); echo([for (i=[0:200]) f(100, $d=i)][200]);"),
];

struct OneFile(BTreeMap<&'static str, Arc<[u8]>>);

impl Host for OneFile {
    fn resolve(&self, _: &str, _: &str, _: Purpose) -> Result<String, HostError> {
        Err(HostError::NotFound)
    }

    fn read(&self, path: &str) -> Result<Arc<[u8]>, HostError> {
        self.0.get(path).cloned().ok_or(HostError::NotFound)
    }

    fn text_metrics(&self, _: &TextSpec) -> Option<TextMetrics> {
        None
    }

    fn font_metrics(&self, _: &TextSpec) -> Option<FontMetrics> {
        None
    }
}

fn evaluate(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("scad/evaluate");
    let host = OneFile(PROGRAMS.iter().map(|(name, text)| (*name, Arc::from(text.as_bytes()))).collect());
    let options = Options { cache: Some(Arc::new(ParseCache::new())), ..Options::default() };
    for (name, _) in PROGRAMS {
        group.bench_function(name, |bencher| {
            bencher.iter_with_large_drop(|| scad::evaluate(black_box(name), &host, &options, &Budget::default()));
        });
    }
    group.finish();
}

criterion_group!(benches, evaluate);
criterion_main!(benches);
