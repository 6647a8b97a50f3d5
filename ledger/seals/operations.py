"""Append what was committed to the tree, and sign its heads."""

from datetime import date, datetime

from django.conf import settings
from django.db import connection

from ledger.operations import refusing
from ledger.refusals import NotSealed
from ledger.rules import month_name
from ledger.seals.models import Head
from ledger.seals.queries import head_of_month, latest_head, root_of, tree_size
from ledger.seals.rules import TreeHead, public_key_of, sign

BATCH_TRANSACTIONS = 5_000


def append_committed() -> int:
    """Append every transaction below the commit horizon, and return the tree's size.

    Must run outside a database transaction: what a transaction itself posted is above its horizon.

    Raises:
        LegsBroken: a transaction's entries are not its legs.
        CopyNotDeclared: the database was restored and `ledger_restored` was not run.
    """
    size = tree_size()
    while True:
        with refusing(), connection.cursor() as cursor:
            cursor.execute("SELECT public.ledger_seal_append_v2(%s)", [BATCH_TRANSACTIONS])
            grown = int(cursor.fetchone()[0])
        if grown == size:
            return size
        size = grown


def seal_committed(*, now: datetime) -> Head | None:
    """Append what was committed and sign the tree's head, if it grew; return the latest head.

    Raises: as `append_committed`.
    """
    size = append_committed()
    latest = latest_head()
    if size and (latest is None or latest.size < size):
        _keep_head(size=size, month=None, now=now)
    return latest_head()


def seal_month(*, month: date, now: datetime) -> Head:
    """Append what was committed, and sign the head that holds all of a closing month.

    Asked again, the first head comes back.

    Raises:
        NotSealed: a transaction of the month is still above the commit horizon.
        LegsBroken, CopyNotDeclared: as `append_committed`.
    """
    head = head_of_month(month)
    if head is None:
        _keep_head(size=append_committed(), month=month, now=now)
        head = head_of_month(month)
    if head is None:
        raise NotSealed(f"The month {month_name(month)} has no head.", month=month_name(month))
    return head


def _keep_head(*, size: int, month: date | None, now: datetime) -> None:
    head = TreeHead(size=size, root=root_of(size), month=month, at=now)
    signature = sign(head, key=settings.SEAL_KEY)
    with refusing(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT public.ledger_seal_head_v1(%s, %s, %s, %s, %s)",
            [size, month, now, public_key_of(settings.SEAL_KEY), signature],
        )
