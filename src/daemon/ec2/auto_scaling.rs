//! The few calls to EC2 Auto Scaling that an instance makes for itself, signed and sent as they are: its SDK would cost more to build than SQS's and S3's.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_sqs::config::{Credentials, ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::config::{Aws, Ec2};
use crate::daemon::aws::{Clients, explain};

/// The Auto Scaling group of this instance.
#[derive(Debug, Clone)]
pub struct AutoScaling {
    endpoint: String,
    region: String,
    group: String,
    /// Empty when the group has none.
    hook: String,
    credentials: SharedCredentialsProvider,
    connector: Arc<Connector>,
    /// Longest call.
    patience: Duration,
}

/// Why a call did nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AutoScalingError(String);

impl AutoScaling {
    /// The group that the settings name, if they name one and there are credentials.
    pub fn of(clients: &Clients, ec2: &Ec2, aws: &Aws) -> Option<Self> {
        let region = clients.region.clone();
        let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let endpoint = ec2.auto_scaling_endpoint.clone();
        Some(Self {
            endpoint: endpoint.unwrap_or_else(|| format!("https://autoscaling.{region}.{domain}")),
            group: ec2.auto_scaling_group.clone()?,
            hook: ec2.lifecycle_hook.clone().unwrap_or_default(),
            credentials: clients.credentials.clone()?,
            connector: Arc::new(Connector::builder().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build()),
            patience: aws.attempt,
            region,
        })
    }

    /// Whether somebody waits to hear that the instance may be ended.
    pub fn has_hook(&self) -> bool {
        !self.hook.is_empty()
    }

    /// Keeps the group from ending `instance` when it scales in, or lets it again.
    ///
    /// # Errors
    /// Not reached, not allowed, or the group has no such instance in service.
    pub async fn protect(&self, instance: &str, protected: bool) -> Result<(), AutoScalingError> {
        let protected = if protected { "true" } else { "false" };
        let fields = [("InstanceIds.member.1", instance), ("ProtectedFromScaleIn", protected)];
        self.call("SetInstanceProtection", &fields).await
    }

    /// Asks the hook of an instance that is to end for as much time again.
    ///
    /// # Errors
    /// Not reached, not allowed, or no hook waits.
    pub async fn prolong(&self, instance: &str) -> Result<(), AutoScalingError> {
        let fields = [("InstanceId", instance), ("LifecycleHookName", self.hook.as_str())];
        self.call("RecordLifecycleActionHeartbeat", &fields).await
    }

    /// Tells the hook that the instance may be ended.
    ///
    /// # Errors
    /// As for asking for more time.
    pub async fn complete(&self, instance: &str) -> Result<(), AutoScalingError> {
        let hook = ("LifecycleHookName", self.hook.as_str());
        let fields = [("InstanceId", instance), hook, ("LifecycleActionResult", "CONTINUE")];
        self.call("CompleteLifecycleAction", &fields).await
    }

    /// Makes one call; whoever makes it tries again by and by.
    async fn call(&self, action: &str, fields: &[(&str, &str)]) -> Result<(), AutoScalingError> {
        let failed = |error: String| AutoScalingError(format!("{action}: {error}"));
        let own = [("Action", action), ("Version", "2011-01-01"), ("AutoScalingGroupName", self.group.as_str())];
        let body: Vec<String> = own.iter().chain(fields).map(|(name, value)| field(name, value)).collect();
        let answered = async {
            let credentials = self.credentials.provide_credentials().await.map_err(|error| explain(&error))?;
            let request = signed(&self.endpoint, &self.region, credentials, body.join("&")).map_err(|error| error.0)?;
            read(self.connector.call(request).await.map_err(|error| explain(&error))?).await
        };
        let answered = tokio::time::timeout(self.patience, answered).await;
        answered.unwrap_or_else(|_| Err("no answer in time".to_owned())).map_err(failed)
    }
}

/// As every AWS client writes forms: a server may sign what it has read and written anew.
const FORM_SET: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

fn field(name: &str, value: &str) -> String {
    format!("{name}={}", utf8_percent_encode(value, FORM_SET))
}

const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

fn signed(
    endpoint: &str,
    region: &str,
    credentials: Credentials,
    body: String,
) -> Result<HttpRequest, AutoScalingError> {
    let failed = |error: &dyn std::error::Error| AutoScalingError(error.to_string());
    let identity = credentials.into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("autoscaling")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| failed(&error))?
        .into();
    let uri = format!("{}/", endpoint.trim_end_matches('/'));
    let headers = [("content-type", FORM)].into_iter();
    let signable = SignableRequest::new("POST", &uri, headers, SignableBody::Bytes(body.as_bytes()))
        .map_err(|error| failed(&error))?;
    let (instructions, _) = sign(signable, &parameters).map_err(|error| failed(&error))?.into_parts();
    let added: Vec<(String, String)> =
        instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST").map_err(|error| failed(&error))?;
    request.set_uri(uri).map_err(|error| failed(&error))?;
    request.headers_mut().insert("content-type", FORM);
    for (name, value) in added {
        request.headers_mut().insert(name, value);
    }
    Ok(request)
}

async fn read(response: HttpResponse) -> Result<(), String> {
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    let body = ByteStream::new(response.into_body()).collect().await.map_err(|error| explain(&error))?.into_bytes();
    let body = String::from_utf8_lossy(&body).into_owned();
    let within = |tag: &str| {
        let (_, rest) = body.split_once(&format!("<{tag}>"))?;
        rest.split_once('<').map(|(text, _)| text.to_owned())
    };
    let code = within("Code").unwrap_or_else(|| status.as_u16().to_string());
    Err(format!("{code}: {}", within("Message").unwrap_or_default()))
}
