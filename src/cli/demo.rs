//! `maquette demo`: embedded queue and store, sample jobs through the real daemon loop, a table of what was made and where.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cli::arguments::DemoArguments;
use crate::cli::samples::SAMPLES;
use crate::cli::serve::{self, BUCKET, Embedded};
use crate::cli::table::table;
use crate::cli::{CommandResult, Failed};
use crate::daemon::{self, JobStatus, Producer};
use crate::standin;

/// Longest that the demo waits for its jobs.
const PATIENCE: Duration = Duration::from_secs(600);

/// Runs the demo; the exit status says whether all jobs succeeded.
pub fn run(arguments: DemoArguments) -> CommandResult {
    serve::runtime()?.block_on(async {
        let directory = arguments.dir.unwrap_or_else(|| std::env::temp_dir().join("maquette-demo"));
        if arguments.ui {
            return serve::page(&directory).await;
        }
        let embedded =
            Embedded::start(&directory, &["http.listen=".to_owned(), "queue.wait_seconds=1".to_owned()]).await?;
        println!("queue and store  {} (in {})", embedded.endpoint(), directory.display());
        let began = Instant::now();
        let jobs = jobs(arguments.jobs.unwrap_or(SAMPLES.len()));
        for (_, body) in &jobs {
            embedded.producer.send(body).await.map_err(|error| Failed::new(error.to_string()))?;
        }
        println!("queued           {} jobs\n", jobs.len());
        let ids: Vec<String> = jobs.into_iter().map(|(id, _)| id).collect();
        let settled = work_through(&embedded, &ids).await?;
        report(&embedded.producer, &directory, &ids, &settled, began).await
    })
}

/// Ids and messages of so many jobs; the ids tell one demo from the next, so that each is done anew.
fn jobs(count: usize) -> Vec<(String, String)> {
    let run = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let job = |index: usize| {
        let sample = &SAMPLES[index % SAMPLES.len()];
        let round = index / SAMPLES.len();
        let id = if round == 0 { format!("{}-{run}", sample.name) } else { format!("{}-{run}-{round}", sample.name) };
        let parameters: Vec<(&str, Value)> =
            if round == 0 { Vec::new() } else { vec![("$fn", json!(24 + 4 * (round % 24)))] };
        (id.clone(), sample.message(&id, &parameters))
    };
    (0..count.max(1)).map(job).collect()
}

/// Runs the daemon until all jobs have a manifest, telling of every change.
async fn work_through(embedded: &Embedded, ids: &[String]) -> Result<BTreeMap<String, JobStatus>, Failed> {
    let (sender, receiver) = mpsc::channel::<JobStatus>();
    let observer: daemon::Observer = std::sync::Arc::new(move |status: &JobStatus| {
        // the receiver is gone once the demo has given up
        let _ = sender.send(status.clone());
    });
    let shutdown = daemon::Shutdown::new();
    let settings = embedded.settings.clone();
    let hooks = daemon::Hooks { observer: Some(observer), ..daemon::Hooks::default() };
    let running = tokio::spawn(daemon::run(settings, shutdown.clone(), hooks));
    let wanted = ids.len();
    let watched = tokio::task::spawn_blocking(move || watch(&receiver, wanted)).await;
    shutdown.drain.cancel();
    let ended = running.await.map_err(|error| Failed::new(format!("the daemon failed: {error}")))?;
    ended.map_err(|error| Failed::new(error.to_string()))?;
    watched.map_err(|error| Failed::new(error.to_string()))
}

fn watch(changes: &mpsc::Receiver<JobStatus>, wanted: usize) -> BTreeMap<String, JobStatus> {
    let began = Instant::now();
    let mut settled = BTreeMap::new();
    let mut shown = BTreeMap::new();
    while settled.len() < wanted && began.elapsed() < PATIENCE {
        let Ok(status) = changes.recv_timeout(Duration::from_secs(1)) else { continue };
        if shown.insert(status.job.clone(), status.phase.clone()).as_ref() != Some(&status.phase) {
            println!("{:7.2} s  {:24}  {}", began.elapsed().as_secs_f64(), status.job, told(&status));
        }
        if status.manifest.is_some() {
            settled.insert(status.job.clone(), status);
        }
    }
    settled
}

fn told(status: &JobStatus) -> String {
    match &status.code {
        Some(code) => format!("{} ({code})", status.status),
        None if status.manifest.is_some() => status.status.clone(),
        None => status.phase.to_string(),
    }
}

async fn report(
    producer: &Producer,
    directory: &Path,
    ids: &[String],
    settled: &BTreeMap<String, JobStatus>,
    began: Instant,
) -> CommandResult {
    let mut rows = Vec::with_capacity(ids.len());
    let mut succeeded = 0;
    for id in ids {
        let manifest = producer.object(None, &format!("results/{id}/manifest.json")).await;
        let manifest = manifest.map_err(|error| Failed::new(error.to_string()))?;
        let manifest: Value = manifest.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or(Value::Null);
        succeeded += usize::from(manifest["status"] == "succeeded");
        rows.push(row(id, &manifest, settled.get(id)));
    }
    println!(
        "\n{}",
        table(
            &["job", "status", "artefacts", "triangles", "ms", "bytes"],
            &[false, false, false, true, true, true],
            &rows
        )
    );
    let place = standin::bucket_folder(directory, BUCKET).join("results");
    println!(
        "\n{succeeded} of {} jobs succeeded in {:.1} s; the files lie below {}",
        ids.len(),
        began.elapsed().as_secs_f64(),
        place.display()
    );
    Ok(ExitCode::from(u8::from(succeeded != ids.len())))
}

fn row(id: &str, manifest: &Value, status: Option<&JobStatus>) -> Vec<String> {
    let outputs = manifest["outputs"].as_array().map_or(&[][..], Vec::as_slice);
    let kinds: Vec<&str> = outputs
        .iter()
        .filter(|output| output["status"] == "succeeded")
        .filter_map(|output| output["format"].as_str())
        .collect();
    let state = match manifest["error"]["code"].as_str() {
        Some(code) => format!("{}: {code}", manifest["status"].as_str().unwrap_or("?")),
        None => manifest["status"].as_str().unwrap_or("no manifest").to_owned(),
    };
    let number = |value: &Value| value.as_u64().map_or_else(|| "-".to_owned(), |value| value.to_string());
    let took = status
        .and_then(|status| status.took_ms)
        .map_or_else(|| number(&manifest["usage"]["wallMs"]), |took| took.to_string());
    vec![
        id.to_owned(),
        state,
        kinds.join(" "),
        number(&manifest["geometry"]["triangles"]),
        took,
        number(&manifest["usage"]["bytesOut"]),
    ]
}
