//! Jobs in processes of their own: the same results, and what becomes of them when a process dies or hangs.

use std::process::Command;
use std::time::Duration;

use maquette::cli::samples::SAMPLES;
use serde_json::Value;

use crate::road::{Daemon, Road, job};

const SLOW: &str = "function f(n) = n < 2 ? n : f(n - 1) + f(n - 2); echo(f(26)); sphere(10, $fn = 64);";

async fn road(name: &str) -> Road {
    let mut road = Road::start(name).await;
    road.flags.push("worker.isolation=processes".into());
    road
}

fn signal(name: &str, process: &str) {
    let sent = Command::new("kill").arg(name).arg(process).status();
    assert!(sent.is_ok_and(|status| status.success()), "{name} to {process}");
}

/// Waits for the daemon's first worker process.
async fn worker_of(daemon: &Daemon) -> String {
    for _ in 0..500 {
        if let Some(process) = daemon.children().into_iter().next() {
            return process;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no worker process is started");
}

fn digests(manifest: &Value) -> Vec<&Value> {
    manifest["outputs"].as_array().expect("outputs is a list").iter().map(|output| &output["digest"]).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_and_threads_make_the_same() {
    let mut manifests = Vec::new();
    for isolation in ["threads", "processes"] {
        let mut road = Road::start(&format!("same-{isolation}")).await;
        road.flags.push(format!("worker.isolation={isolation}"));
        let ids: Vec<String> = SAMPLES.iter().map(|sample| sample.name.to_owned()).collect();
        for sample in SAMPLES {
            road.producer.send(&sample.message(sample.name, &[])).await.expect("it is sent");
        }
        let daemon = road.daemon();
        manifests.push(road.manifests(&ids, Duration::from_secs(240)).await);
        for manifest in manifests[manifests.len() - 1].values() {
            road.artefacts_are_whole(manifest).await;
        }
        assert_eq!(daemon.terminate(), Some(0));
    }
    for (id, on_thread) in &manifests[0] {
        let in_process = &manifests[1][id];
        assert_eq!(digests(on_thread), digests(in_process), "{id}");
        assert_eq!(on_thread["diagnostics"], in_process["diagnostics"], "{id}");
        assert!(in_process["usage"]["cpuMs"].is_u64(), "{in_process}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_whose_process_dies_is_done_by_another() {
    let road = road("dies").await;
    road.producer.send(&job("slow", SLOW)).await.expect("it is sent");
    let mut daemon = road.daemon();
    let first = worker_of(&daemon).await;
    signal("-KILL", &first);
    let found = road.manifests(&["slow".into()], Duration::from_secs(60)).await;
    assert_eq!(found["slow"]["status"], "succeeded", "{}", found["slow"]);
    assert!(!daemon.children().contains(&first));
    assert!(daemon.is_running());
    assert!(road.is_empty().await, "nothing is left");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_died_while_it_waited_costs_no_attempt() {
    let road = road("idle").await;
    road.producer.send(&job("before", "cube(1);")).await.expect("it is sent");
    let daemon = road.daemon();
    road.manifests(&["before".into()], Duration::from_secs(60)).await;
    let process = worker_of(&daemon).await;
    signal("-KILL", &process);
    tokio::time::sleep(Duration::from_millis(300)).await;
    road.producer.send(&job("after", "cube(2);")).await.expect("it is sent");
    let found = road.manifests(&["after".into()], Duration::from_secs(60)).await;
    assert_eq!((&found["after"]["status"], &found["after"]["attempt"]), (&"succeeded".into(), &1.into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_hears_nothing_is_killed_when_its_time_is_up() {
    let mut road = road("hangs").await;
    road.flags.push("limits.wall_seconds=3".into());
    road.producer
        .send(&job("hung", "function f(n) = n < 2 ? n : f(n - 1) + f(n - 2); cube(f(60));"))
        .await
        .expect("it is sent");
    let daemon = road.daemon();
    let process = worker_of(&daemon).await;
    // until it has the job
    tokio::time::sleep(Duration::from_millis(1500)).await;
    signal("-STOP", &process);
    let found = road.manifests(&["hung".into()], Duration::from_secs(60)).await;
    assert_eq!(found["hung"]["error"]["code"], "limit_exceeded", "{}", found["hung"]);
    road.producer.send(&job("next", "cube(5);")).await.expect("it is sent");
    let found = road.manifests(&["next".into()], Duration::from_secs(60)).await;
    assert_eq!(found["next"]["status"], "succeeded");
    assert!(road.is_empty().await, "nothing is left");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_end_with_their_daemon() {
    let road = road("orphans").await;
    road.producer.send(&job("slow", SLOW)).await.expect("it is sent");
    let daemon = road.daemon();
    let process = worker_of(&daemon).await;
    drop(daemon);
    // one that nobody has buried yet is a zombie
    let ended = || std::fs::read_to_string(format!("/proc/{process}/stat")).map_or(true, |stat| stat.contains(") Z "));
    for _ in 0..500 {
        if ended() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("process {process} outlives its daemon");
}
