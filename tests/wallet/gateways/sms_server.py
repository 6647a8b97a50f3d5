"""A vendor's SMS gateway for tests: a real HTTP server that checks signatures and has its faults."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

KEY_ID, SECRET = "flowcoin-test", "a secret of this test"
HEADER = re.compile(
    r"FC1-HMAC-SHA256 key=(\S+), time=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ), nonce=(\S+), signature=(\S+)"
)


@dataclass
class SmsServer:
    """What the gateway took, and how it is to misbehave: `status` for the next answers."""

    url: str = ""
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    nonces: set[str] = field(default_factory=set)
    statuses: list[int] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    hangs_up: bool = False
    babbles: bool = False


def is_signed(header: str, *, method: str, path: str, body: bytes, seen: set[str]) -> bool:
    """Check a signature as the vendor does, written apart from what makes it."""
    found = HEADER.fullmatch(header)
    if not found or found[1] != KEY_ID or found[3] in seen:
        return False
    seen.add(found[3])
    signed = f"{method}\n{path}\n{found[2]}\n{found[3]}\n{hashlib.sha256(body).hexdigest()}"
    wanted = hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest()
    return hmac.compare_digest(base64.b64encode(wanted).decode(), found[4])


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    def do_POST(self) -> None:
        """Take a text."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._is_ours(body):
            return self._answer(401, {})
        text = json.loads(body)
        world = self.server.world
        status = world.statuses.pop(0) if world.statuses else 202
        if status < 300 or world.hangs_up:
            if text["id"] in world.taken:
                return self._answer(409, {})
            assert self.headers["Idempotency-Key"] == text["id"]
            world.taken[text["id"]] = text
        if world.hangs_up:
            self.connection.close()
            return None
        return self._answer(status, {"state": "accepted"})

    def do_GET(self) -> None:
        """Tell what became of one."""
        world, reference = self.server.world, self.path.rpartition("/")[2]
        if not self._is_ours(b""):
            return self._answer(401, {})
        if world.statuses:
            return self._answer(world.statuses.pop(0), {})
        if reference not in world.taken:
            return self._answer(404, {})
        return self._answer(200, {"state": world.states.get(reference, "delivered")})

    def _is_ours(self, body: bytes) -> bool:
        header, seen = self.headers["Authorization"] or "", self.server.world.nonces
        return is_signed(header, method=self.command, path=self.path, body=body, seen=seen)

    def _answer(self, status: int, answer: dict[str, str]) -> None:
        content = b"x" * 100_000 if self.server.world.babbles else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  the class's word
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    world: SmsServer

    def handle_error(self, *unused: Any) -> None:
        """Say nothing of a connection that was closed on purpose."""


@contextmanager
def sms_server() -> Iterator[SmsServer]:
    """Run a gateway while the block runs."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.world = SmsServer(url=f"http://127.0.0.1:{server.server_port}/api/v2")
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.world
        finally:
            server.shutdown()
            thread.join()
