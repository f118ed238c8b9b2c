//! Webhooks of jobs, posted to a listener of this process.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use maquette::daemon::telemetry::Metrics;
use maquette::daemon::{Hooks, Resources, Services, Shutdown, Work, run_with};
use maquette::job::Phase;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::local_aws::{Local, Scratch, create_queue, echo, eventually};

/// What was posted, and what is answered: the statuses in turn, then 204.
#[derive(Clone, Default)]
struct Sink {
    posts: Arc<Mutex<Vec<(String, String)>>>,
    statuses: Arc<Mutex<VecDeque<u16>>>,
}

impl Sink {
    async fn start(statuses: &[u16]) -> (Self, SocketAddr) {
        let sink = Self { statuses: Arc::new(Mutex::new(statuses.iter().copied().collect())), ..Self::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let serving = sink.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut text = String::new();
                while !is_whole(&text) {
                    let mut part = [0; 4096];
                    match stream.read(&mut part).await {
                        Ok(count) if count > 0 => text.push_str(&String::from_utf8_lossy(&part[..count])),
                        _ => break,
                    }
                }
                if let Some((head, body)) = text.split_once("\r\n\r\n") {
                    serving.posts.lock().expect("nobody panicked").push((head.to_owned(), body.to_owned()));
                }
                let status = serving.statuses.lock().expect("nobody panicked").pop_front().unwrap_or(204);
                let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        (sink, address)
    }

    fn events(&self) -> Vec<Value> {
        let posts = self.posts.lock().expect("nobody panicked");
        posts.iter().map(|(_, body)| serde_json::from_str(body).expect("an event")).collect()
    }
}

fn is_whole(text: &str) -> bool {
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    length.is_none_or(|length: usize| body.len() >= length)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .find_map(|line| line.split_once(": ").filter(|(key, _)| key.eq_ignore_ascii_case(name)))
        .map(|(_, value)| value)
}

/// Does what is in the queue until it is empty. Gives what was computed and counted.
async fn drain(local: &Local, flags: &[&str]) -> (usize, Arc<Metrics>) {
    let settings = local.settings(flags);
    let services = Services::on_aws(&local.clients, &settings);
    let shutdown = Shutdown::new();
    let computed = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&computed);
    let inner = echo();
    let work: Work = Arc::new(move |spec, inputs, budget, progress| {
        *counted.lock().expect("nobody panicked") += 1;
        for phase in [Phase::Evaluating, Phase::Realizing, Phase::Making { done: 0, of: 1 }] {
            progress(phase);
            std::thread::sleep(Duration::from_millis(30));
        }
        inner(spec, inputs, budget, progress)
    });
    let (started, running) = tokio::sync::oneshot::channel();
    let hooks = Hooks { started: Some(started), ..Hooks::default() };
    let daemon = tokio::spawn(run_with(settings, services, Resources::bundled(), work, shutdown.clone(), hooks));
    let metrics = running.await.expect("it starts").metrics;
    assert!(eventually(|| async { local.depth(&local.queue).await == (0, 0) }).await);
    shutdown.drain.cancel();
    daemon.await.expect("the daemon ends").expect("it started");
    let computed = *computed.lock().expect("nobody panicked");
    (computed, metrics)
}

fn job(id: &str, url: &str, more: &Value) -> String {
    let mut wanted = json!({ "url": url });
    for (key, value) in more.as_object().expect("fields") {
        wanted[key] = value.clone();
    }
    json!({ "version": 1, "id": id, "source": { "text": "cube(1);" }, "outputs": [{ "name": "part", "format": "stl" }],
            "notify": [wanted], "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "tracestate": "a=1" })
    .to_string()
}

const OPEN: [&str; 2] = ["notify.hosts=127.0.0.1", "notify.private=true"];

/// What cannot stand in a header must not keep the daemon from telling.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_that_is_none_is_left_out() {
    let local = Local::start().await;
    let (sink, address) = Sink::start(&[]).await;
    let hostile = job("w1", &format!("http://{address}/"), &json!({}));
    let hostile = hostile.replace("00-4bf92f", r"00\r\nevil: 1\r\n").replace("a=1", r"\u0000");
    local.send(&hostile).await;
    drain(&local, &OPEN).await;
    assert_eq!(sink.events().len(), 1);
    assert!(sink.events()[0].get("traceparent").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_is_posted_signed_with_the_named_secret() {
    let scratch = Scratch::new();
    let file = scratch.path().join("secrets");
    std::fs::write(&file, "api whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").expect("written");
    let flag = format!("notify.secrets_file={}", file.display());
    let local = Local::start().await;
    let (sink, address) = Sink::start(&[]).await;
    let wanted = json!({ "events": ["started", "completed"], "secret": "api" });
    local.send(&job("w1", &format!("http://{address}/hook?x=1"), &wanted)).await;
    drain(&local, &[OPEN[0], OPEN[1], &flag]).await;
    let events = sink.events();
    let types: Vec<&str> = events.iter().filter_map(|event| event["type"].as_str()).collect();
    assert_eq!(types, ["dev.maquette.job.started.v1", "dev.maquette.job.completed.v1"]);
    assert_eq!(events[1]["data"]["manifest"]["key"], "results/w1/manifest.json");
    let posts = sink.posts.lock().expect("nobody panicked").clone();
    for ((head, body), id) in posts.iter().zip(["w1/1/started", "w1/1/completed"]) {
        assert!(head.starts_with("POST /hook?x=1 HTTP/1.1"), "{head}");
        assert_eq!(header(head, "webhook-id"), Some(id));
        assert_eq!(header(head, "content-type"), Some("application/cloudevents+json"));
        assert!(header(head, "traceparent").is_some());
        assert_eq!(header(head, "tracestate"), Some("a=1"));
        let stamp = header(head, "webhook-timestamp").expect("a time");
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("base64");
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any key does");
        mac.update(format!("{id}.{stamp}.{body}").as_bytes());
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        assert_eq!(header(head, "webhook-signature"), Some(signature.as_str()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_answer_well_is_asked_again_and_the_job_is_not_done_again() {
    let local = Local::start().await;
    let (sink, address) = Sink::start(&[500, 302, 404, 503]).await;
    local.send(&job("w2", &format!("http://{address}/"), &json!({}))).await;
    let (computed, metrics) = drain(&local, &OPEN).await;
    assert_eq!(computed, 1, "the second delivery only tells");
    assert_eq!(metrics.webhook_failures.value(), 4);
    let ids: Vec<Value> = sink.events().iter().map(|event| event["id"].clone()).collect();
    assert_eq!(ids, vec![json!("w2/1/completed"); 5], "one event however often it is told");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_never_answers_does_not_keep_the_message() {
    let local = Local::start().await;
    let (_, address) = Sink::start(&[500; 50]).await;
    local.send(&job("w3", &format!("http://{address}/"), &json!({}))).await;
    let (computed, metrics) = drain(&local, &[OPEN[0], OPEN[1], "queue.attempts_max=2"]).await;
    assert_eq!((computed, metrics.webhooks_given_up.value()), (1, 1));
    assert_eq!(local.manifest("w3").await.expect("a manifest")["status"], "succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_operator_does_not_allow_is_refused() {
    let local = Local::start().await;
    let (sink, address) = Sink::start(&[]).await;
    let cases = [
        ("closed", format!("http://{address}/"), json!({}), vec![], "must begin with https"),
        ("host", "https://example.org/".to_owned(), json!({}), vec!["notify.hosts=*.example.com"], "notify.hosts"),
        ("address", "https://127.0.0.1/".to_owned(), json!({}), vec!["notify.hosts=127.0.0.1"], "notify.private"),
        ("secret", format!("http://{address}/"), json!({ "secret": "none" }), OPEN.to_vec(), "notify.secrets_file"),
        ("user", format!("http://a:b@{address}/"), json!({}), OPEN.to_vec(), "user name"),
    ];
    for (id, url, more, flags, word) in cases {
        local.send(&job(id, &url, &more)).await;
        let (computed, _) = drain(&local, &flags).await;
        let manifest = local.manifest(id).await.expect("a manifest");
        assert_eq!((computed, &manifest["error"]["code"]), (0, &json!("invalid_job")), "{manifest}");
        assert!(manifest["error"]["detail"].as_str().is_some_and(|detail| detail.contains(word)), "{manifest}");
    }
    assert!(sink.events().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_never_answers_keeps_nobody_else_from_being_told() {
    let local = Local::start().await;
    let (_, dumb) = Sink::start(&[500; 50]).await;
    let (sink, address) = Sink::start(&[]).await;
    let wanted = [json!({ "url": format!("http://{dumb}/") }), json!({ "url": format!("http://{address}/") })];
    let mut both: Value = serde_json::from_str(&job("w4", "http://unset/", &json!({}))).expect("a job");
    both["notify"] = json!(wanted);
    local.send(&both.to_string()).await;
    let (_, metrics) = drain(&local, &[OPEN[0], OPEN[1], "queue.attempts_max=1"]).await;
    assert_eq!(metrics.webhooks_given_up.value(), 1);
    assert_eq!(sink.events().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_may_not_write_where_it_wants_tells_of_that() {
    let local = Local::start().await;
    let (sink, address) = Sink::start(&[]).await;
    let mut elsewhere: Value =
        serde_json::from_str(&job("w5", &format!("http://{address}/"), &json!({}))).expect("a job");
    elsewhere["destination"] = json!({ "bucket": "somebody-elses" });
    local.send(&elsewhere.to_string()).await;
    drain(&local, &OPEN).await;
    let events = sink.events();
    assert_eq!(events.len(), 1);
    assert_eq!(
        (&events[0]["data"]["status"], &events[0]["data"]["error"]["code"]),
        (&json!("failed"), &json!("invalid_job"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_answered_on_the_queue_that_it_names() {
    let local = Local::start().await;
    let replies = create_queue(&local.clients, "replies", &[]).await;
    let wanted = json!({ "events": ["started", "completed"] });
    local.send(&job("w6", &replies, &wanted)).await;
    local.send(&job("w7", &local.told, &wanted)).await;
    drain(&local, &[&format!("notify.queues={replies}")]).await;
    let bodies = [local.received(&replies).await, local.received(&replies).await].concat();
    let events: Vec<Value> = bodies.iter().map(|body| serde_json::from_str(body).expect("an event")).collect();
    let ids: Vec<&Value> = events.iter().map(|event| &event["id"]).collect();
    assert_eq!(ids, ["w6/1/started", "w6/1/completed"]);
    assert_eq!(
        local.manifest("w7").await.expect("a manifest")["error"]["code"],
        "invalid_job",
        "it may not name this one"
    );
    assert_eq!(local.depth(&local.told).await, (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_hears_how_far_the_job_is_and_which_outputs_there_are() {
    let local = Local::start().await;
    let (sink, address) = Sink::start(&[]).await;
    let wanted = json!({ "events": ["progress", "output"] });
    local.send(&job("w8", &format!("http://{address}/"), &wanted)).await;
    drain(&local, &OPEN).await;
    let events = sink.events();
    let told = |kind: &str| -> Vec<&Value> {
        let kind = format!("dev.maquette.job.{kind}.v1");
        events.iter().filter(|event| event["type"] == kind).collect()
    };
    let phases: Vec<&Value> = told("progress").iter().map(|event| &event["data"]["phase"]).collect();
    assert!(phases.len() >= 3 && phases[0] == "evaluating" && phases[1] == "meshing", "{events:?}");
    let outputs = told("output");
    assert_eq!(outputs.len() + phases.len(), events.len(), "and nothing that was not asked for");
    assert_eq!((outputs.len(), &outputs[0]["id"]), (1, &json!("w8/1/output/part")));
    assert_eq!(outputs[0]["data"]["output"]["key"], "results/w8/part.stl");
}
