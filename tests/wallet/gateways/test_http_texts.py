"""Texts through an HTTP gateway, against a real server that checks the signature."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import Settings

from tests.given_notices import a_message
from tests.wallet.gateways.sms_server import KEY_ID, SECRET, SmsServer, sms_server
from wallet.gateways import http_texts
from wallet.gateways.contract import Letter, Outcome
from wallet.gateways.http_texts import Account, HttpTexts
from wallet.notify.models import Message
from wallet.notify.operations import claim_message
from wallet.notify.tasks import deliver
from wallet.policy.models import PolicyRow


@pytest.fixture
def server() -> Iterator[SmsServer]:
    with sms_server() as running:
        yield running


def gateway(server: SmsServer, *, secret: str = SECRET) -> HttpTexts:
    return HttpTexts(account=Account(url=server.url, key_id=KEY_ID, secret=secret))


def a_letter() -> Letter:
    return Letter(
        reference=uuid4(),
        to="+8613800138000",
        kind="gift_waiting",
        language="zh-hans",
        body="您好 🎁",
    )


def test_a_signed_text_is_taken(server: SmsServer) -> None:
    letter = a_letter()
    assert gateway(server).send(letter=letter).outcome is Outcome.SENT
    assert server.taken[str(letter.reference)] == {
        "id": str(letter.reference),
        "to": "+8613800138000",
        "template": "gift_waiting",
        "language": "zh-hans",
        "text": "您好 🎁",
    }


def test_another_secret_is_not_let_in(server: SmsServer) -> None:
    answer = gateway(server, secret="guessed").send(letter=a_letter())
    assert (answer.outcome, answer.reason) == (Outcome.NOT_SENT, "http_401")
    assert server.taken == {}


def test_the_same_text_sent_again_is_one(server: SmsServer) -> None:
    letter = a_letter()
    answers = [gateway(server).send(letter=letter) for _ in range(2)]
    assert [answer.outcome for answer in answers] == [Outcome.SENT, Outcome.SENT]
    assert len(server.taken) == 1


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, Outcome.REFUSED),
        (422, Outcome.REFUSED),
        (429, Outcome.NOT_SENT),
        (503, Outcome.NOT_SENT),
        (500, Outcome.UNKNOWN),
        (502, Outcome.UNKNOWN),
        (302, Outcome.UNKNOWN),
    ],
)
def test_what_a_status_means(server: SmsServer, status: int, outcome: Outcome) -> None:
    server.statuses = [status]
    answer = gateway(server).send(letter=a_letter())
    assert (answer.outcome, answer.reason) == (outcome, f"http_{status}")


def test_an_answer_that_never_comes_is_asked_about(server: SmsServer) -> None:
    server.hangs_up, letter = True, a_letter()
    answer = gateway(server).send(letter=letter)
    assert (answer.outcome, answer.reason) == (Outcome.UNKNOWN, "no_answer")
    assert gateway(server).asked(reference=letter.reference).outcome is Outcome.SENT


def test_a_server_that_is_not_there_has_nothing() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        gone = SmsServer(url=f"http://127.0.0.1:{free.getsockname()[1]}")
    answer = gateway(gone).send(letter=a_letter())
    assert (answer.outcome, answer.reason) == (Outcome.NOT_SENT, "no_connection")
    assert gateway(gone).asked(reference=uuid4()).outcome is Outcome.UNKNOWN


def test_a_server_that_says_too_much_or_too_slowly_is_cut_off(
    server: SmsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.babbles = True
    answer = gateway(server).send(letter=a_letter())
    assert (answer.outcome, answer.reason) == (Outcome.UNKNOWN, "answer_too_long")
    server.babbles = False
    monkeypatch.setattr(http_texts, "WHOLE_SECONDS", -1.0)
    assert gateway(server).send(letter=a_letter()).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("accepted", Outcome.SENT),
        ("delivered", Outcome.SENT),
        ("failed", Outcome.REFUSED),
        ("puzzled", Outcome.UNKNOWN),
    ],
)
def test_what_a_state_means(server: SmsServer, state: str, outcome: Outcome) -> None:
    letter = a_letter()
    gateway(server).send(letter=letter)
    server.states[str(letter.reference)] = state
    assert gateway(server).asked(reference=letter.reference).outcome is outcome


def test_what_never_arrived_may_be_sent_again(server: SmsServer) -> None:
    answer = gateway(server).asked(reference=uuid4())
    assert (answer.outcome, answer.reason) == (Outcome.NOT_SENT, "never_arrived")
    server.statuses = [500]
    assert gateway(server).asked(reference=uuid4()).outcome is Outcome.UNKNOWN


@pytest.mark.django_db
def test_a_sender_killed_after_the_call_sends_one_text(
    server: SmsServer, settings: Settings
) -> None:
    settings.TEXT_GATEWAY = "wallet.gateways.http_texts.HttpTexts"
    settings.SMS_URL, settings.SMS_KEY_ID, settings.SMS_SECRET = server.url, KEY_ID, SECRET
    now = timezone.now()
    PolicyRow.objects.create(
        key="notify.quiet_from_hour",
        value=8,
        starts_at=now,
        set_at=now,
        set_by="test",
        reason="a test of any hour",
    )
    message = a_message(now=now)
    claim = claim_message(now=now)
    assert claim is not None
    letter = Letter(
        reference=message.pk, to="+86", kind=message.kind, language="en", body="the killed one's"
    )
    gateway(server).send(letter=letter)  # and dies before it can say so
    deliver()
    assert Message.objects.get().state == "sending"
    Message.objects.update(lease_until=now - timedelta(seconds=1))
    deliver()
    assert Message.objects.get().state == "sent"
    assert [text["text"] for text in server.taken.values()] == ["the killed one's"]
