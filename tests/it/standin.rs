//! One suite of what SQS and S3 do, through the ordinary clients: run on the stand-in, and on any endpoint that `MAQUETTE_TEST_ENDPOINT` names.
//!
//! Where the other endpoint (moto) is known to differ from AWS, the check is left out there and says so.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumMode, CompletedMultipartUpload, CompletedPart, Delete, ObjectIdentifier,
};
use aws_sdk_sqs::operation::receive_message::ReceiveMessageOutput;
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, Message, MessageAttributeValue,
    MessageSystemAttributeName, MessageSystemAttributeNameForSends, MessageSystemAttributeValue, QueueAttributeName,
    SendMessageBatchRequestEntry,
};
use maquette::standin::{Action, Fault, Server, bucket_folder};

use crate::local_aws::{Scratch, serve};

struct World {
    sqs: aws_sdk_sqs::Client,
    s3: aws_sdk_s3::Client,
    endpoint: String,
    server: Option<Server>,
    _scratch: Scratch,
}

impl World {
    async fn start() -> Self {
        let scratch = Scratch::new();
        let (endpoint, server) = match std::env::var("MAQUETTE_TEST_ENDPOINT") {
            Ok(endpoint) => (endpoint, None),
            Err(_) => {
                let server = serve(scratch.path()).await;
                (server.endpoint(), Some(server))
            }
        };
        let (sqs, s3) = clients(&endpoint);
        Self { sqs, s3, endpoint, server, _scratch: scratch }
    }

    /// Whether this is the other endpoint, which cannot do `what`.
    fn leaves_out(&self, what: &str) -> bool {
        if self.server.is_none() {
            eprintln!("left out here: {what}");
        }
        self.server.is_none()
    }

    async fn queue(&self, attributes: &[(QueueAttributeName, &str)]) -> String {
        self.named_queue(&fresh_name("q"), attributes).await
    }

    async fn named_queue(&self, name: &str, attributes: &[(QueueAttributeName, &str)]) -> String {
        let mut call = self.sqs.create_queue().queue_name(name);
        for (attribute, value) in attributes {
            call = call.attributes(attribute.clone(), *value);
        }
        call.send().await.expect("the queue can be made").queue_url.expect("a URL")
    }

    async fn send(&self, queue: &str, body: &str) {
        self.sqs.send_message().queue_url(queue).message_body(body).send().await.expect("the message is taken");
    }

    async fn receive(&self, queue: &str, wait_s: i32) -> Vec<Message> {
        let call = self.sqs.receive_message().queue_url(queue).max_number_of_messages(10).wait_time_seconds(wait_s);
        let call = call.message_system_attribute_names(MessageSystemAttributeName::All).message_attribute_names("All");
        let output: ReceiveMessageOutput = call.send().await.expect("the queue answers");
        output.messages.unwrap_or_default()
    }

    async fn bodies(&self, queue: &str, wait_s: i32) -> Vec<String> {
        self.receive(queue, wait_s).await.into_iter().filter_map(|message| message.body).collect()
    }

    async fn change(&self, queue: &str, handle: &str, seconds: i32) -> Result<(), String> {
        let call =
            self.sqs.change_message_visibility().queue_url(queue).receipt_handle(handle).visibility_timeout(seconds);
        call.send().await.map(drop).map_err(|error| error.code().unwrap_or_default().to_owned())
    }

    async fn delete(&self, queue: &str, handle: &str) {
        self.sqs.delete_message().queue_url(queue).receipt_handle(handle).send().await.expect("the delete is taken");
    }

    async fn bucket(&self) -> String {
        let name = fresh_name("bucket");
        self.s3.create_bucket().bucket(&name).send().await.expect("the bucket can be made");
        name
    }

    async fn put(&self, bucket: &str, key: &str, body: &[u8]) {
        let body = ByteStream::from(body.to_vec());
        self.s3.put_object().bucket(bucket).key(key).body(body).send().await.expect("the object is taken");
    }

    async fn get(&self, bucket: &str, key: &str) -> Vec<u8> {
        let output = self.s3.get_object().bucket(bucket).key(key).send().await.expect("the object is there");
        output.body.collect().await.expect("the body is whole").to_vec()
    }
}

fn clients(endpoint: &str) -> (aws_sdk_sqs::Client, aws_sdk_s3::Client) {
    use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region, retry::RetryConfig};
    let credentials = Credentials::new("test", "test", None, None, "test");
    let sqs = aws_sdk_sqs::config::Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials.clone())
        .retry_config(RetryConfig::disabled())
        .endpoint_url(endpoint);
    let s3 = aws_sdk_s3::config::Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials)
        .retry_config(RetryConfig::disabled())
        .force_path_style(true)
        .endpoint_url(endpoint);
    (aws_sdk_sqs::Client::from_conf(sqs.build()), aws_sdk_s3::Client::from_conf(s3.build()))
}

fn fresh_name(prefix: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{prefix}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

fn handle(message: &Message) -> &str {
    message.receipt_handle().expect("a handle")
}

fn number(message: &Message, name: MessageSystemAttributeName) -> u64 {
    let attributes = message.attributes().expect("attributes");
    attributes[&name].parse().expect("a number")
}

const VISIBILITY: QueueAttributeName = QueueAttributeName::VisibilityTimeout;

#[tokio::test]
async fn creating_a_queue_again_is_fine_with_the_same_attributes() {
    let world = World::start().await;
    let name = fresh_name("same");
    let first = world.named_queue(&name, &[(VISIBILITY, "7")]).await;
    assert_eq!(world.named_queue(&name, &[(VISIBILITY, "7")]).await, first);
    let other = world.sqs.create_queue().queue_name(&name).attributes(VISIBILITY, "8").send().await;
    assert!(other.expect_err("another attribute").into_service_error().is_queue_name_exists());
    let found = world.sqs.get_queue_url().queue_name(&name).send().await.expect("it is there");
    assert_eq!(found.queue_url(), Some(first.as_str()));
    let listed = world.sqs.list_queues().queue_name_prefix(&name).send().await.expect("a list");
    assert_eq!(listed.queue_urls(), [first]);
}

#[tokio::test]
async fn a_missing_queue_is_a_typed_error() {
    let world = World::start().await;
    let error = world.sqs.get_queue_url().queue_name("missing").send().await.expect_err("no such queue");
    assert!(error.into_service_error().is_queue_does_not_exist());
    let url = format!("{}/000000000000/missing", world.endpoint);
    let error = world.sqs.receive_message().queue_url(url).send().await.expect_err("no such queue");
    assert!(error.into_service_error().is_queue_does_not_exist());
}

#[tokio::test]
async fn a_long_poll_waits_and_wakes_at_once() {
    let world = World::start().await;
    let queue = world.queue(&[(QueueAttributeName::ReceiveMessageWaitTimeSeconds, "1")]).await;
    let begun = Instant::now();
    assert!(world.receive(&queue, 1).await.is_empty());
    assert!(begun.elapsed() >= Duration::from_millis(950));
    // the queue's own wait holds where the call names none
    let begun = Instant::now();
    world.sqs.receive_message().queue_url(&queue).send().await.expect("an answer");
    assert!(begun.elapsed() >= Duration::from_millis(950));
    let sending = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        world.send(&queue, "wake").await;
        Instant::now()
    };
    let receiving = async { (world.bodies(&queue, 10).await, Instant::now()) };
    let (sent, (bodies, received)) = tokio::join!(sending, receiving);
    assert_eq!(bodies, ["wake"]);
    assert!(received.saturating_duration_since(sent) < Duration::from_millis(900));
}

#[tokio::test]
async fn numbers_out_of_range_are_refused() {
    let world = World::start().await;
    let queue = world.queue(&[]).await;
    let receive = || world.sqs.receive_message().queue_url(&queue);
    assert!(receive().wait_time_seconds(21).send().await.is_err());
    assert!(receive().max_number_of_messages(11).send().await.is_err());
    if !world.leaves_out("attributes out of range are refused") {
        let bad = world.sqs.create_queue().queue_name(fresh_name("bad"));
        assert!(bad.attributes(VISIBILITY, "43201").send().await.is_err());
    }
}

#[tokio::test]
async fn visibility_runs_out_with_a_new_handle_and_a_count() {
    let world = World::start().await;
    let queue = world.queue(&[(VISIBILITY, "1")]).await;
    world.send(&queue, "again").await;
    let first = world.receive(&queue, 1).await;
    assert!(world.receive(&queue, 0).await.is_empty());
    let second = world.receive(&queue, 3).await;
    assert_ne!(handle(&first[0]), handle(&second[0]));
    assert_eq!(first[0].message_id(), second[0].message_id());
    assert_eq!(number(&second[0], MessageSystemAttributeName::ApproximateReceiveCount), 2);
    let first_received = MessageSystemAttributeName::ApproximateFirstReceiveTimestamp;
    assert_eq!(number(&first[0], first_received.clone()), number(&second[0], first_received));
    if !world.leaves_out("a stale handle deletes nothing") {
        world.delete(&queue, handle(&first[0])).await;
        assert_eq!(world.receive(&queue, 3).await.len(), 1);
    }
}

#[tokio::test]
async fn a_heartbeat_extends_and_zero_gives_back() {
    let world = World::start().await;
    let queue = world.queue(&[(VISIBILITY, "1")]).await;
    world.send(&queue, "held").await;
    let message = world.receive(&queue, 1).await.remove(0);
    world.change(&queue, handle(&message), 3).await.expect("it is held");
    tokio::time::sleep(Duration::from_millis(1300)).await;
    assert!(world.receive(&queue, 0).await.is_empty());
    if world.leaves_out("giving back wakes a parked receive") {
        return;
    }
    let giving = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        world.change(&queue, handle(&message), 0).await.expect("it is held");
        Instant::now()
    };
    let (given, (bodies, received)) = tokio::join!(giving, async { (world.bodies(&queue, 5).await, Instant::now()) });
    assert_eq!(bodies, ["held"]);
    assert!(received.saturating_duration_since(given) < Duration::from_millis(300));
}

#[tokio::test]
async fn twelve_hours_are_the_most() {
    let world = World::start().await;
    let queue = world.queue(&[]).await;
    world.send(&queue, "long").await;
    let message = world.receive(&queue, 1).await.remove(0);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert!(world.change(&queue, handle(&message), 43_201).await.is_err());
    assert!(world.change(&queue, handle(&message), 43_200).await.is_err(), "a second of the twelve hours is over");
    assert_eq!(world.change(&queue, handle(&message), 43_190).await, Ok(()));
}

#[tokio::test]
async fn nobody_extends_what_nobody_holds() {
    let world = World::start().await;
    let queue = world.queue(&[(VISIBILITY, "1")]).await;
    world.send(&queue, "gone").await;
    let message = world.receive(&queue, 1).await.remove(0);
    tokio::time::sleep(Duration::from_millis(1200)).await;
    if !world.leaves_out("nobody extends what ran out") {
        assert!(world.change(&queue, handle(&message), 5).await.is_err(), "its time ran out");
    }
    let message = world.receive(&queue, 1).await.remove(0);
    world.delete(&queue, handle(&message)).await;
    world.delete(&queue, handle(&message)).await;
    assert!(world.change(&queue, handle(&message), 5).await.is_err(), "it was deleted");
    let error = world.sqs.delete_message().queue_url(&queue).receipt_handle("nonsense").send().await;
    assert!(error.expect_err("no handle").into_service_error().is_receipt_handle_is_invalid());
}

#[tokio::test]
async fn a_batch_fails_by_entry() {
    let world = World::start().await;
    let queue = world.queue(&[]).await;
    world.send(&queue, "one").await;
    let message = world.receive(&queue, 1).await.remove(0);
    let delete = |id: &str, handle: &str| {
        DeleteMessageBatchRequestEntry::builder().id(id).receipt_handle(handle).build().expect("an entry")
    };
    let call = world.sqs.delete_message_batch().queue_url(&queue);
    let output = call.entries(delete("good", handle(&message))).entries(delete("bad", "nonsense")).send().await;
    let output = output.expect("an answer");
    assert_eq!(output.successful()[0].id(), "good");
    assert_eq!(output.failed()[0].id(), "bad");
    assert!(output.failed()[0].code().contains("ReceiptHandleIsInvalid"));
    let change = ChangeMessageVisibilityBatchRequestEntry::builder().id("x").receipt_handle(handle(&message));
    let change = change.visibility_timeout(9).build().expect("an entry");
    let output = world.sqs.change_message_visibility_batch().queue_url(&queue).entries(change).send().await;
    assert_eq!(output.expect("an answer").failed().len(), 1);
}

#[tokio::test]
async fn a_malformed_batch_fails_whole() {
    let world = World::start().await;
    let queue = world.queue(&[]).await;
    let entry =
        |id: String| SendMessageBatchRequestEntry::builder().id(id).message_body("x").build().expect("an entry");
    let send = |ids: Vec<String>| {
        let entries = ids.into_iter().map(entry).collect();
        world.sqs.send_message_batch().queue_url(&queue).set_entries(Some(entries)).send()
    };
    let twice = send(vec!["a".into(), "a".into()]).await.expect_err("twice").into_service_error();
    assert!(twice.is_batch_entry_ids_not_distinct());
    let many = send((0..11).map(|index| index.to_string()).collect()).await.expect_err("eleven").into_service_error();
    assert!(many.is_too_many_entries_in_batch_request());
    assert!(send(Vec::new()).await.is_err());
    assert!(send(vec!["a b".into()]).await.expect_err("a space").into_service_error().is_invalid_batch_entry_id());
    assert_eq!(send(vec!["a".into(), "b".into()]).await.expect("two").successful().len(), 2);
}

#[tokio::test]
async fn what_is_received_too_often_goes_to_the_dead_letter_queue_and_back() {
    let world = World::start().await;
    let name = fresh_name("dead");
    let dead = world.named_queue(&name, &[]).await;
    let arn =
        world.sqs.get_queue_attributes().queue_url(&dead).attribute_names(QueueAttributeName::QueueArn).send().await;
    let arn = arn.expect("attributes").attributes.expect("attributes")[&QueueAttributeName::QueueArn].clone();
    // a number and a string of one are both met in practice
    for count in ["2", "\"2\""] {
        let policy = format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":{count}}}"#);
        let queue = world.queue(&[(VISIBILITY, "0"), (QueueAttributeName::RedrivePolicy, &policy)]).await;
        world.send(&queue, "poison").await;
        assert_eq!(world.receive(&queue, 1).await.len(), 1);
        assert_eq!(world.receive(&queue, 1).await.len(), 1);
        assert!(world.receive(&queue, 1).await.is_empty());
        let message = world.receive(&dead, 2).await.remove(0);
        assert_eq!(message.body(), Some("poison"));
        if world.leaves_out("moving a dead-letter queue back") {
            world.delete(&dead, handle(&message)).await;
            continue;
        }
        assert!(
            message
                .attributes()
                .expect("attributes")
                .contains_key(&MessageSystemAttributeName::DeadLetterQueueSourceArn)
        );
        world.change(&dead, handle(&message), 0).await.expect("it is held");
        world.sqs.start_message_move_task().source_arn(&arn).send().await.expect("the move begins");
        assert_eq!(world.bodies(&queue, 2).await, ["poison"]);
        assert!(world.receive(&dead, 0).await.is_empty());
    }
}

#[tokio::test]
async fn a_client_that_hung_up_receives_nothing() {
    let world = World::start().await;
    if world.leaves_out("a client that hung up receives nothing") {
        return;
    }
    let queue = world.queue(&[]).await;
    let abandoned = world.receive(&queue, 10);
    assert!(tokio::time::timeout(Duration::from_millis(300), abandoned).await.is_err());
    tokio::time::sleep(Duration::from_millis(100)).await;
    world.send(&queue, "for the next").await;
    assert_eq!(world.bodies(&queue, 1).await, ["for the next"]);
}

#[tokio::test]
async fn of_many_pollers_one_gets_the_message() {
    let world = World::start().await;
    let queue = world.queue(&[]).await;
    let mut pollers = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (sqs, queue) = (world.sqs.clone(), queue.clone());
        pollers.spawn(async move {
            let output = sqs.receive_message().queue_url(queue).wait_time_seconds(2).send().await.expect("an answer");
            output.messages.unwrap_or_default().len()
        });
    }
    tokio::time::sleep(Duration::from_millis(400)).await;
    let begun = Instant::now();
    world.send(&queue, "one").await;
    assert!(begun.elapsed() < Duration::from_secs(1), "a control call waits for no poller");
    assert_eq!(pollers.join_all().await.into_iter().sum::<usize>(), 1);
}

#[tokio::test]
async fn a_delay_is_waited_for() {
    let world = World::start().await;
    let queue = world.queue(&[(QueueAttributeName::DelaySeconds, "1")]).await;
    world.send(&queue, "by the queue").await;
    world.sqs.send_message().queue_url(&queue).message_body("at once").delay_seconds(0).send().await.expect("sent");
    assert_eq!(world.bodies(&queue, 0).await, ["at once"]);
    assert_eq!(world.bodies(&queue, 3).await, ["by the queue"]);
}

#[tokio::test]
async fn attributes_travel_with_their_digests() {
    let world = World::start().await;
    let queue = world.queue(&[]).await;
    let value = |kind: &str| MessageAttributeValue::builder().data_type(kind);
    let trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1";
    let header =
        MessageSystemAttributeValue::builder().data_type("String").string_value(trace).build().expect("a value");
    let sent = world
        .sqs
        .send_message()
        .queue_url(&queue)
        .message_body("hello")
        .message_attributes("text", value("String").string_value("ä").build().expect("a value"))
        .message_attributes("count", value("Number").string_value("7").build().expect("a value"))
        .message_attributes(
            "raw",
            value("Binary").binary_value(aws_sdk_sqs::primitives::Blob::new([0, 1])).build().expect("a value"),
        )
        .message_system_attributes(MessageSystemAttributeNameForSends::AwsTraceHeader, header)
        .send()
        .await
        .expect("sent");
    assert_eq!(sent.md5_of_message_body(), Some("5d41402abc4b2a76b9719d911017c592"));
    let message = world.receive(&queue, 1).await.remove(0);
    assert_eq!(message.md5_of_body(), sent.md5_of_message_body());
    assert_eq!(message.md5_of_message_attributes(), sent.md5_of_message_attributes());
    assert!(sent.md5_of_message_attributes().is_some());
    assert_eq!(message.message_attributes().expect("attributes")["text"].string_value(), Some("ä"));
    let system = message.attributes().expect("attributes");
    assert_eq!(system[&MessageSystemAttributeName::AwsTraceHeader], trace);
}

#[tokio::test]
async fn a_mebibyte_is_the_most() {
    let world = World::start().await;
    let queue = world.queue(&[]).await;
    let text = |count: usize| "x".repeat(count);
    let send = |body: String| world.sqs.send_message().queue_url(&queue).message_body(body).send();
    assert!(send(text(262_145)).await.is_ok());
    assert!(send(text(1 << 20)).await.is_ok());
    assert!(send(text((1 << 20) + 1)).await.is_err());
    let entry = |id: &str| {
        SendMessageBatchRequestEntry::builder().id(id).message_body(text(600_000)).build().expect("an entry")
    };
    let batch = world.sqs.send_message_batch().queue_url(&queue).entries(entry("a")).entries(entry("b")).send().await;
    assert!(batch.expect_err("too long").into_service_error().is_batch_request_too_long());
    if !world.leaves_out("control characters are refused") {
        let error = send("a\u{0}b".into()).await.expect_err("a zero").into_service_error();
        assert!(error.is_invalid_message_contents());
    }
}

#[tokio::test]
async fn a_fifo_queue_keeps_order_within_a_group() {
    let world = World::start().await;
    let name = format!("{}.fifo", fresh_name("f"));
    let queue = world.named_queue(&name, &[(QueueAttributeName::FifoQueue, "true")]).await;
    let send = |body: &str, group: &str, id: &str| {
        let call = world.sqs.send_message().queue_url(&queue).message_body(body);
        call.message_group_id(group).message_deduplication_id(id).send()
    };
    for (body, group) in [("a1", "a"), ("a2", "a"), ("b1", "b")] {
        send(body, group, body).await.expect("sent");
    }
    let repeat = send("a1 again", "a", "a1").await.expect("taken");
    assert!(repeat.sequence_number().is_some());
    let one = world.sqs.receive_message().queue_url(&queue).send().await.expect("one").messages.unwrap_or_default();
    assert_eq!(one[0].body(), Some("a1"));
    assert_eq!(world.bodies(&queue, 0).await, ["b1"], "the rest of the group waits");
    world.delete(&queue, handle(&one[0])).await;
    assert_eq!(world.bodies(&queue, 1).await, ["a2"]);
    assert!(world.sqs.send_message().queue_url(&queue).message_body("x").send().await.is_err(), "no group");
}

#[tokio::test]
async fn counts_tell_visible_held_and_delayed() {
    let world = World::start().await;
    let queue = world.queue(&[]).await;
    for body in ["a", "b"] {
        world.send(&queue, body).await;
    }
    world.sqs.send_message().queue_url(&queue).message_body("c").delay_seconds(60).send().await.expect("sent");
    world.sqs.receive_message().queue_url(&queue).send().await.expect("one");
    let call = world.sqs.get_queue_attributes().queue_url(&queue).attribute_names(QueueAttributeName::All);
    let attributes = call.send().await.expect("attributes").attributes.expect("attributes");
    let count = |name| attributes[&name].as_str();
    assert_eq!(count(QueueAttributeName::ApproximateNumberOfMessages), "1");
    assert_eq!(count(QueueAttributeName::ApproximateNumberOfMessagesNotVisible), "1");
    assert_eq!(count(QueueAttributeName::ApproximateNumberOfMessagesDelayed), "1");
    assert_eq!(count(QueueAttributeName::MaximumMessageSize), "1048576");
    world.sqs.purge_queue().queue_url(&queue).send().await.expect("emptied");
    assert!(world.receive(&queue, 0).await.is_empty());
}

#[tokio::test]
async fn a_queue_deleted_under_a_poller_is_gone() {
    let world = World::start().await;
    let queue = world.queue(&[]).await;
    let deleting = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        world.sqs.delete_queue().queue_url(&queue).send().await.expect("deleted");
    };
    let polling = world.sqs.receive_message().queue_url(&queue).wait_time_seconds(2).send();
    let ((), polled) = tokio::join!(deleting, polling);
    assert!(polled.is_err() || polled.is_ok_and(|output| output.messages().is_empty()));
    assert!(world.sqs.send_message().queue_url(&queue).message_body("x").send().await.is_err());
}

#[tokio::test]
async fn messages_and_objects_outlive_the_process() {
    let scratch = Scratch::new();
    let server = serve(scratch.path()).await;
    let (sqs, s3) = clients(&server.endpoint());
    let queue = sqs.create_queue().queue_name("kept").attributes(VISIBILITY, "1").send().await.expect("made");
    let queue = queue.queue_url.expect("a URL");
    sqs.send_message().queue_url(&queue).message_body("kept").send().await.expect("sent");
    sqs.receive_message().queue_url(&queue).send().await.expect("received");
    s3.create_bucket().bucket("kept").send().await.expect("made");
    s3.put_object().bucket("kept").key("a/b").body(ByteStream::from_static(b"bytes")).send().await.expect("put");
    let file = bucket_folder(scratch.path(), "kept").join("a/b");
    assert_eq!(std::fs::read(file).expect("an object is a file"), b"bytes");
    server.shutdown().await;
    let server = serve(scratch.path()).await;
    let (sqs, s3) = clients(&server.endpoint());
    let queue = sqs.get_queue_url().queue_name("kept").send().await.expect("found").queue_url.expect("a URL");
    let call = sqs.receive_message().queue_url(queue).wait_time_seconds(3);
    let message = call.message_system_attribute_names(MessageSystemAttributeName::All).send().await.expect("an answer");
    assert_eq!(number(&message.messages()[0], MessageSystemAttributeName::ApproximateReceiveCount), 2);
    let object = s3.get_object().bucket("kept").key("a/b").send().await.expect("found");
    assert_eq!(object.body.collect().await.expect("whole").to_vec(), b"bytes");
    assert_eq!(std::fs::read(scratch.path().join("s3/kept/a/b")).expect("a plain file"), b"bytes");
}

#[tokio::test]
async fn faults_strike_as_asked() {
    let world = World::start().await;
    let Some(server) = &world.server else { return };
    let queue = world.queue(&[]).await;
    let send = || world.sqs.send_message().queue_url(&queue).message_body("x").send();
    server.faults().inject(Fault::at("SendMessage", 0, 1, Action::Reset));
    assert!(send().await.is_err());
    server.faults().inject(Fault::at("SendMessage", 0, 1, Action::ResetAfter));
    assert!(send().await.is_err());
    assert_eq!(world.bodies(&queue, 0).await.len(), 1, "the second was done before the line was cut");
    let refuse = Action::Refuse { status: 503, code: "ServiceUnavailable".into() };
    server.faults().inject(Fault::at("SendMessage", 0, 1, refuse));
    assert_eq!(send().await.expect_err("refused").raw_response().map(|raw| raw.status().as_u16()), Some(503));
    server.faults().inject(Fault::at("ReceiveMessage", 0, 1, Action::BlackHole));
    assert!(tokio::time::timeout(Duration::from_millis(300), world.receive(&queue, 0)).await.is_err());
    let bucket = world.bucket().await;
    world.put(&bucket, "k", b"0123456789").await;
    server.faults().inject(Fault::at("GetObject", 0, 1, Action::Truncate));
    let cut = world.s3.get_object().bucket(&bucket).key("k").send().await.expect("a head");
    assert!(cut.body.collect().await.is_err());
    assert_eq!(world.get(&bucket, "k").await, b"0123456789");
    assert_eq!(server.faults().calls()["SendMessage"], 3);
}

#[tokio::test]
async fn an_object_comes_back_as_it_was_put() {
    let world = World::start().await;
    let bucket = world.bucket().await;
    let call =
        world.s3.put_object().bucket(&bucket).key("a b/ü+%.txt").content_type("text/plain").metadata("who", "me");
    let put = call.body(ByteStream::from_static(b"hello")).send().await.expect("put");
    assert_eq!(put.e_tag(), Some("\"5d41402abc4b2a76b9719d911017c592\""));
    let got = world.s3.get_object().bucket(&bucket).key("a b/ü+%.txt").send().await.expect("got");
    assert_eq!((got.content_type(), got.content_length()), (Some("text/plain"), Some(5)));
    assert_eq!(got.metadata().expect("metadata")["who"], "me");
    assert_eq!(got.body.collect().await.expect("whole").to_vec(), b"hello");
    let part =
        world.s3.get_object().bucket(&bucket).key("a b/ü+%.txt").range("bytes=1-3").send().await.expect("a part");
    assert_eq!(part.content_range(), Some("bytes 1-3/5"));
    assert_eq!(part.body.collect().await.expect("whole").to_vec(), b"ell");
    assert!(world.s3.get_object().bucket(&bucket).key("a b/ü+%.txt").range("bytes=9-").send().await.is_err());
}

#[tokio::test]
async fn what_is_missing_is_a_typed_error() {
    let world = World::start().await;
    let bucket = world.bucket().await;
    let error = world.s3.get_object().bucket(&bucket).key("missing").send().await.expect_err("no key");
    assert!(error.into_service_error().is_no_such_key());
    let error = world.s3.head_object().bucket(&bucket).key("missing").send().await.expect_err("no key");
    assert!(error.into_service_error().is_not_found());
    let error = world.s3.get_object().bucket("no-such-bucket-here").key("k").send().await.expect_err("no bucket");
    assert_eq!(error.code(), Some("NoSuchBucket"));
    let error = world.s3.head_bucket().bucket("no-such-bucket-here").send().await.expect_err("no bucket");
    assert!(error.into_service_error().is_not_found());
}

#[tokio::test]
async fn of_many_creators_one_wins() {
    let world = World::start().await;
    let bucket = world.bucket().await;
    let mut creators = tokio::task::JoinSet::new();
    for index in 0..16 {
        let (s3, bucket) = (world.s3.clone(), bucket.clone());
        creators.spawn(async move {
            let body = ByteStream::from(format!("creator {index}").into_bytes());
            match s3.put_object().bucket(bucket).key("one").if_none_match("*").body(body).send().await {
                Ok(_) => 1,
                Err(error) => {
                    let status = error.raw_response().map(|raw| raw.status().as_u16());
                    assert!(matches!(status, Some(412 | 409)), "{status:?}");
                    0
                }
            }
        });
    }
    assert_eq!(creators.join_all().await.into_iter().sum::<u32>(), 1);
}

#[tokio::test]
async fn a_match_is_asked_for_or_refused() {
    let world = World::start().await;
    let bucket = world.bucket().await;
    let put = |key: &str, etag: &str| {
        let call = world.s3.put_object().bucket(&bucket).key(key).if_match(etag);
        call.body(ByteStream::from_static(b"new")).send()
    };
    world.put(&bucket, "k", b"old").await;
    let wrong = put("k", "\"00000000000000000000000000000000\"").await.expect_err("another tag");
    assert_eq!(wrong.raw_response().map(|raw| raw.status().as_u16()), Some(412));
    let missing = put("none", "\"00000000000000000000000000000000\"").await.expect_err("no object");
    assert_eq!(missing.raw_response().map(|raw| raw.status().as_u16()), Some(404));
    let etag = world.s3.head_object().bucket(&bucket).key("k").send().await.expect("there").e_tag.expect("a tag");
    assert!(put("k", &etag).await.is_ok());
    assert_eq!(world.get(&bucket, "k").await, b"new");
    if world.leaves_out("a get of what is known already") {
        return;
    }
    let unchanged = world.s3.get_object().bucket(&bucket).key("k").if_none_match("*").send().await;
    assert!(unchanged.is_err());
}

#[tokio::test]
async fn checksums_are_verified_kept_and_told() {
    let world = World::start().await;
    let bucket = world.bucket().await;
    if !world.leaves_out("wrong checksums are refused") {
        let call = || world.s3.put_object().bucket(&bucket).key("bad").body(ByteStream::from_static(b"hello"));
        assert_eq!(call().checksum_crc32("AAAAAA==").send().await.expect_err("wrong").code(), Some("BadDigest"));
        assert_eq!(
            call().content_md5("AAAAAAAAAAAAAAAAAAAAAA==").send().await.expect_err("wrong").code(),
            Some("BadDigest")
        );
    }
    let algorithms =
        [ChecksumAlgorithm::Crc32, ChecksumAlgorithm::Crc32C, ChecksumAlgorithm::Crc64Nvme, ChecksumAlgorithm::Sha256];
    for algorithm in algorithms {
        let call = world.s3.put_object().bucket(&bucket).key("sum").checksum_algorithm(algorithm.clone());
        let put = call.body(ByteStream::from_static(b"hello")).send().await.expect("put");
        let call = world.s3.head_object().bucket(&bucket).key("sum").checksum_mode(ChecksumMode::Enabled);
        let head = call.send().await.expect("there");
        let kept = match algorithm {
            ChecksumAlgorithm::Crc32 => (put.checksum_crc32, head.checksum_crc32),
            ChecksumAlgorithm::Crc32C => (put.checksum_crc32_c, head.checksum_crc32_c),
            ChecksumAlgorithm::Crc64Nvme => (put.checksum_crc64_nvme, head.checksum_crc64_nvme),
            _ => (put.checksum_sha256, head.checksum_sha256),
        };
        assert!(kept.0.is_some() && kept.0 == kept.1, "{algorithm}: {kept:?}");
    }
}

#[tokio::test]
async fn a_stream_is_stored_without_its_framing() {
    let world = World::start().await;
    let bucket = world.bucket().await;
    let scratch = Scratch::new();
    let path = scratch.path().join("stream");
    let bytes = vec![7_u8; 200_000];
    std::fs::write(&path, &bytes).expect("written");
    let body = ByteStream::from_path(&path).await.expect("a stream");
    world.s3.put_object().bucket(&bucket).key("stream").body(body).send().await.expect("put");
    assert_eq!(world.get(&bucket, "stream").await, bytes);
    let head = world.s3.head_object().bucket(&bucket).key("stream").send().await.expect("there");
    assert!(head.content_encoding().is_none_or(str::is_empty), "{:?}", head.content_encoding());
}

async fn upload_part(world: &World, bucket: &str, id: &str, number: i32, bytes: Vec<u8>) -> CompletedPart {
    let call = world.s3.upload_part().bucket(bucket).key("parts").upload_id(id).part_number(number);
    let part = call.body(ByteStream::from(bytes)).send().await.expect("the part is taken");
    CompletedPart::builder().part_number(number).set_e_tag(part.e_tag).set_checksum_crc32(part.checksum_crc32).build()
}

async fn complete(world: &World, bucket: &str, id: &str, parts: Vec<CompletedPart>) -> Result<(), Option<String>> {
    let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
    let call = world.s3.complete_multipart_upload().bucket(bucket).key("parts").upload_id(id).if_none_match("*");
    let done = call.multipart_upload(parts).send().await;
    done.map(drop).map_err(|error| error.code().map(str::to_owned))
}

async fn begin(world: &World, bucket: &str) -> String {
    let call =
        world.s3.create_multipart_upload().bucket(bucket).key("parts").checksum_algorithm(ChecksumAlgorithm::Crc32);
    call.send().await.expect("begun").upload_id.expect("an id")
}

#[tokio::test]
async fn parts_become_one_object_once() {
    let world = World::start().await;
    let bucket = world.bucket().await;
    let id = begin(&world, &bucket).await;
    let mut parts = Vec::new();
    for (number, size) in [(1, 5 << 20), (2, 5 << 20), (3, 1)] {
        parts.push(upload_part(&world, &bucket, &id, number, vec![u8::try_from(number).expect("small"); size]).await);
    }
    complete(&world, &bucket, &id, parts).await.expect("completed");
    let bytes = world.get(&bucket, "parts").await;
    assert_eq!((bytes.len(), bytes[0], bytes[5 << 20], bytes[10 << 20]), ((10 << 20) + 1, 1, 2, 3));
    let head = world.s3.head_object().bucket(&bucket).key("parts").send().await.expect("there");
    assert!(head.e_tag().is_some_and(|etag| etag.ends_with("-3\"")));
    let id = begin(&world, &bucket).await;
    let part = upload_part(&world, &bucket, &id, 1, vec![1; 10]).await;
    assert_eq!(complete(&world, &bucket, &id, vec![part]).await, Err(Some("PreconditionFailed".into())));
}

#[tokio::test]
async fn small_parts_and_aborted_uploads_come_to_nothing() {
    let world = World::start().await;
    let bucket = world.bucket().await;
    let id = begin(&world, &bucket).await;
    let mut parts = Vec::new();
    for number in 1..=2 {
        parts.push(upload_part(&world, &bucket, &id, number, vec![0; 100]).await);
    }
    assert_eq!(complete(&world, &bucket, &id, parts).await, Err(Some("EntityTooSmall".into())));
    let listed = world.s3.list_multipart_uploads().bucket(&bucket).send().await.expect("a list");
    assert_eq!(listed.uploads().len(), 1);
    world.s3.abort_multipart_upload().bucket(&bucket).key("parts").upload_id(&id).send().await.expect("aborted");
    let listed = world.s3.list_multipart_uploads().bucket(&bucket).send().await.expect("a list");
    assert!(listed.uploads().is_empty());
}

#[tokio::test]
async fn a_presigned_address_is_fetched_by_anybody_in_its_time() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let world = World::start().await;
    let bucket = world.bucket().await;
    world.put(&bucket, "k", b"signed").await;
    let presigning = PresigningConfig::expires_in(Duration::from_secs(60)).expect("a time");
    let address = world.s3.get_object().bucket(&bucket).key("k").presigned(presigning).await.expect("an address");
    let host = world.endpoint.trim_start_matches("http://").to_owned();
    let path = address.uri().trim_start_matches(&world.endpoint).to_owned();
    let mut stream = tokio::net::TcpStream::connect(&host).await.expect("a connection");
    let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("read");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("signed"), "{answer}");
}

#[tokio::test]
async fn a_listing_folds_and_goes_on() {
    let world = World::start().await;
    let bucket = world.bucket().await;
    for key in ["a/1", "a/2", "b/1", "c", "d & <e>"] {
        world.put(&bucket, key, b"x").await;
    }
    let call = world.s3.list_objects_v2().bucket(&bucket).delimiter("/");
    let listed = call.send().await.expect("a listing");
    let folds: Vec<&str> = listed.common_prefixes().iter().filter_map(|fold| fold.prefix()).collect();
    let keys: Vec<&str> = listed.contents().iter().filter_map(|object| object.key()).collect();
    assert_eq!((folds, keys), (vec!["a/", "b/"], vec!["c", "d & <e>"]));
    let mut pages = world.s3.list_objects_v2().bucket(&bucket).max_keys(2).into_paginator().send();
    let mut keys = Vec::new();
    while let Some(page) = pages.next().await {
        keys.extend(page.expect("a page").contents().iter().filter_map(|object| object.key().map(str::to_owned)));
    }
    assert_eq!(keys, ["a/1", "a/2", "b/1", "c", "d & <e>"]);
    let identifier = |key: &str| ObjectIdentifier::builder().key(key).build().expect("a key");
    let delete = Delete::builder().objects(identifier("c")).objects(identifier("d & <e>")).build().expect("keys");
    let deleted = world.s3.delete_objects().bucket(&bucket).delete(delete).send().await.expect("deleted");
    assert_eq!(deleted.deleted().len(), 2);
    let listed = world.s3.list_objects_v2().bucket(&bucket).prefix("a/").send().await.expect("a listing");
    assert_eq!(listed.key_count(), Some(2));
    world
        .s3
        .copy_object()
        .bucket(&bucket)
        .key("copy")
        .copy_source(format!("{bucket}/a/1"))
        .send()
        .await
        .expect("copied");
    assert_eq!(world.get(&bucket, "copy").await, b"x");
    assert!(world.s3.delete_bucket().bucket(&bucket).send().await.is_err(), "it is not empty");
}
