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

/// Where whoever makes a job reports how far it is. Clones report of the same job.
#[derive(Debug, Clone)]
pub struct ProgressReporter {
    /// None where nobody asked for more than the end.
    sender: Option<UnboundedSender<Progress>>,
    over: CancellationToken,
}

/// Passes on what is reported.
#[derive(Debug)]
pub struct ProgressNotifier<'a> {
    receiver: UnboundedReceiver<Progress>,
    over: CancellationToken,
    spec: &'a JobSpec,
    attempt: u32,
    region: &'a str,
    /// How far the job was when that was last told.
    percent: u32,
}

#[derive(Debug)]
enum Progress {
    Started,
    Phase(&'static str, f32),
    /// As it will stand in the manifest.
    Output(Value),
}

/// How long progress is still passed on when the job is over.
const LAST_WORDS: Duration = Duration::from_secs(5);

impl ProgressReporter {
    /// For an attempt at a job: what is reported to the first, the second passes on.
    pub fn of<'a>(spec: &'a JobSpec, attempt: u32, region: &'a str) -> (Self, ProgressNotifier<'a>) {
        let is_wanted = spec.notify.iter().flat_map(|wanted| &wanted.events).any(|kind| *kind != EventKind::Completed);
        let (sender, receiver) = unbounded_channel();
        let over = CancellationToken::new();
        let reporter = Self { sender: is_wanted.then_some(sender), over: over.clone() };
        reporter.send(|| Progress::Started);
        (reporter, ProgressNotifier { receiver, over, spec, attempt, region, percent: 0 })
    }

    /// The job is in this phase, and so far in all, 0 to 1.
    pub fn advance(&self, phase: &'static str, progress: f32) {
        self.send(|| Progress::Phase(phase, progress));
    }

    /// The outputs that a manifest lists are there.
    pub fn list_outputs(&self, manifest: &[u8]) {
        if self.sender.is_none() {
            return;
        }
        let manifest: Value = serde_json::from_slice(manifest).unwrap_or_default();
        let outputs = manifest["outputs"].as_array().map_or(&[][..], Vec::as_slice);
        for output in outputs.iter().filter(|output| output["status"] == report::SUCCEEDED) {
            self.send(|| Progress::Output(output.clone()));
        }
    }

    /// Nothing more will be reported.
    pub fn end(&self) {
        self.over.cancel();
    }

    fn send(&self, what: impl FnOnce() -> Progress) {
        if let Some(sender) = &self.sender {
            // who tells it may have ended already
            let _ = sender.send(what());
        }
    }
}

impl ProgressNotifier<'_> {
    /// Passes on what is reported, until all is, or for a little while after the end.
    pub async fn tell(mut self, webhooks: &Webhooks, metrics: &Metrics) {
        let over = self.over.clone();
        let enough = async {
            over.cancelled().await;
            tokio::time::sleep(LAST_WORDS).await;
        };
        tokio::select! {
            () = self.tell_all(webhooks, metrics) => {}
            () = enough => tracing::debug!("not all progress of the job was passed on"),
        }
    }

    async fn tell_all(&mut self, webhooks: &Webhooks, metrics: &Metrics) {
        let mut waiting = VecDeque::new();
        loop {
            while let Ok(progress) = self.receiver.try_recv() {
                if let (Some(Progress::Phase(..)), Progress::Phase(..)) = (waiting.back(), &progress) {
                    waiting.pop_back();
                }
                waiting.push_back(progress);
            }
            let progress = match waiting.pop_front() {
                Some(progress) => progress,
                None => tokio::select! {
                    biased;
                    next = self.receiver.recv() => match next {
                        Some(progress) => progress,
                        None => return,
                    },
                    () = self.over.cancelled() => return,
                },
            };
            if let Some((kind, document)) = self.event(&progress) {
                // the next may be taken all the same
                let _ = webhooks.tell(&self.spec.notify, kind, &document, metrics).await;
            }
        }
    }

    /// None for progress that is none.
    fn event(&mut self, progress: &Progress) -> Option<(EventKind, Value)> {
        Some(match progress {
            Progress::Started => (EventKind::Started, self.document("started", "", ("fetching", 0.0))),
            Progress::Phase(phase, share) => {
                let percent = (share * 100.0).round() as u32;
                if percent <= self.percent {
                    return None;
                }
                self.percent = percent;
                (EventKind::Progress, self.document("progress", &percent.to_string(), (phase, *share)))
            }
            Progress::Output(output) => {
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
