"""How long a page of a statement takes on an account of a million entries, to the bare read of its rows."""

import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections

from ledger.checkpoints.operations import cut_checkpoints
from ledger.operations import open_months, post_batch
from ledger.queries import amount_at
from ledger.rules import COIN, Posting, account_id
from ledger.statements.queries import (
    Statement,
    balance_at,
    statement_after,
    statement_before,
)
from ledger.statements.rules import Place, day_begins, day_ends
from tests.benchmarks.books import size
from tests.ledger.worlds import ISSUER, coins, main_of

pytestmark = pytest.mark.own_database

ENTRIES = int(
    os.environ.get("BENCH_STATEMENT_ENTRIES", str(size(measured=1_000_000, tried=20_000)))
)
BATCH = ENTRIES // 200
LINES = 50
ROUNDS = 21
_BARE = (
    "SELECT id, transaction_id, amount FROM ledger_entry"
    " WHERE month = %s AND account_id = %s AND id BETWEEN %s AND %s ORDER BY id"
)


def post_entries(main: str, *, since: datetime) -> None:
    """Issue single coins to a wallet, evenly over twenty days."""
    batches = max(ENTRIES // BATCH, 1)
    legs = coins(1, ISSUER, main)
    for batch in range(batches):
        at = since + timedelta(days=20) * batch / batches
        post_batch(
            [
                Posting(id=uuid4(), kind="correction", at=at, actor="bench", legs=legs)
                for _ in range(BATCH)
            ]
        )


def milliseconds(read: Callable[[], object]) -> float:
    """Return the time of one read, as its caller waits for it."""
    begun = time.perf_counter()
    read()
    return (time.perf_counter() - begun) * 1000


def bare(account: UUID, page: Statement) -> Callable[[], object]:
    """Return a read of a page's rows by their key, and of nothing else."""
    first, last = page.lines[0].place, page.lines[-1].place

    def read() -> object:
        with connection.cursor() as cursor:
            cursor.execute(_BARE, [first.month, account, first.entry, last.entry])
            return cursor.fetchall()

    return read


def show(name: str, account: UUID, read: Callable[[], Statement]) -> None:
    """Time a page against the bare read of its rows, one after the other, and print both."""
    read_bare = bare(account, read())
    pages, bares = [], []
    for _ in range(ROUNDS):
        pages.append(milliseconds(read))
        bares.append(milliseconds(read_bare))
    page, rows = median(pages), median(bares)
    print(  # noqa: T201
        f"  {name:<28} {page:6.2f} ms (best {min(pages):5.2f}), bare rows {rows:5.2f} ms"
        f" (best {min(bares):5.2f}), {page / rows:4.1f} ×"
    )


def test_page_of_a_statement(now: datetime) -> None:
    open_months(now=now)
    main = main_of(uuid4())
    post_entries(main, since=day_begins(now.date().replace(day=1)))
    begun = time.perf_counter()
    cut = cut_checkpoints()
    took = time.perf_counter() - begun
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE ledger_entry, ledger_transaction")
    print(f"\n{cut:,} checkpoints of {ENTRIES:,} entries a side cut in {took:.1f} s")  # noqa: T201
    for kind, address in (("tracked", main), ("untracked", ISSUER)):
        account = account_id(address=address, asset=COIN)
        show_pages(kind, account, now=now)
        amount = milliseconds(partial(amount_at, address, COIN))
        print(f"  {kind} balance now {amount:25.2f} ms")  # noqa: T201
        instant = milliseconds(partial(balance_at, account, at=now))
        print(f"  {kind} balance at an instant {instant:15.2f} ms")  # noqa: T201


def show_pages(kind: str, account: UUID, *, now: datetime) -> None:
    """Show the first, middle and last page of the whole and of one day."""
    middle = statement_after(account, since=day_begins(now.date().replace(day=10)), limit=1)
    place = middle.lines[0].place
    show(f"{kind} first page", account, lambda: statement_after(account, limit=LINES))
    show(f"{kind} middle page", account, lambda: _after(account, place))
    show(f"{kind} last page", account, lambda: statement_before(account, limit=LINES))
    day = now.date().replace(day=10)
    since, until = day_begins(day), day_ends(day)
    first = partial(statement_after, account, since=since, until=until, limit=LINES)
    show(f"{kind} a day's first page", account, first)
    last = partial(statement_before, account, since=since, until=until, limit=LINES)
    show(f"{kind} a day's last page", account, last)


def _after(account: UUID, place: Place) -> Statement:
    return statement_after(account, place=place, limit=LINES)
