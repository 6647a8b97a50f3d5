"""Write a month as CSV: opening balances, entries, closing balances."""

import csv
from collections.abc import Sequence
from datetime import date
from io import StringIO

from ledger.exports.rules import Account, Movement, day_before, last_day
from ledger.rules import SHANGHAI

COLUMNS = (
    "row",
    "date",
    "at",
    "transaction",
    "kind",
    "actor",
    "reverses",
    "address",
    "asset",
    "amount",
)


class Table:
    """CSV by RFC 4180: `row` is opening, entry or closing; an amount is a whole number."""

    def head(self, *, month: date, assets: Sequence[str]) -> str:
        """Return the names of the columns."""
        return _line(*COLUMNS)

    def address(self, *, month: date, account: Account) -> str:
        """Return nothing: an account stands in each row."""
        return ""

    def opening_head(self, *, month: date) -> str:
        """Return nothing."""
        return ""

    def opening(self, *, month: date, account: Account, amount: int) -> str:
        """Return a row with the balance on the day before the month."""
        return _balance("opening", day_before(month), account, amount)

    def movement(self, *, month: date, movement: Movement) -> str:
        """Return a row for each entry."""
        at = movement.at.astimezone(SHANGHAI).isoformat()
        facts = (at, movement.id, movement.kind, movement.actor, movement.reverses)
        day = movement.date_in(month).isoformat()
        return "".join(
            _line("entry", day, *facts, account.address, account.asset, str(amount))
            for account, amount in movement.entries
        )

    def closing_head(self, *, month: date) -> str:
        """Return nothing."""
        return ""

    def closing(self, *, month: date, account: Account, amount: int) -> str:
        """Return a row with the balance on the month's last day."""
        return _balance("closing", last_day(month), account, amount)


def _balance(row: str, day: date, account: Account, amount: int) -> str:
    facts = ("", "", "", "", "")
    return _line(row, day.isoformat(), *facts, account.address, account.asset, str(amount))


def _line(*fields: str) -> str:
    text = StringIO()
    csv.writer(text).writerow(fields)
    return text.getvalue()
