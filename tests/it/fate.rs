//! What becomes of a message where more than one thing is to be heeded: several jobs in one, a pause, an order, a queue with rules of its own.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_sqs::types::QueueAttributeName;
use maquette::daemon::{Hooks, Resources, Services, Shutdown, Work, run_with};
use maquette::standin::{Action, Fault};
use serde_json::json;

use crate::local_aws::{BUCKET, Daemon, Local, ask, create_queue, echo, eventually, is_drained, job};

const FIFO: [(QueueAttributeName, &str); 1] = [(QueueAttributeName::FifoQueue, "true")];

/// Puts an object into the bucket, and gives the record of an event that tells of it.
async fn job_file(local: &Local, key: &str, text: &str) -> serde_json::Value {
    let body = ByteStream::from(text.as_bytes().to_vec());
    local.clients.s3.put_object().bucket(BUCKET).key(key).body(body).send().await.expect("put");
    json!({ "eventName": "ObjectCreated:Put", "s3": { "bucket": { "name": BUCKET }, "object": { "key": key } } })
}

async fn send_to_group(local: &Local, group: &str, id: &str, text: &str) {
    let call = local.clients.sqs.send_message().queue_url(&local.queue).message_body(job(id, text));
    call.message_group_id(group).message_deduplication_id(id).send().await.expect("sent");
}

/// Panics at the first so many jobs named `head`, then does as `echo` does; and keeps the order in which jobs begin.
fn stumbling(times: u32) -> (Work, Arc<Mutex<Vec<String>>>) {
    let (begun, left, inner) = (Arc::new(Mutex::new(Vec::new())), AtomicU32::new(times), echo());
    let order = Arc::clone(&begun);
    let work: Work = Arc::new(move |spec, inputs, budget, progress| {
        order.lock().expect("nobody panicked").push(spec.id.clone());
        let stumbles = spec.id == "head"
            && left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
        assert!(!stumbles, "on purpose");
        std::thread::sleep(Duration::from_millis(150));
        inner(spec, inputs, budget, progress)
    });
    (work, begun)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_is_no_job_takes_no_other_along() {
    let local = Local::start().await;
    let records =
        [job_file(&local, "in/head.json", &job("head", "cube(1);")).await, job_file(&local, "in/no.json", "no").await];
    local.send(&json!({ "Records": records }).to_string()).await;
    let (work, _) = stumbling(1);
    let daemon = Daemon::start(&local, work, &[&format!("queue.dead_letter_url={}", local.dead)]);
    assert!(eventually(|| is_drained(&local)).await);
    daemon.stop().await;
    assert_eq!(local.manifest("head").await.expect("it is made all the same")["status"], "succeeded");
    assert_eq!(local.depth(&local.dead).await.0, 1, "what is no job is put aside");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn permission_that_is_lost_for_a_while_puts_no_message_aside() {
    let local = Local::start().await;
    let record = job_file(&local, "in/a.json", &job("a", "cube(1);")).await;
    local.send(&json!({ "Records": [record] }).to_string()).await;
    let denied = Action::Refuse { status: 403, code: "ExpiredToken".into() };
    local.server.faults().inject(Fault { key: Some("in/".into()), ..Fault::at("GetObject", 0, 2, denied) });
    let daemon = Daemon::start(&local, echo(), &[&format!("queue.dead_letter_url={}", local.dead)]);
    assert!(eventually(|| is_drained(&local)).await);
    daemon.stop().await;
    assert_eq!(local.manifest("a").await.expect("it is made")["status"], "succeeded");
    assert_eq!(local.depth(&local.dead).await, (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_has_the_job_files_and_is_down_stops_receiving() {
    let local = Local::start().await;
    let record = job_file(&local, "in/a.json", &job("a", "cube(1);")).await;
    for _ in 0..8 {
        local.send(&json!({ "Records": [record] }).to_string()).await;
    }
    let down = Action::Refuse { status: 503, code: "SlowDown".into() };
    local.server.faults().inject(Fault::always("GetObject", down));
    let flags = ["breaker.failures=2", "breaker.pause_seconds=1", "breaker.pause_max_seconds=1"];
    let (daemon, address) = Daemon::start_seen(&local, echo(), &flags).await;
    assert!(eventually(|| async { ask(address, "GET", "/readyz").await.contains("the store fails") }).await);
    local.server.faults().clear();
    assert!(eventually(|| is_drained(&local)).await);
    daemon.stop().await;
    assert_eq!(local.manifest("a").await.expect("it is made")["status"], "succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paused_means_that_nothing_more_begins() {
    let local = Local::start().await;
    let flags = ["http.control=true", "worker.jobs=1", "worker.ahead=0", "queue.wait_seconds=5"];
    local.send(&job("first", "FOREVER").replace(r#""outputs""#, r#""limits":{"wallSeconds":2},"outputs""#)).await;
    let (daemon, address) = Daemon::start_seen(&local, echo(), &flags).await;
    assert!(eventually(|| async { local.depth(&local.queue).await == (0, 1) }).await);
    // while it waits for the only slot
    ask(address, "POST", "/v1/pause").await;
    local.send(&job("second", "cube(1);")).await;
    assert!(eventually(|| async { local.manifest("first").await.is_some() }).await);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(local.manifest("second").await, None);
    ask(address, "POST", "/v1/resume").await;
    assert!(eventually(|| is_drained(&local)).await);
    assert_eq!(local.manifest("second").await.expect("a manifest")["attempt"], 1, "it was not even received");
    // while it waits for a message
    tokio::time::sleep(Duration::from_millis(300)).await;
    ask(address, "POST", "/v1/pause").await;
    local.send(&job("third", "cube(1);")).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!((local.manifest("third").await, local.depth(&local.queue).await), (None, (1, 0)));
    ask(address, "POST", "/v1/resume").await;
    assert!(eventually(|| async { local.manifest("third").await.is_some() }).await);
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_takes_one_slot_and_costs_its_later_jobs_no_attempt() {
    let mut local = Local::start().await;
    local.queue = create_queue(&local.clients, "jobs.fifo", &FIFO).await;
    for id in ["head", "tail-1", "tail-2"] {
        send_to_group(&local, "a", id, "cube(1);").await;
    }
    send_to_group(&local, "b", "other", "cube(1);").await;
    let (work, order) = stumbling(2);
    let daemon = Daemon::start(&local, work, &["worker.jobs=2", "worker.ahead=0"]);
    assert!(eventually(|| is_drained(&local)).await);
    daemon.stop().await;
    let order = order.lock().expect("nobody panicked").clone();
    let place = |id: &str| order.iter().rposition(|other| other == id).expect("it began");
    assert!(place("other") < place("tail-1"), "{order:?}");
    assert!(place("head") < place("tail-1") && place("tail-1") < place("tail-2"), "{order:?}");
    for (id, attempt) in [("head", 3), ("tail-1", 1), ("tail-2", 1)] {
        assert_eq!(local.manifest(id).await.expect("a manifest")["attempt"], attempt, "{id}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifo_queues_take_dead_letters_and_events_under_names_that_they_accept() {
    let mut local = Local::start().await;
    let dead = create_queue(&local.clients, "dead.fifo", &FIFO).await;
    local.told = create_queue(&local.clients, "told.fifo", &FIFO).await;
    let long = "a".repeat(128);
    local.send("no job").await;
    local.send(&job(&long, "cube(1);")).await;
    let daemon = Daemon::start(&local, echo(), &[&format!("queue.dead_letter_url={dead}")]);
    assert!(eventually(|| is_drained(&local)).await);
    daemon.stop().await;
    assert_eq!(local.depth(&dead).await.0, 1);
    assert_eq!(local.events().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_for_the_dead_letter_queue_goes_into_the_store() {
    let mut local = Local::start().await;
    local.queue = create_queue(&local.clients, "plain", &[]).await;
    // there is no room left for the reason
    local.send(&"x".repeat(1 << 20)).await;
    let dead = format!("queue.dead_letter_url={}", local.dead);
    let daemon = Daemon::start(&local, echo(), &[&dead, "queue.attempts_max=2"]);
    assert!(eventually(|| is_drained(&local)).await);
    daemon.stop().await;
    assert_eq!(local.keys("results/rejected/").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manifest_on_its_way_is_called_back_when_the_lease_is_lost() {
    let local = Local::start().await;
    let late = Fault { key: Some("manifest.json".into()), ..Fault::always("PutObject", Action::Delay(3000)) };
    local.server.faults().inject(late);
    local.send(&job("late", "cube(1);")).await;
    let daemon = Daemon::start(&local, echo(), &["queue.visibility_seconds=3"]);
    let puts = || local.server.faults().calls().get("PutObject").copied().unwrap_or_default();
    assert!(eventually(|| async { puts() == 2 }).await);
    // no extension can succeed any more
    local.clients.sqs.purge_queue().queue_url(&local.queue).send().await.expect("the queue is emptied");
    tokio::time::sleep(Duration::from_millis(4500)).await;
    assert_eq!(local.manifest("late").await, None);
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_extension_that_is_not_answered_costs_no_lease() {
    let local = Local::start().await;
    for index in 0..12 {
        local.send(&job(&format!("long-{index}"), "FOREVER")).await;
    }
    local.server.faults().inject(Fault::at("ChangeMessageVisibilityBatch", 0, 1, Action::BlackHole));
    let settings = local.settings(&["queue.visibility_seconds=6", "worker.jobs=12", "limits.wall_seconds=9"]);
    let services = Services::on_aws(&local.clients, &settings);
    let (started, running) = tokio::sync::oneshot::channel();
    let hooks = Hooks { started: Some(started), ..Hooks::default() };
    let shutdown = Shutdown::new();
    let daemon = tokio::spawn(run_with(settings, services, Resources::bundled(), echo(), shutdown.clone(), hooks));
    let metrics = running.await.expect("it starts").metrics;
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert_eq!((metrics.leases_lost.value(), local.depth(&local.queue).await), (0, (0, 12)));
    shutdown.drain.cancel();
    shutdown.abandon.cancel();
    daemon.await.expect("the daemon ends").expect("it started");
}
