"""A close is led by one and helped by others from its beginning; each part is done once."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import override_settings
from kombu.exceptions import OperationalError

from ledger import registry
from ledger.models import Month
from ledger.months import tasks
from ledger.months.models import Close, ClosePart
from ledger.months.operations import (
    LEADER,
    a_seat,
    begin_close,
    has_parts_left,
    help_close,
    lead_close,
    settle_month,
)
from ledger.months.operations import settle as settling
from ledger.months.queries import course_of
from ledger.months.refusals import CloseBlocked
from ledger.proofs.queries import Finding, findings
from ledger.queries import amount_at
from ledger.registry import ClosingMonth, Stage
from ledger.rules import Posting
from tests.ledger.toy_close import OCTOBER, OLD, SHARDS, Toy
from tests.races.threads import in_thread
from tests.waiting import WAIT_SECONDS_MAX

pytestmark = pytest.mark.own_database

ASKED = {"month": "2026-10-01"}


@pytest.fixture
def asked(now: datetime, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Note who is asked to join instead of asking the broker; it is now."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    noted: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.join_close, "apply_async", lambda **sent: noted.append(sent))
    return noted


def _state() -> str:
    return str(Month.objects.get(pk=OCTOBER).state)


def _parts_done() -> int:
    return ClosePart.objects.filter(done_at__isnull=False).count()


@override_settings(SETTLE_WORKERS=3)
def test_others_are_asked_to_join_when_a_close_begins(
    toy: Toy, asked: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as blocked:
        blocked.setattr(registry, "_blockers", {"books": lambda _month: "A book is open."})
        with pytest.raises(CloseBlocked):
            tasks.settle_ended_month()
    assert asked == []
    tasks.settle_ended_month()
    assert [sent["kwargs"] for sent in asked] == [{**ASKED, "seat": 1}, {**ASKED, "seat": 2}]
    assert all(sent["expires"] == tasks.NUDGE_SECONDS for sent in asked)
    assert _state() == Month.State.CLOSED


@override_settings(SETTLE_WORKERS=3)
def test_the_proofs_take_the_place_of_the_helpers(
    toy: Toy, asked: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs_asked: list[int] = []

    def noted(*, jobs: int) -> Iterator[Finding]:
        jobs_asked.append(jobs)
        return findings(jobs=jobs)

    monkeypatch.setattr(settling, "findings", noted)
    tasks.settle_ended_month()
    assert jobs_asked == [3]
    assert _state() == Month.State.CLOSED


def test_a_broker_out_of_reach_does_not_stop_a_close(
    toy: Toy, asked: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**sent: object) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.join_close, "apply_async", refuse)
    with override_settings(SETTLE_WORKERS=2):
        tasks.settle_ended_month()
    assert _state() == Month.State.CLOSED


@override_settings(SETTLE_WORKERS=2)
def test_who_joins_leaves_the_end_to_the_leader_and_beat_ends_what_nobody_leads(
    toy: Toy, asked: list[dict[str, Any]], now: datetime
) -> None:
    close = begin_close(month=OCTOBER, now=now)
    tasks.join_close(seat=1, **ASKED)
    assert not has_parts_left(close)
    assert _state() == Month.State.CLOSING
    tasks.resume_closes()
    assert _state() == Month.State.CLOSED
    assert asked == []  # no part was left to help with
    tasks.join_close(seat=1, **ASKED)  # a message that comes late finds nothing to do


@override_settings(SETTLE_WORKERS=2)
def test_a_close_somebody_leads_is_only_helped(
    toy: Toy, asked: list[dict[str, Any]], now: datetime
) -> None:
    close = begin_close(month=OCTOBER, now=now)
    with a_seat(month=OCTOBER, seat=LEADER) as is_mine:
        assert is_mine
        tasks.resume_closes()
        assert lead_close(close=close, now=now) is None
        assert (_parts_done(), _state()) == (0, Month.State.CLOSING)
    assert [sent["kwargs"] for sent in asked] == [{**ASKED, "seat": 1}]
    tasks.resume_closes()
    assert _state() == Month.State.CLOSED


def test_a_seat_is_taken_by_one(toy: Toy, asked: list[dict[str, Any]], now: datetime) -> None:
    begin_close(month=OCTOBER, now=now)
    with a_seat(month=OCTOBER, seat=1), a_seat(month=OCTOBER, seat=2) as is_free:
        assert is_free
        tasks.join_close(seat=1, **ASKED)
        assert _parts_done() == 0
    with a_seat(month=OCTOBER, seat=1) as is_free:
        assert is_free


def test_a_seat_is_free_before_its_connection_has_ended(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[BaseDatabaseWrapper] = []

    def keep(connection: BaseDatabaseWrapper) -> None:
        kept.append(connection)

    with monkeypatch.context() as lingering:
        lingering.setattr(type(connections["default"]), "close", keep)
        with a_seat(month=OCTOBER, seat=1):
            pass
        with a_seat(month=OCTOBER, seat=1) as is_free:
            assert is_free
    for each in kept:
        each.close()


def test_a_leader_whose_seat_is_lost_goes_on_to_the_end(
    toy: Toy, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[tuple[bool]] = []

    def plan(closing: ClosingMonth, shard: str) -> Sequence[Posting]:
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(l.pid, 60000) FROM pg_locks l JOIN pg_database d"
                " ON d.oid = l.database WHERE l.locktype = 'advisory'"
                " AND d.datname = current_database()"
            )
            ended.extend(cursor.fetchall())
        return toy.plan(closing, shard)

    stage = Stage(name="toy", place=1, shards=lambda _closing: SHARDS, plan=plan)
    monkeypatch.setattr(registry, "_stages", {"toy": stage})
    settle_month(month=OCTOBER, now=now)
    assert ended == [(True,)]
    assert _state() == Month.State.CLOSED


def test_a_turn_in_which_something_was_done_is_followed_by_another(
    toy: Toy, asked: list[dict[str, Any]], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_close(month=OCTOBER, now=now)
    done_in_turns = iter([0, 1])
    monkeypatch.setattr(tasks, "help_close", lambda **_: next(done_in_turns))
    tasks.join_close(seat=2, **ASKED)
    assert asked == []
    tasks.join_close(seat=2, **ASKED)
    assert [sent["kwargs"] for sent in asked] == [{**ASKED, "seat": 2}]


def test_a_turn_ends(toy: Toy, asked: list[dict[str, Any]], now: datetime) -> None:
    close = begin_close(month=OCTOBER, now=now)
    answers = iter([True, True, False])
    assert help_close(close=close, now=now, go_on=lambda: next(answers)) == 2
    assert _parts_done() == 2


def test_two_share_a_stage_and_do_each_part_once(
    toy: Toy, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, planned = Barrier(2), list[str]()

    def plan(closing: ClosingMonth, shard: str) -> Sequence[Posting]:
        planned.append(shard)
        if shard in SHARDS[:2]:
            both.wait(WAIT_SECONDS_MAX)  # one alone would wait in vain
        return toy.plan(closing, shard)

    stage = Stage(name="toy", place=1, shards=lambda _closing: SHARDS, plan=plan)
    monkeypatch.setattr(registry, "_stages", {"toy": stage})
    close = begin_close(month=OCTOBER, now=now)
    helper = in_thread(lambda: help_close(close=close, now=now))
    assert lead_close(close=close, now=now) is not None
    assert helper.result(WAIT_SECONDS_MAX) >= 1
    assert sorted(planned) == sorted(SHARDS)
    assert amount_at("system/expired", OLD) == len(SHARDS)
    assert _state() == Month.State.CLOSED


def test_a_stage_waits_until_the_one_before_it_is_done(toy: Toy, now: datetime) -> None:
    close = begin_close(month=OCTOBER, now=now)
    held = connections["default"].copy()
    held.set_autocommit(False)
    try:
        with held.cursor() as cursor:
            cursor.execute("SELECT FROM ledger_closepart WHERE stage = 'toy' FOR UPDATE")
        looks = iter([True, True, True, False])
        assert help_close(close=close, now=now, go_on=lambda: next(looks)) == 0
    finally:
        held.close()
    assert help_close(close=close, now=now) == len(ClosePart.objects.all())


def test_who_settles_what_another_leads_helps_and_leads_when_that_one_is_lost(
    toy: Toy, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "LED_POLL_SECONDS", 0.01)
    close = begin_close(month=OCTOBER, now=now)
    with a_seat(month=OCTOBER, seat=LEADER):
        helping = in_thread(lambda: settle_month(month=OCTOBER, now=now))
        help_close(close=close, now=now)
        assert not has_parts_left(close)
        with pytest.raises(TimeoutError):
            helping.result(0.5)
        assert _state() == Month.State.CLOSING
    assert helping.result(WAIT_SECONDS_MAX).ended_at == now


def test_what_stopped_the_leader_is_shown_though_helpers_marked_parts_later(
    toy: Toy, now: datetime
) -> None:
    close = begin_close(month=OCTOBER, now=now)
    looks = iter([True, False])
    help_close(close=close, now=now + timedelta(seconds=40), go_on=lambda: next(looks))
    toy.falls_at = SHARDS[1]
    with pytest.raises(ConnectionAbortedError):
        settle_month(month=OCTOBER, now=now)
    assert course_of(Close.objects.get(pk=OCTOBER), now=now).is_stopped
