"""Who may trade, and how much of a number's data: decided under the holder's lock."""

from collections.abc import Callable, Mapping
from datetime import datetime

from exchange.orders.models import Order
from exchange.orders.queries import Sale, sale_of
from exchange.orders.rules import is_of_age
from ledger.queries import amount_at
from ledger.refusals import BalanceTooLow, Refusal
from ledger.rules import SHANGHAI, monthly_asset
from wallet.holders.models import Holder
from wallet.holders.queries import line_of
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


def count_offered(*, order: Order, lots: int, now: datetime) -> None:
    """Count so many more lots of a number's data as offered, where its caps allow it.

    The order bears what its number then offers; its caller saves it.

    Raises:
        LineUnknown, LineIdle, TransferCapPassed, MonthCapPassed, ShareOfAllowancePassed,
            TooLittleLeft: as they say.
        BalanceTooLow: a cap says no, and the line has even less than the caps allow.
    """
    number, book = order.number, order.book
    if number is None or number.holder_id != order.holder_id:
        raise LineUnknown("This number is not yours.")
    more_mb = lots * book.lot_mb
    sale = sale_of(order, mb=more_mb, now=now)
    if sale.refused is not None:
        _refuse_more_than_is_there(order, more_mb=more_mb, sale=sale)
        raise _REFUSALS[sale.refused](sale)
    order.offered_mb_max = sale.offered_mb + more_mb


def _refuse_more_than_is_there(order: Order, *, more_mb: int, sale: Sale) -> None:
    """Name what the line has rather than a cap, where it is less: that is the most to ask for.

    Raises:
        BalanceTooLow: the line has less than asked, and less than every cap allows.
    """
    book, number = order.book, order.number
    if number is None or sale.refused in ("line_unknown", "line_idle"):
        return
    address = line_of(number=number, package=order.package)
    asset = monthly_asset(goods="SURPLUS", carrier=book.carrier_id, month=book.month)
    has_mb = amount_at(address, asset)
    if has_mb < min(more_mb, _allowed_mb(sale)):
        raise BalanceTooLow(
            f"{more_mb} MB asked, {has_mb} on the line.",
            address=address,
            asset=asset,
            balance=has_mb,
            amount=-more_mb,
        )


def _allowed_mb(sale: Sale) -> int:
    """Return how much more (MB) all caps allow."""
    return min(
        sale.transfer_mb_max,
        sale.month_mb_max - sale.offered_mb,
        sale.allowance_mb * sale.share_max_percent // 100 - sale.offered_mb,
        sale.left_mb - sale.must_remain_mb,
    )


def _line_unknown(_sale: Sale) -> Refusal:
    return LineUnknown("The carrier knows no such package of this number this month.")


def _line_idle(sale: Sale) -> Refusal:
    return LineIdle(
        f"The carrier said nothing of this line for {sale.days_max} days.", days_max=sale.days_max
    )


def _transfer_cap_passed(sale: Sale) -> Refusal:
    most = sale.transfer_mb_max
    return TransferCapPassed(f"One order sells at most {most} MB.", mb_max=most)


def _month_cap_passed(sale: Sale) -> Refusal:
    return MonthCapPassed(
        f"A number sells at most {sale.month_mb_max} MB a month.",
        mb_max=sale.month_mb_max,
        offered_mb=sale.offered_mb,
    )


def _share_of_allowance_passed(sale: Sale) -> Refusal:
    return ShareOfAllowancePassed(
        f"A number sells at most {sale.share_max_percent} % of its allowance.",
        mb_max=sale.allowance_mb * sale.share_max_percent // 100,
        offered_mb=sale.offered_mb,
    )


def _too_little_left(sale: Sale) -> Refusal:
    return TooLittleLeft(
        f"At least {sale.must_remain_mb} MB must remain on the number.",
        must_remain_mb=sale.must_remain_mb,
        left_mb=sale.left_mb,
    )


# The caps are decided in the database, once for the short way and this; here they get their words.
_REFUSALS: Mapping[str, Callable[[Sale], Refusal]] = {
    "line_unknown": _line_unknown,
    "line_idle": _line_idle,
    "transfer_cap_passed": _transfer_cap_passed,
    "month_cap_passed": _month_cap_passed,
    "share_of_allowance_passed": _share_of_allowance_passed,
    "too_little_left": _too_little_left,
}
