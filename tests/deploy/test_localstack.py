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
            "ImageId": "/test/ami", "ApiEndpoint": cls.sink.url, "ApiKeySecretArn": secret,
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

    def test_a_saved_manifest_is_told_and_nothing_else(self):
        s3, bucket = self.client("s3"), self.outputs["Bucket"]
        s3.put_object(Bucket=bucket, Key="results/a1/part.3mf", Body=b"model")
        s3.put_object(Bucket=bucket, Key="results/a1/manifest.json", Body=b'{"status": "succeeded"}')
        s3.put_object(Bucket=bucket, Key="results/manifest.json.txt", Body=b"no")
        end = time.monotonic() + 60
        while not self.sink.told and time.monotonic() < end:
            time.sleep(0.2)
        time.sleep(3)
        self.assertEqual(len(self.sink.told), 1)
        headers, body = self.sink.told[0]
        event = json.loads(body)
        self.assertEqual(headers["x-api-key"], "open-sesame")
        self.assertEqual((event["specversion"], event["type"], event["subject"]), ("1.0", "dev.maquette.result.saved.v1", "results/a1/manifest.json"))
        self.assertEqual((event["source"], event["data"]["bucket"]), (f"s3://{bucket}", bucket))


if __name__ == "__main__":
    unittest.main(verbosity=2)
