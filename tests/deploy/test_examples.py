"""The API server of examples/api-server before the real daemon: an order in curl, files back, and who may tell it of results."""
import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import stack

BINARY = pathlib.Path(os.environ.get("TEST_BINARY", stack.ROOT / "target/release/maquette"))
HERE = stack.ROOT / "examples/api-server"


class Signature(unittest.TestCase):
    def test_the_standards_own_example(self):
        os.environ["WEBHOOK_KEY"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        spec = importlib.util.spec_from_file_location("server", HERE / "server.py")
        server = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(server)
        body, now = b'{"test": 2432232314}', 1_614_265_330
        headers = {"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": str(now), "webhook-signature": "v1,other v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}
        self.assertTrue(server.signed(headers, body, now))
        self.assertFalse(server.signed(headers, body + b" ", now))
        self.assertFalse(server.signed(headers, body, now + 301))
        self.assertFalse(server.signed({}, body, now))


@unittest.skipUnless(BINARY.exists(), f"SKIPPED: no {BINARY}")
class Order(unittest.TestCase):
    def test_an_order_comes_back_as_files(self):
        daemon_port, api_port = stack.free_port(), stack.free_port()
        with tempfile.TemporaryDirectory() as folder, open(pathlib.Path(folder, "log"), "w") as log:
            out = dict(stdout=log, stderr=log)
            daemon = subprocess.Popen([BINARY, "serve", "--local", f"{folder}/state", "--set", f"http.listen=127.0.0.1:{daemon_port}"], **out)
            api = subprocess.Popen([sys.executable, HERE / "server.py"], env={**os.environ, "MAQUETTE_URL": f"http://127.0.0.1:{daemon_port}", "PORT": str(api_port)}, **out)
            try:
                stack.wait_for_port(daemon_port)
                stack.wait_for_port(api_port)
                said = subprocess.run([HERE / "order.sh", "33"], cwd=folder, env={**os.environ, "API": f"http://127.0.0.1:{api_port}"}, capture_output=True, text=True, timeout=120)
                self.assertEqual(said.returncode, 0, said.stderr)
                self.assertTrue(pathlib.Path(folder, "box.3mf").read_bytes().startswith(b"PK"))
                self.assertTrue(pathlib.Path(folder, "box.pdf").read_bytes().startswith(b"%PDF"))
            finally:
                for process in (api, daemon):
                    process.terminate()
                    process.wait(30)


if __name__ == "__main__":
    unittest.main(verbosity=2)
