"""Everyday records are kept as long as policy says."""

import uuid
from datetime import datetime, timedelta

import pytest

from tests import given
from tests.given_own_data import a_policy
from wallet.holders.models import ApiRequest, Holder, Notice, TextMessage
from wallet.holders.operations import read_inbox, tell
from wallet.records.operations import forget_old_records
from wallet.records.tasks import forget_old

pytestmark = pytest.mark.django_db


def a_text(at: datetime) -> TextMessage:
    return TextMessage.objects.create(phone="+8613300000000", body="…", sent_at=at)


def an_answer(holder: Holder, *, at: datetime | None) -> ApiRequest:
    return ApiRequest.objects.create(
        holder=holder,
        key=str(uuid.uuid4()),
        fingerprint="",
        method="POST",
        path="/",
        asked_at=at or given.NOW,
        answered_at=at,
    )


def test_what_is_older_than_policy_says_is_forgotten(now: datetime) -> None:
    kept = a_text(now - timedelta(days=180))
    a_text(now - timedelta(days=180, seconds=1))
    holder = given.a_holder()
    an_answer(holder, at=now - timedelta(days=181))
    waiting = an_answer(holder, at=None)
    assert forget_old_records(now=now) == 2
    assert list(TextMessage.objects.all()) == [kept]
    assert list(ApiRequest.objects.all()) == [waiting]


def test_a_longer_time_keeps_more(now: datetime) -> None:
    a_policy("records.keep_days", 365, now=now)
    a_text(now - timedelta(days=364))
    a_text(now - timedelta(days=366))
    assert forget_old_records(now=now) == 1


def test_what_nobody_has_read_stays(now: datetime) -> None:
    holder, long_ago = given.a_holder(), now - timedelta(days=400)
    for subject in (uuid.uuid4(), uuid.uuid4()):
        tell(holder=holder, kind="gift_returned", subject_id=subject, now=long_ago)
        read_inbox(holder=holder, now=long_ago)
    tell(holder=holder, kind="gift_returned", subject_id=uuid.uuid4(), now=long_ago)
    assert forget_old_records(now=now, limit=1) >= 1
    assert Notice.objects.filter(read_at=None).count() == 1


def test_the_task_forgets_by_the_clock() -> None:
    a_text(given.NOW - timedelta(days=4_000))
    forget_old()
    assert not TextMessage.objects.exists()
