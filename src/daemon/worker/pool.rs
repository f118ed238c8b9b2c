//! A warm pool of worker processes: each has one job at a time, and is killed when it does not stop or takes too much memory.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc;

use crate::budget::Exceeded;
use crate::config::Settings;
use crate::daemon::telemetry::event;
use crate::daemon::worker::frame::{self, Answer, Hello, Order};
use crate::daemon::worker::{Stages, Task};
use crate::job::{Failure, Outcome};

/// Processes that wait for a job, and how to start another.
#[derive(Debug)]
pub struct Pool {
    program: PathBuf,
    hello: Hello,
    answer_bytes_max: u64,
    idle: Mutex<Vec<Process>>,
    /// Said once, not for each process.
    told_of_gaps: Once,
}

/// How long a process that is told to stop may take.
const STOP_PATIENCE: Duration = Duration::from_secs(2);
/// How long one may take to read libraries and fonts.
const START_PATIENCE: Duration = Duration::from_secs(30);
/// How often its memory is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// Memory beside what a job counts: the binary, libraries, parsed programs.
const OWN_BYTES: u64 = 512 << 20;
/// A process is replaced after so many jobs, so that what it holds on to is given back.
const JOBS_PER_PROCESS: u32 = 1000;
/// Outputs that one job may ask for.
const OUTPUTS_MAX: u64 = 32;
/// All that an answer holds beside artefacts: messages and sources.
const WORDS_BYTES: u64 = 1 << 30;

impl Pool {
    /// A pool whose processes run `program worker`.
    pub fn new(program: PathBuf, settings: &Settings) -> Self {
        let worker = &settings.worker;
        let hello = Hello {
            libraries: worker.libraries.clone(),
            fonts: worker.fonts.clone(),
            threads: worker.threads,
            stack_bytes: worker.stack_bytes,
            memory_bytes: settings.limits.memory_bytes,
        };
        let answer_bytes_max = settings.limits.output_bytes.saturating_mul(OUTPUTS_MAX).saturating_add(WORDS_BYTES);
        Self { program, hello, answer_bytes_max, idle: Mutex::default(), told_of_gaps: Once::new() }
    }

    /// Computes one job; and how much CPU it took, in milliseconds.
    pub(super) async fn compute(&self, task: &Task, stages: &Stages) -> (Outcome, Option<u64>) {
        let process = match self.waiting() {
            Some(process) => Ok(process),
            None => self.start().await,
        };
        let mut process = match process {
            Ok(process) => process,
            Err(error) => {
                return (Outcome::failed(Failure::Unavailable(format!("no process for the job: {error}"))), None);
            }
        };
        let before = process.cpu_ms();
        let ended = process.compute(task, stages).await;
        let cpu_ms = process.cpu_ms().zip(before).map(|(after, before)| after.saturating_sub(before));
        let outcome = match ended {
            Ok(outcome) => {
                self.keep(process);
                outcome
            }
            Err(broken) => process.bury(broken).await,
        };
        (outcome, cpu_ms)
    }

    /// A process that waits; those that ended meanwhile (the kernel was short of memory, say) are no job's fault.
    fn waiting(&self) -> Option<Process> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        std::iter::from_fn(|| idle.pop())
            .find_map(|mut process| matches!(process.child.try_wait(), Ok(None)).then_some(process))
    }

    fn keep(&self, mut process: Process) {
        process.jobs += 1;
        if process.jobs < JOBS_PER_PROCESS {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(process);
        }
    }

    async fn start(&self) -> io::Result<Process> {
        let mut child = Command::new(&self.program)
            .arg("worker")
            .env_clear()
            // address space is limited, of which the allocator takes this much at a time (1 GiB if it were not told)
            .env("MIMALLOC_ARENA_RESERVE", "256MiB")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (Some(mut orders), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("a process without pipes"));
        };
        orders.write_all(&frame::encode(&self.hello)?).await?;
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(listen(answers, self.answer_bytes_max, sender));
        let mut process = Process { child, orders, answers: receiver, jobs: 0 };
        let Ok(first) = tokio::time::timeout(START_PATIENCE, process.answers.recv()).await else {
            return Err(io::Error::other("the worker process does not say that it is ready"));
        };
        match first {
            Some(Ok(Answer::Ready { confinement, whole })) => {
                tracing::debug!(pid = process.child.id(), confinement, "a worker process waits");
                if !whole {
                    self.told_of_gaps.call_once(|| event::ConfinedInPart { confinement: &confinement }.emit());
                }
                Ok(process)
            }
            Some(Err(error)) => Err(error),
            _ => Err(io::Error::other("the worker process does not start")),
        }
    }
}

/// Reads on its own: a read that is given up half way would lose what it had.
async fn listen(mut answers: ChildStdout, most: u64, to: mpsc::Sender<io::Result<Answer>>) {
    while let Some(answer) = frame::receive(&mut answers, most).await.transpose() {
        let broken = answer.is_err();
        if to.send(answer).await.is_err() || broken {
            return;
        }
    }
}

#[derive(Debug)]
struct Process {
    child: Child,
    orders: ChildStdin,
    answers: mpsc::Receiver<io::Result<Answer>>,
    jobs: u32,
}

/// Why a process can take no further job.
enum Broken {
    /// It ended, or speaks nonsense.
    Ended(io::Error),
    /// It must be ended.
    Exceeded(Exceeded),
}

impl Process {
    async fn compute(&mut self, task: &Task, stages: &Stages) -> Result<Outcome, Broken> {
        self.tell(&order(task)).await?;
        let memory_max = task.budget.limits().memory_bytes.saturating_add(OWN_BYTES);
        let mut look = tokio::time::interval(LOOK);
        let ended = task.ended();
        tokio::pin!(ended);
        let stopped_by = loop {
            tokio::select! {
                answer = self.answers.recv() => if let Some(outcome) = heard(answer, task, stages)? {
                    return Ok(outcome);
                },
                stopped_by = &mut ended => break stopped_by,
                _ = look.tick() => if self.memory_bytes().is_some_and(|bytes| bytes > memory_max) {
                    return Err(Broken::Exceeded(Exceeded::Memory));
                },
            }
        };
        self.tell(&Order::Stop(stopped_by)).await?;
        let last = async {
            loop {
                if let Some(outcome) = heard(self.answers.recv().await, task, stages)? {
                    return Ok(outcome);
                }
            }
        };
        tokio::time::timeout(STOP_PATIENCE, last).await.unwrap_or(Err(Broken::Exceeded(stopped_by)))
    }

    async fn tell(&mut self, order: &Order) -> Result<(), Broken> {
        let frame = frame::encode(order).map_err(Broken::Ended)?;
        self.orders.write_all(&frame).await.map_err(Broken::Ended)
    }

    /// Says what became of the job; the process is killed if it has not ended.
    async fn bury(mut self, broken: Broken) -> Outcome {
        let own_end = tokio::time::timeout(STOP_PATIENCE, self.child.wait());
        Outcome::failed(match broken {
            Broken::Exceeded(exceeded) => Failure::Exceeded(exceeded),
            Broken::Ended(error) => match own_end.await {
                Ok(Ok(status)) => Failure::Internal(format!("the job's process ended: {status}")),
                _ => Failure::Internal(format!("the job's process cannot be heard: {error}")),
            },
        })
    }

    fn memory_bytes(&self) -> Option<u64> {
        let pages: u64 = self.proc("statm")?.split(' ').nth(1)?.parse().ok()?;
        Some(pages * rustix::param::page_size() as u64)
    }

    /// CPU of the process in its life, user and system.
    fn cpu_ms(&self) -> Option<u64> {
        let stat = self.proc("stat")?;
        // the name in parentheses may hold anything
        let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
        let [user, system]: [u64; 2] = [fields.next()?.parse().ok()?, fields.next()?.parse().ok()?];
        Some((user + system) * 1000 / rustix::param::clock_ticks_per_second())
    }

    fn proc(&self, file: &str) -> Option<String> {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id()?)).ok()
    }
}

fn order(task: &Task) -> Order {
    Order::Job {
        text: task.text.to_vec(),
        files: task.inputs.files().iter().map(|(path, bytes)| (path.clone(), bytes.to_vec())).collect(),
        entry: task.inputs.entry().to_owned(),
        limits: task.budget.limits().clone(),
    }
}

fn heard(answer: Option<io::Result<Answer>>, task: &Task, stages: &Stages) -> Result<Option<Outcome>, Broken> {
    match answer {
        Some(Ok(Answer::Phase(phase))) => {
            task.enter(stages, phase);
            Ok(None)
        }
        Some(Ok(Answer::Done(outcome))) => Ok(Some(*outcome)),
        Some(Ok(Answer::Ready { .. })) => Err(Broken::Ended(io::Error::other("it says that it is ready twice"))),
        Some(Err(error)) => Err(Broken::Ended(error)),
        None => Err(Broken::Ended(io::ErrorKind::UnexpectedEof.into())),
    }
}
