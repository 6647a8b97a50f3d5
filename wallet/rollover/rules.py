"""What may be deposited, and how much of a month's end rolls: whole MB."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.rules import month_after, monthly_asset

NATIONAL = "national"
HUNDRED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RollRule:
    """How a carrier lets a province's remainders roll."""

    share_percent: int
    cap_mb: int
    kinds: frozenset[str]
    valid_months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """What rolls of one package (MB): deposited SURPLUS, and remainder never deposited."""

    surplus_mb: int
    remainder_mb: int

    @property
    def voucher_mb(self) -> int:
        """Return the voucher that both give."""
        return self.surplus_mb + self.remainder_mb


def rolled(*, rule: RollRule, kind: str, line_mb: int, remainder_mb: int) -> Rolled:
    """Return what rolls of a package, its deposited SURPLUS before its remainder.

    `line_mb` is the SURPLUS left on the line, `remainder_mb` what is attested as left and was
    never deposited.
    """
    if kind not in rule.kinds:
        return Rolled(surplus_mb=0, remainder_mb=0)
    allowed = min((line_mb + remainder_mb) * rule.share_percent // 100, rule.cap_mb)
    surplus = min(line_mb, allowed)
    return Rolled(surplus_mb=surplus, remainder_mb=allowed - surplus)


def rule_in(*, policies: Mapping[str, Mapping[str, Any]], carrier: str, province: str) -> RollRule:
    """Return the rule of a carrier and province from policies by key and scope.

    The narrowest scope counts: `CT.广东`, then `CT`, then everywhere.
    """

    def value(key: str) -> Any:
        scopes = policies[key]
        narrow = next((s for s in (f"{carrier}.{province}", carrier) if s in scopes), "")
        return scopes[narrow]

    return RollRule(
        share_percent=value("rollover.share_percent"),
        cap_mb=value("rollover.cap_mb"),
        kinds=frozenset(value("rollover.kinds")),
        valid_months=value("rollover.valid_months"),
    )


def surplus_asset(*, carrier: str, month: date) -> str:
    """Return the asset of own data deposited from a carrier's package of a month."""
    return monthly_asset(goods="SURPLUS", carrier=carrier, month=month)


def voucher_asset(*, carrier: str, month: date, valid_months: int) -> str:
    """Return the voucher that a month's remainder becomes: good until months later."""
    return monthly_asset(goods="VOUCHER", carrier=carrier, month=month_after(month, valid_months))


def delivery_address(*, row_id: object) -> str:
    """Return the address of what is on its way to a carrier."""
    return f"delivery/{row_id}"


def deposited_address(*, carrier: str) -> str:
    """Return the address that equals a carrier's statement of deducts less restores."""
    return f"carrier/{carrier}/deposited"


def bought_address(*, carrier: str) -> str:
    """Return the address of own data a carrier bought for coins."""
    return f"carrier/{carrier}/bought"


def coins_due(*, hundredths: int, paid_coins: int) -> int:
    """Return the coins that savings give now: all hundredths of coins so far, less what was paid.

    `hundredths` sums MB × coins per 100 MB, over all savings of one holder with one carrier; it is
    rounded down once.
    """
    return hundredths // HUNDRED - paid_coins
