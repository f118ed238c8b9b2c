"""A daemon on an instance of a real Auto Scaling group, moto's, with IAM enforced, so that its calls are signed as they should be: the group spares it while it works.

moto cannot hold a right to one group, as the stack's role has it, against a call. Of the lifecycle hook's calls it knows the names alone, so that they are tried
against an endpoint of the Rust tests (tests/it/instance.rs).
"""
import http.server
import json
import threading
import time
import unittest

import stack
from on_moto import BINARY, MOTO, OnMoto


def metadata_service(instance):
    """An instance's metadata, version 2: its id, no notices."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_PUT(self):
            self.answer(200, "token")

        def do_GET(self):
            known = self.path == "/latest/meta-data/instance-id" and self.headers["X-aws-ec2-metadata-token"] == "token"
            self.answer(200, instance) if known else self.answer(404, "")

        def answer(self, status, text):
            self.send_response(status)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@unittest.skipUnless(MOTO.exists() and BINARY.exists(), f"SKIPPED: no {MOTO} or {BINARY}")
class Group(OnMoto):
    def setUp(self):
        super().setUp()
        self.scaling = self.boto3.client("autoscaling", **{**self.root, **self.user("administrator", ["*"])})
        self.name = self.scaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]["AutoScalingGroupName"]

    def user(self, name, actions):
        """Credentials that are good while IAM is enforced."""
        iam = self.boto3.client("iam", **self.root)
        iam.create_user(UserName=name)
        document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": actions, "Resource": "*"}}
        iam.put_user_policy(UserName=name, PolicyName="rights", PolicyDocument=json.dumps(document))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return dict(aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])

    def protected(self):
        """Every instance in service, and whether it is protected."""
        group, = self.scaling.describe_auto_scaling_groups()["AutoScalingGroups"]
        return {i["InstanceId"]: i["ProtectedFromScaleIn"] for i in group["Instances"]}

    def wait_for(self, wanted, seconds=40):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.protected() != wanted:
            time.sleep(0.3)
        self.assertEqual(self.protected(), wanted)

    def test_the_group_scales_in_around_the_instance_that_works(self):
        self.scaling.set_desired_capacity(AutoScalingGroupName=self.name, DesiredCapacity=3)
        worker, *idle = self.protected()
        metadata = metadata_service(worker)
        self.addCleanup(metadata.server_close)
        self.addCleanup(metadata.shutdown)
        # as long as the test wants it: nothing else ends it before its time is over
        program = "function f(n, s = 0) = n == 0 ? s : f(n - 1, s + sin(n)); echo([for (j = [1:100000]) f(400000)]); cube(3);"
        job = {"version": 1, "id": "long", "source": {"text": program}, "limits": {"wallSeconds": 25}, "outputs": [{"format": "stl"}]}
        self.boto3.client("sqs", **self.root).send_message(QueueUrl=self.outputs["QueueUrl"], MessageBody=json.dumps(job))
        keys = self.user("worker", ["sqs:*", "s3:*", "autoscaling:SetInstanceProtection"])
        settings = {
            "http.listen": f"127.0.0.1:{stack.free_port()}", "ec2.metadata_endpoint": f"http://127.0.0.1:{metadata.server_port}", "ec2.auto_scaling_endpoint": self.url,
            "ec2.auto_scaling_group": self.name, "ec2.idle_seconds": "2",
        }
        with self.daemon(keys, settings):
            self.wait_for({worker: True, **dict.fromkeys(idle, False)})
            self.scaling.set_desired_capacity(AutoScalingGroupName=self.name, DesiredCapacity=1)
            self.assertEqual(self.protected(), {worker: True}, "the others had to go")
            self.wait_for({worker: False}, 60)
        manifest = self.boto3.client("s3", **self.root).get_object(Bucket=self.outputs["Bucket"], Key="results/long/manifest.json")
        self.assertEqual(json.load(manifest["Body"])["error"]["code"], "limit_exceeded")


if __name__ == "__main__":
    unittest.main(verbosity=2)
