"""Answers no healthy carrier gives: whatever is not an explicit refusal stays unknown."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wallet.carriers.simulators import MONTH, NUMBER, SHORT, speaking_to
from wallet.carriers.adaptors import wire
from wallet.carriers.adaptors.channel import Reply
from wallet.carriers.adaptors.contract import Answer, CarrierUnavailable, Outcome
from wallet.carriers.adaptors.reading import answer_to_post, answer_to_status

GOOD = {
    "id": "1",
    "amount": {"amount": 100, "units": "MB"},
    "requestor": {"id": "s1"},
    "status": "completed",
    "confirmationDate": "2026-11-12T04:00:00Z",
    "@type": "TopupBalance",
}
ERROR = {"code": "not_on_sale", "reason": "Not for you.", "status": "422"}


def posted(body: object, *, status: int = 201, headers: dict[str, str] | None = None) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    reply = Reply(status=status, headers=headers or {}, body=content)
    return answer_to_post(ref="s1", reply=reply, signed_mb=100)


def asked(body: object, *, status: int = 200) -> Answer:
    reply = Reply(status=status, headers={}, body=json.dumps(body).encode())
    return answer_to_status(ref="s1", reply=reply)


@pytest.mark.parametrize(
    "said, outcome",
    [
        ("created", Outcome.PROCESSING),
        ("completed", Outcome.DELIVERED),
        ("failed", Outcome.FAILED),
        ("cancelled", Outcome.FAILED),
        ("acknowledged", Outcome.UNKNOWN),
        (None, Outcome.UNKNOWN),
        (7, Outcome.UNKNOWN),
    ],
)
def test_each_status_means_one_outcome(said: object, outcome: Outcome) -> None:
    assert posted(GOOD | {"status": said}).outcome is outcome
    assert asked([GOOD | {"status": said}]).outcome is outcome


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Bad gateway</html>",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"amount": NaN}',
        b"9" * 10_000,
        [],
        None,
        "completed",
        GOOD | {"requestor": {"id": "s2"}},
        GOOD | {"requestor": None},
        GOOD | {"amount": {"amount": 99, "units": "MB"}},
        GOOD | {"amount": {"amount": 100, "units": "GB"}},
        GOOD | {"amount": {"amount": "100", "units": "MB"}},
        GOOD | {"amount": {"amount": True, "units": "MB"}},
        GOOD | {"confirmationDate": "yesterday"},
        GOOD | {"confirmationDate": "2026-11-12T04:00:00"},
    ],
)
def test_an_unreadable_answer_is_unknown(body: object) -> None:
    answer = posted(body)
    assert (answer.outcome, answer.reason) == (Outcome.UNKNOWN, "unreadable")


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_readable_refusal_fails(status: int) -> None:
    answer = posted(ERROR, status=status)
    assert (answer.outcome, answer.reason) == (Outcome.FAILED, "not_on_sale")


@pytest.mark.parametrize("status", [301, 307, 401, 407, 408, 409, 425, 429, 451, 500, 502, 504])
def test_a_status_that_refuses_nobody_is_unknown_whatever_the_body(status: int) -> None:
    assert posted(ERROR, status=status).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("body", [b"<html>Forbidden</html>", {"code": "x"}, {"reason": "y"}, []])
def test_a_refusal_that_cannot_be_read_is_unknown(body: object) -> None:
    assert posted(body, status=403).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("body, status", [(GOOD, 201), (ERROR, 422)])
def test_an_answer_to_another_call_is_unknown(body: object, status: int) -> None:
    headers = {wire.CORRELATION_HEADER: "s2"}
    assert posted(body, status=status, headers=headers).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("status", [400, 403, 404, 422, 500])
def test_a_refused_question_decides_nothing(status: int) -> None:
    assert asked(ERROR, status=status).outcome is Outcome.UNKNOWN


def test_two_records_of_one_reference_are_unknown() -> None:
    assert asked([GOOD, GOOD]).outcome is Outcome.UNKNOWN


@given(st.integers(-wire.MB_MAX, wire.MB_MAX), st.sampled_from(["", ".0", ".00"]))
def test_whole_amounts_are_read_however_they_are_written(mb: int, zeros: str) -> None:
    text = f'{{"amount": {mb}{zeros}, "units": "MB"}}'
    assert wire.whole_mb(value=wire.read_json(data=text.encode())) == mb


@pytest.mark.parametrize("amount", ["0.5", "100.000001", "1e2", "1E+2", "1000000001", "-0.1"])
def test_fractions_and_absurd_amounts_are_refused(amount: str) -> None:
    value = wire.read_json(data=f'{{"amount": {amount}, "units": "MB"}}'.encode())
    with pytest.raises(wire.Unreadable):
        wire.whole_mb(value=value)


@pytest.mark.parametrize("month", [date(2026, 2, 1), date(2026, 12, 1), date(2028, 2, 1)])
def test_a_months_period_reads_back_as_the_month(month: date) -> None:
    period = wire.period_of(month=month)
    assert wire.month_in(period=period) == month
    end = wire.read_instant(text=str(period["endDateTime"]))
    assert (end.month, end.hour, end.minute, end.second) == (month.month, 23, 59, 59)


@contextmanager
def a_rogue(*, chunks: int, pause_seconds: float, size: int) -> Iterator[str]:
    """Serve answers that are good but do not end when they should."""

    class Rogue(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(chunks * size + 2))
            self.end_headers()
            for _ in range(chunks):
                self.wfile.write(b" " * size)
                self.wfile.flush()
                time.sleep(pause_seconds)
            self.wfile.write(b"[]")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name there
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing when the adaptor hangs up."""

    with Server(("127.0.0.1", 0), Rogue) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def test_an_answer_that_drips_is_given_up() -> None:
    with (
        a_rogue(chunks=1_200, pause_seconds=0.1, size=1) as url,
        speaking_to(url=url, limits=SHORT) as adaptor,
    ):
        began = time.monotonic()
        assert adaptor.status(ref="s1").reason == "not_answered"
        assert time.monotonic() - began < 60  # half of what it would last


def test_an_endless_answer_is_given_up() -> None:
    with (
        a_rogue(chunks=100, pause_seconds=0, size=SHORT.answer_bytes // 90) as url,
        speaking_to(url=url, limits=SHORT) as adaptor,
        pytest.raises(CarrierUnavailable),
    ):
        adaptor.remainder(msisdn=NUMBER, month=MONTH)
