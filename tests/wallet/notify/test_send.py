"""Handing messages over: once, again when it surely was not, never when it may have been."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from tests import given
from tests.given_notices import Scripted, a_message, a_notice
from wallet.gateways.contract import Answer, Outcome
from wallet.notify.models import Channel, Message
from wallet.notify.operations import (
    choose_notices,
    claim_message,
    forget_mail,
    record_outcome,
)
from wallet.notify.rules import LEASE, TRIES_MAX, pause_after
from wallet.notify.tasks import deliver
from wallet.policy.models import PolicyRow

pytestmark = pytest.mark.django_db

SENT = Answer(outcome=Outcome.SENT)
NOT_SENT = Answer(outcome=Outcome.NOT_SENT, reason="no_connection")
UNKNOWN = Answer(outcome=Outcome.UNKNOWN, reason="no_answer")


def tried(answer: Answer, *, now: datetime) -> Message:
    """Claim what is due, and record this answer to it."""
    claim = claim_message(now=now)
    assert claim is not None
    return record_outcome(claim=claim, answer=answer, now=now)


def test_a_message_goes_out_once(now: datetime) -> None:
    message = a_message()
    claim = claim_message(now=now)
    assert claim is not None
    assert (claim.message, claim.must_ask, claim.attempt) == (message, False, 1)
    assert claim_message(now=now) is None
    row = record_outcome(claim=claim, answer=SENT, now=now)
    assert (row.state, row.ended_at, row.lease_until) == ("sent", now, None)
    assert claim_message(now=now + timedelta(days=1)) is None


def test_what_was_surely_not_sent_is_tried_again_later_and_later(now: datetime) -> None:
    message = a_message()
    for attempt in range(1, 4):
        row = tried(NOT_SENT, now=now)
        pause = pause_after(message=message.pk, attempt=attempt)
        assert (row.state, row.reason, row.next_at) == ("waiting", "no_connection", now + pause)
        assert claim_message(now=now + pause - timedelta(milliseconds=1)) is None
        now += pause
    assert tried(SENT, now=now).state == "sent"


def test_it_is_given_up_after_its_tries(now: datetime) -> None:
    a_message()
    for _ in range(TRIES_MAX):
        row = tried(NOT_SENT, now=now)
        now = max(now, row.next_at)
    assert (row.state, row.reason, row.attempts) == ("failed", "no_connection", TRIES_MAX)
    assert claim_message(now=now) is None


def test_a_refusal_is_the_end(now: datetime) -> None:
    a_message()
    row = tried(Answer(outcome=Outcome.REFUSED, reason="http_422"), now=now)
    assert (row.state, row.reason) == ("failed", "http_422")


@pytest.mark.parametrize(
    ("then", "state"), [(SENT, "sent"), (NOT_SENT, "waiting"), (UNKNOWN, "unknown")]
)
def test_what_may_have_been_sent_is_asked_about_never_sent(
    then: Answer, state: str, now: datetime
) -> None:
    a_message()
    row = tried(UNKNOWN, now=now)
    assert row.state == "unknown"
    claim = claim_message(now=row.next_at)
    assert claim is not None
    assert claim.must_ask
    assert record_outcome(claim=claim, answer=then, now=row.next_at).state == state


def test_a_gateway_that_cannot_be_asked_leaves_it_at_that(now: datetime) -> None:
    a_message(channel=Channel.MAIL, kind="gift_claimed")
    row = tried(UNKNOWN, now=now)
    asked = Answer(outcome=Outcome.UNKNOWN, reason="cannot_be_asked")
    row = tried(asked, now=row.next_at)
    assert (row.state, row.reason) == ("failed", "cannot_be_asked")


def test_a_killed_senders_message_is_asked_about_once_its_lease_ended(now: datetime) -> None:
    a_message()
    killed = claim_message(now=now)
    assert killed is not None
    assert claim_message(now=now + LEASE) is None
    later = now + LEASE + timedelta(seconds=1)
    claim = claim_message(now=later)
    assert claim is not None
    assert (claim.must_ask, claim.attempt) == (True, 2)
    # What the first learns at last counts only if it is certain.
    assert record_outcome(claim=killed, answer=NOT_SENT, now=later).state == "sending"
    assert record_outcome(claim=killed, answer=SENT, now=later).state == "sent"
    assert record_outcome(claim=claim, answer=NOT_SENT, now=later).state == "sent"


def test_who_says_no_meanwhile_gets_nothing(now: datetime) -> None:
    text, mail = a_message(), a_message(channel=Channel.MAIL, kind="gift_claimed")
    choose_notices(holder=text.holder, wanted={(Channel.TEXT, "gift_waiting"): False}, now=now)
    forget_mail(holder=mail.holder)
    assert claim_message(now=now) is None
    text.refresh_from_db()
    mail.refresh_from_db()
    assert [(row.state, row.reason) for row in (text, mail)] == [
        ("dropped", "unwanted"),
        ("dropped", "no_address"),
    ]


def test_news_that_is_old_is_dropped(now: datetime) -> None:
    message = a_message()
    assert claim_message(now=now + timedelta(hours=24)) is None
    message.refresh_from_db()
    assert (message.state, message.reason) == ("dropped", "too_late")


@pytest.mark.parametrize(
    ("clock", "is_sent"),
    [((21, 59, 59), True), ((22, 0, 0), False), ((7, 59, 59), False), ((8, 0, 0), True)],
)
def test_nothing_goes_out_at_night(
    clock: tuple[int, int, int], is_sent: bool, now: datetime
) -> None:
    hour, minute, second = clock
    a_message(now=now.replace(hour=18))
    due = now.replace(hour=hour, minute=minute, second=second)
    due += timedelta(days=1) if hour < 18 else timedelta()
    assert (claim_message(now=due) is not None) is is_sent


def test_a_retry_does_not_fall_into_the_night(now: datetime) -> None:
    evening = now.replace(hour=21, minute=59, second=50)
    a_message(now=evening)
    row = tried(NOT_SENT, now=evening)
    assert row.next_at == (evening + timedelta(days=1)).replace(hour=8, minute=0, second=0)


def test_asking_wakes_nobody(now: datetime) -> None:
    evening = now.replace(hour=21, minute=59, second=50)
    a_message(now=evening)
    row = tried(UNKNOWN, now=evening)
    assert row.next_at < evening + timedelta(minutes=1)
    assert claim_message(now=row.next_at) is not None


@pytest.fixture
def by_day(settings: Settings) -> datetime:
    """Have tasks read a clock that is now, whatever the hour, and never at night."""
    settings.TEXT_GATEWAY = "tests.given_notices.Scripted"
    now = timezone.now()
    row = PolicyRow(key="notify.quiet_from_hour", value=8, reason="a test of any hour")
    row.starts_at = row.set_at = now - timedelta(hours=1)
    row.set_by = "test"
    row.save()
    return now


def test_the_task_delivers_what_was_told_and_logs_nobody(
    by_day: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    Scripted.will(Outcome.SENT)
    holder = given.a_holder(now=by_day)
    a_notice(holder, now=by_day)
    deliver()
    (letter,) = Scripted.sent
    assert holder.user is not None
    assert (letter.to, letter.reference) == (holder.user.phone, Message.objects.get().pk)
    assert Message.objects.get().state == "sent"
    deliver()
    assert len(Scripted.sent) == 1
    assert str(letter.reference) in caplog.text
    assert holder.user.phone[3:] not in caplog.text
    assert letter.body not in caplog.text


def test_the_task_asks_where_it_must(by_day: datetime) -> None:
    Scripted.will(Outcome.SENT)
    message = a_message(now=by_day)
    assert claim_message(now=by_day) is not None
    Message.objects.update(lease_until=by_day - timedelta(seconds=1))
    deliver()
    assert (Scripted.sent, Scripted.asked_about) == ([], [message.pk])
    message.refresh_from_db()
    assert message.state == "sent"


def test_without_a_gateway_a_message_waits(by_day: datetime, settings: Settings) -> None:
    message = a_message(now=by_day)
    settings.TEXT_GATEWAY = ""
    deliver()
    message.refresh_from_db()
    assert (message.state, message.reason) == ("waiting", "no_gateway")
