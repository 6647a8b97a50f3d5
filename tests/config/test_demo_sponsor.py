"""The demo's sponsor tells the wallet what was done, signed by itself."""

from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
import pytest
from django.db import connections
from django.utils import timezone
from standardwebhooks import Webhook

from config.demo.sponsor import SponsorServer, Wallet, main, server_of
from config.wsgi import application
from ledger.queries import coins_in
from tests import given
from tests.wallet.earn.signing import sponsor_of
from wallet.holders.queries import main_of
from wallet.holders.rules import opaque_id
from wallet.sponsors.queries import secret_of

SECRET = "whsec_" + "A" * 44
EARNING = "ern_" + "a" * 26


@pytest.fixture
def sponsor() -> Iterator[ThreadingHTTPServer]:
    # Nobody listens at the wallet's address: port 9 is the discard service's.
    wallet = Wallet(address="http://127.0.0.1:9", sponsor="hld_x", secret=SECRET)
    server = server_of(wallet=wallet, port=0)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def address_of(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


def test_the_library_takes_its_signature() -> None:
    wallet = Wallet(address="", sponsor="", secret=SECRET)
    signed = wallet.signature("msg_1.1.body")
    ours = Webhook(SECRET)
    at = datetime.fromtimestamp(1, tz=UTC)
    assert ours.sign(msg_id="msg_1", timestamp=at, data="body") == signed


def test_steps_are_shown_to_who_comes_from_the_wallet(sponsor: ThreadingHTTPServer) -> None:
    page = httpx.get(f"{address_of(sponsor)}/?earning={EARNING}").text
    assert page.count("<button") == 3
    assert f"/earn/mine/{EARNING}/" in page
    for strange in ("", "?earning=", "?earning=ern_<script>", "?earning=" + "x" * 5000):
        page = httpx.get(f"{address_of(sponsor)}/{strange}").text
        assert "<button" not in page
        assert "<script>" not in page


def test_a_wallet_that_is_down_is_said_to_be(sponsor: ThreadingHTTPServer) -> None:
    form = {"earning": EARNING, "event": "install"}
    answer = httpx.post(f"{address_of(sponsor)}/done", data=form, follow_redirects=True)
    assert "The wallet did not answer" in answer.text


def test_a_body_too_long_is_refused(sponsor: ThreadingHTTPServer) -> None:
    assert httpx.post(f"{address_of(sponsor)}/done", data={"x": "y" * 5000}).status_code == 400


def test_what_is_no_step_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    server = SponsorServer(wallet=Wallet(address="", sponsor="", secret=SECRET))
    server.done(earning=EARNING, event="purchase")
    server.done(earning="ern_x", event="install")
    assert server.answers == {}


def test_it_needs_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPONSOR_SECRET", raising=False)
    with pytest.raises(SystemExit):
        main(["--wallet", "http://127.0.0.1:9", "--sponsor", "hld_x"])


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *unused: object) -> None:
        """Say nothing."""


@pytest.fixture
def wallet_address(own_database: str) -> Iterator[str]:
    """Serve the wallet itself on a port of this machine."""
    server = make_server("127.0.0.1", 0, application, handler_class=QuietHandler)

    def serve() -> None:
        server.serve_forever(poll_interval=0.05)
        connections.close_all()

    thread = Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.own_database
def test_doing_the_task_pays(wallet_address: str) -> None:
    earning = given.an_earning(now=timezone.now())
    held = sponsor_of(earning)
    wallet = Wallet(
        address=wallet_address, sponsor=opaque_id("hld", held.pk), secret=secret_of(held)
    )
    name = opaque_id("ern", earning.pk)
    assert wallet.tell(earning=name, event="day1")[0] == 409
    status, first = wallet.tell(earning=name, event="install")
    assert status == 200, first
    assert wallet.tell(earning=name, event="install") == (200, first)
    assert coins_in(main_of(earning.holder)) == 50
