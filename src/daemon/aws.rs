//! One AWS configuration for every client: region, endpoints, credentials, timeouts, retries.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sqs::config::http::HttpResponse;
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::timeout::TimeoutConfig;
use aws_sdk_sqs::config::{AppName, Credentials, SharedCredentialsProvider};
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};

use crate::config::Settings;

/// The clients, and what they were made from.
#[derive(Debug, Clone)]
pub struct Clients {
    /// Queues.
    pub sqs: aws_sdk_sqs::Client,
    /// Objects.
    pub s3: aws_sdk_s3::Client,
    /// The region that was settled on, for manifests and events.
    pub region: String,
    /// For calls that no SDK makes for us.
    pub credentials: Option<SharedCredentialsProvider>,
}

/// A call that could not be made or was not answered in time.
pub const CONNECT: Duration = Duration::from_secs(4);

impl Clients {
    /// Clients by the SDK's own chain and the settings over it. The SDK has no attempt timeout of its own: a peer that accepts and never answers would hang
    /// a poller for ever.
    pub async fn connect(settings: &Settings) -> Self {
        let mut loader = aws_config::defaults(BehaviorVersion::latest());
        if let Some(region) = &settings.aws.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Ok(name) = AppName::new("maquette") {
            loader = loader.app_name(name);
        }
        let endpoints = [&settings.queue.endpoint, &settings.store.endpoint];
        let is_local = endpoints.iter().all(|endpoint| endpoint.as_deref().is_some_and(is_loopback));
        if is_local && std::env::var_os("AWS_ACCESS_KEY_ID").is_none() {
            // a stand-in on this machine checks no signatures, but the SDK makes none without credentials
            let local = Credentials::new("local", "local", None, None, "loopback");
            loader = loader.credentials_provider(SharedCredentialsProvider::new(local));
        }
        let shared = loader.load().await;
        let region = shared.region().map(ToString::to_string);
        let region = region.unwrap_or_else(|| if is_local { "us-east-1".into() } else { String::new() });
        Self {
            sqs: queue_client(&shared, settings, &region),
            s3: store_client(&shared, settings, &region),
            credentials: shared.credentials_provider(),
            region,
        }
    }
}

fn queue_client(shared: &SdkConfig, settings: &Settings, region: &str) -> aws_sdk_sqs::Client {
    let mut config = aws_sdk_sqs::config::Builder::from(shared)
        .timeout_config(timeouts(settings.aws.attempt, settings.aws.operation))
        .retry_config(RetryConfig::standard().with_max_attempts(3));
    if let Some(endpoint) = &settings.queue.endpoint {
        config = config.endpoint_url(endpoint);
    }
    if !region.is_empty() {
        config = config.region(Region::new(region.to_owned()));
    }
    aws_sdk_sqs::Client::from_conf(config.build())
}

fn store_client(shared: &SdkConfig, settings: &Settings, region: &str) -> aws_sdk_s3::Client {
    let operation = settings.aws.operation.max(settings.aws.transfer * 2);
    let mut config = aws_sdk_s3::config::Builder::from(shared)
        .timeout_config(timeouts(settings.aws.transfer, operation))
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .force_path_style(settings.store.path_style);
    if let Some(endpoint) = &settings.store.endpoint {
        config = config.endpoint_url(endpoint);
    }
    if !region.is_empty() {
        config = config.region(Region::new(region.to_owned()));
    }
    aws_sdk_s3::Client::from_conf(config.build())
}

/// Connect, attempt and operation limits of a call.
fn timeouts(attempt: Duration, operation: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(attempt)
        .operation_timeout(operation)
        .build()
}

fn is_loopback(endpoint: &str) -> bool {
    let host = endpoint.split("://").nth(1).unwrap_or_default();
    ["127.0.0.1:", "localhost:", "[::1]:"].iter().any(|local| host.starts_with(local))
}

/// What a failed call means, whoever was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Not reached, timed out, throttled, or the service's own fault: later may be better.
    Transient,
    /// Not allowed, or no credentials.
    Denied,
    /// The service said no for a reason of its own.
    Refused,
}

/// Decides by type and code, never by text.
pub fn trouble<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Trouble {
    let SdkError::ServiceError(context) = error else { return Trouble::Transient };
    let code = context.err().code().unwrap_or_default();
    match context.raw().status().as_u16() {
        _ if THROTTLES.contains(&code) => Trouble::Transient,
        _ if DENIALS.contains(&code) => Trouble::Denied,
        401 | 403 => Trouble::Denied,
        429 | 500..=599 => Trouble::Transient,
        _ => Trouble::Refused,
    }
}

const THROTTLES: [&str; 7] = [
    "Throttling",
    "ThrottlingException",
    "RequestThrottled",
    "RequestThrottledException",
    "TooManyRequestsException",
    "SlowDown",
    "RequestTimeout",
];

const DENIALS: [&str; 10] = [
    "AccessDenied",
    "AccessDeniedException",
    "AWS.SimpleQueueService.AccessDenied",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestTimeTooSkewed",
    "MissingAuthenticationToken",
];

/// An error with all of its causes, in one line.
pub fn explain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let more = inner.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = inner.source();
    }
    text
}
