//! Jobs from an SQS batch to `POST /v1/jobs`; the answer names the messages that are to come again.
//!
//! | the daemon answers | the message |
//! | --- | --- |
//! | 200: settled, well or badly | done |
//! | 202: not settled yet | done where the daemon has a queue that keeps it (`Accept::Queue`); comes again where it is in the daemon's memory alone |
//! | 400, 404, 409, 413, 415, 422: it will never be a job | done: the same message would fail the same way |
//! | 401, 403: the function is not let in | comes again: an operator can mend that |
//! | 408, 425, 429, 5xx, no answer | comes again |

use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use reqwest::StatusCode;
use serde::Deserialize;

use crate::Secret;

/// Where jobs are posted to, and as whom.
#[derive(Debug, Clone)]
pub struct Push {
    client: reqwest::Client,
    url: String,
    token: Option<Secret>,
    wait: u64,
    accept: Accept,
}

/// What a 202 of the daemon means: its setting `http.accept`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    /// The job is on the daemon's own queue.
    Queue,
    /// The job is in the daemon's memory, and this side keeps it until it is settled.
    Direct,
}

/// What becomes of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Settled, or taken over by the daemon.
    Done(String),
    /// Refused for good, with the problem's reason.
    Refused(String),
    /// To come again, with the reason.
    Again(String),
}

impl Push {
    /// Posts to the daemon at `url`, which may take `wait` seconds to settle a job.
    ///
    /// # Errors
    /// When the machine's certificates cannot be read.
    pub fn new(url: &str, token: Option<Secret>, wait: u64, accept: Accept) -> Result<Self, reqwest::Error> {
        let client = crate::client(Duration::from_secs(wait + 10))?;
        Ok(Self { client, url: format!("{}/v1/jobs", url.trim_end_matches('/')), token, wait, accept })
    }

    /// Posts every message of a batch, at once; an answer names those that are to come again.
    pub async fn batch(&self, event: SqsEvent) -> SqsBatchResponse {
        let running: Vec<_> = event
            .records
            .into_iter()
            .map(|message| {
                let (id, push) = (message.message_id.clone(), self.clone());
                (id, tokio::spawn(async move { push.message(&message).await }))
            })
            .collect();
        let mut failures = Vec::new();
        for (id, fate) in running {
            let fate = fate.await.unwrap_or_else(|error| Fate::Again(error.to_string()));
            let id = id.unwrap_or_default();
            log(&id, &fate);
            if matches!(fate, Fate::Again(_)) {
                let mut failure = BatchItemFailure::default();
                failure.item_identifier = id;
                failures.push(failure);
            }
        }
        let mut answer = SqsBatchResponse::default();
        answer.batch_item_failures = failures;
        answer
    }

    /// Posts one message.
    pub async fn message(&self, message: &SqsMessage) -> Fate {
        let body = message.body.clone().unwrap_or_default();
        let mut call = self
            .client
            .post(&self.url)
            .header("content-type", "application/json")
            .header("prefer", format!("wait={}", self.wait))
            .body(body);
        if let Some(trace) = message.message_attributes.get("traceparent").and_then(|a| a.string_value.as_deref()) {
            call = call.header("traceparent", trace);
        }
        // a job without an id gets the message's: a second delivery is then the same job
        if let Some(id) = &message.message_id {
            call = call.header("idempotency-key", id);
        }
        if let Some(token) = &self.token {
            call = call.bearer_auth(token.reveal());
        }
        match call.send().await {
            Ok(answer) => {
                let status = answer.status();
                fate(status, &answer.text().await.unwrap_or_default(), self.accept)
            }
            Err(error) => Fate::Again(error.without_url().to_string()),
        }
    }
}

/// What an answer means for the message.
pub fn fate(status: StatusCode, body: &str, accept: Accept) -> Fate {
    let said = serde_json::from_str::<Said>(body).unwrap_or_default();
    match status.as_u16() {
        202 if accept == Accept::Direct => Fate::Again("not settled yet".to_owned()),
        200..=299 => Fate::Done(said.status.as_str().unwrap_or("accepted").to_owned()),
        401 | 403 | 408 | 425 | 429 | 500.. => Fate::Again(format!("{} {}", status.as_u16(), said.reason())),
        _ => Fate::Refused(format!("{} {}", status.as_u16(), said.reason())),
    }
}

/// A status document or a problem; both may have all of it.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Said {
    status: serde_json::Value,
    code: String,
    title: String,
    detail: String,
}

impl Said {
    fn reason(&self) -> String {
        [&self.code, &self.title, &self.detail]
            .into_iter()
            .filter(|text| !text.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(": ")
    }
}

/// One line a message, as CloudWatch reads it.
fn log(id: &str, fate: &Fate) {
    let (level, fate, reason) = match fate {
        Fate::Done(status) => ("INFO", "done", status),
        Fate::Refused(reason) => ("WARN", "refused", reason),
        Fate::Again(reason) => ("WARN", "again", reason),
    };
    eprintln!("{}", serde_json::json!({ "level": level, "message": id, "fate": fate, "reason": reason }));
}

#[cfg(test)]
mod tests {
    use aws_lambda_events::sqs::SqsEvent;
    use axum::http::{HeaderMap, StatusCode};
    use axum::routing::post;
    use serde_json::json;

    use crate::Secret;
    use crate::push::{Accept, Fate, Push, fate};

    /// A daemon that answers with the status that the job asks for.
    async fn daemon() -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let address = listener.local_addr().expect("bound");
        let answer = async |headers: HeaderMap, body: String| {
            if headers.get("authorization").is_none_or(|token| token != "Bearer letmein") {
                return (StatusCode::UNAUTHORIZED, String::new());
            }
            assert_eq!(headers["prefer"], "wait=3");
            assert!(headers["idempotency-key"].to_str().is_ok_and(|key| key.starts_with('m')));
            let status = serde_json::from_str::<serde_json::Value>(&body).ok().and_then(|job| job["answer"].as_u64());
            let status = StatusCode::from_u16(status.map_or(400, |status| status as u16)).expect("a status");
            (status, json!({ "status": "succeeded", "code": "invalid_job", "title": "no" }).to_string())
        };
        tokio::spawn(async move { axum::serve(listener, axum::Router::new().route("/v1/jobs", post(answer))).await });
        format!("http://{address}")
    }

    fn event(bodies: &[&str]) -> SqsEvent {
        let records: Vec<_> = bodies
            .iter()
            .enumerate()
            .map(|(n, body)| json!({ "messageId": format!("m{n}"), "body": body, "attributes": {}, "messageAttributes": {} }))
            .collect();
        serde_json::from_value(json!({ "Records": records })).expect("an event")
    }

    async fn failures(push: &Push, bodies: &[&str]) -> Vec<String> {
        push.batch(event(bodies)).await.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
    }

    #[tokio::test]
    async fn only_what_may_succeed_later_comes_again() {
        let push = Push::new(&daemon().await, Some(Secret::new("letmein")), 3, Accept::Queue).expect("a client");
        let bodies = [
            r#"{"answer":200}"#,
            r#"{"answer":503}"#,
            r#"{"answer":422}"#,
            r#"{"answer":429}"#,
            "no job",
            r#"{"answer":202}"#,
            r#"{"answer":409}"#,
        ];
        assert_eq!(failures(&push, &bodies).await, ["m1", "m3"]);
    }

    #[tokio::test]
    async fn who_is_not_let_in_loses_nothing() {
        let push = Push::new(&daemon().await, None, 3, Accept::Queue).expect("a client");
        assert_eq!(failures(&push, &[r#"{"answer":200}"#]).await, ["m0"]);
    }

    #[tokio::test]
    async fn a_daemon_that_is_gone_loses_nothing() {
        let push = Push::new("http://127.0.0.1:1", None, 0, Accept::Direct).expect("a client");
        assert_eq!(failures(&push, &["{}", "{}"]).await, ["m0", "m1"]);
    }

    #[test]
    fn an_accepted_job_is_left_to_whoever_keeps_it() {
        let running = r#"{"status":"running"}"#;
        assert_eq!(fate(StatusCode::ACCEPTED, running, Accept::Queue), Fate::Done("running".to_owned()));
        assert_eq!(fate(StatusCode::ACCEPTED, running, Accept::Direct), Fate::Again("not settled yet".to_owned()));
    }

    #[test]
    fn a_settled_failure_is_done() {
        assert_eq!(
            fate(StatusCode::OK, r#"{"status":"failed","code":"parse_error"}"#, Accept::Direct),
            Fate::Done("failed".to_owned())
        );
        let problem = r#"{"status":422,"code":"invalid_job","title":"It is no job","detail":"no outputs"}"#;
        assert_eq!(
            fate(StatusCode::UNPROCESSABLE_ENTITY, problem, Accept::Direct),
            Fate::Refused("422 invalid_job: It is no job: no outputs".to_owned())
        );
        assert_eq!(fate(StatusCode::BAD_GATEWAY, "<html>", Accept::Queue), Fate::Again("502 ".to_owned()));
    }
}
