#!/usr/bin/env python3
"""Breaks the daemon for a while and looks whether anything was lost, done twice or done wrong.

    soak.py ENDPOINT BINARY JOBS BLOWS WORKERS [kill|stop|term|faults] [KEY=VALUE ...]

ENDPOINT serves SQS and S3 (`maquette stand-in`, or moto); BINARY is maquette. While WORKERS daemons do JOBS jobs, one of them is hit BLOWS times:
kill: SIGKILL and a new one; stop: SIGSTOP past the visibility, then SIGCONT; term: SIGTERM and a new one; faults: the stand-in refuses, cuts,
truncates, delays, delivers twice and loses deletes. KEY=VALUE are further settings of the daemons, worker.isolation=processes say. Exit status 0:
every job has one right manifest and the artefacts that it names, nothing beside them, all events of a job are one event, and the queue is empty.
Needs boto3.
"""
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request

import boto3
from botocore.config import Config

PROGRAMS = [
    "cube([{n},2,3]);",
    "difference(){{sphere(r={n},$fn=24);cylinder(r={n}/2,h=100,center=true,$fn=24);}}",
    'linear_extrude(3) text("{n}");',
    "module m(i){{translate([i*3,0,0])cube(2);}} for(i=[0:{n}])m(i);",
    "cube(",
    'assert({n}<0,"no");',
]
OPERATIONS = ["ReceiveMessage", "PutObject", "GetObject", "DeleteMessageBatch", "ChangeMessageVisibilityBatch"]
ACTIONS = ["reset", "resetAfter", "truncate", {"refuse": {"status": 503, "code": "SlowDown"}},
           {"refuse": {"status": 500, "code": "InternalError"}}, {"delay": 300}, "duplicateDelivery", "loseDelete"]

endpoint, binary, jobs, blows, workers = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
mode = sys.argv[6] if len(sys.argv) > 6 else "kill"
further = sys.argv[7:]
keys = {"endpoint_url": endpoint, "region_name": "us-east-1", "aws_access_key_id": "x", "aws_secret_access_key": "y"}
retries = {"max_attempts": 10}
sqs = boto3.client("sqs", config=Config(retries=retries), **keys)
s3 = boto3.client("s3", config=Config(s3={"addressing_style": "path"}, retries=retries), **keys)
random.seed(7)


def prepare():
    name = f"soak{time.time_ns()}"
    dead = sqs.create_queue(QueueName=name + "-dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1000})
    queue = sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": redrive})["QueueUrl"]
    told = sqs.create_queue(QueueName=name + "-told")["QueueUrl"]
    s3.create_bucket(Bucket=name)
    return name, queue, told


def body(index):
    text = PROGRAMS[index % len(PROGRAMS)].format(n=index % 7 + 2)
    outputs = [{"name": "a", "format": "stl"}, {"name": "b", "format": "3mf"}]
    return json.dumps({"version": 1, "id": f"j{index}", "source": {"text": text}, "outputs": outputs})


def send(low, high):
    for start in range(low, high, 10):
        entries = [{"Id": str(k), "MessageBody": body(k)} for k in range(start, min(high, start + 10))]
        sqs.send_message_batch(QueueUrl=queue, Entries=entries)


def start():
    settings = [f"queue.url={queue}", f"queue.endpoint={endpoint}", f"store.endpoint={endpoint}", f"store.bucket={bucket}",
                "store.path_style=true", "aws.region=us-east-1", "queue.wait_seconds=2", "queue.visibility_seconds=5",
                "queue.attempts_max=1000", "http.listen=", "log.filter=error", "worker.stack_mib=256",
                f"notify.queue_url={told}"] + further
    command = [binary, "serve"] + [word for setting in settings for word in ("--set", setting)]
    return subprocess.Popen(command, env=dict(os.environ, AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="y"))


def depth(url=None):
    attributes = sqs.get_queue_attributes(QueueUrl=url or queue, AttributeNames=["All"])["Attributes"]
    return int(attributes["ApproximateNumberOfMessages"]), int(attributes["ApproximateNumberOfMessagesNotVisible"])


def control(method, document=None):
    data = json.dumps(document).encode() if document else None
    urllib.request.urlopen(urllib.request.Request(endpoint + "/_standin/faults", method=method, data=data)).read()


def listen():
    """Takes the events that are there: moto gets slow when they pile up."""
    while messages := sqs.receive_message(QueueUrl=told, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            event = json.loads(message["Body"])
            events.setdefault(event["subject"], set()).add(event["id"])
        entries = [{"Id": str(k), "ReceiptHandle": m["ReceiptHandle"]} for k, m in enumerate(messages)]
        sqs.delete_message_batch(QueueUrl=told, Entries=entries)


def hit(last):
    victim = random.randrange(workers)
    if mode == "stop":
        daemons[victim].send_signal(signal.SIGSTOP)
        time.sleep(7)
        daemons[victim].send_signal(signal.SIGCONT)
    elif mode == "faults":
        for _ in range(4):
            control("POST", {"operation": random.choice(OPERATIONS), "skip": random.randrange(3),
                             "times": random.randrange(1, 6), "action": random.choice(ACTIONS)})
        time.sleep(0.3)
        if last:
            control("DELETE")
    else:
        daemons[victim].send_signal(signal.SIGTERM if mode == "term" else signal.SIGKILL)
        daemons[victim].wait(timeout=120)
        daemons[victim] = start()


def is_right(index):
    manifest = json.loads(s3.get_object(Bucket=bucket, Key=f"results/j{index}/manifest.json")["Body"].read())
    wanted = "failed" if index % 6 >= 4 else "succeeded"
    right = manifest["job"] == f"j{index}" and manifest["status"] == wanted
    right = right and len(events.get(f"j{index}", ())) == 1
    listed = {item["Key"] for item in s3.list_objects_v2(Bucket=bucket, Prefix=f"results/j{index}/")["Contents"]}
    right = right and len(listed) == 1 + len(manifest["outputs"])
    for output in manifest["outputs"]:
        content = s3.get_object(Bucket=bucket, Key=output["key"])["Body"].read()
        right = right and "sha256:" + hashlib.sha256(content).hexdigest() == output["digest"]
    return right


bucket, queue, told = prepare()
events = {}
begun, hits, sent = time.time(), 0, 0
daemons = [start() for _ in range(workers)]
while sent < jobs or hits < blows or depth() != (0, 0):
    # moto looks at every message for every call: a small backlog keeps it quick
    if sent < jobs and sum(depth()) < 100:
        send(sent, min(jobs, sent + 50))
        sent = min(jobs, sent + 50)
    time.sleep(random.uniform(0.05, 0.5))
    listen()
    if hits < blows:
        hits += 1
        hit(hits == blows)
    if time.time() - begun > 3600:
        sys.exit(f"not done after an hour: {depth()} left")
# one that has just begun has no ear for signals yet
time.sleep(3)
for daemon in daemons:
    daemon.send_signal(signal.SIGTERM)
ended = [daemon.wait(timeout=120) for daemon in daemons]
# faults strike these calls, too: what an answer lost on its way held comes back after its visibility
while depth(told) != (0, 0):
    listen()
    time.sleep(1)
wrong = [index for index in range(jobs) if not is_right(index)]
print(f"{jobs} jobs, {hits} times {mode}, {workers} daemons {' '.join(further)}: {len(wrong)} wrong {wrong[:10]}, left {depth()}, "
      f"exit {ended}, {time.time() - begun:.0f} s")
sys.exit(bool(wrong) or depth() != (0, 0) or any(ended))
