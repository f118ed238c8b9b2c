//! The table of all settings: key, kind, unit, default, and the sentence that explains it.

use std::fmt::Write;

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// `section.name`.
    pub name: &'static str,
    /// What kind of value it takes.
    pub kind: Kind,
    /// Unit of a number, or what a text is.
    pub unit: &'static str,
    /// The default, as TOML.
    pub default: &'static str,
    /// What it does.
    pub sentence: &'static str,
}

/// Kinds of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text; empty means not set.
    Text,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Bool,
    /// A list of texts; in the environment and in flags separated by commas.
    List,
}

const fn key(name: &'static str, kind: Kind, unit: &'static str, default: &'static str, sentence: &'static str) -> Key {
    Key { name, kind, unit, default, sentence }
}

use Kind::{Bool, List, Number, Text};

/// Every setting, by section, in the order in which they are documented.
pub const KEYS: &[Key] = &[
    key("queue.url", Text, "URL", "\"\"", "The SQS queue that jobs come from."),
    key("queue.more_urls", List, "URLs", "[]", "Further queues, in order of priority behind the first."),
    key(
        "queue.weights",
        List,
        "numbers",
        "[]",
        "One weight a queue: how often each is asked first. Empty: a queue is asked only when all before it are empty.",
    ),
    key("queue.endpoint", Text, "URL", "\"\"", "Endpoint of SQS; empty for that of the region."),
    key("queue.wait_seconds", Number, "s", "20", "How long a receive waits for a message, 0 to 20."),
    key(
        "queue.visibility_seconds",
        Number,
        "s",
        "60",
        "How long a message stays invisible without a heartbeat, 3 to 43200; extended every third of it.",
    ),
    key(
        "queue.retry_seconds",
        Number,
        "s",
        "10",
        "First pause before a job that failed for reasons outside of it is tried again; doubles with every attempt, with jitter.",
    ),
    key("queue.retry_max_seconds", Number, "s", "900", "Longest such pause."),
    key(
        "queue.attempts_max",
        Number,
        "attempts",
        "5",
        "Attempts after which a job that crashes or that the store refuses gets a failure manifest.",
    ),
    key(
        "queue.dead_letter_url",
        Text,
        "URL",
        "\"\"",
        "Queue for messages that cannot be read as jobs; empty leaves them to the queue's own redrive policy.",
    ),
    key(
        "store.bucket",
        Text,
        "bucket",
        "\"\"",
        "The S3 bucket that artefacts and manifests go to, and that files are read from.",
    ),
    key(
        "store.prefix",
        Text,
        "prefix",
        "\"results/\"",
        "Where a job that names no prefix writes: this, its id, and a slash.",
    ),
    key("store.endpoint", Text, "URL", "\"\"", "Endpoint of S3; empty for that of the region."),
    key("store.path_style", Bool, "", "false", "Bucket in the path instead of the host name, as stand-ins want it."),
    key("store.read_buckets", List, "buckets", "[]", "Further buckets that jobs may read files from."),
    key("store.write_buckets", List, "buckets", "[]", "Further buckets that jobs may write to."),
    key("store.write_prefixes", List, "prefixes", "[]", "Prefixes that jobs may write below; empty allows any."),
    key(
        "store.templates",
        Text,
        "prefix",
        "\"templates/\"",
        "Where the templates that jobs name lie in the bucket: `name/version/`.",
    ),
    key(
        "store.cache",
        Text,
        "prefix",
        "\"\"",
        "Where it is noted what results were made from, so that equal jobs are answered with a copy, `cache/` say; empty: every job is computed.",
    ),
    key("store.uploads", Number, "uploads", "4", "Artefacts of one job that are uploaded at once, 1 to 64."),
    key(
        "store.cancel_seconds",
        Number,
        "s",
        "0",
        "How often a job looks for an object `cancel` beside its manifest, which ends it as `canceled`; 0 for never.",
    ),
    key(
        "notify.queue_url",
        Text,
        "URL",
        "\"\"",
        "SQS queue that is told when a job is settled (CloudEvents 1.0); empty tells nobody.",
    ),
    key(
        "notify.hosts",
        List,
        "hosts",
        "[]",
        "Hosts that jobs may name in webhooks: names, or `*.example.com` for all below one; empty: jobs that ask for webhooks are refused.",
    ),
    key(
        "notify.queues",
        List,
        "URLs",
        "[]",
        "SQS queues that jobs may name in `notify` instead of webhooks, to be told there (reply queues).",
    ),
    key("notify.private", Bool, "", "false", "Whether webhooks may go to private addresses, and over plain http."),
    key(
        "notify.secrets_file",
        Text,
        "file",
        "\"\"",
        "Secrets that webhooks are signed with, `name whsec_…` a line (Standard Webhooks); `default` is for jobs that name none.",
    ),
    key("aws.region", Text, "region", "\"\"", "AWS region; empty takes the SDK's own chain."),
    key(
        "aws.attempt_seconds",
        Number,
        "s",
        "10",
        "Longest single attempt at a call, 1 to 300; a receive gets `queue.wait_seconds` on top.",
    ),
    key("aws.operation_seconds", Number, "s", "60", "Longest call with all of its attempts."),
    key("aws.transfer_seconds", Number, "s", "120", "Longest single attempt at storing or fetching an object."),
    key(
        "worker.isolation",
        Text,
        "threads, processes",
        "\"threads\"",
        "Where jobs are computed: `threads` of the daemon, which share its caches, or `processes` of their own, confined and killed when they take too much.",
    ),
    key("worker.jobs", Number, "jobs", "0", "Jobs that are computed at once; 0 for one a core."),
    key(
        "worker.ahead",
        Number,
        "jobs",
        "2",
        "Jobs beside those that may be fetching their files or storing their artefacts.",
    ),
    key("worker.threads", Number, "threads", "0", "Threads that all jobs share for geometry; 0 for one a core."),
    key(
        "worker.stack_mib",
        Number,
        "MiB",
        "1024",
        "Stack of a job's own thread, 8 to 65536: address space, touched only by deep recursion.",
    ),
    key("worker.libraries", Text, "folder", "\"\"", "OpenSCAD libraries that every job may use; empty for none."),
    key("worker.fonts", Text, "folder", "\"\"", "Fonts beside the bundled ones; empty for none."),
    key("limits.wall_seconds", Number, "s", "300", "Longest run of one job."),
    key("limits.memory_mib", Number, "MiB", "2048", "Most memory that one job's values and meshes may take."),
    key("limits.triangles", Number, "triangles", "20000000", "Largest mesh."),
    key("limits.output_mib", Number, "MiB", "1024", "Largest artefact."),
    key("limits.source_mib", Number, "MiB", "64", "Most bytes of a job's files together."),
    key("limits.evaluation_steps", Number, "steps", "20000000000", "Most steps of a program."),
    key("limits.recursion", Number, "calls", "1000000", "Deepest nesting of calls."),
    key(
        "http.listen",
        Text,
        "address",
        "\"127.0.0.1:8080\"",
        "Where HTTP is served; empty for nowhere, port 0 for a free one.",
    ),
    key(
        "http.control",
        Bool,
        "",
        "false",
        "Whether `/v1/pause` and `/v1/resume` may be posted to, and `/v1/jobs/{id}/cancel` where no jobs are accepted.",
    ),
    key(
        "http.accept",
        Text,
        "off, queue, direct",
        "\"off\"",
        "What becomes of jobs that are posted to `/v1/jobs`: refused, put on the queue of their priority, or worked on at once from memory (whoever posts keeps the job until it is told of its end).",
    ),
    key(
        "http.token_file",
        Text,
        "file",
        "\"\"",
        "Bearer tokens, one a line, that callers of `/v1` must show; empty asks for none, which is allowed on the loopback alone once jobs are accepted.",
    ),
    key(
        "http.downloads",
        Text,
        "redirect, stream",
        "\"redirect\"",
        "How artefacts are handed out: by a redirect to a URL of the store that is signed for five minutes, or through the daemon.",
    ),
    key(
        "http.ui",
        Bool,
        "",
        "false",
        "Whether a page to try programs on is served at `/`; it needs `http.accept`, and `http.downloads = stream`.",
    ),
    key(
        "redis.url",
        Text,
        "URL",
        "\"\"",
        "Redis in which statuses are mirrored, so that any instance answers for any job (`redis://`, `rediss://`); empty: each answers for its own, and by manifest.",
    ),
    key("redis.prefix", Text, "prefix", "\"maquette:\"", "What all keys in Redis begin with."),
    key("redis.keep_seconds", Number, "s", "604800", "How long a status is kept in Redis."),
    key(
        "drain.grace_seconds",
        Number,
        "s",
        "600",
        "How long jobs in hand may go on after SIGTERM before they are handed back.",
    ),
    key("breaker.failures", Number, "failures", "5", "Failures of the store in a row that stop receiving."),
    key("breaker.pause_seconds", Number, "s", "5", "First pause then; doubles while the trial after it fails."),
    key("breaker.pause_max_seconds", Number, "s", "60", "Longest such pause."),
    key(
        "ec2.notices",
        Bool,
        "",
        "false",
        "Watch for Spot interruption, rebalance and scale-in by the instance metadata service, and drain.",
    ),
    key("ec2.metadata_endpoint", Text, "URL", "\"http://169.254.169.254\"", "The instance metadata service."),
    key(
        "ec2.auto_scaling_group",
        Text,
        "name",
        "\"\"",
        "Auto Scaling group that must not end the instance while there is a job in hand; empty to tell none.",
    ),
    key(
        "ec2.lifecycle_hook",
        Text,
        "name",
        "\"\"",
        "Hook of the group for instances that end: asked for more time while jobs are in hand, and told when there are none.",
    ),
    key(
        "ec2.auto_scaling_endpoint",
        Text,
        "URL",
        "\"\"",
        "Endpoint of EC2 Auto Scaling; empty for that of the region.",
    ),
    key("ec2.idle_seconds", Number, "s", "60", "How long without a job before the group may end the instance."),
    key("log.format", Text, "format", "\"auto\"", "`json`, `human`, or `auto`: human on a terminal."),
    key(
        "log.emf_seconds",
        Number,
        "s",
        "0",
        "How often a line of metrics for CloudWatch (Embedded Metric Format) is written to standard output; 0 for never.",
    ),
    key("log.filter", Text, "filter", "\"info\"", "What is logged, as tracing's filter: `info`, `maquette=debug`."),
];

/// The variable that sets a key: `queue.url` is `MAQUETTE_QUEUE_URL`.
pub fn environment_name(key: &str) -> String {
    format!("MAQUETTE_{}", key.replace('.', "_").to_uppercase())
}

/// `config/default.toml`: every key with its sentence, unit and default.
pub fn default_toml() -> String {
    let mut text = String::from(
        "# Every setting of maquette with its default. A file needs only what differs; `MAQUETTE_SECTION_KEY` in the\n\
         # environment wins over the file, and `--set section.key=value` over both. Unknown keys are refused.\n",
    );
    let mut section = "";
    for key in KEYS {
        let Some((own, name)) = key.name.split_once('.') else { continue };
        if own != section {
            section = own;
            let _ = write!(text, "\n[{section}]\n");
        }
        let unit = if key.unit.is_empty() { String::new() } else { format!(" [{}]", key.unit) };
        let _ = writeln!(text, "# {}{unit}\n{name} = {}", key.sentence, key.default);
    }
    text
}

/// The settings as a table for `docs/operations.md`.
pub fn markdown_table() -> String {
    let mut text = String::from("| key | default | unit | what it does |\n| --- | --- | --- | --- |\n");
    for key in KEYS {
        let _ = writeln!(
            text,
            "| `{}` | `{}` | {} | {} |",
            key.name,
            key.default,
            key.unit,
            key.sentence.replace('|', "\\|")
        );
    }
    text
}
