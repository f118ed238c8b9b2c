"""Both functions as real binaries under cargo lambda's own runtime, fed as AWS feeds them: SQS (moto) by an event source mapping of 20 lines, events by invocation."""
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import stack

MOTO = pathlib.Path(sys.executable).parent / "moto_server"
REGION = "eu-central-1"
KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Other:
    """The other side: a daemon that answers as the job asks it to, or an API server; keeps what it is told."""

    def __init__(self):
        self.told = []
        other = self

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                other.told.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                try:
                    status = json.loads(body).get("answer", 204)
                except ValueError:
                    status = 400
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@unittest.skipUnless(shutil.which("cargo-lambda") and MOTO.exists(), "SKIPPED: no cargo-lambda or moto_server on the path")
class Functions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        import boto3

        cls.folder = tempfile.TemporaryDirectory()
        cls.other = Other()
        cls.processes = []
        cls.addClassCleanup(cls.close)
        moto, runtime = stack.free_port(), stack.free_port()
        cls.log = open(pathlib.Path(cls.folder.name) / "log", "w")
        spawn = lambda command, **more: cls.processes.append(subprocess.Popen(command, stdout=cls.log, stderr=cls.log, start_new_session=True, **more))
        spawn([MOTO, "-H", "127.0.0.1", "-p", str(moto)])
        environment = {
            **os.environ, "MAQUETTE_URL": cls.other.url, "MAQUETTE_TOKEN": "letmein", "MAQUETTE_WAIT_SECONDS": "5", "MAQUETTE_ACCEPT": "queue",
            "MAQUETTE_NOTIFY_URL": f"{cls.other.url}/hook", "MAQUETTE_WEBHOOK_KEY": KEY,
            "CARGO_TARGET_DIR": os.environ.get("LAMBDA_TARGET", str(stack.ROOT / "target/lambda")),
        }
        spawn(["cargo-lambda", "lambda", "watch", "--invoke-address", "127.0.0.1", "--invoke-port", str(runtime), "--ignore-changes"], cwd=stack.ROOT / "lambda", env=environment)
        stack.wait_for_port(moto)
        stack.wait_for_port(runtime, 120)
        keys = dict(region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")
        from botocore.config import Config

        cls.sqs = boto3.client("sqs", endpoint_url=f"http://127.0.0.1:{moto}", **keys)
        # the first call builds the function
        patient = Config(read_timeout=900, retries={"max_attempts": 0})
        cls.functions = boto3.client("lambda", endpoint_url=f"http://127.0.0.1:{runtime}", config=patient, **keys)

    @classmethod
    def close(cls):
        for process in cls.processes:
            os.killpg(process.pid, 15)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait(10)
        cls.other.server.shutdown()
        cls.other.server.server_close()
        cls.log.close()
        cls.folder.cleanup()

    def setUp(self):
        self.other.told.clear()

    def invoke(self, name, event):
        answer = self.functions.invoke(FunctionName=name, Payload=json.dumps(event))
        return answer.get("FunctionError"), json.loads(answer["Payload"].read() or b"null")

    def map_events(self, queue, arn, seconds):
        """What Lambda's event source mapping does: receive, invoke, delete all that did not fail."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            messages = self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1, AttributeNames=["All"], MessageAttributeNames=["All"]).get("Messages", [])
            if not messages:
                continue
            records = [
                {"messageId": m["MessageId"], "receiptHandle": m["ReceiptHandle"], "body": m["Body"], "attributes": m["Attributes"], "messageAttributes": {},
                 "md5OfBody": m["MD5OfBody"], "eventSource": "aws:sqs", "eventSourceARN": arn, "awsRegion": REGION}
                for m in messages
            ]
            error, answer = self.invoke("push", {"Records": records})
            again = {m["MessageId"] for m in messages} if error else {f["itemIdentifier"] for f in answer["batchItemFailures"]}
            for message in messages:
                if message["MessageId"] not in again:
                    self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])

    def test_push_success_partial_failure_retry_and_dead_letter(self):
        arn = lambda url: self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        dead = self.sqs.create_queue(QueueName="dead")["QueueUrl"]
        redrive = json.dumps({"deadLetterTargetArn": arn(dead), "maxReceiveCount": "2"})
        queue = self.sqs.create_queue(QueueName="push", Attributes={"VisibilityTimeout": "2", "RedrivePolicy": redrive})["QueueUrl"]
        # the function is built before the clock of the messages runs
        self.assertEqual(self.invoke("push", {"Records": []}), (None, {"batchItemFailures": []}))
        for name, answer in {"good": 200, "accepted": 202, "bad": 422, "busy": 503}.items():
            self.sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({"id": name, "answer": answer}))
        self.map_events(queue, arn(queue), 15)
        posted = [json.loads(body)["id"] for path, _, body in self.other.told if path == "/v1/jobs"]
        self.assertEqual({name: posted.count(name) for name in set(posted)}, {"good": 1, "accepted": 1, "bad": 1, "busy": 2})
        self.assertTrue(all(h["authorization"] == "Bearer letmein" and h["prefer"] == "wait=5" and h["idempotency-key"] for _, h, _ in self.other.told))
        aside = self.sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages", [])
        self.assertEqual([json.loads(m["Body"])["id"] for m in aside], ["busy"])
        left = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        self.assertEqual((left["ApproximateNumberOfMessages"], left["ApproximateNumberOfMessagesNotVisible"]), ("0", "0"))

    def test_notify_signs_what_others_can_check(self):
        from standardwebhooks import Webhook

        event = {
            "version": "0", "id": "17793124-05d4", "detail-type": "Object Created", "source": "aws.s3", "account": "1", "region": REGION, "time": "2026-11-22T10:00:00Z",
            "resources": [], "detail": {"version": "0", "bucket": {"name": "b"}, "object": {"key": "results/a/manifest.json", "size": 5, "etag": "e1"}, "reason": "PutObject"},
        }
        self.assertEqual(self.invoke("notify", event)[0], None)
        event["detail"]["object"]["key"] = "results/a/part.3mf"
        self.assertEqual(self.invoke("notify", event)[0], None)
        (path, headers, body), = self.other.told
        told = Webhook(KEY).verify(body, headers)
        self.assertEqual((path, told["type"], told["data"]["key"]), ("/hook", "dev.maquette.result.saved.v1", "results/a/manifest.json"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
