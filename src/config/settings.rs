//! Settings as used: every field present, checked and typed.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::budget::Limits;
use crate::config::ConfigError;
use crate::config::raw::{
    Raw, RawAws, RawBreaker, RawEc2, RawHttp, RawLimits, RawNotify, RawQueue, RawRedis, RawStore, RawWorker,
};

/// Everything that the daemon can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where jobs come from.
    pub queue: Queue,
    /// Where artefacts go.
    pub store: Store,
    /// Queue that is told of settled jobs.
    pub notify_queue_url: Option<String>,
    /// Whom jobs may ask to be told: by webhook, or on a queue.
    pub webhooks: Webhooks,
    /// How AWS is called.
    pub aws: Aws,
    /// How jobs are computed.
    pub worker: Worker,
    /// The most that a job may take; it may ask for less.
    pub limits: Limits,
    /// The longest that a job may run.
    pub wall_limit: Duration,
    /// Health, metrics, status.
    pub http: Http,
    /// Where statuses are mirrored, if anywhere.
    pub redis: Option<Redis>,
    /// How long jobs in hand may go on after SIGTERM.
    pub drain_grace: Duration,
    /// When to stop receiving.
    pub breaker: Breaker,
    /// What the instance is told by EC2.
    pub ec2: Ec2,
    /// Form of the log.
    pub log_format: LogFormat,
    /// How often metrics are told on standard output, if they are.
    pub emf: Option<Duration>,
    /// What is logged.
    pub log_filter: String,
}

/// Where jobs come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// URLs in order of priority; at least one, unless jobs are pushed.
    pub urls: Vec<String>,
    /// One a queue, or none for strict order.
    pub weights: Vec<u32>,
    /// Endpoint, if not the region's.
    pub endpoint: Option<String>,
    /// Longest wait of a receive.
    pub wait: Duration,
    /// Invisibility without a heartbeat.
    pub visibility: Duration,
    /// First pause of a retry.
    pub retry: Duration,
    /// Longest pause of a retry.
    pub retry_max: Duration,
    /// Attempts before a job is given up.
    pub attempts_max: u32,
    /// Where what is no job goes.
    pub dead_letter_url: Option<String>,
}

/// Where artefacts go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// The bucket.
    pub bucket: String,
    /// In front of the ids of jobs that name no prefix; empty or ends in `/`.
    pub prefix: String,
    /// Endpoint, if not the region's.
    pub endpoint: Option<String>,
    /// Bucket in the path.
    pub path_style: bool,
    /// Further buckets to read from.
    pub read_buckets: Vec<String>,
    /// Further buckets to write to.
    pub write_buckets: Vec<String>,
    /// Where jobs may write; none for anywhere.
    pub write_prefixes: Vec<String>,
    /// Where templates lie.
    pub templates: String,
    /// Where it is noted what results were made from; empty for nowhere.
    pub cache: String,
    /// Uploads at once.
    pub uploads: usize,
    /// How often a job looks whether its owner wants it no more, if it does.
    pub cancel: Option<Duration>,
}

/// Whom jobs may ask to be told: by webhook, or on a queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Webhooks {
    /// Names, or `*.` and the name above.
    pub hosts: Vec<String>,
    /// URLs of queues on SQS.
    pub queues: Vec<String>,
    /// Private addresses and plain HTTP, too.
    pub private: bool,
    /// Secrets to sign with.
    pub secrets_file: Option<PathBuf>,
}

/// How AWS is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aws {
    /// Region, if not the chain's.
    pub region: Option<String>,
    /// Longest attempt.
    pub attempt: Duration,
    /// Longest call.
    pub operation: Duration,
    /// Longest attempt that moves an object.
    pub transfer: Duration,
}

/// How jobs are computed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Worker {
    /// Where jobs are computed.
    pub isolation: Isolation,
    /// Jobs computed at once; at least one.
    pub jobs: usize,
    /// Jobs beside those, fetching or storing.
    pub ahead: usize,
    /// Threads for geometry; at least one.
    pub threads: usize,
    /// Stack of a job's thread in bytes.
    pub stack_bytes: usize,
    /// Folder of libraries.
    pub libraries: Option<PathBuf>,
    /// Folder of fonts.
    pub fonts: Option<PathBuf>,
}

/// Where jobs are computed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Isolation {
    /// On threads of the daemon.
    #[default]
    Threads,
    /// In processes of their own.
    Processes,
}

/// Health, metrics, status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Http {
    /// Where; nowhere when none.
    pub listen: Option<SocketAddr>,
    /// Whether the daemon can be paused and jobs cancelled over it.
    pub control: bool,
    /// What becomes of jobs that are posted.
    pub accept: Accept,
    /// File of the bearer tokens that callers of `/v1` have to show; none when anybody may call.
    pub token_file: Option<PathBuf>,
    /// How artefacts are handed out.
    pub downloads: Downloads,
    /// Whether the page is served.
    pub ui: bool,
}

/// What becomes of jobs that are posted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Accept {
    /// They are refused.
    #[default]
    Off,
    /// They are put on the first queue.
    Queue,
    /// They are worked on at once, from memory.
    Direct,
}

/// How artefacts are handed out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Downloads {
    /// By sending the caller to the store, with a URL that is signed for a short while.
    #[default]
    Redirect,
    /// Through the daemon.
    Stream,
}

/// Where statuses are mirrored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redis {
    /// `redis://` or `rediss://`.
    pub url: String,
    /// What all keys begin with.
    pub prefix: String,
    /// How long a status is kept.
    pub keep: Duration,
}

/// When to stop receiving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaker {
    /// Failures in a row.
    pub failures: u32,
    /// First pause.
    pub pause: Duration,
    /// Longest pause.
    pub pause_max: Duration,
}

/// What the instance is told by EC2, and what it tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ec2 {
    /// Whether to ask.
    pub notices: bool,
    /// Whom to ask.
    pub metadata_endpoint: String,
    /// The group that is told while there is work in hand.
    pub auto_scaling_group: Option<String>,
    /// The hook that waits when the group ends the instance.
    pub lifecycle_hook: Option<String>,
    /// Endpoint of EC2 Auto Scaling, if not the region's.
    pub auto_scaling_endpoint: Option<String>,
    /// How long without work before the group may end the instance.
    pub idle: Duration,
}

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Human,
    /// For people on a terminal, JSON elsewhere.
    Auto,
}

impl Settings {
    /// Checks what was written.
    ///
    /// # Errors
    /// The first value that cannot be used, by key.
    pub fn check(raw: Raw) -> Result<Self, ConfigError> {
        let wall_limit = seconds("limits.wall_seconds", raw.limits.wall_seconds, 1, 86_400)?;
        let http = check_http(raw.http)?;
        Ok(Self {
            queue: check_queue(raw.queue, http.accept)?,
            store: check_store(raw.store)?,
            notify_queue_url: url("notify.queue_url", raw.notify.queue_url.clone())?,
            webhooks: check_webhooks(raw.notify)?,
            aws: check_aws(raw.aws)?,
            worker: check_worker(raw.worker)?,
            limits: check_limits(&raw.limits)?,
            wall_limit,
            http,
            redis: check_redis(raw.redis)?,
            drain_grace: seconds("drain.grace_seconds", raw.drain.grace_seconds, 0, 43_200)?,
            breaker: check_breaker(&raw.breaker)?,
            ec2: check_ec2(raw.ec2)?,
            log_format: check_format(raw.log.format.as_deref())?,
            emf: Some(seconds("log.emf_seconds", raw.log.emf_seconds, 0, 86_400)?).filter(|every| !every.is_zero()),
            log_filter: raw.log.filter.unwrap_or_default(),
        })
    }
}

fn check_queue(raw: RawQueue, accept: Accept) -> Result<Queue, ConfigError> {
    let first = url("queue.url", raw.url)?;
    let mut urls: Vec<String> = first.into_iter().collect();
    for more in raw.more_urls.unwrap_or_default() {
        urls.extend(url("queue.more_urls", Some(more))?);
    }
    if urls.is_empty() && accept != Accept::Direct {
        let reason =
            "it must name the SQS queue that jobs come from; or use `serve --local DIR`, or http.accept = direct";
        return Err(invalid("queue.url", "\"\"", reason));
    }
    let weights = raw.weights.unwrap_or_default();
    let parsed: Option<Vec<u32>> =
        weights.iter().map(|weight| weight.parse().ok().filter(|weight| *weight > 0)).collect();
    let parsed = parsed.filter(|parsed| parsed.is_empty() || parsed.len() == urls.len()).ok_or_else(|| {
        invalid("queue.weights", weights.join(","), "there must be none, or one positive whole number for each queue")
    })?;
    Ok(Queue {
        urls,
        weights: parsed,
        endpoint: url("queue.endpoint", raw.endpoint)?,
        wait: seconds("queue.wait_seconds", raw.wait_seconds, 0, 20)?,
        visibility: seconds("queue.visibility_seconds", raw.visibility_seconds, 3, 43_200)?,
        retry: seconds("queue.retry_seconds", raw.retry_seconds, 0, 43_200)?,
        retry_max: seconds("queue.retry_max_seconds", raw.retry_max_seconds, 0, 43_200)?,
        attempts_max: narrow(number("queue.attempts_max", raw.attempts_max, 1, 1000)?),
        dead_letter_url: url("queue.dead_letter_url", raw.dead_letter_url)?,
    })
}

fn check_store(raw: RawStore) -> Result<Store, ConfigError> {
    let bucket = raw.bucket.unwrap_or_default();
    if bucket.is_empty() {
        let reason = "it must name the S3 bucket that artefacts go to, or use `serve --local DIR`";
        return Err(invalid("store.bucket", "\"\"", reason));
    }
    Ok(Store {
        bucket,
        prefix: prefix("store.prefix", raw.prefix)?,
        endpoint: url("store.endpoint", raw.endpoint)?,
        path_style: raw.path_style.unwrap_or_default(),
        read_buckets: raw.read_buckets.unwrap_or_default(),
        write_buckets: raw.write_buckets.unwrap_or_default(),
        write_prefixes: raw.write_prefixes.unwrap_or_default(),
        templates: prefix("store.templates", raw.templates)?,
        cache: prefix("store.cache", raw.cache)?,
        uploads: usize::from(small(number("store.uploads", raw.uploads, 1, 64)?)),
        cancel: Some(seconds("store.cancel_seconds", raw.cancel_seconds, 0, 3600)?).filter(|every| !every.is_zero()),
    })
}

fn check_aws(raw: RawAws) -> Result<Aws, ConfigError> {
    let attempt = seconds("aws.attempt_seconds", raw.attempt_seconds, 1, 300)?;
    let operation = seconds("aws.operation_seconds", raw.operation_seconds, 1, 3600)?;
    if operation < attempt {
        let reason = "a call cannot be shorter than one of its attempts (aws.attempt_seconds)";
        return Err(invalid("aws.operation_seconds", operation.as_secs(), reason));
    }
    let transfer = seconds("aws.transfer_seconds", raw.transfer_seconds, 1, 3600)?;
    Ok(Aws { region: text(raw.region), attempt, operation, transfer })
}

fn check_worker(raw: RawWorker) -> Result<Worker, ConfigError> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let or_cores = |count: u64| if count == 0 { cores } else { usize::from(small(count)) };
    let stack_mib = number("worker.stack_mib", raw.stack_mib, 8, 65_536)?;
    Ok(Worker {
        isolation: check_isolation(raw.isolation.as_deref())?,
        jobs: or_cores(number("worker.jobs", raw.jobs, 0, 1024)?),
        ahead: usize::from(small(number("worker.ahead", raw.ahead, 0, 1024)?)),
        threads: or_cores(number("worker.threads", raw.threads, 0, 1024)?),
        stack_bytes: usize::try_from(stack_mib << 20).unwrap_or(usize::MAX),
        libraries: text(raw.libraries).map(PathBuf::from),
        fonts: text(raw.fonts).map(PathBuf::from),
    })
}

fn check_isolation(isolation: Option<&str>) -> Result<Isolation, ConfigError> {
    match isolation.unwrap_or_default() {
        "threads" => Ok(Isolation::Threads),
        "processes" => Ok(Isolation::Processes),
        other => Err(invalid("worker.isolation", other, "it must be threads or processes")),
    }
}

fn check_limits(raw: &RawLimits) -> Result<Limits, ConfigError> {
    let mib = |key, value| number(key, value, 1, 1 << 20).map(|mib| mib << 20);
    Ok(Limits {
        fuel: number("limits.evaluation_steps", raw.evaluation_steps, 1000, u64::MAX)?,
        memory_bytes: mib("limits.memory_mib", raw.memory_mib)?,
        recursion: narrow(number("limits.recursion", raw.recursion, 100, 100_000_000)?),
        triangles: number("limits.triangles", raw.triangles, 12, u64::from(u32::MAX))?,
        output_bytes: mib("limits.output_mib", raw.output_mib)?,
        source_bytes: mib("limits.source_mib", raw.source_mib)?,
        ..Limits::default()
    })
}

fn check_http(raw: RawHttp) -> Result<Http, ConfigError> {
    let listen = text(raw.listen).map(|address| {
        address
            .parse()
            .map_err(|_| invalid("http.listen", address, "it must be an address and a port, 127.0.0.1:8080 say"))
    });
    let listen: Option<SocketAddr> = listen.transpose()?;
    let accept = check_accept(raw.accept.as_deref())?;
    let token_file = text(raw.token_file).map(PathBuf::from);
    let is_open = listen.is_some_and(|address| !address.ip().is_loopback()) && token_file.is_none();
    if is_open && accept != Accept::Off {
        let reason = "callers from other machines could post jobs: name a file of tokens, or listen on the loopback";
        return Err(invalid("http.token_file", "\"\"", reason));
    }
    let (downloads, ui) = (check_downloads(raw.downloads.as_deref())?, raw.ui.unwrap_or_default());
    if ui && (accept == Accept::Off || downloads == Downloads::Redirect) {
        let reason = "the page posts jobs and shows what they made: it needs http.accept = queue or direct, and http.downloads = stream";
        return Err(invalid("http.ui", "true", reason));
    }
    Ok(Http { listen, control: raw.control.unwrap_or_default(), accept, token_file, downloads, ui })
}

fn check_redis(raw: RawRedis) -> Result<Option<Redis>, ConfigError> {
    let keep = seconds("redis.keep_seconds", raw.keep_seconds, 60, 31_536_000)?;
    let Some(url) = text(raw.url) else { return Ok(None) };
    if !url.starts_with("redis://") && !url.starts_with("rediss://") {
        return Err(invalid("redis.url", url, "it must begin with redis:// or rediss://"));
    }
    Ok(Some(Redis { url, prefix: raw.prefix.unwrap_or_default(), keep }))
}

fn check_accept(accept: Option<&str>) -> Result<Accept, ConfigError> {
    match accept.unwrap_or_default() {
        "off" => Ok(Accept::Off),
        "queue" => Ok(Accept::Queue),
        "direct" => Ok(Accept::Direct),
        other => Err(invalid("http.accept", other, "it must be off, queue or direct")),
    }
}

fn check_downloads(downloads: Option<&str>) -> Result<Downloads, ConfigError> {
    match downloads.unwrap_or_default() {
        "redirect" => Ok(Downloads::Redirect),
        "stream" => Ok(Downloads::Stream),
        other => Err(invalid("http.downloads", other, "it must be redirect or stream")),
    }
}

fn check_ec2(raw: RawEc2) -> Result<Ec2, ConfigError> {
    let (notices, group, hook) =
        (raw.notices.unwrap_or_default(), text(raw.auto_scaling_group), text(raw.lifecycle_hook));
    if let Some(hook) = hook.as_ref().filter(|_| group.is_none() || !notices) {
        let reason =
            "a hook waits for the notice that its group ends the instance: set ec2.auto_scaling_group and ec2.notices";
        return Err(invalid("ec2.lifecycle_hook", hook, reason));
    }
    Ok(Ec2 {
        notices,
        metadata_endpoint: url("ec2.metadata_endpoint", raw.metadata_endpoint)?.unwrap_or_default(),
        auto_scaling_group: group,
        lifecycle_hook: hook,
        auto_scaling_endpoint: url("ec2.auto_scaling_endpoint", raw.auto_scaling_endpoint)?,
        idle: seconds("ec2.idle_seconds", raw.idle_seconds, 1, 86_400)?,
    })
}

fn check_breaker(raw: &RawBreaker) -> Result<Breaker, ConfigError> {
    Ok(Breaker {
        failures: narrow(number("breaker.failures", raw.failures, 1, 1000)?),
        pause: seconds("breaker.pause_seconds", raw.pause_seconds, 1, 3600)?,
        pause_max: seconds("breaker.pause_max_seconds", raw.pause_max_seconds, 1, 3600)?,
    })
}

fn check_format(format: Option<&str>) -> Result<LogFormat, ConfigError> {
    match format.unwrap_or_default() {
        "auto" => Ok(LogFormat::Auto),
        "json" => Ok(LogFormat::Json),
        "human" => Ok(LogFormat::Human),
        other => Err(invalid("log.format", other, "it must be auto, json or human")),
    }
}

fn text(value: Option<String>) -> Option<String> {
    value.filter(|text| !text.is_empty())
}

fn check_webhooks(raw: RawNotify) -> Result<Webhooks, ConfigError> {
    let mut queues = Vec::new();
    for queue in raw.queues.unwrap_or_default() {
        queues.extend(url("notify.queues", Some(queue))?);
    }
    Ok(Webhooks {
        hosts: raw.hosts.unwrap_or_default(),
        queues,
        private: raw.private.unwrap_or_default(),
        secrets_file: text(raw.secrets_file).map(PathBuf::from),
    })
}

fn url(key: &'static str, value: Option<String>) -> Result<Option<String>, ConfigError> {
    let value = text(value);
    match &value {
        Some(url) if !url.starts_with("https://") && !url.starts_with("http://") => {
            Err(invalid(key, url, "it must begin with https:// or http://"))
        }
        _ => Ok(value),
    }
}

fn prefix(key: &'static str, value: Option<String>) -> Result<String, ConfigError> {
    let prefix = value.unwrap_or_default();
    if prefix.starts_with('/') || !(prefix.is_empty() || prefix.ends_with('/')) {
        return Err(invalid(key, prefix, "it must be empty or end in a slash, and not begin with one"));
    }
    Ok(prefix)
}

fn seconds(key: &'static str, value: Option<u64>, low: u64, high: u64) -> Result<Duration, ConfigError> {
    number(key, value, low, high).map(Duration::from_secs)
}

/// The defaults are the lowest layer, so that only a key missing in the table is absent; zero is then out of most ranges.
fn number(key: &'static str, value: Option<u64>, low: u64, high: u64) -> Result<u64, ConfigError> {
    let value = value.unwrap_or_default();
    if (low..=high).contains(&value) {
        return Ok(value);
    }
    let reason = if high == u64::MAX {
        format!("it must be at least {low}")
    } else {
        format!("it must be between {low} and {high}")
    };
    Err(invalid(key, value, &reason))
}

fn narrow(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn small(value: u64) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}

fn invalid(key: &'static str, value: impl ToString, reason: &str) -> ConfigError {
    ConfigError::Invalid { key, value: value.to_string(), reason: reason.to_owned() }
}
