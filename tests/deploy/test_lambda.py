"""The functions before another side that answers as it is asked to."""
import http.server
import json
import threading
import unittest

import functions

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Other:
    """The other side: a daemon that answers as the job asks it to, or an API server; keeps what it is told."""

    def __init__(self):
        self.told = []
        other = self

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                other.told.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                try:
                    status = json.loads(body).get("answer", 204)
                except ValueError:
                    status = 400
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@unittest.skipUnless(functions.ARE_HERE, "SKIPPED: no cargo-lambda or moto_server on the path")
class Functions(functions.Running):
    @classmethod
    def environment(cls):
        cls.other = Other()
        cls.addClassCleanup(cls.other.server.server_close)
        cls.addClassCleanup(cls.other.server.shutdown)
        return {
            "MAQUETTE_URL": cls.other.url, "MAQUETTE_TOKEN": "letmein", "MAQUETTE_WAIT_SECONDS": "5", "MAQUETTE_ACCEPT": "queue",
            "MAQUETTE_NOTIFY_URL": f"{cls.other.url}/hook", "MAQUETTE_WEBHOOK_KEY": KEY,
        }

    def setUp(self):
        self.other.told.clear()

    def test_push_success_partial_failure_retry_and_dead_letter(self):
        queue, dead = self.queues("push", 2, 2)
        for name, answer in {"good": 200, "accepted": 202, "bad": 422, "busy": 503}.items():
            self.sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({"id": name, "answer": answer}))
        self.map_events(queue, 30)
        posted = [json.loads(body)["id"] for path, _, body in self.other.told if path == "/v1/jobs"]
        self.assertEqual({name: posted.count(name) for name in set(posted)}, {"good": 1, "accepted": 1, "bad": 1, "busy": 2})
        self.assertTrue(all(h["authorization"] == "Bearer letmein" and h["prefer"] == "wait=5" and h["idempotency-key"] for _, h, _ in self.other.told))
        self.assertEqual(self.ids_in(dead), ["busy"])
        self.assertEqual(self.depth(queue), (0, 0))

    def test_notify_signs_what_others_can_check(self):
        from standardwebhooks import Webhook

        event = {
            "version": "0", "id": "17793124-05d4", "detail-type": "Object Created", "source": "aws.s3", "account": "1", "region": functions.REGION, "time": "2026-11-22T10:00:00Z",
            "resources": [], "detail": {"version": "0", "bucket": {"name": "b"}, "object": {"key": "results/a/manifest.json", "size": 5, "etag": "e1"}, "reason": "PutObject"},
        }
        self.assertEqual(self.invoke("notify", event)[0], None)
        event["detail"]["object"]["key"] = "results/a/part.3mf"
        self.assertEqual(self.invoke("notify", event)[0], None)
        (path, headers, body), = self.other.told
        told = Webhook(KEY).verify(body, headers)
        self.assertEqual((path, told["type"], told["data"]["key"]), ("/hook", "dev.maquette.result.saved.v1", "results/a/manifest.json"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
