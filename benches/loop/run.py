#!/usr/bin/env python3
"""What a loop around a job that does nothing costs: maquette beside sqs-consumer (Node) and boto3, in turn, on maquette's stand-in.

    npm install --prefix benches/loop
    benches/loop/run.py BINARY [COUNT [ROUNDS]]

Prints CPU microseconds a message (user and system, of the whole process with its threads, less what it takes to start and find nothing), messages a
second, and for maquette the largest memory. `maquette, jobs` are whole jobs with manifest, artefact and event; the rest are messages that ask for nothing.
Needs boto3 and node.
"""
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import boto3

here = pathlib.Path(__file__).parent
binary = sys.argv[1]
count = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
NOTHING = json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent"})
directory = tempfile.TemporaryDirectory()
environment = dict(os.environ, AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="y")
standin = subprocess.Popen([binary, "stand-in", "--dir", directory.name, "--listen", "127.0.0.1:0", "--bucket", "results"],
                           stdout=subprocess.PIPE, text=True)
endpoint = next(match.group(1) for line in standin.stdout if (match := re.search(r"on (http://[0-9.:]+)", line)))
sqs = boto3.client("sqs", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y")


def fill(name, messages, body):
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    for start in range(0, messages, 10):
        entries = [{"Id": str(k), "MessageBody": body(k)} for k in range(start, min(messages, start + 10))]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
    return url


def depth(url):
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return int(attributes["ApproximateNumberOfMessages"]) + int(attributes["ApproximateNumberOfMessagesNotVisible"])


def finish(process):
    """CPU seconds and MiB of a process that ends."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.args
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def script(*command):
    def run(url, messages):
        process = subprocess.Popen([*command[:-1], endpoint, url, str(messages), command[-1]], env=environment)
        return process, lambda: None
    return run


def daemon(url, messages):
    settings = [f"queue.url={url}", f"queue.endpoint={endpoint}", f"store.endpoint={endpoint}", "store.bucket=results",
                "store.path_style=true", "aws.region=us-east-1", "queue.wait_seconds=1", "http.listen=", "log.filter=warn",
                "worker.ahead=8"]
    command = [binary, "serve"] + [word for setting in settings for word in ("--set", setting)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)

    def end():
        while depth(url):
            time.sleep(0.05)
        # long enough to be ready for the signal
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
    return process, end


def job(tag):
    return lambda k: json.dumps({"version": 1, "id": f"{tag}-{k}", "source": {"text": f"cube({k % 9 + 1});"},
                                 "outputs": [{"name": "a", "format": "stl"}]})


def measure(name, client, messages, body):
    url = fill(name, messages, body)
    begun = time.time()
    process, end = client(url, messages)
    end()
    cpu, memory = finish(process)
    return cpu, time.time() - begun, memory


CLIENTS = {
    "maquette": (daemon, False),
    "maquette, jobs": (daemon, True),
    "sqs-consumer, batches": (script("node", str(here / "consumer.mjs"), "batch"), False),
    "sqs-consumer, one by one": (script("node", str(here / "consumer.mjs"), "single"), False),
    "boto3, batches": (script(sys.executable, str(here / "boto.py"), "batch"), False),
    "boto3, one by one": (script(sys.executable, str(here / "boto.py"), "single"), False),
}
found = {name: [] for name in CLIENTS}
try:
    for turn in range(rounds):
        for index, (name, (client, jobs)) in enumerate(CLIENTS.items()):
            tag = f"loop-{turn}-{index}"
            body = job(tag) if jobs else lambda _: NOTHING
            bare, _, _ = measure(tag + "-bare", client, 0, body)
            cpu, wall, memory = measure(tag, client, count, body)
            found[name].append(((cpu - bare) / count * 1e6, count / wall, memory))
finally:
    standin.terminate()
    standin.wait()
print(f"{count} messages, {rounds} rounds, median (lowest to highest)")
for name, values in found.items():
    micros = [value[0] for value in values]
    rate, memory = statistics.median(value[1] for value in values), max(value[2] for value in values)
    print(f"{name:26} {statistics.median(micros):7.0f} us ({min(micros):.0f} to {max(micros):.0f})  {rate:6.0f}/s  {memory:5.0f} MiB")
