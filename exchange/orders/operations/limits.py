"""Who may trade, and how much of a number's data: decided under the holder's lock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from exchange.orders.models import Order
from exchange.orders.queries import NumberOnSale, number_on_sale
from exchange.orders.rules import is_of_age
from ledger.refusals import Refusal
from ledger.rules import SHANGHAI
from wallet.holders.models import Holder
from wallet.policy.queries import policy_ints


class TierTooLow(Refusal):
    """Trading needs a higher real-name tier."""

    code = "tier_too_low"
    status = 403


class TooYoung(Refusal):
    """Trading needs an age, known for sure from the year of birth."""

    code = "too_young"
    status = 403


class LineUnknown(Refusal):
    """The number is not the seller's, or its carrier says nothing of this package this month."""

    code = "line_unknown"
    status = 422


class LineIdle(Refusal):
    """The carrier has not shown the line in use for too long: what it has may be nobody's."""

    code = "line_idle"


class TransferCapPassed(Refusal):
    """One order would sell more than one order may."""

    code = "transfer_cap_passed"


class MonthCapPassed(Refusal):
    """The number would sell more than a number may in a month."""

    code = "month_cap_passed"


class ShareOfAllowancePassed(Refusal):
    """The number would sell more than its share of the month's allowance."""

    code = "share_of_allowance_passed"


class TooLittleLeft(Refusal):
    """The number would keep less than what must remain on it."""

    code = "too_little_left"


CAPS = (
    "trade.mb_per_month_max",
    "trade.share_of_allowance_max_percent",
    "trade.must_remain_mb",
    "trade.mb_per_transfer_max",
    "trade.line_seen_days_max",
)


@dataclass(frozen=True, slots=True)
class _Caps:
    mb_per_month_max: int
    share_percent_max: int
    must_remain_mb: int
    mb_per_transfer_max: int
    line_seen_days_max: int


def refuse_unfit_trader(holder: Holder, *, now: datetime) -> None:
    """Refuse a person below the tier or age of trading; an organisation trades by contract.

    Raises:
        TierTooLow, TooYoung: as they say.
    """
    if holder.kind == Holder.Kind.ORGANISATION:
        return
    policies = policy_ints("trade.tier_min", "trade.age_min", now=now)
    tier, years = policies["trade.tier_min"], policies["trade.age_min"]
    if holder.tier < tier:
        raise TierTooLow(f"Trading needs tier {tier}.", tier_min=tier)
    if not is_of_age(
        birth_year=holder.birth_year, years=years, now_year=now.astimezone(SHANGHAI).year
    ):
        raise TooYoung(f"Trading needs an age of {years}.", age_min=years)


def refuse_unfit_seller(*, order: Order, lots: int, now: datetime) -> None:
    """Refuse to sell so many more lots of a number's data, where its caps do not allow it.

    Raises:
        LineUnknown, LineIdle, TransferCapPassed, MonthCapPassed, ShareOfAllowancePassed,
            TooLittleLeft: as they say.
    """
    number, book = order.number, order.book
    if number is None or number.holder_id != order.holder_id:
        raise LineUnknown("This number is not yours.")
    found = number_on_sale(
        number=number, package=order.package, carrier=book.carrier_id, month=book.month
    )
    if not found.has_package:
        raise LineUnknown("The carrier knows no such package of this number this month.")
    caps = _caps(carrier=book.carrier_id, now=now)
    if found.seen_at is None or now - found.seen_at > timedelta(days=caps.line_seen_days_max):
        raise LineIdle(
            f"The carrier said nothing of this line for {caps.line_seen_days_max} days.",
            days_max=caps.line_seen_days_max,
        )
    _refuse_too_much(mb=lots * book.lot_mb, found=found, caps=caps)


def _caps(*, carrier: str, now: datetime) -> _Caps:
    found = policy_ints(*CAPS, now=now, scope=carrier)
    return _Caps(*(found[key] for key in CAPS))


def _refuse_too_much(*, mb: int, found: NumberOnSale, caps: _Caps) -> None:
    if mb > caps.mb_per_transfer_max:
        raise TransferCapPassed(
            f"One order sells at most {caps.mb_per_transfer_max} MB.",
            mb_max=caps.mb_per_transfer_max,
        )
    offered = found.offered_mb + mb
    if offered > caps.mb_per_month_max:
        raise MonthCapPassed(
            f"A number sells at most {caps.mb_per_month_max} MB a month.",
            mb_max=caps.mb_per_month_max,
            offered_mb=found.offered_mb,
        )
    if offered * 100 > found.allowance_mb * caps.share_percent_max:
        raise ShareOfAllowancePassed(
            f"A number sells at most {caps.share_percent_max} % of its allowance.",
            mb_max=found.allowance_mb * caps.share_percent_max // 100,
            offered_mb=found.offered_mb,
        )
    if found.left_mb - mb < caps.must_remain_mb:
        raise TooLittleLeft(
            f"At least {caps.must_remain_mb} MB must remain on the number.",
            must_remain_mb=caps.must_remain_mb,
            left_mb=found.left_mb,
        )
