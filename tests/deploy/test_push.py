"""The push road with nothing made up: SQS (moto), the function as a real binary, a real daemon that takes jobs directly, a store (the stand-in) that fails on demand."""
import json
import os
import pathlib
import time
import unittest
import urllib.request

import functions
import stack

BINARY = pathlib.Path(os.environ.get("TEST_BINARY", stack.ROOT / "target/release/maquette")).resolve()
TOKEN = "a-token-that-nobody-guesses"


@unittest.skipUnless(functions.ARE_HERE and BINARY.exists(), "SKIPPED: no cargo-lambda, moto_server or built maquette")
class PushRoad(functions.Running):
    @classmethod
    def environment(cls):
        cls.daemon_port, cls.store_port = stack.free_port(), stack.free_port()
        return {
            "MAQUETTE_URL": f"http://127.0.0.1:{cls.daemon_port}", "MAQUETTE_TOKEN": TOKEN, "MAQUETTE_WAIT_SECONDS": "3", "MAQUETTE_ACCEPT": "direct",
        }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        import boto3
        from botocore.config import Config

        folder = pathlib.Path(cls.folder.name)
        (folder / "tokens").write_text(TOKEN + "\n")
        cls.spawn([BINARY, "stand-in", "--dir", folder / "store", "--listen", f"127.0.0.1:{cls.store_port}"])
        stack.wait_for_port(cls.store_port)
        cls.s3 = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{cls.store_port}", config=Config(s3={"addressing_style": "path"}), **cls.keys)
        cls.daemon = cls.start_daemon()

    @classmethod
    def start_daemon(cls):
        settings = {
            "http.accept": "direct", "http.listen": f"127.0.0.1:{cls.daemon_port}", "http.token_file": f"{cls.folder.name}/tokens", "worker.jobs": 4,
            "store.endpoint": f"http://127.0.0.1:{cls.store_port}", "queue.endpoint": f"http://127.0.0.1:{cls.store_port}", "store.bucket": "results",
            "store.path_style": "true", "aws.region": functions.REGION, "breaker.failures": 1000, "drain.grace_seconds": 2,
        }
        words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        daemon = cls.spawn([BINARY, "serve", *words])
        stack.wait_for_port(cls.daemon_port)
        return daemon

    def fault(self, **fault):
        body = json.dumps(fault).encode()
        urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{self.store_port}/_standin/faults", body, method="POST"))

    def send(self, queue, name, program="cube(10);", **more):
        job = {"version": 1, "id": name, "source": {"text": program}, "outputs": [{"name": "part", "format": "stl"}], **more}
        self.sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(job))

    def manifest(self, name):
        return json.load(self.s3.get_object(Bucket="results", Key=f"results/{name}/manifest.json")["Body"])

    def test_success_partial_failure_retry_and_dead_letter(self):
        queue, dead = self.queues("road", 8, 3)
        # of one batch: made, failed for good, no job, not done in time, and never to be done
        self.fault(operation="PutObject", key="late/manifest", times=1, action={"delay": 5000})
        self.fault(operation="PutObject", key="never/", action={"refuse": {"status": 503, "code": "SlowDown"}})
        self.send(queue, "good")
        self.send(queue, "wrong", "cube(")
        self.send(queue, "nonsense", outputs=[{"name": "part", "format": "no-such-format"}])
        self.send(queue, "late")
        self.send(queue, "never")
        self.map_events(queue, 90)
        self.assertEqual(self.depth(queue), (0, 0))
        self.assertEqual(self.ids_in(dead), ["never"])
        self.assertEqual({name: self.manifest(name)["status"] for name in ("good", "wrong", "late")}, {"good": "succeeded", "wrong": "failed", "late": "succeeded"})
        self.assertEqual(self.manifest("late")["attempt"], 1, "it came again and was not done again")
        keys = [o["Key"] for o in self.s3.list_objects_v2(Bucket="results").get("Contents", [])]
        self.assertFalse([key for key in keys if "never/manifest" in key or "nonsense" in key], keys)

    def test_what_a_killed_daemon_had_in_hand_is_done_by_the_next(self):
        queue, dead = self.queues("killed", 6, 5)
        self.fault(operation="PutObject", key="held/manifest", times=1, action="blackHole")
        self.send(queue, "held")
        end = time.monotonic() + 60
        cls = type(self)
        killed = False
        while time.monotonic() < end and self.depth(queue) != (0, 0):
            self.map_events(queue, 5)
            if not killed:
                cls.daemon.kill()
                cls.daemon.wait()
                # while nobody listens
                self.map_events(queue, 2)
                cls.daemon, killed = cls.start_daemon(), True
        self.assertTrue(killed)
        self.assertEqual((self.depth(queue), self.depth(dead)), ((0, 0), (0, 0)))
        self.assertEqual(self.manifest("held")["status"], "succeeded")


if __name__ == "__main__":
    unittest.main(verbosity=2)
