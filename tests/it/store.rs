//! The store on S3 where the other side does not keep what it promises: bodies that break off, that have no end, that are said to be huge; rights that are not there.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use maquette::daemon::aws::Clients;
use maquette::daemon::store::{Place, S3Store, StoreError};
use maquette::standin::{Action, Fault};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::local_aws::{BUCKET, Daemon, Local, ask, echo, is_drained, job, settings_at, within};

fn place(key: &str) -> Place {
    Place { bucket: BUCKET.into(), key: key.into() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_breaks_off_is_asked_for_again() {
    let local = Local::start().await;
    let store = S3Store::new(local.clients.s3.clone());
    let content = "x".repeat(100_000);
    let put = local.clients.s3.put_object().bucket(BUCKET).key("a").body(content.clone().into_bytes().into());
    put.send().await.expect("put");
    local.server.faults().inject(Fault::at("GetObject", 0, 2, Action::Truncate));
    let got = store.get(&place("a"), None, 1 << 20).await.expect("the third answer is whole");
    assert_eq!(got, content.as_bytes());
    local.server.faults().inject(Fault::always("GetObject", Action::Truncate));
    let error = store.get(&place("a"), None, 1 << 20).await.expect_err("half of it is not it");
    assert!(error.is_transient(), "{error}");
}

/// A store on loopback that answers every call with this head, then sends without end.
async fn endless(head: &'static str) -> S3Store {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let piece = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
                let mut sent = stream.write_all(head.as_bytes()).await;
                // bounded, should nobody hang up: 64 MiB
                for _ in 0..1024 {
                    if sent.is_ok() {
                        sent = stream.write_all(piece.as_bytes()).await;
                    }
                }
            });
        }
    });
    S3Store::new(Clients::connect(&settings_at(&endpoint, "http://unset/q", &[])).await.s3)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_of_no_promised_length_is_read_to_the_limit_alone() {
    let store = endless("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await;
    assert_eq!(
        store.get(&place("a"), None, 1 << 20).await,
        Err(StoreError::TooLarge(format!("s3://{BUCKET}/a"), 1 << 20))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_is_said_to_be_huge_is_not_waited_for() {
    let store = endless("HTTP/1.1 200 OK\r\ncontent-length: 9000000000000000000\r\n\r\n").await;
    let got = tokio::time::timeout(Duration::from_secs(5), store.get(&place("a"), None, 1 << 30)).await;
    assert_eq!(got.expect("at once"), Err(StoreError::TooLarge(format!("s3://{BUCKET}/a"), 1 << 30)));
}

/// S3 denies what is not there to whoever may not list, and everything to whoever may not read: both are no reason to receive nothing, and a job is done all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_right_to_read_jobs_are_done_without_a_pause() {
    let local = Local::start().await;
    let denied = Action::Refuse { status: 403, code: "AccessDenied".into() };
    local.server.faults().inject(Fault::always("GetObject", denied));
    for index in 0..12 {
        local.send(&job(&format!("job-{index}"), "cube(1);")).await;
    }
    local.send(&job("job-3", "cube(1);")).await;
    let flags =
        ["worker.jobs=4", "worker.ahead=4", "breaker.failures=2", "breaker.pause_seconds=3", "queue.attempts_max=100"];
    let (daemon, http) = Daemon::start_seen(&local, echo(), &flags).await;
    let flapped = AtomicBool::new(false);
    let drained = within(10, || async {
        flapped.fetch_or(ask(http, "GET", "/readyz").await.contains("the store fails"), Ordering::Relaxed);
        is_drained(&local).await
    });
    assert!(drained.await, "{:?} left", local.depth(&local.queue).await);
    daemon.stop().await;
    local.server.faults().clear();
    assert_eq!((flapped.into_inner(), local.depth(&local.dead).await), (false, (0, 0)));
    for index in 0..12 {
        assert_eq!(local.manifest(&format!("job-{index}")).await.expect("a manifest")["status"], "succeeded");
    }
}
