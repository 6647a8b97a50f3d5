"""A sponsor's own server, for the demo: where its task is done, and from where it tells the wallet.

A program of its own that knows nothing of the wallet but its address and its own secret, and
signs its postbacks by itself as Standard Webhooks 1.0 says. Its first line is its address.
"""

import argparse
import base64
import hashlib
import hmac
import html
import json
import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

EARNING = re.compile(r"ern_[a-z2-7]{26}")
STEPS = (
    ("install", "安装并打开应用", "Install and open the app"),
    ("day1", "1 天后再打开一次", "Open it again after 1 day"),
    ("day7", "7 天后再打开一次", "Open it again after 7 days"),
)
BODY_BYTES_MAX = 4096
ANSWER_SECONDS_MAX = 10
PAGE = """<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>赞助商演示 · Demo sponsor</title>
<style>body{{font:1rem/1.6 system-ui,sans-serif;max-width:30rem;margin:2rem auto;padding:0 1rem}}
button{{font:inherit;min-height:44px;padding:.5rem 1rem;width:100%}}li{{margin:1rem 0}}</style></head>
<body><main><h1>赞助商演示 · Demo sponsor</h1>{content}</main></body></html>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """The wallet as a sponsor knows it: its door, and the secret they share."""

    address: str
    sponsor: str
    secret: str

    def tell(self, *, earning: str, event: str) -> tuple[int, str]:
        """Send the signed message that an event happened; return the answer's status and body.

        The message's id follows from what it says, so that a second click is the same message.
        """
        message_id = "msg_" + hashlib.sha256(f"{earning} {event}".encode()).hexdigest()[:32]
        body = json.dumps(
            {
                "type": "earning.event",
                "timestamp": datetime.now(tz=UTC).isoformat(),
                "data": {"earning": earning, "event": event},
            }
        )
        sent_at = str(int(time.time()))
        request = Request(  # noqa: S310  http to the address we were started with
            f"{self.address}/api/v1/postbacks/{self.sponsor}",
            data=body.encode(),
            headers={
                "Content-Type": "application/json",
                "webhook-id": message_id,
                "webhook-timestamp": sent_at,
                "webhook-signature": self.signature(f"{message_id}.{sent_at}.{body}"),
            },
        )
        try:
            # No proxy stands between the two: both are on this machine.
            opened = build_opener(ProxyHandler({})).open(request, timeout=ANSWER_SECONDS_MAX)
            with opened as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            return refused.code, refused.read().decode(errors="replace")
        except (URLError, TimeoutError) as lost:
            return 0, str(lost)

    def signature(self, signed: str) -> str:
        """Return the signature of what is signed: id, time and body."""
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        digest = hmac.new(key, signed.encode(), hashlib.sha256).digest()
        return f"v1,{base64.b64encode(digest).decode()}"


@dataclass(slots=True, kw_only=True)
class SponsorServer:
    """What the sponsor's pages know: the wallet, and what it answered to each event."""

    wallet: Wallet
    answers: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)

    def page(self, earning: str) -> str:
        """Return the page on which somebody does the task."""
        if not EARNING.fullmatch(earning):
            return PAGE.format(content="<p>请从钱包里的任务进来。 Please come from the wallet.</p>")
        steps = "".join(self._step(earning, *step) for step in STEPS)
        return PAGE.format(content=f"<ol>{steps}</ol>{self._way_back(earning)}")

    def _way_back(self, earning: str) -> str:
        there = f"{self.wallet.address}/earn/mine/{earning}/"
        return f'<p><a href="{html.escape(there)}">回到钱包 · Back to the wallet</a></p>'

    def _step(self, earning: str, event: str, chinese: str, english: str) -> str:
        told = self.answers.get((earning, event))
        return (
            f'<li><form method="post" action="/done"><input type="hidden" name="earning"'
            f' value="{earning}"><button name="event" value="{event}">{chinese} · {english}'
            f'</button></form><p role="status" data-event="{event}">{_said(told)}</p></li>'
        )

    def done(self, *, earning: str, event: str) -> None:
        """Tell the wallet what somebody has just done here, and keep its answer."""
        if EARNING.fullmatch(earning) and event in {step[0] for step in STEPS}:
            self.answers[earning, event] = self.wallet.tell(earning=earning, event=event)


def _said(told: tuple[int, str] | None) -> str:
    if told is None:
        return ""
    status, body = told
    if status == HTTPStatus.OK:
        return "已通知钱包 · The wallet was told"
    if status == 0:
        return "钱包没有回应，请再点一次 · The wallet did not answer; try again"
    try:
        code = json.loads(body)["code"]
    except (ValueError, KeyError, TypeError):
        code = ""
    return f"钱包没有接受 · The wallet refused: {status} {html.escape(str(code))}"


def server_of(*, wallet: Wallet, port: int) -> ThreadingHTTPServer:
    """Return the sponsor's server, bound to a port of this machine; 0 takes a free one."""
    sponsor = SponsorServer(wallet=wallet)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            self._answer(sponsor.page(asked.get("earning", [""])[0]))

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdecimal() or int(length) > BODY_BYTES_MAX:
                self.send_error(HTTPStatus.BAD_REQUEST)
                return
            asked = parse_qs(self.rfile.read(int(length)).decode(errors="replace"))
            earning = asked.get("earning", [""])[0]
            sponsor.done(earning=earning, event=asked.get("event", [""])[0])
            self.send_response(HTTPStatus.SEE_OTHER)
            known = earning if EARNING.fullmatch(earning) else ""
            self.send_header("Location", f"/?earning={known}")
            self.end_headers()

        def _answer(self, page: str) -> None:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name there
            """Say nothing: the first line of the output is the address, and the only one."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def serve(*, wallet: Wallet, port: int) -> None:
    """Serve until stopped, after saying where."""
    server = server_of(wallet=wallet, port=port)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201  read by who started it
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(description="The demo's sponsor.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--wallet", required=True, help="http://127.0.0.1:8000")
    parser.add_argument("--sponsor", required=True, help="the sponsor's id, hld_…")
    parser.add_argument(
        "--secret", default=os.environ.get("SPONSOR_SECRET", ""), help="or SPONSOR_SECRET, whsec_…"
    )
    asked = parser.parse_args(arguments)
    if not asked.secret:
        parser.error("a secret is needed")
    wallet = Wallet(address=asked.wallet.rstrip("/"), sponsor=asked.sponsor, secret=asked.secret)
    serve(wallet=wallet, port=asked.port)


if __name__ == "__main__":
    main()
