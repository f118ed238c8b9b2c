//! S3's "Object Created" of a manifest, from EventBridge or from the bucket's own notifications, to a signed CloudEvent at the API server.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::webhook::Key;

/// Who is told, and signed by what.
#[derive(Debug, Clone)]
pub struct Notify {
    client: reqwest::Client,
    url: String,
    key: Option<Key>,
}

/// A manifest that was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    id: String,
    time: String,
    bucket: String,
    key: String,
    etag: String,
}

impl Notify {
    /// Tells the API server at `url`.
    ///
    /// # Errors
    /// When the machine's certificates cannot be read.
    pub fn new(url: &str, key: Option<Key>) -> Result<Self, reqwest::Error> {
        Ok(Self { client: crate::client(Duration::from_secs(10))?, url: url.to_owned(), key })
    }

    /// Tells of every manifest in the event.
    ///
    /// # Errors
    /// When the API server does not take one: the service that called this function then calls it again, and the API server knows by the id what it has heard before.
    pub async fn event(&self, event: &Value) -> Result<(), String> {
        for saved in saved(event) {
            self.tell(&saved).await.map_err(|reason| format!("{}: {reason}", saved.key))?;
            eprintln!("{}", json!({ "level": "INFO", "told": saved.key }));
        }
        Ok(())
    }

    async fn tell(&self, saved: &Saved) -> Result<(), String> {
        let body = saved.cloud_event().to_string();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let mut call = self
            .client
            .post(&self.url)
            .header("content-type", "application/cloudevents+json")
            .header("webhook-id", &saved.id)
            .header("webhook-timestamp", now);
        if let Some(key) = &self.key {
            call = call.header("webhook-signature", key.sign(&saved.id, now, body.as_bytes()));
        }
        let answer = call.body(body).send().await.map_err(|error| error.without_url().to_string())?;
        if answer.status().is_success() { Ok(()) } else { Err(format!("the API server answers {}", answer.status())) }
    }
}

impl Saved {
    /// The same event that the stack's API destination sends.
    pub fn cloud_event(&self) -> Value {
        json!({
            "specversion": "1.0",
            "id": self.id,
            "time": self.time,
            "source": format!("s3://{}", self.bucket),
            "type": "dev.maquette.result.saved.v1",
            "subject": self.key,
            "datacontenttype": "application/json",
            "data": { "bucket": self.bucket, "key": self.key, "etag": self.etag },
        })
    }
}

/// The manifests that an event speaks of: others' objects, tests and unknown shapes are none.
pub fn saved(event: &Value) -> Vec<Saved> {
    let all = match event["Records"].as_array() {
        Some(records) => records.iter().filter_map(from_bucket).collect(),
        None => from_event_bridge(event).into_iter().collect::<Vec<_>>(),
    };
    all.into_iter().filter(|saved| saved.key.ends_with("/manifest.json")).collect()
}

fn from_event_bridge(event: &Value) -> Option<Saved> {
    if event["source"] != "aws.s3" || event["detail-type"] != "Object Created" {
        return None;
    }
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let detail = &event["detail"];
    Some(Saved {
        id: text(&event["id"])?,
        time: text(&event["time"])?,
        bucket: text(&detail["bucket"]["name"])?,
        key: text(&detail["object"]["key"])?,
        etag: text(&detail["object"]["etag"]).unwrap_or_default(),
    })
}

fn from_bucket(record: &Value) -> Option<Saved> {
    if !record["eventName"].as_str()?.trim_start_matches("s3:").starts_with("ObjectCreated:") {
        return None;
    }
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let object = &record["s3"]["object"];
    let key = form_decoded(object["key"].as_str()?);
    Some(Saved {
        // S3's own order of events on a key: told twice, it is the same
        id: format!("{key}/{}", object["sequencer"].as_str().or(object["eTag"].as_str())?),
        time: text(&record["eventTime"])?,
        bucket: text(&record["s3"]["bucket"]["name"])?,
        etag: text(&object["eTag"]).unwrap_or_default(),
        key,
    })
}

/// A key as S3's own notifications write it: `+` for blanks, `%XX` for the rest.
fn form_decoded(key: &str) -> String {
    let mut bytes = Vec::with_capacity(key.len());
    let mut rest = key.bytes();
    while let Some(byte) = rest.next() {
        let hex = |digit: Option<u8>| digit.and_then(|digit| char::from(digit).to_digit(16));
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => match (hex(rest.next()), hex(rest.next())) {
                (Some(high), Some(low)) => (high * 16 + low) as u8,
                _ => b'%',
            },
            byte => byte,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use axum::http::{HeaderMap, StatusCode};
    use axum::routing::post;
    use serde_json::{Value, json};

    use crate::Secret;
    use crate::notify::{Notify, saved};
    use crate::webhook::Key;

    fn event(key: &str) -> Value {
        json!({
            "version": "0", "id": "17793124-05d4", "detail-type": "Object Created", "source": "aws.s3", "time": "2026-11-22T10:00:00Z",
            "detail": { "bucket": { "name": "b" }, "object": { "key": key, "size": 5, "etag": "e1" }, "reason": "PutObject" }
        })
    }

    #[test]
    fn only_manifests_are_told() {
        assert_eq!(saved(&event("results/a/manifest.json")).len(), 1);
        assert!(saved(&event("results/a/part.3mf")).is_empty());
        assert!(saved(&json!({ "Service": "Amazon S3", "Event": "s3:TestEvent" })).is_empty());
        assert!(saved(&json!({ "source": "aws.ec2" })).is_empty());
    }

    #[test]
    fn a_buckets_own_notification_is_read_too() {
        let record = json!({
            "eventName": "ObjectCreated:Put", "eventTime": "2026-11-22T10:00:00.000Z",
            "s3": { "bucket": { "name": "b" }, "object": { "key": "results/a+b%2Fc/manifest.json", "eTag": "e1", "sequencer": "0A" } }
        });
        let told = saved(&json!({ "Records": [record] }));
        assert_eq!(told[0].cloud_event()["subject"], "results/a b/c/manifest.json");
        assert_eq!(told[0].cloud_event()["id"], "results/a b/c/manifest.json/0A");
    }

    /// An API server that answers with this status and keeps what it was told.
    async fn api(status: StatusCode) -> (String, Arc<Mutex<Vec<(HeaderMap, String)>>>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let address = listener.local_addr().expect("bound");
        let told = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&told);
        let answer = async move |headers: HeaderMap, body: String| {
            kept.lock().expect("nobody panicked").push((headers, body));
            status
        };
        tokio::spawn(async move { axum::serve(listener, axum::Router::new().route("/hook", post(answer))).await });
        (format!("http://{address}/hook"), told)
    }

    #[tokio::test]
    async fn the_api_server_can_check_who_told_it() {
        let (url, told) = api(StatusCode::NO_CONTENT).await;
        let key = Key::new(&Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).expect("a key");
        let notify = Notify::new(&url, Some(key.clone())).expect("a client");
        notify.event(&event("results/a/manifest.json")).await.expect("it is taken");
        notify.event(&event("results/a/part.3mf")).await.expect("nothing is sent");
        let told = told.lock().expect("nobody panicked");
        let [(headers, body)] = told.as_slice() else { panic!("told {} times", told.len()) };
        let time = headers["webhook-timestamp"].to_str().ok().and_then(|time| time.parse().ok()).expect("a time");
        assert_eq!(headers["webhook-signature"], key.sign("17793124-05d4", time, body.as_bytes()));
        assert_eq!(headers["content-type"], "application/cloudevents+json");
        assert_eq!(serde_json::from_str::<Value>(body).expect("JSON")["data"]["key"], "results/a/manifest.json");
    }

    #[tokio::test]
    async fn what_is_not_taken_is_a_failure() {
        let (url, _) = api(StatusCode::SERVICE_UNAVAILABLE).await;
        let notify = Notify::new(&url, None).expect("a client");
        assert!(notify.event(&event("results/a/manifest.json")).await.is_err());
    }
}
