//! The worker process: takes jobs from its standard input, one at a time, and answers on its standard output.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use crate::budget::{Budget, Exceeded};
use crate::config::Worker;
use crate::daemon::resources::{POOL_STACK_BYTES, Resources};
use crate::daemon::worker::confine::confine;
use crate::daemon::worker::frame::{self, Answer, Hello, Order};
use crate::daemon::worker::thread::{self, Work};
use crate::job::{Failure, Inputs, Outcome, Phase, message};

/// Serves the daemon that started this process until it closes the pipe.
///
/// # Errors
/// When the pipe breaks, or libraries and fonts cannot be read.
pub fn serve_parent() -> io::Result<()> {
    let mut orders = io::stdin().lock();
    let Some(hello) = frame::read::<Hello>(&mut orders)? else { return Ok(()) };
    let readable: Vec<_> = hello.libraries.iter().chain(&hello.fonts).cloned().collect();
    let held = confine(&readable, address_space(&hello));
    let settings = Worker {
        jobs: 1,
        ahead: 0,
        threads: hello.threads,
        stack_bytes: hello.stack_bytes,
        libraries: hello.libraries,
        fonts: hello.fonts,
        ..Worker::default()
    };
    let resources = Resources::load(&settings).map_err(io::Error::other)?;
    let work = resources.pipeline(hello.stack_bytes);
    frame::write(&mut io::stdout().lock(), &Answer::Ready { confinement: held.told, whole: held.whole })?;
    let in_hand: Mutex<Option<Budget>> = Mutex::new(None);
    std::thread::scope(|scope| {
        while let Some(order) = frame::read::<Order>(&mut orders)? {
            match order {
                Order::Stop(reason) => stop(&in_hand, reason),
                Order::Job { text, files, entry, limits } => {
                    let budget = Budget::new(limits);
                    *in_hand.lock().unwrap_or_else(PoisonError::into_inner) = Some(budget.clone());
                    let files = files.into_iter().map(|(path, bytes)| (path, Arc::from(bytes))).collect();
                    let inputs = Inputs::new(files, entry, resources.library.clone(), resources.fonts.clone());
                    let builder = std::thread::Builder::new().name("job".into()).stack_size(hello.stack_bytes);
                    let work = &work;
                    builder.spawn_scoped(scope, move || answer(work, &text, inputs, &budget))?;
                }
            }
        }
        // nobody waits for the job in hand any more
        std::process::exit(0)
    })
}

/// Address space beyond what a job may count: stacks, of which most is never touched, the binary, caches, and what nobody counts.
fn address_space(hello: &Hello) -> u64 {
    let stacks = hello.stack_bytes as u64 + hello.threads as u64 * POOL_STACK_BYTES as u64;
    hello.memory_bytes.saturating_mul(2).saturating_add(stacks).saturating_add(2 << 30)
}

fn stop(in_hand: &Mutex<Option<Budget>>, reason: Exceeded) {
    if let Some(budget) = in_hand.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
        match reason {
            Exceeded::Time => budget.expire(),
            _ => budget.cancel(),
        }
    }
}

fn answer(work: &Work, text: &[u8], inputs: Option<Inputs>, budget: &Budget) {
    let say = |answer: &Answer| {
        if frame::write(&mut io::stdout().lock(), answer).is_err() {
            // the daemon is gone
            std::process::exit(0);
        }
    };
    let outcome = match (message::parse(text), inputs) {
        (Ok(spec), Some(inputs)) => {
            let progress = |phase: Phase| say(&Answer::Phase(phase));
            thread::run(work, (&spec, &inputs), budget, &progress)
        }
        (Err(rejection), _) => Outcome::failed(Failure::Invalid(rejection.detail)),
        (_, None) => Outcome::failed(Failure::SourceNotFound("the program is not among the job's files".to_owned())),
    };
    say(&Answer::Done(Box::new(outcome)));
}
