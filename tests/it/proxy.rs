//! A proxy on loopback between a daemon and its endpoint, which spoils some of the calls on their way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// What becomes of a call that is spoilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoil {
    /// Answered as the service does that is called too often; nothing is done.
    Throttle,
    /// Answered with the service's own fault; nothing is done.
    Fail,
    /// Nothing is done and nothing answered.
    Hang,
    /// The connection is reset; nothing is done.
    Reset,
    /// It is done, and the connection is reset before the answer.
    ResetAfter,
    /// It is done, and the answer breaks off in the middle of its body.
    Truncate,
    /// It is done, and the answer comes in drops.
    Dribble,
}

impl Spoil {
    pub const ALL: [Self; 7] =
        [Self::Throttle, Self::Fail, Self::Hang, Self::Reset, Self::ResetAfter, Self::Truncate, Self::Dribble];
}

/// Longer than any attempt of the tests, and bounded.
const HANG: Duration = Duration::from_secs(8);

/// A listening proxy; dropped, it ends.
pub struct Proxy {
    endpoint: String,
    spoilt: Arc<AtomicU32>,
    stop: CancellationToken,
}

#[derive(Clone)]
struct Plan {
    upstream: String,
    spoil: Spoil,
    /// One call in so many.
    every: u32,
    calls: Arc<AtomicU32>,
    spoilt: Arc<AtomicU32>,
}

impl Proxy {
    /// Between a client and the endpoint `upstream`, spoiling one call in `every`.
    pub async fn start(upstream: &str, spoil: Spoil, every: u32) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let (stop, spoilt) = (CancellationToken::new(), Arc::<AtomicU32>::default());
        let upstream = upstream.trim_start_matches("http://").to_owned();
        let plan = Plan { upstream, spoil, every, calls: Arc::default(), spoilt: Arc::clone(&spoilt) };
        let ended = stop.clone();
        tokio::spawn(async move {
            while let Some(Ok((client, _))) = ended.run_until_cancelled(listener.accept()).await {
                // whichever side hangs up ends it
                tokio::spawn(ended.clone().run_until_cancelled_owned(pass(client, plan.clone())));
            }
        });
        Self { endpoint, spoilt, stop }
    }

    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Calls spoilt so far.
    pub fn spoilt(&self) -> u32 {
        self.spoilt.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// One call; each has a connection of its own.
async fn pass(mut client: TcpStream, plan: Plan) -> std::io::Result<()> {
    let Some(request) = read_request(&mut client).await? else { return Ok(()) };
    let count = plan.calls.fetch_add(1, Ordering::Relaxed) + 1;
    if !count.is_multiple_of(plan.every) {
        let answer = forward(&plan.upstream, &request).await?;
        client.write_all(&answer).await?;
        return client.shutdown().await;
    }
    plan.spoilt.fetch_add(1, Ordering::Relaxed);
    match plan.spoil {
        Spoil::Throttle | Spoil::Fail => {
            client.write_all(refusal(plan.spoil, &request).as_bytes()).await?;
            client.shutdown().await
        }
        Spoil::Hang => {
            tokio::time::sleep(HANG).await;
            Ok(())
        }
        Spoil::Reset => client.set_zero_linger(),
        Spoil::ResetAfter => {
            forward(&plan.upstream, &request).await?;
            client.set_zero_linger()
        }
        Spoil::Truncate => {
            let answer = forward(&plan.upstream, &request).await?;
            let body = head_length(&answer).unwrap_or(answer.len());
            client.write_all(&answer[..body + (answer.len() - body) / 2]).await?;
            client.shutdown().await
        }
        Spoil::Dribble => {
            let answer = forward(&plan.upstream, &request).await?;
            for drop in answer.chunks(answer.len().div_ceil(20).max(1)) {
                client.write_all(drop).await?;
                client.flush().await?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            client.shutdown().await
        }
    }
}

/// A whole request; none when the client hung up before there was one.
async fn read_request(client: &mut TcpStream) -> std::io::Result<Option<Vec<u8>>> {
    let mut request = Vec::new();
    loop {
        if let Some(head) = head_length(&request) {
            let wanted = head + header(&request[..head], "content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
            if request.len() >= wanted {
                return Ok(Some(request));
            }
        }
        if client.read_buf(&mut request).await? == 0 {
            return Ok(None);
        }
    }
}

async fn forward(upstream: &str, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(upstream).await?;
    let line = request.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    server.write_all(&request[..line]).await?;
    server.write_all(b"connection: close\r\n").await?;
    server.write_all(&request[line..]).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    Ok(answer)
}

/// As SQS and S3 say it.
fn refusal(spoil: Spoil, request: &[u8]) -> String {
    let is_queue = header(request, "x-amz-target").is_some();
    let (status, code) = match (spoil, is_queue) {
        (Spoil::Throttle, true) => ("400 Bad Request", "RequestThrottled"),
        (Spoil::Throttle, false) => ("503 Slow Down", "SlowDown"),
        (_, true) => ("500 Internal Server Error", "InternalFailure"),
        (_, false) => ("500 Internal Server Error", "InternalError"),
    };
    let body = if is_queue {
        format!(r#"{{"__type":"com.amazonaws.sqs#{code}","message":"on purpose"}}"#)
    } else {
        format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>on purpose</Message></Error>")
    };
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

/// Where the body begins.
fn head_length(message: &[u8]) -> Option<usize> {
    message.windows(4).position(|bytes| bytes == b"\r\n\r\n").map(|end| end + 4)
}

fn header(message: &[u8], name: &str) -> Option<String> {
    let head = String::from_utf8_lossy(&message[..head_length(message).unwrap_or(message.len())]).into_owned();
    let line = head.lines().find(|line| line.split(':').next().is_some_and(|key| key.eq_ignore_ascii_case(name)));
    line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned())
}
