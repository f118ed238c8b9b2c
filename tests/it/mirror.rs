//! Several instances that tell each other how jobs stand, in a real Redis and behind a real HAProxy, which the tests start themselves.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use maquette::daemon::{Hooks, Resources, Services, Shutdown, Summary, Work, run_with};
use maquette::job::{Failure, Outcome};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::local_aws::{Local, Scratch, eventually, settings_at};

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
        let daemon = run_with(settings, services, Resources::bundled(), lasting(), shutdown.clone(), hooks);
        let task = tokio::spawn(async move { daemon.await.expect("the daemon starts") });
        let address = running.await.expect("it starts").http.expect("an address");
        Self { address, shutdown, task }
    }

    async fn stop(self) {
        self.shutdown.drain.cancel();
        self.task.await.expect("the daemon ends");
    }
}

/// Programs that say `FOREVER` last until they are cancelled.
fn lasting() -> Work {
    Arc::new(|_, inputs, budget, _| {
        while String::from_utf8_lossy(&inputs.files()[inputs.entry()]).contains("FOREVER") {
            if let Err(exceeded) = budget.check() {
                return Outcome::failed(Failure::Exceeded(exceeded));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Outcome { failure: None, ..Outcome::failed(Failure::Cancelled) }
    })
}

/// Status, head and body of an answer; status 0 when there was none.
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
