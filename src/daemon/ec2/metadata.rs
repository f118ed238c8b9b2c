//! The metadata service of an instance, version 2: who it is, and what it is told about its end.

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What the instance was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstanceNotice {
    /// Spot takes the instance back after this much time.
    Spot(Duration),
    /// The Auto Scaling group ends it when its lifecycle hook lets it.
    ScaleIn,
    /// Spot may take it back before long: told, nothing done, for the instance may as well live on.
    Rebalance,
}

/// The metadata service.
#[derive(Debug, Clone)]
pub struct Metadata {
    /// `host:port`.
    host: String,
}

/// Nothing on the way is slower than this.
const PATIENCE: Duration = Duration::from_secs(2);

impl Metadata {
    /// The service at `endpoint`, `http://169.254.169.254` on EC2.
    pub fn at(endpoint: &str) -> Self {
        let host = endpoint.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { host: if host.contains(':') { host } else { format!("{host}:80") } }
    }

    /// The id of this instance.
    ///
    /// # Errors
    /// When the service cannot be reached: not on EC2, or too many hops away.
    pub async fn instance_id(&self) -> std::io::Result<String> {
        let token = self.token().await?;
        let id = self.ask("GET", "/latest/meta-data/instance-id", &token).await?;
        id.map(|id| id.trim().to_owned()).ok_or_else(|| std::io::Error::other("the instance has no id"))
    }

    /// The most urgent notice there is.
    ///
    /// # Errors
    /// As for the id.
    pub async fn notice(&self) -> std::io::Result<Option<InstanceNotice>> {
        let token = self.token().await?;
        let get = async |path: &str| self.ask("GET", &format!("/latest/meta-data/{path}"), &token).await;
        if let Some(action) = get("spot/instance-action").await? {
            return Ok(Some(InstanceNotice::Spot(time_left(&action))));
        }
        if get("autoscaling/target-lifecycle-state").await?.is_some_and(|state| state.trim() == "Terminated") {
            return Ok(Some(InstanceNotice::ScaleIn));
        }
        Ok(get("events/recommendations/rebalance").await?.map(|_| InstanceNotice::Rebalance))
    }

    /// The header that every question needs.
    async fn token(&self) -> std::io::Result<String> {
        let token = self.ask("PUT", "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds: 60").await?;
        Ok(format!("X-aws-ec2-metadata-token: {}", token.unwrap_or_default().trim()))
    }

    /// The body of a 200; nothing for what is not there.
    async fn ask(&self, method: &str, path: &str, header: &str) -> std::io::Result<Option<String>> {
        let asking = async {
            let mut stream = TcpStream::connect(&self.host).await?;
            let request = format!(
                "{method} {path} HTTP/1.1\r\nHost: {}\r\n{header}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                self.host
            );
            stream.write_all(request.as_bytes()).await?;
            let mut answer = String::new();
            stream.take(65_536).read_to_string(&mut answer).await?;
            Ok::<_, std::io::Error>(answer)
        };
        let answer = tokio::time::timeout(PATIENCE, asking).await.map_err(std::io::Error::from)??;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer.as_str(), ""));
        match head.split(' ').nth(1) {
            Some("200") => Ok(Some(body.to_owned())),
            Some("404") => Ok(None),
            status => {
                Err(std::io::Error::other(format!("the metadata service answers {}", status.unwrap_or("nothing"))))
            }
        }
    }
}

/// Until the time that the notice names; the usual two minutes where it names none.
fn time_left(action: &str) -> Duration {
    let named = serde_json::from_str::<serde_json::Value>(action).ok();
    let named = named.and_then(|action| OffsetDateTime::parse(action["time"].as_str()?, &Rfc3339).ok());
    named.map_or(Duration::from_secs(120), |time| {
        Duration::try_from(time - OffsetDateTime::now_utc()).unwrap_or_default()
    })
}
