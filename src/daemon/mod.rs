//! The runtime: jobs from the queue through the pipeline into the store; the only room with a clock, a network and signals.
//!
//! **In** [`Settings`]; **Out** artefacts and manifests in the store, notifications, an empty queue, and a [`Summary`].
//! **Stages** `turns` (which queue) → `poll` (receive) → `lease` (keep invisible) → `attempt` (one delivery: `envelope`, `inputs`) → `making` (one job: `worker`, `settle`) → `acknowledge`.
//! **Invariants** A message is deleted only after its manifest is in the store. No more is received than there is room for. A job whose lease is lost
//! writes no manifest. Only `worker` catches panics; only `settle` orders store, notify and acknowledge.
//! **Knows nothing of** the language and geometry: a job is a function from inputs to an outcome.

mod acknowledge;
mod attempt;
pub mod aws;
mod breaker;
mod dead_letter;
mod ec2;
mod envelope;
mod http;
mod inputs;
mod lease;
mod making;
mod mirror;
mod notify;
mod pause;
mod poll;
mod producer;
mod progress;
mod push;
pub mod queue;
mod resources;
mod result_cache;
mod retry;
pub mod samples;
mod settle;
mod shutdown;
mod status;
pub mod store;
mod systemd;
pub mod telemetry;
mod turns;
mod webhook;
mod worker;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use dead_letter::DeadLetters;
pub use ec2::AutoScaling;
pub use notify::Notifier;
pub use producer::{Producer, ProducerError};
pub use resources::{ResourceError, Resources};
pub use shutdown::Shutdown;
pub use status::{Board, JobStatus, Observer};
pub use worker::{Pool, Work, Workers, serve_parent};

use crate::config::{Accept, Settings};
use crate::daemon::acknowledge::Acknowledger;
use crate::daemon::aws::Clients;
use crate::daemon::breaker::Breaker;
use crate::daemon::ec2::Watch;
use crate::daemon::inputs::Fetcher;
use crate::daemon::lease::{Keeper, Lease};
use crate::daemon::mirror::Mirror;
use crate::daemon::pause::{Flag, Pause};
use crate::daemon::poll::Poller;
use crate::daemon::queue::{PushedQueue, Queue, SqsQueue};
use crate::daemon::result_cache::ResultCache;
use crate::daemon::settle::Settler;
use crate::daemon::store::{S3Store, Store};
use crate::daemon::systemd::Alive;
use crate::daemon::telemetry::{Emf, Metrics, event};
use crate::daemon::webhook::Webhooks;

/// Why a daemon could not be started.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// Neither settings nor the AWS chain name a region.
    #[error("no AWS region: set aws.region, AWS_REGION, or the region of a profile")]
    NoRegion,
    /// Libraries or fonts cannot be read.
    #[error(transparent)]
    Resources(#[from] ResourceError),
    /// The file of tokens cannot be read, or has none.
    #[error("http.token_file = {file}: {reason}")]
    Tokens {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// The file of secrets cannot be read.
    #[error("notify.secrets_file = {file}: {reason}")]
    Secrets {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// The URL of Redis cannot be used.
    #[error("redis.url: {0}")]
    Redis(#[from] redis::RedisError),
    /// The HTTP address cannot be listened on.
    #[error("http.listen = {address}: {cause}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        cause: std::io::Error,
    },
}

/// What a daemon did in its life.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Messages received.
    pub received: u64,
    /// Manifests written, by status.
    pub settled: BTreeMap<String, u64>,
    /// Jobs that were given back.
    pub released: u64,
}

/// Whom to tell what of a running daemon.
#[derive(Default)]
pub struct Hooks {
    /// Told of every change of any job.
    pub observer: Option<Observer>,
    /// Told once, when the daemon receives.
    pub started: Option<oneshot::Sender<Running>>,
}

/// A daemon that receives.
#[derive(Debug, Clone)]
pub struct Running {
    /// Where HTTP is served.
    pub http: Option<SocketAddr>,
    /// The jobs.
    pub board: Board,
    /// The numbers.
    pub metrics: Arc<Metrics>,
}

/// The outside of a daemon.
#[derive(Debug, Clone)]
pub struct Services {
    /// In order of priority.
    pub queues: Vec<Queue>,
    /// Where artefacts go.
    pub store: Store,
    /// Who is told.
    pub notifier: Notifier,
    /// For the reply queues that jobs may name.
    pub replies: Option<aws_sdk_sqs::Client>,
    /// Where what is no job goes.
    pub dead_letters: DeadLetters,
    /// The group that this instance is one of, where it is to be told.
    pub auto_scaling: Option<AutoScaling>,
    /// For manifests and events.
    pub region: String,
}

impl Services {
    /// SQS and S3, as the settings say.
    pub fn on_aws(clients: &Clients, settings: &Settings) -> Self {
        let (visibility, attempt) = (settings.queue.visibility, settings.aws.attempt);
        let queue = |url: &String| Queue::Sqs(SqsQueue::new(clients.sqs.clone(), url.clone(), visibility, attempt));
        let notifier = settings.notify_queue_url.as_ref().map_or(Notifier::None, |url| Notifier::Sqs {
            client: clients.sqs.clone(),
            url: url.clone(),
            region: clients.region.clone(),
        });
        Self {
            queues: settings.queue.urls.iter().map(queue).collect(),
            store: Store::S3(S3Store::new(clients.s3.clone())),
            notifier,
            replies: Some(clients.sqs.clone()),
            dead_letters: DeadLetters::new(&clients.sqs, settings.queue.dead_letter_url.as_deref()),
            auto_scaling: AutoScaling::of(clients, &settings.ec2, &settings.aws),
            region: clients.region.clone(),
        }
    }
}

/// Receives and settles jobs until `shutdown`, on SQS and S3 with the real pipeline.
///
/// # Errors
/// Only for what is wrong at the start; once it receives, it goes on whatever happens.
pub async fn run(settings: Settings, shutdown: Shutdown, hooks: Hooks) -> Result<Summary, DaemonError> {
    let clients = Clients::connect(&settings).await;
    if clients.region.is_empty() {
        return Err(DaemonError::NoRegion);
    }
    let resources = Resources::load(&settings.worker)?;
    let services = Services::on_aws(&clients, &settings);
    let workers = Workers::of(&settings, &resources);
    run_with(settings, services, resources, workers, shutdown, hooks).await
}

/// The same with any services, and any work or workers to do it.
///
/// # Errors
/// When the HTTP address cannot be listened on.
pub async fn run_with(
    settings: Settings,
    services: Services,
    resources: Resources,
    workers: impl Into<Workers>,
    shutdown: Shutdown,
    hooks: Hooks,
) -> Result<Summary, DaemonError> {
    let tasks = Tasks::default();
    let auto_scaling = services.auto_scaling.clone();
    let daemon = Daemon::new(settings, services, (resources, workers.into()), shutdown, hooks.observer, &tasks)?;
    let attempts = TaskTracker::new();
    let http = http::listen(&daemon, &attempts, &tasks).await?;
    daemon.start(http, &tasks);
    if let Some(started) = hooks.started {
        let running = Running { http, board: daemon.board.clone(), metrics: Arc::clone(&daemon.metrics) };
        // whoever wanted to know may have gone
        let _ = started.send(running);
    }
    daemon.watch_instance(auto_scaling, &tasks).await;
    let mut poller = JoinSet::new();
    poller.spawn(Poller::new(Arc::clone(&daemon), attempts.clone()).run());
    daemon.shutdown.drain.cancelled().await;
    daemon.drain(poller, attempts).await;
    // whoever watches or waits for a job that is not here has to ask another
    daemon.shutdown.abandon.cancel();
    daemon.acknowledgers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    tasks.finish().await;
    Ok(daemon.summary())
}

/// The tasks beside the jobs.
#[derive(Debug, Default)]
struct Tasks {
    tracker: TaskTracker,
    /// Ends those that have no end of their own.
    stop: CancellationToken,
    /// Those that end when there is nothing more to delete.
    acknowledging: TaskTracker,
}

impl Tasks {
    async fn finish(self) {
        self.acknowledging.close();
        self.acknowledging.wait().await;
        self.stop.cancel();
        self.tracker.close();
        if tokio::time::timeout(FAREWELL, self.tracker.wait()).await.is_err() {
            tracing::warn!("a client of the HTTP surface does not come to an end");
        }
    }
}

/// How long a client may take to hear the end of its answer when the daemon is done.
const FAREWELL: Duration = Duration::from_secs(10);

/// Everything that the tasks of a daemon share.
#[derive(Debug)]
struct Daemon {
    settings: Settings,
    /// One a queue; the last is for posted jobs, where they are taken.
    keepers: Vec<Arc<Keeper>>,
    /// How many queues are received from: the first ones.
    polled: usize,
    acknowledgers: Mutex<Vec<Acknowledger>>,
    dead_letters: DeadLetters,
    fetcher: Fetcher,
    result_cache: Option<ResultCache>,
    settler: Arc<Settler>,
    webhooks: Webhooks,
    mirror: Option<Mirror>,
    resources: Resources,
    workers: Workers,
    /// One a job in hand.
    slots: Arc<Semaphore>,
    /// One a job that is computed.
    rooms: Semaphore,
    board: Board,
    metrics: Arc<Metrics>,
    pause: Arc<Pause>,
    alive: Alive,
    reachable: Flag,
    shutdown: Shutdown,
    instance: String,
    region: String,
}

impl Daemon {
    fn new(
        settings: Settings,
        services: Services,
        (resources, workers): (Resources, Workers),
        shutdown: Shutdown,
        observer: Option<Observer>,
        tasks: &Tasks,
    ) -> Result<Arc<Self>, DaemonError> {
        let webhooks = Webhooks::new(&settings.webhooks, services.replies)?;
        let metrics = Arc::new(Metrics::default());
        let mirror = settings.redis.as_ref().map(|redis| Mirror::new(redis, Arc::clone(&metrics))).transpose()?;
        let observer = mirror.as_ref().map(|mirror| mirror.observe(observer.clone())).or(observer);
        let mut acknowledgers = Vec::new();
        let mut keepers = Vec::new();
        let polled = services.queues.len();
        let is_pushed = settings.http.accept == Accept::Direct;
        let pushed = is_pushed.then(|| Queue::Pushed(PushedQueue::default()));
        for queue in services.queues.into_iter().chain(pushed) {
            let (acknowledger, task) = Acknowledger::new(queue.clone(), Arc::clone(&metrics));
            acknowledgers.push(acknowledger);
            tasks.acknowledging.spawn(task);
            keepers.push(Keeper::new(queue, settings.queue.visibility, Arc::clone(&metrics)));
        }
        let fetcher = Fetcher {
            store: services.store.clone(),
            bucket: settings.store.bucket.clone(),
            read_buckets: settings.store.read_buckets.clone(),
            templates: settings.store.templates.clone(),
            bytes_max: settings.limits.source_bytes,
        };
        let result_cache = (!settings.store.cache.is_empty()).then(|| ResultCache {
            store: services.store.clone(),
            bucket: settings.store.bucket.clone(),
            prefix: settings.store.cache.clone(),
        });
        let settler = Arc::new(Settler {
            store: services.store,
            notifier: services.notifier,
            breaker: Breaker::new(&settings.breaker),
            metrics: Arc::clone(&metrics),
            bucket: settings.store.bucket.clone(),
            uploads: settings.store.uploads,
            abandon: shutdown.abandon.clone(),
        });
        let (jobs, ahead) = (settings.worker.jobs, settings.worker.ahead);
        Ok(Arc::new(Self {
            alive: Alive::new(settings.queue.wait + settings.aws.attempt + Duration::from_secs(15)),
            keepers,
            polled,
            acknowledgers: Mutex::new(acknowledgers),
            dead_letters: services.dead_letters,
            fetcher,
            result_cache,
            settler,
            webhooks,
            mirror,
            resources,
            workers,
            slots: Arc::new(Semaphore::new(jobs + ahead)),
            rooms: Semaphore::new(jobs),
            board: Board::new(observer),
            metrics,
            pause: Arc::new(Pause::new()),
            reachable: Flag::new(true),
            shutdown,
            instance: attempt::instance_name(),
            region: services.region,
            settings,
        }))
    }

    /// Whether the queue keeps order within groups.
    fn is_fifo(&self, queue: usize) -> bool {
        self.keepers[queue].queue().name().ends_with(".fifo")
    }

    /// A slot, once one is free; none when draining.
    async fn next_slot(&self) -> Option<OwnedSemaphorePermit> {
        tokio::select! {
            () = self.shutdown.drain.cancelled() => None,
            slot = Arc::clone(&self.slots).acquire_owned() => slot.ok(),
        }
    }

    fn breaker(&self) -> &Breaker {
        &self.settler.breaker
    }

    /// Starts what runs beside the jobs, and tells the world.
    fn start(self: &Arc<Self>, http: Option<SocketAddr>, tasks: &Tasks) {
        for keeper in &self.keepers {
            tasks.tracker.spawn(Arc::clone(keeper).run(tasks.stop.clone()));
        }
        let daemon = Arc::clone(self);
        tasks.tracker.spawn(systemd::feed_watchdog(move || daemon.alive.is_alive(), tasks.stop.clone()));
        if let Some(every) = self.settings.emf {
            tasks.tracker.spawn(Arc::clone(self).tell_cloudwatch(every, tasks.stop.clone()));
        }
        if let Some(mirror) = &self.mirror {
            tasks.tracker.spawn(mirror.clone().run(self.board.clone(), tasks.stop.clone()));
        }
        let queues: Vec<String> = self.keepers.iter().map(|keeper| keeper.queue().name().to_owned()).collect();
        event::Started { queues: &queues, bucket: &self.settings.store.bucket, jobs: self.settings.worker.jobs, http }
            .emit();
        systemd::ready(&format!("receiving from {}", queues.join(", ")));
    }

    /// Writes a line of metrics every so often, and one at the end.
    async fn tell_cloudwatch(self: Arc<Self>, every: Duration, stop: CancellationToken) {
        let mut emf = Emf::default();
        loop {
            let ended = tokio::time::timeout(every, stop.cancelled()).await.is_ok();
            let line = emf.line(&self.metrics, self.keepers[0].queue().name(), status::now_ms());
            if let Err(error) = writeln!(std::io::stdout().lock(), "{line}") {
                tracing::warn!(%error, "metrics cannot be written to standard output");
            }
            if ended {
                return;
            }
        }
    }

    /// Looks for notices of EC2 and keeps its group informed, where the settings say so.
    async fn watch_instance(&self, auto_scaling: Option<AutoScaling>, tasks: &Tasks) {
        let watch = Arc::new(Watch {
            settings: self.settings.ec2.clone(),
            pause: Arc::clone(&self.pause),
            shutdown: self.shutdown.clone(),
            metrics: Arc::clone(&self.metrics),
        });
        if self.settings.ec2.notices {
            // before the first receive: a daemon that is started again after a notice must not begin anew
            watch.look_for_notice().await;
            tasks.tracker.spawn(Arc::clone(&watch).for_notices(tasks.stop.clone()));
        }
        if let Some(group) = auto_scaling {
            tasks.tracker.spawn(watch.tell_group(group, tasks.stop.clone()));
        }
    }

    /// Lets jobs in hand finish within the grace, then gives them back.
    async fn drain(&self, mut poller: JoinSet<()>, attempts: TaskTracker) {
        let grace = self.settings.drain_grace;
        event::Draining { reason: "told to end", grace }.emit();
        systemd::stopping(grace);
        attempts.close();
        let done = async {
            while poller.join_next().await.is_some() {}
            attempts.wait().await;
        };
        tokio::pin!(done);
        tokio::select! {
            () = &mut done => return,
            () = tokio::time::sleep(grace) => {}
            () = self.shutdown.abandon.cancelled() => {}
        }
        self.shutdown.abandon.cancel();
        if tokio::time::timeout(LAST_WORDS, done).await.is_err() {
            tracing::error!("jobs do not end; their messages become visible by themselves");
        }
    }

    fn acknowledge(&self, queue: usize, lease: Arc<Lease>) {
        let acknowledgers = self.acknowledgers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(acknowledger) = acknowledgers.get(queue) {
            acknowledger.acknowledge(lease);
        }
    }

    /// Why nothing is received now, if nothing is.
    fn unready(&self) -> Option<&'static str> {
        if self.shutdown.drain.is_cancelled() {
            return Some("draining");
        }
        if let Some(reason) = self.pause.reason() {
            return Some(reason);
        }
        if !self.breaker().is_closed() {
            return Some("the store fails");
        }
        if !self.reachable.is_set() {
            return Some("the queue cannot be reached");
        }
        (!self.alive.is_alive()).then_some("the poll loop does not move")
    }

    fn summary(&self) -> Summary {
        Summary {
            received: self.metrics.messages_received.value(),
            settled: self.metrics.jobs_settled.values(),
            released: self.metrics.jobs_released.value() + self.metrics.jobs_retried.value(),
        }
    }
}

/// How long jobs may take to be given back once they are cancelled: longer than a job is waited for.
const LAST_WORDS: Duration = Duration::from_secs(45);
