//! The errors of SQS: modelled type, the older query code that SDKs still show, and a sentence.

/// What SQS answers when it refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqsError {
    /// The modelled error type, without its namespace.
    pub kind: Kind,
    /// For people.
    pub message: String,
}

/// The modelled types, as botocore's service model names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// No such queue.
    QueueDoesNotExist,
    /// A queue of that name with other attributes.
    QueueNameExists,
    /// Not one of our receipt handles.
    ReceiptHandleIsInvalid,
    /// Nobody holds the message, or somebody else does.
    MessageNotInflight,
    /// No entries.
    EmptyBatchRequest,
    /// More than ten entries.
    TooManyEntriesInBatchRequest,
    /// Two entries with one id.
    BatchEntryIdsNotDistinct,
    /// An id that is empty, too long or has odd characters.
    InvalidBatchEntryId,
    /// More than 1 MiB in all.
    BatchRequestTooLong,
    /// Characters that XML could not carry.
    InvalidMessageContents,
    /// No such attribute of a queue.
    InvalidAttributeName,
    /// Out of the attribute's range.
    InvalidAttributeValue,
    /// Out of the parameter's range.
    InvalidParameterValue,
    /// A parameter that must be there.
    MissingParameter,
    /// Too many messages in flight.
    OverLimit,
    /// Emptied less than a minute ago.
    PurgeQueueInProgress,
    /// No such operation.
    InvalidAction,
    /// No such task or queue, said by the calls that move messages.
    ResourceNotFound,
}

impl Kind {
    /// An error of this type.
    pub fn with(self, message: impl Into<String>) -> SqsError {
        SqsError { kind: self, message: message.into() }
    }

    /// The `__type` on the wire.
    pub fn wire_type(self) -> String {
        match self {
            Self::InvalidParameterValue => "com.amazon.coral.service#InvalidParameterValueException".into(),
            Self::MissingParameter => "com.amazon.coral.service#MissingRequiredParameterException".into(),
            Self::InvalidAction => "com.amazon.coral.service#UnknownOperationException".into(),
            Self::ResourceNotFound => "com.amazonaws.sqs#ResourceNotFoundException".into(),
            other => format!("com.amazonaws.sqs#{other:?}"),
        }
    }

    /// The code of the retired query protocol, sent in `x-amzn-query-error`; SDKs show it as the error's code.
    pub fn query_code(self) -> String {
        let own = format!("{self:?}");
        match self {
            Self::QueueDoesNotExist => "AWS.SimpleQueueService.NonExistentQueue".into(),
            Self::QueueNameExists => "QueueAlreadyExists".into(),
            Self::MessageNotInflight
            | Self::EmptyBatchRequest
            | Self::TooManyEntriesInBatchRequest
            | Self::BatchEntryIdsNotDistinct
            | Self::InvalidBatchEntryId
            | Self::BatchRequestTooLong
            | Self::PurgeQueueInProgress => format!("AWS.SimpleQueueService.{own}"),
            Self::ResourceNotFound => "ResourceNotFoundException".into(),
            _ => own,
        }
    }
}

/// `InvalidParameterValue` in the service's own words.
pub fn invalid_parameter(value: impl std::fmt::Display, name: &str, reason: &str) -> SqsError {
    Kind::InvalidParameterValue.with(format!("Value {value} for parameter {name} is invalid. Reason: {reason}"))
}
