//! Every metric: name, help, and the number itself; and all of them as Prometheus text.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

/// A number that comes and goes.
#[derive(Debug, Default)]
pub struct Gauge(AtomicI64);

/// Counters by the value of one label.
#[derive(Debug, Default)]
pub struct Family(Mutex<BTreeMap<String, u64>>);

/// How many durations fell below each bound.
#[derive(Debug, Default)]
pub struct Histogram {
    buckets: [AtomicU64; BOUNDS_S.len()],
    count: AtomicU64,
    micros: AtomicU64,
}

/// Upper bounds in seconds: from a job that makes a cube to one that takes minutes.
pub(super) const BOUNDS_S: [f64; 12] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0];

impl Counter {
    /// One more.
    pub fn increment(&self) {
        self.add(1);
    }

    /// So many more.
    pub fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// The number.
    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Gauge {
    /// So many more, or fewer.
    pub fn add(&self, count: i64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// Sets it.
    pub fn set(&self, value: i64) {
        self.0.store(value, Ordering::Relaxed);
    }

    /// The number.
    pub fn value(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Family {
    /// One more with this label.
    pub fn increment(&self, label: &str) {
        let mut values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match values.get_mut(label) {
            Some(value) => *value += 1,
            None => drop(values.insert(label.to_owned(), 1)),
        }
    }

    /// The numbers by label.
    pub fn values(&self) -> BTreeMap<String, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Histogram {
    /// Counts one duration.
    pub fn observe(&self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        for (bound, bucket) in BOUNDS_S.iter().zip(&self.buckets) {
            if seconds <= *bound {
                bucket.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.count.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// How many durations fell below each bound, and how many there are in all.
    pub(super) fn cumulative(&self) -> impl Iterator<Item = u64> + '_ {
        self.buckets.iter().chain([&self.count]).map(|number| number.load(Ordering::Relaxed))
    }
}

/// One metric as it is told.
pub(super) enum Value<'a> {
    Counter(&'a Counter),
    Gauge(&'a Gauge),
    Family(&'static str, &'a Family),
    Histogram(&'a Histogram),
}

/// All metrics of a daemon.
#[derive(Debug, Default)]
pub struct Metrics {
    /// See [`TABLE`] for what each one means.
    pub messages_received: Counter,
    /// See [`TABLE`].
    pub receives: Counter,
    /// See [`TABLE`].
    pub receive_failures: Counter,
    /// See [`TABLE`].
    pub jobs_settled: Family,
    /// See [`TABLE`].
    pub jobs_failed: Family,
    /// See [`TABLE`].
    pub jobs_released: Counter,
    /// See [`TABLE`].
    pub jobs_retried: Counter,
    /// See [`TABLE`].
    pub jobs_redelivered: Counter,
    /// See [`TABLE`].
    pub jobs_reused: Counter,
    /// See [`TABLE`].
    pub messages_rejected: Counter,
    /// See [`TABLE`].
    pub messages_dead_lettered: Counter,
    /// See [`TABLE`].
    pub jobs_in_flight: Gauge,
    /// See [`TABLE`].
    pub jobs_computing: Gauge,
    /// See [`TABLE`].
    pub lease_extensions: Counter,
    /// See [`TABLE`].
    pub lease_extension_failures: Counter,
    /// See [`TABLE`].
    pub leases_lost: Counter,
    /// See [`TABLE`].
    pub acknowledge_failures: Counter,
    /// See [`TABLE`].
    pub notify_failures: Counter,
    /// See [`TABLE`].
    pub webhook_failures: Counter,
    /// See [`TABLE`].
    pub webhooks_given_up: Counter,
    /// See [`TABLE`].
    pub redis_failures: Counter,
    /// See [`TABLE`].
    pub store_failures: Counter,
    /// See [`TABLE`].
    pub panics: Counter,
    /// See [`TABLE`].
    pub bytes_in: Counter,
    /// See [`TABLE`].
    pub bytes_out: Counter,
    /// See [`TABLE`].
    pub resident_bytes: Gauge,
    /// See [`TABLE`].
    pub queue_age: Histogram,
    /// See [`TABLE`].
    pub job_time: Histogram,
    /// See [`TABLE`].
    pub fetch_time: Histogram,
    /// See [`TABLE`].
    pub compute_time: Histogram,
    /// See [`TABLE`].
    pub settle_time: Histogram,
}

/// Name and help of every metric, in the order in which they are told.
pub const TABLE: &[(&str, &str)] = &[
    ("maquette_messages_received_total", "Messages received."),
    ("maquette_receives_total", "Receive calls that were answered."),
    ("maquette_receive_failures_total", "Receive calls that failed."),
    ("maquette_jobs_settled_total", "Jobs that have a manifest now, by status."),
    ("maquette_jobs_failed_total", "Failed jobs by code."),
    ("maquette_jobs_released_total", "Jobs given back at once: shutdown, cancelled attempt."),
    ("maquette_jobs_retried_total", "Jobs given back to be tried again after a pause."),
    ("maquette_jobs_redelivered_total", "Jobs that had their manifest already and were acknowledged after a check."),
    ("maquette_jobs_reused_total", "Jobs whose artefacts were copied from an earlier job's."),
    ("maquette_messages_rejected_total", "Messages that are not jobs."),
    ("maquette_messages_dead_lettered_total", "Messages that were put into the dead-letter queue or aside."),
    ("maquette_jobs_in_flight", "Jobs received and not yet settled."),
    ("maquette_jobs_computing", "Jobs that are being computed."),
    ("maquette_lease_extensions_total", "Leases extended."),
    ("maquette_lease_extension_failures_total", "Extensions that failed and were tried again."),
    ("maquette_leases_lost_total", "Leases lost: the job was cancelled."),
    ("maquette_acknowledge_failures_total", "Deletes that failed."),
    ("maquette_notify_failures_total", "Notifications that failed."),
    ("maquette_webhook_failures_total", "Attempts at a webhook that were not taken."),
    ("maquette_webhooks_given_up_total", "Jobs that were acknowledged though a webhook of theirs was never taken."),
    ("maquette_redis_failures_total", "Calls to Redis that were not answered."),
    ("maquette_store_failures_total", "Calls to the store that failed."),
    ("maquette_panics_total", "Jobs that panicked."),
    ("maquette_bytes_in_total", "Bytes of messages and fetched files."),
    ("maquette_bytes_out_total", "Bytes of stored artefacts and manifests."),
    ("maquette_resident_bytes", "Memory of the process, when this was asked."),
    ("maquette_queue_age_seconds", "How long messages waited before they were received."),
    ("maquette_job_seconds", "From receipt to settled."),
    ("maquette_fetch_seconds", "Fetching a job's files."),
    ("maquette_compute_seconds", "Computing a job."),
    ("maquette_settle_seconds", "Storing artefacts and manifest, and telling."),
];

impl Metrics {
    pub(super) fn values(&self) -> [Value<'_>; TABLE.len()] {
        self.resident_bytes.set(resident_bytes().unwrap_or_default());
        [
            Value::Counter(&self.messages_received),
            Value::Counter(&self.receives),
            Value::Counter(&self.receive_failures),
            Value::Family("status", &self.jobs_settled),
            Value::Family("code", &self.jobs_failed),
            Value::Counter(&self.jobs_released),
            Value::Counter(&self.jobs_retried),
            Value::Counter(&self.jobs_redelivered),
            Value::Counter(&self.jobs_reused),
            Value::Counter(&self.messages_rejected),
            Value::Counter(&self.messages_dead_lettered),
            Value::Gauge(&self.jobs_in_flight),
            Value::Gauge(&self.jobs_computing),
            Value::Counter(&self.lease_extensions),
            Value::Counter(&self.lease_extension_failures),
            Value::Counter(&self.leases_lost),
            Value::Counter(&self.acknowledge_failures),
            Value::Counter(&self.notify_failures),
            Value::Counter(&self.webhook_failures),
            Value::Counter(&self.webhooks_given_up),
            Value::Counter(&self.redis_failures),
            Value::Counter(&self.store_failures),
            Value::Counter(&self.panics),
            Value::Counter(&self.bytes_in),
            Value::Counter(&self.bytes_out),
            Value::Gauge(&self.resident_bytes),
            Value::Histogram(&self.queue_age),
            Value::Histogram(&self.job_time),
            Value::Histogram(&self.fetch_time),
            Value::Histogram(&self.compute_time),
            Value::Histogram(&self.settle_time),
        ]
    }

    /// All metrics in Prometheus' text format.
    pub fn to_prometheus(&self) -> String {
        let mut text = String::with_capacity(8192);
        for ((name, help), value) in TABLE.iter().zip(self.values()) {
            let _ = writeln!(text, "# HELP {name} {help}");
            match value {
                Value::Counter(counter) => drop(writeln!(text, "# TYPE {name} counter\n{name} {}", counter.value())),
                Value::Gauge(gauge) => drop(writeln!(text, "# TYPE {name} gauge\n{name} {}", gauge.value())),
                Value::Family(label, family) => write_family(&mut text, name, label, family),
                Value::Histogram(histogram) => write_histogram(&mut text, name, histogram),
            }
        }
        text
    }
}

/// Linux counts in pages of 4 KiB on every machine that we run on.
fn resident_bytes() -> Option<i64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(text.split(' ').nth(1)?.parse::<i64>().ok()? * 4096)
}

fn write_family(text: &mut String, name: &str, label: &str, family: &Family) {
    let _ = writeln!(text, "# TYPE {name} counter");
    for (value, count) in family.values() {
        let _ = writeln!(text, "{name}{{{label}=\"{value}\"}} {count}");
    }
}

fn write_histogram(text: &mut String, name: &str, histogram: &Histogram) {
    let _ = writeln!(text, "# TYPE {name} histogram");
    for (bound, bucket) in BOUNDS_S.iter().zip(&histogram.buckets) {
        let _ = writeln!(text, "{name}_bucket{{le=\"{bound}\"}} {}", bucket.load(Ordering::Relaxed));
    }
    let count = histogram.count.load(Ordering::Relaxed);
    let seconds = Duration::from_micros(histogram.micros.load(Ordering::Relaxed)).as_secs_f64();
    let _ = writeln!(text, "{name}_bucket{{le=\"+Inf\"}} {count}\n{name}_sum {seconds}\n{name}_count {count}");
}

/// The metrics as a table for `docs/operations.md`.
pub fn markdown_table() -> String {
    let mut text = String::from("| metric | what it counts |\n| --- | --- |\n");
    for (name, help) in TABLE {
        let _ = writeln!(text, "| `{name}` | {help} |");
    }
    text
}
