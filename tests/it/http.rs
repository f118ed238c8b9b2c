//! Jobs over HTTP, against a daemon that runs in this process on the stand-in, through a plain socket.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use maquette::config::{Overrides, load};
use maquette::daemon::{Hooks, Resources, Services, Shutdown, Summary, Work, run_with};
use maquette::export::Artefact;
use maquette::job::{Failure, Outcome, OutputResult};
use maquette::standin::{Action, Fault};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::local_aws::{BUCKET, Local, Scratch, create_queue, eventually, settings_at};

/// A daemon that takes jobs over HTTP.
struct Served {
    local: Local,
    address: SocketAddr,
    shutdown: Shutdown,
    task: JoinHandle<Summary>,
}

/// An answer.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    fn header(&self, name: &str) -> Option<&str> {
        let line = self.headers.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
        Some(line.split_once(':')?.1.trim())
    }
}

impl Served {
    async fn start(flags: &[&str]) -> Self {
        let local = Local::start().await;
        Self::on(local, flags).await
    }

    /// Jobs are posted straight to it, or onto the stand-in's queue.
    async fn on(local: Local, flags: &[&str]) -> Self {
        let flags: Vec<&str> = ["http.listen=127.0.0.1:0"].into_iter().chain(flags.iter().copied()).collect();
        let queue = if flags.contains(&"http.accept=queue") { local.queue.as_str() } else { "" };
        let settings = settings_at(&local.server.endpoint(), queue, &flags);
        let services = Services::on_aws(&local.clients, &settings);
        let shutdown = Shutdown::new();
        let (started, running) = tokio::sync::oneshot::channel();
        let hooks = Hooks { started: Some(started), ..Hooks::default() };
        let daemon = run_with(settings, services, Resources::bundled(), echo(), shutdown.clone(), hooks);
        let task = tokio::spawn(async move { daemon.await.expect("the daemon starts") });
        let address = running.await.expect("it starts").http.expect("an address");
        Self { local, address, shutdown, task }
    }

    async fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        call(self.address, method, path, headers, body).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &[], "").await
    }

    async fn post(&self, body: &str, headers: &[(&str, &str)]) -> Answer {
        let json = [("content-type", "application/json")];
        let headers: Vec<_> = json.into_iter().chain(headers.iter().copied()).collect();
        self.call("POST", "/v1/jobs", &headers, body).await
    }

    async fn stop(self) -> (Local, Summary) {
        self.shutdown.drain.cancel();
        (self.local, self.task.await.expect("the daemon ends"))
    }
}

async fn call(address: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.expect("written");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("read");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (headers, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = headers.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Answer { status, headers: headers.to_owned(), body: body.to_owned() }
}

/// Makes of each output the program's text; programs can ask to last.
fn echo() -> Work {
    Arc::new(|spec, inputs, budget, _| {
        let text = String::from_utf8_lossy(&inputs.files()[inputs.entry()]).into_owned();
        while text.contains("FOREVER") {
            if let Err(exceeded) = budget.check() {
                return Outcome::failed(Failure::Exceeded(exceeded));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        if text.contains("SLOWLY") {
            std::thread::sleep(Duration::from_millis(700));
        }
        let outputs = spec.outputs.iter().map(|output| OutputResult {
            name: output.name.clone(),
            kind: output.product.kind(),
            format: output.product.extension(),
            made: Ok(Artefact::new(output.file_name(), output.product.media_type(), text.clone().into_bytes())),
            beside: Vec::new(),
            sheet: None,
        });
        Outcome { outputs: outputs.collect(), failure: None, ..Outcome::failed(Failure::Cancelled) }
    })
}

fn job(id: &str, text: &str) -> String {
    json!({ "version": 1, "id": id, "source": { "text": text }, "outputs": [{ "name": "part", "format": "stl" }] })
        .to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_posted_job_is_made_watched_and_fetched() {
    let served = Served::start(&["http.accept=direct", "http.downloads=stream"]).await;
    let answer = served.post(&job("a1", "cube(10);"), &[("prefer", "wait=20")]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("location"), Some("/v1/jobs/a1"));
    assert_eq!(answer.header("preference-applied"), Some("wait=20"));
    let status = answer.json();
    assert_eq!(status["status"], "succeeded");
    assert_eq!(status["artefacts"], json!(["results/a1/part.stl"]));
    assert_eq!(status["manifest"], "s3://results/results/a1/manifest.json");
    assert_eq!(served.get("/v1/jobs/a1").await.json(), status);
    assert_eq!(served.get("/v1/jobs/a1/manifest").await.json(), served.local.manifest("a1").await.expect("a manifest"));
    let output = served.get("/v1/jobs/a1/outputs/part.stl").await;
    assert_eq!((output.status, output.body.as_str()), (200, "cube(10);"));
    assert_eq!(output.header("content-type"), Some("model/stl"));
    assert_eq!(output.header("x-content-type-options"), Some("nosniff"));
    let tag = output.header("etag").expect("a tag");
    assert!(tag.starts_with("\"sha256:"), "{tag}");
    let kept = served.call("GET", "/v1/jobs/a1/outputs/part.stl", &[("if-none-match", tag)], "").await;
    assert_eq!((kept.status, kept.body.as_str(), kept.header("etag")), (304, "", Some(tag)));
    for missing in ["outputs/manifest.json", "outputs/other.stl", "outputs/..%2F..%2Fx"] {
        assert_eq!(served.get(&format!("/v1/jobs/a1/{missing}")).await.status, 404, "{missing}");
    }
    let again = served.post(&job("a1", "cube(10);"), &[]).await;
    assert_eq!((again.status, again.json()), (200, status));
    let (_, summary) = served.stop().await;
    assert_eq!(summary.received, 1, "the repetition was answered from what is known");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_does_not_wait_watches() {
    let served = Served::start(&["http.accept=direct"]).await;
    let answer = served.post(&job("slow", "SLOWLY"), &[]).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    assert!(answer.header("retry-after").is_some());
    let early = served.get("/v1/jobs/slow/manifest").await;
    assert_eq!(early.status, 404);
    assert!(early.body.contains("no manifest yet"), "{early:?}");
    let events = served.get("/v1/jobs/slow/events").await;
    assert_eq!(events.header("content-type"), Some("text/event-stream"));
    let statuses = told(&events);
    let sequences: Vec<u64> = statuses.iter().filter_map(|status| status["sequence"].as_u64()).collect();
    assert!(sequences.is_sorted_by(|a, b| a < b), "{sequences:?}");
    assert!(statuses.len() >= 2 && statuses[0]["status"] != "succeeded", "{statuses:?}");
    assert_eq!(statuses.last().expect("some")["status"], "succeeded");
    let last = sequences.last().expect("some").to_string();
    let nothing_new = served.call("GET", "/v1/jobs/slow/events", &[("last-event-id", &last)], "").await;
    assert!(told(&nothing_new).is_empty(), "{nothing_new:?}");
    let from_the_start = served.call("GET", "/v1/jobs/slow/events", &[("last-event-id", "0")], "").await;
    assert_eq!(told(&from_the_start).len(), 1, "where it stands is all that counts: {from_the_start:?}");
    served.stop().await;
}

/// The data of each event.
fn told(answer: &Answer) -> Vec<Value> {
    let data = answer.body.lines().filter_map(|line| line.strip_prefix("data: "));
    data.map(|data| serde_json::from_str(data).expect("a status")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_goes_by_the_queue_where_there_is_one() {
    let served = Served::start(&["http.accept=queue"]).await;
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let answer =
        served.post(&job("q1", "cube(1);"), &[("prefer", "respond-async, wait=20"), ("traceparent", trace)]).await;
    assert_eq!((answer.status, &answer.json()["status"]), (200, &json!("succeeded")), "{answer:?}");
    assert_eq!(served.local.manifest("q1").await.expect("a manifest")["traceparent"], trace);
    assert!(eventually(|| async { served.local.depth(&served.local.queue).await == (0, 0) }).await);
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_who_watches_or_waits_keeps_a_daemon_from_ending() {
    let served = Served::start(&["http.accept=queue", "http.control=true"]).await;
    served.call("POST", "/v1/pause", &[], "").await;
    assert_eq!(served.post(&job("elsewhere", "cube(1);"), &[]).await.status, 202);
    let address = served.address;
    let watching = tokio::spawn(async move { call(address, "GET", "/v1/jobs/elsewhere/events", &[], "").await });
    let body = job("elsewhere", "cube(1);");
    let headers = [("content-type", "application/json"), ("prefer", "wait=60")];
    let waiting = tokio::spawn(async move { call(address, "POST", "/v1/jobs", &headers, &body).await });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let stopped = tokio::time::timeout(Duration::from_secs(8), served.stop()).await;
    assert!(stopped.is_ok(), "it ends");
    assert_eq!(told(&watching.await.expect("it ends")).len(), 1);
    assert_eq!(waiting.await.expect("it ends").status, 202);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_waits_for_its_queue_has_room_for_a_posted_job() {
    let local = Local::start().await;
    let queue = format!("queue.url={}", local.queue);
    let flags = ["http.accept=direct", "worker.jobs=1", "worker.ahead=0", "queue.wait_seconds=20", &queue];
    let served = Served::on(local, &flags).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(served.post(&job("beside", "cube(1);"), &[("prefer", "wait=20")]).await.status, 200);
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_can_wait_goes_on_the_last_queue() {
    let local = Local::start().await;
    let last = create_queue(&local.clients, "last", &[]).await;
    // resting, so that messages stay where they are put
    local.server.faults().inject(Fault::always("ReceiveMessage", Action::BlackHole));
    let served =
        Served::on(local, &["http.accept=queue", "aws.attempt_seconds=1", &format!("queue.more_urls={last}")]).await;
    for (id, priority) in [("p1", "interactive"), ("p2", "normal"), ("p3", "batch"), ("p4", "batch")] {
        let body = job(id, "cube(1);").replacen('{', &format!("{{\"priority\":\"{priority}\","), 1);
        assert_eq!(served.post(&body, &[]).await.status, 202);
    }
    assert_eq!((served.local.depth(&served.local.queue).await.0, served.local.depth(&last).await.0), (2, 2));
    served.local.server.faults().clear();
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_name_is_one_job() {
    let served = Served::start(&["http.accept=direct"]).await;
    let nameless = r#"{"version":1,"source":{"text":"cube(2);"},"outputs":[{"name":"part","format":"stl"}]}"#;
    let key = [("idempotency-key", "order 7"), ("prefer", "wait=20")];
    let first = served.post(nameless, &key).await.json();
    let again = served.post(nameless, &key).await.json();
    assert_eq!(first["job"], again["job"]);
    assert!(first["job"].as_str().is_some_and(|id| id.starts_with("k-")), "{first}");
    let other = served.post(&nameless.replace("cube(2)", "cube(3)"), &key).await;
    assert_eq!((other.status, other.header("content-type")), (422, Some("application/problem+json")));
    let (one, two) = (served.post(nameless, &[]).await.json(), served.post(nameless, &[]).await.json());
    assert_ne!(one["job"], two["job"], "without a key every call is a job of its own");
    served.post(&job("same", "cube(1);"), &[]).await;
    assert_eq!(served.post(&job("same", "cube(2);"), &[]).await.status, 409);
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_daemon_says_when_to_come_back_and_jobs_can_be_cancelled() {
    let served = Served::start(&["http.accept=direct", "http.control=true", "worker.jobs=1", "worker.ahead=0"]).await;
    assert_eq!(served.post(&job("long", "FOREVER"), &[]).await.status, 202);
    let full = served.post(&job("next", "cube(1);"), &[]).await;
    assert_eq!((full.status, full.header("retry-after")), (429, Some("1")), "{full:?}");
    assert!(eventually(|| async { served.get("/v1/jobs/long").await.json()["status"] == "running" }).await);
    assert_eq!(served.call("POST", "/v1/jobs/long/cancel", &[], "").await.status, 202);
    let waited = served.post(&job("long", "FOREVER"), &[("prefer", "wait=20")]).await;
    assert_eq!(waited.json()["status"], "canceled", "{waited:?}");
    assert_eq!(served.call("POST", "/v1/jobs/long/cancel", &[], "").await.status, 409);
    assert_eq!(served.call("POST", "/v1/jobs/nobody/cancel", &[], "").await.status, 404);
    assert!(eventually(|| async { served.post(&job("next", "cube(1);"), &[]).await.status != 429 }).await);
    served.call("POST", "/v1/pause", &[], "").await;
    let paused = served.post(&job("later", "cube(1);"), &[]).await;
    assert_eq!((paused.status, &paused.json()["detail"]), (503, &json!("paused")));
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_who_shows_a_token_may_call() {
    let scratch = Scratch::new();
    let file = scratch.path().join("tokens");
    std::fs::write(&file, "# of the API server\nsixteen-letters-at-least\n").expect("written");
    let flag = format!("http.token_file={}", file.display());
    let served = Served::start(&["http.accept=direct", &flag]).await;
    let refused = served.post(&job("t1", "cube(1);"), &[]).await;
    assert_eq!((refused.status, refused.header("www-authenticate")), (401, Some("Bearer")));
    let wrong = [("authorization", "Bearer sixteen-letters-at-leasu")];
    assert_eq!(served.post(&job("t1", "cube(1);"), &wrong).await.status, 401);
    assert_eq!(served.get("/v1/status").await.status, 401);
    assert_eq!(served.get("/healthz").await.status, 200, "probes show nothing");
    let right = [("authorization", "Bearer sixteen-letters-at-least"), ("prefer", "wait=20")];
    assert_eq!(served.post(&job("t1", "cube(1);"), &right).await.status, 200);
    served.stop().await;
}

#[test]
fn a_daemon_that_anybody_could_use_is_not_started() {
    let flags = |more: &[&str]| {
        let own = ["queue.url=https://sqs/q", "store.bucket=b", "http.listen=0.0.0.0:8080", "http.accept=direct"];
        let flags = own.iter().chain(more).map(|flag| (*flag).to_owned()).collect();
        load(None, &Overrides { environment: Vec::new(), flags })
    };
    let error = flags(&[]).expect_err("it is open to the network").to_string();
    assert!(error.contains("http.token_file"), "{error}");
    assert!(flags(&["http.token_file=/etc/maquette/tokens"]).is_ok());
    assert!(flags(&["http.accept=off"]).is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_job_is_refused_with_a_reason() {
    let served = Served::start(&["http.accept=direct"]).await;
    let refusals = [
        ("{", 400, "not JSON"),
        (r#"{"version":1,"id":"x","source":{"text":"a"},"outputs":[]}"#, 422, "not a job"),
        (r#"{"version":1,"id":"x","source":{"text":"a"},"outputs":[{"format":"stl"}],"colour":1}"#, 422, "colour"),
        (r#"{"version":1,"id":"../x","source":{"text":"a"},"outputs":[{"format":"stl"}]}"#, 422, "id"),
        ("[]", 422, "not a job"),
    ];
    for (body, status, word) in refusals {
        let answer = served.post(body, &[]).await;
        assert_eq!(answer.status, status, "{body}: {answer:?}");
        assert_eq!(answer.json()["status"], status);
        assert!(answer.body.contains(word) && answer.body.contains("invalid_job"), "{body}: {answer:?}");
    }
    let text = served.call("POST", "/v1/jobs", &[("content-type", "text/plain")], &job("x", "cube(1);")).await;
    assert_eq!(text.status, 415, "a form of another site could send this");
    let large = served.post(&job("x", &"x".repeat(1 << 20)), &[]).await;
    assert_eq!((large.status, large.header("content-type")), (413, Some("application/problem+json")));
    assert_eq!(served.get("/v1/jobs/never").await.status, 404);
    assert_eq!(served.get("/v1/jobs/a%2Fb").await.status, 404);
    assert_eq!(served.get("/v1/nothing").await.status, 404);
    let (_, summary) = served.stop().await;
    assert_eq!(summary.received, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_artefact_is_fetched_from_the_store_by_a_signed_url() {
    let served = Served::start(&["http.accept=direct"]).await;
    served.post(&job("far", "sphere(3);"), &[("prefer", "wait=20")]).await;
    let answer = served.get("/v1/jobs/far/outputs/part.stl").await;
    assert_eq!(answer.status, 303, "{answer:?}");
    let url = answer.header("location").expect("a location").to_owned();
    let path = url.strip_prefix(&served.local.server.endpoint()).expect("it leads to the store");
    assert!(
        path.starts_with(&format!("/{BUCKET}/results/far/part.stl?")) && path.contains("X-Amz-Signature"),
        "{path}"
    );
    let address = served.local.server.endpoint().strip_prefix("http://").expect("http").parse().expect("an address");
    let fetched = call(address, "GET", path, &[], "").await;
    assert_eq!((fetched.status, fetched.body.as_str()), (200, "sphere(3);"));
    assert_eq!(fetched.header("content-disposition"), Some("attachment; filename=\"part.stl\""));
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_posted_job_survives_a_store_that_fails_for_a_while() {
    let served = Served::start(&["http.accept=direct", "aws.attempt_seconds=1", "aws.operation_seconds=1"]).await;
    let refuse = Action::Refuse { status: 503, code: "ServiceUnavailable".into() };
    served.local.server.faults().inject(Fault::at("GetObject", 1, 4, refuse.clone()));
    served.local.server.faults().inject(Fault::at("PutObject", 0, 4, refuse));
    let answer = served.post(&job("hard", "cube(1);"), &[("prefer", "wait=30")]).await;
    assert_eq!((answer.status, &answer.json()["status"]), (200, &json!("succeeded")), "{answer:?}");
    served.stop().await;
}

/// One thread, so that whoever blocks it stops the daemon's clock as a machine does that is starved or suspended.
#[tokio::test]
async fn a_posted_job_whose_lease_ran_out_is_made_all_the_same() {
    let served = Served::start(&["http.accept=direct", "queue.visibility_seconds=3"]).await;
    assert_eq!(served.post(&job("starved", "SLOWLY"), &[]).await.status, 202);
    assert!(eventually(|| async { served.get("/v1/jobs/starved").await.json()["status"] == "running" }).await);
    std::thread::sleep(Duration::from_secs(4));
    let made = || async { served.get("/v1/jobs/starved").await.json()["status"] == "succeeded" };
    assert!(eventually(made).await, "{:?}", served.get("/v1/jobs/starved").await);
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_from_an_instance_whose_clock_is_ahead_hears_of_the_end() {
    let served = Served::start(&["http.accept=direct"]).await;
    let made = served.post(&job("skewed", "cube(1);"), &[("prefer", "wait=20")]).await.json();
    let sequence = made["sequence"].as_u64().expect("a number");
    let events = |last: u64| {
        let last = last.to_string();
        let address = served.address;
        async move { call(address, "GET", "/v1/jobs/skewed/events", &[("last-event-id", &last)], "").await }
    };
    assert_eq!(told(&events(sequence + 5000).await).len(), 1, "it was told of an earlier state");
    assert_eq!(events(sequence).await.status, 204, "it was told of this one");
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_daemon_knows_a_job_by_its_manifest() {
    let served = Served::start(&["http.accept=direct"]).await;
    served.post(&job("kept", "cube(1);"), &[("prefer", "wait=20")]).await;
    let (local, _) = served.stop().await;
    let other = Served::on(local, &["http.accept=direct"]).await;
    let status = other.get("/v1/jobs/kept").await.json();
    assert_eq!((&status["status"], &status["phase"]), (&json!("succeeded"), &json!("done")), "{status}");
    assert_eq!(status["artefacts"], json!(["results/kept/part.stl"]));
    let events = other.get("/v1/jobs/kept/events").await;
    assert_eq!(told(&events).len(), 1, "{events:?}");
    assert_eq!(other.post(&job("kept", "cube(1);"), &[]).await.status, 200);
    let (_, summary) = other.stop().await;
    assert_eq!(summary.received, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_tells_what_it_offers() {
    let served = Served::start(&["http.accept=direct"]).await;
    let body = json!({ "source": { "text": "// Width in mm\nwidth = 40; // [10:100]\ncube(width);" } }).to_string();
    let answer = served.call("POST", "/v1/parameters", &[], &body).await;
    let told = answer.json();
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!((&told["parameters"][0]["name"], &told["parameters"][0]["max"]), (&json!("width"), &json!(100.0)));
    assert_eq!(told["schema"]["properties"]["width"]["type"], "number");
    let empty = served.call("POST", "/v1/parameters", &[], "{}").await;
    assert_eq!(empty.status, 422);
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_description_names_what_is_served() {
    let served = Served::start(&["http.accept=direct", "http.control=true"]).await;
    let document = served.get("/openapi.json").await.json();
    assert!(document["components"]["schemas"]["Job"]["properties"]["source"].is_object());
    let paths = document["paths"].as_object().expect("paths");
    for (path, methods) in paths {
        let asked = path.replace("{id}", "some").replace("{file}", "part.stl");
        for method in methods.as_object().expect("methods").keys().filter(|key| *key != "parameters") {
            let answer = served.call(&method.to_uppercase(), &asked, &[], "").await;
            let known = answer.status != 405 && !answer.body.contains("nothing of this name");
            assert!(known, "{method} {path}: {answer:?}");
            let described = &methods[method]["responses"][answer.status.to_string()];
            assert!(described.is_object(), "{method} {path} answers {} and does not say so", answer.status);
        }
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_is_served_where_it_is_wanted_and_loads_nothing_from_elsewhere() {
    let served = Served::start(&["http.accept=direct", "http.downloads=stream", "http.ui=true"]).await;
    let page = served.get("/").await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")), "{page:?}");
    assert!(page.header("content-security-policy").is_some_and(|policy| policy.starts_with("default-src 'none'")));
    assert!(!page.body.contains("://") && !page.body.contains("style=") && !page.body.contains("onclick"));
    let linked = page.body.split('"').filter(|text| text.starts_with("assets/"));
    for file in linked.chain(["assets/model.js", "assets/samples.json"]) {
        let plain = served.get(&format!("/{file}")).await;
        assert_eq!((plain.status, plain.header("content-encoding")), (200, None), "{file}");
        let packed = served.call("GET", &format!("/{file}"), &[("accept-encoding", "br, gzip")], "").await;
        assert_eq!((packed.status, packed.header("content-encoding")), (200, Some("gzip")), "{file}");
        let tag = plain.header("etag").expect("a tag");
        let known = served.call("GET", &format!("/{file}"), &[("if-none-match", tag)], "").await;
        assert_eq!((known.status, known.body.as_str()), (304, ""), "{file}");
    }
    let samples = served.get("/assets/samples.json").await.json();
    assert!(samples.as_array().is_some_and(|all| all.len() >= 7 && all[0]["job"]["outputs"].is_array()));
    assert_eq!(served.get("/assets/nothing.js").await.status, 404);
    served.stop().await;
    let without = Served::start(&["http.accept=direct"]).await;
    assert_eq!(without.get("/").await.status, 404);
    without.stop().await;
}
