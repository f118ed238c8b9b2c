//! The loop against a model: whatever the outside does and in whatever order, every job ends with one manifest, and no two of them differ.
//!
//! The real daemon, one or two of them, on a queue and a store in memory under paused time; the outside refuses extensions, fails calls, delivers twice, loses
//! deletes and answers, takes the store down, lets time pass and restarts daemons, as a drawn plan says. The model is what a reader of the store may ever see: nothing, or one manifest, for ever the same.

use std::collections::BTreeMap;
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use maquette::daemon::queue::{MemoryQueue, Queue, QueueFaults};
use maquette::daemon::store::{MemoryStore, Place, Store};
use maquette::daemon::{DeadLetters, Hooks, Notifier, Resources, Services, Shutdown, Work, run_with};
use maquette::export::Artefact;
use maquette::job::{Failure, Outcome, OutputResult};
use proptest::prelude::{Just, Strategy, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::test_runner::TestCaseError;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::local_aws::settings_at;
use crate::random::cases;

/// One thing that the outside does.
#[derive(Debug, Clone)]
enum Move {
    /// A job is sent, once or twice.
    Send { job: u8, copies: u8 },
    /// Extensions are refused from now on, or granted again.
    RefuseExtensions(bool),
    /// The store goes down, or comes back.
    StoreDown(bool),
    /// Some of the next calls to the queue go wrong.
    SpoilQueue(QueueFaults),
    /// Some of the next puts are done, and look as if they were not.
    LoseAnswers(u32),
    /// Time passes.
    Wait(u16),
    /// A daemon is told to end, and another starts.
    Restart,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        4 => (0_u8..6, 1_u8..3).prop_map(|(job, copies)| Move::Send { job, copies }),
        1 => (0..2).prop_map(|refuse| Move::RefuseExtensions(refuse == 1)),
        1 => (0..2).prop_map(|down| Move::StoreDown(down == 1)),
        2 => (0_u32..4, 0_u32..4, 0_u32..4, 0_u32..4).prop_map(|(fail, fail_after, duplicate, lose_delete)| {
            Move::SpoilQueue(QueueFaults { fail, fail_after, duplicate, lose_delete })
        }),
        1 => (1_u32..4).prop_map(Move::LoseAnswers),
        3 => (1_u16..9000).prop_map(Move::Wait),
        1 => Just(Move::Restart),
    ];
    proptest::collection::vec(one, 1..24)
}

/// A job that wants virtual time to pass: how much, and whom to tell that it has.
type Nap = (Duration, std::sync::mpsc::Sender<()>);

/// The artefact is the job's id; how long it takes is its number: some jobs are longer than the visibility, and live by heartbeats.
fn work(naps: UnboundedSender<Nap>) -> Work {
    Arc::new(move |spec, _, budget, _| {
        let number: u64 = spec.id.trim_start_matches("job-").parse().unwrap_or(0);
        let (over, waiting) = std::sync::mpsc::channel();
        let _ = naps.send((Duration::from_secs(number * number), over));
        while let Err(RecvTimeoutError::Timeout) = waiting.recv_timeout(Duration::from_micros(200)) {
            if let Err(exceeded) = budget.check() {
                return Outcome::failed(Failure::Exceeded(exceeded));
            }
        }
        let outputs = spec.outputs.iter().map(|output| OutputResult {
            name: output.name.clone(),
            kind: output.product.kind(),
            format: output.product.extension(),
            made: Ok(Artefact::new(output.file_name(), output.product.media_type(), spec.id.clone().into_bytes())),
            beside: Vec::new(),
            sheet: None,
        });
        Outcome { outputs: outputs.collect(), failure: None, ..Outcome::failed(Failure::Cancelled) }
    })
}

/// Lets virtual time pass for the threads of jobs.
async fn nap(mut naps: UnboundedReceiver<Nap>) {
    while let Some((time, over)) = naps.recv().await {
        tokio::spawn(async move {
            tokio::time::sleep(time).await;
            let _ = over.send(());
        });
    }
}

struct World {
    queue: MemoryQueue,
    store: MemoryStore,
    told: Arc<Mutex<Vec<serde_json::Value>>>,
    work: Work,
    daemons: Vec<(Shutdown, tokio::task::JoinHandle<()>)>,
    /// Manifests as they were first seen.
    seen: BTreeMap<String, Vec<u8>>,
}

impl World {
    fn start() -> Self {
        let queue = MemoryQueue::new(Duration::from_secs(6));
        let (naps, waiting) = unbounded_channel();
        tokio::spawn(nap(waiting));
        let mut world = Self {
            work: work(naps),
            queue,
            store: MemoryStore::default(),
            told: Arc::default(),
            daemons: Vec::new(),
            seen: BTreeMap::new(),
        };
        world.add_daemon();
        world.add_daemon();
        world
    }

    fn add_daemon(&mut self) {
        let flags = [
            "queue.visibility_seconds=6",
            "breaker.failures=3",
            "queue.attempts_max=1000",
            "drain.grace_seconds=5",
            "limits.wall_seconds=86400",
        ];
        let settings = settings_at("http://127.0.0.1:1", "http://127.0.0.1:1/q", &flags);
        let services = Services {
            queues: vec![Queue::Memory(self.queue.clone())],
            store: Store::Memory(self.store.clone()),
            notifier: Notifier::Memory(Arc::clone(&self.told)),
            replies: None,
            dead_letters: DeadLetters::none(),
            auto_scaling: None,
            region: "local".into(),
        };
        let shutdown = Shutdown::new();
        let daemon = run_with(
            settings,
            services,
            Resources::bundled(),
            Arc::clone(&self.work),
            shutdown.clone(),
            Hooks::default(),
        );
        let task = tokio::spawn(async move { drop(daemon.await) });
        self.daemons.push((shutdown, task));
    }

    async fn make(&mut self, what: &Move) {
        match what {
            Move::Send { job, copies } => {
                for _ in 0..*copies {
                    self.queue.send(format!(
                        r#"{{"version":1,"id":"job-{job}","source":{{"text":"cube({job});"}},"outputs":[{{"format":"stl"}}]}}"#
                    ));
                }
            }
            Move::RefuseExtensions(refuse) => self.queue.refuse_extensions(*refuse),
            Move::StoreDown(down) => self.store.set_down(*down),
            Move::SpoilQueue(faults) => self.queue.set_faults(*faults),
            Move::LoseAnswers(count) => self.store.lose_answers(*count),
            Move::Wait(ms) => tokio::time::sleep(Duration::from_millis(u64::from(*ms))).await,
            Move::Restart => {
                let (shutdown, task) = self.daemons.remove(0);
                shutdown.drain.cancel();
                shutdown.abandon.cancel();
                let _ = task.await;
                self.add_daemon();
            }
        }
    }

    /// What a reader may see: a manifest that was seen stays, and stays as it was; its artefact is there.
    fn check(&mut self) -> Result<(), TestCaseError> {
        let keys = self.store.keys("results/");
        for key in keys.iter().filter(|key| key.ends_with("manifest.json")) {
            let bytes = self.store.get(&place(key)).expect("it is listed").to_vec();
            let first = self.seen.entry(key.clone()).or_insert_with(|| bytes.clone());
            prop_assert_eq!(&*first, &bytes, "{} changed", key);
            let manifest: serde_json::Value = serde_json::from_slice(&bytes).expect("a manifest is JSON");
            prop_assert_eq!(&manifest["status"], "succeeded");
            let artefact = manifest["outputs"][0]["key"].as_str().unwrap_or_default();
            prop_assert!(keys.iter().any(|key| key == artefact), "{} names {}, which is not there", key, artefact);
        }
        prop_assert!(self.seen.keys().all(|key| keys.contains(key)), "a manifest went away");
        Ok(())
    }

    /// The outside is well again: everything that was sent ends.
    async fn settle(&mut self) {
        self.queue.refuse_extensions(false);
        self.store.set_down(false);
        self.store.lose_answers(0);
        self.queue.set_faults(QueueFaults::default());
        for _ in 0..2000 {
            if self.queue.is_empty() {
                break;
            }
            // virtual time passes in no time; the threads of jobs need some that is real
            std::thread::sleep(Duration::from_millis(1));
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        for (shutdown, task) in self.daemons.drain(..) {
            shutdown.drain.cancel();
            let _ = task.await;
        }
    }
}

fn place(key: &str) -> Place {
    Place { bucket: "results".into(), key: key.to_owned() }
}

fn play(plan: &[Move]) -> Result<(), TestCaseError> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime");
    runtime.block_on(async {
        let mut world = World::start();
        for what in plan {
            world.make(what).await;
            world.check()?;
        }
        world.settle().await;
        world.check()?;
        prop_assert!(world.queue.is_empty(), "{} messages are left", world.queue.len());
        let sent = plan.iter().filter_map(|what| if let Move::Send { job, .. } = what { Some(*job) } else { None });
        for job in sent {
            prop_assert!(world.seen.contains_key(&format!("results/job-{job}/manifest.json")), "job {} was lost", job);
        }
        let told = world.told.lock().expect("nobody panicked");
        let mut ids: BTreeMap<&str, &serde_json::Value> = BTreeMap::new();
        for event in told.iter() {
            let id = event["subject"].as_str().unwrap_or_default();
            let first = ids.entry(id).or_insert(event);
            prop_assert_eq!(*first, event, "told differently of {}", id);
        }
        prop_assert_eq!(ids.len(), world.seen.len(), "somebody was not told");
        Ok(())
    })
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn every_job_ends_with_one_manifest_whatever_the_outside_does(plan in moves()) {
        play(&plan)?;
    }
}
