"""Open a book, and put what is done to it as a whole into its log."""

from datetime import date, datetime
from uuid import UUID

from exchange.orders.models import Book, Event
from ledger.refusals import KeyReused, Refusal
from ledger.rules import derived_id, month_of
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


class BookPast(Refusal):
    """A book cannot open for a month that is over."""

    code = "book_past"


def open_book(*, carrier: Carrier, month: date, now: datetime) -> Book:
    """Open a carrier's book for a month's data under the policy of now, or return it.

    Raises:
        BookPast: the month is over.
    """
    if month < month_of(now):
        raise BookPast(f"{month:%Y-%m} is over.")
    terms = policy_ints(*TERMS, now=now, scope=carrier.code)
    book, _ = Book.objects.get_or_create(
        carrier=carrier,
        month=month,
        defaults={
            "lot_mb": terms["book.lot_mb"],
            "tick_coins": terms["book.tick_coins"],
            "price_min": terms["book.price_min"],
            "price_max": terms["book.price_max"],
            "maker_bp": terms["book.fee_maker_bp"],
            "taker_bp": terms["book.fee_taker_bp"],
            "seller_coins_per_lot": terms["book.fee_seller_coins_per_lot"],
            "self_trade": policy_text("book.self_trade", now=now, scope=carrier.code),
            "opened_at": now,
        },
    )
    return book


def turn_phase(*, book: Book, phase: Book.Phase, key: UUID, now: datetime) -> Event:
    """Put a change of a book's phase into its log; closing one gives every open order back."""
    return _operate(book=book, kind=Event.Kind.PHASE, body={"phase": phase}, key=key, now=now)


def uncross_book(*, book: Book, key: UUID, now: datetime) -> Event:
    """Put the clearing of a call at one price into a book's log."""
    return _operate(book=book, kind=Event.Kind.UNCROSS, body={}, key=key, now=now)


def ask_to_close(*, book: Book, now: datetime) -> Event:
    """Put a book's end into its log, once."""
    return turn_phase(book=book, phase=Book.Phase.CLOSED, key=derived_id(book.pk, "close"), now=now)


def _operate(
    *, book: Book, kind: Event.Kind, body: dict[str, str], key: UUID, now: datetime
) -> Event:
    event, made = Event.objects.get_or_create(
        holder=None,
        client_id=key,
        defaults={"book": book, "kind": kind, "body": body, "accepted_at": now},
    )
    if not made and (event.book_id, event.kind, event.body) != (book.pk, kind, body):
        raise KeyReused("This key names another event.", field="body")
    return event
