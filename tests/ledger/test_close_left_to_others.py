"""A process that lacks a stage of a close leaves it, in one line, to those that know it."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.core.management import CommandError, call_command
from structlog.testing import capture_logs

from ledger import registry
from ledger.models import Month
from ledger.months import tasks
from ledger.months.models import Close, ClosePart
from ledger.months.operations import (
    begin_close,
    help_close,
    lead_close,
    rehearse_close,
    settle_month,
)
from ledger.months.refusals import StagesUnknown
from ledger.registry import Stage
from tests.ledger.toy_close import OCTOBER, SHARDS, Toy

pytestmark = pytest.mark.own_database

SAID = (
    "The close of 2026-10 has stages that this process was started without: fees, proceeds."
    " It is left to processes that know them."
)


@pytest.fixture
def begun(toy: Toy, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Close:
    """Begin a close with the market's stages, in a process that knows them."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    with monkeypatch.context() as knowing:
        _know(knowing, toy)
        return begin_close(month=OCTOBER, now=now)


def _know(patch: pytest.MonkeyPatch, toy: Toy) -> None:
    stages = {
        name: Stage(name=name, place=place, shards=lambda _closing: ("all",), plan=lambda *_: ())
        for place, name in ((2, "proceeds"), (3, "fees"))
    }
    patch.setattr(registry, "_stages", {**registry._stages, **stages})


def test_every_way_to_work_at_it_is_refused(begun: Close, now: datetime) -> None:
    ways: tuple[Callable[[], object], ...] = (
        lambda: begin_close(month=OCTOBER, now=now),
        lambda: settle_month(month=OCTOBER, now=now),
        lambda: lead_close(close=begun, now=now),
        lambda: help_close(close=begun, now=now),
        lambda: rehearse_close(month=OCTOBER, now=now),
    )
    for way in ways:
        with pytest.raises(StagesUnknown) as refused:
            way()
        assert refused.value.message == SAID
        assert refused.value.fields == {"month": "2026-10", "stages": "fees, proceeds"}
    _assert_untouched()


def test_the_command_and_its_helpers_say_so_in_one_line(begun: Close) -> None:
    for options in (["--workers", "1"], ["--workers", "3"], ["--helping", "1"], ["--dry-run"]):
        with pytest.raises(CommandError) as refused:
            call_command("settle_month", "2026-10", *options)
        assert (str(refused.value), refused.value.returncode) == (SAID, 2)
    _assert_untouched()


def test_tasks_say_so_in_one_line_and_ask_nobody(
    begun: Close, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(tasks.join_close, "apply_async", lambda **sent: asked.append(sent))
    with capture_logs() as said:
        tasks.resume_closes()
        tasks.join_close(month="2026-10-01", seat=1)
    line = {"event": "close_left_to_others", "log_level": "warning", "why": SAID}
    assert (said, asked) == ([line, line], [])
    _assert_untouched()


def test_it_is_not_sealed_without_the_proofs_that_are_lacking(
    begun: Close, now: datetime, monkeypatch: pytest.MonkeyPatch, toy: Toy
) -> None:
    with monkeypatch.context() as knowing:
        _know(knowing, toy)
        help_close(close=begun, now=now)
    with pytest.raises(StagesUnknown):
        settle_month(month=OCTOBER, now=now)
    assert Month.objects.get(pk=OCTOBER).state == Month.State.CLOSING


def test_those_that_know_its_stages_end_it_and_an_ended_one_is_anybodys(
    begun: Close, now: datetime, monkeypatch: pytest.MonkeyPatch, toy: Toy
) -> None:
    with monkeypatch.context() as knowing:
        _know(knowing, toy)
        tasks.resume_closes()
    assert Month.objects.get(pk=OCTOBER).state == Month.State.CLOSED
    assert ClosePart.objects.filter(stage="toy").count() == len(SHARDS)
    assert settle_month(month=OCTOBER, now=now).ended_at == now


def _assert_untouched() -> None:
    """No part is done, and nothing is said to have stopped those who may be at work."""
    assert not ClosePart.objects.filter(done_at__isnull=False).exists()
    assert Close.objects.get(pk=OCTOBER).stopped_at is None
