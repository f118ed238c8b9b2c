"""A loop of boto3 around a job that does nothing: boto.py ENDPOINT QUEUE_URL COUNT batch|single"""
import sys

import boto3

endpoint, queue, count, mode = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
sqs = boto3.client("sqs", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y")
most = 10 if mode == "batch" else 1
while count > 0:
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=most, WaitTimeSeconds=1).get("Messages", [])
    if mode == "single":
        for message in messages:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    elif messages:
        entries = [{"Id": str(k), "ReceiptHandle": m["ReceiptHandle"]} for k, m in enumerate(messages)]
        sqs.delete_message_batch(QueueUrl=queue, Entries=entries)
    count -= len(messages)
