//! What the loop itself costs: no-op jobs from the queue to the acknowledgement.
//!
//! `memory` leaves the clients out (receive, parse, dispatch to a thread, heartbeat bookkeeping, settle, metrics); `standin` has them in: the daemon and the
//! stand-in in one process, over loopback.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use maquette::config::{Overrides, Settings, load};
use maquette::daemon::aws::Clients;
use maquette::daemon::queue::{MemoryQueue, Queue};
use maquette::daemon::store::{MemoryStore, Store};
use maquette::daemon::{DeadLetters, Hooks, Notifier, Resources, Services, Shutdown, Work, run_with};
use maquette::job::{Failure, Outcome};
use maquette::standin::{Options, Server};

const JOBS: u32 = 500;

fn settings(endpoint: &str) -> Settings {
    let flags = [
        format!("queue.url={endpoint}/000000000000/jobs"),
        format!("queue.endpoint={endpoint}"),
        format!("store.endpoint={endpoint}"),
        "store.bucket=results".into(),
        "store.path_style=true".into(),
        "aws.region=us-east-1".into(),
        "queue.wait_seconds=1".into(),
        "http.listen=".into(),
        "worker.jobs=4".into(),
        "worker.ahead=16".into(),
    ];
    load(None, &Overrides { environment: Vec::new(), flags: flags.into() }).expect("the settings are good")
}

fn nothing() -> Work {
    Arc::new(|_, _, _, _| Outcome { failure: None, ..Outcome::failed(Failure::Cancelled) })
}

fn job(round: u64, index: u32) -> String {
    format!(r#"{{"version":1,"id":"r{round}-{index}","source":{{"text":"cube(1);"}},"outputs":[{{"format":"stl"}}]}}"#)
}

/// Runs a daemon until `left` says that nothing is left, and says how long that took.
async fn drain(settings: Settings, services: Services, left: impl AsyncFn() -> bool) -> Duration {
    let shutdown = Shutdown::new();
    let begun = Instant::now();
    let daemon =
        tokio::spawn(run_with(settings, services, Resources::bundled(), nothing(), shutdown.clone(), Hooks::default()));
    while left().await {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let took = begun.elapsed();
    shutdown.drain.cancel();
    let _ = daemon.await;
    took
}

async fn in_memory(round: u64) -> Duration {
    let queue = MemoryQueue::new(Duration::from_secs(60));
    for index in 0..JOBS {
        queue.send(job(round, index));
    }
    let services = Services {
        queues: vec![Queue::Memory(queue.clone())],
        store: Store::Memory(MemoryStore::default()),
        notifier: Notifier::None,
        replies: None,
        dead_letters: DeadLetters::none(),
        auto_scaling: None,
        region: "local".into(),
    };
    drain(settings("http://127.0.0.1:1"), services, async || !queue.is_empty()).await
}

async fn on_the_standin(clients: &Clients, settings: &Settings, round: u64) -> Duration {
    for batch in 0..JOBS / 10 {
        let entry = |index: u32| {
            let entry = aws_sdk_sqs::types::SendMessageBatchRequestEntry::builder().id(index.to_string());
            entry.message_body(job(round, batch * 10 + index)).build().expect("an entry")
        };
        let call = clients.sqs.send_message_batch().queue_url(&settings.queue.urls[0]);
        call.set_entries(Some((0..10).map(entry).collect())).send().await.expect("the messages are taken");
    }
    let count = async || {
        let call = clients.sqs.get_queue_attributes().queue_url(&settings.queue.urls[0]);
        let attributes = call.attribute_names(aws_sdk_sqs::types::QueueAttributeName::All).send().await;
        let attributes = attributes.expect("attributes").attributes.unwrap_or_default();
        attributes.iter().any(|(name, count)| name.as_str().starts_with("ApproximateNumber") && count != "0")
    };
    drain(settings.clone(), Services::on_aws(clients, settings), count).await
}

fn overhead(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut group = criterion.benchmark_group("daemon/loop");
    group.throughput(Throughput::Elements(JOBS.into())).sample_size(10);
    let mut rounds = 0;
    group.bench_function(BenchmarkId::from_parameter("memory"), |bencher| {
        bencher.iter_custom(|times| {
            rounds += times;
            (0..times).map(|time| runtime.block_on(in_memory(rounds + time))).sum()
        });
    });
    let directory = std::env::temp_dir().join(format!("maquette-bench-{}", std::process::id()));
    let server =
        runtime.block_on(Server::start(&directory, SocketAddr::from(([127, 0, 0, 1], 0)), Options { sync: false }));
    let server = server.expect("the stand-in starts");
    let settings = settings(&server.endpoint());
    let clients = runtime.block_on(async {
        let clients = Clients::connect(&settings).await;
        clients.sqs.create_queue().queue_name("jobs").send().await.expect("the queue is made");
        clients.s3.create_bucket().bucket("results").send().await.expect("the bucket is made");
        clients
    });
    group.bench_function(BenchmarkId::from_parameter("standin"), |bencher| {
        bencher.iter_custom(|times| {
            (0..times)
                .map(|_| {
                    rounds += 1;
                    runtime.block_on(on_the_standin(&clients, &settings, rounds))
                })
                .sum()
        });
    });
    group.finish();
    runtime.block_on(server.shutdown());
    let _ = std::fs::remove_dir_all(directory);
}

criterion_group!(benches, overhead);
criterion_main!(benches);
