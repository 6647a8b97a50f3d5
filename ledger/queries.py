"""Reads of the ledger: balances and entries, without locks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import BigIntegerField, Func, QuerySet
from django.db.models.functions import Coalesce

from ledger.models import Account, Entry, Month
from ledger.rules import COIN, account_id


def amount_at(address: str, asset: str) -> int:
    """Return how much of an asset (whole coins, MB or fen) an account holds now; 0 if never opened."""
    with connection.cursor() as cursor:
        account = account_id(address=address, asset=asset)
        cursor.execute("SELECT public.ledger_amount_v2(%s)", [account])
        return int(cursor.fetchone()[0])


def coins_in(address: str) -> int:
    """Return how many coins an account holds now."""
    return amount_at(address, COIN)


@dataclass(frozen=True, slots=True)
class Holding:
    """An amount (whole units of its asset) at an address."""

    address: str
    asset: str
    amount: int


def holdings_at(addresses: Iterable[str]) -> list[Holding]:
    """Return what accounts at these addresses hold, without the empty ones, by address and asset."""
    return _holdings(Account.objects.filter(address__in=list(addresses)))


def holdings_under(prefix: str) -> list[Holding]:
    """Return what accounts hold whose address begins with a prefix, by address and asset."""
    return _holdings(Account.objects.filter(address__startswith=prefix))


def _holdings(accounts: QuerySet[Account]) -> list[Holding]:
    # An account without a balance row is untracked: its checkpoints and entries are summed.
    summed = Func("id", function="public.ledger_amount_v2", output_field=BigIntegerField())
    rows = (
        accounts.annotate(held=Coalesce("balance__balance", summed))
        .exclude(held=0)
        .order_by("address", "asset")
        .values_list("address", "asset", "held")
    )
    return [Holding(*row) for row in rows]


def entries_at(addresses: Iterable[str]) -> QuerySet[Entry]:
    """Return the entries of every account at these addresses, newest posting first."""
    accounts = Account.objects.filter(address__in=list(addresses)).values("id")
    return (
        Entry.objects.filter(account__in=accounts)
        .select_related("account", "transaction")
        .order_by("-id")
    )


def entries_of_transaction(transaction: UUID) -> QuerySet[Entry]:
    """Return a transaction's entries in posting order."""
    return Entry.objects.filter(transaction_id=transaction).select_related("account").order_by("id")


def month_state(month: date) -> Month.State | None:
    """Return whether a month is open, closing or closed; None if it was never opened."""
    state = Month.objects.filter(pk=month).values_list("state", flat=True).first()
    return Month.State(state) if state else None


def snapshot_horizon() -> int:
    """Return the oldest transaction id of the server that may still be under way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])
