"""E-mails: what they are made of, and what is known when the server balks."""

import smtplib
from typing import ClassVar
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from pytest_django import Settings

from wallet.gateways.console import Console, Nowhere
from wallet.gateways.contract import Letter, Outcome
from wallet.gateways.mails import ServerMails

TO = "amei@example.org"


class Balking(BaseEmailBackend):
    """A server that raises what it is told to, when it is told to."""

    on_open: ClassVar[Exception | None] = None
    on_send: ClassVar[Exception | None] = None

    def open(self) -> bool:
        """Connect, or not."""
        if self.on_open:
            raise self.on_open
        return True

    def send_messages(self, email_messages: object) -> int:
        """Take it, or not."""
        if self.on_send:
            raise self.on_send
        return 1


def a_letter(**more: str) -> Letter:
    return Letter(
        reference=uuid4(),
        to=TO,
        kind="gift_claimed",
        language="en",
        subject="Flow-coin: <b>",
        body="One & two\n\nhttps://example.org/inbox/",
        **more,
    )


def test_a_mail_is_words_and_a_page_and_a_way_out() -> None:
    letter = a_letter(unsubscribe="https://example.org/notify/off/token/")
    assert ServerMails().send(letter=letter).outcome is Outcome.SENT
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body) == ([TO], letter.subject, letter.body)
    assert sent.extra_headers["Message-ID"].startswith(f"<{letter.reference}@")
    assert sent.extra_headers["List-Unsubscribe"] == f"<{letter.unsubscribe}>"
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert isinstance(sent, mail.EmailMultiAlternatives)
    ((page, kind),) = sent.alternatives
    assert kind == "text/html"
    assert "One &amp; two" in str(page)
    assert 'href="https://example.org/inbox/"' in str(page)
    assert '<html lang="en">' in str(page)
    assert "<b>" not in str(page)


def test_a_mail_nobody_can_turn_off_has_no_such_header() -> None:
    ServerMails().send(letter=a_letter())
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers


@pytest.mark.parametrize(
    ("on_open", "on_send", "expected"),
    [
        (ConnectionRefusedError(), None, (Outcome.NOT_SENT, "no_connection")),
        (TimeoutError(), None, (Outcome.NOT_SENT, "no_connection")),
        (
            smtplib.SMTPAuthenticationError(535, b"no"),
            None,
            (Outcome.NOT_SENT, "no_connection"),
        ),
        (
            None,
            smtplib.SMTPSenderRefused(550, b"no", "us"),
            (Outcome.NOT_SENT, "server_refused_us"),
        ),
        (
            None,
            smtplib.SMTPRecipientsRefused({TO: (550, b"nobody")}),
            (Outcome.REFUSED, "smtp_550"),
        ),
        (
            None,
            smtplib.SMTPRecipientsRefused({TO: (450, b"later")}),
            (Outcome.NOT_SENT, "smtp_450"),
        ),
        (None, smtplib.SMTPDataError(554, b"spam"), (Outcome.REFUSED, "smtp_554")),
        (None, smtplib.SMTPDataError(451, b"later"), (Outcome.NOT_SENT, "smtp_451")),
        (None, smtplib.SMTPServerDisconnected(), (Outcome.UNKNOWN, "no_answer")),
        (None, TimeoutError(), (Outcome.UNKNOWN, "no_answer")),
    ],
)
def test_what_a_fault_means(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    on_open: Exception | None,
    on_send: Exception | None,
    expected: tuple[Outcome, str],
) -> None:
    settings.EMAIL_BACKEND = "tests.wallet.gateways.test_mails.Balking"
    monkeypatch.setattr(Balking, "on_open", on_open)
    monkeypatch.setattr(Balking, "on_send", on_send)
    answer = ServerMails().send(letter=a_letter())
    assert (answer.outcome, answer.reason) == expected


def test_a_mail_server_cannot_be_asked() -> None:
    answer = ServerMails().asked(reference=uuid4())
    assert (answer.outcome, answer.reason) == (Outcome.UNKNOWN, "cannot_be_asked")


def test_the_console_shows_the_words_on_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    letter = a_letter()
    assert Console().send(letter=letter).outcome is Outcome.SENT
    shown = capsys.readouterr().out
    assert letter.body in shown
    assert TO in shown
    assert Console().asked(reference=letter.reference).outcome is Outcome.UNKNOWN


def test_the_demo_takes_all() -> None:
    assert Nowhere().send(letter=a_letter()).outcome is Outcome.SENT
    assert Nowhere().asked(reference=uuid4()).outcome is Outcome.SENT
