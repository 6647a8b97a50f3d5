"""The simulated carrier's HTTP server: HTTP/1.1 with keep-alive, one thread a connection."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from wallet.carriers.adaptors import wire
from wallet.carriers.simulator.counter import Counter, Reply, Request
from wallet.carriers.simulator.faults import Faults
from wallet.carriers.simulator.refusals import Refused

BODY_BYTES_MAX: Final = 64 * 1024
DISCARDED_BYTES_MAX: Final = 1024 * 1024
IDLE_SECONDS: Final = 75


class CarrierServer(ThreadingHTTPServer):
    """Listen for one carrier; the clock is read here and nowhere further in."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(
        self,
        *,
        address: tuple[str, int],
        desk: Counter,
        faults: Faults,
        clock: Callable[[], datetime],
        demo_clock: bool,
    ) -> None:
        """Bind the address; `demo_clock` lets a request bear its own time."""
        self.desk = desk
        self.faults = faults
        self.clock = clock
        self.demo_clock = demo_clock
        self.stopping = Event()
        super().__init__(address, _Handler)

    @property
    def url(self) -> str:
        """The server's root, without the TMF path."""
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}"

    def stop(self) -> None:
        """Wake what hangs and end `serve_forever`; call it from another thread."""
        self.stopping.set()
        self.shutdown()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing when a client went away: with time-outs that is everyday life."""


class _Handler(BaseHTTPRequestHandler):
    server: CarrierServer
    protocol_version = "HTTP/1.1"
    server_version = "carrier-simulator"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = IDLE_SECONDS

    def do_GET(self) -> None:
        """Answer a question."""
        self._answer()

    def do_POST(self) -> None:
        """Answer an order."""
        self._answer()

    def do_PATCH(self) -> None:
        """Refuse: nothing is changed afterwards."""
        self._answer()

    def do_DELETE(self) -> None:
        """Refuse: nothing is taken back by deletion."""
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name there
        """Keep numbers out of logs: paths bear them."""

    def _answer(self) -> None:
        try:
            reply = self.server.desk.answer(request=self._request())
        except Refused as refused:
            reply = Reply(status=refused.status, body=refused.body())
            self.close_connection = True  # the body may not have been read
        if self.server.stopping.wait(self.server.faults.latency_ms / 1000) or reply.hangs:
            self.server.stopping.wait(self.server.faults.hang_ms / 1000)
            self.close_connection = True
            return
        self._write(status=reply.status, headers=reply.headers, body=reply.body)

    def _request(self) -> Request:
        target = urlsplit(self.path)
        body = self._body()
        if not target.path.startswith(self.server.desk.base_path):
            raise Refused("not_found")
        return Request(
            method=self.command,
            path=target.path.removeprefix(self.server.desk.base_path),
            query=dict(parse_qsl(target.query)),
            body=body,
            now=self._now(),
        )

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            raise Refused("invalid_request", detail="Content-Length is due.")
        if len(length) > 9 or int(length) > BODY_BYTES_MAX:
            # Closing on unread bytes would reset the line before the refusal is read.
            self.rfile.read(min(int(length[:9]), DISCARDED_BYTES_MAX))
            raise Refused("invalid_request", detail="The body is too long.")
        return self.rfile.read(int(length))

    def _now(self) -> datetime:
        played = self.headers.get(wire.SIMULATED_NOW_HEADER)
        if played is None:
            return self.server.clock()
        if not self.server.demo_clock:
            raise Refused("clock_not_simulated")
        try:
            return wire.read_instant(text=played)
        except wire.Unreadable as error:
            raise Refused("invalid_request", detail=str(error)) from error

    def _write(self, *, status: int, headers: Mapping[str, str], body: object) -> None:
        content = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(HTTPStatus(status))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json;charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()
