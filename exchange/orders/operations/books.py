"""Open a book, on terms that a market can work with."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from exchange.orders.models import Book
from exchange.orders.rules import SELF_TRADE_MODES, hour_of, may_lose
from ledger.refusals import Refusal
from ledger.rules import month_of
from wallet.carriers.models import Carrier
from wallet.policy.queries import policy_ints, policy_text

TERMS = (
    "book.lot_mb",
    "book.tick_coins",
    "book.price_min",
    "book.price_max",
    "book.fee_maker_bp",
    "book.fee_taker_bp",
    "book.fee_seller_coins_per_lot",
)


HOURS = ("book.opens_at", "book.closing_call_at", "book.uncross_at")


class BookPast(Refusal):
    """A book cannot open for a month that is over."""

    code = "book_past"


class BadBookTerms(Refusal):
    """Policy describes no market: its floor below the fee, its cap above face value, or its hours."""

    code = "bad_book_terms"


def open_book(*, carrier: Carrier, month: date, now: datetime) -> Book:
    """Open a carrier's book for a month's data under the policy of now, or return it.

    Before its hour of opening, and after that of its closing call, orders gather in a call.

    Raises:
        BookPast: the month is over.
        BadBookTerms: a lot at the floor would not pay its fee, the cap is above what the carrier
            sells a lot for (1 coin is 1 MB), or the hours are not in order within the month.
    """
    if month < month_of(now):
        raise BookPast(f"{month:%Y-%m} is over.")
    book = Book.objects.filter(carrier=carrier, month=month).first()
    if book is not None:
        return book
    terms = _terms(carrier=carrier, month=month, now=now)
    book, _ = Book.objects.get_or_create(
        carrier=carrier, month=month, defaults={**terms, "opened_at": now}
    )
    return book


def first_phase(
    *, opened_at: datetime, opens_at: datetime, closing_call_at: datetime
) -> Book.Phase:
    """Return the phase in which a book's log begins."""
    is_open = opens_at <= opened_at < closing_call_at
    return Book.Phase.CONTINUOUS if is_open else Book.Phase.CALL


def _terms(*, carrier: Carrier, month: date, now: datetime) -> dict[str, Any]:
    found = policy_ints(*TERMS, now=now, scope=carrier.code)
    terms: dict[str, Any] = {
        "lot_mb": found["book.lot_mb"],
        "tick_coins": found["book.tick_coins"],
        "price_min": found["book.price_min"],
        "price_max": found["book.price_max"],
        "maker_bp": found["book.fee_maker_bp"],
        "taker_bp": found["book.fee_taker_bp"],
        "seller_coins_per_lot": found["book.fee_seller_coins_per_lot"],
        "self_trade": policy_text("book.self_trade", now=now, scope=carrier.code),
    }
    _refuse_bad_prices(terms)
    hours = _hours(carrier=carrier, month=month, now=now)
    phase = first_phase(
        opened_at=now, opens_at=hours["opens_at"], closing_call_at=hours["closing_call_at"]
    )
    return {**terms, **hours, "phase": phase}


def _refuse_bad_prices(terms: Mapping[str, Any]) -> None:
    low, high, tick = terms["price_min"], terms["price_max"], terms["tick_coins"]
    if not (tick and low and low <= high <= terms["lot_mb"]):
        raise BadBookTerms(
            "A lot is worth at least a coin, and at most what its carrier sells it for.",
            price_min=low,
            price_max=high,
            lot_mb=terms["lot_mb"],
        )
    bp_max = max(terms["maker_bp"], terms["taker_bp"])
    by_lot = terms["seller_coins_per_lot"]
    if may_lose(price_min=low, bp_max=bp_max, seller_coins_per_lot=by_lot):
        raise BadBookTerms("A lot at the floor would not pay its own fee.", price_min=low)
    if terms["self_trade"] not in SELF_TRADE_MODES:
        raise BadBookTerms("There is no such way to keep somebody from trading with himself.")


def _hours(*, carrier: Carrier, month: date, now: datetime) -> dict[str, datetime]:
    texts = {key: policy_text(key, now=now, scope=carrier.code) for key in HOURS}
    try:
        hours = {key.split(".")[1]: hour_of(text, month=month) for key, text in texts.items()}
    except ValueError as unread:
        raise BadBookTerms("An hour of the book is no hour of the month.") from unread
    if not hours["opens_at"] < hours["closing_call_at"] < hours["uncross_at"]:
        raise BadBookTerms("A book opens, gathers for its last call, and is uncrossed, in order.")
    return hours
