//! A stand-in with a queue, a dead-letter queue and a bucket, and clients for it: what daemon tests run on.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_sdk_sqs::types::QueueAttributeName;
use maquette::config::{Overrides, Settings, load};
use maquette::daemon::aws::Clients;
use maquette::standin::{Options, Server};

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
pub async fn eventually<F: Future<Output = bool>>(mut happened: impl FnMut() -> F) -> bool {
    for _ in 0..500 {
        if happened().await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}
