"""Which policies there are: what each takes as a value, and where it may say something else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

INSTANT = re.compile(r"(first|last) ([01][0-9]|2[0-3]):[0-5][0-9]")
AMOUNT_MAX = 2**63 - 1
# A rate in basis points is a part of the price, and a percentage a part of the whole.
BASIS_POINTS = 10_000
PERCENT = 100

EVERYWHERE = ("",)
TIERS = ("tier.0", "tier.1", "tier.2")
_KIND = re.compile(r"[a-z][a-z_]{0,31}")
_CARRIER = re.compile(r"[A-Z]{2,4}")
_PROVINCE = re.compile(r"[A-Z]{2,4}\.[^\s.]{1,16}")


class Takes(Protocol):
    """Which values a policy takes."""

    def __call__(self, value: Any, /) -> bool:
        """Say whether this is one."""


def is_switch(value: Any, /) -> bool:
    """Say whether a value is on or off."""
    return isinstance(value, bool)


def is_off(value: Any, /) -> bool:
    """Say whether a value is off: all there is to choose while nothing is built to be turned on."""
    return value is False


@dataclass(frozen=True, slots=True)
class Whole:
    """Whole numbers from one to another, in the unit the policy's key ends with."""

    least: int = 0
    most: int = AMOUNT_MAX

    def __call__(self, value: Any, /) -> bool:
        """Say whether a value is one of them."""
        return type(value) is int and self.least <= value <= self.most


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some words."""

    words: tuple[str, ...]

    def __call__(self, value: Any, /) -> bool:
        """Say whether a value is one of them."""
        return isinstance(value, str) and value in self.words


@dataclass(frozen=True, slots=True)
class SomeOf:
    """A list of some words, each once; none at all is allowed."""

    words: tuple[str, ...]

    def __call__(self, value: Any, /) -> bool:
        """Say whether a value is such a list."""
        return (
            isinstance(value, list)
            and all(isinstance(word, str) and word in self.words for word in value)
            and len(set(value)) == len(value)
        )


def is_instant_of_month(value: Any, /) -> bool:
    """Say whether a value names a time of the month's first or last day, such as `last 18:00`."""
    return isinstance(value, str) and INSTANT.fullmatch(value) is not None


def is_days_by_event(value: Any, /) -> bool:
    """Say whether a value gives whole days, at most a year, to each of some events."""
    days = Whole(0, 366)
    return (
        isinstance(value, dict)
        and bool(value)
        and all(isinstance(event, str) and days(each) for event, each in value.items())
    )


def is_list_of_kinds(value: Any, /) -> bool:
    """Say whether a value lists kinds of notices, each once; which there are is not known here."""
    return (
        isinstance(value, list)
        and all(isinstance(kind, str) and _KIND.fullmatch(kind) for kind in value)
        and len(set(value)) == len(value)
    )


@dataclass(frozen=True, slots=True)
class Term:
    """What one policy takes, the kinds of scope that may narrow it, and what it may not pass."""

    takes: Takes
    tiers: bool = False
    carriers: bool = False
    provinces: bool = False
    at_most: str = ""

    def has_scope(self, scope: str) -> bool:
        """Say whether the policy may say something of its own there."""
        return (
            not scope
            or (self.tiers and scope in TIERS)
            or (self.carriers and _CARRIER.fullmatch(scope) is not None)
            or (self.provinces and _PROVINCE.fullmatch(scope) is not None)
        )


_SWITCH = Term(is_switch)
_SWITCH_OF_PARTY = Term(is_switch, carriers=True)
_BY_TIER = Term(Whole(), tiers=True)
_OF_BOOK = Term(Whole(1), carriers=True)
_OF_BOOK_IN_BP = Term(Whole(0, BASIS_POINTS), carriers=True)
_WHEN = Term(is_instant_of_month, carriers=True)
_KINDS = ("national", "provincial", "night", "directed", "topup")
_CHECKS = ("phone", "real_name", "real_name_and_face_or_bank")
_SELF_TRADE = ("none", "cancel_taker", "cancel_maker", "cancel_both")

TERMS: Mapping[str, Term] = {
    # No door sells coins to people or pays money for them; one that does will widen these.
    "cash.in": Term(is_off),
    "cash.out": Term(is_off),
    "tier.0": Term(OneOf(_CHECKS)),
    "tier.1": Term(OneOf(_CHECKS)),
    "tier.2": Term(OneOf(_CHECKS)),
    "wallet.coins_max": _BY_TIER,
    "gift.coins_per_day_max": _BY_TIER,
    "gift.count_per_day_max": _BY_TIER,
    "gift.expires_hours": Term(Whole(1)),
    "packet.expires_hours": Term(Whole(1)),
    "grant.expires_days": Term(Whole(1)),
    "packet.coins_max": Term(Whole()),
    "packet.shares_max": Term(Whole()),
    "claim.guesses_per_hour": Term(Whole(1)),
    "trade.age_min": Term(Whole(0, 150)),
    "trade.tier_min": Term(Whole(0, 2)),
    "trade.mb_per_month_max": Term(Whole(), carriers=True),
    "trade.share_of_allowance_max_percent": Term(Whole(0, PERCENT), carriers=True),
    "trade.must_remain_mb": Term(Whole(), carriers=True),
    "trade.mb_per_transfer_max": Term(Whole(), carriers=True),
    "trade.line_seen_days_max": Term(Whole(1, 366), carriers=True),
    "book.lot_mb": _OF_BOOK,
    "book.tick_coins": _OF_BOOK,
    "book.price_min": _OF_BOOK,
    "book.price_max": _OF_BOOK,
    "book.fee_maker_bp": _OF_BOOK_IN_BP,
    "book.fee_taker_bp": _OF_BOOK_IN_BP,
    "book.fee_seller_coins_per_lot": Term(Whole(), carriers=True, at_most="book.price_min"),
    "book.opens_at": _WHEN,
    "book.closing_call_at": _WHEN,
    "book.uncross_at": _WHEN,
    "book.self_trade": Term(OneOf(_SELF_TRADE), carriers=True),
    "watch.wash_minutes": Term(Whole(1, 44_640), carriers=True),
    "watch.wash_rounds_min": Term(Whole(1), carriers=True),
    "watch.wash_gap_coins_max": Term(Whole(), carriers=True),
    "watch.wash_net_percent_max": Term(Whole(0, PERCENT), carriers=True),
    "watch.wash_share_percent_min": Term(Whole(0, PERCENT), carriers=True),
    "watch.arranged_seconds": Term(Whole(0, 3_600), carriers=True),
    "watch.arranged_off_percent_min": Term(Whole(0, PERCENT), carriers=True),
    "watch.layers_min": Term(Whole(1), carriers=True),
    "watch.layer_minutes": Term(Whole(1, 1_440), carriers=True),
    "watch.layer_seconds": Term(Whole(0, 3_600), carriers=True),
    "watch.layer_ratio_min": Term(Whole(1), carriers=True),
    "watch.ramp_minutes": Term(Whole(1, 1_440), carriers=True),
    "watch.ramp_orders_min": Term(Whole(1), carriers=True),
    "watch.ramp_percent_min": Term(Whole(1, PERCENT), carriers=True),
    "watch.ramp_share_percent_min": Term(Whole(0, PERCENT), carriers=True),
    "watch.ramp_close_minutes": Term(Whole(0, 1_440), carriers=True),
    # A coin is a MB: no carrier pays more for one than it is worth.
    "deposit.rate_coins_per_100mb": Term(Whole(0, 100), carriers=True),
    "rollover.share_percent": Term(Whole(0, PERCENT), carriers=True, provinces=True),
    "rollover.cap_mb": Term(Whole(), carriers=True, provinces=True),
    "rollover.kinds": Term(SomeOf(_KINDS), carriers=True, provinces=True),
    "rollover.valid_months": Term(Whole(1, 12), carriers=True, provinces=True),
    "rollover.claim_late_days": Term(Whole(0, 366), carriers=True),
    "rollover.by_adaptor": _SWITCH_OF_PARTY,
    # The code of a catalog's partner is of the same form as a carrier's.
    "catalog.content": _SWITCH_OF_PARTY,
    "catalog.airtime": _SWITCH_OF_PARTY,
    "catalog.points": _SWITCH_OF_PARTY,
    "catalog.mall": _SWITCH_OF_PARTY,
    "catalog.count_max": Term(Whole(1), carriers=True),
    "catalog.points_in_coins_per_day_max": Term(Whole(), carriers=True),
    "catalog.points_out_coins_per_day_max": Term(Whole(), carriers=True),
    "earn.vest_days": Term(is_days_by_event),
    "audience.min": Term(Whole(1)),
    "case.open_max": Term(Whole()),
    "merchant.coins_per_code_max": Term(Whole(1)),
    "merchant.code_minutes": Term(Whole(1)),
    "merchant.claims_per_day_max": Term(Whole()),
    "carrier.sells": _SWITCH_OF_PARTY,
    "clearing.fen_per_1000_coins": Term(Whole(), carriers=True),
    # The law asks for half a year at least.
    "records.keep_days": Term(Whole(180)),
    "winddown.notice_days": Term(Whole(0, 3_660)),
    "winddown.fen_per_100_coins": Term(Whole(0), carriers=True),
    "number.quarantine_days": Term(Whole()),
    "number.count_max": Term(Whole(1)),
    "number.codes_per_hour_max": Term(Whole(1)),
    "identity.wallets_max": Term(Whole(1)),
    "identity.checks_per_day_max": Term(Whole(1)),
    "invitation.expires_days": Term(Whole(1)),
    "notify.quiet_from_hour": Term(Whole(0, 23)),
    "notify.quiet_until_hour": Term(Whole(0, 23)),
    "notify.text_kinds": Term(is_list_of_kinds),
    "notify.late_hours": Term(Whole(1)),
    "recycled_number.reverify_above_coins": Term(Whole()),
}
