//! Several instances that tell each other how jobs stand, in a real Redis and behind a real HAProxy, which the tests start themselves.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use maquette::daemon::{Hooks, Resources, Services, Shutdown, Summary, run_with};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::local_aws::{Local, Scratch, echo, eventually, settings_at};

/// A server that ends with its owner.
struct Server {
    child: Child,
    port: u16,
    _scratch: Scratch,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a program on a free port of the loopback; none, and said so, where it is not installed.
fn start(program: &str, arguments: impl FnOnce(u16, &Scratch) -> Vec<String>) -> Option<Server> {
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let scratch = Scratch::new();
    let mut command = Command::new(program);
    command.args(arguments(port, &scratch)).current_dir(scratch.path()).stdin(Stdio::null()).stdout(Stdio::null());
    match command.spawn() {
        Ok(child) => Some(Server { child, port, _scratch: scratch }),
        Err(error) => {
            let required = std::env::var_os("MAQUETTE_TEST_SERVERS").is_some();
            assert!(!required, "{program}: {error}");
            eprintln!("SKIPPED: {program} cannot be started ({error}); install it to run this test");
            None
        }
    }
}

fn redis() -> Option<Server> {
    let text = |words: &str| words.split(' ').map(str::to_owned).collect::<Vec<_>>();
    start("redis-server", |port, _| text(&format!("--bind 127.0.0.1 --port {port} --appendonly no --loglevel warning")))
}

/// A proxy that keeps a client with its instance by a cookie, and gives it to another when that one is gone.
fn haproxy(instances: &[SocketAddr]) -> Option<Server> {
    let servers: String = instances
        .iter()
        .enumerate()
        .map(|(index, address)| format!("  server s{index} {address} cookie s{index} check inter 100ms fall 1\n"))
        .collect();
    start("haproxy", |port, scratch| {
        let text = format!(
            "global\n  maxconn 100\ndefaults\n  mode http\n  timeout connect 1s\n  timeout client 30s\n  timeout server 30s\n  \
             option redispatch\n  retries 2\nfrontend f\n  bind 127.0.0.1:{port}\n  default_backend b\nbackend b\n  \
             option httpchk GET /healthz\n  cookie INSTANCE insert indirect nocache\n{servers}"
        );
        let file = scratch.path().join("haproxy.cfg");
        std::fs::write(&file, text).expect("written");
        vec!["-db".into(), "-q".into(), "-f".into(), file.display().to_string()]
    })
}

struct Instance {
    address: SocketAddr,
    shutdown: Shutdown,
    task: JoinHandle<Summary>,
}

impl Instance {
    /// One that takes jobs onto the stand-in's queue and mirrors statuses at that port.
    async fn start(local: &Local, redis: u16) -> Self {
        let mirror = format!("redis.url=redis://127.0.0.1:{redis}/");
        let flags = ["http.listen=127.0.0.1:0", "http.accept=queue", "http.control=true", &mirror];
        let settings = settings_at(&local.server.endpoint(), &local.queue, &flags);
        let services = Services::on_aws(&local.clients, &settings);
        let shutdown = Shutdown::new();
        let (started, running) = tokio::sync::oneshot::channel();
        let hooks = Hooks { started: Some(started), ..Hooks::default() };
        let daemon = run_with(settings, services, Resources::bundled(), echo(), shutdown.clone(), hooks);
        let task = tokio::spawn(async move { daemon.await.expect("the daemon starts") });
        let address = running.await.expect("it starts").http.expect("an address");
        Self { address, shutdown, task }
    }

    async fn stop(self) {
        self.shutdown.drain.cancel();
        self.task.await.expect("the daemon ends");
    }
}

async fn call(address: SocketAddr, method: &str, path: &str, headers: &str, body: &str) -> (u16, String, String) {
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        std::io::Result::Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    let answer = ask.await.unwrap_or_default();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, head.to_owned(), body.to_owned())
}

async fn status_of(address: SocketAddr, job: &str) -> Value {
    let (_, _, body) = call(address, "GET", &format!("/v1/jobs/{job}"), "", "").await;
    serde_json::from_str(&body).unwrap_or_default()
}

fn job(id: &str, text: &str) -> String {
    json!({ "version": 1, "id": id, "source": { "text": text }, "outputs": [{ "name": "part", "format": "stl" }] })
        .to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_instance_answers_for_any_job_and_passes_on_its_cancelling() {
    let Some(redis) = redis() else { return };
    let local = Local::start().await;
    let (front, back) = (Instance::start(&local, redis.port).await, Instance::start(&local, redis.port).await);
    call(front.address, "POST", "/v1/pause", "", "").await;
    // the receive that was under way when it was paused may still bring one
    tokio::time::sleep(Duration::from_millis(1200)).await;
    let (posted, _, _) = call(front.address, "POST", "/v1/jobs", "", &job("m1", "FOREVER")).await;
    assert_eq!(posted, 202);
    assert!(eventually(|| async { status_of(back.address, "m1").await["status"] == "running" }).await);
    assert!(
        eventually(|| async { status_of(front.address, "m1").await["status"] == "running" }).await,
        "it runs elsewhere"
    );
    let (cancelled, _, _) = call(front.address, "POST", "/v1/jobs/m1/cancel", "", "").await;
    assert_eq!(cancelled, 202);
    assert!(eventually(|| async { status_of(front.address, "m1").await["status"] == "canceled" }).await);
    assert_eq!(local.manifest("m1").await.expect("a manifest")["status"], "canceled");
    front.stop().await;
    back.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_went_elsewhere_is_found_by_any_instance() {
    let Some(redis) = redis() else { return };
    let local = Local::start().await;
    let (one, other) = (Instance::start(&local, redis.port).await, Instance::start(&local, redis.port).await);
    let mut away: Value = serde_json::from_str(&job("away", "cube(1);")).expect("a job");
    away["destination"] = json!({ "prefix": "customers/7/" });
    let (made, _, body) = call(one.address, "POST", "/v1/jobs", "prefer: wait=20\r\n", &away.to_string()).await;
    assert_eq!(made, 200, "{body}");
    for address in [one.address, other.address] {
        assert!(eventually(|| async { status_of(address, "away").await["status"] == "succeeded" }).await);
        let (found, _, manifest) = call(address, "GET", "/v1/jobs/away/manifest", "", "").await;
        assert_eq!(found, 200, "{manifest}");
        let (there, _, _) = call(address, "GET", "/v1/jobs/away/outputs/part.stl", "", "").await;
        assert_eq!(there, 303);
    }
    one.stop().await;
    other.stop().await;
}

/// Statuses of an event stream, with their numbers; as far as it came until it ended.
async fn watched(address: SocketAddr, job: &str, last: &str) -> Vec<(String, Value)> {
    let headers = if last.is_empty() { String::new() } else { format!("last-event-id: {last}\r\n") };
    let (_, _, body) = call(address, "GET", &format!("/v1/jobs/{job}/events"), &headers, "").await;
    let field = |event: &str, name: &str| event.lines().find_map(|line| line.strip_prefix(name).map(str::to_owned));
    let event = |event: &str| Some((field(event, "id: ")?, serde_json::from_str(&field(event, "data: ")?).ok()?));
    body.split("\n\n").filter_map(event).collect()
}

/// Each event tells all that is known, so a client that goes from one instance to another and says what it heard last hears of every later state that still
/// counts, and of the end exactly once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watcher_that_moves_between_instances_misses_nothing() {
    let Some(redis) = redis() else { return };
    let local = Local::start().await;
    let (front, back) = (Instance::start(&local, redis.port).await, Instance::start(&local, redis.port).await);
    call(front.address, "POST", "/v1/pause", "", "").await;
    call(front.address, "POST", "/v1/jobs", "", &job("moved", "FOREVER")).await;
    assert!(eventually(|| async { status_of(front.address, "moved").await["status"] == "running" }).await);
    // heard so far, at the instance that does not run it
    let heard = status_of(front.address, "moved").await["sequence"].to_string();
    let (there, here) = (back.address, front.address);
    let (at_back, at_front) = (
        tokio::spawn({
            let heard = heard.clone();
            async move { watched(there, "moved", &heard).await }
        }),
        tokio::spawn(async move { watched(here, "moved", &heard).await }),
    );
    tokio::time::sleep(Duration::from_millis(300)).await;
    call(front.address, "POST", "/v1/jobs/moved/cancel", "", "").await;
    for stream in [at_back, at_front] {
        let events = stream.await.expect("it ends");
        let (last, end) = events.last().expect("the end is told");
        assert_eq!(end["status"], "canceled", "{events:?}");
        assert_eq!(events.iter().filter(|(_, status)| status["manifest"].is_string()).count(), 1);
        for address in [here, there] {
            assert!(watched(address, "moved", last).await.is_empty(), "whoever heard the end hears nothing more");
        }
    }
    front.stop().await;
    back.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_jobs_are_made_and_manifests_answer() {
    let local = Local::start().await;
    // nothing listens there
    let (one, other) = (Instance::start(&local, 1).await, Instance::start(&local, 1).await);
    let (made, _, body) = call(one.address, "POST", "/v1/jobs", "prefer: wait=20\r\n", &job("m2", "cube(1);")).await;
    assert_eq!(made, 200, "{body}");
    assert_eq!(status_of(other.address, "m2").await["status"], "succeeded");
    one.stop().await;
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_redis_evicted_is_told_by_the_manifest() {
    let Some(redis) = redis() else { return };
    let local = Local::start().await;
    let (one, other) = (Instance::start(&local, redis.port).await, Instance::start(&local, redis.port).await);
    let (made, _, body) = call(one.address, "POST", "/v1/jobs", "prefer: wait=20\r\n", &job("m5", "cube(1);")).await;
    assert_eq!(made, 200, "{body}");
    let mut redis = TcpStream::connect(("127.0.0.1", redis.port)).await.expect("it listens");
    redis.write_all(b"FLUSHALL\r\n").await.expect("written");
    let mut answer = [0; 3];
    redis.read_exact(&mut answer).await.expect("read");
    assert_eq!(&answer, b"+OK");
    for address in [one.address, other.address] {
        assert_eq!(status_of(address, "m5").await["status"], "succeeded");
    }
    one.stop().await;
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_never_answers_keeps_nobody_waiting() {
    // connections are made and nothing is ever read from them
    let hole = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = hole.local_addr().expect("an address").port();
    let local = Local::start().await;
    let (one, other) = (Instance::start(&local, port).await, Instance::start(&local, port).await);
    let (made, _, body) = call(one.address, "POST", "/v1/jobs", "prefer: wait=20\r\n", &job("m4", "cube(1);")).await;
    assert_eq!(made, 200, "{body}");
    let begun = std::time::Instant::now();
    for _ in 0..20 {
        assert_eq!(status_of(other.address, "m4").await["status"], "succeeded");
    }
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
    one.stop().await;
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_goes_on_when_its_instance_is_gone() {
    let Some(redis) = redis() else { return };
    let local = Local::start().await;
    let instances = [Instance::start(&local, redis.port).await, Instance::start(&local, redis.port).await];
    let Some(proxy) = haproxy(&[instances[0].address, instances[1].address]) else { return };
    let front = SocketAddr::from(([127, 0, 0, 1], proxy.port));
    assert!(eventually(|| async { call(front, "GET", "/readyz", "", "").await.0 == 200 }).await);
    let (made, head, _) = call(front, "POST", "/v1/jobs", "prefer: wait=20\r\n", &job("m3", "cube(1);")).await;
    assert_eq!(made, 200);
    let cookie =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("set-cookie: ").map(str::to_owned));
    let cookie =
        cookie.and_then(|cookie| cookie.split(';').next().map(str::to_owned)).expect("the proxy marks its client");
    let headers = format!("cookie: {}\r\n", cookie.replace("instance=", "INSTANCE="));
    let (_, head, _) = call(front, "GET", "/v1/jobs/m3", &headers, "").await;
    assert!(!head.to_ascii_lowercase().contains("set-cookie"), "the client stays where it was: {head}");
    let [first, second] = instances;
    let (gone, stays) = if cookie.ends_with("s0") { (first, second) } else { (second, first) };
    gone.stop().await;
    let goes_on = || async {
        let (status, _, body) = call(front, "GET", "/v1/jobs/m3", &headers, "").await;
        status == 200 && body.contains("\"succeeded\"")
    };
    assert!(eventually(goes_on).await);
    stays.stop().await;
}
