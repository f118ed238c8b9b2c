//! A daemon on an instance of EC2: notices of its end, and what its Auto Scaling group is told.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::local_aws::{Daemon, Local, ask, echo, eventually, is_drained, job, within};

/// The metadata service and EC2 Auto Scaling in one: what they say, and what they were told.
struct Ec2 {
    endpoint: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// What the metadata service answers below `/latest/meta-data/`.
    metadata: Vec<(&'static str, String)>,
    /// Calls to Auto Scaling that are refused before one is taken.
    refusals: u32,
    /// Actions with the fields that matter, in order; those refused are not among them.
    told: Vec<String>,
}

impl Ec2 {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = Vec::new();
                while !is_whole(&request) && stream.read_buf(&mut request).await.is_ok_and(|count| count > 0) {}
                let (status, body) = shared.lock().unwrap_or_else(PoisonError::into_inner).answer(&request);
                let length = body.len();
                let answer =
                    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { endpoint, state }
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn flags(&self) -> Vec<String> {
        vec![
            "ec2.notices=true".into(),
            format!("ec2.metadata_endpoint={}", self.endpoint),
            format!("ec2.auto_scaling_endpoint={}", self.endpoint),
            "ec2.auto_scaling_group=workers".into(),
            "ec2.lifecycle_hook=drained".into(),
            "ec2.idle_seconds=1".into(),
        ]
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

impl State {
    fn answer(&mut self, request: &[u8]) -> (&'static str, String) {
        let text = String::from_utf8_lossy(request).into_owned();
        let path = text.split(' ').nth(1).unwrap_or_default();
        if text.starts_with("PUT /latest/api/token") {
            return ("200 OK", "token".into());
        }
        if let Some(name) = path.strip_prefix("/latest/meta-data/") {
            let found = self.metadata.iter().find(|(known, _)| *known == name && text.contains("token: token"));
            return found.map_or(("404 Not Found", String::new()), |(_, value)| ("200 OK", value.clone()));
        }
        let body = text.split("\r\n\r\n").nth(1).unwrap_or_default();
        let signed = text.contains("AWS4-HMAC-SHA256") && text.contains("/us-east-1/autoscaling/aws4_request");
        let ours = body.contains("AutoScalingGroupName=workers") && body.contains("=i-0abc");
        if self.refusals > 0 || !signed || !ours {
            self.refusals = self.refusals.saturating_sub(1);
            let error =
                "<ErrorResponse><Error><Code>ResourceContention</Code><Message>busy</Message></Error></ErrorResponse>";
            return ("400 Bad Request", error.into());
        }
        let field = |name: &str| body.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let what = field("ProtectedFromScaleIn").or_else(|| field("LifecycleActionResult")).unwrap_or_default();
        self.told.push(format!("{} {what}", field("Action").unwrap_or_default()).trim().to_owned());
        ("200 OK", "<Response/>".into())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_spot_notice_nothing_more_is_received_and_the_daemon_ends_in_time() {
    let local = Local::start().await;
    local.send(&job("late", "cube(1);")).await;
    let ec2 = Ec2::start().await;
    let time = time::OffsetDateTime::now_utc() + Duration::from_secs(17);
    let time = time.format(&time::format_description::well_known::Rfc3339).expect("a time");
    let action = format!(r#"{{"action":"terminate","time":"{time}"}}"#);
    ec2.with(|state| state.metadata.push(("spot/instance-action", action)));
    let flags = [ec2.flags()[0].clone(), ec2.flags()[1].clone()];
    let daemon = Daemon::start(&local, echo(), &[&flags[0], &flags[1]]);
    let begun = std::time::Instant::now();
    // nobody tells it: it ends by itself, fifteen seconds before the instance does
    let summary = daemon.task.await.expect("the daemon ends");
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(summary.received, 0);
    assert_eq!(local.depth(&local.queue).await, (1, 0));
}

/// The group waits for an hour, Spot for two minutes: what comes later counts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spot_notice_counts_on_an_instance_that_its_group_ends_already() {
    let local = Local::start().await;
    let ec2 = Ec2::start().await;
    ec2.with(|state| state.metadata.push(("autoscaling/target-lifecycle-state", "Terminated".into())));
    let flags = [ec2.flags()[0].clone(), ec2.flags()[1].clone()];
    let (daemon, http) = Daemon::start_seen(&local, echo(), &[&flags[0], &flags[1]]).await;
    let tells = |what: &'static str| async move { ask(http, "GET", "/readyz").await.contains(what) };
    assert!(eventually(|| tells("the Auto Scaling group ends this instance")).await);
    let soon = time::OffsetDateTime::now_utc() + Duration::from_secs(10);
    let soon = soon.format(&time::format_description::well_known::Rfc3339).expect("a time");
    ec2.with(|state| {
        state.metadata.push(("spot/instance-action", format!(r#"{{"action":"terminate","time":"{soon}"}}"#)));
    });
    let ended = tokio::time::timeout(Duration::from_secs(15), daemon.task).await;
    assert!(ended.is_ok_and(|ended| ended.is_ok()), "it ends before the instance does");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_group_may_not_end_an_instance_that_works() {
    let local = Local::start().await;
    let ec2 = Ec2::start().await;
    ec2.with(|state| state.metadata.push(("instance-id", "i-0abc".into())));
    let flags = ec2.flags();
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    local.send(&job("long", "FOREVER").replace(r#""outputs""#, r#""limits":{"wallSeconds":3},"outputs""#)).await;
    let daemon = Daemon::start(&local, echo(), &flags);
    let told = || async { ec2.with(|state| state.told.clone()) };
    assert!(eventually(|| async { told().await == ["SetInstanceProtection true"] }).await, "{:?}", told().await);
    assert!(local.depth(&local.queue).await.1 == 1, "while the job is in hand");
    assert!(eventually(|| is_drained(&local)).await);
    let both = ["SetInstanceProtection true", "SetInstanceProtection false"];
    assert!(eventually(|| async { told().await == both }).await, "{:?}", told().await);
    daemon.stop().await;
    assert_eq!(told().await, both);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_that_the_group_ends_finishes_what_it_has_and_says_so() {
    let local = Local::start().await;
    let ec2 = Ec2::start().await;
    ec2.with(|state| state.metadata.push(("instance-id", "i-0abc".into())));
    let flags = ec2.flags();
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    local.send(&job("last", "FOREVER").replace(r#""outputs""#, r#""limits":{"wallSeconds":9},"outputs""#)).await;
    let daemon = Daemon::start(&local, echo(), &flags);
    assert!(eventually(|| async { local.depth(&local.queue).await.1 == 1 }).await);
    ec2.with(|state| state.metadata.push(("autoscaling/target-lifecycle-state", "Terminated".into())));
    let told = || async { ec2.with(|state| state.told.clone()) };
    let prolonged = || async { told().await.contains(&"RecordLifecycleActionHeartbeat".to_owned()) };
    assert!(eventually(prolonged).await, "{:?}", told().await);
    // the receive that was under way may still bring one
    tokio::time::sleep(Duration::from_secs(3)).await;
    local.send(&job("too-late", "cube(1);")).await;
    let completed = || async { told().await.last().is_some_and(|last| last == "CompleteLifecycleAction CONTINUE") };
    assert!(within(40, completed).await, "{:?}", told().await);
    assert!(local.manifest("last").await.is_some(), "what was in hand is done");
    assert_eq!(local.depth(&local.queue).await, (1, 0), "what came later is left to others");
    daemon.stop().await;
    let completions = told().await.iter().filter(|said| said.starts_with("Complete")).count();
    assert_eq!(completions, 1);
}
