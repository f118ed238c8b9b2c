"""The workers' rights: the stack deployed on moto with IAM enforced, and the real daemon at work with nothing but the stack's role.

Wants TEST_BINARY (target/release/maquette by default) and moto_server beside this Python; skips loudly without.
"""
import json
import time
import unittest
import urllib.request

import stack
from on_moto import BINARY, MOTO, OnMoto


@unittest.skipUnless(MOTO.exists(), f"SKIPPED: no {MOTO}")
class Rights(OnMoto):
    def test_network_lets_in_the_fixed_address_alone(self):
        groups = self.boto3.client("ec2", **self.root).describe_security_groups()["SecurityGroups"]
        ours = [g for g in groups if g["Description"].startswith("maquette workers")]
        self.assertEqual(len(ours), 1)
        rules = [(r["FromPort"], r["ToPort"], [i["CidrIp"] for i in r["IpRanges"]]) for r in ours[0]["IpPermissions"]]
        self.assertEqual(rules, [(22, 22, ["203.0.113.7/32"])])

    def test_group_begins_with_nobody(self):
        group, = self.boto3.client("autoscaling", **self.root).describe_auto_scaling_groups()["AutoScalingGroups"]
        self.assertEqual((group["MinSize"], group["MaxSize"], group["DesiredCapacity"]), (0, 4, 0))
        template, = self.boto3.client("ec2", **self.root).describe_launch_template_versions(LaunchTemplateName=self.launch_template())["LaunchTemplateVersions"]
        self.assertEqual(template["LaunchTemplateData"]["MetadataOptions"]["HttpTokens"], "required")

    def launch_template(self):
        template, = self.boto3.client("ec2", **self.root).describe_launch_templates()["LaunchTemplates"]
        return template["LaunchTemplateName"]

    def test_queue_puts_jobs_aside_after_six_tries(self):
        answer = self.boto3.client("sqs", **self.root).get_queue_attributes(QueueUrl=self.outputs["QueueUrl"], AttributeNames=["All"])["Attributes"]
        redrive = json.loads(answer["RedrivePolicy"])
        self.assertEqual(int(redrive["maxReceiveCount"]), 6)
        self.assertIn("DeadLetterQueue", redrive["deadLetterTargetArn"])

    def test_worker_may_not_do_more(self):
        from botocore.exceptions import ClientError

        bucket, queue, dead = (self.outputs[k] for k in ("Bucket", "QueueUrl", "DeadLetterQueueUrl"))
        keys = self.worker()
        sqs, s3, iam, group = (self.boto3.client(name, **{**self.root, **keys}) for name in ("sqs", "s3", "iam", "autoscaling"))
        self.enforce(True)
        self.addCleanup(self.enforce, False)
        sqs.receive_message(QueueUrl=queue)
        s3.put_object(Bucket=bucket, Key="results/a/b", Body=b"x")
        s3.get_object(Bucket=bucket, Key="results/a/b")
        s3.list_objects_v2(Bucket=bucket, Prefix="templates/")
        sqs.send_message(QueueUrl=dead, MessageBody="x")
        denied = [
            lambda: sqs.receive_message(QueueUrl=self.other_queue),
            lambda: sqs.receive_message(QueueUrl=dead),
            lambda: sqs.send_message(QueueUrl=queue, MessageBody="x"),
            lambda: sqs.delete_queue(QueueUrl=queue),
            lambda: sqs.purge_queue(QueueUrl=queue),
            lambda: s3.put_object(Bucket=bucket, Key="templates/evil", Body=b"x"),
            lambda: s3.put_object(Bucket=bucket, Key="inputs/evil", Body=b"x"),
            lambda: s3.delete_object(Bucket=bucket, Key="results/a/b"),
            lambda: s3.put_object(Bucket="other", Key="results/a/b", Body=b"x"),
            lambda: s3.get_object(Bucket="other", Key="results/a/b"),
            lambda: s3.get_object(Bucket=bucket, Key="secrets/x"),
            lambda: iam.list_users(),
            lambda: group.set_desired_capacity(AutoScalingGroupName="m-workers", DesiredCapacity=4),
        ]
        for number, call in enumerate(denied):
            with self.assertRaises(ClientError, msg=f"call {number} is allowed") as refused:
                call()
            self.assertIn(refused.exception.response["Error"]["Code"], ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"), number)

    @unittest.skipUnless(BINARY.exists(), f"SKIPPED: no {BINARY}")
    def test_daemon_does_its_work_with_these_rights(self):
        bucket, queue = self.outputs["Bucket"], self.outputs["QueueUrl"]
        sqs, s3 = (self.boto3.client(name, **self.root) for name in ("sqs", "s3"))
        s3.put_object(Bucket=bucket, Key="inputs/part.scad", Body=b"module part() cube(3);")
        s3.put_object(Bucket=bucket, Key="templates/plate/1/plate.scad", Body=b"cube([9, 9, 1]);")
        jobs = [
            {"id": "text", "source": {"text": "cube(10);"}},
            {"id": "file", "source": {"entry": "a.scad", "files": {"a.scad": "use <part.scad>\npart();", "part.scad": {"object": {"key": "inputs/part.scad"}}}}},
            {"id": "template", "source": {"template": "plate@1"}},
            {"id": "wrong", "source": {"text": "cube(;"}},
            # a copy of the first one's result
            {"id": "again", "source": {"text": "cube(10);"}},
        ]
        for job in jobs:
            sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({"version": 1, "outputs": [{"format": "stl"}], **job}))
        # not a job at all: goes to the dead letters, by the daemon
        sqs.send_message(QueueUrl=queue, MessageBody="no job")
        keys, port = self.worker(), stack.free_port()
        settings = {
            "queue.dead_letter_url": self.outputs["DeadLetterQueueUrl"], "store.cache": "cache/", "worker.jobs": "1", "worker.ahead": "0", "http.listen": f"127.0.0.1:{port}",
        }
        with self.daemon(keys, settings) as log:
            settled = self.wait_until_settled(port, len(jobs))
        self.assertTrue(settled, log.read_text()[-3000:])
        status = {j["id"]: json.load(s3.get_object(Bucket=bucket, Key=f"results/{j['id']}/manifest.json")["Body"])["status"] for j in jobs}
        self.assertEqual(status, {"text": "succeeded", "file": "succeeded", "template": "succeeded", "wrong": "failed", "again": "succeeded"})
        dead = sqs.receive_message(QueueUrl=self.outputs["DeadLetterQueueUrl"], MaxNumberOfMessages=10).get("Messages", [])
        self.assertIn("no job", [m["Body"] for m in dead])

    def wait_until_settled(self, port, jobs):
        stack.wait_for_port(port)
        for _ in range(600):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
                lines = answer.read().decode().splitlines()
            count = lambda name: sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))
            if count("maquette_jobs_settled_total") >= jobs and count("maquette_messages_dead_lettered_total") >= 1:
                return True
            time.sleep(0.2)
        return False


if __name__ == "__main__":
    unittest.main(verbosity=2)
