"""The ledger in plain Python, slow and obviously right, to compare the database with."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from ledger.refusals import (
    AlreadyReversed,
    AmountOutOfRange,
    AssetExpired,
    BalanceTooHigh,
    BalanceTooLow,
    InvalidPosting,
    KeyReused,
    MonthClosed,
    MonthNotOpen,
    Refusal,
    UnknownAddress,
    UnknownKind,
    UnknownTransaction,
)
from ledger.rules import AMOUNT_MAX, CNY, COIN, Posting

Reasons = set[type[Refusal]]
# pattern: floor, ceiling, chains its entries, may hold money
CHART = {
    r"holder/[0-9a-f-]{36}/main": (0, None, True, False),
    r"holder/[0-9a-f-]{36}/debt": (None, 0, True, False),
    r"gift/[0-9a-f-]{36}": (0, None, True, False),
    r"sponsor/[0-9a-f-]{36}/budget": (0, None, True, True),
    r"sponsor/[0-9a-f-]{36}/receivable": (None, None, False, True),
    # in stripes: a floor, and entries without the balance after them
    r"campaign/[0-9a-f-]{36}/budget": (0, None, False, True),
    r"issuer/[A-Z]{2}": (None, None, False, True),
    r"issuer/[A-Z]{2}/revenue": (None, None, False, True),
    r"system/sold": (None, None, False, False),
}
ASSET = re.compile(r"(SURPLUS|DATA)-[A-Z]{2}-(20\d\d)-(0[1-9]|1[0-2])")
# kind: only while a month closes, may move what is past its month
KINDS = {"gift_send": (False, False), "correction": (False, True), "expire": (True, True)}


def content_of(posting: Posting) -> dict[str, object]:
    """Return what makes two postings of one id the same."""
    legs = frozenset((leg.address, leg.asset, leg.amount) for leg in posting.legs)
    return {
        "kind": posting.kind,
        "reverses": posting.reverses,
        "legs": legs,
        "metadata": dict(posting.metadata),
    }


@dataclass
class Account:
    """A balance, and each entry with the balance after it, in order."""

    floor: int | None
    ceiling: int | None
    tracked: bool
    balance: int = 0
    entries: list[tuple[int, int]] = field(default_factory=list)
    by_month: Counter[date] = field(default_factory=Counter)

    @property
    def kept(self) -> tuple[int | None, int | None]:
        """The balance and version its row says, if it has one."""
        if self.tracked:
            return self.balance, len(self.entries)
        return (None, None) if self.floor is None else (self.balance, 0)


@dataclass
class Model:
    """Accounts by address and asset, transactions by id, months by their first day.

    `turning` is a month set closing by somebody who still waits for what read it open: it may be
    seen either way.
    """

    accounts: dict[tuple[str, str], Account] = field(default_factory=dict)
    transactions: dict[UUID, dict[str, object]] = field(default_factory=dict)
    reversed_ids: set[UUID] = field(default_factory=set)
    months: dict[date, str] = field(default_factory=dict)
    turning: date | None = None

    def copy(self) -> "Model":
        return deepcopy(self)

    def open_month(self, month: date) -> bool:
        is_new = month not in self.months
        self.months.setdefault(month, "open")
        return is_new

    def take(self, postings: Sequence[Posting]) -> tuple[Reasons, frozenset[UUID]]:
        """Post all or, when there is a reason to refuse any, nothing; return reasons and new ids."""
        after = self.copy()
        reasons: Reasons = set()
        heads = {(posting.posting_month(), posting.at, posting.actor) for posting in postings}
        if len(heads) > 1 or len({posting.id for posting in postings}) < len(postings):
            reasons.add(InvalidPosting)
        fresh = frozenset(one.id for one in postings if one.id not in self.transactions)
        for posting in postings:
            reasons |= _shapeless(posting)
            if posting.id in fresh:
                reasons |= after.post(posting)
            elif self.differing(posting):
                reasons.add(KeyReused)
        if reasons:
            return reasons, frozenset()
        self.__dict__.update(after.__dict__)
        return reasons, fresh

    def knows(self, transaction: UUID) -> bool:
        return transaction in self.transactions

    def differing(self, posting: Posting) -> set[str]:
        """Name the fields in which a posting differs from the one that bears its id."""
        first, again = self.transactions[posting.id], content_of(posting)
        return {name for name in first if first[name] != again[name]}

    def post(self, posting: Posting) -> Reasons:
        """Post whatever it is, and return every reason why it should not have been."""
        _, past_assets = KINDS.get(posting.kind, (False, True))
        reasons: Reasons = set() if posting.kind in KINDS else {UnknownKind}
        month = posting.posting_month()
        if month not in self.months:
            reasons.add(MonthNotOpen)
        elif month != self.turning and self.months[month] != _state_for(posting.kind):
            reasons.add(MonthClosed)
        self.transactions[posting.id] = content_of(posting)
        if posting.reverses:
            if posting.reverses not in self.transactions:
                reasons.add(UnknownTransaction)
            if posting.reverses in self.reversed_ids:
                reasons.add(AlreadyReversed)
            self.reversed_ids.add(posting.reverses)
        for leg in posting.legs:
            account = self.account(leg.address, leg.asset)
            if account is None:
                reasons.add(UnknownAddress)
                continue
            if not past_assets and _is_past(leg.asset, month):
                reasons.add(AssetExpired)
            reasons |= _move(account, leg.amount, month)
        return reasons

    def account(self, address: str, asset: str) -> Account | None:
        """Return an account, opened on first use; None where none may be."""
        found = self.accounts.get((address, asset))
        if found is None:
            kind = next((row for one, row in CHART.items() if re.fullmatch(one, address)), None)
            if kind is None or not (asset in (COIN, CNY) or ASSET.fullmatch(asset)):
                return None
            floor, ceiling, tracked, may_hold_money = kind
            if asset == CNY and not may_hold_money:
                return None
            found = self.accounts[address, asset] = Account(floor, ceiling, tracked)
        return found

    def closing_balances(self, month: date) -> dict[tuple[str, str], int]:
        """Return what every account held at a month's end, without the empty ones."""
        ends = {
            name: sum(amount for when, amount in account.by_month.items() if when <= month)
            for name, account in self.accounts.items()
        }
        return {name: amount for name, amount in ends.items() if amount}

    def months_begun(self) -> int:
        """Count the months that close or are closed."""
        return sum(state != "open" for state in self.months.values())


def _state_for(kind: str) -> str:
    return "closing" if KINDS.get(kind, (False, True))[0] else "open"


def _move(account: Account, amount: int, month: date) -> Reasons:
    reasons: Reasons = set()
    account.balance += amount
    account.entries.append((amount, account.balance))
    account.by_month[month] += amount
    if account.floor is not None and account.balance < account.floor:
        reasons.add(BalanceTooLow)
    if account.ceiling is not None and account.balance > account.ceiling:
        reasons.add(BalanceTooHigh)
    if account.tracked and not -AMOUNT_MAX - 1 <= account.balance <= AMOUNT_MAX:
        reasons.add(AmountOutOfRange)
    return reasons


def _shapeless(posting: Posting) -> Reasons:
    """Refuse what is no posting, whatever the books say."""
    names = [(leg.address, leg.asset) for leg in posting.legs]
    sums = Counter[str]()
    for leg in posting.legs:
        sums[leg.asset] += leg.amount
    is_shapeless = (
        len(names) < 2
        or len(set(names)) < len(names)
        or any(leg.amount == 0 for leg in posting.legs)
        or any(sums.values())
        or posting.reverses == posting.id
    )
    huge = any(abs(leg.amount) > AMOUNT_MAX for leg in posting.legs)
    return _those([(InvalidPosting, is_shapeless), (AmountOutOfRange, huge)])


def _those(judged: Iterable[tuple[type[Refusal], bool]]) -> Reasons:
    return {refusal for refusal, applies in judged if applies}


def _is_past(asset: str, month: date) -> bool:
    named = ASSET.fullmatch(asset)
    return named is not None and date(int(named[2]), int(named[3]), 1) < month
