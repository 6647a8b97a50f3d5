"""A month's books as a stream of text, in one reading of the database."""

from collections.abc import Generator, Iterator, Mapping
from datetime import date
from itertools import groupby
from operator import attrgetter, itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.db import connection, transaction

from ledger.exports.rules import Account, Balance, Format, Movement
from ledger.exports.rules.beancount import Beancount
from ledger.exports.rules.hledger import Hledger
from ledger.exports.rules.table import Table
from ledger.models import Month
from ledger.queries import month_state
from ledger.refusals import MonthNotOpen
from ledger.rules import month_after, month_name

FORMATS: Mapping[str, Format] = MappingProxyType(
    {"beancount": Beancount(), "hledger": Hledger(), "csv": Table()}
)
CHUNK_ROWS = 5_000
_SQL = Path(__file__).parent / "sql"
_BALANCES = (_SQL / "balances_v1.sql").read_text()
_ENTRIES = (_SQL / "entries_v1.sql").read_text()
_ASSETS = "SELECT DISTINCT asset FROM public.ledger_account ORDER BY asset"


def month_as_text(*, month: date, form: Format) -> Generator[str, None, None]:
    """Yield a month's books piece by piece; memory stays the same whatever its size.

    Every piece is of one snapshot: what is posted meanwhile is not in it. Must not be asked
    inside another database transaction.

    Raises:
        MonthNotOpen: no such month was ever opened.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        if month_state(month) is None:
            name = month_name(month)
            raise MonthNotOpen(f"The month {name} is not open.", month=name)
        yield form.head(month=month, assets=[asset for (asset,) in _rows(_ASSETS, {})])
        yield from _addresses(month, form)
        yield from _openings(month, form)
        for movement in _movements(month):
            yield form.movement(month=month, movement=movement)
        yield from _closings(month, form)


def _addresses(month: date, form: Format) -> Iterator[str]:
    accounts = (balance.account for balance in _balances(month))
    for _, same in groupby(accounts, key=attrgetter("address")):
        yield form.address(month=month, account=next(same))


def _openings(month: date, form: Format) -> Iterator[str]:
    head = form.opening_head(month=month)
    for balance in _balances(month):
        if balance.opening:
            yield head
            head = ""
            yield form.opening(month=month, account=balance.account, amount=balance.opening)


def _closings(month: date, form: Format) -> Iterator[str]:
    head = form.closing_head(month=month)
    for balance in _balances(month):
        yield head
        head = ""
        yield form.closing(month=month, account=balance.account, amount=balance.closing)


def _balances(month: date) -> Iterator[Balance]:
    before = month_after(month, -1)
    parameters = {
        "month": month,
        "before": before,
        "is_closed": month_state(month) == Month.State.CLOSED,
        "before_is_closed": month_state(before) == Month.State.CLOSED,
    }
    for *account, opening, closing in _rows(_BALANCES, parameters):
        yield Balance(Account(*account), opening, closing)


def _movements(month: date) -> Iterator[Movement]:
    for (id_, kind, at, actor, reverses), rows in groupby(
        _rows(_ENTRIES, {"month": month}), key=itemgetter(0, 1, 2, 3, 4)
    ):
        entries = [(Account(*row[5:9]), row[9]) for row in rows]
        yield Movement(id=id_, kind=kind, at=at, actor=actor, reverses=reverses, entries=entries)


def _rows(sql: str, parameters: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(CHUNK_ROWS):
            yield from rows
