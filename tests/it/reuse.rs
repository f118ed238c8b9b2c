//! Results of earlier jobs used again, on the stand-in.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use maquette::daemon::{Hooks, Resources, Services, Shutdown, Work, run_with};
use maquette::export::Artefact;
use maquette::job::{Failure, Outcome, OutputResult};
use serde_json::{Value, json};

use crate::local_aws::{BUCKET, Local, eventually};

/// A stand-in whose daemon remembers results, and counts what it computes.
struct Remembering {
    local: Local,
    computed: Arc<AtomicU32>,
}

impl Remembering {
    async fn start() -> Self {
        Self { local: Local::start().await, computed: Arc::default() }
    }

    /// Does one job from the queue; gives its manifest, and whether it was computed.
    async fn make(&self, job: &Value) -> (Value, bool) {
        let before = self.computed.load(Ordering::Relaxed);
        self.local.send(&job.to_string()).await;
        let settings = self.local.settings(&["store.cache=cache/"]);
        let services = Services::on_aws(&self.local.clients, &settings);
        let shutdown = Shutdown::new();
        let work = counting(Arc::clone(&self.computed));
        let daemon =
            tokio::spawn(run_with(settings, services, Resources::bundled(), work, shutdown.clone(), Hooks::default()));
        assert!(eventually(|| async { self.local.depth(&self.local.queue).await == (0, 0) }).await);
        shutdown.drain.cancel();
        daemon.await.expect("the daemon ends").expect("it started");
        let manifest = self.local.manifest(job["id"].as_str().expect("an id")).await.expect("a manifest");
        (manifest, self.computed.load(Ordering::Relaxed) > before)
    }
}

/// Makes of each output the program's text; `FAIL` fails one of them.
fn counting(computed: Arc<AtomicU32>) -> Work {
    Arc::new(move |spec, inputs, _, _| {
        computed.fetch_add(1, Ordering::Relaxed);
        let text = String::from_utf8_lossy(&inputs.files()[inputs.entry()]).into_owned();
        let outputs = spec.outputs.iter().map(|output| OutputResult {
            name: output.name.clone(),
            kind: output.product.kind(),
            format: output.product.extension(),
            made: match output.required {
                false if text.contains("FAIL") => Err(Failure::Invalid("on purpose".into())),
                _ => Ok(Artefact::new(output.file_name(), output.product.media_type(), text.clone().into_bytes())),
            },
            beside: vec![Artefact::new(format!("{}.mtl", output.name), "model/mtl", b"newmtl a".to_vec())],
            sheet: None,
        });
        Outcome { outputs: outputs.collect(), failure: None, ..Outcome::failed(Failure::Cancelled) }
    })
}

fn job(id: &str, text: &str) -> Value {
    json!({ "version": 1, "id": id, "source": { "text": text }, "labels": { "order": id },
            "outputs": [{ "name": "part", "format": "obj" }, { "name": "more", "format": "stl", "required": false }] })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_equal_job_is_answered_with_a_copy() {
    let daemon = Remembering::start().await;
    let (first, computed) = daemon.make(&job("one", "cube(1);")).await;
    assert!(computed && first["cached"] == false);
    let (second, computed) = daemon.make(&job("two", "cube(1);")).await;
    assert!(!computed);
    assert_eq!(
        (&second["cached"], &second["job"], &second["labels"]["order"]),
        (&json!(true), &json!("two"), &json!("two"))
    );
    assert_eq!(second["status"], "succeeded");
    for index in 0..2 {
        let (one, two) = (&first["outputs"][index], &second["outputs"][index]);
        assert_eq!((&one["digest"], &one["bytes"]), (&two["digest"], &two["bytes"]));
        let key = two["key"].as_str().expect("a key");
        assert!(key.starts_with("results/two/"), "{key}");
        assert_eq!(daemon.local.object(key).await.as_deref(), Some("cube(1);"));
        assert_eq!(two["beside"][0]["key"], format!("results/two/{}.mtl", two["name"].as_str().expect("a name")));
    }
    assert_eq!(daemon.local.object("results/two/part.mtl").await.as_deref(), Some("newmtl a"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_differs_is_computed() {
    let daemon = Remembering::start().await;
    daemon.make(&job("one", "cube(1);")).await;
    let mut with_parameter = job("parameter", "cube(1);");
    with_parameter["parameters"] = json!({ "x": 1 });
    let mut with_name = job("name", "cube(1);");
    with_name["outputs"][0]["name"] = json!("other");
    let mut with_option = job("option", "cube(1);");
    with_option["outputs"][1]["options"] = json!({ "encoding": "ascii" });
    for other in [job("text", "cube(2);"), with_parameter, with_name, with_option] {
        assert!(daemon.make(&other).await.1, "{other}");
    }
    for policy in ["refresh", "off"] {
        let mut asked = job(policy, "cube(1);");
        asked["cache"] = json!(policy);
        assert!(daemon.make(&asked).await.1, "{policy}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_gone_or_was_not_whole_is_computed() {
    let daemon = Remembering::start().await;
    daemon.make(&job("half", "FAIL")).await;
    assert!(daemon.make(&job("again", "FAIL")).await.1, "an output of the first was missing");
    daemon.make(&job("one", "cube(1);")).await;
    let delete = |key: &'static str| daemon.local.clients.s3.delete_object().bucket(BUCKET).key(key).send();
    delete("results/one/more.stl").await.expect("deleted");
    let (manifest, computed) = daemon.make(&job("two", "cube(1);")).await;
    assert!(computed && manifest["cached"] == false, "an artefact of the first is gone");
    delete("results/one/manifest.json").await.expect("deleted");
    assert!(!daemon.make(&job("three", "cube(1);")).await.1, "the entry points to the newest");
    delete("results/two/manifest.json").await.expect("deleted");
    assert!(!daemon.make(&job("four", "cube(1);")).await.1, "a hit lets it point to the copy");
}
