//! Metrics as lines of CloudWatch's Embedded Metric Format: what was added since the last line.
//!
//! Source: the CloudWatch user guide, "Specification: Embedded metric format" (2026).

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::daemon::telemetry::metric::{BOUNDS_S, Histogram, Metrics, TABLE, Value};

/// Remembers what was told, so that counters are told as differences.
#[derive(Debug, Default)]
pub struct Emf {
    told: BTreeMap<String, u64>,
}

/// Namespace of the metrics in CloudWatch.
const NAMESPACE: &str = "maquette";

impl Emf {
    /// One line, without its end: what happened since the last, by queue.
    pub fn line(&mut self, metrics: &Metrics, queue: &str, now_ms: u64) -> String {
        let mut named = Vec::new();
        let mut line = Map::new();
        for ((name, _), value) in TABLE.iter().zip(metrics.values()) {
            let name = name.trim_start_matches("maquette_").trim_end_matches("_total");
            let mut put = |name: String, unit: &str, value: Json| {
                named.push(json!({ "Name": name, "Unit": unit }));
                line.insert(name, value);
            };
            let unit = if name.contains("bytes") { "Bytes" } else { "Count" };
            match value {
                Value::Counter(counter) => put(name.to_owned(), unit, json!(self.since(name, counter.value()))),
                Value::Gauge(gauge) => put(name.to_owned(), unit, json!(gauge.value())),
                Value::Family(_, family) => {
                    for (label, count) in family.values() {
                        let name = format!("{name}_{label}");
                        let since = self.since(&name, count);
                        put(name, unit, json!(since));
                    }
                }
                Value::Histogram(histogram) => {
                    if let Some(values) = self.seconds_since(name, histogram) {
                        put(name.to_owned(), "Seconds", values);
                    }
                }
            }
        }
        line.insert("Queue".into(), json!(queue));
        let directive = json!({ "Namespace": NAMESPACE, "Dimensions": [["Queue"]], "Metrics": named });
        line.insert("_aws".into(), json!({ "Timestamp": now_ms, "CloudWatchMetrics": [directive] }));
        Json::Object(line).to_string()
    }

    fn since(&mut self, name: &str, now: u64) -> u64 {
        let told = self.told.insert(name.to_owned(), now).unwrap_or_default();
        now.saturating_sub(told)
    }

    /// The upper bound of each bucket, and how many durations fell into it; none where nothing did.
    fn seconds_since(&mut self, name: &str, histogram: &Histogram) -> Option<Json> {
        let (mut values, mut counts, mut below) = (Vec::new(), Vec::new(), 0);
        let bounds = BOUNDS_S.iter().copied().chain([BOUNDS_S[BOUNDS_S.len() - 1]]);
        for (index, (bound, up_to)) in bounds.zip(histogram.cumulative()).enumerate() {
            let since = self.since(&format!("{name} {index}"), up_to);
            if since > below {
                values.push(bound);
                counts.push(since - below);
            }
            below = since;
        }
        (!values.is_empty()).then(|| json!({ "Values": values, "Counts": counts }))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::daemon::telemetry::emf::Emf;
    use crate::daemon::telemetry::metric::Metrics;

    #[test]
    fn a_line_tells_what_was_added() {
        let (metrics, mut emf) = (Metrics::default(), Emf::default());
        metrics.messages_received.add(3);
        metrics.jobs_settled.increment("succeeded");
        metrics.job_time.observe(Duration::from_millis(30));
        metrics.job_time.observe(Duration::from_millis(40));
        let first: serde_json::Value = serde_json::from_str(&emf.line(&metrics, "jobs", 7)).expect("JSON");
        assert_eq!(first["messages_received"], 3);
        assert_eq!(first["jobs_settled_succeeded"], 1);
        assert_eq!(first["job_seconds"], serde_json::json!({ "Values": [0.05], "Counts": [2] }));
        assert_eq!(first["_aws"]["Timestamp"], 7);
        let named = first["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().expect("a list");
        assert!(
            named.len() <= 100 && named.iter().all(|metric| !first[metric["Name"].as_str().expect("a name")].is_null())
        );
        metrics.messages_received.add(2);
        metrics.job_time.observe(Duration::from_secs(4000));
        let second: serde_json::Value = serde_json::from_str(&emf.line(&metrics, "jobs", 8)).expect("JSON");
        assert_eq!(second["messages_received"], 2);
        assert_eq!(second["job_seconds"], serde_json::json!({ "Values": [1800.0], "Counts": [1] }));
    }
}
