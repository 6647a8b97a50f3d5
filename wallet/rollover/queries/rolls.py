"""Reads about a month's end: what would roll, by which rule, and what the holder wished."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from ledger.models import Month
from ledger.queries import month_state
from wallet.carriers.models import Usage
from wallet.holders.models import Holder, Number
from wallet.policy.queries import policies_in_force
from wallet.rollover.models import RollAnswer, RollWish
from wallet.rollover.queries.own_data import PackageState, packages_of
from wallet.rollover.rules import Rolled, RollRule, rolled, rule_in, voucher_asset

POLICIES = (
    "rollover.share_percent",
    "rollover.cap_mb",
    "rollover.kinds",
    "rollover.valid_months",
)


def rollover_policies(*, at: datetime) -> dict[str, dict[str, Any]]:
    """Return the rollover policies in force at an instant, by key and scope."""
    found: dict[str, dict[str, Any]] = {key: {} for key in POLICIES}
    for (key, scope), value in policies_in_force(now=at).items():
        if key in found:
            found[key][scope] = value
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RollPreview:
    """What one package would give if its month ended now, in MB, and by which rule.

    `answer` is what the holder said of the number's month, None while nothing was said.
    """

    state: PackageState
    rule: RollRule
    amounts: Rolled
    voucher: str
    asks: bool
    answer: bool | None

    @property
    def number(self) -> Number:
        """Return the number whose package it is."""
        return self.state.number

    @property
    def usage(self) -> Usage:
        """Return what the carrier last attested."""
        return self.state.usage

    @property
    def waits(self) -> bool:
        """Say whether the month's end will wait for the holder's word."""
        return self.asks and self.answer is None


def roll_previews(*, holder: Holder, month: date, now: datetime) -> list[RollPreview]:
    """Return what each package of a holder's numbers would roll if the month ended now."""
    policies = rollover_policies(at=now)
    wishes = asking(holder=holder)
    answers = dict(
        RollAnswer.objects.filter(number__holder=holder, month=month).values_list(
            "number_id", "rolls"
        )
    )
    return [
        _preview(
            state,
            policies=policies,
            asks=state.number.pk in wishes,
            answer=answers.get(state.number.pk),
        )
        for state in packages_of(holder=holder, month=month)
    ]


def _preview(
    state: PackageState, *, policies: dict[str, dict[str, Any]], asks: bool, answer: bool | None
) -> RollPreview:
    usage = state.usage
    rule = rule_in(policies=policies, carrier=usage.carrier_id, province=usage.province)
    amounts = Rolled(surplus_mb=0, remainder_mb=0)
    if answer is not False:
        amounts = rolled(
            rule=rule,
            kind=usage.kind,
            line_mb=state.deposited_mb,
            remainder_mb=state.left_mb,
        )
    voucher = voucher_asset(
        carrier=usage.carrier_id, month=usage.month, valid_months=rule.valid_months
    )
    return RollPreview(
        state=state, rule=rule, amounts=amounts, voucher=voucher, asks=asks, answer=answer
    )


def asking(*, holder: Holder) -> frozenset[object]:
    """Return which of a holder's numbers roll only after its word."""
    rows = RollWish.objects.filter(number__holder=holder, asks=True)
    return frozenset(rows.values_list("number_id", flat=True))


def unanswered(*, month: date) -> QuerySet[Number]:
    """Return the numbers that ask, and of whose month nothing was said."""
    rows = Number.objects.filter(roll_wish__asks=True, holder__isnull=False)
    return rows.exclude(roll_answers__month=month).select_related("holder").order_by("id")


def waiting_for_word(*, holder: Holder, month: date) -> frozenset[object]:
    """Return which numbers' closed month waits for the holder's word, by their ids."""
    if month_state(month) != Month.State.CLOSED:
        return frozenset()
    closed = Usage.objects.filter(msisdn=OuterRef("msisdn"), month=month, in_close=True)
    rows = unanswered(month=month).filter(~Exists(closed), holder=holder)
    return frozenset(rows.values_list("id", flat=True))
