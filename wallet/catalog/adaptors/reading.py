"""Read a partner's answers into the contract's terms: failed only where the partner says so."""

from typing import Final

from wallet.carriers.adaptors.contract import Answer, Outcome, StatementLine
from wallet.carriers.adaptors.reading import REASON_LENGTH_MAX
from wallet.carriers.adaptors.wire import Unreadable, member, read_instant, text_at
from wallet.catalog.adaptors import wire
from wallet.catalog.adaptors.contract import Offer
from wallet.catalog.rules import Kind

_OUTCOMES: Final = {
    "acknowledged": Outcome.PROCESSING,
    "pending": Outcome.PROCESSING,
    "held": Outcome.PROCESSING,
    "inProgress": Outcome.PROCESSING,
    "assessingCancellation": Outcome.PROCESSING,
    "completed": Outcome.DELIVERED,
    "failed": Outcome.FAILED,
    "rejected": Outcome.FAILED,
    "cancelled": Outcome.FAILED,
}
_ON_OFFER: Final = frozenset({"Active", "Launched"})
_ID_LENGTH_MAX: Final = 32
_NAME_LENGTH_MAX: Final = 64
_ABOUT_LENGTH_MAX: Final = 255


def answer_in(*, ref: str, record: object) -> Answer:
    """Read what became of an order.

    Raises:
        Unreadable: it speaks of another reference, or in no state of an order's.
    """
    if text_at(record, "externalId") != ref:
        raise Unreadable("The answer speaks of another reference.")
    # An order that is done in part is nobody's to call delivered or failed.
    outcome = _OUTCOMES.get(text_at(record, "state"))
    if outcome is None:
        raise Unreadable("The state is none that decides anything.")
    _, count, _ = wire.item_in(record)
    ended = member(record, "completionDate")
    return Answer(
        ref=ref,
        outcome=outcome,
        reason=_reason_in(record) if outcome is Outcome.FAILED else "",
        mb=count,
        confirmed_at=read_instant(text=ended) if isinstance(ended, str) else None,
    )


def _reason_in(record: object) -> str:
    found = member(record, "orderTerminationReason")
    return found[:REASON_LENGTH_MAX] if isinstance(found, str) else ""


def line_in(record: object) -> StatementLine:
    """Read one line of a statement.

    Raises:
        Unreadable: it lacks what a line needs.
    """
    offering, count, does = wire.item_in(record)
    return StatementLine(
        carrier_line_id=text_at(record, "id"),
        ref=text_at(record, "externalId"),
        kind=wire.LINE_KINDS[does],
        msisdn=text_at(record, "relatedParty", 0, "id"),
        package="",
        month=None,
        mb=count,
        booked_at=read_instant(text=text_at(record, "completionDate")),
        product=offering,
    )


def offer_in(record: object) -> Offer | None:
    """Read an offer; None where it is none to show: not sold now, or of a kind we do not know.

    Raises:
        Unreadable: it is one of ours, but its name or its price cannot be read.
    """
    kind = member(record, "category", 0, "id")
    if kind not in set(Kind) or member(record, "lifecycleStatus") not in _ON_OFFER:
        return None
    price = member(record, "productOfferingPrice", 0)
    if member(price, "price", "unit") != "COIN":
        raise Unreadable("A price is in whole coins.")
    gives_coins = member(price, "priceType") == wire.PAYOUT
    if gives_coins and kind != Kind.POINTS:
        raise Unreadable("Only points are bought.")
    name = _short(text_at(record, "name"), _NAME_LENGTH_MAX)
    about = member(record, "description")
    return Offer(
        id=_short(text_at(record, "id"), _ID_LENGTH_MAX),
        name=name,
        size_mb=None,
        kind=Kind(str(kind)),
        name_en=_translated(record, "name") or name,
        about=about[:_ABOUT_LENGTH_MAX] if isinstance(about, str) else "",
        about_en=_translated(record, "description"),
        coins=wire.whole(member(price, "price", "value")),
        gives_coins=gives_coins,
    )


def _short(text: str, most: int) -> str:
    if len(text) > most:
        raise Unreadable(f"A name is at most {most} characters.")
    return text


def _translated(record: object, field: str) -> str:
    found = member(record, "translation", 0, field)
    most = _NAME_LENGTH_MAX if field == "name" else _ABOUT_LENGTH_MAX
    return found[:most] if isinstance(found, str) else ""
