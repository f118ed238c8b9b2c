//! A job's CloudEvents for whom the job names, as far as the operator allows: posted as signed webhooks (Standard Webhooks), or put on a reply queue.

mod secret;

use std::net::IpAddr;
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use axum::http::Uri;
use serde_json::Value;
use time::OffsetDateTime;

use crate::config::Webhooks as Allowed;
use crate::daemon::DaemonError;
use crate::daemon::notify::{send_event, trace_of};
use crate::daemon::retry::Backoff;
use crate::daemon::telemetry::{Metrics, event};
use crate::daemon::webhook::secret::Secrets;
use crate::job::{EventKind, NotifySpec, TraceContext};

/// Sends what jobs ask to be told.
#[derive(Debug)]
pub struct Webhooks {
    connector: Connector,
    allowed: Allowed,
    secrets: Secrets,
    /// For reply queues.
    queues: Option<aws_sdk_sqs::Client>,
}

/// Why a webhook was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the webhook {url} was not taken: {reason}")]
pub struct WebhookError {
    url: String,
    reason: String,
}

/// One attempt, connecting included.
const ATTEMPT: Duration = Duration::from_secs(10);

/// Tries before the message is given back to be told of later.
const TRIES: u32 = 3;

impl Webhooks {
    /// What the settings allow.
    ///
    /// # Errors
    /// The file of secrets cannot be read.
    pub fn new(allowed: &Allowed, queues: Option<aws_sdk_sqs::Client>) -> Result<Self, DaemonError> {
        let resolver = Resolver { private: allowed.private };
        let tls = Provider::Rustls(CryptoMode::AwsLc);
        Ok(Self {
            connector: Connector::builder().tls_provider(tls).build_with_resolver(resolver),
            allowed: allowed.clone(),
            secrets: Secrets::read(allowed.secrets_file.as_deref())?,
            queues,
        })
    }

    /// Whether a job may ask for these.
    ///
    /// # Errors
    /// The first that it may not, and what its operator could do about it.
    pub fn check(&self, wanted: &[NotifySpec]) -> Result<(), String> {
        wanted.iter().try_for_each(|wanted| {
            if self.reply_queue(&wanted.url).is_none() {
                self.check_url(&wanted.url)?;
            }
            match &wanted.secret {
                Some(name) if !self.secrets.has(name) => {
                    Err(format!("notify.secret {name:?} is no secret of this daemon (notify.secrets_file)"))
                }
                _ => Ok(()),
            }
        })
    }

    /// Whatever reaches `url`, if that is a queue which jobs may name.
    fn reply_queue(&self, url: &str) -> Option<&aws_sdk_sqs::Client> {
        self.queues.as_ref().filter(|_| self.allowed.queues.iter().any(|allowed| allowed == url))
    }

    fn check_url(&self, url: &str) -> Result<(), String> {
        let uri: Uri = url.parse().map_err(|error| format!("notify.url {url:?}: {error}"))?;
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(format!("notify.url {url:?} must hold no user name"));
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if self.allowed.private => {}
            _ => return Err(format!("notify.url {url:?} must begin with https://")),
        }
        if !self.allowed.hosts.iter().any(|pattern| is_host_of(&host, pattern)) {
            return Err(format!(
                "jobs may not notify {host:?}; its operator can allow it by notify.hosts or notify.queues"
            ));
        }
        // what is no name is not looked up, so the resolver does not see it
        match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(address) if !self.allowed.private && !is_public(address) => {
                Err(format!("notify.url {url:?} is a private address; its operator can allow them by notify.private"))
            }
            _ => Ok(()),
        }
    }

    /// Posts `event` to all who asked for events of this kind; one who does not take it keeps no other from being told.
    ///
    /// # Errors
    /// The last failure of several tries, of the first who did not take it.
    pub async fn tell(
        &self,
        wanted: &[NotifySpec],
        kind: EventKind,
        document: &Value,
        metrics: &Metrics,
    ) -> Result<(), WebhookError> {
        let mut told = Ok(());
        for wanted in wanted.iter().filter(|wanted| wanted.events.contains(&kind)) {
            told = told.and(self.insist(wanted, document, metrics).await);
        }
        told
    }

    async fn insist(&self, wanted: &NotifySpec, document: &Value, metrics: &Metrics) -> Result<(), WebhookError> {
        let mut backoff = Backoff::new(Duration::from_millis(300), Duration::from_secs(3));
        for attempt in 1.. {
            let Err(reason) = self.post(wanted, document).await else { break };
            metrics.webhook_failures.increment();
            let error = WebhookError { url: wanted.url.clone(), reason };
            event::WebhookFailed { error: &error }.emit();
            if attempt >= TRIES {
                return Err(error);
            }
            tokio::time::sleep(backoff.next_pause()).await;
        }
        Ok(())
    }

    async fn post(&self, wanted: &NotifySpec, document: &Value) -> Result<(), String> {
        if let Some(client) = self.reply_queue(&wanted.url) {
            return send_event(client, &wanted.url, document).await.map_err(|error| error.to_string());
        }
        let request = self.request(wanted, document).map_err(|reason| format!("it cannot be posted: {reason}"))?;
        let response = tokio::time::timeout(ATTEMPT, self.connector.call(request)).await;
        let response = response.map_err(|_| format!("no answer within {} s", ATTEMPT.as_secs()))?;
        let status = response.map_err(|error| crate::daemon::aws::explain(&error))?.status();
        if status.is_success() { Ok(()) } else { Err(format!("it answers {}", status.as_u16())) }
    }

    fn request(&self, wanted: &NotifySpec, document: &Value) -> Result<HttpRequest, String> {
        let body = document.to_string();
        let id = document["id"].as_str().unwrap_or_default();
        let now = OffsetDateTime::now_utc().unix_timestamp().to_string();
        let mut request = HttpRequest::new(SdkBody::from(body.as_str()));
        request.set_method("POST").map_err(|error| error.to_string())?;
        request.set_uri(wanted.url.as_str()).map_err(|error| error.to_string())?;
        let headers = request.headers_mut();
        headers.insert("content-type", "application/cloudevents+json");
        headers.insert("user-agent", concat!("maquette/", env!("CARGO_PKG_VERSION")));
        headers.insert("webhook-id", id.to_owned());
        headers.insert("webhook-timestamp", now.clone());
        for (name, value) in trace_of(document).iter().flat_map(TraceContext::fields) {
            headers.insert(name, value.to_owned());
        }
        if let Some(signature) = self.secrets.sign(wanted.secret.as_deref(), &format!("{id}.{now}.{body}")) {
            headers.insert("webhook-signature", signature);
        }
        Ok(request)
    }
}

/// `api.example.com` is itself, `*.example.com` every name below.
fn is_host_of(host: &str, pattern: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(ending) => host.len() > ending.len() && host.ends_with(&ending.to_ascii_lowercase()),
        None => host == pattern.to_ascii_lowercase(),
    }
}

/// Looks names up, and keeps what is not public to itself: the same addresses are then connected to, so a name cannot change in between.
#[derive(Debug, Clone, Copy)]
struct Resolver {
    private: bool,
}

impl ResolveDns for Resolver {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found = tokio::net::lookup_host((name, 0)).await.map_err(ResolveDnsError::new)?;
            let found: Vec<IpAddr> = found.map(|address| address.ip()).collect();
            let allowed: Vec<IpAddr> =
                found.iter().copied().filter(|address| self.private || is_public(*address)).collect();
            if allowed.is_empty() {
                return Err(ResolveDnsError::new(format!("{name} has no public address")));
            }
            Ok(allowed)
        })
    }
}

/// Whether an address is one of the internet: not this machine, its neighbours, the cloud's metadata service, or a test network.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let special =
                matches!((a, b, c), (100, 64..=127, _) | (192, 0, 0) | (198, 18..=19, _) | (0 | 240..=255, _, _));
            !(special
                || v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_documentation())
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_public(IpAddr::V4(v4)),
            // 2000::/3 is what is given out; 2002::/16 and 2001::/32 carry IPv4 within
            None => {
                let [first, second, ..] = v6.segments();
                first & 0xe000 == 0x2000 && first != 0x2002 && (first, second) != (0x2001, 0)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::daemon::webhook::{is_host_of, is_public};

    #[test]
    fn private_addresses_are_known() {
        let private = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "fe80::1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "2002:0a00:0001::1",
            "64:ff9b::a00:1",
        ];
        for address in private {
            assert!(!is_public(address.parse().expect("an address")), "{address}");
        }
        for address in ["8.8.8.8", "52.95.110.1", "2600:1f00::1", "::ffff:8.8.8.8"] {
            assert!(is_public(address.parse().expect("an address")), "{address}");
        }
    }

    #[test]
    fn a_pattern_is_a_name_or_all_below_one() {
        assert!(is_host_of("api.example.com", "API.example.com"));
        assert!(is_host_of("a.b.example.com", "*.example.com"));
        for other in ["example.com", "evilexample.com", "api.example.com.evil.org"] {
            assert!(!is_host_of(other, "*.example.com"), "{other}");
        }
    }
}
