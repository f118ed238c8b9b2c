//! The limits of one job: fuel, sizes, and the cancel token. It has no clock: whoever owns the job's time sets the token.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// Why a job may not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error, Serialize, Deserialize)]
pub enum Exceeded {
    /// The wall-clock limit was reached.
    #[error("the job ran longer than its wall-clock limit")]
    Time,
    /// The job was cancelled: by its owner, a lost lease or a shutdown.
    #[error("the job was cancelled")]
    Cancelled,
    /// Too many evaluation steps.
    #[error("the program took more evaluation steps than its limit")]
    Fuel,
    /// Too much memory.
    #[error("the job needed more memory than its limit")]
    Memory,
    /// Calls nested too deeply.
    #[error("calls are nested deeper than the limit")]
    Recursion,
    /// A mesh or region grew too large.
    #[error("the model has more triangles than its limit")]
    Triangles,
    /// An artefact grew too large.
    #[error("an output is larger than its limit")]
    Output,
    /// A text, list or file is too large.
    #[error("a text, list or file is larger than its limit")]
    Size,
}

impl Exceeded {
    /// The field of the job's `limits` that ran out, as the wire names it.
    pub fn limit_name(self) -> &'static str {
        match self {
            Self::Time => "wallSeconds",
            Self::Cancelled => "cancelled",
            Self::Fuel => "evaluationSteps",
            Self::Memory => "memoryMiB",
            Self::Recursion => "recursion",
            Self::Triangles => "triangles",
            Self::Output => "outputMiB",
            Self::Size => "size",
        }
    }
}

/// What one job may use. Every loop that a stranger's program can drive asks one of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Evaluation steps: expressions evaluated and statements run. One step is some 10 to 50 ns.
    pub fuel: u64,
    /// Bytes of values and meshes alive at once, as far as they are counted.
    pub memory_bytes: u64,
    /// Nested calls of functions and modules.
    pub recursion: u32,
    /// Triangles of any one mesh.
    pub triangles: u64,
    /// Bytes of any one artefact.
    pub output_bytes: u64,
    /// Bytes of all source files together.
    pub source_bytes: u64,
    /// Elements of one list, characters of one string.
    pub list_len: u64,
    /// Elements that one range may yield when it is iterated; OpenSCAD's own is a million.
    pub range_len: u64,
}

impl Default for Limits {
    /// Generous enough for every public model that we know, small enough for a machine with 2 GiB.
    fn default() -> Self {
        Self {
            fuel: 20_000_000_000,
            memory_bytes: 2 << 30,
            recursion: 1_000_000,
            triangles: 20_000_000,
            output_bytes: 1 << 30,
            source_bytes: 64 << 20,
            list_len: 64 << 20,
            range_len: 10_000_000,
        }
    }
}

/// The limits of one job, what it has used, and whether it may go on. Cheap to clone; clones share their counters.
#[derive(Debug, Clone, Default)]
pub struct Budget {
    limits: Limits,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    stopped: AtomicBool,
    reason: AtomicU8,
    fuel_used: AtomicU64,
    memory_used: AtomicU64,
    on_stop: Actions,
}

/// What is to be done when the job is stopped.
#[derive(Default)]
struct Actions(Mutex<Vec<Box<dyn FnOnce() + Send>>>);

impl std::fmt::Debug for Actions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Actions")
    }
}

impl Shared {
    fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
        let actions = std::mem::take(&mut *self.on_stop.0.lock().unwrap_or_else(PoisonError::into_inner));
        for action in actions {
            action();
        }
    }
}

const REASON_TIME: u8 = 1;

impl Budget {
    /// A budget with nothing used.
    pub fn new(limits: Limits) -> Self {
        Self { limits, shared: Arc::default() }
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Stops the job at its next check because its time is up.
    pub fn expire(&self) {
        self.shared.reason.store(REASON_TIME, Ordering::Relaxed);
        self.shared.stop();
    }

    /// Stops the job at its next check because nobody wants it any more.
    pub fn cancel(&self) {
        self.shared.stop();
    }

    /// Does `action` once when the job is stopped, or now where it has been: for libraries that have a stop flag of their own.
    /// It must be quick, and is kept until the job's last clone of the budget goes.
    pub fn on_stop(&self, action: impl FnOnce() + Send + 'static) {
        self.shared.on_stop.0.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(action));
        if self.check().is_err() {
            self.shared.stop();
        }
    }

    /// Whether the job may go on. One relaxed load: call it every few microseconds of work.
    pub fn check(&self) -> Result<(), Exceeded> {
        if !self.shared.stopped.load(Ordering::Relaxed) {
            return Ok(());
        }
        Err(match self.shared.reason.load(Ordering::Relaxed) {
            REASON_TIME => Exceeded::Time,
            _ => Exceeded::Cancelled,
        })
    }

    /// Takes `steps` evaluation steps, and checks. Callers count locally and call this once per few thousand steps.
    pub fn burn(&self, steps: u64) -> Result<(), Exceeded> {
        self.check()?;
        let used = self.shared.fuel_used.fetch_add(steps, Ordering::Relaxed).saturating_add(steps);
        if used > self.limits.fuel { Err(Exceeded::Fuel) } else { Ok(()) }
    }

    /// Evaluation steps taken so far.
    pub fn fuel_used(&self) -> u64 {
        self.shared.fuel_used.load(Ordering::Relaxed)
    }

    /// Counts `bytes` as taken; refuses before they are.
    pub fn reserve(&self, bytes: u64) -> Result<(), Exceeded> {
        let used = self.shared.memory_used.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        if used <= self.limits.memory_bytes {
            return Ok(());
        }
        self.release(bytes);
        Err(Exceeded::Memory)
    }

    /// Gives `bytes` back.
    pub fn release(&self, bytes: u64) {
        self.shared.memory_used.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Refuses a mesh of more triangles than the job may make.
    pub fn check_triangles(&self, triangles: u64) -> Result<(), Exceeded> {
        self.check()?;
        if triangles > self.limits.triangles { Err(Exceeded::Triangles) } else { Ok(()) }
    }
}
