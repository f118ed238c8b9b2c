//! What EC2 tells an instance about its end: Spot interruption, rebalance, Auto Scaling's lifecycle; by the metadata service, version 2.

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What the instance was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
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

/// How often it is asked: as EC2 recommends for Spot.
pub const PERIOD: Duration = Duration::from_secs(5);

/// Nothing on the way is slower than this.
const PATIENCE: Duration = Duration::from_secs(2);

impl Metadata {
    /// The service at `endpoint`, `http://169.254.169.254` on EC2.
    pub fn at(endpoint: &str) -> Self {
        let host = endpoint.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { host: if host.contains(':') { host } else { format!("{host}:80") } }
    }

    /// The most urgent notice there is.
    ///
    /// # Errors
    /// When the service cannot be reached: not on EC2, or too many hops away.
    pub async fn notice(&self) -> std::io::Result<Option<Notice>> {
        let token = self.ask("PUT", "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds: 60").await?;
        let token = format!("X-aws-ec2-metadata-token: {}", token.unwrap_or_default().trim());
        let get = async |path: &str| self.ask("GET", &format!("/latest/meta-data/{path}"), &token).await;
        if let Some(action) = get("spot/instance-action").await? {
            return Ok(Some(Notice::Spot(time_left(&action))));
        }
        if get("autoscaling/target-lifecycle-state").await?.is_some_and(|state| state.trim() == "Terminated") {
            return Ok(Some(Notice::ScaleIn));
        }
        Ok(get("events/recommendations/rebalance").await?.map(|_| Notice::Rebalance))
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
