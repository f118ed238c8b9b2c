//! `maquette submit`: puts a job on the queue, and waits for its manifest where wanted.

use std::fs;
use std::io::Read as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cli::arguments::SubmitArguments;
use crate::cli::serve::{load_settings, runtime};
use crate::cli::{CommandResult, Failed};
use crate::daemon::Producer;
use crate::job::{keys, message};

/// How often the manifest is looked for.
const LOOK: Duration = Duration::from_millis(500);

/// Submits; with `--wait` the exit status says whether the job succeeded.
pub fn run(arguments: SubmitArguments) -> CommandResult {
    let body = read(&arguments)?;
    let spec = message::parse(body.as_bytes()).map_err(|rejection| Failed::new(rejection.to_string()))?;
    let settings = load_settings(arguments.config.as_deref(), arguments.set.clone())?;
    let prefix = keys::prefix(&spec.destination, &settings.store.prefix, &spec.id);
    let key = keys::manifest(&prefix);
    runtime()?.block_on(async {
        let producer = Producer::connect(&settings).await;
        producer.send(&body).await.map_err(|error| Failed::new(error.to_string()))?;
        if !arguments.wait {
            println!("queued {}; its manifest will be {key}", spec.id);
            return Ok(ExitCode::SUCCESS);
        }
        let deadline = Instant::now() + Duration::from_secs(arguments.timeout);
        let bucket = spec.destination.bucket.as_deref();
        while Instant::now() < deadline {
            let found = producer.object(bucket, &key).await.map_err(|error| Failed::new(error.to_string()))?;
            if let Some(manifest) = found {
                return show(&manifest);
            }
            tokio::time::sleep(LOOK).await;
        }
        Err(Failed::new(format!("no manifest {key} after {} s", arguments.timeout)))
    })
}

fn read(arguments: &SubmitArguments) -> Result<String, Failed> {
    let read = if arguments.job.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(&arguments.job)
    };
    read.map_err(|error| Failed::new(format!("{}: {error}", arguments.job.display())))
}

fn show(manifest: &[u8]) -> CommandResult {
    print!("{}", String::from_utf8_lossy(manifest));
    let manifest: Value = serde_json::from_slice(manifest).unwrap_or(Value::Null);
    Ok(ExitCode::from(u8::from(manifest["status"] != "succeeded")))
}
