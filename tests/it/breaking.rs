//! The daemon while its outside is broken: the way there spoilt by a proxy, rights lost, the queue gone, the disk full.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use maquette::daemon::aws::Clients;
use maquette::daemon::queue::SqsQueue;
use maquette::standin::{Action, Fault};

use crate::local_aws::{
    Daemon, Local, Scratch, ask, create_queue, echo, eventually, is_drained, job, settings_at, within,
};
use crate::proxy::{Proxy, Spoil};

/// Every third call of one service goes wrong, in each way; always the same end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_the_way_is_spoilt_every_job_ends_once() {
    let mut rounds = tokio::task::JoinSet::new();
    for spoil in Spoil::ALL {
        for service in ["queue", "store"] {
            rounds.spawn(jobs_over_a_spoilt_way(service, spoil));
        }
    }
    while let Some(round) = rounds.join_next().await {
        round.expect("the round ends well");
    }
}

async fn jobs_over_a_spoilt_way(service: &'static str, spoil: Spoil) {
    let mut local = Local::start().await;
    // without a redrive policy: how often a job is tried on a busy machine is not the question
    local.queue = create_queue(&local.clients, "patient", &[]).await;
    let proxy = Proxy::start(&local.server.endpoint(), spoil, 3).await;
    let endpoint = format!("{service}.endpoint={}", proxy.endpoint());
    let flags = [
        &endpoint,
        "aws.attempt_seconds=1",
        "aws.transfer_seconds=2",
        "aws.operation_seconds=5",
        "queue.attempts_max=100",
        "breaker.pause_seconds=1",
        "breaker.pause_max_seconds=1",
    ];
    for index in 0..8 {
        local.send(&job(&format!("job-{index}"), "cube(1);")).await;
    }
    let daemon = Daemon::start_apart(&local, echo(), &flags).await;
    assert!(within(90, || is_drained(&local)).await, "{service} {spoil:?}: {:?} left", local.depth(&local.queue).await);
    daemon.stop().await;
    assert!(proxy.spoilt() > 0, "{service} {spoil:?}: nothing was spoilt");
    let events = local.events().await;
    for index in 0..8 {
        let id = format!("job-{index}");
        assert_eq!(local.manifest(&id).await.expect("a manifest")["status"], "succeeded", "{service} {spoil:?}");
        assert_eq!(local.object(&format!("results/{id}/part.stl")).await.as_deref(), Some("cube(1);"));
        assert_eq!(events[&id].len(), 1, "{service} {spoil:?}: told of as one event, however often");
    }
}

/// Rights, queue, credentials, clock: somebody has to mend them; until then the daemon lives, asks seldom, and says that it is not ready.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_has_to_mend_is_waited_for() {
    let troubles = [
        (403, "AccessDenied"),
        (400, "QueueDoesNotExist"),
        (403, "ExpiredToken"),
        (403, "InvalidClientTokenId"),
        (403, "RequestTimeTooSkewed"),
    ];
    let mut rounds = tokio::task::JoinSet::new();
    for (status, code) in troubles {
        rounds.spawn(wait_until_mended(status, code));
    }
    while let Some(round) = rounds.join_next().await {
        round.expect("the round ends well");
    }
}

async fn wait_until_mended(status: u16, code: &'static str) {
    let local = Local::start().await;
    let refuse = Action::Refuse { status, code: code.into() };
    local.server.faults().inject(Fault::always("ReceiveMessage", refuse));
    let (daemon, http) = Daemon::start_seen(&local, echo(), &[]).await;
    let is_unready = || async { ask(http, "GET", "/readyz").await.contains("the queue cannot be reached") };
    assert!(eventually(is_unready).await, "{code}");
    tokio::time::sleep(Duration::from_secs(3)).await;
    let calls = local.server.faults().calls()["ReceiveMessage"];
    assert!(calls <= 2, "{code}: {calls} calls in three seconds");
    assert!(ask(http, "GET", "/healthz").await.starts_with("HTTP/1.1 200"), "{code}: it is alive");
    local.server.faults().clear();
    local.send(&job("after", "cube(1);")).await;
    assert!(within(40, || async { local.manifest("after").await.is_some() }).await, "{code}: it recovers by itself");
    assert!(ask(http, "GET", "/readyz").await.starts_with("HTTP/1.1 200"), "{code}");
    daemon.stop().await;
}

/// A receive waits for messages for longer than any other call may take.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_poll_outlasts_the_limit_of_an_attempt() {
    let local = Local::start().await;
    let settings = local.settings(&["aws.attempt_seconds=1", "aws.operation_seconds=2", "queue.wait_seconds=4"]);
    let clients = Clients::connect(&settings).await;
    let queue = SqsQueue::new(clients.sqs, local.queue.clone(), settings.queue.visibility, settings.aws.attempt);
    let asked = std::time::Instant::now();
    assert!(queue.receive(1, settings.queue.wait).await.expect("nothing came, and nothing is wrong").is_empty());
    assert!(asked.elapsed() >= Duration::from_secs(4));
}

/// One of two queues may be gone: the other is served as if nothing were.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queue_that_is_gone_holds_up_no_other() {
    let local = Local::start().await;
    let gone = format!("queue.url={}/000000000000/gone", local.server.endpoint());
    let more = format!("queue.more_urls={}", local.queue);
    let (daemon, http) = Daemon::start_seen(&local, echo(), &[&gone, &more]).await;
    for index in 0..20 {
        local.send(&job(&format!("job-{index}"), "cube(1);")).await;
    }
    assert!(eventually(|| is_drained(&local)).await);
    assert!(ask(http, "GET", "/readyz").await.contains("the queue cannot be reached"), "an operator should look");
    let summary = daemon.stop().await;
    assert_eq!(summary.settled["succeeded"], 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_fails_is_told_of_by_readyz_until_it_is_well() {
    for action in [
        Action::Refuse { status: 503, code: "SlowDown".into() },
        Action::Refuse { status: 403, code: "AccessDenied".into() },
    ] {
        let local = Local::start().await;
        local.server.faults().inject(Fault::always("PutObject", action));
        let flags = ["breaker.failures=2", "breaker.pause_seconds=1", "breaker.pause_max_seconds=1"];
        let (daemon, http) = Daemon::start_seen(&local, echo(), &flags).await;
        local.send(&job("held", "cube(1);")).await;
        assert!(within(20, || async { ask(http, "GET", "/readyz").await.contains("the store fails") }).await);
        assert_eq!(local.depth(&local.queue).await, (0, 1), "what is in hand is kept");
        local.server.faults().clear();
        let is_ready = || async { ask(http, "GET", "/readyz").await.starts_with("HTTP/1.1 200") };
        assert!(within(40, is_ready).await, "it recovers by itself");
        assert!(within(40, || is_drained(&local)).await);
        let summary = daemon.stop().await;
        assert_eq!((summary.received, summary.settled["succeeded"]), (1, 1));
    }
}

/// A stand-in of its own process, whose files can be kept from growing.
struct StandIn {
    child: Child,
    endpoint: String,
}

impl StandIn {
    fn start(directory: &Path) -> Self {
        use std::io::BufRead as _;
        // a write beyond the limit is to fail, as on a full disk, not to end the process
        let script = "trap '' XFSZ; exec \"$0\" stand-in --listen 127.0.0.1:0 --dir \"$1\" --bucket results";
        let mut command = Command::new("sh");
        command.args(["-c", script, env!("CARGO_BIN_EXE_maquette")]).arg(directory);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let lines = std::io::BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let words: Vec<String> =
            lines.map_while(Result::ok).find(|line| line.contains(" on http://")).into_iter().collect();
        let endpoint = words.first().and_then(|line| line.split("AWS_ENDPOINT_URL=").nth(1));
        let endpoint = endpoint.and_then(|rest| rest.split(' ').next()).expect("it says where it is").to_owned();
        Self { child, endpoint }
    }

    /// From now on no file may grow over so many bytes; any size with none.
    fn limit_files(&self, bytes: Option<u64>) {
        use rustix::process::{Pid, Resource, Rlimit, prlimit};
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        prlimit(pid, Resource::Fsize, Rlimit { current: bytes, maximum: None }).expect("the limit is set");
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        // it may have ended long ago
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The embedded queue and store on a disk that fills up: what was promised is there, what could not be is not promised, and all goes on when there is room.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_under_queue_and_store_loses_nothing() {
    let scratch = Scratch::new();
    let standin = StandIn::start(scratch.path());
    let url = format!("{}/000000000000/jobs", standin.endpoint);
    let clients = Clients::connect(&settings_at(&standin.endpoint, &url, &[])).await;
    let queue = create_queue(&clients, "full", &[]).await;
    // as the other stand-in's, which the daemon is told to tell
    create_queue(&clients, "told", &[]).await;
    let send = async |id: String| {
        let call = clients.sqs.send_message().queue_url(&queue).message_body(job(&id, &"x".repeat(20_000)));
        tokio::time::timeout(Duration::from_secs(1), call.send()).await.is_ok_and(|sent| sent.is_ok())
    };
    assert!(send("before".into()).await);
    standin.limit_files(Some(10_000));
    let mut promised = vec!["before".to_owned()];
    for index in 0..4 {
        let id = format!("full-{index}");
        if send(id.clone()).await {
            promised.push(id);
        }
    }
    assert!(promised.len() < 5, "the disk is full");
    let key = |id: &str| format!("results/{id}/manifest.json");
    let has = async |id: &str| clients.s3.head_object().bucket("results").key(key(id)).send().await.is_ok();
    let local = Local::start().await;
    let flags = [format!("queue.url={queue}"), format!("queue.endpoint={}", standin.endpoint)];
    let store = format!("store.endpoint={}", standin.endpoint);
    let daemon = Daemon::start_apart(&local, echo(), &[&flags[0], &flags[1], &store, "aws.attempt_seconds=1"]).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(!has("before").await, "the artefact does not fit on the disk");
    standin.limit_files(None);
    assert!(send("after".into()).await || send("after".into()).await, "there is room again");
    promised.push("after".into());
    for id in &promised {
        assert!(within(60, || has(id)).await, "{id} was promised");
    }
    daemon.stop().await;
}
