//! The daemon end to end on the stand-in, through the ordinary clients: every way in which a job or the outside can go wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use maquette::daemon::{DeadLetters, Hooks, Notifier, Resources, Services, Shutdown, Work, run_with};
use maquette::standin::{Action, Fault};

use crate::local_aws::{BUCKET, Daemon, Local, ask, echo, eventually, is_drained, job};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_jobs_become_fifty_manifests_and_an_empty_queue() {
    let local = Local::start().await;
    for index in 0..50 {
        local.send(&job(&format!("job-{index}"), "cube(1);")).await;
    }
    let daemon = Daemon::start(&local, echo(), &[]);
    assert!(eventually(|| is_drained(&local)).await);
    for index in 0..50 {
        let manifest = local.manifest(&format!("job-{index}")).await.expect("a manifest");
        assert_eq!(manifest["status"], "succeeded");
        assert_eq!(local.object(&format!("results/job-{index}/part.stl")).await.as_deref(), Some("cube(1);"));
    }
    let summary = daemon.stop().await;
    assert_eq!((summary.received, summary.settled["succeeded"]), (50, 50));
    assert_eq!(local.depth(&local.told).await.0, 50);
    let event: serde_json::Value = serde_json::from_str(&local.received(&local.told).await[0]).expect("an event");
    assert_eq!(event["type"], "dev.maquette.job.completed.v1");
    assert_eq!(event["data"]["manifest"]["bucket"], BUCKET);
}

/// Fails the n-th call of each kind, in each way, for n = 1, 2, 3: always the same end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_is_the_same_whichever_call_fails() {
    let actions =
        [Action::Reset, Action::ResetAfter, Action::Refuse { status: 503, code: "ServiceUnavailable".into() }];
    // a receive is tried once by the client, the others three times: one more than that reaches the daemon
    let operations =
        [("ReceiveMessage", 1), ("PutObject", 4), ("GetObject", 4), ("DeleteMessageBatch", 4), ("SendMessage", 4)];
    let mut rounds = tokio::task::JoinSet::new();
    for action in actions {
        for (operation, times) in operations {
            rounds.spawn(fail_each_call(operation, times, action.clone()));
        }
    }
    while let Some(round) = rounds.join_next().await {
        round.expect("the round ends well");
    }
}

async fn fail_each_call(operation: &'static str, times: u32, action: Action) {
    let local = Local::start().await;
    let daemon = Daemon::start(&local, echo(), &["queue.visibility_seconds=3"]);
    for call in 0..3 {
        let id = format!("{operation}-{call}");
        // the job itself is sent by the same kind of call as its notification
        local.send(&job(&id, "sphere(2);")).await;
        local.server.faults().inject(Fault::at(operation, call, times, action.clone()));
        let settled = eventually(|| async { local.manifest(&id).await.is_some() && is_drained(&local).await }).await;
        local.server.faults().clear();
        assert!(settled || eventually(|| is_drained(&local)).await, "{id} was not settled");
        assert_eq!(local.manifest(&id).await.expect("a manifest")["status"], "succeeded", "{id}");
    }
    daemon.stop().await;
    assert_eq!(local.depth(&local.dead).await, (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redelivered_job_is_acknowledged_and_not_redone() {
    let local = Local::start().await;
    let made = Arc::new(AtomicU32::new(0));
    let counted: Work = {
        let (made, inner) = (Arc::clone(&made), echo());
        Arc::new(move |spec, inputs, budget, progress| {
            made.fetch_add(1, Ordering::Relaxed);
            inner(spec, inputs, budget, progress)
        })
    };
    // the first delete is lost: the message comes again
    local.server.faults().inject(Fault::at("DeleteMessageBatch", 0, 1, Action::LoseDelete));
    local.send(&job("again", "cube(3);")).await;
    let daemon = Daemon::start(&local, counted, &["queue.visibility_seconds=3"]);
    assert!(eventually(|| is_drained(&local)).await);
    daemon.stop().await;
    assert_eq!(made.load(Ordering::Relaxed), 1);
    // told of twice, under one id
    let events: Vec<serde_json::Value> =
        local.received(&local.told).await.iter().map(|body| serde_json::from_str(body).expect("an event")).collect();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["id"], events[1]["id"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_daemons_with_one_message_end_with_one_manifest() {
    let local = Local::start().await;
    local.server.faults().inject(Fault::always("ReceiveMessage", Action::DuplicateDelivery));
    // long enough for both to have found none
    let late = Fault { key: Some("manifest.json".into()), ..Fault::always("PutObject", Action::Delay(500)) };
    local.server.faults().inject(late);
    local.send(&job("twin", "cube(4);")).await;
    let daemons = [Daemon::start(&local, echo(), &[]), Daemon::start(&local, echo(), &[])];
    assert!(eventually(|| async { local.manifest("twin").await.is_some() }).await);
    local.server.faults().clear();
    assert!(eventually(|| is_drained(&local)).await);
    for daemon in daemons {
        daemon.stop().await;
    }
    assert_eq!(local.keys("results/twin/").await, ["results/twin/manifest.json", "results/twin/part.stl"]);
    let told = local.received(&local.told).await;
    assert!(told.len() >= 2 && told.iter().all(|event| *event == told[0]), "all tell of one manifest: {told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_lease_writes_no_manifest() {
    let local = Local::start().await;
    local.send(&job("lost", "FOREVER")).await;
    let daemon = Daemon::start(&local, echo(), &["queue.visibility_seconds=3"]);
    assert!(eventually(|| async { local.depth(&local.queue).await == (0, 1) }).await);
    // the queue no longer knows the message: no extension can succeed
    local.clients.sqs.purge_queue().queue_url(&local.queue).send().await.expect("the queue is emptied");
    local.send(&job("next", "cube(5);")).await;
    assert!(eventually(|| async { local.manifest("next").await.is_some() }).await);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let summary = daemon.stop().await;
    assert!(local.keys("results/lost/").await.is_empty());
    assert_eq!(summary.settled.get("failed"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_longer_than_the_visibility_is_kept() {
    let local = Local::start().await;
    let slow: Work = {
        let inner = echo();
        Arc::new(move |spec, inputs, budget, progress| {
            std::thread::sleep(Duration::from_millis(7500));
            inner(spec, inputs, budget, progress)
        })
    };
    local.send(&job("slow", "cube(6);")).await;
    // a lease of three heartbeats: a busy machine may be late by two of them
    let daemon = Daemon::start(&local, slow, &["queue.visibility_seconds=6"]);
    assert!(eventually(|| async { local.manifest("slow").await.is_some() }).await);
    assert!(eventually(|| is_drained(&local)).await);
    let summary = daemon.stop().await;
    assert_eq!(summary.received, 1);
}

/// The first delete is done and its answer lost; while the second is under way, a heartbeat finds the message gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_was_deleted_is_no_lost_lease() {
    let local = Local::start().await;
    local.server.faults().inject(Fault::at("DeleteMessageBatch", 0, 1, Action::ResetAfter));
    local.server.faults().inject(Fault::at("DeleteMessageBatch", 0, 1, Action::Delay(2500)));
    let (daemon, http) = Daemon::start_seen(&local, echo(), &["queue.visibility_seconds=3"]).await;
    local.send(&job("done", "cube(1);")).await;
    let extended = || async { local.server.faults().calls().contains_key("ChangeMessageVisibilityBatch") };
    assert!(eventually(extended).await, "a heartbeat came");
    assert!(eventually(|| is_drained(&local)).await);
    let metrics = ask(http, "GET", "/metrics").await;
    assert!(metrics.contains("maquette_leases_lost_total 0"), "{metrics}");
    assert_eq!(daemon.stop().await.settled["succeeded"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_job_is_told_or_put_aside() {
    let local = Local::start().await;
    let dead = format!("queue.dead_letter_url={}", local.dead);
    let daemon = Daemon::start(&local, echo(), &[&dead]);
    local.send("this is no job").await;
    local
        .send(r#"{"version":1,"id":"known","source":{"text":"cube();"},"outputs":[{"format":"stl"}],"speed":"fast"}"#)
        .await;
    local.send(r#"{"Service":"Amazon S3","Event":"s3:TestEvent"}"#).await;
    local.send(&job("good", "cube(7);")).await;
    assert!(eventually(|| is_drained(&local)).await);
    assert!(eventually(|| async { local.depth(&local.dead).await.0 == 2 }).await);
    daemon.stop().await;
    let manifest = local.manifest("known").await.expect("a manifest for what could be read");
    assert_eq!((&manifest["status"], &manifest["error"]["code"]), (&"failed".into(), &"invalid_job".into()));
    assert_eq!(local.manifest("good").await.expect("a manifest")["status"], "succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_job_does_not_go_round_for_ever() {
    let local = Local::start().await;
    local.send("this is no job").await;
    let daemon = Daemon::start(&local, echo(), &["queue.attempts_max=3"]);
    assert!(eventually(|| is_drained(&local)).await);
    daemon.stop().await;
    let aside = local.keys("results/rejected/").await;
    assert_eq!(aside.len(), 1);
    assert_eq!(local.object(&aside[0]).await.as_deref(), Some("this is no job"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_ends_in_a_failure_manifest_and_its_neighbours_finish() {
    let local = Local::start().await;
    let dead = format!("queue.dead_letter_url={}", local.dead);
    let daemon = Daemon::start(&local, echo(), &["queue.attempts_max=3", &dead]);
    local.send(&job("bad", "PANIC")).await;
    for index in 0..10 {
        local.send(&job(&format!("fine-{index}"), "cube(8);")).await;
    }
    assert!(eventually(|| is_drained(&local)).await);
    daemon.stop().await;
    let manifest = local.manifest("bad").await.expect("a manifest");
    assert_eq!((&manifest["error"]["code"], &manifest["attempt"]), (&"internal".into(), &3.into()));
    assert_eq!(local.depth(&local.dead).await.0, 1);
    for index in 0..10 {
        assert!(local.manifest(&format!("fine-{index}")).await.is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_job_ends_at_its_wall_limit() {
    let local = Local::start().await;
    local.send(&job("endless", "FOREVER").replace(r#""outputs""#, r#""limits":{"wallSeconds":1},"outputs""#)).await;
    let daemon = Daemon::start(&local, echo(), &[]);
    assert!(eventually(|| async { local.manifest("endless").await.is_some() }).await);
    daemon.stop().await;
    let manifest = local.manifest("endless").await.expect("a manifest");
    assert_eq!(
        (&manifest["error"]["code"], &manifest["error"]["limit"]),
        (&"limit_exceeded".into(), &"wallSeconds".into())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_that_does_not_exist_fails_the_job_alone() {
    let local = Local::start().await;
    let body = |id: &str, bucket: &str| {
        job(id, "cube(9);").replace(r#""outputs""#, &format!(r#""destination":{{"bucket":"{bucket}"}},"outputs""#))
    };
    local.send(&body("nowhere", "absent")).await;
    local.send(&body("forbidden", "elsewhere")).await;
    local.send(&job("home", "cube(9);")).await;
    let daemon = Daemon::start(&local, echo(), &["store.write_buckets=absent"]);
    assert!(eventually(|| is_drained(&local)).await);
    daemon.stop().await;
    for (id, word) in [("nowhere", "no bucket absent"), ("forbidden", "store.write_buckets")] {
        let manifest = local.manifest(id).await.expect("a manifest at the daemon's own place");
        assert_eq!(manifest["error"]["code"], "invalid_job");
        let detail = manifest["error"]["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(word), "{id}: {detail}");
    }
    assert_eq!(local.manifest("home").await.expect("a manifest")["status"], "succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn draining_finishes_what_runs_and_gives_back_the_rest() {
    let local = Local::start().await;
    let running = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let slow: Work = {
        let (inner, running) = (echo(), running.clone());
        Arc::new(move |spec, inputs, budget, progress| {
            running.store(true, std::sync::atomic::Ordering::Relaxed);
            std::thread::sleep(Duration::from_millis(700));
            inner(spec, inputs, budget, progress)
        })
    };
    for index in 0..8 {
        local.send(&job(&format!("d-{index}"), "cube(1);")).await;
    }
    let daemon = Daemon::start(&local, slow, &["worker.ahead=4", "queue.visibility_seconds=60"]);
    assert!(eventually(|| async { local.depth(&local.queue).await.1 >= 6 }).await);
    assert!(eventually(|| async { running.load(std::sync::atomic::Ordering::Relaxed) }).await);
    let summary = daemon.stop().await;
    let (visible, in_flight) = local.depth(&local.queue).await;
    assert_eq!(in_flight, 0, "nothing is left in flight");
    assert_eq!(u64::from(visible) + summary.settled["succeeded"], 8);
    assert!(summary.released > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_signal_gives_back_what_runs() {
    let local = Local::start().await;
    local.send(&job("stuck", "FOREVER")).await;
    let daemon = Daemon::start(&local, echo(), &["queue.visibility_seconds=60"]);
    assert!(eventually(|| async { local.depth(&local.queue).await.1 == 1 }).await);
    tokio::time::sleep(Duration::from_millis(200)).await;
    daemon.shutdown.abandon.cancel();
    daemon.stop().await;
    assert_eq!(local.depth(&local.queue).await, (1, 0));
    assert!(local.manifest("stuck").await.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_down_stops_receiving_and_costs_no_attempts() {
    let local = Local::start().await;
    let refuse = Action::Refuse { status: 503, code: "ServiceUnavailable".into() };
    local.server.faults().inject(Fault::always("PutObject", refuse));
    let flags = ["worker.jobs=1", "worker.ahead=0", "breaker.failures=2", "breaker.pause_seconds=1"];
    let daemon = Daemon::start(&local, echo(), &flags);
    for index in 0..5 {
        local.send(&job(&format!("s-{index}"), "cube(1);")).await;
    }
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(local.depth(&local.queue).await, (4, 1), "one is held, the others are left alone");
    local.server.faults().clear();
    assert!(eventually(|| is_drained(&local)).await);
    let summary = daemon.stop().await;
    assert_eq!((summary.received, summary.settled["succeeded"], summary.released), (5, 5, 0));
}

/// Batch lock-step would wait for the slow job of the first batch; here it waits for all the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_job_does_not_hold_up_fast_ones() {
    let local = Local::start().await;
    let fast_done = Arc::new(AtomicU32::new(0));
    let mixed: Work = {
        let (inner, fast_done) = (echo(), Arc::clone(&fast_done));
        Arc::new(move |spec, inputs, budget, progress| {
            while spec.id == "slow" && fast_done.load(Ordering::Acquire) < 40 && budget.check().is_ok() {
                std::thread::sleep(Duration::from_millis(2));
            }
            fast_done.fetch_add(1, Ordering::AcqRel);
            inner(spec, inputs, budget, progress)
        })
    };
    local.send(&job("slow", "cube(1);")).await;
    for index in 0..40 {
        local.send(&job(&format!("fast-{index}"), "cube(1);")).await;
    }
    let daemon = Daemon::start(&local, mixed, &["worker.jobs=4", "worker.ahead=2"]);
    assert!(eventually(|| is_drained(&local)).await);
    let summary = daemon.stop().await;
    assert_eq!((summary.received, summary.settled["succeeded"]), (41, 41));
}

#[tokio::test(start_paused = true)]
async fn in_memory_time_runs_as_it_should() {
    use maquette::daemon::queue::{MemoryQueue, Queue};
    use maquette::daemon::store::{MemoryStore, Store};

    let queue = MemoryQueue::new(Duration::from_secs(30));
    queue.send(job("memory", "cube(1);"));
    let settings = crate::local_aws::settings_at("http://127.0.0.1:1", "http://127.0.0.1:1/q", &[]);
    let services = Services {
        queues: vec![Queue::Memory(queue.clone())],
        store: Store::Memory(MemoryStore::default()),
        notifier: Notifier::Memory(Arc::default()),
        replies: None,
        dead_letters: DeadLetters::none(),
        auto_scaling: None,
        region: "local".into(),
    };
    let shutdown = Shutdown::new();
    let daemon =
        tokio::spawn(run_with(settings, services, Resources::bundled(), echo(), shutdown.clone(), Hooks::default()));
    // the job has a thread of its own, for which this clock does not wait
    let made = || async {
        std::thread::sleep(Duration::from_millis(4));
        queue.is_empty()
    };
    assert!(eventually(made).await);
    shutdown.drain.cancel();
    let summary = daemon.await.expect("the daemon ends").expect("it started");
    assert_eq!(summary.settled["succeeded"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_http_it_is_seen_paused_and_told_to_cancel() {
    let local = Local::start().await;
    let (daemon, http) = Daemon::start_seen(&local, echo(), &["http.control=true"]).await;
    assert!(ask(http, "GET", "/healthz").await.starts_with("HTTP/1.1 200"));
    assert!(ask(http, "GET", "/readyz").await.starts_with("HTTP/1.1 200"));
    assert!(ask(http, "POST", "/v1/pause").await.starts_with("HTTP/1.1 200"));
    let unready = ask(http, "GET", "/readyz").await;
    assert!(unready.starts_with("HTTP/1.1 503") && unready.contains("paused"), "{unready}");
    // the receive that was under way when it was paused may still bring one
    tokio::time::sleep(Duration::from_millis(1200)).await;
    local.send(&job("waits", "FOREVER")).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(local.depth(&local.queue).await, (1, 0));
    ask(http, "POST", "/v1/resume").await;
    assert!(eventually(|| async { ask(http, "GET", "/v1/jobs/waits").await.contains("\"running\"") }).await);
    assert!(ask(http, "GET", "/v1/status").await.contains("\"waits\""));
    assert!(ask(http, "POST", "/v1/jobs/waits/cancel").await.starts_with("HTTP/1.1 202"));
    assert!(eventually(|| is_drained(&local)).await);
    assert_eq!(local.manifest("waits").await.expect("a manifest")["status"], "canceled");
    let metrics = ask(http, "GET", "/metrics").await;
    assert!(metrics.contains("maquette_jobs_settled_total{status=\"canceled\"} 1"), "{metrics}");
    assert!(ask(http, "GET", "/v1/jobs/unknown").await.contains("application/problem+json"));
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_queue_is_emptied_before_the_second() {
    let local = Local::start().await;
    let second = crate::local_aws::create_queue(&local.clients, "batch", &[]).await;
    let order = Arc::new(std::sync::Mutex::new(Vec::new()));
    let noted: Work = {
        let (inner, order) = (echo(), Arc::clone(&order));
        Arc::new(move |spec, inputs, budget, progress| {
            order.lock().expect("nobody panicked").push(spec.id.clone());
            inner(spec, inputs, budget, progress)
        })
    };
    for index in 0..6 {
        let body = job(&format!("batch-{index}"), "cube(1);");
        local.clients.sqs.send_message().queue_url(&second).message_body(body).send().await.expect("sent");
        local.send(&job(&format!("first-{index}"), "cube(1);")).await;
    }
    let more = format!("queue.more_urls={second}");
    let daemon = Daemon::start(&local, noted, &[&more, "worker.jobs=1", "worker.ahead=0"]);
    assert!(eventually(|| async { is_drained(&local).await && local.depth(&second).await == (0, 0) }).await);
    daemon.stop().await;
    let order = order.lock().expect("nobody panicked").clone();
    let last_first = order.iter().rposition(|id| id.starts_with("first")).expect("they ran");
    let first_batch = order.iter().position(|id| id.starts_with("batch")).expect("they ran");
    assert!(last_first < first_batch, "{order:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fifo_group_keeps_its_order_and_others_go_beside_it() {
    use aws_sdk_sqs::types::QueueAttributeName;
    let mut local = Local::start().await;
    let fifo = [(QueueAttributeName::FifoQueue, "true")];
    local.queue = crate::local_aws::create_queue(&local.clients, "jobs.fifo", &fifo).await;
    let order = Arc::new(std::sync::Mutex::new(Vec::new()));
    let noted: Work = {
        let (inner, order) = (echo(), Arc::clone(&order));
        Arc::new(move |spec, inputs, budget, progress| {
            order.lock().expect("nobody panicked").push(spec.id.clone());
            inner(spec, inputs, budget, progress)
        })
    };
    for index in 0..6 {
        for group in ["a", "b"] {
            let id = format!("{group}-{index}");
            let call = local.clients.sqs.send_message().queue_url(&local.queue).message_body(job(&id, "cube(1);"));
            call.message_group_id(group).message_deduplication_id(&id).send().await.expect("sent");
        }
    }
    let daemon = Daemon::start(&local, noted, &["worker.jobs=4"]);
    assert!(eventually(|| is_drained(&local)).await);
    daemon.stop().await;
    let order = order.lock().expect("nobody panicked").clone();
    for group in ["a", "b"] {
        let own: Vec<&String> = order.iter().filter(|id| id.starts_with(group)).collect();
        assert!(own.is_sorted(), "{own:?}");
        assert_eq!(own.len(), 6);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_file_in_the_bucket_is_a_job_however_it_is_told() {
    let local = Local::start().await;
    for id in ["by-event", "by-bridge", "by-topic", "by-pointer"] {
        let body = aws_sdk_s3::primitives::ByteStream::from(job(id, "cube(1);").into_bytes());
        let key = format!("in/{id} job.json");
        local.clients.s3.put_object().bucket(BUCKET).key(key).body(body).send().await.expect("put");
    }
    let record = |id: &str| {
        format!(
            r#"{{"eventName":"ObjectCreated:Put","s3":{{"bucket":{{"name":"results"}},"object":{{"key":"in/{id}+job.json"}}}}}}"#
        )
    };
    local.send(&format!(r#"{{"Records":[{}]}}"#, record("by-event"))).await;
    local.send(r#"{"version":"0","detail-type":"Object Created","source":"aws.s3","detail":{"bucket":{"name":"results"},"object":{"key":"in/by-bridge job.json"}}}"#).await;
    let inner = serde_json::Value::String(format!(r#"{{"Records":[{}]}}"#, record("by-topic")));
    local.send(&format!(r#"{{"Type":"Notification","TopicArn":"arn:aws:sns:x","Message":{inner}}}"#)).await;
    local.send(r#"["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"results","s3Key":"in/by-pointer job.json"}]"#).await;
    let daemon = Daemon::start(&local, echo(), &[]);
    assert!(eventually(|| is_drained(&local)).await);
    daemon.stop().await;
    for id in ["by-event", "by-bridge", "by-topic", "by-pointer"] {
        assert_eq!(local.manifest(id).await.expect(id)["status"], "succeeded");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_come_from_the_store_and_are_checked() {
    let local = Local::start().await;
    let put = async |key: &str, text: &str| {
        let body = aws_sdk_s3::primitives::ByteStream::from(text.as_bytes().to_vec());
        local.clients.s3.put_object().bucket(BUCKET).key(key).body(body).send().await.expect("put");
    };
    put("src/part.scad", "cube(2);").await;
    put("templates/box/1.9/main.scad", "old").await;
    put("templates/box/1.10/main.scad", "new").await;
    let with = |id: &str, source: &str| {
        format!(r#"{{"version":1,"id":"{id}","source":{source},"outputs":[{{"name":"part","format":"stl"}}]}}"#)
    };
    local.send(&with("object", r#"{"object":{"key":"src/part.scad"}}"#)).await;
    local.send(&with("template", r#"{"template":"box"}"#)).await;
    local.send(&with("pinned", r#"{"template":"box@1.9"}"#)).await;
    local.send(&with("absent", r#"{"object":{"key":"src/absent.scad"}}"#)).await;
    local.send(&with("foreign", r#"{"object":{"bucket":"secrets","key":"part.scad"}}"#)).await;
    let wrong = format!(r#"{{"object":{{"key":"src/part.scad","digest":"sha256:{}"}}}}"#, "0".repeat(64));
    local.send(&with("altered", &wrong)).await;
    let daemon = Daemon::start(&local, echo(), &[]);
    assert!(eventually(|| is_drained(&local)).await);
    daemon.stop().await;
    for (id, text) in [("object", "cube(2);"), ("template", "new"), ("pinned", "old")] {
        assert_eq!(local.object(&format!("results/{id}/part.stl")).await.as_deref(), Some(text), "{id}");
    }
    for (id, code) in [("absent", "source_not_found"), ("foreign", "invalid_job"), ("altered", "invalid_job")] {
        assert_eq!(local.manifest(id).await.expect(id)["error"]["code"], code, "{id}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_beside_the_manifest_cancels_a_job() {
    let local = Local::start().await;
    let put = async |key: &str| {
        local.clients.s3.put_object().bucket(BUCKET).key(key).send().await.expect("the object is put");
    };
    put("results/before/cancel").await;
    local.send(&job("before", "FOREVER")).await;
    local.send(&job("amid", "FOREVER")).await;
    let daemon = Daemon::start(&local, echo(), &["store.cancel_seconds=1"]);
    assert!(eventually(|| async { local.manifest("before").await.is_some() }).await);
    put("results/amid/cancel").await;
    assert!(eventually(|| is_drained(&local)).await);
    daemon.stop().await;
    for id in ["before", "amid"] {
        assert_eq!(local.manifest(id).await.expect("a manifest")["status"], "canceled", "{id}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_job_is_told_of_and_not_made() {
    let local = Local::start().await;
    let expired = job("stale", "PANIC").replace(r#""outputs""#, r#""expires":"2020-01-01T00:00:00Z","outputs""#);
    local.send(&expired).await;
    let daemon = Daemon::start(&local, echo(), &[]);
    assert!(eventually(|| is_drained(&local)).await);
    daemon.stop().await;
    assert_eq!(local.manifest("stale").await.expect("a manifest")["status"], "expired");
}

/// The trace of whoever sent the job is in what S3 keeps and in the event, wherever it came from.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_goes_from_the_message_to_store_and_event() {
    use aws_sdk_sqs::types::MessageAttributeValue;
    let local = Local::start().await;
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let fields = format!(r#""traceparent":"{trace}","tracestate":"a=1,b=2","outputs""#);
    local.send(&job("within", "cube(1);").replace(r#""outputs""#, &fields)).await;
    let text =
        |value| MessageAttributeValue::builder().data_type("String").string_value(value).build().expect("a value");
    let call = local.clients.sqs.send_message().queue_url(&local.queue).message_body(job("beside", "cube(1);"));
    let call = call.message_attributes("traceparent", text(trace)).message_attributes("tracestate", text("a=1,b=2"));
    call.send().await.expect("sent");
    let daemon = Daemon::start(&local, echo(), &[]);
    assert!(eventually(|| is_drained(&local)).await);
    daemon.stop().await;
    for id in ["within", "beside"] {
        let manifest = local.manifest(id).await.expect("a manifest");
        assert_eq!((&manifest["traceparent"], &manifest["tracestate"]), (&trace.into(), &"a=1,b=2".into()), "{id}");
    }
    let events = local.received(&local.told).await;
    assert_eq!(events.len(), 2);
    assert!(events.iter().all(|event| event.contains(trace) && event.contains("a=1,b=2")), "{events:?}");
}

/// Groups on a standard queue are tenants: SQS shares the queue out among them, and jobs of one may run side by side.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tenants_of_a_standard_queue_are_not_serialised() {
    let local = Local::start().await;
    let together = Arc::new(AtomicU32::new(0));
    let meeting: Work = {
        let (inner, together) = (echo(), Arc::clone(&together));
        Arc::new(move |spec, inputs, budget, progress| {
            together.fetch_add(1, Ordering::AcqRel);
            // each waits for the other
            while together.load(Ordering::Acquire) < 2 && budget.check().is_ok() {
                std::thread::sleep(Duration::from_millis(2));
            }
            inner(spec, inputs, budget, progress)
        })
    };
    for id in ["one", "two"] {
        let call = local.clients.sqs.send_message().queue_url(&local.queue).message_body(job(id, "cube(1);"));
        call.message_group_id("tenant").send().await.expect("sent");
    }
    let daemon = Daemon::start(&local, meeting, &["worker.jobs=2"]);
    assert!(eventually(|| is_drained(&local)).await);
    assert_eq!(daemon.stop().await.settled["succeeded"], 2);
}

/// Twelve hours after its receipt SQS lets nobody keep a message: the job ends before, and another delivery begins.
#[tokio::test(start_paused = true)]
async fn a_lease_ends_after_twelve_hours() {
    use maquette::daemon::queue::{MemoryQueue, Queue};
    use maquette::daemon::store::{MemoryStore, Store};

    let queue = MemoryQueue::new(Duration::from_secs(3600));
    queue.send(job("endless", "FOREVER"));
    let flags = ["queue.visibility_seconds=3600", "limits.wall_seconds=86400", "drain.grace_seconds=1"];
    let settings = crate::local_aws::settings_at("http://127.0.0.1:1", "http://127.0.0.1:1/q", &flags);
    let services = Services {
        queues: vec![Queue::Memory(queue.clone())],
        store: Store::Memory(MemoryStore::default()),
        notifier: Notifier::None,
        replies: None,
        dead_letters: DeadLetters::none(),
        auto_scaling: None,
        region: "local".into(),
    };
    let (started, running) = tokio::sync::oneshot::channel();
    let hooks = Hooks { started: Some(started), ..Hooks::default() };
    let shutdown = Shutdown::new();
    let daemon = tokio::spawn(run_with(settings, services, Resources::bundled(), echo(), shutdown.clone(), hooks));
    let metrics = running.await.expect("it starts").metrics;
    let begun = tokio::time::Instant::now();
    while metrics.leases_lost.value() == 0 && begun.elapsed() < Duration::from_secs(20 * 3600) {
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    let held = begun.elapsed();
    assert!(held > Duration::from_secs(11 * 3600) && held < Duration::from_secs(12 * 3600), "{held:?}");
    shutdown.drain.cancel();
    shutdown.abandon.cancel();
    daemon.await.expect("the daemon ends").expect("it started");
}
