//! The whole road with the real binary: messages in, manifests out, whatever happens to the process. Runs on the stand-in, and on any endpoint that
//! `MAQUETTE_TEST_ENDPOINT` names.

use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use aws_sdk_sqs::types::QueueAttributeName;
use maquette::cli::samples::SAMPLES;
use maquette::config::{Overrides, load};
use maquette::daemon::Producer;
use maquette::daemon::aws::Clients;
use maquette::standin::Server;
use serde_json::{Value, json};

use crate::local_aws::{Scratch, serve};

/// A queue and a bucket of this test's own, and daemons on them.
pub struct Road {
    pub producer: Producer,
    pub flags: Vec<String>,
    _server: Option<Server>,
    _scratch: Scratch,
}

impl Road {
    pub async fn start(name: &str) -> Self {
        let scratch = Scratch::new();
        let (endpoint, server) = match std::env::var("MAQUETTE_TEST_ENDPOINT") {
            Ok(endpoint) => (endpoint, None),
            Err(_) => {
                let server = serve(scratch.path()).await;
                (server.endpoint(), Some(server))
            }
        };
        let unique = format!("{name}-{}", std::process::id());
        let mut flags = vec![
            format!("queue.url={endpoint}/queue"),
            format!("queue.endpoint={endpoint}"),
            format!("store.endpoint={endpoint}"),
            format!("store.bucket={unique}"),
            "store.path_style=true".to_owned(),
            "aws.region=us-east-1".to_owned(),
            "http.listen=".to_owned(),
            "queue.visibility_seconds=4".to_owned(),
            "queue.wait_seconds=1".to_owned(),
            "worker.jobs=2".to_owned(),
        ];
        let settings = load(None, &Overrides::from_process(flags.clone())).expect("the settings are good");
        let mut producer = Producer::connect(&settings).await;
        let url = producer.create(&unique, &unique, Duration::from_secs(4)).await.expect("queue and bucket are made");
        flags[0] = format!("queue.url={url}");
        flags.push(format!("queue.dead_letter_url={url}-dead"));
        Self { producer, flags, _server: server, _scratch: scratch }
    }

    pub fn daemon(&self) -> Daemon {
        let mut command = Command::new(env!("CARGO_BIN_EXE_maquette"));
        command.arg("serve");
        for flag in &self.flags {
            command.arg("--set").arg(flag);
        }
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        Daemon(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the daemon starts"))
    }

    async fn manifest(&self, id: &str) -> Option<Value> {
        let found =
            self.producer.object(None, &format!("results/{id}/manifest.json")).await.expect("the store answers");
        found.map(|bytes| serde_json::from_slice(&bytes).expect("a manifest is JSON"))
    }

    /// Waits for the manifests of some jobs; all of them, or what is missing.
    pub async fn manifests(&self, ids: &[String], patience: Duration) -> BTreeMap<String, Value> {
        let deadline = Instant::now() + patience;
        let mut found = BTreeMap::new();
        while found.len() < ids.len() {
            for id in ids.iter().filter(|id| !found.contains_key(*id)).cloned().collect::<Vec<_>>() {
                if let Some(manifest) = self.manifest(&id).await {
                    found.insert(id, manifest);
                }
            }
            assert!(Instant::now() < deadline, "only {} of {} manifests: {:?}", found.len(), ids.len(), found.keys());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        found
    }

    pub async fn is_empty(&self) -> bool {
        let deadline = Instant::now() + Duration::from_secs(20);
        while Instant::now() < deadline {
            if self.producer.depth().await.expect("the queue answers") == (0, 0) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        false
    }

    /// Every artefact that a manifest names is there, of its size and digest.
    pub async fn artefacts_are_whole(&self, manifest: &Value) {
        for output in manifest["outputs"].as_array().expect("outputs is a list") {
            let key = output["key"].as_str().expect("an output that succeeded has a key");
            let bytes =
                self.producer.object(None, key).await.expect("the store answers").expect("the artefact is there");
            assert_eq!(output["bytes"], json!(bytes.len()), "{key}");
            assert_eq!(output["digest"], json!(maquette::export::digest(&bytes)), "{key}");
        }
    }
}

/// A daemon process that does not outlive its test.
pub struct Daemon(Child);

impl Daemon {
    /// Ends it as a service manager does; its exit status.
    pub fn terminate(mut self) -> Option<i32> {
        self.signal("-TERM");
        self.0.wait().ok().and_then(|status| status.code())
    }

    fn signal(&self, name: &str) {
        let told = Command::new("kill").arg(name).arg(self.0.id().to_string()).status();
        assert!(told.is_ok_and(|status| status.success()), "{name} is sent");
    }
}

impl Daemon {
    pub fn is_running(&mut self) -> bool {
        self.0.try_wait().is_ok_and(|status| status.is_none())
    }

    /// Processes that it started.
    pub fn children(&self) -> Vec<String> {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.0.id())).into_iter().flatten().flatten();
        let listed = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
        listed.flat_map(|ids| ids.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // it may have ended long ago
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn job(id: &str, text: &str) -> String {
    json!({ "version": 1, "id": id, "source": { "text": text }, "outputs": [{ "format": "stl" }] }).to_string()
}

/// A job that is quickly done: another size and other files each time.
fn small(id: &str, index: usize) -> String {
    let program = "size = 10; difference() { cube(size); translate([size / 2, size / 2, -1]) cylinder(d = 4, h = size + 2, $fn = 16); }";
    let format = ["stl", "glb", "3mf", "off", "dxf", "svg", "pdf"][index % 7];
    json!({ "version": 1, "id": id, "source": { "text": program }, "parameters": { "size": 8 + index },
            "outputs": [{ "format": format }, { "name": "figures", "format": "json" }] })
    .to_string()
}

/// What is wrong with a program, the manifest's code, and a word of its detail.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    ("syntax", "cube(10;", "parse_error", "expected ')'"),
    ("assertion", "assert(1 > 2, \"no\"); cube(1);", "assertion_failed", "no"),
    ("nothing", "a = 1;", "empty_geometry", "empty"),
    ("recursion", "function f(x) = 1 + f(x + 1); cube(f(0));", "limit_exceeded", "Recursion"),
    ("unknown", "cuube(10);", "empty_geometry", "empty"),
    ("missing", "include <nowhere.scad>\nnowhere();", "empty_geometry", "empty"),
    (
        "hostile",
        "s = \"x\"; function d(s, n) = n == 0 ? s : d(str(s, s), n - 1); echo(len(d(s, 60)));",
        "limit_exceeded",
        "",
    ),
    ("escape", "import(\"/etc/passwd.stl\");", "empty_geometry", "empty"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_mixed_jobs_through_the_real_binary() {
    let road = Road::start("mixed").await;
    let mut ids = Vec::new();
    for index in 0..50 - MISTAKES.len() - 1 {
        let id = format!("good-{index}");
        let body = if index % 20 == 0 { SAMPLES[5].message(&id, &[]) } else { small(&id, index) };
        road.producer.send(&body).await.expect("it is sent");
        ids.push(id);
    }
    road.producer.send("this is no job").await.expect("it is sent");
    for (name, text, ..) in MISTAKES {
        road.producer.send(&job(name, text)).await.expect("it is sent");
    }
    let daemon = road.daemon();
    let good = road.manifests(&ids, Duration::from_secs(240)).await;
    let names: Vec<String> = MISTAKES.iter().map(|(name, ..)| (*name).to_owned()).collect();
    let bad = road.manifests(&names, Duration::from_secs(60)).await;
    for (id, manifest) in &good {
        assert_eq!(manifest["status"], "succeeded", "{id}: {manifest}");
        road.artefacts_are_whole(manifest).await;
    }
    for (name, _, code, word) in MISTAKES {
        let error = &bad[*name]["error"];
        assert_eq!(error["code"], *code, "{name}: {error}");
        assert!(error["detail"].as_str().is_some_and(|detail| detail.contains(word)), "{name}: {error}");
        assert_eq!(error["retryable"], false, "{name}");
    }
    assert_eq!(bad["syntax"]["error"]["line"], 1);
    assert!(road.is_empty().await, "nothing is left: {:?}", road.producer.depth().await);
    assert_eq!(daemon.terminate(), Some(0), "SIGTERM drains");
}

/// Programs of which some are quick and some are not, so that blows fall anywhere within a job.
fn mixed(count: usize) -> Vec<(String, String)> {
    let body = |index: usize, id: &str| match index % 3 {
        0 => job(id, "function f(n) = n < 2 ? n : f(n - 1) + f(n - 2); echo(f(22)); sphere(10, $fn = 64);"),
        _ => small(id, index),
    };
    let named = |index: usize| format!("job-{index}");
    (0..count).map(|index| (named(index), body(index, &named(index)))).collect()
}

/// Pauses of different lengths, the same in every run.
fn pauses(count: u64, low_ms: u64, high_ms: u64) -> impl Iterator<Item = Duration> {
    (1..=count).map(move |step| Duration::from_millis(low_ms + step * 7919 % (high_ms - low_ms)))
}

impl Road {
    async fn send_all(&self, jobs: &[(String, String)]) -> Vec<String> {
        for (_, body) in jobs {
            self.producer.send(body).await.expect("it is sent");
        }
        jobs.iter().map(|(id, _)| id.clone()).collect()
    }

    /// Lets the queue deliver as often as a test interrupts: its own limit would call a message poison that was only unlucky.
    async fn deliver_often(&self) {
        let settings = load(None, &Overrides::from_process(self.flags.clone())).expect("the settings are good");
        let (sqs, url) = (Clients::connect(&settings).await.sqs, &settings.queue.urls[0]);
        let name = QueueAttributeName::RedrivePolicy;
        let told = sqs.get_queue_attributes().queue_url(url).attribute_names(name.clone()).send().await;
        let told = told.expect("the queue answers").attributes.unwrap_or_default();
        let mut policy: Value = serde_json::from_str(&told[&name]).expect("a policy is JSON");
        policy["maxReceiveCount"] = json!(1000);
        let set = sqs.set_queue_attributes().queue_url(url).attributes(name, policy.to_string()).send().await;
        set.expect("the queue takes it");
    }

    /// Waits until a daemon has a message in hand, or there is none left.
    async fn begins(&self) {
        for _ in 0..1000 {
            let (visible, in_flight) = self.producer.depth().await.expect("the queue answers");
            if in_flight > 0 || visible == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Every job has its manifest and whole artefacts, nothing else was written, and the queue is empty.
    async fn all_is_right(&self, ids: &[String]) {
        for (id, manifest) in self.manifests(ids, Duration::from_secs(240)).await {
            assert_eq!(manifest["status"], "succeeded", "{id}: {manifest}");
            self.artefacts_are_whole(&manifest).await;
        }
        assert!(self.is_empty().await, "nothing is left: {:?}", self.producer.depth().await);
    }
}

async fn kills_lose_nothing(isolation: &str) {
    let mut road = Road::start(&format!("killed-{isolation}")).await;
    road.flags.extend([format!("worker.isolation={isolation}"), "queue.attempts_max=1000".into()]);
    road.deliver_often().await;
    let ids = road.send_all(&mixed(30)).await;
    let mut daemons = [road.daemon(), road.daemon()];
    for (blow, pause) in pauses(8, 100, 900).enumerate() {
        tokio::time::sleep(pause).await;
        daemons[blow % 2].0.kill().expect("SIGKILL is sent");
        daemons[blow % 2] = road.daemon();
    }
    road.all_is_right(&ids).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_daemons_lose_nothing_on_threads() {
    kills_lose_nothing("threads").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_daemons_lose_nothing_in_processes() {
    kills_lose_nothing("processes").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn told_to_end_under_load_nothing_stays_in_flight() {
    let mut road = Road::start("terminated").await;
    // a message that is kept by mistake would be invisible for all of the test
    road.flags.retain(|flag| !flag.starts_with("queue.visibility_seconds"));
    road.flags.extend(["queue.visibility_seconds=600".into(), "queue.attempts_max=1000".into()]);
    road.deliver_often().await;
    let ids = road.send_all(&mixed(24)).await;
    for pause in pauses(5, 20, 500) {
        let daemon = road.daemon();
        road.begins().await;
        tokio::time::sleep(pause).await;
        assert_eq!(daemon.terminate(), Some(0), "SIGTERM drains");
        assert_eq!(road.producer.depth().await.expect("the queue answers").1, 0, "nothing is in flight");
    }
    let daemon = road.daemon();
    road.all_is_right(&ids).await;
    assert_eq!(daemon.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_slept_past_its_lease_writes_nothing_new() {
    let mut road = Road::start("stopped").await;
    road.flags.push("queue.attempts_max=1000".into());
    road.deliver_often().await;
    let ids = road.send_all(&mixed(12)).await;
    let daemons = [road.daemon(), road.daemon()];
    for pause in pauses(2, 300, 900) {
        tokio::time::sleep(pause).await;
        for daemon in &daemons {
            daemon.signal("-STOP");
            // past its visibility of four seconds, with the messages that it holds
            tokio::time::sleep(Duration::from_secs(5)).await;
            daemon.signal("-CONT");
        }
    }
    road.all_is_right(&ids).await;
    let first = road.manifests(&ids, Duration::from_secs(5)).await;
    for daemon in daemons {
        assert_eq!(daemon.terminate(), Some(0));
    }
    assert_eq!(first, road.manifests(&ids, Duration::from_secs(5)).await, "a manifest never changes");
}
