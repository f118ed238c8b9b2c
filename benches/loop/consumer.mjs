// A loop of sqs-consumer around a job that does nothing: consumer.mjs ENDPOINT QUEUE_URL COUNT batch|single
import { SQSClient } from "@aws-sdk/client-sqs";
import { Consumer } from "sqs-consumer";

const [endpoint, queueUrl, count, mode] = process.argv.slice(2);
const sqs = new SQSClient({ endpoint, region: "us-east-1", credentials: { accessKeyId: "x", secretAccessKey: "y" } });
let left = Number(count);
const seen = (messages) => {
  left -= messages;
  if (left <= 0) consumer.stop();
};
const handlers =
  mode === "batch"
    ? { handleMessageBatch: async (messages) => (seen(messages.length), messages) }
    : { handleMessage: async (message) => (seen(1), message) };
const consumer = Consumer.create({ queueUrl, sqs, batchSize: 10, waitTimeSeconds: 1, ...handlers });
consumer.on("error", (error) => console.error(error.message));
if (left > 0) consumer.start();
