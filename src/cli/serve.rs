//! `maquette serve`, `maquette stand-in` and `maquette healthcheck`: the long-running side of the command line.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use crate::cli::arguments::{HealthcheckArguments, ServeArguments, StandInArguments};
use crate::cli::{CommandResult, Failed};
use crate::config::{Overrides, Settings, load};
use crate::daemon::{self, Producer, Shutdown, telemetry};
use crate::standin;

/// Queue and bucket of the embedded default.
const QUEUE: &str = "jobs";
pub const BUCKET: &str = "results";
const VISIBILITY: Duration = Duration::from_secs(60);

/// What `--ui` sets.
const PAGE: [&str; 2] = ["http.ui=true", "http.downloads=stream"];

/// Runs the daemon until it is told to stop.
pub fn run(mut arguments: ServeArguments) -> CommandResult {
    if arguments.ui {
        // in front: what is set by hand wins
        arguments.set.splice(0..0, PAGE.map(str::to_owned));
    }
    runtime()?.block_on(async {
        let embedded = match &arguments.local {
            Some(directory) => Some(Embedded::start(directory, &arguments.set).await?),
            None => None,
        };
        let settings = match &embedded {
            Some(embedded) => embedded.settings.clone(),
            None => load_settings(arguments.config.as_deref(), arguments.set)?,
        };
        if arguments.print_settings {
            println!("{settings:#?}");
            return Ok(ExitCode::SUCCESS);
        }
        telemetry::init(settings.log_format, &settings.log_filter);
        if let Some(embedded) = &embedded {
            tracing::info!(
                endpoint = embedded.endpoint(),
                queue = QUEUE,
                bucket = BUCKET,
                "backend is local: an embedded queue and store"
            );
        }
        let shutdown = on_signals()?;
        let ended = daemon::run(settings, shutdown, daemon::Hooks::default()).await;
        if let Some(embedded) = embedded {
            embedded.server.shutdown().await;
        }
        ended.map(|_| ExitCode::SUCCESS).map_err(|error| Failed::new(error.to_string()))
    })
}

/// The page on an embedded queue and store, without a log, until it is told to stop.
pub async fn page(directory: &Path) -> CommandResult {
    let embedded = Embedded::start(directory, &PAGE.map(str::to_owned)).await?;
    let (sender, started) = tokio::sync::oneshot::channel();
    let hooks = daemon::Hooks { started: Some(sender), ..daemon::Hooks::default() };
    let running = daemon::run(embedded.settings.clone(), on_signals()?, hooks);
    let tell = async {
        if let Ok(daemon::Running { http: Some(address), .. }) = started.await {
            println!("the page is at   http://{address}/ (Ctrl+C ends it; files lie in {})", directory.display());
        }
    };
    let (ended, ()) = tokio::join!(running, tell);
    embedded.server.shutdown().await;
    ended.map(|_| ExitCode::SUCCESS).map_err(|error| Failed::new(error.to_string()))
}

/// Serves the stand-in until it is told to stop.
pub fn stand_in(arguments: StandInArguments) -> CommandResult {
    if !arguments.listen.ip().is_loopback() {
        return Err(Failed::settings(format!(
            "{} is not a loopback address: the stand-in checks no signatures",
            arguments.listen
        )));
    }
    runtime()?.block_on(async {
        let server = start_server(&arguments.dir, arguments.listen).await?;
        let mut producer = Producer::connect(&local_settings(&server.endpoint(), "", &[])?).await;
        for queue in &arguments.queue {
            for bucket in &arguments.bucket {
                let url =
                    producer.create(queue, bucket, VISIBILITY).await.map_err(|error| Failed::new(error.to_string()))?;
                println!("queue {url}  bucket {bucket}");
            }
        }
        println!(
            "SQS and S3 on {}; export AWS_ENDPOINT_URL={} and any credentials",
            server.endpoint(),
            server.endpoint()
        );
        on_signals()?.drain.cancelled().await;
        server.shutdown().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// Computes jobs for the daemon that started this process.
pub fn worker() -> CommandResult {
    daemon::serve_parent().map_err(|error| Failed::new(error.to_string()))?;
    Ok(ExitCode::SUCCESS)
}

/// Asks `/healthz`; without curl in the image, the binary asks itself.
pub fn healthcheck(arguments: &HealthcheckArguments) -> CommandResult {
    let timeout = Duration::from_secs(2);
    let unreachable = |error: std::io::Error| Failed::new(format!("{}: {error}", arguments.listen));
    let mut stream = TcpStream::connect_timeout(&arguments.listen, timeout).map_err(unreachable)?;
    stream.set_read_timeout(Some(timeout)).map_err(unreachable)?;
    stream.write_all(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n").map_err(unreachable)?;
    let mut answer = String::new();
    stream.take(4096).read_to_string(&mut answer).map_err(unreachable)?;
    let healthy = answer.lines().next().is_some_and(|status| status.contains(" 200 "));
    Ok(ExitCode::from(u8::from(!healthy)))
}

/// The embedded default: a stand-in in this process, its queue and bucket, and the settings that lead to it.
pub struct Embedded {
    /// The endpoint.
    pub server: standin::Server,
    /// Settings that lead to it.
    pub settings: Settings,
    /// The queue's other end.
    pub producer: Producer,
}

impl Embedded {
    /// Starts it in a folder, on a free port of the loopback.
    pub async fn start(directory: &Path, set: &[String]) -> Result<Self, Failed> {
        let server = start_server(directory, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let mut producer = Producer::connect(&local_settings(&server.endpoint(), "", set)?).await;
        let url = producer.create(QUEUE, BUCKET, VISIBILITY).await.map_err(|error| Failed::new(error.to_string()))?;
        let settings = local_settings(&server.endpoint(), &url, set)?;
        Ok(Self { server, settings, producer })
    }

    /// Its URL.
    pub fn endpoint(&self) -> String {
        self.server.endpoint()
    }
}

fn on_signals() -> Result<Shutdown, Failed> {
    Shutdown::on_signals().map_err(|error| Failed::new(format!("signals cannot be caught: {error}")))
}

async fn start_server(directory: &Path, address: SocketAddr) -> Result<standin::Server, Failed> {
    let started = standin::Server::start(directory, address, standin::Options::default()).await;
    started.map_err(|error| Failed::new(format!("the stand-in does not start: {error}")))
}

fn local_settings(endpoint: &str, queue_url: &str, set: &[String]) -> Result<Settings, Failed> {
    let queue_url =
        if queue_url.is_empty() { format!("{endpoint}/000000000000/{QUEUE}") } else { queue_url.to_owned() };
    let mut flags = vec![
        format!("queue.url={queue_url}"),
        format!("queue.dead_letter_url={queue_url}-dead"),
        format!("queue.endpoint={endpoint}"),
        format!("store.endpoint={endpoint}"),
        format!("store.bucket={BUCKET}"),
        "store.path_style=true".to_owned(),
        "aws.region=us-east-1".to_owned(),
        // on the loopback, and so is the store: a browser would not be let through to it
        "http.accept=queue".to_owned(),
        "http.downloads=stream".to_owned(),
    ];
    flags.extend(set.iter().cloned());
    load_settings(None, flags)
}

/// Settings of a file, the environment and flags.
pub fn load_settings(file: Option<&Path>, set: Vec<String>) -> Result<Settings, Failed> {
    load(file, &Overrides::from_process(set)).map_err(|error| Failed::settings(error.to_string()))
}

/// The asynchronous runtime.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failed> {
    let built = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    built.map_err(|error| Failed::new(format!("no runtime: {error}")))
}
