#!/usr/bin/env python3
"""An API server before maquette, as small as it can be: takes orders, posts jobs, is told of results, hands out links. Python's own library alone.

    maquette serve --local /tmp/maquette &        # the daemon, with its HTTP interface on 127.0.0.1:8080
    examples/api-server/server.py &               # this, on 127.0.0.1:8081
    examples/api-server/order.sh                  # a client, in curl

MAQUETTE_URL (http://127.0.0.1:8080), MAQUETTE_TOKEN, WEBHOOK_KEY (whsec_…) and API_KEY say where the daemon is and who may tell of results.
"""
import base64
import hashlib
import hmac
import json
import os
import time
import urllib.error
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DAEMON = os.environ.get("MAQUETTE_URL", "http://127.0.0.1:8080")
TOKEN = os.environ.get("MAQUETTE_TOKEN", "")
WEBHOOK_KEY = os.environ.get("WEBHOOK_KEY", "")
API_KEY = os.environ.get("API_KEY", "")
# what is on offer: clients name one and set its parameters, they send no programs
PRODUCTS = {"box": "size = 20; // [5:100]\nlid = true;\ncube([size, size, lid ? size : size / 2]);"}
# a real one has a database here
ORDERS = {}


def daemon(method, path, body=None, **headers):
    """One call of the daemon: status, headers and document. Redirects are for the client to follow, not for us."""
    headers = {"content-type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    if TOKEN:
        headers["authorization"] = f"Bearer {TOKEN}"
    request = urllib.request.Request(DAEMON + path, json.dumps(body).encode() if body is not None else None, headers, method=method)
    opener = urllib.request.build_opener(type("Stay", (urllib.request.HTTPRedirectHandler,), {"redirect_request": lambda *_: None}))
    try:
        answer = opener.open(request, timeout=30)
    except urllib.error.HTTPError as problem:
        answer = problem
    with answer:
        return answer.status, answer.headers, answer.read()


def order(product, parameters, key):
    """Posts the job. The same key again is the same order: a client that lost the answer may ask again."""
    job = {
        "version": 1,
        "source": {"text": PRODUCTS[product]},
        "parameters": parameters,
        # a value that the program's own comments do not allow is refused before anything runs
        "checkParameters": True,
        "outputs": [{"name": product, "format": "3mf"}, {"name": product, "kind": "drawing", "format": "pdf", "required": False}],
    }
    status, headers, body = daemon("POST", "/v1/jobs", job, prefer="wait=5", idempotency_key=key)
    if status in (429, 503):
        return status, {"error": "busy"}, {"retry-after": headers.get("retry-after", "5")}
    said = json.loads(body)
    if status not in (200, 202):
        return 502 if status >= 500 else 422, {"error": said.get("detail") or said.get("title")}, {}
    ORDERS[said["job"]] = {"product": product, "status": said["status"]}
    return 202, {"order": said["job"], "status": said["status"]}, {"location": f"/orders/{said['job']}"}


def signed(headers, body, now=None):
    """Whether an event comes from maquette: Standard Webhooks by its key (daemon, function), or the key of the API destination."""
    if API_KEY and hmac.compare_digest(headers.get("x-api-key", ""), API_KEY):
        return True
    if not WEBHOOK_KEY:
        return False
    event, sent = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "0")
    if not sent.isdigit() or abs((now or time.time()) - int(sent)) > 300:
        return False
    key = base64.b64decode(WEBHOOK_KEY.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, f"{event}.{sent}.".encode() + body, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(f"v1,{wanted}", one) for one in headers.get("webhook-signature", "").split())


def told(event):
    """A result was saved or a job is settled: remember it. Told twice, nothing changes."""
    data = event.get("data", {})
    job = data.get("job") or data.get("key", "").split("/")[-2:-1]
    job = job[0] if isinstance(job, list) and job else job
    if job in ORDERS:
        status, _, body = daemon("GET", f"/v1/jobs/{job}")
        ORDERS[job]["status"] = json.loads(body)["status"] if status == 200 else data.get("status", "succeeded")


class Api(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(min(int(self.headers.get("content-length", 0)), 65_536))
        if self.path == "/hooks/results":
            if not signed({name.lower(): value for name, value in self.headers.items()}, body):
                return self.answer(401, {"error": "who are you?"})
            told(json.loads(body))
            return self.answer(204)
        if self.path != "/orders":
            return self.answer(404, {"error": "no such thing"})
        try:
            wish = json.loads(body)
            product, parameters = wish["product"], wish.get("parameters", {})
            PRODUCTS[product]
        except (ValueError, KeyError, TypeError):
            return self.answer(422, {"error": f"an order names one of {sorted(PRODUCTS)}"})
        self.answer(*order(product, parameters, self.headers.get("idempotency-key") or str(uuid.uuid4())))

    def do_GET(self):
        match self.path.strip("/").split("/"):
            case ["orders", job] if job in ORDERS:
                status, _, body = daemon("GET", f"/v1/jobs/{job}")
                said = json.loads(body) if status == 200 else {}
                ORDERS[job]["status"] = said.get("status", ORDERS[job]["status"])
                files = [key.rsplit("/", 1)[1] for key in said.get("artefacts", [])]
                self.answer(200, {"order": job, **ORDERS[job], "progress": said.get("progress"), "files": [f"/orders/{job}/files/{name}" for name in files]})
            case ["orders", job, "files", name] if job in ORDERS:
                status, headers, body = daemon("GET", f"/v1/jobs/{job}/outputs/{name}")
                # 303: the bytes come from the bucket, not through us
                more = {"location": headers["location"]} if status == 303 else {"content-type": headers.get("content-type", "application/octet-stream")}
                self.answer(status, body, more)
            case _:
                self.answer(404, {"error": "no such order"})

    def answer(self, status, document=None, headers=()):
        body = document if isinstance(document, bytes) else b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", **dict(headers), "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, form, *values):
        print(form % values, flush=True)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8081"))), Api).serve_forever()
