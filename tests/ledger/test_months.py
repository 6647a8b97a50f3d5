"""The close's machinery on a toy stage: order, restart, rehearsal, seal, refusals."""

import csv
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from config.schedule import SCHEDULE
from ledger import registry
from ledger.models import Month, Transaction
from ledger.months import operations as months
from ledger.months.models import Close, ClosePart, ClosingBalance
from ledger.months.queries import course_of, digest_of, progress_of
from ledger.months.refusals import CloseBlocked, CloseTooEarly, ProofsBroken
from ledger.months.rules import MovedLine
from ledger.months.tasks import resume_closes, settle_ended_month
from ledger.operations import post, post_batch
from ledger.queries import amount_at, coins_in
from ledger.refusals import MonthClosed
from ledger.rules import account_id, starts_at
from tests.ledger.toy_close import OCTOBER, OLD, SHARDS, Toy
from tests.ledger.worlds import ISSUER, a_posting, coins, main_of

pytestmark = pytest.mark.own_database


def test_month_settles_once(toy: Toy, now: datetime) -> None:
    close = months.settle_month(month=OCTOBER, now=now)
    assert close.inputs == {"rate": {"rate": 7}}
    assert amount_at(main_of(toy.holder), OLD) == 0
    assert Month.objects.get(pk=OCTOBER).state == Month.State.CLOSED
    posted = Transaction.objects.count()
    assert months.settle_month(month=OCTOBER, now=now).ended_at == now
    assert Transaction.objects.count() == posted
    assert all(stage.is_done for stage in progress_of(close))


def test_closing_balances_are_those_of_the_month(toy: Toy, now: datetime) -> None:
    post(a_posting(*coins(4, main_of(toy.holder), "issuer/CT"), at=now))  # November's
    months.settle_month(month=OCTOBER, now=now)
    account = account_id(address=main_of(toy.holder), asset="COIN")
    assert ClosingBalance.objects.get(month=OCTOBER, account_id=account).balance == 10
    assert coins_in(main_of(toy.holder)) == 6


@pytest.mark.parametrize("shard", SHARDS)
def test_close_that_fell_over_ends_with_the_same_digest(
    toy: Toy, now: datetime, shard: str
) -> None:
    toy.falls_at = shard
    with pytest.raises(ConnectionAbortedError):
        months.settle_month(month=OCTOBER, now=now)
    done = ClosePart.objects.filter(stage="toy", done_at__isnull=False).count()
    assert done == SHARDS.index(shard)
    assert amount_at(main_of(toy.holder), OLD) == 3 - done
    stopped = Close.objects.get(pk=OCTOBER)
    assert (stopped.stopped_at, stopped.stopped_why) == (now, f"ConnectionAbortedError: {shard}")
    assert course_of(stopped, now=now).is_stopped
    toy.falls_at = None
    months.run_next_part(close=stopped, now=now + timedelta(minutes=1))
    assert not course_of(stopped, now=now).is_stopped
    months.settle_month(month=OCTOBER, now=now)
    assert Close.objects.get(pk=OCTOBER).stopped_at is None
    assert bytes(Month.objects.get(pk=OCTOBER).digest or b"") == digest_of(OCTOBER)
    assert amount_at("system/expired", OLD) == 3


def test_rehearsal_says_what_would_be_posted_and_posts_nothing(toy: Toy, now: datetime) -> None:
    totals = months.rehearse_close(month=OCTOBER, now=now)
    assert totals == {"toy": {OLD: 3}, "closing_balances": {}}
    assert amount_at(main_of(toy.holder), OLD) == 3
    assert Month.objects.get(pk=OCTOBER).state == Month.State.OPEN


def test_rehearsal_names_each_account_with_what_is_there_before_and_after(
    toy: Toy, now: datetime
) -> None:
    lines: list[MovedLine] = []
    months.rehearse_close(month=OCTOBER, now=now, take=lines.append)
    held = main_of(toy.holder)
    theirs = [
        (one.shard, one.before, one.change, one.after) for one in lines if one.address == held
    ]
    assert theirs == [("a", 3, -1, 2), ("b", 2, -1, 1), ("c", 1, -1, 0)]
    others = [(one.address, one.before, one.change) for one in lines if one.address != held]
    assert others == [("system/expired", None, 1)] * 3
    assert {(one.stage, one.asset) for one in lines} == {("toy", OLD)}
    assert amount_at(held, OLD) == 3


def test_dry_run_writes_its_lines(toy: Toy, now: datetime, tmp_path: Path) -> None:
    file, month = tmp_path / "lines.csv", "2026-10"
    with patch("django.utils.timezone.now", return_value=now):
        call_command("settle_month", month, "--dry-run", "--lines", str(file), stdout=StringIO())
    with pytest.raises(CommandError, match="--dry-run"):
        call_command("settle_month", month, "--lines", str(file))
    with pytest.raises(CommandError, match="No such file") as caught:
        call_command("settle_month", month, "--dry-run", "--lines", str(tmp_path / "no" / "file"))
    assert caught.value.returncode == 2
    rows = list(csv.DictReader(StringIO(file.read_text())))
    assert len(rows) == 6
    assert [row["after"] for row in rows if row["address"] == main_of(toy.holder)] == list("210")


def test_closed_month_takes_no_posting(toy: Toy, october: datetime, now: datetime) -> None:
    months.settle_month(month=OCTOBER, now=now)
    with pytest.raises(MonthClosed):
        post(a_posting(*coins(1, "issuer/CT", main_of(uuid4())), at=october))
    with pytest.raises(MonthClosed):
        post(a_posting(*coins(1, "issuer/CT", main_of(uuid4())), at=october, kind="expire"))


@pytest.mark.parametrize("minutes, is_early", [(9, True), (10, False)])
def test_close_begins_ten_minutes_after_the_month(toy: Toy, minutes: int, is_early: bool) -> None:
    soon = starts_at(date(2026, 11, 1)) + timedelta(minutes=minutes)
    if is_early:
        with pytest.raises(CloseTooEarly):
            months.begin_close(month=OCTOBER, now=soon)
    else:
        assert months.begin_close(month=OCTOBER, now=soon).begun_at == soon


def test_months_close_in_order(toy: Toy) -> None:
    with pytest.raises(CloseTooEarly):
        months.settle_month(month=date(2026, 11, 1), now=starts_at(date(2026, 12, 2)))


def test_blocked_close_does_not_begin(
    toy: Toy, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_blockers", {"books": lambda _month: "A book is open."})
    with pytest.raises(CloseBlocked):
        months.begin_close(month=OCTOBER, now=now)
    assert Month.objects.get(pk=OCTOBER).state == Month.State.OPEN


def test_a_month_that_ended_is_asked_for_until_its_close_begins(
    toy: Toy, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    asked = SCHEDULE["settle the month that ended"]["schedule"]
    assert (asked.day_of_month, asked.hour) == (set(range(1, 32)), set(range(24)))
    assert min(asked.minute) > 10, "a close begins ten minutes after its month"
    with monkeypatch.context() as blocked:
        blocked.setattr(registry, "_blockers", {"books": lambda _month: "A book is open."})
        with pytest.raises(CloseBlocked):
            settle_ended_month()
    settle_ended_month()
    assert Month.objects.get(pk=OCTOBER).state == Month.State.CLOSED
    posted = Transaction.objects.count()
    settle_ended_month()
    assert Transaction.objects.count() == posted
    assert Month.objects.get(pk=date(2026, 11, 1)).state == Month.State.OPEN


def test_a_close_under_way_is_left_to_who_takes_it_up(
    toy: Toy, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    december = starts_at(date(2026, 12, 1)) + timedelta(hours=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: december)
    months.begin_close(month=OCTOBER, now=now)
    settle_ended_month()  # November has ended too, and is next
    assert Month.objects.get(pk=OCTOBER).state == Month.State.CLOSING
    resume_closes()
    assert Month.objects.get(pk=OCTOBER).state == Month.State.CLOSED
    assert Month.objects.get(pk=date(2026, 11, 1)).state == Month.State.OPEN


def test_broken_books_are_not_sealed(toy: Toy, now: datetime) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE ledger_balance_row SET balance = balance + 1")
    with pytest.raises(ProofsBroken):
        months.settle_month(month=OCTOBER, now=now)
    assert Month.objects.get(pk=OCTOBER).state == Month.State.CLOSING
    assert Close.objects.get(pk=OCTOBER).stopped_why.startswith("proofs_broken: ")


def test_command_settles_and_says_so(toy: Toy) -> None:
    out = StringIO()
    call_command("settle_month", "2026-10", "--dry-run", stdout=out)
    assert "toy: 3 DATA-CT-2026-10" in out.getvalue()
    call_command("settle_month", "2026-10", "--workers", "1", stdout=out)
    assert "2026-10 is closed" in out.getvalue()
    assert digest_of(OCTOBER).hex() in out.getvalue()


@pytest.mark.parametrize("month", ["October", "2031-01"])
def test_command_refuses_with_2_and_one_line(toy: Toy, month: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("settle_month", month)
    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)


def test_batch_judges_by_the_month_only_what_is_new(
    toy: Toy, october: datetime, now: datetime
) -> None:
    before = a_posting(*coins(1, ISSUER, main_of(toy.holder)), at=october)
    post_batch([before])
    months.begin_close(month=OCTOBER, now=now)
    closing = replace(before, id=uuid4(), kind="expire")
    assert post_batch([before, closing]) == {closing.id}
    with pytest.raises(MonthClosed):
        post_batch([before, replace(before, id=uuid4())])
