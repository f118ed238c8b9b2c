//! What a message is wrapped in: SNS, EventBridge, S3 events, the extended client's pointer. Unwrapped, it is jobs.

use serde_json::Value;

use crate::daemon::queue::Delivery;
use crate::daemon::store::{Place, Store, StoreError};

/// What a message holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// The texts of jobs, to be done in this order.
    Jobs(Vec<Vec<u8>>),
    /// Nothing to do, and nothing wrong: a test event, a removed object.
    Nothing(&'static str),
}

/// Why a message could not be unwrapped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// It will not be better next time.
    #[error("{0}")]
    Unreadable(String),
    /// The store could not give what the message points to.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The largest job file that is fetched: as much as a message may hold, four times over.
const JOB_BYTES_MAX: u64 = 4 << 20;

/// Wraps around wraps: SNS around an S3 event is two.
const DEPTH_MAX: usize = 4;

enum Layer {
    /// Not a wrap: the job itself.
    Bare,
    /// A text within.
    Text(String),
    /// Objects that hold jobs.
    Objects(Vec<Place>),
    Nothing(&'static str),
}

/// Unwraps `delivery`, fetching what it points to from buckets that `is_readable`.
///
/// # Errors
/// What cannot be unwrapped, and what cannot be fetched.
pub async fn open(
    delivery: &Delivery,
    store: &Store,
    is_readable: impl Fn(&str) -> bool,
) -> Result<Content, EnvelopeError> {
    let mut text = delivery.body.clone();
    for _ in 0..DEPTH_MAX {
        match peel(&text) {
            Layer::Bare => return Ok(Content::Jobs(vec![text.into_bytes()])),
            Layer::Text(inner) => text = inner,
            Layer::Nothing(why) => return Ok(Content::Nothing(why)),
            Layer::Objects(places) => {
                let mut jobs = Vec::with_capacity(places.len());
                for place in places {
                    if !is_readable(&place.bucket) {
                        let refused = format!(
                            "the message points to bucket {:?}, which store.read_buckets does not list",
                            place.bucket
                        );
                        return Err(EnvelopeError::Unreadable(refused));
                    }
                    jobs.push(store.get(&place, None, JOB_BYTES_MAX).await?.to_vec());
                }
                return Ok(Content::Jobs(jobs));
            }
        }
    }
    Err(EnvelopeError::Unreadable(format!("the message is wrapped more than {DEPTH_MAX} times")))
}

/// Words without which a text is no wrap: the search is cheaper than parsing every job twice.
const MARKS: [&str; 5] = ["\"Records\"", "\"TopicArn\"", "\"detail-type\"", "s3:TestEvent", "PayloadS3Pointer"];

fn peel(text: &str) -> Layer {
    if !MARKS.iter().any(|mark| text.contains(mark)) && !text.contains("MessageS3Pointer") {
        return Layer::Bare;
    }
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Layer::Bare };
    if let Some(place) = pointer(&value) {
        return Layer::Objects(vec![place]);
    }
    // a job that merely speaks of these words has its own version and id
    if value.get("version").is_some_and(Value::is_u64) && value.get("outputs").is_some() {
        return Layer::Bare;
    }
    if value["Event"] == "s3:TestEvent" {
        return Layer::Nothing("S3's test event");
    }
    if value["TopicArn"].is_string()
        && let Some(message) = value["Message"].as_str()
    {
        return match value["Type"].as_str() {
            Some("Notification") => Layer::Text(message.to_owned()),
            _ => Layer::Nothing("an SNS subscription message"),
        };
    }
    if value["detail-type"].is_string() {
        return peel_event(&value);
    }
    match value["Records"].as_array() {
        Some(records) => peel_records(records),
        None => Layer::Bare,
    }
}

/// The extended client's pair of a class name and a pointer.
fn pointer(value: &Value) -> Option<Place> {
    let [class, pointer] = value.as_array()?.as_slice() else { return None };
    let class = class.as_str()?;
    if !class.ends_with("PayloadS3Pointer") && !class.ends_with("MessageS3Pointer") {
        return None;
    }
    let text = |name: &str| pointer[name].as_str().map(str::to_owned);
    Some(Place { bucket: text("s3BucketName")?, key: text("s3Key")? })
}

/// EventBridge: an object that was made, by its plain key; or any other event whose detail is a job.
fn peel_event(value: &Value) -> Layer {
    let detail = &value["detail"];
    if value["source"] == "aws.s3" {
        if value["detail-type"] != "Object Created" {
            return Layer::Nothing("an S3 event of another kind");
        }
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let place = text(&detail["bucket"]["name"]).zip(text(&detail["object"]["key"]));
        return place.map_or(Layer::Bare, |(bucket, key)| Layer::Objects(vec![Place { bucket, key }]));
    }
    if detail.is_object() { Layer::Text(detail.to_string()) } else { Layer::Bare }
}

fn peel_records(records: &[Value]) -> Layer {
    let made = records.iter().filter(|record| {
        let name = record["eventName"].as_str().unwrap_or_default();
        name.trim_start_matches("s3:").starts_with("ObjectCreated")
    });
    let place = |record: &Value| {
        let bucket = record["s3"]["bucket"]["name"].as_str()?.to_owned();
        Some(Place { bucket, key: decode_key(record["s3"]["object"]["key"].as_str()?) })
    };
    let places: Option<Vec<Place>> = made.map(place).collect();
    match places {
        Some(places) if places.is_empty() => Layer::Nothing("an S3 event without made objects"),
        Some(places) => Layer::Objects(places),
        None => Layer::Bare,
    }
}

/// Undoes S3's encoding of keys in events: `+` is a space, then `%xx`.
fn decode_key(key: &str) -> String {
    percent_encoding::percent_decode_str(&key.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use crate::daemon::envelope::{Layer, decode_key, peel};
    use crate::daemon::store::Place;

    fn objects(text: &str) -> Vec<Place> {
        match peel(text) {
            Layer::Objects(places) => places,
            _ => Vec::new(),
        }
    }

    #[test]
    fn keys_of_events_are_decoded() {
        assert_eq!(decode_key("my+file%2B%C3%A4.json"), "my file+ä.json");
        assert_eq!(decode_key("100%"), "100%");
    }

    #[test]
    fn all_records_of_an_event_are_jobs() {
        let event = r#"{"Records":[
            {"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"in"},"object":{"key":"a+b.json"}}},
            {"eventName":"ObjectRemoved:Delete","s3":{"bucket":{"name":"in"},"object":{"key":"gone"}}},
            {"eventName":"ObjectCreated:Copy","s3":{"bucket":{"name":"in"},"object":{"key":"c.json"}}}]}"#;
        let keys: Vec<String> = objects(event).into_iter().map(|place| place.key).collect();
        assert_eq!(keys, ["a b.json", "c.json"]);
    }

    #[test]
    fn wraps_are_told_from_jobs() {
        let pointer = r#"["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"b","s3Key":"k"}]"#;
        assert_eq!(objects(pointer), [Place { bucket: "b".into(), key: "k".into() }]);
        let bridge = r#"{"detail-type":"Object Created","source":"aws.s3","detail":{"bucket":{"name":"b"},"object":{"key":"a+b"}}}"#;
        assert_eq!(objects(bridge)[0].key, "a+b");
        let job = r#"{"version":1,"id":"a","source":{"text":"echo(\"Records\");"},"outputs":[{"format":"stl"}]}"#;
        assert!(matches!(peel(job), Layer::Bare));
        assert!(matches!(peel(r#"{"Service":"Amazon S3","Event":"s3:TestEvent"}"#), Layer::Nothing(_)));
        let topic = r#"{"Type":"Notification","TopicArn":"arn:x","Message":"inner"}"#;
        assert!(matches!(peel(topic), Layer::Text(text) if text == "inner"));
    }
}
