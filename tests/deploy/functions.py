"""Both functions as real binaries under cargo lambda's own runtime, fed as AWS feeds them: SQS (moto) by an event source mapping of 20 lines, events by invocation."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import stack

MOTO = pathlib.Path(sys.executable).parent / "moto_server"
REGION = "eu-central-1"
ARE_HERE = bool(shutil.which("cargo-lambda")) and MOTO.exists()


class Running(unittest.TestCase):
    """A test whose functions run; `environment` is theirs."""

    @classmethod
    def environment(cls):
        return {}

    @classmethod
    def setUpClass(cls):
        import boto3

        cls.folder = tempfile.TemporaryDirectory()
        cls.processes = []
        cls.addClassCleanup(cls.close)
        moto, runtime = stack.free_port(), stack.free_port()
        cls.log = open(pathlib.Path(cls.folder.name) / "log", "w")
        cls.spawn([MOTO, "-H", "127.0.0.1", "-p", str(moto)])
        target = os.environ.get("LAMBDA_TARGET", str(stack.ROOT / "target/lambda"))
        environment = {**os.environ, **cls.environment(), "CARGO_TARGET_DIR": target}
        watch = ["cargo-lambda", "lambda", "watch", "--invoke-address", "127.0.0.1", "--invoke-port", str(runtime), "--ignore-changes"]
        cls.spawn(watch, cwd=stack.ROOT / "lambda", env=environment)
        stack.wait_for_port(moto)
        stack.wait_for_port(runtime, 120)
        cls.keys = dict(region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")
        from botocore.config import Config

        cls.sqs = boto3.client("sqs", endpoint_url=f"http://127.0.0.1:{moto}", **cls.keys)
        # the first call builds the function
        patient = Config(read_timeout=900, retries={"max_attempts": 0})
        cls.functions = boto3.client("lambda", endpoint_url=f"http://127.0.0.1:{runtime}", config=patient, **cls.keys)

    @classmethod
    def spawn(cls, command, **more):
        process = subprocess.Popen([str(word) for word in command], stdout=cls.log, stderr=cls.log, start_new_session=True, **more)
        cls.processes.append(process)
        return process

    @classmethod
    def close(cls):
        for process in reversed(cls.processes):
            if process.poll() is not None:
                continue
            os.killpg(process.pid, 15)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait(10)
        cls.log.close()
        cls.folder.cleanup()

    def invoke(self, name, event):
        answer = self.functions.invoke(FunctionName=name, Payload=json.dumps(event))
        return answer.get("FunctionError"), json.loads(answer["Payload"].read() or b"null")

    def arn(self, url):
        return self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

    def queues(self, name, visibility, receives):
        """A queue whose messages go to another after so many receives; the function is built before their clock runs."""
        dead = self.sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        redrive = json.dumps({"deadLetterTargetArn": self.arn(dead), "maxReceiveCount": str(receives)})
        queue = self.sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": str(visibility), "RedrivePolicy": redrive})["QueueUrl"]
        self.assertEqual(self.invoke("push", {"Records": []}), (None, {"batchItemFailures": []}))
        return queue, dead

    def map_events(self, queue, seconds):
        """What Lambda's event source mapping does: receive, invoke, delete all that did not fail. Ends when nothing is left."""
        end = time.monotonic() + seconds
        arn = self.arn(queue)
        while time.monotonic() < end and self.depth(queue) != (0, 0):
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

    def depth(self, queue):
        told = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        return int(told["ApproximateNumberOfMessages"]), int(told["ApproximateNumberOfMessagesNotVisible"])

    def ids_in(self, queue):
        messages = self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        return sorted(json.loads(m["Body"])["id"] for m in messages)
