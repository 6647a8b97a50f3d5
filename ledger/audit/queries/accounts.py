"""An account: its balance, what it is for, and its statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledger.models import Account
from ledger.queries import amount_at
from ledger.registry import Cause, cause_of
from ledger.statements.queries import Statement, is_settled, statement_after, statement_before
from ledger.statements.rules import Place

LINES_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A page of a statement: from an instant until another, after a place or before one.

    Without a place it is the newest page.
    """

    since: datetime | None = None
    until: datetime | None = None
    after: Place | None = None
    before: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """An account as an auditor sees it: its balance now (whole units), cause, and statement.

    `is_final` tells that the statement's last month is closed: nothing can be added to it.
    """

    balance: int
    cause: Cause | None
    statement: Statement
    is_final: bool


def account_view(account: Account, *, asked: Asked) -> AccountView:
    """Return an account's balance, its cause, and the page asked for of its statement."""
    bounds: Mapping[str, Any] = {"since": asked.since, "until": asked.until, "limit": LINES_SHOWN}
    if asked.after:
        statement = statement_after(account.pk, place=asked.after, **bounds)
    elif asked.before:
        statement = statement_before(account.pk, place=asked.before, **bounds)
    else:
        statement = statement_before(account.pk, **bounds)
    return AccountView(
        balance=amount_at(account.address, account.asset),
        cause=cause_of(account.address),
        statement=statement,
        is_final=asked.until is not None and is_settled(until=asked.until),
    )
