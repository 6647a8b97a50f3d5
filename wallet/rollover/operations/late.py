"""Roll what a month's close left waiting: figures that came late, deducts that were open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from ledger.operations import post
from ledger.rules import (
    Leg,
    Posting,
    derived_id,
    merged,
    month_after,
    month_of,
    move,
    starts_at,
)
from wallet.holders.models import Holder
from wallet.holders.operations import lock_holder
from wallet.policy.queries import policy_int
from wallet.rollover.operations.close import (
    record_rolls,
    roll_facts,
    roll_legs,
)
from wallet.rollover.queries import rollover_policies
from wallet.rollover.rules import Rolled, RollRule, rolled, rule_in, surplus_asset, voucher_asset

_LATE_ROLLS = (Path(__file__).parents[1] / "sql" / "late_rolls_v3.sql").read_text()
_MONTHS_BACK = 2


@dataclass(frozen=True, slots=True)
class _Late:
    """A package of a closed month that waits, in MB."""

    number: UUID
    holder: UUID
    carrier: str
    month: date
    package: str
    province: str
    kind: str
    is_final: bool
    left_mb: int
    deposited_mb: int
    line_mb: int
    line_version: int
    was_rolled: bool
    asks: bool
    answer: bool | None


def roll_late(*, now: datetime, limit: int = 500) -> list[UUID]:
    """Roll what waited, expire what can roll no more, and return the postings' ids.

    Within `rollover.claim_late_days` of the month's end final figures roll whole, also of a
    number that signed in late or whose holder was asked and said so only then; after them what was
    deposited rolls without a remainder.
    """
    rules = _Rules()
    numbers = {
        one.number: one.holder
        for one in _found(number=None, now=now)
        if _amounts(one, rules=rules, now=now) is not None
    }
    return [
        posted
        for number, holder in list(numbers.items())[:limit]
        for posted in _roll_number(number=number, holder=holder, rules=rules, now=now)
    ]


class _Rules:
    """The rules in force at months' ends, each month's read once."""

    def __init__(self) -> None:
        self._policies: dict[date, dict[str, dict[str, Any]]] = {}

    def of(self, one: _Late) -> RollRule:
        """Return the rule a package rolls by."""
        if one.month not in self._policies:
            at = starts_at(month_after(one.month)) - timedelta(microseconds=1)
            self._policies[one.month] = rollover_policies(at=at)
        policies = self._policies[one.month]
        return rule_in(policies=policies, carrier=one.carrier, province=one.province)


def _roll_number(*, number: UUID, holder: UUID, rules: _Rules, now: datetime) -> list[UUID]:
    """Roll the packages of one number, each in a transaction of its own."""
    posted = []
    for one in _found(number=number, now=now):
        with transaction.atomic():
            lock_holder(Holder(pk=holder))
            # Read again under the lock: another sweep may have been here.
            same = [again for again in _found(number=number, now=now) if _is_same(again, one)]
            posting = _posting(same[0], rules=rules, now=now) if same else None
            if posting is not None:
                if posting.kind == "late_roll":
                    record_rolls(one.month, at=now, postings=[posting])
                post(posting)
                posted.append(posting.id)
    return posted


def _is_same(one: _Late, other: _Late) -> bool:
    return (one.carrier, one.month, one.package) == (other.carrier, other.month, other.package)


def _found(*, number: UUID | None, now: datetime) -> Iterable[_Late]:
    late_from = month_after(month_of(now), -_MONTHS_BACK)
    with connection.cursor() as cursor:
        cursor.execute(_LATE_ROLLS, {"number": number, "late_from": late_from})
        return [_Late(*row) for row in cursor.fetchall()]


def _posting(one: _Late, *, rules: _Rules, now: datetime) -> Posting | None:
    """Return the posting that rolls or expires a package, or None while it waits."""
    amounts = _amounts(one, rules=rules, now=now)
    if amounts is None:
        return None
    surplus = surplus_asset(carrier=one.carrier, month=one.month)
    line = f"line/{one.number}/{one.package}"
    lost_mb = one.line_mb - amounts.surplus_mb
    lost: tuple[Leg, ...] = ()
    if lost_mb:
        lost = move(asset=surplus, amount=lost_mb, source=line, target="system/expired")
    if not amounts.voucher_mb:
        # By the line's version: something may come to it, and expire, more than once.
        return Posting(
            id=derived_id(one.number, "late_expire", surplus, one.package, one.line_version),
            kind="late_expire",
            at=now,
            actor="task/roll_late",
            legs=lost,
            metadata={"number": str(one.number), "package": one.package},
        )
    rule = rules.of(one)
    rolling = roll_legs(
        number=one.number,
        holder=one.holder,
        package=one.package,
        surplus=surplus,
        voucher=voucher_asset(carrier=one.carrier, month=one.month, valid_months=rule.valid_months),
        amounts=amounts,
    )
    return Posting(
        id=derived_id(one.number, "late_roll", surplus, one.package),
        kind="late_roll",
        at=now,
        actor="task/roll_late",
        legs=merged((*rolling, *lost)),
        metadata=roll_facts(number=one.number, package=one.package, amounts=amounts),
    )


def _amounts(one: _Late, *, rules: _Rules, now: datetime) -> Rolled | None:
    """Return what of a package rolls now; None while it waits or where nothing is left."""
    ends_at = starts_at(month_after(one.month))
    days = policy_int("rollover.claim_late_days", now=now, scope=one.carrier)
    is_late = now >= ends_at + timedelta(days=days)
    waits = not one.is_final or (one.asks and one.answer is None)
    if waits and not (is_late or one.was_rolled):
        return None
    rule = rules.of(one)
    nothing = Rolled(surplus_mb=0, remainder_mb=0)
    if (
        one.was_rolled
        or one.answer is False
        or month_after(one.month, rule.valid_months) < month_of(now)
    ):
        amounts = nothing
    else:
        remainder = 0 if is_late else max(one.left_mb - one.deposited_mb, 0)
        amounts = rolled(rule=rule, kind=one.kind, line_mb=one.line_mb, remainder_mb=remainder)
    return amounts if amounts.voucher_mb or one.line_mb else None
