//! `Failure`: why a job has no result, and what each reason asks of the queue.

use serde::{Deserialize, Serialize};

use crate::budget::Exceeded;
use crate::diag::{Code, Diagnostics};

/// Why a job has no result. Where the failures of the program, the outside and ourselves meet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Failure {
    /// The message is not a job; again would be wrong again.
    Invalid(String),
    /// The program or a wanted output is wrong; again would be wrong again. Holds at least one error.
    Rejected(Diagnostics),
    /// A budget of the job ran out.
    Exceeded(Exceeded),
    /// A file that the job names could not be had, and trying again would not help.
    SourceNotFound(String),
    /// The store, the queue or a notifier could not; later may be better.
    Unavailable(String),
    /// Our bug: a panic, caught.
    Internal(String),
    /// Shutdown or lost lease: somebody else will do it.
    Cancelled,
    /// The job's `expires` had passed before it was started.
    Expired,
}

/// What becomes of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// A failure manifest is written, then the message is deleted.
    Acknowledge,
    /// Made visible again after a pause.
    Retry,
    /// Made visible again at once.
    Release,
    /// Left to its visibility timeout and, in the end, to the dead-letter queue.
    Leave,
}

impl Failure {
    /// What this failure asks of the queue.
    pub fn fate(&self) -> Fate {
        match self {
            Self::Invalid(_) | Self::Rejected(_) | Self::SourceNotFound(_) | Self::Expired => Fate::Acknowledge,
            Self::Exceeded(Exceeded::Cancelled) | Self::Cancelled => Fate::Release,
            Self::Exceeded(_) => Fate::Acknowledge,
            Self::Unavailable(_) => Fate::Retry,
            Self::Internal(_) => Fate::Leave,
        }
    }

    /// The `error.code` of the manifest.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid_job",
            Self::Rejected(diagnostics) => first_error_code(diagnostics),
            Self::Exceeded(Exceeded::Cancelled) | Self::Cancelled => "canceled",
            Self::Exceeded(_) => "limit_exceeded",
            Self::SourceNotFound(_) => "source_not_found",
            Self::Unavailable(_) => "storage_error",
            Self::Internal(_) => "internal",
            Self::Expired => "expired",
        }
    }

    /// One line for people.
    pub fn title(&self) -> &'static str {
        match self.code() {
            "invalid_job" => "The message is not a job",
            "source_not_found" => "A file that the job names is not there",
            "parse_error" => "The program could not be read",
            "eval_error" => "The program failed while it ran",
            "assertion_failed" => "An assertion of the program failed",
            "unsupported_feature" => "The program uses something that maquette cannot do",
            "empty_geometry" => "The program makes nothing",
            "invalid_geometry" => "The program makes something that is not a solid or region",
            "limit_exceeded" => "The job went over one of its limits",
            "canceled" => "The job was cancelled",
            "expired" => "The job was not started in time",
            "storage_error" => "The store could not be reached",
            _ => "The daemon failed",
        }
    }

    /// Whether the same job may succeed later.
    pub fn is_retryable(&self) -> bool {
        self.fate() != Fate::Acknowledge
    }
}

fn first_error_code(diagnostics: &Diagnostics) -> &'static str {
    let error = diagnostics.iter().find(|diagnostic| diagnostic.severity == crate::diag::Severity::Error);
    error.map_or("eval_error", |error| code_name(error.code))
}

/// The wire's word for a diagnostic's code.
pub fn code_name(code: Code) -> &'static str {
    match code {
        Code::Parse => "parse_error",
        Code::Eval => "eval_error",
        Code::Assertion => "assertion_failed",
        Code::SourceNotFound => "source_not_found",
        Code::Unsupported => "unsupported_feature",
        Code::EmptyGeometry => "empty_geometry",
        Code::InvalidGeometry => "invalid_geometry",
        Code::LimitExceeded => "limit_exceeded",
    }
}
