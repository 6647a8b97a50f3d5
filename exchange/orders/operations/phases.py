"""What is done to a book as a whole: its phases by schedule and by hand, its uncross, its end."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from exchange.orders.models import Book, Event, Order
from exchange.orders.queries import asked_phase, bids_without_number, last_turn
from ledger.refusals import KeyReused, Refusal
from ledger.rules import derived_id, month_after, starts_at

REASON_LENGTH_MIN = 5


class BookEnded(Refusal):
    """The book is closed, or about to be: there is nothing to halt."""

    code = "book_ended"


class BookHalted(Refusal):
    """The book is halted already."""

    code = "book_halted"


class BookNotHalted(Refusal):
    """The book is not halted: there is nothing to resume."""

    code = "book_not_halted"


class HaltReasonMissing(Refusal):
    """A halt without a reason would tell an auditor nothing."""

    code = "halt_reason_missing"
    status = 422


@transaction.atomic
def advance_book(*, book: Book, now: datetime) -> None:
    """Put every step of a book's schedule that is due into its log, each once.

    While a book is halted its schedule waits. A book not uncrossed when its month ends is closed
    without an uncross: every open order is given back.
    """
    _advance(_locked(book), now=now)


@transaction.atomic
def halt_book(*, book: Book, by: str, reason: str, key: UUID, now: datetime) -> Event:
    """Halt a book: it takes nothing but the wish to cancel, and its schedule waits.

    Asked again with the same key, the first event comes back.

    Raises:
        HaltReasonMissing: no reason was given.
        BookEnded, BookHalted: as they say.
        KeyReused: the key already names another event.
    """
    _refuse_no_reason(reason)
    held = _locked(book)
    body = {"phase": str(Book.Phase.HALT), "by": by, "reason": reason.strip()}
    if (known := _known(held, kind=Event.Kind.PHASE, body=body, key=key)) is not None:
        return known
    phase = asked_phase(held)
    if phase == Book.Phase.CLOSED:
        raise BookEnded("This book is closed.")
    if phase == Book.Phase.HALT:
        raise BookHalted("This book is halted already.")
    body["resumes"] = phase
    return _logged(held, kind=Event.Kind.PHASE, body=body, key=key, now=now)


@transaction.atomic
def resume_book(*, book: Book, by: str, reason: str, key: UUID, now: datetime) -> Event:
    """Let a halted book go on where it was, and do what its schedule waited with.

    Asked again with the same key, the first event comes back.

    Raises:
        HaltReasonMissing: no reason was given.
        BookNotHalted: the book is in no halt.
        KeyReused: the key already names another event.
    """
    _refuse_no_reason(reason)
    held = _locked(book)
    body = {"by": by, "reason": reason.strip()}
    if (known := _known(held, kind=Event.Kind.PHASE, body=body, key=key)) is not None:
        if known.body["phase"] == Book.Phase.HALT:
            raise KeyReused("This key names a halt.", field="body")
        return known
    halt = last_turn(held)
    if halt is None or halt.body["phase"] != Book.Phase.HALT:
        raise BookNotHalted("This book is not halted.")
    body["phase"] = str(halt.body.get("resumes", Book.Phase.CONTINUOUS))
    event = _logged(held, kind=Event.Kind.PHASE, body=body, key=key, now=now)
    _advance(held, now=now)
    return event


def turn_phase(*, book: Book, phase: Book.Phase, key: UUID, now: datetime) -> Event:
    """Put a change of a book's phase into its log; closing one gives every open order back."""
    body = {"phase": str(phase)}
    return _operate(book, kind=Event.Kind.PHASE, body=body, key=key, now=now)


def uncross_book(*, book: Book, key: UUID, now: datetime) -> Event:
    """Put the clearing of a call at one price into a book's log."""
    return _operate(book, kind=Event.Kind.UNCROSS, body={}, key=key, now=now)


def ask_to_close(*, book: Book, now: datetime) -> Event:
    """Put a book's end into its log, once."""
    return turn_phase(book=book, phase=Book.Phase.CLOSED, key=derived_id(book.pk, "close"), now=now)


def _advance(book: Book, *, now: datetime) -> None:
    if asked_phase(book) in (Book.Phase.HALT, Book.Phase.CLOSED):
        if now >= starts_at(month_after(book.month)):
            ask_to_close(book=book, now=now)
        return
    if book.opened_at < book.opens_at <= now:
        uncross_book(book=book, key=derived_id(book.pk, "opening_uncross"), now=now)
        key = derived_id(book.pk, "open")
        turn_phase(book=book, phase=Book.Phase.CONTINUOUS, key=key, now=now)
    if book.closing_call_at <= now:
        key = derived_id(book.pk, "closing_call")
        turn_phase(book=book, phase=Book.Phase.CALL, key=key, now=now)
        _give_back(bids_without_number(book), now=now)
    if book.uncross_at <= now:
        if now < starts_at(month_after(book.month)):
            uncross_book(book=book, key=derived_id(book.pk, "closing_uncross"), now=now)
        ask_to_close(book=book, now=now)


def _give_back(orders: Iterable[Order], *, now: datetime) -> None:
    """Cancel bids whose data could be delivered to nobody before the month ends."""
    for order in orders:
        Event.objects.get_or_create(
            holder=None,
            client_id=derived_id(order.pk, "no_number"),
            defaults={
                "book_id": order.book_id,
                "kind": Event.Kind.CANCEL,
                "order": order,
                "body": {"order": str(order.pk), "reason": "no_number"},
                "accepted_at": now,
            },
        )


def _locked(book: Book) -> Book:
    return Book.objects.select_for_update(no_key=True).get(pk=book.pk)


def _refuse_no_reason(reason: str) -> None:
    if len(reason.strip()) < REASON_LENGTH_MIN:
        raise HaltReasonMissing(f"Say why, in {REASON_LENGTH_MIN} letters or more.")


def _operate(
    book: Book, *, kind: Event.Kind, body: dict[str, Any], key: UUID, now: datetime
) -> Event:
    known = _known(book, kind=kind, body=body, key=key)
    return known or _logged(book, kind=kind, body=body, key=key, now=now)


def _known(book: Book, *, kind: Event.Kind, body: dict[str, Any], key: UUID) -> Event | None:
    """Return the event this key named before, if it was the same."""
    event = Event.objects.filter(holder=None, client_id=key).first()
    if event is None:
        return None
    said = {name: event.body.get(name) for name in body}
    if (event.book_id, event.kind, said) != (book.pk, kind, body):
        raise KeyReused("This key names another event.", field="body")
    return event


def _logged(
    book: Book, *, kind: Event.Kind, body: dict[str, Any], key: UUID, now: datetime
) -> Event:
    event, _ = Event.objects.get_or_create(
        holder=None,
        client_id=key,
        defaults={"book": book, "kind": kind, "body": body, "accepted_at": now},
    )
    return event
