//! A stand-in with a queue, a dead-letter queue and a bucket, clients for it, and a daemon in this process: what daemon tests run on.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_sdk_sqs::types::QueueAttributeName;
use maquette::config::{Overrides, Settings, load};
use maquette::daemon::aws::Clients;
use maquette::daemon::{Hooks, Resources, Services, Shutdown, Summary, Work, run_with};
use maquette::export::Artefact;
use maquette::job::{Failure, Outcome, OutputResult};
use maquette::standin::{Options, Server};
use tokio::task::JoinHandle;

/// A folder that is removed with its owner.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("maquette-test-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("the temporary folder can be written");
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A stand-in that is ready for jobs.
pub struct Local {
    pub server: Server,
    pub clients: Clients,
    pub queue: String,
    pub dead: String,
    pub told: String,
    _scratch: Scratch,
}

pub const BUCKET: &str = "results";

impl Local {
    pub async fn start() -> Self {
        let scratch = Scratch::new();
        let server = serve(scratch.path()).await;
        let settings = settings_at(&server.endpoint(), "http://unset/q", &[]);
        let clients = Clients::connect(&settings).await;
        let dead = create_queue(&clients, "dead", &[]).await;
        let told = create_queue(&clients, "told", &[]).await;
        let redrive = r#"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":8}"#;
        let queue = create_queue(&clients, "jobs", &[(QueueAttributeName::RedrivePolicy, redrive)]).await;
        clients.s3.create_bucket().bucket(BUCKET).send().await.expect("the bucket can be made");
        Self { server, clients, queue, dead, told, _scratch: scratch }
    }

    /// Settings of a daemon on this stand-in: fast where production is patient.
    pub fn settings(&self, flags: &[&str]) -> Settings {
        settings_at(&self.server.endpoint(), &self.queue, flags)
    }

    pub async fn send(&self, body: &str) {
        self.clients
            .sqs
            .send_message()
            .queue_url(&self.queue)
            .message_body(body)
            .send()
            .await
            .expect("the message is taken");
    }

    /// Messages that are visible, and that are in flight.
    pub async fn depth(&self, queue: &str) -> (u32, u32) {
        let call = self.clients.sqs.get_queue_attributes().queue_url(queue).attribute_names(QueueAttributeName::All);
        let attributes = call.send().await.expect("the queue answers").attributes.unwrap_or_default();
        let number = |name| attributes.get(&name).and_then(|value| value.parse().ok()).unwrap_or_default();
        (
            number(QueueAttributeName::ApproximateNumberOfMessages),
            number(QueueAttributeName::ApproximateNumberOfMessagesNotVisible),
        )
    }

    /// The object's text, if it is there.
    pub async fn object(&self, key: &str) -> Option<String> {
        let output = self.clients.s3.get_object().bucket(BUCKET).key(key).send().await.ok()?;
        let bytes = output.body.collect().await.ok()?.into_bytes();
        String::from_utf8(bytes.to_vec()).ok()
    }

    pub async fn manifest(&self, job: &str) -> Option<serde_json::Value> {
        serde_json::from_str(&self.object(&format!("results/{job}/manifest.json")).await?).ok()
    }

    pub async fn keys(&self, prefix: &str) -> Vec<String> {
        let listed = self.clients.s3.list_objects_v2().bucket(BUCKET).prefix(prefix).send().await.expect("a listing");
        listed.contents().iter().filter_map(|object| object.key().map(str::to_owned)).collect()
    }

    /// All events so far, with how often each job was told of under which ids.
    pub async fn events(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        loop {
            let bodies = self.received(&self.told).await;
            if bodies.is_empty() {
                return ids;
            }
            for body in bodies {
                let event: serde_json::Value = serde_json::from_str(&body).expect("an event");
                let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
                ids.entry(text("subject")).or_default().insert(text("id"));
            }
        }
    }

    /// Bodies of what can be received from a queue now.
    pub async fn received(&self, queue: &str) -> Vec<String> {
        let call = self.clients.sqs.receive_message().queue_url(queue).max_number_of_messages(10).wait_time_seconds(0);
        let messages = call.send().await.expect("the queue answers").messages.unwrap_or_default();
        messages.into_iter().filter_map(|message| message.body).collect()
    }
}

pub async fn serve(directory: &Path) -> Server {
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    Server::start(directory, address, Options { sync: false }).await.expect("the stand-in starts")
}

pub async fn create_queue(clients: &Clients, name: &str, attributes: &[(QueueAttributeName, &str)]) -> String {
    let mut call = clients.sqs.create_queue().queue_name(name);
    for (attribute, value) in attributes {
        call = call.attributes(attribute.clone(), *value);
    }
    call.send().await.expect("the queue can be made").queue_url.expect("a queue has a URL")
}

pub fn settings_at(endpoint: &str, queue: &str, flags: &[&str]) -> Settings {
    let own = [
        format!("queue.url={queue}"),
        format!("queue.endpoint={endpoint}"),
        format!("store.endpoint={endpoint}"),
        format!("store.bucket={BUCKET}"),
        "store.path_style=true".into(),
        "aws.region=us-east-1".into(),
        "queue.wait_seconds=1".into(),
        "queue.visibility_seconds=5".into(),
        "queue.retry_seconds=0".into(),
        "http.listen=".into(),
        "worker.jobs=2".into(),
        "worker.stack_mib=16".into(),
    ];
    let flags = own.into_iter().chain(flags.iter().map(|flag| (*flag).to_owned())).collect();
    load(None, &Overrides { environment: Vec::new(), flags }).expect("the settings are good")
}

/// Waits until `happened`, for at most ten seconds; says whether it did.
pub async fn eventually<F: Future<Output = bool>>(happened: impl FnMut() -> F) -> bool {
    within(10, happened).await
}

/// Waits until `happened`, for at most so many seconds; says whether it did.
pub async fn within<F: Future<Output = bool>>(seconds: u32, mut happened: impl FnMut() -> F) -> bool {
    for _ in 0..seconds * 50 {
        if happened().await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

/// A daemon that runs in this process.
pub struct Daemon {
    pub shutdown: Shutdown,
    pub task: JoinHandle<Summary>,
}

impl Daemon {
    pub fn start(local: &Local, work: Work, flags: &[&str]) -> Self {
        Self::start_on(local, &local.clients, work, flags, Hooks::default())
    }

    /// One that reaches its endpoints by clients of its own.
    pub async fn start_apart(local: &Local, work: Work, flags: &[&str]) -> Self {
        let clients = Clients::connect(&local.settings(flags)).await;
        Self::start_on(local, &clients, work, flags, Hooks::default())
    }

    /// One that serves HTTP, and where.
    pub async fn start_seen(local: &Local, work: Work, flags: &[&str]) -> (Self, SocketAddr) {
        let (started, running) = tokio::sync::oneshot::channel();
        let flags: Vec<&str> = flags.iter().copied().chain(["http.listen=127.0.0.1:0"]).collect();
        let hooks = Hooks { started: Some(started), ..Hooks::default() };
        let daemon = Self::start_on(local, &local.clients, work, &flags, hooks);
        (daemon, running.await.expect("it starts").http.expect("an address"))
    }

    fn start_on(local: &Local, clients: &Clients, work: Work, flags: &[&str], hooks: Hooks) -> Self {
        let notify = format!("notify.queue_url={}", local.told);
        let flags: Vec<&str> = flags.iter().copied().chain([notify.as_str()]).collect();
        let settings = local.settings(&flags);
        let services = Services::on_aws(clients, &settings);
        let shutdown = Shutdown::new();
        let daemon = run_with(settings, services, Resources::bundled(), work, shutdown.clone(), hooks);
        let task = tokio::spawn(async move { daemon.await.expect("the daemon starts") });
        Self { shutdown, task }
    }

    pub async fn stop(self) -> Summary {
        self.shutdown.drain.cancel();
        self.task.await.expect("the daemon ends")
    }
}

/// Makes of each output the program's text; programs can ask for trouble.
pub fn echo() -> Work {
    Arc::new(|spec, inputs, budget, _| {
        let text = String::from_utf8_lossy(&inputs.files()[inputs.entry()]).into_owned();
        if text.contains("PANIC") {
            panic!("on purpose");
        }
        while text.contains("FOREVER") {
            if let Err(exceeded) = budget.check() {
                return Outcome::failed(Failure::Exceeded(exceeded));
            }
            std::thread::sleep(Duration::from_millis(2));
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

pub fn job(id: &str, text: &str) -> String {
    format!(r#"{{"version":1,"id":"{id}","source":{{"text":"{text}"}},"outputs":[{{"name":"part","format":"stl"}}]}}"#)
}

pub async fn is_drained(local: &Local) -> bool {
    local.depth(&local.queue).await == (0, 0)
}

/// One request, one answer: status line, headers and body.
pub async fn ask(address: SocketAddr, method: &str, path: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("a connection");
    let request = format!("{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("read");
    answer
}
