"""A worker is killed in the middle of a month's close; the next one ends it, once."""

from datetime import date, timedelta

import psycopg
import pytest
from django.db import connections
from django.utils import timezone

from ledger.models import Month, Transaction
from ledger.months.operations import begin_close
from ledger.months.queries import digest_of
from ledger.operations import open_month, open_months
from ledger.proofs.queries import findings
from ledger.queries import amount_at
from ledger.rules import account_id, month_after, month_of, starts_at
from tests import servers
from tests.closing_time import when_it_may_close
from tests.faults.workers import a_worker, ask, kill
from tests.given import a_holder, give_data
from tests.waiting import until, until_all_left, until_one_waits
from wallet.holders.queries import main_of

pytestmark = pytest.mark.own_database

HOLDERS = 6


def _state(month: date) -> str:
    return str(Month.objects.get(pk=month).state)


def test_killed_worker_is_taken_up_and_the_month_settles_once(own_database: str) -> None:
    now = when_it_may_close(timezone.now())
    month = month_after(month_of(now), -1)
    then = starts_at(month) + timedelta(days=9)
    open_month(month=month)
    open_months(now=now)
    holders = [a_holder(now=then) for _ in range(HOLDERS)]
    assets = {give_data(holder, 70, month=month, now=then) for holder in holders}
    (asset,) = assets
    locked = account_id(address=main_of(holders[0]), asset=asset)
    begin_close(month=month, now=now)
    owner = psycopg.connect(servers.server_url(database=own_database))
    with owner:
        # The balance that one part of the close has to move is held: it stops there, half done.
        owner.execute(
            "SELECT FROM public.ledger_balance WHERE account_id = %s FOR UPDATE", [locked]
        )
        with a_worker(database=own_database, queue="settlement", processes=2) as first:
            ask("ledger.months.resume_closes", queue="settlement")
            # Perhaps both of its processes: what is held first may be what the other needs.
            until_one_waits(database=own_database)
            kill(first)
        assert _state(month) == Month.State.CLOSING
        owner.rollback()
    # Statements in hand come to their end all the same: until then the dead one's seat is taken.
    connections.close_all()
    until_all_left(database=own_database)
    with a_worker(database=own_database, queue="settlement", processes=2):
        ask("ledger.months.resume_closes", queue="settlement")
        until(lambda: _state(month) == Month.State.CLOSED)
    assert [amount_at(main_of(holder), asset) for holder in holders] == [0] * HOLDERS
    assert amount_at("system/expired", asset) == 70 * HOLDERS
    assert Transaction.objects.filter(kind="expire").count() == HOLDERS
    assert bytes(Month.objects.get(pk=month).digest or b"") == digest_of(month)
    # The worlds were made by corrections; only the ledger's own proofs speak of them.
    ledgers_own = ("assets", "transactions", "balances", "chains", "bounds", "legs", "people")
    broken = [found.name for found in findings() if not found.is_clean]
    assert [name for name in broken if name.startswith(ledgers_own)] == []
