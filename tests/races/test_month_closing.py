"""No posting slips into a closing month, and closing keeps nobody out of the next one."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Event
from uuid import uuid4

import pytest
from django.db import transaction

from ledger import registry
from ledger.months.models import ClosingBalance
from ledger.months.operations import begin, settle_month
from ledger.months.refusals import CloseStuck
from ledger.operations import Outcome, open_month, open_months, post, post_batch
from ledger.queries import month_state
from ledger.refusals import MonthClosed
from ledger.rules import COIN, Posting, account_id, starts_at
from tests.ledger.worlds import a_holder_with, a_posting, coins, main_of
from tests.races.threads import in_thread
from tests.waiting import WAIT_SECONDS_MAX, until

pytestmark = [pytest.mark.own_database, pytest.mark.quiet]

OCTOBER = date(2026, 10, 1)


@pytest.fixture(autouse=True)
def _no_stages(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_stages", "_blockers", "_freezers", "_proofs"):
        monkeypatch.setattr(registry, name, {})
    open_month(month=OCTOBER)
    open_months(now=now)


def _single(posting: Posting) -> None:
    post(posting)


def _batch(posting: Posting) -> None:
    legs = coins(1, "issuer/CT", main_of(uuid4()))
    post_batch([a_posting(*legs, at=posting.at), posting])


@pytest.mark.parametrize("post_late", [_single, _batch])
def test_late_posting_is_waited_for_and_counted(
    now: datetime, post_late: Callable[[Posting], None]
) -> None:
    in_october = starts_at(OCTOBER) + timedelta(days=3)
    late, fresh, next_month = uuid4(), uuid4(), uuid4()
    a_holder_with(1, at=now)  # opens the issuer's account, which all of these share
    has_posted, may_commit = Event(), Event()

    def post_slowly() -> None:
        with transaction.atomic():
            post_late(a_posting(*coins(5, "issuer/CT", main_of(late)), at=in_october))
            has_posted.set()
            assert may_commit.wait(WAIT_SECONDS_MAX)

    slow = in_thread(post_slowly)
    assert has_posted.wait(WAIT_SECONDS_MAX)
    close = in_thread(lambda: settle_month(month=OCTOBER, now=now))
    until(lambda: month_state(OCTOBER) == "closing")
    # While the close waits: the old month takes nothing more, the next one everything.
    with pytest.raises(MonthClosed):
        post_late(a_posting(*coins(5, "issuer/CT", main_of(fresh)), at=in_october))
    post_late(a_posting(*coins(5, "issuer/CT", main_of(fresh)), at=now))
    assert post(a_posting(*coins(5, "issuer/CT", main_of(next_month)), at=now)) is Outcome.POSTED
    assert not close.done()
    may_commit.set()
    slow.result(timeout=WAIT_SECONDS_MAX)
    assert close.result(timeout=WAIT_SECONDS_MAX).ended_at
    account = account_id(address=main_of(late), asset=COIN)
    assert ClosingBalance.objects.get(month=OCTOBER, account_id=account).balance == 5


def test_close_that_waits_too_long_names_what_it_waits_for(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_holder_with(1, at=now)
    has_posted, may_commit = Event(), Event()

    def post_slowly() -> None:
        with transaction.atomic():
            post(a_posting(*coins(5, "issuer/CT", main_of(uuid4())), at=now))
            has_posted.set()
            assert may_commit.wait(WAIT_SECONDS_MAX)

    slow = in_thread(post_slowly)
    assert has_posted.wait(WAIT_SECONDS_MAX)
    with monkeypatch.context() as hasty:
        hasty.setattr(begin, "HORIZON_WAIT_SECONDS", 0.2)
        with pytest.raises(CloseStuck, match="process"):
            settle_month(month=OCTOBER, now=now)
    may_commit.set()
    slow.result(timeout=WAIT_SECONDS_MAX)
    assert settle_month(month=OCTOBER, now=now).ended_at  # asked again, it goes on
