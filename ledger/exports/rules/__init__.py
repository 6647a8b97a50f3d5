"""What an export is made of, and how each format writes it. Pure text, no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from ledger.rules import SHANGHAI, month_after


@dataclass(frozen=True, slots=True)
class Account:
    """Where an amount is: an address in an asset, and which way the account is bounded."""

    address: str
    asset: str
    has_floor: bool
    has_ceiling: bool


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account held (whole units) when the month began and when it ended."""

    account: Account
    opening: int
    closing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A transaction with its entries: accounts and signed whole amounts."""

    id: str
    kind: str
    at: datetime
    actor: str
    reverses: str
    entries: Sequence[tuple[Account, int]]

    def date_in(self, month: date) -> date:
        """Return the Shanghai date of `at`, moved to the nearest day of the month it is booked in."""
        return min(max(self.at.astimezone(SHANGHAI).date(), month), last_day(month))


class Format(Protocol):
    """A format writes a month in five steps, each a piece of text, in this order."""

    def head(self, *, month: date, assets: Sequence[str]) -> str:
        """Return what stands before everything: the assets, by name."""

    def address(self, *, month: date, account: Account) -> str:
        """Return what makes an address known, once for each."""

    def opening(self, *, month: date, account: Account, amount: int) -> str:
        """Return one line of the opening balances, which together sum to zero."""

    def movement(self, *, month: date, movement: Movement) -> str:
        """Return a transaction."""

    def closing(self, *, month: date, account: Account, amount: int) -> str:
        """Return the assertion of one balance at the month's end."""

    def opening_head(self, *, month: date) -> str:
        """Return what stands before the opening balances."""

    def closing_head(self, *, month: date) -> str:
        """Return what stands before the closing balances."""


def last_day(month: date) -> date:
    """Return a month's last day."""
    return day_before(month_after(month))


def day_before(day: date) -> date:
    """Return the day before."""
    return date.fromordinal(day.toordinal() - 1)


def root_of(account: Account) -> str:
    """Return which of the classical kinds an account is.

    What may not fall below a floor is owned; what may not rise above a ceiling is owed; the
    unbounded accounts of issuers, carriers, fees and the system are the other side of both.
    """
    if account.has_floor:
        return "Assets"
    return "Liabilities" if account.has_ceiling else "Equity"
