//! What is told of a job while it is made, to those who ask for it: that an attempt began, how far it is, which outputs there are. Nothing waits or fails over it.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;

use crate::daemon::notify::add_trace;
use crate::daemon::telemetry::Metrics;
use crate::daemon::webhook::Webhooks;
use crate::job::{EventKind, JobSpec, report};

/// Whoever makes the job speaks here. Clones speak of the same job.
#[derive(Debug, Clone)]
pub struct Commentary {
    /// None where nobody asked for more than the end.
    said: Option<UnboundedSender<Said>>,
    over: CancellationToken,
}

/// Tells what is said.
#[derive(Debug)]
pub struct Commentator<'a> {
    said: UnboundedReceiver<Said>,
    over: CancellationToken,
    spec: &'a JobSpec,
    attempt: u32,
    region: &'a str,
    /// How far the job was when that was last told.
    percent: u32,
}

#[derive(Debug)]
enum Said {
    Started,
    Progress(&'static str, f32),
    /// As it will stand in the manifest.
    Output(Value),
}

/// How long what was said goes on being told when the job is over.
const LAST_WORDS: Duration = Duration::from_secs(5);

impl Commentary {
    /// For an attempt at a job; what the second of the two tells, the first was told.
    pub fn of<'a>(spec: &'a JobSpec, attempt: u32, region: &'a str) -> (Self, Commentator<'a>) {
        let is_wanted = spec.notify.iter().flat_map(|wanted| &wanted.events).any(|kind| *kind != EventKind::Completed);
        let (sender, said) = unbounded_channel();
        let over = CancellationToken::new();
        let commentary = Self { said: is_wanted.then_some(sender), over: over.clone() };
        commentary.say(|| Said::Started);
        (commentary, Commentator { said, over, spec, attempt, region, percent: 0 })
    }

    /// The job is in this phase, and so far in all, 0 to 1.
    pub fn advance(&self, phase: &'static str, progress: f32) {
        self.say(|| Said::Progress(phase, progress));
    }

    /// The outputs that a manifest lists are there.
    pub fn list_outputs(&self, manifest: &[u8]) {
        if self.said.is_none() {
            return;
        }
        let manifest: Value = serde_json::from_slice(manifest).unwrap_or_default();
        let outputs = manifest["outputs"].as_array().map_or(&[][..], Vec::as_slice);
        for output in outputs.iter().filter(|output| output["status"] == report::SUCCEEDED) {
            self.say(|| Said::Output(output.clone()));
        }
    }

    /// Nothing more will be said.
    pub fn end(&self) {
        self.over.cancel();
    }

    fn say(&self, what: impl FnOnce() -> Said) {
        if let Some(said) = &self.said {
            // who tells it may have ended already
            let _ = said.send(what());
        }
    }
}

impl Commentator<'_> {
    /// Tells what is said, until all is, or for a little while after the end.
    pub async fn tell(mut self, webhooks: &Webhooks, metrics: &Metrics) {
        let over = self.over.clone();
        let enough = async {
            over.cancelled().await;
            tokio::time::sleep(LAST_WORDS).await;
        };
        tokio::select! {
            () = self.tell_all(webhooks, metrics) => {}
            () = enough => tracing::debug!("not all that was said of the job was told"),
        }
    }

    async fn tell_all(&mut self, webhooks: &Webhooks, metrics: &Metrics) {
        let mut waiting = VecDeque::new();
        loop {
            while let Ok(said) = self.said.try_recv() {
                if let (Some(Said::Progress(..)), Said::Progress(..)) = (waiting.back(), &said) {
                    waiting.pop_back();
                }
                waiting.push_back(said);
            }
            let said = match waiting.pop_front() {
                Some(said) => said,
                None => tokio::select! {
                    biased;
                    said = self.said.recv() => match said {
                        Some(said) => said,
                        None => return,
                    },
                    () = self.over.cancelled() => return,
                },
            };
            if let Some((kind, document)) = self.event(&said) {
                // the next may be taken all the same
                let _ = webhooks.tell(&self.spec.notify, kind, &document, metrics).await;
            }
        }
    }

    /// None for progress that is none.
    fn event(&mut self, said: &Said) -> Option<(EventKind, Value)> {
        Some(match said {
            Said::Started => (EventKind::Started, self.document("started", "", ("fetching", 0.0))),
            Said::Progress(phase, progress) => {
                let percent = (progress * 100.0).round() as u32;
                if percent <= self.percent {
                    return None;
                }
                self.percent = percent;
                (EventKind::Progress, self.document("progress", &percent.to_string(), (phase, *progress)))
            }
            Said::Output(output) => {
                let name = output["name"].as_str().unwrap_or_default();
                let mut document = self.document("output", name, ("uploading", 0.95));
                document["data"]["output"] = output.clone();
                (EventKind::Output, document)
            }
        })
    }

    /// The id tells apart what is told of one attempt, and is the same for what is told again.
    fn document(&self, kind: &str, what: &str, (phase, progress): (&str, f32)) -> Value {
        let (job, attempt) = (self.spec.id.as_str(), self.attempt);
        let what = if what.is_empty() { String::new() } else { format!("/{what}") };
        let mut document = json!({
            "specversion": "1.0",
            "id": format!("{job}/{attempt}/{kind}{what}"),
            "source": format!("urn:maquette:worker:{}", self.region),
            "type": format!("dev.maquette.job.{kind}.v1"),
            "subject": job,
            "time": report::rfc3339(OffsetDateTime::now_utc()),
            "datacontenttype": "application/json",
            "dataschema": "urn:maquette:schema:event:v1",
            "data": {
                "job": job,
                "tenant": self.spec.tenant,
                "status": "running",
                "attempt": attempt,
                "progress": progress,
                "phase": phase,
                "cached": false,
                "manifest": null,
                "error": null,
                "labels": self.spec.labels,
            },
        });
        add_trace(&mut document, self.spec.trace.as_ref());
        document
    }
}
