"""The stack on LocalStack: deployed by its CloudFormation, and a saved manifest heard of by an API server, through S3, EventBridge and an API destination."""
import http.server
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import time
import unittest

import stack

BINARY = pathlib.Path(os.environ.get("TEST_BINARY", stack.ROOT / "target/release/maquette")).resolve()
VENV = pathlib.Path(os.environ.get("LOCALSTACK_VENV", stack.ROOT / "target/localstack"))
REGION = "eu-central-1"


class Sink:
    """An API server that keeps what it is told."""

    def __init__(self, status=204):
        self.told = []
        sink = self

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                sink.told.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1/hooks/results"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@unittest.skipUnless((VENV / "bin/localstack").exists(), f"SKIPPED: no LocalStack in {VENV}")
class Stack(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        import boto3

        cls.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        port = stack.free_port()
        environment = {
            "PATH": f"{VENV}/bin:{os.environ['PATH']}", "HOME": cls.folder.name, "GATEWAY_LISTEN": f"127.0.0.1:{port}", "LOCALSTACK_HOST": f"127.0.0.1:{port}",
            "EAGER_SERVICE_LOADING": "0", "DISABLE_EVENTS": "1", "SKIP_SSL_CERT_DOWNLOAD": "1", "DNS_ADDRESS": "0", "CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES": "1",
            "FILESYSTEM_ROOT": cls.folder.name,
        }
        cls.log = open(pathlib.Path(cls.folder.name) / "localstack.log", "w")
        cls.localstack = subprocess.Popen([VENV / "bin/python", "-m", "localstack.runtime.main"], env=environment, stdout=cls.log, stderr=subprocess.STDOUT)
        cls.addClassCleanup(cls.close)
        stack.wait_for_port(port, 120)
        client = lambda name: boto3.client(name, region_name=REGION, endpoint_url=f"http://127.0.0.1:{port}", aws_access_key_id="test", aws_secret_access_key="test")
        cls.client = staticmethod(client)
        cls.sink = Sink()
        cls.addClassCleanup(cls.sink.close)
        secret = client("secretsmanager").create_secret(Name="api-key", SecretString="open-sesame")["ARN"]
        # LocalStack has none of the public parameters that name machine images
        client("ssm").put_parameter(Name="/test/ami", Value="ami-024f768332f080c5e", Type="String")
        template = stack.load()
        # AWS takes endpoints with TLS alone; the one of this test is on the loopback
        template["Parameters"]["ApiEndpoint"].pop("AllowedPattern")
        ec2 = client("ec2")
        parameters = {
            "VpcId": ec2.describe_vpcs()["Vpcs"][0]["VpcId"],
            "SubnetIds": ",".join(s["SubnetId"] for s in ec2.describe_subnets()["Subnets"]),
            "ImageId": "/test/ami", "ApiEndpoint": cls.sink.url, "ApiKeySecretArn": secret, "TellTopic": "true", "TellQueue": "true",
        }
        cls.outputs = stack.deploy(client("cloudformation"), "m", template, parameters, 400)

    @classmethod
    def close(cls):
        cls.localstack.terminate()
        try:
            cls.localstack.wait(20)
        except subprocess.TimeoutExpired:
            cls.localstack.kill()
            cls.localstack.wait(10)
        cls.log.close()
        cls.folder.cleanup()

    def test_bucket_is_private_encrypted_and_tells(self):
        s3, bucket = self.client("s3"), self.outputs["Bucket"]
        self.assertTrue(all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values()))
        rule, = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        self.assertEqual(rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"], "AES256")
        self.assertIn("EventBridgeConfiguration", s3.get_bucket_notification_configuration(Bucket=bucket))
        self.assertIn("aws:SecureTransport", s3.get_bucket_policy(Bucket=bucket)["Policy"])

    def test_queues_are_for_tls_and_put_jobs_aside(self):
        sqs = self.client("sqs")
        attributes = sqs.get_queue_attributes(QueueUrl=self.outputs["QueueUrl"], AttributeNames=["All"])["Attributes"]
        self.assertEqual(json.loads(attributes["RedrivePolicy"])["maxReceiveCount"], 6)
        self.assertIn("aws:SecureTransport", attributes["Policy"])
        self.assertEqual(attributes["ReceiveMessageWaitTimeSeconds"], "20")

    def test_alarms_are_there(self):
        alarms = {a["AlarmName"].split("-")[1]: a for a in self.client("cloudwatch").describe_alarms()["MetricAlarms"]}
        # WakeUpAlarm is not among them: its action is a scaling policy, which LocalStack does not make
        self.assertLessEqual({"DeadLetterAlarm", "OldestJobAlarm", "FullAlarm", "NotifyAlarm"}, set(alarms))
        self.assertEqual(alarms["DeadLetterAlarm"]["AlarmActions"], [self.outputs["AlertsTopic"]])

    def subscriber(self, name):
        """A queue that hears of what the topic publishes."""
        sqs = self.client("sqs")
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self.client("sns").subscribe(TopicArn=self.outputs["ResultTopicArn"], Protocol="sqs", Endpoint=arn)
        return url

    def bodies(self, queue, wait=5):
        """What a queue holds, as JSON."""
        messages = self.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=wait).get("Messages", [])
        return [json.loads(m["Body"]) for m in messages]

    def published(self, subscriber):
        return [json.loads(body["Message"])["detail"]["object"]["key"] for body in self.bodies(subscriber)]

    def told(self, job, seconds=60):
        """What the API server was told of a job, once it was."""
        of_job = lambda: [(headers, json.loads(body)) for headers, body in list(self.sink.told) if f"/{job}/" in json.loads(body)["subject"]]
        end = time.monotonic() + seconds
        while not of_job() and time.monotonic() < end:
            time.sleep(0.2)
        # whatever else would come
        time.sleep(3)
        return of_job()

    def test_a_saved_manifest_is_told_and_nothing_else(self):
        s3, bucket = self.client("s3"), self.outputs["Bucket"]
        subscriber = self.subscriber("of-a1")
        s3.put_object(Bucket=bucket, Key="results/a1/part.3mf", Body=b"model")
        s3.put_object(Bucket=bucket, Key="results/a1/manifest.json", Body=b'{"status": "succeeded"}')
        s3.put_object(Bucket=bucket, Key="results/a1/manifest.json.txt", Body=b"no")
        (headers, event), = self.told("a1")
        self.assertEqual(headers["x-api-key"], "open-sesame")
        self.assertEqual((event["specversion"], event["type"], event["subject"]), ("1.0", "dev.maquette.result.saved.v1", "results/a1/manifest.json"))
        self.assertEqual((event["source"], event["data"]["bucket"]), (f"s3://{bucket}", bucket))
        self.assertEqual(self.published(subscriber), ["results/a1/manifest.json"], "and the topic's subscribers hear of it")

    @unittest.skipUnless(BINARY.exists(), f"SKIPPED: no {BINARY}")
    def test_a_job_of_the_daemon_is_told_by_event_topic_and_reply_queue(self):
        subscriber, url = self.subscriber("of-job"), self.client("sqs").meta.endpoint_url
        job = {"version": 1, "id": "job", "source": {"text": "cube(10);"}, "outputs": [{"name": "part", "format": "stl"}]}
        self.client("sqs").send_message(QueueUrl=self.outputs["QueueUrl"], MessageBody=json.dumps(job))
        settings = {
            "queue.url": self.outputs["QueueUrl"], "queue.endpoint": url, "store.bucket": self.outputs["Bucket"], "store.endpoint": url, "store.path_style": "true",
            "notify.queue_url": self.outputs["ReplyQueueUrl"], "aws.region": REGION, "queue.wait_seconds": "1", "http.listen": "",
        }
        environment = {**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        daemon = subprocess.Popen([BINARY, "serve", *(a for k, v in settings.items() for a in ("--set", f"{k}={v}"))], env=environment, stdout=self.log, stderr=self.log)
        try:
            reply, = self.bodies(self.outputs["ReplyQueueUrl"], 20)
        finally:
            daemon.terminate()
            self.assertEqual(daemon.wait(30), 0)
        self.assertEqual((reply["type"], reply["data"]["job"], reply["data"]["status"]), ("dev.maquette.job.completed.v1", "job", "succeeded"))
        key = reply["data"]["manifest"]["key"]
        self.assertEqual(key, "results/job/manifest.json")
        self.assertEqual([event["subject"] for _, event in self.told("job")], [key])
        self.assertEqual(self.published(subscriber), [key])

    def test_the_reply_queue_is_for_tls_and_for_the_workers(self):
        sqs, iam = self.client("sqs"), self.client("iam")
        policy = sqs.get_queue_attributes(QueueUrl=self.outputs["ReplyQueueUrl"], AttributeNames=["Policy"])["Attributes"]["Policy"]
        self.assertIn("aws:SecureTransport", policy)
        role, = (r["RoleName"] for r in iam.list_roles()["Roles"] if "WorkerRole" in r["RoleName"])
        self.assertIn("reply", iam.list_role_policies(RoleName=role)["PolicyNames"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
