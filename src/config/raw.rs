//! Settings as written: every field optional, unknown keys refused by name.

use serde::Deserialize;

/// All sections.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Raw {
    pub queue: RawQueue,
    pub store: RawStore,
    pub notify: RawNotify,
    pub aws: RawAws,
    pub worker: RawWorker,
    pub limits: RawLimits,
    pub http: RawHttp,
    pub redis: RawRedis,
    pub drain: RawDrain,
    pub breaker: RawBreaker,
    pub ec2: RawEc2,
    pub log: RawLog,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawQueue {
    pub url: Option<String>,
    pub more_urls: Option<Vec<String>>,
    pub weights: Option<Vec<String>>,
    pub endpoint: Option<String>,
    pub wait_seconds: Option<u64>,
    pub visibility_seconds: Option<u64>,
    pub retry_seconds: Option<u64>,
    pub retry_max_seconds: Option<u64>,
    pub attempts_max: Option<u64>,
    pub dead_letter_url: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawStore {
    pub bucket: Option<String>,
    pub prefix: Option<String>,
    pub endpoint: Option<String>,
    pub path_style: Option<bool>,
    pub read_buckets: Option<Vec<String>>,
    pub write_buckets: Option<Vec<String>>,
    pub write_prefixes: Option<Vec<String>>,
    pub templates: Option<String>,
    pub cache: Option<String>,
    pub uploads: Option<u64>,
    pub cancel_seconds: Option<u64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawNotify {
    pub queue_url: Option<String>,
    pub hosts: Option<Vec<String>>,
    pub queues: Option<Vec<String>>,
    pub private: Option<bool>,
    pub secrets_file: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawAws {
    pub region: Option<String>,
    pub attempt_seconds: Option<u64>,
    pub operation_seconds: Option<u64>,
    pub transfer_seconds: Option<u64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawWorker {
    pub isolation: Option<String>,
    pub jobs: Option<u64>,
    pub ahead: Option<u64>,
    pub threads: Option<u64>,
    pub stack_mib: Option<u64>,
    pub libraries: Option<String>,
    pub fonts: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawLimits {
    pub wall_seconds: Option<u64>,
    pub memory_mib: Option<u64>,
    pub triangles: Option<u64>,
    pub output_mib: Option<u64>,
    pub source_mib: Option<u64>,
    pub evaluation_steps: Option<u64>,
    pub recursion: Option<u64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawHttp {
    pub listen: Option<String>,
    pub control: Option<bool>,
    pub accept: Option<String>,
    pub token_file: Option<String>,
    pub downloads: Option<String>,
    pub ui: Option<bool>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawRedis {
    pub url: Option<String>,
    pub prefix: Option<String>,
    pub keep_seconds: Option<u64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawDrain {
    pub grace_seconds: Option<u64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawBreaker {
    pub failures: Option<u64>,
    pub pause_seconds: Option<u64>,
    pub pause_max_seconds: Option<u64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawEc2 {
    pub notices: Option<bool>,
    pub metadata_endpoint: Option<String>,
    pub auto_scaling_group: Option<String>,
    pub lifecycle_hook: Option<String>,
    pub auto_scaling_endpoint: Option<String>,
    pub idle_seconds: Option<u64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawLog {
    pub format: Option<String>,
    pub emf_seconds: Option<u64>,
    pub filter: Option<String>,
}
