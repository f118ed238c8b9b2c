//! What keeps a worker process from the rest of the machine: limits of the process, Landlock and seccomp where the kernel has them.

use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus,
    path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};

use crate::daemon::worker::filter;

/// What holds a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confinement {
    /// For the log.
    pub told: String,
    /// Whether that is all there is.
    pub whole: bool,
}

/// Confines this process for good: files to read are those below `readable`, none can be written, no connection made, no program run, at most
/// `address_space` bytes mapped; it dies with its parent. To be called before there are other threads.
pub fn confine(readable: &[PathBuf], address_space: u64) -> Confinement {
    let limit = |resource, most| setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).is_ok();
    let limited = limit(Resource::As, address_space)
        && limit(Resource::Core, 0)
        && limit(Resource::Fsize, 0)
        && set_parent_process_death_signal(Some(Signal::KILL)).is_ok();
    let files = fence(readable);
    // last: Landlock's own calls are not among those that are left
    let calls = filter::install();
    let whole = limited && matches!(files, Ok(RulesetStatus::FullyEnforced)) && calls.is_ok();
    let limits = if limited { "process limits" } else { "process limits in part" };
    let files = match files {
        Ok(RulesetStatus::FullyEnforced) => "Landlock",
        Ok(RulesetStatus::PartiallyEnforced) => "Landlock in part",
        Ok(RulesetStatus::NotEnforced) | Err(_) => "no Landlock in this kernel",
    };
    let calls = calls.map_or_else(|reason| format!("no seccomp: {reason}"), |()| "seccomp".to_owned());
    Confinement { told: format!("{limits}, {files}, {calls}"), whole }
}

fn fence(readable: &[PathBuf]) -> Result<RulesetStatus, RulesetError> {
    let fenced = Ruleset::default()
        .handle_access(AccessFs::from_all(ABI::V5))?
        .handle_access(AccessNet::from_all(ABI::V5))?
        .create()?
        .add_rules(path_beneath_rules(readable, AccessFs::from_read(ABI::V5)))?
        .restrict_self()?;
    Ok(fenced.ruleset)
}
